"""How tagged paragraphs form an outline, and the outline as JSON, Markdown and plain lines."""

import hashlib
import json
import re
import unicodedata

import pytest
from conftest import rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

C, E, R = lc.Tag
RULES = rule_set(
    rule("because", ["because", "/\\d+ cups/"], tag="evidence", weight=2),
    rule("better", ["is better"], weight=3),
    rule("let-us", ["let us"], tag="recommendation", weight=4, where="closing"),
    rule("banners", ["banner"]),
    skip=[skip_rule("frame", ["banner"]), skip_rule("banner", ["/banner( banner)*/"])],
)
TEXT = "Banner\n\nTea is better.\nWhy? Because “it\nwarms”.\n\nI had 3 cups.\n\nWait. Let us sip.\n"


BOTH = ("frame", "banner")


def outline(text: str, rules: str = RULES) -> lc.Outline:
    return lc.build_outline(text, lc.parse_rules(rules, "tea.yaml"), "tea.txt")


def as_json(text: str) -> str:
    return lc.write_outline(outline(text), "json")


def as_markdown(text: str) -> str:
    return lc.write_outline(outline(text), "markdown")


def as_lines(text: str) -> list[str]:
    return lc.write_outline(outline(text), "tree").splitlines()


# ------------------------------------------------------------------------------------- structure


@pytest.mark.parametrize(
    ("tags", "parents"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([C, R, C], [None] * 3, id="claims and recommendations are the top level"),
        pytest.param([C, E, E], [None, 1, 1], id="evidence is under the claim before it"),
        pytest.param([C, R, E], [None, None, 2], id="or under the recommendation before it"),
        pytest.param([R, C, E, R, E], [None, None, 2, None, 4], id="the nearest one"),
        pytest.param([E, E, C], [3, 3, None], id="under the first one after, with none before"),
        pytest.param([E, R, E, C], [2, None, 2, None], id="on both sides"),
        pytest.param([E, E], [None, None], id="nowhere, with none at all"),
    ],
)
def test_evidence_hangs_under_its_nearest_neighbour(
    tags: list[lc.Tag], parents: list[int | None]
) -> None:
    by = lc.parse_rules(rule_set(*(rule(tag, [tag], tag=tag) for tag in lc.Tag)))
    reading = lc.build_outline("\n\n".join(tags), by)
    assert [one.tag for one in reading.paragraphs] == tags
    assert [one.under for one in reading.paragraphs] == parents


def test_skipped_paragraphs_part_nothing_and_hang_nowhere() -> None:
    reading = outline("Tea is better.\n\nBanner\n\nI had 3 cups.\n\nBanner")
    assert [(one.number, one.under) for one in reading.blocks] == [
        (1, None), (None, None), (2, 1), (None, None),
    ]  # fmt: skip


def test_numbers_count_the_tagged_paragraphs_only() -> None:
    reading = outline("Banner\n\nTea is better.\n\nBanner\n\nBanner\n\nI had 3 cups.\n\nBanner")
    assert [(one.number, one.line, one.under) for one in reading.paragraphs] == [
        (1, 3, None), (2, 9, 1),
    ]  # fmt: skip
    assert [(one.skips, one.line) for one in reading.skipped] == [
        (BOTH, 1), (BOTH, 5), (BOTH, 7), (BOTH, 11),
    ]  # fmt: skip
    assert reading.summary == {"claim": 1, "evidence": 1, "recommendation": 0, "skipped": 4}


def test_an_empty_text_has_an_empty_outline() -> None:
    reading = outline(" \n")
    assert (reading.text, reading.blocks, reading.paragraphs, reading.skipped) == (
        " \n",
        (),
        (),
        (),
    )
    assert json.loads(as_json(" \n"))["paragraphs"] == []


def starts(one: lc.Paragraph) -> int:
    return one.start


