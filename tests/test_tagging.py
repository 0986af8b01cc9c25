"""Which cues rules leave in a paragraph, and how the cues add up to its tag."""

import doctest
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import ROOT, Run, rule, rule_set, skip_rule
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import lankov_claims as lc

OP_EDS = sorted((ROOT / "tests/corpus").glob("*.txt"))

ORDERS = list(permutations(["claim", "evidence", "recommendation"]))


def read(text: str, *rules: str, skip: Sequence[str] = (), **more: Any) -> lc.Outline:
    return lc.build_outline(text, lc.parse_rules(rule_set(*rules, skip=skip, **more)))


def only(text: str, *rules: str, **more: Any) -> lc.Paragraph:
    """The one paragraph of a text."""
    (paragraph,) = read(text, *rules, **more).paragraphs
    return paragraph


def fired(text: str, *any: str, **fields: object) -> list[str]:
    """The texts of the cues that one rule leaves in a paragraph."""
    cues = only(text, rule("a", any, **fields)).cues
    assert all(text[cue.start : cue.end] == cue.text for cue in cues)
    return [cue.text for cue in cues]


# --------------------------------------------------------------------------------------- entries


@pytest.mark.parametrize(
    ("entry", "text", "cue"),
    [
        pytest.param("tea", "Pour tea, please.", "tea", id="a word"),
        pytest.param("tea", "The team has steam.", None, id="not inside a word"),
        pytest.param("tea", "A tea_pot, a tea2.", None, id="digits and underscores are of a word"),
        pytest.param("tea", "A tea-pot.", "tea", id="a hyphen is not"),
        pytest.param("tea", "Nur teaö.", None, id="letters of every script are"),
        pytest.param("hot TEA", "HOT tea.", "HOT tea", id="any case"),
        pytest.param("чай", "ЧАЙ.", "ЧАЙ", id="any case of any script"),
        pytest.param("sip", "A SİP, a ſip.", "SİP", id="any case as re has it"),
        pytest.param("hot tea", "A hot \t\u00a0\ntea.", "hot \t\u00a0\ntea", id="any white space"),
        pytest.param("hot  tea", "A hot tea.", "hot tea", id="any white space in the phrase"),
        pytest.param("hot tea", "A hottea.", None, id="but some"),
        pytest.param("U.S.", "In the U.S. today.", "U.S.", id="a phrase may end in a full stop"),
        pytest.param("U.S.", "At UTS, or UxSx.", None, id="a full stop means itself"),
        pytest.param("U.S.", "In the U.S.A. today.", None, id="U.S. is not in U.S.A."),
        pytest.param("don't", "I don’t.", "don’t", id="a straight quote matches a curly one"),
        pytest.param("don’t", "I don't.", "don't", id="a curly quote matches a straight one"),
        pytest.param("don‛t", "I don‘t.", "don‘t", id="any single quote matches any"),
        pytest.param('a "b"', "See A “b”.", "A “b”", id="double quotes do"),
        pytest.param("a „b“", 'See a "b".', 'a "b"', id="double quotes do in the phrase"),
        pytest.param("in-law", "My in\u2011law.", "in\u2011law", id="hyphens do"),
        pytest.param("in-law", "My in–law.", None, id="dashes do not"),
        pytest.param("a+b?", "Is it a+b? Yes.", "a+b?", id="a phrase may end in any mark"),
        pytest.param("a+b", "An aab, an a+b.", "a+b", id="a sign is no operator in a phrase"),
        pytest.param(r"/te+a\b/", "A Teeea.", "Teeea", id="a regular expression, any case"),
        pytest.param("/ea/", "A team.", "ea", id="inside words, as it is written"),
        pytest.param("/a/b/", "Take a/b.", "a/b", id="with a slash"),
        pytest.param("/(?-i:Tea)/", "A tea, a Tea.", "Tea", id="with its own flags"),
        pytest.param("/don't go/", "I don’t \ngo.", "don’t \ngo", id="it sees the folded form"),
        pytest.param(
            "/hot /", "A hot \u00a0\ntea.", "hot \u00a0\n", id="a run of white space is one"
        ),
        pytest.param("/^tea/", "Hot tea. Tea it is.", "Tea", id="^ is the sentence's start"),
        pytest.param(r"/tea\.$/", "Hot tea. Tea it is.", "tea.", id="$ is the sentence's end"),
        pytest.param("/(?=tea)/", "Hot tea.", None, id="a match of no length never fires"),
        pytest.param("/(?=tea)|pot/", "A tea pot.", "pot", id="but a later one with length does"),
    ],
)
def test_an_entry_matches_what_it_says(entry: str, text: str, cue: str | None) -> None:
    assert fired(text, entry) == ([cue] if cue else [])


@pytest.mark.parametrize(
    ("entries", "cue"),
    [
        (["time", "tea"], "tea"),
        (["tea", "tea time", "time"], "tea time"),
        (["tea time", "tea"], "tea time"),
        (["/tea (?=time)/", "tea"], "tea "),
        (["time for", "/t/"], "t"),
    ],
    ids=["leftmost", "longest", "longest in any order", "over both kinds", "leftmost first"],
)
def test_the_leftmost_then_longest_match_is_the_cue(entries: list[str], cue: str) -> None:
    assert fired("Be at tea time for once.", *entries) == [cue]


