"""From bytes to text, paragraphs and sentences, and the form of a sentence that rules see."""

import hashlib
import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

SPACES = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
# Arbitrary texts seldom hold a sentence, so half of them are made of what sentences end with.
TEXTS = st.text() | st.text("aAbU1S. .!?…\"”'’)(“[ \n\n\r\t\u00a0\u2028")


def paragraphs(text: str) -> list[str]:
    return [block.text for block in lc.find_blocks(text)]


def sentences(text: str) -> list[str]:
    return [sentence.text for block in lc.find_blocks(text) for sentence in block.sentences]


# -------------------------------------------------------------------------------------- decoding


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param("Café ☕ 🫖".encode(), "Café ☕ 🫖", id="UTF-8"),
        pytest.param(b"\xef\xbb\xbfTea", "Tea", id="a leading BOM is dropped"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfTea", "\ufeffTea", id="only the first BOM"),
        pytest.param("Tea\ufeff".encode(), "Tea\ufeff", id="a BOM later on is text"),
        pytest.param(b"a\r\nb\rc\nd", "a\nb\nc\nd", id="every newline is LF"),
        pytest.param(b"a\r\r\nb\n\rc", "a\n\nb\n\nc", id="mixed newlines"),
        pytest.param("a\u2028b\x85c\x0cd".encode(), "a\u2028b\x85c\x0cd", id="no other newline"),
    ],
)
def test_bytes_become_text(data: bytes, text: str) -> None:
    assert lc.decode(data, "tea.txt") == text


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\xff", "tea.txt:1:1: ", id="first byte"),
        pytest.param(b"ab\xff", "tea.txt:1:3: ", id="later in a line"),
        pytest.param("éé".encode() + b"\xff", "tea.txt:1:3: ", id="columns count characters"),
        pytest.param(b"a\r\nb\rc\nd\xe9", "tea.txt:4:2: ", id="lines of every kind"),
        pytest.param(b"a\r\n\xe9", "tea.txt:2:1: ", id="first in a line"),
        pytest.param(b"tea \xe2\x82", "tea.txt:1:5: ", id="cut short"),
        pytest.param(b"a\xed\xa0\x80", "tea.txt:1:2: ", id="a surrogate"),
        pytest.param("Tea".encode("utf-16-le") + b"\xff", "tea.txt:1:7: ", id="UTF-16"),
        pytest.param(b"\xef\xbb\xbfab\xff", "tea.txt:1:3: ", id="a BOM takes no column"),
    ],
)
def test_bytes_that_are_not_utf_8_are_refused_with_their_place(data: bytes, place: str) -> None:
    with pytest.raises(lc.Failure) as caught:
        lc.decode(data, "tea.txt")
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)


@given(TEXTS)
def test_decoding_its_own_output_changes_nothing(raw: str) -> None:
    text = lc.decode(raw.lstrip("\ufeff").encode(), "")
    assert lc.decode(text.encode(), "") == text


# ------------------------------------------------------------------------------------ paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="an empty text has none"),
        pytest.param(" \n\t\n", [], id="nor has one of white space"),
        pytest.param("One.", ["One."], id="no final newline"),
        pytest.param("One\ntwo\nthree.\n", ["One\ntwo\nthree."], id="hard wraps"),
        pytest.param("One.\n\nTwo.", ["One.", "Two."], id="a blank line parts"),
        pytest.param("One.\n\n\n\nTwo.\n\n", ["One.", "Two."], id="so do several"),
        pytest.param("  One \n  two.\t\n", ["One \n  two."], id="outer white space is left out"),
        pytest.param("\u00a0One.\u3000\n\n", ["One."], id="outer white space of any kind"),
        pytest.param("One\u2028\u2028two\x0c\x85\x1dthree", ["One\u2028\u2028two\x0c\x85\x1dthree"],
                     id="only LF breaks lines"),
    ],
)  # fmt: skip
def test_a_paragraph_is_a_run_of_lines_that_are_not_blank(text: str, expected: list[str]) -> None:
    assert paragraphs(text) == expected


def test_a_line_of_any_white_space_is_blank() -> None:
    joined = [space for space in SPACES if len(paragraphs(f"One.\n{space}\nTwo.")) != 2]
    assert joined == []


def test_a_paragraph_knows_the_line_where_it_starts() -> None:
    blocks = lc.find_blocks("\n \nOne.\ntwo\n\n\u2028\n  Three.\n\nFour.")
    assert [block.line for block in blocks] == [3, 7, 9]


