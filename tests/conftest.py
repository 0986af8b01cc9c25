"""What the tests share: the shipped files, rule files made to measure, and the program as a real
process, with pipes or under a terminal.
"""

import fcntl
import json
import os
import pty
import resource
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

import lankov_claims as lc

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "lankov_claims")
TIMEOUT = 60

# A slow machine is no fault of the program, and a build that fails by chance teaches nobody.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def rule(id: str = "tea", any: Iterable[str] = ("tea",), **fields: object) -> str:
    """A valid rule as one line of YAML (JSON is YAML); ``tag=None`` makes it a skip rule."""
    entries = list(any)
    phrases = [entry for entry in entries if not entry.startswith("/")]
    examples = {"match": phrases or ["This one."], "miss": ["Not that."]}
    whole = {"id": id, "tag": "claim", "why": "It is so.", "any": entries, "examples": examples}
    chosen = {key: value for key, value in (whole | fields).items() if value is not None}
    return json.dumps(chosen, ensure_ascii=False)


def skip_rule(id: str = "banner", any: Iterable[str] = ("banner",), **fields: object) -> str:
    return rule(id, any, tag=None, **fields)


def rule_set(*rules: str, skip: Iterable[str] = (), **more: object) -> str:
    """A valid rule file; each rule stands on a line of its own."""
    lines = ["version: 1", *(f"{key}: {json.dumps(value)}" for key, value in more.items())]
    for key, items in (("skip", list(skip)), ("rules", list(rules) or [rule()])):
        lines += [f"{key}:", *(f"  - {item}" for item in items)] if items else []
    return "\n".join(lines) + "\n"


# A valid rule file as people write one; tests of messages edit it, so its lines are what they name.
BLOCK = """\
version: 1
rules:
  - id: tea
    tag: claim
    why: It is so.
    any: [tea, mug]
    weight: 2
    where: anywhere
    unless: [iced]
    examples:
      match: [Tea.]
      miss: [Not.]
"""


def edited(*swaps: tuple[str, str]) -> str:
    """That rule file with each of the texts, which must be there once, swapped for another."""
    text = BLOCK
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Result(NamedTuple):
    """What a process left: its exit code and the bytes of its two streams."""

    code: int
    out: bytes
    err: bytes


class Screen(NamedTuple):
    """What a process left on a terminal: its exit code and all that was printed."""

    code: int
    text: str


Run = Callable[..., Result]
RunInTerminal = Callable[..., Screen]


def environment(**more: str) -> dict[str, str]:
    """Nothing of the tester's own shell but where programs are (and what measures coverage)."""
    kept = {k: v for k, v in os.environ.items() if k == "PATH" or k.startswith("COVERAGE")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


@pytest.fixture(scope="session")
def op_ed() -> str:
    return lc.decode(lc.shipped_file(lc.SHIPPED_TEXT).read_bytes(), lc.SHIPPED_TEXT)


@pytest.fixture(scope="session")
def shipped_rules() -> lc.RuleSet:
    return lc.load_rules()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the program with pipes, in an empty folder unless told otherwise."""

    def run(
        *args: str | Path,
        data: bytes = b"",
        cwd: Path = tmp_path,
        env: Mapping[str, str] | None = None,
        stdin: int | None = None,
        stdout: int = subprocess.PIPE,
        largest_file: int = resource.RLIM_INFINITY,
        traceback: bool = False,
    ) -> Result:
        limit = (resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
        feed: dict[str, Any] = {"input": data} if stdin is None else {"stdin": stdin}
        done = subprocess.run(
            [*COMMAND, *args],
            **feed,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment(**(env or {})),
            preexec_fn=lambda: resource.setrlimit(*limit),
            timeout=TIMEOUT,
            check=False,
        )
        assert (b"Traceback" in done.stderr) is traceback, done.stderr.decode()
        return Result(done.returncode, done.stdout or b"", done.stderr)

    return run


@pytest.fixture
def run_in_terminal(tmp_path: Path) -> RunInTerminal:
    """Runs the program under a pseudo-terminal of a given width; line ends come back as LF."""

    def run(
        *args: str | Path,
        columns: int = 80,
        term: str = "xterm-256color",
        program: Sequence[str] = COMMAND,
        **env: str,
    ) -> Screen:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        size = {"COLUMNS": str(columns), "LINES": "24", "TERM": term}
        with subprocess.Popen(
            [*program, *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=tmp_path,
            env=environment(**size, **env),
            start_new_session=True,
        ) as process:
            os.close(slave)
            with closing(os.fdopen(master, "rb", buffering=0)) as screen:
                printed = b"".join(iter(lambda: _read(screen.fileno()), b""))
            code = process.wait(TIMEOUT)
        text = printed.decode().replace("\r\n", "\n")
        assert "Traceback" not in text, text
        return Screen(code, text)

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody holds the other side any more
        return b""