# ----------------------------------------------------------------------------------------- rules


def test_a_rule_fires_once_a_sentence_at_most() -> None:
    paragraph = only("Tea, tea and tea. No milk. Tea!", rule("a", ["tea"], weight=2))
    assert [(cue.sentence, cue.start) for cue in paragraph.cues] == [(1, 0), (3, 27)]
    assert paragraph.scores[lc.Tag.CLAIM] == 4


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("Tea is good.", ["Tea"]),
        ("Tea or coffee is good.", []),
        ("Coffee or tea is good.", []),
        ("Coffee is bad. Tea is good. Coffee is bad.", ["Tea"]),
        ("Iced tea is bad. Tea is good.", ["Tea"]),
    ],
)
def test_unless_silences_a_rule_in_its_own_sentence_only(text: str, cues: list[str]) -> None:
    assert fired(text, "tea", unless=["coffee", "/iced? tea/"]) == cues


@pytest.mark.parametrize(
    ("where", "text", "starts"),
    [
        ("anywhere", "Tea one. Tea two. Tea three.", [0, 9, 18]),
        ("opening", "Tea one. Tea two. Tea three.", [0]),
        ("closing", "Tea one. Tea two. Tea three.", [18]),
        ("opening", "No. Tea two. Tea three.", []),
        ("closing", "Tea one. Tea two. No.", []),
        ("opening", "Tea.", [0]),
        ("closing", "Tea.", [0]),
        ("closing", "Tea.\n\nTea. No.", [0]),
        ("opening", "No.\n\nTea. No.", [5]),
    ],
)
def test_where_keeps_a_rule_to_a_place_in_its_paragraph(
    where: str, text: str, starts: list[int]
) -> None:
    paragraphs = read(text, rule("a", ["tea"], where=where)).paragraphs
    assert [cue.start for paragraph in paragraphs for cue in paragraph.cues] == starts


def test_a_rule_of_weight_zero_never_fires() -> None:
    outline = read("Tea.", rule("a", ["tea"], weight=0, tag="evidence"))
    assert outline.paragraphs[0].cues == ()
    assert len(outline.rules.rules) == 1


def test_a_rule_weighs_one_unless_it_says_otherwise() -> None:
    assert [cue.weight for cue in only("Tea.", rule("a", ["tea"])).cues] == [1]


def test_cues_are_ordered_by_start_then_end_then_rule() -> None:
    rules = [rule("c", ["tea"]), rule("b", ["hot tea"]), rule("z", ["hot"]), rule("a", ["tea"])]
    cues = only("Hot tea.", *rules).cues
    assert [(cue.rule, cue.text) for cue in cues] == [
        ("z", "Hot"), ("b", "Hot tea"), ("a", "tea"), ("c", "tea"),
    ]  # fmt: skip


def test_a_cue_says_which_rule_fired_where() -> None:
    text = "\n\nMilk first. So  “we’ll”\nsee."
    (cue,) = only(text, rule("a", ['"we\'ll" see'], tag="evidence", weight=7)).cues
    assert cue == lc.Cue("a", lc.Tag.EVIDENCE, 7, 2, 18, 29, "“we’ll”\nsee")


# ---------------------------------------------------------------------------------- scores, tags

TEA, MILK, JAM = (
    rule("tea", ["tea"], tag="claim", weight=2),
    rule("milk", ["milk"], tag="evidence", weight=3),
    rule("jam", ["jam"], tag="recommendation", weight=4),
)


@pytest.mark.parametrize(
    ("text", "scores", "tag", "margin"),
    [
        ("Tea.", (2, 0, 0), "claim", 2),
        ("Tea and milk.", (2, 3, 0), "evidence", 1),
        ("Tea, milk and jam.", (2, 3, 4), "recommendation", 1),
        ("Tea. Tea. Tea. Milk and jam.", (6, 3, 4), "claim", 2),
        ("Tea. Tea. Jam.", (4, 0, 4), "recommendation", 0),
        ("Milk. Milk. Tea. Tea. Tea. Jam.", (6, 6, 4), "claim", 0),
        ("Salt.", (0, 0, 0), "claim", 0),
    ],
)
def test_a_score_is_a_plain_sum_and_the_highest_one_is_the_tag(
    text: str, scores: tuple[int, ...], tag: str, margin: int
) -> None:
    paragraph = only(text, TEA, MILK, JAM)
    assert list(paragraph.scores.items()) == list(zip(lc.Tag, scores, strict=True))
    assert (paragraph.tag, paragraph.margin) == (tag, margin)


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_precedence_settles_a_tie(order: tuple[str, ...]) -> None:
    rules = [rule(tag[0], [tag], tag=tag, weight=3) for tag in order]
    of_three = only(" ".join(reversed(order)), *rules, precedence=order)
    of_two = only(f"{order[2]} {order[1]}", *rules, precedence=order)
    assert (of_three.tag, of_three.margin) == (order[0], 0)
    assert (of_two.tag, of_two.margin) == (order[1], 0)


