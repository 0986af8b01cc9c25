"""What an edit to the rules does to a text: levels, causes, inert edits, and how it is told."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, rule, rule_set, skip_rule
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import lankov_claims as lc

SCHEMA = json.loads(lc.shipped_file("diff.schema.json").read_text(encoding="utf-8"))

# ------------------------------------------------------------------------- an independent reading


def applied(old: lc.RuleSet, new: lc.RuleSet, edits: Iterable[lc.Edit]) -> lc.RuleSet:
    """The old rules with some of the edits made, built without the program's help."""
    edits = list(edits)
    gone, come = {edit.old for edit in edits}, {edit.new for edit in edits}
    names = {edit.rule for edit in edits}
    rules = [one for one in old.rules if one.id not in gone]
    skips = [one for one in old.skips if one.id not in gone]
    return replace(
        old,
        rules=(*rules, *(one for one in new.rules if one.id in come)),
        skips=(*skips, *(one for one in new.skips if one.id in come)),
        precedence=(new if "@precedence" in names else old).precedence,
        otherwise=(new if "@otherwise" in names else old).otherwise,
    )


def tags(text: str, rules: lc.RuleSet) -> dict[int, lc.Tag]:
    """The tag of each paragraph by where it starts; a skipped one has none."""
    return {one.start: one.tag for one in lc.build_outline(text, rules).paragraphs}


def nameless(outline: lc.Outline) -> Any:
    """An outline without the names of its rules: to rename one does not change a reading."""
    cues = [
        sorted((c.start, c.end, c.tag, c.weight, c.sentence) for c in one.cues)
        for one in outline.paragraphs
    ]
    bare = [replace(one, cues=()) for one in outline.paragraphs]
    return bare, cues, [(one.start, one.end) for one in outline.skipped]


def check_causes(
    text: str, old: lc.RuleSet, new: lc.RuleSet, diff: lc.Diff, *, exhaustive: bool
) -> None:
    """The promise of a cause, held against full readings with every set of edits."""
    named = {edit.rule: edit for edit in diff.edits or ()}
    for change in diff.changes:
        if change.change != "relabelled":
            assert change.causes == ()
            continue
        assert change.causes

        def gives(names: Sequence[str], start: int = change.span.start) -> lc.Tag | None:
            return tags(text, applied(old, new, [named[name] for name in names])).get(start)

        for cause in change.causes:
            assert gives(cause) == change.new.tag, "a cause alone gives the new tag"
            for left_out in cause:
                rest = [name for name in cause if name != left_out]
                assert gives(rest) != change.new.tag, "no edit can be left out of a cause"
        for smaller in range(min(len(change.causes[0]), 4) if exhaustive else 0):
            for names in combinations(sorted(named), smaller):
                assert gives(names) != change.new.tag, "no smaller set does"
        singles = [(name,) for name in named if gives([name]) == change.new.tag]
        assert not singles or sorted(change.causes) == sorted(singles), "all singles are named"


# ---------------------------------------------------------------------------------- generated rules

WORDS = ["ant", "bee", "cat", "dog", "eel", "fox"]
IDS = ["a", "b", "c", "d", "e"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=4)
TAGS = st.sampled_from(list(lc.Tag))


def scalars(words: Iterable[str]) -> tuple[lc.Scalar, ...]:
    return tuple(lc.Scalar(word) for word in words)


@st.composite
def rules_of(draw: st.DrawFn) -> dict[str, lc.SkipRule]:
    """A few rules and skip rules by id."""
    rules: dict[str, lc.SkipRule] = {}
    for name in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=5)):
        entries = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True))
        common = (lc.Scalar(name), lc.Scalar("It is so."), scalars(entries), (), ())
        if draw(st.integers(0, 5)) == 0:
            rules[name] = lc.SkipRule(*common[:2], scalars([f"/{entries[0]}\\./"]), (), ())
        else:
            unless = draw(st.lists(st.sampled_from(WORDS), max_size=1))
            rules[name] = lc.Rule(*common, draw(TAGS), draw(st.integers(0, 3)), scalars(unless))
    return rules


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, lc.RuleSet, lc.RuleSet]:
    """A text and two rule sets that share some of their rules."""
    text = "\n\n".join(" ".join(f"{word}." for word in words) for words in draw(TEXTS))
    old = draw(rules_of())
    new = {name: one for name, one in old.items() if draw(st.booleans())} | draw(rules_of())
    sets = []
    for rules in (old, new):
        order = tuple(draw(st.permutations(list(lc.Tag))))
        tag_rules = tuple(one for one in rules.values() if isinstance(one, lc.Rule))
        skips = tuple(one for one in rules.values() if not isinstance(one, lc.Rule))
        sets.append(lc.RuleSet(tag_rules, skips, order, draw(TAGS)))
    return text, sets[0], sets[1]


