"""Show the argument of an op-ed at a glance, by rules that anyone can read and edit.

The file reads in the order in which data flows: a text becomes paragraphs and sentences;
a rule file becomes a rule set; rules fire in sentences and leave cues; the cues of a paragraph
add up to its tag; the tagged paragraphs form an outline; two outlines have a difference; all of
it is rendered for people or as JSON; and only the commands at the end touch files and streams.

    import lankov_claims as lc

    rules = lc.load_rules()  # the shipped rules; or lc.load_rules("my-rules.yaml")
    outline = lc.build_outline(text, rules)
    outline.paragraphs[0].tag  # Tag.CLAIM == "claim"

Offsets are 0-based, half-open and count Unicode code points of the decoded text with its newlines
normalised to LF (as the W3C Web Annotation TextPositionSelector does), so ``text[start:end]`` is
always the exact span. Numbers of paragraphs, sentences, lines and columns are 1-based.
"""

import gc
import io
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

if TYPE_CHECKING:
    import yaml

__version__ = "0.1.0"
__all__ = ["Cue", "Failure", "Fault", "Outline", "Paragraph", "Rule", "RuleFileError", "RuleSet"]
__all__ += ["Skipped", "Span", "Tag", "build_outline", "load_rules", "parse_rules"]

# ---------------------------------------------------------------------------------------- errors


class Failure(Exception):
    """Something that the person at the keyboard can mend; its text is one line to show them."""


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

    __slots__ = ("column", "line")
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SkipRule:
    """A rule for page furniture: a paragraph matched whole by one of ``any`` gets no tag."""

    id: str
    why: str
    any: tuple[Scalar, ...]
    match: tuple[Scalar, ...]
    miss: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Rule(SkipRule):
    """One way of arguing: it fires in a sentence where one of ``any`` and none of ``unless``
    matches; ``where`` limits it to the opening or closing sentence of a paragraph.
    """

    tag: Tag
    weight: int = 1
    unless: tuple[Scalar, ...] = ()
    where: str = "anywhere"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule file's content. ``precedence`` ranks the tags in a tie; ``otherwise`` is the tag of a
    paragraph in which no rule fires; ``sha256`` is that of the file's text.
    """

    rules: tuple[Rule, ...]
    skips: tuple[SkipRule, ...] = ()
    precedence: tuple[Tag, ...] = PRECEDENCE
    otherwise: Tag = Tag.CLAIM
    source: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """One firing of a rule: where, with what weight, and for which tag."""

    rule: str
    tag: Tag
    weight: int
    sentence: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A tagged paragraph. ``under`` is the number of the paragraph that it hangs under, if any;
    ``scores`` are the sums of its cues' weights; ``margin`` is the winner's lead over the next.
    """

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

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»›)\]}]*(?=(\s+)(.))", re.DOTALL)
_OPENING = "\"'“‘„«‹([{"
_LAST_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*\Z")
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
    installed = here / "lankov_claims_data"
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
    """The text of ``data``: strict UTF-8, a leading BOM dropped, CRLF and CR made LF.

    Raises Failure with the line and column of the first byte that is not UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = re.split(r"\r\n?|\n", data[: error.start].decode("utf-8"))
        place = f"{source}:{len(before)}:{len(before[-1]) + 1}"
        raise Failure(f"{place}: this is not UTF-8 text (save the file as UTF-8)") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def digest(text: str) -> str:
    """The SHA-256 of the text's UTF-8, in hexadecimal digits."""
    import hashlib  # it loads OpenSSL: not needed to import this module

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def matching_form(text: str) -> str:
    """What rules are matched on: each run of white space is one space, typographic quotes and
    hyphens are plain ones, and nothing else is folded.
    """
    return re.sub(r"\s+", " ", text).translate(_FOLDED_MARKS)


def fold_case(form: str) -> str:
    """A form of the same length in which an ASCII phrase stands wherever re.IGNORECASE finds it."""
    return form.translate(_ODD_LETTERS).lower()


