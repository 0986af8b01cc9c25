"""Which cues rules leave in a paragraph, and how the cues add up to its tag."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from conftest import rule, rule_set, skip_rule
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import lankov_claims as lc

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
        pytest.param("hot tea", "A hot\n\t\u00a0tea.", "hot\n\t\u00a0tea", id="any white space"),
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
        pytest.param("/don't go/", "I don’t \n go.", "don’t \n go", id="it sees the folded form"),
        pytest.param("/hot /", "A hot \n tea.", "hot \n ", id="a run of white space is one"),
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
    assert outline.rules.count == 1


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


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("Salt. Tea. Salt.", "Tea.", id="where the cue is"),
        pytest.param("Tea. Tea and jam. Jam. Jam.", "Tea and jam.", id="where two cues are"),
        pytest.param("Milk. Tea. Tea.", "Tea.", id="for the winning tag only"),
        pytest.param("Jam. Jam and plum.", "Jam and plum.", id="the one that gave most"),
        pytest.param("Salt. Jam one. Jam two.", "Jam one.", id="the first on a tie"),
        pytest.param("Salt. Pepper.", "Salt.", id="the first without a cue"),
    ],
)
def test_the_key_sentence_gave_most_to_the_tag(text: str, key: str) -> None:
    plum = rule("plum", ["plum"], tag="recommendation")
    paragraph = only(text, TEA, MILK, JAM, plum)
    assert paragraph.key_sentence == lc.Span(text.index(key), text.index(key) + len(key), key)


# ------------------------------------------------------------------------------------------ skip


@pytest.mark.parametrize(
    ("entry", "text", "skipped"),
    [
        pytest.param("read on", "Read on", True, id="a phrase, any case"),
        pytest.param("read on", "Read \n on", True, id="any white space"),
        pytest.param("read on", "Read on, please", False, id="not a paragraph that starts so"),
        pytest.param("read on", "Do read on", False, id="nor one that ends so"),
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


def test_the_smallest_id_of_several_skip_rules_is_named() -> None:
    skip = [skip_rule("b"), skip_rule("a2", ["/ban.*/"]), skip_rule("a10", ["/.*er/"])]
    assert [block.rule for block in read("Banner", skip=skip).skipped] == ["a10"]


# ------------------------------------------------------------------------------------ properties

# Letters that re.IGNORECASE equates in odd ways, quotes that are folded, and what parts words.
ALPHABET = "aikszİıſ\u212a\u212bßẞΣςσµμåÅ'’‘\"“-\u2011_1 "
# Half of the phrases are ASCII, which the shortcuts are for, and short enough to overlap.
WORDS = (st.text("sk ", min_size=1, max_size=3) | st.text(ALPHABET, min_size=1, max_size=4)).filter(
    lambda word: re.search(r"\w", word)
)
PHRASES = st.lists(WORDS, min_size=1, max_size=3)
ODD = str.maketrans("iksμå", "İ\u212aſµ\u212b")
CASES: list[Callable[[str], str]] = [str.upper, str.lower, str.swapcase, lambda w: w.translate(ODD)]
SPACE = st.sampled_from([" ", "  ", "\n", "\u00a0\t"])
FOLDED = {**dict.fromkeys("‘’‛", "'"), **dict.fromkeys("“”„", '"'), "\u2010": "-", "\u2011": "-"}


@st.composite
def readings(draw: st.DrawFn) -> tuple[lc.RuleSet, str]:
    """A rule set and a text that is likely to hold its phrases, in one case or another."""
    rules, said = [], ["b. ", "C "]
    for name in draw(st.lists(st.sampled_from("vwxyz"), min_size=1, max_size=4, unique=True)):
        any, unless = draw(PHRASES), draw(st.just([]) | PHRASES)
        said += any + unless
        more = {"weight": draw(st.integers(1, 5)), "tag": draw(st.sampled_from(list(lc.Tag)))}
        rules.append(rule(name, any, **more, **({"unless": unless} if unless else {})))
    cases = st.sampled_from(CASES)
    words = draw(st.lists(st.tuples(st.sampled_from(said) | WORDS, cases, SPACE), min_size=1))
    text = "".join(case(word) + space for word, case, space in words)
    try:
        return lc.parse_rules(rule_set(*rules)), text
    except lc.RuleFileError:  # an "unless" that equals an "any" is a fault
        reject()


def naive_form(text: str) -> tuple[str, list[int]]:
    """A text's matching form and the offset of each of its characters, one by one."""
    form, offsets = "", []
    for offset, character in enumerate(text):
        if not (character.isspace() and form.endswith(" ")):
            form += " " if character.isspace() else FOLDED.get(character, character)
            offsets.append(offset)
    return form, [*offsets, len(text)]


