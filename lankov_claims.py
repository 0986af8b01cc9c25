"""Show the argument of an op-ed at a glance, by rules that anyone can read and edit.

The file reads as the data flows: text, rules, reading, diff, drafts, reports, rendering, commands.

    import lankov_claims as lc

    rules = lc.load_rules()  # the shipped rules; or lc.load_rules("my-rules.yaml")
    outline = lc.build_outline(text, rules)
    outline.paragraphs[0].tag  # Tag.CLAIM == "claim"
    lc.diff_outlines(outline, lc.build_outline(text, other_rules)).edits

Offsets are 0-based, half-open and count code points of the text with its newlines made LF, as in
the W3C's TextPositionSelector: ``text[start:end]`` is the exact span. Other numbers are 1-based.
"""

import os
import sys
from types import TracebackType

_usual_hook = sys.excepthook
_usual_unheard = sys.unraisablehook
_MOMENT = 0.1  # seconds in which a callback has surely ended, and the start of a thread, too


def _end_quietly(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What becomes of Ctrl-C while this module is still being loaded: no traceback, as in main."""
    cause: BaseException | None = error
    while cause is not None:  # Python wraps what comes up as it makes a class
        if isinstance(cause, KeyboardInterrupt):
            os._exit(130)
        cause = cause.__cause__
    _usual_hook(kind, error, trace)


def _interrupt_again(lost: "sys.UnraisableHookArgs") -> None:
    """Let Ctrl-C come once more, a moment later, when it came in a callback: out of those Python
    lets no exception.
    """
    if issubclass(lost.exc_type, KeyboardInterrupt):
        import signal

        _signal_later(signal.SIGINT)
    else:
        _usual_unheard(lost)


def _signal_later(number: int) -> None:
    """Send this process a signal once the callback is over that it came in."""
    from threading import Timer

    timer = Timer(_MOMENT, os.kill, (os.getpid(), number))
    timer.daemon = True  # a process that ends sooner needs no request to end
    timer.start()


_started = os.path.basename((sys.argv or [""])[0])  # whoever else imports this keeps his own hooks
if _started.startswith(("lankov-claims", "lankov_claims")):
    sys.excepthook = _end_quietly
    sys.unraisablehook = _interrupt_again

import gc
import io
import math
import operator
import re
import shutil
import stat
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from enum import Enum
from functools import lru_cache, partial
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, NamedTuple, TextIO, TypeVar

if TYPE_CHECKING:  # a start that needs neither shall not wait for them
    import rich.text
    import typer

__version__ = "0.3.0"
__all__ = [
    "Change",
    "Cue",
    "Diff",
    "Edit",
    "Failure",
    "Fault",
    "Outline",
    "Paragraph",
    "Rule",
    "RuleFileError",
    "RuleSet",
    "SkipRule",
    "Tag",
    "build_outline",
    "diff_outlines",
    "load_rules",
    "parse_rules",
    "read_text",
    "to_json",
    "to_json_line",
]

# ---------------------------------------------------------------------------------------- errors


class Failure(Exception):
    """Something that the person at the keyboard can mend; its text is a line to show them."""


class Fault(NamedTuple):
    """One fault of a rule file, at a 1-based line and column; it prints as ``file:line:column``."""

    source: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}: {self.message}"


class RuleFileError(Failure):
    """A rule file with faults: all of them, sorted by place, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(self.faults)  # from which a copy in another process is made

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class SlowSearch(Failure):
    """A reading that was given up: an expression takes too long on a paragraph."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


class Ended(BaseException):
    """Somebody asked the process to end; ``number`` is that of the signal."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


class Overrun(Exception):
    """A search has taken too long; ``entry`` is what was looked for, if that is known."""

    def __init__(self, entry: str = "") -> None:
        self.entry = entry
        super().__init__(entry)


# ----------------------------------------------------------------------------------------- model


class Tag(str, Enum):
    """What a paragraph is for in the author's argument."""

    CLAIM = "claim"
    EVIDENCE = "evidence"
    RECOMMENDATION = "recommendation"

    __str__ = str.__str__  # an f-string shows "claim", not "Tag.CLAIM"


class Sentence(NamedTuple):
    """A sentence's span and text, and its matching form."""

    start: int
    end: int
    text: str
    form: str


class Block(NamedTuple):
    """A paragraph before rules read it: its span, the line where it starts, its sentences."""

    start: int
    end: int
    line: int
    text: str
    sentences: tuple[Sentence, ...]


class TextLine(NamedTuple):
    """A line of a text without the white space around it: its span, and the column where it begins.

    ``marker`` is what of its ``words`` Markdown puts first, with the white space behind it.
    """

    start: int
    end: int
    column: int
    marker: str
    words: str

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return self.column + len(self.words)


class Scalar(str):
    """A text of a rule file that knows its place there: 1-based line and column."""

    __slots__ = ("place",)
    place: tuple[int, int]

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """What a pickle keeps besides the text; the oldest protocols do not see slots."""
        return None, {"place": self.place}


Lists = tuple[tuple[Scalar, tuple[Scalar, ...]], ...]  # names, each with its entries
Scores = dict[Tag, int]
Skips = tuple[str, ...]  # the ids of the skip rules that match a paragraph
Summary = dict[str, int]  # how many paragraphs there are of each kind

SKIPPED = "skipped"  # the kind of a paragraph without a tag


class SkipRule(NamedTuple):
    """A rule for page furniture: a paragraph matched whole by one of ``any`` gets no tag."""

    id: Scalar
    why: Scalar
    any: tuple[Scalar, ...]
    match: tuple[Scalar, ...]
    miss: tuple[Scalar, ...]

    @property
    def entries(self) -> tuple[Scalar, ...]:
        """All that it looks for."""
        return self.any


class Rule(NamedTuple):
    """A way of arguing: it fires in a sentence where one of ``any`` and none of ``unless`` is.

    A rule without a tag is a key rule: what it adds, which may be negative, bears on which
    sentence stands for its paragraph.
    """

    id: Scalar
    tag: Tag | None
    why: Scalar
    any: tuple[Scalar, ...]
    match: tuple[Scalar, ...]
    miss: tuple[Scalar, ...]
    weight: int = 1
    unless: tuple[Scalar, ...] = ()
    where: str = "anywhere"

    @property
    def entries(self) -> tuple[Scalar, ...]:
        """All that it looks for, be it to fire or to stay silent."""
        return (*self.any, *self.unless)


PRECEDENCE = (Tag.RECOMMENDATION, Tag.CLAIM, Tag.EVIDENCE)
CLOSE = 2  # the widest margin by which readers agree with the tag little more often than not


class RuleSet(NamedTuple):
    """What a rule file says, and which file that was.

    ``lists`` are names, each with the entries that ``<name>`` stands for in a rule or a list;
    ``otherwise`` is the tag of a paragraph in which no rule fires; ``ending`` the tag whose cues
    count double at the end of a piece, if any does. Of an exported outline's rules only the
    settings and the digest of their file are known.
    """

    rules: tuple[Rule, ...]
    skips: tuple[SkipRule, ...] = ()
    keys: tuple[Rule, ...] = ()
    lists: Lists = ()
    precedence: tuple[Tag, ...] = PRECEDENCE
    otherwise: Tag = Tag.CLAIM
    ending: Tag | None = None
    source: str = ""
    text: str = ""
    sha256: str = ""

    @property
    def every(self) -> tuple["Rule | SkipRule", ...]:
        """Its skip rules, its rules and its key rules."""
        return (*self.skips, *self.rules, *self.keys)

    @property
    def digest(self) -> str:
        """The SHA-256 of the rule file's text."""
        return self.sha256 or digest(self.text)

    def decide(self, scores: Mapping[Tag, int]) -> Tag:
        """The tag with the highest score; ``precedence`` settles a tie, ``otherwise`` a blank.

        >>> RuleSet(()).decide({Tag.CLAIM: 2, Tag.EVIDENCE: 2, Tag.RECOMMENDATION: 0})
        <Tag.CLAIM: 'claim'>
        """
        if not any(scores.values()):
            return self.otherwise
        return max(self.precedence, key=lambda tag: scores[tag])

    def runner_up(self, scores: Mapping[Tag, int]) -> Tag:
        """The tag that comes next by score, then by precedence."""
        others = [tag for tag in self.precedence if tag != self.decide(scores)]
        return max(others, key=lambda tag: scores[tag])

    def times(self, tag: Tag | None, late: bool) -> int:
        """How often a cue of a tag counts in a paragraph that is late in its piece, or is not."""
        return 2 if late and tag and tag == self.ending else 1


class Cue(NamedTuple):
    """A match of a rule: for which tag, with what weight, in which sentence and where.

    The weight is what it counts for in its paragraph; without a tag, in the choice of its key
    sentence. Where something silenced the rule, ``silenced`` says what, and the match counts for
    nothing.
    """

    rule: str
    tag: Tag | None
    weight: int
    sentence: int
    start: int
    end: int
    text: str
    silenced: str = ""


class Paragraph(NamedTuple):
    """A paragraph as rules read it.

    ``skips`` are the skip rules that match it. Where there are none it is part of the outline: it
    has a ``number``, and may hang ``under`` another; ``late`` is one in the last quarter.
    """

    block: Block
    skips: Skips
    matches: tuple[Cue, ...]
    tag: Tag
    runner_up: Tag
    scores: Scores
    key_sentence: Sentence
    late: bool
    number: int | None
    under: int | None

    @property
    def start(self) -> int:
        """Where it starts in the text."""
        return self.block.start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.block.end

    @property
    def line(self) -> int:
        """The line of the text where it starts."""
        return self.block.line

    @property
    def text(self) -> str:
        """All that stands in it."""
        return self.block.text

    @property
    def heard(self) -> tuple[Cue, ...]:
        """The matches that nothing silences."""
        return tuple(match for match in self.matches if not match.silenced)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Those that speak for a tag."""
        return tuple(cue for cue in self.heard if cue.tag)

    @property
    def key_cues(self) -> tuple[Cue, ...]:
        """Those that bear on the key sentence."""
        return tuple(cue for cue in self.heard if not cue.tag)

    @property
    def margin(self) -> int:
        """The lead of its tag's score over the runner-up's."""
        return self.scores[self.tag] - self.scores[self.runner_up]

    @property
    def is_close(self) -> bool:
        """Whether the runner-up would do nearly as well."""
        return self.margin <= CLOSE

    @property
    def verdict(self) -> Tag | None:
        """Its tag in the outline; None where it is skipped."""
        return None if self.skips else self.tag

    @property
    def kind(self) -> str:
        """What it is counted as."""
        return self.verdict or SKIPPED


class Outline(NamedTuple):
    """A reading of one text by one rule set; nothing of the text is lost.

    Of an exported outline the whole text is not known, only its digest.
    """

    text: str
    source: str
    rules: RuleSet
    blocks: tuple[Paragraph, ...]
    sha256: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of the text."""
        return self.sha256 or digest(self.text)

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The tagged paragraphs."""
        return tuple(one for one in self.blocks if not one.skips)

    @property
    def skipped(self) -> tuple[Paragraph, ...]:
        """The paragraphs that skip rules take out."""
        return tuple(one for one in self.blocks if one.skips)

    @property
    def last_number(self) -> int:
        """The number of the last tagged paragraph; 0 where there is none."""
        return len(self.paragraphs)


def new_summary() -> Summary:
    """The counts of paragraphs of each kind, before any is counted."""
    return dict.fromkeys([*(tag.value for tag in Tag), SKIPPED], 0)


# ------------------------------------------------------------------------------------------ text

SHIPPED_TEXT = "op-ed.txt"
MAX_TEXT = 100_000_000  # bytes: where an endless device stops

# Plain marks, each with those that are read as if they were it; and the letter that an iota below
# its vowel is, which stands here since it is no letter itself, so that words would end before it.
_FOLDED_MARKS = (("'", "‘’‛"), ('"', "“”„"), ("-", "\u2010\u2011"), ("ι", "\u0345"))
# The lower-case letters that re.IGNORECASE takes for others, and those others.
_ALIKE = str.maketrans(
    "\u0131\u017f\xb5\u1fbe\u1fd3\u1fe3\u03d0\u03f5\u03d1\u03f0\u03d6\u03f1\u03c2\u03d5"
    "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88\u1e9b\ufb05",
    "is\u03bc\u03b9\u0390\u03b0\u03b2\u03b5\u03b8\u03ba\u03c0\u03c1\u03c3\u03c6"
    "\u0432\u0434\u043e\u0441\u0442\u0442\u044a\u0463\ua64b\u1e61\ufb06",
)

_LONGEST_LINE = 1_000  # characters
_WORD = re.compile(r"\w+")
# What a terminal would obey (control characters), be misled by (bidirectional overrides) or hide
# (characters without a width, tags).
_HIDDEN = (
    r"\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
# Joiners are a part of other scripts and of emoji, and nothing but hidden elsewhere.
_JOINERS = r"(?<![^\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u024f])"
_UNSAFE = re.compile(rf"[\x00-\x1f{_HIDDEN}]|{_JOINERS}")


def shipped_file(name: str) -> Path:
    """The path of a data file: beside the installed module, or in the checkout's ``data/``."""
    here = Path(__file__).resolve().parent
    installed = here / "lankov_claims"
    return (installed if installed.is_dir() else here / "data") / name


def _reason(error: OSError) -> str:
    """What the operating system says, as the end of a line of ours."""
    return (error.strerror or str(error)).lower()


def read_bytes(path: str, limit: int) -> bytes:
    """A file's bytes; ``-`` is standard input. Raises Failure, also over ``limit`` bytes."""
    with _opened(path) as stream:
        data = stream.read(limit + 1)
    _refuse_length(data, path, limit)
    return data


def read_lines(path: str) -> Iterator[str]:
    """A file's lines without their ends, one at a time; ``-`` is standard input. Raises Failure,
    also where a line is over 100 MB.
    """
    number = 1
    with _opened(path) as stream:
        while data := stream.readline(MAX_TEXT + 1):
            _refuse_length(data, f"{path}:{number}:1", MAX_TEXT)
            lines = decode(data, path, number).removesuffix("\n").split("\n")
            yield from lines  # several where they end in a carriage return alone
            number += len(lines)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """A file to be read; raises Failure where it cannot be."""
    try:
        if path == "-":
            _make_blocking(0)
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as stream:
            yield stream
    except IsADirectoryError:
        raise Failure(f"{path}: this is a folder (give a file in it)") from None
    except OSError as error:
        raise Failure(f"{path}: cannot read it: {_reason(error)} (check the path)") from None


def _make_blocking(stream: int) -> None:
    """Let reads and writes of a standard stream wait: it may be shared with a program that set it
    up otherwise, and then what is not there yet looks like the end.
    """
    if hasattr(os, "set_blocking"):
        with suppress(OSError):  # as where it is closed, which whoever uses it is told
            os.set_blocking(stream, True)


def _refuse_length(data: bytes, path: str, limit: int) -> None:
    """Raise Failure where there is more than may be read."""
    if len(data) > limit:
        raise Failure(f"{path}: over {limit // 1_000_000} MB (give a smaller file)")


def decode(data: bytes, source: str, line: int = 1) -> str:
    """The text of ``data``: strict UTF-8, a leading BOM dropped, newlines made LF.

    Raises Failure with the line and column of the first byte that is not UTF-8; ``line`` is that
    of the first of them all.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        lines = re.split(r"\r\n?|\n", before)
        column = len(lines[-1]) + 1
        place = f"{source}:{line + len(lines) - 1}:{column}"
        raise Failure(f"{place}: {_coding_problem(data, error.start, source)}") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _coding_problem(data: bytes, at: int, source: str) -> str:
    """What to say of bytes that are not UTF-8 from one place on, and the command that mends it."""
    what, way = f"the byte 0x{data[at]:02X} is not UTF-8", "-f WINDOWS-1252"
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        what, way = "this is UTF-32, not UTF-8", "-f UTF-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what, way = "this is UTF-16, not UTF-8", "-f UTF-16"
    elif b"\0" in data[:10_000]:
        return "this is a binary file, no text (give its text)"
    elif not data[:at].isascii():
        what, way = f"{what}, and what stands before it is: leave it out", "-c -f UTF-8"
    file = Path(_file_name(source))
    made = file.with_name(f"{file.stem}-utf8{file.suffix}")
    names = f"{_quoted(str(file))} > {_quoted(str(made))}"
    return f"{what} (iconv {way} -t UTF-8 {names})"


def read_named(path: str | None, shipped: str, limit: int) -> tuple[str, str]:
    """A file's text and what to call it; the shipped file's where there is no path."""
    source = shipped if path is None else path
    place = str(shipped_file(shipped)) if path is None else path
    return decode(read_bytes(place, limit), source), source


_LONGEST_HEAD = 100_000  # bytes in which a file's kind is looked for: some take memory by the byte
# What files begin with that hold no plain text, what to call them, and what makes text of them.
_FOREIGN = (
    (rb"([^\x00]\x00){4}", "UTF-16 without a mark", "iconv -f UTF-16LE -t UTF-8 {} > {}"),
    (rb"(\x00[^\x00]){4}", "UTF-16 without a mark", "iconv -f UTF-16BE -t UTF-8 {} > {}"),
    (rb"%PDF-", "a PDF", "pdftotext -layout {} {}"),
    (rb"\{\\rtf", "an RTF file", "pandoc -f rtf -t plain {} -o {}"),
    (rb"PK\x03\x04.{0,100}mimetypeapplication/vnd.oasis", "an OpenDocument file",
     "pandoc -f odt -t plain {} -o {}"),
    (rb"PK\x03\x04", "a Word file or another archive", "pandoc -f docx -t plain {} -o {}"),
    (rb"\xd0\xcf\x11\xe0", "an old Word file", "libreoffice --convert-to txt {}"),
    (rb"(\xef\xbb\xbf)?\s*(<!--.{0,2000}?-->\s*)?"
     rb"(?i:<(!doctype html|html|head|meta|body|main|article|section|div|p|h1|\?xml)\b)",
     "HTML", "pandoc -f html -t plain {} -o {}"),
    (rb"(\xef\xbb\xbf)?\s*\{\s*\"format_version\"", "JSON that this program printed",
     "give the text that it is of; diff compares outlines"),
    (rb"(\xef\xbb\xbf)?(\s|#[^\n]*\n)*((version|precedence|skip|lists|keys):.*\n)?rules:\s*\n",
     "a rule file", "give it with --rules"),
)  # fmt: skip


def read_text(path: str | None) -> tuple[str, str]:
    """A text to outline and what to call it; the shipped op-ed where there is no path.

    Raises Failure; where the file holds no plain text, with the command that makes some of it.
    """
    if path is None:
        return read_named(None, SHIPPED_TEXT, MAX_TEXT)
    if re.match(r"(?i)https?://", path):
        raise Failure(f"{path}: this is a web address (trafilatura -u {_quoted(path)} > page.txt)")
    data = read_bytes(path, MAX_TEXT)
    head = data[:_LONGEST_HEAD]
    for look, kind, command in _FOREIGN:
        if re.match(look, head, re.DOTALL):
            hint = _conversion(command, _file_name(path))
            raise Failure(f"{path}: this is {kind}, no plain text ({hint})")
    return decode(data, path), path


def _file_name(source: str) -> str:
    """What to call a file in a command for a shell."""
    return "FILE" if source == "-" else source


def _conversion(command: str, path: str) -> str:
    """A command that makes a text of a file, and gives it a name that is not the file's own."""
    file = Path(path)
    made = file.with_suffix(".txt")
    if made == file:
        made = file.with_name(f"{file.stem}-plain.txt")
    return command.format(_quoted(str(file)), _quoted(str(made)))


def _quoted(word: str) -> str:
    """A word as a shell takes it, and no command for an option."""
    import shlex

    return shlex.quote(f"./{word}" if word.startswith("-") else word)


def clean(text: str) -> str:
    """A text on one line, with nothing in it that a terminal would obey."""
    return _one_line(text).strip()


def _one_line(text: str) -> str:
    """A part of a line, harmless as ``clean`` makes it, with the white space at its ends."""
    return _UNSAFE.sub("\ufffd", re.sub(r"\s+", " ", text))


def short_line(text: str) -> str:
    """What is wrong, as a line for people: of a long one, which quotes something endless, the
    beginning, that says where, and the end, that says what to do.
    """
    line = clean(text)
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[: _LONGEST_LINE // 2]} … {line[-_LONGEST_LINE // 2 :]}"


def digest(text: str) -> str:
    """The SHA-256 of the text's UTF-8, in hexadecimal digits."""
    import hashlib  # it loads OpenSSL, which an outline on paper does not need

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# A page's address with its title, as it stands in a link.
_ADDRESS = (
    r"\(\s{0,9}(?:<[^<>\n]*>|(?:[^()\s<]|\([^()\s]*\))*)"
    r"(?:\s{1,9}(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?\s{0,9}\)"
)
# What Markdown puts before a paragraph: of a quotation, of a list item, a heading, a footnote.
_MARKER = re.compile(
    r"""
    (?:>[>\ \t]*)?
    (?:
        [-*+•][\ \t]+ (?:\[[ xX]\][\ \t]+)?
      | \d{1,3}\.[\ \t]+
      | \(?(?:\d{1,3}|[a-z])\)[\ \t]+
      | \#{1,6}[\ \t]+
      | \[\^[^\]\s]+\]:[\ \t]*
    )?
    """,
    re.VERBOSE,
)
_BREAKS = r"\xad\u200b\u2060\ufeff"  # where a word may be broken or must not be, as pages have it
_MARKUP_CHARACTER = re.compile(rf"[>!\[\]*_`~\\{_BREAKS}]")  # one of which is in all that follows
# What it puts into one: a quotation's lines, images, footnote numbers, links to an address or to a
# name, emphasis, code, what is struck out, escapes; and what pages put into words, unseen. As
# others below it is compiled when it is first needed (and kept, by re): most are read without.
_MARKUP = rf"""(?x)
    (?<=\n)[ \t]*>[>\ \t]*
  | !\[[^\[\]]*\]{_ADDRESS}
  | \[\^[^\[\]\s]+\]
  | \[(?=[^\[\]]*\]{_ADDRESS}|[^\[\]]*[^\W\d]\]\[[^\[\]]*\]|!\[)
  | \]{_ADDRESS}
  | (?<=[^\W\d])\]\[[^\[\]]*\]
  | (?<![\w*\\])\*{{1,3}}(?=[^\s*])
  | (?<=[^\s*\\])\*{{1,3}}(?![\w*])
  | (?<![\w\\])_{{1,3}}(?=[^\s_])
  | (?<=[^\s_\\])_{{1,3}}(?!\w)
  | (?<![\w`\\])`(?=[^`\n]+`)
  | (?<=[^\s`\\])`(?![\w`])
  | ~~
  | \\(?=[!-/:-@\[-`{{-~])
  | [{_BREAKS}]
"""


def bare(text: str) -> str:
    """A paragraph or sentence without what is only Markdown's, each run of white space one space.

    >>> bare("- We **must** [read it](https://example.org).")
    'We must read it.'
    """
    words = "".join(text[start:end] for start, end in _plain_spans(text))
    return " ".join(words.split())


def _plain_spans(text: str) -> Iterator[tuple[int, int]]:
    """What of a paragraph or a sentence is not Markdown's, from mark to mark."""
    at = len(_marker(text))
    if _MARKUP_CHARACTER.search(text, at):  # most paragraphs have none, and are read sooner so
        for markup in re.compile(_MARKUP).finditer(text, at):
            yield at, markup.start()
            at = markup.end()
    yield at, len(text)


def _marker(text: str) -> str:
    """What Markdown puts before a paragraph, with the white space behind it; often nothing."""
    found = _MARKER.match(text)
    return found[0] if found else ""


def _form_offsets(text: str) -> list[int]:
    """Where in a sentence each character of its matching form stands."""
    kept: list[int] = []
    for start, end in _plain_spans(text):
        kept += range(start, end)
    offsets = []
    is_parted = True
    for offset in kept:
        is_space = text[offset].isspace()
        if not (is_parted and is_space):
            offsets.append(offset)
        is_parted = is_space
    return offsets


def matching_form(text: str) -> str:
    """What rules are matched on: no Markdown marks, plain quotes and hyphens, single spaces.

    >>> matching_form("the  “aid”")
    'the "aid"'
    """
    return fold_marks(bare(text))


def fold_marks(text: str) -> str:
    """A text with plain quotes and hyphens, and one space for each run of white space."""
    folded = " ".join(text.split())
    if folded.isascii():
        return folded
    for plain, marks in _FOLDED_MARKS:
        for mark in marks:
            folded = folded.replace(mark, plain)  # str.translate takes fifteen times as long
    return folded


def fold_case(form: str) -> str:
    """A form of the same length that is equal for two texts which differ only in case."""
    if form.isascii():
        return form.lower()
    return form.replace("İ", "i").lower().translate(_ALIKE)


_FRONT_MATTER = (
    r"---[ \t]*\n(?=[\w-]+:)(?:(?:[\w-]+:|[ \t]|-[ ]|\#)[^\n]*\n|\n)*?(?:---|\.\.\.)[ \t]*(?=\n|\Z)"
)
_RUN = re.compile(r"\S.*(?:\n.*\S.*)*")  # of lines that are not blank
_DIVIDER = re.compile(r"(?:[-=*_~+#•·—][ \t]*){3,}")  # or what underlines a heading
# How lines of sentences end now and then, and how a sentence does.
_CLOSED = re.compile(r"[.!?…:;,][^\w\s]*(?:\[\^?\w+\])?\Z")
_STOPPED = re.compile(r"[.!?…][^\w\s]*\Z")
_NARROWEST, _WIDEST = 48, 120  # the columns within which people and programs wrap lines


def find_blocks(text: str) -> Iterator[Block]:
    """The paragraphs of a text as people paste them, split into sentences, one at a time."""
    for start, end, line in find_places(text):
        yield make_block(text[start:end], start, line)


def find_places(text: str) -> Iterator[tuple[int, int, int]]:
    """Where they start and end in the text, and the line where each starts."""
    at, line = 0, 1
    for start, end in find_paragraphs(text):
        line += text.count("\n", at, start)
        at = start
        yield start, end, line


def find_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where the paragraphs of a text stand; a blank line always parts two."""
    body = 0
    front_matter = re.match(_FRONT_MATTER, text) if text.startswith("---") else None
    if front_matter:
        yield front_matter.span()
        body = front_matter.end()
    for run in _RUN.finditer(text, body):
        lines = _text_lines(text, run)
        least = min(line.column for line in lines)
        widest = _wrapped_width(lines)
        room = widest if _is_evenly_wrapped(lines, widest) else widest * 11 / 12
        first = lines[0]
        for before, line in pairwise(lines):
            if _DIVIDER.fullmatch(line.words):
                begins = not _underlines(line, before, first)
            elif _DIVIDER.fullmatch(before.words) or _is_item(line, before, first):
                begins = True
            else:
                depth = first.column + len(first.marker) if first.marker else least
                begins = _begins_paragraph(line, before, depth)
                begins = begins or _was_ended(before, line, widest, room)
            if begins:
                yield first.start, before.end
                first = line
        yield first.start, lines[-1].end


def _text_lines(text: str, run: re.Match[str]) -> list[TextLine]:
    """The lines of a run, with the indentation that stands before the first."""
    lines = []
    at = text.rfind("\n", 0, run.start()) + 1
    for line in text[at : run.end()].split("\n"):
        words = line.strip()
        indent = line[: line.index(words)]
        start = at + len(indent)
        lines.append(
            TextLine(
                start=start,
                end=start + len(words),
                column=len(indent.expandtabs(4)),
                marker=_marker(words),
                words=words,
            )
        )
        at += len(line) + 1
    return lines


def _wrapped_width(lines: Sequence[TextLine]) -> float:
    """The width to which the lines of a run were wrapped; endless where one is wider than that."""
    if any(_is_unwrapped(line) for line in lines):
        return math.inf
    widest = max(_NARROWEST, max(line.width for line in lines))
    if not any(_is_closed(line) for line in lines):
        return 2 * widest  # names, dates and buttons, each of which is short then
    return widest


def _is_closed(line: TextLine) -> bool:
    """Whether a line ends as lines of sentences do now and then."""
    # Looked for in all of a row of full stops, each would be followed to the end of the line.
    return bool(_CLOSED.search(line.words[-20:]))


def _is_unwrapped(line: TextLine) -> bool:
    """Whether a line is wide, and could have been broken."""
    return len(line.words) > _WIDEST and bool(re.search(r"\s", line.words[:_WIDEST]))


def _underlines(line: TextLine, before: TextLine, first: TextLine) -> bool:
    """Whether a divider only makes a heading of the line above it."""
    if before is not first or _DIVIDER.fullmatch(before.words):
        return False
    return line.words.startswith("=") or not _is_closed(before)


def _is_item(line: TextLine, before: TextLine, first: TextLine) -> bool:
    """Whether a line is marked as a paragraph: as a heading, a footnote or an item of a list.

    In the middle of a text a dash or a number is an item's only where that can be no wrapped line.
    """
    marker = line.marker.strip("> \t")
    if not marker or marker[0] in "#[" or first.marker.strip("> \t") or before.words[-1] == ":":
        return bool(marker)
    number = marker.strip("().")
    if number.isdigit():
        return number == "1"
    return marker[0] in "*+•" or not line.words[len(line.marker) :][:1].islower()


def _begins_paragraph(line: TextLine, before: TextLine, depth: int) -> bool:
    """Whether a line without a mark begins a paragraph, by its depth or the line before it."""
    if "#" in before.marker or not before.words.strip("> \t"):
        return True
    if line.marker.startswith(">"):
        return not before.marker.startswith(">")
    return line.column > depth and not _repeats(line, before)


def _was_ended(before: TextLine, line: TextLine, widest: float, room: float) -> bool:
    """Whether its author ended a line, and no wrapping to ``widest`` columns did: it is clearly
    short, or ends a sentence where there was ``room`` for the next word.
    """
    if line.marker or _repeats(line, before):  # as in a quotation, or "AD" below "AD"
        return False
    if line.words[0].islower():
        return widest == math.inf
    if before.width < widest * 2 / 3:
        return True
    return bool(_STOPPED.search(before.words[-20:])) and _fits(before, line, room)


def _repeats(line: TextLine, before: TextLine) -> bool:
    """Whether a line is the one before it once more."""
    return line.words == before.words and line.column == before.column


def _is_evenly_wrapped(lines: Sequence[TextLine], widest: float) -> bool:
    """Whether of five lines or more that break off in a sentence none could have taken the next
    word as well.
    """
    count = 0
    for before, line in pairwise(lines):
        breaks_off = not _STOPPED.search(before.words[-20:]) and before.width >= widest * 2 / 3
        if breaks_off and _fits(before, line, widest):
            return False
        count += breaks_off
    return count >= 5


def _fits(before: TextLine, line: TextLine, widest: float) -> bool:
    """Whether the first word of a line has room on the line before it."""
    word = line.words.split(maxsplit=1)[0]
    return before.width + 1 + len(word) <= widest


def make_block(text: str, start: int = 0, line: int = 1) -> Block:
    """A text as one paragraph, which stands at ``start`` in a longer one."""
    sentences = []
    for first, last in _sentence_spans(text):
        content = text[first:last]
        form = matching_form(content)
        if form == content:
            form = content  # two equal texts would take twice the memory
        sentence = Sentence(
            start=start + first,
            end=start + last,
            text=content,
            form=form,
        )
        sentences.append(sentence)
    return Block(
        start=start,
        end=start + len(text),
        line=line,
        text=text,
        sentences=tuple(sentences),
    )


_SENTENCE_END = re.compile(
    r"[.!?…][\"'”’»›)\]}*_]*"
    rf"(?:\]?{_ADDRESS})?(?:\[\^?\w{{1,9}}\]|[¹²³⁰⁴-⁹])*"
    r"(?=(\s+)[>*_]*[ \t]*(.))",
    re.DOTALL,
)
_PIECE = re.compile(r"\S(?:.{0,998}\S)?(?!\S)|\S{1,1000}", re.DOTALL)  # of a sentence
_ASIDE = re.compile(r"\([^()]{1,400}\)")
_CURRENCY = "£$€¥"
_OPENING = "\"'“‘‛„«‹([{"
_LAST_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:\.[^\W\d_]+)*°?\Z")
_FIRST_WORD = re.compile(rf"[>*_ \t{re.escape(_OPENING)}]*(\w+)")
# "At 5 a.m.", "On Monday at about 7:50 a.m.": no sentence yet.
_ADVERBIAL = (
    r"\W{0,9}(?:At|On|By|From|Since|Before|After|Around|Until|In)\s(?:\S{1,30}\s+){0,5}\S{1,30}"
)
_TITLES = frozenset(
    "Mr Mrs Ms Mx Dr Prof Rev Hon Fr St Sen Rep Gov Pres Amb Gen Maj Col Lt Capt Cpl Sgt Cmdr Adm "
    "Messrs Mme Mlle Sens Reps Supt Insp Det".split()
)
_BEFORE_FIGURES = frozenset(
    "No Nos N° Nº Prop Props Art Arts Sec Secs Fig Figs Vol Vols Ch Chs Op Pt".split()
)
_ABBREVIATIONS = frozenset(
    "etc v vs cf c p pp al viz approx ca misc inc ltd co corp bros dept univ assn jr sr ph.d ave "
    "blvd rd mt ft fig vol jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_OPENERS = frozenset(
    "The A An This That These Those There Here It He She They We I You Its His Her Their Our My "
    "Your But And Or So Yet Nor For If In On At By To From With Without As When While Where Why "
    "What Who How Which Because Although Though Since After Before Once Until Even Still Then Now "
    "Not Nobody Nothing Never No Yes Of Under Over Between Among During Despite However Instead "
    "Meanwhile Moreover Perhaps Some Many Most Much More Few Such All Both Each Every Any Another "
    "Other Others One Two Let Have Has Had May Am Is Are Was Were Do Does Did Can Could Will Would "
    "Should Must Mr Mrs Ms Dr".split()
)


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a paragraph stand; only white space is between them.

    What is longer than sentences are (a table, a code) is parted, between words where there are
    any: expressions take much longer for what is long.
    """
    for start, end in _ended_spans(text):
        for piece in _PIECE.finditer(text, start, end):
            yield piece.span()


def _ended_spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of a paragraph's sentences by the marks that end them, however long they are."""
    asides = [aside.span() for aside in _ASIDE.finditer(text)]
    asides.reverse()
    start = 0
    for mark in _SENTENCE_END.finditer(text, len(_marker(text))):
        while asides and asides[-1][1] <= mark.start():
            asides.pop()
        is_inside = asides and asides[-1][0] < mark.start() and mark.end() < asides[-1][1]
        if not is_inside and _splits(text, start, mark):
            yield start, mark.end()
            start = mark.end(1)
    yield start, len(text)


def _splits(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a sentence that began at ``start`` ends at this mark."""
    after = mark[2]
    is_capital = after.isupper() or after.istitle()
    if not is_capital and not after.isdigit() and after not in _OPENING + _CURRENCY:
        return False
    if text.endswith(("[...]", "[…]"), max(0, mark.start() - 4), mark.end()):
        return False
    if mark[0][0] == ".":
        return not _is_abbreviation(text, start, mark)
    # Before a figure, a question mark on its own was a pound sign once.
    return not after.isdigit() or text[mark.start() - 1 : mark.start()].strip("( ") != ""


def _is_abbreviation(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop belongs to an abbreviation after which the sentence goes on."""
    # No abbreviation has over twenty characters, and a longer look back would cost time.
    near = max(start, stop.start() - 20)
    found = _LAST_WORD.search(text, near, stop.start())
    if not found:
        return False
    word = found[0]
    following = _FIRST_WORD.match(text, stop.end(1))
    opener = following[1] if following else ""
    if word in _TITLES:
        return True
    if word in _BEFORE_FIGURES:
        return stop[2].isdigit()
    if len(word) == 1 and word.isupper():
        return not _ends_in_letter(text[near : found.start()], opener)
    letters = word.split(".")
    has_initials = len(letters) > 1 and max(map(len, letters)) == 1
    if not has_initials and word.lower() not in _ABBREVIATIONS:
        return False
    is_hour = word.lower() in ("a.m", "p.m")
    is_adverbial = is_hour and re.fullmatch(_ADVERBIAL, text[start : stop.start()])
    return bool(is_adverbial) or opener not in _OPENERS


def _ends_in_letter(before: str, opener: str) -> bool:
    """Whether a sentence ends in a single letter, as "Mr K. Mr Ash" and "you and I. We" have it.

    It is an initial elsewhere: "Ann B. Miller", and "Ann B. The" more likely than not.
    """
    last = before.split()[-1:]
    if last and last[0].rstrip(".") in _TITLES:
        return opener in _TITLES
    return bool(last) and last[0].islower() and opener in _OPENERS


# ----------------------------------------------------------------------------------------- rules

SHIPPED_RULES, SCHEMA_FILE = "rules.yaml", "rules.schema.json"
MAX_RULE_FILE = 1_000_000  # bytes
MAX_WEIGHT = 100
_MAX_DEPTH, _MAX_ENTRY, _MAX_EXPRESSION, _MAX_FORMS = 20, 1_000, 20_000, 50_000

# A list or alternatives in a phrase, and a list in an expression (there (?P<x> is Python's own).
_PART = re.compile(r"<([^<>]*)>|\(([^()]*)\)")
_ALONE = re.compile(r"\s*<([^<>]*)>\s*")
_WORDS_ALONE = re.compile(r"\w[\w '-]*")  # with which nothing can be wrong: most entries are so
_LIST_IN_PHRASE = re.compile(r"<([^<>]*)>")
# A class of characters, in an expression without its escapes; or a comment, which has none.
_CLASS = re.compile(r"\(\?#[^)]*\)|\[(\^?\]?[^\]]*)(?:\]|$)")
_LIST_IN_EXPRESSION = re.compile(r"(?<!\\)(?<!\(\?P)<([a-z][a-z0-9-]*)>")

# Where a rule file cannot stand, whatever YAML makes of it.
_UNFIT = (
    (  # YAML ends lines at three characters more than editors do, which would shift every place;
        # and what nobody can see would make an entry match nothing
        rf"[\x00-\x08\x0b-\x1f{_HIDDEN}\ud800-\udfff]",
        "the character U+{:04X} cannot stand in a rule file (remove it)",
    ),
    (r"^[<=>](?=(<{6}|={6}|>{6})( |$))", "a merge conflict is left here (keep one side of it)"),
    (r"^ *\t", "a tab indents this line (use spaces)"),
    (r"^ *- *\t", "a tab stands behind the dash (use a space)"),
    (
        r"^ *(- ?)?(\w+: ?)?[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]",
        "the space U+{:04X} stands here (write a plain one)",
    ),
)
_NO_RULES = 'this is no rule file, which has "rules:" (a text is read by outline)'
_PLAIN = "no plain text can start with this character (quote the text)"
_ESCAPED = "double quotes read a backslash as an escape (use single quotes)"
_APOSTROPHE = "an apostrophe ends the quoted text here (write '', or put it in double quotes)"
_UNCLOSED = "the quoted text that opens here is not closed (close it)"
_LACKING = 'the "{}" that opens here lacks a "," or its "{}" (add it, or quote what is inside)'
_UNENDED = 'the file ends here, in the middle of something (close each "[" and "{" and quote)'
_SYNTAX = (  # a part of what the parser says, whether to blame where that opens, and what we say
    ("cannot start any token", False, _PLAIN),
    ("comment or line break", False, _PLAIN),
    ("undefined alias", False, _PLAIN),
    ("mapping values", False, 'a ": " is out of place (quote the text, or check the indentation)'),
    ("escape", False, _ESCAPED),
    ("hexdecimal", False, _ESCAPED),
    ("end of stream", True, _UNCLOSED),
    ("document indicator", True, _UNCLOSED),
    ("',' or ']'", True, _LACKING.format("[", "]")),
    ("',' or '}'", True, _LACKING.format("{", "}")),
    ("'-' indicator", False, 'this is no entry (write "- ", or line it up with a key)'),
    ("node content", False, 'a value is missing here (write it, or drop the ",")'),
    ("expected key", False, "this is no key (indent it as the keys above; quote a whole text)"),
    ("document start", False, "what is above is no part of the rules (remove it, or comment it)"),
    ("", True, 'this is neither an entry nor a key (write "- " before it, or ": " after it)'),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TRAPS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date"}

_REPEATS_COMPETE = "let no two of its repeats or alternatives fit the same words"
_EMPTY_SECONDS = 0.2  # for a search in no text, which takes a moment

Node = Any  # of a YAML tree; yaml is imported only when a rule file is read
Place = tuple[int, int]
Note = Callable[[Place, str], None]  # takes down a fault
Forms = Mapping[str, Sequence[str]]  # what each list stands for, by its name


def parse_rules(text: str, source: str = "", *, trusted: bool = False) -> RuleSet:
    """The rule set that a text describes.

    Raises RuleFileError: with the first fault where the text is no YAML that is read here, else
    with all of them.

    What is ``trusted``, as the shipped file is because tests hold it to this, is not looked at for
    what costs a start some time: odd characters, unlikely YAML, and entries that cannot work.
    """
    faults: list[Fault] = []

    def note(place: Place, what: str) -> None:
        faults.append(Fault(source, *_within(text, place), clean(what)))

    tree = _compose(text, source, trusted=trusted)
    content = _read(tree, _schema(), "the file", note) or {}
    if not trusted:
        try:
            _check_sense(content, note)
        except Overrun as slow:  # it is told at once, since there may be thousands of them
            what = f"{slow.entry} takes very long on an empty text ({_REPEATS_COMPETE})"
            note(_place_of(slow.entry), what)
    if faults:
        raise RuleFileError(faults)
    ending = content.get("ending")
    return RuleSet(
        rules=tuple(_make_rule(fields) for fields in content["rules"]),
        keys=tuple(_make_rule(fields) for fields in content.get("keys", ())),
        skips=tuple(_make_skip_rule(fields) for fields in content.get("skip", ())),
        lists=tuple(content.get("lists", {}).items()),
        precedence=tuple(Tag(tag) for tag in content.get("precedence", PRECEDENCE)),
        otherwise=Tag(content.get("otherwise", Tag.CLAIM)),
        ending=Tag(ending) if ending else None,
        source=source,
        text=text,
    )


def _place_of(text: str) -> Place:
    """Where a text stands in its rule file, if it came from one."""
    return text.place if isinstance(text, Scalar) else (1, 1)


def _make_rule(fields: dict[str, Any]) -> Rule:
    """A rule from the fields of a rule file without fault."""
    return Rule(
        id=fields["id"],
        tag=Tag(fields["tag"]) if "tag" in fields else None,
        why=fields["why"],
        any=fields["any"],
        match=fields["examples"]["match"],
        miss=fields["examples"]["miss"],
        weight=fields.get("weight", 1),
        unless=fields.get("unless", ()),
        where=fields.get("where", "anywhere"),
    )


def _make_skip_rule(fields: dict[str, Any]) -> SkipRule:
    """A skip rule from such fields."""
    examples = fields["examples"]
    head = (fields["id"], fields["why"], fields["any"])
    return SkipRule(*head, examples["match"], examples["miss"])


@lru_cache(maxsize=1)
def _schema() -> Any:
    """The rule file's JSON Schema: what editors complete by is what we read by."""
    import json

    schema = json.loads(read_named(None, SCHEMA_FILE, MAX_RULE_FILE)[0])
    return _without_references(schema, schema["$defs"])


def _without_references(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A part of a schema with what it refers to in place of each reference."""
    if isinstance(schema, list):
        return [_without_references(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _without_references(definitions[name], definitions)
    return {key: _without_references(part, definitions) for key, part in schema.items()}


def _compose(text: str, source: str, *, trusted: bool) -> Node:
    """The YAML tree of a text; raises RuleFileError where it is none, or no kind that we read."""
    import yaml

    try:
        loader = yaml.CSafeLoader
    except AttributeError:
        hint = "reinstall pyyaml from a wheel, which has it"
        raise Failure(f"{source}: this PyYAML has no libyaml to read it with ({hint})") from None
    try:
        if not trusted:
            _refuse_characters(text, source)
            _refuse_events(yaml.parse(text, loader), source)
        tree = yaml.compose(text, loader)
    except yaml.MarkedYAMLError as error:
        if not re.search(r"""^[-{?"' ]*rules["' ]*(:|$)|^\{""", text, re.MULTILINE):
            raise RuleFileError([Fault(source, 1, 1, _NO_RULES)]) from None
        raise RuleFileError([_syntax_fault(text, source, error)]) from None
    if tree is None:
        raise RuleFileError([Fault(source, 1, 1, "the file is empty (write rules in it)")])
    if isinstance(tree, yaml.ScalarNode):
        raise RuleFileError([Fault(source, 1, 1, _NO_RULES)])
    return tree


def _refuse_characters(text: str, source: str) -> None:
    """Raise RuleFileError where a text holds what a rule file cannot."""
    for look, what in _UNFIT:
        if odd := re.search(look, text, re.MULTILINE):
            at = odd.end() - 1
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            told = what.format(ord(text[at]))
            raise RuleFileError([Fault(source, line, column, told)])


def _refuse_events(events: Iterable[Node], source: str) -> None:
    """Raise RuleFileError where a file has what we do not read, though it is YAML: before
    anything is built from it.
    """
    import yaml

    depth = documents = 0
    for event in events:
        what = ""
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if depth > _MAX_DEPTH:
            what = f"nested deeper than {_MAX_DEPTH} levels (six will do)"
        elif documents > 1:
            what = "a second document starts here (a rule file is one document)"
        elif getattr(event, "anchor", None) or getattr(event, "tag", None):
            what = "no plain text can start with &, * or ! (quote the text)"
        if what:
            raise RuleFileError([Fault(source, *_place(event), what)])


def _syntax_fault(text: str, source: str, error: Any) -> Fault:
    """A parser's error in our words, at the place where that opens which goes wrong."""
    problem = error.problem or ""
    _, at_opening, ours = next(row for row in _SYNTAX if row[0] in problem)
    mark = error.problem_mark or error.context_mark
    if re.compile(r"(?<=')\w").match(text, mark.index):
        ours = _APOSTROPHE
    elif at_opening and error.context_mark:
        mark = error.context_mark
    line, column = mark.line + 1, mark.column + 1
    if not text[mark.index :].strip():
        before = text.rstrip()
        ours = _UNENDED
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n") - 1
    elif re.match(r"[&*!%@`]", text[mark.index :]):
        ours = _PLAIN
    return Fault(source, line, column, ours)


def _within(text: str, place: Place) -> Place:
    """A place in a text, or its end: YAML puts what is missing there on a line that is not."""
    lines = text.split("\n")
    return min(place, (len(lines), len(lines[-1]) + 1))


def _place(node: Node) -> Place:
    """The 1-based line and column of a node or an event."""
    return node.start_mark.line + 1, node.start_mark.column + 1


def _read(node: Node, schema: Any, name: str, note: Note) -> Any:
    """The value of a node by its schema; a fault is taken down, and leaves None in its place."""
    kind = schema["type"]
    optional = isinstance(kind, list)  # as in ["array", "null"]: what may be left empty
    if optional:
        kind = kind[0]
    if kind == "object":
        return {} if optional and _is_null(node) else _read_keys(node, schema, name, note)
    if kind == "array":
        return () if optional and _is_null(node) else _read_list(node, schema, name, note)
    if kind == "integer":
        return _read_number(node, schema, name, note)
    return _read_text(node, schema, name, note)


def _is_null(node: Node) -> bool:
    """Whether nothing stands behind a key, or YAML's word for nothing."""
    return bool(node.tag == "tag:yaml.org,2002:null")


def _read_list(node: Node, schema: Any, name: str, note: Note) -> tuple[Any, ...] | None:
    """The entries of a list; a rule among them is named in its faults by its id."""
    if node.id != "sequence":
        note(_place(node), f'{name} must be a list (start each entry with "- ")')
        return None
    if not node.value and schema.get("minItems"):
        note(_place(node), f"{name} is an empty list (write an entry)")
    entries = []
    for item in node.value:
        if schema["items"]["type"] == "object":
            entries.append(_read(item, schema["items"], "the rule", _labelled(note, item)))
        else:
            entries.append(_read(item, schema["items"], f"an entry of {name}", note))
    return tuple(entries)


def _labelled(note: Note, node: Node) -> Note:
    """Takes down faults in the rule of a node, named by its id where it has one."""
    label = "a rule without id: "
    for key, value in node.value if node.id == "mapping" else ():
        if key.value == "id" and value.id == "scalar":
            label = f'rule "{value.value}": '
            break  # as of any key that is there twice, the first counts

    def note_here(place: Place, what: str) -> None:
        note(place, label + what)

    return note_here


def _read_keys(node: Node, schema: Any, name: str, note: Note) -> dict[Scalar, Any] | None:
    """The values of keys; of a key that is there twice, the first counts."""
    known = schema.get("properties", {})
    if node.id != "mapping":
        keys = _listed(schema["required"], "and") if known else "a name and its entries each"
        note(_place(node), f"{name} must be keys with values: {keys}")
        return None
    found: dict[Scalar, Any] = {}
    for key_node, value in node.value:
        place = _place(key_node)
        if key_node.id != "scalar":
            note(place, f"a key must be a word ({_listed(known or ['the name of a list'], 'or')})")
            continue
        key = _scalar(key_node)
        if key in found:
            note(place, f'the key "{key}" is there twice (keep one)')
        elif key in known:
            found[key] = _read(value, known[key], f'"{key}"', note)
        elif not known:
            _read_text(key_node, schema["propertyNames"], "the list's name", note)
            found[key] = _read(value, schema["additionalProperties"], f'the list "<{key}>"', note)
        else:
            note(place, _unknown_key(key, known))
            found[key] = None
    for required in schema.get("required", ()):
        if required not in found:
            note(_place(node), f'{name} has no "{required}" (add it)')
    return found


def _unknown_key(key: str, known: Collection[str]) -> str:
    """What to say of a key that the schema does not have."""
    if key == "<<":
        return '"<<" is not read here (write the keys out)'
    return f'unknown key "{key}" ({_hint(key, known)})'


def _scalar(node: Node) -> Scalar:
    """The text of a node, which knows its place."""
    value = Scalar(node.value)
    value.place = _place(node)
    return value


def _read_number(node: Node, schema: Any, name: str, note: Note) -> int | None:
    """A plain whole number between the schema's bounds."""
    if node.id == "scalar" and node.tag.endswith(":int"):
        plain = re.fullmatch(r"0|-?[1-9]\d{0,8}", node.value)
        if plain and schema["minimum"] <= int(node.value) <= schema["maximum"]:
            return int(node.value)
    what = f"{name} must be {schema['title']}"
    if node.id == "scalar" and node.value:
        shown = f'"{node.value}"' if node.style else node.value
        what += f", not {shown}"
    note(_place(node), what)
    return None


def _read_text(node: Node, schema: Any, name: str, note: Note) -> Scalar | None:
    """A text as the schema wants it."""
    if what := _text_problem(node, schema):
        note(_place(node), f"{name} {what}")
        return None
    return _scalar(node)


def _text_problem(node: Node, schema: Any) -> str:
    """What keeps a node from being the text that is wanted, and what to write instead."""
    if node.id != "scalar":
        kind = "a list" if node.id == "sequence" else "a key with a value"
        return f'must be a text, not {kind} (quote a text that has ": " or starts with "[")'
    kind = node.tag.rpartition(":")[2]
    if not node.value.strip() or kind == "null":
        return "is empty (write a text)"
    if kind in _TRAPS:
        return f"is read by YAML as {_TRAPS[kind]} (quote it: '{node.value}')"
    if odd := _CONTROL.search(node.value):
        return f"holds the control character U+{ord(odd[0]):04X} (use single quotes)"
    choices = schema.get("enum", [])
    if choices and node.value not in choices:
        return f'cannot be "{node.value}" ({_hint(node.value, choices, cutoff=0.75)})'
    if "pattern" in schema and not re.search(schema["pattern"], node.value):
        return f'"{node.value}" must be {schema["title"]}'
    return ""


def _check_sense(content: dict[str, Any], note: Note) -> None:
    """What no schema says: ids, lists, phrases, expressions, the order of precedence."""
    order = content.get("precedence") or ()
    if order and None not in order and sorted(order) != sorted(Tag):
        note(order[0].place, f'"precedence" must list {_listed(Tag, "and")}, each once')
    lists: dict[Scalar, list[Scalar]] = {}
    for name, entries in (content.get("lists") or {}).items():
        lists[name] = [entry for entry in entries or () if entry is not None]
    rules = []
    for section in ("rules", "skip", "keys"):
        for rule in content.get(section) or ():
            if rule is not None:
                rules.append(rule)
    _check_ids(rules, note)
    _check_entries(rules, lists, note)


def _check_entries(
    rules: Iterable[Mapping[str, Any]], lists: Mapping[Scalar, Sequence[Scalar]], note: Note
) -> None:
    """That the entries of lists and rules work, and that there are not too many."""
    forms = _check_lists(lists, note)
    problems: dict[str, str] = {}
    total = 0
    for rule in rules:
        label = f'rule "{rule["id"]}": ' if rule.get("id") else "a rule without id: "
        for entry in _entries_of(rule, label, note):
            total += _count_forms(entry, forms)
            if total > _MAX_FORMS:
                note(entry.place, f"{label}{_TOO_MANY}")
                return
            if entry not in problems:  # many rules share some
                problems[entry] = _entry_problem(entry, forms, lists, is_part=False)
            if what := problems[entry]:
                note(entry.place, label + what)


def _check_ids(rules: Iterable[Mapping[str, Any]], note: Note) -> None:
    """That no two rules have the same id."""
    first: dict[str, Scalar] = {}
    ids = [rule["id"] for rule in rules if rule.get("id") is not None]
    for id_ in sorted(ids, key=lambda id_: id_.place):
        if id_ in first:
            what = f"the id is already used on line {first[id_].place[0]} (choose another)"
            note(id_.place, f'rule "{id_}": {what}')
        else:
            first[id_] = id_


def _entries_of(rule: Mapping[str, Any], label: str, note: Note) -> Iterator[Scalar]:
    """The entries of a rule; "unless" may not repeat what is in "any"."""
    listed = set()
    for entry in rule.get("any") or ():
        if entry is not None:
            listed.add(_normal(entry))
            yield entry
    for entry in rule.get("unless") or ():
        if entry is not None:
            if _normal(entry) in listed:
                note(entry.place, f'{label}"unless" repeats "{entry}" from "any" (remove one)')
            yield entry


_TOO_MANY = f"over {_MAX_FORMS:,} phrases once lists are written out (shorten the lists)"


def _check_lists(lists: Mapping[Scalar, Sequence[Scalar]], note: Note) -> Forms:
    """What the lists stand for in which nothing is at fault."""
    order = _inner_first(lists)
    for circle in _circles(lists, order):
        first = min(circle, key=lambda name: name.place)
        circle.append(circle[0])
        way = " → ".join(f"<{name}>" for name in circle)
        note(first.place, f"the list <{first}> uses itself: {way} (leave one out)")
    forms: dict[str, Sequence[str]] = {}
    total = 0
    for name in order:
        sound = True
        for entry in lists[name]:
            total += _count_forms(entry, forms)
            if total > _MAX_FORMS:
                note(name.place, f"the list <{name}>: {_TOO_MANY}")
                return forms
            if what := _entry_problem(entry, forms, lists, is_part=True):
                note(entry.place, f"the list <{name}>: {what}")
                sound = False
        if sound and all(used in forms for used in used_lists(lists[name])):
            forms[name] = write_out_all(lists[name], forms)
    return forms


def _inner_first(lists: Mapping[Scalar, Sequence[str]]) -> list[Scalar]:
    """The names of lists, each behind those that it uses; those that use themselves left out."""
    from graphlib import CycleError, TopologicalSorter

    names = {str(name): name for name in lists}  # a name in an entry does not know its list's place
    sorter: TopologicalSorter[Scalar] = TopologicalSorter()
    for name, entries in lists.items():
        used = used_lists(entries) & names.keys()
        sorter.add(name, *(names[one] for one in sorted(used)))
    with suppress(CycleError):
        sorter.prepare()
    order: list[Scalar] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        order += ready
        sorter.done(*ready)
    return order


def _circles(
    lists: Mapping[Scalar, Sequence[str]], order: Iterable[Scalar]
) -> Iterator[list[Scalar]]:
    """Lists in a circle, each of which uses the next; of those that are not in order."""
    left = set(lists).difference(order)
    names = {str(name): name for name in left}
    seen: set[Scalar] = set()
    for start in lists:
        if start not in left:
            continue
        path: list[Scalar] = []
        name = start
        while name not in seen:
            seen.add(name)
            path.append(name)
            name = names[min(used_lists(lists[name]) & names.keys())]
        if name in path:
            yield path[path.index(name) :]


def lists_behind(entries: Iterable[str], lists: Mapping[str, Iterable[str]]) -> set[str]:
    """The names of the lists that entries use, directly or through another list."""
    names: set[str] = set()
    waiting = used_lists(entries)
    while waiting:
        names |= waiting
        further: list[str] = []
        for name in waiting:
            further += lists.get(name, ())
        waiting = used_lists(further) - names
    return names


def used_lists(entries: Iterable[str]) -> set[str]:
    """The names of the lists that entries use, whether there are such lists or not."""
    names: set[str] = set()
    for entry in entries:
        look = _LIST_IN_EXPRESSION if entry.startswith("/") else _LIST_IN_PHRASE
        names.update(look.findall(entry))
    return names


def _entry_problem(entry: str, forms: Forms, lists: Collection[str], *, is_part: bool) -> str:
    """What keeps an entry from working, and what to write instead; one of a list may be a part of
    phrases, for which no word is needed.
    """
    if len(entry) > _MAX_ENTRY:
        return f"an entry of over {_MAX_ENTRY:,} characters (split it)"
    if _WORDS_ALONE.fullmatch(entry):
        return ""
    used = sorted(used_lists([entry]))
    for name in used:
        if name not in lists:
            hint = _hint(name, lists, "add it to lists; a literal < needs an expression, as \\<")
            return f'"{entry}" uses an unknown list <{name}> ({hint})'
    if not all(name in forms for name in used):
        return ""  # a list is at fault, which is told there
    if entry.startswith("/"):
        return _expression_problem(entry, forms)
    return _phrase_problem(entry, forms, is_part=is_part)


def _phrase_problem(entry: str, forms: Forms, *, is_part: bool) -> str:
    """What keeps a phrase from working."""
    if odd := re.search(r"[<(|)]", _PART.sub(" ", entry)):
        return f'"{entry}": a literal {odd[0]} needs an expression, or (a|b) its other half'
    for part in _PART.finditer(entry):
        if part[2] is not None and "|" not in part[2]:
            return f'"{entry}": a literal ( needs an expression; alternatives are (a|b)'
    is_list = _ALONE.fullmatch(entry)
    for name in () if is_list else sorted(used_lists([entry])):
        if not all(_is_plain(form) for form in forms[name]):
            what = f'<{name}> holds an expression, a "^ " or " $" or an ellipsis'
            return f'"{entry}": {what} (let it stand alone, or split the list)'
    if _WORD.match(entry):
        return ""  # so does each of its forms begin: they need not be written out
    return _form_problem(write_out(entry, forms), is_list=bool(is_list), is_part=is_part)


def _form_problem(forms: Iterable[str], *, is_list: bool, is_part: bool) -> str:
    """What is wrong with what a phrase stands for, though each of its parts is sound."""
    for form in forms:
        if form.startswith("/"):
            if not is_list:
                hint = 'write a word before its "/"'
                return f'the phrase "{form}" would be an expression ({hint})'
        elif not is_part and not _WORD.search(form):
            return f'the phrase "{form}" has no letter or digit (write a word)'
    return ""


def _is_plain(form: str) -> bool:
    """Whether a written-out entry may be a part of a phrase."""
    return not form.startswith(("/", "^ ", "… ")) and not form.endswith((" $", " …"))


def _expression_problem(entry: str, forms: Forms) -> str:
    """What keeps a regular expression from working."""
    if re.fullmatch(r"/.*/[a-zA-Z]+", entry):
        return f"{entry}: no flags stand after the last slash (any case matches already)"
    if entry.endswith("/\n"):
        return f'{entry}: a line break stands behind it, as "|" keeps it (write "|-")'
    if len(entry) < 2 or not entry.endswith("/"):
        return f'{entry}: a regular expression ends with "/" (close it, or drop the first "/")'
    for letters in _CLASS.finditer(_without_escapes(entry)):
        if listed := _LIST_IN_EXPRESSION.search(entry, *letters.span()):
            return f"{entry}: <{listed[1]}> stands inside [ ], among letters (write (?:…|<…>))"
    if _written_length(entry, forms) > _MAX_EXPRESSION:
        what = f"over {_MAX_EXPRESSION:,} characters once its lists are written out"
        return f"{entry}: {what} (shorten them)"
    for name in sorted(used_lists([entry])):
        for form in forms[name]:
            if not form.startswith("/") and not _is_plain(form):
                return f'{entry}: <{name}> holds "{form}" (write that in the expression itself)'
    return _search_problem(entry, write_out(entry, forms)[0])


def _search_problem(entry: str, written: str) -> str:
    """What keeps a written-out expression from being searched for; raises Overrun where it takes
    too long on no text at all.
    """
    if odd := _doubtful_part(written):
        return f'{entry}: what "{odd}" means depends on the version of Python (write it otherwise)'
    try:
        expression = compile_form(written)  # which takes its time where lists are long
        with limited(_EMPTY_SECONDS):
            empty = expression.search("")
    except Overrun:
        raise Overrun(entry) from None
    except (re.error, ValueError, RecursionError, OverflowError) as error:
        return f"{entry} is no regular expression: {getattr(error, 'msg', error)} (mend it)"
    return f"{entry} matches the empty text (make it need a character)" if empty else ""


def _doubtful_part(expression: str) -> str:
    """What in an expression Python only warns of, since it may mean something else later."""
    plain = _without_escapes(expression)
    for letters in _CLASS.findall(plain):
        odd = re.search(r"^\[|(?<=.)(?:--|&&|~~|\|\|)", letters)
        if odd:
            return odd[0]
    behind_flags = re.sub(r"^/(\(\?[aiLmsux]+\))+", "", plain)
    late_flags = re.search(r"\(\?[aiLmsux]+\)", _CLASS.sub("", behind_flags))
    return late_flags[0] if late_flags else ""


def _without_escapes(expression: str) -> str:
    """An expression of the same length with a letter in place of each escape."""
    return re.sub(r"\\.", "xx", expression, flags=re.DOTALL)


def _normal(entry: str) -> str:
    """An entry in the form in which two that mean the same are equal."""
    return entry if entry.startswith("/") else fold_case(fold_marks(entry))


def _normal_forms(forms: Forms) -> Forms:
    """What lists stand for, in that form."""
    return {name: [_normal(form) for form in listed] for name, listed in forms.items()}


def _count_forms(entry: str, forms: Forms) -> int:
    """How many phrases an entry stands for, counted without writing them out.

    What is long once its lists are written out counts for several.
    """
    if entry.startswith("/"):
        return 1 + _written_length(entry, forms) // 50
    if _WORDS_ALONE.fullmatch(entry):
        return 1 + len(entry) // 100
    if alone := _ALONE.fullmatch(entry):
        return sum(1 + len(form) // 100 for form in forms.get(alone[1], ()))
    count = 1
    length = len(_PART.sub("", entry))
    for part in _PART.finditer(entry):
        if part[1] is not None:
            listed = forms.get(part[1], ())
            count *= len(listed)
            length += max((len(form) for form in listed), default=0)
        else:
            alternatives = part[2].split("|")
            count *= sum(_count_forms(one, forms) for one in alternatives)
            length += max(len(one) for one in alternatives)
    return count * (1 + length // 100)


def _written_length(expression: str, forms: Forms) -> int:
    """About how many characters an expression has once its lists are written out."""
    length = len(expression)
    for name in _LIST_IN_EXPRESSION.findall(expression):
        length += sum(len(form) for form in forms.get(name, ()))
    return length


def write_out(entry: str, forms: Forms) -> list[str]:
    """The plain phrases and expressions that an entry stands for.

    >>> write_out("(we |<who> |)do not", {"who": ["you", "they all"]})
    ['we do not', 'you do not', 'they all do not', 'do not']
    """
    if entry.startswith("/"):
        return [_LIST_IN_EXPRESSION.sub(lambda list_: _group(list_[1], forms), entry)]
    if alone := _ALONE.fullmatch(entry):
        return list(forms.get(alone[1], ()))
    return [_single_spaced(phrase) for phrase in _spliced(entry, forms)]


def _spliced(entry: str, forms: Forms) -> list[str]:
    """The texts that a phrase becomes with one choice for each of its lists and alternatives."""
    part = _PART.search(entry)
    if not part:
        return [entry]
    choices: list[str] = []
    if part[1] is not None:
        choices += forms.get(part[1], ())
    else:
        for alternative in part[2].split("|"):
            choices += _spliced(alternative, forms)
    head = entry[: part.start()]
    tails = _spliced(entry[part.end() :], forms)
    return [f"{head}{choice}{tail}" for choice in choices for tail in tails]


def _single_spaced(phrase: str) -> str:
    """A phrase without the spaces that an empty part leaves."""
    return " ".join(phrase.split())


def write_out_all(entries: Iterable[str], forms: Forms) -> list[str]:
    """The plain phrases and expressions that several entries stand for, in order."""
    written: list[str] = []
    for entry in entries:
        written += write_out(entry, forms)
    return written


def write_out_lists(lists: Lists) -> Forms:
    """What each list of a rule set stands for."""
    entries = dict(lists)
    forms: dict[str, list[str]] = {}
    for name in _inner_first(entries):
        forms[name] = write_out_all(entries[name], forms)
    return forms


def _longest_first(form: str) -> tuple[int, str]:
    """What sorts forms: the longest first, and in no order that a file could have otherwise."""
    return -len(form), form


def _group(name: str, forms: Forms) -> str:
    """A list inside an expression: any one of its entries, the longest that fits.

    Phrases are grouped by their first letter, which ``re`` then looks for once for all of a group.
    """
    listed = sorted(forms.get(name, ()), key=_longest_first)
    is_plain = not any(form.startswith("/") for form in listed)
    groups: dict[str, list[str]] = {}
    for form in listed:
        words = fold_marks(form)
        source = form[1:-1] if form.startswith("/") else re.escape(words)
        # An expression may begin with any letter, so that among some the order must stand.
        letter = fold_case(words[:1]) if is_plain else ""
        groups.setdefault(letter, []).append(source)
    alternatives = []
    for group in groups.values():
        alternatives.append(f"(?:{'|'.join(group)})")
    return f"(?:{'|'.join(alternatives)})"


@lru_cache(maxsize=16_384)
def compile_form(form: str) -> re.Pattern[str]:
    """A written-out expression, ``/…/``, compiled."""
    return re.compile(form[1:-1], re.IGNORECASE)


MOST_SECONDS = 1  # for a sentence or a paragraph, which need a thousandth of it


def search_timer() -> Callable[[float], object]:
    """A function that lets ``Overrun`` be raised once the process has computed for so many seconds
    from then on; not after 0.

    It does nothing where it cannot: in any thread but the main one, on Windows, and where somebody
    else used the signal when it was first needed. There a search may take as long as it takes.
    """
    import threading

    return _timer_of_thread(threading.current_thread() is threading.main_thread())


@lru_cache(maxsize=2)  # it would take a tenth of a short paragraph's time
def _timer_of_thread(is_main: bool) -> Callable[[float], object]:
    """The timer of the main thread, or of any other."""
    import signal

    if not is_main or not hasattr(signal, "setitimer"):
        return _no_timer
    if signal.getsignal(signal.SIGPROF) not in (signal.SIG_DFL, signal.SIG_IGN, _overrun):
        return _no_timer
    try:
        signal.signal(signal.SIGPROF, _overrun)
    except ValueError:  # this is the main thread of what is not the main interpreter
        return _no_timer
    return partial(signal.setitimer, signal.ITIMER_PROF)


@contextmanager
def limited(seconds: float) -> Iterator[Callable[[float], object]]:
    """Raise Overrun if what is done meanwhile takes so many seconds, as ``search_timer`` can; more
    are given by the function that it yields.
    """
    timer = search_timer()
    timer(seconds)
    try:
        yield timer
    finally:
        timer(0)


def _no_timer(seconds: float) -> None:
    """What stands in for a timer where there is none."""


def _overrun(number: int, frame: Any) -> None:
    """Answer the signal of the timer, which ``re`` lets through in the midst of a search."""
    raise Overrun


def _listed(words: Iterable[str], last: str) -> str:
    """Words as a sentence lists them: a, b or c."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def _hint(word: str, options: Collection[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """The option that a mistyped word is likely to mean, or all of them."""
    from difflib import get_close_matches

    for close in get_close_matches(word.lower(), list(options), 1, cutoff):
        return f'did you mean "{close}"?'
    return otherwise or f"choose {_listed(options, 'or')}"


# --------------------------------------------------------------------------------------- reading

LONGEST_FURNITURE = 10_000  # characters
FULL_LENGTH = 18  # words: an ordinary sentence; a longer one says no more for being longer
CALL_POINTS = 10

Span = tuple[int, int]
Matched = TypeVar("Matched")  # an entry, or the place of a rule
Term = tuple[str, int]  # of the points of a sentence: what gives them, and how many


class Finding(NamedTuple):
    """What rules found in a paragraph, with the weights that they have themselves."""

    block: Block
    skips: Skips
    matches: tuple[Cue, ...]


class Phrase(NamedTuple):
    """A written-out phrase with its case folded, and the entry that stands for it.

    ``offset`` is where its first word begins; where it ``opens`` or ``closes`` no word may stand
    before it or behind it.
    """

    words: str
    offset: int
    opens: bool
    closes: bool
    entry: str


class Index(NamedTuple):
    """Entries made ready to be found in many sentences, or paragraphs.

    ``phrases`` are found by their first word and by their second, which is empty where they have
    one word; ``expressions`` are, by entry, the written-out forms of those that are looked for one
    by one.
    """

    phrases: dict[str, dict[str, list[Phrase]]]
    expressions: dict[str, list[str]]


class Matcher(NamedTuple):
    """A rule set made ready to read many sentences.

    ``source`` names the rule file. ``rules`` are those for tags, then the key rules; ``users`` has
    for each entry the places among them of the rules that it makes fire, and ``sought`` are those
    of its entries that have expressions, which are looked for in each sentence.
    """

    source: str
    rules: tuple[Rule, ...]
    sentence_index: Index
    users: dict[str, list[int]]
    sought: tuple[str, ...]
    skips: tuple[SkipRule, ...]
    paragraph_index: Index


PREPARED_FILE = "rules.pickle"


class Prepared(NamedTuple):
    """The shipped rules with their matcher, which lie in the wheel beside the rule file.

    They are packed whenever a wheel is built, and save a start a third of its time; a checkout has
    none.
    """

    rules: RuleSet
    matcher: Matcher


def pack_rules() -> bytes:
    """What a wheel holds for ``load_prepared``: a checksum and a pickle."""
    import pickle
    from zlib import crc32

    rules = load_rules()
    packed = pickle.dumps(Prepared(rules, make_matcher(rules)), protocol=4)  # any Python reads it
    return crc32(packed).to_bytes(4, "big") + packed


@lru_cache(maxsize=1)
def load_prepared() -> Prepared | None:
    """The shipped rules as they were packed with the program; None where they were not."""
    import pickle
    from zlib import crc32

    try:
        content = shipped_file(PREPARED_FILE).read_bytes()
    except OSError:
        return None
    if content[:4] != crc32(content[4:]).to_bytes(4, "big"):
        return None  # where they are damaged the rule file serves
    prepared: Prepared = pickle.loads(content[4:])
    return prepared


def load_rules(path: str | None = None) -> RuleSet:
    """The rule set of a file, or the shipped one. Raises Failure or RuleFileError."""
    text, source = read_named(path, SHIPPED_RULES, MAX_RULE_FILE)
    prepared = load_prepared() if path is None else None
    if prepared and prepared.rules.text == text:  # nobody has edited the file where it lies
        return prepared.rules
    return parse_rules(text, source, trusted=path is None)


@lru_cache(maxsize=4)
def make_matcher(rules: RuleSet) -> Matcher:
    """The matcher of a rule set, which it takes longer to make than to read an op-ed with."""
    # A user's rules shall not wait for the shipped ones, unless their file has the same name.
    prepared = load_prepared() if rules.source == SHIPPED_RULES else None
    if prepared and prepared.rules == rules:
        _compile(prepared.matcher)
        return prepared.matcher
    forms = write_out_lists(rules.lists)
    firing = (*rules.rules, *rules.keys)
    entries: list[str] = []
    users: dict[str, list[int]] = {}
    for at, rule in enumerate(firing):
        if not rule.weight:
            continue
        entries += rule.entries
        for entry in rule.any:
            users.setdefault(entry, []).append(at)
    index = make_index(entries, forms)
    skip_entries: list[str] = []
    for skip in rules.skips:
        skip_entries += skip.any
    matcher = Matcher(
        source=rules.source,
        rules=firing,
        sentence_index=index,
        users=users,
        sought=tuple(entry for entry in index.expressions if entry in users),
        skips=rules.skips,
        paragraph_index=make_index(skip_entries, forms, split=split_ellipses),
    )
    _compile(matcher)
    return matcher


def _compile(matcher: Matcher) -> None:
    """Compile the expressions that every text is searched for: that takes longer than to search,
    and no search shall be given up for it.
    """
    for entry in matcher.sought:
        for form in matcher.sentence_index.expressions[entry]:
            compile_form(form)
    for forms in matcher.paragraph_index.expressions.values():
        for form in forms:
            compile_form(form)


def split_anchors(phrase: str) -> tuple[bool, str, bool]:
    """Whether a phrase stands at the start of its sentence, its words, whether at the end.

    >>> split_anchors("^ but then")
    (True, 'but then', False)
    """
    words = phrase.removeprefix("^ ")
    opens = words != phrase
    phrase = words.removesuffix(" $")
    return opens, phrase, phrase != words


def split_ellipses(phrase: str) -> tuple[bool, str, bool]:
    """Whether a skip rule's phrase stands at the start of its paragraph, its words, whether at the
    end: it is all of the paragraph but for ellipses, and an anchor says nothing new.

    >>> split_ellipses("… in your inbox")
    (False, 'in your inbox', True)
    """
    _, phrase, _ = split_anchors(phrase)
    words = phrase.removeprefix("… ")
    opens = words == phrase
    phrase = words.removesuffix(" …")
    return opens, phrase, phrase == words


_HEAD = re.compile(r"(\w+)(?:\W+(\w+))?")  # the first two words of a phrase, or its only one


def make_index(
    entries: Iterable[str],
    forms: Forms,
    split: Callable[[str], tuple[bool, str, bool]] = split_anchors,
) -> Index:
    """The index of entries; ``split`` says where in a text a phrase stands."""
    phrases: dict[str, dict[str, list[Phrase]]] = {}
    expressions: dict[str, list[str]] = {}
    normal_forms = _normal_forms(forms)
    for entry in dict.fromkeys(entries):
        if entry.startswith("/"):
            expressions[entry] = write_out(entry, forms)
            continue
        for form in write_out(_normal(entry), normal_forms):
            if form.startswith("/"):
                expressions.setdefault(entry, []).append(form)
                continue
            opens, words, closes = split(form)
            head = _HEAD.search(words)
            if head:  # which a phrase in a rule file has, but one made by hand can lack
                phrase = Phrase(words, head.start(), opens, closes, entry)
                first, second = head.groups("")
                phrases.setdefault(first, {}).setdefault(second, []).append(phrase)
    return Index(phrases, expressions)


def find_entries(index: Index, expressions: Iterable[str], form: str) -> dict[str, Span]:
    """Where entries stand in a sentence, by its matching form: those that have phrases there, and
    those with expressions that are asked for; of each the leftmost match, then the longest.
    """
    found = find_phrases(index, form)
    for entry in expressions:
        find_expressions(index, entry, form, found)
    return found


def find_phrases(index: Index, form: str) -> dict[str, Span]:
    """Where entries stand in a sentence by their phrases; of each the leftmost, then longest."""
    found: dict[str, Span] = {}
    folded = fold_case(form)
    spans = [word.span() for word in _WORD.finditer(form)]
    words = [folded[start:end] for start, end in spans]
    words.append(" ")  # which no phrase has for its second word
    for place, (start, _) in enumerate(spans):
        by_second = index.phrases.get(words[place])
        if by_second is None:
            continue
        for phrase in (*by_second.get("", ()), *by_second.get(words[place + 1], ())):
            first = start - phrase.offset
            last = first + len(phrase.words)
            if first < 0 or not folded.startswith(phrase.words, first):
                continue
            may_start = not phrase.opens or place == 0
            may_end = not phrase.closes or last >= spans[-1][1]
            if may_start and may_end and _is_whole(form, first, last):
                _keep_first(found, phrase.entry, (first, last))
    return found


def find_expressions(index: Index, entry: str, form: str, found: dict[str, Span]) -> None:
    """Add to ``found`` where the expressions of an entry match in a sentence, if any does."""
    try:
        for expression in index.expressions.get(entry, ()):
            for match in compile_form(expression).finditer(form):
                if match[0]:
                    _keep_first(found, entry, match.span())
                    break
    except Overrun:
        raise Overrun(entry) from None


def _is_whole(form: str, start: int, end: int) -> bool:
    """Whether no word runs into a span from before it or on behind it."""
    before = form[start - 1] if start else ""
    after = form[end : end + 1]
    return not _WORD.search(before + after)


def _keep_first(found: dict[Matched, Span], what: Matched, span: Span) -> None:
    """Note a match, if none is before it or as early and longer."""
    if what not in found or _rank(span) < _rank(found[what]):
        found[what] = span


def _rank(span: Span) -> Span:
    """What sorts matches: the leftmost first, then the longest."""
    start, end = span
    return start, -end


def _first_of(entries: Iterable[str], found: Mapping[str, Span]) -> str:
    """The entry with the leftmost, then longest, match; empty where none matches."""
    matching = [entry for entry in entries if entry in found]
    return min(matching, key=lambda entry: _rank(found[entry]), default="")


def _text_span(sentence: Sentence, span: Span) -> Span:
    """The span of the text that a span of a sentence's matching form stands for."""
    start, end = span
    if len(sentence.text) == len(sentence.form):
        return sentence.start + start, sentence.start + end
    offsets = [*_form_offsets(sentence.text), len(sentence.text)]
    is_space = sentence.form[end - 1] == " "  # which stands for all the white space there
    last = offsets[end] if is_space else offsets[end - 1] + 1
    return sentence.start + offsets[start], sentence.start + last


def find_matches(block: Block, matcher: Matcher) -> tuple[Cue, ...]:
    """Where rules match in a paragraph, silenced or not, by start, end and rule id.

    Raises SlowSearch where an expression takes too long.
    """
    matches: list[Cue] = []
    try:
        with limited(MOST_SECONDS) as give:
            seconds = _most_seconds(matcher.sentence_index)
            for number in range(1, len(block.sentences) + 1):
                give(seconds)
                matches += _sentence_matches(block, number, matcher)
    except Overrun as overrun:
        raise _too_slow(overrun.entry, matcher, block.text, block.line) from None
    matches.sort(key=_cue_order)
    return tuple(matches)


def _most_seconds(index: Index) -> float:
    """How long a search for all entries may take: longer where thousands of expressions are looked
    for, each of which has to be compiled first.
    """
    return MOST_SECONDS * (1 + len(index.expressions) / 500)


def _too_slow(entry: str, matcher: Matcher, text: str, line: int) -> SlowSearch:
    """Why a reading ends at a paragraph: which entry takes too long, of the first rule with it."""
    where = f"takes over {MOST_SECONDS} s on line {line}, {_excerpt(text)}"
    rules: list[Rule | SkipRule] = [*matcher.rules, *matcher.skips]
    for rule in rules:
        for one in rule.entries:
            if one == entry:
                what = f'rule "{rule.id}": {entry} {where} ({_REPEATS_COMPETE})'
                return SlowSearch(Fault(matcher.source, *_place_of(one), what))
    return SlowSearch(Fault(matcher.source, 1, 1, f"reading {where} (use fewer rules)"))


def _sentence_matches(block: Block, number: int, matcher: Matcher) -> Iterator[Cue]:
    """Where rules match in one sentence of a paragraph."""
    sentence = block.sentences[number - 1]
    index = matcher.sentence_index
    found = find_entries(index, matcher.sought, sentence.form)
    first: dict[int, Span] = {}
    for entry, span in found.items():
        for at in matcher.users.get(entry, ()):
            _keep_first(first, at, span)
    silencing: set[str] = set()
    for at in first:
        silencing.update(matcher.rules[at].unless)
    for entry in silencing:
        find_expressions(index, entry, sentence.form, found)
    for at, span in first.items():
        rule = matcher.rules[at]
        start, end = _text_span(sentence, span)
        yield Cue(
            rule=rule.id,
            tag=rule.tag,
            weight=rule.weight,
            sentence=number,
            start=start,
            end=end,
            text=block.text[start - block.start : end - block.start],
            silenced=_silencer(rule, block, number, found),
        )


def _cue_order(cue: Cue) -> tuple[int, int, str]:
    """Where a cue stands, then its rule."""
    return cue.start, cue.end, cue.rule


def _silencer(rule: Rule, block: Block, number: int, found: Mapping[str, Span]) -> str:
    """What keeps a rule that matches in a sentence from firing there; empty if nothing does."""
    places = {"opening": 1, "closing": len(block.sentences)}
    if number != places.get(rule.where, number):
        return f"where: {rule.where}"
    entry = _first_of(rule.unless, found)
    if not entry:
        return ""
    start, end = found[entry]
    words = block.sentences[number - 1].form[start:end]
    if "<" in entry and not entry.startswith("/"):
        return f'unless: "{words}" in {entry}'
    return f'unless: "{words}"'


def find_skips(text: str, line: int, matcher: Matcher) -> Skips:
    """The skip rules that match a paragraph whole, which stands at a line of its text.

    What is very long is no page furniture. Raises SlowSearch where an expression takes too long.
    """
    if len(text) > LONGEST_FURNITURE:
        return ()
    try:
        with limited(_most_seconds(matcher.paragraph_index)):
            found = find_wholes(matcher.paragraph_index, text)
    except Overrun as overrun:
        raise _too_slow(overrun.entry, matcher, text, line) from None
    return tuple(skip.id for skip in matcher.skips if not found.isdisjoint(skip.any))


def find_wholes(index: Index, text: str) -> set[str]:
    """The entries that match all of a paragraph, with its Markdown marks or without."""
    entries: set[str] = set()
    for shape in whole_shapes(text):
        entries.update(find_phrases(index, shape))
        for entry, expressions in index.expressions.items():
            try:
                for expression in expressions:
                    if compile_form(expression).fullmatch(shape):
                        entries.add(entry)
                        break
            except Overrun:
                raise Overrun(entry) from None
    return entries


def whole_shapes(text: str) -> tuple[str, ...]:
    """What skip rules match: all of a paragraph, with its Markdown marks and without."""
    return tuple(dict.fromkeys((fold_marks(text), matching_form(text))))


def build_outline(text: str, rules: RuleSet, source: str = "") -> Outline:
    """The reading of a text by a rule set; ``text`` is taken as decoded, ``source`` names it.

    Raises Failure where an expression takes over a second, in the main thread and not on Windows.
    """
    return Outline(text, source, rules, read_blocks(tuple(find_blocks(text)), rules))


class LazyOutline(NamedTuple):
    """An outline that keeps only its text and, for each paragraph, the skip rules that match it.

    The paragraphs are read anew whenever they are asked for. An ``Outline``, which keeps them,
    takes twenty times as much memory as its text.
    """

    text: str
    source: str
    rules: RuleSet
    skips: tuple[Skips, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the text."""
        return digest(self.text)

    @property
    def last_number(self) -> int:
        """The number of the last tagged paragraph; 0 where there is none."""
        return sum(not its_skips for its_skips in self.skips)

    @property
    def blocks(self) -> Iterator[Paragraph]:
        """A fresh iterator over its paragraphs, skipped or not, each of which is read then."""
        return read_each(find_blocks(self.text), self.skips, self.rules)


AnyOutline = Outline | LazyOutline


def lazy_outline(text: str, rules: RuleSet, source: str = "") -> LazyOutline:
    """As ``build_outline``, but its paragraphs are read when they are asked for."""
    matcher = make_matcher(rules)
    skips = []
    for start, end, line in find_places(text):
        skips.append(find_skips(text[start:end], line, matcher))
    return LazyOutline(text, source, rules, tuple(skips))


def read_blocks(blocks: Sequence[Block], rules: RuleSet) -> tuple[Paragraph, ...]:
    """The paragraphs of a piece, in order, as a rule set reads them."""
    matcher = make_matcher(rules)
    skips = [find_skips(block.text, block.line, matcher) for block in blocks]
    return tuple(read_each(blocks, skips, rules))


def read_each(
    blocks: Iterable[Block], skips: Sequence[Skips], rules: RuleSet
) -> Iterator[Paragraph]:
    """The readings of paragraphs, one at a time. What is skipped must be known of all of them
    beforehand: which are in the last quarter depends on how many are not.
    """
    matcher = make_matcher(rules)
    findings = (
        Finding(block, its_skips, find_matches(block, matcher))
        for block, its_skips in zip(blocks, skips, strict=True)
    )
    late = late_ones([not its_skips for its_skips in skips])
    return arrange(findings, late, rules)


def arrange(
    findings: Iterable[Finding], late: Iterable[bool], rules: RuleSet
) -> Iterator[Paragraph]:
    """The paragraphs of a piece from what rules found in each, and whether it is late there.

    The weights of the matches are the rules' own; here they become what they count for.
    """
    return _hang(_tag_each(findings, late, rules))


def _tag_each(
    findings: Iterable[Finding], late: Iterable[bool], rules: RuleSet
) -> Iterator[Paragraph]:
    """The paragraphs numbered, scored and tagged, each with its key sentence; none hangs yet."""
    number = 0
    for (block, skips, matches), is_late in zip(findings, late, strict=True):
        counted = matches
        if is_late:
            counted = tuple(_counted(match, rules) for match in matches)
        scores = add_scores(counted)
        tag = rules.decide(scores)
        number += not skips
        yield Paragraph(
            block=block,
            skips=skips,
            matches=counted,
            tag=tag,
            runner_up=rules.runner_up(scores),
            scores=scores,
            key_sentence=choose_key_sentence(block, counted, tag),
            late=is_late,
            number=None if skips else number,
            under=None,
        )


def _counted(match: Cue, rules: RuleSet) -> Cue:
    """A match in the last quarter with the weight that it counts for there."""
    return match._replace(weight=match.weight * rules.times(match.tag, late=True))


def late_ones(kept: Sequence[bool]) -> list[bool]:
    """Which paragraphs are in the last quarter of a piece of four or more that are ``kept``.

    >>> late_ones([True, True, True, False, True])
    [False, False, False, False, True]
    """
    count = sum(kept)
    late = []
    number = 0
    for is_kept in kept:
        number += is_kept
        behind = 4 * number > 3 * count
        late.append(is_kept and behind and count >= 4)
    return late


def add_scores(matches: Iterable[Cue]) -> Scores:
    """The score for each tag: the plain sum of its cues' weights."""
    scores = dict.fromkeys(Tag, 0)
    for match in matches:
        if match.tag and not match.silenced:
            scores[match.tag] += match.weight
    return scores


def choose_key_sentence(block: Block, matches: Iterable[Cue], tag: Tag) -> Sentence:
    """The sentence with the most points; of several the longest, and then the first."""
    ranks = []
    terms = key_terms(block, matches, tag)
    for sentence, its_terms in zip(block.sentences, terms, strict=True):
        ranks.append((add_points(its_terms), word_count(sentence)))
    return block.sentences[ranks.index(max(ranks))]


def key_terms(block: Block, matches: Iterable[Cue], tag: Tag) -> list[list[Term]]:
    """What speaks for each sentence as the one that stands for its paragraph, and with how much.

    A point for each word, up to eighteen; the weights of its key cues; and in a recommendation
    ten for a call to act.
    """
    terms: list[list[Term]] = []
    for sentence in block.sentences:
        terms.append([("words", min(word_count(sentence), FULL_LENGTH))])
    calls = set()
    for match in matches:
        if match.silenced:
            continue
        if match.tag is None:
            terms[match.sentence - 1].append((match.rule, match.weight))
        elif tag is Tag.RECOMMENDATION and match.tag is tag:
            calls.add(match.sentence)
    for number in sorted(calls):
        terms[number - 1].append(("call to act", CALL_POINTS))
    return terms


def add_points(terms: Iterable[Term]) -> int:
    """The points of a sentence."""
    return sum(points for _, points in terms)


def word_count(sentence: Sentence) -> int:
    """How many words a sentence has."""
    return len(sentence.form.split())


def _hang(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Hang evidence under the nearest claim or recommendation before it, or the first one after
    it where none is before; the others hang nowhere.

    What comes before the first that anything can hang under is held back until that is found.
    """
    parent = None
    waiting = []
    for one in paragraphs:
        if one.verdict in (Tag.CLAIM, Tag.RECOMMENDATION):
            parent = one.number
        elif parent is None:
            waiting.append(one)
            continue
        for early in waiting:
            yield _hung(early, parent)
        waiting.clear()
        yield _hung(one, parent)
    yield from waiting


def _hung(one: Paragraph, parent: int | None) -> Paragraph:
    """A paragraph that hangs under its parent if it is evidence."""
    return one._replace(under=parent) if one.verdict is Tag.EVIDENCE else one


# ------------------------------------------------------------------------------------------ diff

Field = tuple[str, Any, Any]  # of an edit: its name, what it was, what it is
Effect = tuple[tuple[Cue, ...], bool]  # of a rule on a paragraph: its cues, whether it skips it
Effects = Sequence[Effect]  # of a rule, on each paragraph
Pair = tuple[str | None, str | None]  # a rule's id by the old and by the new rules
Starts = dict[int | None, int | None]  # of paragraphs, by number
Sums = tuple[int, ...]  # of weights, in the order of the tags
Made = frozenset[str]  # the names of edits that are made, while the others are not

_CHANGES = ("relabelled", "moved", "rescored")  # the greatest first
NO_EFFECT: Effect = ((), False)
NONE_MADE: Made = frozenset()
NO_SUMS: Sums = (0,) * len(Tag)


class Edit(NamedTuple):
    """All changes to one rule, list (``<name>``) or setting (``@name``).

    ``ids`` are the rule's before and after; an ``inert`` edit touches nothing in this text.
    """

    rule: str
    change: str
    fields: tuple[Field, ...] = ()
    ids: Pair = (None, None)
    inert: bool = False


class Change(NamedTuple):
    """A paragraph that is ``relabelled``, ``moved`` or ``rescored``.

    Each cause of a relabelling is a set of edits that is enough for it, and of which none can be
    left out; ``edits`` are all that touch the paragraph.
    """

    change: str
    old: Paragraph
    new: Paragraph
    causes: tuple[tuple[str, ...], ...] = ()
    edits: tuple[str, ...] = ()

    @property
    def is_rekeyed(self) -> bool:
        """Whether another sentence stands for the paragraph in the outline."""
        if self.old.skips or self.new.skips:
            return False
        return self.old.key_sentence != self.new.key_sentence

    @property
    def shows(self) -> bool:
        """Whether the outline is another one for it."""
        return self.change != "rescored" or self.is_rekeyed


class Diff(NamedTuple):
    """What changes between two readings of one text, and which edits of the rules did it."""

    before: Outline
    after: Outline
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    unchanged: int

    @property
    def counts(self) -> dict[str, int]:
        """How many paragraphs changed in each way."""
        kinds = [one.change for one in self.changes]
        return {kind: kinds.count(kind) for kind in _CHANGES}


def diff_outlines(before: Outline, after: Outline) -> Diff:
    """What changes between two readings of one text; raises Failure where the texts differ.

    Edits are told by the words of both rule files, or where one reading is an exported outline
    by the cues that they left; causes are as exact either way.
    """
    _check_same_text(before, after)
    edits = find_edits(before, after)
    trial = Trial(before, after, edits)
    old_starts, new_starts = paragraph_starts(before), paragraph_starts(after)
    changes = []
    unchanged = 0
    for at, (old, new) in enumerate(zip(before.blocks, after.blocks, strict=True)):
        moved = old_starts[old.under] != new_starts[new.under]
        kind = _level(old, new, moved=moved)
        if not kind:
            unchanged += old.verdict is not None
            continue
        causes = trial.causes(at) if kind == "relabelled" else ()
        changes.append(Change(kind, old, new, causes, trial.edits_of(at, causes)))
    told = []
    for edit in edits:
        told.append(edit._replace(inert=trial.is_inert(edit.rule)))
    return Diff(before, after, tuple(told), tuple(changes), unchanged)


def _check_same_text(before: Outline, after: Outline) -> None:
    """Raise Failure unless two outlines have the same paragraphs."""
    sides = f"{before.rules.source}, {after.rules.source}"
    if before.digest != after.digest:
        which = f"{before.source} and {after.source} are two different texts"
        raise Failure(f"{sides}: {which} (compare one text)")
    spans = [(one.start, one.end) for one in before.blocks]
    if spans != [(one.start, one.end) for one in after.blocks]:
        which = "another version parted the text into other paragraphs"
        raise Failure(f"{sides}: {which} (export it again)")


def _level(old: Paragraph, new: Paragraph, *, moved: bool) -> str:
    """How a paragraph changes, if it does; that its number did is no change."""
    if old.verdict != new.verdict:
        return "relabelled"
    if old.verdict is None:
        return ""
    if moved:
        return "moved"
    return "rescored" if lost_cues(old, new) or lost_cues(new, old) else ""


def paragraph_starts(outline: Outline) -> Starts:
    """Where the paragraph of each number starts; None stands for none."""
    starts: Starts = {None: None}
    for one in outline.paragraphs:
        starts[one.number] = one.start
    return starts


def lost_cues(paragraph: Paragraph, other: Paragraph) -> list[Cue]:
    """The cues that another reading of a paragraph has not, or not as often, under any id; none
    where the paragraph is skipped.
    """
    return [] if paragraph.skips else _only_in(paragraph.heard, other.heard, _nameless)


def _only_in(
    cues: Iterable[Cue], others: Iterable[Cue], bare_of: Callable[[Cue], Cue]
) -> list[Cue]:
    """The cues that others have not, or not as often, but for what ``bare_of`` leaves out."""
    spare = Counter(bare_of(cue) for cue in others)
    only = []
    for cue in cues:
        name = bare_of(cue)
        if not spare[name]:
            only.append(cue)
        spare[name] -= 1
    return only


def _nameless(cue: Cue) -> Cue:
    """A cue without the id of its rule: a renamed rule reads a text as it did before."""
    return cue._replace(rule="")


def find_edits(before: Outline, after: Outline) -> tuple[Edit, ...]:
    """The edits that lead from one reading's rules to another's, by name."""
    old, new = before.rules, after.rules
    edits = []
    settings = (
        ("ending", old.ending, new.ending),
        ("otherwise", old.otherwise, new.otherwise),
        ("precedence", old.precedence, new.precedence),
    )
    for name, was, now in settings:
        if was != now:
            edits.append(Edit(f"@{name}", "changed", ((name, was, now),)))
    if old.rules and new.rules:
        edits += _list_edits(old.lists, new.lists)
        olds = {str(rule.id): _read_fields(rule) for rule in old.every}
        news = {str(rule.id): _read_fields(rule) for rule in new.every}
        edits += _rule_edits(olds, news, _changed_fields)
    else:
        edits += _rule_edits(_effects(before), _effects(after), _changed_effects)
    return tuple(sorted(edits))


def _list_edits(old_lists: Lists, new_lists: Lists) -> Iterator[Edit]:
    """The edits of lists. One that comes or goes does nothing but through the rules that use it,
    and those are edited as well.
    """
    old, new = dict(old_lists), dict(new_lists)
    for name in {**old, **new}:
        title = f"<{name}>"
        if name not in old:
            yield Edit(title, "added")
        elif name not in new:
            yield Edit(title, "removed")
        elif set(old[name]) != set(new[name]):
            field = ("entries", old[name], new[name])
            yield Edit(title, "changed", (field,))


def _read_fields(rule: Rule | SkipRule) -> dict[str, Any]:
    """The fields of a rule that a reading depends on."""
    if isinstance(rule, SkipRule):
        return {"tag": None, "any": rule.any}
    return {
        "tag": rule.tag,
        "weight": rule.weight,
        "any": rule.any,
        "unless": rule.unless,
        "where": rule.where,
    }


def _changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of a rule that differ; the order of a list does not matter."""
    for name in ("tag", "weight", "any", "unless", "where"):
        was, now = old.get(name), new.get(name)
        if isinstance(was, tuple) and isinstance(now, tuple):
            same = set(was) == set(now)
        else:
            same = was == now
        if not same:
            yield name, was, now


def _effects(outline: Outline) -> dict[str, list[Effect]]:
    """By each rule's id what it does to each paragraph, with its own weight and without its id."""
    effects: dict[str, list[Effect]] = {}
    for at, one in enumerate(outline.blocks):
        found: dict[str, list[Cue]] = {id_: [] for id_ in one.skips}
        for cue in one.heard:
            times = outline.rules.times(cue.tag, one.late)
            own = cue._replace(rule="", weight=cue.weight // times)
            found.setdefault(cue.rule, []).append(own)
        for id_, cues in found.items():
            row = effects.setdefault(id_, [NO_EFFECT] * len(outline.blocks))
            row[at] = (tuple(cues), id_ in one.skips)
    return effects


def _changed_effects(old: Effects, new: Effects) -> Iterator[Field]:
    """How the cues of a rule differ, where its own words are not known."""
    if old == new:
        return
    counts = _count_cues(old), _count_cues(new)
    skips = _count_skips(old), _count_skips(new)
    told = False
    for name, was, now in zip(("tag", "weight"), _kind_of(old), _kind_of(new), strict=True):
        if was and now and was != now:
            told = True
            yield name, was, now
    if skips[0] != skips[1]:
        yield "skipped", *skips
    elif counts[0] != counts[1] or not told:
        yield "cues", *counts


def _kind_of(effects: Effects) -> tuple[Tag | None, int | None]:
    """The tag and the weight of a rule by its cues; None where it has none, or several."""
    tags = set()
    weights = set()
    for cues, _ in effects:
        for cue in cues:
            tags.add(cue.tag)
            weights.add(cue.weight)
    tag = tags.pop() if len(tags) == 1 else None
    return tag, weights.pop() if len(weights) == 1 else None


def _count_cues(effects: Effects) -> int:
    """How many cues a rule has in all."""
    return sum(len(cues) for cues, _ in effects)


def _count_skips(effects: Effects) -> int:
    """How many paragraphs a rule skips."""
    return sum(skips for _, skips in effects)


def _rule_edits(
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    changed: Callable[[Any, Any], Iterable[Field]],
) -> list[Edit]:
    """The edits of rules that are described on both sides, by id; ``changed`` compares two."""
    edits = []
    come = sorted(news.keys() - olds.keys())
    for id_ in sorted(olds):
        if id_ in news:
            fields = tuple(changed(olds[id_], news[id_]))
            if fields:
                edits.append(Edit(id_, "changed", fields, (id_, id_)))
            continue
        for name in come:
            if not list(changed(olds[id_], news[name])):
                field = ("id", id_, name)
                edits.append(Edit(name, "renamed", (field,), (id_, name)))
                come.remove(name)
                break
        else:
            edits.append(Edit(id_, "removed", (), (id_, None)))
    for id_ in come:
        edits.append(Edit(id_, "added", (), (None, id_)))
    return edits


class Basis(NamedTuple):
    """What a paragraph's scores come from once some edits are made: the settings, the sums of its
    cues' own weights by tag, and how often the cues of each tag count, which is all that the
    ``ending`` does.
    """

    settings: RuleSet
    sums: Sums
    times: tuple[int, ...]

    def weigh(self, sums: Sums) -> Scores:
        """What sums of cues' own weights count for, tag by tag."""
        scores = {}
        for tag, points, times in zip(Tag, sums, self.times, strict=True):
            scores[tag] = points * times
        return scores

    def scores(self, gained: Sums) -> Scores:
        """The scores once more edits are made, which add something to the sums."""
        return self.weigh(add_sums(self.sums, gained))

    def decide(self, gained: Sums) -> Tag:
        """The tag by those scores."""
        return self.settings.decide(self.scores(gained))

    def differs(self, other: "Basis", mixed: Iterable[Sums]) -> bool:
        """Whether another basis gives other scores or another tag with any of some gains."""
        for gained in mixed:
            if self.scores(gained) != other.scores(gained):
                return True
            if self.decide(gained) != other.decide(gained):
                return True
        return False

    def leads(self, tag: Tag, sums: Sums) -> Sums:
        """How far sums of weights put a tag ahead of each."""
        scores = self.weigh(sums)
        return tuple(scores[tag] - score for score in scores.values())


def add_sums(sums: Sums, others: Sums) -> Sums:
    """The sums of both, tag by tag."""
    return tuple(map(operator.add, sums, others))


def take_sums(sums: Sums, others: Sums) -> Sums:
    """What is left of the sums without the others, tag by tag."""
    return tuple(map(operator.sub, sums, others))


def first_added(
    basis: Basis, tag: Tag, gains: Sequence[tuple[str, Sums]], size: int
) -> tuple[str, ...] | None:
    """The first of the sets of a size, of additive edits with their gains, by which a tag wins.

    Of edits with equal gains, one that failed stands for those behind it. What cannot bring the
    tag level with the others, not even with the best gain each time, is not looked at.
    """
    if len(gains) < size:
        return None
    leads = [basis.leads(tag, gain) for _, gain in gains]
    best = [max(column) for column in zip(*leads, strict=True)]

    def search(start: int, left: int, gained: Sums) -> tuple[str, ...] | None:
        if not left:
            return () if basis.decide(gained) == tag else None
        for lead, most in zip(basis.leads(tag, add_sums(basis.sums, gained)), best, strict=True):
            if lead + left * most < 0:
                return None
        tried = set()
        for place in range(start, len(gains)):
            name, gain = gains[place]
            if gain in tried:
                continue
            tried.add(gain)
            found = search(place + 1, left - 1, add_sums(gained, gain))
            if found is not None:
                return (name, *found)
        return None

    return search(0, size, NO_SUMS)


class Trial:
    """Two readings of a text, and what the old rules with any of the edits made would find.

    Most edits are additive: each adds the same to the scores of a paragraph whichever of the others
    are made. Not so those of settings, those that skip paragraphs, and those that bear on one rule
    together with others.

    A rule on which two edits or more bear (its own, and those of lists that it uses) is read anew
    for each set of them that is asked for; all else is known from the two readings. A mixture of
    old and new that would be no sound rule file is read without the entries that are at fault.
    """

    _MOST_BEARING = 6  # edits on one rule of which every combination is looked at
    _MOST_MIXTURES = 4_096  # of edits in a paragraph, to see whether a setting matters there

    def __init__(self, before: Outline, after: Outline, edits: Sequence[Edit]) -> None:
        self.before = before
        self.after = after
        self.names = [edit.rule for edit in edits]
        self.own: dict[Pair, str] = {}  # the edit of each rule itself
        self.bearing: dict[Pair, Made] = {}  # that one, and those of lists that the rule uses
        self.pairs: dict[str, list[Pair]] = {name: [] for name in self.names}  # on which each bears
        self._users: dict[str, set[str]] = {}  # of a list that comes or goes, the edits that use it
        # What was found out, so that it is found out once.
        self._olds = _effects(before)
        self._news = _effects(after)
        self._known: dict[tuple[Pair, Made], Effects] = {}
        self._sums: dict[tuple[Pair, Made, int], Sums] = {}
        self._gains: dict[tuple[str, int], Sums] = {}
        self._bases: dict[tuple[int, Made], Basis | None] = {}
        self._skipped: dict[int, bool] = {}
        lists = set()
        for edit in edits:
            if edit.ids != (None, None):
                self.own[edit.ids] = edit.rule
            elif edit.rule.startswith("<") and edit.change == "changed":
                if not self._is_idle(edit):
                    lists.add(edit.rule)
            elif edit.rule.startswith("<"):
                self._users[edit.rule] = set()
        self._find_bearing(lists)
        # Each of these needs those above it.
        skips = _skip_ids(before) | _skip_ids(after)
        self._skipping = {pair for pair in self.bearing if skips.intersection(pair)}
        self._additive = frozenset(name for name in self.names if self._is_additive(name))
        self._joint = frozenset(self.names) - self._additive
        self._wide = frozenset(name for name in self.names if self._is_wide(name))

    def _is_additive(self, name: str) -> bool:
        """Whether an edit does the same to the scores whichever others are made."""
        if name.startswith("@"):
            return False
        for pair in self.pairs[name]:
            if pair in self._skipping or self.bearing[pair] != {name}:
                return False
        return True

    def _is_wide(self, name: str) -> bool:
        """Whether an edit may matter to a paragraph that it does not touch: one of a setting, or
        one of skip rules where they move the end of a piece that counts double.
        """
        if name.startswith("@"):
            return True
        if not self.before.rules.ending and not self.after.rules.ending:
            return False
        if not self._skipping.intersection(self.pairs[name]):
            return False
        return any(self.touches(name, at) for at in range(len(self.before.blocks)))

    def _is_idle(self, edit: Edit) -> bool:
        """Whether what an edit adds to a list and takes from it is nowhere in the text."""
        _, was, now = edit.fields[0]
        changed = set(was).symmetric_difference(now)
        shapes: list[str] = []
        for one in self.before.blocks:
            shapes += whole_shapes(one.block.text)
        return _is_absent(changed, fold_case("\n".join(shapes)))

    def _find_bearing(self, lists: Collection[str]) -> None:
        """Find which edits bear on which rules: their own, and those of changed lists."""
        rules = (self.before.rules, self.after.rules)
        pairs = list(self.own)
        edited = [old for old, _ in pairs]
        for rule in self.before.rules.every:
            if lists and rule.id not in edited:
                pairs.append((rule.id, rule.id))
        for pair in pairs:
            behind = _lists_of_pair(rules, pair)
            bearing = behind.intersection(lists)
            if pair in self.own:
                bearing.add(self.own[pair])
            self.bearing[pair] = frozenset(bearing)
            for name in bearing:
                self.pairs[name].append(pair)
            for name in behind.intersection(self._users):
                self._users[name].update(bearing)

    def effects(self, pair: Pair, made: Made) -> Effects:
        """What a rule does to each paragraph once those edits are ``made`` that bear on it."""
        known = self._known.get((pair, made))
        if known is not None:
            return known
        if not made:
            found = self._olds.get(pair[0] or "")
        elif made == self.bearing[pair]:
            found = self._news.get(pair[1] or "")
        else:
            found = self._read_anew(pair, made)
        effects = found or [NO_EFFECT] * len(self.before.blocks)
        self._known[pair, made] = effects
        return effects

    def _read_anew(self, pair: Pair, made: Made) -> list[Effect] | None:
        """The effects of a rule on which some edits are made that bear on it, and others not.

        A list that comes or goes is there for whoever uses it.
        """
        is_new = self.own.get(pair) in made
        rules = self.after.rules if is_new else self.before.rules
        id_ = pair[1] if is_new else pair[0]
        behind = _lists_of_pair((self.before.rules, self.after.rules), pair)
        lists = {}
        for name, entries in self.after.rules.lists:
            if f"<{name}>" in behind:
                lists[name] = entries
        for name, entries in self.before.rules.lists:
            if f"<{name}>" in behind and f"<{name}>" not in made:
                lists[name] = entries
        alone = _sound_part(rules, id_, lists)
        blocks = read_blocks([one.block for one in self.before.blocks], alone)
        reading = self.before._replace(rules=alone, blocks=blocks)
        return _effects(reading).get(id_ or "")

    def _touched(self, made: Made) -> dict[Pair, Made]:
        """The rules on which edits bear, each with those of the edits that do."""
        touched = {}
        for name in made:
            for pair in self.pairs[name]:
                touched[pair] = made & self.bearing[pair]
        return touched

    def _is_skipped(self, at: int, touched: Mapping[Pair, Made]) -> bool:
        """Whether a skip rule matches a paragraph once edits are made."""
        changed = {old for old, _ in touched}
        for id_ in self.before.blocks[at].skips:
            if id_ not in changed:
                return True
        for pair, some in touched.items():
            _, skips = self.effects(pair, some)[at]
            if skips:
                return True
        return False

    def _is_late(self, at: int, touched: Mapping[Pair, Made]) -> bool:
        """Whether a paragraph is in the last quarter once edits are made."""
        if not self._skipping.intersection(touched):
            return self.before.blocks[at].late
        kept = []
        for place in range(len(self.before.blocks)):
            kept.append(not self._is_skipped(place, touched))
        return late_ones(kept)[at]

    def _settings(self, made: Made) -> RuleSet:
        """The settings once edits are made."""
        old, new = self.before.rules, self.after.rules
        return old._replace(
            precedence=new.precedence if "@precedence" in made else old.precedence,
            otherwise=new.otherwise if "@otherwise" in made else old.otherwise,
            ending=new.ending if "@ending" in made else old.ending,
        )

    def _pair_gain(self, pair: Pair, some: Made, at: int) -> Sums:
        """What some edits of a rule add to the sums of a paragraph."""
        key = (pair, some, at)
        if key not in self._sums:
            after = add_scores(self.effects(pair, some)[at][0])
            before = add_scores(self.effects(pair, NONE_MADE)[at][0])
            self._sums[key] = tuple(after[tag] - before[tag] for tag in Tag)
        return self._sums[key]

    def _edit_gain(self, name: str, at: int) -> Sums:
        """What an additive edit adds to the sums of a paragraph."""
        key = (name, at)
        if key not in self._gains:
            gained = NO_SUMS
            for pair in self.pairs[name]:
                gained = add_sums(gained, self._pair_gain(pair, self.bearing[pair], at))
            self._gains[key] = gained
        return self._gains[key]

    def _total_gain(self, made: Made, at: int) -> Sums:
        """What the additive ones among edits add to the sums of a paragraph."""
        gained = NO_SUMS
        for name in made & self._additive:
            gained = add_sums(gained, self._edit_gain(name, at))
        return gained

    def _basis(self, at: int, others: Made) -> Basis | None:
        """What the scores of a paragraph come from once edits are made that are not additive; None
        where it is skipped then.
        """
        key = (at, others)
        if key not in self._bases:
            touched = self._touched(others)
            is_skipped = self._is_skipped(at, touched)
            self._bases[key] = None if is_skipped else self._make_basis(at, others, touched)
        return self._bases[key]

    def _make_basis(self, at: int, others: Made, touched: Mapping[Pair, Made]) -> Basis:
        """What the scores of a paragraph come from that is not skipped once edits are made."""
        settings = self._settings(others)
        late = settings.ending is not None and self._is_late(at, touched)
        old = self.before.blocks[at]
        own = []
        for tag in Tag:
            own.append(old.scores[tag] // self.before.rules.times(tag, old.late))
        sums: Sums = tuple(own)
        for pair, some in touched.items():
            sums = add_sums(sums, self._pair_gain(pair, some, at))
        times = tuple(settings.times(tag, late) for tag in Tag)
        # What the ending does is all in ``times``: two that count alike shall be equal.
        return Basis(settings._replace(ending=None), sums, times)

    def verdict(self, at: int, made: Made) -> Tag | None:
        """A paragraph's tag by the old rules with edits made; None where it is skipped."""
        return self._verdict_with(at, made - self._additive, self._total_gain(made, at))

    def _verdict_with(self, at: int, others: Made, gained: Sums) -> Tag | None:
        """A paragraph's tag with ``others`` made, none of them additive, and ``gained`` added to
        its sums; None where it is skipped.
        """
        basis = self._basis(at, others)
        return None if basis is None else basis.decide(gained)

    def touches(self, name: str, at: int) -> bool:
        """Whether an edit changes what its rules find in a paragraph, with some of the others
        made.
        """
        for pair in self.pairs[name]:
            others = self.bearing[pair] - {name}
            if len(others) >= self._MOST_BEARING:
                return True
            for made in _subsets(others):
                if self._differs(pair, made, made | {name}, at):
                    return True
        return False

    def _differs(self, pair: Pair, made: Made, more: Made, at: int) -> bool:
        """Whether more edits of a rule change what can be seen of it in a paragraph."""
        cues, skips = self.effects(pair, made)[at]
        more_cues, more_skips = self.effects(pair, more)[at]
        if skips != more_skips:
            return True
        return cues != more_cues and not self._is_always_skipped(at)

    def _is_always_skipped(self, at: int) -> bool:
        """Whether one skip rule matches a paragraph whichever edits are made."""
        if at not in self._skipped:
            skips = self.before.blocks[at].skips
            self._skipped[at] = any(self._always_matches(id_, at) for id_ in skips)
        return self._skipped[at]

    def _always_matches(self, id_: str, at: int) -> bool:
        """Whether an old skip rule that matches a paragraph still does with any of the edits made
        that bear on it; not, as far as is known, where they are too many to try.
        """
        for pair, bearing in self.bearing.items():
            if pair[0] == id_:
                if len(bearing) > self._MOST_BEARING:
                    return False
                return all(self.effects(pair, made)[at][1] for made in _subsets(bearing))
        return True

    def is_inert(self, name: str) -> bool:
        """Whether an edit changes nothing, whichever of the others are made; such edits can all be
        left out together.

        A list that comes or goes shares the lot of the edits that use it.
        """
        if name in self._users:
            return all(self.is_inert(user) for user in self._users[name])
        return not any(self.matters(name, at) for at in range(len(self.before.blocks)))

    def _bears(self, name: str, at: int) -> bool:
        """Whether an edit may have a part in a paragraph's tag."""
        return name in self._wide or self.touches(name, at)

    def matters(self, name: str, at: int) -> bool:
        """Whether an edit changes what can be seen of a paragraph, with some of the others made.

        Where there are too many mixtures of edits to look at, a setting is taken to matter.
        """
        if self.touches(name, at):
            return True
        if name not in self._wide:
            return False
        if self._is_always_skipped(at):
            return False
        others = {other for other in self._joint if other != name and self._bears(other, at)}
        if 1 << len(others) > self._MOST_MIXTURES:
            return True
        mixed = self._mixed_gains(at, self._MOST_MIXTURES >> len(others))
        for made in _subsets(others):
            before, after = self._basis(at, made), self._basis(at, made | {name})
            if before is None or after is None or before == after:
                continue  # an edit that touches no cue of a paragraph skips none either
            if mixed is None or before.differs(after, mixed):
                return True
        return False

    def _mixed_gains(self, at: int, most: int) -> set[Sums] | None:
        """What some of the additive edits may add to the sums of a paragraph; None if that is more
        than so many sums.
        """
        mixed = {NO_SUMS}
        for name in self._additive:
            gain = self._edit_gain(name, at)
            if gain != NO_SUMS:
                mixed |= {add_sums(gained, gain) for gained in mixed}
            if len(mixed) > most:
                return None
        return mixed

    def edits_of(self, at: int, causes: Iterable[Sequence[str]]) -> tuple[str, ...]:
        """The edits that can be seen in a paragraph; those of its causes are among them."""
        seen: set[str] = set().union(*causes)
        for name in self.names:
            if self.matters(name, at):
                seen.add(name)
        return tuple(sorted(seen))

    def causes(self, at: int) -> tuple[tuple[str, ...], ...]:
        """All single edits that suffice for a paragraph's new tag; else the first two or three
        that do together; else a set of them with none to spare.
        """
        target = self.after.blocks[at].verdict
        candidates = [name for name in self.names if self._bears(name, at)]
        singles = []
        for name in candidates:
            if self.verdict(at, frozenset([name])) == target:
                singles.append((name,))
        if singles:
            return tuple(singles)
        for size in (2, 3):
            found = self._first_set(at, candidates, size)
            if found is not None:
                return (found,)
        needed = frozenset(candidates)
        while (spare := self._spare(at, needed)) is not None:
            needed -= {spare}
        return (tuple(sorted(needed)),)

    def _first_set(self, at: int, candidates: Iterable[str], size: int) -> tuple[str, ...] | None:
        """The first of the sets of a size, by id, that give a paragraph its new tag, where no
        smaller one does.
        """
        target = self.after.blocks[at].verdict
        others = []
        gains = []
        for name in candidates:
            if name in self._additive:
                gains.append((name, self._edit_gain(name, at)))
            else:
                others.append(name)
        found = []
        for some in _up_to(others, size):
            basis = self._basis(at, frozenset(some))
            if basis is not None and target is not None:
                added = first_added(basis, target, gains, size - len(some))
                if added is not None:
                    found.append(tuple(sorted((*some, *added))))
            elif basis is None and target is None and len(some) == size:
                found.append(some)
        return min(found, default=None)

    def _spare(self, at: int, needed: Made) -> str | None:
        """An edit without which the others still give a paragraph its new tag."""
        target = self.after.blocks[at].verdict
        others = needed - self._additive
        gained = self._total_gain(needed, at)
        tried = set()
        for name in sorted(needed):
            gain = NO_SUMS
            if name in self._additive:
                gain = self._edit_gain(name, at)
                if gain in tried:
                    continue
                tried.add(gain)
            if self._verdict_with(at, others - {name}, take_sums(gained, gain)) == target:
                return name
        return None


def _sound_part(
    rules: RuleSet, id_: str | None, lists: Mapping[Scalar, tuple[Scalar, ...]]
) -> RuleSet:
    """A rule set with one rule, lists that it uses, and of both only what makes sense together."""

    def ignore(place: Place, what: str) -> None:
        """Nobody wrote this mixture, so nobody can mend it."""

    forms = _check_lists(lists, ignore)

    def sound(entries: Iterable[Scalar]) -> tuple[Scalar, ...]:
        kept = []
        total = 0
        for entry in entries:
            total += _count_forms(entry, forms)
            if total > _MAX_FORMS:
                break
            with suppress(Overrun):
                if not _entry_problem(entry, forms, forms, is_part=False):
                    kept.append(entry)
        return tuple(kept)

    def sound_rule(rule: Rule) -> Rule:
        return rule._replace(any=sound(rule.any), unless=sound(rule.unless))

    return RuleSet(
        rules=tuple(sound_rule(rule) for rule in rules.rules if rule.id == id_),
        skips=tuple(skip._replace(any=sound(skip.any)) for skip in rules.skips if skip.id == id_),
        keys=tuple(sound_rule(rule) for rule in rules.keys if rule.id == id_),
        lists=tuple((name, entries) for name, entries in lists.items() if name in forms),
        source=rules.source,
    )


def _is_absent(entries: Iterable[str], folded: str) -> bool:
    """Whether a text has nothing of entries, wherever a phrase or an expression holds them."""
    for entry in entries:
        if "<" in entry or entry.startswith("/"):
            return False
        for form in write_out(entry, {}):
            words = fold_marks(form.strip("^$… "))
            if fold_case(words) in folded:
                return False
    return True


def _skip_ids(outline: Outline) -> set[str | None]:
    """The ids of the skip rules that an outline was read by, as far as they are known."""
    ids: set[str | None] = {skip.id for skip in outline.rules.skips}
    for one in outline.blocks:
        ids.update(one.skips)
    return ids


def _lists_of_pair(sides: Sequence[RuleSet], pair: Pair) -> set[str]:
    """The lists, as ``<name>``, that a rule may use, directly or through another list, when some
    of what it uses is as the old rules have it and some as the new ones do.
    """
    entries: list[str] = []
    lists: dict[str, list[str]] = {}
    for rules, id_ in zip(sides, pair, strict=True):
        for rule in rules.every:
            if rule.id == id_:
                entries += rule.entries
        for list_, listed in rules.lists:
            lists.setdefault(list_, []).extend(listed)
    return {f"<{name}>" for name in lists_behind(entries, lists)}


def _up_to(names: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Every set of at most so many of the names, the empty one first."""
    for count in range(size + 1):
        yield from combinations(names, count)


def _subsets(names: Iterable[str]) -> Iterator[Made]:
    """Every set of some of the names, the empty one first."""
    ordered = sorted(names)
    for some in _up_to(ordered, len(ordered)):
        yield frozenset(some)


# ---------------------------------------------------------------------------------------- drafts

_REVISIONS = ("relabelled", "moved", "rewritten", "came", "went")
_ALIKE_ENOUGH = 0.5  # the share of its words that a paragraph keeps and is still the same one
_MOST_COMPARED = 40_000  # pairs of paragraphs whose words are compared, which takes half a second

Places = dict[int, int]  # by the places of paragraphs in the new draft, those in the old one


class Revision(NamedTuple):
    """What became of a paragraph from one draft to the next: one of ``relabelled``, ``moved``,
    ``rewritten``, ``came`` and ``went``. The cues are those for tags that it lost and gained.
    """

    change: str
    old: Paragraph | None
    new: Paragraph | None
    lost: tuple[Cue, ...] = ()
    gained: tuple[Cue, ...] = ()


class Drafts(NamedTuple):
    """What changes in the argument between two drafts of a text, by the same rules."""

    before: Outline
    after: Outline
    revisions: tuple[Revision, ...]
    unchanged: int

    @property
    def counts(self) -> dict[str, int]:
        """How many paragraphs were revised in each way."""
        kinds = [one.change for one in self.revisions]
        return {kind: kinds.count(kind) for kind in _REVISIONS}


def compare_drafts(before: Outline, after: Outline) -> Drafts:
    """What became of each paragraph, in the order of the new draft; what went is told behind what
    was before it. What is skipped in both drafts is left out, and so is what is skipped and stands
    in one of them only.
    """
    pairs = pair_paragraphs(before, after)
    told: Places = {}
    for new_at, at in pairs.items():
        if before.blocks[at].verdict or after.blocks[new_at].verdict:
            told[new_at] = at
    moved = _moved(told)
    went = _went(before, pairs)
    revisions = went.get(-1, [])
    unchanged = 0
    for new_at, new in enumerate(after.blocks):
        if new_at in told:
            old = before.blocks[told[new_at]]
            revision = _revision(old, new, is_moved=new_at in moved)
            if revision:
                revisions.append(revision)
            else:
                unchanged += 1
        elif new_at not in pairs and new.verdict:
            revisions.append(Revision("came", None, new, gained=new.cues))
        revisions += went.get(new_at, [])
    return Drafts(before, after, tuple(revisions), unchanged)


def _went(before: Outline, pairs: Places) -> dict[int, list[Revision]]:
    """The paragraphs that are not in the new draft, by the place there of what was before them; -1
    where nothing was.
    """
    new_places = {at: new_at for new_at, at in pairs.items()}
    went: dict[int, list[Revision]] = {}
    last = -1
    for at, old in enumerate(before.blocks):
        if at in new_places:
            last = new_places[at]
        elif old.verdict:
            went.setdefault(last, []).append(Revision("went", old, None, lost=old.cues))
    return went


def _revision(old: Paragraph, new: Paragraph, *, is_moved: bool) -> Revision | None:
    """How a paragraph was revised; None where it was not."""
    lost = tuple(_only_in(old.cues, new.cues, _placeless))
    gained = tuple(_only_in(new.cues, old.cues, _placeless))
    if old.verdict != new.verdict:
        return Revision("relabelled", old, new, lost, gained)
    if is_moved:
        return Revision("moved", old, new, lost, gained)
    if _wording(old) != _wording(new):
        return Revision("rewritten", old, new, lost, gained)
    return None


def _placeless(cue: Cue) -> Cue:
    """A cue wherever it stands in its paragraph."""
    return cue._replace(sentence=0, start=0, end=0)


def _wording(one: Paragraph) -> str:
    """A paragraph's words, however they are wrapped and marked."""
    return matching_form(one.text)


def pair_paragraphs(before: Outline, after: Outline) -> Places:
    """Which paragraphs of two drafts are the same. These are first those with the same words,
    wherever they stand; then the ones most alike, first of what is left between two that stayed
    where they were, then of what is left anywhere.
    """
    from difflib import SequenceMatcher

    old, new = [_wording(one) for one in before.blocks], [_wording(one) for one in after.blocks]
    pairs: Places = {}
    gaps: list[tuple[range, range]] = []
    # What stands there hundreds of times is left to _pair_same: to align it takes endless time.
    opcodes = SequenceMatcher(None, old, new).get_opcodes()
    for kind, start, end, new_start, new_end in opcodes:
        gap, new_gap = range(start, end), range(new_start, new_end)
        if kind == "equal":
            pairs.update(zip(new_gap, gap, strict=True))
        else:
            gaps.append((gap, new_gap))
    _pair_same(old, new, gaps, pairs)
    for gap, new_gap in (*gaps, (range(len(old)), range(len(new)))):
        _pair_alike(old, new, gap, new_gap, pairs)
    return pairs


def _pair_same(
    old: Sequence[str], new: Sequence[str], gaps: Iterable[tuple[range, range]], pairs: Places
) -> None:
    """Add to ``pairs`` the paragraphs with the same words that stand between others now."""
    places: dict[str, deque[int]] = {}
    for gap, _ in gaps:
        for at in gap:
            places.setdefault(old[at], deque()).append(at)
    for _, new_gap in gaps:
        for new_at in new_gap:
            if same := places.get(new[new_at]):
                pairs[new_at] = same.popleft()


def _pair_alike(
    old: Sequence[str], new: Sequence[str], gap: range, new_gap: range, pairs: Places
) -> None:
    """Add to ``pairs`` the paragraphs between some places that keep enough of their words, the most
    alike first; none where too many would have to be compared.
    """
    from difflib import SequenceMatcher

    met = set(pairs.values())
    left = [at for at in gap if at not in met]
    new_left = [new_at for new_at in new_gap if new_at not in pairs]
    if len(left) * len(new_left) > _MOST_COMPARED:
        return
    ranked = []
    for new_at in new_left:
        matcher: SequenceMatcher[str] = SequenceMatcher(autojunk=False)
        matcher.set_seq2(new[new_at].split())
        for at in left:
            matcher.set_seq1(old[at].split())
            if matcher.quick_ratio() >= _ALIKE_ENOUGH:  # which is never less than the ratio
                ranked.append((-matcher.ratio(), at, new_at))
    for unlikeness, at, new_at in sorted(ranked):
        if -unlikeness >= _ALIKE_ENOUGH and at not in met and new_at not in pairs:
            pairs[new_at] = at
            met.add(at)


def _moved(pairs: Places) -> set[int]:
    """The places in the new draft of what stands in another order: all but a longest increasing
    subsequence of the old places.
    """
    lowest: list[int] = []  # by its length, the lowest old place that such a sequence ends with
    ends: list[int] = []  # and where that stands in the new draft
    before: dict[int, int] = {}
    for new_at in sorted(pairs):
        length = bisect_left(lowest, pairs[new_at])
        if length:
            before[new_at] = ends[length - 1]
        if length == len(lowest):
            lowest.append(pairs[new_at])
            ends.append(new_at)
        else:
            lowest[length] = pairs[new_at]
            ends[length] = new_at
    moved = set(pairs)
    place = ends[-1] if ends else None
    while place is not None:
        moved.discard(place)
        place = before.get(place)
    return moved


# --------------------------------------------------------------------------------------- reports


class Tip(NamedTuple):
    """The nearest weight of one rule that would give a paragraph another tag."""

    tag: Tag
    rule: str
    before: int
    after: int


def find_tips(paragraph: Paragraph, rules: RuleSet) -> list[Tip]:
    """The nearest weight of each rule that gives another tag, the smallest change first."""
    tips = []
    fires = Counter(_fired(paragraph))
    others = [tag for tag in Tag if tag != paragraph.tag]
    for rule in rules.rules:
        if rule.id not in fires:
            continue
        each = fires[rule.id] * rules.times(rule.tag, paragraph.late)
        for target in others:
            weight = _tipping_weight(paragraph, rules, rule, each, target)
            if weight is not None:
                tips.append(Tip(target, rule.id, rule.weight, weight))
    return sorted(tips, key=_tip_order)


def _tip_order(tip: Tip) -> tuple[int, str, str]:
    """The smallest change first."""
    return abs(tip.after - tip.before), tip.rule, tip.tag


def _tipping_weight(
    paragraph: Paragraph, rules: RuleSet, rule: Rule, each: int, target: Tag
) -> int | None:
    """The weight nearest to a rule's own with which ``target`` wins; its cues add it ``each``
    times over.
    """
    weights = sorted(range(MAX_WEIGHT + 1), key=lambda weight: abs(weight - rule.weight))
    for weight in weights:
        scores = {}
        for tag, score in paragraph.scores.items():
            gained = each * (weight - rule.weight) if tag == rule.tag else 0
            scores[tag] = score + gained
        if rules.decide(scores) == target:
            return weight
    return None


class Nearest(NamedTuple):
    """The entry of a silent rule of which a sentence has most: the phrase, and what it lacks."""

    phrase: str
    lacks: tuple[str, ...]
    sentence: int


def find_nearest(rule: Rule, block: Block, forms: Forms) -> Nearest | None:
    """The phrase of a rule that comes closest to matching in a paragraph, if any word of one does.

    Regular expressions are not looked at: they come close to everything or to nothing.
    """
    best: tuple[float, int, Nearest] | None = None
    for form in write_out_all(rule.any, forms):
        words = list(dict.fromkeys(_WORD.findall(fold_case(form))))
        if form.startswith("/") or not words:
            continue
        for number, sentence in enumerate(block.sentences, 1):
            there = set(_WORD.findall(fold_case(sentence.form)))
            lacks = tuple(word for word in words if word not in there)
            share = 1 - len(lacks) / len(words)
            if share and (best is None or (share, len(words)) > best[:2]):
                best = (share, len(words), Nearest(form, lacks, number))
    return best[2] if best else None


class Measure(NamedTuple):
    """What a rule earns in a text.

    ``wins`` and ``against`` count its cues on the winning side and not (those of a key rule in a
    key sentence and not); ``changes`` are the paragraphs that would have another tag without it
    (without a key rule, another key sentence).
    """

    id: str
    tag: Tag | None
    weight: int
    fires: int
    paragraphs: tuple[int, ...]
    wins: int
    against: int
    changes: tuple[int, ...]

    @property
    def status(self) -> str:
        """Whether some tag needs the rule, or it only fires, or not even that."""
        if self.changes:
            return "decisive"
        return "redundant" if self.fires else "dead"


def measure_rule(rule: Rule, outline: Outline) -> Measure:
    """What one rule does in the text of an outline."""
    fires = wins = 0
    there, changes = [], []
    for number, one in enumerate(outline.paragraphs, 1):
        count = _fired(one).count(rule.id)
        if not count:
            continue
        there.append(number)
        fires += count
        wins += count_wins(one, rule)
        if _decides(rule, one, outline.rules):
            changes.append(number)
    return Measure(
        id=rule.id,
        tag=rule.tag,
        weight=rule.weight,
        fires=fires,
        paragraphs=tuple(there),
        wins=wins,
        against=fires - wins,
        changes=tuple(changes),
    )


def _decides(rule: Rule, one: Paragraph, rules: RuleSet) -> bool:
    """Whether a paragraph would have another tag without a rule, or without a key rule another
    key sentence.
    """
    without = [cue for cue in one.heard if cue.rule != rule.id]
    if rule.tag is None:
        return choose_key_sentence(one.block, without, one.tag) != one.key_sentence
    return rules.decide(add_scores(without)) != one.tag


def count_wins(paragraph: Paragraph, rule: Rule) -> int:
    """How often a rule fires for a paragraph's tag, or a key rule in its key sentence."""
    wins = 0
    for cue in paragraph.heard:
        if cue.rule != rule.id:
            continue
        if cue.tag:
            wins += cue.tag == paragraph.tag
        else:
            wins += paragraph.block.sentences[cue.sentence - 1] == paragraph.key_sentence
    return wins


def list_users(rules: RuleSet) -> dict[str, list[str]]:
    """By each list's name, the lists, as ``<name>``, and the rules that use it directly."""
    users: dict[str, list[str]] = {name: [] for name, _ in rules.lists}
    for name, entries in rules.lists:
        for used in used_lists(entries):
            users[used].append(f"<{name}>")
    for rule in rules.every:
        for used in used_lists(rule.entries):
            users[used].append(str(rule.id))
    return users


def check_examples(rules: RuleSet) -> Iterator[Fault]:
    """The examples that do not hold, each at its own place, with what fired instead, and the
    entries that take too long on one.
    """
    matcher = make_matcher(_awake(rules))
    for rule in rules.every:
        try:
            yield from _failing_examples(rule, rules, matcher)
        except SlowSearch as slow:
            yield slow.fault


def _failing_examples(rule: Rule | SkipRule, rules: RuleSet, matcher: Matcher) -> Iterator[Fault]:
    """The examples of one rule that do not hold; raises SlowSearch."""
    for example in rule.match:
        block = make_block(example, line=example.place[0])
        if not _match_of(rule, block, matcher):
            what = f'is silent on this "match" example ({_instead(rule.id, block, matcher)})'
            yield _fault(rules, example, f'rule "{rule.id}": {what}')
    for example in rule.miss:
        block = make_block(example, line=example.place[0])
        if found := _match_of(rule, block, matcher):
            hint = 'narrow "any", or add "unless"' if isinstance(rule, Rule) else 'narrow "any"'
            what = f'fires on this "miss" example, at "{found}" ({hint})'
            yield _fault(rules, example, f'rule "{rule.id}": {what}')


def _fault(rules: RuleSet, at: Scalar, message: str) -> Fault:
    """A fault at the place of a text of a rule file."""
    return Fault(rules.source, *at.place, clean(message))


def _awake(rules: RuleSet) -> RuleSet:
    """The rules with none at weight 0: the examples of a rule that is off are run all the same."""
    awake = tuple(rule._replace(weight=rule.weight or 1) for rule in rules.rules)
    keys = tuple(rule._replace(weight=rule.weight or 1) for rule in rules.keys)
    return rules._replace(rules=awake, keys=keys)


def _match_of(rule: Rule | SkipRule, block: Block, matcher: Matcher) -> str:
    """What of an example a rule fires on; empty where it is silent."""
    if isinstance(rule, SkipRule):
        return block.text if rule.id in find_skips(block.text, block.line, matcher) else ""
    # Of all expressions only its own: with a thousand rules the others take nearly all the time.
    own = tuple(entry for entry in rule.any if entry in matcher.sentence_index.expressions)
    for match in find_matches(block, matcher._replace(sought=own)):
        if match.rule == rule.id and not match.silenced:
            return match.text
    return ""


def _instead(id_: str, block: Block, matcher: Matcher) -> str:
    """What happens on an example on which a rule should fire."""
    fired = list(find_skips(block.text, block.line, matcher))
    for match in find_matches(block, matcher):
        if match.rule == id_:
            return f"silenced by {match.silenced}; loosen that, or change the example"
        if not match.silenced:
            fired.append(match.rule)
    what = ", ".join(dict.fromkeys(fired)) or "nothing"
    return f'what fires here: {what}; widen "any", or change the example'


def _fired(paragraph: Paragraph) -> list[str]:
    """The rules that fire in a paragraph."""
    return [cue.rule for cue in paragraph.heard]


def exercised_share(rules: RuleSet) -> float:
    """The share of the entries in ``any``, as written, that match in a "match" example of theirs.

    From 0 to 1; skip rules count as well.
    """
    matcher = make_matcher(_awake(rules))
    exercised = total = 0
    for rule in (*rules.rules, *rules.keys):
        met: set[str] = set()
        for example in rule.match:
            for sentence in make_block(example).sentences:
                met.update(find_entries(matcher.sentence_index, rule.any, sentence.form))
        total += len(rule.any)
        exercised += len(met.intersection(rule.any))
    for skip in rules.skips:
        shown: set[str] = set()
        for example in skip.match:
            shown |= find_wholes(matcher.paragraph_index, example)
        total += len(skip.any)
        exercised += len(shown.intersection(skip.any))
    return exercised / total


def check_style(rules: RuleSet) -> Iterator[Fault]:
    """Warnings: what works, but is likely a slip."""
    yield from _twins(rules)
    yield from _cut_texts(rules)
    yield from _run_on_texts(rules)
    yield from _endless_searches(rules)
    matcher = make_matcher(rules)
    for rule in rules.rules:
        if rule.weight and not _wins_an_example(rule, rules, matcher):
            tag = f"gets the tag {rule.tag} from all rules"
            what = f'no "match" example {tag} (add one that does)'
            yield _fault(rules, rule.id, f'warning: rule "{rule.id}": {what}')
    forms = _normal_forms(write_out_lists(rules.lists))
    sentence_entries: list[str] = []
    for rule in (*rules.rules, *rules.keys):
        sentence_entries += rule.entries
    in_sentences = lists_behind(sentence_entries, dict(rules.lists))
    users = list_users(rules)
    for name, entries in rules.lists:
        if not users[name]:
            yield _fault(rules, name, f"warning: the list <{name}> is used nowhere (drop it)")
        for entry, what in _entry_slips(entries, forms, whole=name not in in_sentences):
            yield _fault(rules, entry, f"warning: the list <{name}>: {what}")
    for one in rules.every:
        slips = list(_entry_slips(one.any, forms, whole=isinstance(one, SkipRule)))
        if isinstance(one, Rule):
            slips += _entry_slips(one.unless, forms)
        for entry, what in slips:
            yield _fault(rules, entry, f'warning: rule "{one.id}": {what}')


def _twins(rules: RuleSet) -> Iterator[Fault]:
    """Rules that read a text as an earlier one does."""
    known: dict[Rule, Rule] = {}
    for rule in (*rules.rules, *rules.keys):
        other = known.setdefault(_reading_part(rule), rule)
        if other is not rule:
            what = f'reads every text as rule "{other.id}" does (drop one)'
            yield _fault(rules, rule.id, f'warning: rule "{rule.id}" {what}')


def _reading_part(rule: Rule) -> Rule:
    """What of a rule a reading depends on; the order of its entries is nothing of that."""
    nothing = Scalar("")
    return rule._replace(
        id=nothing,
        why=nothing,
        any=tuple(sorted(set(rule.any))),
        unless=tuple(sorted(set(rule.unless))),
        match=(),
        miss=(),
    )


def _cut_texts(rules: RuleSet) -> Iterator[Fault]:
    """Texts behind which YAML takes a word for a comment, as it does "#act" in "we must #act"."""
    for text, here in _with_lines(rules):
        if comment := re.match(r"\s+(#[^\s#]\S*)", here.removeprefix(text)):
            what = f'"{comment[1]}" is a comment here, no part of "{text}"'
            hint = 'quote all of the text, or write "# " before a comment'
            yield _fault(rules, text, f"warning: {what} ({hint})")


def _run_on_texts(rules: RuleSet) -> Iterator[Fault]:
    """Texts that YAML goes on with on the next line, though a dash begins an entry there."""
    for text, here in _with_lines(rules):
        if text.startswith(f"{here.strip()} - "):
            what = f'"{text}" is one text, though a dash begins its next line'
            yield _fault(rules, text, f"warning: {what} (line up the dash with the one above)")


def _with_lines(rules: RuleSet) -> Iterator[tuple[Scalar, str]]:
    """The entries, whys and examples of a rule file, each with its line from its place on."""
    lines = rules.text.split("\n")
    texts: list[Scalar] = []
    for _, entries in rules.lists:
        texts += entries
    for rule in rules.every:
        texts += (rule.why, *rule.entries, *rule.match, *rule.miss)
    for text in texts:
        line, column = text.place
        yield text, lines[line - 1][column - 1 :]


_REPEATED = re.compile(
    r"\)[*+{]|[*+}].*[*+}]", re.DOTALL
)  # what may take endless time, if anything
_PUMPED = 200  # characters: an endless search of so many takes ages, any other a moment
_PUMP_SECONDS = 0.2


def _endless_searches(rules: RuleSet) -> Iterator[Fault]:
    """Expressions that take far too long on a text that is like their own words and examples, but
    repeats a part of it; not looked for where nothing could end such a search.
    """
    if search_timer() is _no_timer:
        return
    forms = write_out_lists(rules.lists)
    known: set[str] = set()
    for rule in rules.every:
        for entry in rule.entries:
            for form in write_out(entry, forms):
                if not form.startswith("/") or form in known or not _REPEATED.search(form):
                    continue
                known.add(form)
                if text := _endless_text(form, rule):
                    what = f'{form} takes very long on "{_clip(text, 30)}"'
                    told = f'warning: rule "{rule.id}": {what} ({_REPEATS_COMPETE})'
                    yield _fault(rules, entry, told)


def _endless_text(form: str, rule: Rule | SkipRule) -> str:
    """A text on which an expression takes too long; empty if none was found."""
    expression = compile_form(form)
    search = expression.fullmatch if isinstance(rule, SkipRule) else expression.search
    text = ""
    try:
        with limited(_PUMP_SECONDS) as give:
            for text in _pumped_texts(form, (*rule.match, *rule.miss)):
                give(_PUMP_SECONDS)
                search(text)
    except Overrun:
        return text
    return ""


def _pumped_texts(form: str, examples: Iterable[str]) -> Iterator[str]:
    """Texts that repeat a word or its first letter, of an expression or of an example and where it
    stands there, and end in what an expression seldom goes on with; of long ones not all, since
    each costs time.
    """
    starts = [("", "1"), ("", " "), ("", ".")]  # of what classes of characters stand for
    for word in _WORD.findall(re.sub(r"\\.", " ", form))[:10]:
        starts.append(("", word))
    for example in [*examples][:4]:
        words = matching_form(example)
        for part in [*re.finditer(r"\w+|[^\w\s]+", words)][-6:]:
            starts.append((words[: part.start()], part[0]))
    for before, word in dict.fromkeys(starts):
        for unit in dict.fromkeys((word, f"{word} ", word[0], f"{word[0]},")):
            repeated = before + unit * max(2, _PUMPED // len(unit))
            yield f"{repeated}\0"
            yield f"{repeated},"


def _wins_an_example(rule: Rule, rules: RuleSet, matcher: Matcher) -> bool:
    """Whether one of a rule's "match" examples gets its tag from all rules, or it fires on none,
    which is a fault that is told elsewhere.
    """
    fires = False
    with suppress(SlowSearch):  # which is told elsewhere, too
        for example in rule.match:
            block = make_block(example)
            if _match_of(rule, block, matcher):
                fires = True
                if rules.decide(add_scores(find_matches(block, matcher))) == rule.tag:
                    return True
    return not fires


def _entry_slips(
    entries: Sequence[Scalar], forms: Forms, *, whole: bool = False
) -> Iterator[tuple[Scalar, str]]:
    """Entries that look like another kind of entry, and those that others make needless; those that
    match a paragraph ``whole`` are not held against each other.
    """
    for entry in entries:
        if what := _slip(entry, whole=whole):
            yield entry, what
    if not whole:
        yield from _needless(entries, forms)


def _slip(entry: str, *, whole: bool) -> str:
    """What of an entry is read in another way than it looks."""
    if odd := re.search(r"[^\S ]", entry):
        hint = "write a plain one; in double quotes a backslash needs a second"
        return f'"{entry}" holds the white space U+{ord(odd[0]):04X} ({hint})'
    if entry.startswith("/"):
        if odd := re.search("[‘’‛“”„\u2010\u2011]", entry):
            plain = fold_marks(odd[0])
            return f"{entry}: no text has {odd[0]} where rules look, but {plain} (write that)"
        if not re.search(r"[\\^$.|?*+()\[\]{}<]", entry):
            return f"{entry} has no metacharacter (write the phrase: {entry[1:-1]})"
        return ""
    if re.search(r"[\\*{}]|(?<!^)\^|[\])][?+]|\.[*+]|\$(?!$)", entry):
        return f'"{entry}" is read letter by letter (put an expression in slashes: /…/)'
    if re.search(r"^\^\S|[a-z]\$$", entry):
        return f'"{entry}" is read letter by letter (as an anchor ^ or $ stands apart, by a space)'
    if re.search(r"^(…|\.{3}) | (…|\.{3})$", entry) and not whole:
        return f'"{entry}": an ellipsis is for skip rules (drop it)'
    if re.search(r"…|\.{3}", entry.removeprefix("… ").removesuffix(" …")) and whole:
        return f'"{entry}" holds an ellipsis that is none (write … and a space, or a space and …)'
    if "''" in entry or entry.count('"') % 2:
        return f'the phrase "{entry}" holds a stray quotation mark (remove it)'
    return ""


_UNIT = re.compile(r"\w+|\W")
Units = tuple[str, ...]  # of a phrase its words and what is between them; an expression is one


def _needless(entries: Sequence[Scalar], forms: Forms) -> Iterator[tuple[Scalar, str]]:
    """Entries that only match where others of the same list of entries do."""
    owners: dict[Units, Scalar] = {}
    written = []
    for entry in entries:
        units = [_units(form) for form in write_out(_normal(entry), forms)]
        written.append(units)
        for one in units:
            owners.setdefault(one, entry)
    sizes = {len(one) for one in owners}
    for entry, units in zip(entries, written, strict=True):
        if other := _implied(units, entry, owners, sizes):
            yield entry, f'"{entry}" only matches where "{other}" does (drop "{entry}")'


def _units(form: str) -> Units:
    """The units of a written-out entry."""
    return (form,) if form.startswith("/") else tuple(_UNIT.findall(form))


def _implied(
    forms: Iterable[Units], entry: Scalar, owners: Mapping[Units, Scalar], sizes: Collection[int]
) -> str:
    """Another entry that stands in the first form of an entry, if others stand in all of them."""
    first = ""
    for units in forms:
        other = _held(units, entry, owners, sizes)
        if not other:
            return ""
        first = first or other
    return first


def _held(
    units: Units, entry: Scalar, owners: Mapping[Units, Scalar], sizes: Collection[int]
) -> str:
    """Another entry one of whose forms stands in this one, as whole words."""
    for size in sizes:
        for start in range(len(units) - size + 1):
            end = start + size
            owner = owners.get(units[start:end])
            around = (*units[start - 1 : start], *units[end : end + 1])
            runs_on = any(_WORD.match(unit) for unit in around)  # as "it" into "'s"
            if owner is not None and owner.place != entry.place and not runs_on:
                return owner
    return ""


KeySpan = tuple[int, int, float]  # of a sentence that may stand for its paragraph, and how well


class Label(NamedTuple):
    """A paragraph that a person tagged, or skipped; those of one ``doc`` are a piece, in order.

    ``key`` are the sentences that readers would print for it, each with the share who would.
    """

    id: str
    line: int
    tag: Tag | None
    text: str
    doc: str | None
    key: tuple[KeySpan, ...]


class Score(NamedTuple):
    """Agreement with a person's tags.

    ``confusion`` counts, by the person's tag, the rules' tags. ``disagreements`` are the labels
    that the rules read otherwise, and how, the widest margin first. ``close`` counts the close
    readings that agree, and all; ``keys`` are the shares of readers who would print the key
    sentence, of each row that says so.
    """

    skipped: int
    confusion: dict[Tag, Scores]
    disagreements: tuple[tuple[Label, Paragraph], ...]
    close: tuple[int, int]
    keys: tuple[float, ...]

    @property
    def rows(self) -> int:
        """How many paragraphs were compared."""
        return sum(sum(row.values()) for row in self.confusion.values())

    def agreed(self, tag: Tag) -> int:
        """How many paragraphs both gave a tag."""
        return self.confusion[tag][tag]

    def support(self, tag: Tag) -> int:
        """How many paragraphs the person gave a tag."""
        return sum(self.confusion[tag].values())

    def said(self, tag: Tag) -> int:
        """How many paragraphs the rules gave a tag."""
        return sum(row[tag] for row in self.confusion.values())

    def precision(self, tag: Tag) -> float:
        """Of what the rules gave a tag, the share to which the person gave it; 0 of none."""
        return self.agreed(tag) / max(self.said(tag), 1)

    def recall(self, tag: Tag) -> float:
        """Of what the person gave a tag, the share to which the rules gave it; 0 of none."""
        return self.agreed(tag) / max(self.support(tag), 1)

    def f1(self, tag: Tag) -> float:
        """The harmonic mean of precision and recall."""
        both = self.said(tag) + self.support(tag)
        return 2 * self.agreed(tag) / max(both, 1)

    @property
    def accuracy(self) -> float:
        """The share of paragraphs on which both agree."""
        return sum(self.agreed(tag) for tag in Tag) / self.rows

    @property
    def clear(self) -> tuple[int, int]:
        """The readings that are not close: those that agree, and all."""
        agreed = sum(self.agreed(tag) for tag in Tag)
        return agreed - self.close[0], self.rows - self.close[1]

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the tags that the person used."""
        used = [self.f1(tag) for tag in Tag if self.support(tag)]
        return sum(used) / len(used)

    @property
    def kappa(self) -> float | None:
        """Cohen's κ (1960), agreement beyond chance; None where chance alone agrees on all."""
        chance = 0.0
        for tag in Tag:
            chance += self.support(tag) * self.said(tag) / self.rows**2
        return None if chance == 1 else (self.accuracy - chance) / (1 - chance)


class ScoreDiff(NamedTuple):
    """Two rule sets held against the same labels.

    ``gained`` are the labels that only the new rules agree with, each with how the old ones read
    it; ``lost`` those that only the old ones agree with, each with how the new ones read it.
    """

    old: Score
    new: Score
    gained: tuple[tuple[Label, Paragraph], ...]
    lost: tuple[tuple[Label, Paragraph], ...]


def diff_scores(old: Score, new: Score) -> ScoreDiff:
    """What a change of rules gains and loses, by the disagreements of each with the same labels."""
    old_lines = {label.line for label, _ in old.disagreements}
    new_lines = {label.line for label, _ in new.disagreements}
    gained = [pair for pair in old.disagreements if pair[0].line not in new_lines]
    lost = [pair for pair in new.disagreements if pair[0].line not in old_lines]
    return ScoreDiff(old, new, tuple(gained), tuple(lost))


def parse_labels(lines: Iterable[str], source: str) -> Iterator[Label]:
    """The rows of a JSON Lines file; raises Failure at the first bad one, and where none but
    skipped ones are.
    """
    is_empty = True
    for number, line in enumerate(lines, 1):
        if line.strip():
            label = _parse_label(line, number, source)
            is_empty = is_empty and label.tag is None
            yield label
    if is_empty:
        hint = "write on each line a JSON object with text and tag"
        raise Failure(f"{source}: no rows to score ({hint})")


def _parse_label(line: str, number: int, source: str) -> Label:
    """The label on a line."""
    import json

    place = f"{source}:{number}:1"
    row = _json_row(line, number, source)
    lacking = [f'"{key}"' for key in ("text", "tag") if key not in row]
    if lacking:
        raise Failure(f"{place}: this is no JSON object with {_listed(lacking, 'and')} (add it)")
    text = row["text"]
    if not isinstance(text, str) or not text.strip():
        raise Failure(f'{place}: "text" is no text, or blank (mend or remove the line)')
    tags = [*Tag, "skip"]
    if row["tag"] not in tags:
        told = f'"tag" is {json.dumps(row["tag"])}'
        raise Failure(f"{place}: {told} (write {_listed(tags, 'or')})")
    doc = row.get("doc")
    return Label(
        id=str(row.get("id", f"line {number}")),
        line=number,
        tag=None if row["tag"] == "skip" else Tag(row["tag"]),
        text=text,
        doc=None if doc is None else str(doc),
        key=tuple(_parse_key(row.get("key"), text, place)),
    )


def _parse_key(spans: Any, text: str, place: str) -> Iterator[KeySpan]:
    """The key sentences of a label; raises Failure where they are no spans of its text, each with
    a share from 0 to 1.
    """
    hint = 'write [{"start": 0, "end": 9, "accepted": 1}]'
    fault = Failure(f'{place}: "key" is no list of sentences ({hint})')
    if spans is not None and not isinstance(spans, list):
        raise fault
    for span in spans or ():
        if not isinstance(span, dict):
            raise fault
        start, end, accepted = (span.get(name, 1) for name in ("start", "end", "accepted"))
        is_span = type(start) is type(end) is int and 0 <= start < end <= len(text)
        is_share = type(accepted) in (int, float) and 0 <= accepted <= 1
        if not {"start", "end"} <= span.keys() or not is_span or not is_share:
            raise fault
        yield start, end, float(accepted)


def _json_row(line: str, number: int, source: str) -> dict[str, Any]:
    """The object on a line of JSON; empty where it is another kind of value."""
    import json

    try:
        row = json.loads(line)
    except ValueError as error:
        column, what = getattr(error, "colno", 1), getattr(error, "msg", error)
        raise Failure(f"{source}:{number}:{column}: this is no JSON: {what} (mend it)") from None
    except RecursionError:
        raise Failure(f"{source}:{number}:1: this is nested too deeply (mend it)") from None
    return row if isinstance(row, dict) else {}


def score_labels(labels: Iterable[Label], rules: RuleSet) -> Score:
    """Hold a rule set against a person's tags: each text is a paragraph, and no skip rule acts."""
    tagging = rules._replace(skips=())
    confusion = {tag: dict.fromkeys(Tag, 0) for tag in Tag}
    wrong = []
    close = [0, 0]
    keys = []
    skipped = 0
    for piece in _pieces(labels):
        tagged = [(label, label.tag) for label in piece if label.tag]
        skipped += len(piece) - len(tagged)
        paragraphs = read_blocks([make_block(label.text) for label, _ in tagged], tagging)
        for (label, tag), found in zip(tagged, paragraphs, strict=True):
            confusion[tag][found.tag] += 1
            if found.tag != tag:
                wrong.append((label, found))
            if found.is_close:
                close[0] += found.tag == tag
                close[1] += 1
            if label.key:
                keys.append(_accepted(found.key_sentence, label.key))
    wrong.sort(key=lambda pair: (-pair[1].margin, pair[0].line))
    return Score(skipped, confusion, tuple(wrong), (close[0], close[1]), tuple(keys))


def _accepted(sentence: Sentence, key: Iterable[KeySpan]) -> float:
    """The share of readers who would print a sentence: that of the span which it overlaps most, by
    half of the shorter at least, since people part sentences in other ways.
    """
    widest = 0
    share = 0.0
    for start, end, accepted in key:
        overlap = min(end, sentence.end) - max(start, sentence.start)
        shorter = min(end - start, sentence.end - sentence.start)
        if overlap > widest and 2 * overlap >= shorter:
            widest, share = overlap, accepted
    return share


def _pieces(labels: Iterable[Label]) -> Iterator[list[Label]]:
    """The labels of each document, in order; one without a document is a piece by itself, and is
    not waited for.
    """
    pieces: dict[str, list[Label]] = {}
    for label in labels:
        if label.doc is None:
            yield [label]
        else:
            pieces.setdefault(label.doc, []).append(label)
    yield from pieces.values()


# ------------------------------------------------------------------------------------- rendering

Piece = str | tuple[str, str]  # a text, or a text and its style
Format = Literal["tree", "markdown", "json", "jsonl", "html", "labels"]
Report = Literal["text", "json"]
DiffReport = Literal["text", "markdown", "json", "html"]
Color = Literal["auto", "always", "never"]

FORMAT_VERSION = "1.2"
PROGRAM = "lankov-claims"
# About as far from black as from white (4 to 5.5 times as bright or as dark), and told apart with
# every common colour blindness; the words need none.
_STYLES: dict[Tag | None, str] = {
    Tag.CLAIM: "#2b7bd6",
    Tag.EVIDENCE: "#0d8a63",
    Tag.RECOMMENDATION: "bold #cc5c00",
    None: "#9560c4",
}
_MAX_WIDTH = 120
_ALL = sys.maxsize  # where another number would be a bound
_LEAST_ROOM = 10  # columns
_GUIDES = str.maketrans("├└─│", "    ")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Line(NamedTuple):
    """A line for people: the body wraps behind the lead, and ``rest`` leads what is wrapped."""

    lead: Sequence[Piece] = ()
    body: Sequence[Piece] = ()
    rest: str = ""

    def __str__(self) -> str:
        text = ""
        for piece in (*self.lead, *self.body):
            text += piece if isinstance(piece, str) else piece[0]
        return text.rstrip()


class Page(NamedTuple):
    """How lines are set: wrapped to so many columns, or whole; with colour and guides or not."""

    width: int | None = None
    has_color: bool = False
    has_guides: bool = True


PIPE = Page()  # as a pipe gets its lines


def set_lines(lines: Iterable[Line], page: Page = PIPE) -> str:
    """Lines as a text; wrapped ones hang from their lead, unless that leaves them no room."""
    if page == PIPE:
        return "".join(f"{line}\n" for line in lines)
    from rich.console import Console
    from rich.text import Text

    text = io.StringIO()
    width = page.width or _ALL
    console = Console(
        file=text,
        width=width,
        force_terminal=page.has_color,
        no_color=not page.has_color,
        color_system="256" if page.has_color else None,
        highlight=False,
    )
    guides = {} if page.has_guides else _GUIDES
    for line in lines:
        lead = _styled(line.lead, guides)
        body = _styled(line.body, {})
        rest = _styled([(line.rest.ljust(lead.cell_len), "dim")], guides)
        room = width - lead.cell_len
        if room < _LEAST_ROOM:
            room, lead, body, rest = width, Text(), lead + body, Text()
        for row in body.wrap(console, room):
            row.rstrip()
            console.print(lead + row, soft_wrap=True)
            lead = rest
    return text.getvalue()


def _styled(pieces: Iterable[Piece], guides: Mapping[int, int]) -> "rich.text.Text":
    """Pieces of a line as rich has them; never as markup."""
    from rich.text import Text

    text = Text.assemble(*pieces)
    text.plain = text.plain.translate(guides)
    return text


def _plural(count: int, noun: str) -> str:
    """A count with its noun: 1 rule, 2 rules; evidence has no plural."""
    if count != 1 and noun != Tag.EVIDENCE:
        noun += "s"
    return f"{count:,} {noun}"


def _tag(tag: Tag | None) -> Piece:
    """A tag in its style, or what stands for none."""
    return (tag, _STYLES[tag]) if tag else "skipped"


def _tag_name(one: Paragraph) -> str:
    """A paragraph's tag, with a question mark where its reading is close."""
    return f"{one.tag}?" if one.is_close else one.tag


def _clip(text: str, room: int) -> str:
    """As many of the first words of a text as there is room for."""
    if len(text) <= room:
        return text
    room = max(room, 10)  # a word or two, where what stands before it takes all columns
    head, _, _ = text[: room - 1].rpartition(" ")
    return f"{head or text[: room - 2]} …"


def _excerpt(text: str) -> str:
    """The first words of a text, in quotation marks."""
    return f'"{_clip(clean(text), 52)}"'


class View(NamedTuple):
    """How an outline is shown: in a format (without one, a line a paragraph), each paragraph
    clipped to a line of the page or not, with what is skipped or not, and on what page.
    """

    form: Format | None = None
    is_brief: bool = False
    is_verbose: bool = False
    page: Page = PIPE


def show_outline(outline: AnyOutline, view: View) -> str:
    """An outline as it is printed or written. The body is made before the header, whose counts are
    complete only then.
    """
    if view.form == "json":
        return to_json(outline)
    if view.form == "jsonl":
        return to_json_line(outline)
    if view.form == "html":
        return outline_html(outline)
    if view.form == "labels":
        return "".join(label_rows(outline))
    summary = new_summary()
    blocks = tally(outline.blocks, summary)
    if view.form == "markdown":
        body = "".join(markdown_items(blocks, is_verbose=view.is_verbose))
        return markdown_header(outline, summary) + body
    lines = _body_lines(blocks, outline.last_number, view)
    body = set_lines(lines, view.page)
    return set_lines(outline_header(outline, summary), view.page) + body


def tally(blocks: Iterable[Paragraph], summary: Summary) -> Iterator[Paragraph]:
    """The paragraphs, each of which ``summary`` counts as it passes."""
    for one in blocks:
        summary[one.kind] += 1
        yield one


def _tagged(blocks: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs that are part of the outline."""
    for one in blocks:
        if not one.skips:
            yield one


def _body_lines(blocks: Iterable[Paragraph], count: int, view: View) -> Iterator[Line]:
    """The paragraphs as lines for people, a tree or a line each, and what is skipped at the end."""
    skipped: list[Line] = []

    def kept() -> Iterator[Paragraph]:
        for one in blocks:
            if not one.skips:
                yield one
            elif view.is_verbose:
                skipped.append(_skipped_line(one))

    if view.form == "tree":
        room = view.page.width if view.is_brief else None
        yield from outline_tree(kept(), count, room=room)
    else:
        yield from outline_plain(kept(), count)
    if skipped:
        yield Line()
        yield from skipped


def outline_header(outline: AnyOutline, summary: Summary) -> Iterator[Line]:
    """Which text, how long, and how many paragraphs of each kind."""
    size = _plural(len(outline.text), "character")
    paragraphs = _plural(outline.last_number, "paragraph")
    about = f" · {size} · {paragraphs} · {summary[SKIPPED]:,} skipped"
    yield Line([], [(clean(outline.source), "bold"), about])
    tags: list[Piece] = []
    for tag in Tag:
        if tags:
            tags.append(" · ")
        tags.append((_plural(summary[tag], tag), _STYLES[tag]))
    yield Line([], tags)


def _rival(one: Paragraph) -> str:
    """What else a paragraph of a close reading may be; empty where its reading is clear."""
    if not one.is_close:
        return ""
    return f"or {one.runner_up}" if one.cues else "no cue"


def outline_tree(
    paragraphs: Iterable[Paragraph], last: int, *, room: int | None = None
) -> Iterator[Line]:
    """The paragraphs for people: evidence hangs from the paragraph that it is under.

    ``last`` is the last one's number, which sets the width of all. With a ``room`` of so many
    columns each is clipped to one line.
    """
    width = len(str(last))
    margin = " " * width
    for top, children in _branches(paragraphs):
        if not room:
            yield Line()
        trunk = f"{margin}│" if children else margin
        yield _tree_line(top, f"{top.number:>{width + 1}}  ", 17, trunk, room)
        for child in children:
            is_last = child is children[-1]
            branch = "└─ " if is_last else "├─ "
            trunk = margin if is_last else f"{margin}│"
            lead = f"{margin}{branch}{child.number:>{width}}  "
            yield _tree_line(child, lead, 15 - width, trunk, room)


def _tree_line(one: Paragraph, lead: str, columns: int, rest: str, room: int | None) -> Line:
    """A paragraph in the tree, its tag in so many columns."""
    tag = (_tag_name(one).ljust(columns), _STYLES[one.tag])
    sentence = _shown(one.key_sentence.text)
    rival = f"  {_rival(one)}".rstrip()
    if room:
        left = room - len(lead) - columns
        rival = rival if left - len(rival) >= 10 else ""
        sentence = _clip(sentence, left - len(rival))
    return Line([(lead, "dim"), tag], [sentence, (rival, "dim")], rest)


def _shown(text: str) -> str:
    """A sentence or a paragraph as people read it, without Markdown's marks."""
    return clean(bare(text))


def _skipped_line(one: Paragraph) -> Line:
    """A paragraph that is no part of the outline, with the rules that say so."""
    about = f"line {one.line}  {', '.join(one.skips)}: "
    words = _clip(clean(one.text), 68 - len(about))
    return Line([("skipped  ", "dim")], [about, (words, "dim")])


def _branches(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """Each paragraph of the top level with those that hang under it: all that come before the next
    of the top level, and for the first also those before itself.
    """
    top = None
    children: list[Paragraph] = []
    for one in paragraphs:
        if one.under is not None:
            children.append(one)
            continue
        if top:
            yield top, children
            children = []
        top = one
    if top:
        yield top, children


def outline_plain(paragraphs: Iterable[Paragraph], last: int) -> Iterator[Line]:
    """The paragraphs for a pipe: a key sentence a line, which says what it hangs under; ``last`` is
    the last one's number.
    """
    width = len(str(last))
    for one in paragraphs:
        under = f"under {one.under}" if one.under else ""
        tag = (_tag_name(one).ljust(15), _STYLES[one.tag])
        lead: list[Piece] = [f"{one.number:>{width}}  ", tag, f"  {under.ljust(width + 6)}  "]
        rival = f"  ({_rival(one)})" if one.is_close else ""
        yield Line(lead, [_shown(one.key_sentence.text), (rival, "dim")])


def markdown_header(outline: AnyOutline, summary: Summary) -> str:
    """What stands above an outline in Markdown."""
    source, counts = outline_header(outline, summary)
    return f"# {_escaped(clean(outline.source))}\n\n{_escaped(str(source))}  \n{counts}\n\n"


def markdown_items(blocks: Iterable[Paragraph], *, is_verbose: bool) -> Iterator[str]:
    """An outline as a nested Markdown list in which nothing of the text is read as markup; the cues
    are its footnotes, where they are asked for.
    """
    notes = []
    for top, children in _branches(_tagged(blocks)):
        for one in (top, *children):
            mark = ""
            if is_verbose and one.cues:
                mark = f"[^{one.number}]"
                notes.append(f"\n{mark}: {_escaped(_cue_list(one))}\n")
            yield f"{'  ' if one.under else ''}- {_markdown_item(one)}{mark}\n"
    yield from notes


def _markdown_item(one: Paragraph) -> str:
    """A paragraph in such a list."""
    sentence = _escaped(_shown(one.key_sentence.text))
    rival = f" *({_rival(one)})*" if one.is_close else ""
    return f"¶{one.number} **{_tag_name(one)}:** {sentence}{rival}"


def _cue_list(one: Paragraph) -> str:
    """The cues that speak for a tag, each with its rule and what it counts for."""
    cues = []
    for cue in one.cues:
        cues.append(f'{cue.rule}, {cue.tag} {cue.weight}: "{clean(cue.text)}"')
    return "; ".join(cues)


def _escaped(text: str) -> str:
    """A text in which Markdown sees no markup: not inside, nor as an item of a list or a link."""
    text = re.sub(r"([\\`*_{}\[\]<>#|~&!$]|:(?=//)|(?<=www)\.)", r"\\\1", text)
    return re.sub(r"^(\d*)([-+.)])(?=\s|$)", r"\1\\\2", text)


def explain_lines(
    outline: Outline, numbers: Collection[int] = (), *, verbose: bool = False
) -> Iterator[Line]:
    """Why the paragraphs of these numbers are what they are; of none, all and the skipped ones."""
    yield Line([], [(f"{clean(outline.source)} · {clean(outline.rules.source)}", "dim")])
    apart = False
    for one in outline.blocks:
        if numbers and one.number not in numbers:
            continue
        if apart:
            yield Line()
        apart = True
        if one.skips:
            yield from _why_skipped(one, outline.rules)
        elif verbose:
            yield from _paragraph_lines(one, outline.rules)
        else:
            yield from _brief_lines(one, outline.rules)


def rule_trial_lines(
    outline: Outline, rule_id: str, numbers: Collection[int] = ()
) -> Iterator[Line]:
    """Why one rule fires in each of these paragraphs, or in all, or does not."""
    rule = next(one for one in outline.rules.every if one.id == rule_id)
    forms = write_out_lists(outline.rules.lists)
    yield Line([(rule.id, "bold"), "  "], [(clean(rule.why), "dim")])
    for one in outline.blocks:
        if numbers and one.number not in numbers:
            continue
        for body in _trials(rule, one, forms):
            yield Line([(f"  {_place_name(one):<9}", "bold")], body)


def _trials(rule: Rule | SkipRule, one: Paragraph, forms: Forms) -> Iterator[Sequence[Piece]]:
    """Each match of a rule in a paragraph, or why there is none."""
    if isinstance(rule, SkipRule):
        is_skipped = rule.id in one.skips
        yield ["skipped by it" if is_skipped else "not matched by it"]
        return
    if one.skips:
        yield [f"skipped by {', '.join(one.skips)}, so that no rule counts"]
        return
    found = [match for match in one.matches if match.rule == rule.id]
    for match in found:
        verdict = f"silenced by {clean(match.silenced)}" if match.silenced else "fires"
        yield [(f"{verdict}: ", "dim"), *_in_context(one, match)]
    if not found:
        yield [clean(_silence(rule, one, forms))]


def _place_name(one: Paragraph) -> str:
    """A paragraph by its number, or by its line where it is no part of the outline."""
    return f"¶{one.number}" if one.number else f"line {one.line}"


def _silence(rule: Rule, one: Paragraph, forms: Forms) -> str:
    """Why a rule does not match in a paragraph."""
    if not rule.weight:
        return "off: its weight is 0"
    nearest = find_nearest(rule, one.block, forms)
    if nearest is None:
        has_expression = any(entry.startswith("/") for entry in rule.any)
        more = "; its expressions are not compared" if has_expression else ""
        return f"no match, and no word of its phrases{more}"
    where = f'nearest is "{nearest.phrase}" in sentence {nearest.sentence}'
    if not nearest.lacks:
        return f"no match; {where}, which has its words, but elsewhere"
    lacking = _listed([f'"{word}"' for word in nearest.lacks], "and")
    return f"no match; {where}, which lacks {lacking}"


def _why_skipped(one: Paragraph, rules: RuleSet) -> Iterator[Line]:
    """Why a paragraph is no part of the outline."""
    yield Line([("skipped", "bold")], [(f"  line {one.line}", "dim")])
    yield Line(["  "], [clean(one.text)])
    for rule in rules.skips:
        if rule.id in one.skips:
            yield Line([f"  {rule.id}  "], [(clean(rule.why), "dim")])


def _brief_lines(one: Paragraph, rules: RuleSet) -> Iterator[Line]:
    """Why a paragraph has its tag, in about ten lines: what gave most, and what would tip it."""
    yield _paragraph_title(one, rules)
    yield from _because_lines(one)
    yield from _key_lines(one)
    yield from _sum_lines(one, rules, terms=3, ways=2)


def _because_lines(one: Paragraph) -> Iterator[Line]:
    """The three cues that gave most to the tag, each where it stands."""
    cues = [cue for cue in one.cues if cue.tag == one.tag]
    cues.sort(key=lambda cue: -cue.weight)
    most = cues[:3]
    width = max((len(cue.rule) for cue in most), default=0)
    label = "because"
    for cue in most:
        name = f"{cue.rule:<{width}} {cue.weight:>2}  "
        yield Line([(f"  {label:<9}", "dim"), name], _in_context(one, cue, 60 - len(name)))
        label = ""


def _key_lines(one: Paragraph) -> Iterator[Line]:
    """The key sentence of several, and its points against those of the next best."""
    sentences = one.block.sentences
    if len(sentences) == 1:
        return
    yield Line([("  key      ", "dim")], [_shown(one.key_sentence.text)])
    terms = key_terms(one.block, one.matches, one.tag)
    mine = terms.pop(sentences.index(one.key_sentence))
    points = add_points(mine)
    others = max(add_points(its_terms) for its_terms in terms)
    rival = f"{others}, and is not longer" if others == points else f"{others}"
    addition = " + ".join(f"{name} {given}" for name, given in mine)
    why = f"{points} points = {addition}; the next best has {rival}"
    yield Line([" " * 11], [(why, "dim")])


def _paragraph_lines(one: Paragraph, rules: RuleSet) -> Iterator[Line]:
    """All that bears on a paragraph: its cues in place, the sums, and what would tip it."""
    yield _paragraph_title(one, rules)
    yield Line(["  "], list(_marked(one)))
    yield from _match_lines(one, rules)
    yield from _key_lines(one)
    yield from _sum_lines(one, rules, terms=_ALL, ways=_ALL)


def _sum_lines(one: Paragraph, rules: RuleSet, *, terms: int, ways: int) -> Iterator[Line]:
    """Each tag's score as a sum, the winner's first, and the smallest changes that would make it
    win; of either so many at most.
    """
    tips = find_tips(one, rules)
    for tag in sorted(Tag, key=lambda tag: (tag != one.tag, tag != one.runner_up)):
        score = (f"  {tag:<14} {one.scores[tag]:>4}", _STYLES[tag])
        body: list[Piece] = [_sum(one, tag, terms)]
        words = [_tip_words(tip) for tip in tips if tip.tag == tag]
        if (
            tag != one.tag and rules.rules and not words
        ):  # an exported outline has no rules to weigh
            body.append(("; no single weight of these would do", "dim"))
        yield Line([score, " = "], body)
        if words:
            yield Line([("    would win ", "dim")], ["; ".join(words[:ways])])


def _paragraph_title(one: Paragraph, rules: RuleSet) -> Line:
    """Which paragraph, its tag, and by how much it has it."""
    lead = f" by {one.margin} over {one.runner_up}"
    if not one.cues:
        lead = " for want of a cue"
    elif not one.margin:
        lead = f", tied with {one.runner_up} (precedence decides)"
    about = f"{lead}, line {one.line}"
    if one.under:
        about += f", under ¶{one.under}"
    if one.late and rules.ending and one.scores[rules.ending]:
        about += f"; in the last quarter, {rules.ending} counts double"
    tag = (_tag_name(one), _STYLES[one.tag])
    return Line([(f"¶{one.number}  ", "bold"), tag], [(about, "dim")])


def _match_lines(one: Paragraph, rules: RuleSet) -> Iterator[Line]:
    """Each match of a paragraph with its rule's reason, or with what silenced it."""
    whys: dict[str, str] = {rule.id: rule.why for rule in rules.every}
    width = max((len(cue.rule) for cue in one.matches), default=0)
    for number, cue in enumerate(one.matches, 1):
        mark = str(number).translate(_RAISED)
        lead = f"  {mark:>3} {cue.rule:<{width}}  "
        excerpt = _excerpt(cue.text)
        if cue.silenced:
            yield Line([lead], [(f"{excerpt} silenced by {clean(cue.silenced)}", "dim")])
            continue
        worth = (f"{cue.tag or 'key'} {cue.weight} {excerpt}", _STYLES[cue.tag])
        yield Line([lead], [worth, (f"  {clean(whys[cue.rule])}", "dim")])


def _sum(one: Paragraph, tag: Tag, most: int) -> str:
    """A tag's score as the sum that it is, of so many terms at most and a last one for the rest."""
    fires = Counter((cue.rule, cue.weight) for cue in one.cues if cue.tag == tag)
    ranked = sorted(fires.items(), key=lambda item: -item[0][1] * item[1])
    terms = []
    for (rule, weight), count in ranked[:most]:
        terms.append(f"{rule} {weight} × {count}" if count > 1 else f"{rule} {weight}")
    rest = sum(weight * count for (_, weight), count in ranked[most:])
    if rest:
        terms.append(f"{len(ranked) - most} more ({rest})")
    return " + ".join(terms) or "no cue"


def _tip_words(tip: Tip) -> str:
    """A tip as the end of "would win"."""
    if tip.after == 0:
        return f"without {tip.rule}"
    return f"if {tip.rule} weighed {tip.after} instead of {tip.before}"


def _marked(one: Paragraph) -> Iterator[Piece]:
    """A paragraph's text with each match between brackets, numbered where it ends."""
    marks = []
    for number, cue in enumerate(one.matches, 1):
        style = "dim" if cue.silenced else _STYLES[cue.tag]
        raised = str(number).translate(_RAISED)
        # Where marks meet, one that closes goes before one that opens, the inner before the outer.
        marks.append((cue.end, 0, -cue.start, f"]{raised}", style))
        marks.append((cue.start, 1, -cue.end, "[", style))
    at = one.start
    for offset, _, _, mark, style in sorted(marks):
        yield _one_line(one.text[at - one.start : offset - one.start])
        yield mark, style
        at = offset
    yield _one_line(one.text[at - one.start :])


_MEASURE_HEAD = "tag             weight  fires  wins  against  "
_MEASURE_ROW = "{:>6}  {:>5}  {:>4}  {:>7}  "


def measure_lines(measures: Sequence[Measure], outline: Outline) -> Iterator[Line]:
    """The rule set on a text: what decides first, then what only fires, then what is dead."""
    yield _measure_title(measures, outline)
    names = [f"<{name}>" for name, _ in outline.rules.lists]
    width = max(len(name) for name in ["rule", *names, *(one.id for one in measures)])
    yield Line(
        [("rule".ljust(width + 2), "dim"), (_MEASURE_HEAD, "dim")], [("in, ! decides", "dim")]
    )
    for one in sorted(measures, key=lambda one: (not one.changes, not one.fires)):
        tag = ((one.tag or "key").ljust(16), _STYLES[one.tag])
        lead: list[Piece] = [one.id.ljust(width + 2), tag]
        lead.append(_MEASURE_ROW.format(one.weight, one.fires, one.wins, one.against))
        yield Line(lead, [_where_fired(one)])
    for name, users in list_users(outline.rules).items():
        yield Line([f"<{name}>".ljust(width + 2)], [("in ", "dim"), ", ".join(users)])


def _measure_title(measures: Sequence[Measure], outline: Outline) -> Line:
    """Which rules on which text, and how many of each status."""
    sources = f"{clean(outline.rules.source)} on {clean(outline.source)}"
    counts = Counter(one.status for one in measures)
    sizes = []
    for status in ("decisive", "redundant", "dead"):
        sizes.append(f"{counts[status]} {status}")
    count = _plural(len(measures), "rule")
    return Line([], [(sources, "bold"), f" · {count}: {', '.join(sizes)}"])


def _where_fired(measure: Measure) -> Piece:
    """The paragraphs in which a rule fires, those that it decides with a mark."""
    if not measure.paragraphs:
        return "dead", "dim"
    places = []
    for number in measure.paragraphs:
        mark = "!" if number in measure.changes else ""
        places.append(f"¶{number}{mark}")
    return " ".join(places)


def rule_lines(rule: Rule | SkipRule, outline: Outline) -> Iterator[Line]:
    """One rule in full, and each of its cues in the text with what stands around it."""
    about = "skip rule"
    unless: tuple[Scalar, ...] = ()
    if isinstance(rule, Rule):
        about = f"{rule.tag or 'key rule'}, weight {rule.weight}, {rule.where}"
        unless = rule.unless
    yield Line([(rule.id, "bold"), f"  {about}"])
    yield Line(["  "], [clean(rule.why)])
    yield from _entry_lines("any", rule.any)
    yield from _entry_lines("unless", unless)
    yield from _entry_lines("match", rule.match)
    yield from _entry_lines("miss", rule.miss)
    for one in outline.blocks:
        place = _place_name(one)
        if rule.id in one.skips:
            yield Line([(f"  {place:<8}", "dim")], [clean(one.text)])
        for cue in () if one.skips else one.heard:
            if cue.rule == rule.id:
                yield Line([(f"  {place:<8}", "dim")], _in_context(one, cue))


def _entry_lines(name: str, texts: Iterable[str]) -> Iterator[Line]:
    """Texts of a rule file, each behind what it is."""
    for text in texts:
        yield Line([(f"  {name:<8}", "dim")], [clean(text)])


def _in_context(one: Paragraph, cue: Cue, room: int = 66) -> list[Piece]:
    """A cue between brackets in its sentence, of which so many characters are left."""
    sentence = one.block.sentences[cue.sentence - 1].text
    offset = one.block.sentences[cue.sentence - 1].start
    start, end = cue.start - offset, cue.end - offset
    spare = max(room - (end - start), 20)
    left = min(start, max(spare // 2, spare - (len(sentence) - end)))
    first, last = start - left, end + spare - left
    before = _one_line(sentence[first:start])
    after = _one_line(sentence[end:last])
    if first:
        before = f"…{before}"
    if last < len(sentence):
        after = f"{after}…"
    return [before, (f"[{_one_line(cue.text)}]", "bold"), after]


def list_lines(name: str, rules: RuleSet) -> Iterator[Line]:
    """A list in full: its entries, and who uses it."""
    lists: dict[str, tuple[Scalar, ...]] = dict(rules.lists)
    entries = "1 entry" if len(lists[name]) == 1 else f"{len(lists[name])} entries"
    phrases = _plural(len(write_out_lists(rules.lists)[name]), "phrase")
    yield Line([(f"<{name}>", "bold"), f"  {entries}, {phrases} written out"])
    yield from _entry_lines("entry", lists[name])
    yield from _entry_lines("used by", list_users(rules)[name])


def diff_lines(diff: Diff, *, verbose: bool) -> Iterator[Line]:
    """What changed, because of what; the summary last."""
    text = clean(diff.after.source)
    old, new = clean(diff.before.rules.source), clean(diff.after.rules.source)
    yield Line([], [(text, "bold"), f" · {old} → {new}"])
    edits = {edit.rule: edit for edit in diff.edits}
    untold = 0
    for one in diff.changes:
        if verbose or one.shows:
            yield from _change_lines(one, edits, verbose)
        else:
            untold += 1
    hint = " · --verbose shows all rescored" if untold else ""
    yield Line([], [(_diff_summary(diff), "bold"), (hint, "dim")])


def _change_lines(change: Change, edits: Mapping[str, Edit], verbose: bool) -> Iterator[Line]:
    """A paragraph that changed, and why."""
    yield _change_title(change)
    lead = "because"
    for cause in change.causes:
        parts = []
        for name in cause:
            parts.append(f"{name}: {_edit_words(edits[name])}")
        yield Line([(f"    {lead:<8} ", "dim")], [clean(" with ".join(parts))])
        lead = "or"
    if change.change == "rescored":
        touching = [f"{name}: {_edit_words(edits[name])}" for name in change.edits]
        yield Line([("    edited   ", "dim")], [clean("; ".join(touching))])
    old, new = change.old, change.new
    if old.skips or new.skips:
        return
    scores = _score_words(old.scores, new.scores)
    if scores and (verbose or change.change == "relabelled"):
        yield Line([("    scores   ", "dim")], [scores])
    if change.is_rekeyed:
        was, now = _excerpt(bare(old.key_sentence.text)), _excerpt(bare(new.key_sentence.text))
        yield Line([("    key      ", "dim")], [f"{was} → {now}"])
    if verbose:
        yield from _cue_lines("-", lost_cues(old, new))
        yield from _cue_lines("+", lost_cues(new, old))


def _change_title(change: Change) -> Line:
    """Which paragraph changed, from what to what."""
    old, new = change.old, change.new
    words: list[Piece] = [_tag(new.verdict)]
    if change.change == "relabelled":
        words = [_tag(old.verdict), " → ", _tag(new.verdict)]
    elif change.change == "moved":
        words.append(f" under {_numbered(old.under)} → {_numbered(new.under)}")
    number = (_number_words([old, new]), "bold")
    return Line([number, "  ", *words, "  "], [_excerpt(bare(new.text))])


def _number_words(sides: Iterable[Paragraph]) -> str:
    """The numbers of a paragraph in two readings, or the one that it has in both, or in one."""
    numbers: list[str] = []
    for side in sides:
        number = _numbered(side.number)
        if side.number and number not in numbers:
            numbers.append(number)
    return " → ".join(numbers)


def _cue_lines(sign: str, cues: Iterable[Cue]) -> Iterator[Line]:
    """Cues that went, or that came."""
    for cue in cues:
        what = f'{cue.rule}, {cue.tag or "key"} {cue.weight}: "{cue.text}"'
        yield Line([f"    {sign} "], [clean(what)])


def _numbered(number: int | None) -> str:
    """A paragraph by its number, or what stands for none."""
    return "nothing" if number is None else f"¶{number}"


def _edit_words(edit: Edit) -> str:
    """An edit in words, such as ``weight 1 → 3`` or ``any: + "press forward"``."""
    if edit.change == "renamed":
        return f"renamed from {edit.ids[0]}"
    words = []
    for name, before, after in edit.fields:
        if name == "entries":
            words.append(_entry_words(before, after))
        elif name in ("any", "unless"):
            words.append(f"{name}: {_entry_words(before or (), after or ())}")
        elif name == "cues" and before == after:
            words.append("cues at other places")
        elif edit.rule.startswith("@"):
            words.append(f"{_value_words(before)} → {_value_words(after)}")
        else:
            words.append(f"{name} {_value_words(before)} → {_value_words(after)}")
    return ", ".join(words) or edit.change


def _entry_words(before: Sequence[str], after: Sequence[str]) -> str:
    """The entries of a list that went, and those that came."""
    words = []
    for entry in before:
        if entry not in after:
            words.append(f'- "{entry}"')
    for entry in after:
        if entry not in before:
            words.append(f'+ "{entry}"')
    return " ".join(words)


def _value_words(value: Any) -> str:
    """A field's value in words."""
    if value is None:
        return "nothing"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _score_words(old: Mapping[Tag, int], new: Mapping[Tag, int]) -> str:
    """The scores, and what each was where it changed."""
    words = []
    for tag in Tag:
        if old[tag] != new[tag]:
            words.append(f"{tag} {old[tag]} → {new[tag]}")
        elif old[tag]:
            words.append(f"{tag} {old[tag]}")
    return ", ".join(words)


def _diff_summary(diff: Diff) -> str:
    """How many paragraphs changed and how, and which edits had no part in it."""
    inert = [clean(edit.rule) for edit in diff.edits if edit.inert]
    rest = [clean(edit.rule) for edit in diff.edits if not edit.inert]
    parts = ["No change in the outline"]
    if diff.changes:
        parts = [f"{count} {name}" for name, count in diff.counts.items()]
        parts.append(f"{diff.unchanged} unchanged")
    elif rest:
        parts.append(
            f"{_plural(len(rest), 'edit')} that other rules make up for: {', '.join(rest)}"
        )
    elif not inert and diff.before.rules.digest != diff.after.rules.digest:
        return "No change in the outline: rules differ, outline identical"
    if inert:
        parts.append(f"{_plural(len(inert), 'edit')} without effect: {', '.join(inert)}")
    return " · ".join(parts)


def drafts_lines(drafts: Drafts, *, verbose: bool) -> Iterator[Line]:
    """What became of the argument from one draft to the next; the summary last."""
    old, new = clean(drafts.before.source), clean(drafts.after.source)
    yield Line([], [(f"{old} → {new}", "bold"), f" · {clean(drafts.after.rules.source)}"])
    was, now = new_summary(), new_summary()
    for summary, outline in ((was, drafts.before), (now, drafts.after)):
        for one in outline.blocks:
            summary[one.kind] += 1
    counts: list[Piece] = []
    for tag in Tag:
        balance = f"{was[tag]} → {_plural(now[tag], tag)}"
        counts += [" · " if counts else "", (balance, _STYLES[tag])]
    yield Line([], counts)
    untold = 0
    for revision in drafts.revisions:
        if verbose or revision.change != "rewritten":
            yield from _revision_lines(revision, verbose)
        else:
            untold += 1
    parts = [f"{count} {kind}" for kind, count in drafts.counts.items()]
    parts.append(f"{drafts.unchanged} unchanged")
    hint = " · --verbose shows all rewritten" if untold else ""
    yield Line([], [(" · ".join(parts), "bold"), (hint, "dim")])


def _revision_lines(one: Revision, verbose: bool) -> Iterator[Line]:
    """A paragraph that was revised, and the cues that it lost and gained."""
    there = [side for side in (one.old, one.new) if side]
    words: list[Piece] = [_tag(there[-1].verdict), f" {one.change}"]
    if one.change == "relabelled":
        words = [_tag(there[0].verdict), " → ", _tag(there[-1].verdict)]
    excerpt = _excerpt(bare(there[-1].text))
    yield Line([(_number_words(there), "bold"), "  ", *words, "  "], [excerpt])
    if one.change != "relabelled" and not verbose:
        return
    if one.old and one.new and not one.old.skips and not one.new.skips:
        if scores := _score_words(one.old.scores, one.new.scores):
            yield Line([("    scores   ", "dim")], [scores])
        if place := _place_words(one.old, one.new):
            yield Line([("    place    ", "dim")], [place])
    yield from _cue_lines("-", one.lost)
    yield from _cue_lines("+", one.gained)


def _place_words(old: Paragraph, new: Paragraph) -> str:
    """Whether a paragraph came into the last quarter, where cues may count double, or left it."""
    if old.late == new.late:
        return ""
    return f"{'in' if new.late else 'no longer in'} the last quarter of the piece"


_SCORE_HEAD = "              precision  recall     F1  rows  as claim  as evidence  as recomm."
_SCORE_ROW = "{:9.3f}  {:6.3f}  {:5.3f}  {:4}"
_SAID_ROW = "  {:>8}  {:>11}  {:>10}"


def score_lines(score: Score, sources: str, show: int) -> Iterator[Line]:
    """How well the rules agree with a person, and where they do not."""
    rows = _plural(score.rows, "row")
    yield Line([], [(clean(sources), "bold"), f" · {rows}, {score.skipped:,} skipped"])
    accuracy = f"accuracy {score.accuracy:.3f} · macro-F1 {score.macro_f1:.3f}"
    yield Line([], [f"{accuracy} · Cohen's κ {_kappa_words(score)}"])
    parts = [_share_words("close readings", *score.close), _share_words("clear ones", *score.clear)]
    if score.keys:
        mean = sum(score.keys) / len(score.keys)
        parts.append(f"key sentence {mean:.3f} of {len(score.keys)}")
    yield Line([], [" · ".join(parts)])
    yield Line([(_SCORE_HEAD, "dim")])
    for tag in Tag:
        ratios = (score.precision(tag), score.recall(tag), score.f1(tag))
        row = _SCORE_ROW.format(*ratios, score.support(tag))
        said = _SAID_ROW.format(*score.confusion[tag].values())
        yield Line([(tag.ljust(14), _STYLES[tag]), row, said])
    for label, found in score.disagreements[:show]:
        yield from _disagreement_lines(label, found)


def _kappa_words(score: Score) -> str:
    """Cohen's κ, where there is one."""
    return "undefined" if score.kappa is None else f"{score.kappa:.3f}"


def score_diff_lines(diff: ScoreDiff, sources: str, show: int) -> Iterator[Line]:
    """What a change of rules gains and loses against a person's tags."""
    old, new = diff.old, diff.new
    rows = _plural(new.rows, "row")
    yield Line([], [(clean(sources), "bold"), f" · {rows}, {new.skipped:,} skipped"])
    accuracy = f"accuracy {old.accuracy:.3f} → {new.accuracy:.3f}"
    macro = f"macro-F1 {old.macro_f1:.3f} → {new.macro_f1:.3f}"
    kappa = f"Cohen's κ {_kappa_words(old)} → {_kappa_words(new)}"
    yield Line([], [f"{accuracy} · {macro} · {kappa}"])
    yield Line([], [(f"{len(diff.gained)} gained · {len(diff.lost)} lost", "bold")])
    for name, pairs in (("gained", diff.gained), ("lost", diff.lost)):
        for label, found in pairs[:show]:
            lead: list[Piece] = [(f"{name:<7} ", "dim"), (f"{clean(label.id)}  ", "bold")]
            verb = " was read as " if name == "gained" else " is read as "
            ours = (_tag_name(found), _STYLES[found.tag])
            tags = [_tag(label.tag), verb, ours, f" by {found.margin}  "]
            yield Line([*lead, *tags], [_excerpt(label.text)])


def _share_words(name: str, agreed: int, count: int) -> str:
    """The accuracy on some of the rows."""
    return f"{name} {agreed / count:.3f} of {count}" if count else f"no {name}"


def _disagreement_lines(label: Label, found: Paragraph) -> Iterator[Line]:
    """A paragraph that rules and person read otherwise, and the cues that decided it."""
    name = (f"{clean(label.id)}  ", "bold")
    ours = (_tag_name(found), _STYLES[found.tag])
    tags: list[Piece] = [_tag(label.tag), " read as ", ours, f" by {found.margin}  "]
    yield Line([name, *tags], [_excerpt(label.text)])
    cues = []
    for cue in found.cues:
        if cue.tag == found.tag:
            cues.append(f'{cue.rule} {cue.weight} "{clean(cue.text)}"')
    yield Line(["    "], [(", ".join(cues) or "no cue", "dim")])


PAGE_FILE = "page.html"
STRONG = 3  # the weight from which on a cue stands out
_HIGHEST, _FULLEST = 8, 4  # of a cell: the steps of its height and of its fill that the page knows


def outline_html(outline: AnyOutline) -> str:
    """An outline as a page that needs no other file: the text with its cues in place, and beside it
    the outline.
    """
    summary = new_summary()
    blocks = tuple(tally(outline.blocks, summary))
    title, rules = clean(outline.source), clean(outline.rules.source)
    size = _plural(len(outline.text), "character")
    head = [f"<h1>{_html(title)}</h1>", f"<p>{_counts_html(summary)}</p>"]
    head.append('<h2 id="glance">At a glance</h2>\n<nav aria-labelledby="glance">')
    head += [_strip_html(blocks, blocks), "</nav>"]
    main = ["<h2>Text</h2>", *_article_html(blocks, outline.rules)]
    foot = f"{size}, read by {rules}."
    return _page_html("of-text", title, head, main, blocks, foot)


def diff_html(diff: Diff) -> str:
    """A diff as such a page: what changed and why, both readings at a glance, and the new one."""
    before, after = diff.before, diff.after
    text = clean(after.source)
    rules = f"{clean(before.rules.source)} → {clean(after.rules.source)}"
    starts = {change.new.start for change in diff.changes if change.shows}
    head = [f"<h1>{_html(text)}</h1>", f"<p>{_html(rules)}</p>"]
    head.append(f"<p><strong>{_html(_diff_summary(diff))}</strong></p>")
    head.append('<h2 id="glance">At a glance</h2>')
    head.append('<nav class="side-by-side" aria-labelledby="glance">')
    for name, blocks in (("before", before.blocks), ("after", after.blocks)):
        head += [f"<p>{name}</p>", _strip_html(blocks, after.blocks, starts)]
    head.append('</nav>\n<p class="legend">≠ stands for another tag, place or key sentence.</p>')
    main = ["<h2>What changed</h2>", *_changes_html(diff)]
    main += [f"<h2>Text, read by {_html(clean(after.rules.source))}</h2>"]
    befores = {}
    for change in diff.changes:
        if change.change == "relabelled":
            befores[change.new.start] = change.old
    main += _article_html(after.blocks, after.rules, befores)
    foot = "The outline is the new one."
    return _page_html("of-change", f"{text}: {rules}", head, main, after.blocks, foot)


def _page_html(
    kind: str,
    title: str,
    head: Iterable[str],
    main: Iterable[str],
    blocks: Sequence[Paragraph],
    foot: str,
) -> str:
    """The page with its parts, ``of-text`` or ``of-change``; what is in them has been escaped, but
    for title and foot.
    """
    from string import Template

    parts = ['<main id="text">', *main, "</main>"]
    nav = ['<nav class="outline" aria-labelledby="outline">', '<h2 id="outline">Outline</h2>']
    nav += [*_outline_html(blocks), "</nav>"]
    parts = [*nav, *parts] if kind == "of-text" else [*parts, *nav]  # as a narrow page has them
    page, _ = read_named(None, PAGE_FILE, MAX_RULE_FILE)
    return Template(page).substitute(
        kind=kind,
        title=_html(title),
        generator=f"{PROGRAM} {__version__}",
        head="\n".join(head),
        rules="\n".join(_options_html(blocks)),
        content="\n".join(parts),
        foot=_html(foot),
    )


def _options_html(blocks: Iterable[Paragraph]) -> Iterator[str]:
    """The rules to choose from, by what they speak for, each with how many paragraphs it is in."""
    counts: dict[str, Counter[str]] = {}
    for one in blocks:
        kinds = {cue.rule: cue.tag or "key sentence" for cue in one.heard}
        kinds.update(dict.fromkeys(one.skips, SKIPPED))
        for rule, kind in kinds.items():
            counts.setdefault(kind, Counter())[rule] += 1
    for kind in sorted(counts):
        yield f'<optgroup label="{kind}">'
        for rule, count in sorted(counts[kind].items()):
            yield f'<option value="{rule}">{rule} ({count})</option>'
        yield "</optgroup>"


def _html(text: str) -> str:
    """A text as HTML shows it, with no mark-up and nothing that misleads or may not be there."""
    import html

    return html.escape(re.sub(_noncharacters(), "\ufffd", _one_line(text)))


@lru_cache(maxsize=1)
def _noncharacters() -> str:
    """An expression for what Unicode keeps for itself and HTML may not hold: some code points, and
    the last two of each plane.
    """
    last = ""
    for plane in range(17):
        last += chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF)
    return f"[\ufdd0-\ufdef{last}]"


def _rules_at(one: Paragraph) -> list[str]:
    """The rules by which a paragraph can be found, each once."""
    return sorted({*one.skips, *_fired(one)})


def _anchor(one: Paragraph) -> str:
    """What links to a paragraph name it by."""
    return f"p{one.number}" if one.number else f"s{one.start}"


def _attributes(one: Paragraph, *more: str) -> str:
    """The attributes by which the page shows a paragraph, and finds it."""
    names = [one.kind, *more]
    if one.is_close and not one.skips:
        names.append("close")
    rules = " ".join(_rules_at(one))
    return f'class="{" ".join(names)}" data-kind="{one.kind}" data-rules="{rules}"'


def _tag_html(tag: Tag | None, words: str) -> str:
    """Words about a tag, in its colour."""
    return f'<span class="{tag or SKIPPED}"><span class="tag">{words}</span></span>'


def _counts_html(summary: Summary) -> str:
    """How many paragraphs there are of each kind."""
    counts = []
    for tag in Tag:
        counts.append(_tag_html(tag, _plural(summary[tag], tag)))
    if summary[SKIPPED]:
        counts.append(_tag_html(None, f"{summary[SKIPPED]:,} skipped"))
    return " · ".join(counts)


def _strip_html(
    blocks: Sequence[Paragraph], targets: Sequence[Paragraph], changed: Collection[int] = ()
) -> str:
    """A cell a paragraph, which leads to its counterpart among ``targets``; ``changed`` are the
    starts of those that another reading has otherwise.
    """
    longest = max((len(one.text) for one in blocks), default=1)
    cells = []
    for one, target in zip(blocks, targets, strict=True):
        height = 1 + (_HIGHEST - 1) * len(one.text) // longest
        fill = 0 if one.skips else min(one.margin // CLOSE, _FULLEST)
        about = f"{_plural(len(one.text), 'character')}, line {one.line}"
        words = f"skipped, {about}"
        name = "–"
        if one.number:
            name = str(one.number)
            words = f"{name}: {_tag_name(one)} by {one.margin}, {about}"
        more = ["changed"] if one.start in changed else []
        if more:
            name, words = f"≠{name}", f"{words}, changed"
        attributes = _attributes(one, f"h{height}", f"m{fill}", *more)
        link = f'<a href="#{_anchor(target)}" aria-label="{words}" title="{words}">'
        cells.append(f"<li {attributes}>{link}<i></i>{name}</a></li>")
    return "\n".join(['<ol class="strip">', *cells, "</ol>"])


def _article_html(
    blocks: Sequence[Paragraph], rules: RuleSet, befores: Mapping[int, Paragraph] | None = None
) -> Iterator[str]:
    """The text by paragraphs, what is skipped folded; ``befores`` are, by their start, those that
    other rules gave another tag.
    """
    whys: dict[str, str] = {rule.id: rule.why for rule in rules.every}
    for is_skipped, run in groupby(blocks, key=lambda one: bool(one.skips)):
        if is_skipped:
            yield _skipped_html(list(run), whys)
            continue
        for one in run:
            yield _paragraph_html(one, rules, whys, (befores or {}).get(one.start))


def _skipped_html(run: Sequence[Paragraph], whys: Mapping[str, str]) -> str:
    """Paragraphs that are no part of the outline, folded away, and why."""
    words = _clip(" · ".join(clean(one.text) for one in run), 60)
    rules: set[str] = set()
    for one in run:
        rules.update(_rules_at(one))
    data = f'data-kind="{SKIPPED}" data-rules="{" ".join(sorted(rules))}"'
    parts = [f'<details class="{SKIPPED}" {data}>', f"<summary>skipped: {_html(words)}</summary>"]
    for one in run:
        parts.append(f'<div id="{_anchor(one)}">')
        parts.append(f'<p dir="auto">{_html(one.text)}</p>')
        for id_ in one.skips:
            parts.append(f"<p>{id_}: {_html(whys.get(id_, ''))}</p>")
        parts.append("</div>")
    parts.append("</details>")
    return "\n".join(parts)


def _paragraph_html(
    one: Paragraph, rules: RuleSet, whys: Mapping[str, str], before: Paragraph | None
) -> str:
    """A paragraph with its tag beside it, its cues in place, and why it has that tag."""
    there = f'<a href="#o{one.number}" aria-label="¶{one.number} in the outline">¶{one.number}</a>'
    rival = _rival(one) or f"leads by {one.margin}"
    parts = [f'<section id="{_anchor(one)}" {_attributes(one, "paragraph")}>']
    parts.append(f'<div class="side">{there}<span class="tag">{_tag_name(one)}</span>')
    parts.append(f'<span class="rival">{rival}</span>')
    if before:
        parts.append(f"<strong>was {_tag_html(before.verdict, before.kind)}</strong>")
    parts.append(f'</div>\n<p class="words" dir="auto">{"".join(_words_html(one, whys))}</p>')
    parts.append('<details class="why"><summary>why</summary><ul>')
    title = _paragraph_title(one, rules)
    sums = _sum_lines(one, rules, terms=_ALL, ways=2)
    for line in (title, *_key_lines(one), *sums):
        parts.append(f"<li>{_html(clean(str(line)))}</li>")
    parts.append("</ul></details>\n</section>")
    return "\n".join(parts)


def _words_html(one: Paragraph, whys: Mapping[str, str]) -> Iterator[str]:
    """A paragraph's words without Markdown's marks: the key sentence marked, and each stretch that
    cues are in with what they say.
    """
    offsets = _form_offsets(one.text)
    key = one.key_sentence
    at = 0
    for number, (end, cues) in enumerate(_stretches(one), 1):
        last = bisect_left(offsets, end - one.start, at)
        words = _html("".join(one.text[offset] for offset in offsets[at:last]))
        at = last
        if cues and words.strip():
            words = _cited_html(words, cues, f"c{one.number}-{number}", whys)
        if words and key.start < end <= key.end:
            words = f"<mark>{words}</mark>"
        yield words


def _stretches(one: Paragraph) -> Iterator[tuple[int, list[Cue]]]:
    """A paragraph from end to end of what the same cues stand in, and which those are."""
    cuts = {one.start, one.end, one.key_sentence.start, one.key_sentence.end}
    for cue in one.heard:
        cuts.update((cue.start, cue.end))
    waiting = deque(one.heard)
    open_cues: list[Cue] = []
    for start, end in pairwise(sorted(cuts)):
        open_cues = [cue for cue in open_cues if cue.end > start]
        while waiting and waiting[0].start <= start:
            open_cues.append(waiting.popleft())
        yield end, open_cues


def _cited_html(words: str, cues: Sequence[Cue], name: str, whys: Mapping[str, str]) -> str:
    """Words that cues are in, and what is said of each on hover, on focus and on tap."""
    first = max(cues, key=lambda cue: (cue.tag is not None, cue.weight))
    rules = " ".join(cue.rule for cue in cues)
    notes = []
    for cue in cues:
        worth = f"<b>{cue.rule}</b> {cue.tag or 'key sentence'} {cue.weight}"
        why = _html(clean(whys.get(cue.rule, "")))
        notes.append(f'<span class="{cue.tag or "key"}">{worth}<br>{why}</span>')
    kind = first.tag or "key"
    if first.tag and first.weight >= STRONG:
        kind = f"{first.tag} strong"
    link = f'href="#{name}" aria-describedby="{name}" data-rules="{rules}"'
    return (
        f'<span class="cited"><a class="cue {kind}" {link}>{words}</a>'
        f'<span class="tip" id="{name}" role="tooltip">{"".join(notes)}</span></span>'
    )


def _outline_html(blocks: Iterable[Paragraph]) -> Iterator[str]:
    """The outline as nested lists of links to the text."""
    yield "<ol>"
    for top, children in _branches(_tagged(blocks)):
        yield f"<li>{_outline_link(top)}"
        if children:
            yield "<ol>"
            for child in children:
                yield f"<li>{_outline_link(child)}</li>"
            yield "</ol>"
        yield "</li>"
    yield "</ol>"


def _outline_link(one: Paragraph) -> str:
    """A paragraph of the outline, which leads to where it stands."""
    tag = f'{one.number} <span class="tag">{_tag_name(one)}</span>'
    line = f'<span class="line" dir="auto">{_html(_shown(one.key_sentence.text))}</span>'
    rival = f' <span class="rival">{_rival(one)}</span>' if one.is_close else ""
    return (
        f'<a href="#{_anchor(one)}" id="o{one.number}" {_attributes(one)}>{tag} {line}{rival}</a>'
    )


def _greatest_first(changes: Iterable[Change]) -> list[Change]:
    """The changes by how much they are, those of a kind as they stand in the text."""
    return sorted(changes, key=lambda change: _CHANGES.index(change.change))


def _changes_html(diff: Diff) -> Iterator[str]:
    """The paragraphs that changed, the greatest changes first, each with all that is known."""
    edits = {edit.rule: edit for edit in diff.edits}
    for change in _greatest_first(diff.changes):
        old, new = change.old, change.new
        title, *about = _change_lines(change, edits, verbose=False)
        yield f"<section {_attributes(new, 'change')}>"
        yield f'<h3>{change.change}: <a href="#{_anchor(new)}">{_html(str(title))}</a></h3>\n<ul>'
        for line in about:
            yield f"<li>{_html(clean(str(line)))}</li>"
        for name, cues in (("lost", lost_cues(old, new)), ("gained", lost_cues(new, old))):
            for cue in cues:
                told = f'{name}: {cue.rule}, {cue.tag or "key"} {cue.weight}: "{clean(cue.text)}"'
                yield f"<li>{_html(told)}</li>"
        if place := _place_words(old, new):
            yield f"<li>{place}</li>"
        yield "</ul></section>"
    if not diff.changes:
        yield "<p>Nothing.</p>"


def show_diff(diff: Diff, form: DiffReport, *, verbose: bool) -> str | Iterable[Line]:
    """A diff as it is printed: lines for people, or a text."""
    if form == "json":
        return diff_to_json(diff)
    if form == "html":
        return diff_html(diff)
    if form == "markdown":
        return "".join(diff_markdown(diff, verbose=verbose))
    return diff_lines(diff, verbose=verbose)


def diff_markdown(diff: Diff, *, verbose: bool) -> Iterator[str]:
    """A diff as one pastes it under a pull request: what changed and because of what."""
    text, old, new = diff.after.source, diff.before.rules.source, diff.after.rules.source
    yield f"### {_escaped(clean(text))}: {_escaped(clean(old))} → {_escaped(clean(new))}\n\n"
    yield f"**{_escaped(_diff_summary(diff))}**\n\n"
    edits = {edit.rule: edit for edit in diff.edits}
    for change in _greatest_first(diff.changes):
        if verbose or change.shows:
            title, *about = _change_lines(change, edits, verbose)
            yield f"- {change.change}: **{_escaped(clean(str(title)))}**\n"
            for line in about:
                yield f"  - {_escaped(clean(str(line)))}\n"


def to_json(outline: AnyOutline) -> str:
    """An outline as ``outline --format json`` prints it; ``data/outline.schema.json`` tells how."""
    return _outline_json(outline, indent=2)


def to_json_line(outline: AnyOutline) -> str:
    """An outline as JSON on one line that ends in a newline; its keys are those of ``to_json``."""
    return _outline_json(outline, indent=None)


def _outline_json(outline: AnyOutline, indent: int | None) -> str:
    """An outline, the rules that it was read by, and its text by paragraphs.

    Each paragraph is made JSON as soon as it is read: its values would take five times the memory.
    """
    summary = new_summary()
    paragraphs: list[str] = []
    skipped: list[str] = []
    for one in tally(outline.blocks, summary):
        if one.skips:
            skipped.append(_json(_skipped_json(one), indent))
        else:
            paragraphs.append(_json(_paragraph_json(one), indent))
    rules = outline.rules
    rules_json = {
        **_source_json(rules.source, rules.digest),
        "count": len(rules.rules),
        "precedence": rules.precedence,
        "otherwise": rules.otherwise,
        "ending": rules.ending,
    }
    text = _source_json(outline.source, outline.digest)
    head = {
        **_head_json("outline"),
        "text": {**text, "characters": len(outline.text)},
        "rules": rules_json,
        "summary": summary,
    }
    members = []
    for name, value in head.items():
        members.append(f'"{name}": {_json(value, indent)}')
    members.append(f'"paragraphs": {_json_enclosed("[]", paragraphs, indent)}')
    members.append(f'"skipped": {_json_enclosed("[]", skipped, indent)}')
    return _json_enclosed("{}", members, indent) + "\n"


def _json_enclosed(brackets: str, members: Sequence[str], indent: int | None) -> str:
    """A list or an object in JSON, of members that are JSON already, each indented once more."""
    opening, closing = brackets[0], brackets[1]
    if indent is None or not members:
        return opening + ", ".join(members) + closing
    margin = "\n" + " " * indent  # which no text of a member can hold, only the lines between
    inner = f",{margin}".join(member.replace("\n", margin) for member in members)
    return f"{opening}{margin}{inner}\n{closing}"


def label_rows(outline: AnyOutline) -> Iterator[str]:
    """The paragraphs as rows that ``score`` reads, for a person to correct."""
    for one in outline.blocks:
        row: dict[str, Any] = {"id": f"{outline.source}:{one.line}", "doc": outline.source}
        row["tag"] = one.verdict or "skip"
        if one.verdict and one.is_close:
            row["close"] = True
        row["text"] = one.text
        yield _json(row, indent=None) + "\n"


def _head_json(kind: str) -> dict[str, Any]:
    """What each JSON object of ours begins with."""
    tool = {"name": PROGRAM, "version": __version__}
    return {"format_version": FORMAT_VERSION, "kind": kind, "tool": tool}


def _source_json(source: str, sha256: str) -> dict[str, str]:
    """A file that was read."""
    return {"source": source, "sha256": sha256}


def _paragraph_json(one: Paragraph) -> dict[str, Any]:
    """A tagged paragraph."""
    return {
        "number": one.number,
        "tag": one.tag,
        "under": one.under,
        "start": one.start,
        "end": one.end,
        "line": one.line,
        "text": one.text,
        "key_sentence": _sentence_json(one.key_sentence),
        "scores": one.scores,
        "margin": one.margin,
        "runner_up": one.runner_up,
        "close": one.is_close,
        "cues": [_cue_json(cue) for cue in one.cues],
        "key_cues": [_key_cue_json(cue) for cue in one.key_cues],
    }


def _cue_json(cue: Cue) -> dict[str, Any]:
    """A cue for a tag."""
    return {"rule": cue.rule, "tag": cue.tag, **_key_cue_json(cue)}


def _key_cue_json(cue: Cue) -> dict[str, Any]:
    """A cue that bears on the key sentence."""
    return {
        "rule": cue.rule,
        "weight": cue.weight,
        "sentence": cue.sentence,
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
    }


def _skipped_json(one: Paragraph) -> dict[str, Any]:
    """A paragraph without a tag: every skip rule that matches it, and the cues that it has."""
    return {
        "rule": min(one.skips),
        "rules": one.skips,
        "start": one.start,
        "end": one.end,
        "line": one.line,
        "text": one.text,
        "cues": [_cue_json(cue) for cue in one.cues],
        "key_cues": [_key_cue_json(cue) for cue in one.key_cues],
    }


def explanation_to_json(outline: Outline, numbers: Collection[int] = ()) -> str:
    """Why the paragraphs of these numbers, or all, are what they are."""
    text = _source_json(outline.source, outline.digest)
    rows = []
    for one in outline.paragraphs:
        if not numbers or one.number in numbers:
            rows.append(_explanation_json(one, outline.rules))
    return json_text({**_head_json("explanation"), "text": text, "paragraphs": rows})


def _explanation_json(one: Paragraph, rules: RuleSet) -> dict[str, Any]:
    """A paragraph with the points of its sentences, what is silenced, and what would tip it."""
    sentences = []
    terms = key_terms(one.block, one.matches, one.tag)
    for sentence, its_terms in zip(one.block.sentences, terms, strict=True):
        points = [{"for": name, "points": given} for name, given in its_terms]
        total = add_points(its_terms)
        span = {"start": sentence.start, "end": sentence.end}
        sentences.append({**span, "points": total, "terms": points})
    silenced = []
    for match in one.matches:
        if match.silenced:
            silenced.append({**_cue_json(match), "silenced": match.silenced})
    tips = []
    for tip in find_tips(one, rules):
        tips.append({"tag": tip.tag, "rule": tip.rule, "weight": tip.before, "to": tip.after})
    return {**_paragraph_json(one), "sentences": sentences, "silenced": silenced, "tips": tips}


def diff_to_json(diff: Diff) -> str:
    """A diff as ``data/diff.schema.json`` describes it."""
    before, after = diff.before.rules, diff.after.rules
    edits = []
    for edit in diff.edits:
        fields = []
        for name, was, now in edit.fields:
            fields.append({"field": name, "before": was, "after": now})
        head = {"rule": edit.rule, "change": edit.change}
        edits.append({**head, **({"fields": fields} if fields else {}), "inert": edit.inert})
    starts = paragraph_starts(diff.before), paragraph_starts(diff.after)
    changes = [_change_json(change, *starts) for change in diff.changes]
    return json_text(
        {
            **_head_json("diff"),
            "text": _source_json(diff.after.source, diff.after.digest),
            "old": _source_json(before.source, before.digest),
            "new": _source_json(after.source, after.digest),
            **diff.counts,
            "unchanged": diff.unchanged,
            "edits": edits,
            "paragraphs": changes,
        }
    )


def _change_json(change: Change, old_starts: Starts, new_starts: Starts) -> dict[str, Any]:
    """A paragraph that changed; what hangs from where is told by the parent's start."""
    old, new = change.old, change.new
    lost, gained = lost_cues(old, new), lost_cues(new, old)
    return {
        "number": {"old": old.number, "new": new.number},
        "start": old.start,
        "end": old.end,
        "change": change.change,
        "old": {"tag": old.verdict, "scores": None if old.skips else old.scores},
        "new": {"tag": new.verdict, "scores": None if new.skips else new.scores},
        "under": {"old": old_starts[old.under], "new": new_starts[new.under]},
        "cues": {
            "lost": [_cue_json(cue) for cue in lost if cue.tag],
            "gained": [_cue_json(cue) for cue in gained if cue.tag],
        },
        "key_cues": {
            "lost": [_key_cue_json(cue) for cue in lost if not cue.tag],
            "gained": [_key_cue_json(cue) for cue in gained if not cue.tag],
        },
        "causes": change.causes,
        "edits": change.edits,
        "key_sentence": _rekeyed_json(change),
    }


def drafts_to_json(drafts: Drafts) -> str:
    """What became of each paragraph from one draft to the next; null in a draft without it."""
    rows = []
    for one in drafts.revisions:
        rows.append(
            {
                "change": one.change,
                "old": _draft_json(one.old),
                "new": _draft_json(one.new),
                "cues": {
                    "lost": [_cue_json(cue) for cue in one.lost],
                    "gained": [_cue_json(cue) for cue in one.gained],
                },
            }
        )
    rules = drafts.after.rules
    return json_text(
        {
            **_head_json("drafts"),
            "old": _source_json(drafts.before.source, drafts.before.digest),
            "new": _source_json(drafts.after.source, drafts.after.digest),
            "rules": _source_json(rules.source, rules.digest),
            **drafts.counts,
            "unchanged": drafts.unchanged,
            "paragraphs": rows,
        }
    )


def _draft_json(one: Paragraph | None) -> dict[str, Any] | None:
    """A paragraph in one of the drafts."""
    if one is None:
        return None
    return {
        "number": one.number,
        "tag": one.verdict,
        "start": one.start,
        "end": one.end,
        "line": one.line,
        "text": one.text,
        "scores": None if one.skips else one.scores,
    }


def _rekeyed_json(change: Change) -> dict[str, Any] | None:
    """The key sentences of a paragraph before and after; null where it has the same."""
    if not change.is_rekeyed:
        return None
    return {
        "old": _sentence_json(change.old.key_sentence),
        "new": _sentence_json(change.new.key_sentence),
    }


def _sentence_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence of the text."""
    return {"start": sentence.start, "end": sentence.end, "text": sentence.text}


def measures_to_json(measures: Iterable[Measure], lists: Lists, outline: Outline) -> str:
    """What each rule does in a text, and lists with those who use them."""
    rows = []
    for one in measures:
        rows.append(
            {
                "id": one.id,
                "tag": one.tag,
                "weight": one.weight,
                "fires": one.fires,
                "paragraphs": one.paragraphs,
                "wins": one.wins,
                "against": one.against,
                "changes": one.changes,
                "status": one.status,
            }
        )
    listed = []
    users = list_users(outline.rules)
    for name, entries in lists:
        listed.append({"name": name, "entries": entries, "used_by": users[name]})
    text = {**_source_json(outline.source, outline.digest), "characters": len(outline.text)}
    return json_text({**_head_json("rules"), "text": text, "rules": rows, "lists": listed})


def score_to_json(score: Score) -> str:
    """A score, and the paragraphs that disagree with it."""
    tags = {}
    for tag in Tag:
        ratios = {"precision": score.precision(tag), "recall": score.recall(tag)}
        tags[tag] = {**ratios, "f1": score.f1(tag), "support": score.support(tag)}
    wrong = []
    for label, found in score.disagreements:
        cues = [_cue_json(cue) for cue in found.cues if cue.tag == found.tag]
        head = {"id": label.id, "line": label.line, "tag": label.tag, "text": label.text}
        wrong.append({**head, "predicted": found.tag, "margin": found.margin, "cues": cues})
    return json_text(
        {
            **_head_json("score"),
            "rows": score.rows,
            "skipped": score.skipped,
            "accuracy": score.accuracy,
            "close": _share_json(*score.close),
            "clear": _share_json(*score.clear),
            "key_sentence": _mean_json(score.keys),
            "macro_f1": score.macro_f1,
            "kappa": score.kappa,
            "tags": tags,
            "confusion": score.confusion,
            "disagreements": wrong,
        }
    )


def score_diff_to_json(diff: ScoreDiff, old: RuleSet, new: RuleSet) -> str:
    """What a change of rules gains and loses; ``read_as`` is how the others read a row."""
    sides = {}
    for name, score, rules in (("old", diff.old, old), ("new", diff.new, new)):
        ratios = {"accuracy": score.accuracy, "macro_f1": score.macro_f1, "kappa": score.kappa}
        sides[name] = {**_source_json(rules.source, rules.digest), **ratios}
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, pairs in (("gained", diff.gained), ("lost", diff.lost)):
        rows[name] = []
        for label, found in pairs:
            head = {"id": label.id, "line": label.line, "tag": label.tag, "text": label.text}
            rows[name].append({**head, "read_as": found.tag, "margin": found.margin})
    counts = {"rows": diff.new.rows, "skipped": diff.new.skipped}
    return json_text({**_head_json("score-diff"), **counts, **sides, **rows})


def _share_json(agreed: int, count: int) -> dict[str, Any]:
    """The accuracy on some of the rows; null of none."""
    return {"rows": count, "accuracy": agreed / count if count else None}


def _mean_json(keys: Sequence[float]) -> dict[str, Any]:
    """The mean share of readers who would print the key sentences; null of none."""
    return {"rows": len(keys), "accepted": sum(keys) / len(keys) if keys else None}


def json_text(value: dict[str, Any]) -> str:
    """A value as indented JSON."""
    return _json(value, indent=2) + "\n"


def _json(value: Any, indent: int | None) -> str:
    """A value as JSON that a terminal can show too, on one line or indented."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return re.sub(f"[{_HIDDEN}\ud800-\udfff]", _escape_code, text)


def _escape_code(unsafe: re.Match[str]) -> str:
    """A character as JSON escapes it: by its units in UTF-16."""
    units = unsafe[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def parse_outline(text: str, source: str) -> Outline | None:
    """An exported outline, its rules named by ``source``; None if this is no outline at all.

    It is read again from its cues; raises Failure where that does not give what it says.
    """
    import json

    try:
        data = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("kind") != "outline":
        return None
    try:
        return _revive_outline(data, source)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        hint = f"this outline cannot be read: {clean(what)} (export it again)"
        raise Failure(f"{source}: {hint}") from None


def _revive_outline(data: Mapping[str, Any], source: str) -> Outline:
    """The outline of a JSON object; raises ValueError and its like where it is none."""
    major, _, _ = str(data["format_version"]).partition(".")
    if major != FORMAT_VERSION.partition(".")[0]:
        raise ValueError(f"format version {data['format_version']}")
    rules = _revive_rules(data["rules"], source)
    findings = []
    for row in (*data["paragraphs"], *data["skipped"]):
        findings.append(_revive_block(row))
    findings.sort(key=lambda finding: finding.block.start)
    for before, after in pairwise(findings):
        if after.block.start < before.block.end:
            raise ValueError(f"two paragraphs stand at {after.block.start}")
    late = late_ones([not finding.skips for finding in findings])
    own = _without_doubling(findings, late, rules)
    outline = Outline(
        text="",
        source=_typed(data["text"], "source", str),
        rules=rules,
        blocks=tuple(arrange(own, late, rules)),
        sha256=_typed(data["text"], "sha256", str),
    )
    printed = {}
    for row, one in zip(data["paragraphs"], outline.paragraphs, strict=True):
        told = (row["number"], row["tag"], row["under"], row["scores"])
        if told != (one.number, one.tag, one.under, one.scores):
            raise ValueError(f"¶{row['number']} is not what its cues add up to")
        if "key_cues" not in row:
            printed[one.number] = row["key_sentence"]["start"]
        elif row["key_sentence"]["start"] != one.key_sentence.start:
            raise ValueError(f"the key sentence of ¶{row['number']} is not what its cues choose")
    blocks = tuple(_as_printed(one, printed.get(one.number)) for one in outline.blocks)
    return outline._replace(blocks=blocks)


def _as_printed(one: Paragraph, start: int | None) -> Paragraph:
    """A paragraph with the key sentence that an earlier version, which had no key rules, chose."""
    for sentence in one.block.sentences:
        if sentence.start == start:
            return one._replace(key_sentence=sentence)
    return one


def _revive_rules(data: Mapping[str, Any], source: str) -> RuleSet:
    """What an exported outline says of the rules that it was read by."""
    precedence = tuple(Tag(tag) for tag in data["precedence"])
    if sorted(precedence) != sorted(Tag):
        raise ValueError('"precedence" does not list the three tags')
    ending = data["ending"]
    return RuleSet(
        rules=(),
        precedence=precedence,
        otherwise=Tag(data["otherwise"]),
        ending=None if ending is None else Tag(ending),
        source=source,
        sha256=_typed(data, "sha256", str),
    )


def _typed(data: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """A value of a JSON object that must be of a kind; a boolean is no number."""
    value = data[name]
    if type(value) is not kind:
        raise ValueError(f'"{name}" is {value!r}')
    return value


def _revive_block(row: Mapping[str, Any]) -> Finding:
    """A paragraph of an exported outline, the skip rules that match it, and its cues."""
    start = _typed(row, "start", int)
    text = _typed(row, "text", str)
    block = make_block(text, start, _typed(row, "line", int))
    if not text or start < 0 or block.end != row["end"]:
        raise ValueError(f'"end" is {row["end"]!r}, which is not where its text ends')
    skips = [_rule_name(name) for name in _typed(row, "rules", list)] if "rules" in row else []
    cues = [_revive_cue(cue, block, Tag(cue["tag"])) for cue in row["cues"]]
    cues += [_revive_cue(cue, block, None) for cue in row.get("key_cues", ())]
    cues.sort(key=_cue_order)
    return Finding(block, tuple(skips), tuple(cues))


def _rule_name(value: Any) -> str:
    """A rule's id in an exported outline."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(f"{value!r} is no rule's id")
    return value


def _revive_cue(row: Mapping[str, Any], block: Block, tag: Tag | None) -> Cue:
    """A cue of an exported outline, for a tag or for a key sentence."""
    start, end = _typed(row, "start", int), _typed(row, "end", int)
    cue = Cue(
        rule=_rule_name(_typed(row, "rule", str)),
        tag=tag,
        weight=_typed(row, "weight", int),
        sentence=_typed(row, "sentence", int),
        start=start,
        end=end,
        text=block.text[start - block.start : end - block.start],
    )
    if not block.start <= start < end <= block.end:
        raise ValueError(f'the cue of "{cue.rule}" stands outside its paragraph')
    if cue.sentence not in range(1, len(block.sentences) + 1):
        raise ValueError(f'the cue of "{cue.rule}" stands in no sentence')
    sentence = block.sentences[cue.sentence - 1]
    if not sentence.start <= start < end <= sentence.end:
        raise ValueError(f'the cue of "{cue.rule}" stands outside its sentence')
    least, most = (1, 2 * MAX_WEIGHT) if tag else (-MAX_WEIGHT, MAX_WEIGHT)
    if not cue.weight or not least <= cue.weight <= most:
        raise ValueError(f'the cue of "{cue.rule}" has no such weight')
    return cue


def _without_doubling(
    findings: Iterable[Finding], late: Iterable[bool], rules: RuleSet
) -> Iterator[Finding]:
    """What rules found, with the weights that they have themselves."""
    for (block, skips, cues), is_late in zip(findings, late, strict=True):
        own = []
        for cue in cues:
            times = rules.times(cue.tag, is_late)
            own.append(cue._replace(weight=cue.weight // times))
        yield Finding(block, skips, tuple(own))


# -------------------------------------------------------------------------------------- commands

_SUFFIXES: dict[str, Format] = {
    ".txt": "tree",
    ".md": "markdown",
    ".json": "json",
    ".jsonl": "jsonl",
    ".html": "html",
}
_OF_ONE = {"json": "jsonl", "html": "markdown"}  # what is of one text, and what of several instead
_SCHEMAS = {  # the file of each, by what it describes
    "rule-file": "rules",
    "outline": "outline",
    "diff": "diff",
    "drafts": "drafts",
    "explanation": "explanation",
    "rules": "rules-report",
    "score": "score",
    "score-diff": "score-diff",
}
_EXAMPLES = """\b
Examples:
  lankov-claims outline                       the shipped op-ed
  lankov-claims outline my-op-ed.txt          another text; - reads a pipe
  lankov-claims outline -o outline.json       export the outline
  lankov-claims explain 7                     why paragraph 7 is what it is
  lankov-claims rules --export my-rules.yaml  an editable copy of the rules
  lankov-claims diff my-rules.yaml            what an edit changes, and why
  lankov-claims drafts old.txt new.txt        what a revision changes, and why"""


_COMPLETING = "_LANKOV_CLAIMS_COMPLETE"  # where a shell says that it completes, by typer's rule
_BATCH = 8  # texts that are sent to another process together
_MOST_JOBS = 61  # on Windows no pool has more
_WORTH_JOBS = 200_000  # bytes of texts: what is less is read before other processes have started

_LABEL_HELP = "What to call a side instead of its file; the first given first."
_OUTPUT_HELP = "Write FILE anew; its suffix picks the format."
_TEXT_HELP = "The text, instead of the shipped op-ed; - is standard input."


def _texts_argument() -> Any:
    """The texts to read, as arguments."""
    from typer import Argument

    return Argument(metavar="[TEXT]...", help=f"{_TEXT_HELP} A pattern as op-eds/*.txt will do.")


def _text_option() -> Any:
    """The text to read, as an option of the commands whose arguments are something else."""
    from typer import Option

    return Option("--text", metavar="TEXT", help=_TEXT_HELP)


def _rules_option() -> Any:
    """The rule file to read by."""
    from typer import Option

    return Option("--rules", metavar="FILE", help="Another rule file.")


def _report_option() -> Any:
    """The form of a report."""
    from typer import Option

    return Option("--format", help="The form.")


def _color_option() -> Any:
    """Whether a report has colour."""
    from typer import Option

    return Option("--color", help="Colour; auto: on a terminal.")


def _verbose_option() -> Any:
    """Whether a report says all there is to say."""
    from typer import Option

    return Option("--verbose", help="Show all there is.")


def _add_outline(app: "typer.Typer") -> None:
    """The command that prints outlines."""
    from typer import Option

    form_help = "The form [default: tree; in a pipe, a line a paragraph]."
    verbose_help = "List what is skipped, too; in Markdown the cues."
    jobs_help = "How many processes read the texts [default: as it pays]."

    @app.command()
    def outline(
        texts: Annotated[list[str] | None, _texts_argument()] = None,
        rules: Annotated[str | None, _rules_option()] = None,
        form: Annotated[Format | None, Option("--format", help=form_help)] = None,
        output: Annotated[
            str | None, Option("-o", "--output", metavar="FILE", help=_OUTPUT_HELP)
        ] = None,
        brief: Annotated[bool, Option("--brief", help="Clip each paragraph to a line.")] = False,
        verbose: Annotated[bool, Option("--verbose", help=verbose_help)] = False,
        color: Annotated[Color, _color_option()] = "auto",
        jobs: Annotated[int | None, Option("--jobs", min=1, max=_MOST_JOBS, help=jobs_help)] = None,
    ) -> int:
        """Print an op-ed's claims, evidence and recommendations.

        Of several texts the outlines come one after the other; --format jsonl prints each on a
        line, as soon as it is done.
        """
        target = None if output == "-" else output
        chosen = form or _format_of(target)
        if brief and chosen not in (None, "tree"):
            raise Failure(f"{chosen}: its paragraphs are not clipped (leave out --brief)")
        if verbose and chosen not in (None, "tree", "markdown"):
            raise Failure(f"{chosen}: it is whole anyway (leave out --verbose)")
        paths = find_texts(texts or ())
        if len(paths) > 1 and chosen in _OF_ONE:
            hint = f"use --format {_OF_ONE[chosen]} for several"
            raise Failure(f"{chosen}: that is of one text ({hint})")
        _one_stdin(*paths, rules)
        _notice_stdin(paths[0], rules)
        if target is None:
            is_tree = brief or chosen == "tree" or _on_terminal()
            page = _page(color, is_wrapped=is_tree)
            chosen = chosen or ("tree" if is_tree else None)
        else:
            page = Page(_columns())
        view = View(chosen, brief, verbose, page)
        results = show_texts(paths, load_rules(rules), view, jobs or _worthwhile_jobs(paths))
        failures: list[Failure] = []
        is_shared = target is None and _on_terminal()
        # Closed before anybody says what went wrong: the bar would take that line away.
        with closing(_with_progress(results, len(paths), is_shared=is_shared)) as followed:
            shown = _tell_failures(followed, failures, view)
            if target is None:
                print_each(shown)
            else:
                inputs = [path or shipped_file(SHIPPED_TEXT) for path in paths]
                write_file(target, shown, [*inputs, rules or shipped_file(SHIPPED_RULES)])
        if failures and len(paths) > 1:
            count = f"{len(failures):,} of {len(paths):,} texts"
            _complain(f"{PROGRAM}: {count} could not be read (see above)\n", 2)
        return 2 if failures else 0


def _tell_failures(
    results: Iterable[str | Failure], failures: list[Failure], view: View
) -> Iterator[str]:
    """The outlines alone, parted as the format has it; as they are asked for, why one is missing is
    said on standard error and added to ``failures``.
    """
    parting = ""
    for result in results:
        if isinstance(result, Failure):
            failures.append(result)
            _complain(_told(result), 2)
            continue
        yield parting + result
        parting = "" if view.form in ("jsonl", "labels") else "\n"


def _with_progress(
    results: Iterable[str | Failure], total: int, *, is_shared: bool
) -> Generator[str | Failure]:
    """The results of several texts, with a bar on standard error if that is a terminal, which may
    be shared with what is printed.
    """
    if total == 1 or not sys.stderr.isatty():
        yield from results
        return
    import time

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("texts  {task.fields[rate]:,.0f}/s")
    columns = (BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    progress = Progress(
        *columns,
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = progress.add_task("", total=total, rate=0)
    start = drawn = time.monotonic()
    _draw(progress.start)
    try:
        for done, result in enumerate(results, 1):
            now = time.monotonic()
            progress.update(task, completed=done, rate=done / max(now - start, 0.001))
            is_in_the_way = is_shared or isinstance(result, Failure)
            if is_in_the_way:
                _draw(progress.stop)
            yield result
            if is_in_the_way:
                _draw(progress.start)
            if now - drawn > 0.1:
                _draw(progress.refresh)
                drawn = now
    finally:
        _draw(progress.stop)


def _draw(action: Callable[[], None]) -> None:
    """Draw on a terminal, which may have gone meanwhile; what is read is needed all the same."""
    try:
        action()
    except OSError:
        _discard(sys.stderr)


def find_texts(names: Iterable[str]) -> list[str | None]:
    """The files that names stand for, in order: those that match a pattern, where some do, else
    themselves; None for the shipped op-ed where there is no name.
    """
    paths: list[str | None] = []
    for name in names:
        paths += [name] if os.path.lexists(name) else _matching_files(name) or [name]
    return paths or [None]


def _matching_files(pattern: str) -> list[str]:
    """The files that match a pattern, sorted."""
    import glob

    return sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))


def show_texts(
    paths: Sequence[str | None], rules: RuleSet, view: View, jobs: int
) -> Iterator[str | Failure]:
    """The outline of each text as it is shown, in order, or why there is none."""
    if jobs > 1 and len(paths) > 1 and "-" not in paths:
        yield from _show_in_pool(paths, rules, view, jobs)
    else:
        for path in paths:
            yield _show_text(path, rules, view)


def _show_text(path: str | None, rules: RuleSet, view: View) -> str | Failure:
    """The outline of one text."""
    try:
        content, source = read_text(path)
        return show_outline(lazy_outline(content, rules, source), view)
    except SlowSearch as slow:
        return Failure(f"{slow} · text {path}") if path else slow
    except Failure as failure:
        return failure


def _show_in_pool(
    paths: Sequence[str | None], rules: RuleSet, view: View, jobs: int
) -> Iterator[str | Failure]:
    """The outlines of texts by several processes, each of which has enough under way."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    size = max(1, min(_BATCH, len(paths) // (2 * jobs)))
    waiting: deque[Future[list[str | Failure]]] = deque()
    others = set(active_children())  # of whoever called
    try:
        # The rules go to each process once: what waits to be sent must be small enough for a pipe,
        # or ending a run in the midst of it waits for processes that have ended.
        pool = ProcessPoolExecutor(
            min(jobs, len(paths)), initializer=_start_worker, initargs=(rules, view)
        )
        try:
            for start in range(0, len(paths), size):
                batch = paths[start : start + size]
                waiting.append(pool.submit(_show_batch, batch))
                if len(waiting) > 2 * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BaseException:
            _kill_workers(pool, set(active_children()) - others)
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    except (BrokenProcessPool, OSError, ImportError, RuntimeError) as error:
        what = clean(str(error)) or "it was ended"
        raise Failure(f"--jobs: another process failed: {what} (use --jobs 1)") from None


def _kill_workers(pool: Any, workers: Iterable[Any]) -> None:
    """End the processes of a pool, which else would read on to the end of their batch."""
    for worker in workers:
        worker.kill()
    # One may have ended in the midst of what it was sending, and the pool would wait for the rest
    # for as long as anybody, itself too, could still send it.
    with suppress(AttributeError, OSError):
        pool._result_queue._writer.close()


_for_worker: list[tuple[RuleSet, View]] = []  # what a process reads by, besides the first one


def _start_worker(rules: RuleSet, view: View) -> None:
    """Make a process that reads texts end with the first one, for which alone Ctrl-C is."""
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _end_signals():
        signal.signal(number, signal.SIG_DFL)
    _for_worker.append((rules, view))
    parent = parent_process()
    assert parent is not None  # since this runs in none but a worker
    with suppress(RuntimeError):  # as where there is no memory for one; then it ends a bit later
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process as soon as another one has ended."""
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _show_batch(paths: Sequence[str | None]) -> list[str | Failure]:
    """The outlines of some texts, in a process of its own."""
    rules, view = _for_worker[-1]
    return [_show_text(path, rules, view) for path in paths]


def _worthwhile_jobs(paths: Iterable[str | None]) -> int:
    """As many processes as there are processors if there is enough to read, else one."""
    size = 0
    for path in paths:
        with suppress(OSError):
            size += os.path.getsize(path or shipped_file(SHIPPED_TEXT))
    if size < _WORTH_JOBS:
        return 1
    return min(os.cpu_count() or 1, _MOST_JOBS)


def _format_of(output: str | None) -> Format | None:
    """The format that a file's suffix stands for; none without a file."""
    if output is None:
        return None
    suffix = Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        hint = f"end it in {_listed(_SUFFIXES, 'or')}, or use --format"
        raise Failure(f'{output}: no format belongs to "{suffix}" ({hint})')
    return _SUFFIXES[suffix]


def _read_outline(text: str | None, rules: str | None) -> Outline:
    """The outline of a text by a rule file; each is the shipped one where there is no path."""
    _one_stdin(text, rules)
    content, source = _read_asked(text, rules)
    return build_outline(content, load_rules(rules), source)


def _read_asked(text: str | None, *others: str | None) -> tuple[str, str]:
    """The text that was asked for."""
    _notice_stdin(text, *others)
    return read_text(text)


def _notice_stdin(asked: str | None, *others: str | None) -> None:
    """Say so if something was piped in and is not asked for."""
    if asked is None and "-" not in others and _stdin_holds_something():
        _complain(f"{PROGRAM}: standard input was not read; give - to read it\n", 0)


def _stdin_holds_something() -> bool:
    """Whether somebody piped something in, as far as can be seen without waiting for it."""
    try:
        import fcntl
        import termios

        kind = os.fstat(0).st_mode
        if not (stat.S_ISFIFO(kind) or stat.S_ISREG(kind)):
            return False
        waiting = fcntl.ioctl(0, termios.FIONREAD, bytes(4))
        return any(waiting)
    except (ImportError, OSError):
        return False


def _one_stdin(*paths: str | None) -> None:
    """Refuse a second reading of standard input, which would be of nothing."""
    if paths.count("-") > 1:
        raise Failure("-: standard input can be read once (give a file for the others)")


def _add_diff(app: "typer.Typer") -> None:
    """The command that says what an edit of the rules does."""
    from typer import Argument, Option

    @app.command()
    def diff(
        sides: Annotated[list[str], Argument(metavar="[OLD] NEW", help="NEW may stand alone.")],
        text: Annotated[str | None, _text_option()] = None,
        report: Annotated[
            DiffReport | None, Option("--format", help="The form [default: text].")
        ] = None,
        verbose: Annotated[
            bool, Option("--verbose", help="Show rescored paragraphs and cues.")
        ] = False,
        color: Annotated[Color, _color_option()] = "auto",
        watch: Annotated[bool, Option("--watch", help="Stay, and draw anew on each save.")] = False,
        labels: Annotated[
            list[str] | None, Option("--label", metavar="NAME", help=_LABEL_HELP)
        ] = None,
        output: Annotated[
            str | None, Option("-o", "--output", metavar="FILE", help=_OUTPUT_HELP)
        ] = None,
        exit_zero: Annotated[bool, Option("--exit-zero", help="Exit 0 whatever changed.")] = False,
    ) -> int:
        """Show what edits to the rules change, and which edit did it.

        OLD is the shipped rules if left out. A side is a rule file, - or an outline exported as
        JSON.
        """
        if len(sides) > 2:
            hint = "give a text with --text"
            raise Failure(f"{sides[2]}: a diff has two sides, OLD and NEW ({hint})")
        _check_labels(labels, len(sides))
        _one_stdin(*sides, text)
        form = report or _diff_form(output)
        if watch and ("-" in (*sides, text) or form != "text" or output):
            raise Failure("--watch: it draws text from files (leave out -, --format and -o)")
        if watch:
            return _watch(sides, labels or (), text, verbose, color)
        found = _compare(sides, labels or (), text)
        shown = show_diff(found, form, verbose=verbose)
        if output is None or output == "-":
            _print(shown, color)
        else:
            content = shown if isinstance(shown, str) else set_lines(shown, Page(_columns()))
            inputs = [*sides, text or shipped_file(SHIPPED_TEXT)]
            write_file(output, [content], inputs)
        return int(found.counts["relabelled"] > 0 and not exit_zero)


def _check_labels(labels: Sequence[str] | None, sides: int) -> None:
    """Raise Failure where more sides are named than there are."""
    if len(labels or ()) > sides:
        there = "1 side is" if sides == 1 else f"{sides} sides are"
        raise Failure(f"--label: {there} there to be named (leave labels out)")


def _diff_form(output: str | None) -> DiffReport:
    """The form that a file's suffix stands for; text without a file."""
    form = None if output == "-" else _format_of(output)
    if form in ("markdown", "json", "html"):
        return form
    if form in (None, "tree"):
        return "text"
    raise Failure(f"{output}: a diff has no such form (end it in .txt, .md, .json or .html)")


def _compare(sides: Sequence[str], labels: Sequence[str], text: str | None) -> Diff:
    """The diff of two sides, the shipped rules against the only one."""
    read = [_read_side(path) for path in sides]
    for at, label in enumerate(labels):
        read[at] = _renamed(read[at], label)
    old = read[0] if len(read) == 2 else load_rules()
    new = read[-1]
    if text is None and isinstance(old, Outline) and isinstance(new, Outline):
        return diff_outlines(old, new)
    content, source = _read_asked(text, *sides)
    return diff_outlines(_outline_of(old, content, source), _outline_of(new, content, source))


def _renamed(side: RuleSet | Outline, name: str) -> RuleSet | Outline:
    """A side whose rules have another name than their file's."""
    if isinstance(side, RuleSet):
        return side._replace(source=name)
    return side._replace(rules=side.rules._replace(source=name))


def _read_side(path: str) -> RuleSet | Outline:
    """A rule file, or an outline that was exported."""
    text = decode(read_bytes(path, MAX_TEXT), path)
    if outline := parse_outline(text, path):
        return outline
    if len(text.encode()) > MAX_RULE_FILE:
        raise Failure(f"{path}: over 1 MB (give a smaller rule file)")
    return parse_rules(text, path)


def _outline_of(side: RuleSet | Outline, text: str, source: str) -> Outline:
    """A side as an outline of the text; an exported one must be of that text."""
    if isinstance(side, RuleSet):
        return build_outline(text, side, source)
    known = side.digest == digest(text)
    for one in side.blocks:
        known = known and text[one.start : one.end] == one.text
    if not known:
        hint = f"give {side.source} with --text, or export it again"
        raise Failure(f"{side.rules.source}: it is an outline of another text ({hint})")
    return side._replace(source=source)


def _watch(
    sides: Sequence[str], labels: Sequence[str], text: str | None, verbose: bool, color: Color
) -> int:
    """Draw the diff anew whenever a file is saved; over faults, the last good one stays."""
    import time

    from rich.console import Console

    files = [path for path in (*sides, text) if path]
    seen: list[tuple[int, int, int] | None] = []
    good: list[Line] = []
    while True:
        now = [_stamp(path) for path in files]
        if now != seen:
            seen = now
            trouble = ""
            try:
                good = list(diff_lines(_compare(sides, labels, text), verbose=verbose))
            except Failure as failure:
                trouble = _told(failure) + ("\nThe last good reading:\n" if good else "\n")
            Console().clear()
            shown = [Line([], [line]) for line in trouble.splitlines()]
            foot = f"watching {clean(', '.join(files))} · Ctrl-C ends"
            if not _print([*shown, *good, Line(), Line([], [(foot, "dim")])], color):
                return 0
        if _reader_is_gone():
            return 0
        time.sleep(0.2)


def _reader_is_gone() -> bool:
    """Whether nobody reads any more what is printed, as far as the system tells."""
    import select

    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(1, 0)  # what went wrong is told anyway
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What changes when a file is saved."""
    with suppress(OSError):
        status = os.stat(path)
        return status.st_mtime_ns, status.st_size, status.st_ino
    return None


def _add_drafts(app: "typer.Typer") -> None:
    """The command that compares two versions of a text."""
    from typer import Argument, Option

    @app.command()
    def drafts(
        old: Annotated[str, Argument(metavar="OLD", help="The text as it was.")],
        new: Annotated[str, Argument(metavar="NEW", help="The text as it is now.")],
        rules: Annotated[str | None, _rules_option()] = None,
        labels: Annotated[
            list[str] | None, Option("--label", metavar="NAME", help=_LABEL_HELP)
        ] = None,
        report: Annotated[Report, _report_option()] = "text",
        verbose: Annotated[
            bool, Option("--verbose", help="Show rewritten paragraphs and all cues.")
        ] = False,
        color: Annotated[Color, _color_option()] = "auto",
    ) -> int:
        """Show what a revision of a text does to its argument.

        Told are the paragraphs that came, went, moved or now argue otherwise, and which cues did
        it; both drafts are read by the same rules.
        """
        _check_labels(labels, 2)
        _one_stdin(old, new, rules)
        by = load_rules(rules)
        sides = []
        names = [*(labels or ()), None, None]
        for path, name in zip((old, new), names, strict=False):
            content, source = read_text(path)
            sides.append(build_outline(content, by, name or source))
        found = compare_drafts(*sides)
        _print(
            drafts_to_json(found) if report == "json" else drafts_lines(found, verbose=verbose),
            color,
        )
        return 0


def _add_explain(app: "typer.Typer") -> None:
    """The command that says why."""
    from typer import Argument, Option

    @app.command()
    def explain(
        numbers: Annotated[
            list[str] | None,
            Argument(
                metavar="[N]...", help="As in 3 or 3-5; default: all.", autocompletion=_numbers
            ),
        ] = None,
        text: Annotated[str | None, _text_option()] = None,
        rules: Annotated[str | None, _rules_option()] = None,
        rule: Annotated[
            str | None,
            Option("--rule", metavar="ID", help="Why this rule fires or not.", autocompletion=_ids),
        ] = None,
        verbose: Annotated[bool, _verbose_option()] = False,
        report: Annotated[Report, _report_option()] = "text",
        color: Annotated[Color, _color_option()] = "auto",
    ) -> int:
        """Show why a paragraph is what it is, and what would tip it."""
        if (rule is not None) + (report == "json") + verbose > 1:
            raise Failure(
                "--rule, --format json and --verbose: each is a form of its own (give one)"
            )
        outline = _read_outline(text, rules)
        wanted = _chosen_numbers(numbers or (), outline)
        if rule is not None:
            _known_name(rule, [one.id for one in outline.rules.every], outline.rules)
        if report == "json":
            result: str | Iterable[Line] = explanation_to_json(outline, wanted)
        elif rule is not None:
            result = rule_trial_lines(outline, rule, wanted)
        else:
            result = explain_lines(outline, wanted, verbose=verbose)
        _print(result, color)
        return 0


def _chosen_numbers(words: Iterable[str], outline: Outline) -> set[int]:
    """The paragraphs that words as 3 or 3-5 stand for; raises Failure where one is not there."""
    count = len(outline.paragraphs)
    numbers: set[int] = set()
    for word in words:
        ends = re.fullmatch(r"0*([0-9]+)(?:-0*([0-9]+))?", word)
        # So many digits are more than any text has paragraphs.
        first = int(ends[1][:9]) if ends else 0
        last = int(ends[2][:9]) if ends and ends[2] else first
        if not 1 <= first <= last <= count:
            hint = f"choose from 1 to {count}" if count else "it has none"
            if not re.match(r"-?[0-9]", word):
                hint += ", as in 3 4 7-9; a text goes with --text"
            raise Failure(f"{outline.source}: it has no paragraph {clean(word)} ({hint})")
        numbers.update(range(first, last + 1))
    return numbers


def _numbers(ctx: Any) -> list[str]:
    """The numbers of the paragraphs, for the shell to complete."""
    path, rules = ctx.params.get("text"), _typed_rules(ctx)
    if rules.rules and path != "-":
        with suppress(Failure):
            text, source = read_text(path)
            return [str(one.number) for one in build_outline(text, rules, source).paragraphs]
    return []


def _ids(ctx: Any) -> list[str]:
    """The ids of the rules, for the shell to complete."""
    return [str(rule.id) for rule in _typed_rules(ctx).every]


def _names(ctx: Any) -> list[str]:
    """The ids of the rules and the names of the lists, for the shell to complete."""
    names = [f"<{name}>" for name, _ in _typed_rules(ctx).lists]
    return _ids(ctx) + names


def _typed_rules(ctx: Any) -> RuleSet:
    """The rules of a command line as far as it is typed; none where they cannot be read, or would
    take standard input, which is not for a shell that completes to read.
    """
    path = ctx.params.get("rules")
    if path != "-":
        with suppress(Failure):
            return load_rules(path)
    return RuleSet(())


def _add_rules(app: "typer.Typer") -> None:
    """The command that says what each rule does."""
    from typer import Argument, Option

    export_help = "Copy the shipped rules to a new FILE, to edit."

    @app.command("rules")
    def show_rules(
        rule: Annotated[
            str | None,
            Argument(metavar="[ID]", help="One rule or '<list>', in full.", autocompletion=_names),
        ] = None,
        text: Annotated[str | None, _text_option()] = None,
        rules: Annotated[str | None, _rules_option()] = None,
        export: Annotated[str | None, Option("--export", metavar="FILE", help=export_help)] = None,
        report: Annotated[Report, _report_option()] = "text",
        color: Annotated[Color, _color_option()] = "auto",
    ) -> int:
        """Show what each rule does on a text, or one rule in full.

        A rule is decisive where a tag needs it, redundant where it fires but no tag would change
        without it, and dead where it never fires.
        """
        if export is not None:
            if (rule, text, rules) != (None, None, None):
                raise Failure("--export: it copies all of the shipped rules (give nothing else)")
            export_rules(export)
            return 0
        outline = _read_outline(text, rules)
        measures = _chosen_measures(rule, outline)
        if report == "json":
            _print(_rules_json(rule, measures, outline))
        else:
            _print(_rules_report(rule, measures, outline), color)
        return 0


def _chosen_measures(rule: str | None, outline: Outline) -> list[Measure]:
    """What the rules do that were asked for; raises Failure where there is none of that name."""
    rules = outline.rules
    named = [f"<{name}>" for name, _ in rules.lists]
    if rule is not None:
        _known_name(rule, [*(one.id for one in rules.every), *named], rules)
    measures = []
    for one in (*rules.rules, *rules.keys):
        if rule in (None, one.id):
            measures.append(measure_rule(one, outline))
    return measures


def _known_name(name: str, known: Collection[str], rules: RuleSet) -> None:
    """Raise Failure unless a rule set has a rule or a list of that name."""
    if name not in known:
        if name.startswith("<") and not any(one.startswith("<") for one in known):
            told = f'{rules.source}: it has no rule "{clean(name)}"'
            raise Failure(f"{told} (a list does not fire; name a rule that uses it)")
        kind = "list" if name.startswith("<") else "rule"
        hint = _hint(name, known, f"{PROGRAM} rules lists them")
        raise Failure(f'{rules.source}: it has no {kind} "{clean(name)}" ({hint})')


def _rules_json(rule: str | None, measures: Sequence[Measure], outline: Outline) -> str:
    """All rules and lists on a text, or the one that was asked for."""
    if rule in [skip.id for skip in outline.rules.skips]:
        hint = "leave out --format json"
        raise Failure(f"{rule}: JSON tells what rules for tags do, and of lists ({hint})")
    lists = []
    for name, entries in outline.rules.lists:
        if rule in (None, f"<{name}>"):
            lists.append((name, entries))
    return measures_to_json(measures, tuple(lists), outline)


def _rules_report(
    rule: str | None, measures: Sequence[Measure], outline: Outline
) -> Iterator[Line]:
    """All rules on a text, or one rule or list in full."""
    if rule is None:
        return measure_lines(measures, outline)
    if rule.startswith("<"):
        return list_lines(rule[1:-1], outline.rules)
    every = {str(one.id): one for one in outline.rules.every}
    return rule_lines(every[rule], outline)


def export_rules(path: str) -> None:
    """Write an editable copy of the shipped rules, and their schema beside it; never over a file
    that is there. Raises Failure.
    """
    target = _resolved(path)
    schema = Path(path).with_name(SCHEMA_FILE)
    if path == "-" or Path(path) == schema:
        raise Failure(f"{path}: an export writes a file and its schema (choose another name)")
    if os.path.lexists(path) or os.path.exists(target):
        raise Failure(f"{path}: it is there already (choose another file)")
    rules, _ = read_named(None, SHIPPED_RULES, MAX_RULE_FILE)
    shipped_schema, _ = read_named(None, SCHEMA_FILE, MAX_RULE_FILE)
    known = ""
    if os.path.isfile(schema):
        known = decode(read_bytes(str(schema), MAX_RULE_FILE), str(schema))
    if os.path.lexists(schema) and known != shipped_schema:
        raise Failure(f"{schema}: it is there already (choose another folder)")
    if not known:
        write_file(str(schema), [shipped_schema])
    write_file(path, [rules])


def _add_check(app: "typer.Typer") -> None:
    """The command for editors, hooks and CI."""
    from typer import Argument, Option

    @app.command()
    def check(
        rules: Annotated[
            list[str] | None, Argument(metavar="[RULES]...", help="Default: the shipped.")
        ] = None,
        strict: Annotated[bool, Option("--strict", help="Let warnings fail too.")] = False,
    ) -> int:
        """Validate rule files and run their examples."""
        paths: list[str | None] = list(rules) if rules else [None]
        _one_stdin(*paths)
        _notice_stdin(*paths)
        worst = 0
        for path in paths:
            try:
                code = _check_file(path, strict=strict)
            except Failure as failure:
                code = _complain(_told(failure), 2)
            worst = max(worst, code)
        return worst


def _check_file(path: str | None, *, strict: bool) -> int:
    """Print what is wrong with one rule file, and return the exit code; raises Failure where it
    cannot be read.
    """
    text, source = read_named(path, SHIPPED_RULES, MAX_RULE_FILE)
    try:
        rules = parse_rules(text, source)
    except RuleFileError as error:
        emit(_told(error))
        return 1
    faults, slips = list(check_examples(rules)), list(check_style(rules))
    for fault in sorted(faults + slips):
        emit(f"{short_line(str(fault))}\n")
    if faults or (slips and strict):
        return 1
    emit(f"{clean(rules.source)}: all well: {_sizes(rules)}\n")
    return 0


def _sizes(rules: RuleSet) -> str:
    """How much there is in a rule file, and how much of it its examples show."""
    examples = 0
    for rule in rules.every:
        examples += len(rule.match) + len(rule.miss)
    parts = [_plural(len(rules.rules), "rule"), _plural(len(rules.skips), "skip rule")]
    if rules.keys:
        parts.append(_plural(len(rules.keys), "key rule"))
    parts += [_plural(len(rules.lists), "list"), _plural(examples, "example")]
    share = f'{exercised_share(rules):.0%} of the entries in "any" match one'
    return f"{', '.join(parts)}; {share}"


def _add_score(app: "typer.Typer") -> None:
    """The command that holds the rules against a person."""
    from typer import Argument, Option

    show_help = "How many disagreements to show."
    rules_help = "Another rule file; given twice, what the second gains and loses."

    @app.command()
    def score(
        labels: Annotated[str, Argument(metavar="LABELS", help="JSON Lines, or - to pipe.")],
        rules: Annotated[
            list[str] | None, Option("--rules", metavar="FILE", help=rules_help)
        ] = None,
        show: Annotated[int, Option("--show", min=0, help=show_help)] = 10,
        report: Annotated[Report, _report_option()] = "text",
        color: Annotated[Color, _color_option()] = "auto",
    ) -> int:
        """Measure the rules against a person's labels.

        LABELS has a JSON object with a text and its tag on each line; rows tagged skip are left
        out, and rows of one doc are a piece, in order.
        """
        paths = rules or []
        if len(paths) > 2:
            raise Failure(f"{paths[2]}: two rule files are compared (leave one out)")
        _one_stdin(labels, *paths)
        if len(paths) == 2:
            _print(_compare_scores(labels, paths, show, report), color)
            return 0
        by = load_rules(paths[0] if paths else None)
        found = score_labels(parse_labels(read_lines(labels), labels), by)
        if report == "json":
            _print(score_to_json(found))
        else:
            _print(score_lines(found, f"{labels} · {by.source}", show), color)
        return 0


def _compare_scores(
    labels: str, paths: Sequence[str], show: int, report: Report
) -> str | Iterable[Line]:
    """The report of what one rule file gains and loses against another."""
    old, new = (load_rules(path) for path in paths)
    rows = list(parse_labels(read_lines(labels), labels))
    found = diff_scores(score_labels(rows, old), score_labels(rows, new))
    if report == "json":
        return score_diff_to_json(found, old, new)
    return score_diff_lines(found, f"{labels} · {old.source} → {new.source}", show)


def _add_schema(app: "typer.Typer") -> None:
    """The command that prints what our files look like."""
    from typer import Argument

    @app.command()
    def schema(
        name: Annotated[
            str,
            Argument(
                metavar="NAME",
                help=f"{_listed(_SCHEMAS, 'or')}.",
                autocompletion=lambda: list(_SCHEMAS),
            ),
        ],
    ) -> int:
        """Print the JSON Schema of the rule file, or of a report."""
        if name not in _SCHEMAS:
            hint = f"choose {_listed(_SCHEMAS, 'or')}"
            raise Failure(f'"{clean(name)}": no such schema ({hint})')
        emit(read_named(None, f"{_SCHEMAS[name]}.schema.json", MAX_RULE_FILE)[0])
        return 0


def _make_app() -> "typer.Typer":
    """The command line. It is built when it is run, so that importing this module stays cheap."""
    import typer

    app = typer.Typer(
        epilog=_EXAMPLES,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    _add_outline(app)
    _add_diff(app)
    _add_drafts(app)
    _add_explain(app)
    _add_rules(app)
    _add_check(app)
    _add_score(app)
    _add_schema(app)

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    ) -> None:
        """Show the argument of an op-ed at a glance, by rules that anyone can read and edit."""
        if version:
            emit(f"{PROGRAM} {__version__}\n")
        elif context.invoked_subcommand is None:
            emit(f"{context.get_help()}\n")
        if version or context.invoked_subcommand is None:
            raise typer.Exit

    return app


def _print(result: str | Iterable[Line], color: Color = "auto") -> bool:
    """Print a report, text as it is and lines on the page that there is; false if the reader has
    gone.
    """
    if isinstance(result, str):
        return emit(result)
    return emit(set_lines(result, _page(color, is_wrapped=_on_terminal())))


def _page(color: Color, *, is_wrapped: bool) -> Page:
    """The page that standard output is."""
    is_utf = sys.stdout.encoding.lower().startswith("utf")
    has_guides = not _on_terminal() or (is_utf and os.environ.get("TERM") != "dumb")
    width = _columns() if is_wrapped else None
    return Page(width, _wants_color(color), has_guides)


def _on_terminal() -> bool:
    """Whether a person sees what is printed as it is printed."""
    return sys.stdout.isatty()


def _columns() -> int:
    """How many columns a page has: those of the terminal, but not too many or too few to read."""
    return min(max(shutil.get_terminal_size().columns, 20), _MAX_WIDTH)


def _wants_color(color: Color) -> bool:
    """Whether to print in colour: as asked, else as the environment says, else on terminals."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if os.environ.get(name, "0") not in ("", "0"):
            return True
    return _on_terminal() and os.environ.get("TERM") != "dumb"


def emit(text: str) -> bool:
    """Write to standard output, as UTF-8 unless it is a terminal that wants something else; false
    if what reads it has gone, which is its affair. Raises Failure.
    """
    encoding = sys.stdout.encoding if _on_terminal() else "utf-8"
    left = memoryview(text.encode(encoding, "backslashreplace"))
    try:
        sys.stdout.flush()
        while left:  # an unbuffered stream takes as much as there is room for
            count = sys.stdout.buffer.write(left)
            left = left[count:]
        sys.stdout.flush()
    except BrokenPipeError:
        _discard(sys.stdout)
        return False
    except OSError as error:
        raise _not_printed(error) from None
    return True


def _not_printed(error: OSError) -> Failure:
    """Why nothing more can be printed, which is not tried again when the process ends."""
    _discard(sys.stdout)
    return Failure(
        f"standard output: cannot write to it: {_reason(error)} (make room, or print elsewhere)"
    )


def print_each(texts: Iterable[str]) -> None:
    """Print texts as they come, for as long as anybody reads them."""
    for text in texts:
        if not emit(text):
            return


def write_file(path: str, texts: Iterable[str], inputs: Iterable[str | Path] = ()) -> None:
    """Write texts to a file whole or not at all (onto what is no regular file, directly), or not if
    there are none; raises Failure, also where the file is one of the ``inputs``.
    """
    try:
        if _is_standard_output(path):
            print_each(texts)
        elif os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as stream:
                _write_texts(texts, stream)
        else:
            _replace_file(path, texts, inputs)
    except OSError as error:
        raise Failure(f"{path}: cannot write it: {_reason(error)} (choose another file)") from None


def _write_texts(texts: Iterable[str], stream: BinaryIO) -> int:
    """Write texts one after the other; how many there were."""
    count = 0
    for text in texts:
        stream.write(text.encode("utf-8", "backslashreplace"))
        count += 1
    return count


def _is_standard_output(path: str) -> bool:
    """Whether a path is where standard output leads, as /dev/stdout is."""
    if not os.path.exists(path):
        return False
    return os.path.samestat(os.stat(path), os.fstat(1))


_DRAFT = ".lankov-claims-{}.tmp"
_LEFT_BEHIND = 3600  # seconds after which nobody is at work on a draft any more


def _replace_file(path: str, texts: Iterable[str], inputs: Iterable[str | Path]) -> None:
    """Write a draft beside a file, then put it in the file's place."""
    target = _resolved(path)
    if target.exists():
        _refuse_target(path, target, inputs)
    _remove_old_drafts(target.parent)
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    # Nobody can guess its name, and "x" follows no link that stands there all the same.
    draft = target.with_name(_DRAFT.format(os.urandom(8).hex()))
    try:  # from before it is there: a request to end may come as soon as it is
        with draft.open("xb") as stream:
            if mode is not None:  # before there is anything in it: what is private stays so
                draft.chmod(mode)
            count = _write_texts(texts, stream)
        if count:
            draft.replace(target)
        else:
            draft.unlink()
    except FileExistsError:  # somebody else's, which stays
        raise
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _refuse_target(path: str, target: Path, inputs: Iterable[str | Path]) -> None:
    """Raise Failure where a file that is there must stay as it is."""
    for other in inputs:
        if _is_same(target, other):
            raise Failure(f"{path}: this is an input too (choose another file to write)")
    # A superuser may write to all, and does not mean to where nobody else may.
    is_locked = not target.stat().st_mode & 0o222
    if is_locked or not os.access(target, os.W_OK):
        raise Failure(f"{path}: cannot write it: it is read-only (choose another file)")


def _remove_old_drafts(folder: Path) -> None:
    """Remove what processes left behind in a folder that were killed as they wrote."""
    import time

    for draft in folder.glob(_DRAFT.format("[0-9a-f]" * 16)):
        with suppress(OSError):
            if time.time() - draft.lstat().st_mtime > _LEFT_BEHIND:
                draft.unlink()


def _is_same(target: Path, other: str | Path) -> bool:
    """Whether a file that is there is one of the inputs, of which some may not be there."""
    with suppress(OSError):
        return os.path.samestat(target.stat(), os.stat(0 if other == "-" else other))
    return False


def _resolved(path: str) -> Path:
    """The file that a path to be written leads to by its links, whether it is there or not; raises
    Failure where they run in a circle, or lead to a folder.
    """
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise Failure(f"{path}: cannot write it: its links run in a circle (choose a file)")
    if not target.name or os.path.isdir(target):
        raise Failure(f'"{path}": cannot write it: this is no file (choose a file)')
    return target


def main() -> int:
    """Run the command line and return its exit code. No traceback gets past this point."""
    try:
        gc.set_threshold(100_000)  # collecting costs a tenth of a start-up and finds nothing then
        _prepare_streams()
        with _raising_ends():
            return _run()
    except Failure as failure:
        return _complain(_told(failure), 2)
    except KeyboardInterrupt:
        return 130
    except Ended as ended:
        return 128 + ended.number
    except MemoryError:
        return _complain(f"{PROGRAM}: there is too little memory (give a smaller text)\n", 2)
    except Exception as error:
        if os.environ.get("LANKOV_CLAIMS_DEBUG"):
            sys.excepthook(type(error), error, error.__traceback__)
        what = f"{type(error).__name__}: {short_line(str(error))}"
        hint = "LANKOV_CLAIMS_DEBUG=1 shows where; please report it"
        return _complain(f"{PROGRAM}: internal fault: {what} ({hint})\n", 70)
    finally:
        gc.freeze()  # so that no collection at exit looks through every module once more


def _prepare_streams() -> None:
    """Put a stream where a standard one was closed: with none, the next file that is opened would
    get its number, and what is printed. Reading standard input and writing standard output fail
    then; what is said on standard error is lost.
    """
    for number, way in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, way)  # it gets the lowest number that is free
    _make_blocking(1)
    _make_blocking(2)
    if sys.stdout is None:
        sys.stdout = _stream_of(1)
    if sys.stderr is None:
        sys.stderr = _stream_of(2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error does by itself


def _stream_of(number: int) -> TextIO:
    """A stream of text for one of the standard ones."""
    return io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8", "backslashreplace")


@contextmanager
def _raising_ends() -> Iterator[None]:
    """Let a request to end raise Ended, so that nothing half-written is left behind. After one the
    signals stay ignored, up to the end of the process.
    """
    import signal
    import threading

    numbers = [*_end_signals(), signal.SIGINT]
    if threading.current_thread() is not threading.main_thread():
        numbers.clear()  # no other thread may say what becomes of a signal
    usual = (signal.SIG_DFL, signal.default_int_handler)
    heard = {number: signal.getsignal(number) for number in numbers}
    for number, handler in heard.items():
        if handler in usual:
            signal.signal(number, _end)
    usual_unheard = sys.unraisablehook
    missed: list[BaseException] = []

    def ask_again(lost: "sys.UnraisableHookArgs") -> None:
        """Let a request come once more, a moment later, when it came in a callback: out of those
        Python lets no exception.
        """
        if isinstance(lost.exc_value, Ended):
            number = lost.exc_value.number
        elif isinstance(lost.exc_value, KeyboardInterrupt):
            number = signal.SIGINT
        else:
            usual_unheard(lost)
            return
        missed.append(lost.exc_value)
        signal.signal(number, _end)  # which had all of them ignored
        _signal_later(number)

    sys.unraisablehook = ask_again
    try:
        yield
        if missed:  # and all was done within that moment
            raise missed[0]
    finally:
        sys.unraisablehook = usual_unheard
        for number, handler in heard.items():
            if signal.getsignal(number) is _end:
                signal.signal(number, signal.SIG_IGN if missed else handler)


def _end_signals() -> list[int]:
    """The signals by which somebody asks a process to end, of those that the system has."""
    import signal

    numbers: list[int] = [signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):
        numbers.append(signal.SIGHUP)
    return numbers


def _end(number: int, frame: Any) -> None:
    """Answer a signal that asks this process to end, and no other one after that: what has to be
    taken away first shall be.
    """
    import signal

    for other in (*_end_signals(), signal.SIGINT):
        signal.signal(other, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Ended(number)


def _run() -> int:
    """Run the command that was asked for; raises Failure for what the program cannot do."""
    import typer

    # typer has a click of its own, and does not export the base of its usage errors.
    usage_error: type[Any] = typer.BadParameter.__bases__[0]
    try:
        return _make_app()(prog_name=PROGRAM, standalone_mode=False) or 0
    except usage_error as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        raise Failure(f"{path}: {error.format_message()} (see {path} --help)") from None
    except SystemExit as answer:  # how typer answers shells, and when what reads its help has gone
        _discard(sys.stdout)
        return 2 if answer.code and _COMPLETING in os.environ else 0
    except (KeyError, ValueError):  # how typer answers to half of a shell's question
        if _COMPLETING not in os.environ:
            raise
        raise Failure(f"{_COMPLETING}: that is for shells that complete (unset it)") from None
    except OSError as error:  # ours are told where they come up; typer writes help and settings
        if error.filename:
            raise Failure(f"{error.filename}: cannot write it: {_reason(error)}") from None
        raise _not_printed(error) from None


def _told(failure: Failure) -> str:
    """A failure as lines for people: of a rule file, each of its faults."""
    lines = failure.faults if isinstance(failure, RuleFileError) else [failure]
    return "".join(f"{short_line(str(line))}\n" for line in lines)


def _complain(text: str, code: int) -> int:
    """Say on standard error what is wrong, if anybody can hear it, and return the exit code."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
    return code


def _discard(stream: TextIO) -> None:
    """Let nothing more be written where nobody reads, not even at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    # Run as a script this module is __main__, and the packed rules hold classes of lankov_claims.
    import lankov_claims

    sys.exit(lankov_claims.main())

if sys.excepthook is _end_quietly:
    sys.excepthook = _usual_hook
    sys.unraisablehook = _usual_unheard