def find_blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs of a text: maximal runs of lines that are not blank, split into sentences."""
    blocks = []
    offset, number = 0, 1
    for blank, run in groupby(text.split("\n"), key=lambda line: not line.strip()):
        lines = list(run)
        whole = "\n".join(lines)
        if not blank:
            start = offset + len(whole) - len(whole.lstrip())
            blocks.append(_block(text, start, start + len(whole.strip()), number))
        offset += len(whole) + 1
        number += len(lines)
    return tuple(blocks)


def paragraph_block(text: str) -> Block:
    """A text as one paragraph, whatever white space it holds."""
    return _block(text, 0, len(text), 1)


def _block(text: str, start: int, end: int, line: int) -> Block:
    sentences = []
    for first, last in _sentence_spans(text, start, end):
        form = matching_form(text[first:last])
        sentences.append(Sentence(Span(first, last, text[first:last]), form, fold_case(form)))
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
    if (dotted and "." in word[0]) or word[0].lower() in _ABBREVIATIONS:
        first = _FIRST_WORD.match(text, mark.end(1))
        return bool(first and first[1] in _OPENERS)
    return True


# ----------------------------------------------------------------------------------------- rules

SHIPPED_RULES = "rules.yaml"
MAX_RULE_FILE = 1_000_000  # bytes
MAX_WEIGHT = 100
WHERE = ("anywhere", "opening", "closing")
_MAX_DEPTH, _MAX_EVENTS, _MAX_PATTERN = 20, 50_000, 1_000
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # required, optional
    "file": (("version", "rules"), ("precedence", "otherwise", "skip")),
    "rule": (("id", "tag", "why", "any", "examples"), ("weight", "unless", "where")),
    "skip rule": (("id", "why", "any", "examples"), ()),
    "examples": (("match", "miss"), ()),
}
_TRAPS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
    "merge": "a merge key",
    "value": "a default value",
}
_SYNTAX = (  # the parser's words, and ours
    ("cannot start any token", "no value can start with this character (quote the text)"),
    ("mapping values are not allowed", '": " inside a plain text (quote the text)'),
    ("escape", "double quotes read a backslash as an escape (use single quotes)"),
    ("hexdecimal", "double quotes read a backslash as an escape (use single quotes)"),
    ("end of stream", "a quoted text that began earlier is not closed (close it)"),
    ("document indicator", "a quoted text that began earlier is not closed (close it)"),
    ("',' or ']'", 'a "[" list is not closed, or lacks a ","'),
    ("',' or '}'", 'a "{" mapping is not closed, or lacks a ","'),
    ("expected ':'", 'a key without its ":" (add it, or check the indentation)'),
    ("'-' indicator", 'this line belongs to no entry of the list (start it with "- ", or indent)'),
    ("expected key", "this line fits no key of its block (check indentation and quotes)"),
    ("not allowed in this context", "no list or key can start here (check the indentation)"),
    ("", "this is not YAML (check indentation and quotes)"),
)


Node = Any  # of the YAML tree; None where the file has none. yaml is imported only to read a file


def load_rules(path: str | None = None) -> RuleSet:
    """The rule set of a file, or the shipped one. Raises Failure or RuleFileError."""
    if path is None:
        return _shipped_rules()
    return parse_rules(decode(read_bytes(path, MAX_RULE_FILE), path), path)


@cache
def _shipped_rules() -> RuleSet:
    import yaml

    # The tests hold the shipped file against every check, so a run need not: no tag is resolved.
    text = decode(shipped_file(SHIPPED_RULES).read_bytes(), SHIPPED_RULES)
    root = yaml.compose(text, _loader("BaseLoader"))
    return _RuleReader(SHIPPED_RULES, trusted=True).rule_set(root, digest(text))


def parse_rules(text: str, source: str = "") -> RuleSet:
    """The rule set that a text describes; raises RuleFileError with every fault in it."""
    import yaml

    if fault := _structural_fault(text, source):
        raise RuleFileError([fault])
    return _RuleReader(source).rule_set(yaml.compose(text, _loader("SafeLoader")), digest(text))


def _loader(name: str) -> Any:
    import yaml

    # libyaml reads rules ten times faster and gives the same marks, but not every build has it.
    return getattr(yaml, f"C{name}", None) or getattr(yaml, name)


def _structural_fault(text: str, source: str) -> Fault | None:
    """What makes a file unreadable as a whole: its characters, syntax, depth, size or aliases."""
    import yaml

    if odd := yaml.reader.Reader.NON_PRINTABLE.search(text):
        what = f"the character U+{ord(odd[0]):04X} is not allowed in YAML (remove it)"
        return Fault(source, *_place(text, odd.start()), what)
    try:
        for event, what in _event_faults(yaml.parse(text, _loader("SafeLoader"))):
            return Fault(source, *_mark(event), what)
    except yaml.MarkedYAMLError as error:
        return _syntax_fault(text, source, error)
    return None


def _event_faults(events: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    """The bounds of a rule file, held against its events before anything is built from them."""
    import yaml

    sizes: dict[str, int] = {}  # events in each anchor, its aliases written out; 0 while it is open
    opened: list[tuple[str, int]] = []
    count = documents = 0
    for event in events:
        anchor: str = getattr(event, "anchor", None) or ""
        count += 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent):
            where = "inside its own anchor" if anchor in sizes else "before its anchor"
            if not sizes.get(anchor):
                yield event, f'the alias "*{anchor}" stands {where} (write the text out)'
            count += sizes.get(anchor, 0)
        elif anchor and anchor in sizes:
            yield event, f'the anchor "&{anchor}" is there twice (rename one)'
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((anchor, count))
            sizes[anchor] = 0
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            sizes[anchor] = count - before
        elif anchor:
            sizes[anchor] = 1
        bounds = (
            (documents > 1, "a second document starts here (a rule file is one document)"),
            (len(opened) > _MAX_DEPTH, f"nested deeper than {_MAX_DEPTH} levels (six will do)"),
            (count > _MAX_EVENTS, f"over {_MAX_EVENTS:,} YAML events (split the file)"),
        )
        yield from ((event, what) for broken, what in bounds if broken)


def _syntax_fault(text: str, source: str, error: "yaml.MarkedYAMLError") -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return Fault(source, line, here.index("\t") + 1, "a tab indents this line (use spaces)")
    problem = error.problem or ""
    return Fault(source, line, column, next(ours for theirs, ours in _SYNTAX if theirs in problem))


def _place(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _RuleReader:
    """Reads the YAML nodes of a rule file into a rule set, and collects the faults on the way."""

    def __init__(self, source: str, *, trusted: bool = False) -> None:
        self.source, self.trusted = source, trusted
        self.faults: list[Fault] = []
        self.about = ""  # names the rule that is being read
        self.ids: dict[str, int] = {}  # each id and its line

    def rule_set(self, root: Node, sha256: str) -> RuleSet:
        if root is None:
            raise RuleFileError([Fault(self.source, 1, 1, "the file is empty (write rules in it)")])
        fields = self.fields(root, "file")
        version = self.whole(fields.get("version"), "version", 1, sys.maxsize, 1)
        if version > 1:
            what = f'"version" is {version}, but this program reads version 1'
            self.fault(fields["version"], what)
        precedence = self.precedence(fields.get("precedence"))
        otherwise = self.choice(fields.get("otherwise"), "otherwise", tuple(Tag))
        rules, skips = (self.items(fields.get(name), name) for name in ("rules", "skip"))
        result = RuleSet(
            rules=tuple(map(self.rule, rules)),
            skips=tuple(map(self.skip, skips)),
            precedence=precedence,
            otherwise=Tag(otherwise),
            source=self.source,
            sha256=sha256,
        )
        if self.faults:
            raise RuleFileError(self.faults)
        return result

    def rule(self, node: Node) -> Rule:
        fields = self.fields(node, "rule")
        rule = Rule(
            **self.common(fields),
            tag=Tag(self.choice(fields.get("tag"), "tag", tuple(Tag))),
            weight=self.whole(fields.get("weight"), "weight", 0, MAX_WEIGHT, 1),
            unless=self.entries(fields.get("unless"), "unless"),
            where=self.choice(fields.get("where"), "where", WHERE),
        )
        listed = {_normal_entry(entry) for entry in rule.any}
        for entry in rule.unless:
            if _normal_entry(entry) in listed:
                self.fault(entry, f'"unless" repeats "{entry}" from "any" (remove one)')
        return rule

    def skip(self, node: Node) -> SkipRule:
        return SkipRule(**self.common(self.fields(node, "skip rule")))

    def common(self, fields: dict[str, Node]) -> dict[str, Any]:
        """What both kinds of rule have."""
        examples = self.fields(fields["examples"], "examples") if "examples" in fields else {}
        return {
            "id": self.id(fields.get("id")),
            "why": self.text(fields.get("why"), "why"),
            "any": self.entries(fields.get("any"), "any"),
            "match": self.texts(examples.get("match"), "match"),
            "miss": self.texts(examples.get("miss"), "miss"),
        }

    def id(self, node: Node) -> Scalar:
        name = self.text(node, "id")
        if name and not _ID.fullmatch(name):
            self.fault(name, f'the id "{name}" is not in kebab-case (small letters, digits, "-")')
        elif name in self.ids:
            self.fault(name, f"the id is already used on line {self.ids[name]} (choose another)")
        elif name:
            self.ids[name] = name.line
        return name

    def precedence(self, node: Node) -> tuple[Tag, ...]:
        if node is None:
            return PRECEDENCE
        before = len(self.faults)
        items = self.items(node, "precedence")
        names = tuple(Tag(self.choice(item, "precedence", tuple(Tag))) for item in items)
        if len(self.faults) == before and sorted(names) != sorted(Tag):
            self.fault(node, f'"precedence" must list {_listed(Tag, "and")}, each once')
        return names

    def entries(self, node: Node, what: str) -> tuple[Scalar, ...]:
        """The phrases and regular expressions of a list."""
        entries = self.texts(node, what)
        for entry in () if self.trusted else entries:
            if entry and (problem := _entry_problem(entry)):
                self.fault(entry, f'"{what}": {problem}')
        return entries

    def texts(self, node: Node, what: str) -> tuple[Scalar, ...]:
        return tuple(self.text(item, what) for item in self.items(node, what))

    def text(self, node: Node, what: str) -> Scalar:
        """The text of a node; empty where it is none, and then a fault says so."""
        problem = "" if self.trusted or not node else _text_problem(node)
        if node and problem:
            self.fault(node, f'"{what}" {problem}')
        value = Scalar("" if problem or not node else node.value)
        if node:
            value.line, value.column = _mark(node)
        return value

    def choice(self, node: Node, what: str, options: Sequence[str]) -> str:
        """One of the options; the first of them where there is none, or none that is right."""
        value = self.text(node, what)
        if value and value not in options:
            hint = _did_you_mean(value, options) or f"choose {_listed(options, 'or')}"
            self.fault(value, f'"{what}" cannot be "{value}" ({hint})')
        return value if value in options else options[0]

    def whole(self, node: Node, what: str, low: int, high: int, default: int) -> int:
        if node is None:
            return default
        plain = node.id == "scalar" and not node.style and _WHOLE.fullmatch(node.value)
        if plain and low <= int(node.value) <= high:
            return int(node.value)
        shown = f", not {node.value}" if node.id == "scalar" else ""
        self.fault(node, f'"{what}" must be a plain whole number from {low} to {high}{shown}')
        return default

    def items(self, node: Node, what: str) -> list[Node]:
        if node is None:
            return []
        if node.id != "sequence":
            self.fault(node, f'"{what}" must be a list (start each entry with "- ")')
        elif not node.value:
            self.fault(node, f'"{what}" is an empty list (write an entry, or leave the key out)')
        return node.value if node.id == "sequence" else []

    def fields(self, node: Node, what: str) -> dict[str, Node]:
        """The values of a mapping by key, with a fault for each key that is wrong or missing."""
        required, optional = _KEYS[what]
        if what in ("rule", "skip rule"):
            self.about = _label(node)
        if node.id != "mapping":
            self.fault(node, f"the {what} must be a mapping with {_listed(required, 'and')}")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            if problem := _key_problem(key, found, (*required, *optional)):
                self.fault(key, problem)
            else:
                found[key.value] = value
        for name in required:
            if name not in [key.value for key, _ in node.value]:
                self.fault(node, f'the {what} has no "{name}" (add it)')
        return found

    def fault(self, place: Node, message: str) -> None:
        line, column = _mark(place)
        self.faults.append(Fault(self.source, line, column, self.about + message))


def _mark(place: Node) -> tuple[int, int]:
    if isinstance(place, Scalar):
        return place.line, place.column
    return place.start_mark.line + 1, place.start_mark.column + 1


def _label(node: Node) -> str:
    """How faults name the rule of a node: by its id, or by nothing where it has none."""
    pairs = node.value if node.id == "mapping" else ()
    ids = [value.value for key, value in pairs if key.value == "id" and value.id == "scalar"]
    return f'rule "{ids[0]}": ' if ids else ""


def _key_problem(key: Node, found: dict[str, Node], known: Sequence[str]) -> str:
    if key.id != "scalar":
        return f"a key must be a word ({_listed(known, 'or')})"
    if key.value in found:
        return f'the key "{key.value}" is there twice (keep one)'
    if key.value in known:
        return ""
    if key.tag == "tag:yaml.org,2002:merge":
        return '"<<" is not read here (write the keys out)'
    hint = _did_you_mean(key.value, known) or f"choose {_listed(known, 'or')}"
    return f'unknown key "{key.value}" ({hint})'


def _text_problem(node: Node) -> str:
    """What keeps a node from being a text, and what to write instead."""
    if node.id != "scalar":
        return f'must be a text, not a {node.id} (quote it if it has ": " or starts with "[")'
    kind = node.tag.rpartition(":")[2]
    if not node.value.strip() or kind == "null":
        return "is empty (write a text)"
    if kind in _TRAPS:
        return f"is read by YAML as {_TRAPS[kind]} (quote it: '{node.value}')"
    if kind != "str":
        return f"has the YAML tag {node.tag} (remove the tag)"
    if odd := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", node.value):
        return f"holds the control character U+{ord(odd[0]):04X} (use single quotes)"
    return ""


def _entry_problem(entry: str) -> str:
    """What keeps a phrase or regular expression from working, and what to write instead."""
    if len(entry) > _MAX_PATTERN:
        return f"an entry of over {_MAX_PATTERN:,} characters (split it)"
    if not entry.startswith("/"):
        return "" if re.search(r"\w", entry) else f'the phrase "{entry}" has no letter or digit'
    if re.fullmatch(r"/.*/[a-zA-Z]+", entry):
        return "no flags stand after a regular expression (any case matches already)"
    if len(entry) < 2 or not entry.endswith("/"):
        return 'a regular expression ends with "/" (close it; a phrase does not start with "/")'
    try:
        empty = _pattern(entry).search("")
    except (re.error, RecursionError, OverflowError) as error:
        return f"{entry} is no regular expression: {getattr(error, 'msg', error)} (mend it)"
    return f"{entry} matches the empty text (make it need a character)" if empty else ""


def _normal_entry(entry: str) -> str:
    return entry if entry.startswith("/") else fold_case(matching_form(entry.strip()))


def _listed(words: Iterable[str], last: str) -> str:
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def _did_you_mean(word: str, options: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), list(options), 1)
    return f'did you mean "{close[0]}"?' if close else ""


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
    return _normal_entry(entry) if entry.isascii() and not entry.startswith("/") else ""


def narrow(rules: Iterable[Rule], text: str) -> tuple[Rule, ...]:
    """The rules without the phrases that are nowhere in a text: they fire there just the same.

    Most phrases are in few texts; to compile and try them all would take half of a start-up.
    """
    folded = fold_case(matching_form(text))

    def kept(entries: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
        return tuple(entry for entry in entries if _needle(entry) in folded)

    narrowed = (replace(rule, any=kept(rule.any), unless=kept(rule.unless)) for rule in rules)
    return tuple(rule for rule in narrowed if rule.any and rule.weight)


def _first_match(entries: Iterable[str], sentence: Sentence) -> tuple[int, int] | None:
    """The leftmost, then longest, of the entries' first matches; a match of no length is none."""
    best: tuple[int, int] | None = None
    for entry in entries:
        if _needle(entry) in sentence.folded:
            for match in _pattern(entry).finditer(sentence.form):
                start, end = match.span()
                if start < end:
                    if best is None or (start, -end) < (best[0], -best[1]):
                        best = start, end
                    break
    return best


