"""Everything ships: the wheel and the sdist, run from any folder, do all that the checkout does."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, environment

import lankov_claims as lc

LICENCE = "data/LICENSE.txt"
INFO = f"lankov_claims-{lc.__version__}.dist-info"
DATA = {path.name for path in (ROOT / "data").iterdir()}
TESTS = {
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "tests").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist; the wheel is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return folder


@pytest.fixture(scope="module")
def bin(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a virtual environment with the wheel; what that needs, it borrows."""
    folder = tmp_path_factory.mktemp("venv")
    python = [sys.executable, "-m"]
    venv = [*python, "venv", "--without-pip", str(folder)]
    subprocess.run(venv, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    pip = [
        *python,
        "pip",
        "--python",
        str(folder),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    (site,) = folder.glob("lib/python*/site-packages")
    lenders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (site / "borrowed.pth").write_text("\n".join(lenders))
    return folder / "bin"


def installed(bin: Path, cwd: Path, *args: str, **env: str) -> bytes:
    """What the installed program prints, in a folder that has nothing of the checkout."""
    command = [str(bin / "lankov-claims"), *args]
    env = environment(PYTHONPATH="", **env)
    return subprocess.run(command, check=True, capture_output=True, cwd=cwd, env=env).stdout


# -------------------------------------------------------------------------------- what is in there


def test_the_wheel_holds_the_module_and_its_data_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    about = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    about.add(f"{INFO}/licenses/{LICENCE}")
    data = {f"lankov_claims/{name}" for name in (*DATA, lc.PREPARED_FILE)}
    assert set(zipfile.ZipFile(wheel).namelist()) == {"lankov_claims.py", *data, *about}


def test_the_sdist_holds_what_its_tests_need_and_nothing_else(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    data = {f"data/{name}" for name in DATA}
    hidden = {".build/prepare_rules.py", ".ci/oldest.txt", ".ci/run", ".gitignore"}
    hidden |= {".pre-commit-config.yaml", ".pre-commit-hooks.yaml"}
    hidden |= {f".github/{path.name}" for path in (ROOT / ".github").iterdir()}
    rest = {"PKG-INFO", "README.md", "lankov_claims.py", "pyproject.toml"}
    assert names == data | TESTS | hidden | rest


def test_the_licence_is_told_and_leaves_the_op_ed_out(bin: Path) -> None:
    (info,) = bin.parent.glob(f"lib/python*/site-packages/{INFO}")
    told = metadata.PathDistribution(info).metadata
    assert (told["License-Expression"], told["License-File"]) == (
        "MIT AND LicenseRef-op-ed",
        LICENCE,
    )
    text = (info / "licenses" / LICENCE).read_text(encoding="utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) 2026 the lankov-claims authors\n")
    assert f"The text of the op-ed, in {lc.SHIPPED_TEXT} and wherever it is quoted, is not" in text
    assert "(LicenseRef-op-ed)" in text


def test_the_data_is_installed_byte_for_byte(bin: Path) -> None:
    (folder,) = bin.parent.glob("lib/python*/site-packages/lankov_claims")
    for path in (ROOT / "data").iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_the_rules_are_installed_ready_to_read_with_and_say_what_their_file_says(bin: Path) -> None:
    (folder,) = bin.parent.glob("lib/python*/site-packages/lankov_claims")
    prepared = pickle.loads((folder / lc.PREPARED_FILE).read_bytes()[4:])
    assert prepared == lc.Prepared(lc.load_rules(), lc.make_matcher(lc.load_rules()))
    for one, own in zip(prepared.rules.every, lc.load_rules().every, strict=True):
        assert [text.place for text in one.entries] == [text.place for text in own.entries]


def test_an_outline_by_the_installed_rules_waits_for_no_yaml(bin: Path, tmp_path: Path) -> None:
    code = "import lankov_claims, sys; lankov_claims.main(); sys.exit('yaml' in sys.modules)"
    command = [str(bin / "python"), "-c", code, "outline"]
    env = environment(PYTHONPATH="")
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=env)


@pytest.mark.parametrize("args", [["outline", "--format", "json"], ["explain"], ["rules"]])
def test_the_module_runs_by_its_name_as_the_program_does(
    bin: Path, tmp_path: Path, args: list[str]
) -> None:
    command = [str(bin / "python"), "-m", "lankov_claims", *args]
    env = environment(PYTHONPATH="")
    done = subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=env)
    assert done.stdout == installed(bin, tmp_path, *args)


@pytest.mark.parametrize(
    "damage",
    [lambda packed: b"", lambda packed: packed[:1_000], lambda packed: packed[:-9] + b"a" * 9],
    ids=["empty", "cut off", "changed"],
)
def test_without_its_packed_rules_the_program_reads_the_file(
    bin: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    (file,) = bin.parent.glob(f"lib/python*/site-packages/lankov_claims/{lc.PREPARED_FILE}")
    packed = file.read_bytes()
    whole = installed(bin, tmp_path, "outline")
    file.write_bytes(damage(packed))
    try:
        assert installed(bin, tmp_path, "outline") == whole
    finally:
        file.write_bytes(packed)


def test_rules_that_were_edited_where_they_are_installed_are_read_anew(
    bin: Path, tmp_path: Path
) -> None:
    (file,) = bin.parent.glob(f"lib/python*/site-packages/lankov_claims/{lc.SHIPPED_RULES}")
    shipped = file.read_bytes()
    file.write_bytes(shipped.replace(b"otherwise: claim", b"otherwise: evidence"))
    try:
        outline = json.loads(installed(bin, tmp_path, "outline", "--format", "json"))
    finally:
        file.write_bytes(shipped)
    assert outline["rules"]["otherwise"] == "evidence"


def test_the_top_level_is_five_names_besides_what_git_ignores() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    shown = {path.name for path in ROOT.iterdir() if path.name[0] != "."} - {"PKG-INFO"}
    kept = {name for name in shown if not any(fnmatch(name, pattern) for pattern in ignored)}
    assert kept == {"README.md", "data", "lankov_claims.py", "pyproject.toml", "tests"}


# ------------------------------------------------------------------------------------ what it does


@pytest.mark.parametrize(
    "args", [["outline"], ["schema", "diff"], ["check"], ["rules"], ["explain"]]
)
def test_the_installed_program_does_what_the_checkout_does(
    bin: Path, tmp_path: Path, args: list[str]
) -> None:
    here = subprocess.run(
        [sys.executable, str(ROOT / "lankov_claims.py"), *args],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=environment(PYTHONPATH=""),
    )
    assert installed(bin, tmp_path, *args) == here.stdout


def test_the_exported_spans_are_exact(bin: Path, tmp_path: Path, op_ed: str) -> None:
    outline = json.loads(installed(bin, tmp_path, "outline", "--format", "json"))
    spans = [*outline["paragraphs"], *outline["skipped"]]
    spans += [cue for one in outline["paragraphs"] for cue in (*one["cues"], one["key_sentence"])]
    assert (len(outline["paragraphs"]), len(outline["skipped"])) == (10, 6)
    assert all(op_ed[span["start"] : span["end"]] == span["text"] for span in spans)


def test_the_module_runs_too(bin: Path, tmp_path: Path) -> None:
    command = [str(bin / "python"), "-m", "lankov_claims", "--version"]
    env = environment(PYTHONPATH="")
    done = subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=env)
    assert done.stdout.decode() == f"lankov-claims {lc.__version__}\n"
    assert done.stdout == installed(bin, tmp_path, "--version")


@pytest.mark.parametrize(
    ("typed", "count", "offered"),
    [
        ("out", "1", ["outline"]),
        ("explain ", "2", [str(number) for number in range(1, 11)]),
        ("schema o", "2", ["outline"]),
    ],
)
def test_a_shell_can_complete_the_commands_and_what_they_take(
    bin: Path, tmp_path: Path, typed: str, count: str, offered: list[str]
) -> None:
    words = {"COMP_WORDS": f"lankov-claims {typed}", "COMP_CWORD": count}
    env = environment(PYTHONPATH="", _LANKOV_CLAIMS_COMPLETE="complete_bash", **words)
    command = [str(bin / "lankov-claims")]
    done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, env=env)
    assert done.stdout.decode().split() == offered


