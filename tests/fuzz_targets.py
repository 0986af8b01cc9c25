"""What must hold for whatever bytes are read: as a rule file, as a text, as an exported outline.

Each check takes bytes and fails where a promise is broken; ``fuzz/run.py`` looks for such bytes.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import yaml
from conftest import BLOCK, edited, rule, rule_set, skip_rule
from test_yaml_shapes import ENTRIES, FAULTS, FILES, WHYS, whole

import lankov_claims as lc

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "fuzz" / "corpus"
# A rule file with a rule of each kind: with the shipped one a trial takes ten times as long.
RULES = lc.parse_rules(
    rule_set(
        rule("must", ["(must|should) <act>", "/\\bneeds? to\\b/"], tag="recommendation", weight=3),
        rule("vital", ["it is vital"], unless=["<say>", "^ but"], weight=2),
        rule("because", ["because", "per cent"], tag="evidence", where="opening"),
        rule("last", ["at last $", "/[A-Z]\\w+ \\d+/"], tag="evidence", where="closing"),
        rule("quoted", ['/"[^"]+"/'], tag="evidence", weight=100),
        skip=[skip_rule("ad", ["/(AD\\s*)+/"]), skip_rule("more", ["Read more …", "… inbox"])],
        lists={"act": ["act", "be"], "say": ["say", "critics <act>"]},
        keys=[json.loads(rule("turn", ["^ but"], tag=None, weight=-10))],
        ending="recommendation",
    ),
    "r.yaml",
)
NARROW = lc.Page(width=30)
# What a terminal would obey or be misled by; a line break is the only control character printed.
UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def check_shown(shown: str) -> None:
    """That nothing printed is anything but letters, marks, spaces and line breaks."""
    odd = UNSAFE.search(shown)
    assert not odd, f"U+{ord(odd[0]):04X} is printed"


def check_told(told: str, source: str) -> None:
    """That what is told of a file is one clean line that names it."""
    assert told.startswith(f"{source}:"), "a message does not name its file"
    assert "\n" not in told, "a message is not one line"
    check_shown(told)


# ------------------------------------------------------------------------------------- rule files


def check_rules(data: bytes) -> None:
    """A rule file is a rule set that is what YAML says, or faults at places within it."""
    try:
        text = lc.decode(data, "r.yaml")
        rules = lc.parse_rules(text, "r.yaml")
    except lc.RuleFileError as error:
        check_faults(error.faults, text)
        return
    except lc.Failure as failure:
        check_told(str(failure), "r.yaml")
        return
    assert rules == lc.parse_rules(text, "r.yaml", trusted=True), "trust makes another rule set"
    check_against_yaml(rules, text)
    slips = [*lc.check_examples(rules), *lc.check_style(rules)]
    check_faults([slip._replace(message=lc.clean(slip.message)) for slip in slips], text)


def check_faults(faults: Iterable[lc.Fault], text: str) -> None:
    """That each fault stands at a place that there is, in words that fit on a line."""
    lines = text.split("\n")
    for fault in faults:
        assert 1 <= fault.line <= len(lines), f"line {fault.line} of {len(lines)}"
        width = len(lines[fault.line - 1])
        assert 1 <= fault.column <= width + 1, f"column {fault.column} of {width}"
        assert fault.message, "a fault says nothing"
        check_told(str(fault), "r.yaml")


def check_against_yaml(rules: lc.RuleSet, text: str) -> None:
    """That a rule set has what YAML has, every scalar taken as a text."""
    data = yaml.load(text, yaml.CBaseLoader)
    sections: list[tuple[str, tuple[lc.Rule | lc.SkipRule, ...]]] = [
        ("rules", rules.rules),
        ("keys", rules.keys),
        ("skip", rules.skips),
    ]
    for name, section in sections:
        for one, fields in zip(section, data.get(name) or (), strict=True):
            same = [one.id, one.why, [*one.any]] == [fields[key] for key in ("id", "why", "any")]
            assert same, f"a rule of {name} is not what YAML has"
            told = [[*one.match], [*one.miss]]
            assert told == [fields["examples"]["match"], fields["examples"]["miss"]]
    for name, entries in rules.lists:
        assert [*entries] == data["lists"][name], "a list is not what YAML has"


# ------------------------------------------------------------------------------------------ texts


def check_text(data: bytes) -> None:
    """A text is paragraphs from which nothing is lost, however they are shown or read again."""
    try:
        text = lc.decode(data, "t.txt")
    except lc.Failure as failure:
        check_told(str(failure), "t.txt")
        return
    outline = lc.build_outline(text, RULES, "t.txt")
    check_spans(outline, text)
    lazy = lc.lazy_outline(text, RULES, "t.txt")
    for view, shown in show_all(outline):
        if view.form in ("tree", "json"):
            same = lc.show_outline(lazy, view) == shown
            assert same, "what is read when it is asked for is shown in another way"
    check_shown(lc.set_lines(lc.explain_lines(outline, verbose=True)))
    check_shown(lc.set_lines(lc.explain_lines(outline)))
    check_shown(lc.explanation_to_json(outline))
    exported = lc.parse_outline(lc.to_json(outline), "o.json")
    assert exported, "an exported outline is taken for none"
    assert exported.digest == outline.digest
    assert list(known(exported)) == list(known(outline)), "an outline changes when it is exported"


def check_spans(outline: lc.Outline, text: str) -> None:
    """That all spans are exact, and that nothing but white space is outside of them."""
    end = 0
    for one in outline.blocks:
        assert not text[end : one.start].strip(), "words are in no paragraph"
        assert one.start < one.end, "a paragraph is empty"
        assert text[one.start : one.end] == one.text, "a paragraph's span is not its text"
        assert one.line == text.count("\n", 0, one.start) + 1, "a paragraph has a wrong line"
        check_inside(one)
        end = one.end
    assert not text[end:].strip(), "words are in no paragraph"


def check_inside(one: lc.Paragraph) -> None:
    """That the spans inside a paragraph are exact."""
    end = one.start
    for sentence in one.block.sentences:
        gap = one.text[end - one.start : sentence.start - one.start]
        assert not gap.strip(), "words are in no sentence"
        span = one.text[sentence.start - one.start : sentence.end - one.start]
        assert span == sentence.text, "a sentence's span is not its text"
        end = sentence.end
    assert not one.text[end - one.start :].strip(), "words are in no sentence"
    assert one.key_sentence in one.block.sentences, "a key sentence is none of its paragraph"
    for cue in one.matches:
        sentence = one.block.sentences[cue.sentence - 1]
        assert sentence.start <= cue.start < cue.end <= sentence.end, "a cue is in no sentence"
        span = one.text[cue.start - one.start : cue.end - one.start]
        assert span == cue.text, "a cue's span is not its text"


def show_all(outline: lc.Outline) -> Iterator[tuple[lc.View, str]]:
    """An outline in every view, each of which is clean."""
    for line in lc.outline_tree(outline.paragraphs, outline.last_number, room=30):
        check_shown(str(line))
    wrapped = lc.outline_tree(outline.paragraphs[:1], outline.last_number)
    check_shown(lc.set_lines(wrapped, NARROW))  # of all of them it would take most of the time
    views = [lc.View()]
    views += [lc.View(form, is_verbose=True) for form in get_args(lc.Format)]
    for view in views:
        shown = lc.show_outline(outline, view)
        check_shown(shown)
        if view.form in ("jsonl", "labels"):
            for row in shown.removesuffix("\n").split("\n"):
                json.loads(row or "null")
        yield view, shown


def known(outline: lc.Outline) -> Iterator[tuple[Any, ...]]:
    """What of each paragraph is exported."""
    for one in outline.blocks:
        yield (
            one.block,
            {*one.skips},
            one.verdict,
            one.scores,
            one.key_sentence,
            one.number,
            one.under,
            one.cues,
            one.key_cues,
        )


# --------------------------------------------------------------------------------------- outlines


def check_outline(data: bytes) -> None:
    """An exported outline is read in full, refused in one line, or no outline at all."""
    try:
        text = lc.decode(data, "o.json")
        outline = lc.parse_outline(text, "o.json")
    except lc.Failure as failure:
        check_told(str(failure), "o.json")
        return
    if not outline:
        return
    end = 0
    for one in outline.blocks:
        assert end <= one.start < one.end == one.start + len(one.text), "a span is not its text"
        check_inside(one)
        end = one.end
    for _ in show_all(outline):
        pass
    diff = lc.diff_outlines(outline, outline)
    assert not diff.changes, "an outline differs from itself"
    check_shown(lc.set_lines(lc.diff_lines(diff, verbose=True)))
    for form in get_args(lc.DiffReport):
        shown = lc.show_diff(diff, form, verbose=True)
        check_shown(shown if isinstance(shown, str) else lc.set_lines(shown))
    # Without key cues it is one of an earlier version, which is read but not written any more.
    if all("key_cues" in row for row in json.loads(text)["paragraphs"]):
        again = lc.parse_outline(lc.to_json(outline), "o.json")
        assert again, "an exported outline is taken for none"
        same = list(known(again)) == list(known(outline))
        assert same, "an outline changes when it is exported"


# ------------------------------------------------------------------------------------------ seeds


def rule_seeds() -> Iterator[bytes]:
    """The shipped rule file, and every shape that YAML has."""
    yield lc.shipped_file(lc.SHIPPED_RULES).read_bytes()
    yield BLOCK.encode()
    for _, written, _ in WHYS:
        yield edited((" It is so.", written)).encode()
    for _, entries, *_ in ENTRIES:
        yield edited((" [tea, mug]", entries)).encode()
    for text in FILES.values():
        yield text.encode()
    for row in FAULTS:
        yield whole(row).encode()


def text_seeds() -> Iterator[bytes]:
    """The shipped op-ed, and a part of each text that the tests read."""
    yield lc.shipped_file(lc.SHIPPED_TEXT).read_bytes()
    for path in sorted((HERE / "corpus").glob("*.txt")):
        yield path.read_bytes()[:400]


def outline_seeds() -> Iterator[bytes]:
    """The outline of the op-ed, and those of its paragraphs, which are small."""
    yield (HERE / "golden" / "outline.json").read_bytes()
    op_ed, _ = lc.read_text(None)
    paragraphs = op_ed.split("\n\n")
    for first in range(len(paragraphs) - 1):
        piece = "\n\n".join(paragraphs[first : first + 2])
        yield lc.to_json_line(lc.build_outline(piece, RULES, "t.txt")).encode()


class Target(NamedTuple):
    """A check, what to begin with, what such bytes are often made of, and how many to try."""

    check: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    tokens: tuple[str, ...]
    longest: int


_RULES = (
    "\n    - |\n: |? |- |  - id: |<<: |--- |...|%YAML 1.1\n|&a |*a|!!str |>-\n|[|]|{|}|, |'|\"|#"
    "| #|\t|version: 1\n|rules:\n|skip:\n|lists:\n|keys:\n|any: |unless: |why: |weight: "
    "|<a>|(a/b)|^ | $|/a+/|… |no|010|~|2020-01-01|\ufeff|\x85|\u2028|\\b|\\x9b|\\u202e"
)
_TEXT = (
    '\n\n|\r\n|\r|. |! |? |… |“|”|’|"|(|)|- |* |• |1. |a) |# |> |[^1]: |===\n|---\n|U.S. |Dr. '
    "|must |should |it is vital |critics say |because |per cent |however, |Read more: |AD |<b>"
)
_ODD = (
    "\x1b[31m|\x9b|\u202e|\u2066|\u200f|\u061c|\ufeff|\x85|\u2028|\x0c|\0|\xa0|e\u0301|\u0345"
    "|ſ|ﬅ|İ|🍵|\ufffe"
)
_JSON = 'null|true|-1|0|1e9|1.5|""|[]|{}|"\\ud800"|"claim"|"evidence"|"key_cues": []|"rules": ["a"]'
TARGETS = {
    "rules": Target(check_rules, rule_seeds, (*_RULES.split("|"), "|"), 4_000),
    "text": Target(check_text, text_seeds, (*_TEXT.split("|"), *_ODD.split("|")), 600),
    "outline": Target(check_outline, outline_seeds, (*_JSON.split("|"), *_ODD.split("|")), 8_000),
}