def _text_span(whole: Span, start: int, end: int) -> Span:
    """The span of the text that a span of a sentence's matching form stands for."""
    offsets = [unit.start() for unit in re.finditer(r"\s+|\S", whole.text)]
    offsets.append(len(whole.text))
    first, last = offsets[start], offsets[end]
    return Span(whole.start + first, whole.start + last, whole.text[first:last])


def find_firings(block: Block, rule: Rule) -> Iterator[Firing]:
    """Where a rule matches in a paragraph, sentence by sentence, silenced or not."""
    for number, sentence in enumerate(block.sentences, 1):
        if found := _first_match(rule.any, sentence):
            span = _text_span(sentence.span, *found)
            cue = Cue(rule.id, rule.tag, rule.weight, number, span.start, span.end, span.text)
            yield Firing(cue, _silencer(rule, block, sentence, number))


def _silencer(rule: Rule, block: Block, sentence: Sentence, number: int) -> str:
    place = {"opening": 1, "closing": len(block.sentences)}.get(rule.where, number)
    if number != place:
        return f"where: {rule.where}"
    if found := _first_match(rule.unless, sentence):
        return f'unless: "{_text_span(sentence.span, *found).text}"'
    return ""


def find_cues(block: Block, rules: Iterable[Rule]) -> tuple[Cue, ...]:
    """The cues of a paragraph, ordered by start, end and rule id."""
    firings = (firing for rule in rules for firing in find_firings(block, rule))
    cues = [firing.cue for firing in firings if not firing.silenced]
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end, cue.rule)))


