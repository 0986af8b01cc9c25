"""Why a paragraph is what it is, told so that a reader can add it up; and what would tip it."""

import json
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
        assert cue.tag
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

KEY_RULE = {**json.loads(skip_rule("turn", ["no"], why="It turns.")), "weight": -3}
RULES = rule_set(
    rule("tea", ["tea"], weight=2, why="Tea is a claim.", unless=["iced"]),
    rule("hot-tea", ["hot tea"], tag="evidence", weight=3, why="It is hot."),
    rule("end", ["enough"], tag="recommendation", weight=4, why="It is over.", where="closing"),
    rule("off", ["salt"], weight=0),
    skip=[skip_rule("ad", ["buy tea"], why="An advertisement.")],
    keys=[KEY_RULE],
)
TEXT = """\
Tea is. Hot tea is good. Iced tea is
enough. No tea.

Buy tea

Salt.
"""
HEAD = "tea.txt · my.yaml\n"
FIRST = """\
¶1  claim by 3 over evidence, line 1
  because  tea  2  [Tea] is.
           tea  2  Hot [tea] is good.
           tea  2  No [tea].
  key      Hot tea is good.
           4 points = words 4; the next best has 4, and is not longer
  claim             6 = tea 2 × 3
  evidence          3 = hot-tea 3
    would win without tea; if hot-tea weighed 7 instead of 3
  recommendation    0 = no cue; no single weight of these would do
"""
FIRST_VERBOSE = """\
¶1  claim by 3 over evidence, line 1
  [Tea]¹ is. [Hot [tea]³]² is good. Iced [tea]⁴ is [enough]⁵. [No]⁶ [tea]⁷.
    ¹ tea      claim 2 "Tea"  Tea is a claim.
    ² hot-tea  evidence 3 "Hot tea"  It is hot.
    ³ tea      claim 2 "tea"  Tea is a claim.
    ⁴ tea      "tea" silenced by unless: "Iced"
    ⁵ end      "enough" silenced by where: closing
    ⁶ turn     key -3 "No"  It turns.
    ⁷ tea      claim 2 "tea"  Tea is a claim.
  key      Hot tea is good.
           4 points = words 4; the next best has 4, and is not longer
  claim             6 = tea 2 × 3
  evidence          3 = hot-tea 3
    would win without tea; if hot-tea weighed 7 instead of 3
  recommendation    0 = no cue; no single weight of these would do
"""
SKIPPED = """\
skipped  line 4
  Buy tea
  ad  An advertisement.
"""
SECOND = """\
¶2  claim? for want of a cue, line 6
  claim             0 = no cue
  recommendation    0 = no cue; no single weight of these would do
  evidence          0 = no cue; no single weight of these would do
"""
SECOND_VERBOSE = SECOND.replace("line 6\n", "line 6\n  Salt.\n")


