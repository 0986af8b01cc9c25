"""What each rule earns in a text, one rule in full, and the copy that people edit."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, rule, rule_set, skip_rule

import lankov_claims as lc

RULES = lc.load_rules()
EVERY = (*RULES.rules, *RULES.keys)
every_rule = pytest.mark.parametrize("one", EVERY, ids=lambda one: str(one.id))


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
    assert (whole["format_version"], whole["kind"]) == ("1.2", "rules")
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
    spans = {one.number: (one.start, one.end) for one in outline.paragraphs}
    assert list(report) == [one.id for one in EVERY]
    dead = {str(one.id) for one in EVERY if report[one.id]["status"] == "dead"}
    rest = left_out(RULES, dead)
    without = lc.build_outline(op_ed, rest)
    assert [one.heard for one in without.paragraphs] == [one.heard for one in outline.paragraphs]
    assert not any(report[id_]["changes"] for id_ in dead)
    for one in (*rest.rules, *rest.keys):
        without = lc.build_outline(op_ed, left_out(rest, {str(one.id)}))
        changed = [
            (new.start, new.end)
            for old, new in zip(outline.paragraphs, without.paragraphs, strict=True)
            if old.tag != new.tag or (one.tag is None and old.key_sentence != new.key_sentence)
        ]
        assert [spans[number] for number in report[one.id]["changes"]] == changed, one.id


def left_out(rules: lc.RuleSet, ids: Collection[str]) -> lc.RuleSet:
    """The rules without some of them."""
    rest, keys = ((one for one in some if one.id not in ids) for some in (rules.rules, rules.keys))
    return rules._replace(rules=tuple(rest), keys=tuple(keys))


def test_the_report_counts_the_cues_of_the_outline(
    report: dict[str, dict[str, Any]], outline: lc.Outline
) -> None:
    for one in EVERY:
        cues = [(each, cue) for each in outline.paragraphs for cue in each.heard]
        there = [(each, cue) for each, cue in cues if cue.rule == one.id]
        wins = 0
        for each, cue in there:
            sentence = each.block.sentences[cue.sentence - 1]
            wins += each.tag == one.tag if one.tag else sentence == each.key_sentence
        measured = report[one.id]
        assert (measured["tag"], measured["weight"]) == (one.tag, one.weight)
        assert measured["paragraphs"] == sorted({each.number or 0 for each, _ in there})
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
  ¶1      Some [tea], and tea.
  ¶1      Or [tea].
"""
    )
    assert (
        told(run, "ad-two", *small)
        == """\
ad-two  skip rule
  It is so.
  any     /buy (tea|mugs)/
  match   This one.
  miss    Not that.
  line 3  Buy tea
  line 5  Buy mugs
"""
    )


# Points without the key rules: 5 and 3, 6 and 2, 3 and 7.
KEYED = rule_set(
    rule("tea", ["tea"], weight=3),
    keys=[
        json.loads(rule("turn", ["^ but"], tag=None, weight=10)),
        json.loads(rule("grant", ["granted"], tag=None, weight=-10, where="opening")),
        json.loads(rule("they", ["they say"], tag=None, weight=-10, unless=["milk"])),
        json.loads(rule("never", ["zebra"], tag=None, weight=5)),
        json.loads(rule("off", ["tea"], tag=None, weight=0)),
    ],
)
KEYED_TEXT = """\
Tea is good for you. But milk is.

Granted, tea is fine for me. But no.

Milk is fine. Tea is fine, too, they say now.
"""
KEYED_REPORT = """\
my.yaml on tea.txt · 6 rules: 2 decisive, 2 redundant, 2 dead
rule   tag             weight  fires  wins  against  in, ! decides
turn   key                 10      2     2        0  ¶1! ¶2
they   key                -10      1     0        1  ¶3!
tea    claim                3      3     3        0  ¶1 ¶2 ¶3
grant  key                -10      1     0        1  ¶2
never  key                  5      0     0        0  dead
off    key                  0      0     0        0  dead
"""


