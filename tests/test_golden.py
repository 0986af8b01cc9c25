"""What people see, held as files in ``golden/``; UPDATE_GOLDEN=1 writes them anew, to be read.

Only the outline, the table of rules and one explanation hang on the shipped rules. All else hangs
on ``golden/rules.yaml``, which is small and stays as it is.
"""

import json
import os
import re
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Run, RunInTerminal
from jsonschema import Draft202012Validator

import lankov_claims as lc

GOLDEN = Path(__file__).parent / "golden"
RULES = GOLDEN / "rules.yaml"
LABELS = ROOT / "tests" / "corpus" / "labels.jsonl"
UPDATE = "UPDATE_GOLDEN" in os.environ


def closed(schema: Any) -> Any:
    """A schema by which no object has a key that is not described."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: closed(part) for key, part in schema.items()}
    if "required" in schema:
        strict["additionalProperties"] = False
    return strict


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    """What holds a JSON report against its shipped schema; a key more is a fault, too."""
    schema = json.loads(lc.shipped_file(f"{kind}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(closed(schema))


def held(name: str, content: str) -> None:
    """Hold what is seen against its file, which no new version of the program shall touch."""
    seen = re.sub(r'("name": "lankov-claims",\s+"version": ")[^"]*', r"\1…", content)
    path = GOLDEN / name
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8"), f"{name} is not what people saw before"


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
        ("markdown-op-ed.txt", ["outline", "markdown-op-ed.md", "--format", "tree", "--verbose"]),
        ("markdown-op-ed.json", ["outline", "markdown-op-ed.md", "--format", "json"]),
        ("explain-4.txt", ["explain", "4", "--verbose"]),
        ("rules.txt", ["rules"]),
        ("explain-8.txt", ["explain", "8"]),
        ("explain.txt", ["explain", "--rules", RULES]),
        ("score.txt", ["score", LABELS, "--rules", RULES, "--show", "5"]),
    ],
)
def test_a_report_in_a_pipe(run: Run, tmp_path: Path, name: str, args: list[str | Path]) -> None:
    shutil.copy(GOLDEN / "markdown-op-ed.md", tmp_path)
    done = run(*args)
    assert done.code == 0
    if name.endswith(".json"):
        validator("outline").validate(json.loads(done.out))
    held(name, done.out.decode().replace(f"{ROOT}/", ""))


# ---------------------------------------------------------------------------------- twenty edits

EDITS: dict[str, dict[str, Any]] = {
    "a-heavier-rule": {"verdict": {"weight": 40}},
    "a-lighter-rule": {"deed": {"weight": 0}},
    "a-rule-off-that-never-fires": {"percentage": {"weight": 0}},
    "a-rule-removed": {"should": None},
    "a-rule-renamed": {"necessity": {"id": "need"}},
    "another-tag": {"deed": {"tag": "claim"}},
    "a-phrase-added": {"should": {"any": ["should", "ought to", "diplomacy"]}},
    "an-unless-added": {"should": {"unless": ["(we|they) should expect", "of course"]}},
    "only-the-opening": {"actor": {"where": "opening"}},
    "only-a-why": {"should": {"why": "It asks for something."}},
    "two-that-need-each-other": {"actor": {"weight": 0}, "deed": None},
    "claims-first": {"precedence": ["claim", "evidence", "recommendation"]},
    "a-blank-is-evidence": {"otherwise": "evidence"},
    "furniture-let-in": {"author-note": None},
    "six-at-once": {
        "should": {"weight": 40},
        "hedge": None,
        "necessity": {"id": "need"},
        "year": {"weight": 0},
        "percentage": None,
        "actor": {"weight": 0},
    },
    "an-entry-added-to-a-list": {"<urgent>": ["vital", "essential", "conceivable"]},
    "a-list-and-its-rule-at-once": {
        "<actor>": ["Trump", "Kim", "China", "the United States"],
        "actor": {"weight": 3},
    },
    "a-list-with-the-rule-that-uses-it": {
        "<setback>": ["lost", "trade war", "pipe dream"],
        "setback": {
            "id": "setback",
            "tag": "claim",
            "why": "Names a loss.",
            "weight": 3,
            "any": ["<setback>"],
            "examples": {"match": ["It is lost."], "miss": ["It is found."]},
        },
    },
    "a-list-that-nobody-uses": {"<dream>": ["pipe dream"]},
    "an-ending": {"ending": "claim"},
}


def edited(content: dict[str, Any], edits: dict[str, Any]) -> dict[str, Any]:
    """The rule file with other fields of rules, other lists and other settings."""
    rules = {one["id"]: one for one in content["rules"]}
    skips = {one["id"]: one for one in content["skip"]}
    whole = {**content, "lists": dict(content["lists"])}
    for name, value in edits.items():
        if name.startswith("<"):
            whole["lists"][name[1:-1]] = value
        elif not isinstance(value, dict | None):
            whole[name] = value
        else:
            part = skips if name in skips else rules
            part[name] = value and {**part.get(name, {}), **value}
    kept = {"rules": rules, "skip": skips}
    return {**whole, **{key: [one for one in part.values() if one] for key, part in kept.items()}}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_a_rule_file(run: Run, tmp_path: Path, name: str) -> None:
    shutil.copy(RULES, tmp_path)
    content = edited(yaml.safe_load(RULES.read_text(encoding="utf-8")), EDITS[name])
    (tmp_path / "edited.yaml").write_text(json.dumps(content), encoding="utf-8")
    told = run("diff", "rules.yaml", "edited.yaml")
    found = run("diff", "rules.yaml", "edited.yaml", "--format", "json")
    assert told.code == found.code == (json.loads(found.out)["relabelled"] > 0)
    validator("diff").validate(json.loads(found.out))
    held(f"diff/{name}.txt", told.out.decode())
    held(f"diff/{name}.json", found.out.decode())


def test_no_golden_file_is_left_over() -> None:
    """A file that no test holds any more would be read as what people see."""
    names = {path.stem for path in (GOLDEN / "diff").iterdir()}
    assert names == set(EDITS)


# -------------------------------------------------------------------------------------- the schemas


@pytest.mark.parametrize("settings", [{}, {"ending": "evidence"}])
def test_whatever_is_exported_is_what_its_schema_says(
    run: Run, tmp_path: Path, settings: dict[str, str]
) -> None:
    content = edited(yaml.safe_load(RULES.read_text(encoding="utf-8")), settings)
    content["rules"][0]["weight"] = content["rules"][1]["weight"] = 100
    for name, rules in {
        "old": RULES.read_text(encoding="utf-8"),
        "new": json.dumps(content),
    }.items():
        (tmp_path / f"{name}.yaml").write_text(rules, encoding="utf-8")
    for text in sorted(LABELS.parent.glob("0*.txt")):
        sides = []
        for name in ("old", "new"):
            found = run("outline", text, "--rules", f"{name}.yaml", "-o", f"{name}.json")
            assert found.code == 0
            sides.append(json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")))
            validator("outline").validate(sides[-1])
            assert sides[-1]["format_version"] == lc.FORMAT_VERSION == "1.2"
        for pair in (("old.json", "new.json"), ("old.yaml", "new.json")):
            found = run("diff", *pair, "--text", text, "--format", "json")
            validator("diff").validate(json.loads(found.out))


REPORTS = {
    "outline": "outline corpus/01-arms-talks.txt",
    "diff": "diff edited.yaml",
    "drafts": "drafts corpus/01-arms-talks.txt corpus/02-grain-sanctions.txt",
    "explanation": "explain --text corpus/03-bus-fares.txt",
    "rules": "rules",
    "score": "score corpus/labels.jsonl",
    "score-diff": "score corpus/labels.jsonl --rules rules.yaml --rules edited.yaml",
}


@pytest.mark.parametrize(("kind", "command"), REPORTS.items(), ids=REPORTS)
def test_every_report_in_json_is_what_its_schema_says(
    run: Run, tmp_path: Path, kind: str, command: str
) -> None:
    rules = lc.shipped_file(lc.SHIPPED_RULES).read_text(encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    (tmp_path / "edited.yaml").write_text(rules.replace("weight: 4", "weight: 1"), encoding="utf-8")
    (tmp_path / "corpus").symlink_to(ROOT / "tests" / "corpus")
    done = run(*command.split(), "--format", "json")
    assert done.err == b""
    found = json.loads(done.out)
    assert found["kind"] == kind
    schema = json.loads(run("schema", kind).out)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(closed(schema)).validate(found)
    for key in found:
        lacking = {name: value for name, value in found.items() if name != key}
        assert not Draft202012Validator(schema).is_valid(lacking), key


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("outline", "format_version", "2.0"),
        ("outline", "kind", "diff"),
        ("outline", "rules.precedence", ["claim", "evidence"]),
        ("outline", "rules.precedence", ["claim", "claim", "evidence"]),
        ("outline", "rules.otherwise", None),
        ("outline", "rules.ending", "never"),
        ("outline", "summary.opinion", 1),
        ("outline", "paragraphs.0.scores.opinion", 1),
        ("outline", "paragraphs.0.cues.0.weight", 201),
        ("outline", "paragraphs.0.cues.0.weight", 0),
        ("outline", "skipped.0.rules", []),
        ("outline", "skipped.0.cues", None),
        ("diff", "format_version", "2.0"),
        ("diff", "text.sha256", ""),
        ("diff", "edits", None),
        ("diff", "edits.0.rule", "@other"),
        ("diff", "edits.0.rule", "<a list>"),
        ("diff", "edits.0.fields", []),
        ("diff", "edits.0.fields.0.field", "why"),
        ("diff", "paragraphs.0.causes", None),
        ("diff", "paragraphs.0.causes", [[]]),
        ("diff", "paragraphs.0.number.both", 1),
        ("diff", "paragraphs.0.new.tag", "opinion"),
    ],
)
def test_a_schema_knows_what_is_no_report(kind: str, path: str, value: Any) -> None:
    name = "outline.json" if kind == "outline" else "diff/an-entry-added-to-a-list.json"
    found = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    validator(kind).validate(found)
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    part = found
    for key in way:
        part = part[key]
    part[last] = value
    shipped = json.loads(lc.shipped_file(f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert not Draft202012Validator(shipped).is_valid(found)
