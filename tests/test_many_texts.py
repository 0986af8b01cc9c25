"""Several texts at once: one outline after the other, each as soon as it is done."""

import json
import os
import pty
import re
import select
import subprocess
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from conftest import COMMAND, TIMEOUT, Run, RunInTerminal, environment

import lankov_claims as lc

TEXTS = {
    "one.txt": "We must act now.\n\nIn 2019 the river rose by 3 metres.\n",
    "two.txt": "The plan is a mistake.\n",
    "[three].txt": "“Never again,” she said.\n\nTea is good.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", [[], ["--format", "tree"], ["--format", "markdown"], ["--brief"]])
def test_each_outline_stands_under_its_name_a_line_apart(
    run: Run, folder: Path, form: list[str]
) -> None:
    alone = [run("outline", name, *form).out.decode() for name in TEXTS]
    together = run("outline", *TEXTS, *form)
    assert (together.code, together.err) == (0, b"")
    assert together.out.decode() == "\n".join(alone)
    for name, text in zip(TEXTS, alone, strict=True):
        assert name.strip("[]") in text.splitlines()[0].replace("\\", "")


def test_json_lines_hold_an_outline_each(run: Run, folder: Path) -> None:
    alone = [json.loads(run("outline", name, "--format", "json").out) for name in TEXTS]
    lines = run("outline", *TEXTS, "--format", "jsonl").out.decode().splitlines()
    assert [json.loads(line) for line in lines] == alone
    assert run("outline", "one.txt", "--format", "jsonl").out.decode().splitlines() == lines[:1]


def test_one_json_is_of_one_text(run: Run, folder: Path) -> None:
    done = run("outline", "one.txt", "two.txt", "--format", "json")
    told = b"json: that is of one text (use --format jsonl for several)\n"
    assert (done.code, done.out, done.err) == (2, b"", told)


def test_a_bad_text_is_told_and_the_others_are_read(run: Run, folder: Path) -> None:
    (folder / "bad.txt").write_bytes(b"Tea.\n\xff")
    done = run("outline", "one.txt", "none.txt", "bad.txt", "two.txt", "--format", "jsonl")
    read = [json.loads(line)["text"]["source"] for line in done.out.decode().splitlines()]
    assert (done.code, read) == (2, ["one.txt", "two.txt"])
    none, bad, count = done.err.decode().splitlines()
    assert none.startswith("none.txt: cannot read it: ")
    assert bad.startswith("bad.txt:2:1: the byte 0xFF is not UTF-8 (iconv ")
    assert count == "lankov-claims: 2 of 4 texts could not be read (see above)"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["[three].txt", "one.txt", "two.txt"]),
        ("t*.txt", ["two.txt"]),
        ("**/*.txt", ["[three].txt", "deep/four.txt", "one.txt", "two.txt"]),
        ("[[]three].txt", ["[three].txt"]),
        ("[three].txt", ["[three].txt"]),  # a file of that very name goes first
    ],
)
def test_a_pattern_stands_for_the_files_that_match_it(
    run: Run, folder: Path, pattern: str, names: list[str]
) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "four.txt").write_text("Tea.", encoding="utf-8")
    lines = run("outline", pattern, "--format", "jsonl").out.decode().splitlines()
    assert [json.loads(line)["text"]["source"] for line in lines] == names


def test_a_pattern_that_no_file_matches_is_told_as_a_file_that_is_not_there(run: Run) -> None:
    done = run("outline", "*.txt")
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(b"*.txt: cannot read it: ")


def test_a_file_holds_all_outlines_or_stays_as_it_was(run: Run, folder: Path) -> None:
    out = folder / "all.jsonl"
    assert run("outline", *TEXTS, "none.txt", "-o", "all.jsonl").code == 2
    written = out.read_bytes()
    assert written == run("outline", *TEXTS, "--format", "jsonl").out
    assert run("outline", "none.txt", "neither.txt", "-o", "all.jsonl").code == 2
    assert out.read_bytes() == written, "nothing was read, so nothing is written"
    done = run("outline", *TEXTS, "-o", "two.txt")
    assert (done.code, done.err) == (
        2,
        b"two.txt: this is an input too (choose another file to write)\n",
    )
    assert sorted(path.name for path in folder.iterdir()) == sorted([*TEXTS, "all.jsonl"])


def test_several_processes_print_what_one_prints(run: Run, folder: Path) -> None:
    names = []
    for number in range(40):  # more than are under way at once
        name = f"{number}.txt"
        names.append(name)
        text = "" if number == 7 else f"We must act on day {number}.\n\nTea is good."
        (folder / name).write_bytes(b"\xff" if number == 9 else text.encode())
    (folder / "my.yaml").write_bytes(lc.shipped_file(lc.SHIPPED_RULES).read_bytes())
    args = ("outline", *names, "--rules", "my.yaml", "--format", "jsonl", "--jobs")
    alone, several = (run(*args, jobs, process=True) for jobs in ("1", "3"))
    assert alone == several
    assert (alone.code, alone.out.count(b"\n"), alone.err.count(b"\n")) == (2, 39, 2)


def test_an_outline_is_printed_before_the_next_text_is_there(folder: Path) -> None:
    os.mkfifo(folder / "late.txt")
    args = ("outline", "one.txt", "late.txt", "--format", "jsonl")
    with subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, cwd=folder, env=environment()
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["text"]["source"] == "one.txt"
        (folder / "late.txt").write_text("Tea is good.", encoding="utf-8")
        assert json.loads(process.stdout.readline())["text"]["source"] == "late.txt"
        assert process.wait(TIMEOUT) == 0


