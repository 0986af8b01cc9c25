"""Mutation testing: what of the module can be broken without a test that fails?

    python tests/mutation.py --section text --sample 100 --keep known.json
    python tests/mutation.py --section find_paragraphs --seconds 60

All tests are run once, to know which lines each of them runs and how long it takes; ``--keep``
saves that for the next time. Then each mutant gets a forked process, where the changed code takes
the place of the function's own, and the tests that run the function are run: those that are about
its section first, of these the quick ones, of these those that reach the line of the change, until
one fails or ``--seconds`` are used up. Left out are tests that start a process, in which the module
would be whole, and those that take over ``--slow`` seconds.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings
from mutants import SOURCE, Mutant, empty_caches, find_mutants, put_in_place

# Sections of the module, each with the files of the tests that are about it, which come first.
SECTIONS = {
    "text": "text markdown",
    "rules": "rule_file lists",
    "reading": "tagging key_sentence outline",
    "diff": "diff",
}
OTHERS = "viewpoint check rules_report explain score golden drafts command_line"
# What pytest shall not do: keep notes, print, or take its arguments from the project.
PLAIN = "-s -p no:terminal -p no:cacheprovider -W ignore::pytest.PytestAssertRewriteWarning"
PLAIN += " -p no:randomly -o addopts= -o tmp_path_retention_policy=failed"
STARTS = ("subprocess.Popen", "os.fork", "os.posix_spawn")  # of processes, as Python names them
QUICK = 0.2  # seconds of the processor: such tests come first
TRACED = 100  # calls of a function in one test of which the lines are noted
MEMORY = 4_000_000_000  # bytes that a mutant may have


class Known(NamedTuple):
    """How long a test takes, and the lines of the module that it runs; none if it is left out."""

    seconds: float
    lines: list[int]


class Judge:
    """A plugin of pytest that runs the tests for each mutant rather than once."""

    def __init__(self, mutants: list[Mutant], options: argparse.Namespace) -> None:
        self.mutants, self.options = mutants, options
        self.outcomes: list[str] = []
        self.known: dict[str, Known] = {}
        self.is_mutant = self.is_running = self.has_failed = False
        signal.signal(signal.SIGPROF, lambda *_: pytest.fail("slow"))
        sys.addaudithook(self._refuse_process)

    def _refuse_process(self, event: str, _: tuple[object, ...]) -> None:
        if self.is_running and event in STARTS:
            pytest.fail("a process")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed, which is the end of a mutant."""
        if report.failed and self.is_mutant:
            os._exit(1)
        self.has_failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Get to know the tests, then try each mutant."""
        module = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
        keep = self.options.keep
        kept = json.loads(keep.read_text()) if keep and keep.exists() else {}
        self.known = {name: Known(*known) for name, known in kept.get(module, {}).items()}
        empty_caches()
        unknown = [item for item in session.items if item.nodeid not in self.known]
        for item, following in zip(unknown, [*unknown[1:], None], strict=False):
            self.known[item.nodeid] = self._get_to_know(item, following)
        if keep:
            keep.write_text(json.dumps({module: self.known}))
        for mutant in self.mutants:
            chosen = self._choose(mutant, session.items)
            child = os.fork()
            if not child:
                self._be(mutant, chosen)
            status = os.waitpid(child, 0)[1]
            self.outcomes.append({0: "survived", 256: "killed"}.get(status, "timed out"))
            if not status:
                print(mutant, flush=True)
        return True

    def _get_to_know(self, item: pytest.Item, following: pytest.Item | None) -> Known:
        lines: set[int] = set()
        calls: Counter[object] = Counter()

        def note(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
            if event == "line":
                lines.add(frame.f_lineno)
            elif frame.f_code.co_filename != str(SOURCE):
                return None
            elif event == "call":
                calls[frame.f_code] += 1
            return note if calls[frame.f_code] <= TRACED else None

        self.has_failed, self.is_running = False, True
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, self.options.slow)
        sys.settrace(note)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.is_running = False
        return Known(time.process_time() - start, [] if self.has_failed else sorted(lines))

    def _choose(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        body = set(range(mutant.tree.lineno + 1, (mutant.tree.end_lineno or 0) + 1))
        about = SECTIONS.get(mutant.section, "").split()
        ranked = []
        for at, item in enumerate(items):
            seconds, lines = self.known[item.nodeid]
            if not body.isdisjoint(lines):
                is_other = item.path.stem.removeprefix("test_") not in about
                rank = (is_other, seconds > QUICK, mutant.line not in lines, len(lines))
                ranked.append((*rank, at))
        chosen, left = [], self.options.seconds
        for *_, at in sorted(ranked):
            left -= self.known[items[at].nodeid].seconds
            if left > 0:
                chosen.append(items[at])
        return chosen

    def _be(self, mutant: Mutant, items: list[pytest.Item]) -> None:
        self.is_mutant = self.is_running = True
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            put_in_place(mutant)
            for item, following in zip(items, [*items[1:], None], strict=False):
                seconds = self.known[item.nodeid].seconds
                signal.setitimer(signal.ITIMER_PROF, 2 + 5 * seconds)
                signal.setitimer(signal.ITIMER_REAL, 60 + 60 * seconds)  # if it only waits
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException:
            os._exit(1)
        os._exit(0)


def main() -> int:
    """Try mutants, print those that survive and a table; 1 where too few are killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--section", action="append", help="or the name of a class or function")
    parser.add_argument("--sample", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-least", type=float, default=95)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--slow", type=float, default=2)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    asked = set(options.section or SECTIONS)
    mutants = [one for one in find_mutants() if asked.intersection(one.names())]
    mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
    mutants.sort(key=lambda one: one.line)
    # The tests' own profile takes from this one what it leaves open.
    settings.register_profile("mutation", max_examples=25, phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutation")
    judge = Judge(mutants, options)
    names = " ".join([*SECTIONS.values(), OTHERS]).split()
    files = [str(Path(__file__).with_name(f"test_{name}.py")) for name in names]
    pytest.main([*PLAIN.split(), *files], plugins=[judge])
    table: dict[str, Counter[str]] = {}
    for mutant, outcome in zip(mutants, judge.outcomes, strict=True):
        table.setdefault(mutant.section, Counter())[outcome] += 1
    for section, counts in table.items():
        print(section, dict(counts))
    rate = 100 - 100 * judge.outcomes.count("survived") / max(1, len(mutants))
    print(f"{rate:.1f} % of {len(mutants)} mutants killed")
    return int(rate < options.at_least)


if __name__ == "__main__":
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # a mutant that reads it shall not wait
    sys.exit(main())