@given(cases())
def test_rules_do_not_differ_from_themselves(case: tuple[str, lc.RuleSet, lc.RuleSet]) -> None:
    text, old, _ = case
    diff = lc.diff_rules(text, old, old)
    assert (diff.edits, diff.changes) == ((), ())


@settings(max_examples=300)
@given(cases())
def test_every_cause_is_enough_and_needs_all_of_itself(
    case: tuple[str, lc.RuleSet, lc.RuleSet],
) -> None:
    text, old, new = case
    check_causes(text, old, new, lc.diff_rules(text, old, new), exhaustive=True)


@settings(max_examples=200)
@given(cases())
def test_what_changes_is_what_two_readings_show(case: tuple[str, lc.RuleSet, lc.RuleSet]) -> None:
    text, old, new = case
    diff = lc.diff_rules(text, old, new)
    before, after = tags(text, old), tags(text, new)
    relabelled = {one.span.start for one in diff.changes if one.change == "relabelled"}
    starts = before.keys() | after.keys()
    assert relabelled == {start for start in starts if before.get(start) != after.get(start)}
    assert len(diff.changes) + diff.unchanged == len(starts)


@settings(max_examples=200)
@given(cases())
def test_a_diff_mirrors_when_its_sides_change_places(
    case: tuple[str, lc.RuleSet, lc.RuleSet],
) -> None:
    text, old, new = case
    there, back = lc.diff_rules(text, old, new), lc.diff_rules(text, new, old)
    assert [(one.span, one.change, one.old, one.new) for one in there.changes] == [
        (one.span, one.change, one.new, one.old) for one in back.changes
    ]
    inert = {(edit.old, edit.new) for edit in there.edits or () if edit.inert}
    assert inert == {(edit.new, edit.old) for edit in back.edits or () if edit.inert}


@settings(max_examples=200)
@given(cases())
def test_inert_edits_can_be_left_out_together(case: tuple[str, lc.RuleSet, lc.RuleSet]) -> None:
    text, old, new = case
    edits = lc.diff_rules(text, old, new).edits or ()
    lean = applied(old, new, [edit for edit in edits if not edit.inert])
    assert nameless(lc.build_outline(text, lean)) == nameless(lc.build_outline(text, new))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_nothing(
    case: tuple[str, lc.RuleSet, lc.RuleSet], chance: random.Random
) -> None:
    text, old, new = case
    shuffled = replace(new, rules=tuple(chance.sample(new.rules, len(new.rules))))
    assert lc.diff_rules(text, old, shuffled) == lc.diff_rules(text, old, new)


# ---------------------------------------------------------------------------- edits, one by one

TEXT = "Ants bite. Bees hum.\n\nCats purr.\n\nCats purr, and bees hum.\n"
OLD = [rule("ants", ["ants"], weight=2), rule("bees", ["bees"], tag="evidence", weight=1)]


def diff(new: Sequence[str], old: Sequence[str] = OLD, **more: Any) -> lc.Diff:
    before = lc.parse_rules(rule_set(*old), "old.yaml")
    return lc.diff_rules(TEXT, before, lc.parse_rules(rule_set(*new, **more), "new.yaml"))


def told(one: lc.Diff, *, verbose: bool = False) -> str:
    return lc.to_text(lc.diff_lines(one, verbose=verbose))


