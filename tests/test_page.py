"""The page: one file that shows a text with its cues in place, and lets nothing in or out."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from conftest import ROOT, Run, rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

Element = Any  # of xml.etree; html5lib does not say so
TEMPLATE = (ROOT / "data" / lc.PAGE_FILE).read_text(encoding="utf-8")
RULES = rule_set(
    rule("tea", ["tea", "mug of tea"], weight=3, why='Praises "tea" & <b>warmth</b>.'),
    rule("must", ["must"], tag="recommendation", weight=4),
    rule("figure", [r"/\d+/"], tag="evidence", weight=2),
    skip=[skip_rule("advert", ["AD"])],
)
HOSTILE = (
    "<script>alert(1)</script> tea & \"tea\" 'tea'.\n\n"
    "AD\n\n"
    "We must & shall </p></section></body> have ${tea} $head \x1b[31m \u202e 3 mugs.\n\n"
    "A [link](javascript:alert(1)) of **tea** \u2066 and &lt;tea&gt; &amp; 'x' onload=alert(1).\n"
)


def page(text: str, rules: str = RULES, source: str = "tea.txt") -> str:
    return lc.outline_html(lc.build_outline(text, lc.parse_rules(rules, "tea.yaml"), source))


def parsed(content: str) -> Element:
    """The page as a browser parses it; raises where it is no valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(content)


def with_class(tree: Element, name: str) -> list[Element]:
    return [one for one in tree.iter() if name in (one.get("class") or "").split()]


def words_of(element: Element) -> str:
    """What is read of an element, without the notes of its cues."""
    text = element.text or ""
    for child in element:
        if "tip" not in (child.get("class") or "").split():
            text += words_of(child)
        text += child.tail or ""
    return text


# -------------------------------------------------------------------------------------- safe


