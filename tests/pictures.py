"""The README's pictures, made anew: the outline on a terminal and the page, each in light and dark.

    python tests/pictures.py     needs the extra "browser" and a Chromium; writes into .github/

What each shows is noted beside them, so that a test can tell when that is not what is printed now.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".github"
NOTES = FOLDER / "pictures.json"
COLUMNS = 80
_ANSI = [(0, 0, 0), (190, 0, 0), (0, 130, 0), (150, 110, 0), (0, 0, 190), (130, 0, 130)]
_ANSI += [(0, 130, 130), (190, 190, 190)]
THEMES = {
    "light": TerminalTheme((255, 253, 248), (31, 30, 27), _ANSI),
    "dark": TerminalTheme((23, 24, 27), (233, 230, 223), _ANSI),
}
# As rich's own, but for fonts from elsewhere and the frame of a window.
SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace;
  line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="{background}"/>
<g transform="translate(18, 18)">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def printed(*args: str) -> str:
    """What the program prints for a terminal, whatever the environment says."""
    kept = {name: value for name, value in os.environ.items() if name == "PATH"}
    env = {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": str(COLUMNS)}
    command = [sys.executable, "-m", "lankov_claims", *args]
    done = subprocess.run(command, env=env, capture_output=True, check=True, cwd=ROOT / "tests")
    return done.stdout.decode()


def outline() -> str:
    """The outline of the shipped op-ed, in colour."""
    return printed("outline", "--format", "tree", "--color", "always")


def terminal(text: str, theme: str) -> str:
    """A coloured text as a terminal shows it, as an SVG."""
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text.rstrip("\n")), soft_wrap=True)
    background = "#{:02x}{:02x}{:02x}".format(*THEMES[theme].background_color)
    svg = console.export_svg(
        theme=THEMES[theme],
        code_format=SVG.replace("{background}", background),
        unique_id="outline",
    )
    lines = [line.rstrip() for line in svg.splitlines()]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The page of the shipped op-ed."""
    return printed("outline", "--format", "html")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def shown() -> dict[str, str]:
    """The digests of what the pictures show, as it is printed now."""
    return {"outline": digest(outline().encode()), "page": digest(page().encode())}


def main() -> None:
    from playwright.sync_api import sync_playwright

    notes = shown()
    for theme in THEMES:
        name = f"outline-{theme}.svg"
        svg = terminal(outline(), theme).encode()
        (FOLDER / name).write_bytes(svg)
        notes[name] = digest(svg)
    content = page()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": 1280, "height": 800},
                color_scheme="light" if theme == "light" else "dark",
                reduced_motion="reduce",
            )
            sheet = context.new_page()
            sheet.set_content(content)
            sheet.locator("a.cue[data-rules~='turn']").first.hover()
            name = f"page-{theme}.png"
            notes[name] = digest(sheet.screenshot(path=FOLDER / name))
        browser.close()
    NOTES.write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
