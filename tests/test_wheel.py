"""What people install: a wheel made from the source archive, looked into and used."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.home import Home

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "beetsplug": "beetsplug",
    "melscribe_core": "melscribe_core",
    "trainer": "melscribe_trainer",
}
WITH_IT = ["setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"]
NOT_FOR_PEOPLE = ["tests", "demo", "bench", "docs"]
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
        "model/model.onnx",
        "model/model.json",
        "data/stopwords.txt",
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
    assert plain == set("beets click hnswlib mutagen numpy onnxruntime tokenizers".split())
    assert set(metadata.get_all("Provides-Extra") or []) == {"torch", "train", "dev", "soak"}
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Name"] == "beets-melscribe"


def test_licence_and_trainer_command(wheel: ZipFile) -> None:
    names = {name.rpartition("/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE"} <= set(names)
    entry_points = wheel.read(names["entry_points.txt"]).decode("utf-8")
    assert "melscribe-train = melscribe_trainer.cli:main" in entry_points


def test_it_works_without_the_source_tree(wheel: ZipFile, home: Home, tmp_path: Path) -> None:
    site = tmp_path / "site"
    wheel.extractall(site)
    elsewhere = {"PYTHONPATH": str(site)}
    found = subprocess.run(
        [sys.executable, "-c", "import melscribe_core; print(melscribe_core.__file__)"],
        env={**home.environment, **elsewhere},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )
    assert Path(found.stdout.strip()).is_relative_to(site)
    home.configure(file_tags=False)
    home.add(
        {"title": "Willow", "genres": ["Acoustic Pop"], "mood": "melancholic"},
        {"title": "Anvil", "genres": ["Thrash Metal"], "mood": "angry"},
    )
    assert home.ask("melancholic pop", env=elsewhere)["tracks"][0]["title"] == "Willow"
