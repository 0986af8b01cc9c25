"""Streams, files and signals when they do not behave: nothing is cut in silence, nothing that is
half-written stays, and nobody sees a traceback.
"""

import io
import json
import os
import pty
import random
import re
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import COMMAND, TIMEOUT, Run, environment, hear_interrupts, rule_set

import lankov_claims as lc

TEXT = "Tea is good, and it must be hot.\n\n" * 500  # its outlines are larger than a pipe
Process = subprocess.Popen[bytes]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """The folder that the program runs in."""
    (tmp_path / "long.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(rule_set(), encoding="utf-8")
    return tmp_path


def hear_signals() -> None:
    """In a child, before it starts: what runs in the background, or under nohup, ignores some."""
    hear_interrupts()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def started(
    folder: Path,
    *args: str,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    before: Callable[[], object] = hear_signals,
    **env: str,
) -> Iterator[Process]:
    """The program as it runs, which is ended in any case."""
    with subprocess.Popen(
        [*COMMAND, *args],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(**env),
        preexec_fn=before,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: Process) -> str:
    """What a process has said on standard error once it has ended, which is no traceback."""
    assert process.stderr
    err = process.stderr.read().decode()
    process.wait(TIMEOUT)
    assert "Traceback" not in err
    return err


def wait_until(is_so: Callable[[], object], what: str) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + TIMEOUT
    while not is_so():
        assert time.monotonic() < end, f"it was never so: {what}"
        time.sleep(0.01)


def drafts(folder: Path) -> list[Path]:
    """What a run has half-written, or left behind."""
    return [path for path in folder.iterdir() if path.name.startswith(".")]


# ---------------------------------------------------------------------------------------- printing


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_exit_2_and_told(folder: Path, unbuffered: str) -> None:
    """An unbuffered stream takes what fits, and says only how much that was."""
    limit = (8_192, resource.RLIM_INFINITY)
    with (
        (folder / "out.json").open("wb") as out,
        started(
            folder,
            *("outline", "long.txt", "--format", "json"),
            stdout=out.fileno(),
            before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
            PYTHONUNBUFFERED=unbuffered,
            COVERAGE_PROCESS_CONFIG="",  # coverage's own file could not be written either
        ) as process,
    ):
        err = said(process)
    assert process.returncode == 2
    assert (
        err
        == "standard output: cannot write to it: file too large (make room, or print elsewhere)\n"
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("pause", ["a pipe that does not wait", "a stop and a continue"])
def test_a_slow_reader_gets_all(folder: Path, pause: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    if pause == "a pipe that does not wait":
        os.set_blocking(writing, False)
    args = ("outline", "long.txt", "--format", "json")
    with started(folder, *args, stdout=writing, PYTHONUNBUFFERED=unbuffered) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            got = pipe.read(10)  # it has begun, and there is no room for all of it
            time.sleep(0.1)
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)
            process.send_signal(signal.SIGCONT)
            got += pipe.read()
        err = said(process)
    assert (process.returncode, err) == (0, "")
    assert len(json.loads(got)["paragraphs"]) == 500


@pytest.mark.parametrize("args", [["--help"], ["--version"], [], ["outline"], ["diff", "--help"]])
def test_closed_standard_output_is_told(folder: Path, args: list[str]) -> None:
    with started(folder, *args, before=lambda: os.close(1)) as process:
        err = said(process)
    assert process.returncode == 2
    assert err.startswith("standard output: cannot write to it: ")


def test_a_file_is_written_though_all_streams_are_closed(folder: Path) -> None:
    with started(
        folder, "outline", "long.txt", "-o", "out.txt", before=lambda: os.closerange(0, 3)
    ) as process:
        process.wait(TIMEOUT)
    assert process.returncode == 0
    assert (folder / "out.txt").read_text(encoding="utf-8").startswith("long.txt · ")


def test_a_watch_ends_when_nobody_reads_it_at_all(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    args = ("diff", "rules.yaml", "rules.yaml", "--text", "long.txt", "--watch")
    with started(folder, *args, stdout=writer) as process:
        os.close(writer)
        assert (said(process), process.returncode) == ("", 0)


def test_a_terminal_that_goes_takes_no_outline_along(folder: Path) -> None:
    """The bar is drawn on it as texts are read."""
    os.mkfifo(folder / "later.txt")
    screen, terminal = pty.openpty()
    args = ("outline", "long.txt", "later.txt", "long.txt", "-o", "out.txt")
    with subprocess.Popen(
        [*COMMAND, *args],
        stderr=terminal,
        cwd=folder,
        env=environment(FORCE_COLOR="1"),  # else it asks before it draws, and mostly sees it go
        preexec_fn=hear_signals,
    ) as process:
        os.close(terminal)
        os.read(screen, 1)
        os.close(screen)
        (folder / "later.txt").write_text("We must act.\n", encoding="utf-8")
        assert process.wait(TIMEOUT) == 0
    written = (folder / "out.txt").read_text(encoding="utf-8")
    assert re.findall("^[a-z]+\\.txt", written, re.MULTILINE) == [
        "long.txt",
        "later.txt",
        "long.txt",
    ]


def test_what_is_wrong_stays_on_a_terminal_when_the_bar_goes(folder: Path) -> None:
    screen, terminal = pty.openpty()
    with (
        open("/dev/full", "wb") as full,
        subprocess.Popen(
            [*COMMAND, "outline", "long.txt", "long.txt", "long.txt"],
            stdout=full,
            stderr=terminal,
            cwd=folder,
            env=environment(TERM="xterm"),
        ) as process,
    ):
        os.close(terminal)
        shown = b""
        with suppress(OSError):  # as when nobody has the terminal any more
            while more := os.read(screen, 65_536):
                shown += more
        os.close(screen)
        assert process.wait(TIMEOUT) == 2
    assert b"standard output: cannot write to it: " in shown.rpartition(b"\x1b")[2], shown


def test_a_watch_ends_when_its_reader_has_gone(folder: Path) -> None:
    args = ("diff", "rules.yaml", "rules.yaml", "--text", "long.txt", "--watch")
    with started(folder, *args) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        process.wait(TIMEOUT)
    assert process.returncode == 0


# ----------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("command", "rows", "last"),
    [
        ("outline", [b"Tea is good.\n\n", b"Sugar rose ", b"by 9%.\n"], "Sugar rose by 9%."),
        ("score", [b'{"text": "We mu', b'st act.", "tag": "recommendation"}\n'], "1 row,"),
    ],
    ids=["outline", "score"],
)
def test_standard_input_that_does_not_wait_is_read_to_its_end(
    folder: Path, command: str, rows: list[bytes], last: str
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with started(folder, command, "-", stdin=reading) as process:
        os.close(reading)
        for row in rows:
            time.sleep(0.3)
            os.write(writing, row)
        os.close(writing)
        assert process.stdout
        out = process.stdout.read().decode()
        assert (said(process), process.returncode) == ("", 0)
    assert last in out


def test_closed_standard_input_is_told(folder: Path) -> None:
    with started(folder, "outline", "-", before=lambda: os.close(0)) as process:
        err = said(process)
    assert process.returncode == 2
    assert err.startswith("-: cannot read it: ")


@pytest.mark.parametrize("form", ["tree", "json"])
def test_too_little_memory_is_exit_2_and_told(folder: Path, form: str) -> None:
    (folder / "huge.txt").write_text("We must act at once. " * 500_000, encoding="utf-8")
    limit = (120_000_000, resource.RLIM_INFINITY)
    with started(
        folder,
        *("outline", "huge.txt", "--format", form),
        before=lambda: resource.setrlimit(resource.RLIMIT_AS, limit),
        COVERAGE_PROCESS_CONFIG="",  # measuring takes memory, too
    ) as process:
        err = said(process)
    assert process.returncode == 2
    assert err == "lankov-claims: there is too little memory (give a smaller text)\n"


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX"},
        {"COLUMNS": "x", "LINES": "-1"},
        {"TERM": "", "HOME": "/nowhere"},
    ],
    ids=lambda env: " ".join(env),
)
def test_any_environment_gets_the_same_outline(run: Run, folder: Path, env: dict[str, str]) -> None:
    folder.chmod(0o555)
    try:
        assert run("outline", env=env, process=True) == run("outline", process=True)
    finally:
        folder.chmod(0o755)


# ------------------------------------------------------------------------------------------ drafts


@contextmanager
def writing(folder: Path) -> Iterator[Process]:
    """A run in the middle of ``-o``: its draft is there, and its text is not."""
    reading, feeding = os.pipe()
    try:
        with started(folder, "outline", "-", "-o", "out.txt", stdin=reading) as process:
            os.close(reading)
            wait_until(lambda: drafts(folder), "a draft stands in the folder")
            yield process
    finally:
        os.close(feeding)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=["SIGTERM", "SIGHUP", "SIGINT"],
)
def test_a_run_that_is_asked_to_end_leaves_nothing(folder: Path, number: int, code: int) -> None:
    (folder / "out.txt").write_text("as it was", encoding="utf-8")
    with writing(folder) as process:
        process.send_signal(number)
        err = said(process)
    assert (process.returncode, err) == (code, "")
    assert drafts(folder) == []
    assert (folder / "out.txt").read_text(encoding="utf-8") == "as it was"


