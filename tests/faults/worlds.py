"""A library that changes, its index, and what an index made anew would hold."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.catalogue.vectors import VECTOR_TYPE
from tests.faults.forks import Done, Forks
from tests.support.home import Home

# A part is stored every few texts, and there is a graph that answers however few they are: so that
# a small library goes through all that a large one does.
PATCHES = {
    "melscribe_core.catalogue.neighbours.GRAPH_FROM": 4,
    "melscribe_core.catalogue.neighbours.PATIENCE": 0,
    "melscribe_core.catalogue.embedding.PART": 6,
}
WORDS = "folk jazz dub soul techno sad happy calm dark warm piano guitar drums strings".split()
COPIES = tuple(
    f"mirror_{table}" for table in ("items", "albums", "item_attributes", "album_attributes")
)
REQUEST = ("describe", "sad folk with piano", "--json", "-n", "999", "--per-artist", "0")


@dataclass(frozen=True)
class Content:
    """What an index holds, without what depends on its history."""

    tracks: dict[int, tuple[str, str]]
    texts: dict[str, NDArray[np.float32]]
    descriptors: dict[str, NDArray[np.float32]]
    found: dict[str, set[str]]  # by word the texts that the full text search finds
    mirror: dict[str, list[tuple[Any, ...]]]  # by table
    due: list[tuple[int]]
    meta: dict[str, str]

    def assert_equal(self, other: Content) -> None:
        """Compare; vectors to a little more than what half precision loses."""
        assert self.tracks == other.tracks
        assert self.found == other.found
        assert self.mirror == other.mirror
        assert self.due == other.due
        assert self.meta == other.meta
        for mine, others in ((self.texts, other.texts), (self.descriptors, other.descriptors)):
            assert mine.keys() == others.keys()
            for text, vector in mine.items():
                np.testing.assert_allclose(vector, others[text], atol=2e-3)


def content(index: Path) -> Content:
    """Read an index, which is only read."""
    with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tracks = db.execute(
            "SELECT tracks.id, coalesce(texts.text, ''), fields FROM tracks"
            " LEFT JOIN texts ON texts.id = tracks.text"
        )
        return Content(
            {row[0]: row[1:] for row in tracks},
            _vectors(db, "texts"),
            _vectors(db, "descriptors"),
            {word: _found(db, word) for word in WORDS},
            {copy: db.execute(f"SELECT * FROM {copy}").fetchall() for copy in COPIES},
            db.execute("SELECT track FROM due").fetchall(),
            dict(
                db.execute(
                    "SELECT key, value FROM meta"
                    " WHERE key IN ('format', 'rules', 'encoder', 'mirror')"
                )
            ),
        )


def _vectors(db: sqlite3.Connection, table: str) -> dict[str, NDArray[np.float32]]:
    return {
        text: np.frombuffer(vector, VECTOR_TYPE).astype(np.float32)
        for text, vector in db.execute(f"SELECT text, vector FROM {table}")
    }


def _found(db: sqlite3.Connection, word: str) -> set[str]:
    rows = db.execute(
        "SELECT texts.text FROM words JOIN texts ON texts.id = words.rowid WHERE words MATCH ?",
        (word,),
    )
    return {text for (text,) in rows}


class World:
    """A home whose library changes, and the commands that are run in it."""

    def __init__(self, home: Home, forks: Forks, tracks: int = 24) -> None:
        self.home, self.forks = home, forks
        self.took = 1.0  # seconds, the command that was last run to its end
        home.configure(file_tags=False)
        rng = Random(0)
        home.add(*(_fields(rng, str(number)) for number in range(tracks)))
        home.make_files()

    def run(self, *args: str, **options: Any) -> Done:
        """Run a command to its end; it is to end well, without a traceback."""
        began = time.monotonic()
        done = self.forks.run(self.home, *args, patches=PATCHES, **options)
        self.took = time.monotonic() - began
        assert "Traceback" not in done.err, done.err
        assert done.code == 0, done
        return done

    def change(self, rng: Random) -> None:
        """Change some tracks, remove some and add some."""
        with closing(sqlite3.connect(self.home.database)) as db, db:
            ids = [row[0] for row in db.execute("SELECT id FROM items")]
            for track in rng.sample(ids, min(len(ids), rng.randrange(9))):
                genres = "\\␀".join(_fields(rng, "")["genres"])
                db.execute("UPDATE items SET genres = ? WHERE id = ?", (genres, track))
            for track in rng.sample(ids, min(len(ids) // 8, rng.randrange(4))):
                db.execute("DELETE FROM items WHERE id = ?", (track,))
        self.home.add(*(_fields(rng, f"new {n}") for n in range(rng.randrange(4))))
        self.home.make_files()

    def answer(self, **options: Any) -> dict[int, float]:
        """Return the score of every track that a request finds."""
        return scores(self.run(*REQUEST, **options))

    def fresh(self) -> tuple[Content, dict[int, float]]:
        """Return what an index made anew holds, and what it answers."""
        folder = self.home.folder / "fresh"
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        other = Home.__new__(Home)
        other.__dict__.update(self.home.__dict__, folder=folder, index=folder / "index")
        other.configure(file_tags=False, index=str(folder / "index"))
        done = self.forks.run(other, *REQUEST, patches=PATCHES)
        assert done.code == 0, done
        return content(folder / "index"), scores(done)

    def assert_whole(self) -> None:
        """Say that the index holds and answers what one made anew would."""
        self.run("melindex")
        fresh, answer = self.fresh()
        content(self.home.index).assert_equal(fresh)
        mine = self.answer()
        assert mine.keys() == answer.keys()
        assert all(abs(mine[track] - answer[track]) < 0.01 for track in mine)

    def beside(self) -> set[str]:
        """Return the names of what lies beside the library."""
        return {path.name for path in self.home.folder.glob("lib*")}


def scores(done: Done) -> dict[int, float]:
    """Return the scores that `--json` printed, by track."""
    return {track["id"]: track["score"] for track in json.loads(done.out)["tracks"]}


def _fields(rng: Random, title: str) -> dict[str, Any]:
    return {"title": title, "artist": rng.choice("ABCDE"), "genres": rng.sample(WORDS, 3)}
