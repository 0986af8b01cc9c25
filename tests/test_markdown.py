"""How texts are read that were written in Markdown, wrapped by a program or pasted from a page."""

import textwrap
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from conftest import ROOT, rule, rule_set
from hypothesis import given, settings
from hypothesis import strategies as st

import lankov_claims as lc

LONG = "The ferry, which is older than the pier, has never yet been late by more than an hour. " * 2
WRAPPED = """\
The harbour board met on Monday and agreed that the ferry
should run every hour from six until the lamps are lit.
And it will cost the town no more than a penny."""
# A stop near the margin, a name behind it: as wrapping leaves them now and then.
CHANCE = """\
The harbour board met on Monday and agreed at once.
Ann Reed, who was there, says that nobody spoke."""


def paragraphs(text: str) -> list[str]:
    return [block.text for block in lc.find_blocks(text)]


def indented(text: str, first: str, others: str = "") -> str:
    """Lines, with something before the first one and the others."""
    return first + text.replace("\n", f"\n{others}")


# ------------------------------------------------------------------------------------ paragraphs

# "¶" stands for a newline between two paragraphs.
PARAGRAPHS = [
    ("a wrapped paragraph", WRAPPED),
    ("a sentence that ends at the margin", CHANCE),
    ("a wrapped paragraph that is indented as a whole", indented(WRAPPED, "    ", "    ")),
    ("a line after which the next word would have fitted", f"{WRAPPED}¶That is all.¶{WRAPPED}"),
    ("a short line that goes on in lower case", f"It is so\nand\nit stays so.¶{WRAPPED}"),
    ("an indented first line", f"{WRAPPED}¶    {WRAPPED}¶    {CHANCE}"),
    ("an indented line that says what the one before it says", "It rained.¶    It rained."),
    ("a first line behind a tab", f"{WRAPPED}¶\t{WRAPPED}¶\t{CHANCE}"),
    ("a first line behind wide spaces", f"{WRAPPED}¶\u3000\u3000{WRAPPED}"),
    ("a line that is too wide to be wrapped", f"{LONG.strip()}¶Two.¶three"),
    ("a line of 120 characters", f"{'word ' * 23}word.\n{'Word ' * 20}."),
    ("a line of 121 characters", f"{'word ' * 23}words.¶{'Word ' * 20}."),
    ("a wide line that could not be broken", f"{'x' * 130}\nand so on."),
    ("a byline, a date and a button", "By Ann Reed¶24 November 2026¶Share"),
    ("a byline above a text", f"By Ann Reed¶24 November 2026¶{WRAPPED}"),
    ("short sentences", "Roses are red.¶Violets are blue.¶Sugar is sweet."),
    ("speech", "“No.”¶“Yes.”¶“Why?”"),
    ("bullets", "- One.¶- Two.¶* Three.¶+ Four.¶• Five."),
    ("bullets in lower case", "- one¶- two¶- three"),
    ("a list behind its introduction", "They want this:¶- one,¶- two."),
    ("numbers", "1. One.¶2. Two.¶10. Ten.¶103. More."),
    ("letters and brackets", "a) One.¶b) Two.¶1) Three.¶(c) Four.¶(12) Five."),
    ("boxes to tick", "- [ ] Dig.¶- [x] Fill."),
    ("an item that is wrapped with a hanging indentation", "- One goes on\n  and on.¶- Two."),
    ("an item that is wrapped without one", "- One goes on\nand on.¶- Two."),
    ("a number's item that is wrapped", "9. Nine goes on\n   and on.¶10. Ten goes\n    on."),
    ("an item in an item", "- One:¶  - Two is\n    wrapped.¶  1. Three.¶- Four."),
    ("a paragraph that is deeper than an item", "- One goes on here.¶    Deeper.¶- Two."),
    ("what only looks like an item",
     "It was cold on the pier, and fell to\n-5 degrees at noon and then rose to\n1.5 degrees."),
    ("a heading", "# The boats¶Text here.¶## More boats¶Text there."),
    ("a heading below a text", f"{WRAPPED}¶###### Six¶{CHANCE}"),
    ("a heading that goes on in lower case", "# The boats¶and the pier."),
    ("what only looks like a heading", "The pier is known to us all as the\n#1 of ten."),
    ("a quotation", "> The well is dry and\n> so is the pump."),
    ("a wrapped quotation", indented(WRAPPED, "> ", "> ")),
    ("a quotation behind its introduction", "She wrote:¶> The well is dry and\n> so is the pump."),
    ("a quotation without spaces", ">The well is dry and\n>so is the pump."),
    ("a quotation that goes on without its mark", "> The well is dry and\nso is the pump."),
    ("a list in a quotation", "> They want this:¶> - one,¶> - two."),
    ("footnotes", "Text says so.[^1]¶[^1]: A note.¶[^two]: Another\n    that goes on."),
    ("a divider", "It rained.¶* * *¶It snowed.¶---¶It froze.¶***¶___"),
    ("a divider of dots", "It rained.¶• • •¶It snowed.¶—————¶It froze."),
    ("a divider between wrapped paragraphs", f"{WRAPPED}¶- - -¶{CHANCE}"),
    ("an underlined heading alone", "The boats\n========="),
    ("an underlined heading", f"The boats\n=========¶{WRAPPED}"),
    ("an underlined heading as wide as the text", f"{'The boats' * 6}\n{'=' * 54}¶{WRAPPED}"),
    ("an underlined heading that ends in a mark", f"Where are the boats?\n====¶{WRAPPED}"),
    ("front matter", "---\ntitle: Boats\nauthor: Ann Reed\n---¶Text here."),
    ("front matter with dots", "---\ntitle: Boats\ntags:\n  - pier\n...¶# Boats"),
    ("front matter that is not closed", "---¶title: Boats\nauthor: Ann¶It rained."),
    ("what stands between two dividers", "---¶It rained.¶---¶It poured."),
    ("what two dividers hold that is no front matter",
     "---¶Update: it is back.¶¶It rained on us.¶¶---¶It poured."),
    ("an underlined line further down that is no front matter", "It rained.¶---¶title: Boats\n---"),
    ("a table", "| year | boats |¶|------|-------|¶| 2026 | 4     |"),
]  # fmt: skip


