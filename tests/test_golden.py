"""What people see, held as files in ``golden/``; UPDATE_GOLDEN=1 writes them anew, to be read."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
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

EDITS: list[tuple[str, dict[str, dict[str, Any] | None], dict[str, Any]]] = [
    ("a-heavier-rule", {"should": {"weight": 40}}, {}),
    ("a-lighter-rule", {"present-is": {"weight": 0}}, {}),
    ("a-rule-off-that-never-fires", {"percentage": {"weight": 0}}, {}),
    ("a-rule-removed", {"verdict-adjective": None}, {}),
    ("a-rule-renamed", {"necessity": {"id": "need"}}, {}),
    ("another-tag", {"contrast-opening": {"tag": "evidence"}}, {}),
    ("a-phrase-added", {"should": {"any": ["should", "shouldn't", "north korea"]}}, {}),
    ("an-unless-added", {"verdict-adjective": {"unless": ["of course"]}}, {}),
    ("only-the-opening", {"present-is": {"where": "opening"}}, {}),
    ("only-a-why", {"should": {"why": "It asks for something."}}, {}),
    ("two-that-need-each-other", {"actor-past": {"weight": 0}, "public-event": None}, {}),
    ("claims-first", {}, {"precedence": ["claim", "evidence", "recommendation"]}),
    ("a-blank-is-evidence", {}, {"otherwise": "evidence"}),
    ("furniture-let-in", {"author-note": None}, {}),
    (
        "six-at-once",
        {
            "should": {"weight": 40},
            "would": None,
            "necessity": {"id": "need"},
            "year": {"weight": 0},
            "percentage": None,
            "full-name": {"weight": 0},
        },
        {},
    ),
]


@pytest.mark.parametrize(("name", "edits", "settings"), EDITS, ids=[name for name, *_ in EDITS])
def test_an_edit_of_the_shipped_rules(
    run: Run,
    tmp_path: Path,
    name: str,
    edits: dict[str, dict[str, Any] | None],
    settings: dict[str, Any],
) -> None:
    path = lc.shipped_file(lc.SHIPPED_RULES)
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | settings
    for part in ("rules", "skip"):
        content[part] = [
            one | (edits.get(one["id"]) or {})
            for one in content[part]
            if edits.get(one["id"], {}) is not None
        ]
    (tmp_path / "edited.yaml").write_text(
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    told, found = run("diff", "edited.yaml"), run("diff", "edited.yaml", "--format", "json")
    assert told.code == found.code == (json.loads(found.out)["relabelled"] > 0)
    Draft202012Validator(json.loads(run("schema", "diff").out)).validate(json.loads(found.out))
    held(f"diff/{name}.txt", told.out.decode())
    held(f"diff/{name}.json", found.out.decode())
