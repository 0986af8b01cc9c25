"""Show the argument of an op-ed at a glance, by rules that anyone can read and edit.

The file reads as the data flows: text, rules, tagging, outline, diff, reports, rendering, commands.

    import lankov_claims as lc

    rules = lc.load_rules()  # the shipped rules; or lc.load_rules("my-rules.yaml")
    outline = lc.build_outline(text, rules)
    outline.paragraphs[0].tag  # Tag.CLAIM == "claim"

Offsets are 0-based, half-open and count code points of the text with its newlines made LF, as in
the W3C's TextPositionSelector: ``text[start:end]`` is the exact span. Other numbers are 1-based.
"""

import gc
import io
import os
import re
import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from itertools import chain, combinations, islice, product, repeat
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

__version__ = "0.1.0"
__all__ = ["Cue", "Diff", "Edit", "Failure", "Fault", "Outline", "Paragraph", "Rule"]
__all__ += ["RuleFileError", "RuleSet", "Skipped", "Span", "Tag", "build_outline"]
__all__ += ["diff_outlines", "diff_rules", "load_rules", "parse_rules"]

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
        super().__init__("\n".join(map(str, self.faults)))


# ----------------------------------------------------------------------------------------- model


class Tag(str, Enum):
    """What a paragraph is for in the author's argument."""

    CLAIM = "claim"
    EVIDENCE = "evidence"
    RECOMMENDATION = "recommendation"

    __str__ = str.__str__  # an f-string shows "claim", not "Tag.CLAIM"


