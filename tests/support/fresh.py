"""Compare an index with one that is made anew from the same library.

`made_anew` returns a home whose index does not exist yet; `content` and `vectors` read an index,
`answer` what a command prints.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from beets.ui import UserError

from melscribe_core.catalogue.vectors import VECTOR_TYPE
from tests.support.home import Home
from tests.support.inside import beet

ROUNDING = 2e-3  # the last bits of a vector depend on what is encoded beside it


def made_anew(home: Home, **settings: Any) -> Home:
    """Return a home with these settings on the same library; its first command makes the index."""
    folder = Path(tempfile.mkdtemp(dir=home.folder))
    fresh = home.with_settings(**settings, index=str(folder / "index"))
    fresh.index = folder / "index"
    return fresh


def assert_as_new(index: Path, fresh: Path, story: str = "", *, files: bool = True) -> None:
    """Assert that two indexes hold the same; without `files` cached file tags may differ."""
    kept, made = content(index), content(fresh)
    for table in made.keys() - (set() if files else {"files"}):
        differ = [row for row in made[table] if row not in kept[table]]
        beside = [row for row in kept[table] if row not in made[table]]
        assert (beside, differ) == ([], []), f"{table} differs after\n{story}"
        assert kept[table] == made[table], f"{table} differs after\n{story}"
    assert_same_vectors(index, fresh, story)


def assert_same_vectors(index: Path, fresh: Path, story: str = "") -> None:
    kept, made = vectors(index), vectors(fresh)
    assert kept.keys() == made.keys(), story
    for text, vector in kept.items():
        assert vector == pytest.approx(made[text], abs=ROUNDING), f"{text} differs after\n{story}"


def answer(home: Home, *args: str) -> dict[str, float]:
    """Return the scores that a command prints, each by what stands behind it."""
    try:
        printed = beet(home, *args, "-f", "$describe_score $id $descriptors")
    except UserError as error:
        return {str(error): 0.0}
    found = (line.split(" ", 1) for line in printed.splitlines())
    return {rest: float(score or 0) for score, rest in found}


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def content(path: Path) -> dict[str, list[Any]]:
    """Return all that an index holds beside vectors, without ids of its own and times."""
    tables = {
        "tracks": "SELECT tracks.id, coalesce(texts.text, ''), coalesce(texts.lent, ''),"
        " fields, called, album, artist, spelt FROM tracks"
        " LEFT JOIN texts ON texts.id = tracks.text",
        "words": "SELECT term, doc, cnt FROM vocabulary",
        "titles": "SELECT term, doc, cnt FROM title_words",
        "files": "SELECT track, tags FROM files WHERE track IN (SELECT id FROM tracks)",
    }
    return {name: sorted(rows(path, query)) for name, query in tables.items()}


def vectors(path: Path) -> dict[str, Any]:
    """Return the vector of each text and each single descriptor."""
    return {
        f"{table} {text}": np.frombuffer(vector, VECTOR_TYPE)
        for table in ("texts", "descriptors")
        for text, vector in rows(path, f"SELECT text, vector FROM {table}")
    }
