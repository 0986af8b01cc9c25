"""Why a paragraph is what it is, told so that a reader can add it up; and what would tip it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Run, RunInTerminal, rule, rule_set, skip_rule
from hypothesis import given, settings
from hypothesis import strategies as st

import lankov_claims as lc

TAGS = st.sampled_from(list(lc.Tag))
WORDS = ["ant", "bee", "cat", "dog"]


def scalars(words: Iterable[str]) -> tuple[lc.Scalar, ...]:
    return tuple(map(lc.Scalar, words))


def weighing(rules: lc.RuleSet, name: str, weight: int) -> lc.RuleSet:
    """The rules with another weight for one of them."""
    changed = (replace(one, weight=weight) if one.id == name else one for one in rules.rules)
    return replace(rules, rules=tuple(changed))


def retagged(paragraph: lc.Paragraph, rules: lc.RuleSet, name: str, weight: int) -> lc.Tag:
    """The tag that a paragraph gets when one rule has another weight, by reading it anew."""
    (again,) = lc.build_outline(paragraph.text, weighing(rules, name, weight)).paragraphs
    return again.tag


def ways_to_tip(
    paragraph: lc.Paragraph, rules: lc.RuleSet
) -> Iterator[tuple[lc.Rule, lc.Tag, set[int]]]:
    """For each rule and each other tag, every weight that would give it: by trying them all."""
    for one in rules.rules:
        tags = {weight: retagged(paragraph, rules, one.id, weight) for weight in range(101)}
        for tag in set(lc.Tag) - {paragraph.tag}:
            yield one, tag, {weight for weight, given in tags.items() if given == tag}


def assert_tips_are_exact(paragraph: lc.Paragraph, rules: lc.RuleSet) -> None:
    tips = {(tip.tag, tip.rule): tip for tip in lc.find_tips(paragraph, rules)}
    assert len(tips) == len(lc.find_tips(paragraph, rules)), "one a rule and tag"
    assert all(tag != paragraph.tag for tag, _ in tips)
    for one, tag, weights in ways_to_tip(paragraph, rules):
        tip = tips.pop((tag, one.id), None)
        assert (tip is not None) is bool(weights), (tag, one.id)
        if tip:
            assert tip.before == one.weight
            assert tip.after in weights, "the change gives the tag"
            step = 1 if tip.after < tip.before else -1
            assert tip.after + step not in weights, "the next weaker change does not"
            nearest = min(abs(weight - one.weight) for weight in weights)
            assert abs(tip.after - one.weight) == nearest, "none is nearer"
    assert not tips, "each tip is of a rule"


@st.composite
def readings(draw: st.DrawFn) -> tuple[lc.RuleSet, str]:
    """A paragraph in which a few rules fire, some of them often."""
    rules = []
    for name in draw(st.lists(st.sampled_from("vwxyz"), min_size=1, max_size=4, unique=True)):
        any = draw(st.sets(st.sampled_from(WORDS), min_size=1, max_size=2))
        unless = scalars(draw(st.sets(st.sampled_from(WORDS), max_size=1)) - any)
        where = draw(st.sampled_from(["anywhere", "anywhere", "opening", "closing"]))
        common = (lc.Scalar(name), lc.Scalar("It is so."), scalars(sorted(any)), (), ())
        rules.append(lc.Rule(*common, draw(TAGS), draw(st.integers(1, 9)), unless, where))
    order = tuple(draw(st.permutations(list(lc.Tag))))
    sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
    text = " ".join(f"A {one}." for one in draw(st.lists(sentences, min_size=1, max_size=4)))
    return lc.RuleSet(tuple(rules), (), order, draw(TAGS)), text


@settings(max_examples=60)
@given(readings())
def test_tips_are_all_the_nearest_weights_that_tip_a_paragraph_and_no_others(
    reading: tuple[lc.RuleSet, str],
) -> None:
    rules, text = reading
    (paragraph,) = lc.build_outline(text, rules).paragraphs
    assert_tips_are_exact(paragraph, rules)


@pytest.mark.parametrize("number", range(1, 11))
def test_tips_are_exact_in_the_shipped_op_ed(
    number: int, op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    paragraph = lc.build_outline(op_ed, shipped_rules).paragraphs[number - 1]
    # A rule without a cue here cannot get one by its weight; without them it takes seconds.
    firing = {cue.rule for cue in paragraph.cues}
    fewer = tuple(one for one in shipped_rules.rules if one.id in firing)
    narrowed = lc.narrow(replace(shipped_rules, rules=fewer, skips=()), paragraph.text)
    assert_tips_are_exact(paragraph, narrowed)
    assert lc.find_tips(paragraph, narrowed) == lc.find_tips(paragraph, shipped_rules)


# ------------------------------------------------------------------------------------- in words

RULES = rule_set(
    rule("tea", ["tea"], weight=2, why="Tea is a claim.", unless=["iced"]),
    rule("hot-tea", ["hot tea"], tag="evidence", weight=3, why="It is hot."),
    rule("end", ["enough"], tag="recommendation", weight=4, why="It is over.", where="closing"),
    skip=[skip_rule("ad", ["buy tea"], why="An advertisement.")],
)
TEXT = """\
Tea is. Hot tea is good. Iced tea is
enough. No tea.

