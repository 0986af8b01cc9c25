"""Texts from strangers: what reaches a terminal is harmless, what reaches JSON comes back whole."""

import json
import os
import re
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from conftest import Run, RunInTerminal, rule, rule_set

import lankov_claims as lc

# What a terminal obeys, what misleads whoever reads it, and what nobody can see.
HIDDEN = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u3164\uffa0\ufe00\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e",
    *"\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206f\ufeff\ufff9\ufffa\ufffb",
    *map(chr, (0x1BCA0, 0x1D173, 0xE0100, 0xE01EF)),
    *map(chr, range(0xE0000, 0xE0080)),
]
SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029 "
SEQUENCES = {
    "colours": "\x1b[31mred\x1b[0m",
    "a title": "\x1b]0;owned\x07",
    "a link": "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\",
    "the clipboard": "\x1b]52;c;aGk=\x07",
    "one-byte controls": "\x9b31mred\x9d0;x\x9c",
    "markup of rich": "[red]must[/] [link=https://example.org]x[/link]",
    "HTML": "<script>alert(1)</script><b onclick=x>must</b>",
    "a NUL": "must\x00act",
    "an override": "must \u202etca\u202c now",
    "an isolate": "must \u2066tca\u2069 now",
    "tags": "must" + "".join(chr(0xE0000 + ord(letter)) for letter in "hide"),
    "no width": "mu\u200bst\u2060 a\ufeffct",
}


