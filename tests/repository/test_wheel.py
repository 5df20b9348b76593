"""What people install: a wheel made from the source archive, looked into and used."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.support.home import Home
from tests.support.paths import ROOT

PACKAGES = {
    "beetsplug": "beetsplug",
    "melscribe_core": "melscribe_core",
    "trainer": "melscribe_trainer",
}
WITH_IT = ["setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"]
NOT_FOR_PEOPLE = ["tests", "demo", "benchmarks", "docs"]
LEFT_OVER = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Return the wheel that is built from the source archive of a clean copy."""
    copy = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, *NOT_FOR_PEOPLE):
        shutil.copytree(ROOT / name, copy / name, ignore=LEFT_OVER)
    for name in WITH_IT:
        shutil.copy(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*.whl")
    return ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode("utf-8"))


def test_every_file_of_the_packages_is_in(wheel: ZipFile) -> None:
    there = {
        (installed / path.relative_to(ROOT / source)).as_posix()
        for source, installed in ((name, Path(to)) for name, to in PACKAGES.items())
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == there
    for name in (
        "encoder/model/model.onnx",
        "encoder/model/model.json",
        "search/data/stopwords.txt",
        "map/page.html",
        "py.typed",
    ):
        assert wheel.read(f"melscribe_core/{name}") == (ROOT / "melscribe_core" / name).read_bytes()


def test_what_would_harm_is_out(wheel: ZipFile) -> None:
    names = wheel.namelist()
    assert "beetsplug/__init__.py" not in names  # it would hide beets' own plugins
    assert not [name for name in names if name.split("/")[0] in (*NOT_FOR_PEOPLE, "trainer")]
    assert (
        sum(info.compress_size for info in wheel.infolist()) < 40 << 20
    )  # a package index's limit is 100


def test_the_plain_install_is_small(metadata: Message) -> None:
    wanted = metadata.get_all("Requires-Dist") or []
    plain = {re.split(r"[^\w-]", line)[0] for line in wanted if "extra ==" not in line}
    assert plain == set("beets click mutagen numpy onnxruntime tokenizers".split())
    extras = {"hnsw", "listen", "torch", "train", "dev", "soak"}
    assert set(metadata.get_all("Provides-Extra") or []) == extras
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Name"] == "beets-melscribe"


def test_licence_and_trainer_command(wheel: ZipFile) -> None:
    names = {name.rpartition("/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE"} <= set(names)
    entry_points = wheel.read(names["entry_points.txt"]).decode("utf-8")
    assert "melscribe-train = melscribe_trainer.start:main" in entry_points


@pytest.fixture(scope="module")
def plain(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel and what it requires, no more.

    What it requires is installed here already, and is linked to; the wheel is unpacked.
    """
    folder = tmp_path_factory.mktemp("plain")
    venv.create(folder / "venv", symlinks=True)
    (site,) = (folder / "venv").rglob("site-packages")
    for name in ("beets", "click", "mutagen", "numpy", "onnxruntime", "tokenizers"):
        for needed in _required(name):
            for top in {file.parts[0] for file in needed.files or () if ".." not in file.parts}:
                if not (site / top).exists() and top != "__pycache__":
                    (site / top).symlink_to(str(needed.locate_file(top)))
    wheel.extractall(folder / "wheel")
    (site / "wheel.pth").write_text(str(folder / "wheel"), encoding="utf-8")
    (python,) = (folder / "venv").glob("*/python")
    return python


def _required(name: str) -> Iterator[Distribution]:
    """Yield a distribution and all that it requires, without extras; some more than once."""
    found = distribution(name)
    yield found
    for requirement in map(Requirement, found.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from _required(requirement.name)


def run_plain(python: Path, home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the environment."""
    environment = {k: v for k, v in home.environment.items() if k != "PYTHONPATH"}
    command = [str(python), *words]
    return subprocess.run(
        command, env=environment, cwd=home.folder, capture_output=True, encoding="utf-8"
    )


def test_it_answers_without_the_source_tree_and_without_a_compiler(plain: Path, home: Home) -> None:
    graph = run_plain(plain, home, "-c", "import hnswlib")
    assert "No module named 'hnswlib'" in graph.stderr
    core = run_plain(plain, home, "-c", "import melscribe_core; print(melscribe_core.__file__)")
    assert Path(core.stdout).is_relative_to(plain.parents[2] / "wheel")  # not the source tree
    home.configure(file_tags=False)
    home.add(
        {"title": "Willow", "genres": ["Acoustic Pop"], "mood": "melancholic"},
        {"title": "Anvil", "genres": ["Thrash Metal"], "mood": "angry"},
    )
    made = run_plain(plain, home, "-m", "beets", "melindex")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("2 new, 0 changed")
    found = run_plain(plain, home, "-m", "beets", "describe", "melancholic pop", "--json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["tracks"][0]["title"] == "Willow"


@pytest.mark.parametrize("command", ["settings", "export --model x --out y"])
def test_the_trainer_says_what_it_needs(plain: Path, home: Home, command: str) -> None:
    code = "from melscribe_trainer.start import main; main()"
    done = run_plain(plain, home, "-c", code, *command.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"melscribe-train needs the extra `train`: pip install 'beets-melscribe\[train\]'"
        r" \(No module named '(torch|onnx)'\)\n",
        done.stderr,
    )


def test_the_trainer_without_click_says_what_it_needs(plain: Path, home: Home) -> None:
    code = "import sys; sys.modules['click'] = None; from melscribe_trainer.start import main"
    done = run_plain(plain, home, "-c", f"{code}; main()", "settings")
    assert done.returncode == 1
    assert done.stderr.startswith("melscribe-train needs the extra `train`: pip install")
    assert "Traceback" not in done.stderr