@pytest.mark.parametrize("otherwise", list(lc.Tag))
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_paragraph_without_a_cue_is_otherwise(order: list[str], otherwise: lc.Tag) -> None:
    paragraph = only("Salt. Pepper.", TEA, otherwise=otherwise, precedence=order)
    assert (paragraph.tag, paragraph.margin, paragraph.cues) == (otherwise, 0, ())


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize(
    ("text", "runner_up", "is_close"),
    [
        ("Tea.", "", True),  # 2 to 0 and 0
        ("Milk.", "", False),  # 3 to 0 and 0
        ("Tea. Milk.", "claim", True),  # 2 to 3
        ("Milk. Milk. Jam.", "recommendation", True),  # 6 to 4
        ("Milk. Milk. Milk. Jam. Tea.", "recommendation", False),  # 9 to 4 to 2
        ("Tea. Tea. Tea. Jam.", "recommendation", True),  # 6 to 4
        ("Tea. Tea. Tea. Milk.", "evidence", False),  # 6 to 3
        ("Tea. Tea. Tea. Milk. Milk. Jam.", "", True),  # 6 to 6 to 4: the other of the two
        ("Salt.", "", True),  # without a cue
    ],
)
def test_the_runner_up_comes_next_by_score_then_by_precedence(
    text: str, runner_up: str, is_close: bool, order: list[str]
) -> None:
    one = only(text, TEA, MILK, JAM, precedence=order)
    ranked = sorted(order, key=lambda tag: (-one.scores[lc.Tag(tag)], order.index(tag)))
    if one.cues:
        assert one.tag == ranked[0]
    ranked.remove(one.tag)
    assert one.runner_up == ranked[0]
    assert not runner_up or one.runner_up == runner_up
    assert one.margin == one.scores[one.tag] - one.scores[one.runner_up]
    assert one.is_close is is_close


@pytest.mark.parametrize(("weight", "is_close"), [(1, True), (2, True), (3, False), (100, False)])
def test_a_margin_of_two_is_close_and_one_of_three_is_not(weight: int, is_close: bool) -> None:
    one = only("Tea.", rule("a", ["tea"], weight=weight))
    assert (one.margin, one.is_close, one.runner_up) == (weight, is_close, "recommendation")


# ------------------------------------------------------------------------------------------ skip


@pytest.mark.parametrize(
    ("entry", "text", "skipped"),
    [
        pytest.param("read on", "Read on", True, id="a phrase, any case"),
        pytest.param("read on", "Read \t\non", True, id="any white space"),
        pytest.param("read on", "Read on, please", False, id="not a paragraph that starts so"),
        pytest.param("read on", "Do read on", False, id="nor one that ends so"),
        pytest.param("read on", "“Read on …”", True, id="whatever marks stand around it"),
        pytest.param("read on …", "Read on, please", True, id="an ellipsis for what comes after"),
        pytest.param("read on …", "Do read on", False, id="and only after"),
        pytest.param("… read on", "Do. Read\non", True, id="an ellipsis for what comes before"),
        pytest.param("… read on", "Read on, please", False, id="and only before"),
        pytest.param("… read on …", "Do read on, please", True, id="both"),
        pytest.param("… read on …", "Do read only", False, id="whole words"),
        pytest.param("note: …", "Note: it rains.", True, id="a mark that belongs to it"),
        pytest.param("note: …", "Note that it rains.", False, id="which has to be there"),
        pytest.param("… übung …", "Die ÜBUNG ist", True, id="letters beyond ASCII"),
        pytest.param("^ read on $", "Read on", True, id="anchors say nothing new"),
        pytest.param("^ … read on", "Do read on", True, id="nor before an ellipsis"),
        pytest.param("/(ad ?)+/", "AD\nAD", True, id="a regular expression"),
        pytest.param("/ad|ad ad/", "AD AD", True, id="whichever branch takes the whole"),
        pytest.param("/ad/", "AD 79 was bad.", False, id="not a part of it"),
        pytest.param("/don't. Go!/", "Don’t. Go!", True, id="over sentences, in folded form"),
    ],
)
def test_a_skip_rule_takes_out_a_paragraph_that_it_matches_whole(
    entry: str, text: str, skipped: bool
) -> None:
    outline = read(f"{text}\n\nTea.", skip=[skip_rule("a", [entry])])
    assert [block.text for block in outline.skipped] == [text] * skipped
    assert len(outline.paragraphs) == 2 - skipped


def test_every_skip_rule_that_matches_is_named_and_the_smallest_id_first_of_all() -> None:
    skip = [skip_rule("b"), skip_rule("a2", ["/ban.*/"]), skip_rule("a10", ["/.*er/"])]
    outline = read("Banner", skip=[*skip, skip_rule("c", ["ban"])])
    assert [one.skips for one in outline.skipped] == [("b", "a2", "a10")]
    (row,) = json.loads(lc.to_json(outline))["skipped"]
    assert (row["rule"], row["rules"]) == ("a10", ["b", "a2", "a10"])


def test_a_skipped_paragraph_keeps_what_rules_find_in_it() -> None:
    outline = read("Tea", rule("a", ["tea"], weight=3), skip=[skip_rule("b", ["tea"])])
    (one,) = outline.skipped
    assert (one.number, one.under, one.verdict) == (None, None, None)
    assert [(cue.rule, cue.weight) for cue in one.cues] == [("a", 3)]