@pytest.mark.parametrize("marked", [pytest.param(row, id=name) for name, row in PARAGRAPHS])
def test_paragraphs_part_where_a_reader_would_part_them(marked: str) -> None:
    expected = [part.strip() for part in marked.split("¶") if part]
    assert paragraphs(marked.replace("¶", "\n")) == expected


@pytest.mark.parametrize("marked", [pytest.param(row, id=name) for name, row in PARAGRAPHS])
def test_line_ends_of_any_kind_part_the_same(marked: str) -> None:
    text = marked.replace("¶", "\n")
    for newline in ("\r\n", "\r"):
        decoded = lc.decode(text.replace("\n", newline).encode(), "")
        assert list(lc.find_blocks(decoded)) == list(lc.find_blocks(text))


@pytest.mark.parametrize("opening", ["- ", "1. ", "a) ", "> ", "# ", "[^1]: ", "  - ", "    "])
def test_a_paragraph_keeps_its_marker_and_leaves_out_its_indentation(opening: str) -> None:
    (block,) = lc.find_blocks(f"\n{opening}It rained.  \n")
    assert (block.text, block.line) == (f"{opening.lstrip()}It rained.", 2)
    assert block.start == 1 + len(opening) - len(opening.lstrip())


# --------------------------------------------------------------------------------- matching form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("- **Run** the [four routes](https://example.org/x) now.",
                     "Run the four routes now.", id="an item with all of it"),
        pytest.param("- Dig.", "Dig.", id="a dash"),
        pytest.param("* Dig.", "Dig.", id="a star"),
        pytest.param("+ Dig.", "Dig.", id="a plus"),
        pytest.param("•\tDig.", "Dig.", id="a bullet and a tab"),
        pytest.param("12. Dig.", "Dig.", id="a number"),
        pytest.param("3) Dig.", "Dig.", id="a number and a bracket"),
        pytest.param("(b) Dig.", "Dig.", id="a letter in brackets"),
        pytest.param("- [x] Dig.", "Dig.", id="a box that is ticked"),
        pytest.param("## Dig", "Dig", id="a heading"),
        pytest.param("> Dig\n> deep.", "Dig deep.", id="a quotation's lines"),
        pytest.param("> > Dig\n> > deep.", "Dig deep.", id="a quotation in another"),
        pytest.param("> - Dig.", "Dig.", id="an item in a quotation"),
        pytest.param("[^well]: Dig.", "Dig.", id="a footnote"),
        pytest.param("-Dig #1, 1.5 > 1", "-Dig #1, 1.5 > 1", id="no markers"),
        pytest.param("*Dig* **deep** ***now***", "Dig deep now", id="stars"),
        pytest.param("_Dig_ __deep__ ___now___", "Dig deep now", id="underscores"),
        pytest.param("(*Dig*), “_deep_”!", '(Dig), "deep"!', id="emphasis inside marks"),
        pytest.param("**“Dig,”** _“deep,”_ *(now)*", '"Dig," "deep," (now)',
                     id="emphasis around marks"),
        pytest.param("**Dig\ndeep.**", "Dig deep.", id="emphasis over two lines"),
        pytest.param("2 * 3, a*b, snake_case_name, _", "2 * 3, a*b, snake_case_name, _",
                     id="stars and underscores that are text"),
        pytest.param("the [well](https://example.org/a_(b)_c) is", "the well is", id="a link"),
        pytest.param('the [well](a.html "Dry") is', "the well is", id="a link with a title"),
        pytest.param("the [dry\nwell](a.html) is", "the dry well is", id="a link over two lines"),
        pytest.param("[*Dig*](a) **[deep](b)**", "Dig deep", id="emphasis in and around links"),
        pytest.param("He [sic] dug (deep).", "He [sic] dug (deep).", id="brackets that are text"),
        pytest.param("a dry ![A well](well.png) well", "a dry well", id="an image"),
        pytest.param("a dry [![A well](well.png)](a.html) well", "a dry well",
                     id="an image in a link"),
        pytest.param("It is dry[^1], she says.[^two]", "It is dry, she says.",
                     id="footnote references"),
        pytest.param(r"\# 1986\. AT\&T \[sic\]", "# 1986. AT&T [sic]", id="escapes"),
        pytest.param(r"a \*dry\* \_well\_", "a *dry* _well_", id="what is escaped stays"),
        pytest.param(r"C:\new", r"C:\new", id="a backslash that is text"),
    ],
)  # fmt: skip
def test_markdown_is_matched_without_its_marks(text: str, form: str) -> None:
    assert lc.matching_form(text) == form


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        pytest.param("- Hot tea.", "Hot tea", id="behind a marker"),
        pytest.param("> A hot\n> tea.", "hot\n> tea", id="over a quotation's lines"),
        pytest.param("**Hot** tea.", "Hot** tea", id="emphasis inside it"),
        pytest.param("A **hot tea**.", "hot tea", id="emphasis around it"),
        pytest.param("A [hot tea](a.html).", "hot tea", id="a link around it"),
        pytest.param("A [hot](a.html) tea.", "hot](a.html) tea", id="a link that ends in it"),
        pytest.param("A hot [tea](a.html).", "hot [tea", id="a link that begins in it"),
        pytest.param("A hot[^1] tea.", "hot[^1] tea", id="a footnote reference in it"),
        pytest.param("A hot ![Cup](c.png) tea.", "hot ![Cup](c.png) tea", id="an image in it"),
        pytest.param("![Cup](c.png) Hot tea.", "Hot tea", id="an image before it"),
        pytest.param("It rained.\n- **A** hot\n  tea.", "hot\n  tea", id="a wrapped item"),
        pytest.param("> ** hot tea", "hot tea", id="stray stars in a quotation"),
        pytest.param(">*** hot tea", "hot tea", id="stray stars behind a quotation's mark"),
        pytest.param("[^1]:_ hot tea", "hot tea", id="a stray underscore in a footnote"),
    ],
)
def test_a_cue_is_the_exact_text(text: str, cue: str) -> None:
    rules = lc.parse_rules(rule_set(rule("tea", ["hot tea"])))
    cues = [one for block in lc.build_outline(text, rules).blocks for one in block.cues]
    assert [(one.text, text[one.start : one.end]) for one in cues] == [(cue, cue)]


