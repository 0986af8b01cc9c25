"""What an edit to the rules does to a text: levels, causes, inert edits, and how it is told."""

import json
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Result, Run, rule, rule_set
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import lankov_claims as lc

Fields = dict[str, Any]  # of a rule
File = dict[str, Any]  # a rule file: "rules" of all kinds by id, "lists" by name, settings
KEY = "key"  # stands for the tag of a key rule, as None does for that of a skip rule

DIFF_SCHEMA = Draft202012Validator(
    json.loads(lc.shipped_file("diff.schema.json").read_text(encoding="utf-8"))
)

# ------------------------------------------------------------------------- an independent reading


@lru_cache(maxsize=4096)
def parsed(text: str, source: str) -> lc.RuleSet:
    return lc.parse_rules(text, source)


def written(file: File) -> str:
    """The rule file as a text."""
    tagging: list[str] = [rule("always-there", ["zebra"])]
    skips: list[str] = []
    keys: list[Any] = []
    for name, fields in file["rules"].items():
        if fields["tag"] == KEY:
            keys.append(json.loads(rule(name, **{**fields, "tag": None})))
        elif fields["tag"] is None:
            skips.append(rule(name, **fields))
        else:
            tagging.append(rule(name, **fields))
    more = {key: value for key, value in file.items() if key != "rules" and value is not None}
    return rule_set(*tagging, skip=skips, keys=keys, **more)


def read(text: str, file: File, source: str = "some.yaml") -> lc.Outline:
    return lc.build_outline(text, parsed(written(file), source), "some.txt")


def with_edits(old: File, new: File, edits: Iterable[lc.Edit]) -> File:
    """The old file with just some of the edits made. A list that comes or goes is there for
    whoever uses it.
    """
    file = {**old, "rules": dict(old["rules"]), "lists": {**new["lists"], **old["lists"]}}
    for edit in edits:
        if edit.rule.startswith("@"):
            file[edit.rule[1:]] = new[edit.rule[1:]]
        elif edit.rule.startswith("<"):
            if edit.change == "changed":
                file["lists"][edit.rule[1:-1]] = new["lists"][edit.rule[1:-1]]
        else:
            before, after = edit.ids
            file["rules"].pop(before, None)
            if after is not None:
                file["rules"][after] = new["rules"][after]
    return file


class Oracle:
    """What the old file reads like with any of a diff's edits made, found by making them."""

    def __init__(self, text: str, old: File, new: File, diff: lc.Diff) -> None:
        self.text, self.old, self.new = text, old, new
        self.edits = {edit.rule: edit for edit in diff.edits}
        self.known: dict[frozenset[str], lc.Outline] = {}

    def reading(self, names: Collection[str]) -> lc.Outline:
        made = frozenset(names)
        if made not in self.known:
            edits = [self.edits[name] for name in made]
            self.known[made] = read(self.text, with_edits(self.old, self.new, edits))
        return self.known[made]

    def verdict(self, start: int, names: Collection[str]) -> lc.Tag | None:
        (one,) = (one for one in self.reading(names).blocks if one.start == start)
        return one.verdict


Verdict = Callable[[Collection[str]], lc.Tag | None]  # of a paragraph, with some edits made
Causes = tuple[tuple[str, ...], ...]


def tried_causes(names: Iterable[str], verdict: Verdict, new: lc.Tag | None) -> Causes:
    """The causes by the words of the contract, found by trying one set of edits after another."""
    needed = sorted(names)
    for size in (1, 2, 3):
        enough = tuple(some for some in combinations(needed, size) if verdict(some) == new)
        if enough:
            return enough if size == 1 else enough[:1]
    while True:
        for name in needed:
            rest = [other for other in needed if other != name]
            if verdict(rest) == new:
                needed = rest
                break
        else:
            return (tuple(needed),)


def hold_causes(oracle: Oracle, diff: lc.Diff) -> None:
    """Hold what a diff claims of causes against full readings with every set of edits."""
    inert = {edit.rule for edit in diff.edits if edit.inert}
    for change in diff.changes:
        if change.change != "relabelled":
            assert change.causes == ()
            continue
        new, start = change.new.verdict, change.new.start
        assert change.causes
        for cause in change.causes:
            assert oracle.verdict(start, cause) == new, "a cause is enough"
            for name in cause:
                assert oracle.verdict(start, {*cause} - {name}) != new, "and needs all of itself"
            assert not inert.intersection(cause), "no cause is without effect"
        for size in range(min(len(change.causes[0]), 4)):
            for names in combinations(oracle.edits, size):
                assert oracle.verdict(start, names) != new, "no smaller set is enough"
        singles = [(name,) for name in oracle.edits if oracle.verdict(start, [name]) == new]
        if singles:
            assert sorted(change.causes) == sorted(singles), "all that suffice alone are named"
        tried = tried_causes(oracle.edits, partial(oracle.verdict, start), new)
        assert change.causes == tried, "ties go by id"


def nameless(outline: lc.Outline, *, hidden: bool = False) -> Any:
    """A reading without the names of rules, and without what is read in skipped paragraphs."""
    rows = []
    for one in outline.blocks:
        cues = sorted((cue._replace(rule="") for cue in one.heard), key=str)
        row = (one.verdict, one.under, one.scores, cues, len(one.skips))
        rows.append(row if one.verdict or hidden else None)
    return rows


# ---------------------------------------------------------------------------------- generated files
# Each rule, list and setting is drawn whole from a table of all: that is quick.

TAGS = [tag.value for tag in lc.Tag]
PARAGRAPHS = ["ant.", "bee.", "ant bee.", "bee cat.", "ant. cat.", "cat dog. ant.", "dog."]
PARAGRAPHS += ["Ant. Bee cat.", "Cat dog. Bee. Ant.", "Bee. Cat."]
TEXTS = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=6).map("\n\n".join)
ANY = [["ant"], ["bee"], ["cat", "dog"], ["<one>"], ["<two>", "dog"], ["(ant|<two>) cat"]]
ANY += [["bee", "/^<one>/"], ["<one>", "ant"]]
UNLESS = [[], ["cat"], ["<two>"]]
RULES: list[Fields] = [
    {"tag": tag.value, "any": any, "weight": weight, "unless": sorted({*unless} - {*any})}
    for tag, any, weight, unless in product(lc.Tag, ANY, range(4), UNLESS)
]
KEYS: list[Fields] = [
    {"tag": KEY, "any": any, "weight": weight, "unless": sorted({*unless} - {*any})}
    for any, weight, unless in product(ANY, range(-2, 3), UNLESS)
]
SKIPS: list[Fields] = [
    {"tag": None, "any": [one]} for one in ("/ant\\./", "/<two>\\./", "/bee .*/")
]
# The list "one" may use "two"; the file then has both.
LISTS = {
    "one": [["ant"], ["bee", "cat"], ["<two>"], ["dog", "<two>"]],
    "two": [["ant"], ["bee"], ["cat", "ant"]],
}
SETTINGS = [
    {"precedence": order, "otherwise": tag, "ending": ending}
    for order, tag, ending in product(permutations(TAGS), TAGS, [None, *TAGS])
]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, File, File]:
    """A text, and two rule files that have some of their rules, lists and settings in common."""
    a_rule = st.sampled_from([*RULES, *KEYS, *SKIPS * 30])
    old = dict(zip("abc", draw(st.lists(a_rule, min_size=1, max_size=3)), strict=False))
    new = dict(old)
    kinds = st.sampled_from(["removed", "renamed", "weight", "anew", "anew"])
    for name, kind in draw(st.dictionaries(st.sampled_from("abcd"), kinds, min_size=1)).items():
        if kind == "anew":
            new[name] = draw(a_rule)
        elif name in old:
            fields = new.pop(name)
            if kind == "renamed":
                new[f"{name}-x"] = fields
            elif kind == "weight" and fields["tag"]:
                least = -3 if fields["tag"] == KEY else 0
                new[name] = {**fields, "weight": draw(st.integers(least, 3))}
    first: File = {"rules": old, "lists": {}, **draw(st.sampled_from(SETTINGS))}
    second: File = {**first, "rules": new, "lists": {}}
    if draw(st.booleans()):
        second |= draw(st.sampled_from(SETTINGS))
    for file, other in ((first, second), (second, first)):
        for name, choices in LISTS.items():
            if f"<{name}>" in json.dumps(file) or draw(st.booleans()):
                known = [other["lists"][name]] if name in other["lists"] else []
                file["lists"][name] = draw(st.sampled_from(known * 3 + choices))
    return draw(TEXTS), first, second


Case = tuple[str, File, File]

# Rules that fire together with small weights, so that ties, blanks and skips are common.
CROWDED = ["Ant bee.", "Ant.", "Cat.", "Ant cat bee.", "Bee."]
PET_LISTS = [["cat"], ["ant"], ["bee", "cat"]]
FEW: list[Fields | None] = [None, {"tag": None, "any": ["/<pet>\\./"]}]
FEW += [
    {"tag": tag, "any": any, "weight": weight}
    for tag, any, weight in product(TAGS, (["ant"], ["bee"], ["ant", "bee"], ["<pet>"]), range(4))
]


@st.composite
def crowded_cases(draw: st.DrawFn) -> Case:
    """The same with up to six edits, of rules that are nearly all in each other's way."""
    old: dict[str, Fields] = {}
    new: dict[str, Fields] = {}
    for name in "abcd":
        before = draw(st.sampled_from(FEW))
        after = draw(st.one_of(st.just(before), st.sampled_from(FEW)))
        if before:
            old[name] = before
        if after:
            new[name] = after
    first, second = draw(st.sampled_from(SETTINGS)), draw(st.sampled_from(SETTINGS))
    some = draw(st.sets(st.sampled_from([*first])))
    second = {key: second[key] if key in some else value for key, value in first.items()}
    pets = [{"pet": draw(st.sampled_from(PET_LISTS))} for _ in "ab"]
    text = "\n\n".join(draw(st.lists(st.sampled_from(CROWDED), min_size=1, max_size=5)))
    return (
        text,
        {"rules": old, "lists": pets[0], **first},
        {"rules": new, "lists": pets[1], **second},
    )


def compared(case: Case) -> tuple[lc.Diff, Oracle]:
    text, old, new = case
    diff = lc.diff_outlines(read(text, old), read(text, new))
    return diff, Oracle(text, old, new, diff)


@given(cases())
def test_a_reading_does_not_differ_from_itself(case: Case) -> None:
    text, old, _ = case
    diff = lc.diff_outlines(read(text, old), read(text, old))
    assert (diff.edits, diff.changes) == ((), ())


@pytest.mark.slow
@settings(max_examples=150)
@given(cases())
def test_every_cause_is_enough_and_needs_all_of_itself(case: Case) -> None:
    diff, oracle = compared(case)
    hold_causes(oracle, diff)


@given(cases())
def test_what_changes_is_what_two_readings_show(case: Case) -> None:
    diff, oracle = compared(case)
    before, after = read(case[0], case[1]), read(case[0], case[2])
    assert nameless(oracle.reading(oracle.edits)) == nameless(after), "edits are all that differs"
    kinds = {change.new.start: change.change for change in diff.changes}
    parents = [{one.number: one.start for one in side.paragraphs} for side in (before, after)]
    for old, new, *rows in zip(
        before.blocks, after.blocks, nameless(before), nameless(after), strict=True
    ):
        kind = ""
        if old.verdict != new.verdict:
            kind = "relabelled"
        elif new.verdict:
            moved = parents[0].get(old.under) != parents[1].get(new.under)
            rescored = rows[0][2:] != rows[1][2:]
            kind = "moved" if moved else "rescored" if rescored else ""
        assert kinds.get(new.start, "") == kind
    for change in diff.changes:
        both = change.old.verdict and change.new.verdict
        rekeyed = change.old.key_sentence != change.new.key_sentence
        assert change.is_rekeyed is bool(both and rekeyed)
    changed = {change.new.start for change in diff.changes}
    for old, new in zip(before.paragraphs, after.paragraphs, strict=False):
        if old.start == new.start and old.start not in changed:
            assert old.key_sentence == new.key_sentence, "no key sentence changes unsaid"
    tagged = [
        old.verdict or new.verdict for old, new in zip(before.blocks, after.blocks, strict=True)
    ]
    assert len(diff.changes) + diff.unchanged == sum(map(bool, tagged))


@pytest.mark.slow
@settings(max_examples=150)
@given(cases())
def test_a_diff_mirrors_when_its_sides_change_places(case: Case) -> None:
    there, _ = compared(case)
    back, _ = compared((case[0], case[2], case[1]))
    assert [(one.change, one.old, one.new) for one in there.changes] == [
        (one.change, one.new, one.old) for one in back.changes
    ]
    inert = {(edit.rule[0] in "@<" and edit.rule, edit.ids, edit.inert) for edit in there.edits}
    assert inert == {
        (edit.rule[0] in "@<" and edit.rule, edit.ids[::-1], edit.inert) for edit in back.edits
    }


@pytest.mark.slow
@settings(max_examples=150)
@given(cases(), st.randoms(use_true_random=False))
def test_any_inert_edits_can_be_left_out_together(case: Case, chance: random.Random) -> None:
    diff, oracle = compared(case)
    inert = [edit.rule for edit in diff.edits if edit.inert]
    for left_out in (inert, [name for name in inert if chance.random() < 0.5]):
        rest = [name for name in oracle.edits if name not in left_out]
        assert nameless(oracle.reading(rest)) == nameless(read(case[0], case[2]))
    for name in inert:
        assert nameless(oracle.reading([name])) == nameless(read(case[0], case[1]))


def shown(outline: lc.Outline, diff: lc.Diff) -> Any:
    """The tags, places and scores of a reading, but of what both sides of a diff skip."""
    rows = []
    for old, new, one in zip(diff.before.blocks, diff.after.blocks, outline.blocks, strict=True):
        seen = one.verdict and (one.verdict, one.under, one.scores)
        rows.append(None if old.skips and new.skips else seen)
    return rows