@pytest.mark.parametrize(
    ("new", "more", "edits"),
    [
        pytest.param(OLD, {}, [], id="nothing"),
        pytest.param(OLD[::-1], {}, [], id="another order"),
        pytest.param([rule("ants", ["ants"], weight=2, why="So?"), OLD[1]], {}, [], id="a why"),
        pytest.param(OLD[:1], {}, ["bees removed"], id="removed"),
        pytest.param([*OLD, rule("cats", ["cats"])], {}, ["cats added"], id="added"),
        pytest.param(
            [rule("emmets", ["ants"], weight=2), OLD[1]], {}, ["emmets renamed"], id="renamed"
        ),
        pytest.param(
            [rule("emmets", ["ants"], weight=3), OLD[1]],
            {},
            ["ants removed", "emmets added"],
            id="another name and weight are two edits",
        ),
        pytest.param(
            [rule("ants", ["ants", "bugs"], weight=2), OLD[1]], {}, ["ants changed"], id="a list"
        ),
        pytest.param(OLD, {"otherwise": "evidence"}, ["@otherwise changed"], id="otherwise"),
        pytest.param(
            OLD,
            {"precedence": ["claim", "evidence", "recommendation"]},
            ["@precedence changed"],
            id="precedence",
        ),
        pytest.param(
            OLD, {"skip": [skip_rule("cats", ["/cats purr\\./"])]}, ["cats added"], id="a skip rule"
        ),
    ],
)
def test_an_edit_is_all_that_happens_to_one_id(
    new: Sequence[str], more: dict[str, Any], edits: list[str]
) -> None:
    assert [f"{one.rule} {one.change}" for one in diff(new, **more).edits or ()] == edits


@pytest.mark.parametrize(
    ("new", "more", "lines"),
    [
        pytest.param(
            [rule("ants", ["ants"], weight=0), OLD[1]],
            {},
            [
                '¶1  claim → evidence  "Ants bite. Bees hum."',
                "    because  ants: weight 2 → 0",
                "    scores   claim 2 → 0, evidence 1",
                "1 relabelled · 0 moved · 0 rescored · 2 unchanged",
            ],
            id="a weight",
        ),
        pytest.param(
            [rule("ants", ["ants", "cats"], weight=2), OLD[1]],
            {},
            [
                '¶3  evidence → claim  "Cats purr, and bees hum."',
                '    because  ants: any: + "cats"',
                "    scores   claim 0 → 2, evidence 1",
                "1 relabelled · 0 moved · 1 rescored · 1 unchanged",
            ],
            id="a phrase",
        ),
        pytest.param(
            [*OLD, rule("dogs", ["dogs"])],
            {},
            ["No change in the outline · 1 edit without effect: dogs"],
            id="an inert edit",
        ),
        pytest.param(
            [OLD[0], rule("bugs", ["bees"], tag="evidence", weight=1), rule("dogs", ["dogs"])],
            {},
            ["No change in the outline · 2 edits without effect: bugs, dogs"],
            id="a new name and an inert edit",
        ),
        pytest.param(
            [OLD[0], *(rule(one, ["bees"], tag="evidence") for one in ("bugs", "wasps"))],
            {},
            ["0 relabelled · 0 moved · 2 rescored · 1 unchanged · 1 edit without effect: bugs"],
            id="a rule made two",
        ),
        pytest.param(
            [OLD[0], rule("bugs", ["bees", "bugs"], tag="evidence", weight=1)],
            {},
            ["No change in the outline · 2 edits that other rules make up for: bees, bugs"],
            id="a rule for another",
        ),
        pytest.param(
            [OLD[0], rule("bees", ["bees"], tag="evidence", weight=1, why="Hm.")],
            {},
            ["No change in the outline: rules differ, outline identical"],
            id="another why",
        ),
        pytest.param(OLD, {}, ["No change in the outline"], id="the same rules"),
        pytest.param(
            OLD,
            {"skip": [skip_rule("cats", ["/cats purr\\./"])]},
            [
                '¶2  claim → skipped  "Cats purr."',
                "    because  cats: added",
                '¶3 → ¶2  evidence under ¶2 → ¶1  "Cats purr, and bees hum."',
                "1 relabelled · 1 moved · 0 rescored · 1 unchanged",
            ],
            id="a paragraph skipped",
        ),
        pytest.param(
            [rule("ants", ["ants"], weight=1), rule("bees", ["bees"], tag="evidence", weight=2)],
            {},
            [
                '¶1  claim → evidence  "Ants bite. Bees hum."',
                "    because  ants: weight 2 → 1 with bees: weight 1 → 2",
                "    scores   claim 2 → 1, evidence 1 → 2",
                "1 relabelled · 0 moved · 1 rescored · 1 unchanged",
            ],
            id="two edits that need each other",
        ),
    ],
)
def test_the_report_says_what_changed_and_why(
    new: Sequence[str], more: dict[str, Any], lines: list[str]
) -> None:
    report = told(diff(new, **more)).splitlines()
    assert report[0].endswith(" · old.yaml → new.yaml")
    assert report[1:] == lines