CLIENT = """\
import lankov_claims as lc

outline = lc.build_outline("We must act.", lc.load_rules())
right: lc.Tag = outline.paragraphs[0].tag
wrong: int = outline.paragraphs[0].tag
"""


@pytest.mark.slow
def test_a_type_checker_takes_the_types_of_the_installed_module(bin: Path, tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(CLIENT)
    options = ["--python-executable", str(bin / "python"), "--config-file=", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={os.devnull}", *options]
    env = environment(PYTHONPATH="")
    done = subprocess.run(
        [*command, "client.py"], check=False, capture_output=True, cwd=tmp_path, env=env
    )
    (line,) = done.stdout.decode().splitlines()
    assert line.startswith("client.py:5: error: Incompatible types in assignment")
    assert '"Tag"' in line


# ------------------------------------------------------------------------------ what a commit meets


def test_ci_has_the_oldest_versions_that_the_program_says_it_runs_with() -> None:
    told = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (needs,) = re.findall(r"^dependencies = \[$(.*?)^\]$", told, re.MULTILINE | re.DOTALL)
    bounds = re.findall(r'^  "([a-z]+)>=([0-9.]+)', needs, re.MULTILINE)
    pins = (ROOT / ".ci" / "oldest.txt").read_text(encoding="utf-8").splitlines()
    assert [f"{name}=={version}" for name, version in bounds] == pins


HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]


def test_before_a_commit_runs_what_ci_runs_besides_the_tests() -> None:
    steps = (ROOT / ".ci" / "run").read_text().splitlines()
    first, last = steps.index(HOOKS[0]["entry"]), steps.index(HOOKS[-1]["entry"])
    assert [hook["entry"] for hook in HOOKS] == steps[first : last + 1]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_has_the_versions_that_ci_has(hook: dict[str, list[str]]) -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    needs = hook["additional_dependencies"]
    assert [need for need in needs if f'  "{need}",' not in lines] == []
    pinned = {need.partition("==")[0] for need in needs if "==" in need}
    assert pinned == {"mypy", "ruff", "types-PyYAML", "types-jsonschema"}


def test_other_repositories_can_have_their_rules_checked_before_a_commit(
    bin: Path, tmp_path: Path
) -> None:
    (offer,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (offer["id"], offer["language"]) == ("lankov-claims-check", "python")
    for name, is_meant in (
        ("rules.yaml", 1),
        ("a/my-rules.yml", 1),
        ("rules.md", 0),
        ("a.yaml", 0),
    ):
        assert bool(re.search(offer["files"], name)) == bool(is_meant)
    program, *args = offer["entry"].split()
    (tmp_path / "my-rules.yaml").write_bytes((ROOT / "data" / "rules.yaml").read_bytes())
    assert program == "lankov-claims"
    assert b"all well" in installed(bin, tmp_path, *args, "my-rules.yaml")


# -------------------------------------------------------------------------------- its packed rules


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The packed rules, in a folder with the data that they are installed with."""
    for path in (ROOT / "data").iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / lc.PREPARED_FILE).write_bytes(lc.pack_rules())
    monkeypatch.setattr(lc, "shipped_file", lambda name: tmp_path / name)
    lc.load_prepared.cache_clear()
    lc.make_matcher.cache_clear()
    yield tmp_path / lc.PREPARED_FILE
    lc.load_prepared.cache_clear()
    lc.make_matcher.cache_clear()


def test_packed_rules_serve_in_place_of_their_file(packed: Path) -> None:
    prepared = lc.load_prepared()
    assert prepared is not None
    assert lc.load_rules() is prepared.rules
    assert lc.make_matcher(lc.load_rules()) is prepared.matcher


def test_packed_rules_that_are_damaged_do_not_serve(packed: Path) -> None:
    whole = lc.load_rules()
    lc.load_prepared.cache_clear()
    packed.write_bytes(packed.read_bytes()[:-9] + b"a" * 9)
    assert lc.load_prepared() is None
    assert lc.load_rules() == whole