def naive_matches(entries: Sequence[str], form: str) -> list[tuple[int, int]]:
    patterns = [rf"(?<!\w){re.escape(naive_form(entry.strip())[0])}(?!\w)" for entry in entries]
    found = [m for pattern in patterns for m in re.finditer(pattern, form, re.IGNORECASE)]
    return sorted((match.span() for match in found), key=lambda span: (span[0], -span[1]))


def naive_cues(text: str, rules: lc.RuleSet) -> list[lc.Cue]:
    """Every cue in a text, as the rules of tagging say it and without a thought for speed."""
    cues = []
    for block in lc.find_blocks(text):
        for number, sentence in enumerate(block.sentences, 1):
            form, offsets = naive_form(sentence.span.text)
            for one in rules.rules:
                matches = naive_matches(one.any, form)
                if matches and not naive_matches(one.unless, form):
                    start, end = (sentence.span.start + offsets[place] for place in matches[0])
                    quoted = text[start:end]
                    cues.append(lc.Cue(one.id, one.tag, one.weight, number, start, end, quoted))
    return sorted(cues, key=lambda cue: (cue.start, cue.end, cue.rule))


@settings(max_examples=300)
@given(readings())
def test_cues_are_those_that_plain_regular_expressions_find(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    outline = lc.build_outline(text, rules)
    assert [cue for paragraph in outline.paragraphs for cue in paragraph.cues] == naive_cues(
        text, rules
    )


@given(readings())
def test_leaving_out_the_phrases_that_a_text_lacks_changes_nothing(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    narrowed = lc.narrow(rules, text)
    for block in lc.find_blocks(text):
        assert lc.find_cues(block, narrowed.rules) == lc.find_cues(block, rules.rules)


def test_shortcuts_change_nothing_for_any_letter_that_looks_like_an_ascii_one() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    alike = set(re.findall("[a-z]", everything, re.IGNORECASE))
    missed = [c for c in sorted(alike) if not fired(f"x{c}x", *(f"x{a}x" for a in letters))]
    assert missed == []


@given(readings())
def test_a_paragraph_adds_up(reading: tuple[lc.RuleSet, str]) -> None:
    for paragraph in lc.build_outline(reading[1], reading[0]).paragraphs:
        summed = Counter(dict.fromkeys(lc.Tag, 0))
        for cue in paragraph.cues:
            summed[cue.tag] += cue.weight
        assert paragraph.scores == summed
        best, second, _ = sorted(summed.values(), reverse=True)
        assert paragraph.margin == best - second
        assert paragraph.cues == () or summed[paragraph.tag] == best


@given(readings(), st.sampled_from(list(lc.Tag)), st.integers(1, 100))
def test_one_more_firing_raises_exactly_one_score_by_its_weight(
    reading: tuple[lc.RuleSet, str], tag: lc.Tag, weight: int
) -> None:
    rules, text = reading
    (extra,) = lc.parse_rules(rule_set(rule("extra", ["bell"], tag=tag, weight=weight))).rules
    grown = lc.build_outline(f"Bell.\n\n{text}", lc.RuleSet((*rules.rules, extra)))
    before = lc.build_outline(f"Bell.\n\n{text}", rules)
    for old, new in zip(before.paragraphs, grown.paragraphs, strict=True):
        gain = weight if new.number == 1 else 0
        assert new.scores == {**old.scores, tag: old.scores[tag] + gain}