# ------------------------------------------------------------------------------------- sentences

SENTENCES = [  # "|" stands for the white space between two sentences
    ("plain", "It rained.|We stayed in.|Nobody minded."),
    ("no stop at all", "Tea at four"),
    ("a question and a call", "Is it hot?|It is!|Drink it."),
    ("several marks", "You ate what?!|Never again!!|Why??|Ask her."),
    ("no white space", "It rained.We stayed in."),
    ("a site's name", "Go to example.com today."),
    ("lower case after a stop", "It rained. then it did not."),
    ("lower case after a question", "“Is it hot?” she asked."),
    ("a digit after a stop", "It rained.|12 people came."),
    ("an accented capital", "It rained.|Élodie stayed in."),
    ("a capital of another script", "It rained.|Жук ушёл."),
    ("a title-case letter", "It rained.|ǅep stayed in."),
    ("a dash after a stop", "It rained. — So they say."),
    ("a colon and a semicolon", "One: Two; Three.|Four."),
    ("Dr.", "Dr. Amis baked.|She sang."),
    ("Gen. and Prof.", "Gen. Ross met Prof. Li.|They ate."),
    ("two titles", "Lt. Col. Mason and Mrs. Oda won."),
    ("a title before an opener", "Ask Dr. No.|He knows."),
    ("St.", "It is wet in St. Ives."),
    ("initials", "J. Q. Miller sold hats."),
    ("joined initials", "J.Q. Miller sold hats."),
    ("an initial before an opener", "We met Ann B. The baker came too."),
    ("initials after a stop", "It rained.|E. M. Stone sang."),
    ("U.S. inside", "The U.S. team and the U.S. Open."),
    ("U.S. before an opener", "They left the U.S.|The rent was high."),
    ("U.S. before But", "It grows in the U.S.|But not here."),
    ("U.S. before a contraction", "It grows in the U.S.|It’s sweet."),
    ("U.S. before a quoted opener", "They left the U.S.|“The rent,” he said."),
    ("U.S. before a quoted name", "They met in the U.S. “Senate” today."),
    ("U.S. in brackets before an opener", "They left (for the U.S.)|The rent was high."),
    ("U.S. with a call", "Hail the U.S.!|Parades followed."),
    ("a.m. before a name", "It opens at 9 a.m. Friday."),
    ("a.m. before an opener", "It opens at 9 a.m.|The queue is long."),
    ("p.m. glued to its number", "It shut at 5p.m.|It was dark."),
    ("etc. before an opener", "Bring cups, spoons, etc.|But no cat."),
    ("etc. before a name", "Bring Anna, Ben, etc. Carol drives."),
    ("e.g. and i.e.", "One apple, e.g. Bramley, i.e. Ben’s."),
    ("Ph.D. before an opener", "She took a Ph.D.|Then she left."),
    ("v.", "The case of Smith v. Jones was short."),
    ("a month", "It began on Jan. 5 and ended."),
    ("a page", "The cake is on p. 9 there."),
    ("No. with a number", "Bake No. 5 first."),
    ("no as an answer", "We asked.|No.|Nobody came."),
    ("a lower-case no", "She said no.|5 of us left."),
    ("decimals", "Milk rose 2.5 percent to 3.50 a jug.|Bread fell."),
    ("a number at the end", "We bought 12.|Nobody ate them."),
    ("an ellipsis before a capital", "Well…|Perhaps not."),
    ("an ellipsis before lower case", "Well… perhaps not."),
    ("three dots before a capital", "Well...|Perhaps not."),
    ("three dots before lower case", "Well... perhaps not."),
    ("a closing double quote", "He said “no.”|She left."),
    ("a closing single quote", "He said ‘no.’|She left."),
    ("straight quotes", "He said \"no.\"|'Yes.'|She left."),
    ("guillemets", "«Non.»|‹Si.›|«Bon.»"),
    ("a bracketed sentence", "(It rained.)|[It did.]|{So?}|We stayed."),
    ("a quote and a bracket", "(He said “no.”)|She left."),
    ("a bracket before the stop", "It rained (a lot).|We stayed."),
    ("an opening quote after a stop", "It rained.|“Good,” she said."),
    ("a single opening quote", "It rained.|‘Good,’ she said."),
    ("a low opening quote", "It rained.|„Good, he said."),
    ("an opening bracket", "It rained.|(Nobody minded.)"),
    ("only marks", "?!..."),
    # The phenomena that the public golden rules for splitting English list.
    ("an initial in the middle of a name", "Jonas B. Reed dug the well.|It was dry."),
    ("a one-letter abbreviation in lower case", "Turn to p. 55 now.|It is short."),
    ("pages", "See pp. 12 and 14 there."),
    ("co. in the middle", "Were Ann and co. at the pier?"),
    ("Co. in the middle", "They sold it to Reed, Ash & Co. at noon."),
    ("Co. before a name", "Kettle Co. Pumps leak."),
    ("Ltd. in the middle", "Brine & Son Ltd. owns the pier."),
    ("co. at the end", "Ask Ann and co.|They were there."),
    ("Co. at the end", "They sold it to Reed, Ash & Co.|It was cheap."),
    ("Inc. at the end", "We wrote to Kettle Inc.|Nobody answered."),
    ("an abbreviation before a name", "They climbed Mt. Ash at dawn."),
    ("abbreviations on both sides of a name", "St. Brine’s Hall is on 5th st. near the pump."),
    ("Jr. at the end", "We met Tom Reed Jr.|He sold pumps."),
    ("a possessive Jr.", "That is Tom Reed Jr.’s pump.|Leave it."),
    ("a possessive abbreviation before a name", "It is Kettle Co.'s Pump.|The U.S.’s is not."),
    ("letters with stops in the middle", "She saw the U.S.A. last year."),
    ("letters with stops at the end", "The boats come from the E.U.|How old are they?"),
    ("a time in the middle", "It shut at 6 P.M. when the bell rang."),
    ("a time at the start", "At 5 a.m. Mr. Holt bakes.|He shuts at 6 p.m.|Mr. Holt then sleeps."),
    ("a day and a time at the start", "On Tuesday at 7:50 a.m. I watched."),
    ("a time at the end", "The shop opened at 7:50 a.m.|I was first."),
    ("a time in brackets", "We open early (9 a.m.) on Monday."),
    ("a price in the middle", "It cost $.75 or £2.50 a cup."),
    ("a price at the end", "She has $40.00.|It is hers."),
    ("a sentence in brackets inside", "The baker (He once dug wells.) sells tea."),
    ("two sentences in brackets inside", "She left (It rained. The bus was late.) and slept."),
    ("two sentences in brackets alone", "She left.|(It rained. The bus was late.)|We stayed."),
    ("a question in brackets inside", "We left (Why? Nobody knew.) at noon.|It rained."),
    ("a bracket that is not closed", "We left (it rained.|Nobody minded."),
    ("an e-mail address at the end", "Write to Desk.Office@Example.org.|She reads it."),
    ("an e-mail address inside", "Write to Desk.Office@Example.org today."),
    ("an address at the end", "See https://www.example.50.org/new-site/a_b.html.|It is short."),
    ("an address inside", "Her page, www.Example.org/Tea?Cup=2, is down."),
    ("a single quotation inside", "She turned and said, 'It is dry.' and left."),
    ("a double quotation inside", 'She turned, "It is dry." she said.|We dug.'),
    ("a quotation at the end", 'She turned, "It is dry."|She left.'),
    ("a quotation of several sentences", "“It rained.|We stayed in.|Nobody minded,” she said."),
    ("a single quotation of several", "‘It rained.|We stayed in,’ she said."),
    ("guillemets of several", "«Il pleut.|On reste.|Personne ne dort.»"),
    ("two calls", "Dig!!|Dig now."),
    ("two question marks", "Who dug??|Nobody."),
    ("a call and a question", "You drained it!?|Why?"),
    ("a question and a call mark", "You drained it?!|Why?"),
    ("spaced dots inside", "The well . . . was dry.|We dug."),
    ("spaced dots and a stop", "The list goes on . . . .|Read it."),
    ("four dots", "It went on and on....|We slept."),
    ("a stop and spaced dots", "It was said . . . and held. . . .|The pump stood. . . ."),
    ("dots in brackets", "“The well [...] was said to hold rain [...],” wrote Reed."),
    ("I at the end", "It is between you and I.|We know it."),
    ("I as an initial", "Have you met Olga I. Reed?"),
    ("a name with a call mark inside", "She worked at Yahoo! before the flood.|It paid."),
    ("a degree sign for a number", "Look for it at N°. 1026.253.553.|It is there."),
    ("a degree sign without a stop", "Take tram N° 5 to the pier.|It is slow."),
    # And what op-eds have besides.
    ("Prop. with a number", "Voters passed Prop. 103 in June.|Rates fell."),
    ("Props. with numbers", "Props. 8 and 47 passed."),
    ("Art. with a number", "Under Art. 5 of the lease we may paint."),
    ("Fig., Sec. and Vol.", "See Fig. 2 in Sec. 14 of Vol. 3 first."),
    ("Art without a number", "It is not Art.|It is plumbing."),
    ("a single letter as a name", "It was Mr K.|Mr K said so."),
    ("a single letter after a title with a stop", "We called him Mr. K.|Mrs. Ash did not."),
    ("an initial after a title", "We called Mr. K. Reed at noon."),
    ("a letter that names a thing", "Give them vitamin C.|They need it."),
    ("Misc. in a quotation", "It is filed under 'Misc. Africa' in the cellar."),
    ("a question mark that was a pound sign", "It costs (? 5) a week, or ? 20 a month."),
    ("a question before a figure", "Who came?|5 of us."),
    ("a year at the end", "It fell in 1901.|Nobody mourned."),
    ("an era at the end", "It fell in 44 B.C.|Nobody mourned."),
    ("a capital city", "She left Washington, D.C.|The train was late."),
    # What Markdown puts after a stop belongs to the sentence that it ends.
    ("emphasis around a sentence", "It was dry.|**Nobody dug.**|_We left._|*It rained.*"),
    ("a link around a sentence", "It was dry, [as we wrote.](https://example.org/a)|Nobody dug."),
    ("a link at the end", "It was dry, [as we wrote](https://example.org/a.html).|Nobody dug."),
    ("a link at the start", "It was dry.|[Nobody dug](https://example.org/a_(b))."),
    ("footnotes at the end", "It was dry.[^1]|Nobody dug.[2]|We left.³|It rained."),
    ("a footnote behind a quotation", "She said, “It is dry.”[^well]|Nobody dug."),
]