def find_skip(block: Block, skips: Iterable[SkipRule]) -> str | None:
    """The id of the skip rule that takes a paragraph out: the smallest, where several do."""
    form = matching_form(block.span.text)
    return min((skip.id for skip in skips if skip_matches(skip, form)), default=None)


def skip_matches(skip: SkipRule, form: str) -> bool:
    return any(_pattern(entry).fullmatch(form) for entry in skip.any)


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


def _margin(scores: dict[Tag, int], tag: Tag) -> int:
    return scores[tag] - max(score for other, score in scores.items() if other != tag)


def _key_sentence(block: Block, cues: Iterable[Cue], tag: Tag) -> Span:
    """The sentence that gave most to the tag, the first such one."""
    given = [0] * len(block.sentences)
    for cue in cues:
        given[cue.sentence - 1] += cue.weight * (cue.tag == tag)
    return block.sentences[given.index(max(given))].span


# --------------------------------------------------------------------------------------- outline


def build_outline(text: str, rules: RuleSet, source: str = "") -> Outline:
    """The reading of a text by a rule set. Pure: ``source`` only names the text.

    ``text`` is taken as decoded and newline-normalised; every offset is one of it.
    """
    paragraphs: list[Paragraph] = []
    skipped: list[Skipped] = []
    narrowed = replace(rules, rules=narrow(rules.rules, text))
    for block in find_blocks(text):
        if skip := find_skip(block, rules.skips):
            start, end, content = block.span.start, block.span.end, block.span.text
            skipped.append(Skipped(skip, start, end, block.line, content))
        else:
            paragraphs.append(tag_paragraph(block, narrowed, len(paragraphs) + 1))
    tags = [paragraph.tag for paragraph in paragraphs]
    hung = zip(paragraphs, hang(tags), strict=True)
    return Outline(
        TextSource(source, digest(text), len(text)),
        RulesSource(rules.source, rules.sha256, len(rules.rules)),
        {**{tag.value: tags.count(tag) for tag in Tag}, "skipped": len(skipped)},
        tuple(replace(paragraph, under=parent) for paragraph, parent in hung),
        tuple(skipped),
    )