Buy tea

Salt.
"""
EXPLAINED = """\
¶1  claim, margin 3, line 1
  [Tea]¹ is. [Hot [tea]³]² is good. Iced [tea]⁴ is [enough]⁵. No [tea]⁶.
    ¹ tea      claim 2 "Tea"  Tea is a claim.
    ² hot-tea  evidence 3 "Hot tea"  It is hot.
    ³ tea      claim 2 "tea"  Tea is a claim.
    ⁴ tea      "tea" silenced by unless: "Iced"
    ⁵ end      "enough" silenced by where: closing
    ⁶ tea      claim 2 "tea"  Tea is a claim.
  claim             6 = tea 2 × 3
  evidence          3 = hot-tea 3
    would win without tea; if hot-tea weighed 7 instead of 3
  recommendation    0 = no cue
    no single weight would do

skipped  line 4
  Buy tea
  ad  An advertisement.

¶2  claim, margin 0 (no cue: otherwise decides), line 6
  Salt.
  claim             0 = no cue
  evidence          0 = no cue
    no single weight would do
  recommendation    0 = no cue
    no single weight would do
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "tea.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def explain(run: Run, *args: str) -> str:
    result = run("explain", *args)
    assert (result.code, result.err) == (0, b"")
    return result.out.decode()


def test_an_explanation_shows_cues_silenced_ones_sums_tips_and_what_is_skipped(
    run: Run, folder: Path
) -> None:
    # The bracket that opened last closes first: 3 is "tea", and 2 is "Hot tea".
    assert explain(run, "--text", "tea.txt", "--rules", "my.yaml") == EXPLAINED


def test_named_paragraphs_are_shown_once_without_those_that_are_skipped(
    run: Run, folder: Path
) -> None:
    small = ("--text", "tea.txt", "--rules", "my.yaml")
    first, _, second = explain(run, *small).rstrip("\n").split("\n\n")
    assert explain(run, *small, "2").rstrip("\n") == second
    assert explain(run, *small, "2", "1", "2").rstrip("\n") == f"{first}\n\n{second}"


@pytest.mark.parametrize("number", ["0", "3", "-1", "99999999999999999999", "two"])
def test_a_paragraph_that_is_not_there_is_one_line_and_exit_2(
    number: str, run: Run, folder: Path
) -> None:
    code, out, err = run("explain", "--text", "tea.txt", "--rules", "my.yaml", "--", "1", number)
    assert (code, out, err.count(b"\n")) == (2, b"", 1)
    if number.isdigit():
        told = f"tea.txt: it has no paragraph {number} (choose from 1 to 2)\n"
        assert err.decode() == told


# ------------------------------------------------------------------------------ the shipped op-ed

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SMALL = "[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
SUM = re.compile(r"  (\w+) +(\d+) = (.+)")
TERM = re.compile(r"(\S+) (\d+)(?: × (\d+))?")


@pytest.fixture(scope="session")
def outline(op_ed: str) -> lc.Outline:
    return lc.build_outline(op_ed, lc.load_rules())