@pytest.mark.parametrize("marked", [pytest.param(row, id=name) for name, row in SENTENCES])
@pytest.mark.parametrize("gap", [" ", "\n", "\u00a0", " \t\u2028"], ids=ascii)
def test_sentences_end_where_a_reader_would_end_them(marked: str, gap: str) -> None:
    assert sentences(marked.replace("|", gap)) == marked.split("|")


@pytest.mark.parametrize("title", ["Mr", "Mrs", "Ms", "Dr", "Prof", "Rev", "Sen", "Gov", "Capt"])
def test_a_title_never_ends_a_sentence(title: str) -> None:
    assert sentences(f"We met {title}. The one and only.") == [f"We met {title}. The one and only."]


def test_a_sentence_never_crosses_paragraphs() -> None:
    assert sentences("It rained and\n\nwe stayed in.") == ["It rained and", "we stayed in."]


# --------------------------------------------------------------------------------- matching form


@pytest.mark.parametrize(
    ("marks", "plain"),
    [("‘’‛", "'''"), ("“”„", '"""'), ("\u2010\u2011", "--")],
    ids=["single quotes", "double quotes", "hyphens"],
)
def test_typographic_marks_are_matched_as_plain_ones(marks: str, plain: str) -> None:
    assert lc.matching_form(f"a{marks}b") == f"a{plain}b"


