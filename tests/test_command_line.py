"""The command line: exit codes, streams, files, pipes and terminals."""

import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
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
    lines = []
    for one in lc.build_outline(op_ed, lc.load_rules()).paragraphs:
        tag = f"{one.tag}?" if one.margin <= 2 else one.tag
        under = f"under {one.under}" if one.under else ""
        rival = f"  (or {one.runner_up})" if one.margin <= 2 else ""
        key = " ".join(one.key_sentence.text.split())
        lines.append(f"{one.number:>2}  {tag:<15}  {under:<8}  {key}{rival}")
    assert len(lines) == 10
    assert (result.code, result.err) == (0, b"")
    assert result.out.decode().splitlines()[2:] == lines


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
        pytest.param(["explain", "--text", ""], "", id="nor as an option"),
        pytest.param(["outline", "shelf"], "shelf: this is a folder ", id="a folder"),
        pytest.param(["check", "shelf"], "shelf: this is a folder ", id="a folder of rules"),
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


def archive(first: str, content: str, version: int = 20) -> bytes:
    """A zip file, of which the first member says what it is."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        member = zipfile.ZipInfo(first)
        member.extract_version = version
        file.writestr(member, content)
        file.writestr("content.xml", "<a/>")
    return data.getvalue()


HTML = "HTML, no plain text (pandoc -f html -t plain {0} -o {1})"
WORD = "a Word file or another archive, no plain text (pandoc -f docx -t plain {0} -o {1})"
ODT = "an OpenDocument file, no plain text (pandoc -f odt -t plain {0} -o {1})"
ODT_TYPE = "application/vnd.oasis.opendocument.text"
OURS = "JSON that this program printed, no plain text (give the text that it is of; diff compares "
OURS += "outlines)"
# fmt: off
FOREIGN = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF, no plain text (pdftotext -layout {0} {1})"),
    "rtf": (b"{\\rtf1\\ansi Tea.}",
            "an RTF file, no plain text (pandoc -f rtf -t plain {0} -o {1})"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Word file, no plain text (libreoffice --convert-to txt {0})"),
    "docx": (archive("[Content_Types].xml", "<x/>"), WORD),
    "odt": (archive("mimetype", ODT_TYPE), ODT),
    "odt of another zip": (archive("mimetype", ODT_TYPE, version=10), ODT),
    "doctype": (b"<!DOCTYPE html>\n<title>Tea</title>", HTML),
    "html": (b"\xef\xbb\xbf\r\n <HTML lang='en'>", HTML),
    "xhtml": (b"<?xml version='1.0'?>\n<html>", HTML),
    "saved html": (b"<!-- saved from url=(0014)about:internet -->\r\n<html>", HTML),
    "html below a notice": (b"<!--\n  A notice.\n-->\n<html>", HTML),
    "a part of html": (b"<p class='x'>Tea.</p>", HTML),
    "a rule file": (rule_set().encode(), "a rule file, no plain text (give it with --rules)"),
    "an exported one": (b"# yaml-language-server: $schema=rules.schema.json\n\n" +
                        rule_set().encode(), "a rule file, no plain text (give it with --rules)"),
}
# fmt: on


@pytest.mark.parametrize(("data", "told"), FOREIGN.values(), ids=FOREIGN)
def test_what_is_no_plain_text_is_known_by_its_content_and_told_what_makes_text_of_it(
    run: Run, folder: Path, data: bytes, told: str
) -> None:
    (folder / "tea.txt").write_bytes(data)
    (folder / "tea.page").write_bytes(data)
    result = run("outline", "tea.page")
    assert_could_not(result)
    assert result.err.decode() == f"tea.page: this is {told}\n".format("tea.page", "tea.txt")
    piped = run("outline", "-", data=data)
    assert piped == (2, b"", f"-: this is {told}\n".format("FILE", "FILE.txt").encode())


@pytest.mark.parametrize("command", ["outline", "explain", "rules"])
def test_json_of_this_program_is_no_text(run: Run, folder: Path, command: str) -> None:
    report = run(*command.split(), "--format", "json").out
    (folder / "new.json").write_bytes(report)
    assert run("outline", "new.json") == (2, b"", f"new.json: this is {OURS}\n".encode())


@pytest.mark.parametrize("command", ["explain --text", "rules --text", "diff rules.yaml --text"])
def test_every_command_knows_what_is_no_text(run: Run, folder: Path, command: str) -> None:
    (folder / "page.html").write_bytes(b"<html>")
    told = f"page.html: this is {HTML}\n".format("page.html", "page.txt").encode()
    assert run(*command.split(), "page.html") == (2, b"", told)


@pytest.mark.parametrize("text", ["PK is a name.", "{Tea} is good.", "<Tea> is good.", "<pre>?",
                                  "%PDFs are good.", "A <p> is HTML.", "version: 2 is good.",
                                  "Add rules:\nTea is good."])  # fmt: skip
def test_what_only_begins_alike_is_a_text(run: Run, folder: Path, text: str) -> None:
    (folder / "new.html").write_text(text, encoding="utf-8")
    assert run("outline", "new.html").code == 0


def shell_words(command: str) -> list[str]:
    """What a shell makes of a command."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