@given(st.lists(st.sampled_from(["Banner\n\n", "Tea. ", "\n \n"]) | st.text()).map("".join))
def test_nothing_of_the_text_is_lost(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    reading = outline(text)
    assert sorted((*reading.paragraphs, *reading.skipped), key=starts) == list(reading.blocks)
    outside, offset = "", 0
    for block in reading.blocks:
        assert offset <= block.start
        assert text[block.start : block.end] == block.text
        outside, offset = outside + text[offset : block.start], block.end
    assert not (outside + text[offset:]).strip()


# ------------------------------------------------------------------------------------------ JSON


EXPECTED = """
{"format_version": "1.1", "kind": "outline",
 "tool": {"name": "lankov-claims", "version": "VERSION"},
 "text": {"source": "tea.txt", "sha256": "TEXT_SHA256", "characters": 82},
 "rules": {"source": "tea.yaml", "sha256": "RULES_SHA256", "count": 4,
           "precedence": ["recommendation", "claim", "evidence"], "otherwise": "claim",
           "ending": null},
 "summary": {"claim": 1, "evidence": 1, "recommendation": 1, "skipped": 1},
 "paragraphs": [
  {"number": 1, "tag": "claim", "under": null, "start": 8, "end": 47, "line": 3,
   "text": "Tea is better.\\nWhy? Because “it\\nwarms”.",
   "key_sentence": {"start": 8, "end": 22, "text": "Tea is better."},
   "scores": {"claim": 3, "evidence": 2, "recommendation": 0}, "margin": 1,
   "cues": [{"rule": "better", "tag": "claim", "weight": 3, "sentence": 1,
             "start": 12, "end": 21, "text": "is better"},
            {"rule": "because", "tag": "evidence", "weight": 2, "sentence": 3,
             "start": 28, "end": 35, "text": "Because"}]},
  {"number": 2, "tag": "evidence", "under": 1, "start": 49, "end": 62, "line": 7,
   "text": "I had 3 cups.",
   "key_sentence": {"start": 49, "end": 62, "text": "I had 3 cups."},
   "scores": {"claim": 0, "evidence": 2, "recommendation": 0}, "margin": 2,
   "cues": [{"rule": "because", "tag": "evidence", "weight": 2, "sentence": 1,
             "start": 55, "end": 61, "text": "3 cups"}]},
  {"number": 3, "tag": "recommendation", "under": null, "start": 64, "end": 81, "line": 9,
   "text": "Wait. Let us sip.",
   "key_sentence": {"start": 70, "end": 81, "text": "Let us sip."},
   "scores": {"claim": 0, "evidence": 0, "recommendation": 4}, "margin": 4,
   "cues": [{"rule": "let-us", "tag": "recommendation", "weight": 4, "sentence": 2,
             "start": 70, "end": 76, "text": "Let us"}]}],
 "skipped": [{"rule": "banner", "rules": ["frame", "banner"], "start": 0, "end": 6, "line": 1,
              "text": "Banner",
              "cues": [{"rule": "banners", "tag": "claim", "weight": 1, "sentence": 1,
                        "start": 0, "end": 6, "text": "Banner"}]}]}

"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_json_is_this_object_in_this_order() -> None:
    expected = EXPECTED.replace("VERSION", lc.__version__)
    expected = expected.replace("TEXT_SHA256", sha256(TEXT)).replace("RULES_SHA256", sha256(RULES))
    assert json.loads(as_json(TEXT)) == json.loads(expected)
    assert json.dumps(json.loads(as_json(TEXT))) == json.dumps(json.loads(expected))


def test_characters_and_digests_are_of_the_decoded_text() -> None:
    text = lc.decode("\ufeffCafé 🫖\r\nis better.\r\n".encode(), "")
    found = json.loads(as_json(text))["text"]
    assert found["characters"] == len("Café 🫖\nis better.\n")
    assert found["sha256"] == sha256("Café 🫖\nis better.\n")


def test_a_rule_file_has_the_same_digest_with_any_newlines() -> None:
    unix = lc.parse_rules(lc.decode(RULES.encode(), ""))
    windows = lc.parse_rules(lc.decode(RULES.replace("\n", "\r\n").encode(), ""))
    assert unix.digest == windows.digest == sha256(RULES)


def test_json_shows_no_control_character_raw_and_loses_none() -> None:
    controls = "".join(c for c in map(chr, range(0xA0)) if unicodedata.category(c) == "Cc")
    text = "Tea {} is better.".format(controls.replace("\n", "").replace("\r", "") + "\u202e\u2066")
    written = as_json(text)
    assert json.loads(written)["paragraphs"][0]["text"] == text
    assert {c for c in written if unicodedata.category(c) == "Cc"} == {"\n"}
    assert not set("\u202e\u2066") & set(written)


@given(st.text())
def test_json_gives_every_text_back(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    written = as_json(text)
    found = json.loads(written)
    assert written.endswith("}\n")
    for block in (*found["paragraphs"], *found["skipped"]):
        assert block["text"] == text[block["start"] : block["end"]]


# --------------------------------------------------------------------------------- for people


def test_markdown_nests_evidence_under_what_it_hangs_under() -> None:
    items = [line for line in as_markdown(TEXT).splitlines() if "¶" in line]
    assert [(len(line) - len(line.lstrip()), line.lstrip(" -*")[:2]) for line in items] == [
        (0, "¶1"), (2, "¶2"), (0, "¶3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "markup",
    ["[sic]", "*a*", "_a_", "<b>", "`a`", "[a](b)", "![a](b)", "a | b", "&amp;", "~~a~~", "\\*"],
)
def test_markdown_escapes_what_it_would_read_as_markup(markup: str) -> None:
    (item,) = [line for line in as_markdown(f"Tea {markup} is better.").splitlines() if "¶" in line]
    _, _, sentence = item.partition(":** ")
    assert re.sub(r"\\(\W|_)", r"\1", sentence) == f"Tea {markup} is better."
    assert not set(re.sub(r"\\(\W|_)", "", sentence)) & set("[]*_<>`|&~\\")


def test_plain_lines_hold_every_key_sentence_whole() -> None:
    words = "very " * 200
    text = f"Tea is\n  {words}good.\n\nI had 3 cups of \u00a0it.\n\nWait. Let us sip."
    lines = [line for line in as_lines(text) if re.match(r" *\d+  [a-z]+ +", line)]
    keys = [f"Tea is {words}good.", "I had 3 cups of it.", "Let us sip."]
    assert len(lines) == len(keys)
    for line, key, tag in zip(lines, keys, ("claim", "evidence", "recommendation"), strict=True):
        assert line.endswith(key)
        assert tag in line
    assert "under 1" in lines[1]


# ------------------------------------------------------------------------------------- the op-ed


def test_the_shipped_op_ed_is_the_owners_file_byte_for_byte() -> None:
    data = lc.shipped_file(lc.SHIPPED_TEXT).read_bytes()
    known = "b3d074b2bc0c196f5a2dc3e1f47ca106ad9803c42bef66a44d3c0a08d17a2852"
    assert hashlib.sha256(data).hexdigest() == known


def test_the_op_ed_has_ten_paragraphs_and_page_furniture(
    op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    reading = lc.build_outline(op_ed, shipped_rules)
    assert (len(reading.text), op_ed.count("\u00a0")) == (5345, 3)
    assert [one.number for one in reading.paragraphs] == list(range(1, 11))
    assert reading.summary["skipped"] == 6
    note, *others = [" ".join(block.text.split()) for block in reading.skipped]
    assert note.startswith("Andrei Lankov is a professor")
    assert others == ["AD AD", "AD AD", "AD AD", "Read more:", "AD AD"]