LISTED = rule_set(
    rule("tea", ["tea"], weight=2, unless=["<cold> or", "<cold>"]),
    rule("end", ["enough"], tag="recommendation", weight=4, why="It is over."),
    lists={"cold": ["iced", "frozen"]},
    ending="recommendation",
)
PIECE = "Tea.\n\nTea.\n\nTea.\n\nIced tea is enough. Tea. Tea. Tea.\n"
END = """\
¶4  recommendation? by 2 over claim, line 7; in the last quarter, recommendation counts double
  Iced [tea]¹ is [enough]². [Tea]³. [Tea]⁴. [Tea]⁵.
    ¹ tea  "tea" silenced by unless: "Iced" in <cold>
    ² end  recommendation 8 "enough"  It is over.
    ³ tea  claim 2 "Tea"  It is so.
    ⁴ tea  claim 2 "Tea"  It is so.
    ⁵ tea  claim 2 "Tea"  It is so.
  key      Iced tea is enough.
           14 points = words 4 + call to act 10; the next best has 1
  recommendation    8 = end 8
  claim             6 = tea 2 × 3
    would win if tea weighed 3 instead of 2; if end weighed 2 instead of 4
  evidence          0 = no cue; no single weight of these would do
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "tea.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


SMALL_ARGS = ("--text", "tea.txt", "--rules", "my.yaml")


def explain(run: Run, *args: str) -> str:
    """What an explanation prints below the line that names the text and the rules."""
    result = run("explain", *args)
    assert (result.code, result.err) == (0, b"")
    head, _, told = result.out.decode().partition("\n")
    assert re.fullmatch(r"\S+ · \S+", head)
    return told


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        pytest.param([], [FIRST, SKIPPED, SECOND], id="brief"),
        pytest.param(["--verbose"], [FIRST_VERBOSE, SKIPPED, SECOND_VERBOSE], id="verbose"),
    ],
)
def test_an_explanation_shows_what_decides_the_sums_the_tips_and_what_is_skipped(
    options: list[str], parts: list[str], run: Run, folder: Path
) -> None:
    # The bracket that opened last closes first: 3 is "tea", and 2 is "Hot tea".
    result = run("explain", *SMALL_ARGS, *options)
    assert result == (0, (HEAD + "\n".join(parts)).encode(), b"")


def test_an_explanation_names_the_list_that_silences_and_the_ending_that_doubles(
    run: Run, folder: Path
) -> None:
    (folder / "listed.yaml").write_text(LISTED, encoding="utf-8")
    (folder / "piece.txt").write_text(PIECE, encoding="utf-8")
    told = explain(run, "--text", "piece.txt", "--rules", "listed.yaml", "4", "--verbose")
    assert told == END


MOST = """\
¶1  claim by 15 over evidence, line 1
  because  is-b       12  [Xb].
           is-d        4  [Xd].
           is-ever-so  3  [Xe] and xf, I was told.
  key      Xe and xf, I was told.
           6 points = words 6; the next best has 3
  claim            24 = is-b 12 + is-d 4 + is-ever-so 3 + 3 more (5)
  evidence          9 = told 9
    would win if told weighed 25 instead of 9
  recommendation    0 = no cue; no single weight of these would do
"""


def test_a_brief_explanation_tells_three_cues_three_terms_and_two_tips(
    run: Run, folder: Path
) -> None:
    weights = {"a": 1, "b": 12, "c": 2, "d": 4, "ever-so": 3, "f": 1}
    rules = [rule(f"is-{name}", [f"x{name[0]}"], weight=n) for name, n in weights.items()]
    told_rule = rule("told", ["told"], tag="evidence", weight=9)
    (folder / "my.yaml").write_text(rule_set(*rules, told_rule), encoding="utf-8")
    text = "Xa. Xb. Xc. Xd. Xe and xf, I was told. Xa it is."
    (folder / "tea.txt").write_text(text, encoding="utf-8")
    assert explain(run, *SMALL_ARGS) == MOST
    told_more = rule("told", ["told"], tag="evidence", weight=22)
    (folder / "my.yaml").write_text(rule_set(*rules, told_more), encoding="utf-8")
    brief, verbose = (explain(run, *SMALL_ARGS, *also) for also in ((), ("--verbose",)))
    (short,) = re.findall("would win (.*)", brief)
    (long,) = re.findall("would win (.*)", verbose)
    assert short == "; ".join(long.split("; ")[:2])
    assert long.count(";") == 3


LONG = "salt and pepper, " * 9
# fmt: off
IN_CONTEXT = {
    "at the end": (f"Before. Hot {LONG}tea. After.", r"….{20,} \[tea\]\."),
    "in the middle": (f"Before. {LONG}tea {LONG}. After.", r"….{20,} \[tea\] .{20,}…"),
    "at the beginning": (f"Before. Tea {LONG}. After.", r"\[Tea\] .{20,}…"),
    "in a short sentence": ("Before. Good *tea*. After.", r"Good \*\[tea\]\*\."),
    "over lines": ("Before. Good and hot\ntea. After.", r"Good and hot \[tea\]\."),
    "of most of the line": (f"Before. Hot{' tea' * 11}. After.", r"Hot \[tea( tea)*\]\."),
    "longer than a line": (f"Before. Hot{' tea' * 20}. After.", r"Hot \[tea( tea)*\]\."),
}
# fmt: on


@pytest.mark.parametrize(("text", "shown"), IN_CONTEXT.values(), ids=IN_CONTEXT)
def test_a_cue_is_shown_in_its_sentence_of_which_a_line_is_left(
    text: str, shown: str, run_in_terminal: RunInTerminal, folder: Path
) -> None:
    (folder / "my.yaml").write_text(rule_set(rule(any=["/tea( tea)*/"])), encoding="utf-8")
    (folder / "tea.txt").write_text(text, encoding="utf-8")
    columns = 80 if text.count("tea") < 20 else 120
    screen = run_in_terminal("explain", *SMALL_ARGS, columns=columns, NO_COLOR="1")
    (line,) = [line for line in screen.text.splitlines() if "because" in line]
    assert re.fullmatch(rf"  because  tea  1  {shown}", line), line


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        pytest.param(["2"], [SECOND], id="one"),
        pytest.param(["2", "1", "2"], [FIRST, SECOND], id="once, in the order of the text"),
        pytest.param(["1-2"], [FIRST, SECOND], id="a range"),
        pytest.param(["1-1"], [FIRST], id="a range of one"),
        pytest.param(["1-2", "2-2", "1"], [FIRST, SECOND], id="ranges that meet"),
    ],
)
def test_named_paragraphs_are_shown_once_without_those_that_are_skipped(
    numbers: list[str], told: list[str], run: Run, folder: Path
) -> None:
    assert explain(run, *SMALL_ARGS, *numbers) == "\n".join(told)


HELP = ", as in 3 4 7-9; a text goes with --text"


@pytest.mark.parametrize(
    ("word", "also"),
    [(one, "") for one in ("0", "3", "9" * 20, "-1", "1-3", "0-1", "2-1", "1-", "1-2-2", "1-two")]
    + [(one, HELP) for one in ("two", "tea.txt", "²")],
)
def test_a_paragraph_that_is_not_there_is_one_line_and_exit_2(
    word: str, also: str, run: Run, folder: Path
) -> None:
    told = f"tea.txt: it has no paragraph {word} (choose from 1 to 2{also})\n"
    assert run("explain", *SMALL_ARGS, "--", "1", word) == (2, b"", told.encode())


# ----------------------------------------------------------------------------- one rule, in each

SALTED = """\
Tea is. Hot tea is good. Iced tea is
enough. No tea.