@pytest.mark.parametrize("name", ["page.html", "page.txt", "my page.html", "a&b;c.html", "a'b.htm"])
def test_the_command_that_helps_can_be_pasted_and_writes_another_file(
    run: Run, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(b"<html>")
    result = run("outline", name)
    assert_could_not(result)
    command = result.err.decode().partition(" no plain text (")[2].removesuffix(")\n")
    words = shell_words(command)
    assert words[:6] == ["pandoc", "-f", "html", "-t", "plain", name]
    assert (words[6], len(words)) == ("-o", 8)
    assert words[7] != name
    assert words[7].endswith(".txt")


@pytest.mark.parametrize("url", ["http://tea.org/a", "https://tea.org/?a=1&b=2"])
def test_a_web_address_is_told_what_makes_text_of_it(run: Run, url: str) -> None:
    result = run("outline", url)
    assert_could_not(result)
    assert result.err.decode().startswith(f"{url}: this is a web address (trafilatura -u ")
    command = result.err.decode().partition(" address (")[2].removesuffix(")\n")
    words = shell_words(command)
    assert words == ["trafilatura", "-u", url, ">", "page.txt"]


# fmt: off
NO_RULES = {
    "the op-ed": lc.shipped_file(lc.SHIPPED_TEXT).read_text(encoding="utf-8"),
    "two paragraphs": "Tea: it is good: all say so.\n\nMilk should go in first.\n",
    "words alone": TEA,
    "one line": "Tea is good.\n",
    "a quotation": '"Tea," she said, is good.\n',
    "a list": "- Tea is good.\n- Milk: is not: it says.\n",
}
# fmt: on


@pytest.mark.parametrize("command", ["outline --rules", "check", "diff"])
@pytest.mark.parametrize("text", NO_RULES.values(), ids=NO_RULES)
def test_a_text_given_as_a_rule_file_is_told_where_a_text_goes(
    run: Run, folder: Path, text: str, command: str
) -> None:
    (folder / "new.txt").write_text(text, encoding="utf-8")
    code, out, err = run(*command.split(), "new.txt")
    told = b'new.txt:1:1: this is no rule file, which has "rules:" (a text is read by outline)\n'
    assert (code, out + err) == (1 if command == "check" else 2, told)


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
    unmeasured = {"COVERAGE_PROCESS_CONFIG": ""}  # coverage's own file could not be written either
    assert_could_not(run("outline", "-o", "old.json", largest_file=1000, env=unmeasured))
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


COMMANDS = ["outline", "diff", "drafts", "explain", "rules", "check", "score", "schema"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_a_short_name_and_fits_a_page(run: Run, command: str) -> None:
    args = command.split()
    result = run(*args, "-h")
    assert (result.code, result.err) == (0, b"")
    assert result == run(*args, "--help")
    lines = result.out.decode().splitlines()
    assert " ".join([lc.PROGRAM, *args]) in lines[0]
    assert [line for line in lines if len(line) > 80] == []


def test_help_names_every_command(run: Run) -> None:
    listed = run("-h").out.decode().partition("Commands:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\w+)", listed, re.MULTILINE) == COMMANDS


def test_a_score_fits_a_page(run: Run, folder: Path) -> None:
    (folder / "labels.jsonl").write_text(LABELS * 1234, encoding="utf-8")
    result = run("score", "labels.jsonl", "--show", "0")
    assert result.code == 0
    assert [line for line in result.out.decode().splitlines() if len(line) > 80] == []


# -------------------------------------------------------------------------------- standard input

NOTE = b"lankov-claims: standard input was not read; give - to read it\n"


@contextmanager
def feed(kind: str, folder: Path) -> Iterator[int]:
    """A standard input of some kind; a pipe stays open at its other end if it is said to."""
    read_end, write_end = os.pipe()
    with closing(os.fdopen(write_end, "wb", 0)) as end, closing(os.fdopen(read_end, "rb", 0)):
        if "holding a text" in kind:
            end.write(TEA.encode())
        if "closed" in kind:
            end.close()
        if kind.startswith("pipe"):
            yield read_end
            return
        (folder / "empty").touch()
        path = {"a file": "tea.txt", "a file read to its end": "tea.txt", "an empty file": "empty"}
        with (folder / path.get(kind, "/dev/null")).open("rb") as file:
            if "end" in kind:
                os.lseek(file.fileno(), 0, os.SEEK_END)
            yield file.fileno()


# fmt: off
PIPED = {
    "pipe holding a text, open": True,
    "pipe holding a text, closed": True,
    "pipe holding nothing, open": False,
    "pipe holding nothing, closed": False,
    "a file": True,
    "a file read to its end": False,
    "an empty file": False,
    "/dev/null": False,
}
# fmt: on


@pytest.mark.parametrize(("kind", "is_told"), PIPED.items(), ids=PIPED)
def test_what_is_piped_in_and_not_asked_for_is_told_without_waiting_for_it(
    run: Run, folder: Path, kind: str, is_told: bool
) -> None:
    code, out, _ = run("outline")
    with feed(kind, folder) as stdin:
        assert run("outline", stdin=stdin) == (code, out, NOTE if is_told else b"")


@contextmanager
def standard_input(stdin: int) -> Iterator[None]:
    """Another standard input, for what is run in this process."""
    kept = os.dup(0)
    os.dup2(stdin, 0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)


# fmt: off
UNASKED = {
    "outline": True, "outline -o new.txt": True, "outline --format json": True, "explain 1": True,
    "explain --rule turn": True, "rules": True, "rules --format json": True, "diff new.yaml": True,
    "diff rules.yaml new.yaml": True, "outline --rules rules.yaml": True,
    "explain 99": True, "outline tea.txt": False, "explain --text tea.txt": False,
    "diff new.yaml --text tea.txt": False, "diff new.json new.json": False,
    "rules --export copy.yaml": False, "schema diff": False, "score labels.jsonl": False,
    "--version": False, "outline -h": False,
}
# fmt: on


@pytest.mark.parametrize(("command", "is_told"), UNASKED.items(), ids=UNASKED)
def test_only_what_would_have_read_a_text_says_that_it_did_not(
    run: Run, folder: Path, command: str, is_told: bool
) -> None:
    new = rule_set(rule(any=["good"]))
    (folder / "new.yaml").write_text(new, encoding="utf-8")
    (folder / "labels.jsonl").write_text(LABELS, encoding="utf-8")
    run("outline", "-o", "new.json")
    args = command.split()
    before = run(*args)
    (folder / "copy.yaml").unlink(missing_ok=True)
    with feed("pipe holding a text, closed", folder) as stdin, standard_input(stdin):
        after = run(*args)
    assert after == (before.code, before.out, NOTE * is_told + before.err)


def test_what_is_asked_for_is_read_and_not_told_of(run: Run) -> None:
    for args in (["outline", "-"], ["outline", "--rules", "-"], ["diff", "-"],
                 ["diff", "rules.yaml", "--text", "-"]):  # fmt: skip
        data = rule_set() if args[-2:] in (["--rules", "-"], ["diff", "-"]) else TEA
        result = run(*args, data=data.encode())
        assert (result.code in (0, 1), result.err) == (True, b"")


# ------------------------------------------------------------------------------------ completion


def complete(words: str, cwd: Path, stdin: int = subprocess.DEVNULL) -> list[str]:
    """What the shell offers at the end of these words; there is no more than that."""
    count = len(words.split()) - (not words.endswith(" "))
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(count)}
    env = environment(_LANKOV_CLAIMS_COMPLETE="complete_bash", **typed)
    done = subprocess.run(
        COMMAND, stdin=stdin, capture_output=True, cwd=cwd, env=env, timeout=8, check=False
    )
    assert done.stderr == b""
    return done.stdout.decode().split()


SHIPPED = lc.load_rules()
IDS = [str(one.id) for one in SHIPPED.every]
LISTS = [f"<{name}>" for name, _ in SHIPPED.lists]
# fmt: off
COMPLETIONS = {
    "explain ": [str(number) for number in range(1, 11)],
    "explain 1": ["1", "10"],
    "explain 3 1": ["1", "10"],
    "explain --text tea.txt ": ["1", "2"],
    "explain --rule ": IDS,
    "explain --rule tu": [id for id in IDS if id.startswith("tu")],
    "explain --rules rules.yaml --rule ": ["tea"],
    "rules ": IDS + LISTS,
    "rules <a": [name for name in LISTS if name.startswith("<a")],
    "rules --rules rules.yaml ": ["tea"],
    "schema ": list(lc._SCHEMAS),
    "schema o": ["outline"],
    "outline --format ": ["tree", "markdown", "json", "jsonl", "html", "labels"],
    "score --color ": ["auto", "always", "never"],
    # What cannot be read completes nothing, and says nothing.
    "explain --rules faulty.yaml ": [],
    "explain --rules syntax.yaml --rule ": [],
    "rules --rules none.yaml ": [],
    "rules --rules latin.txt ": [],
    "explain --text shelf ": [],
    "explain --text rules.yaml ": [],
}
# fmt: on


@pytest.mark.parametrize(("words", "offered"), COMPLETIONS.items(), ids=COMPLETIONS)
def test_a_shell_completes_numbers_rules_lists_and_schemas(
    folder: Path, words: str, offered: list[str]
) -> None:
    found = complete(f"lankov-claims {words}", folder)
    assert sorted(found) == sorted(offered)
    assert not words.startswith("explain ") or found == offered


@pytest.mark.parametrize("kind", ["pipe holding nothing, open", "pipe holding a text, open"])
@pytest.mark.parametrize("words", ["explain ", "explain --text - ", "explain --rules - --rule "])
def test_completion_neither_waits_for_standard_input_nor_tells_of_it(
    folder: Path, words: str, kind: str
) -> None:
    with feed(kind, folder) as stdin:
        found = complete(f"lankov-claims {words}", folder, stdin)
        assert found == ([str(number) for number in range(1, 11)] if words == "explain " else [])
        assert ("nothing" in kind) or os.read(stdin, 100) == TEA.encode()


# -------------------------------------------------------------------------------------- start-up


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
@pytest.mark.parametrize(
    "args",
    [["outline", "--format", "json"], ["outline", "--format", "markdown", "--color", "always"],
     ["explain", "--format", "json", "--color", "always"], ["--help"], ["brew"]],
    ids=" ".join,
)  # fmt: skip
def test_what_is_no_report_has_no_escape_sequence(
    run: Run, args: list[str], env: dict[str, str]
) -> None:
    result = run(*args, env=env)
    assert printable((result.out + result.err).decode())


# Whether a pipe and a terminal have colour: what is asked for wins, as the next test has it; else
# NO_COLOR, then what forces it.
# fmt: off
COLOURS: list[tuple[dict[str, str], bool, bool]] = [
    ({}, False, True),
    ({"COLORTERM": "truecolor"}, False, True),
    ({"TERM": "dumb"}, False, False),
    ({"NO_COLOR": ""}, False, True),
    ({"NO_COLOR": "1"}, False, False),
    ({"NO_COLOR": "0"}, False, False),
    ({"FORCE_COLOR": ""}, False, True),
    ({"FORCE_COLOR": "0"}, False, True),
    ({"FORCE_COLOR": "1"}, True, True),
    ({"FORCE_COLOR": "true"}, True, True),
    ({"CLICOLOR_FORCE": ""}, False, True),
    ({"CLICOLOR_FORCE": "0"}, False, True),
    ({"CLICOLOR_FORCE": "1"}, True, True),
    ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, True, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
    ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True, True),
]
# fmt: on