def test_a_run_of_any_white_space_is_matched_as_one_space() -> None:
    kept = [space for space in SPACES if lc.matching_form(f"a{space}\n{space}b") != "a b"]
    assert kept == []


UNSEEN = "\u00ad\u200b\u2060\ufeff"


@pytest.mark.parametrize("character", UNSEEN)
def test_what_pages_put_into_words_unseen_is_passed_over(character: str) -> None:
    """The rules find the words, the outline shows them, and offsets are those of the text."""
    text = f"{character}We m{character}ust wa{character}lk.\n\nSub{character}scribe now!\n"
    skip = [skip_rule("plea", ["subscribe now!"])]
    rules = lc.parse_rules(rule_set(rule("must", ["must walk"]), skip=skip))
    outline = lc.build_outline(text, rules)
    assert [one.skips for one in outline.blocks] == [(), ("plea",)]
    (cue,) = outline.paragraphs[0].cues
    assert (cue.text, text[cue.start : cue.end]) == (f"m{character}ust wa{character}lk",) * 2
    assert "We must walk." in lc.show_outline(outline, lc.View("tree", False, False, lc.Page(80)))


# The iota below a vowel, which re.IGNORECASE takes for the letter, is one where rules are matched.
@given(st.characters(exclude_characters=f"‘’‛“”„\u2010\u2011\u0345{UNSEEN}", codec="utf-8"))
def test_nothing_else_is_folded(character: str) -> None:
    expected = " " if character.isspace() else character
    assert lc.matching_form(f"a{character}b") == f"a{expected}b"