def tag_paragraph(block: Block, rules: RuleSet, number: int = 1) -> Paragraph:
    """A paragraph read by a rule set; where it hangs is for the outline to say."""
    cues = find_cues(block, rules.rules)
    scores = add_scores(cues)
    tag = choose_tag(scores, rules.precedence, rules.otherwise)
    return Paragraph(
        number=number,
        tag=tag,
        under=None,
        start=block.span.start,
        end=block.span.end,
        line=block.line,
        text=block.span.text,
        key_sentence=_key_sentence(block, cues, tag),
        scores=scores,
        margin=_margin(scores, tag),
        cues=cues,
    )


def hang(tags: Sequence[Tag]) -> list[int | None]:
    """The number that each paragraph hangs under: evidence under the nearest claim or
    recommendation before it, or the first one after where none is before; the others nowhere.
    """
    top = [number for number, tag in enumerate(tags, 1) if tag is not Tag.EVIDENCE]
    parents: list[int | None] = []
    parent = top[0] if top else None
    for number, tag in enumerate(tags, 1):
        parent = number if tag is not Tag.EVIDENCE else parent
        parents.append(parent if tag is Tag.EVIDENCE else None)
    return parents


# ------------------------------------------------------------------------------------- rendering

Piece = tuple[str, str]  # a text and its style
FORMAT_VERSION = "1.0"
PROGRAM = "lankov-claims"
# Cyan, yellow and plain are told apart with every common colour blindness; the words need none.
_STYLES = {Tag.CLAIM: "cyan", Tag.EVIDENCE: "dim", Tag.RECOMMENDATION: "bold yellow"}
_MAX_WIDTH = 120
_GUIDES = str.maketrans("├└─│", "    ")
# What a terminal would obey (control characters) or be misled by (bidirectional overrides).
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