def test_what_a_killed_run_left_is_gone_after_a_while(run: Run, folder: Path) -> None:
    (folder / "out.txt").write_text("as it was", encoding="utf-8")
    with writing(folder) as process:
        process.kill()
        process.wait(TIMEOUT)
    assert (folder / "out.txt").read_text(encoding="utf-8") == "as it was"
    (left,) = drafts(folder)
    assert run("outline", "long.txt", "-o", "out.txt").code == 0
    assert drafts(folder) == [left], "another run may be at work on it"
    own = folder / ".lankov-claims-notes.tmp"
    own.touch()
    os.utime(left, (0, 0))
    os.utime(own, (0, 0))
    assert run("outline", "long.txt", "-o", "out.txt").code == 0
    assert drafts(folder) == [own], "what is named otherwise is no draft of ours"


def test_two_runs_that_write_one_file_leave_one_of_them_whole(folder: Path) -> None:
    args = ("outline", "long.txt", "--format", "json", "-o", "out.json")
    with started(folder, *args) as one, started(folder, *args) as other:
        assert (said(one), said(other)) == ("", "")
    assert (one.returncode, other.returncode) == (0, 0)
    assert len(json.loads((folder / "out.json").read_bytes())["paragraphs"]) == 500
    assert drafts(folder) == []