@pytest.fixture
def keyed(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(KEYED, encoding="utf-8")
    (tmp_path / "tea.txt").write_text(KEYED_TEXT, encoding="utf-8")
    return tmp_path


def test_the_report_measures_a_key_rule_by_the_key_sentences(run: Run, keyed: Path) -> None:
    small = ("--rules", "my.yaml", "--text", "tea.txt")
    assert told(run, *small) == KEYED_REPORT
    measured = by_id(run("rules", *small, "--format", "json").out)
    assert measured["turn"] == {
        "id": "turn", "tag": None, "weight": 10, "fires": 2, "paragraphs": [1, 2],
        "wins": 2, "against": 0, "changes": [1], "status": "decisive",
    }  # fmt: skip
    assert [one["tag"] for one in measured.values()] == ["claim", *[None] * 5]
    assert list(by_id(run("rules", "they", *small, "--format", "json").out)) == ["they"]


def test_a_rule_for_a_tag_decides_tags_and_a_key_rule_key_sentences() -> None:
    """Without "also" another sentence would be shown, but the tag would be the same."""
    calls = [
        rule("call", ["call"], tag="recommendation", weight=5),
        rule("also", ["jam"], tag="recommendation"),
    ]
    turn = json.loads(rule("turn", ["^ jam"], tag=None, weight=1))
    rules = lc.parse_rules(rule_set(*calls, keys=[turn]))
    outline = lc.build_outline("They call it. Jam it is.", rules)
    assert outline.paragraphs[0].key_sentence.text == "Jam it is."
    without = rules._replace(rules=rules.rules[:1])
    (again,) = lc.build_outline("They call it. Jam it is.", without).paragraphs
    assert (again.tag, again.key_sentence.text) == ("recommendation", "They call it.")
    changes = [lc.measure_rule(one, outline).changes for one in (*rules.rules, *rules.keys)]
    assert changes == [(), (), (1,)]


@pytest.mark.parametrize(
    ("id_", "head"),
    [
        ("turn", ["turn  key rule, weight 10, anywhere", "  It is so.", "  any     ^ but"]),
        ("grant", ["grant  key rule, weight -10, opening", "  It is so.", "  any     granted"]),
        ("they", ["they  key rule, weight -10, anywhere", "  It is so.", "  any     they say",
                  "  unless  milk"]),
        ("off", ["off  key rule, weight 0, anywhere", "  It is so.", "  any     tea"]),
    ],
)  # fmt: skip
def test_a_key_rule_is_shown_in_full(id_: str, head: list[str], run: Run, keyed: Path) -> None:
    lines = told(run, id_, "--rules", "my.yaml", "--text", "tea.txt").splitlines()
    assert lines[: len(head)] == head


@pytest.mark.parametrize(
    ("id_", "places"),
    [
        ("turn", ["  ¶1      [But] milk is.", "  ¶2      [But] no."]),
        ("grant", ["  ¶2      [Granted], tea is fine for me."]),
        ("they", ["  ¶3      Tea is fine, too, [they say] now."]),
    ],
)
def test_a_key_rule_is_shown_with_its_cues_in_place(
    id_: str, places: list[str], run: Run, keyed: Path
) -> None:
    lines = told(run, id_, "--rules", "my.yaml", "--text", "tea.txt").splitlines()
    assert lines[lines.index("  miss    Not that.") + 1 :] == places


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("A mug. Some tea. A pot.", "Some [tea].", id="its sentence only"),
        pytest.param(f"{'So ' * 9}tea, {'so ' * 9}so.", f"{'So ' * 9}[tea], {'so ' * 9}so.",
                     id="a whole sentence of up to 66 characters"),
    ],
)  # fmt: skip
def test_a_cue_is_shown_in_its_sentence(text: str, shown: str, run: Run, folder: Path) -> None:
    (folder / "tea.txt").write_text(text, encoding="utf-8")
    lines = told(run, "tea", "--rules", "my.yaml", "--text", "tea.txt").splitlines()
    assert lines[-1] == f"  ¶1      {shown}"


@pytest.mark.parametrize("before", [0, 1, 5, 8, 9, 10, 30])
@pytest.mark.parametrize("after", [0, 1, 5, 8, 9, 10, 30])
def test_of_a_long_sentence_66_characters_around_the_cue_are_shown(
    before: int, after: int, run: Run, folder: Path
) -> None:
    words = [f"{n:03}" for n in range(before + after)]
    sentence = f"{' '.join(['So', *words[:before], 'tea', *words[before:]])}."
    (folder / "tea.txt").write_text(f"Milk. {sentence} Milk.", encoding="utf-8")
    lines = told(run, "tea", "--rules", "my.yaml", "--text", "tea.txt").splitlines()
    assert lines[-1].startswith("  ¶1      ")
    shown = lines[-1].removeprefix("  ¶1      ")
    assert shown.count("[tea]") == 1
    plain = shown.replace("[tea]", "tea").strip("…")
    assert sentence.count(plain) == 1
    assert len(plain) == min(len(sentence), 66)
    assert shown.startswith("…") is not sentence.startswith(plain)
    assert shown.endswith("…") is not sentence.endswith(plain)
    ahead, behind = (len(part) for part in plain.split("tea"))
    if shown.startswith("…") and shown.endswith("…"):
        assert abs(ahead - behind) <= 1, "the cue is in the middle"


@every_rule
def test_a_shipped_rule_is_shown_in_full(one: lc.Rule, outline: lc.Outline) -> None:
    head, why, *lines = lc.set_lines(lc.rule_lines(one, outline)).splitlines()
    assert head == f"{one.id}  {one.tag or 'key rule'}, weight {one.weight}, {one.where}"
    assert why == f"  {lc.clean(one.why)}"
    entries = [
        f"  {name:<8}{lc.clean(entry)}"
        for name in ("any", "unless", "match", "miss")
        for entry in getattr(one, name)
    ]
    assert lines[: len(entries)] == entries
    cues = [(each.number, cue) for each in outline.paragraphs for cue in each.heard]
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
    error = assert_could_not(run, "schema", "rule")
    assert error.startswith('"rule": no such schema (choose rule-file, outline')