# --------------------------------------------------------------------------------- what is silent


@pytest.mark.parametrize(
    ("text", "fields", "silenced"),
    [
        pytest.param("Tea.", {}, "", id="nothing"),
        pytest.param("Iced tea.", {"unless": ["iced"]}, 'unless: "Iced"', id="a phrase"),
        pytest.param("Iced tea.", {"unless": ["/ic.d/"]}, 'unless: "Iced"', id="an expression"),
        pytest.param("Cold, iced tea.", {"unless": ["iced", "cold"]}, 'unless: "Cold"',
                     id="the leftmost of several"),
        pytest.param("Iced tea.", {"unless": ["<cold>"]}, 'unless: "Iced" in <cold>', id="a list"),
        pytest.param("Iced tea.", {"unless": ["<cold> tea"]}, 'unless: "Iced tea" in <cold> tea',
                     id="a list in a phrase"),
        pytest.param("No. Tea.", {"where": "opening"}, "where: opening", id="its place"),
        pytest.param("No. Iced tea.", {"where": "opening", "unless": ["iced"]}, "where: opening",
                     id="its place before all"),
    ],
)  # fmt: skip
def test_a_match_that_counts_for_nothing_says_what_silenced_it(
    text: str, fields: dict[str, Any], silenced: str
) -> None:
    paragraph = only(text, rule("a", ["tea"], **fields), lists={"cold": ["iced", "chilled"]})
    assert [(match.text.lower(), match.silenced) for match in paragraph.matches] == [
        ("tea", silenced)
    ]
    assert paragraph.cues == (() if silenced else paragraph.matches)
    assert paragraph.scores[lc.Tag.CLAIM] == len(paragraph.cues)


# ------------------------------------------------------------------------------- the end of a piece

CALL = rule("call", ["jam"], tag="recommendation", weight=3)
ALSO = rule("also", ["jam"], tag="evidence", weight=4)


def piece(count: int, *rules: str, **more: Any) -> lc.Outline:
    """A piece of so many paragraphs, in each of which each rule fires twice."""
    return read("\n\n".join(["Jam. Salt, and jam."] * count), *rules, **more)


@pytest.mark.parametrize(
    ("count", "late"), [(1, 0), (3, 0), (4, 1), (5, 2), (7, 2), (8, 2), (9, 3), (12, 3), (40, 10)]
)
def test_cues_of_the_ending_count_double_in_the_last_quarter_rounded_up(
    count: int, late: int
) -> None:
    outline = piece(count, CALL, ALSO, ending="recommendation")
    early = count - late
    assert [one.late for one in outline.paragraphs] == [False] * early + [True] * late
    for one in outline.paragraphs:
        times = 2 if one.late else 1
        assert [(cue.rule, cue.weight) for cue in one.cues] == [
            ("also", 4), ("call", 3 * times), ("also", 4), ("call", 3 * times),
        ]  # fmt: skip
        assert one.scores == {lc.Tag.CLAIM: 0, lc.Tag.EVIDENCE: 8, lc.Tag.RECOMMENDATION: 6 * times}
    tags = [one.tag for one in outline.paragraphs]
    assert tags == ["evidence"] * early + ["recommendation"] * late


def test_without_an_ending_nothing_counts_double() -> None:
    assert {cue.weight for one in piece(8, CALL).paragraphs for cue in one.cues} == {3}


@pytest.mark.parametrize("tag", list(lc.Tag))
def test_any_tag_can_be_the_ending(tag: lc.Tag) -> None:
    rules = [rule(one, ["jam"], tag=one, weight=5) for one in lc.Tag]
    *_, last = piece(4, *rules, ending=tag).paragraphs
    assert last.scores == {one: 20 if one == tag else 10 for one in lc.Tag}
    assert (last.tag, last.margin) == (tag, 10)


def test_skipped_paragraphs_are_not_of_the_piece_that_ends() -> None:
    furniture = "\n\n".join(["Banner"] * 9)
    text = "\n\n".join([furniture, "Jam 1.", furniture, "Jam 2.", "Jam 3.", "Jam 4.", furniture])
    by = lc.parse_rules(rule_set(CALL, skip=[skip_rule()], ending="recommendation"))
    outline = lc.build_outline(text, by)
    assert [one.text for one in outline.blocks if one.late] == ["Jam 4."]
    assert [one.scores[lc.Tag.RECOMMENDATION] for one in outline.paragraphs] == [3, 3, 3, 6]


def test_the_key_sentence_is_chosen_by_what_counts() -> None:
    text = "Salt.\n\n" * 3 + "Tea. Jam."
    by = rule_set(rule("tea", ["tea"], weight=5), CALL, ending="recommendation")
    last = lc.build_outline(text, lc.parse_rules(by)).paragraphs[-1]
    assert (last.tag, last.key_sentence.text) == ("recommendation", "Jam.")