@pytest.mark.parametrize(("tag", "directive"), [("style", "style-src"), ("script", "script-src")])
def test_the_policy_admits_what_the_template_holds_and_nothing_else(
    tag: str, directive: str
) -> None:
    (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", TEMPLATE, re.DOTALL)
    admitted = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    assert f"{directive} 'sha256-{admitted}'" in TEMPLATE, f"write {admitted} for {directive}"
    assert "default-src 'none'" in TEMPLATE


def test_text_and_rules_are_data() -> None:
    content = page(HOSTILE, source='<img src=x onerror=alert(1)>"&.txt')
    tree = parsed(content)
    assert len(list(tree.iter("script"))) == len(list(tree.iter("style"))) == 1
    assert not list(tree.iter("img"))
    for one in tree.iter():
        assert not [name for name in one.attrib if name.startswith("on") or name == "style"]
        assert one.get("href", "#").startswith("#")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", content)
    (heading,) = tree.iter("h1")
    assert heading.text == '<img src=x onerror=alert(1)>"&.txt'


def test_every_word_of_the_text_is_there_as_it_was() -> None:
    text = HOSTILE.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd").replace("\u2066", "\ufffd")
    outline = lc.build_outline(text, lc.parse_rules(RULES))
    shown = [words_of(one) for one in with_class(parsed(page(HOSTILE)), "words")]
    assert shown == [lc.bare(one.text) for one in outline.paragraphs]
    (folded,) = parsed(page(HOSTILE)).findall(".//main/details")
    assert "AD" in words_of(folded)


@given(st.text(st.sampled_from("tea must 3.\n<>&\"'*_[]()#-AD\x00\u202e\uffff$é’"), max_size=60))
def test_any_text_makes_a_valid_page_that_holds_it(text: str) -> None:
    tree = parsed(page(text))
    shown = " ".join(words_of(one) for one in with_class(tree, "words"))
    outline = lc.build_outline(text, lc.parse_rules(RULES))
    told = " ".join(lc.bare(one.text) for one in outline.paragraphs)
    assert shown == re.sub("[\x00\u202e\uffff]", "\ufffd", told)
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    targets = {one.get("href")[1:] for one in tree.iter("a")}
    assert targets <= set(ids)


# --------------------------------------------------------------------------------- what it tells


def test_each_stretch_of_cues_says_rule_weight_and_why() -> None:
    tree = parsed(page("We must have a mug of tea."))
    told = {}
    for cue in with_class(tree, "cue"):
        if cue.get("href"):
            (note,) = [one for one in tree.iter() if one.get("id") == cue.get("aria-describedby")]
            told[words_of(cue)] = [" ".join("".join(row.itertext()).split()) for row in note]
    why = 'Praises "tea" & <b>warmth</b>.'
    assert told == {
        "must": ["must recommendation 4It is so."],
        "mug of tea": [f"tea claim 3{why}"],
    }


def test_what_only_markdown_stands_in_is_no_stretch() -> None:
    rules = rule_set(rule("whole", ["anti-war"]), rule("a", ["/anti-/"]), rule("b", ["war"]))
    tree = parsed(page("We are anti-**war** people.", rules))
    assert [words_of(one) for one in with_class(tree, "cited")] == ["anti-", "war"]
    assert not [one for one in tree.iter("mark") if not words_of(one)]


def test_cues_that_run_into_each_other_share_a_stretch() -> None:
    rules = rule_set(rule("a", ["black tea"]), rule("b", ["tea pot"], tag="evidence"))
    tree = parsed(page("A black tea pot.", rules))
    stretches = [(words_of(one), one.get("data-rules")) for one in with_class(tree, "cited")]
    assert [words for words, _ in stretches] == ["black ", "tea", " pot"]
    rules_there = [one.get("data-rules") for one in with_class(tree, "cue") if one.get("href")]
    assert rules_there == ["a", "a b", "b"]


def test_an_exported_outline_makes_the_page_that_its_rule_file_makes() -> None:
    keys = [json.loads(rule("but", ["but"], tag=None, weight=5))]
    rules = lc.parse_rules(rule_set(rule("tea", ["tea"]), keys=keys), "new.yaml")
    after = lc.build_outline("But I like green tea a lot.", rules, "tea.txt")
    again = lc.parse_outline(lc.to_json(after), "new.yaml")
    assert again is not None
    before = lc.build_outline("But I like green tea a lot.", lc.parse_rules(rule_set()), "tea.txt")
    for side in (after, again):
        tree = parsed(lc.diff_html(lc.diff_outlines(before, side)))
        cues = [one for one in with_class(tree, "cue") if one.get("href")]
        assert [words_of(one) for one in cues] == ["But", "tea"]
        assert [one.get("data-rules") for one in cues] == ["but", "tea"]
        (why,) = with_class(tree, "why")
        # Of an exported outline no weights are known, so nothing is said of what they would do.
        assert ("no single weight" in "".join(why.itertext())) == (side is after)


def test_the_strip_has_a_cell_a_paragraph_that_leads_to_it() -> None:
    tree = parsed(page("Tea. Tea.\n\nAD\n\nWe must.\n\nIt rained."))
    (strip,) = with_class(tree, "strip")
    cells = [(one.get("class"), one[0].get("href")) for one in strip]
    assert cells == [
        ("claim h7 m3", "#p1"),
        ("skipped h2 m0", "#s11"),
        ("recommendation h6 m2", "#p2"),
        ("claim h8 m0 close", "#p3"),
    ]


def test_the_outline_nests_as_the_text_argues_and_links_go_both_ways() -> None:
    tree = parsed(page("Tea is good.\n\nIt rained 3 days.\n\nWe must go."))
    (nav,) = with_class(tree, "outline")
    assert [one.get("href") for one in nav.iter("a")] == ["#p1", "#p2", "#p3"]
    nested = [one.get("href") for inner in nav.findall("./ol/li/ol") for one in inner.iter("a")]
    assert nested == ["#p2"]
    back = [one[0].get("href") for one in with_class(tree, "side")]
    assert back == ["#o1", "#o2", "#o3"]


def test_a_diff_shows_both_readings_and_what_changed_first() -> None:
    text = "Tea is good.\n\nIt rained 3 days, we must go.\n\nIt is 4."
    before = lc.build_outline(text, lc.parse_rules(RULES, "old.yaml"), "tea.txt")
    weaker = RULES.replace('"weight": 4', '"weight": 1')
    after = lc.build_outline(text, lc.parse_rules(weaker, "<new>.yaml"), "tea.txt")
    tree = parsed(lc.diff_html(lc.diff_outlines(before, after)))
    assert len(with_class(tree, "strip")) == 2
    assert [one[0].get("href") for one in with_class(tree, "changed")] == ["#p2", "#p3"] * 2
    change, moved = with_class(tree, "change")
    assert "moved: ¶3 evidence under ¶2 → ¶1" in "".join(moved.itertext())
    told = " ".join("".join(change.itertext()).split())
    assert told.startswith("relabelled: ¶2 recommendation → evidence")
    assert "because must: weight 4 → 1" in told
    assert next(tree.iter("p")).text == "old.yaml → <new>.yaml"


def test_the_page_itself_is_small(op_ed: str, shipped_rules: lc.RuleSet) -> None:
    assert len(TEMPLATE.encode()) < 20_000
    assert len(lc.outline_html(lc.build_outline(op_ed, shipped_rules)).encode()) < 100_000


# ------------------------------------------------------------------------------------ how to get it


def test_a_file_that_ends_in_html_gets_the_page(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tea.txt").write_text("Tea must be.\n")
    assert run("outline", "tea.txt", "-o", "tea.html", cwd=tmp_path).code == 0
    written = (tmp_path / "tea.html").read_bytes()
    assert written == run("outline", "tea.txt", "--format", "html", cwd=tmp_path).out
    assert written.startswith(b"<!doctype html>")


def test_a_page_is_of_one_text(run: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Tea.\n")
    result = run("outline", "a.txt", "b.txt", "--format", "html", cwd=tmp_path)
    told = b"html: that is of one text (use --format markdown for several)\n"
    assert result == (2, b"", told)


def test_a_diff_of_a_reading_with_itself_says_that_nothing_changed() -> None:
    outline = lc.build_outline("Tea is good.", lc.parse_rules(RULES))
    tree = parsed(lc.diff_html(lc.diff_outlines(outline, outline)))
    assert "Nothing." in [one.text for one in tree.iter("p")]
    assert with_class(tree, "change") == []


@pytest.mark.parametrize(
    ("skipped", "told"),
    [
        (("AD", "END"), "in the last quarter of the piece"),
        (("END", "AD"), "no longer in the last quarter of the piece"),
    ],
)
def test_a_diff_says_that_a_paragraph_came_into_the_last_quarter_or_left_it(
    skipped: tuple[str, str], told: str
) -> None:
    text = "\n\n".join(["Tea."] * 3 + ["We must go.", *["END"] * 4])
    must = rule("must", ["must"], tag="recommendation")
    before, after = (
        lc.build_outline(
            text,
            lc.parse_rules(rule_set(must, skip=[skip_rule(any=[word])], ending="recommendation")),
        )
        for word in skipped
    )
    tree = parsed(lc.diff_html(lc.diff_outlines(before, after)))
    lines = [one.text for change in with_class(tree, "change") for one in change.iter("li")]
    assert told in lines
