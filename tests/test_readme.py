"""The README holds: its commands run and print what it shows, in its order, in one folder."""

import os
import re
import shlex
import sys
from pathlib import Path

from conftest import ROOT, RunInTerminal

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_shown_output_is_what_a_terminal_of_80_columns_prints(
    run_in_terminal: RunInTerminal, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "lankov-claims"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m lankov_claims "$@"\n')
    program.chmod(0o755)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    shown = [block for kind, block in BLOCKS if kind == "console"]
    assert shown, "the README shows what the program prints"
    for command, output in re.findall(
        r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(shown), re.MULTILINE
    ):
        screen = run_in_terminal(command, program=("bash", "-c"), NO_COLOR="1", PATH=path)
        printed = re.sub(r"\x1b\[[0-9;]*m", "", screen.text)
        pattern = re.escape(output).replace(r"\.\.\.\n", r"(?:.*\n)*?")
        assert re.fullmatch(pattern, printed), f"$ {command}\n{printed}"


def test_the_two_set_up_commands_come_first_and_are_a_line_each() -> None:
    set_up = [block for kind, block in BLOCKS if kind == "sh"][:2]
    assert [block.count("\n") for block in set_up] == [1, 1]
    assert "lankov-claims outline" in set_up[0]
    assert "pytest" in set_up[1]


def test_the_rule_that_the_readme_shows_is_valid(
    run_in_terminal: RunInTerminal, tmp_path: Path
) -> None:
    (rule,) = [block for kind, block in BLOCKS if kind == "yaml"][:1]
    (tmp_path / "rules.yaml").write_text(f"version: 1\nrules:\n{rule}", encoding="utf-8")
    assert run_in_terminal("check", "rules.yaml").code == 0
