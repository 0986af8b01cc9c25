"""Which sentence stands for its paragraph, the key rules that bear on it, and how they are told."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pytest
from conftest import rule, rule_set, skip_rule
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import lankov_claims as lc

each = pytest.mark.parametrize


def key_rule(id: str, any: Iterable[str], weight: int, **fields: object) -> Any:
    """A rule without a tag, as an entry of keys."""
    return json.loads(rule(id, any, tag=None, weight=weight, **fields))


TURN = key_rule("turn", ["^ but"], 10)
GRANT = key_rule("grant", ["granted"], -10)
OPEN = key_rule("open", ["first"], 5, where="opening")
TEA = rule("tea", ["tea"], weight=3)
MILK = rule("milk", ["milk"], tag="evidence", weight=3)
CALL = rule("call", ["must", "call", "jam"], tag="recommendation", weight=3, unless=["nobody"])
ALSO = rule("also", ["now"], tag="recommendation", weight=100)


def read(
    text: str, keys: Sequence[Any] = (TURN, GRANT, OPEN), *rules: str, **more: Any
) -> lc.Outline:
    tagging = rules or (TEA, MILK, CALL, ALSO)
    return lc.build_outline(text, lc.parse_rules(rule_set(*tagging, keys=[*keys], **more)))


def only(text: str, *keys: Any, **more: Any) -> lc.Paragraph:
    """The one paragraph of a text, by these key rules or those above."""
    (one,) = read(text, keys or (TURN, GRANT, OPEN), **more).paragraphs
    return one


def words(count: int, *first: str) -> str:
    """A sentence of so many words, the first of which are told."""
    some = [*first, *["salt"] * (count - len(first))]
    return f"{some[0].capitalize()}{''.join(f' {word}' for word in some[1:])}."


# -------------------------------------------------------------------------------------- the choice


class Case(NamedTuple):
    """The sentences of a paragraph, the points of each, and which is the key sentence."""

    sentences: list[str]
    points: list[int]
    key: int


CASES = {
    "one sentence": Case([words(3)], [3], 1),
    "one sentence that is a concession": Case([words(3, "granted")], [-7], 1),
    "the longest": Case([words(3), words(5), words(4)], [3, 5, 4], 2),
    "the first of the longest": Case([words(3), words(5), words(5)], [3, 5, 5], 2),
    "a word at the cap": Case([words(17), words(18)], [17, 18], 2),
    "over the cap no word counts, but the longest wins the tie": Case(
        [words(18), words(30), words(19)], [18, 18, 18], 2
    ),
    "the first of the longest over the cap": Case([words(30), words(30)], [18, 18], 1),
    "a turn": Case([words(12), words(3, "but")], [12, 13], 2),
    "a turn that is too short": Case([words(12), words(1, "but")], [12, 11], 1),
    "a turn and a longer sentence with as many points": Case(
        [words(2, "but"), words(12)], [12, 12], 2
    ),
    "and in the other order": Case([words(12), words(2, "but")], [12, 12], 1),
    "a turn against the cap": Case([words(60), words(9, "but")], [18, 19], 2),
    "two turns": Case([words(4, "but"), words(5, "but")], [14, 15], 2),
    "a turn counts once in its sentence": Case(
        [words(14), words(4, "but", "but", "but")], [14, 14], 1
    ),
    "a concession": Case([words(12, "granted"), words(3)], [2, 3], 2),
    "a concession that is the best there is": Case([words(14, "granted"), words(3)], [4, 3], 1),
    "nothing but concessions": Case(
        [words(2, "granted"), words(4, "granted"), words(3, "granted")], [-8, -6, -7], 2
    ),
    "a turn and a concession in one": Case([words(4, "but", "granted"), words(5)], [4, 5], 2),
    "an opening": Case([words(4, "first"), words(8)], [9, 8], 1),
    "no opening": Case([words(8), words(4, "first")], [8, 4], 1),
    "an opening that ties": Case([words(3, "first"), words(8)], [8, 8], 2),
    "two key rules": Case([words(4, "but", "first"), words(18)], [19, 18], 1),
    "cues for a claim give nothing": Case([words(2, "tea", "tea"), words(3)], [2, 3], 2),
    "nor do cues for evidence": Case([words(2, "milk", "milk"), words(3)], [2, 3], 2),
    "a call": Case([words(12), words(3, "call")], [12, 13], 2),
    "a call by the longest": Case([words(14), words(5), words(4, "call")], [14, 5, 14], 1),
    "two calls by two rules count once": Case([words(14), words(3, "call", "now")], [14, 13], 1),
    "the weight of a call does not count": Case(
        [words(4, "call"), words(3, "now")], [14, 13], 1
    ),
    "a call in a paragraph that is none": Case(
        [words(3, "call"), words(4), words(3, "tea"), words(3, "tea")], [3, 4, 3, 3], 2
    ),
    "a call that something silences": Case(
        [words(5), words(4, "call", "nobody"), words(2, "call")], [5, 4, 12], 3
    ),
    "a call that turns": Case([words(18), words(2, "but", "call")], [18, 22], 2),
    "a call that grants": Case([words(9), words(8, "granted", "call")], [9, 8], 1),
    "a word is what white space parts": Case(
        ["Salt-and-pepper, U.S.-made.", "Salt  \t and pep."], [2, 3], 2
    ),
    "Markdown's marks are no words": Case(["- **Salt** _is_.", "Salt is so."], [2, 3], 2),
}  # fmt: skip


@each("case", CASES.values(), ids=CASES)
def test_the_key_sentence_has_the_most_points_of_several_the_longest_then_the_first(
    case: Case,
) -> None:
    one = only(" ".join(case.sentences))
    assert [sentence.text for sentence in one.block.sentences] == case.sentences
    terms = lc.key_terms(one.block, one.matches, one.tag)
    assert [lc.add_points(its_terms) for its_terms in terms] == case.points
    assert one.key_sentence == one.block.sentences[case.key - 1]
    assert lc.choose_key_sentence(one.block, one.matches, one.tag) is one.key_sentence


def test_the_points_are_told_term_by_term() -> None:
    text = f"{words(30, 'first', 'granted')} {words(4, 'but', 'now', 'call')} {words(2)}"
    one = only(text)
    assert (one.tag, one.key_sentence.text) == ("recommendation", words(4, "but", "now", "call"))
    assert lc.key_terms(one.block, one.matches, one.tag) == [
        [("words", 18), ("open", 5), ("grant", -10)],
        [("words", 4), ("turn", 10), ("call to act", 10)],
        [("words", 2)],
    ]
    for tag in (lc.Tag.CLAIM, lc.Tag.EVIDENCE):
        terms = lc.key_terms(one.block, one.matches, tag)
        assert terms[1] == [("words", 4), ("turn", 10)]


@each(
    ("fields", "text", "key"),
    [
        ({}, "But tea. Tea is it.", "But tea."),
        ({"weight": 0}, "But tea. Tea is it.", "Tea is it."),
        ({"weight": 1}, "But tea. Tea is it.", "Tea is it."),
        ({"weight": 2}, "But tea. Tea is it.", "But tea."),
        ({"weight": -100}, "But tea is really it. Tea.", "Tea."),
        ({"unless": ["tea"]}, "But tea. Tea is it.", "Tea is it."),
        ({"unless": ["it"]}, "But tea. Tea is it.", "But tea."),
        ({"where": "opening"}, "But tea. Tea is it.", "But tea."),
        ({"where": "closing"}, "But tea. Tea is it.", "Tea is it."),
        ({"where": "opening"}, "Tea is it. But tea.", "Tea is it."),
        ({"where": "closing"}, "Tea is it. But tea.", "But tea."),
        ({"any": ["<turn>"]}, "Tea is it. Yet tea.", "Yet tea."),
        ({"any": ["/^b.t/"]}, "Tea is it. But tea.", "But tea."),
        ({"any": ["tea $"]}, "Tea it is. But tea.", "But tea."),
    ],
)  # fmt: skip
def test_a_key_rule_has_all_that_a_rule_for_a_tag_has(
    fields: dict[str, Any], text: str, key: str
) -> None:
    turn = key_rule("turn", **{"any": ["^ but"], "weight": 10, **fields})
    assert only(text, turn, lists={"turn": ["yet"]}).key_sentence.text == key


def test_a_key_cue_is_a_match_without_a_tag() -> None:
    one = only("Tea. Granted, tea. But milk.")
    assert one.key_cues == (
        lc.Cue("grant", None, -10, 2, 5, 12, "Granted"),
        lc.Cue("turn", None, 10, 3, 19, 22, "But"),
    )
    assert [cue.rule for cue in one.cues] == ["tea", "tea", "milk"]
    assert [cue.rule for cue in one.heard] == ["tea", "grant", "tea", "turn", "milk"]
    assert one.matches == one.heard
    assert one.scores == {lc.Tag.CLAIM: 6, lc.Tag.EVIDENCE: 3, lc.Tag.RECOMMENDATION: 0}


def test_a_silenced_key_match_is_a_match_but_no_cue() -> None:
    one = only("Tea. First of all.", OPEN, key_rule("turn", ["all"], 10, unless=["of all"]))
    assert [(match.rule, match.silenced) for match in one.matches[1:]] == [
        ("open", "where: opening"), ("turn", 'unless: "of all"'),
    ]  # fmt: skip
    assert [cue.rule for cue in one.heard] == ["tea"]
    assert one.key_cues == ()


@each("ending", list(lc.Tag))
def test_nothing_of_a_key_sentence_counts_double_at_the_end(ending: lc.Tag) -> None:
    text = f"{words(13)} {words(2, 'but', 'jam')} {words(20, 'jam')} {words(12, 'granted')}"
    *_, last = read("\n\n".join([text] * 4), ending=ending).paragraphs
    assert (last.late, last.tag) == (True, "recommendation")
    assert [cue.weight for cue in last.key_cues] == [10, -10]
    terms = lc.key_terms(last.block, last.matches, last.tag)
    assert [lc.add_points(its_terms) for its_terms in terms] == [13, 22, 28, 2]
    assert last.key_sentence == last.block.sentences[2]


@each("tag", list(lc.Tag))
def test_a_paragraph_without_a_cue_has_a_key_sentence_whatever_it_is_otherwise(
    tag: lc.Tag,
) -> None:
    one = only(f"{words(2)} {words(3)} {words(2, 'but')}", otherwise=tag)
    assert (one.tag, one.cues, one.margin) == (tag, (), 0)
    assert one.key_sentence.text == words(2, "but")


# -------------------------------------------------------------------------------------- any at all

PIECES = ["salt", "tea", "but", "granted", "call", "now", "nobody", "first", "milk", "- ", "**so**"]
SENTENCES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(
    lambda some: f"{' '.join(some)}.".capitalize()
)
TEXTS = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)


@st.composite
def key_rules(draw: st.DrawFn) -> list[Any]:
    """A few key rules of any weight."""
    drawn = []
    for name in draw(st.lists(st.sampled_from("abcd"), max_size=4, unique=True)):
        entries = draw(st.lists(st.sampled_from(["salt", "tea", "but", "^ first", "/c.ll/"]),
            min_size=1, max_size=2, unique=True))  # fmt: skip
        weight = draw(st.integers(-100, 100) | st.integers(-12, 12))
        where = draw(st.sampled_from(["anywhere", "anywhere", "opening", "closing"]))
        unless = draw(st.sampled_from([[], ["milk"]]))
        drawn.append(key_rule(name, entries, weight, where=where, unless=unless))
    return drawn


def points(one: lc.Paragraph, number: int) -> int:
    """What a sentence has, as the README has it."""
    mine = [cue for cue in one.heard if cue.sentence == number]
    total = min(len(re.findall(r"\S+", one.block.sentences[number - 1].form)), 18)
    total += sum(cue.weight for cue in mine if cue.tag is None)
    calls = any(cue.tag == "recommendation" for cue in mine)
    return total + 10 * (calls and one.tag == "recommendation")


@settings(max_examples=150)
@given(TEXTS, key_rules(), st.sampled_from([None, *lc.Tag]))
def test_the_key_sentence_is_one_of_the_sentences_and_none_has_more_points(
    text: str, keys: list[Any], ending: lc.Tag | None
) -> None:
    more = {"ending": ending} if ending else {}
    for one in read(f"{text}\n\n" * 4, keys, **more).paragraphs:
        sentences = one.block.sentences
        assert one.key_sentence in sentences
        ranks = []
        for number, sentence in enumerate(sentences, 1):
            length = len(re.findall(r"\S+", sentence.form))
            ranks.append((points(one, number), length, -number))
        assert one.key_sentence is sentences[-max(ranks)[2] - 1]


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_a_key_sentence_is_chosen_from_any_matches_at_all(text: str, data: st.DataObject) -> None:
    block = lc.make_block(text)
    count = len(block.sentences)
    cues = st.builds(
        lambda tag, weight, sentence, silenced: lc.Cue(
            "a", tag, weight if tag is None else abs(weight), sentence, 0, 1, text[:1], silenced
        ),
        st.sampled_from([None, *lc.Tag]),
        st.integers(-200, 200).filter(bool),
        st.integers(1, count),
        st.sampled_from(["", "", "where: opening"]),
    )
    matches = data.draw(st.lists(cues, max_size=8))
    tag = data.draw(st.sampled_from(list(lc.Tag)))
    chosen = lc.choose_key_sentence(block, matches, tag)
    totals = [lc.add_points(terms) for terms in lc.key_terms(block, matches, tag)]
    assert len(totals) == count
    assert any(chosen is sentence for sentence in block.sentences)
    assert totals[block.sentences.index(chosen)] == max(totals)
    unheard = [match for match in matches if match.silenced]
    assert lc.choose_key_sentence(block, [m for m in matches if m not in unheard], tag) is chosen


# -------------------------------------------------------------------------------- exported outlines

SKIP = [skip_rule("ad", ["/but .*/"])]
PIECE = f"{words(12)} {words(3, 'but')} {words(4, 'granted')}\n\nBut ad\n\n{words(2, 'tea')}\n"


def test_an_export_has_the_key_cues_of_all_paragraphs_and_fits_its_schema() -> None:
    data = json.loads(lc.to_json(read(PIECE, skip=SKIP)))
    first, last = data["paragraphs"]
    assert data["format_version"] == "1.2"
    start = len(words(12)) + 1
    assert first["key_sentence"] == {
        "start": start, "end": start + len("But salt salt."), "text": "But salt salt.",
    }  # fmt: skip
    assert first["key_cues"] == [
        {"rule": "turn", "weight": 10, "sentence": 2, "start": start, "end": start + 3,
         "text": "But"},
        {"rule": "grant", "weight": -10, "sentence": 3, "start": start + 15, "end": start + 22,
         "text": "Granted"},
    ]  # fmt: skip
    assert (first["cues"], first["runner_up"], first["close"]) == ([], "recommendation", True)
    assert (last["key_cues"], last["runner_up"], last["close"]) == ([], "recommendation", False)
    (skipped,) = data["skipped"]
    assert [cue["text"] for cue in skipped["key_cues"]] == ["But"]
    assert skipped["cues"] == []
    schema = json.loads(lc.shipped_file("outline.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(data)


def test_what_is_silent_is_not_exported() -> None:
    outline = read(f"{words(3)} {words(3, 'first')}")
    assert [match.rule for match in outline.paragraphs[0].matches] == ["open"]
    assert json.loads(lc.to_json(outline))["paragraphs"][0]["key_cues"] == []


def revived(outline: lc.Outline) -> lc.Outline:
    again = lc.parse_outline(lc.to_json(outline), "some.json")
    assert again is not None
    return again


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=5), key_rules(), st.sampled_from([None, *lc.Tag]))
def test_an_export_is_read_again_as_it_was(
    texts: list[str], keys: list[Any], ending: lc.Tag | None
) -> None:
    more: dict[str, Any] = {"ending": ending} if ending else {}
    outline = read("\n\n".join(texts), keys, skip=SKIP, **more)
    again = revived(outline)
    for one, other in zip(outline.blocks, again.blocks, strict=True):
        assert (one.cues, one.key_cues) == (other.cues, other.key_cues)
        assert one._replace(matches=()) == other._replace(matches=())
    diff = lc.diff_outlines(outline, again)
    assert (diff.changes, [edit for edit in diff.edits if not edit.inert]) == ((), [])


def test_an_outline_of_the_version_before_is_read_without_key_cues() -> None:
    outline = read(PIECE, skip=SKIP)
    data = json.loads(lc.to_json(outline))
    data["format_version"] = "1.1"
    for row in (*data["paragraphs"], *data["skipped"]):
        for name in ("key_cues", "runner_up", "close"):
            row.pop(name, None)
    again = lc.parse_outline(json.dumps(data), "old.json")
    assert again is not None
    assert [one.key_cues for one in again.blocks] == [(), (), ()]
    assert [one.cues for one in again.blocks] == [one.cues for one in outline.blocks]
    assert [one.tag for one in again.blocks] == [one.tag for one in outline.blocks]
    for one, other in zip(again.paragraphs, outline.paragraphs, strict=True):
        assert one.key_sentence == other.key_sentence
    diff = lc.diff_outlines(again, outline)
    assert [(edit.rule, edit.change, edit.inert) for edit in diff.edits] == [
        ("grant", "added", False), ("turn", "added", False),
    ]  # fmt: skip
    assert [(one.change, one.edits) for one in diff.changes] == [("rescored", ("grant", "turn"))]


# ------------------------------------------------------------------------------------------ checks


def told(*keys: Any, style: bool = False) -> list[str]:
    rules = lc.parse_rules(rule_set(TEA, keys=[*keys]), "f")
    check = lc.check_style if style else lc.check_examples
    return [str(fault).partition(": ")[2] for fault in check(rules)]


def with_examples(match: list[str], miss: list[str], **fields: Any) -> Any:
    whole = {"any": ["but"], "weight": 10, **fields}
    return key_rule("turn", examples={"match": match, "miss": miss}, **whole)


@each("weight", [-10, 0, 10])
@each(
    ("match", "miss", "fields", "place"),
    [
        (["But."], ["And."], {}, ""),
        (["And. But."], ["But. And."], {"where": "closing"}, ""),
        (["And."], ["Or."], {}, "match"),
        (["And. But."], ["And."], {"where": "opening"}, "match"),
        (["But tea."], ["And."], {"unless": ["tea"]}, "match"),
        (["But."], ["But not."], {}, "miss"),
    ],
)
def test_the_examples_of_a_key_rule_are_run_whatever_its_weight(
    match: list[str], miss: list[str], fields: dict[str, Any], place: str, weight: int
) -> None:
    faults = told(with_examples(match, miss, **fields, weight=weight))
    assert len(faults) == bool(place)
    assert all(fault.startswith('rule "turn": ') and f'"{place}"' in fault for fault in faults)


@each(
    ("other", "slips"),
    [
        (key_rule("other", ["^ but"], 10), ['reads every text as rule "turn" does']),
        (key_rule("other", ["^ but"], 9), []),
        (key_rule("other", ["^ yet"], 10), []),
        (key_rule("other", ["^ yet", "^ Yet"], 10), ['"^ Yet" only matches where "^ yet" does']),
        (key_rule("other", ["/yet/"], 10), ["/yet/ has no metacharacter"]),
        (key_rule("other", ["yet"], 1, unless=["a", "a b"]), ['"a b" only matches where "a" does']),
    ],
)
def test_a_slip_in_a_key_rule_is_a_warning(other: Any, slips: list[str]) -> None:
    found = told(TURN, other, style=True)
    assert len(found) == len(slips)
    for line, slip in zip(found, slips, strict=True):
        assert line.startswith('warning: rule "other"')
        assert slip in line


def test_a_key_rule_is_no_twin_of_a_rule_for_a_tag() -> None:
    twin = json.loads(rule("other", ["tea"], tag=None, weight=3))
    assert told(twin, style=True) == []


def test_the_shipped_key_rules_have_no_tag_and_their_examples_hold(
    shipped_rules: lc.RuleSet,
) -> None:
    assert shipped_rules.keys
    assert {one.tag for one in shipped_rules.keys} == {None}
    assert None not in {one.tag for one in shipped_rules.rules}
    faults = [str(fault) for fault in lc.check_examples(shipped_rules)]
    for one in shipped_rules.keys:
        assert [fault for fault in faults if f'rule "{one.id}"' in fault] == []
