"""What happens by itself at the end of a command that wrote to the library."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import BUNDLED
from tests.support.home import Home
from tests.support.paths import AUDIO


def indexed(home: Home) -> dict[int, str]:
    """Return what the index says of each track; it is only read."""
    with closing(sqlite3.connect(f"{home.index.as_uri()}?mode=ro", uri=True)) as db:
        return dict(
            db.execute(
                "SELECT tracks.id, coalesce(texts.text, '') FROM tracks"
                " LEFT JOIN texts ON texts.id = tracks.text"
            )
        )


def used(home: Home) -> Home:
    """Return the home, everything as it is by default, with an index of one track."""
    home.configure(auto=True)
    home.add({"title": "a", "genres": ["Folk"], "path": str(home.music / "a.mp3").encode()})
    home.beet("melindex")
    return home


def test_an_import_is_indexed_when_it_ends(home: Home) -> None:
    used(home)
    album = home.folder / "album"
    album.mkdir()
    shutil.copy(next(AUDIO.glob("*.mp3")), album / "b.mp3")
    done = home.beet("import", "-A", str(album))
    assert set(indexed(home)) == {1, 2}
    assert "melscribe" not in done.stderr


def test_modify_and_remove_are_followed(home: Home) -> None:
    used(home)
    home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz")
    assert indexed(home) == {1: "jazz"}
    home.beet("remove", "-f", "title:a")
    assert indexed(home) == {}


def test_with_auto_off_nothing_happens(home: Home) -> None:
    used(home).configure(auto=False)
    home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz")
    assert indexed(home) == {1: "folk"}


def test_an_index_that_was_never_made_is_not_made(home: Home) -> None:
    home.configure(auto=True)
    home.add({"title": "a", "genres": ["Folk"]})
    home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz")
    assert not home.index.exists()


def test_an_encoder_that_takes_seconds_to_load_is_not_loaded(home: Home) -> None:
    used(home).configure(auto=True, encoder="nobody/has-this")  # loading it would be an error
    done = home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz")
    assert done.stderr == ""
    assert indexed(home) == {1: "folk"}


def test_an_index_of_another_encoder_is_left_for_the_next_request(home: Home) -> None:
    other = home.folder / "encoder"
    shutil.copytree(BUNDLED, other)
    manifest = json.loads((other / MANIFEST).read_text(encoding="utf-8"))
    manifest["max_tokens"] -= 1
    (other / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    used(home).configure(auto=True, encoder=str(other))
    assert home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz").stderr == ""
    assert indexed(home) == {1: "folk"}
    said = home.beet("describe", "jazz").stderr
    assert "the encoder changed: all vectors are rebuilt" in said
    assert indexed(home) == {1: "jazz"}


def test_a_command_that_only_reads_touches_nothing(home: Home) -> None:
    used(home)
    with closing(sqlite3.connect(home.database)) as db, db:  # as another beet would
        db.execute("UPDATE items SET genres = 'Jazz'")
    before = home.index.stat().st_mtime_ns
    home.beet("ls")
    assert home.index.stat().st_mtime_ns == before


def test_trouble_is_one_sentence_and_the_command_stands(home: Home) -> None:
    used(home).configure(auto="often")
    done = home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Jazz")
    assert done.stderr == (
        "melscribe: could not read the settings: melscribe.auto: must be yes or no, not 'often'\n"
    )

    home.configure(auto=True)
    home.index.write_bytes(b"no database, whatever its name says" * 100)
    done = home.beet("modify", "-y", "-W", "-M", "title:a", "genres=Soul")
    said = done.stderr.splitlines()
    assert len(said) == 1
    assert said[0].startswith(
        f"melscribe: could not bring the index up to date: The index {home.index}"
    )
    assert home.beet("ls", "-f", "$genres").stdout == "Soul\n"