@pytest.mark.parametrize(("env", "in_pipe", "on_terminal"), COLOURS, ids=str)
def test_colour_is_as_asked_else_as_the_environment_says_else_for_terminals(
    run: Run,
    run_in_terminal: RunInTerminal,
    env: dict[str, str],
    in_pipe: bool,
    on_terminal: bool,
) -> None:
    more = {name: value for name, value in env.items() if name != "TERM"}
    term = env.get("TERM", "xterm-256color")
    asked = {"auto": (in_pipe, on_terminal), "always": (True, True), "never": (False, False)}
    for option, expected in {"": asked["auto"], **asked}.items():
        args = (
            "outline",
            "tea.txt",
            "--rules",
            "rules.yaml",
            *([f"--color={option}"] if option else []),
        )
        piped = run(*args, env=env).out.decode()
        shown = run_in_terminal(*args, term=term, **more).text
        assert ("\x1b" in piped, "\x1b" in shown) == expected, option


LABELS = '{"text": "Tea is good.", "tag": "evidence"}\n'
REPORTS = ["outline", "outline --brief --verbose", "outline --format tree", "explain",
           "explain --verbose", "explain --rule tea", "rules", "rules tea", "rules <pots>",
           "diff new.yaml", "diff rules.yaml new.yaml --verbose", "score labels.jsonl",
           "drafts tea.txt labels.jsonl --verbose"]  # fmt: skip


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_in_colour_is_the_same_report_in_256_colours(
    run: Run, run_in_terminal: RunInTerminal, folder: Path, report: str
) -> None:
    rules = rule_set(rule("tea"), rule("milk", ["milk"], tag="evidence"), lists={"pots": ["pot"]})
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "new.yaml").write_text(rules.replace('["milk"]', '["good"]'), encoding="utf-8")
    (folder / "labels.jsonl").write_text(LABELS, encoding="utf-8")
    args = report.split()
    args += [] if args[0] in ("diff", "score") else ["--rules", "rules.yaml"]
    plain, styled = (
        [(done.code, done.out.decode()), run_in_terminal(*args, "--color", option)]
        for option in ("never", "always")
        for done in [run(*args, "--color", option)]
    )
    assert [(code, unstyled(text)) for code, text in styled] == plain
    for (_, text), (_, bare) in zip(styled, plain, strict=True):
        assert printable(bare)
        codes = set(re.findall(r"\x1b\[([\d;]*)m", text))
        assert codes
        assert not {code for code in codes if not re.fullmatch(r"([012];)?38;5;\d+|[012]", code)}


def test_a_colour_that_is_none_is_one_line_and_exit_2(run: Run) -> None:
    for command in ("outline", "explain", "rules", "diff rules.yaml", "score labels.jsonl"):
        assert_could_not(run(*command.split(), "--color", "red"))


@pytest.mark.parametrize("option", ["auto", "never"])
def test_a_file_gets_no_colour_from_the_environment_or_a_terminal(
    run: Run, run_in_terminal: RunInTerminal, folder: Path, option: str
) -> None:
    run("outline", "-o", "piped.txt", "--color", option, env={"FORCE_COLOR": "1"})
    run_in_terminal("outline", "-o", "shown.txt", "--color", option, FORCE_COLOR="1")
    for name in ("piped.txt", "shown.txt"):
        assert printable((folder / name).read_text(encoding="utf-8"))


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
        tag = f"{paragraph.tag}?" if paragraph.margin <= 2 else paragraph.tag
        rival = f" or {paragraph.runner_up}" if paragraph.margin <= 2 else ""
        assert f"{tag} {' '.join(paragraph.key_sentence.text.split())}{rival}" in shown


@pytest.mark.parametrize("format", ["tree", "markdown", "json", "jsonl", "html"])
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
