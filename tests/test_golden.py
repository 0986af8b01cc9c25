"""What people see, held as files in ``golden/``; UPDATE_GOLDEN=1 writes them anew, to be read."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Run, RunInTerminal
from jsonschema import Draft202012Validator

import lankov_claims as lc

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "UPDATE_GOLDEN" in os.environ


def held(name: str, content: str) -> None:
    """Hold what is seen against its file."""
    path = GOLDEN / name
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    assert content == path.read_text(encoding="utf-8"), f"{name} is not what people saw before"


@pytest.mark.parametrize("columns", [80, 120])
def test_the_outline_on_a_terminal(run_in_terminal: RunInTerminal, columns: int) -> None:
    screen = run_in_terminal("outline", columns=columns, NO_COLOR="1")
    held(f"outline-{columns}.txt", re.sub(r"\x1b\[[0-9;]*m", "", screen.text))


def test_the_outline_in_colour(run_in_terminal: RunInTerminal) -> None:
    held("outline-colour.txt", run_in_terminal("outline").text)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("outline-pipe.txt", ["outline"]),
        ("outline.md", ["outline", "--format", "markdown"]),
        ("outline.json", ["outline", "--format", "json"]),
        ("explain.txt", ["explain"]),
        ("rules.txt", ["rules"]),
        ("score.txt", ["score", str(ROOT / "tests/corpus/labels.jsonl"), "--show", "5"]),
    ],
)
def test_a_report_in_a_pipe(run: Run, name: str, args: list[str]) -> None:
    done = run(*args)
    assert done.code == 0
    held(name, done.out.decode().replace(f"{ROOT}/", ""))


def test_the_exported_outline_is_what_its_schema_says(run: Run) -> None:
    schema = json.loads(run("schema", "outline").out)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(run("outline", "--format", "json").out))


# ------------------------------------------------------------------------- fifteen edits by hand

Rules = dict[str, lc.SkipRule]


def weighed(name: str, weight: int) -> Callable[[Rules], None]:
    def edit(rules: Rules) -> None:
        one = rules[name]
        assert isinstance(one, lc.Rule)
        rules[name] = replace(one, weight=weight)

    return edit


EDITS: dict[str, Callable[[lc.RuleSet], lc.RuleSet]] = {}
