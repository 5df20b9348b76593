"""File tags through the plugin: read once, kept while a disk is away, tried again when asked."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import mutagen
import pytest

from tests.support.home import Home
from tests.support.paths import AUDIO


@pytest.fixture
def home_with_file(home: Home) -> tuple[Home, Path]:
    """Return a home with one imported flac whose mood beets does not read."""
    path = home.music / "song.flac"
    shutil.copy(AUDIO / "silence.flac", path)
    tags = mutagen.File(path)
    tags["TITLE"], tags["ARTIST"], tags["GENRE"], tags["MOOD"] = "Song", "Ann", "folk", "wistful"
    tags.save()
    home.beet("import", "-qA", str(home.music))
    return home, path


def descriptors(home: Home) -> list[str]:
    found: list[str] = home.ask("folk")["tracks"][0]["descriptors"]
    return found


def test_a_mood_in_the_file_describes_the_track(home_with_file: tuple[Home, Path]) -> None:
    home, _ = home_with_file
    assert descriptors(home) == ["folk", "wistful"]
    assert "<- file:mood" in home.beet("melindex", "--show").stdout


def test_a_file_that_goes_away_keeps_its_tags(home_with_file: tuple[Home, Path]) -> None:
    home, path = home_with_file
    home.beet("melindex")
    path.rename(path.with_suffix(".away"))
    gone = home.beet("melindex")
    assert gone.stdout.startswith("nothing to do")
    assert "1 file could not be read" in gone.stderr
    assert descriptors(home) == ["folk", "wistful"]


def test_a_file_is_read_again_when_its_time_moves(home_with_file: tuple[Home, Path]) -> None:
    home, path = home_with_file
    home.beet("melindex")
    before = path.stat()
    tags = mutagen.File(path)
    tags["MOOD"] = "furious"
    tags.save()
    os.utime(path, (before.st_atime, before.st_mtime))
    assert home.beet("melindex").stdout.startswith("nothing to do")
    os.utime(path, (before.st_atime, before.st_mtime + 10))
    assert "1 changed" in home.beet("melindex").stdout
    assert descriptors(home) == ["folk", "furious"]


def test_a_clock_that_jumps_back_hides_no_change(home_with_file: tuple[Home, Path]) -> None:
    home, path = home_with_file
    home.beet("melindex")
    tags = mutagen.File(path)
    tags["MOOD"] = "furious"
    tags.save()
    os.utime(path, (0, 86400))  # as on a machine whose clock begins in 1970
    with closing(sqlite3.connect(home.database)) as db, db:  # and so does `beet write` there
        db.execute("UPDATE items SET mtime = 86400")
    assert any("1 changed" in note for note in home.ask("folk")["notes"])
    assert descriptors(home) == ["folk", "furious"]


def test_tags_that_beets_has_not_written_yet_are_no_reason_to_read(
    home_with_file: tuple[Home, Path],
) -> None:
    home, path = home_with_file
    home.beet("melindex")
    path.unlink()
    home.beet("modify", "-y", "-W", "-M", "artist=Bob")  # its time is 0 then
    assert not any("could not be read" in note for note in home.ask("folk")["notes"])


def test_an_unreadable_file_is_tried_again_by_melindex_only(home: Home) -> None:
    home.add({"title": "Song", "artist": "Ann", "genres": ["folk"]})
    first = home.ask("folk")
    assert any("could not be read" in note for note in first["notes"])
    home.add({"title": "Other", "artist": "Bob", "genres": ["jazz"]})
    # Only the new track's file is tried; the first is known to be missing.
    assert any(note.startswith("1 file ") for note in home.ask("folk")["notes"])
    assert "2 files could not be read" in home.beet("melindex").stderr


def test_file_tags_can_be_switched_off(home_with_file: tuple[Home, Path]) -> None:
    home, _ = home_with_file
    home.configure(file_tags=False)
    assert descriptors(home) == ["folk"]
