"""The page in a real browser: read, pointed at, tabbed through, filtered, and held against WCAG.

Where there is no browser these tests are not run, and say so; with LANKOV_BROWSER=1, as in CI, that
is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_page import HOSTILE, RULES

import lankov_claims as lc

MUST = os.environ.get("LANKOV_BROWSER") == "1"
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
try:
    from axe_core_python.sync_playwright import Axe
    from playwright.sync_api import Browser, Page, expect, sync_playwright

    LACKING = "" if BROWSER else "no Chromium is on the path"
except ImportError as error:
    LACKING = f"{error.name} is not installed"

if LACKING and not MUST:
    pytest.skip(f"the page was not looked at in a browser: {LACKING}", allow_module_level=True)
assert not LACKING, LACKING

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = ["op-ed", "hostile", "diff", "long"]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory, op_ed: str, shipped_rules: lc.RuleSet
) -> dict[str, Path]:
    """The page of the shipped op-ed, of a hostile text, of a diff and of a long text, as files."""
    folder = tmp_path_factory.mktemp("pages")
    outline = lc.build_outline(op_ed, shipped_rules, "op-ed.txt")
    lighter = tuple(rule._replace(weight=min(rule.weight, 2)) for rule in shipped_rules.rules)
    edited = shipped_rules._replace(rules=lighter, source="<i>edited</i>.yaml", text="edited")
    diff = lc.diff_outlines(outline, lc.build_outline(op_ed, edited, "op-ed.txt"))
    assert diff.counts["relabelled"]
    hostile = lc.build_outline(HOSTILE, lc.parse_rules(RULES), "<b>.txt")
    long = lc.build_outline("\n\n".join([op_ed] * 4), shipped_rules, "long.txt")
    contents = {
        "op-ed": lc.outline_html(outline),
        "hostile": lc.outline_html(hostile),
        "diff": lc.diff_html(diff),
        "long": lc.outline_html(long),
    }
    for name, content in contents.items():
        (folder / f"{name}.html").write_text(content, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in contents}


class Visit:
    """A page that is open, and what it said or asked for on the way."""

    def __init__(self, browser: "Browser", path: Path, size: Any = WIDE, **context: Any) -> None:
        self.context = browser.new_context(viewport=size, reduced_motion="reduce", **context)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(5_000)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def __enter__(self) -> "Page":
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.said == []
        assert len(self.asked) == 1, self.asked


def bounds(what: Any) -> Any:
    """Where on the screen something is, which must be somewhere."""
    box = what.bounding_box()
    assert box is not None
    return box


# ------------------------------------------------------------------------------------ safe and fair


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_rule_of_accessibility_is_broken(
    browser: "Browser", pages: dict[str, Path], name: str, scheme: str, size: dict[str, int]
) -> None:
    with Visit(browser, pages[name], size, color_scheme=scheme) as page:
        for folded in page.locator("details").all()[:20]:
            folded.evaluate("one => one.open = true")
        cues = page.locator("a.cue")
        if cues.count():
            cues.first.focus()
        broken = Axe().run(page)["violations"]
        told = [(one["id"], [node["html"][:90] for node in one["nodes"]][:3]) for one in broken]
    assert told == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_runs_off_the_side(
    browser: "Browser", pages: dict[str, Path], name: str, size: dict[str, int]
) -> None:
    with Visit(browser, pages[name], size) as page:
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_cell_of_a_long_strip_vanishes(
    browser: "Browser", pages: dict[str, Path], size: dict[str, int]
) -> None:
    with Visit(browser, pages["long"], size) as page:
        cells = page.evaluate(
            "[...document.querySelectorAll('.strip i')].map((one) => one.offsetWidth)"
        )
    assert len(cells) == 64
    assert min(cells) >= 6


# ------------------------------------------------------------------------------------------- cues


WIDEST_LINE = """one => {
  const [box] = [...one.getClientRects()].sort((a, b) => b.width - a.width);
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def note_of(page: "Page", cue: Any) -> Any:
    return page.locator(f"[id='{cue.get_attribute('aria-describedby')}']")


def test_the_keyboard_reaches_every_cue_and_each_says_why(
    browser: "Browser", pages: dict[str, Path], shipped_rules: lc.RuleSet
) -> None:
    whys = {rule.id: lc.clean(rule.why) for rule in shipped_rules.every}
    with Visit(browser, pages["op-ed"]) as page:
        waiting = [cue.get_attribute("aria-describedby") for cue in page.locator("a.cue").all()]
        page.locator("main").evaluate("main => main.querySelector('summary').focus()")
        met: list[str] = []
        for _ in range(400):
            if len(met) == len(waiting):
                break
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
            if name:
                met.append(name)
                note = page.locator(f"[id='{name}']")
                assert note.is_visible()
                for id_ in page.evaluate("document.activeElement.dataset.rules").split():
                    assert id_ in note.inner_text()
                    assert whys[id_] in note.inner_text()
        assert met == waiting
        assert len(met) > 50


def within(note: Any, size: dict[str, int]) -> None:
    """Hold that a note is to be seen, and whole from side to side."""
    expect(note).to_be_visible()
    box = bounds(note)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_pointer_reaches_every_cue(
    browser: "Browser", pages: dict[str, Path], size: dict[str, int]
) -> None:
    with Visit(browser, pages["op-ed"], size) as page:
        for cue in page.locator("a.cue").all():
            cue.scroll_into_view_if_needed()
            page.mouse.move(*cue.evaluate(WIDEST_LINE))
            within(note_of(page, cue), size)
            page.mouse.move(1, 1)
            expect(note_of(page, cue)).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_finger_reaches_a_cue(
    browser: "Browser", pages: dict[str, Path], size: dict[str, int], scripts: bool
) -> None:
    for number in (0, 20, 40, 80):
        context = {"has_touch": True, "java_script_enabled": scripts}
        with Visit(browser, pages["op-ed"], size, **context) as page:
            cue = page.locator("a.cue").nth(number)
            cue.scroll_into_view_if_needed()
            page.touchscreen.tap(*cue.evaluate(WIDEST_LINE))
            within(note_of(page, cue), size)


def test_escape_takes_a_note_away_until_one_comes_again(
    browser: "Browser", pages: dict[str, Path]
) -> None:
    with Visit(browser, pages["op-ed"]) as page:
        first, second, third = page.locator("a.cue").all()[:3]
        first.focus()
        page.keyboard.press("Escape")
        expect(note_of(page, first)).to_be_hidden()
        page.mouse.move(*second.evaluate(WIDEST_LINE))
        expect(note_of(page, second)).to_be_visible()
        page.keyboard.press("Escape")
        expect(note_of(page, second)).to_be_hidden()
        page.mouse.move(1, 1)
        page.mouse.move(*second.evaluate(WIDEST_LINE))
        expect(note_of(page, second)).to_be_visible()
        third.focus()
        expect(note_of(page, third)).to_be_visible()
        expect(note_of(page, second)).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pointer_can_go_from_a_cue_to_its_note(
    browser: "Browser", pages: dict[str, Path], size: dict[str, int]
) -> None:
    with Visit(browser, pages["op-ed"], size) as page:
        cues = page.locator("a.cue").all()
        whole = [cue for cue in cues if cue.evaluate("one => one.getClientRects().length") == 1]
        for cue in (whole[0], whole[30], whole[60]):
            cue.scroll_into_view_if_needed()
            x, y = cue.evaluate(WIDEST_LINE)
            page.mouse.move(x, y)
            expect(note_of(page, cue)).to_be_visible()
            box = bounds(note_of(page, cue))
            for step in range(40):
                page.mouse.move(x, y + (box["y"] + 12 - y) * step / 39)
                page.wait_for_timeout(10)
            expect(note_of(page, cue)).to_be_visible()
            page.mouse.move(1, 1)


# ------------------------------------------------------------------------------- links and filters


def test_links_go_to_the_text_and_back(browser: "Browser", pages: dict[str, Path]) -> None:
    with Visit(browser, pages["op-ed"]) as page:
        for number in range(1, 11):
            page.locator(f"nav.outline a[href='#p{number}']").click()
            assert page.evaluate("location.hash") == f"#p{number}"
            top = bounds(page.locator(f"#p{number}"))["y"]
            assert -5 <= top < WIDE["height"]
            page.locator(f"#p{number} .side a").click()
            assert page.evaluate("location.hash") == f"#o{number}"
        page.locator(".strip a").nth(3).click()
        assert page.evaluate("document.querySelector(location.hash) !== null")


def shown(page: "Page", where: str) -> int:
    return len([one for one in page.locator(where).all() if one.is_visible()])


def test_filters_work_by_keyboard(browser: "Browser", pages: dict[str, Path]) -> None:
    with Visit(browser, pages["op-ed"]) as page:
        assert page.locator("#shown").inner_text() == "10 of 10"
        page.locator("input[value=claim]").focus()
        page.keyboard.press("Space")
        assert page.locator("#shown").inner_text() == "5 of 10"
        assert shown(page, ".paragraph") == shown(page, "nav.outline a") == 5
        assert shown(page, ".strip li.off") == 5
        assert shown(page, ".strip li") == 16
        page.keyboard.press("Space")
        page.locator("input[value=skipped]").focus()
        page.keyboard.press("Space")
        assert shown(page, "details.skipped") == 0
        page.keyboard.press("Space")
        assert shown(page, "details.skipped") > 0
        page.locator("select").focus()
        page.keyboard.type("open-door")
        assert page.locator("#shown").inner_text() == "1 of 10"
        assert page.locator(".paragraph:visible .side a").inner_text() == "¶8"
        for cue in page.locator("a.cue:not(.off)").all():
            assert "open-door" in (cue.get_attribute("data-rules") or "").split()


# -------------------------------------------------------------------------- without, and on paper


def test_without_scripts_it_says_the_same(
    browser: "Browser", pages: dict[str, Path], op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    with Visit(browser, pages["op-ed"], java_script_enabled=False) as page:
        read = " ".join(page.locator("main").inner_text().split())
        for one in lc.build_outline(op_ed, shipped_rules).paragraphs:
            assert lc.bare(one.text) in read
        assert not page.locator(".filters").is_visible()
        cue = page.locator("a.cue").first
        cue.focus()
        assert note_of(page, cue).is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_paper_gets_the_text_and_nothing_to_press(
    browser: "Browser", pages: dict[str, Path], name: str
) -> None:
    with Visit(browser, pages[name]) as page:
        page.emulate_media(media="print")
        assert shown(page, ".filters, .tip, .jump") == 0
        assert shown(page, ".paragraph") == page.locator(".paragraph").count() > 0
        assert page.pdf(format="A4").startswith(b"%PDF-")