def paragraphs_of(explanation: str) -> dict[int, list[str]]:
    """The lines about each paragraph by its number; 0 has those about all that is skipped."""
    found: dict[int, list[str]] = {0: []}
    for part in explanation.strip().split("\n\n"):
        head = re.match(r"¶(\d+) ", part)
        found.setdefault(int(head[1]) if head else 0, []).extend(part.splitlines())
    return found


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_paragraph_of_the_op_ed_adds_up(run: Run, outline: lc.Outline) -> None:
    whys: dict[str, str] = {one.id: one.why for one in lc.load_rules().rules}
    told = paragraphs_of(explain(run))
    assert told.keys() - {0} == {one.number for one in outline.paragraphs}
    for one in outline.paragraphs:
        head, text, *lines = told[one.number]
        tie = "" if one.margin else " (a tie: precedence decides)"
        assert head.startswith(f"¶{one.number}  {one.tag}, margin {one.margin}{tie}, ")
        assert re.sub(rf"\[|\]{SMALL}", "", text).strip() == one_line(one.text)
        cues = [line for line in lines if re.match(rf" +{SMALL} ", line)]
        heard = [line.split()[1:] for line in cues if " silenced by " not in line]
        assert [words[:3] for words in heard] == [
            [cue.rule, cue.tag, str(cue.weight)] for cue in one.cues
        ]
        assert [line.split('"  ')[1] for line in cues if " silenced by " not in line] == [
            one_line(whys[cue.rule]) for cue in one.cues
        ]
        sums = [match for line in lines if (match := SUM.fullmatch(line))]
        assert {match[1]: int(match[2]) for match in sums} == one.scores
        for _, score, terms in (match.groups() for match in sums):
            added = [int(weight) * int(times or 1) for _, weight, times in TERM.findall(terms)]
            assert sum(added) == int(score)
        tips = [line[14:] for line in lines if line.startswith("    would win ")]
        assert len(tips) + lines.count("    no single weight would do") == 2
        suggested = sum(tip.count(";") + 1 for tip in tips)
        assert suggested == len(lc.find_tips(one, lc.load_rules()))


def test_the_nth_bracket_opens_the_nth_cue_and_its_number_closes_it(
    run: Run, outline: lc.Outline
) -> None:
    told = paragraphs_of(explain(run))
    for one in outline.paragraphs:
        _, text, *lines = told[one.number]
        opened: list[int] = []
        marked: dict[int, str] = {}
        plain = ""
        for piece in re.findall(rf"\[|\]{SMALL}|[^\[\]]+", text.strip()):
            if piece == "[":
                opened.append(len(plain))
            elif piece[0] == "]":
                number = int(piece[1:].translate(RAISED))
                marked[number] = plain[opened[number - 1] :]
            else:
                plain += piece
        listed = [line for line in lines if re.match(rf" +{SMALL} ", line)]
        assert sorted(marked) == list(range(1, len(listed) + 1))
        for line in listed:
            words = marked[int(line.split()[0].translate(RAISED))]
            assert f'"{words}"' in line or f'"{words[:30]}' in line
        heard = [n for n, line in enumerate(listed, 1) if " silenced by " not in line]
        assert [marked[n] for n in heard] == [one_line(cue.text) for cue in one.cues]


def test_all_that_is_skipped_is_told_with_its_rule_and_why(run: Run, outline: lc.Outline) -> None:
    whys: dict[str, str] = {one.id: one_line(one.why) for one in lc.load_rules().skips}
    assert paragraphs_of(explain(run))[0] == [
        line
        for one in outline.skipped
        for line in (
            f"skipped  line {one.line}",
            f"  {one_line(one.text)}",
            f"  {one.rule}  {whys[one.rule]}",
        )
    ]


def test_no_line_is_wider_than_the_terminal(run_in_terminal: RunInTerminal) -> None:
    screen = run_in_terminal("explain")
    lines = re.sub(r"\x1b\[[\d;]*m", "", screen.text).splitlines()
    assert screen.code == 0
    assert [line for line in lines if len(line) > 80] == []
    assert sum(bool(re.match("¶", line)) for line in lines) == 10