def test_verbose_shows_the_cues_that_came_and_went() -> None:
    new = [rule("ants", ["ants"], weight=3), OLD[1]]
    assert told(diff(new), verbose=True).splitlines()[1:5] == [
        '¶1  claim  "Ants bite. Bees hum."',
        "    scores   claim 2 → 3, evidence 1",
        '    - ants, claim 2: "Ants"',
        '    + ants, claim 3: "Ants"',
    ]


# ------------------------------------------------------------------------------ on the command line

CLAIM = rule_set(rule("tea", ["tea"], weight=2), rule("milk", ["milk"], tag="evidence"))
EVIDENCE = rule_set(
    rule("tea", ["tea"], weight=2), rule("milk", ["milk"], tag="evidence", weight=5)
)
TEA = "Tea wants milk.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two rule files that read a text differently."""
    for name, content in {"a.yaml": CLAIM, "b.yaml": EVIDENCE, "tea.txt": TEA}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["a.yaml", "b.yaml"], 1),
        (["a.yaml", "a.yaml"], 0),
        (["a.yaml", "b.yaml", "--exit-zero"], 0),
        (["a.yaml", "b.yaml", "--format", "json"], 1),
        (["a.yaml", "gone.yaml"], 2),
        (["a.yaml", "b.yaml", "a.yaml"], 2),
        (["-", "-"], 2),
        (["a.yaml", "-", "--watch"], 2),
        (["a.yaml", "b.yaml", "--watch", "--format", "json"], 2),
    ],
)
def test_the_exit_code_says_whether_a_tag_changed(
    run: Run, folder: Path, args: list[str], code: int
) -> None:
    done = run("diff", *args, "--text", "tea.txt", cwd=folder)
    assert done.code == code
    assert bool(done.out) is (code < 2)
    assert len(done.err.splitlines()) == (code == 2)


def test_one_side_is_held_against_the_shipped_rules(run: Run, folder: Path) -> None:
    done = run("diff", str(lc.shipped_file(lc.SHIPPED_RULES)), cwd=folder)
    assert (done.code, done.out.decode().splitlines()[-1]) == (0, "No change in the outline")


def test_a_side_may_be_a_pipe(run: Run, folder: Path) -> None:
    done = run("diff", "a.yaml", "-", "--text", "tea.txt", cwd=folder, data=EVIDENCE.encode())
    assert done.code == 1
    assert "milk: weight 1 → 5" in done.out.decode()


def test_an_exported_outline_is_a_side_without_causes(run: Run, folder: Path) -> None:
    run("outline", "tea.txt", "--rules", "a.yaml", "-o", "a.json", cwd=folder)
    done = run("diff", "a.json", "b.yaml", "--text", "tea.txt", cwd=folder)
    assert done.code == 1
    assert done.out.decode().splitlines() == [
        "tea.txt · a.json → b.yaml",
        '¶1  claim → evidence  "Tea wants milk."',
        "    scores   claim 2, evidence 1 → 5",
        '    - milk, evidence 1: "milk"',
        '    + milk, evidence 5: "milk"',
        "An exported outline has no rules: causes need both rule files.",
        "1 relabelled · 0 moved · 0 rescored · 0 unchanged",
    ]
    found = json.loads(
        run("diff", "a.json", "b.yaml", "--text", "tea.txt", "--format", "json", cwd=folder).out
    )
    Draft202012Validator(SCHEMA).validate(found)
    assert (found["edits"], found["paragraphs"][0]["causes"]) == (None, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format_version": "2.0"}, "format version 2.0"),
        ({"paragraphs": None}, "cannot be read"),
        ({"paragraphs": [{}]}, "cannot be read"),
        ({"text": {"source": "x", "sha256": "0", "characters": 1}}, "another text"),
    ],
)
def test_an_outline_that_cannot_be_compared_is_refused(
    run: Run, folder: Path, change: dict[str, Any], words: str
) -> None:
    run("outline", "tea.txt", "--rules", "a.yaml", "-o", "a.json", cwd=folder)
    data = json.loads((folder / "a.json").read_text(encoding="utf-8")) | change
    (folder / "a.json").write_text(json.dumps(data), encoding="utf-8")
    done = run("diff", "a.json", "b.yaml", "--text", "tea.txt", cwd=folder)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, b"", 1)
    assert words in done.err.decode()