@pytest.mark.slow
@settings(max_examples=100)
@given(crowded_cases())
def test_every_set_of_edits_bears_out_what_is_told_of_them(case: Case) -> None:
    diff, oracle = compared(case)
    assume(len(diff.edits) <= 6)
    hold_causes(oracle, diff)
    inert = {edit.rule for edit in diff.edits if edit.inert}
    every = {*oracle.edits}
    assert shown(oracle.reading(inert), diff) == shown(diff.before, diff), "made alone, all inert"
    assert shown(oracle.reading(every - inert), diff) == shown(diff.after, diff), "left out"
    for name in sorted(every):
        rest = sorted(every - {name})
        sets = [some for size in range(len(rest) + 1) for some in combinations(rest, size)]
        same = [
            shown(oracle.reading(some), diff) == shown(oracle.reading({*some, name}), diff)
            for some in sets
        ]
        if name in inert:
            assert all(same), "what is inert changes nothing, whichever of the others are made"
        elif name.startswith("@"):
            assert not all(same), "and a setting that changes nothing is inert"


@settings(max_examples=60)
@given(crowded_cases())
def test_a_diff_of_rules_in_each_others_way_mirrors(case: Case) -> None:
    text, old, new = case
    there, _ = compared(case)
    back, _ = compared((text, new, old))
    assert [(one.change, one.old, one.new) for one in there.changes] == [
        (one.change, one.new, one.old) for one in back.changes
    ]
    inert = {(edit.ids, edit.rule[0] in "@<" and edit.rule): edit.inert for edit in there.edits}
    for edit in back.edits:
        name = edit.rule[0] in "@<" and edit.rule
        assert inert.pop((edit.ids[::-1], name)) is edit.inert
    assert not inert


@settings(max_examples=60)
@given(cases())
def test_every_other_edit_touches_a_reading_with_some_of_the_edits_made(case: Case) -> None:
    diff, oracle = compared(case)
    assume(len(diff.edits) < 6)

    def seen(names: Collection[str]) -> Any:
        return nameless(oracle.reading(names), hidden=True)

    for edit in diff.edits:
        if edit.inert or (edit.rule.startswith("<") and edit.change != "changed"):
            continue  # a list that comes or goes shares the lot of the rules that use it
        others = [name for name in oracle.edits if name != edit.rule]
        sets = [some for size in range(len(others) + 1) for some in combinations(others, size)]
        assert any(seen(some) != seen({*some, edit.rule}) for some in sets)


@settings(max_examples=100)
@given(cases())
def test_the_edits_of_a_paragraph_are_those_that_touch_it_with_some_of_the_others_made(
    case: Case,
) -> None:
    """But for settings, and for skip rules that move the end of the piece."""
    diff, oracle = compared(case)
    names = [edit.rule for edit in diff.edits if not edit.rule.startswith("@")]
    assume(len(names) < 5 and len(names) == len(diff.edits) and not case[1]["ending"])

    def seen(start: int, made: Collection[str]) -> Any:
        outline = oracle.reading(made)
        rows = zip(outline.blocks, nameless(outline, hidden=True), strict=True)
        return next((row[2:] for one, row in rows if one.start == start))

    for change in diff.changes:
        assert list(change.edits) == sorted(change.edits)
        assert {*change.edits} >= {name for cause in change.causes for name in cause}
        for edit in diff.edits:
            if edit.rule.startswith("<") and edit.change != "changed":
                assert edit.rule not in change.edits
                continue  # a list that comes or goes shares the lot of the rules that use it
            others = [name for name in names if name != edit.rule]
            sets = [some for size in range(len(others) + 1) for some in combinations(others, size)]
            start = change.new.start
            touches = any(seen(start, some) != seen(start, {*some, edit.rule}) for some in sets)
            if change.old.skips and change.new.skips:
                continue
            assert touches is (edit.rule in change.edits), edit.rule


@settings(max_examples=150)
@given(cases())
def test_what_is_rescored_has_an_edit(case: Case) -> None:
    """What is moved may have none: it was another paragraph that changed."""
    for change in compared(case)[0].changes:
        assert change.edits or change.change == "moved"


@settings(max_examples=150)
@given(cases())
def test_an_edit_that_touches_nothing_is_the_edit_of_no_paragraph(case: Case) -> None:
    diff, _ = compared(case)
    inert = {edit.rule for edit in diff.edits if edit.inert}
    for change in diff.changes:
        assert not inert.intersection(change.edits)


@settings(max_examples=150)
@given(cases())
def test_every_cause_is_among_the_edits_of_its_paragraph(case: Case) -> None:
    for change in compared(case)[0].changes:
        assert {*change.edits} >= {name for cause in change.causes for name in cause}


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rules_lists_and_entries_changes_nothing(
    case: Case, chance: random.Random
) -> None:
    def shuffled(file: Any) -> Any:
        if isinstance(file, dict):
            keys = chance.sample(list(file), len(file))
            return {key: file[key] if key == "precedence" else shuffled(file[key]) for key in keys}
        return chance.sample(file, len(file)) if isinstance(file, list) else file

    text, old, new = case
    one, other = compared(case)[0], compared((text, old, shuffled(new)))[0]
    assert [(each.change, each.new.start, each.causes) for each in one.changes] == [
        (each.change, each.new.start, each.causes) for each in other.changes
    ]
    assert [(e.rule, e.inert) for e in one.edits] == [(e.rule, e.inert) for e in other.edits]


# -------------------------------------------------------------------- an exported outline as a side


def exported(outline: lc.Outline) -> lc.Outline:
    again = lc.parse_outline(lc.to_json(outline), "some.json")
    assert again is not None
    return again


def without_lists(outline: lc.Outline) -> lc.Outline:
    """The same reading by rules in which lists are written out: an export knows of no lists."""
    forms = lc.write_out_lists(outline.rules.lists)

    def plain(entries: Iterable[str]) -> tuple[lc.Scalar, ...]:
        return tuple(map(lc.Scalar, lc.write_out_all(entries, forms)))

    def plain_rules(rules: Iterable[lc.Rule]) -> tuple[lc.Rule, ...]:
        return tuple(one._replace(any=plain(one.any), unless=plain(one.unless)) for one in rules)

    rules = outline.rules
    skips = tuple(one._replace(any=plain(one.any)) for one in rules.skips)
    plainly = rules._replace(rules=plain_rules(rules.rules), skips=skips, lists=())
    return outline._replace(rules=plainly._replace(keys=plain_rules(rules.keys)))


def look_alikes(diff: lc.Diff) -> bool:
    """Whether two rules fire in just the same places: by cues alone, which of them went and which
    came cannot be told.
    """
    new_ids = {edit.ids[0]: edit.ids[1] for edit in diff.edits if edit.change == "renamed"}
    names: dict[frozenset[Any], set[str]] = {}
    for outline in (diff.before, diff.after):
        places: dict[str, set[Any]] = {}
        for one in outline.blocks:
            for cue in one.heard:
                places.setdefault(cue.rule, set()).add((cue.start, cue.end, cue.tag))
            for id_ in one.skips:
                places.setdefault(id_, set()).add(one.start)
        for id_, where in places.items():
            names.setdefault(frozenset(where), set()).add(new_ids.get(id_) or id_)
    return any(len(some) > 1 for some in names.values())


@pytest.mark.slow
@settings(max_examples=200)
@given(cases())
def test_an_exported_outline_is_a_full_side(case: Case) -> None:
    text, old, new = case
    before, after = without_lists(read(text, old)), without_lists(read(text, new))
    by_files = lc.diff_outlines(before, after)
    assume(not look_alikes(by_files))
    sides = [(exported(before), after), (before, exported(after))]
    for one in (lc.diff_outlines(*pair) for pair in [*sides, (sides[0][0], sides[1][1])]):
        assert [(each.change, each.new.start, each.causes) for each in one.changes] == [
            (each.change, each.new.start, each.causes) for each in by_files.changes
        ]
        inert = {edit.rule: edit.inert for edit in by_files.edits}
        for edit in one.edits:
            assert inert.pop(edit.rule) is edit.inert
        assert all(inert.values()), "only what touches nothing is not seen"


# ---------------------------------------------------------------------------- edits, one by one

TEXT = "Ants bite. Bees hum.\n\nCats purr.\n\nCats purr, and bees hum.\n\nAnts and bees meet.\n"


def file(rules: dict[str, Fields], lists: Any = None, **settings: Any) -> File:
    """A rule file; what is not said of a rule or a setting is as it mostly is."""
    whole = {id_: {"tag": "claim", **fields} for id_, fields in rules.items()}
    common = {"precedence": [*lc.PRECEDENCE], "otherwise": "claim", "ending": None}
    return {"rules": whole, "lists": lists or {}, **common, **settings}


ANTS: Fields = {"any": ["ants"], "weight": 2}
BEES: Fields = {"any": ["bees"], "tag": "evidence"}
CATS: Fields = {"any": ["/cats purr\\./"], "tag": None}
PETS: Fields = {"any": ["<pet>"], "tag": "evidence"}
BOTH: dict[str, Fields] = {"ants": ANTS, "bees": BEES}
OLD = file(BOTH)
LISTED = file({"ants": ANTS, "pets": PETS}, {"pet": ["cats"]})
CLAIMS_FIRST = ["claim", "evidence", "recommendation"]


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        (OLD, OLD, []),
        (OLD, file({"bees": BEES, "ants": ANTS}), []),
        (OLD, file({"ants": {**ANTS, "why": "So?"}, "bees": BEES}), []),
        (OLD, file({"ants": ANTS}), ["bees removed"]),
        (OLD, file({**BOTH, "cats": {"any": ["cats"]}}), ["cats added"]),
        (OLD, file({**BOTH, "cats": CATS}), ["cats added"]),
        (OLD, file({"emmets": ANTS, "bees": BEES}), ["emmets renamed"]),
        # Another name and another weight are two edits.
        (OLD, file({"emmets": BEES | ANTS, "bees": BEES}), ["ants removed", "emmets added"]),
        (OLD, file({"ants": {**ANTS, "any": ["ants", "bugs"]}, "bees": BEES}), ["ants changed"]),
        (OLD, file(BOTH, otherwise="evidence"), ["@otherwise changed"]),
        (OLD, file(BOTH, precedence=CLAIMS_FIRST), ["@precedence changed"]),
        (OLD, file(BOTH, ending="claim"), ["@ending changed"]),
        (OLD, file(BOTH, {"pet": ["cats"]}), ["<pet> added"]),
        (file(BOTH, {"pet": ["cats"]}), OLD, ["<pet> removed"]),
        (file(BOTH, {"pet": ["a", "b"]}), file(BOTH, {"pet": ["b", "a"]}), []),
        (LISTED, LISTED | {"lists": {"pet": ["cats", "dogs"]}}, ["<pet> changed"]),
        # A list has no name but its own: another one is another list, in every rule that uses it.
        (
            LISTED,
            file({"ants": ANTS, "pets": {**PETS, "any": ["<beast>"]}}, {"beast": ["cats"]}),
            ["<beast> added", "<pet> removed", "pets changed"],
        ),
    ],
)
def test_an_edit_is_all_that_happens_to_one_rule_list_or_setting(
    old: File, new: File, edits: list[str]
) -> None:
    diff = lc.diff_outlines(read(TEXT, old), read(TEXT, new))
    assert [f"{one.rule} {one.change}" for one in diff.edits] == edits


def changed(old: File, rules: Any = None, lists: Any = None, **settings: Any) -> File:
    """The file with other fields of some rules, other rules, lists or settings."""
    known = dict(old["rules"])
    for id_, fields in (rules or {}).items():
        known[id_] = {**known.get(id_, {"tag": "claim"}), **fields}
    return {**old, "rules": known, "lists": {**old["lists"], **(lists or {})}, **settings}


EVIDENCE_FIRST = ["evidence", "claim", "recommendation"]
TIED = file({"ants": ANTS, "bees": BEES}, precedence=EVIDENCE_FIRST)
NESTED = file({"ants": ANTS, "pets": PETS}, {"pet": ["<cat>", "dogs"], "cat": ["cats"]})
EXCEPT = file({"ants": {**ANTS, "unless": ["<pet>"]}, "bees": BEES}, {"pet": ["cats"]})
INSIDE = file({"ants": ANTS, "pets": {**PETS, "any": ["/<pet> purr/"]}}, {"pet": ["dogs"]})
WHOLE = file({"ants": ANTS, "cats": {"any": ["/<pet> purr\\./"], "tag": None}}, {"pet": ["dogs"]})

HUMS: Fields = {"tag": KEY, "any": ["hum"], "weight": 1}
KEYED = changed(OLD, {"hum": HUMS})
SOUND = changed(OLD, {"hum": {**HUMS, "any": ["<sound>"]}}, {"sound": ["buzz"]})
HINT = " · --verbose shows all rescored"