def test_a_reader_that_goes_ends_the_reading(folder: Path) -> None:
    os.mkfifo(folder / "never.txt")
    args = ("outline", "one.txt", "two.txt", "never.txt", "--format", "jsonl")
    with subprocess.Popen(
        [*COMMAND, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
        bufsize=0,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(TIMEOUT) == 0
        assert process.stderr.read() == b""


def test_no_reader_is_waited_for_through_a_name_of_standard_output(folder: Path) -> None:
    os.mkfifo(folder / "never.txt")
    args = ("outline", "one.txt", "never.txt", "--format", "jsonl", "-o", "/dev/stdout")
    with subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, cwd=folder, env=environment()
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(TIMEOUT) == 0


def test_no_more_processes_are_started_than_a_machine_can_bear(run: Run, folder: Path) -> None:
    for jobs in ("0", "65", "99999999999999999999"):
        done = run("outline", *TEXTS, "--jobs", jobs)
        assert (done.code, done.out, done.err.count(b"\n")) == (2, b"", 1)
        assert b"'--jobs'" in done.err


@pytest.mark.parametrize(("count", "jobs", "largest"), [(3, 2, 1), (8, 2, 2), (100, 2, 8)])
def test_a_few_texts_are_shared_out_and_many_are_sent_in_batches(
    folder: Path, monkeypatch: pytest.MonkeyPatch, count: int, jobs: int, largest: int
) -> None:
    sizes = []

    class Pool:
        def __init__(self, jobs: int, **more: object) -> None:
            pass

        def submit(self, show: Callable[..., Any], batch: list[str], *rest: object) -> Future[Any]:
            sizes.append(len(batch))
            future: Future[Any] = Future()
            future.set_result(["shown"] * len(batch))
            return future

        def shutdown(self, **more: object) -> None:
            pass

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Pool)
    paths = [f"{number}.txt" for number in range(count)]
    shown = lc.show_texts(paths, lc.load_rules(), lc.View(), jobs)
    assert [*shown] == ["shown"] * count
    assert (max(sizes), sum(sizes)) == (largest, count)


def test_a_system_without_processes_to_spare_is_told_what_to_do(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    done = run("outline", *TEXTS, "--jobs", "2", "-o", "all.jsonl")
    told = b"--jobs: another process failed: [Errno 38] Function not implemented (use --jobs 1)\n"
    assert (done.code, done.err) == (2, told)
    assert not (folder / "all.jsonl").exists()


def test_standard_input_may_be_one_of_the_texts(run: Run, folder: Path) -> None:
    done = run("outline", "one.txt", "-", "--format", "jsonl", data=b"Tea is good.")
    sources = [json.loads(line)["text"]["source"] for line in done.out.decode().splitlines()]
    assert sources == ["one.txt", "-"]
    assert run("outline", "-", "one.txt", "-", data=b"Tea.").code == 2


def test_a_terminal_shows_how_far_it_is_and_where_it_goes_wrong(
    run: Run, run_in_terminal: RunInTerminal, folder: Path
) -> None:
    screen = run_in_terminal("outline", *TEXTS, "none.txt", "-o", "all.jsonl")
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.text)
    assert re.search(r"4/4 texts  [\d,]+/s 0:00:00", drawn)
    assert "none.txt: cannot read it: " in screen.text
    assert "texts" not in run_in_terminal("outline", "one.txt").text, "one text is no long way"
    assert run("outline", *TEXTS, "-o", "all.jsonl").err == b"", "in a pipe nobody looks"


def test_a_terminal_that_goes_away_takes_nothing_with_it(folder: Path) -> None:
    os.mkfifo(folder / "late.txt")
    master, slave = pty.openpty()
    args = ("outline", "one.txt", "late.txt", "-o", "all.jsonl")
    with subprocess.Popen(
        [*COMMAND, *args], stderr=slave, cwd=folder, env=environment()
    ) as process:
        os.close(slave)
        os.read(master, 1)  # the bar is there
        os.close(master)
        (folder / "late.txt").write_text("Tea is good.", encoding="utf-8")
        assert process.wait(TIMEOUT) == 0
    assert len((folder / "all.jsonl").read_bytes().splitlines()) == 2


def test_what_is_shown_on_a_terminal_does_not_stand_behind_the_bar(
    run: Run, run_in_terminal: RunInTerminal, folder: Path
) -> None:
    shown = run_in_terminal("outline", *TEXTS, "--color", "never").text
    alone = [run_in_terminal("outline", name, "--color", "never").text for name in TEXTS]
    for text in alone:
        assert text in shown
        before = shown[: shown.index(text)].removesuffix("\n")
        assert before.endswith("\x1b[2K"), "the bar's line was erased"


def test_other_processes_end_with_the_first_one(folder: Path) -> None:
    """Killed as it may be, nothing that it started reads on or waits for it."""
    os.mkfifo(folder / "never.txt")
    args = ("outline", "one.txt", "two.txt", "never.txt", "--format", "jsonl", "--jobs", "2")
    reading, writing = os.pipe()
    with subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, cwd=folder, env=environment(), pass_fds=[writing]
    ) as process:
        os.close(writing)
        assert process.stdout is not None
        process.stdout.readline()  # so that they have started
        process.kill()
    gone, _, _ = select.select([reading], [], [], TIMEOUT)
    os.close(reading)
    assert gone, "a pipe is at its end as soon as nobody holds its other side"
