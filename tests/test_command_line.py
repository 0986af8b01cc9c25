"""The command line: exit codes, streams, files, pipes and terminals."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import (
    COMMAND,
    ROOT,
    TIMEOUT,
    Result,
    Run,
    RunInTerminal,
    environment,
    hear_interrupts,
    rule,
    rule_set,
)

import lankov_claims as lc

NUMBERED = re.compile(r" *\d+  (claim|evidence|recommendation) ")
TEA = "Tea is good.\n\nMilk should go in first.\n"
FORMATS = {".txt": b"tea.txt", ".md": b"# tea", ".json": b"{\n"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """The folder that the program runs in, with what it may be asked to read."""
    (tmp_path / "tea.txt").write_text(TEA, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("Café".encode("latin-1"))
    (tmp_path / "rules.yaml").write_text(rule_set(), encoding="utf-8")
    (tmp_path / "faulty.yaml").write_text(rule_set(rule(weight=-1)), encoding="utf-8")
    (tmp_path / "syntax.yaml").write_text("rules: [", encoding="utf-8")
    # Double quotes make characters of the escapes, which the message must not hand on.
    (tmp_path / "escape.yaml").write_text(rule_set() + '"\\e]0;x\\a\\n": 1\n', encoding="utf-8")
    (tmp_path / "shelf").mkdir()
    return tmp_path


def unstyled(screen: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", screen)


def printable(text: str) -> bool:
    return not {c for c in text if unicodedata.category(c) == "Cc"} - {"\n"}


def assert_could_not(result: Result) -> None:
    """Exit 2 with nothing but one line on standard error, fit for a terminal."""
    assert (result.code, result.out) == (2, b"")
    assert result.err.endswith(b"\n")
    assert result.err.count(b"\n") == 1, result.err.decode()
    assert printable(result.err.decode())


# ----------------------------------------------------------------------------------- the outline


def test_the_outline_in_a_pipe_is_a_whole_line_for_each_paragraph(run: Run, op_ed: str) -> None:
    result = run("outline")
    lines = [line for line in result.out.decode().splitlines() if NUMBERED.match(line)]
    paragraphs = lc.build_outline(op_ed, lc.load_rules()).paragraphs
    assert (result.code, result.err) == (0, b"")
    assert [int(line.split()[0]) for line in lines] == list(range(1, 11))
    for line, paragraph in zip(lines, paragraphs, strict=True):
        assert f" {paragraph.tag} " in line
        assert (f" under {paragraph.under} " in line) is (paragraph.under is not None)
        assert line.endswith(" ".join(paragraph.key_sentence.text.split()))


def test_json_is_the_same_bytes_from_any_folder(run: Run, folder: Path) -> None:
    first, second = (run("outline", "--format", "json", cwd=cwd) for cwd in (folder, Path("/")))
    assert first == second
    assert json.loads(first.out)["text"]["source"] == "op-ed.txt"
    assert first.out.endswith(b"}\n")


@pytest.mark.parametrize(
    ("args", "source"),
    [(["tea.txt"], "tea.txt"), (["./tea.txt"], "./tea.txt"), (["-"], "-")],
)
def test_a_source_is_named_as_it_was_given(run: Run, args: list[str], source: str) -> None:
    data = TEA.encode() if args == ["-"] else b""
    result = run("outline", *args, "--format", "json", data=data)
    found = json.loads(result.out)
    assert found["text"]["source"] == source
    assert [paragraph["text"] for paragraph in found["paragraphs"]] == TEA.strip().split("\n\n")


def test_another_rule_file_can_be_given_by_name_and_on_standard_input(run: Run) -> None:
    named = run("outline", "tea.txt", "--rules", "rules.yaml", "--format", "json")
    piped = run("outline", "tea.txt", "--rules", "-", "--format", "json", data=rule_set().encode())
    assert json.loads(named.out)["rules"]["count"] == 1
    assert named.out.replace(b'"rules.yaml"', b'"-"') == piped.out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_newline_and_a_byte_order_mark_read_alike(
    run: Run, folder: Path, encoding: str, newline: str
) -> None:
    plain = run("outline", "tea.txt")
    (folder / "tea.txt").write_bytes(TEA.replace("\n", newline).encode(encoding))
    assert run("outline", "tea.txt") == plain


# ------------------------------------------------------------------------------ what cannot be done


@pytest.mark.parametrize(
    ("args", "named"),
    [
        pytest.param(["outline", "none.txt"], "none.txt: ", id="a missing text"),
        pytest.param(["outline", ""], "", id="a text without a name"),
        pytest.param(["outline", "no\nne\x1b]0;x\x07.txt"], "", id="a name of two lines"),
        pytest.param(["outline", "shelf"], "shelf: ", id="a folder"),
        pytest.param(["outline", "latin.txt"], "latin.txt:1:4: ", id="a text not in UTF-8"),
        pytest.param(["outline", "--rules", "none.yaml"], "none.yaml: ", id="missing rules"),
        pytest.param(["outline", "--rules", ""], "", id="rules without a name"),
        pytest.param(["outline", "--rules", "latin.txt"], "latin.txt:1:4: ", id="rules in Latin-1"),
        pytest.param(["outline", "--rules", "faulty.yaml"], "faulty.yaml:3:", id="a fault"),
        pytest.param(["outline", "--rules", "syntax.yaml"], "syntax.yaml:", id="no YAML"),
        pytest.param(["outline", "--rules", "escape.yaml"], "escape.yaml:4:", id="a raw escape"),
        pytest.param(["outline", "-", "--rules", "-"], "", id="standard input twice"),
        pytest.param(["outline", "--format", "tea"], "", id="an unknown format"),
        pytest.param(["outline", "--colour"], "", id="an unknown option"),
        pytest.param(["outline", "-o"], "", id="an option without its value"),
        pytest.param(["brew"], "", id="an unknown command"),
        pytest.param(["--brew"], "", id="an unknown option before the command"),
        pytest.param(["outline", "-o", "tea.docx"], "tea.docx: ", id="an unknown suffix"),
        pytest.param(["outline", "-o", "tea"], "tea: ", id="no suffix"),
        pytest.param(["outline", "-o", "none/tea.md"], "none/tea.md: ", id="no such folder"),
        pytest.param(["outline", "--format", "json", "-o", "shelf"], "shelf: ", id="onto a folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(
    run: Run, folder: Path, args: list[str], named: str
) -> None:
    before = sorted(folder.rglob("*"))
    result = run(*args)
    assert_could_not(result)
    assert result.err.decode().startswith(named)
    assert sorted(folder.rglob("*")) == before


def test_every_fault_of_a_rule_file_is_a_line(run: Run, folder: Path) -> None:
    rules = rule_set(rule("a", weight=-1), rule("b", tag="opinion"))
    (folder / "two.yaml").write_text(rules, encoding="utf-8")
    result = run("outline", "--rules", "two.yaml")
    assert (result.code, result.out) == (2, b"")
    assert re.findall(rb"^two.yaml:(\d+):\d+: ", result.err, re.MULTILINE) == [b"3", b"4"]


def test_an_internal_fault_is_one_line_and_exit_70(run: Run, folder: Path) -> None:
    (folder / "yaml.py").write_text("raise RuntimeError('the kettle\\nis cold')\n")
    path = os.pathsep.join([str(folder), environment()["PYTHONPATH"]])
    result = run("outline", env={"PYTHONPATH": path})
    assert (result.code, result.out, result.err.count(b"\n")) == (70, b"", 1)
    shown = run("outline", env={"PYTHONPATH": path, "LANKOV_CLAIMS_DEBUG": "1"}, traceback=True)
    assert b"RuntimeError: the kettle" in shown.err
    assert shown.code == 70


def test_an_interrupt_ends_quietly_with_130(folder: Path) -> None:
    text = folder / "slow.txt"
    os.mkfifo(text)
    command = [*COMMAND, "outline", str(text)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, env=environment(), preexec_fn=hear_interrupts
    ) as process:
        pipe = os.open(text, os.O_WRONLY)  # returns once the program opens it, just before it reads
        for _ in range(20):  # a signal between the two is noted, and told at the next
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
                break
        os.close(pipe)
        err = process.stderr.read() if process.stderr else b""
    assert process.returncode == 130
    assert b"Traceback" not in err


# ----------------------------------------------------------------------------------- writing files


@pytest.mark.parametrize("suffix", [".txt", ".md", ".json", ".JSON"])
def test_the_suffix_picks_the_format(run: Run, folder: Path, suffix: str) -> None:
    result = run("outline", "tea.txt", "-o", f"new{suffix}")
    assert (result.code, result.out) == (0, b"")
    assert (folder / f"new{suffix}").read_bytes().startswith(FORMATS[suffix.lower()])


def test_a_dash_is_standard_output(run: Run, folder: Path) -> None:
    assert run("outline", "tea.txt", "-o", "-") == run("outline", "tea.txt")
    assert not (folder / "-").exists()


@pytest.mark.parametrize("name", ["new.md", "new.docx", "new"])
def test_a_named_format_beats_the_suffix(run: Run, folder: Path, name: str) -> None:
    assert run("outline", "tea.txt", "--format", "json", "-o", name).code == 0
    assert (folder / name).read_bytes() == run("outline", "tea.txt", "--format", "json").out


@pytest.mark.parametrize(
    ("args", "victim"),
    [
        pytest.param(["tea.txt", "-o", "tea.txt"], "tea.txt", id="the text"),
        pytest.param(["tea.txt", "-o", "shelf/../tea.txt"], "tea.txt", id="by another path"),
        pytest.param(["tea.txt", "-o", "alias.md"], "tea.txt", id="by a link"),
        pytest.param(["alias.md", "-o", "tea.txt"], "tea.txt", id="read by a link"),
        pytest.param(["--format", "json", "--rules", "rules.yaml", "-o", "rules.yaml"],
                     "rules.yaml", id="the rules"),
        pytest.param(["-", "-o", "tea.txt"], "tea.txt", id="standard input"),
    ],
)  # fmt: skip
def test_an_input_is_never_written_onto(
    run: Run, folder: Path, args: list[str], victim: str
) -> None:
    (folder / "alias.md").symlink_to("tea.txt")
    before = (folder / victim).read_bytes()
    with (folder / "tea.txt").open("rb") as text:
        result = run("outline", *args, stdin=text.fileno() if "-" in args else None)
    assert (folder / victim).read_bytes() == before
    assert_could_not(result)


@pytest.mark.parametrize("name", [lc.SHIPPED_TEXT, lc.SHIPPED_RULES])
def test_a_shipped_file_is_an_input_too(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copytree(lc.shipped_file(name).parent, folder / "data")
    monkeypatch.setattr(lc, "shipped_file", (folder / "data").joinpath)
    before = (folder / "data" / name).read_bytes()
    result = run("outline", "--format", "json", "-o", f"data/{name}")
    assert (folder / "data" / name).read_bytes() == before
    assert_could_not(result)


def test_a_failing_write_leaves_the_old_file_and_no_other(run: Run, folder: Path) -> None:
    (folder / "old.json").write_text("old")
    before = sorted(folder.rglob("*"))
    assert_could_not(run("outline", "-o", "old.json", largest_file=1000))
    assert (folder / "old.json").read_text() == "old"
    assert sorted(folder.rglob("*")) == before


def test_a_file_keeps_its_permissions_and_a_link_stays_one(run: Run, folder: Path) -> None:
    old, link = folder / "old.json", folder / "link.json"
    old.write_text("old")
    old.chmod(0o640)
    link.symlink_to(old)
    assert run("outline", "-o", "link.json").code == 0
    assert link.is_symlink()
    assert old.read_bytes() == run("outline", "--format", "json").out
    assert old.stat().st_mode & 0o777 == 0o640


def test_what_is_no_regular_file_is_written_directly(run: Run) -> None:
    args = ("outline", "--format", "json")
    assert run(*args, "-o", "/dev/stdout", process=True) == run(*args)
    assert run(*args, "-o", "/dev/null", process=True) == (0, b"", b"")


# ---------------------------------------------------------------------------------- help, start-up


def test_the_version_is_one_line(run: Run) -> None:
    assert run("--version") == (0, f"lankov-claims {lc.__version__}\n".encode(), b"")


@pytest.mark.parametrize("args", [["--help"], []], ids=["asked for", "without a command"])
def test_help_shows_examples_that_work(run: Run, folder: Path, args: list[str]) -> None:
    result = run(*args)
    examples = re.findall(r"^ +lankov-claims (outline .*?)(?:  .*)?$", result.out.decode(), re.M)
    assert (result.code, result.err) == (0, b"")
    assert len(examples) >= 3
    shutil.copy(folder / "tea.txt", folder / "my-op-ed.txt")
    shutil.copy(folder / "rules.yaml", folder / "my-rules.yaml")
    assert {example: run(*example.split()).code for example in examples} == dict.fromkeys(
        examples, 0
    )


def test_importing_the_module_imports_no_dependency() -> None:
    code = "import lankov_claims, sys; print({'typer', 'rich', 'yaml'} & {*sys.modules})"
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, env=environment(), timeout=TIMEOUT) == b"set()\n"


def test_an_outline_in_a_pipe_does_not_import_rich(run: Run) -> None:
    imported = run("outline", env={"PYTHONPROFILEIMPORTTIME": "1"}).err.decode()
    assert re.search(r"\| +yaml$", imported, re.M)
    assert not re.search(r"\| +rich\b", imported)


# ------------------------------------------------------------------------------ pipes and terminals


@pytest.mark.parametrize("args", [["outline"], ["check"], ["--help"], ["brew"]], ids=" ".join)
def test_a_run_in_this_process_leaves_what_a_process_leaves(run: Run, args: list[str]) -> None:
    assert run(*args) == run(*args, process=True)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_run_in_this_process_shows_what_a_real_terminal_shows(
    run_in_terminal: RunInTerminal, term: str
) -> None:
    shown = run_in_terminal("explain", "8", columns=50, term=term, program=COMMAND)
    assert run_in_terminal("explain", "8", columns=50, term=term) == shown


@pytest.mark.parametrize("args", [["outline"], ["outline", "--format", "json"], ["--help"],
                                  ["--version"]], ids=" ".join)  # fmt: skip
def test_a_closed_pipe_ends_quietly(run: Run, args: list[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        assert run(*args, stdout=write_end) == (0, b"", b"")
    finally:
        os.close(write_end)


@pytest.mark.parametrize("args", [["outline"], ["--help"], ["--version"]], ids=" ".join)
def test_a_full_disk_is_no_internal_fault(run: Run, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        assert_could_not(run(*args, stdout=full.fileno()))


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}], ids=str)
@pytest.mark.parametrize("args", [["outline"], ["--help"], ["brew"]], ids=" ".join)
def test_a_pipe_gets_no_escape_sequence(run: Run, args: list[str], env: dict[str, str]) -> None:
    result = run(*args, env=env)
    assert printable((result.out + result.err).decode())


def test_colour_is_for_terminals_that_want_it(run_in_terminal: RunInTerminal) -> None:
    colour = r"\x1b\[(\d+;)*(3|4|9|10)\d(;\d+)*m"
    assert re.search(colour, run_in_terminal("outline").text)
    assert not re.search(colour, run_in_terminal("outline", NO_COLOR="1").text)


def test_a_dumb_terminal_gets_neither_boxes_nor_escape_sequences(
    run_in_terminal: RunInTerminal,
) -> None:
    code, text = run_in_terminal("outline", term="dumb")
    assert code == 0
    assert printable(text)
    assert not re.search("[\u2500-\u259f]", text)
    assert re.search("[\u2500-\u259f]", run_in_terminal("outline").text)


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_shows_every_key_sentence_within_its_width(
    run_in_terminal: RunInTerminal, op_ed: str, columns: int, term: str
) -> None:
    code, screen = run_in_terminal("outline", columns=columns, term=term)
    lines = unstyled(screen).splitlines()
    assert code == 0
    assert [line for line in lines if len(line) > columns] == []
    shown = " ".join(re.sub("[\u2500-\u259f]", " ", " ".join(lines)).split())
    for paragraph in lc.build_outline(op_ed, lc.load_rules()).paragraphs:
        assert f"{paragraph.tag} {' '.join(paragraph.key_sentence.text.split())}" in shown


@pytest.mark.parametrize("format", ["tree", "markdown", "json"])
def test_control_characters_of_a_text_reach_no_terminal(
    run: Run, run_in_terminal: RunInTerminal, folder: Path, format: str
) -> None:
    text = "Tea \x1b]0;x\x07 is\x00 \x9b31mred\x08.\u202e\n"
    (folder / "odd.txt").write_text(text, encoding="utf-8")
    piped = run("outline", "odd.txt", "--format", format)
    screen = run_in_terminal("outline", "odd.txt", "--format", format)
    assert piped.code == screen.code == 0
    for shown in (piped.out.decode(), unstyled(screen.text)):
        assert printable(shown)
        assert "\u202e" not in shown
        assert "\x9b" not in shown


def test_markup_in_a_text_is_shown_as_it_stands(
    run: Run, run_in_terminal: RunInTerminal, folder: Path
) -> None:
    text = "Tea [red]x[/red] [sic] :tea: [/] [link=a]b[/link] is good."
    (folder / "markup.txt").write_text(text, encoding="utf-8")
    assert text in run("outline", "markup.txt").out.decode()
    assert text in unstyled(run_in_terminal("outline", "markup.txt", columns=120).text)


@pytest.mark.parametrize(
    ("missing", "command"),
    [
        (lc.SHIPPED_TEXT, "outline"),
        (lc.SHIPPED_RULES, "outline"),
        (lc.SCHEMA_FILE, "check"),
        (lc.SCHEMA_FILE, "schema rule-file"),
        (lc.SHIPPED_RULES, "rules --export my.yaml"),
    ],
)
def test_a_data_file_that_is_gone_is_named(missing: str, command: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "lankov_claims.py", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / missing).unlink()
    program = [sys.executable, "lankov_claims.py", *command.split()]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert f"{missing}: cannot read it: no such file".encode() in done.stderr
