"""``diff --watch``: it stays, draws anew at each save, and bears with a broken file."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import COMMAND, environment, hear_interrupts, rule, rule_set

WAIT = 30.0
BEFORE = rule_set(rule("tea", ["tea"], weight=2), rule("milk", ["milk"], tag="evidence"))
AFTER = BEFORE.replace('"tag": "evidence"', '"tag": "evidence", "weight": 5')
BROKEN = BEFORE.replace('"why"', '"wyh"')


class Watched:
    """A running watch on a terminal, and what it has drawn since it was last asked."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "new.yaml"
        self.rules.write_text(BEFORE, encoding="utf-8")
        (folder / "old.yaml").write_text(BEFORE, encoding="utf-8")
        (folder / "tea.txt").write_text("Tea wants milk.\n", encoding="utf-8")
        self.screen, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "diff", "old.yaml", "new.yaml", "--text", "tea.txt", "--watch"],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=folder,
            env=environment(COLUMNS="80", LINES="24", TERM="xterm"),
            start_new_session=True,
            preexec_fn=hear_interrupts,
        )
        os.close(terminal)

    def drawn_until(self, *words: str) -> str:
        """What is drawn, up to some words that must come in this order."""
        drawn, end = "", time.monotonic() + WAIT
        while not re.search(".*".join(map(re.escape, words)), drawn, re.DOTALL):
            ready, _, _ = select.select([self.screen], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{words!r} is not drawn, only: {drawn!r}"
            drawn += os.read(self.screen, 65_536).decode()
        return drawn

    def rest(self) -> None:
        """Wait until it draws nothing any more."""
        end = time.monotonic() + WAIT
        while select.select([self.screen], [], [], 0.5)[0]:
            os.read(self.screen, 65_536)
            assert time.monotonic() < end, "nothing is saved, and it goes on drawing"

    def save_by_rename(self, content: str) -> None:
        draft = self.rules.with_suffix(".swp")
        draft.write_text(content, encoding="utf-8")
        draft.replace(self.rules)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watch = Watched(tmp_path)
    yield watch
    watch.process.kill()
    watch.process.wait()
    os.close(watch.screen)


def test_a_watch_draws_anew_at_each_save_until_it_is_interrupted(watched: Watched) -> None:
    watched.drawn_until("No change in the outline", "watching old.yaml, new.yaml, tea.txt")
    watched.rest()
    watched.rules.write_text(AFTER, encoding="utf-8")
    assert "milk: weight 1 → 5" in watched.drawn_until("1 relabelled")
    watched.rules.write_text(BROKEN, encoding="utf-8")
    watched.drawn_until(
        'unknown key "wyh"', "The last good reading:", "1 relabelled"
    )  # the last good result stays
    watched.save_by_rename(BEFORE)
    assert "unknown key" not in watched.drawn_until("No change in the outline")
    watched.rules.unlink()
    watched.drawn_until("cannot read it", "No change in the outline")
    watched.save_by_rename(AFTER)
    watched.drawn_until("1 relabelled")
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(WAIT) == 130