class Line(NamedTuple):
    """A line for people: the body wraps behind the lead, and ``rest`` leads what is wrapped."""

    lead: tuple[Piece, ...] = ()
    body: tuple[Piece, ...] = ()
    rest: str = ""

    def __str__(self) -> str:
        return "".join(text for text, _ in (*self.lead, *self.body)).rstrip()


def to_text(lines: Iterable[Line]) -> str:
    """Lines as they are written to a pipe or a file: whole, without style."""
    return "".join(f"{line}\n" for line in lines)


def clean(text: str) -> str:
    """A text on one line, with nothing in it that a terminal would obey."""
    return _UNSAFE.sub("\ufffd", " ".join(text.split()))


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("s" if count != 1 and noun != Tag.EVIDENCE else "")


def outline_header(outline: Outline) -> Iterator[Line]:
    size = (
        f"{outline.text.characters:,} characters · {plural(len(outline.paragraphs), 'paragraph')}"
    )
    rest = f" · {size} · {outline.summary['skipped']} skipped"
    yield Line(body=((clean(outline.text.source), "bold"), (rest, "")))
    counts = [(plural(outline.summary[tag], tag), _STYLES[tag]) for tag in Tag]
    yield Line(body=tuple(piece for count in counts for piece in ((" · ", ""), count))[1:])


