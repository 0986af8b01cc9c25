"""What each rule earns in a text, one rule in full, and the copy that people edit."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, rule, rule_set, skip_rule

import lankov_claims as lc

RULES = lc.load_rules()
every_rule = pytest.mark.parametrize("one", RULES.rules, ids=lambda one: str(one.id))


@pytest.fixture(scope="session")
def outline(op_ed: str) -> lc.Outline:
    return lc.build_outline(op_ed, RULES)


@pytest.fixture
def report(run: Run) -> dict[str, dict[str, Any]]:
    """What `rules` says of each shipped rule."""
    result = run("rules", "--format", "json")
    assert (result.code, result.err) == (0, b"")
    return by_id(result.out)


def by_id(printed: bytes) -> dict[str, dict[str, Any]]:
    whole = json.loads(printed)
    assert (whole["format_version"], whole["kind"]) == ("1.1", "rules")
    return {one["id"]: one for one in whole["rules"]}


def told(run: Run, *args: str) -> str:
    result = run("rules", *args)
    assert (result.code, result.err) == (0, b"")
    return result.out.decode()


def assert_could_not(run: Run, *args: str) -> str:
    code, out, err = run(*args)
    assert (code, out, err.count(b"\n")) == (2, b"", 1)
    return err.decode()


# -------------------------------------------------------------------------------------- the report


def test_taking_a_rule_out_changes_just_the_paragraphs_that_the_report_foretold(
    report: dict[str, dict[str, Any]], op_ed: str, outline: lc.Outline
) -> None:
    tags = {(one.start, one.end): one.tag for one in outline.paragraphs}
    spans = {one.number: (one.start, one.end) for one in outline.paragraphs}
    assert list(report) == [one.id for one in RULES.rules]
    dead = [one for one in RULES.rules if report[one.id]["status"] == "dead"]
    rest = tuple(one for one in RULES.rules if one not in dead)
    without = lc.build_outline(op_ed, RULES._replace(rules=rest))
    assert [one.cues for one in without.paragraphs] == [one.cues for one in outline.paragraphs]
    assert not any(report[one.id]["changes"] for one in dead)
    for one in rest:
        others = tuple(other for other in rest if other is not one)
        without = lc.build_outline(op_ed, RULES._replace(rules=others))
        changed = [
            (new.start, new.end)
            for new in without.paragraphs
            if tags[new.start, new.end] != new.tag
        ]
        assert [spans[number] for number in report[one.id]["changes"]] == changed, one.id


def test_the_report_counts_the_cues_of_the_outline(
    report: dict[str, dict[str, Any]], outline: lc.Outline
) -> None:
    for one in RULES.rules:
        cues = [(each, cue) for each in outline.paragraphs for cue in each.cues]
        there = [each for each, cue in cues if cue.rule == one.id]
        wins = sum(each.tag == one.tag for each in there)
        measured = report[one.id]
        assert (measured["tag"], measured["weight"]) == (one.tag, one.weight)
        assert measured["paragraphs"] == sorted({each.number or 0 for each in there})
        counts = measured["fires"], measured["wins"], measured["against"]
        assert counts == (len(there), wins, len(there) - wins), one.id
        status = "decisive" if measured["changes"] else "redundant" if there else "dead"
        assert measured["status"] == status, one.id


SMALL = rule_set(
    rule("tea", ["tea"], weight=3),
    rule("mug", ["mug"], tag="evidence", weight=2),
    rule("pot", ["pot"], tag="evidence"),
    rule("cup", ["cup"]),
    rule("off", ["tea"], weight=0),
    skip=[skip_rule("ad", ["buy tea"]), skip_rule("ad-two", ["/buy (tea|mugs)/"])],
)
TEXT = "A mug. Some tea, and tea. Or tea.\n\nBuy tea\n\nBuy mugs\n\nA mug, a pot.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "tea.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


SMALL_REPORT = """\
my.yaml on tea.txt · 5 rules: 1 decisive, 2 redundant, 2 dead
rule  tag             weight  fires  wins  against  in, ! decides
tea   claim                3      2     2        0  ¶1!
mug   evidence             2      2     1        1  ¶1 ¶2
pot   evidence             1      1     1        0  ¶2
cup   claim                1      0     0        0  dead
off   claim                0      0     0        0  dead
"""


def test_the_report_puts_the_rules_that_decide_first_and_the_dead_last(
    run: Run, folder: Path
) -> None:
    assert told(run, "--rules", "my.yaml", "--text", "tea.txt") == SMALL_REPORT


def test_one_rule_is_shown_in_full_with_its_cues_in_place(run: Run, folder: Path) -> None:
    small = ("--rules", "my.yaml", "--text", "tea.txt")
    assert (
        told(run, "tea", *small)
        == """\