Buy tea

Salt. A tea which is never too hot, for them.
"""
# fmt: off
SKIPPED = "skipped by ad, so that no rule counts"
TRIALS = {
    "tea": [
        ("¶1", "fires: [Tea] is."), ("¶1", "fires: Hot [tea] is good."),
        ("¶1", 'silenced by unless: "Iced": Iced [tea] is enough.'), ("¶1", "fires: No [tea]."),
        ("line 4", SKIPPED), ("¶2", "fires: A [tea] which is never too hot, for them."),
    ],
    "hot-tea": [
        ("¶1", "fires: [Hot tea] is good."),
        ("line 4", SKIPPED),
        ("¶2", 'no match; nearest is "hot tea" in sentence 2, which has its words, but elsewhere'),
    ],
    "end": [
        ("¶1", "silenced by where: closing: Iced tea is [enough]."),
        ("line 4", SKIPPED),
        ("¶2", "no match, and no word of its phrases"),
    ],
    "off": [("¶1", "off: its weight is 0"), ("line 4", SKIPPED), ("¶2", "off: its weight is 0")],
    "ad": [
        ("¶1", "not matched by it"), ("line 4", "skipped by it"),
        ("¶2", "not matched by it"),
    ],
    "turn": [
        ("¶1", "fires: [No] tea."), ("line 4", SKIPPED),
        ("¶2", "no match, and no word of its phrases"),
    ],
}
# fmt: on


@pytest.mark.parametrize("numbers", [[], ["2"], ["1-2"]], ids=["all", "one", "a range"])
@pytest.mark.parametrize("id", TRIALS)
def test_one_rule_is_told_to_fire_or_not_in_each_paragraph_and_why(
    id: str, numbers: list[str], run: Run, folder: Path
) -> None:
    (folder / "tea.txt").write_text(SALTED, encoding="utf-8")
    result = run("explain", *SMALL_ARGS, "--rule", id, *numbers)
    lines = []
    for place, verdict in TRIALS[id]:
        if not numbers or (place[0] == "¶" and numbers != ["2"]) or place == "¶2":
            lines.append(f"  {place:<9}{verdict}")
    head, *told = result.out.decode().splitlines()
    assert (result.code, result.err) == (0, b"")
    assert head.startswith(f"{id}  ")
    assert told == lines


# fmt: off
NEAREST = {
    "most of a phrase": (["they badly need", "we need"], "They need it.",
        "they badly need", 1, '"badly"'),
    "of equals the longer": (["tea milk", "tea milk jam ham"], "Tea, jam.",
        "tea milk jam ham", 1, '"milk" and "ham"'),
    "in one sentence": (["they badly need"], "They do. They, it. Need.",
        "they badly need", 1, '"badly" and "need"'),
    "in the one that has most": (["hot milk tea"], "Hot. Not so. Hot milk.",
        "hot milk tea", 3, '"tea"'),
    "with its alternatives": (["(cold|hot) tea cup"], "A hot old tea.", "hot tea cup", 1, '"cup"'),
    "with its lists": (["<cold> tea cup"], "An iced old tea.", "iced tea cup", 1, '"cup"'),
    "and no expression": (["tea cup jam", "/tea cups?/"], "Tea.",
        "tea cup jam", 1, '"cup" and "jam"'),
}
# fmt: on


@pytest.mark.parametrize(
    ("any", "text", "phrase", "number", "lacks"), NEAREST.values(), ids=NEAREST
)
def test_the_nearest_phrase_has_the_largest_share_of_its_words_in_one_sentence(
    any: list[str], text: str, phrase: str, number: int, lacks: str, run: Run, folder: Path
) -> None:
    other = rule("cold", ["<cold>"], weight=0)
    rules = rule_set(rule("one", any), other, lists={"cold": ["iced", "frozen"]})
    (folder / "my.yaml").write_text(rules, encoding="utf-8")
    (folder / "tea.txt").write_text(text, encoding="utf-8")
    told = run("explain", *SMALL_ARGS, "--rule", "one").out.decode()
    where = f'nearest is "{phrase}" in sentence {number}'
    assert told.splitlines()[1] == f"  ¶1       no match; {where}, which lacks {lacks}"


@pytest.mark.parametrize("id", ["hot-te", "<cold>", "", "1"])
def test_a_rule_that_is_not_there_is_one_line_and_exit_2(id: str, run: Run, folder: Path) -> None:
    code, out, err = run("explain", *SMALL_ARGS, f"--rule={id}")
    assert (code, out, err.count(b"\n")) == (2, b"", 1)
    assert err.decode().startswith("my.yaml: it has no ")
    assert ('did you mean "hot-tea"?' in err.decode()) is (id == "hot-te")


def test_a_rule_to_tell_of_is_not_forgotten_in_json(run: Run, folder: Path) -> None:
    args = ("explain", *SMALL_ARGS, "--format", "json")
    assert run(*args, "--rule", "tea") != run(*args)


# ------------------------------------------------------------------------------------------ as JSON


def test_an_explanation_as_json_is_its_paragraph_and_more(run: Run, folder: Path) -> None:
    outline = json.loads(run("outline", "tea.txt", "--rules", "my.yaml", "--format", "json").out)
    told = json.loads(run("explain", *SMALL_ARGS, "--format", "json").out)
    assert (told["format_version"], told["kind"]) == (lc.FORMAT_VERSION, "explanation")
    assert told["tool"] == outline["tool"]
    assert told["text"].items() <= outline["text"].items()
    more = []
    for one, known in zip(told["paragraphs"], outline["paragraphs"], strict=True):
        assert {key: one[key] for key in known} == known
        more.append({key: one[key] for key in one if key not in known})
    silenced = {"weight": 2, "sentence": 3, "start": 30, "end": 33, "text": "tea"}
    where = {"weight": 4, "sentence": 3, "start": 37, "end": 43, "text": "enough"}
    words = [{"for": "words", "points": count} for count in (2, 4, 4, 2)]
    assert more[0] == {
        "sentences": [
            {"start": 0, "end": 7, "points": 2, "terms": [words[0]]},
            {"start": 8, "end": 24, "points": 4, "terms": [words[1]]},
            {"start": 25, "end": 44, "points": 4, "terms": [words[2]]},
            {"start": 45, "end": 52, "points": -1,
             "terms": [words[3], {"for": "turn", "points": -3}]},
        ],
        "silenced": [
            {"rule": "tea", "tag": "claim", **silenced, "silenced": 'unless: "Iced"'},
            {"rule": "end", "tag": "recommendation", **where, "silenced": "where: closing"},
        ],
        "tips": [
            {"tag": "evidence", "rule": "tea", "weight": 2, "to": 0},
            {"tag": "evidence", "rule": "hot-tea", "weight": 3, "to": 7},
        ],
    }  # fmt: skip
    assert more[1]["tips"] == more[1]["silenced"] == []
    second = json.loads(run("explain", *SMALL_ARGS, "--format", "json", "2-2", "2").out)
    assert second == {**told, "paragraphs": told["paragraphs"][1:]}


# ------------------------------------------------------------------------------ the shipped op-ed

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SMALL = "[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
SUM = re.compile(r"  (\w+) +(\d+) = (.+)")


def paragraphs_of(explanation: str) -> dict[int, list[str]]:
    """The lines about each paragraph by its number; 0 has those about all that is skipped."""
    found: dict[int, list[str]] = {0: []}
    for part in explanation.strip().split("\n\n"):
        head = re.match(r"¶(\d+) ", part)
        found.setdefault(int(head[1]) if head else 0, []).extend(part.splitlines())
    return found


def title_of(one: lc.Paragraph) -> str:
    tie = f", tied with {one.runner_up} (precedence decides)"
    lead = f" by {one.margin} over {one.runner_up}" if one.margin else tie
    mark = "?" if one.margin <= 2 else ""
    under = f", under ¶{one.under}" if one.under else ""
    late = "; in the last quarter, recommendation counts double"
    doubles = late if one.late and one.scores[lc.Tag.RECOMMENDATION] else ""
    return f"¶{one.number}  {one.tag}{mark}{lead}, line {one.line}{under}{doubles}"


def key_of(one: lc.Paragraph) -> list[str]:
    """What is told of the key sentence, by adding up anew."""
    points = []
    for number, sentence in enumerate(one.block.sentences, 1):
        terms = [("words", min(len(sentence.form.split()), 18))]
        terms += [(cue.rule, cue.weight) for cue in one.key_cues if cue.sentence == number]
        calls = [cue for cue in one.cues if cue.tag == "recommendation" and cue.sentence == number]
        if one.tag == "recommendation" and calls:
            terms.append(("call to act", 10))
        points.append((sum(given for _, given in terms), sentence, terms))
    if len(points) == 1:
        return []
    (mine,) = (row for row in points if row[1] == one.key_sentence)
    points.remove(mine)
    others = max(total for total, _, _ in points)
    assert mine[0] >= others
    added = " + ".join(f"{name} {given}" for name, given in mine[2])
    told = f"{mine[0]} points = {added}; the next best has {others}"
    told += ", and is not longer" if others == mine[0] else ""
    return [f"  key      {one_line(mine[1].text)}", f"{'':11}{told}"]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_paragraph_of_the_op_ed_adds_up(run: Run, outline: lc.Outline) -> None:
    whys: dict[str, str] = {one.id: one.why for one in outline.rules.every}
    told = paragraphs_of(explain(run, "--verbose"))
    assert told.keys() - {0} == {one.number for one in outline.paragraphs}
    for one in outline.paragraphs:
        head, marked, *lines = told[one.number or 0]
        assert head == title_of(one)
        assert re.sub(rf"\[|\]{SMALL}", "", marked.strip()) == one_line(one.text)
        cues = [line for line in lines if re.match(rf" +{SMALL} ", line)]
        heard = [line.split()[1:] for line in cues if " silenced by " not in line]
        assert [words[:3] for words in heard] == [
            [cue.rule, cue.tag or "key", str(cue.weight)] for cue in one.heard
        ]
        assert [line.split('"  ')[1] for line in cues if " silenced by " not in line] == [
            one_line(whys[cue.rule]) for cue in one.heard
        ]
        key = key_of(one)
        assert lines[len(cues) : len(cues) + len(key)] == key
        sums = [match for line in lines if (match := SUM.fullmatch(line))]
        assert {match[1]: int(match[2]) for match in sums} == one.scores
        assert [match[1] for match in sums][:2] == [one.tag, one.runner_up]
        for _, score, terms in (match.groups() for match in sums):
            assert add(terms) == int(score)
        hopeless = [match[1] for match in sums if match[3].endswith(HOPELESS)]
        tips = [line[14:] for line in lines if line.startswith("    would win ")]
        assert len(tips) + len(hopeless) == 2
        assert one.tag not in hopeless
        suggested = sum(tip.count(";") + 1 for tip in tips)
        assert suggested == len(lc.find_tips(one, outline.rules))


HOPELESS = "; no single weight of these would do"


def add(terms: str) -> int:
    """What the terms of a sum come to."""
    added = 0
    for term in terms.removesuffix(HOPELESS).split(" + "):
        match = re.fullmatch(r"(?:\S+ |\d+ more \()(\d+)(?: × (\d+)|\))?", term)
        assert match or term == "no cue"
        added += int(match[1]) * int(match[2] or 1) if match else 0
    return added


def test_every_brief_explanation_of_the_op_ed_is_what_is_most_of_the_verbose_one(
    run: Run, outline: lc.Outline
) -> None:
    brief, verbose = (paragraphs_of(explain(run, *also)) for also in ((), ("--verbose",)))
    assert brief.keys() == verbose.keys()
    assert brief[0] == verbose[0]
    for one in outline.paragraphs:
        head, *lines = brief[one.number or 0]
        assert head == title_of(one)
        of_tag = [cue for cue in one.cues if cue.tag == one.tag]
        weights = sorted((cue.weight for cue in of_tag), reverse=True)[:3]
        because = [line[11:] for line in lines if line[:11].strip() in ("because", "")]
        told = [line for line in because if re.match(r"\S+ +\d+  ", line)]
        assert [int(line.split()[1]) for line in told] == weights
        for line in told:
            (cue,) = re.findall(r"\[(.*)\]", line)
            rule = line.split()[0]
            assert (rule, cue) in [(by.rule, one_line(by.text)) for by in of_tag]
        assert lines[0].startswith("  because  ")
        key = key_of(one)
        assert lines[len(told) : len(told) + len(key)] == key
        sums = [match for line in lines if (match := SUM.fullmatch(line))]
        full = [match for line in verbose[one.number or 0] if (match := SUM.fullmatch(line))]
        assert [match.groups()[:2] for match in sums] == [match.groups()[:2] for match in full]
        for match, whole in zip(sums, full, strict=True):
            assert add(match[3]) == int(match[2])
            assert match[3].count("+") == min(whole[3].count("+"), 3)
            assert match[3].split(" + ")[:3] == whole[3].split(" + ")[:3]
        tips = [line.split("; ") for line in lines if line.startswith("    would win ")]
        more = [line for line in verbose[one.number or 0] if line.startswith("    would win ")]
        assert tips == [line.split("; ")[:2] for line in more]


def test_the_nth_bracket_opens_the_nth_cue_and_its_number_closes_it(
    run: Run, outline: lc.Outline
) -> None:
    told = paragraphs_of(explain(run, "--verbose"))
    for one in outline.paragraphs:
        _, text, *lines = told[one.number or 0]
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
        assert [marked[n].strip() for n in heard] == [one_line(cue.text) for cue in one.heard]


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


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("options", [[], ["--verbose"], ["--rule", "turn"]], ids=" ".join)
def test_no_line_is_wider_than_the_terminal(
    run_in_terminal: RunInTerminal, options: list[str], columns: int
) -> None:
    screen = run_in_terminal("explain", *options, columns=columns)
    lines = re.sub(r"\x1b\[[\d;]*m", "", screen.text).splitlines()
    assert screen.code == 0
    assert [line for line in lines if len(line) > min(columns, 120)] == []
    assert {match[1] for line in lines if (match := re.match(r" *¶(\d+)", line))} == {
        str(number) for number in range(1, 11)
    }


def test_a_paragraph_is_explained_in_fourteen_lines_of_a_terminal(
    run_in_terminal: RunInTerminal,
) -> None:
    assert run_in_terminal("explain", "4").text.count("\n") <= 14
