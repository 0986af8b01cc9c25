"""What the tests share: the shipped files, rule files made to measure, and the program, run in
this process where that is the same and as a process of its own where a process is the point.
"""

import fcntl
import gc
import io
import json
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

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


def hear_interrupts() -> None:
    """In a child, before it starts: what a shell starts in the background ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal; ``COLUMNS`` says how wide."""

    def isatty(self) -> bool:
        return True


def run_here(
    args: Iterable[str | Path],
    cwd: Path,
    out: io.TextIOWrapper,
    err: io.TextIOWrapper,
    **env: str,
) -> Result:
    """Runs the program in this process: a tenth of the time, the same exit code and bytes."""
    collecting, here = gc.get_threshold(), Path.cwd()
    streams = mock.patch.multiple(sys, argv=[lc.PROGRAM, *map(str, args)], stdout=out, stderr=err)
    with streams, mock.patch.dict(os.environ, environment(**env), clear=True):
        os.chdir(cwd)
        try:
            code = lc.main()
        finally:
            os.chdir(here)
            gc.set_threshold(*collecting)
    printed = []
    for stream in (out, err):
        stream.flush()
        printed.append(stream.buffer.getvalue())  # type: ignore[attr-defined]
    assert b"Traceback" not in printed[1], printed[1].decode()
    return Result(code, *printed)


def pipe() -> io.TextIOWrapper:
    """A stream that is no terminal; it writes what is no character as standard error does."""
    return io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", write_through=True)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the program with pipes, in an empty folder unless told otherwise: in this process, but
    as one of its own where it may read standard input or is started in a special way.
    """

    def run(
        *args: str | Path,
        data: bytes = b"",
        cwd: Path = tmp_path,
        env: Mapping[str, str] | None = None,
        stdin: int | None = None,
        stdout: int = subprocess.PIPE,
        largest_file: int = resource.RLIM_INFINITY,
        traceback: bool = False,
        process: bool = False,
    ) -> Result:
        fed = data or stdin is not None or "-" in args
        limited = stdout != subprocess.PIPE or largest_file != resource.RLIM_INFINITY
        python = any(name.startswith("PYTHON") for name in env or ())
        if not (process or fed or limited or python):
            return run_here(args, cwd, pipe(), pipe(), **(env or {}))
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
    """Runs the program on a terminal of a given width, in this process, or a ``program`` under a
    real pseudo-terminal; line ends come back as LF.
    """

    def run(
        *args: str | Path,
        columns: int = 80,
        term: str = "xterm-256color",
        program: Sequence[str] | None = None,
        **env: str,
    ) -> Screen:
        size = {"COLUMNS": str(columns), "LINES": "24", "TERM": term}
        if program is None:
            screen = Terminal(io.BytesIO(), "utf-8", write_through=True)
            result = run_here(args, tmp_path, screen, screen, **size, **env)
            return Screen(result.code, result.out.decode())
        return run_under_pty([*program, *map(str, args)], tmp_path, environment(**size, **env))

    return run


def run_under_pty(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Screen:
    """Runs a command under a pseudo-terminal of the width that its environment has."""
    master, slave = pty.openpty()
    size = struct.pack("HHHH", int(env["LINES"]), int(env["COLUMNS"]), 0, 0)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env, start_new_session=True
    ) as process:
        os.close(slave)
        with closing(os.fdopen(master, "rb", buffering=0)) as screen:
            printed = b"".join(iter(lambda: _read(screen.fileno()), b""))
        code = process.wait(TIMEOUT)
    text = printed.decode().replace("\r\n", "\n")
    assert "Traceback" not in text, text
    return Screen(code, text)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody holds the other side any more
        return b""