def test_a_draft_follows_no_link(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where somebody guessed its name and laid a link there."""
    (folder / "victim").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "urandom", lambda count: bytes(count))
    link = folder / ".lankov-claims-0000000000000000.tmp"
    link.symlink_to(folder / "victim")
    result = run("outline", "long.txt", "-o", "out.txt")
    assert (result.code, (folder / "victim").read_text(encoding="utf-8")) == (2, "mine")
    assert result.err == b"out.txt: cannot write it: file exists (choose another file)\n"
    assert link.is_symlink(), "what is not its own is not taken away"


def test_a_read_only_file_is_not_replaced(run: Run, folder: Path) -> None:
    (folder / "out.txt").write_text("as it was", encoding="utf-8")
    (folder / "out.txt").chmod(0o444)
    result = run("outline", "long.txt", "-o", "out.txt")
    assert result.err == b"out.txt: cannot write it: it is read-only (choose another file)\n"
    assert (result.code, (folder / "out.txt").read_text(encoding="utf-8")) == (2, "as it was")


def test_a_private_file_is_private_while_it_is_written_anew(folder: Path) -> None:
    (folder / "out.txt").touch(0o600)
    with writing(folder):
        assert [path.stat().st_mode & 0o777 for path in drafts(folder)] == [0o600]


# ------------------------------------------------------------------------------ Ctrl-C, any time


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_of_several_processes_ends_soon(folder: Path, number: int) -> None:
    """It does not wait for what they are at."""
    os.mkfifo(folder / "never.txt")
    args = ("outline", "long.txt", "never.txt", "never.txt", "-o", "out.jsonl", "--jobs", "2")
    with started(folder, *args) as process:
        wait_until(lambda: drafts(folder), "a draft stands in the folder")
        time.sleep(0.5)
        process.send_signal(number)
        assert (said(process), process.returncode) == ("", 128 + number)
    assert drafts(folder) == []


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_second_signal_keeps_nothing_alive(folder: Path, first: int, jobs: str) -> None:
    os.mkfifo(folder / "never.txt")
    args = ("outline", "long.txt", "never.txt", "never.txt", "-o", "out.jsonl", "--jobs", jobs)
    with started(folder, *args) as process:
        wait_until(lambda: drafts(folder), "a draft stands in the folder")
        time.sleep(0.5)
        process.send_signal(first)
        time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        err = said(process)
    assert (err, process.returncode) == ("", 128 + first)
    assert drafts(folder) == []


def test_a_request_to_end_as_a_draft_is_made_leaves_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(path: Path, mode: str) -> NoReturn:
        assert mode == "xb"
        path.touch()
        raise lc.Ended(signal.SIGTERM)

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(lc.Ended):
        lc.write_file(str(folder / "out.txt"), ["Tea."])
    assert drafts(folder) == []


@pytest.mark.slow
def test_a_run_of_several_processes_ends_though_one_is_killed_as_it_sends(folder: Path) -> None:
    """Its outlines are larger than a pipe, which nobody reads while the run is stopped."""
    names = [f"t{number}.txt" for number in range(40)]
    for name in names:
        (folder / name).write_text(TEXT * 3, encoding="utf-8")
    args = ("outline", *names, "-o", "out.jsonl", "--jobs", "2")
    for _ in range(4):
        with started(folder, *args) as process:
            wait_until(lambda: drafts(folder), "a draft stands in the folder")
            process.send_signal(signal.SIGSTOP)
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGCONT)
            assert process.wait(TIMEOUT) == 128 + signal.SIGTERM
        assert drafts(folder) == []


@pytest.mark.parametrize("shell", ["complete_foo", "source_foo", "foo"])
def test_a_shell_that_is_unknown_is_exit_2(run: Run, shell: str) -> None:
    result = run(env={"_LANKOV_CLAIMS_COMPLETE": shell}, process=True)
    assert (result.code, bool(result.out + result.err)) == (2, True)


def test_an_odd_name_is_told_to_nobody_where_standard_error_is_closed(folder: Path) -> None:
    with started(folder, "outline", "\udcff.txt", before=lambda: os.close(2)) as process:
        assert process.wait(TIMEOUT) == 2


def test_an_interrupt_at_any_time_leaves_no_trace(folder: Path) -> None:
    """From the module's first line on; before that Python itself starts, and says what it says."""
    chance = random.Random(13)
    for _ in range(12):
        with started(folder, "outline", "long.txt", "-o", "out.txt") as process:
            time.sleep(0.03 + chance.random() * 0.4)
            process.send_signal(signal.SIGINT)
            assert process.stderr
            err = process.stderr.read().decode()
            code = process.wait(TIMEOUT)
        is_quiet = code in (0, 130) and not err
        is_python_s = err or code == -signal.SIGINT  # the latter as long as it hears no signals
        assert is_quiet or (is_python_s and "lankov_claims.py" not in err), (code, err)
        assert drafts(folder) == []


def python(folder: Path, code: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    """A Python process in the folder, which hears signals."""
    return subprocess.run(
        [COMMAND[0], "-c", code, *args],
        cwd=folder,
        env=environment(),
        preexec_fn=hear_signals,
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
    )


def loading(
    folder: Path, happens: str, *args: str, module: str = "bisect"
) -> subprocess.CompletedProcess[bytes]:
    """The program as its command starts it, where something happens as it imports a module: by
    default as it is loaded itself.
    """
    (folder / f"{module}.py").write_text(f"{happens}\n", encoding="utf-8")
    start = (
        f"import sys; sys.argv[0] = 'lankov-claims'; sys.modules.pop({module!r}, None); "
        "from lankov_claims import main; sys.exit(main())"
    )
    return python(folder, start, *args)


def test_an_interrupt_while_the_module_is_loaded_is_exit_130(folder: Path) -> None:
    done = loading(folder, "raise KeyboardInterrupt")
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_an_interrupt_as_a_class_is_made_is_exit_130(folder: Path) -> None:
    """Up to Python 3.11 it comes up as the cause of a RuntimeError."""
    done = loading(folder, "raise RuntimeError from KeyboardInterrupt()")
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_another_exception_while_it_is_loaded_is_shown_as_always(folder: Path) -> None:
    assert b"RuntimeError: cold" in loading(folder, "raise RuntimeError('cold')").stderr


HOST = """
import atexit, signal, sys
atexit.register(print, "all is put away")
hook = sys.excepthook
try:
    import lankov_claims
except KeyboardInterrupt:
    assert sys.excepthook is hook
    raise
"""


def test_a_program_that_imports_it_ends_as_it_would_itself(folder: Path) -> None:
    (folder / "bisect.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = python(folder, f"import sys; sys.modules.pop('bisect', None)\n{HOST}")
    assert (done.returncode, done.stdout) == (-signal.SIGINT, b"all is put away\n")


CALLBACK = """
import signal, time, weakref
class Thing: pass
thing = Thing()
reference = weakref.ref(thing, lambda _: {happens})
del thing
time.sleep({seconds})
"""


def test_an_interrupt_in_a_callback_while_it_is_loaded_is_exit_130(folder: Path) -> None:
    happens = CALLBACK.format(happens="signal.raise_signal(signal.SIGINT)", seconds=9)
    done = loading(folder, happens)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_is_heard_in_a_callback_too(folder: Path, number: int) -> None:
    """Out of which Python lets no exception."""
    happens = CALLBACK.format(happens=f"signal.raise_signal({number})", seconds=9)
    begun = time.monotonic()
    done = loading(folder, happens, "rules", "nothing", module="difflib")
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, b"", b"")
    assert time.monotonic() - begun < 9, "not when all is done"


LAST_MOMENT = """
import signal, sys, weakref
import lankov_claims as lc
class Thing: pass
def run():
    code = whole()
    thing = Thing()
    reference = weakref.ref(thing, lambda _: signal.raise_signal({number}))
    del thing
    return code
whole, lc._run = lc._run, run
sys.exit(lc.main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_is_heard_in_the_last_callback_too(folder: Path, number: int) -> None:
    """When all is done before it could come once more."""
    done = python(folder, LAST_MOMENT.format(number=number), "--version")
    assert (done.returncode, done.stderr) == (128 + number, b"")


@pytest.mark.parametrize("module", ["bisect", "difflib"])
def test_another_exception_in_a_callback_is_shown_as_always(folder: Path, module: str) -> None:
    happens = CALLBACK.format(happens="1 / 0", seconds=0) + "def get_close_matches(*_): return []"
    done = loading(folder, happens, "rules", "nothing", module=module)
    assert b"ZeroDivisionError" in done.stderr


# ---------------------------------------------------------------------------- shells that complete


@pytest.mark.parametrize(
    "env",
    [
        {"_LANKOV_CLAIMS_COMPLETE": "complete_bash"},
        {
            "_LANKOV_CLAIMS_COMPLETE": "complete_bash",
            "COMP_WORDS": "lankov-claims o",
            "COMP_CWORD": "x",
        },
    ],
    ids=["no words", "no number"],
)
def test_half_of_a_shell_s_question_is_told(run: Run, env: dict[str, str]) -> None:
    result = run(env=env, process=True)
    assert (result.code, result.out, result.err.count(b"\n")) == (2, b"", 1)
    assert result.err.startswith(b"_LANKOV_CLAIMS_COMPLETE: ")


def test_settings_of_a_shell_that_cannot_be_written_are_named(run: Run) -> None:
    env = {"HOME": "/dev/null", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    result = run("--install-completion", "bash", env=env, process=True)
    assert (result.code, result.out) == (2, b"")
    assert result.err.startswith(b"/dev/null: cannot write it: ")


# ---------------------------------------------------------------------------------- as a library


def test_no_handler_is_left_behind(run: Run) -> None:
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    assert run("outline", "long.txt").code == 0
    assert [signal.getsignal(number) for number in numbers] == before


def test_a_signal_that_is_ignored_stays_so(folder: Path) -> None:
    """As under nohup."""

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    reading, feeding = os.pipe()
    with started(folder, "outline", "-", "-o", "out.txt", stdin=reading, before=ignore) as process:
        os.close(reading)
        wait_until(lambda: drafts(folder), "a draft stands in the folder")
        process.send_signal(signal.SIGHUP)
        os.write(feeding, b"Tea is good.\n")
        os.close(feeding)
        assert (said(process), process.returncode) == ("", 0)


def test_the_program_runs_in_any_thread(folder: Path) -> None:
    """Only the main thread may say what becomes of a signal."""
    code = (
        "import sys, threading, lankov_claims as lc\n"
        "sys.argv = ['lankov-claims', 'outline', 'long.txt', '-o', 'out.txt']\n"
        "codes = []\n"
        "thread = threading.Thread(target=lambda: codes.append(lc.main()))\n"
        "thread.start(); thread.join(); sys.exit(codes[0])\n"
    )
    command = [COMMAND[0], "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment(), check=False, timeout=TIMEOUT)
    assert done.returncode == 0
    assert (folder / "out.txt").exists()


# ------------------------------------------------------------------------ what ends a run otherwise


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, b""),
        (lc.Ended(signal.SIGTERM), 143, b""),
        (MemoryError(), 2, b"lankov-claims: there is too little memory (give a smaller text)\n"),
        (lc.Failure("tea.txt: it is cold"), 2, b"tea.txt: it is cold\n"),
        (OSError(5, "Input/output error", "tea.txt"), 2, b"tea.txt: cannot write it: "),
        (OSError(5, "Input/output error"), 2, b"standard output: cannot write to it: "),
        (KeyError("cold"), 70, b"lankov-claims: internal fault: KeyError: "),
        (RuntimeError("cold"), 70, b"lankov-claims: internal fault: RuntimeError: cold ("),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_ends_a_run_has_its_code_and_a_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: bytes
) -> None:
    def fail() -> NoReturn:
        raise error

    monkeypatch.setattr(lc, "_make_app", fail)
    monkeypatch.setattr(lc, "_discard", lambda stream: None)
    result = run("outline")
    assert (result.code, result.out, result.err.startswith(told)) == (code, b"", True)
    assert bool(result.err) is bool(told)


def test_an_interrupt_of_a_command_is_exit_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """typer tells of it in its own way."""

    def interrupt(*args: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(lc, "find_texts", interrupt)
    result = run("outline")
    assert (result.code, result.out, result.err) == (130, b"", b"")


class Recorder:
    """A stream of somebody who embeds the program."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.buffer = io.BytesIO()

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        self.buffer.flush()


def test_a_stream_of_another_kind_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr("sys.argv", ["lankov-claims", "--version"])
    monkeypatch.setattr("sys.stdout", recorder)
    assert lc.main() == 0
    assert recorder.buffer.getvalue().startswith(b"lankov-claims ")


def test_a_write_that_fails_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> NoReturn:
            raise OSError(28, "No space left on device")

    stream = io.TextIOWrapper(Full(), "utf-8")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr(lc, "_discard", lambda stream: None)
    with pytest.raises(lc.Failure, match="cannot write to it: no space left on device"):
        lc.emit("tea")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("loop.txt", "loop.txt: cannot write it: its links run in a circle"),
        ("shelf", "shelf: cannot write it: is a directory"),
        ("", '"": cannot write it: this is no file'),
    ],
    ids=["a link to itself", "a folder", "nothing"],
)
def test_a_target_that_is_no_file_is_told(run: Run, folder: Path, path: str, told: str) -> None:
    (folder / "shelf").mkdir()
    (folder / "loop.txt").symlink_to("loop.txt")
    result = run("outline", "long.txt", "--format", "tree", "-o", path)
    assert (result.code, result.out) == (2, b"")
    assert result.err.decode().startswith(told)


def test_a_system_without_the_means_does_without(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows: nobody can see there whether something was piped in, or whether a reader went."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    assert run("outline").err == b""
    monkeypatch.delattr(select, "poll")
    assert lc._reader_is_gone() is False
    monkeypatch.delattr(os, "set_blocking")
    monkeypatch.delattr(signal, "SIGHUP")
    assert run("outline", "long.txt").code == 0