def shown_safely(text: str) -> None:
    """Assert that nothing of what is printed obeys, misleads or hides."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)  # our own colours
    odd = {f"U+{ord(one):04X}" for one in plain if one in HIDDEN and one != "\n"}
    assert odd == set()


@pytest.mark.parametrize("character", HIDDEN, ids=lambda one: f"U+{ord(one):04X}")
def test_what_nobody_can_see_shows_as_a_mark(character: str) -> None:
    expected = " " if character in SPACES else "\ufffd"
    assert lc.clean(f"tea{character}pot") == f"tea{expected}pot"


@pytest.mark.parametrize("word", ["क्\u200dष", "می\u200cخواهم", "👩\u200d🔬", "❤\ufe0f"])
def test_what_a_script_needs_stays(word: str) -> None:
    assert lc.clean(word) == word


def test_all_formatting_characters_are_told_apart() -> None:
    """Of those that Unicode knows, the ones that stay are visible or a part of a script."""
    kept = set()
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf") and lc.clean(f"a{character}b") == (
            f"a{character}b"
        ):
            kept.add(code)
    assert not kept & set(range(0x20))
    assert {code for code in kept if code < 0x600} == set()
    assert {code for code in kept if 0x2000 <= code < 0x3000} == set()
    assert {code for code in kept if code >= 0xE0000} == set()


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize(
    "args",
    [
        ["outline"],
        ["outline", "--brief"],
        ["outline", "--verbose"],
        ["outline", "--format", "markdown", "--verbose"],
        ["outline", "--format", "json"],
        ["outline", "--format", "html"],
        ["outline", "--format", "labels"],
        ["explain", "--verbose", "--text"],
        ["rules", "--text"],
        ["rules", "must", "--text"],
        ["diff", "rules.yaml", "other.yaml", "--verbose", "--text"],
        ["drafts", "text.txt"],
    ],
    ids=" ".join,
)
def test_nothing_hostile_reaches_a_terminal(
    run_in_terminal: RunInTerminal, tmp_path: Path, args: list[str], name: str
) -> None:
    content = rule_set(rule("must", ["must", "act"]))
    (tmp_path / "rules.yaml").write_text(content, encoding="utf-8")
    other = content.replace('"claim"', '"evidence"')
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    text = f"We {SEQUENCES[name]} and so on, and we must act.\n"
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    by = [] if args[0] == "diff" else ["--rules", "rules.yaml"]
    screen = run_in_terminal(*args, "text.txt", *by)
    assert screen.code in (0, 1)
    shown_safely(screen.text)


@pytest.mark.parametrize("name", [name for name in SEQUENCES if name != "a NUL"])
@pytest.mark.parametrize(
    "args",
    [
        ["outline", "{}"],
        ["outline", "--rules", "{}"],
        ["outline", "--format", "{}"],
        ["explain", "{}"],
        ["explain", "--rule", "{}"],
        ["rules", "{}"],
        ["rules", "<{}>"],
        ["check", "{}"],
        ["diff", "{}"],
        ["drafts", "{}", "{}"],
        ["score", "{}"],
        ["schema", "{}"],
        ["{}"],
        ["--{}"],
        ["rules", "--export", "/nowhere/{}"],
        ["outline", "-o", "/nowhere/{}.txt"],
    ],
    ids=" ".join,
)
def test_nothing_hostile_comes_back_in_an_error(run: Run, args: list[str], name: str) -> None:
    result = run(*(arg.replace("{}", SEQUENCES[name]) for arg in args))
    assert result.code == 2
    shown_safely(result.err.decode())
    assert result.err.count(b"\n") == 1


@pytest.mark.parametrize("name", SEQUENCES)
def test_json_brings_a_hostile_text_back_whole(name: str) -> None:
    text = f"We {SEQUENCES[name]}, and so on."
    printed = lc.to_json(lc.build_outline(text, lc.parse_rules(rule_set())))
    shown_safely(printed)
    data = json.loads(printed)
    assert [one["text"] for one in data["paragraphs"]] == [text]
    assert lc.parse_outline(printed, "x.json") is not None


# ------------------------------------------------------------------------------------ sizes, shapes


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", 0),
        (" \t\n\u2003\n\n", 0),
        ("AD\n\nAD\n\nRead more:\n", 0),
        ("e" + "\u0301" * 300_000, 1),
        ("\x00" * 300_000, 1),
        ("Tea.\n\n" * 1_000, 1_000),
        ("tea " * 100_000, 1),
        ("." * 100_000, 1),
        ("(" * 50_000 + ")" * 50_000, 1),
        ("\u202e" * 100_000, 1),
        ("We must act.(" + " " * 100_000 + "x now.", 1),
        ("We must act [x](" + " " * 9_000 + "x now.", 1),
    ],
    ids=[
        *("nothing", "white space", "furniture", "combining marks", "NULs", "paragraphs"),
        *("one line", "full stops", "brackets", "overrides"),
        *("spaces in an address", "spaces in a link"),
    ],
)
def test_any_size_and_shape_of_text_has_an_outline(
    run: Run, tmp_path: Path, text: str, paragraphs: int
) -> None:
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    result = run("outline", "text.txt", "--format", "json")
    assert (result.code, result.err) == (0, b"")
    assert len(json.loads(result.out)["paragraphs"]) == paragraphs
    assert run("outline", "text.txt", "--format", "tree").code == 0


def test_what_is_very_long_is_no_page_furniture(run: Run, tmp_path: Path) -> None:
    """So no skip rule needs more than a moment, whatever it looks for."""
    longest = "AD " * (lc.LONGEST_FURNITURE // 3)
    rules = lc.load_rules()
    assert lc.build_outline(longest.strip(), rules).paragraphs == ()
    assert len(lc.build_outline(longest + "AD", rules).paragraphs) == 1


def test_half_a_character_of_a_text_made_by_hand_comes_back_from_json() -> None:
    outline = lc.build_outline("We \ud800 must.", lc.load_rules(), "\udcff.txt")
    line = lc.to_json_line(outline)
    assert line.isascii()
    read = json.loads(line)
    assert (read["paragraphs"][0]["text"], read["text"]["source"]) == (
        "We \ud800 must.",
        "\udcff.txt",
    )


def test_what_kind_a_file_is_takes_no_memory_for_all_its_white_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = b" " * 3_000_000
    monkeypatch.setattr(lc, "read_bytes", lambda path, limit: data)
    tracemalloc.start()
    lc.read_text("text.txt")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Wir müssen.".encode("latin-1"), "text.txt:1:6: the byte 0xFC is not UTF-8 (iconv -f"),
        (
            b"Wir m\xc3\xbcssen \x80 so.",
            "text.txt:1:12: the byte 0x80 is not UTF-8, and what stands before it is: leave it out "
            "(iconv -c -f UTF-8 -t UTF-8 text.txt > text-utf8.txt)",
        ),
        ("We must.".encode("utf-16"), "text.txt:1:1: this is UTF-16, not UTF-8 (iconv -f UTF-16"),
        ("We must.".encode("utf-32"), "text.txt:1:1: this is UTF-32, not UTF-8 (iconv -f UTF-32"),
        ("We must.".encode("utf-16-le"), "text.txt: this is UTF-16 without a mark, no plain text"),
        ("We must.".encode("utf-16-be"), "text.txt: this is UTF-16 without a mark, no plain text"),
    ],
    ids=["latin-1", "in part", "UTF-16", "UTF-32", "UTF-16-LE", "UTF-16-BE"],
)
def test_another_coding_is_told_with_what_converts_it(
    run: Run, tmp_path: Path, data: bytes, told: str
) -> None:
    """The command is run, and what it makes is read."""
    (tmp_path / "text.txt").write_bytes(data)
    result = run("outline", "text.txt")
    assert (result.code, result.out) == (2, b"")
    line = result.err.decode()
    assert line.startswith(told)
    command = re.search(r"\((iconv .*)\)", line)
    assert command
    assert os.system(f"cd '{tmp_path}' && {command[1]}") == 0
    made = command[1].rpartition("> ")[2]
    assert run("outline", made).code == 0


@pytest.mark.parametrize("command", ["outline", "outline --rules", "check", "score", "diff"])
def test_a_binary_file_is_called_one(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\x00\x00\x00\rIHDR\r\n\x1a\n")
    result = run(*command.split(), "x.png")
    assert (result.code, result.out) == (2, b"")
    assert result.err == b"x.png:1:1: this is a binary file, no text (give its text)\n"


def test_a_command_to_copy_takes_no_name_for_an_option(run: Run, tmp_path: Path) -> None:
    (tmp_path / "-latin.txt").write_bytes(b"caf\xe9")
    result = run("outline", "--", "-latin.txt")
    assert b"(iconv -f WINDOWS-1252 -t UTF-8 ./-latin.txt > ./-latin-utf8.txt)" in result.err


def test_a_line_about_something_endless_has_an_end(run: Run, tmp_path: Path) -> None:
    """It keeps its place, which stands first, and what to do, which stands last."""
    (tmp_path / "my.yaml").write_text(rule_set(rule(tag="x" * 300_000)), encoding="utf-8")
    result = run("check", "my.yaml")
    assert (result.code, len(result.out) < 1_100) == (1, True)
    assert re.match(rb'my\.yaml:3:\d+: rule "tea": "tag" cannot be "xxx', result.out)
    assert result.out.endswith(b"(choose claim, evidence or recommendation)\n")
    long_name = run("outline", "y" * 200_000)
    assert (long_name.code, len(long_name.err) < 1_100) == (2, True)


@pytest.mark.parametrize("columns", [1, 20, 40, 80])
@pytest.mark.parametrize("command", ["outline", "rules", "explain 4", "score labels.jsonl"])
def test_no_line_is_wider_than_its_terminal(
    run_in_terminal: RunInTerminal, tmp_path: Path, command: str, columns: int
) -> None:
    rows = '{"text": "We must act.", "tag": "claim"}\n{"text": "Prices rose.", "tag": "evidence"}\n'
    (tmp_path / "labels.jsonl").write_text(rows, encoding="utf-8")
    screen = run_in_terminal(*command.split(), columns=columns, NO_COLOR="1")
    wide = [line for line in screen.text.splitlines() if len(line) > max(columns, 20)]
    assert (screen.code, wide) == (0, [])


# ------------------------------------------------------------------------------------ odd files


@pytest.mark.parametrize("command", ["outline", "outline --rules", "check", "score", "diff"])
def test_a_device_without_an_end_is_refused(run: Run, command: str) -> None:
    result = run(*command.split(), "/dev/zero")
    assert (result.code, result.out) == (2, b"")
    assert re.match(rb"/dev/zero(:1:1)?: over 1(00)? MB ", result.err)


@pytest.mark.parametrize("command", ["outline", "outline --rules", "check", "score", "diff"])
def test_what_cannot_be_read_is_told(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "shelf").mkdir()
    for name in ("shelf", "none", "shelf/none", "tea\udcff"):
        result = run(*command.split(), name)
        assert (result.code, result.out, result.err.count(b"\n")) == (2, b"", 1)
        assert b"cannot read it: " in result.err or b"this is a folder" in result.err