@pytest.mark.parametrize("marker", ["", "- ", "* ", "• ", "1. ", "(a) ", "- [ ] ", "> ", "> - "])
@pytest.mark.parametrize(
    "words",
    ["Run the four routes", "**Run** the [four routes](https://example.org/x)", "_Run the four_"],
    ids=["plain", "bold and linked", "italic"],
)
def test_a_list_item_reads_as_a_sentence(
    marker: str, words: str, shipped_rules: lc.RuleSet
) -> None:
    outline = lc.build_outline(f"{marker}{words} every ten minutes.", shipped_rules)
    assert [one.verdict for one in outline.blocks] == [lc.Tag.RECOMMENDATION]


# ---------------------------------------------------------------------- the shipped text, pasted


def fill(paragraph: str, indent: str = "") -> str:
    return textwrap.fill(paragraph, 72, break_on_hyphens=False, initial_indent=indent)


def on_one_line(paragraph: str) -> str:
    return " ".join(paragraph.split())


@pytest.mark.parametrize(
    ("change", "newline"),
    [
        pytest.param(str, "\n", id="blank lines removed"),
        pytest.param(fill, "\n\n", id="wrapped"),
        pytest.param(lambda one: fill(one, "    "), "\n", id="wrapped and indented"),
        pytest.param(on_one_line, "\r\n", id="one line a paragraph, from Windows"),
    ],
)
def test_the_shipped_text_is_read_the_same_however_it_is_pasted(
    change: Callable[[str], str], newline: str, op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    pasted = newline.join(map(change, op_ed.strip().split("\n\n")))
    tags = [
        [one.verdict for one in lc.build_outline(text, shipped_rules).paragraphs]
        for text in (op_ed, lc.decode(pasted.encode(), ""))
    ]
    assert len(tags[0]) == 10
    assert tags[1] == tags[0]


# ----------------------------------------------------------------------------- a whole op-ed


def test_a_markdown_op_ed_keeps_its_parts_apart(shipped_rules: lc.RuleSet) -> None:
    text = (ROOT / "tests/golden/markdown-op-ed.md").read_text(encoding="utf-8")
    outline = lc.build_outline(text, shipped_rules)
    lines = [one.block.text.partition("\n")[0][:12].rstrip() for one in outline.skipped]
    assert lines == [
        "---", "# Leave the", "By Nell Garr", "![The *Marig", "## Who was o", "| Crossing",
        "|-----------", "| 8.10 p.m.", "| 9.40 p.m.", "* * *", "## What it w", "Share | Save",
        "*Nell Garrow",
    ]  # fmt: skip
    items = [one for one in outline.paragraphs if one.block.text.startswith(("- ", "1", "2", "3"))]
    assert len(items) == 6


# ------------------------------------------------------------------------------ for any text

PIECES = st.sampled_from(
    [
        "- ", "* ", "+ ", "• ", "1. ", "12. ", "a) ", "(b) ", "# ", "### ", "> ", ">", "[^1]: ",
        "[^1]:", "    ", "  - ", "\t", "* * *", "---", "===", "- [ ] ", "| ", " ",
        "hot ", "tea ", "Hot ", "tea. ", "Tea. ", "A ", "it ", "a.m. ", "Mr ", "5 ", "(hot tea. ",
        "Hot.) ", "“Hot ", "tea.” ", "word, ", "x_y ", "AD", "key: tea",
        "*", "**", "***", "_", "__", "**hot ", "tea** ", "_hot ", "tea_ ", "[hot ", "[tea](a) ",
        "tea](https://example.org/a_(b)) ", '[tea](a "t") ', "![Cup](c.png) ", "[^1]", "[1]",
        ".[^1] ", "\\* ", "\\", "![", "](", "()", "[", "]", ". ", "… ", "\u00a0", "\u2028",
    ]
)  # fmt: skip
OPENINGS = st.sampled_from(["", "", "- ", "  - ", "1. ", "(b) ", "# ", ">", "> ", "[^1]:", "    "])
LINES = st.builds("{}{}".format, OPENINGS, st.lists(PIECES, max_size=8).map("".join))
COLD_LINES = LINES.filter(lambda line: "hot" not in line.lower())
TEXTS = st.lists(LINES, max_size=8).map("\n".join)

# "hot tea" as Markdown writes it.
TEAS = st.sampled_from(
    [
        "hot tea", "Hot  TEA", "**hot** tea", "hot _tea_", "*hot tea*", "__hot tea__",
        "[hot tea](a)", "[hot](https://example.org/a_(b)) tea", '[*hot* tea](a "t")', "hot[^1] tea",
        "hot\n> tea", "hot ![Cup](c.png) tea", "**[hot tea](a)**", "“hot tea”", "hot\\: tea",
    ]
)  # fmt: skip

WORDS = st.text("abcdefgh", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=3, max_size=20).map(lambda words: f"The {' '.join(words)}.")
PROSE = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)


