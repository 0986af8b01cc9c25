"""Why a paragraph is what it is, told so that a reader can add it up; and what would tip it."""

import re
from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path

import pytest
from conftest import Run, RunInTerminal, rule, rule_set, skip_rule
from hypothesis import given, settings
from hypothesis import strategies as st

import lankov_claims as lc


@pytest.fixture(scope="session")
def outline(op_ed: str, shipped_rules: lc.RuleSet) -> lc.Outline:
    return lc.build_outline(op_ed, shipped_rules)


TAGS = st.sampled_from(list(lc.Tag))
WORDS = ["ant", "bee", "cat", "dog"]


def scalars(words: Iterable[str]) -> tuple[lc.Scalar, ...]:
    return tuple(map(lc.Scalar, words))


def by_reading(outline: lc.Outline, at: int, name: str, weight: int) -> lc.Tag:
    """The tag of a paragraph once one rule has another weight, by reading the piece anew."""
    rules = [one._replace(weight=weight) if one.id == name else one for one in outline.rules.rules]
    again = lc.build_outline(outline.text, outline.rules._replace(rules=tuple(rules)))
    return again.blocks[at].tag


def by_adding(outline: lc.Outline, at: int, name: str, weight: int) -> lc.Tag:
    """The same by adding up its cues, which is quicker."""
    one = outline.blocks[at]
    (before,) = (rule.weight for rule in outline.rules.rules if rule.id == name)
    scores = dict.fromkeys(lc.Tag, 0)
    for cue in one.cues:
        times = cue.weight // before if cue.rule == name else 1
        scores[cue.tag] += times * weight if cue.rule == name else cue.weight
    return outline.rules.decide(scores)


Retag = Callable[[lc.Outline, int, str, int], lc.Tag]


def hold_tips(outline: lc.Outline, at: int, retag: Retag) -> None:
    """Hold the tips of a paragraph against what every weight of every rule would give."""
    one = outline.blocks[at]
    tips = lc.find_tips(one, outline.rules)
    assert [abs(tip.after - tip.before) for tip in tips] == sorted(
        abs(tip.after - tip.before) for tip in tips
    )
    told = {(tip.rule, tip.tag): tip for tip in tips}
    assert len(told) == len(tips), "one a rule and tag"
    for by in outline.rules.rules:
        if by.id not in {cue.rule for cue in one.cues}:
            continue  # no weight gives it a cue here
        tags = [retag(outline, at, by.id, weight) for weight in range(101)]
        for tag in set(lc.Tag) - {one.tag}:
            weights = [weight for weight, given in enumerate(tags) if given == tag]
            tip = told.pop((by.id, tag), None)
            assert (tip is not None) is bool(weights), "a tip wherever a weight would do"
            if tip:
                assert tip.before == by.weight
                assert tip.after in weights, "the change gives the tag"
                nearest = min(abs(weight - by.weight) for weight in weights)
                assert abs(tip.after - by.weight) == nearest, "and none is nearer"
    assert not told, "each tip is of a rule that fires here, and for another tag"


@st.composite
def readings(draw: st.DrawFn) -> lc.Outline:
    """A piece, long enough to have an end, in which a few rules fire, some of them often."""
    rules = []
    for name in "xyz"[: draw(st.integers(1, 3))]:
        any = draw(st.sampled_from([["ant"], ["bee"], ["ant", "cat"], ["bee", "dog"]]))
        unless = draw(st.sampled_from([[], [], ["dog"], ["cat"]]))
        rules.append(
            lc.Rule(
                id=lc.Scalar(name),
                tag=draw(TAGS),
                why=lc.Scalar("It is so."),
                any=scalars(any),
                match=(),
                miss=(),
                weight=draw(st.integers(1, 9)),
                unless=scalars(set(unless) - set(any)),
                where=draw(st.sampled_from(["anywhere", "anywhere", "opening", "closing"])),
            )
        )
    order = draw(st.sampled_from([*permutations(lc.Tag)]))
    known = lc.RuleSet(
        tuple(rules), precedence=order, otherwise=draw(TAGS), ending=draw(st.none() | TAGS)
    )
    sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
    text = " ".join(f"A {one}." for one in draw(st.lists(sentences, min_size=1, max_size=4)))
    return lc.build_outline("\n\n".join([text] * 4), known)


@settings(max_examples=15)
@given(readings(), st.sampled_from([0, 3]))
def test_tips_are_all_the_nearest_weights_that_tip_a_paragraph_and_no_others(
    outline: lc.Outline, at: int
) -> None:
    hold_tips(outline, at, by_reading)
    hold_tips(outline, at, by_adding)


