"""Where what is printed goes: to a full disk, a closed pipe or nowhere; never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.home import BEET, Home

FULL = Path("/dev/full")
COMMANDS = [
    ["describe", "folk"],
    ["describe", "folk from the 70s", "--json"],
    ["describe", "folk", "-p"],
    ["describe", "folk", "--explain"],
    ["describe", "folk", "--save", "a"],
    ["describe", "--saved"],
    ["describe", "--update", "--pretend"],
    ["describe", "--update"],
    ["describe", "--again"],
    ["melindex"],
    ["melindex", "--pretend"],
    ["melindex", "--show"],
]
SENTENCE = "error: the output was not written: No space left on device; make room, or send it"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of many tracks with a saved description."""
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False, playlist={"playlist_dir": "lists"})
    made.add(
        *(
            {"title": "x" * 200, "artist": f"{n}", "genres": ["Folk"], "year": 1975}
            for n in range(100)
        )
    )
    made.make_files()
    made.beet("describe", "folk", "--save", "folk")
    made.beet("describe", "folk")
    return made


def run(home: Home, args: list[str], redirected: str, **env: str) -> tuple[int, str]:
    """Run beet in a shell; return its exit code and what came on the terminal's stderr."""
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirected}; exit "${{PIPESTATUS[0]}}"', "-", str(BEET), *args],
        env={**home.environment, **env},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_full_disk_is_one_sentence(home: Home, args: list[str]) -> None:
    if "--update" in args:
        shutil.rmtree(home.folder / "lists", ignore_errors=True)
    code, said = run(home, args, "> /dev/full")
    assert code == 1
    assert said.splitlines()[-1].startswith(SENTENCE)
    assert not any(word in said for word in ("Traceback", "Exception ignored"))
    assert len(said.splitlines()) - said.startswith("understood: ") == 1


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_whatever_python_buffers(home: Home) -> None:
    for buffered in ("", "1"):
        code, said = run(home, ["describe", "folk"], "> /dev/full", PYTHONUNBUFFERED=buffered)
        assert (code, said.startswith(SENTENCE)) == (1, True)
        for redirected in ("> /dev/full 2>&1", "2> /dev/full"):
            code, said = run(home, ["describe", "some folk"], redirected, PYTHONUNBUFFERED=buffered)
            assert (code, said) == (0 if ">&1" not in redirected else 1, "")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_what_was_to_be_written_besides_is_written(home: Home, tmp_path: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    assert run(home, ["describe", "folk", "-m", str(playlist)], "> /dev/full")[0] == 1
    assert playlist.read_bytes().startswith(b"#EXTM3U\n")


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_closed_pipe_is_silent(home: Home, args: list[str]) -> None:
    if "--update" in args:
        shutil.rmtree(home.folder / "lists", ignore_errors=True)
    _, said = run(home, args, "| true")
    assert not any(word in said for word in ("Traceback", "Exception ignored", "rror: "))


def test_a_closed_stdout_is_none(home: Home, tmp_path: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    code, said = run(home, ["describe", "folk", "-m", str(playlist)], ">&-")
    assert (code, "wrote 25 tracks" in said) == (0, True)
    assert playlist.exists()
    done = subprocess.run(
        ["sh", "-c", f"'{BEET}' describe 'folk' -n 1 -p 2>&-"],
        env=home.environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    (path,) = done.stdout.splitlines()  # no note among the paths
    assert os.path.isfile(path)  # noqa: PTH113