@given(TEXTS)
def test_nothing_of_a_text_is_lost(text: str) -> None:
    outside, offset = "", 0
    for block in lc.find_blocks(text):
        assert offset <= block.start
        outside, offset = outside + text[offset : block.start], block.end
    assert not (outside + text[offset:]).strip()


@given(TEXTS)
def test_every_span_is_exact(text: str) -> None:
    for block in lc.find_blocks(text):
        assert block.line == text.count("\n", 0, block.start) + 1
        spans: list[lc.Block | lc.Sentence] = [block, *block.sentences]
        for span in spans:
            assert text[span.start : span.end] == span.text == span.text.strip() != ""


@given(TEXTS)
def test_sentences_cover_their_paragraph_but_for_white_space(text: str) -> None:
    for block in lc.find_blocks(text):
        spans = block.sentences
        assert (spans[0].start, spans[-1].end) == (block.start, block.end)
        for left, right in pairwise(spans):
            assert text[left.end : right.start].isspace()


@given(TEXTS)
def test_a_paragraph_reads_the_same_alone(text: str) -> None:
    for block in lc.find_blocks(text):
        assert lc.make_block(block.text, block.start, block.line) == block


@given(TEXTS, TEXTS)
def test_a_blank_line_parts_whatever_stands_around_it(above: str, below: str) -> None:
    text = f"It rained.\n{above}\n\n{below}"
    parts = [*paragraphs(f"It rained.\n{above}"), *paragraphs(f"\n{below}")]
    assert paragraphs(text) == parts


