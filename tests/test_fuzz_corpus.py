"""What was once found by trying odd bytes, and what such trials begin with, keep every promise."""

import re
from pathlib import Path

import pytest
from fuzz_targets import CORPUS, RULES, TARGETS

import lankov_claims as lc

each = pytest.mark.parametrize
KEPT = sorted(path for path in CORPUS.glob("*/*") if path.is_file())


@each("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_kept_breaks_no_promise(path: Path) -> None:
    TARGETS[path.parent.name].check(path.read_bytes())


@each("name", TARGETS)
def test_each_target_has_bytes_to_begin_with_and_some_that_were_kept(name: str) -> None:
    assert any(path.parent.name == name for path in KEPT)
    assert any(TARGETS[name].seeds())


# A target, a part of the program that is broken, and bytes by which that must be noticed.
BROKEN = [
    ("rules", "_place", lambda node: (0, 1), b"version: 1\nrules: []\n"),
    ("rules", "clean", str, b'version: 1\nrules: []\n"\\x9b": 1\n'),
    ("text", "_UNSAFE", re.compile("(?!)"), b"It must \x1b[31m be."),
    ("text", "find_paragraphs", lambda text: iter([(0, 3)]), b"One. Two."),
    ("text", "_revive_cue", lambda *_: None, b"It is vital to act."),
    ("outline", "_UNSAFE", re.compile("(?!)"), b"Some \xc2\x9b text."),
]


@each(("name", "part", "broken", "data"), BROKEN, ids=[f"{row[0]} {row[1]}" for row in BROKEN])
def test_each_target_notices_a_broken_program(
    name: str, part: str, broken: object, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "outline":
        data = lc.to_json(lc.build_outline(data.decode(), RULES, "t.txt")).encode()
    TARGETS[name].check(data)
    monkeypatch.setattr(lc, part, broken)
    with pytest.raises((AssertionError, lc.Failure)):
        TARGETS[name].check(data)