def test_explain_says_where_the_ending_counts_double(run: Run, tmp_path: Path) -> None:
    double = "; in the last quarter, recommendation counts double"
    (tmp_path / "jam.txt").write_text("Jam.\n\n" * 4, encoding="utf-8")
    shown = {}
    for name, more in (("with", {"ending": "recommendation"}), ("without", {})):
        (tmp_path / f"{name}.yaml").write_text(rule_set(CALL, **more), encoding="utf-8")
        for number in ("3", "4"):
            asked = ("explain", number, "--verbose", "--text", "jam.txt")
            result = run(*asked, "--rules", f"{name}.yaml")
            shown[name, number] = result.out.decode().splitlines()
    titles = {key: lines[1] for key, lines in shown.items()}
    assert titles == {
        ("with", "3"): "¶3  recommendation by 3 over claim, line 5",
        ("with", "4"): f"¶4  recommendation by 6 over claim, line 7{double}",
        ("without", "3"): "¶3  recommendation by 3 over claim, line 5",
        ("without", "4"): "¶4  recommendation by 3 over claim, line 7",
    }
    assert [key for key, lines in shown.items() if double in "".join(lines)] == [("with", "4")]
    assert '    ¹ call  recommendation 6 "Jam"  It is so.' in shown["with", "4"]
    assert "  recommendation    6 = call 6" in shown["with", "4"]


@settings(max_examples=15)
@given(
    st.lists(st.sampled_from(["tea", "milk", "jam"]), min_size=1, max_size=5),
    st.sampled_from(list(lc.Tag)),
)
def test_tips_are_true_where_cues_count_double(words: list[str], ending: lc.Tag) -> None:
    rules = lc.parse_rules(rule_set(TEA, MILK, JAM, ending=ending))
    text = "Salt.\n\n" * 3 + f"{' and '.join(words)}. {words[0].title()}."
    last = lc.build_outline(text, rules).paragraphs[-1]
    tips = {(tip.rule, tip.tag): (tip.before, tip.after) for tip in lc.find_tips(last, rules)}
    ways: dict[tuple[str, lc.Tag], tuple[int, int]] = {}
    for one in rules.rules:
        for weight in sorted(range(101), key=lambda weight: abs(weight - one.weight)):
            changed = [o._replace(weight=weight) if o is one else o for o in rules.rules]
            again = lc.build_outline(text, rules._replace(rules=tuple(changed))).paragraphs[-1]
            if again.tag != last.tag and any(cue.rule == one.id for cue in last.cues):
                ways.setdefault((one.id, again.tag), (one.weight, weight))
    assert tips == ways