def outline_tree(outline: Outline) -> Iterator[Line]:
    """The outline for a terminal: evidence hangs from the paragraph that it is under."""
    yield from outline_header(outline)
    width = len(str(len(outline.paragraphs)))
    for top in outline.paragraphs:
        if top.under is None:
            children = [child for child in outline.paragraphs if child.under == top.number]
            yield Line()
            yield _tree_line(top, width, "", "│" if children else "")
            for child in children:
                last = child is children[-1]
                yield _tree_line(child, width, "└─ " if last else "├─ ", "" if last else "│")


def _tree_line(paragraph: Paragraph, width: int, branch: str, trunk: str) -> Line:
    indent = " " * width
    guide = indent + branch if branch else ""
    number = f"{paragraph.number:>{width + 1}}  "
    tag = f"{paragraph.tag:<{width + 18 - len(guide + number)}}"
    lead = ((guide, "dim"), (number, "dim"), (tag, _STYLES[paragraph.tag]))
    return Line(lead, ((clean(paragraph.key_sentence.text), ""),), indent + trunk)


def outline_plain(outline: Outline) -> Iterator[Line]:
    """The outline for a pipe: a whole paragraph a line, which says what it hangs under."""
    yield from outline_header(outline)
    width = len(str(len(outline.paragraphs)))
    for paragraph in outline.paragraphs:
        under = f"under {paragraph.under}" if paragraph.under else ""
        lead = f"{paragraph.number:>{width}}  {paragraph.tag:<14}  {under:<{width + 6}}  "
        yield Line(((lead, ""),), ((clean(paragraph.key_sentence.text), ""),))


def outline_markdown(outline: Outline) -> str:
    """The outline as a nested Markdown list in which nothing of the text is read as markup."""
    lines = [f"# {_escaped(outline.text.source)}", ""]
    lines += [_escaped(str(line)) for line in outline_header(outline)][1:]
    lines.append("")
    for top in outline.paragraphs:
        if top.under is None:
            children = [child for child in outline.paragraphs if child.under == top.number]
            for paragraph in (top, *children):
                sentence = _escaped(paragraph.key_sentence.text)
                indent = "  " if paragraph.under else ""
                lines.append(f"{indent}- ¶{paragraph.number} **{paragraph.tag}:** {sentence}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", clean(text))


def outline_to_dict(outline: Outline) -> dict[str, Any]:
    """The outline as the JSON object that ``data/outline.schema.json`` describes."""
    tool = {"name": PROGRAM, "version": __version__}
    head = {"format_version": FORMAT_VERSION, "kind": "outline", "tool": tool}
    return head | asdict(outline)


def to_json(value: dict[str, Any]) -> str:
    """A value as indented JSON that a terminal can show too: no raw control characters."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return re.sub(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", _unicode_escape, text)


def _unicode_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


class Format(str, Enum):
    """The forms in which an outline can be written."""

    TREE = "tree"
    MARKDOWN = "markdown"
    JSON = "json"


def write_outline(outline: Outline, format_: Format) -> str:
    """The outline as text in a format; the tree as a pipe gets it."""
    if format_ is Format.JSON:
        return to_json(outline_to_dict(outline))
    return (
        outline_markdown(outline) if format_ is Format.MARKDOWN else to_text(outline_plain(outline))
    )


# -------------------------------------------------------------------------------------- commands

_TEXT_HELP = "The text, instead of the shipped op-ed; - is standard input."
_EXAMPLES = """\b
Examples:
  lankov-claims outline                        the shipped op-ed
  lankov-claims outline my-op-ed.txt           another text; - reads standard input
  lankov-claims outline --rules my-rules.yaml  by other rules
  lankov-claims outline -o outline.json        export the outline"""
_SUFFIXES = {".txt": Format.TREE, ".md": Format.MARKDOWN, ".json": Format.JSON}


def _choose_format(format_: Format | None, output: str | None) -> Format:
    if format_ or not output:
        return format_ or Format.TREE
    suffix = Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        known = _listed(_SUFFIXES, "or")
        raise Failure(
            f'{output}: no format belongs to "{suffix}" (end it in {known}, or use --format)'
        )
    return _SUFFIXES[suffix]


def _read_text(path: str | None) -> tuple[str, str]:
    """A text and the name to call it by; the shipped op-ed where there is no path."""
    data = read_bytes(path, MAX_TEXT) if path else shipped_file(SHIPPED_TEXT).read_bytes()
    source = path or SHIPPED_TEXT
    return decode(data, source), source


def _one_stdin(*paths: str | None) -> None:
    if paths.count("-") > 1:
        raise Failure("-: standard input can be read once (give a file for the others)")


def _draw(lines: Iterable[Line]) -> None:
    """Print lines on the terminal, wrapped with a hanging indent."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    boxes = console.encoding.startswith("utf") and not console.is_dumb_terminal
    guides = {} if boxes else _GUIDES
    for line in lines:
        lead = Text.assemble(*((text.translate(guides), style) for text, style in line.lead))
        rest = Text(line.rest.translate(guides).ljust(lead.cell_len), "dim")
        room = max(min(console.width, _MAX_WIDTH) - lead.cell_len, 20)
        for row in Text.assemble(*line.body).wrap(console, room):
            row.rstrip()
            console.print(lead + row, soft_wrap=True)
            lead = rest