@given(TEXTS)
def test_a_matching_form_is_what_is_left_of_its_text_in_order(text: str) -> None:
    for sentence in (one for block in lc.find_blocks(text) for one in block.sentences):
        rest = iter(lc.fold_marks(sentence.text))
        assert all(character in rest for character in sentence.form)


@given(TEXTS)
@settings(max_examples=300)
def test_a_cue_begins_and_ends_with_its_phrase(text: str) -> None:
    rules = lc.parse_rules(rule_set(rule("hot", ["hot"]), rule("tea", ["tea"])))
    for block in lc.build_outline(text, rules).blocks:
        for cue in block.cues:
            assert text[cue.start : cue.end] == cue.text
            assert cue.text.casefold() == cue.rule


@given(COLD_LINES, TEAS, COLD_LINES)
def test_a_cue_without_its_marks_is_the_phrase(before: str, tea: str, after: str) -> None:
    text = f"{before} {tea} {after}"
    rules = lc.parse_rules(rule_set(rule("tea", ["hot tea", "hot: tea"])))
    cues = [cue for block in lc.build_outline(text, rules).blocks for cue in block.cues]
    for cue in cues:
        assert lc.bare(cue.text).casefold() in ("hot tea", "hot: tea")


@given(PROSE, st.integers(50, 120), st.sampled_from(["", "- ", "> ", "10. ", "[^1]: ", "    "]))
def test_wrapping_changes_no_paragraph_at_any_width(prose: str, width: int, opening: str) -> None:
    hanging = opening if opening == "> " else " " * len(opening)
    wrapped = textwrap.fill(prose, width, initial_indent=opening, subsequent_indent=hanging)
    (block,) = lc.find_blocks(wrapped)
    (flat,) = lc.find_blocks(f"{opening}{prose}")
    assert [one.form for one in block.sentences] == [one.form for one in flat.sentences]