def test_the_outline_of_a_piece_says_what_cues_counted_for_and_fits_its_schema() -> None:
    heavy = rule("call", ["jam"], tag="recommendation", weight=100)
    data = json.loads(lc.to_json(piece(4, heavy, ending="recommendation")))
    assert data["rules"]["ending"] == "recommendation"
    weights = [cue["weight"] for one in data["paragraphs"] for cue in one["cues"]]
    assert weights == [100] * 6 + [200] * 2
    schema = json.loads(lc.shipped_file("outline.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(data)


def labels(*docs: str | None) -> list[lc.Label]:
    """Labels of paragraphs with jam in them, each of the piece that is named."""
    rows = enumerate(docs, 1)
    return [lc.Label(f"{n}", n, lc.Tag.EVIDENCE, "Jam. Jam.", doc, ()) for n, doc in rows]


@pytest.mark.parametrize(
    ("docs", "doubled"),
    [
        pytest.param(["a"] * 4, ["4"], id="one piece"),
        pytest.param(["a"] * 3, [], id="too short"),
        pytest.param([None] * 8, [], id="a row without a piece stands alone"),
        pytest.param(["a", "b"] * 4, ["7", "8"], id="two that alternate"),
        pytest.param(
            ["a", "a", None, "b", "a", "a", "b"], ["6"], id="what is between is not of it"
        ),
        pytest.param(["a"] * 8, ["7", "8"], id="in the order of the file"),
    ],
)
def test_a_score_reads_the_rows_of_one_doc_as_a_piece(
    docs: list[str | None], doubled: list[str]
) -> None:
    rules = lc.parse_rules(rule_set(CALL, ALSO, ending="recommendation"))
    score = lc.score_labels(labels(*docs), rules)
    assert sorted(label.id for label, _ in score.disagreements) == doubled
    assert score.rows == len(docs)


# ------------------------------------------------------------------------------------ the oracle

# Letters that re.IGNORECASE equates in odd ways, that lower() makes longer or splits, combining
# marks, quotes that are folded, what parts words, and what is beyond the basic plane.
ALPHABET = (
    "aikszİıſ\u212a\u212bßẞΣςσµμåÅ'’‘\"“-\u2011_1 \u0130\ufb01\ufb05\ufb06\u0301\u0307\u0345𐐀𐐨🫖"
)
# Half of the phrases are ASCII, which the shortcuts are for, and short enough to overlap.
LETTERS = st.characters(categories=["L", "M", "N", "So"])
WORDS = (
    st.text("sk ", min_size=1, max_size=3)
    | st.text(ALPHABET, min_size=1, max_size=4)
    | st.text(LETTERS, min_size=1, max_size=2)
).filter(lambda word: re.search(r"\w", word))
ODD = str.maketrans("iksμå", "İ\u212aſµ\u212b")
CASES: list[Callable[[str], str]] = [str.upper, str.lower, str.swapcase, lambda w: w.translate(ODD)]
SPACE = st.sampled_from([" ", "  ", "\n", "\u00a0\t", "\u2028", "\x1f", "\u3000\x85", ". C "])
FOLDED = {**dict.fromkeys("‘’‛", "'"), **dict.fromkeys("“”„", '"'), "\u2010": "-", "\u2011": "-"}
NAMES = ["one", "two"]
Lists = dict[str, Sequence[str]]


@st.composite
def phrases(draw: st.DrawFn, words: list[str], names: Sequence[str] = ()) -> str:
    """A phrase of some of the words, with lists, alternatives and anchors."""
    word = st.sampled_from([*words, *(f"<{name}>" for name in names)])
    others = st.lists(st.sampled_from([*words, ""]), min_size=2, max_size=3).map(alternatives)
    shape = draw(st.sampled_from(["{0}", "{0}", "{0} {1}", "{1} {0}", "{1}{0}"]))
    if names:
        shape = (
            draw(st.sampled_from(["", "", "^ "])) + shape + draw(st.sampled_from(["", "", " $"]))
        )
    return shape.format(draw(word), draw(others))


def alternatives(words: list[str]) -> str:
    return f"({'|'.join(words)})"


@st.composite
def readings(draw: st.DrawFn) -> tuple[lc.RuleSet, str]:
    """A rule set and a text that is likely to hold its phrases, in one case or another."""
    said = draw(st.lists(WORDS, min_size=1, max_size=4))
    inner = st.lists(phrases(said), min_size=1, max_size=2)
    lists = {"one": draw(inner), "two": [*draw(inner), *draw(st.just([]) | st.just(["<one>"]))]}
    entries = st.lists(phrases(said, NAMES), min_size=1, max_size=3)
    tagging: list[str] = []
    keys: list[str] = []
    for name in draw(st.lists(st.sampled_from("vwxyz"), min_size=1, max_size=3, unique=True)):
        any, unless = draw(entries), draw(st.just([]) | entries)
        where = draw(st.sampled_from(["anywhere", "anywhere", "opening", "closing"]))
        other = [entry for entry in unless if entry not in any]
        tag = draw(st.sampled_from([*lc.Tag, None]))
        weight = draw(st.integers(1, 5) if tag else st.integers(-5, 5).filter(bool))
        one = rule(name, any, unless=other, where=where, tag=tag, weight=weight)
        (tagging if tag else keys).append(one)
    more = {"lists": lists, "keys": [json.loads(one) for one in keys]}
    cases = st.sampled_from(CASES)
    spoken = st.sampled_from([*said, *said, "b.", "C"]) | WORDS
    words = draw(st.lists(st.tuples(spoken, cases, SPACE), min_size=1, max_size=12))
    text = "".join(case(word) + space for word, case, space in words)
    try:
        # Where all are key rules, a rule for a tag is there that never fires.
        rules = lc.parse_rules(rule_set(*(tagging or [rule("none", ["~x~"])]), **more))
        return rules, lc.decode(text.encode(), "")
    except lc.RuleFileError:  # an "unless" that equals an "any" is a fault
        reject()


def naive_markup(text: str) -> set[int]:
    """Where in a sentence Markdown has its marks, of those that texts here may have: what begins a
    list or a heading, and underscores that hug a word.
    """
    begins = re.match(r"-[ \t]+|\d{1,3}\.[ \t]+|[a-z]\)[ \t]+", text)
    first = begins.end() if begins else 0
    marks = set(range(first))
    for run in re.finditer("_{1,3}", re.sub("_{4,}", lambda far: "x" * len(far[0]), text)):
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        opens = not re.match(r"\w", before) and re.match(r"\w", after)
        closes = before.strip() and not re.match(r"\w", after)
        if run.start() >= first and (opens or closes):
            marks.update(range(*run.span()))
    return marks


def naive_form(text: str, marks: Collection[int] = ()) -> tuple[str, list[int]]:
    """A text's matching form and the offset of each of its characters, one by one."""
    form, offsets = "", []
    for offset, character in enumerate(text):
        if offset not in marks and not (character.isspace() and form.endswith(" ")):
            form += " " if character.isspace() else FOLDED.get(character, character)
            offsets.append(offset)
    return form, [*offsets, len(text)]


def written_out(entry: str, lists: Lists) -> list[str]:
    """What an entry stands for: the first list or alternatives in it replaced, and so on."""
    if entry.startswith("/"):
        return [re.sub(r"(?<!\\)<([a-z-]+)>", lambda name: either(lists[name[1]], lists), entry)]
    part = re.search(r"<(.*?)>|\((.*?)\)", entry)
    if not part:
        return [" ".join(entry.split())]
    choices = forms_of(lists[part[1]], lists) if part[1] else part[2].split("|")
    return forms_of([entry[: part.start()] + one + entry[part.end() :] for one in choices], lists)


def forms_of(entries: Iterable[str], lists: Lists) -> list[str]:
    return [form for entry in entries for form in written_out(entry, lists)]


def either(entries: Sequence[str], lists: Lists) -> str:
    """A list inside an expression."""
    bare = []
    for form in forms_of(entries, lists):
        bare.append(form[1:-1] if form[0] == "/" else re.escape(naive_form(form)[0]))
    return f"(?:{'|'.join(sorted(bare, key=len, reverse=True))})"


class Pattern(NamedTuple):
    """A written-out form of an entry: its words, and all of it as a regular expression."""

    entry: str
    form: str
    words: str
    regex: re.Pattern[str]


@cache
def compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def patterns(entries: Sequence[str], lists: Lists) -> list[Pattern]:
    found = []
    for entry in entries:
        for form in written_out(entry, lists):
            words = naive_form(form.removeprefix("^ ").removesuffix(" $"))[0]
            source = rf"(?<!\w){re.escape(words)}(?!\w)"
            if form.startswith("/"):
                words, source = "", form[1:-1]
            found.append(Pattern(entry, form, words, compiled(source)))
    return found


def naive_matches(one: Pattern, form: str) -> Iterator[tuple[int, int]]:
    """Where one pattern matches in a sentence."""
    if one.form.startswith("/"):
        yield from (match.span() for match in one.regex.finditer(form) if match[0])
        return
    if one.words.isascii() and form.isascii() and one.words.lower() not in form.lower():
        return  # of which nobody can doubt that it matches nowhere
    at = 0
    while match := one.regex.search(form, at):
        at = match.start() + 1
        before, after = form[: match.start()], form[match.end() :]
        opens = not one.form.startswith("^ ") or not re.search(r"\w", before)
        closes = not one.form.endswith(" $") or not re.search(r"\w", after)
        if opens and closes:
            yield match.span()


def naive_best(known: Sequence[Pattern], form: str) -> tuple[int, int, str] | None:
    """The leftmost, then longest, match in a sentence, and the first entry that gives it."""
    best: tuple[int, int, str] | None = None
    for one in known:
        for start, end in naive_matches(one, form):
            if best is None or (start, -end) < (best[0], -best[1]):
                best = start, end, one.entry
    return best


def naive_cues(text: str, rules: lc.RuleSet) -> list[lc.Cue]:
    """Every match in a text, silenced or not, as the rules of tagging say it and without a thought
    for speed.
    """
    lists: Lists = {str(name): entries for name, entries in rules.lists}
    every = (*rules.rules, *rules.keys)
    known = [(r, patterns(r.any, lists), patterns(r.unless, lists)) for r in every]
    cues = []
    for block in lc.find_blocks(text):
        for number, sentence in enumerate(block.sentences, 1):
            form, offsets = naive_form(sentence.text, naive_markup(sentence.text))
            for one, any, unless in known:
                if match := naive_best(any, form):
                    start, end = sentence.start + offsets[match[0]], match[1]
                    # A space stands for all the white space there, a letter for itself.
                    last = offsets[end] if form[end - 1] == " " else offsets[end - 1] + 1
                    end = sentence.start + last
                    place = {"opening": 1, "closing": len(block.sentences)}.get(one.where, number)
                    by = naive_best(unless, form)
                    silenced = f'unless: "{form[by[0] : by[1]]}"' if by else ""
                    if by and "<" in by[2] and not by[2].startswith("/"):
                        silenced += f" in {by[2]}"
                    if place != number:
                        silenced = f"where: {one.where}"
                    head = (one.id, one.tag, one.weight, number)
                    cues.append(lc.Cue(*head, start, end, text[start:end], silenced))
    return sorted(cues, key=lambda cue: (cue.start, cue.end, cue.rule))


def found_cues(text: str, rules: lc.RuleSet) -> list[lc.Cue]:
    return [cue for one in lc.build_outline(text, rules).blocks for cue in one.matches]


@pytest.mark.slow
@settings(max_examples=100)
@given(readings())
def test_matches_are_those_that_plain_regular_expressions_find(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    assert found_cues(text, rules) == naive_cues(text, rules)


@pytest.mark.parametrize("path", OP_EDS, ids=lambda path: path.stem)
def test_shipped_rules_match_in_an_op_ed_what_plain_regular_expressions_find(
    path: Path, shipped_rules: lc.RuleSet
) -> None:
    text = lc.decode(path.read_bytes(), path.name)
    rules = shipped_rules._replace(ending=None)
    expected = naive_cues(text, rules)
    assert found_cues(text, rules) == expected
    kinds = {(cue.tag is None, bool(cue.silenced)) for cue in expected}
    assert kinds >= {(False, False), (False, True), (True, False)}


@settings(max_examples=30)
@given(readings())
def test_a_rule_finds_by_itself_what_it_finds_among_others(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    alone = []
    for one in rules.rules:
        alone += found_cues(text, rules._replace(rules=(one,), keys=()))
    for one in rules.keys:
        alone += found_cues(text, rules._replace(rules=(), keys=(one,)))
    assert Counter(alone) == Counter(found_cues(text, rules))


def test_phrases_know_of_every_letter_the_cases_that_regular_expressions_know() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    cased = [c for c in characters if c.upper() != c or c.lower() != c]
    everything = "".join(cased)
    folded: dict[str, set[str]] = {}
    for character in cased:
        folded.setdefault(lc.fold_case(lc.fold_marks(character)), set()).add(character)
    assert folded["i"] == {*"iIİı"}
    for form, alike in folded.items():
        assert len(form) == 1
        assert {*re.findall(form, everything, re.IGNORECASE)} == alike


def test_shortcuts_part_words_where_regular_expressions_do() -> None:
    matcher = lc.make_matcher(lc.parse_rules(rule_set(rule("a", ["tea"]))))
    wrong = []
    for code in range(0, sys.maxunicode + 1, 7):  # a seventh of Unicode, in every part of it
        form = f"{chr(code)}tea{chr(code)}"
        found = lc.find_phrases(matcher.sentence_index, form)
        if bool(found) != bool(re.search(r"(?<!\w)tea(?!\w)", form)):
            wrong.append(form)
    assert wrong == []


@settings(max_examples=30)
@given(readings())
def test_a_paragraph_adds_up(reading: tuple[lc.RuleSet, str]) -> None:
    for paragraph in lc.build_outline(reading[1], reading[0]).paragraphs:
        assert paragraph.heard == tuple(one for one in paragraph.matches if not one.silenced)
        summed = Counter(dict.fromkeys(lc.Tag, 0))
        for cue in paragraph.heard:
            if cue.tag:
                summed[cue.tag] += cue.weight
        assert paragraph.scores == summed
        best, second, _ = sorted(summed.values(), reverse=True)
        assert paragraph.margin == best - second
        assert paragraph.cues == () or summed[paragraph.tag] == best
        assert paragraph.runner_up != paragraph.tag
        assert paragraph.cues == () or summed[paragraph.runner_up] == second
        assert paragraph.is_close is (paragraph.margin <= 2)


@settings(max_examples=30)
@given(readings())
def test_every_match_that_is_heard_is_a_cue_for_a_tag_or_for_a_key_sentence(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    keys = {one.id for one in rules.keys}
    for one in lc.build_outline(text, rules).blocks:
        assert Counter((*one.cues, *one.key_cues)) == Counter(one.heard)
        assert {cue.rule for cue in one.key_cues} <= keys
        assert not keys & {cue.rule for cue in one.cues}


@settings(max_examples=30)
@given(readings())
def test_key_rules_change_nothing_but_key_sentences(reading: tuple[lc.RuleSet, str]) -> None:
    rules, text = reading
    outlines = (lc.build_outline(text, by) for by in (rules, rules._replace(keys=())))
    for one, other in zip(*(outline.blocks for outline in outlines), strict=True):
        told = one._replace(matches=one.cues, key_sentence=other.key_sentence)
        assert told == other._replace(matches=other.cues)


@settings(max_examples=30)
@given(readings(), st.sampled_from(list(lc.Tag)), st.integers(1, 100))
def test_one_more_firing_raises_exactly_one_score_by_its_weight(
    reading: tuple[lc.RuleSet, str], tag: lc.Tag, weight: int
) -> None:
    rules, text = reading
    (extra,) = lc.parse_rules(rule_set(rule("extra", ["bell"], tag=tag, weight=weight))).rules
    more = rules._replace(rules=(*rules.rules, extra))
    before, grown = (lc.build_outline(f"Bell.\n\n{text}", by) for by in (rules, more))
    for old, new in zip(before.paragraphs, grown.paragraphs, strict=True):
        gain = weight if new.number == 1 else 0
        assert new.scores == {**old.scores, tag: old.scores[tag] + gain}


# ---------------------------------------------------------------------------------- the docstrings


def test_every_example_in_the_docstrings_of_the_module_holds() -> None:
    result = doctest.testmod(lc)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_rule_made_by_hand_whose_phrase_has_no_word_fires_nowhere() -> None:
    (checked,) = lc.parse_rules(rule_set(rule("tea", ["tea"]))).rules
    rules = lc.RuleSet((checked._replace(any=(lc.Scalar("—"), *checked.any)),))
    (one,) = lc.build_outline("Tea — so it is.", rules).paragraphs
    assert [cue.text for cue in one.cues] == ["Tea"]


@pytest.mark.parametrize(
    ("entry", "text", "cue"),
    [
        ("'tis so", "And ’tis so.", "’tis so"),
        ("-ish tea", "Hot -ish tea.", "-ish tea"),
        ("...and tea", "Milk ...and tea.", "...and tea"),
    ],
)
def test_a_phrase_may_begin_with_what_is_no_word(entry: str, text: str, cue: str) -> None:
    rules = lc.parse_rules(rule_set(rule("tea", [entry])))
    (one,) = lc.build_outline(text, rules).paragraphs
    assert [each.text for each in one.cues] == [cue]


@pytest.mark.parametrize(
    ("unless", "text", "silenced"),
    [
        (["apple", "zebra"], "Tea, a zebra, an apple.", "zebra"),
        (["zebra", "apple"], "Tea, a zebra, an apple.", "zebra"),
        (["a zebra", "a zebra at", "zebra"], "Tea for a zebra at four.", "a zebra at"),
        (["/z.*a/", "a zebra"], "Tea for a zebra.", "a zebra"),
    ],
)
def test_of_all_that_silences_a_rule_the_leftmost_and_then_the_longest_is_told(
    unless: list[str], text: str, silenced: str
) -> None:
    rules = lc.parse_rules(rule_set(rule("tea", ["tea"], unless=unless)))
    (one,) = lc.build_outline(text, rules).paragraphs
    assert [match.silenced for match in one.matches] == [f'unless: "{silenced}"']