def _show(lines: Iterable[Line]) -> None:
    """Print lines: drawn on a terminal, else one whole line each."""
    if sys.stdout.isatty():
        _draw(lines)
    else:
        _emit(to_text(lines))


def _emit(text: str) -> None:
    """Write to standard output as UTF-8; what reads it may have gone, which is its affair."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(path: str, text: str, inputs: Iterable[str | None]) -> None:
    """Write a file whole or not at all (onto what is no regular file, directly)."""
    for other in inputs:
        if (
            other
            and os.path.exists(other)
            and os.path.exists(path)
            and os.path.samefile(other, path)
        ):
            raise Failure(f"{path}: this is an input too (choose another file to write)")
    target = os.path.realpath(path)
    regular = os.path.isfile(target) or not os.path.exists(target)
    draft = f"{target}.{os.getpid()}.tmp" if regular else target
    try:
        with open(draft, "wb") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
        if regular:
            if os.path.exists(target):
                shutil.copymode(target, draft)
            os.replace(draft, target)
    except OSError as error:
        raise Failure(f"{path}: cannot write it: {_reason(error)} (check the folder)") from None
    finally:
        if regular:
            Path(draft).unlink(missing_ok=True)


def _outline(text: str | None, rules: str | None, form: Format | None, output: str | None) -> int:
    _one_stdin(text, rules)
    chosen = _choose_format(form, output)
    content, source = _read_text(text)
    outline = build_outline(content, load_rules(rules), source)
    if output:
        _write_file(output, write_outline(outline, chosen), (text, rules))
    elif chosen is Format.TREE and sys.stdout.isatty():
        _draw(outline_tree(outline))
    else:
        _emit(write_outline(outline, chosen))
    return 0


def _app() -> Any:
    """The command line. It is built when it is run, so that importing this module stays cheap."""
    import typer

    Text = Annotated[str | None, typer.Argument(metavar="[TEXT]", help=_TEXT_HELP)]
    Rules = Annotated[str | None, typer.Option(metavar="FILE", help="Another rule file.")]
    Form = Annotated[Format | None, typer.Option("--format", help="The form [default: tree].")]
    output_help = "Write to FILE; its suffix picks the format."
    Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=output_help)]

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"{PROGRAM} {__version__}")
            raise typer.Exit

    version_option = typer.Option("--version", callback=show_version, help="Show the version.")
    app = typer.Typer(epilog=_EXAMPLES, rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.callback(invoke_without_command=True)
    def start(context: typer.Context, version: Annotated[bool, version_option] = False) -> None:
        """Show the argument of an op-ed at a glance, by rules that anyone can read and edit."""
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    @app.command()
    def outline(
        text: Text = None, rules: Rules = None, form: Form = None, output: Output = None
    ) -> int:
        """Print the outline of an op-ed: its claims, evidence and recommendations."""
        return _outline(text, rules, form, output)

    return app


def main() -> int:
    """Run the command line and return its exit code. No traceback gets past this point."""
    gc.set_threshold(100_000)  # collecting costs a tenth of a start-up and finds nothing then
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("LANKOV_CLAIMS_DEBUG"):
            raise
        what = f"{type(error).__name__}: {clean(str(error))}"
        hint = "LANKOV_CLAIMS_DEBUG=1 shows where; please report it"
        print(f"{PROGRAM}: internal fault: {what} ({hint})", file=sys.stderr)
        return 70


def _run() -> int:
    import typer

    usage_error: type[Any] = typer.BadParameter.__bases__[0]
    try:
        return _app()(prog_name=PROGRAM, standalone_mode=False) or 0
    except typer.Abort:
        return 130
    except usage_error as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        raise Failure(f"{PROGRAM}: {error.format_message()} (see {path} --help)") from None


if __name__ == "__main__":
    sys.exit(main())