@given(st.lists(PROSE, min_size=1, max_size=5), st.integers(50, 120))
def test_wrapped_items_stay_apart(items: Sequence[str], width: int) -> None:
    wrapped = [
        textwrap.fill(item, width, initial_indent="- ", subsequent_indent="  ") for item in items
    ]
    assert paragraphs("\n".join(wrapped)) == wrapped


@given(st.lists(PROSE, min_size=1, max_size=5, unique=True), st.integers(50, 120))
def test_wrapped_paragraphs_with_indented_first_lines_stay_apart(
    prose: Sequence[str], width: int
) -> None:
    wrapped = [textwrap.fill(one, width, initial_indent="    ") for one in prose]
    blocks = list(lc.find_blocks("\n".join(["It rained and", "rained.", *wrapped])))
    assert [block.text for block in blocks[1:]] == [one.strip() for one in wrapped]


# ------------------------------------------------------------------------------------ long lines


@pytest.mark.timed
@pytest.mark.parametrize(
    "unit",
    [
        "x", "x ", " ", "[", "*", "(", "> ", "\n- ", "\n> ", "](", "![", "[^", "\\", "_", "#", ".",
        ".*", "! ", "a.m. ", "(a) B. ", "[a](", ".[^1]", "\n    ", "---\nk: v\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "x"])
def test_the_time_that_a_text_takes_grows_with_its_length_only(unit: str, end: str) -> None:
    text = f"{unit * (20_000 // len(unit))}{end}"
    before = time.process_time()
    list(lc.find_blocks(text))
    assert time.process_time() - before < 2


@pytest.mark.slow
@pytest.mark.timed
def test_a_paragraph_of_many_sentences_is_parted_without_a_look_at_all_before_each() -> None:
    before = time.process_time()
    (block,) = lc.find_blocks("It’s so. " * 200_000)
    assert len(block.sentences) == 200_000
    assert time.process_time() - before < 6  # a copy of what is before each took far longer


@pytest.mark.parametrize("width", [60, 66, 72])
def test_an_op_ed_that_is_wrapped_and_has_no_blank_line_keeps_its_ten_tags(
    shipped_rules: lc.RuleSet, op_ed: str, width: int
) -> None:
    """Where the next word would have fitted no wrapping ended a line; full last lines stay."""
    lines = []
    for line in op_ed.splitlines():
        lines += textwrap.wrap(line, width, break_on_hyphens=False)
    whole, wrapped = (
        [one.tag for one in lc.build_outline(text, shipped_rules).paragraphs]
        for text in (op_ed, "\n".join(lines))
    )
    assert wrapped == whole


# --------------------------------------------------------------------- where wrapping would end


def line(width: int, end: str = "") -> str:
    """A line of so many columns; its first word, which has four, could begin a sentence."""
    return f"Pier {'x' * (width - 5 - len(end))}{end}"


FIVE = [line(60, ","), *[line(58)] * 4]  # lines that break off where the next word has no room

# Lines that were wrapped to 60 columns; None stands for where a paragraph ends.
MARGINS = [
    ("two thirds of the width", [line(60, ","), line(40), line(60)]),
    ("less than two thirds", [line(60, ","), line(39), None, line(60)]),
    ("a stop where the next word had no room", [line(60, ","), line(51, "."), line(60)]),
    ("a stop where it had room", [line(60, ","), line(50, "."), None, line(60)]),
    ("room to the last column, as all lines use it", [*FIVE, line(55, "."), None, line(60)]),
    ("no room to the last column", [*FIVE, line(56, "."), line(60)]),
    ("room to the last column, as four lines use it", [*FIVE[1:], line(55, "."), line(60, ",")]),
    ("room that another line left", [*FIVE, line(55), line(58), line(55, "."), line(60)]),
    ("room that a line of two thirds left", [*FIVE, line(40), line(55, "."), line(60)]),
    ("room that a shorter line left, which was ended",
     [*FIVE, line(39), None, line(55, "."), None, line(60)]),
    ("a stop only in the shortest line", [line(60), line(10, ".")]),
    ("no mark at the end of any line", [line(60), None, line(59), None, line(10)]),
    ("lines of 48 columns, to which nobody wraps less", [line(40, ","), line(32), line(40)]),
    ("a short line among lines of less", [line(40, ","), line(31), None, line(40)]),
]  # fmt: skip


@pytest.mark.parametrize("lines", [pytest.param(row, id=name) for name, row in MARGINS])
def test_a_line_is_ended_by_its_author_where_no_wrapping_would_have_ended_it(
    lines: list[str | None],
) -> None:
    marked = "\n".join("¶" if one is None else one for one in lines)
    expected = marked.split("\n¶\n")
    assert paragraphs(marked.replace("¶\n", "")) == expected


# "¶" stands for a newline between two paragraphs, as above.
IN_THE_MIDDLE = [
    ("one letter", "A¶"),
    ("a line that stands there twice", "AD\nAD"),
    ("a wide line with room for a break only beyond its margin", f"{'x' * 130} so it\nis."),
    ("a dash before a lower-case word", "The pier, which is old and grey\n- and shut - is ours."),
    ("a dash before a word with a capital in it", "The shop on the pier sells\n- iPods - to us."),
    ("a dash before a capital", "The shop on the pier sells\nall of this¶- Hats."),
    ("a dash in a wrapped quotation", "> The pier is old\n> - and grey -\n> and it is shut."),
    ("a star before a lower-case word", f"{WRAPPED}¶* one,¶* two."),
    ("a plus before a lower-case word", f"{WRAPPED}¶+ one,¶+ two."),
    ("a bullet before a lower-case word", f"{WRAPPED}¶• one,¶• two."),
    ("a number that is no first one", "The pier was shut in May of\n12. It is\n2. so there."),
    ("the first number", "They want all of this of us\nnow¶1. one,¶2. two."),
    ("a heading in lower case", f"{WRAPPED}¶# the boats"),
    ("a footnote in lower case", f"{WRAPPED}¶[^1]: see there."),
    ("an empty line of a quotation", "> The well is dry.\n>¶> The pump is not."),
    ("a tab as deep as four spaces", f"    {WRAPPED.splitlines()[0]}\n\tshould run now."),
    ("a footnote's line below its first", "[^1]: The ferry that goes there\nshould run now."),
    ("a line as deep as an item's words", "- The ferry that goes there\n  as deep as they are."),
    ("a line deeper than an item's words", "- The ferry that goes there¶   deeper than they are."),
]


@pytest.mark.parametrize("marked", [pytest.param(row, id=name) for name, row in IN_THE_MIDDLE])
def test_a_mark_in_the_middle_of_a_text_begins_a_paragraph_where_no_wrapping_left_it(
    marked: str,
) -> None:
    expected = [part for part in marked.split("¶") if part]
    assert [one.strip() for one in paragraphs(marked.replace("¶", "\n"))] == [
        one.strip() for one in expected
    ]


def test_marks_behind_a_marker_are_left_out_and_the_marker_too() -> None:
    assert lc.matching_form("[^well]: **Dig** it.") == "Dig it."