def test_json_that_is_no_outline_is_read_as_rules(run: Run, folder: Path) -> None:
    rules = {"version": 1, "rules": [json.loads(rule("tea", ["tea"]))]}
    (folder / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    assert run("diff", "rules.json", "a.yaml", "--text", "tea.txt", cwd=folder).code == 0


def test_the_json_holds_what_the_text_says(run: Run, folder: Path) -> None:
    done = run("diff", "a.yaml", "b.yaml", "--text", "tea.txt", "--format", "json", cwd=folder)
    found = json.loads(done.out)
    Draft202012Validator(SCHEMA).validate(found)
    assert [found[key] for key in ("kind", "relabelled", "moved", "rescored", "unchanged")] == [
        *("diff", 1, 0, 0, 0)
    ]
    assert found["edits"] == [
        {
            "rule": "milk",
            "change": "changed",
            "fields": [{"field": "weight", "before": 1, "after": 5}],
            "inert": False,
        }
    ]
    (one,) = found["paragraphs"]
    assert (one["change"], one["number"]) == ("relabelled", {"old": 1, "new": 1})
    assert (one["start"], one["end"]) == (0, len(TEA) - 1)
    assert one["old"] == {
        "tag": "claim",
        "scores": {"claim": 2, "evidence": 1, "recommendation": 0},
    }
    assert one["new"]["tag"] == "evidence"
    assert one["under"] == {"old": None, "new": None}
    assert one["causes"] == [["milk"]]


# ---------------------------------------------------------------------------------- shipped rules


def test_random_edits_of_the_shipped_rules_are_told_right(
    op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    chance = random.Random(4)
    for _ in range(200):
        new = shipped_rules
        for _ in range(chance.randint(1, 6)):
            new = random_edit(new, chance)
        one = lc.diff_rules(op_ed, shipped_rules, new)
        before, after = lc.build_outline(op_ed, shipped_rules), lc.build_outline(op_ed, new)
        again = lc.diff_outlines(before, after)
        stripped = [change._replace(causes=None) for change in one.changes]
        assert (stripped, one.unchanged) == (list(again.changes), again.unchanged)
        check_causes(op_ed, shipped_rules, new, one, exhaustive=False)


def random_edit(rules: lc.RuleSet, chance: random.Random) -> lc.RuleSet:
    """One edit of the kind that people make."""
    at = chance.randrange(len(rules.rules))
    one, others = rules.rules[at], (*rules.rules[:at], *rules.rules[at + 1 :])
    edits = [
        lambda: replace(rules, rules=others),
        lambda: replace(rules, otherwise=chance.choice(list(lc.Tag))),
        lambda: replace(rules, precedence=tuple(chance.sample(list(lc.Tag), 3))),
        lambda: replace(rules, skips=rules.skips[1:]),
        lambda: replace(rules, rules=(*others, replace(one, weight=chance.randint(0, 12)))),
        lambda: replace(rules, rules=(*others, replace(one, weight=chance.randint(0, 12)))),
        lambda: replace(rules, rules=(*others, replace(one, tag=chance.choice(list(lc.Tag))))),
        lambda: replace(rules, rules=(*others, replace(one, any=one.any[::2]))),
        lambda: replace(rules, rules=(*others, replace(one, id=lc.Scalar(f"{one.id}-x")))),
    ]
    return chance.choice(edits)()
