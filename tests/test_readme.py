"""The README holds: its commands run and print what it shows, in its order, in one folder."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pictures
import pytest
from conftest import ROOT, TIMEOUT, Run, RunInTerminal, environment

import lankov_claims as lc

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [block for name, block in BLOCKS if name == kind]


def shown() -> Iterator[tuple[str, str]]:
    """Each command that the README shows, and what it says that this prints."""
    for command in re.split(r"^\$ ", "".join(blocks("console")), flags=re.MULTILINE)[1:]:
        line, _, output = command.partition("\n")
        yield line, output


def test_each_shown_output_is_what_a_terminal_of_80_columns_prints(
    run_in_terminal: RunInTerminal, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "lankov-claims"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m lankov_claims "$@"\n')
    program.chmod(0o755)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    for command, output in shown():
        name, *args = shlex.split(command)
        if name == "lankov-claims" and not {"|", ">", "<", "&&"} & {*args}:
            screen = run_in_terminal(*args, NO_COLOR="1")
        else:
            screen = run_in_terminal(command, program=("bash", "-c"), NO_COLOR="1", PATH=path)
        printed = re.sub(r"\x1b\[[0-9;]*m", "", screen.text)
        pattern = re.escape(output).replace(r"\.\.\.\n", r"(?:.*\n)*?")
        assert re.fullmatch(pattern, printed), f"$ {command}\n{printed}"


def test_each_command_of_use_is_shown() -> None:
    commands = {command.split()[1] for command, _ in shown() if command.startswith("lankov-claims")}
    assert commands >= {"outline", "explain", "rules", "check", "diff", "score"}


def test_the_two_set_up_commands_come_first_and_are_a_line_each() -> None:
    set_up = blocks("sh")[:2]
    assert [block.count("\n") for block in set_up] == [1, 1]
    assert "lankov-claims outline" in set_up[0]
    assert "pytest" in set_up[1]


def test_the_rules_that_the_readme_shows_are_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(f"version: 1\n{blocks('yaml')[0]}", encoding="utf-8")
    done = run("check", "rules.yaml", "--strict")
    assert (done.code, done.out.decode().split(":")[1]) == (0, " all well")


def test_the_library_is_used_as_the_readme_shows(capsys: pytest.CaptureFixture[str]) -> None:
    _, block = blocks("python")
    exec(block, {})
    assert re.match("(claim|evidence|recommendation) ", capsys.readouterr().out)


@pytest.mark.slow
def test_git_says_what_an_edit_of_the_rules_does_as_the_readme_shows(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "lankov-claims"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m lankov_claims "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    names = {"BASE": "HEAD", "HEAD": "the-edit", "SUMMARY": "summary.md", "HOME": str(tmp_path)}
    rules = lc.shipped_file(lc.SHIPPED_RULES).read_text(encoding="utf-8")
    before, id_, after = rules.partition("- id: open-door\n")
    (tmp_path / "my-rules.yaml").write_text(rules, encoding="utf-8")

    def bash(script: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-e", "-o", "pipefail", "-c", script]
        env = environment(PATH=path, **names)
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)

    made = "git init -q . && git add my-rules.yaml && "
    made += "git -c user.name=a -c user.email=a@example.org commit -qm rules"
    assert bash(made).returncode == 0
    edited = before + id_ + after.replace("weight: 10", "weight: 0", 1)
    (tmp_path / "my-rules.yaml").write_text(edited, encoding="utf-8")
    by_pipe, by_git, in_ci = blocks("bash")[-3:]
    done = bash(by_pipe)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("op-ed.txt · HEAD → now\n¶8  recommendation → ")
    done = bash(by_git)
    assert (done.returncode, done.stderr) == (0, "")
    assert "op-ed.txt · my-rules.yaml, before → my-rules.yaml, after\n¶8" in done.stdout
    assert "-    weight: 10\n+    weight: 0\n" in done.stdout
    (tmp_path / "my-rules.yaml").write_text("rules: [{wieght: 1}]\n", encoding="utf-8")
    assert bash("git diff").returncode == 0, "a faulty file is what one wants to see the lines of"
    (tmp_path / "my-rules.yaml").write_text(edited, encoding="utf-8")
    assert "because  open-door: weight 10 → 0" in done.stdout
    assert bash(in_ci).returncode == 1
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("### op-ed.txt: HEAD → the-edit\n\n**1 relabelled")


@pytest.mark.slow
def test_the_recipe_for_many_machines_writes_what_one_process_does(
    run: Run, tmp_path: Path
) -> None:
    script, _ = blocks("python")
    (tmp_path / "outlines.py").write_text(script, encoding="utf-8")
    texts = sorted((ROOT / "tests" / "corpus").glob("*.txt"))
    (tmp_path / "archive").mkdir()
    for number in range(120):  # more than one partition
        source = texts[number % len(texts)]
        (tmp_path / "archive" / f"{number:03}.txt").write_bytes(source.read_bytes())
    (tmp_path / "archive" / "bad.txt").write_bytes(b"\xff")
    command = [sys.executable, "outlines.py"]
    subprocess.run(command, cwd=tmp_path, env=environment(), check=True, timeout=TIMEOUT)
    written = b""
    for path in sorted((tmp_path / "outlines").iterdir()):
        written += path.read_bytes()
    assert written == run("outline", "archive/*.txt", "--format", "jsonl").out


def test_the_pictures_show_what_is_printed() -> None:
    notes = json.loads(pictures.NOTES.read_text(encoding="utf-8"))
    hint = "make them anew: python tests/pictures.py"
    for name, now in pictures.shown().items():
        assert notes.pop(name) == now, f"the pictures of the {name} are out of date ({hint})"
    assert {f".github/{name}" for name in notes} == set(re.findall(r"\.github/[\w.-]+", README))
    for name, known in notes.items():
        assert pictures.digest((pictures.FOLDER / name).read_bytes()) == known, name
