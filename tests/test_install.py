"""Everything ships: the wheel and the sdist, run from any folder, do all that the checkout does."""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, environment

import lankov_claims as lc

DATA_FOLDER = "lankov_claims_data"
DATA = {path.name for path in (ROOT / "data").iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist; the wheel is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return folder


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer does it, away from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, str(folder), str(wheel)], check=True, capture_output=True)
    return folder


def installed(site: Path, cwd: Path, *args: str) -> bytes:
    command = [sys.executable, "-m", "lankov_claims", *args]
    env = environment() | {"PYTHONPATH": str(site)}
    return subprocess.run(command, check=True, capture_output=True, cwd=cwd, env=env).stdout


def test_the_wheel_holds_the_module_and_its_data_and_nothing_called_data(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    info = f"lankov_claims-{lc.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"lankov_claims.py", DATA_FOLDER, info}
    assert {name.split("/")[1] for name in names if name.startswith(DATA_FOLDER)} == DATA


def test_the_sdist_holds_what_its_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"lankov_claims.py", "pyproject.toml", "README.md", "tests/conftest.py"} <= names
    assert {f"data/{name}" for name in DATA} <= names


def test_the_op_ed_is_installed_byte_for_byte(site: Path) -> None:
    for name in DATA:
        shipped = (site / DATA_FOLDER / name).read_bytes()
        assert shipped == (ROOT / "data" / name).read_bytes()


@pytest.mark.parametrize("args", [["outline"], ["schema", "diff"], ["check"], ["rules"]])
def test_the_installed_program_does_what_the_checkout_does(
    site: Path, tmp_path: Path, args: list[str]
) -> None:
    here = subprocess.run(
        [sys.executable, str(ROOT / "lankov_claims.py"), *args],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=environment() | {"PYTHONPATH": ""},
    )
    assert installed(site, tmp_path, *args) == here.stdout


def test_the_exported_spans_are_exact(site: Path, tmp_path: Path, op_ed: str) -> None:
    outline = json.loads(installed(site, tmp_path, "outline", "--format", "json"))
    spans = [*outline["paragraphs"], *outline["skipped"]]
    spans += [cue for one in outline["paragraphs"] for cue in (*one["cues"], one["key_sentence"])]
    assert (len(outline["paragraphs"]), len(outline["skipped"])) == (10, 6)
    assert all(op_ed[span["start"] : span["end"]] == span["text"] for span in spans)


def test_the_command_is_on_the_path(site: Path, tmp_path: Path) -> None:
    env = environment() | {"PYTHONPATH": str(site)}
    command = [str(site / "bin" / "lankov-claims"), "--version"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=env)
    assert done.stdout.decode() == f"lankov-claims {lc.__version__}\n"


def test_a_shell_can_complete_the_commands(site: Path, tmp_path: Path) -> None:
    env = environment(COMP_WORDS="lankov-claims out", COMP_CWORD="1")
    env |= {"PYTHONPATH": str(site), "_LANKOV_CLAIMS_COMPLETE": "complete_bash"}
    command = [sys.executable, "-m", "lankov_claims"]
    done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, env=env)
    assert done.stdout.decode().split() == ["outline"]