REPORTS: dict[str, tuple[File, File, list[str]]] = {
    "a weight": (
        OLD,
        changed(OLD, {"ants": {"weight": 0}}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            "    because  ants: weight 2 → 0",
            "    scores   claim 2 → 0, evidence 1",
            '¶4  claim → evidence  "Ants and bees meet."',
            "    because  ants: weight 2 → 0",
            "    scores   claim 2 → 0, evidence 1",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "a phrase": (
        OLD,
        changed(OLD, {"ants": {"any": ["ants", "cats"]}}),
        [
            '¶3  evidence → claim  "Cats purr, and bees hum."',
            '    because  ants: any: + "cats"',
            "    scores   claim 0 → 2, evidence 1",
            f"1 relabelled · 0 moved · 1 rescored · 2 unchanged{HINT}",
        ],
    ),
    "an inert edit": (
        OLD,
        changed(OLD, {"dogs": {"any": ["dogs"]}}),
        ["No change in the outline · 1 edit without effect: dogs"],
    ),
    "an edit in what is skipped anyway": (
        changed(OLD, {"cats": CATS}),
        changed(OLD, {"cats": CATS, "purr": {"any": ["/^cats purr\\.$/"]}}),
        ["No change in the outline · 1 edit without effect: purr"],
    ),
    "a rule made two": (
        OLD,
        file({"ants": ANTS, "bugs": BEES, "wasps": BEES}),
        [f"0 relabelled · 0 moved · 3 rescored · 1 unchanged · 1 edit without effect: bugs{HINT}"],
    ),
    "a rule for another": (
        OLD,
        file({"ants": ANTS, "bugs": {**BEES, "any": ["bees", "bugs"]}}),
        ["No change in the outline · 2 edits that other rules make up for: bees, bugs"],
    ),
    "a rule renamed": (
        OLD,
        file({"ants": ANTS, "bugs": BEES}),
        ["No change in the outline · 1 edit without effect: bugs"],
    ),
    "another why": (
        OLD,
        changed(OLD, {"bees": {"why": "Hm."}}),
        ["No change in the outline: rules differ, outline identical"],
    ),
    "the same rules": (OLD, OLD, ["No change in the outline"]),
    "a paragraph skipped": (
        OLD,
        changed(OLD, {"cats": CATS}),
        [
            '¶2  claim → skipped  "Cats purr."',
            "    because  cats: added",
            '¶3 → ¶2  evidence under ¶2 → ¶1  "Cats purr, and bees hum."',
            "1 relabelled · 1 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "two edits that need each other": (
        OLD,
        changed(OLD, {"ants": {"weight": 1}, "bees": {"weight": 2}}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            "    because  ants: weight 2 → 1 with bees: weight 1 → 2",
            "    scores   claim 2 → 1, evidence 1 → 2",
            '¶4  claim → evidence  "Ants and bees meet."',
            "    because  ants: weight 2 → 1 with bees: weight 1 → 2",
            "    scores   claim 2 → 1, evidence 1 → 2",
            f"2 relabelled · 0 moved · 1 rescored · 1 unchanged{HINT}",
        ],
    ),
    "a setting": (
        OLD,
        changed(OLD, otherwise="evidence"),
        [
            '¶2  claim → evidence  "Cats purr."',
            "    because  @otherwise: claim → evidence",
            '¶3  evidence under ¶2 → ¶1  "Cats purr, and bees hum."',
            "1 relabelled · 1 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "a setting and a rule": (
        changed(OLD, {"cats": {"any": ["cats"]}}),
        changed(OLD, otherwise="evidence"),
        [
            '¶2  claim → evidence  "Cats purr."',
            "    because  @otherwise: claim → evidence with cats: removed",
            "    scores   claim 1 → 0",
            '¶3  claim → evidence  "Cats purr, and bees hum."',
            "    because  cats: removed",
            "    scores   claim 1 → 0, evidence 1",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "an ending": (
        TIED,
        changed(TIED, ending="evidence"),
        [
            '¶4  claim → evidence  "Ants and bees meet."',
            "    because  @ending: nothing → evidence",
            "    scores   claim 2, evidence 1 → 2",
            "1 relabelled · 0 moved · 0 rescored · 3 unchanged",
        ],
    ),
    "an ending that only adds": (
        OLD,
        changed(OLD, ending="claim"),
        [f"0 relabelled · 0 moved · 1 rescored · 3 unchanged{HINT}"],
    ),
    "an entry of a list": (
        LISTED,
        changed(LISTED, lists={"pet": ["cats", "bees"]}),
        [f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}"],
    ),
    "an entry that decides": (
        changed(LISTED, {"pets": {"weight": 3}}),
        changed(LISTED, {"pets": {"weight": 3}}, {"pet": ["cats", "bees"]}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            '    because  <pet>: + "bees"',
            "    scores   claim 2, evidence 0 → 3",
            '¶2  evidence under ¶1 → nothing  "Cats purr."',
            '¶3  evidence under ¶1 → nothing  "Cats purr, and bees hum."',
            '¶4  claim → evidence  "Ants and bees meet."',
            '    because  <pet>: + "bees"',
            "    scores   claim 2, evidence 0 → 3",
            "2 relabelled · 2 moved · 0 rescored · 0 unchanged",
        ],
    ),
    "a list and its rule, which need each other": (
        LISTED,
        changed(LISTED, {"pets": {"weight": 3}}, {"pet": ["bees"]}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            '    because  <pet>: - "cats" + "bees" with pets: weight 1 → 3',
            "    scores   claim 2, evidence 0 → 3",
            '¶2  evidence → claim  "Cats purr."',
            '    because  <pet>: - "cats" + "bees"',
            "    scores   evidence 1 → 0",
            '¶3  evidence under ¶1 → ¶2  "Cats purr, and bees hum."',
            '¶4  claim → evidence  "Ants and bees meet."',
            '    because  <pet>: - "cats" + "bees" with pets: weight 1 → 3',
            "    scores   claim 2, evidence 0 → 3",
            "3 relabelled · 1 moved · 0 rescored · 0 unchanged",
        ],
    ),
    "a list and its rule, each of which is enough": (
        changed(LISTED, {"pets": {"weight": 3}}),
        changed(
            LISTED, {"pets": {"weight": 3, "any": ["<pet>", "bees"]}}, {"pet": ["cats", "bees"]}
        ),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            '    because  <pet>: + "bees"',
            '    or       pets: any: + "bees"',
            "    scores   claim 2, evidence 0 → 3",
            '¶2  evidence under ¶1 → nothing  "Cats purr."',
            '¶3  evidence under ¶1 → nothing  "Cats purr, and bees hum."',
            '¶4  claim → evidence  "Ants and bees meet."',
            '    because  <pet>: + "bees"',
            '    or       pets: any: + "bees"',
            "    scores   claim 2, evidence 0 → 3",
            "2 relabelled · 2 moved · 0 rescored · 0 unchanged",
        ],
    ),
    "a list and its rule, of which one undoes the other": (
        LISTED,
        changed(LISTED, {"pets": {"any": ["<pet>", "cats"]}}, {"pet": ["dogs"]}),
        ["No change in the outline · 2 edits that other rules make up for: <pet>, pets"],
    ),
    "a list and the rule that it comes with": (
        file({"ants": ANTS}),
        LISTED,
        [
            '¶2  claim → evidence  "Cats purr."',
            "    because  pets: added",
            "    scores   evidence 0 → 1",
            '¶3  claim → evidence  "Cats purr, and bees hum."',
            "    because  pets: added",
            "    scores   evidence 0 → 1",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "a list that nobody uses": (
        OLD,
        changed(OLD, lists={"pet": ["cats"]}),
        ["No change in the outline · 1 edit without effect: <pet>"],
    ),
    "a list written out": (
        LISTED,
        file({"ants": ANTS, "pets": {**PETS, "any": ["cats"]}}),
        ["No change in the outline · 2 edits without effect: <pet>, pets"],
    ),
    "a list in a list": (
        NESTED,
        changed(NESTED, {"pets": {"weight": 2}}, {"cat": ["ants"]}),
        [
            '¶2  evidence → claim  "Cats purr."',
            '    because  <cat>: - "cats" + "ants"',
            "    scores   evidence 1 → 0",
            '¶3  evidence → claim  "Cats purr, and bees hum."',
            '    because  <cat>: - "cats" + "ants"',
            "    scores   evidence 1 → 0",
            f"2 relabelled · 0 moved · 2 rescored · 0 unchanged{HINT}",
        ],
    ),
    "a list of exceptions": (
        EXCEPT,
        changed(EXCEPT, lists={"pet": ["bite"]}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            '    because  <pet>: - "cats" + "bite"',
            "    scores   claim 2 → 0, evidence 1",
            "1 relabelled · 0 moved · 0 rescored · 3 unchanged",
        ],
    ),
    "a list in an expression": (
        INSIDE,
        changed(INSIDE, lists={"pet": ["cats"]}),
        [
            '¶2  claim → evidence  "Cats purr."',
            '    because  <pet>: - "dogs" + "cats"',
            "    scores   evidence 0 → 1",
            '¶3  claim → evidence  "Cats purr, and bees hum."',
            '    because  <pet>: - "dogs" + "cats"',
            "    scores   evidence 0 → 1",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "a list in a skip rule": (
        WHOLE,
        changed(WHOLE, lists={"pet": ["cats"]}),
        [
            '¶2  claim → skipped  "Cats purr."',
            '    because  <pet>: - "dogs" + "cats"',
            "1 relabelled · 0 moved · 0 rescored · 3 unchanged",
        ],
    ),
    "a key rule": (
        OLD,
        KEYED,
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   hum: added",
            '    key      "Ants bite." → "Bees hum."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a key rule less": (
        KEYED,
        OLD,
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   hum: removed",
            '    key      "Bees hum." → "Ants bite."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a key rule's weight": (
        KEYED,
        changed(KEYED, {"hum": {"weight": -1}}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   hum: weight 1 → -1",
            '    key      "Bees hum." → "Ants bite."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a key rule's weight that decides nothing": (
        KEYED,
        changed(KEYED, {"hum": {"weight": 5}}),
        [f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}"],
    ),
    "a key rule's phrase, where all that changes is shown": (
        KEYED,
        changed(KEYED, {"hum": {"any": ["hum", "bite"], "unless": ["and bees"]}}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            '    edited   hum: any: + "bite", unless: + "and bees"',
            '    key      "Bees hum." → "Ants bite."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a key rule's place": (
        KEYED,
        changed(KEYED, {"hum": {"where": "opening"}}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   hum: where anywhere → opening",
            '    key      "Bees hum." → "Ants bite."',
            "0 relabelled · 0 moved · 1 rescored · 3 unchanged",
        ],
    ),
    "a key rule for what is not there": (
        OLD,
        changed(OLD, {"dogs": {**HUMS, "any": ["dogs"]}}),
        ["No change in the outline · 1 edit without effect: dogs"],
    ),
    "a key rule that is off": (
        OLD,
        changed(OLD, {"hum": {**HUMS, "weight": 0}}),
        ["No change in the outline · 1 edit without effect: hum"],
    ),
    "a key rule in what is skipped anyway": (
        changed(OLD, {"cats": CATS}),
        changed(OLD, {"cats": CATS, "purr": {**HUMS, "any": ["/^cats purr\\.$/"]}}),
        ["No change in the outline · 1 edit without effect: purr"],
    ),
    "a key rule renamed": (
        KEYED,
        changed(OLD, {"buzz": HUMS}),
        ["No change in the outline · 1 edit without effect: buzz"],
    ),
    "a key rule made two": (
        KEYED,
        changed(OLD, {"buzz": HUMS, "hum": HUMS}),
        [f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}"],
    ),
    "a key rule for another": (
        KEYED,
        changed(OLD, {"buzz": {**HUMS, "any": ["hum", "buzz"]}}),
        ["No change in the outline · 2 edits that other rules make up for: buzz, hum"],
    ),
    "another why of a key rule": (
        KEYED,
        changed(KEYED, {"hum": {"why": "Hm."}}),
        ["No change in the outline: rules differ, outline identical"],
    ),
    "a list that only a key rule uses": (
        SOUND,
        changed(SOUND, lists={"sound": ["hum"]}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            '    edited   <sound>: - "buzz" + "hum"',
            '    key      "Ants bite." → "Bees hum."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a list that only a key rule uses, of what is not there": (
        SOUND,
        changed(SOUND, lists={"sound": ["buzz", "whirr"]}),
        ["No change in the outline · 1 edit without effect: <sound>"],
    ),
    "a list and its key rule": (
        SOUND,
        changed(SOUND, {"hum": {"weight": 2}}, {"sound": ["hum"]}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            '    edited   <sound>: - "buzz" + "hum"; hum: weight 1 → 2',
            '    key      "Ants bite." → "Bees hum."',
            f"0 relabelled · 0 moved · 2 rescored · 2 unchanged{HINT}",
        ],
    ),
    "a key rule and a rule for a tag": (
        OLD,
        changed(OLD, {"ants": {"weight": 3}, "hum": HUMS}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   ants: weight 2 → 3; hum: added",
            '    key      "Ants bite." → "Bees hum."',
            f"0 relabelled · 0 moved · 3 rescored · 1 unchanged{HINT}",
        ],
    ),
    "another tag and another key sentence": (
        OLD,
        changed(OLD, {"ants": {"weight": 0}, "hum": HUMS}),
        [
            '¶1  claim → evidence  "Ants bite. Bees hum."',
            "    because  ants: weight 2 → 0",
            "    scores   claim 2 → 0, evidence 1",
            '    key      "Ants bite." → "Bees hum."',
            '¶4  claim → evidence  "Ants and bees meet."',
            "    because  ants: weight 2 → 0",
            "    scores   claim 2 → 0, evidence 1",
            f"2 relabelled · 0 moved · 1 rescored · 1 unchanged{HINT}",
        ],
    ),
    "another tag, which gives another key sentence": (
        OLD,
        changed(OLD, {"hum": {"any": ["hum"], "tag": "recommendation", "weight": 3}}),
        [
            '¶1  claim → recommendation  "Ants bite. Bees hum."',
            "    because  hum: added",
            "    scores   claim 2, evidence 1, recommendation 0 → 3",
            '    key      "Ants bite." → "Bees hum."',
            '¶3  evidence → recommendation  "Cats purr, and bees hum."',
            "    because  hum: added",
            "    scores   evidence 1, recommendation 0 → 3",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
    "a moved paragraph with other key cues": (
        OLD,
        changed(KEYED, {"cats": CATS}),
        [
            '¶1  claim  "Ants bite. Bees hum."',
            "    edited   hum: added",
            '    key      "Ants bite." → "Bees hum."',
            '¶2  claim → skipped  "Cats purr."',
            "    because  cats: added",
            '¶3 → ¶2  evidence under ¶2 → ¶1  "Cats purr, and bees hum."',
            "1 relabelled · 1 moved · 1 rescored · 1 unchanged",
        ],
    ),
    "a list in another version of a list uses": (
        file({"ants": ANTS}, {"pet": ["<cat>"], "cat": ["cats"]}),
        changed(LISTED, lists={"cat": ["bees"]}),
        [
            '¶2  claim → evidence  "Cats purr."',
            "    because  pets: added",
            "    scores   evidence 0 → 1",
            '¶3  claim → evidence  "Cats purr, and bees hum."',
            "    because  pets: added",
            "    scores   evidence 0 → 1",
            "2 relabelled · 0 moved · 0 rescored · 2 unchanged",
        ],
    ),
}


@pytest.mark.parametrize(("old", "new", "lines"), REPORTS.values(), ids=REPORTS)
def test_the_report_says_what_changed_and_why(old: File, new: File, lines: list[str]) -> None:
    diff = lc.diff_outlines(read(TEXT, old, "old.yaml"), read(TEXT, new, "new.yaml"))
    report = lc.set_lines(lc.diff_lines(diff, verbose=False)).splitlines()
    assert report[0] == "some.txt · old.yaml → new.yaml"
    assert report[1:] == lines
    hold_causes(Oracle(TEXT, old, new, diff), diff)


def test_verbose_shows_rescored_paragraphs_and_the_cues_that_came_and_went() -> None:
    new = changed(OLD, {"ants": {"weight": 3}})
    diff = lc.diff_outlines(read(TEXT, OLD), read(TEXT, new))
    assert lc.set_lines(lc.diff_lines(diff, verbose=True)).splitlines()[1:6] == [
        '¶1  claim  "Ants bite. Bees hum."',
        "    edited   ants: weight 2 → 3",
        "    scores   claim 2 → 3, evidence 1",
        '    - ants, claim 2: "Ants"',
        '    + ants, claim 3: "Ants"',
    ]


def test_a_skipped_paragraph_has_no_key_sentence_that_could_change() -> None:
    skipped = {"bite": {"any": ["/ants bite.*/"], "tag": None}}
    old, new = read(TEXT, OLD), read(TEXT, changed(KEYED, skipped))
    assert old.blocks[0].key_sentence != new.blocks[0].key_sentence
    for sides in ((old, new), (new, old)):
        diff = lc.diff_outlines(*sides)
        assert (diff.changes[0].change, diff.changes[0].is_rekeyed) == ("relabelled", False)
        assert json.loads(lc.diff_to_json(diff))["paragraphs"][0]["key_sentence"] is None


def test_verbose_shows_all_and_hints_at_nothing() -> None:
    diff = lc.diff_outlines(read(TEXT, OLD), read(TEXT, KEYED))
    lines = lc.set_lines(lc.diff_lines(diff, verbose=True)).splitlines()
    assert [line for line in lines if line.startswith("¶")] == [
        '¶1  claim  "Ants bite. Bees hum."',
        '¶3  evidence  "Cats purr, and bees hum."',
    ]
    assert lines.count("    edited   hum: added") == 2
    assert lines[-1] == "0 relabelled · 0 moved · 2 rescored · 2 unchanged"


def test_verbose_shows_the_key_cues_that_came_and_went() -> None:
    diff = lc.diff_outlines(read(TEXT, KEYED), read(TEXT, changed(KEYED, {"hum": {"weight": 3}})))
    lines = lc.set_lines(lc.diff_lines(diff, verbose=True)).splitlines()
    cues = [line for line in lines if line.startswith(("    - ", "    + "))]
    assert cues == ['    - hum, key 1: "hum"', '    + hum, key 3: "hum"'] * 2


@pytest.mark.parametrize("setting", [{"otherwise": "evidence"}, {"precedence": CLAIMS_FIRST}])
def test_a_setting_is_no_edit_of_a_paragraph_that_it_does_not_touch(setting: Any) -> None:
    new = changed(OLD, {"ants": {"weight": 3}}, **setting)
    diff = lc.diff_outlines(read(TEXT, OLD), read(TEXT, new))
    edits = {one.new.number: one.edits for one in diff.changes if one.change == "rescored"}
    assert edits == {1: ("ants",), 4: ("ants",)}


def test_a_skip_rule_that_moves_the_end_is_an_edit_of_what_is_rescored_by_that() -> None:
    old = file({"tea": {"any": ["tea"]}}, ending="claim")
    new = changed(old, {"ad": {"any": ["/ad\\./"], "tag": None}})
    text = "Ad.\n\n" + "Tea.\n\n" * 4
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert [(one.change, one.edits) for one in diff.changes] == [
        ("relabelled", ("ad",)), ("rescored", ("ad",)),
    ]  # fmt: skip


def test_a_skip_rule_that_matches_nothing_is_no_edit_of_what_another_one_rescores() -> None:
    old = file({"tea": {"any": ["tea"]}}, ending="claim")
    more = {name: {"any": [f"/{name}\\./"], "tag": None} for name in ("ad", "zebra")}
    text = "Ad.\n\n" + "Tea.\n\n" * 4
    diff = lc.diff_outlines(read(text, old), read(text, changed(old, more)))
    assert [(edit.rule, edit.inert) for edit in diff.edits] == [("ad", False), ("zebra", True)]
    assert [one.edits for one in diff.changes] == [("ad",), ("ad",)]


LEVEL = file({"must": {"any": ["must"], "weight": 5}}, precedence=CLAIMS_FIRST)
TRADE: dict[str, Fields] = {
    name: {"any": [name], "tag": "recommendation", "weight": weight}
    for name, weight in (("trade", 5), ("now", 1))
}
CALLS_FIRST = [*lc.PRECEDENCE]
ACT: dict[str, Fields] = {"act": {"any": ["act"], "tag": "evidence", "weight": 5}}
CLAIMS: dict[str, Fields] = {"must": {"any": ["must"]}, "we": {"any": ["we"], "weight": 5}}
TWO_WAYS = file({**ACT, **CLAIMS}, precedence=CLAIMS_FIRST)


@pytest.mark.parametrize(
    ("old", "new", "text", "cause"),
    [
        pytest.param(
            changed(OLD, {"bees": {"weight": 0}}),
            changed(OLD, {"ants": {"weight": 0}, "bees": {"weight": 2}}, precedence=EVIDENCE_FIRST),
            "Ants bite. Bees hum.",
            ("@precedence", "bees"),
            id="with the bees alone there is a tie, without the ants there is none",
        ),
        pytest.param(
            LEVEL,
            changed(LEVEL, TRADE, precedence=CALLS_FIRST),
            "We must trade now.",
            ("@precedence", "trade"),
            id="five against five, and six in the end",
        ),
        pytest.param(
            TWO_WAYS,
            changed(
                TWO_WAYS,
                {
                    "act": {"weight": 0},
                    "trade": {**TRADE["trade"], "weight": 6},
                    "we": {"tag": "evidence"},
                },
                precedence=CALLS_FIRST,
            ),
            "We must act and trade.",
            ("@precedence", "trade"),
            id="without the tie it would take three",
        ),
    ],
)
def test_a_setting_that_breaks_a_tie_which_some_of_the_edits_make_is_not_without_effect(
    old: File, new: File, text: str, cause: tuple[str, ...]
) -> None:
    """It changes nothing by itself, and nothing changes where all but it are made."""
    diff = lc.diff_outlines(read(text, old), read(text, new))
    oracle = Oracle(text, old, new, diff)
    others = {*oracle.edits} - {"@precedence"}
    assert shown(oracle.reading(["@precedence"]), diff) == shown(diff.before, diff)
    assert shown(oracle.reading(others), diff) == shown(diff.after, diff)
    assert [edit.rule for edit in diff.edits if edit.inert] == []
    (change,) = diff.changes
    assert (change.causes, {*change.edits}) == ((cause,), {*oracle.edits})
    hold_causes(oracle, diff)


@pytest.mark.parametrize(("count", "inert"), [(6, ["@precedence"]), (15, [])])
def test_among_too_many_edits_to_try_all_sets_a_setting_is_taken_to_matter(
    count: int, inert: list[str]
) -> None:
    """The claims lead by far, so there is no tie to break; 15 edits have 32,768 sums."""
    rules = {f"w{n}": {"tag": TAGS[n % 3], "weight": 2 ** (n // 3)} for n in range(count)}
    old = file({"base": {"any": ["base"], "weight": 100}})
    new = changed(old, {name: {**fields, "any": [name]} for name, fields in rules.items()})
    text = f"A base: {' '.join(rules)}."
    diff = lc.diff_outlines(read(text, old), read(text, {**new, "precedence": EVIDENCE_FIRST}))
    assert [edit.rule for edit in diff.edits if edit.inert] == inert


def test_among_too_many_edits_of_rules_that_share_a_list_a_setting_is_taken_to_matter() -> None:
    """Of 13 rules that use a list, which is edited as well, each is another with it and without."""
    words = [f"w{n}" for n in range(13)]
    old = file({word: {"any": ["<all>", word]} for word in words}, lists={"all": ["tea"]})
    new = changed(old, {word: {"any": ["<all>", word], "weight": 2} for word in words})
    new = {**new, "lists": {"all": ["tea", "mug"]}, "precedence": EVIDENCE_FIRST}
    text = f"A mug of tea: {' '.join(words)}."
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert [edit.rule for edit in diff.edits if edit.inert] == []


def test_among_many_edits_too_what_moves_the_end_is_no_edit_of_a_paragraph_far_from_it() -> None:
    words = [f"w{n}" for n in range(15)]
    rules = {}
    for number, word in enumerate(words):
        rules[word] = {"any": [word], "tag": TAGS[number % 3], "weight": 1 + number}
    old = file({"tea": {"any": ["tea"]}}, ending="claim")
    new = changed(old, {**rules, "ad": {"any": ["/ad\\./"], "tag": None}})
    text = f"Tea: {' '.join(words)}.\n\nAd.\n\n" + "Tea.\n\n" * 3
    first, skipped, fourth = lc.diff_outlines(read(text, old), read(text, new)).changes
    assert {*first.edits} == {*words}
    assert [skipped.edits, fourth.edits] == [("ad",), ("ad",)]


def test_among_many_edits_too_an_ending_is_no_edit_of_a_paragraph_far_from_it() -> None:
    words = {f"w{n}": {"any": [f"w{n}"], "tag": TAGS[n % 3], "weight": 1 + n} for n in range(15)}
    old = file({"tea": {"any": ["tea"]}})
    text = f"Tea: {' '.join(words)}.\n\n" + "Tea.\n\n" * 4
    diff = lc.diff_outlines(read(text, old), read(text, changed(old, words, ending="claim")))
    assert {*diff.changes[0].edits} == {*words}


def test_edits_of_what_is_skipped_do_not_make_a_setting_matter_elsewhere() -> None:
    words = [f"w{n}" for n in range(13)]
    rules = {word: {"any": ["<all>", word]} for word in words}
    old = file({**rules, "ad": {"any": ["/ad: .*/"], "tag": None}}, lists={"all": ["tea"]})
    new = changed(old, {word: {"weight": 2} for word in words}, {"all": ["tea", "mug"]})
    text = f"Nothing here.\n\nAd: {' '.join(words)} mug"
    diff = lc.diff_outlines(read(text, old), read(text, {**new, "precedence": EVIDENCE_FIRST}))
    assert [edit.rule for edit in diff.edits if not edit.inert] == []


def test_an_ending_that_rescores_is_no_edit_without_effect() -> None:
    old = file({"ants": {"any": ["ants"]}})
    diff = lc.diff_outlines(read(TEXT, old), read(TEXT, changed(old, ending="claim")))
    assert [(edit.rule, edit.inert) for edit in diff.edits] == [("@ending", False)]


def test_an_edit_behind_two_skip_rules_of_which_one_comes_and_one_goes_is_not_inert() -> None:
    """With neither it shows."""
    old = file({"ants": ANTS, "was": {"any": ["/ants .*/"], "tag": None}})
    new = file({"ants": {**ANTS, "tag": "evidence"}, "now": {"any": ["/.* dig/"], "tag": None}})
    text = "Ants can dig\n\nAn other thing."
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert {edit.rule for edit in diff.edits if edit.inert} == set()
    hold_causes(Oracle(text, old, new, diff), diff)


def test_of_two_edited_skip_rules_the_one_that_always_matches_hides_an_edit() -> None:
    stays: Fields = {"any": ["/ants .*/"], "tag": None}
    goes: Fields = {"any": ["/.* dig/"], "tag": None}
    old = file({"ants": ANTS, "a-stays": stays, "b-goes": goes})
    new = file({"ants": {**ANTS, "tag": "evidence"}, "a-stays": {**stays, "any": ["/ants.*/"]}})
    diff = lc.diff_outlines(read("Ants can dig", old), read("Ants can dig", new))
    assert [edit.rule for edit in diff.edits if edit.inert] == ["a-stays", "ants"]


def test_a_setting_is_inert_where_all_is_skipped() -> None:
    old = file({"ants": ANTS, "was": {"any": ["/ants .*/"], "tag": None}})
    new = changed(old, precedence=EVIDENCE_FIRST)
    diff = lc.diff_outlines(read("Ants can dig", old), read("Ants can dig", new))
    assert [(edit.rule, edit.inert) for edit in diff.edits] == [("@precedence", True)]


def test_the_field_of_a_renamed_rule_is_its_id() -> None:
    diff = lc.diff_outlines(read(TEXT, file({"ants": ANTS})), read(TEXT, file({"emmets": ANTS})))
    assert [edit.fields for edit in diff.edits] == [(("id", "ants", "emmets"),)]


def test_an_edit_behind_a_skip_rule_that_stays_is_inert() -> None:
    skips = {"was": {"any": ["<all>", "/ants .*/"], "tag": None}}
    old = file({"ants": ANTS, **skips}, {"all": ["/.* dig/"]})
    new = file({"ants": {**ANTS, "tag": "evidence"}, **skips}, {"all": ["/.* dig/", "bees"]})
    text = "Ants can dig\n\nAn other thing. Bees."
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert {edit.rule: edit.inert for edit in diff.edits}["ants"]


@pytest.mark.parametrize(("count", "is_inert"), [(6, True), (7, False)])
def test_behind_a_skip_rule_of_too_many_edited_lists_an_edit_is_taken_to_matter(
    count: int, is_inert: bool
) -> None:
    names = [f"l{number}" for number in range(count)]
    was = {"any": [*[f"<{name}>" for name in names], "/ants .*/"], "tag": None}
    old = file({"ants": ANTS, "was": was}, {name: [name, "tea"] for name in names})
    new = changed(old, {"ants": {"tag": "evidence"}}, {name: [name] for name in names})
    text = f"Ants can dig\n\nAn other thing, and tea: {' '.join(names)}."
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert {edit.rule: edit.inert for edit in diff.edits}["ants"] is is_inert


def test_the_order_of_expressions_in_a_list_changes_nothing() -> None:
    rules = {"l": {"any": ["/a(?=(<l>))\\1c/"]}}
    one = file(rules, {"l": ["/bbb?/", "/b{1}/"]})
    other = file(rules, {"l": ["/b{1}/", "/bbb?/"]})
    text = "Well abbc is it."
    assert lc.diff_outlines(read(text, one), read(text, other)).changes == ()


def test_a_phrase_behind_an_anchor_may_begin_with_a_slash() -> None:
    old = file({"pets": PETS}, {"pet": ["cats"]})
    new = file({"pets": PETS}, {"pet": ["cats", "^ /Usr"]})
    diff = lc.diff_outlines(read("/usr is full.", old), read("/usr is full.", new))
    assert [(edit.rule, edit.inert) for edit in diff.edits] == [("<pet>", False)]


def test_an_edit_of_a_rule_and_the_end_of_a_skip_rule_are_a_cause_together() -> None:
    old = file({"ants": ANTS, "was": {"any": ["/ants .*/"], "tag": None}})
    dig = {"any": ["dig"], "tag": "evidence"}
    new = file({"ants": {**ANTS, "tag": "evidence"}, "dig": dig})
    (change,) = lc.diff_outlines(read("Ants can dig", old), read("Ants can dig", new)).changes
    assert change.causes == (("ants", "was"),)


def test_of_edits_that_skip_a_paragraph_two_by_two_the_first_two_are_its_cause() -> None:
    pairs = ["… <a> <b> …", "… <a> <c> …", "… <b> <c> …"]
    rules = {"ants": ANTS, "ad": {"any": pairs, "tag": None}}
    old = file(rules, {"a": ["p"], "b": ["q"], "c": ["r"]})
    new = changed(old, lists={"a": ["p", "x"], "b": ["q", "y"], "c": ["r", "z"]})
    text = "Here x y z x z is"
    (change,) = lc.diff_outlines(read(text, old), read(text, new)).changes
    assert (change.causes, change.edits) == ((("<a>", "<b>"),), ("<a>", "<b>", "<c>"))


def test_an_edit_like_one_that_failed_hides_none_behind_it() -> None:
    old = file({"base": {"any": ["base"], "weight": 6}})
    weights = {"a": 1, "b": 1, "d": 1, "z": 6}
    words = {name: {"any": [name], "tag": "evidence", "weight": n} for name, n in weights.items()}
    text = "A base of b d z: a."
    (change,) = lc.diff_outlines(read(text, old), read(text, changed(old, words))).changes
    assert change.causes == (("a", "z"),)


AD = {"ad": {"any": ["ad"], "tag": None}}
ANTS_AND_AD = "Ad\n\n" + "Ants.\n\n" * 4  # of five the last two are at the end, of four the last


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (file({"ants": ANTS, **AD}), file({"ants": ANTS}, ending="claim")),
        (file({"ants": ANTS}, ending="claim"), file({"ants": ANTS, **AD})),
    ],
    ids=["the ending comes", "the ending goes"],
)
def test_an_ending_that_another_edit_lets_reach_a_paragraph_is_an_edit_of_it(
    old: File, new: File
) -> None:
    changes = lc.diff_outlines(read(ANTS_AND_AD, old), read(ANTS_AND_AD, new)).changes
    assert {change.new.line: change.edits for change in changes}[7] == ("@ending", "ad")


HUM = {"bees": {"any": ["bees"], "weight": 2}, "hum": {**BEES, "any": ["hum"], "weight": 3}}
HUMMING = "Ants.\n\n" + "Bees hum.\n\n" * 4  # the last two of five are in the last quarter
SKIPPED = file(
    {**HUM, "ad": {"any": ["/<pest>\\./"], "tag": None}}, {"pest": ["wasps"]}, ending="claim"
)


@pytest.mark.parametrize(
    ("rules", "causes"),
    [
        ({}, [["<pest>"]]),
        ({"hum": {"weight": 5}}, [["<pest>"], ["hum"]]),
        # Neither the old rules nor the new ones skip it, but those with <pest> alone changed do.
        ({"hum": {"weight": 5}, "ad": {"any": ["/<pest>!/"]}}, [["<pest>"], ["hum"]]),
    ],
)
def test_what_skips_one_paragraph_may_be_the_cause_for_another(
    rules: dict[str, Fields], causes: list[list[str]]
) -> None:
    """Where the first is skipped, four remain, and the fourth is no more in the last quarter."""
    new = changed(SKIPPED, rules, {"pest": ["ants"]})
    diff = lc.diff_outlines(read(HUMMING, SKIPPED), read(HUMMING, new))
    hold_causes(Oracle(HUMMING, SKIPPED, new, diff), diff)
    (fourth,) = (one for one in diff.changes if one.new.line == 7)
    assert [[*cause] for cause in fourth.causes] == causes


FIVE = ["ants", "bees", "cats", "dogs", "eels"]


@pytest.mark.parametrize(
    ("weight", "causes"),
    [
        (5, [[name] for name in FIVE]),
        (4, [FIVE[:2]]),
        (3, [FIVE[:3]]),
        (2, [FIVE[1:]]),
        (1, [FIVE]),
    ],
)
def test_a_cause_is_as_large_as_it_must_be(weight: int, causes: list[list[str]]) -> None:
    """Five claims against one piece of evidence, which wins once enough of them are gone."""
    meet = {"meet": {"any": ["meet"], "tag": "evidence", "weight": weight}}
    old, new = (file({name: {"any": [name], "weight": n} for name in FIVE} | meet) for n in (1, 0))
    text = f"{' '.join(FIVE)} meet."
    diff = lc.diff_outlines(read(text, old), read(text, new))
    assert [[*cause] for cause in diff.changes[0].causes] == causes
    hold_causes(Oracle(text, old, new, diff), diff)


# -------------------------------------------------------------------------------- the shipped rules


Weights = tuple[lc.Tag, int]  # of a rule: for which tag, with what weight


def many_rules(rules: Iterable[Weights], precedence: list[str]) -> File:
    """A rule for each word of a sentence."""
    numbered = enumerate(rules)
    known = {
        f"w{n:03}": {"any": [f"w{n:03}"], "tag": t.value, "weight": w} for n, (t, w) in numbered
    }
    return file(known, precedence=precedence)


def many_readings(old: File, new: File) -> tuple[lc.Outline, lc.Outline]:
    """A sentence of all the words, by both files."""
    text = f"All of it: {' '.join(old['rules'])}."
    return read(text, old), read(text, new)


A_WEIGHT = st.tuples(st.sampled_from([*lc.Tag]), st.integers(0, 3))
AN_ORDER = st.sampled_from([[*order] for order in permutations(TAGS)])


@settings(max_examples=150)
@given(st.lists(st.tuples(A_WEIGHT, A_WEIGHT), min_size=1, max_size=12), AN_ORDER, AN_ORDER)
def test_causes_among_many_edits_are_those_that_trying_all_sets_finds(
    rules: list[tuple[Weights, Weights]], old_order: list[str], new_order: list[str]
) -> None:
    """Scores are added up here by hand: the sets are too many to read the text with each."""
    old = many_rules((before for before, _ in rules), old_order)
    new = many_rules((after for _, after in rules), new_order)
    diff = lc.diff_outlines(*many_readings(old, new))

    def verdict(made: Collection[str]) -> lc.Tag:
        scores = dict.fromkeys(TAGS, 0)
        for name in old["rules"]:
            fields = (new if name in made else old)["rules"][name]
            scores[fields["tag"]] += fields["weight"]
        if not any(scores.values()):
            return lc.Tag.CLAIM
        order = new_order if "@precedence" in made else old_order
        return lc.Tag(max(order, key=scores.__getitem__))

    names = [edit.rule for edit in diff.edits]
    assert (verdict([]), verdict(names)) == tuple(side.blocks[0].tag for side in diff[:2])
    for change in diff.changes:
        if change.change == "relabelled":
            assert change.causes == tried_causes(names, verdict, change.new.tag)


def claim(weight: int) -> Weights:
    return lc.Tag.CLAIM, weight


def evidence(weight: int) -> Weights:
    return lc.Tag.EVIDENCE, weight


def call(weight: int) -> Weights:
    return lc.Tag.RECOMMENDATION, weight


ALIKE = [(claim(1), claim(3))] * 140
UNALIKE = [(evidence(n % 97 + 1), claim(n * 7 % 89 + 1)) for n in range(300)]
RIVALS = [(evidence(n % 100 + 1), evidence(0)) for n in range(150)]
RIVALS += [(call(n % 100 + 1), call(0)) for n in range(150)]
LEVELLING = [(claim(0), claim(30))] * 300


@pytest.mark.parametrize(
    ("rest", "rules", "size"),
    [
        pytest.param([evidence(100)] * 2, ALIKE, 31, id="60 to make up for, two by each edit"),
        pytest.param([], UNALIKE, 143, id="no two edits alike"),
        pytest.param([claim(50)], RIVALS, 278, id="two rivals, each with edits of its own"),
        pytest.param([evidence(90)], LEVELLING, 4, id="any three edits only draw level"),
    ],
)
def test_a_cause_among_many_edits_is_found_by_adding_and_not_by_reading_again(
    monkeypatch: pytest.MonkeyPatch,
    rest: list[Weights],
    rules: list[tuple[Weights, Weights]],
    size: int,
) -> None:
    """Of 300 edits there are 4,455,100 sets of three, of 140 there are 447,580."""
    old = many_rules([*rest, *(before for before, _ in rules)], EVIDENCE_FIRST)
    new = many_rules([*rest, *(after for _, after in rules)], EVIDENCE_FIRST)
    before, after = many_readings(old, new)
    decided: list[int] = []
    decide = lc.RuleSet.decide

    def counted(rules: lc.RuleSet, scores: lc.Scores) -> lc.Tag:
        decided.append(1)
        return decide(rules, scores)

    monkeypatch.setattr(lc.RuleSet, "decide", counted)
    monkeypatch.setattr(lc, "read_blocks", None)
    (change,) = lc.diff_outlines(before, after).changes
    assert [len(cause) for cause in change.causes] == [size]
    assert len(decided) < 10_000


@lru_cache(maxsize=1)
def shipped_content() -> Any:
    return yaml.safe_load(lc.shipped_file(lc.SHIPPED_RULES).read_text(encoding="utf-8"))


def some_shipped_rules(chance: random.Random) -> File:
    """A dozen of the shipped rules, the lists that they use, and all the skip rules."""
    content = shipped_content()
    keys = [{"tag": KEY, **one} for one in content["keys"]]
    chosen = [*chance.sample(content["rules"], 12), *content["skip"], *keys]
    lists: dict[str, list[str]] = {}
    missing = {"say"}
    while missing:
        lists |= {name: content["lists"][name] for name in missing}
        used = re.findall(r"(?<!\(\?P)<([a-z][a-z0-9-]*)>", json.dumps([chosen, lists]))
        missing = {*used} - lists.keys()
    rules = {}
    for one in chosen:
        fields = {"tag": None, **one}
        rules[fields.pop("id")] = fields
    return file(rules, lists, otherwise=content["otherwise"], ending=content.get("ending"))


def with_random_edit(old: File, chance: random.Random) -> File:
    """The file with one edit of the kind that people make."""
    rules, lists = old["rules"], old["lists"]
    id_ = chance.choice([name for name, fields in rules.items() if fields["tag"]])
    name = chance.choice(list(lists))
    rest = {other: fields for other, fields in rules.items() if other != id_}
    half = rules[id_]["any"][::2]
    edits: list[Callable[[], File]] = [
        lambda: {**old, "rules": rest},
        lambda: {**old, "rules": {**rest, f"{id_}-x": rules[id_]}},
        lambda: changed(old, {id_: {"weight": chance.randint(0, 12)}}),
        lambda: changed(old, {id_: {"weight": chance.randint(0, 12), "any": half}}),
        lambda: changed(old, {id_: {"tag": chance.choice([*lc.Tag])}}),
        lambda: changed(old, lists={name: lists[name][::2]}),
        lambda: changed(old, lists={name: [*lists[name], "trade"]}),
        lambda: changed(old, ending=chance.choice([None, *lc.Tag])),
        lambda: changed(old, otherwise=chance.choice([*lc.Tag])),
    ]
    return chance.choice(edits)()


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_of_shipped_rules_are_told_right(seed: int, op_ed: str) -> None:
    chance = random.Random(seed)
    old = new = some_shipped_rules(chance)
    for _ in range(chance.randint(1, 6)):
        new = with_random_edit(new, chance)
    diff = lc.diff_outlines(read(op_ed, old), read(op_ed, new))
    assert diff.edits
    hold_causes(Oracle(op_ed, old, new, diff), diff)


# ------------------------------------------------------------------------------ on the command line

CLAIM = file({"tea": {"any": ["tea"], "weight": 2}, "milk": {"any": ["milk"], "tag": "evidence"}})
EVIDENCE = changed(CLAIM, {"milk": {"weight": 5}})
TEA = "Tea wants milk.\n"
REPORT = """\
tea.txt · {} → {}
¶1  claim → evidence  "Tea wants milk."
    because  milk: weight 1 → 5
    scores   claim 2, evidence 1 → 5
1 relabelled · 0 moved · 0 rescored · 0 unchanged
"""


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """Two rule files that read a text differently, and what each exports of that text."""
    (tmp_path / "tea.txt").write_text(TEA, encoding="utf-8")
    for name, rules in {"a": CLAIM, "b": EVIDENCE}.items():
        (tmp_path / f"{name}.yaml").write_text(written(rules), encoding="utf-8")
        run("outline", "tea.txt", "--rules", f"{name}.yaml", "-o", f"{name}.json")
    return tmp_path


def one_line(result: Result) -> str:
    """The line on standard error in which the program says that it could not do it."""
    assert (result.code, result.out, result.err.count(b"\n")) == (2, b"", 1)
    return result.err.decode()


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
    done = run("diff", *args, "--text", "tea.txt")
    assert done.code == code
    assert bool(done.out) is (code < 2)
    assert len(done.err.splitlines()) == (code == 2)


def test_one_side_is_held_against_the_shipped_rules(run: Run) -> None:
    done = run("diff", lc.shipped_file(lc.SHIPPED_RULES))
    assert (done.code, done.out.decode().splitlines()[-1]) == (0, "No change in the outline")


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["a.yaml", "b.yaml", "--label", "HEAD"], ("HEAD", "b.yaml")),
        (["a.yaml", "b.yaml", "--label", "HEAD", "--label", "now"], ("HEAD", "now")),
        (["a.json", "b.json", "--label", "HEAD", "--label", "now"], ("HEAD", "now")),
    ],
)
def test_a_side_may_have_another_name_than_its_file(
    run: Run, folder: Path, args: list[str], names: tuple[str, str]
) -> None:
    done = run("diff", *args, "--text", "tea.txt")
    assert (done.code, done.err) == (1, b"")
    assert done.out.decode().splitlines()[0] == "tea.txt · {} → {}".format(*names)


@pytest.mark.parametrize(
    ("name", "form"),
    [("d.html", "html"), ("d.md", "markdown"), ("d.json", "json"), ("d.txt", "text")],
)
def test_a_diff_is_written_to_a_file_in_the_form_of_its_suffix(
    run: Run, folder: Path, name: str, form: str
) -> None:
    args = ("diff", "a.yaml", "b.yaml", "--text", "tea.txt")
    assert run(*args, "-o", name) == (1, b"", b"")
    assert (folder / name).read_bytes() == run(*args, "--format", form).out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("d.jsonl", "d.jsonl: a diff has no such form (end it in .txt, .md, .json or .html)"),
        ("d.pdf", 'd.pdf: no format belongs to ".pdf" '),
    ],
)
def test_a_diff_has_no_other_forms(run: Run, folder: Path, name: str, told: str) -> None:
    line = one_line(run("diff", "a.yaml", "b.yaml", "--text", "tea.txt", "-o", name))
    assert line.startswith(told)
    assert not (folder / name).exists()


def test_a_diff_is_never_written_over_a_side(run: Run, folder: Path) -> None:
    before = (folder / "b.json").read_bytes()
    line = one_line(run("diff", "a.yaml", "b.json", "--text", "tea.txt", "-o", "b.json"))
    assert line == "b.json: this is an input too (choose another file to write)\n"
    assert (folder / "b.json").read_bytes() == before


def test_the_only_side_has_the_only_label(run: Run, folder: Path) -> None:
    assert b"rules.yaml \xe2\x86\x92 mine\n" in run("diff", "a.yaml", "--label", "mine").out
    told = one_line(run("diff", "a.yaml", "--label", "a", "--label", "b"))
    assert told == "--label: 1 side is there to be named (leave labels out)\n"


def test_a_diff_in_markdown_is_escaped_and_says_why(run: Run, folder: Path) -> None:
    args = ["a.yaml", "b.yaml", "--label", "<b>*old*", "--format", "markdown"]
    done = run("diff", *args, "--text", "tea.txt")
    heading, _, summary, _, title, *about = done.out.decode().splitlines()
    assert heading == "### tea.txt: \\<b\\>\\*old\\* → b.yaml"
    assert summary.startswith("**1 relabelled · ")
    assert title.startswith("- relabelled: **¶1 claim → evidence ")
    assert any(line.startswith("  - because ") for line in about)


def test_a_diff_in_markdown_tells_cues_that_came_from_those_that_went(
    run: Run, folder: Path
) -> None:
    args = ["a.yaml", "b.yaml", "--format", "markdown", "--verbose"]
    lines = run("diff", *args, "--text", "tea.txt").out.decode().splitlines()
    signs = [line[4:6] for line in lines if re.match(r"  - \\[-+] ", line)]
    assert {*signs} == {"\\-", "\\+"}


def test_a_side_may_be_a_pipe(run: Run, folder: Path) -> None:
    data = (folder / "b.yaml").read_bytes()
    done = run("diff", "a.yaml", "-", "--text", "tea.txt", data=data)
    assert (done.code, done.out.decode()) == (1, REPORT.format("a.yaml", "-"))


@pytest.mark.parametrize(
    "sides", [("a.json", "b.yaml"), ("a.yaml", "b.json"), ("a.json", "b.json")]
)
def test_an_exported_outline_stands_for_the_rule_file_that_made_it(
    run: Run, folder: Path, sides: tuple[str, str]
) -> None:
    done = run("diff", *sides, "--text", "tea.txt")
    assert (done.code, done.out.decode()) == (1, REPORT.format(*sides))


def test_two_exported_outlines_need_no_text(run: Run, folder: Path) -> None:
    (folder / "tea.txt").unlink()
    done = run("diff", "a.json", "b.json")
    assert (done.code, done.out.decode()) == (1, REPORT.format("a.json", "b.json"))


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (
            {"tea": {"weight": 1}, "milk": {"weight": 2}},
            "milk: weight 1 → 2 with tea: weight 2 → 1",
        ),
        ({"tea": {"any": ["wants", "coffee"]}, "milk": {"weight": 3}}, "milk: weight 1 → 3"),
        ({"tea": {"any": ["coffee"]}}, "tea: removed"),
        ({"pot": {"any": ["wants"], "tag": "evidence", "weight": 3}}, "pot: added"),
        ({"tea": {"tag": "evidence"}}, "tea: tag claim → evidence"),
        ({"ad": {"any": ["/tea .*/"], "tag": None}}, "ad: added"),
    ],
)
def test_an_edit_between_exported_outlines_is_told_by_its_cues(
    run: Run, folder: Path, rules: dict[str, Any], words: str
) -> None:
    (folder / "c.yaml").write_text(written(changed(CLAIM, rules)), encoding="utf-8")
    run("outline", "tea.txt", "--rules", "c.yaml", "-o", "c.json")
    lines = run("diff", "a.json", "c.json").out.decode().splitlines()
    assert lines[2] == f"    because  {words}"


@pytest.mark.parametrize(
    ("old", "new", "words", "key"),
    [
        (OLD, KEYED, "hum: added", True),
        (KEYED, OLD, "hum: removed", True),
        (KEYED, changed(KEYED, {"hum": {"weight": -3}}), "hum: weight 1 → -3", True),
        (KEYED, changed(KEYED, {"hum": {"any": ["bite"]}}), "hum: cues 2 → 1", True),
        (KEYED, changed(KEYED, {"hum": {"any": ["hum", "ants"]}}), "hum: cues 2 → 4", True),
        (KEYED, changed(KEYED, {"hum": {"where": "opening"}}), "hum: cues 2 → 1", True),
        (KEYED, changed(KEYED, {"hum": {"weight": 9}}), "hum: weight 1 → 9", False),
        (SOUND, changed(SOUND, lists={"sound": ["hum"]}), "hum: added", True),
    ],
)
def test_an_edit_of_a_key_rule_between_exported_outlines_is_told_by_its_cues(
    old: File, new: File, words: str, key: bool
) -> None:
    before, after = read(TEXT, old), read(TEXT, new)
    left, right = exported(before), exported(after)
    for sides in ((left, after), (before, right), (left, right)):
        diff = lc.diff_outlines(*sides)
        lines = lc.set_lines(lc.diff_lines(diff, verbose=not key)).splitlines()
        assert lines[1:3] == ['¶1  claim  "Ants bite. Bees hum."', f"    edited   {words}"]
        assert any(line.startswith("    key      ") for line in lines) is key
        assert diff.changes[0].is_rekeyed is key


def test_a_key_rule_that_leaves_no_cue_is_not_seen_in_an_export() -> None:
    new = changed(OLD, {"dogs": {**HUMS, "any": ["dogs"]}})
    diff = lc.diff_outlines(exported(read(TEXT, OLD)), exported(read(TEXT, new)))
    assert (diff.edits, diff.changes) == ((), ())


def test_readings_of_two_texts_are_not_compared(run: Run, folder: Path) -> None:
    (folder / "milk.txt").write_text("Milk wants tea.\n", encoding="utf-8")
    run("outline", "milk.txt", "--rules", "a.yaml", "-o", "m.json")
    assert "two different texts" in one_line(run("diff", "a.json", "m.json"))
    told = one_line(run("diff", "a.json", "b.yaml", "--text", "milk.txt"))
    assert told.startswith("a.json: it is an outline of another text (give tea.txt with --text")
    with pytest.raises(lc.Failure, match="two different texts"):
        lc.diff_outlines(read(TEXT, OLD), read(TEA, OLD))


def at(data: Any, path: str, value: Any) -> None:
    """Put a value where a path such as ``paragraphs.0.tag`` leads; None takes out what is there."""
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in way:
        data = data[key]
    if value is None:
        del data[last]
    else:
        data[last] = value


FURNITURE = {"rules": ["ad"], "start": 3, "end": 5, "line": 1, "text": "AD", "cues": []}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("format_version", "2.0", "format version 2.0"),
        ("format_version", None, "no 'format_version'"),
        ("rules.precedence", None, "no 'precedence'"),  # the first version exported none
        ("rules.precedence", ["claim", "claim", "evidence"], "the three tags"),
        ("rules.otherwise", "opinion", "'opinion'"),
        ("rules.ending", None, "no 'ending'"),
        ("rules.ending", "never", "'never'"),
        ("rules.sha256", 7, '"sha256" is 7'),
        ("text.sha256", "0", "another text"),
        ("text.source", 7, '"source" is 7'),
        ("paragraphs", 7, "cannot be read"),
        ("paragraphs", [{}], "no 'start'"),
        ("paragraphs", [], "export it again"),
        ("skipped", None, "no 'skipped'"),
        ("paragraphs.0.start", True, '"start" is True'),
        ("paragraphs.0.start", -1, '"end" is 15'),
        ("paragraphs.0.end", 14, '"end" is 14'),
        ("skipped", [FURNITURE], "two paragraphs stand at 3"),
        ("paragraphs.0.text", "Tea wants more!", "another text"),
        ("paragraphs.0.tag", "evidence", "¶1 is not what its cues add up to"),
        ("paragraphs.0.number", 2, "¶2 is not what its cues add up to"),
        ("paragraphs.0.under", 1, "¶1 is not what its cues add up to"),
        ("paragraphs.0.scores.claim", 3, "¶1 is not what its cues add up to"),
        ("paragraphs.0.cues", None, "no 'cues'"),
        ("paragraphs.0.cues.0", None, "¶1 is not what its cues add up to"),
        ("paragraphs.0.cues.0.weight", 3, "¶1 is not what its cues add up to"),
        ("paragraphs.0.cues.0.weight", 0, "no such weight"),
        ("paragraphs.0.cues.0.weight", 201, "no such weight"),
        ("paragraphs.0.cues.0.weight", 2.0, '"weight" is 2.0'),
        ("paragraphs.0.cues.0.sentence", 2, "in no sentence"),
        ("paragraphs.0.cues.0.rule", 7, '"rule" is 7'),
        ("paragraphs.0.cues.0.tag", "opinion", "'opinion'"),
        ("paragraphs.0.cues.0.start", 15, "outside its paragraph"),
        ("paragraphs.0.cues.0.end", 16, "outside its paragraph"),
    ],
)
def test_a_tampered_outline_is_refused_in_a_line(
    run: Run, folder: Path, path: str, value: Any, words: str
) -> None:
    data = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    at(data, path, value)
    (folder / "a.json").write_text(json.dumps(data), encoding="utf-8")
    told = one_line(run("diff", "a.json", "b.yaml", "--text", "tea.txt"))
    assert told.startswith("a.json")
    assert words in told


CUE = "paragraphs.0.key_cues.0"
OF_KEYS = "the key sentence of ¶1 is not what its cues choose"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("paragraphs.0.key_cues", 7, "cannot be read"),
        ("paragraphs.0.key_cues", [7], "cannot be read"),
        ("paragraphs.0.key_cues", [{}], "no 'start'"),
        (f"{CUE}.rule", None, "no 'rule'"),
        (f"{CUE}.rule", 7, '"rule" is 7'),
        (f"{CUE}.rule", "A rule", "'A rule' is no rule's id"),
        (f"{CUE}.weight", None, "no 'weight'"),
        (f"{CUE}.weight", 0, "no such weight"),
        (f"{CUE}.weight", 201, "no such weight"),
        (f"{CUE}.weight", -201, "no such weight"),
        (f"{CUE}.weight", 101, "no such weight"),
        (f"{CUE}.weight", -101, "no such weight"),
        (f"{CUE}.weight", 1.0, '"weight" is 1.0'),
        (f"{CUE}.weight", True, '"weight" is True'),
        (f"{CUE}.sentence", 0, "in no sentence"),
        (f"{CUE}.sentence", 3, "in no sentence"),
        (f"{CUE}.start", -1, "outside its paragraph"),
        (f"{CUE}.start", 19, "outside its paragraph"),
        (f"{CUE}.end", 21, "outside its paragraph"),
        (f"{CUE}.weight", -1, OF_KEYS),
        (f"{CUE}.sentence", 1, "outside its sentence"),
        ("paragraphs.0.key_cues", [], OF_KEYS),
        ("paragraphs.0.key_sentence", {"start": 0, "end": 10, "text": "Ants bite."}, OF_KEYS),
        ("paragraphs.0.key_sentence.start", 12, OF_KEYS),
        ("paragraphs.0.key_sentence.start", None, "no 'start'"),
        ("paragraphs.0.key_sentence", None, "no 'key_sentence'"),
        ("paragraphs.0.key_sentence", 7, "cannot be read"),
    ],
)  # fmt: skip
def test_tampered_key_cues_are_refused(path: str, value: Any, words: str) -> None:
    data = json.loads(lc.to_json(read(TEXT, KEYED)))
    at(data, path, value)
    with pytest.raises(lc.Failure, match=re.escape(words)) as caught:
        lc.parse_outline(json.dumps(data), "a.json")
    assert str(caught.value).startswith("a.json: this outline cannot be read: ")


def paths(data: Any, way: str = "") -> Iterator[str]:
    """The path of everything in a JSON value."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield f"{way}{key}"
        if isinstance(value, dict | list):
            yield from paths(value, f"{way}{key}.")


def test_no_tampering_breaks_more_than_the_outline() -> None:
    more = {"ad": {"any": ["/ad\\./"], "tag": None}, "wants": {**HUMS, "any": ["wants", "ad"]}}
    outline = read(f"{TEA}\nAd.\n", changed(CLAIM, more))
    assert all(one.key_cues for one in outline.blocks)
    whole = lc.to_json(outline)
    refusals = []
    for path in paths(json.loads(whole)):
        values: list[Any] = [None, 0, -1, 10**30, 1.5, True, "", "x", "\ud800", [], [[]], {}]
        for value in values:
            data = json.loads(whole)
            at(data, path, value)
            try:
                again = lc.parse_outline(json.dumps(data), "a.json")
                assert again is None or lc.diff_outlines(outline, again)
            except lc.Failure as failure:
                refusals.append(str(failure))
    assert len(refusals) > 500
    assert not [told for told in refusals if "\n" in told]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (json.dumps({"version": 1, "rules": [json.loads(rule("tea", ["tea"]))]}), 1),
        ('{"kind": "outline"', 2),
        ('{"kind": "diff"}', 2),
        ("[" * 100_000, 2),
    ],
)
def test_what_is_no_outline_is_read_as_rules(
    run: Run, folder: Path, content: str, code: int
) -> None:
    (folder / "c.json").write_text(content, encoding="utf-8")
    done = run("diff", "b.yaml", "c.json", "--text", "tea.txt")
    assert done.code == code
    assert done.err.count(b"\n") == done.err.count(b"c.json:1:")


def test_the_json_holds_what_the_text_says(run: Run, folder: Path) -> None:
    done = run("diff", "a.yaml", "b.yaml", "--text", "tea.txt", "--format", "json")
    found = json.loads(done.out)
    assert found["format_version"] == "1.2"
    assert [found[key] for key in ("kind", "relabelled", "moved", "rescored", "unchanged")] == [
        *("diff", 1, 0, 0, 0)
    ]
    weight = {"field": "weight", "before": 1, "after": 5}
    assert found["edits"] == [
        {"rule": "milk", "change": "changed", "fields": [weight], "inert": False}
    ]
    (one,) = found["paragraphs"]
    assert (one["change"], one["number"]) == ("relabelled", {"old": 1, "new": 1})
    assert (one["start"], one["end"]) == (0, len(TEA) - 1)
    scores = {"claim": 2, "evidence": 1, "recommendation": 0}
    assert one["old"] == {"tag": "claim", "scores": scores}
    assert one["new"] == {"tag": "evidence", "scores": scores | {"evidence": 5}}
    assert one["under"] == {"old": None, "new": None}
    assert [cue["weight"] for side in ("lost", "gained") for cue in one["cues"][side]] == [1, 5]
    assert one["causes"] == [["milk"]]
    assert one["edits"] == ["milk"]
    assert one["key_sentence"] is None
    assert one["key_cues"] == {"lost": [], "gained": []}
    DIFF_SCHEMA.validate(found)


def test_the_json_has_the_key_cues_and_key_sentences_before_and_after() -> None:
    new = changed(KEYED, {"hum": {"any": ["hum", "bite"], "weight": -1}})
    diff = lc.diff_outlines(read(TEXT, KEYED), read(TEXT, new))
    found = json.loads(lc.diff_to_json(diff))
    DIFF_SCHEMA.validate(found)
    fields = [("weight", 1, -1), ("any", ["hum"], ["hum", "bite"])]
    assert found["edits"] == [
        {"rule": "hum", "change": "changed", "inert": False, "fields": [
            {"field": name, "before": old, "after": new} for name, old, new in fields
        ]},
    ]  # fmt: skip
    first, third = found["paragraphs"]
    assert [one["change"] for one in (first, third)] == ["rescored"] * 2
    assert [one["edits"] for one in (first, third)] == [["hum"]] * 2
    assert [one["cues"] for one in (first, third)] == [{"lost": [], "gained": []}] * 2
    assert first["key_sentence"] == {
        "old": {"start": 11, "end": 20, "text": "Bees hum."},
        "new": {"start": 0, "end": 10, "text": "Ants bite."},
    }
    hum = {"rule": "hum", "weight": 1, "sentence": 2, "start": 16, "end": 19, "text": "hum"}
    bite = {"rule": "hum", "weight": -1, "sentence": 1, "start": 5, "end": 9, "text": "bite"}
    gained = [bite, {**hum, "weight": -1}]
    assert first["key_cues"] == {"lost": [hum], "gained": gained}
    assert third["key_sentence"] is None
    assert [len(some) for some in third["key_cues"].values()] == [1, 1]


@settings(max_examples=60)
@given(cases())
def test_the_json_of_any_diff_fits_its_schema_and_holds_every_cue_that_came_or_went(
    case: Case,
) -> None:
    diff, _ = compared(case)
    found = json.loads(lc.diff_to_json(diff))
    DIFF_SCHEMA.validate(found)
    for change, row in zip(diff.changes, found["paragraphs"], strict=True):
        assert row["edits"] == [*change.edits]
        assert bool(row["key_sentence"]) is change.is_rekeyed
        for side, cues in (
            ("lost", lc.lost_cues(change.old, change.new)),
            ("gained", lc.lost_cues(change.new, change.old)),
        ):
            told = [(cue["rule"], cue["start"]) for cue in row["cues"][side]]
            assert told == [(cue.rule, cue.start) for cue in cues if cue.tag]
            told = [(cue["rule"], cue["start"]) for cue in row["key_cues"][side]]
            assert told == [(cue.rule, cue.start) for cue in cues if not cue.tag]


# ---------------------------------------------------------------- mixtures that nobody would write


def listed(any_: str, tag: str = "claim", **lists: list[str]) -> lc.RuleSet:
    return lc.parse_rules(rule_set(rule("tea", [any_], tag=tag), lists=lists))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            listed("<mark>", mark=["ant"]),
            listed("ant <mark> bee", "evidence", mark=[";"]),
            id="a list without a word, alone",
        ),
        pytest.param(
            listed("<one> [sic]", one=["ant"]),
            listed("<one>", "evidence", one=["/an?t/"]),
            id="an expression inside a phrase",
        ),
        pytest.param(
            listed("/<one> and <two>/", one=["/(?P<x>ant)/"], two=["/bee/"]),
            listed("/<one> and <two>/", "evidence", one=["/ant/"], two=["/(?P<x>bee)/"]),
            id="a group there twice",
        ),
        pytest.param(
            listed("<a> <a> <a>", a=[f"ant{n}" for n in range(10)]),
            listed("<a>", "evidence", a=["bee", *(f"ant{n}" for n in range(3_000))]),
            id="too many phrases",
        ),
    ],
)
def test_what_would_be_no_sound_file_in_between_does_not_stop_a_diff(
    old: lc.RuleSet, new: lc.RuleSet
) -> None:
    text = "An ant ; bee, ant and bee, ant7."
    for before, after in ((old, new), (new, old)):
        diff = lc.diff_outlines(lc.build_outline(text, before), lc.build_outline(text, after))
        assert all(change.causes for change in diff.changes if change.change == "relabelled")


def test_words_that_a_text_does_not_hold_are_without_effect_however_many_lists_they_are_in() -> (
    None
):
    lists = {f"l-{letter}": ["bee"] for letter in "abcdefghij"}
    more = {name: [*entries, "xyzzy"] for name, entries in lists.items()}
    entries = [f"<{name}>" for name in lists]
    old = lc.parse_rules(rule_set(rule("tea", ["ant", *entries]), lists=lists))
    new = lc.parse_rules(rule_set(rule("tea", ["ant", *entries]), lists=more))
    diff = lc.diff_outlines(lc.build_outline("An ant.", old), lc.build_outline("An ant.", new))
    assert [edit.rule for edit in diff.edits if edit.inert] == entries


@pytest.mark.parametrize("name", ["\x1b[31mred\x07", "\u202e", "a\nb", "", "@ending", "<say>"])
def test_an_outline_with_a_name_that_no_rule_can_have_is_refused(name: str) -> None:
    data = json.loads(lc.to_json(lc.build_outline("Tea.", lc.parse_rules(rule_set()))))
    data["paragraphs"][0]["cues"][0]["rule"] = name
    with pytest.raises(lc.Failure, match="is no rule's id"):
        lc.parse_outline(json.dumps(data), "x.json")


def test_a_new_id_is_told_where_more_lists_change_with_it_than_are_told_apart() -> None:
    """With six lists or more that a rule uses, each edit of it may matter."""
    old_lists = {f"l-{letter}": [f"ant{letter}"] for letter in "abcdefg"}
    new_lists = {name: [*entries, "bee"] for name, entries in old_lists.items()}
    entries = [f"<{name}>" for name in old_lists]
    old = lc.parse_rules(rule_set(rule("tea", ["cup", *entries]), lists=old_lists))
    new = lc.parse_rules(rule_set(rule("mug", ["cup", *entries]), lists=new_lists))
    diff = lc.diff_outlines(lc.build_outline("A bee.", old), lc.build_outline("A bee.", new))
    (edited,) = [str(line) for line in lc.diff_lines(diff, verbose=True) if "edited" in str(line)]
    assert "mug: renamed from tea" in edited


def test_between_exported_outlines_cues_that_are_as_many_are_told_to_be_elsewhere() -> None:
    outlines = []
    for word in ("ant", "bee"):
        rules = lc.parse_rules(rule_set(rule("tea", [word])), f"{word}.yaml")
        exported = lc.parse_outline(
            lc.to_json(lc.build_outline("An ant, a bee.", rules)), f"{word}.json"
        )
        assert exported is not None
        outlines.append(exported)
    lines = [str(line) for line in lc.diff_lines(lc.diff_outlines(*outlines), verbose=True)]
    assert "    edited   tea: cues at other places" in lines


def test_a_diff_in_markdown_shows_what_is_only_rescored_where_all_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "tea.txt").write_text("A tea.", encoding="utf-8")
    for name, weight in (("a.yaml", 2), ("b.yaml", 3)):
        (tmp_path / name).write_text(rule_set(rule(weight=weight)), encoding="utf-8")
    args = ("diff", "a.yaml", "b.yaml", "--text", "tea.txt", "--format", "markdown")
    brief = run(*args).out.decode()
    assert "- rescored" not in brief
    assert "1 rescored" in brief
    assert "- rescored: **¶1 claim" in run(*args, "--verbose").out.decode()


# ----------------------------------------------------------------------- what an edit is told by

BITING = file({"ants": {"any": ["bite"], "weight": 2}, "bees": BEES})
FINAL = changed(BITING, {"ants": {"any": ["ants"]}}, ending="claim")
ADS = changed(BITING, {"cats": CATS})


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        pytest.param(BITING, changed(BITING, {"ants": {"any": ["meet"]}}), [("cues", 1, 1)],
                     id="as many cues elsewhere"),
        pytest.param(BITING, changed(BITING, {"ants": {"any": ["ants"]}}), [("cues", 1, 2)],
                     id="more cues"),
        pytest.param(BITING, changed(BITING, {"ants": {"weight": 5}}), [("weight", 2, 5)],
                     id="a weight"),
        pytest.param(BITING, changed(BITING, {"ants": {"any": ["ants"], "weight": 5}}),
                     [("weight", 2, 5), ("cues", 1, 2)], id="a weight and more cues"),
        pytest.param(BITING, changed(BITING, {"ants": {"tag": "evidence", "weight": 5}}),
                     [("tag", "claim", "evidence"), ("weight", 2, 5)], id="a tag and a weight"),
        pytest.param(FINAL, changed(FINAL, {"ants": {"weight": 3}}), [("weight", 2, 3)],
                     id="a rule's own weight where cues count double"),
        pytest.param(ADS, changed(ADS, {"cats": {"any": ["/cats .*/"]}}), [("skipped", 1, 2)],
                     id="more paragraphs skipped"),
    ],
)  # fmt: skip
def test_an_edit_between_exports_is_told_by_all_that_differs_in_its_cues(
    old: File, new: File, fields: list[tuple[str, Any, Any]]
) -> None:
    (edit,) = lc.diff_outlines(exported(read(TEXT, old)), exported(read(TEXT, new))).edits
    assert (edit.change, list(edit.fields)) == ("changed", fields)


def test_a_rule_that_becomes_a_skip_rule_is_one_edit_of_all_that_a_skip_rule_has_not() -> None:
    new = changed(OLD, {"ants": {"any": ["ants and bees meet"], "tag": None, "weight": None}})
    (edit,) = lc.diff_outlines(read(TEXT, OLD), read(TEXT, new)).edits
    assert (edit.rule, edit.change) == ("ants", "changed")
    assert list(edit.fields) == [
        ("tag", "claim", None),
        ("weight", 2, None),
        ("any", ("ants",), ("ants and bees meet",)),
        ("unless", (), None),
        ("where", "anywhere", None),
    ]


def levels(old: File, new: File) -> list[str]:
    """How paragraphs change between two rule files, and between exports that they made."""
    before, after = read(TEXT, old), read(TEXT, new)
    kinds = [one.change for one in lc.diff_outlines(before, after).changes]
    apart = lc.diff_outlines(exported(before), exported(after)).changes
    assert [one.change for one in apart] == kinds
    return kinds


@pytest.mark.parametrize("again", [1, 2])
def test_one_of_several_equal_cues_that_goes_rescores_a_paragraph(again: int) -> None:
    twins = {"ants": ANTS, **{f"emmets-{at}": ANTS for at in range(again)}}
    fewer = {"ants": ANTS, **{f"emmets-{at}": ANTS for at in range(again - 1)}}
    assert levels(file(twins), file(fewer)) == ["rescored", "rescored"]
    assert levels(file(fewer), file(twins)) == ["rescored", "rescored"]


def test_another_name_of_a_rule_changes_no_paragraph() -> None:
    assert levels(OLD, file({"emmets": ANTS, "bees": BEES})) == []


@pytest.mark.parametrize(
    ("settings", "edits"),
    [
        ({"otherwise": "evidence"}, ["@otherwise"]),
        ({"precedence": CLAIMS_FIRST}, ["@precedence"]),
        ({"ending": "claim"}, ["@ending"]),
        ({"ending": "evidence", "otherwise": "evidence"}, ["@ending", "@otherwise"]),
    ],
)
def test_another_setting_is_an_edit_between_files_and_between_exports(
    settings: Any, edits: list[str]
) -> None:
    before, after = read(TEXT, OLD), read(TEXT, changed(OLD, **settings))
    for sides in ((before, after), (exported(before), exported(after))):
        assert [one.rule for one in lc.diff_outlines(*sides).edits] == edits


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        (OLD, file({"bees": BEES}), ("ants", "removed", ("ants", None))),
        (file({"bees": BEES}), OLD, ("ants", "added", (None, "ants"))),
        (OLD, file({"emmets": ANTS, "bees": BEES}), ("emmets", "renamed", ("ants", "emmets"))),
        (OLD, changed(OLD, {"ants": {"weight": 1}}), ("ants", "changed", ("ants", "ants"))),
    ],
)
def test_an_edit_knows_its_rule_before_and_after(
    old: File, new: File, edit: tuple[str, str, lc.Pair]
) -> None:
    before, after = read(TEXT, old), read(TEXT, new)
    for sides in ((before, after), (exported(before), exported(after))):
        (one,) = lc.diff_outlines(*sides).edits
        assert (one.rule, one.change, one.ids) == edit


def test_of_several_rules_that_a_removed_one_may_be_now_each_is_it_once() -> None:
    old = file({"a": ANTS, "b": ANTS, "bees": BEES})
    new = file({"c": ANTS, "d": ANTS, "e": ANTS, "bees": BEES})
    edits = lc.diff_outlines(read(TEXT, old), read(TEXT, new)).edits
    assert [(one.rule, one.change, one.ids) for one in edits] == [
        ("c", "renamed", ("a", "c")),
        ("d", "renamed", ("b", "d")),
        ("e", "added", (None, "e")),
    ]


# ------------------------------------------------------------- a rule and its lists, edited at once


def pets(lists: dict[str, list[str]], any: Sequence[str] = ("<pet>",), **fields: Any) -> File:
    """A file with a rule for evidence that uses lists; where it is silent there is a claim."""
    return file({"pets": {"any": [*any], "tag": "evidence", **fields}}, lists)


DOGS = {"pet": ["dogs"]}
ADDED = [
    pytest.param(DOGS, {"pet": ["dogs", entry]}, "<pet>", id=entry)
    for entry in ("cats", "/cats?/", "^ cats", "purr $", "(cats|hens)", "CATS", "cats purr")
]


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        *ADDED,
        pytest.param({"pet": ["<one>"], "one": ["dogs"]}, {"pet": ["<one>", "x"], "one": ["cats"]},
                     "<one>", id="through another list"),
        pytest.param({"pet": ["dogs"], "one": ["cats"]}, {"pet": ["<one>"], "one": ["cats"]},
                     "<pet>", id="another list"),
    ],
)  # fmt: skip
def test_what_a_list_gains_in_any_form_is_the_cause(
    old: dict[str, list[str]], new: dict[str, list[str]], cause: str
) -> None:
    diff = lc.diff_outlines(read(TEXT, pets(old)), read(TEXT, pets(new)))
    change = next(one for one in diff.changes if one.new.text == "Cats purr.")
    assert (change.change, change.new.verdict) == ("relabelled", lc.Tag.EVIDENCE)
    assert change.causes == ((cause,),)


CATS_ONLY = {"pet": ["cats"]}
AT_ONCE = {
    "the list alone, though the rule has another weight": (
        pets(DOGS), pets(CATS_ONLY, weight=2), [("<pet>",)]),
    "the list alone, though the rule is silenced by it": (
        pets({"when": ["never"]}, ["cats"], unless=["<when>"]),
        pets({"when": ["purr"]}, ["cats"], unless=["<when>"], weight=2), [("<when>",)]),
    "the rule alone, since the old one would have no word with the new list": (
        pets(DOGS), pets({"pet": ["cats", ";"]}, ["so <pet>", "cats"]), [("pets",)]),
    "either, where the rule leaves a list for another": (
        pets({"pet": ["cats"], "bug": ["ants"]}),
        pets({"pet": ["dogs"], "bug": ["ants"]}, ["<bug>"]), [("<pet>",), ("pets",)]),
    "both, where neither would do": (
        pets(DOGS, ["a <pet>"]), pets(CATS_ONLY), [("<pet>", "pets")]),
    "the list of a skip rule": (
        pets(DOGS, tag=None), pets(CATS_ONLY, ["<pet> purr", "x"], tag=None),
        [("<pet>", "pets")]),
    "the list of a skip rule, though the rule is edited": (
        pets(DOGS, ["<pet> purr"], tag=None), pets(CATS_ONLY, ["<pet> purr", "x"], tag=None),
        [("<pet>",)]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "causes"), AT_ONCE.values(), ids=AT_ONCE)
def test_a_cause_is_told_of_a_rule_and_its_list_that_are_edited_at_once(
    old: File, new: File, causes: list[tuple[str, ...]]
) -> None:
    diff = lc.diff_outlines(read(TEXT, old), read(TEXT, new))
    change = next(one for one in diff.changes if one.new.text == "Cats purr.")
    assert change.change == "relabelled"
    assert list(change.causes) == causes


def test_an_edit_of_a_key_rule_is_without_effect_though_its_list_has_one() -> None:
    hums: Fields = {"any": ["<sound>"], "tag": KEY, "weight": 1}
    old = file({**BOTH, "hum": hums}, {"sound": ["roar"]})
    new = file({**BOTH, "hum": {**hums, "any": ["<sound>", "buzz"]}}, {"sound": ["hum"]})
    diff = lc.diff_outlines(read(TEXT, old), read(TEXT, new))
    assert [(one.rule, one.inert) for one in diff.edits] == [("<sound>", False), ("hum", True)]


def test_a_skip_rule_is_the_cause_between_exports_too() -> None:
    before, after = read(TEXT, OLD), read(TEXT, changed(OLD, {"cats": CATS}))
    diff = lc.diff_outlines(exported(before), exported(after))
    change = diff.changes[0]
    assert (change.old.verdict, change.new.verdict) == ("claim", None)
    assert change.causes == (("cats",),)


def causes_of(text: str, old: File, new: File) -> list[tuple[str, ...]]:
    """The causes of the one paragraph that starts so and is relabelled."""
    diff = lc.diff_outlines(read(TEXT, old), read(TEXT, new))
    (change,) = (one for one in diff.changes if one.new.text.startswith(text))
    assert change.change == "relabelled"
    return list(change.causes)


def test_a_list_is_the_cause_though_the_rule_that_uses_it_has_another_name() -> None:
    new = file({"beasts": {"any": ["<pet>"], "tag": "evidence"}}, CATS_ONLY)
    assert causes_of("Cats purr.", pets(DOGS), new) == [("<pet>",)]


def test_a_list_is_the_cause_where_cues_count_double() -> None:
    heavy: Fields = {"any": ["<bug>"], "tag": "evidence", "weight": 2}
    ants: Fields = {"any": ["ants"], "weight": 3}
    old = file({"ants": ants, "bugs": heavy}, {"bug": ["moths"]}, ending="evidence")
    new = changed(old, {"bugs": {"any": ["<bug>", "x"]}}, {"bug": ["bees"]})
    assert causes_of("Ants and bees meet.", old, new) == [("<bug>",)]


def test_a_skip_rule_that_goes_is_the_cause_whatever_else_is_edited_there() -> None:
    purr: Fields = {"any": ["purr"], "tag": "evidence", "weight": 1}
    old = file({**BOTH, "cats": CATS, "purr": purr})
    new = file({**BOTH, "purr": {**purr, "weight": 2}})
    assert causes_of("Cats purr.", old, new) == [("cats",)]


def test_a_paragraph_that_two_skip_rules_match_is_back_when_both_are_gone() -> None:
    old = file({**BOTH, "cats": CATS, "pets": {"any": ["cats purr"], "tag": None}})
    assert causes_of("Cats purr.", old, OLD) == [("cats", "pets")]


EVEN = file({"ants": {"any": ["ants"], "weight": 1}, "bees": BEES}, precedence=CLAIMS_FIRST)


@pytest.mark.parametrize(
    ("text", "setting", "value"),
    [
        ("Ants and bees meet.", "precedence", ["evidence", "claim", "recommendation"]),
        ("Ants and bees meet.", "ending", "evidence"),
        ("Cats purr.", "otherwise", "evidence"),
    ],
)
def test_a_setting_is_the_cause_whatever_else_is_edited_there(
    text: str, setting: str, value: Any
) -> None:
    rules = {"meet": {"any": ["meet", "purr"], "tag": KEY, "weight": 1}}
    new = changed(EVEN, rules, **{setting: value})
    assert causes_of(text, EVEN, new) == [(f"@{setting}",)]
    assert causes_of(text, new, EVEN) == [(f"@{setting}",)]


def test_the_edits_of_a_paragraph_that_is_back_are_also_those_of_what_is_read_there() -> None:
    purr: Fields = {"any": ["purr"], "tag": "evidence", "weight": 1}
    old = file({**BOTH, "cats": CATS, "purr": purr})
    new = file({**BOTH, "purr": {**purr, "weight": 2}})
    for sides in ((old, new), (new, old)):
        diff = lc.diff_outlines(*(read(TEXT, side) for side in sides))
        (change,) = (one for one in diff.changes if one.change == "relabelled")
        assert change.edits == ("cats", "purr")


def test_an_ending_and_a_skip_rule_that_moves_the_end_are_one_cause() -> None:
    text = "Cats purr.\n\n" * 3 + "Ants and bees meet.\n\nCats purr.\n\nDogs bark.\n"
    dogs: Fields = {"any": ["dogs bark"], "tag": None}
    new = changed(EVEN, {"dogs": dogs}, ending="evidence")
    diff = lc.diff_outlines(read(text, EVEN), read(text, new))
    (change,) = (one for one in diff.changes if one.new.text == "Ants and bees meet.")
    assert (change.old.verdict, change.new.verdict) == ("claim", "evidence")
    assert change.causes == (("@ending", "dogs"),)


def test_between_exports_a_skip_rule_is_the_cause_whatever_else_is_edited_there() -> None:
    purr: Fields = {"any": ["purr"], "tag": "evidence", "weight": 1}
    old = read(TEXT, file({**BOTH, "cats": CATS, "purr": purr}))
    new = read(TEXT, file({**BOTH, "purr": {**purr, "weight": 2}}))
    for sides in ((old, new), (new, old)):
        diff = lc.diff_outlines(*map(exported, sides))
        (change,) = (one for one in diff.changes if one.change == "relabelled")
        assert change.causes == (("cats",),)


# In each of these the old rule with the new list is no sound rule file.
UNSOUND = {
    "of a skip rule that would have no word": (
        pets(DOGS, tag=None),
        pets({"pet": ["cats purr", ";"]}, ["so <pet>", "cats purr"], tag=None), [("pets",)]),
    "of what silences a rule": (
        pets({"when": ["never"]}, ["cats"], unless=["<when>"]),
        pets({"when": ["purr", ";"]}, ["cats"], unless=["so <when>", "purr"]), [("pets",)]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "causes"), UNSOUND.values(), ids=UNSOUND)
def test_an_entry_that_would_be_at_fault_in_between_is_no_cause(
    old: File, new: File, causes: list[tuple[str, ...]]
) -> None:
    assert causes_of("Cats purr.", old, new) == causes


@pytest.mark.parametrize(
    ("more", "causes"), [(4, [("<pet>",)]), (5, [("<pet>", "pets")])], ids=["as many", "too many"]
)
def test_what_would_be_too_many_phrases_in_between_is_not_read(
    more: int, causes: list[tuple[str, ...]]
) -> None:
    counts = (5, 9, 11, 101)  # of choices: five phrases less than a file may have
    choices = "".join(f"({'|'.join(map(str, range(count)))})" for count in counts)
    old = pets(DOGS, [f"x{choices}", "<pet>"])
    new = pets({"pet": [*map(str, range(more)), "cats"]}, ["<pet>"])
    assert causes_of("Cats purr.", old, new) == causes