@pytest.mark.parametrize("character", "–—…‚‟«»′`´éﬁ½Ａ\u200c\u200d")
def test_a_mark_that_only_looks_alike_is_not_folded(character: str) -> None:
    assert lc.matching_form(character) == character


# ------------------------------------------------------------------------------ for any text


@given(TEXTS)
def test_a_paragraph_is_its_sentences_and_the_white_space_between(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    for block in lc.find_blocks(text):
        spans = block.sentences
        assert (spans[0].start, spans[-1].end) == (block.start, block.end)
        for left, right in pairwise(spans):
            assert left.start < left.end < right.start
            assert text[left.end : right.start].isspace()


@given(TEXTS)
def test_every_character_is_in_one_paragraph_or_white_space(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    outside, offset = "", 0
    for block in lc.find_blocks(text):
        assert offset <= block.start
        outside, offset = outside + text[offset : block.start], block.end
    assert not (outside + text[offset:]).strip()


@given(TEXTS)
def test_every_span_is_the_text_that_it_says(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    for block in lc.find_blocks(text):
        assert block.line == text.count("\n", 0, text.rfind("\n", 0, block.start) + 1) + 1
        spans: list[lc.Block | lc.Sentence] = [block, *block.sentences]
        for span in spans:
            assert text[span.start : span.end] == span.text == span.text.strip() != ""


@given(TEXTS)
def test_a_paragraph_reads_the_same_wherever_it_stands(raw: str) -> None:
    for block in lc.find_blocks(lc.decode(raw.encode(), "")):
        assert lc.make_block(block.text, block.start, block.line) == block


@given(TEXTS)
def test_a_sentence_is_matched_in_its_form_with_case_folded_letter_by_letter(raw: str) -> None:
    for block in lc.find_blocks(lc.decode(raw.encode(), "")):
        for sentence in block.sentences:
            assert sentence.form == lc.matching_form(sentence.text)
            assert len(lc.fold_case(sentence.form)) == len(sentence.form)


# --------------------------------------------------------------------------------- reading a file


@pytest.fixture
def standard_input(tmp_path: Path) -> Iterator[Path]:
    """A file that is this process's standard input, whatever is written to it."""
    path = tmp_path / "input"
    path.touch()
    kept, fed = os.dup(0), os.open(path, os.O_RDONLY)
    os.dup2(fed, 0)
    yield path
    os.dup2(kept, 0)
    os.close(kept)
    os.close(fed)


def test_a_file_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "tea.txt"
    path.write_bytes(b"Hot tea.")
    assert lc.read_bytes(str(path), 8) == b"Hot tea."
    with pytest.raises(lc.Failure, match=r"tea.txt: over 0 MB"):
        lc.read_bytes(str(path), 7)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        pytest.param(b"", [], id="none"),
        pytest.param(b"One.", ["One."], id="no final newline"),
        pytest.param(b"One.\n\nTwo.\n", ["One.", "", "Two."], id="an empty one"),
        pytest.param(b"\xef\xbb\xbfOne.\r\nTwo.\r\n", ["One.", "Two."], id="as on Windows"),
        pytest.param(b"One.\rTwo.\rThree.\nFour.", ["One.", "Two.", "Three.", "Four."],
                     id="carriage returns alone"),
    ],
)  # fmt: skip
def test_the_lines_of_a_file_come_without_their_ends(
    tmp_path: Path, data: bytes, lines: list[str]
) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes(data)
    assert list(lc.read_lines(str(path))) == lines


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"a \xff", "1:3", id="the first line"),
        pytest.param(b"a\nb\n\xff", "3:1", id="a later line"),
        pytest.param(b"a\rb\r\nc\n\nd\xff", "5:2", id="lines of every kind"),
        pytest.param(b"a\rb\rc\xff\n", "3:2", id="carriage returns alone"),
    ],
)
def test_a_line_that_is_not_utf_8_is_refused_with_its_place_in_the_file(
    tmp_path: Path, data: bytes, place: str
) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes(data)
    with pytest.raises(lc.Failure, match=f"rows.txt:{place}: the byte 0x[0-9A-F]+ is not UTF-8"):
        list(lc.read_lines(str(path)))