tea  claim, weight 3, anywhere
  It is so.
  any     tea
  match   tea
  miss    Not that.
  ¶1      A mug. Some [tea], and tea. Or tea.
  ¶1      A mug. Some tea, and tea. Or [tea].
"""
    )
    assert (
        told(run, "ad-two", *small)
        == """\
ad-two  skip
  It is so.
  any     /buy (tea|mugs)/
  match   This one.
  miss    Not that.
  line 3  Buy tea
  line 5  Buy mugs
"""
    )


@every_rule
def test_a_shipped_rule_is_shown_in_full(one: lc.Rule, outline: lc.Outline) -> None:
    head, why, *lines = lc.to_text(lc.rule_lines(one, outline)).splitlines()
    assert head == f"{one.id}  {one.tag}, weight {one.weight}, {one.where}"
    assert why == f"  {lc.clean(one.why)}"
    entries = [
        f"  {name:<8}{lc.clean(entry)}"
        for name in ("any", "unless", "match", "miss")
        for entry in getattr(one, name)
    ]
    assert lines[: len(entries)] == entries
    cues = [(each.number, cue) for each in outline.paragraphs for cue in each.cues]
    fires = [(number, cue) for number, cue in cues if cue.rule == one.id]
    for line, (number, cue) in zip(lines[len(entries) :], fires, strict=True):
        assert line.startswith(f"  ¶{number} ")
        assert f"[{' '.join(cue.text.split())}]" in line


def test_an_unknown_rule_is_one_line_and_exit_2(run: Run, folder: Path) -> None:
    near = f"{RULES.rules[0].id}x"
    hint = f'(did you mean "{RULES.rules[0].id}"?)'
    assert assert_could_not(run, "rules", near) == f'rules.yaml: it has no rule "{near}" {hint}\n'
    far = assert_could_not(run, "rules", "~~~~", "--rules", "my.yaml")
    assert far == 'my.yaml: it has no rule "~~~~" (lankov-claims rules lists them)\n'


# ---------------------------------------------------------------------------------------- the copy


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def copies(tmp_path: Path) -> dict[str, bytes]:
    """The files that an export leaves."""
    shipped = {"copy.yaml": lc.SHIPPED_RULES, "rules.schema.json": "rules.schema.json"}
    return {name: lc.shipped_file(source).read_bytes() for name, source in shipped.items()}


def test_an_export_is_the_shipped_rules_and_their_schema_byte_for_byte(
    run: Run, tmp_path: Path, copies: dict[str, bytes]
) -> None:
    assert told(run, "--export", "copy.yaml") == ""
    assert contents(tmp_path) == copies
    assert run("check", "copy.yaml").code == 0
    assert told(run, "--rules", "copy.yaml", "--format", "json") == told(run, "--format", "json")


@pytest.mark.parametrize("there", ["copy.yaml", "rules.schema.json"])
@pytest.mark.parametrize("link", [False, True], ids=["a file", "a link to nothing"])
def test_an_export_overwrites_nothing(there: str, link: bool, run: Run, tmp_path: Path) -> None:
    if link:
        (tmp_path / there).symlink_to(tmp_path / "nothing")
    else:
        (tmp_path / there).write_bytes(b"mine")
    error = assert_could_not(run, "rules", "--export", "copy.yaml")
    another = "file" if there == "copy.yaml" else "folder"
    assert error == f"{there}: it is there already (choose another {another})\n"
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert link or contents(tmp_path) == {there: b"mine"}


def test_a_second_export_keeps_the_schema_that_is_there(
    run: Run, tmp_path: Path, copies: dict[str, bytes]
) -> None:
    assert told(run, "--export", "copy.yaml") == told(run, "--export", "other.yaml") == ""
    assert contents(tmp_path) == copies | {"other.yaml": copies["copy.yaml"]}
    assert_could_not(run, "rules", "--export", "rules.schema.json")


@pytest.mark.parametrize("more", [["byline"], ["--rules", "my.yaml"], ["--text", "-"]])
def test_an_export_takes_nothing_else(more: list[str], run: Run, tmp_path: Path) -> None:
    assert assert_could_not(run, "rules", *more, "--export", "copy.yaml").startswith("--export: ")
    assert list(tmp_path.iterdir()) == []


def test_an_export_to_a_folder_that_is_not_there_leaves_nothing(run: Run, tmp_path: Path) -> None:
    assert_could_not(run, "rules", "--export", "none/copy.yaml")
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_printed_as_it_is_shipped(run: Run, copies: dict[str, bytes]) -> None:
    assert run("schema", "rule-file") == (0, copies["rules.schema.json"], b"")
    error = assert_could_not(run, "schema", "rules")
    assert error.startswith('"rules": no such schema (choose rule-file, outline')