PRECEDENCE = (Tag.RECOMMENDATION, Tag.CLAIM, Tag.EVIDENCE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``text[start:end]`` of the text, with its characters."""

    start: int
    end: int
    text: str


class Sentence(NamedTuple):
    """A sentence's span, the form that rules are matched on, and that form with its case folded."""

    span: Span
    form: str
    folded: str


class Block(NamedTuple):
    """A paragraph before it is tagged: its span, the line where it starts, its sentences."""

    span: Span
    line: int
    sentences: tuple[Sentence, ...]


class Scalar(str):
    """A text of a rule file that knows its place there: 1-based line and column."""

    __slots__ = ("place",)
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SkipRule:
    """A rule for page furniture: a paragraph matched whole by one of ``any`` gets no tag."""

    id: Scalar
    why: Scalar
    any: tuple[Scalar, ...]
    match: tuple[Scalar, ...]
    miss: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Rule(SkipRule):
    """A way of arguing: it fires in a sentence where one of ``any`` and none of ``unless`` is."""

    tag: Tag
    weight: int = 1
    unless: tuple[Scalar, ...] = ()
    where: str = "anywhere"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule file's content; ``otherwise`` is the tag of a paragraph in which no rule fires."""

    rules: tuple[Rule, ...]
    skips: tuple[SkipRule, ...] = ()
    precedence: tuple[Tag, ...] = PRECEDENCE
    otherwise: Tag = Tag.CLAIM
    source: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """One firing of a rule: for which tag, with what weight, in which sentence and where."""

    rule: str
    tag: Tag
    weight: int
    sentence: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A tagged paragraph; ``under`` is the number of its parent, ``margin`` the winner's lead."""

    number: int
    tag: Tag
    under: int | None
    start: int
    end: int
    line: int
    text: str
    key_sentence: Span
    scores: dict[Tag, int]
    margin: int
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A paragraph without a tag, and the skip rule that took it out."""

    rule: str
    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class TextSource:
    """Which text was read: its name, the SHA-256 of its UTF-8, and its length in code points."""

    source: str
    sha256: str
    characters: int


@dataclass(frozen=True, slots=True)
class RulesSource:
    """By which rules it was read: the file's name, the SHA-256 of its text, how many rules."""

    source: str
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A reading of one text by one rule set; nothing of the text is lost."""

    text: TextSource
    rules: RulesSource
    summary: dict[str, int]
    paragraphs: tuple[Paragraph, ...]
    skipped: tuple[Skipped, ...]


# ------------------------------------------------------------------------------------------ text

_FOLDED_MARKS = str.maketrans("‘’‛“”„\u2010\u2011", "'''\"\"\"--")
# The letters that re.IGNORECASE equates with an ASCII one although str.lower() does not.
_ODD_LETTERS = str.maketrans("İıſ", "iis")

# What a terminal would obey (control characters) or be misled by (bidirectional overrides).
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_PARAGRAPH = re.compile(r"\S.*(?:\n.*\S.*)*")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»›)\]}]*(?=(\s+)(.))", re.DOTALL)
_OPENING = "\"'“‘‛„«‹([{"
_LAST_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:\.[^\W\d_]+)*\Z")
_FIRST_WORD = re.compile(rf"[{re.escape(_OPENING)}]*(\w+)")
_TITLES = frozenset(
    "Mr Mrs Ms Mx Dr Prof Rev Hon Fr St Sen Rep Gov Pres Amb Gen Maj Col Lt Capt Cpl Sgt Cmdr Adm "
    "Messrs Mme Mlle Sens Reps Supt Insp Det".split()
)
_ABBREVIATIONS = frozenset(
    "etc v vs cf p pp al viz approx ca inc ltd co corp bros dept univ assn jr sr ph.d ave blvd rd "
    "mt ft jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_OPENERS = frozenset(
    "The A An This That These Those There Here It He She They We I You Its His Her Their Our My "
    "Your But And Or So Yet Nor For If In On At By To From With Without As When While Where Why "
    "What Who How Which Because Although Though Since After Before Once Until Even Still Then Now "
    "Not Nobody Nothing Never No Yes Of Under Over Between Among During Despite However Instead "
    "Meanwhile Moreover Perhaps Some Many Most Much More Few Such All Both Each Every Any Another "
    "Other Others One Two Let Is Are Was Were Do Does Did Can Could Will Would Should Must".split()
)

SHIPPED_TEXT = "op-ed.txt"
MAX_TEXT = 100_000_000  # bytes: where an endless device stops


def shipped_file(name: str) -> Path:
    """The path of a data file: beside the installed module, or in the checkout's ``data/``."""
    here = Path(__file__).resolve().parent
    installed = here / "lankov_claims"
    return (installed if installed.is_dir() else here / "data") / name


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def read_bytes(path: str, limit: int) -> bytes:
    """A file's bytes; ``-`` is standard input. Raises Failure, also over ``limit`` bytes."""
    try:
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise Failure(f"{path}: cannot read it: {_reason(error)} (check the path)") from None
    if len(data) > limit:
        raise Failure(f"{path}: over {limit // 1_000_000} MB (give a smaller file)")
    return data


def decode(data: bytes, source: str) -> str:
    """The text of ``data``: strict UTF-8, a leading BOM dropped, newlines made LF.

    Raises Failure with the line and column of the first byte that is not UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = re.split(r"\r\n?|\n", data[: error.start].decode("utf-8-sig"))
        place = f"{source}:{len(before)}:{len(before[-1]) + 1}"
        raise Failure(f"{place}: this is not UTF-8 text (save the file as UTF-8)") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_named(path: str | None, shipped: str, limit: int) -> tuple[str, str]:
    """A file's text and what to call it; the shipped file's where there is no path."""
    source = shipped if path is None else path
    place = str(shipped_file(shipped)) if path is None else path
    return decode(read_bytes(place, limit), source), source


def clean(text: str) -> str:
    """A text on one line, with nothing in it that a terminal would obey."""
    return _one_line(text).strip()


def _one_line(text: str) -> str:
    return _UNSAFE.sub("\ufffd", re.sub(r"\s+", " ", text))


def digest(text: str) -> str:
    """The SHA-256 of the text's UTF-8, in hexadecimal digits."""
    import hashlib  # it loads OpenSSL: not needed to import this module

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def matching_form(text: str) -> str:
    """What rules are matched on: plain quotes and hyphens, each run of white space one space."""
    return re.sub(r"\s+", " ", text).translate(_FOLDED_MARKS)


def fold_case(form: str) -> str:
    """A form of the same length in which an ASCII phrase stands wherever re.IGNORECASE finds it."""
    return form.translate(_ODD_LETTERS).lower()


def find_blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs of a text: maximal runs of lines that are not blank, split into sentences."""
    blocks = []
    start, line = 0, 1
    for match in _PARAGRAPH.finditer(text):
        line += text.count("\n", start, match.start())
        start = match.start()
        blocks.append(paragraph_block(text, start, start + len(match[0].rstrip()), line))
    return tuple(blocks)


def paragraph_block(text: str, start: int = 0, end: int | None = None, line: int = 1) -> Block:
    """A part of a text, or all of it, as one paragraph, whatever white space it holds."""
    end = len(text) if end is None else end
    sentences = []
    for ends in _sentence_spans(text, start, end):
        form = matching_form(text[slice(*ends)])
        sentences.append(Sentence(Span(*ends, text[slice(*ends)]), form, fold_case(form)))
    return Block(Span(start, end, text[start:end]), line, tuple(sentences))


def _sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE_END.finditer(text, start, end):
        if _splits(text, start, match):
            yield start, match.end()
            start = match.end(1)
    yield start, end


def _splits(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a sentence that began at ``start`` ends at this mark."""
    after = mark[2]
    if not (after.isupper() or after.istitle() or after.isdigit() or after in _OPENING):
        return False
    # No abbreviation has over twenty characters, and a longer look back would cost time.
    word = _LAST_WORD.search(text, max(start, mark.start() - 20), mark.start())
    if mark[0][0] != "." or not word:
        return True
    if word[0] in _TITLES or (len(word[0]) == 1 and word[0].isupper()):
        return False
    if word[0] in ("No", "Nos"):
        return not after.isdigit()
    dotted = all(len(part) == 1 for part in word[0].split("."))
    if not (dotted and "." in word[0]) and word[0].lower() not in _ABBREVIATIONS:
        return True
    first = _FIRST_WORD.match(text, mark.end(1))
    return bool(first and first[1] in _OPENERS)


# ----------------------------------------------------------------------------------------- rules

SHIPPED_RULES, SCHEMA_FILE = "rules.yaml", "rules.schema.json"
MAX_RULE_FILE = 1_000_000  # bytes
MAX_WEIGHT = 100
READ_FIELDS = ("tag", "weight", "any", "unless", "where")  # what a reading depends on
_MAX_DEPTH, _MAX_EVENTS, _MAX_PATTERN = 20, 50_000, 1_000
_OPEN = 'the "{}" lacks its "{}", a "," or a closing quote (add it)'
_ESCAPED = "double quotes read a backslash as an escape (use single quotes)"
_QUOTED = "no plain text can start with this character (quote the text)"
_NEITHER = 'this is neither an entry nor a key (write "- " before it, or ":" after it)'
_UNCLOSED = "this quoted text is not closed (close it)"
_SYNTAX = (  # the parser's words, and ours
    ("cannot start any token", _QUOTED),
    ("comment or line break", _QUOTED),
    ("mapping values are not allowed", '": " inside a plain text (quote the text)'),
    ("escape", _ESCAPED),
    ("hexdecimal", _ESCAPED),
    ("document start", _NEITHER),
    ("end of stream", _UNCLOSED),
    ("document indicator", _UNCLOSED),
    ("',' or ']'", _OPEN.format("[", "]")),
    ("',' or '}'", _OPEN.format("{", "}")),
    ("expected ':'", _NEITHER),
    ("'-' indicator", 'this is no entry of the list (write "- " first, or line it up with a key)'),
    ("node content", 'a value is missing here (write it, or drop the ",")'),
    ("expected key", "this lines up with no key above (indent it as they are)"),
    ("not allowed in this context", "no list or key can start here (check the indentation)"),
    ("undefined alias", "this alias (*) has no anchor (&) before it (write the text out)"),
    ("second occurrence", "this anchor (&) is there twice (rename one)"),
    ("", "this is not YAML (check indentation and quotes)"),
)
_SLIPS = (  # how a line looks where a slip upsets what follows, and what to do
    (r" *-(?=[^\s-])", 'no space after "-" (write "- ")'),
    (r" *(- )?\w+:(?=[^\s/])", 'no space after ":" (write ": ")'),
)
_UNPRINTABLE = "the character U+{:04X} cannot stand in a rule file (remove it)"
_UNFIT = (  # what is wrong wherever it stands
    (r"^(?=(<{7}|={7}|>{7})( |$))", "a merge conflict is left here (keep one side of it)"),
    (r"^ *(- ?)?(\w+: ?)?\xa0", "a no-break space stands here (write a plain one)"),
)
_UNLISTED = 'several texts stand in brackets (write "[" before the first)'
_ASKEW = 'this does not go with the line above (check indentation and ":" of both)'
_BRACKETS = "a bracket or a brace inside a plain entry of a list (put the entry in single quotes)"
_GOES_ON = "this closes on line {}, and text follows (quote all of it; in '…', ' is '')"
_TRAPS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date"}

Node = Any  # of a YAML tree; yaml is imported only when a rule file is read


def load_rules(path: str | None = None) -> RuleSet:
    """The rule set of a file, or the shipped one. Raises Failure or RuleFileError."""
    text, source = read_named(path, SHIPPED_RULES, MAX_RULE_FILE)
    if path is not None:
        return parse_rules(text, source)
    import yaml

    # The tests hold the shipped file against every check, so a run need not: no type is resolved.
    return _rule_set(_content(yaml.compose(text, _loader("BaseLoader"))), source, text)


def parse_rules(text: str, source: str = "") -> RuleSet:
    """The rule set that a text describes; raises RuleFileError with every fault in it."""
    import json

    root = _compose(text, source)
    content = _content(root)
    schema = json.loads(read_named(None, SCHEMA_FILE, MAX_RULE_FILE)[0])
    faults = [(_mark(at), what) for at, what in _shape_faults(root, schema, schema, "the file")]
    bad = dict(faults)  # where the shape is at fault, the sense is nothing to speak of
    faults += [(at.place, what) for at, what in _sense_faults(content) if at.place not in bad]
    if faults:
        raise RuleFileError(Fault(source, *at, clean(what)) for at, what in faults)
    return _rule_set(content, source, text)


def _loader(name: str) -> Any:
    import yaml

    # libyaml reads rules ten times faster and gives the same marks, but not every build has it.
    return getattr(yaml, f"C{name}", None) or getattr(yaml, name)


def _compose(text: str, source: str) -> Node:
    """The YAML tree of a text; raises RuleFileError where it is none, or out of bounds."""
    import yaml

    loader = _loader("SafeLoader")
    # YAML ends lines at three characters more than editors do, which would shift every place.
    unfit = rf"{yaml.reader.Reader.NON_PRINTABLE.pattern}|[\x85\u2028\u2029\ufeff]"
    for look, what in ((unfit, _UNPRINTABLE), *_UNFIT):
        if odd := re.search(look, text, re.MULTILINE):
            at = max(odd.start(), odd.end() - 1)
            place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            raise RuleFileError([Fault(source, *place, what.format(ord(text[at])))])
    try:
        for at, what in _bound_faults(yaml.parse(text, loader)):
            raise RuleFileError([Fault(source, *_mark(at), what)])
        if (root := yaml.compose(text, loader)) is None:
            raise RuleFileError([Fault(source, 1, 1, "the file is empty (write rules in it)")])
        return root
    except yaml.MarkedYAMLError as error:
        raise RuleFileError([_syntax_fault(text, source, error)]) from None


def _bound_faults(events: Iterable[Node]) -> Iterator[tuple[Node, str]]:
    """The bounds of a rule file, held against its events before anything is built from them."""
    import yaml

    sizes: dict[str, int] = {}  # events in each closed anchor
    opened: list[tuple[str, int]] = []
    count = 0
    for event in events:
        count += 1
        anchor = getattr(event, "anchor", None) or ""
        if isinstance(event, yaml.AliasEvent):
            if anchor in [name for name, _ in opened]:
                yield event, f'the alias "*{anchor}" stands inside its own anchor (write it out)'
            count += sizes.get(anchor, 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((anchor, count))
        elif isinstance(event, yaml.CollectionEndEvent):
            name, before = opened.pop()
            sizes[name] = count - before
        elif isinstance(event, yaml.ScalarEvent) and (anchor or str(event.tag)[0] == "!"):
            yield event, "no plain text can start with & or ! (quote the text)"
        if isinstance(event, yaml.DocumentStartEvent) and count > 2:
            yield event, "a second document starts here (a rule file is one document)"
        if len(opened) > _MAX_DEPTH:
            yield event, f"nested deeper than {_MAX_DEPTH} levels (six will do)"
        if count > _MAX_EVENTS:
            yield event, f"over {_MAX_EVENTS:,} YAML events, aliases written out (split the file)"


def _syntax_fault(text: str, source: str, error: Any) -> Fault:
    """A parser's error in our words, at the place of the likely slip."""
    problem, start = error.problem or "", error.context_mark
    line, column = _mark(error)
    words = next(ours for theirs, ours in _SYNTAX if theirs in problem)
    lines = ["", *text.split("\n"), ""]
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    if "\t" in indent:
        return Fault(source, line, indent.index("\t") + 1, "a tab indents this line (use spaces)")
    elsewhere = start and start.line + 1 != line
    if "expected ':'" in problem and elsewhere:
        line, column = start.line + 1, start.column + 1
    above = next((n for n in range(line - 1, 0, -1) if re.match(r" *[^ #]", lines[n])), 0)
    if "document start" in problem:
        return Fault(source, above, 1, words)
    if "expected" in problem or "mapping values" in problem:
        for (look, what), at in product(_SLIPS, (line, above)):
            if slip := re.match(look, lines[at]):
                return Fault(source, at, slip.end() + 1, what)
        if what := _quoting_slip(lines[line], line, column, "lacks" in words):
            closed = what not in (_BRACKETS, _ASKEW) and _last_quote(text, error.problem_mark.index)
            return Fault(source, *(closed or (line, column)), what)
    if elsewhere and ("lacks" in words or words in (_UNCLOSED, _ESCAPED)):
        line, column = start.line + 1, start.column + 1
        words = _UNCLOSED if words == _ESCAPED else words
    return Fault(source, line, column, words)


def _quoting_slip(here: str, line: int, column: int, flow: bool) -> str:
    """What is wrong with the quotes, brackets or place of a line that goes wrong at a column."""
    before, after = here[: column - 1], here[column - 1 :]
    if (before if flow else before.rstrip()).endswith(("'", '"', "]", "}")):
        return _UNLISTED if after.startswith(",") else _GOES_ON.format(line)
    if flow:
        return _BRACKETS if after.startswith(("[", "{")) else ""
    return _ASKEW if re.fullmatch(r" *(- )?\w+", before) else ""


def _last_quote(text: str, end: int) -> tuple[int, int] | None:
    """The place of the last quoted text that starts before an offset, if it ends there."""
    import yaml

    place = None
    with suppress(yaml.MarkedYAMLError):
        for token in yaml.scan(text, _loader("SafeLoader")):
            if token.start_mark.index >= end:
                break
            quoted = isinstance(token, yaml.ScalarToken) and token.style in ("'", '"')
            place = _mark(token) if quoted else None
    return place


def _mark(place: Any) -> tuple[int, int]:
    """The 1-based line and column of a node, an event or a parser's error."""
    mark = getattr(place, "start_mark", None) or getattr(place, "problem_mark", None)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _content(node: Node) -> Any:
    """A tree as dicts, lists and Scalars; of a key that is there twice, the first counts."""
    if node.id == "scalar":
        value = Scalar(node.value)
        value.place = _mark(node)
        return value
    if node.id == "sequence":
        return [_content(item) for item in node.value]
    return {key.value: _content(value) for key, value in reversed(node.value) if key.id == "scalar"}


def _shape_faults(node: Node, schema: Any, root: Any, name: str) -> Iterator[tuple[Node, str]]:
    """Where a tree is not what the JSON Schema says: the part of it that a rule file needs."""
    schema = root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if node.id != "scalar" and node.tag.rpartition(":")[2] != node.id[:3]:
        yield node, f"{name} has the YAML type {node.tag} (remove the type)"
    elif schema["type"] == "object":
        yield from _mapping_faults(node, schema, root, name)
    elif schema["type"] == "array":
        if node.id != "sequence":
            yield node, f'{name} must be a list (start each entry with "- ")'
        elif not node.value:
            yield node, f"{name} is an empty list (write an entry)"
        for item in node.value if node.id == "sequence" else ():
            label = _label(item) if name in ('"rules"', '"skip"') else ""
            inner = "the rule" if label else f"an entry of {name}"
            faults = _shape_faults(item, schema["items"], root, inner)
            yield from ((at, label + what) for at, what in faults)
    else:
        problem = _number_problem if schema["type"] == "integer" else _text_problem
        if what := problem(node, schema):
            yield node, f"{name} {what}"


def _mapping_faults(node: Node, schema: Any, root: Any, name: str) -> Iterator[tuple[Node, str]]:
    known, found = schema["properties"], set[str]()
    if node.id != "mapping":
        yield node, f"{name} must be keys with values: {_listed(schema['required'], 'and')}"
        return
    for key, value in node.value:
        if key.id != "scalar":
            yield key, f"a key must be a word ({_listed(known, 'or')})"
        elif key.value in found:
            yield key, f'the key "{key.value}" is there twice (keep one)'
        elif key.value in known:
            yield from _shape_faults(value, known[key.value], root, f'"{key.value}"')
        elif key.value == "<<":
            yield key, '"<<" is not read here (write the keys out)'
        else:
            yield key, f'unknown key "{key.value}" ({_hint(key.value, known)})'
        if key.id == "scalar":
            found.add(key.value)
    for key in schema["required"]:
        if key not in found:
            yield node, f'{name} has no "{key}" (add it)'


def _label(node: Node) -> str:
    """How faults name the rule of a node: by its id, where it has one."""
    pairs = node.value if node.id == "mapping" else ()
    ids = [value.value for key, value in pairs if key.value == "id" and value.id == "scalar"]
    return f'rule "{ids[0]}": ' if ids else "a rule without id: "


def _number_problem(node: Node, schema: Any) -> str:
    plain = node.tag.endswith(":int") and re.fullmatch(r"0|[1-9]\d{0,8}", node.value)
    if plain and schema["minimum"] <= int(node.value) <= schema["maximum"]:
        return ""
    if node.id != "scalar" or not node.value:
        return f"must be {schema['title']}"
    shown = f'"{node.value}"' if node.style else node.value
    return f"must be {schema['title']}, not {shown}"


def _text_problem(node: Node, schema: Any) -> str:
    """What keeps a node from being the text that is wanted, and what to write instead."""
    kind = node.tag.rpartition(":")[2]
    if node.id != "scalar":
        kind = "a list" if node.id == "sequence" else "a key with a value"
        return f'must be a text, not {kind} (quote a text that has ": " or starts with "[")'
    if not node.value.strip() or kind == "null":
        return "is empty (write a text)"
    if kind in _TRAPS:
        return f"is read by YAML as {_TRAPS[kind]} (quote it: '{node.value}')"
    if kind != "str":
        return f"has the YAML type {node.tag} (quote the text)"
    if odd := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", node.value):
        return f"holds the control character U+{ord(odd[0]):04X} (use single quotes)"
    if node.value not in schema.get("enum", [node.value]):
        return f'cannot be "{node.value}" ({_hint(node.value, schema["enum"], cutoff=0.75)})'
    fits = re.search(schema.get("pattern", ""), node.value)
    return "" if fits else f'"{node.value}" must be {schema["title"]}'


def _sense_faults(content: Any) -> Iterator[tuple[Scalar, str]]:
    """What a schema does not say of a rule file: ids, phrases, regular expressions, order."""
    content = content if isinstance(content, dict) else {}
    order = _items(Scalar, content.get("precedence"))
    if order and set(order) <= set(Tag) and len(order) * len(set(order)) != len(Tag) ** 2:
        yield order[0], f'"precedence" must list {_listed(Tag, "and")}, each once'
    ids: dict[str, Scalar] = {}
    for rule in _items(dict, content.get("rules")) + _items(dict, content.get("skip")):
        name = rule.get("id", "")
        label = f'rule "{name}": ' if isinstance(name, Scalar) else ""
        if label and ids.setdefault(name, name) is not name:
            first, _ = ids[name].place
            yield name, f"{label}the id is already used on line {first} (choose another)"
        any_, unless = (_items(Scalar, rule.get(name)) for name in ("any", "unless"))
        for entry in any_ + unless:
            if problem := _entry_problem(entry):
                yield entry, f"{label}{problem}"
        listed = {_normal(entry) for entry in any_}
        for entry in unless:
            if _normal(entry) in listed:
                yield entry, f'{label}"unless" repeats "{entry}" from "any" (remove one)'


def _items(kind: type[Any], value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, kind)] if isinstance(value, list) else []


def _entry_problem(entry: str) -> str:
    """What keeps a phrase or regular expression from working, and what to write instead."""
    if len(entry) > _MAX_PATTERN:
        return f"an entry of over {_MAX_PATTERN:,} characters (split it)"
    if not entry.startswith("/"):
        wordless = entry.strip() and not re.search(r"\w", entry)
        return f'the phrase "{entry}" has no letter or digit (write a word)' if wordless else ""
    if re.fullmatch(r"/.*/[a-zA-Z]+", entry):
        return f"{entry}: no flags stand after the last slash (any case matches already)"
    if len(entry) < 2 or not entry.endswith("/"):
        return f'{entry}: a regular expression ends with "/" (close it, or drop the first "/")'
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python doubts may mean something else later
            empty = _pattern(entry).search("")
    except (re.error, Warning, ValueError, RecursionError, OverflowError) as error:
        return f"{entry} is no regular expression: {getattr(error, 'msg', error)} (mend it)"
    return f"{entry} matches the empty text (make it need a character)" if empty else ""


def _normal(entry: str) -> str:
    return entry if entry.startswith("/") else fold_case(matching_form(entry.strip()))


def _listed(words: Iterable[str], last: str) -> str:
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def _hint(word: str, options: Collection[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    from difflib import get_close_matches

    for close in get_close_matches(word.lower(), list(options), 1, cutoff):
        return f'did you mean "{close}"?'
    return otherwise or f"choose {_listed(options, 'or')}"


def _rule_set(content: dict[str, Any], source: str, text: str) -> RuleSet:
    """The rule set of a rule file's content, which has no fault."""
    return RuleSet(
        rules=tuple(Rule(**_rule_values(rule)) for rule in content["rules"]),
        skips=tuple(SkipRule(**_rule_values(rule)) for rule in content.get("skip", ())),
        precedence=tuple(map(Tag, content.get("precedence", PRECEDENCE))),
        otherwise=Tag(content.get("otherwise", Tag.CLAIM)),
        source=source,
        sha256=digest(text),
    )


def _rule_values(rule: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Callable[[Any], Any]] = {"tag": Tag, "weight": int}
    kinds |= dict.fromkeys(("any", "unless", "match", "miss"), tuple)
    flat = {key: value for key, value in rule.items() if key != "examples"} | rule["examples"]
    return {key: kinds[key](value) if key in kinds else value for key, value in flat.items()}


# --------------------------------------------------------------------------------------- tagging


class Firing(NamedTuple):
    """A match of a rule in a sentence; ``silenced`` says by what, and is empty for a cue."""

    cue: Cue
    silenced: str = ""


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    """An entry compiled: a phrase stands between non-word characters, ``/…/`` is as written."""
    if entry.startswith("/"):
        return re.compile(entry[1:-1], re.IGNORECASE)
    phrase = re.escape(matching_form(entry.strip()))
    return re.compile(rf"(?<!\w){phrase}(?!\w)", re.IGNORECASE)


@cache
def _needle(entry: str) -> str:
    """What a folded form contains wherever this phrase matches; empty where that is unknown."""
    known = entry.isascii() and not entry.startswith("/")
    return " ".join(entry.lower().split()) if known else ""


def narrow(rules: RuleSet, text: str) -> RuleSet:
    """The rules without the phrases that are nowhere in a text: they fire there just the same.

    Most phrases are in few texts; to compile and try them all would take half of a start-up.
    """
    folded = fold_case(matching_form(text))
    kept = []
    for rule in rules.rules:
        any_ = tuple(entry for entry in rule.any if _needle(entry) in folded)
        if any_ and rule.weight:
            unless = tuple(entry for entry in rule.unless if _needle(entry) in folded)
            kept.append(replace(rule, any=any_, unless=unless))
    return replace(rules, rules=tuple(kept))


def _first_match(entries: Iterable[str], sentence: Sentence) -> tuple[int, int] | None:
    """The leftmost, then longest, of the entries' first matches; a match of no length is none."""
    found: list[tuple[int, int]] = []
    for entry in entries:
        if _needle(entry) in sentence.folded:
            matches = _pattern(entry).finditer(sentence.form)
            found += islice((match.span() for match in matches if match[0]), 1)
    return min(found, key=lambda span: (span[0], -span[1]), default=None)


def _text_span(sentence: Sentence, start: int, end: int) -> Span:
    """The span of the text that a span of a sentence's matching form stands for."""
    whole = sentence.span
    if len(whole.text) != len(sentence.form):  # runs of white space have become one space each
        offsets = [unit.start() for unit in re.finditer(r"\s+|\S|\Z", whole.text)]
        start, end = offsets[start], offsets[end]
    return Span(whole.start + start, whole.start + end, whole.text[start:end])


def find_firings(block: Block, rules: Iterable[Rule]) -> list[Firing]:
    """Where rules match in a paragraph, silenced or not, by start, end and rule id."""
    firings = []
    for rule, (number, sentence) in product(rules, enumerate(block.sentences, 1)):
        if found := _first_match(rule.any, sentence):
            span = _text_span(sentence, *found)
            cue = Cue(rule.id, rule.tag, rule.weight, number, span.start, span.end, span.text)
            firings.append(Firing(cue, _silencer(rule, block, sentence, number)))
    return sorted(firings, key=lambda firing: _cue_order(firing.cue))


def _cue_order(cue: Cue) -> tuple[int, int, str]:
    return cue.start, cue.end, cue.rule


def _silencer(rule: Rule, block: Block, sentence: Sentence, number: int) -> str:
    place = {"opening": 1, "closing": len(block.sentences)}.get(rule.where, number)
    if number != place:
        return f"where: {rule.where}"
    if found := _first_match(rule.unless, sentence):
        return f'unless: "{_text_span(sentence, *found).text}"'
    return ""


def find_cues(block: Block, rules: Iterable[Rule]) -> tuple[Cue, ...]:
    """The cues of a paragraph."""
    return tuple(firing.cue for firing in find_firings(block, rules) if not firing.silenced)


def find_skips(block: Block, skips: Iterable[SkipRule]) -> tuple[str, ...]:
    """The ids of the skip rules that match a paragraph whole."""
    form = matching_form(block.span.text)
    return tuple(
        skip.id for skip in skips if any(_pattern(entry).fullmatch(form) for entry in skip.any)
    )


def add_scores(cues: Iterable[Cue]) -> dict[Tag, int]:
    """The score for each tag: the plain sum of its cues' weights."""
    scores = dict.fromkeys(Tag, 0)
    for cue in cues:
        scores[cue.tag] += cue.weight
    return scores


def choose_tag(scores: dict[Tag, int], precedence: Sequence[Tag], otherwise: Tag) -> Tag:
    """The tag with the highest score; ``precedence`` settles a tie, ``otherwise`` a blank."""
    if not any(scores.values()):
        return otherwise
    return max(precedence, key=lambda tag: scores[tag])


def _key_sentence(block: Block, cues: Iterable[Cue], tag: Tag) -> Span:
    """The sentence that gave most to the tag, the first such one."""
    given = [0] * len(block.sentences)
    for cue in cues:
        given[cue.sentence - 1] += cue.weight * (cue.tag == tag)
    return block.sentences[given.index(max(given))].span


# --------------------------------------------------------------------------------------- outline


class Reading(NamedTuple):
    """What rules find in one paragraph: the skip rules that match it, and its cues."""

    block: Block
    rules: RuleSet
    skips: tuple[str, ...]
    cues: tuple[Cue, ...]


def read_block(block: Block, rules: RuleSet) -> Reading:
    """What a rule set finds in one paragraph."""
    return Reading(block, rules, find_skips(block, rules.skips), find_cues(block, rules.rules))


def build_outline(text: str, rules: RuleSet, source: str = "") -> Outline:
    """The reading of a text by a rule set; ``text`` is taken as decoded, ``source`` names it."""
    return read_outline(text, rules, source)[0]


def read_outline(
    text: str,
    rules: RuleSet,
    source: str,
    known: Sequence[Reading] = (),
    same: Collection[str] = (),
) -> tuple[Outline, list[Reading]]:
    """The outline of a text by a rule set, and what the rules find in each paragraph; of rules that
    are the ``same`` as in a reading that is ``known``, the cues are taken from there.
    """
    others = tuple(rule for rule in rules.rules if rule.id not in same)
    narrowed = narrow(replace(rules, rules=others), text)
    readings = [read_block(block, narrowed) for block in find_blocks(text)]
    for at, one in enumerate(known):
        kept = [cue for cue in one.cues if cue.rule in same]
        cues = sorted([*readings[at].cues, *kept], key=_cue_order)
        readings[at] = readings[at]._replace(cues=tuple(cues))
    paragraphs: list[Paragraph] = []
    skipped: list[Skipped] = []
    for one in readings:
        if one.skips:
            start, end, content = one.block.span.start, one.block.span.end, one.block.span.text
            skipped.append(Skipped(min(one.skips), start, end, one.block.line, content))
        else:
            paragraphs.append(tag_paragraph(one, len(paragraphs) + 1))
    tags = [paragraph.tag for paragraph in paragraphs]
    pairs = zip(paragraphs, hang(tags), strict=True)
    hung = tuple(replace(paragraph, under=parent) for paragraph, parent in pairs)
    summary = {**{tag.value: tags.count(tag) for tag in Tag}, "skipped": len(skipped)}
    about = TextSource(source, digest(text), len(text))
    by = RulesSource(rules.source, rules.sha256, len(rules.rules))
    return Outline(about, by, summary, hung, tuple(skipped)), readings


def tag_paragraph(reading: Reading, number: int = 1) -> Paragraph:
    """A paragraph tagged by its cues; where it hangs is for the outline to say."""
    block, by, _, cues = reading
    span, scores = block.span, add_scores(cues)
    tag = choose_tag(scores, by.precedence, by.otherwise)
    margin = scores[tag] - max(score for other, score in scores.items() if other != tag)
    place = (span.start, span.end, block.line, span.text)
    key_sentence = _key_sentence(block, cues, tag)
    return Paragraph(number, tag, None, *place, key_sentence, scores, margin, cues)


def hang(tags: Sequence[Tag]) -> list[int | None]:
    """The number that each paragraph hangs under: evidence under the nearest claim or
    recommendation before it, or the first one after where none is before; the others nowhere.
    """
    parents: list[int | None] = []
    parent = next((at for at, tag in enumerate(tags, 1) if tag is not Tag.EVIDENCE), None)
    for number, tag in enumerate(tags, 1):
        parent = number if tag is not Tag.EVIDENCE else parent
        parents.append(parent if tag is Tag.EVIDENCE else None)
    return parents


# ------------------------------------------------------------------------------------------ diff


_Place = tuple[Reading, Reading]  # one paragraph as the old and the new rules find it


class Field(NamedTuple):
    """A field of a rule before and after an edit; None where the rule had no such field."""

    field: str
    before: Any
    after: Any


class Edit(NamedTuple):
    """All changes to one rule id or setting; an ``inert`` edit touches nothing in this text."""

    rule: str
    change: str
    fields: tuple[Field, ...] = ()
    inert: bool = False

    @property
    def old(self) -> str | None:
        """The rule's id before the edit; None where there was no rule."""
        before = self.fields[0].before if self.change == "renamed" else self.rule
        return None if self.change == "added" else before

    @property
    def new(self) -> str | None:
        """The rule's id after the edit; None where there is no rule."""
        return None if self.change == "removed" else self.rule


class Side(NamedTuple):
    """A paragraph on one side of a diff, None if skipped; ``under`` is the start of ``parent``."""

    number: int | None = None
    tag: Tag | None = None
    scores: dict[Tag, int] | None = None
    under: int | None = None
    parent: int | None = None
    cues: tuple[Cue, ...] = ()


class Change(NamedTuple):
    """A paragraph that is ``relabelled``, ``moved`` or ``rescored``. Each cause of a relabelling
    is a set of edits that is enough for it, and of which none can be left out.
    """

    span: Span
    change: str
    old: Side
    new: Side
    causes: tuple[tuple[str, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Diff:
    """What changes in a text; no ``edits`` and ``causes`` where a side is an exported outline."""

    text: TextSource
    old: RulesSource
    new: RulesSource
    edits: tuple[Edit, ...] | None
    changes: tuple[Change, ...]
    unchanged: int

    @property
    def counts(self) -> dict[str, int]:
        """How many paragraphs changed in each way."""
        names = [one.change for one in self.changes]
        return {name: names.count(name) for name in ("relabelled", "moved", "rescored")}


def diff_outlines(old: Outline, new: Outline) -> Diff:
    """What changes between two readings of one text; raises Failure where the texts differ."""
    if old.text.sha256 != new.text.sha256:
        which = f"{old.text.source} and {new.text.source} are two different texts"
        raise Failure(f"{old.rules.source}, {new.rules.source}: {which} (compare one text)")
    before, after = _sides(old), _sides(new)
    changes = []
    for span in sorted(before.keys() | after.keys(), key=lambda span: span.start):
        sides = before.get(span, Side()), after.get(span, Side())
        changes.append(Change(span, _level(*sides), *sides, None))
    changed = tuple(change for change in changes if change.change)
    return Diff(new.text, old.rules, new.rules, None, changed, len(changes) - len(changed))


def _sides(outline: Outline) -> dict[Span, Side]:
    starts = {one.number: one.start for one in outline.paragraphs} | {None: None}
    return {
        Span(one.start, one.end, one.text): Side(
            one.number, one.tag, one.scores, starts[one.under], one.under, one.cues
        )
        for one in outline.paragraphs
    }


def _level(old: Side, new: Side) -> str:
    if old.tag != new.tag:
        return "relabelled"
    if old.under != new.under:
        return "moved"
    return "" if _nameless(old.cues) == _nameless(new.cues) else "rescored"


def cue_changes(side: Side, other: Side) -> list[Cue]:
    """The cues of one side that the other has not, or not as often, under any rule's id."""
    spare, changed = _nameless(other.cues), []
    for cue in side.cues:
        if not (key := _nameless([cue])) <= spare:
            changed.append(cue)
        spare -= key
    return changed


def _nameless(cues: Iterable[Cue]) -> Counter[Cue]:
    """Cues without the ids of their rules: a renamed rule reads a text as it did before."""
    return Counter(replace(cue, rule="") for cue in cues)


def diff_rules(text: str, old: RuleSet, new: RuleSet, source: str = "") -> Diff:
    """What the edits from one rule set to another do to a text, and which edit did what."""
    edits = sorted(_edits(old, new))
    before, befores = read_outline(text, old, source)
    same = {rule.id for rule in new.rules} - {edit.new for edit in edits}
    after, afters = read_outline(text, new, source, befores, same)
    diff = diff_outlines(before, after)
    places = {pair[0].block.span: pair for pair in zip(befores, afters, strict=True)}
    changes = (
        one._replace(causes=_causes(places[one.span], edits) if one.change == "relabelled" else ())
        for one in diff.changes
    )
    known = (edit._replace(inert=_is_inert(edit, edits, places.values())) for edit in edits)
    return replace(diff, edits=tuple(known), changes=tuple(changes))


def _edits(old: RuleSet, new: RuleSet) -> Iterator[Edit]:
    for name in ("otherwise", "precedence"):
        field = Field(name, getattr(old, name), getattr(new, name))
        if field.before != field.after:
            yield Edit(f"@{name}", "changed", (field,))
    olds = {rule.id: rule for rule in (*old.rules, *old.skips)}
    news = {rule.id: rule for rule in (*new.rules, *new.skips)}
    for name in olds.keys() & news.keys():
        if changed := _changed_fields(olds[name], news[name]):
            yield Edit(name, "changed", changed)
    twins: dict[Any, list[str]] = {}
    for name in sorted(news.keys() - olds.keys(), reverse=True):
        twins.setdefault(_content_of(news[name]), []).append(name)
    for name in sorted(olds.keys() - news.keys()):
        if same := twins.get(_content_of(olds[name])):
            yield Edit(same[-1], "renamed", (Field("id", name, same.pop()),))
        else:
            yield Edit(name, "removed")
    yield from (Edit(name, "added") for names in twins.values() for name in names)


def _content_of(rule: SkipRule) -> tuple[Any, ...]:
    """What a rule reads by, whatever its id and the order of its lists."""
    return tuple(_unordered(getattr(rule, name, None)) for name in READ_FIELDS)


def _changed_fields(old: SkipRule, new: SkipRule) -> tuple[Field, ...]:
    """The fields that matter for a reading and differ; the order of a list does not."""
    pairs = ((name, getattr(old, name, None), getattr(new, name, None)) for name in READ_FIELDS)
    return tuple(Field(*pair) for pair in pairs if _unordered(pair[1]) != _unordered(pair[2]))


def _unordered(value: Any) -> Any:
    return frozenset(value) if isinstance(value, tuple) else value


def _verdict(place: _Place, applied: Collection[Edit]) -> Tag | None:
    """The tag of a paragraph by the old rules with some edits applied; None where skipped."""
    gone, come = {edit.old for edit in applied}, {edit.new for edit in applied}
    before, after = place
    if any(id_ not in gone for id_ in before.skips) or any(id_ in come for id_ in after.skips):
        return None
    cues = [cue for cue in before.cues if cue.rule not in gone]
    cues += [cue for cue in after.cues if cue.rule in come]
    names = {edit.rule for edit in applied}
    precedence = (after if "@precedence" in names else before).rules.precedence
    otherwise = (after if "@otherwise" in names else before).rules.otherwise
    return choose_tag(add_scores(cues), precedence, otherwise)


def _touches(edit: Edit, place: _Place) -> bool:
    """Whether an edit changes what is found in a paragraph; a setting may always matter."""
    before, after = place
    if edit.rule.startswith("@") or (edit.old in before.skips) != (edit.new in after.skips):
        return True
    gone = [cue for cue in before.cues if cue.rule == edit.old]
    come = [cue for cue in after.cues if cue.rule == edit.new]
    return not (before.skips and after.skips) and _nameless(gone) != _nameless(come)


def _is_inert(edit: Edit, edits: Sequence[Edit], places: Collection[_Place]) -> bool:
    if not edit.rule.startswith("@"):
        return not any(_touches(edit, place) for place in places)
    others = [other for other in edits if other != edit]
    return all(
        _verdict(place, ()) == _verdict(place, (edit,))
        and _verdict(place, others) == _verdict(place, edits)
        for place in places
    )


def _causes(place: _Place, edits: Sequence[Edit]) -> tuple[tuple[str, ...], ...]:
    """All single edits that suffice; else the first two or three; else a set with none to spare."""
    target = _verdict(place, edits)
    touching = tuple(edit for edit in edits if _touches(edit, place))

    def enough(size: int) -> Iterator[tuple[Edit, ...]]:
        return (few for few in combinations(touching, size) if _verdict(place, few) == target)

    for size in (1, 2, 3):
        if found := list(enough(size) if size == 1 else islice(enough(size), 1)):
            return tuple(tuple(edit.rule for edit in few) for few in found)
    while fewer := next(enough(len(touching) - 1), None):
        touching = fewer
    return (tuple(edit.rule for edit in touching),)


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
    fires = Counter(cue.rule for cue in paragraph.cues)
    firing = [rule for rule in rules.rules if rule.id in fires]
    for rule, target in product(firing, [tag for tag in Tag if tag != paragraph.tag]):
        for weight in sorted(range(MAX_WEIGHT + 1), key=lambda weight: abs(weight - rule.weight)):
            score = paragraph.scores[rule.tag] + fires[rule.id] * (weight - rule.weight)
            scores = paragraph.scores | {rule.tag: score}
            if choose_tag(scores, rules.precedence, rules.otherwise) == target:
                tips.append(Tip(target, rule.id, rule.weight, weight))
                break
    return sorted(tips, key=lambda tip: (abs(tip.after - tip.before), tip.rule, tip.tag))


class Measure(NamedTuple):
    """What a rule earns in a text: ``wins`` and ``against`` count its cues on the winning side and
    not; ``changes`` are the paragraphs that would have another tag without it.
    """

    id: str
    tag: Tag
    weight: int
    fires: int
    paragraphs: tuple[int, ...]
    wins: int
    against: int
    changes: tuple[int, ...]
    status: str


def measure_rule(rule: Rule, rules: RuleSet, outline: Outline) -> Measure:
    """What one rule of a rule set does in the text of an outline."""
    there = [one for one in outline.paragraphs if any(cue.rule == rule.id for cue in one.cues)]
    fires = [one.tag for one in there for cue in one.cues if cue.rule == rule.id]
    wins, changes = fires.count(rule.tag), []
    for one in there:
        scores = add_scores(cue for cue in one.cues if cue.rule != rule.id)
        if choose_tag(scores, rules.precedence, rules.otherwise) != one.tag:
            changes.append(one.number)
    status = "decisive" if changes else "redundant" if there else "dead"
    head = (rule.id, rule.tag, rule.weight, len(fires), tuple(one.number for one in there))
    return Measure(*head, wins, len(fires) - wins, tuple(changes), status)


def check_examples(rules: RuleSet) -> Iterator[Fault]:
    """The examples that do not hold, each at its own place, with what fired instead."""
    for rule in (*rules.skips, *rules.rules):
        for example in rule.match:
            if not _matched(rule, example):
                what = f'is silent on this "match" example ({_instead(rule, example, rules)})'
                yield _fault(rules, example, f'rule "{rule.id}": {what}')
        for example in rule.miss:
            if found := _matched(rule, example):
                hint = 'narrow "any", or add "unless"' if isinstance(rule, Rule) else 'narrow "any"'
                what = f'fires on this "miss" example, at "{found}" ({hint})'
                yield _fault(rules, example, f'rule "{rule.id}": {what}')


def _fault(rules: RuleSet, place: Scalar, message: str) -> Fault:
    return Fault(rules.source, *place.place, clean(message))


def _matched(rule: SkipRule, example: str) -> str:
    """What of an example a rule matches; empty where it is silent."""
    block = paragraph_block(example)
    if isinstance(rule, Rule):
        return next((cue.text for cue in find_cues(block, [rule])), "")
    return example if find_skips(block, [rule]) else ""


def _instead(rule: SkipRule, example: str, rules: RuleSet) -> str:
    """What happens on an example on which the rule should fire."""
    block = paragraph_block(example)
    _, _, skips, cues = read_block(block, rules)
    for firing in find_firings(block, [rule]) if isinstance(rule, Rule) else ():
        return f"silenced by {firing.silenced}; loosen that, or change the example"
    fired = ", ".join(dict.fromkeys([*skips, *(cue.rule for cue in cues)])) or "nothing"
    return f'what fires here: {fired}; widen "any", or change the example'


def check_style(rules: RuleSet) -> Iterator[Fault]:
    """Warnings: what works, but is likely a slip."""
    twins: dict[Any, str] = {}
    for rule in rules.rules:
        twin = twins.setdefault(_content_of(rule), rule.id)
        if twin != rule.id:
            what = f'is the same as rule "{twin}" but for its id (drop one)'
            yield _fault(rules, rule.id, f'warning: rule "{rule.id}" {what}')
        read = (read_block(paragraph_block(example), rules) for example in rule.match)
        tags = {tag_paragraph(reading).tag for reading in read}
        if rule.weight and rule.tag not in tags and all(_matched(rule, one) for one in rule.match):
            what = f'no "match" example gets the tag {rule.tag} from all rules (add one that does)'
            yield _fault(rules, rule.id, f'warning: rule "{rule.id}": {what}')
    for one in (*rules.skips, *rules.rules):
        for entries in (one.any, *([one.unless] if isinstance(one, Rule) else ())):
            for entry, what in _entry_slips(entries, one):
                yield _fault(rules, entry, f'warning: rule "{one.id}": {what}')


def _entry_slips(entries: Iterable[Scalar], rule: SkipRule) -> Iterator[tuple[Scalar, str]]:
    """Expressions that are phrases or the reverse, and phrases that a shorter one forestalls."""
    units = {}
    for entry in entries:
        if entry.startswith("/"):
            if not re.search(r"[\\^$.|?*+()\[\]{}]", entry):
                yield entry, f"{entry} has no metacharacter (write the phrase: {entry[1:-1]})"
            continue
        if re.search(r"[\\|*^{}]|[\])][?+]|\.[*+]", entry):
            yield entry, f'"{entry}" is read letter by letter (put an expression in slashes: /…/)'
        if "''" in entry or entry.count('"') % 2:
            yield entry, f'the phrase "{entry}" holds a stray quotation mark (remove it)'
        if isinstance(rule, Rule):  # a skip rule matches whole: no phrase forestalls another
            units[entry] = tuple(re.findall(r"\w+|\W", _normal(entry)))
    known = {unit: entry for entry, unit in reversed(units.items())}
    sizes = {len(unit) for unit in known}
    for entry, unit in units.items():
        ends = ((start, start + size) for size in sizes for start in range(len(unit) - size + 1))
        cuts = (unit[start:end] for start, end in ends)
        if other := next((known[cut] for cut in cuts if known.get(cut, entry) != entry), None):
            yield entry, f'the phrase "{entry}" holds the listed phrase "{other}" (drop "{entry}")'


class Label(NamedTuple):
    """A paragraph that a person tagged; the last three fields are what the rules make of it."""

    id: str
    line: int
    tag: Tag
    text: str
    predicted: Tag | None = None
    margin: int = 0
    cues: tuple[Cue, ...] = ()


class Score(NamedTuple):
    """Agreement with a person's tags. ``macro_f1`` is over the tags that the person used;
    ``kappa`` is Cohen's (1960), None where chance alone agrees on every row.
    """

    rows: int
    skipped: int
    accuracy: float
    macro_f1: float
    kappa: float | None
    tags: dict[Tag, dict[str, float]]
    confusion: dict[Tag, dict[Tag, int]]
    disagreements: tuple[Label, ...]


def parse_labels(text: str, source: str) -> tuple[list[Label], int]:
    """The rows of a JSON Lines file, and how many it skips; Failure names the first bad line."""
    rows = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    labels = [_parse_label(line, number, source) for number, line in rows]
    if not (kept := [label for label in labels if label]):
        raise Failure(
            f"{source}: no rows to score (write on each line a JSON object with text and tag)"
        )
    return kept, len(labels) - len(kept)


def _parse_label(line: str, number: int, source: str) -> Label | None:
    """The label on a line; None where it is tagged skip."""
    import json

    place = f"{source}:{number}:1"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        column, what = getattr(error, "colno", 1), getattr(error, "msg", error)
        raise Failure(f"{source}:{number}:{column}: this is no JSON: {what} (mend it)") from None
    row = row if isinstance(row, dict) else {}
    if lacks := [f'"{key}"' for key in ("text", "tag") if key not in row]:
        raise Failure(f"{place}: this is no JSON object with {_listed(lacks, 'and')} (add it)")
    text, tag = row["text"], row["tag"]
    if not isinstance(text, str) or not text.strip():
        raise Failure(f'{place}: "text" is no text, or blank (mend or remove the line)')
    if tag not in [*Tag, "skip"]:
        choices = _listed([*Tag, "skip"], "or")
        raise Failure(f'{place}: "tag" is {json.dumps(tag)} (write {choices})')
    id_ = str(row.get("id", f"line {number}"))
    return None if tag == "skip" else Label(id_, number, Tag(tag), text)


def score_labels(labels: Sequence[Label], rules: RuleSet, skipped: int = 0) -> Score:
    """Hold a rule set against a person's tags: each text is a paragraph, and no skip rule acts."""
    narrowed = narrow(rules, "\n".join(row.text for row in labels))
    confusion = {tag: dict.fromkeys(Tag, 0) for tag in Tag}
    wrong = []
    for label in labels:
        found = tag_paragraph(read_block(paragraph_block(label.text), narrowed))
        confusion[label.tag][found.tag] += 1
        if found.tag != label.tag:
            cues = tuple(cue for cue in found.cues if cue.tag == found.tag)
            wrong.append(label._replace(predicted=found.tag, margin=found.margin, cues=cues))
    total = len(labels)
    labelled = {tag: sum(confusion[tag].values()) for tag in Tag}
    said = {tag: sum(row[tag] for row in confusion.values()) for tag in Tag}
    tags = {tag: _ratios(confusion[tag][tag], said[tag], labelled[tag]) for tag in Tag}
    used = [tags[tag]["f1"] for tag in Tag if labelled[tag]]
    accuracy = sum(confusion[tag][tag] for tag in Tag) / total
    chance = sum(labelled[tag] * said[tag] for tag in Tag) / total**2
    kappa = None if chance == 1 else (accuracy - chance) / (1 - chance)
    head = (total, skipped, accuracy, sum(used) / len(used), kappa)
    return Score(*head, tags, confusion, tuple(sorted(wrong, key=lambda row: -row.margin)))


def _ratios(right: int, said: int, labelled: int) -> dict[str, float]:
    precision, recall = right / max(said, 1), right / max(labelled, 1)
    f1 = 2 * right / max(said + labelled, 1)
    return {"precision": precision, "recall": recall, "f1": f1, "support": labelled}


# ------------------------------------------------------------------------------------- rendering

Piece = str | tuple[str, str]  # a text, or a text and its style
FORMAT_VERSION = "1.0"
PROGRAM = "lankov-claims"
# Cyan, yellow and plain are told apart with every common colour blindness; the words need none.
_STYLES = {Tag.CLAIM: "cyan", Tag.EVIDENCE: "dim", Tag.RECOMMENDATION: "bold yellow"}
_MAX_WIDTH = 120
_GUIDES = str.maketrans("├└─│", "    ")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Line(NamedTuple):
    """A line for people: the body wraps behind the lead, and ``rest`` leads what is wrapped."""

    lead: Sequence[Piece] = ()
    body: Sequence[Piece] = ()
    rest: str = ""

    def __str__(self) -> str:
        pieces = (*self.lead, *self.body)
        return "".join(one if isinstance(one, str) else one[0] for one in pieces).rstrip()


def to_text(lines: Iterable[Line]) -> str:
    """Lines as a pipe or a file gets them: whole, without style."""
    return "".join(f"{line}\n" for line in lines)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("s" if count != 1 and noun != Tag.EVIDENCE else "")


def _tag(tag: Tag | None) -> Piece:
    return (tag, _STYLES[tag]) if tag else "skipped"


def outline_header(outline: Outline) -> Iterator[Line]:
    """Which text, how long, and how many paragraphs of each kind."""
    text, counts = outline.text, outline.summary
    size = f" · {text.characters:,} characters · {_plural(len(outline.paragraphs), 'paragraph')}"
    yield Line([], [(clean(text.source), "bold"), f"{size} · {counts['skipped']} skipped"])
    tags = [(_plural(counts[tag], tag), _STYLES[tag]) for tag in Tag]
    yield Line([], [tags[0], " · ", tags[1], " · ", tags[2]])


def outline_tree(outline: Outline) -> Iterator[Line]:
    """The outline for a terminal: evidence hangs from the paragraph that it is under."""
    yield from outline_header(outline)
    width = len(str(len(outline.paragraphs)))
    for top, children in _branches(outline):
        yield Line()
        lead = [(f"{top.number:>{width + 1}}  ", "dim"), (f"{top.tag:<16}", _STYLES[top.tag])]
        yield Line(lead, [clean(top.key_sentence.text)], " " * width + ("│" if children else ""))
        for child in children:
            branch, trunk = ("└─ ", "") if child is children[-1] else ("├─ ", "│")
            guide = (f"{' ' * width}{branch}{child.number:>{width}}  ", "dim")
            lead = [guide, (f"{child.tag:<{14 - width}}", _STYLES[child.tag])]
            yield Line(lead, [clean(child.key_sentence.text)], " " * width + trunk)


def _branches(outline: Outline) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """Each paragraph of the top level with those that hang under it."""
    under: dict[int | None, list[Paragraph]] = {}
    for one in outline.paragraphs:
        under.setdefault(one.under, []).append(one)
    yield from ((top, under.get(top.number, [])) for top in under.get(None, ()))


def outline_plain(outline: Outline) -> Iterator[Line]:
    """The outline for a pipe: a key sentence a line, which says what it hangs under."""
    yield from outline_header(outline)
    width = len(str(len(outline.paragraphs)))
    for one in outline.paragraphs:
        under = f"under {one.under}" if one.under else ""
        lead = f"{one.number:>{width}}  {one.tag:<14}  {under:<{width + 6}}  "
        yield Line([lead], [clean(one.key_sentence.text)])


def outline_markdown(outline: Outline) -> str:
    """The outline as a nested Markdown list in which nothing of the text is read as markup."""
    source, counts = map(str, outline_header(outline))
    lines = [f"# {_escaped(clean(outline.text.source))}", "", _escaped(f"{source}  "), counts, ""]
    for top, children in _branches(outline):
        for one in (top, *children):
            sentence = _escaped(clean(one.key_sentence.text))
            lines.append(f"{'  ' * bool(one.under)}- ¶{one.number} **{one.tag}:** {sentence}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", text)


def explain_lines(outline: Outline, readings: Iterable[Reading]) -> Iterator[Line]:
    """Why each paragraph of the readings is what it is, and each skipped one is none."""
    paragraphs = {one.start: one for one in outline.paragraphs}
    for number, (block, rules, skips, _) in enumerate(readings):
        yield from [Line()] if number else ()
        if skips:
            yield Line([("skipped", "bold")], [(f"  line {block.line}", "dim")])
            yield Line(["  "], [clean(block.span.text)])
            rule = min((skip for skip in rules.skips if skip.id in skips), key=lambda one: one.id)
            yield Line([f"  {rule.id}  "], [(clean(rule.why), "dim")])
        else:
            yield from _paragraph_lines(paragraphs[block.span.start], block, rules)


def _paragraph_lines(one: Paragraph, block: Block, rules: RuleSet) -> Iterator[Line]:
    whys: dict[str, str] = {rule.id: rule.why for rule in rules.rules}
    found = find_firings(block, rules.rules)
    under = f", under ¶{one.under}" if one.under else ""
    decider = "a tie: precedence decides" if one.cues else "no cue: otherwise decides"
    margin = f"{one.margin}" if one.margin else f"0 ({decider})"
    place = f", margin {margin}{under}, line {one.line}"
    yield Line([(f"¶{one.number}  ", "bold"), _tag(one.tag), (place, "dim")])
    yield Line(["  "], list(_marked(one, found)))
    width = max((len(cue.rule) for cue, _ in found), default=0)
    for number, (cue, silenced) in enumerate(found, 1):
        lead = f"  {str(number).translate(_RAISED):>3} {cue.rule:<{width}}  "
        if silenced:
            what = f"{_excerpt(cue.text)} silenced by {clean(silenced)}"
            yield Line([lead], [(what, "dim")])
        else:
            worth = (f"{cue.tag} {cue.weight} {_excerpt(cue.text)}", _STYLES[cue.tag])
            yield Line([lead], [worth, (f"  {clean(whys[cue.rule])}", "dim")])
    tips = find_tips(one, rules)
    for tag in sorted(Tag, key=lambda tag: tag != one.tag):
        fires = Counter(f"{cue.rule} {cue.weight}" for cue in one.cues if cue.tag == tag)
        terms = [term + f" × {count}" * (count > 1) for term, count in fires.items()]
        score = (f"  {tag:<14} {one.scores[tag]:>4}", _STYLES[tag])
        yield Line([score, " = "], [" + ".join(terms) or "no cue"])
        ways = "; ".join(map(_tip_words, (tip for tip in tips if tip.tag == tag)))
        if tag != one.tag:
            lead = "    would win " if ways else "    no single weight would do"
            yield Line([(lead, "dim")], [ways])


def _tip_words(tip: Tip) -> str:
    if tip.after == 0:
        return f"without {tip.rule}"
    return f"if {tip.rule} weighed {tip.after} instead of {tip.before}"


def _marked(one: Paragraph, found: Iterable[Firing]) -> Iterator[Piece]:
    """A paragraph's text with each cue between brackets, numbered where it ends."""
    marks = [(one.end, 2, 0, "", "")]  # offset, closing before opening, the inner before the outer
    for number, (cue, silenced) in enumerate(found, 1):
        style = "dim" if silenced else _STYLES[cue.tag]
        marks.append((cue.start, 1, -cue.end, "[", style))
        marks.append((cue.end, 0, -cue.start, f"]{str(number).translate(_RAISED)}", style))
    at = one.start
    for offset, _, _, mark, style in sorted(marks):
        yield _one_line(one.text[at - one.start : offset - one.start])
        yield mark, style
        at = offset


def measure_lines(measures: Sequence[Measure], outline: Outline) -> Iterator[Line]:
    """The rule set on a text: what decides first, then what only fires, then what is dead."""
    counts = Counter(one.status for one in measures)
    sizes = ", ".join(f"{counts[name]} {name}" for name in ("decisive", "redundant", "dead"))
    sources = f"{clean(outline.rules.source)} on {clean(outline.text.source)}"
    yield Line([], [(sources, "bold"), f" · {_plural(len(measures), 'rule')}: {sizes}"])
    width = max(len("rule"), *(len(one.id) for one in measures))
    columns = f"{'rule':<{width}}  {'tag':<14}  weight  fires  wins  against  "
    yield Line([(columns, "dim")], [("in, ! decides", "dim")])
    for one in sorted(measures, key=lambda one: (not one.changes, not one.fires)):
        row = f"{one.weight:>6}  {one.fires:>5}  {one.wins:>4}  {one.against:>7}  "
        there = " ".join(f"¶{n}{'!' * (n in one.changes)}" for n in one.paragraphs)
        tag = (f"{one.tag:<14}  ", _STYLES[one.tag])
        yield Line([f"{one.id:<{width}}  ", tag, row], [there or ("dead", "dim")])


def rule_lines(rule: SkipRule, outline: Outline) -> Iterator[Line]:
    """One rule in full, and each of its cues in the text with what stands around it."""
    tag = f"{rule.tag}, weight {rule.weight}, {rule.where}" if isinstance(rule, Rule) else "skip"
    yield Line([(rule.id, "bold"), f"  {tag}"])
    yield Line(["  "], [clean(rule.why)])
    for name in ("any", "unless", "match", "miss"):
        for entry in getattr(rule, name, ()):
            yield Line([(f"  {name:<8}", "dim")], [clean(entry)])
    for one in outline.paragraphs:
        for cue in (cue for cue in one.cues if cue.rule == rule.id):
            start, end = cue.start - one.start, cue.end - one.start
            cuts = one.text[max(0, start - 30) : start], cue.text, one.text[end : end + 30]
            before, inside, after = map(_one_line, cuts)
            before = f"…{before}" if start > 30 else before
            after = f"{after}…" if end + 30 < len(one.text) else after
            lead = (f"  {f'¶{one.number}':<8}", "dim")
            yield Line([lead], [before, (f"[{inside}]", "bold"), after])
    for skipped in outline.skipped:
        if skipped.rule == rule.id:
            yield Line([(f"  line {skipped.line:<3}", "dim")], [clean(skipped.text)])


def diff_lines(diff: Diff, *, verbose: bool) -> Iterator[Line]:
    """What changed, because of what; the summary last."""
    sides = f" · {clean(diff.old.source)} → {clean(diff.new.source)}"
    yield Line([], [(clean(diff.text.source), "bold"), sides])
    edits = {edit.rule: edit for edit in diff.edits or ()}
    for one in diff.changes:
        if one.change != "rescored" or verbose:
            yield from _change_lines(one, edits, verbose)
    if diff.edits is None:
        yield Line([], [("An exported outline has no rules: causes need both rule files.", "dim")])
    yield Line([], [(_diff_summary(diff), "bold")])


def _change_lines(change: Change, edits: dict[str, Edit], verbose: bool) -> Iterator[Line]:
    old, new = change.old, change.new
    words = [_tag(new.tag)]
    if change.change == "relabelled":
        words = [_tag(old.tag), " → ", _tag(new.tag)]
    elif change.change == "moved":
        words += [f" under ¶{old.parent} → ¶{new.parent}".replace("¶None", "nothing")]
    numbers = dict.fromkeys(f"¶{side.number}" for side in (old, new) if side.number)
    yield Line([(" → ".join(numbers), "bold"), "  ", *words, "  "], [_excerpt(change.span.text)])
    for lead, cause in zip(chain(["because"], repeat("or")), change.causes or (), strict=False):
        what = " with ".join(f"{name}: {_edit_words(edits[name])}" for name in cause)
        yield Line([(f"    {lead:<8} ", "dim")], [clean(what)])
    whole = verbose or change.causes is None
    if old.scores and new.scores and (whole or change.change == "relabelled"):
        yield Line([("    scores   ", "dim")], [_score_words(old.scores, new.scores)])
    if whole:
        for sign, cues in (("-", cue_changes(old, new)), ("+", cue_changes(new, old))):
            for cue in cues:
                what = f'{cue.rule}, {cue.tag} {cue.weight}: "{cue.text}"'
                yield Line([f"    {sign} "], [clean(what)])


def _excerpt(text: str) -> str:
    short = clean(text)
    return f'"{short}"' if len(short) <= 50 else f'"{short[:50].rsplit(" ", 1)[0]} …"'


def _edit_words(edit: Edit) -> str:
    """An edit in words, such as ``weight 1 → 3`` or ``any: + "press forward"``."""
    if edit.change == "renamed":
        return f"renamed from {edit.old}"
    words = ", ".join(_field_words(*field) for field in edit.fields) or edit.change
    return words.partition(" ")[2] if edit.rule.startswith("@") else words


def _field_words(field: str, before: Any, after: Any) -> str:
    if field in ("any", "unless"):
        gone = [f'- "{entry}"' for entry in before or () if entry not in (after or ())]
        come = [f'+ "{entry}"' for entry in after or () if entry not in (before or ())]
        return f"{field}: {' '.join(gone + come)}"
    one, other = (" ".join(side) if isinstance(side, tuple) else side for side in (before, after))
    return f"{field} {one} → {other}".replace("None", "nothing")


def _score_words(old: dict[Tag, int], new: dict[Tag, int]) -> str:
    shown = [(tag, old[tag], new[tag]) for tag in Tag if old[tag] or new[tag]]
    return ", ".join(f"{t} {a}" if a == b else f"{t} {a} → {b}" for t, a, b in shown)


def _diff_summary(diff: Diff) -> str:
    inert = [edit.rule for edit in diff.edits or () if edit.inert]
    idle = [f"{_plural(len(inert), 'edit')} without effect: {', '.join(inert)}"] if inert else []
    if diff.changes:
        counts = [f"{count} {name}" for name, count in diff.counts.items()]
        return " · ".join([*counts, f"{diff.unchanged} unchanged", *idle])
    if diff.edits == () and diff.old.sha256 != diff.new.sha256:
        return "No change in the outline: rules differ, outline identical"
    rest = [edit.rule for edit in diff.edits or () if not edit.inert]
    even = f"{_plural(len(rest), 'edit')} that other rules make up for: {', '.join(rest)}"
    return " · ".join(["No change in the outline", *([even] if rest else []), *idle])


def score_lines(score: Score, sources: str, show: int) -> Iterator[Line]:
    """How well the rules agree with a person, and where they do not."""
    rows = f" · {_plural(score.rows, 'row')}, {score.skipped} skipped"
    yield Line([], [(clean(sources), "bold"), rows])
    kappa = "undefined" if score.kappa is None else f"{score.kappa:.3f}"
    ratios = f"accuracy {score.accuracy:.3f} · macro-F1 {score.macro_f1:.3f} · Cohen's κ {kappa}"
    yield Line([], [ratios])
    heads = ("as claim", "as evidence", "as recomm.")
    yield Line([(f"{'':14}  precision  recall     F1  rows  {'  '.join(heads)}", "dim")])
    for tag, one in score.tags.items():
        row = f"{one['precision']:9.3f}  {one['recall']:6.3f}  {one['f1']:5.3f}  {one['support']:4}"
        counts = zip(heads, score.confusion[tag].values(), strict=True)
        said = "".join(f"  {count:>{len(head)}}" for head, count in counts)
        yield Line([(f"{tag:<14}  ", _STYLES[tag]), row, said])
    for wrong in score.disagreements[:show]:
        tags = [_tag(wrong.tag), " read as ", _tag(wrong.predicted), f" by {wrong.margin}  "]
        yield Line([(f"{clean(wrong.id)}  ", "bold"), *tags], [_excerpt(wrong.text)])
        cues = ", ".join(f'{cue.rule} {cue.weight} "{clean(cue.text)}"' for cue in wrong.cues)
        yield Line(["    "], [(cues or "no cue", "dim")])


class Format(str, Enum):
    """The forms in which an outline can be written."""

    TREE = "tree"
    MARKDOWN = "markdown"
    JSON = "json"


def write_outline(outline: Outline, form: Format) -> str:
    """The outline as text in a form; the tree as a pipe gets it."""
    if form is Format.JSON:
        return to_json(to_dict("outline", outline))
    return outline_markdown(outline) if form is Format.MARKDOWN else to_text(outline_plain(outline))


def to_dict(kind: str, result: Any) -> dict[str, Any]:
    """A result as a JSON object that says what it is; its fields keep their names and order."""
    tool = {"name": PROGRAM, "version": __version__}
    return {"format_version": FORMAT_VERSION, "kind": kind, "tool": tool, **_plain(result)}


def _plain(value: Any) -> Any:
    if names := getattr(value, "__match_args__", ()):  # a dataclass or a named tuple
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [*map(_plain, value)] if isinstance(value, (list, tuple)) else value


def diff_to_dict(diff: Diff) -> dict[str, Any]:
    """The diff as the JSON object that ``data/diff.schema.json`` describes."""
    edits = diff.edits and [
        {key: value for key, value in edit._asdict().items() if value != ()} for edit in diff.edits
    ]
    head = {"text": diff.text, "old": diff.old, "new": diff.new, **diff.counts}
    changes = [_change_to_dict(change) for change in diff.changes]
    tail = {"unchanged": diff.unchanged, "edits": edits, "paragraphs": changes}
    return to_dict("diff", head | tail)


def _change_to_dict(change: Change) -> dict[str, Any]:
    span, old, new = change.span, change.old, change.new
    return {
        "number": {"old": old.number, "new": new.number},
        "start": span.start,
        "end": span.end,
        "change": change.change,
        "old": {"tag": old.tag, "scores": old.scores},
        "new": {"tag": new.tag, "scores": new.scores},
        "under": {"old": old.under, "new": new.under},
        "cues": {"lost": cue_changes(old, new), "gained": cue_changes(new, old)},
        "causes": change.causes,
    }


def to_json(value: dict[str, Any]) -> str:
    """A value as indented JSON that a terminal can show too: no raw control characters."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    unsafe = _UNSAFE.pattern.replace(r"\x00-\x1f", "")
    return re.sub(unsafe, lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def parse_outline(text: str, source: str) -> Outline | None:
    """An exported outline, its rules named by ``source``; None if this is no outline at all."""
    import json

    try:
        data = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("kind") != "outline":
        return None
    try:
        if str(data["format_version"]).split(".")[0] != FORMAT_VERSION.split(".")[0]:
            raise ValueError(f"format version {data['format_version']}")
        by = replace(_revive(RulesSource, data["rules"]), source=source)
        paragraphs = tuple(_revive(Paragraph, one) for one in data["paragraphs"])
        skipped = tuple(_revive(Skipped, one) for one in data["skipped"])
        numbers = {None, *(one.number for one in paragraphs)}
        if strays := {one.under for one in paragraphs} - numbers:
            raise ValueError(f'"under" names {strays.pop()!r}, which is no paragraph')
        return Outline(_revive(TextSource, data["text"]), by, data["summary"], paragraphs, skipped)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"this outline cannot be read: {clean(str(error))} (export it again)"
        raise Failure(f"{source}: {what}") from None


def _revive(kind: Any, data: dict[str, Any]) -> Any:
    """A part of the model from its JSON object; keys that it does not know are left out."""
    values = {name: data[name] for name in kind.__annotations__}
    for name, type_ in kind.__annotations__.items():
        if type_ in (int, str) and type(values[name]) is not type_:
            raise ValueError(f'"{name}" is {values[name]!r}')
    if "tag" in values:
        values["tag"] = Tag(values["tag"])
    if kind is Paragraph:
        values["key_sentence"] = _revive(Span, values["key_sentence"])
        values["scores"] = {tag: int(values["scores"][tag]) for tag in Tag}
        values["cues"] = tuple(_revive(Cue, cue) for cue in values["cues"])
    return kind(**values)


# -------------------------------------------------------------------------------------- commands

_SUFFIXES = {".txt": Format.TREE, ".md": Format.MARKDOWN, ".json": Format.JSON}
_SCHEMAS = {"rule-file": "rules", "outline": "outline", "diff": "diff"}
_EXAMPLES = """\b
Examples:
  lankov-claims outline                        the shipped op-ed
  lankov-claims outline my-op-ed.txt           another text; - reads standard input
  lankov-claims outline -o outline.json        export the outline
  lankov-claims explain 7                      why paragraph 7 is what it is
  lankov-claims rules --export my-rules.yaml   an editable copy of the rules
  lankov-claims diff my-rules.yaml             what an edit to them changes, and why"""


def _outline(
    op_ed: str | None = None,
    rules: str | None = None,
    form: Format | None = None,
    output: str | None = None,
) -> int:
    """Print an op-ed's claims, evidence and recommendations."""
    output = None if output == "-" else output
    chosen = form or _form_of(output)
    outline = build_outline(*_inputs(op_ed, rules))
    if output is not None:
        inputs = op_ed or shipped_file(SHIPPED_TEXT), rules or shipped_file(SHIPPED_RULES)
        _write_file(output, write_outline(outline, chosen), inputs)
    elif chosen is Format.TREE and _on_terminal():
        _draw(outline_tree(outline))
    else:
        _emit(write_outline(outline, chosen))
    return 0


def _diff(
    sides: list[str],
    text: str | None = None,
    report: str = "text",
    verbose: bool = False,
    watch: bool = False,
    exit_zero: bool = False,
) -> int:
    """Show what edits to the rules change, and which edit did it.

    OLD is the shipped rules if left out. A side is a rule file, - or an outline exported as JSON.
    """
    if len(sides) > 2:
        raise Failure(f"{sides[2]}: a diff has two sides, OLD and NEW (give a text with --text)")
    _one_stdin(*sides, text)
    if watch:
        if "-" in (*sides, text) or report == "json":
            raise Failure("--watch: it draws text from files (leave out - and --format json)")
        return _watch([*sides, text], lambda: diff_lines(_compare(sides, text), verbose=verbose))
    diff = _compare(sides, text)
    _report(report, diff_lines(diff, verbose=verbose), lambda: diff_to_dict(diff))
    return int(diff.counts["relabelled"] > 0 and not exit_zero)


def _compare(sides: Sequence[str], text: str | None) -> Diff:
    old, new = (_read_side(path) for path in (None, *sides)[-2:])
    if text is None and isinstance(old, Outline) and isinstance(new, Outline):
        return diff_outlines(old, new)
    content, source = read_named(text, SHIPPED_TEXT, MAX_TEXT)
    if isinstance(old, RuleSet) and isinstance(new, RuleSet):
        return diff_rules(content, old, new, source)
    return diff_outlines(_outline_of(old, content, source), _outline_of(new, content, source))


def _outline_of(side: RuleSet | Outline, text: str, source: str) -> Outline:
    """A side as an outline of the text; an exported one must be of that text."""
    if isinstance(side, RuleSet):
        return build_outline(text, side, source)
    strays = (one for one in side.paragraphs if text[one.start : one.end] != one.text)
    if side.text.sha256 != digest(text) or any(strays):
        hint = f"give {side.text.source} with --text, or export it again"
        raise Failure(f"{side.rules.source}: it is an outline of another text ({hint})")
    return side


def _read_side(path: str | None) -> RuleSet | Outline:
    if path is None:
        return load_rules()
    text = decode(read_bytes(path, MAX_TEXT), path)
    if outline := parse_outline(text, path):
        return outline
    if len(text.encode()) > MAX_RULE_FILE:
        raise Failure(f"{path}: over 1 MB (give a smaller rule file)")
    return parse_rules(text, path)


def _watch(paths: Iterable[str | None], lines: Callable[[], Iterable[Line]]) -> int:
    """Draw lines anew whenever a file is saved; over faults, the last good ones stay."""
    import time

    from rich.console import Console

    files, seen, good = [path for path in paths if path], None, list[Line]()
    while True:
        if (now := [_stamp(path) for path in files]) != seen:
            seen, trouble = now, list[Line]()
            try:
                good = list(lines())
            except Failure as failure:
                told = _failure_text(failure) + ("\nThe last good reading:\n" if good else "\n")
                trouble = [Line([], [line]) for line in told.splitlines()]
            Console().clear()
            foot = Line([], [(f"watching {clean(', '.join(files))} · Ctrl-C ends", "dim")])
            if not _show([*trouble, *good, Line(), foot]):
                return 0
        time.sleep(0.2)


def _stamp(path: str) -> tuple[int, int, int] | None:
    with suppress(OSError):
        status = os.stat(path)
        return status.st_mtime_ns, status.st_size, status.st_ino
    return None


def _explain(
    numbers: list[str] | None = None, text: str | None = None, rules: str | None = None
) -> int:
    """Show why a paragraph is what it is, and what would tip it."""
    outline, readings = read_outline(*_inputs(text, rules))
    starts = {str(one.number): one.start for one in outline.paragraphs}
    for number in numbers or ():
        if number not in starts:
            hint = f"choose from 1 to {len(starts)}" if starts else "it has none"
            hint += "" if number.isdecimal() else ", as in 3 4 5; a text goes with --text"
            raise Failure(f"{outline.text.source}: it has no paragraph {clean(number)} ({hint})")
    wanted = [starts[number] for number in numbers or ()]
    chosen = [one for one in readings if not numbers or one.block.span.start in wanted]
    _show(explain_lines(outline, chosen))
    return 0


def _rules(
    rule: str | None = None,
    text: str | None = None,
    rules: str | None = None,
    export: str | None = None,
    report: str = "text",
) -> int:
    """Show what each rule does on a text, or one rule in full.

    A rule is decisive where a tag needs it, redundant where it fires but no tag would change
    without it, and dead where it never fires.
    """
    if export is not None:
        if (rule, text, rules) != (None, None, None):
            raise Failure("--export: it copies all of the shipped rules (give nothing else)")
        return _export(export)
    content, rule_set, source = _inputs(text, rules)
    outline = build_outline(content, rule_set, source)
    known: dict[str, SkipRule] = {one.id: one for one in (*rule_set.rules, *rule_set.skips)}
    if rule is not None and rule not in known:
        hint = _hint(rule, known, f"{PROGRAM} rules lists them")
        raise Failure(f'{rule_set.source}: it has no rule "{clean(rule)}" ({hint})')
    chosen = [one for one in rule_set.rules if rule in (None, one.id)]
    measures = [measure_rule(one, rule_set, outline) for one in chosen]
    whole = measure_lines(measures, outline)
    lines = whole if rule is None else rule_lines(known[rule], outline)
    _report(report, lines, lambda: to_dict("rules", {"text": outline.text, "rules": measures}))
    return 0


def _export(path: str) -> int:
    target = _resolved(path)
    schema = Path(path).with_name(SCHEMA_FILE)
    if path == "-" or Path(path) == schema:
        raise Failure(f"{path}: an export writes a file and its schema (choose another name)")
    if os.path.lexists(path) or os.path.exists(target):
        raise Failure(f"{path}: it is there already (choose another file)")
    copies = {one: read_named(None, one, MAX_RULE_FILE)[0] for one in (SHIPPED_RULES, SCHEMA_FILE)}
    there = os.path.isfile(schema) and decode(read_bytes(str(schema), MAX_RULE_FILE), str(schema))
    if os.path.lexists(schema) and there != copies[SCHEMA_FILE]:
        raise Failure(f"{schema}: it is there already (choose another folder)")
    if not there:
        _write_file(str(schema), copies[SCHEMA_FILE])
    _write_file(path, copies[SHIPPED_RULES])
    return 0


def _check(rules_file: str | None = None, strict: bool = False) -> int:
    """Validate a rule file and run its examples."""
    try:
        rules = parse_rules(*read_named(rules_file, SHIPPED_RULES, MAX_RULE_FILE))
    except RuleFileError as error:
        _emit(_failure_text(error))
        return 1
    faults, slips = [*check_examples(rules)], [*check_style(rules)]
    _emit("".join(f"{clean(str(fault))}\n" for fault in sorted(faults + slips)))
    if faults or (slips and strict):
        return 1
    every = (*rules.skips, *rules.rules)
    examples = _plural(sum(len(one.match) + len(one.miss) for one in every), "example")
    sizes = f"{_plural(len(rules.rules), 'rule')}, {_plural(len(rules.skips), 'skip rule')}"
    _emit(f"{clean(rules.source)}: all well: {sizes}, {examples}\n")
    return 0


def _score(labels: str, rules: str | None = None, show: int = 10, report: str = "text") -> int:
    """Measure the rules against a person's labels.

    LABELS has a JSON object with a text and its tag on each line; rows tagged skip are left out.
    """
    _one_stdin(labels, rules)
    rows, skipped = parse_labels(decode(read_bytes(labels, MAX_TEXT), labels), labels)
    rule_set = load_rules(rules)
    score = score_labels(rows, rule_set, skipped)
    lines = score_lines(score, f"{labels} · {rule_set.source}", show)
    _report(report, lines, lambda: to_dict("score", score))
    return 0


def _schema(name: str) -> int:
    """Print the JSON Schema of rule-file, outline or diff."""
    if name not in _SCHEMAS:
        raise Failure(f'"{clean(name)}": no such schema (choose {_listed(_SCHEMAS, "or")})')
    _emit(read_named(None, f"{_SCHEMAS[name]}.schema.json", MAX_RULE_FILE)[0])
    return 0


def _form_of(output: str | None) -> Format:
    """The format that a file's suffix stands for; without a file, the tree."""
    suffix = ".txt" if output is None else Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        hint = f"end it in {_listed(_SUFFIXES, 'or')}, or use --format"
        raise Failure(f'{output}: no format belongs to "{suffix}" ({hint})')
    return _SUFFIXES[suffix]


def _inputs(text: str | None, rules: str | None) -> tuple[str, RuleSet, str]:
    """A text, what to read it by, and its name; each is the shipped one where there is no path."""
    _one_stdin(text, rules)
    content, source = read_named(text, SHIPPED_TEXT, MAX_TEXT)
    return content, load_rules(rules), source


def _one_stdin(*paths: str | None) -> None:
    if paths.count("-") > 1:
        raise Failure("-: standard input can be read once (give a file for the others)")


def _report(report: str, lines: Iterable[Line], value: Callable[[], dict[str, Any]]) -> None:
    if report == "json":
        _emit(to_json(value()))
    else:
        _show(lines)


def _show(lines: Iterable[Line]) -> bool:
    """Print lines: drawn on a terminal, else one whole line each; false if the reader has gone."""
    if not _on_terminal():
        return _emit(to_text(lines))
    _draw(lines)
    return True


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _draw(lines: Iterable[Line]) -> None:
    """Print lines on the terminal, wrapped with a hanging indent."""
    from rich.console import Console
    from rich.text import Text

    size = shutil.get_terminal_size()
    console = Console(width=max(size.columns, 30), height=max(size.lines, 1), highlight=False)
    boxes = console.encoding.startswith("utf") and not console.is_dumb_terminal
    guides = {} if boxes else _GUIDES
    for line in lines:
        lead = Text.assemble(*line.lead)
        lead.plain = lead.plain.translate(guides)
        rest = Text.assemble((line.rest.translate(guides).ljust(lead.cell_len), "dim"))
        room = max(min(console.width, _MAX_WIDTH) - lead.cell_len, 10)
        for row in Text.assemble(*line.body).wrap(console, room):
            row.rstrip()
            console.print(lead + row, soft_wrap=True)
            lead = rest


def _emit(text: str) -> bool:
    """Write to standard output as UTF-8; false if what reads it has gone, which is its affair."""
    if sys.stdout is None:
        raise Failure("standard output: it is closed (open it, or use -o FILE)")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return False
    return True


def _resolved(path: str) -> Path:
    """Where a file to be written really is; raises Failure where that leads nowhere."""
    try:
        target = Path(path).resolve()
    except (OSError, RuntimeError):
        raise Failure(f"{path}: cannot write it: its links lead nowhere (choose a file)") from None
    if not target.name or os.path.isdir(target):
        raise Failure(f'"{path}": cannot write it: this is no file (choose a file)')
    return target


def _write_file(path: str, text: str, inputs: Iterable[str | Path] = ()) -> None:
    """Write a file whole or not at all (onto what is no regular file, directly)."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.exists(path) and (sys.stdout and os.path.samestat(os.stat(path), os.fstat(1))):
            _emit(text)  # /dev/stdout, wherever it leads
        elif os.path.exists(path) and not os.path.isfile(path):
            Path(path).write_bytes(data)
        else:
            _replace_file(path, data, inputs)
    except OSError as error:
        raise Failure(f"{path}: cannot write it: {_reason(error)} (choose another file)") from None


def _replace_file(path: str, data: bytes, inputs: Iterable[str | Path]) -> None:
    target = _resolved(path)
    draft = target.with_name(f".{os.getpid()}.tmp")
    for other in inputs if target.exists() else ():
        if os.path.samestat(target.stat(), os.stat(0 if other == "-" else other)):
            raise Failure(f"{path}: this is an input too (choose another file to write)")
    try:
        draft.write_bytes(data)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _parameters() -> dict[str, Any]:
    """What each parameter of a command is on the command line; a name means the same everywhere."""
    from typer import Argument, Option

    def file_option(help_: str, *names: str) -> Any:
        return Annotated[str | None, Option(*names, metavar="FILE", help=help_)]

    text_help = "The text, instead of the shipped op-ed; - is standard input."
    return {
        "op_ed": Annotated[str | None, Argument(metavar="[TEXT]", help=text_help)],
        "sides": Annotated[list[str], Argument(metavar="[OLD] NEW", help="NEW may stand alone.")],
        "numbers": Annotated[list[str] | None, Argument(metavar="[N]...", help="Default: all.")],
        "rule": Annotated[str | None, Argument(metavar="[ID]", help="One rule, in full.")],
        "rules_file": Annotated[
            str | None, Argument(metavar="[RULES]", help="Default: the shipped.")
        ],
        "labels": Annotated[str, Argument(metavar="LABELS", help="JSON Lines, or - to pipe.")],
        "name": Annotated[str, Argument(metavar="NAME", help="rule-file, outline or diff.")],
        "text": Annotated[str | None, Option("--text", metavar="TEXT", help=text_help)],
        "rules": file_option("Another rule file.", "--rules"),
        "export": file_option("Copy the shipped rules to a new FILE, to edit.", "--export"),
        "output": file_option("Write FILE anew; its suffix picks the format.", "-o", "--output"),
        "form": Annotated[Format | None, Option("--format", help="The form [default: tree].")],
        "report": Annotated[Literal["text", "json"], Option("--format", help="The form.")],
        "show": Annotated[int, Option("--show", min=0, help="How many disagreements to show.")],
        "strict": Annotated[bool, Option("--strict", help="Let warnings fail too.")],
        "verbose": Annotated[bool, Option("--verbose", help="Show rescored paragraphs and cues.")],
        "watch": Annotated[bool, Option("--watch", help="Stay, and draw anew on each save.")],
        "exit_zero": Annotated[bool, Option("--exit-zero", help="Exit 0 whatever changed.")],
    }


def _app() -> Any:
    """The command line. It is built when it is run, so that importing this module stays cheap."""
    import typer

    app = typer.Typer(epilog=_EXAMPLES, rich_markup_mode=None, pretty_exceptions_enable=False)
    parameters = _parameters()
    for command in (_outline, _diff, _explain, _rules, _check, _score, _schema):
        names = command.__annotations__.keys() - {"return"}
        command.__annotations__ = {name: parameters[name] for name in names}
        app.command(command.__name__[1:])(command)

    version_option = typer.Option("--version", help="Show the version.")

    @app.callback(invoke_without_command=True)
    def start(context: typer.Context, version: Annotated[bool, version_option] = False) -> None:
        """Show the argument of an op-ed at a glance, by rules that anyone can read and edit."""
        if version or context.invoked_subcommand is None:
            _emit(f"{PROGRAM} {__version__}\n" if version else f"{context.get_help()}\n")
            raise typer.Exit

    return app


def main() -> int:
    """Run the command line and return its exit code. No traceback gets past this point."""
    gc.set_threshold(100_000)  # collecting costs a tenth of a start-up and finds nothing then
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error does by itself
    try:
        return _run()
    except Failure as failure:
        return _complain(_failure_text(failure), 2)
    except OSError as error:
        _discard_output()
        return _complain(f"standard output: cannot write to it: {_reason(error)} (make room)\n", 2)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("LANKOV_CLAIMS_DEBUG"):
            sys.excepthook(type(error), error, error.__traceback__)
        what = f"{type(error).__name__}: {clean(str(error))}"
        hint = "LANKOV_CLAIMS_DEBUG=1 shows where; please report it"
        return _complain(f"{PROGRAM}: internal fault: {what} ({hint})\n", 70)


def _complain(text: str, code: int) -> int:
    """Say on standard error what is wrong, if anybody can hear it, and return the exit code."""
    with suppress(OSError, AttributeError):
        sys.stderr.write(text)
        sys.stderr.flush()
    return code


def _run() -> int:
    import typer

    usage_error: type[Any] = typer.BadParameter.__bases__[0]
    try:
        return _app()(prog_name=PROGRAM, standalone_mode=False) or 0
    except typer.Abort:
        return 130
    except usage_error as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        raise Failure(f"{path}: {error.format_message()} (see {path} --help)") from None
    except SystemExit:  # how typer answers when what reads its help has gone
        _discard_output()
        return 0


def _failure_text(failure: Failure) -> str:
    faults = failure.faults if isinstance(failure, RuleFileError) else [failure]
    return "".join(f"{clean(str(fault))}\n" for fault in faults)


def _discard_output() -> None:
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