def test_a_line_may_be_as_long_as_a_text_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes(b"One.\nTwo.\nThree.\n")
    monkeypatch.setattr(lc, "MAX_TEXT", 7)
    assert list(lc.read_lines(str(path))) == ["One.", "Two.", "Three."]
    monkeypatch.setattr(lc, "MAX_TEXT", 6)
    with pytest.raises(lc.Failure, match=r"rows.txt:3:1: over 0 MB"):
        list(lc.read_lines(str(path)))


def test_a_dash_is_standard_input_which_stays_open(standard_input: Path) -> None:
    standard_input.write_bytes(b"Hot tea.")
    assert lc.read_text("-") == ("Hot tea.", "-")
    assert os.read(0, 1) == b""


def test_what_is_piped_in_and_is_no_plain_text_is_called_file(standard_input: Path) -> None:
    standard_input.write_bytes(b"%PDF-1.7")
    with pytest.raises(lc.Failure, match=r"^-: this is a PDF, .*-layout FILE FILE.txt\)$"):
        lc.read_text("-")


def test_a_web_page_is_known_below_a_notice_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"<!--\n  A notice.\n-->\n<html>")
    with pytest.raises(lc.Failure, match="this is HTML"):
        lc.read_text(str(path))


def test_what_a_terminal_would_obey_leaves_a_sign_in_its_place() -> None:
    assert lc.clean(" a\x1bb\n\tc\u202ed ") == "a\ufffdb c\ufffdd"


def test_every_text_has_a_digest() -> None:
    assert lc.digest("Café") == hashlib.sha256("Café".encode()).hexdigest()
    assert lc.digest("\ud800") == hashlib.sha256(b"\xed\xa0\x80").hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [("İZMİR", "izmir"), ("ıſ", "IS"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("ǅep", "ǆEP"), ("µ", "Μ")],
)
def test_what_differs_only_in_case_is_folded_alike_letter_by_letter(one: str, other: str) -> None:
    assert lc.fold_case(one) == lc.fold_case(other)
    assert len(lc.fold_case(one)) == len(one)


def test_a_text_alone_is_one_paragraph_from_its_first_character_on() -> None:
    block = lc.make_block("Hot  tea.\nCold “tea”.")
    assert (block.start, block.end, block.line) == (0, 21, 1)
    assert [one.form for one in block.sentences] == ["Hot tea.", 'Cold "tea".']


def test_a_sentence_that_is_its_own_matching_form_is_kept_once() -> None:
    (sentence,) = lc.make_block("Hot tea.").sentences
    assert sentence.form is sentence.text


# "|" stands for the white space between two sentences, as above.
MORE_SENTENCES = [
    ("a number's item", "1. It is dry.|It was wet."),
    ("two brackets with sentences", "She left (It rained. It hailed.) and he (So? No.) did not."),
    ("an ellipsis in brackets", "“It is dry […] Ann said.”|We left."),
    ("dots in brackets at the start", "[...] The well was dry.|We left."),
    ("dots in brackets before a capital", "“It is dry [...] Ann said.”|We left."),
    ("dots in brackets at the end", "It rained.|It was dry and [...]"),
    ("an evening at the start", "At 6 p.m. Mr. Holt shuts.|We left."),
    ("an evening at the start of a later sentence", "It rained.|At 6 p.m. Mr. Holt shut."),
    ("a site's name at the end", "We read it on example.com.|Ann did not."),
    ("a single letter in lower case", "It is plan b.|Ann said so."),
    ("an initial that opens a sentence", "It rained.|Q. The baker came too."),
    ("a long word at the end", "It is all antidisestablishmentarianism.|Ann said so."),
]


@pytest.mark.parametrize("marked", [pytest.param(row, id=name) for name, row in MORE_SENTENCES])
def test_a_sentence_ends_where_its_own_words_and_no_others_end_it(marked: str) -> None:
    assert sentences(marked.replace("|", " ")) == marked.split("|")