def test_tips_are_exact_in_the_shipped_op_ed(outline: lc.Outline) -> None:
    for at, one in enumerate(outline.blocks):
        if not one.skips:
            hold_tips(outline, at, by_adding)


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


LISTED = rule_set(
    rule("tea", ["tea"], weight=2, unless=["<cold> or", "<cold>"]),
    rule("end", ["enough"], tag="recommendation", weight=4, why="It is over."),
    lists={"cold": ["iced", "frozen"]},
    ending="recommendation",
)
PIECE = "Tea.\n\nTea.\n\nTea.\n\nIced tea is enough. Tea. Tea. Tea.\n"
END = """\
¶4  recommendation, margin 2, line 7
  In the last quarter of the piece, where recommendation counts double.
  Iced [tea]¹ is [enough]². [Tea]³. [Tea]⁴. [Tea]⁵.
    ¹ tea  "tea" silenced by unless: "Iced" in <cold>
    ² end  recommendation 8 "enough"  It is over.
    ³ tea  claim 2 "Tea"  It is so.
    ⁴ tea  claim 2 "Tea"  It is so.
    ⁵ tea  claim 2 "Tea"  It is so.
  recommendation    8 = end 8
  claim             6 = tea 2 × 3
    would win if tea weighed 3 instead of 2; if end weighed 2 instead of 4
  evidence          0 = no cue
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


def test_an_explanation_names_the_list_that_silences_and_the_ending_that_doubles(
    run: Run, folder: Path
) -> None:
    (folder / "listed.yaml").write_text(LISTED, encoding="utf-8")
    (folder / "piece.txt").write_text(PIECE, encoding="utf-8")
    assert explain(run, "--text", "piece.txt", "--rules", "listed.yaml", "4") == END


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


def paragraphs_of(explanation: str) -> dict[int, list[str]]:
    """The lines about each paragraph by its number; 0 has those about all that is skipped."""
    found: dict[int, list[str]] = {0: []}
    for part in explanation.strip().split("\n\n"):
        head = re.match(r"¶(\d+) ", part)
        found.setdefault(int(head[1]) if head else 0, []).extend(part.splitlines())
    return found


def parts_of(told: list[str], one: lc.Paragraph) -> tuple[str, str, list[str]]:
    """The head of an explanation, the text with its marks, and the other lines."""
    head, *lines = told
    if one.late:
        note = "  In the last quarter of the piece, where recommendation counts double."
        assert lines.pop(0) == note
    return head, lines[0].strip(), lines[1:]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_paragraph_of_the_op_ed_adds_up(run: Run, outline: lc.Outline) -> None:
    whys: dict[str, str] = {one.id: one.why for one in outline.rules.rules}
    told = paragraphs_of(explain(run))
    assert told.keys() - {0} == {one.number for one in outline.paragraphs}
    for one in outline.paragraphs:
        head, text, lines = parts_of(told[one.number or 0], one)
        tie = "" if one.margin else " (a tie: precedence decides)"
        assert head.startswith(f"¶{one.number}  {one.tag}, margin {one.margin}{tie}, ")
        assert re.sub(rf"\[|\]{SMALL}", "", text) == one_line(one.text)
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
        assert suggested == len(lc.find_tips(one, outline.rules))


def test_the_nth_bracket_opens_the_nth_cue_and_its_number_closes_it(
    run: Run, outline: lc.Outline
) -> None:
    told = paragraphs_of(explain(run))
    for one in outline.paragraphs:
        _, text, lines = parts_of(told[one.number or 0], one)
        opened: list[int] = []
        marked: dict[int, str] = {}
        plain = ""
        for piece in re.findall(rf"\[|\]{SMALL}|[^\[\]]+", text):
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


def test_all_that_is_skipped_is_told_with_its_rules_and_why(run: Run, outline: lc.Outline) -> None:
    lines = []
    for one in outline.skipped:
        lines += [f"skipped  line {one.line}", f"  {one_line(one.text)}"]
        lines += [
            f"  {skip.id}  {one_line(skip.why)}"
            for skip in outline.rules.skips
            if skip.id in one.skips
        ]
    assert paragraphs_of(explain(run))[0] == lines


def test_no_line_is_wider_than_the_terminal(run_in_terminal: RunInTerminal) -> None:
    screen = run_in_terminal("explain")
    lines = re.sub(r"\x1b\[[\d;]*m", "", screen.text).splitlines()
    assert screen.code == 0
    assert [line for line in lines if len(line) > 80] == []
    assert sum(bool(re.match("¶", line)) for line in lines) == 10
