"""What `auto` adds to an import, on a small collection."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.speed import album_import


def test_an_import_is_measured_with_auto_and_without(tmp_path: Path) -> None:
    measured = album_import.measured(tmp_path, ["--synthetic", "30"], 1)
    assert len(measured) == 1
    indexed = {}
    for auto in (True, False):
        index = tmp_path / f"auto {auto}" / "library.db.melscribe"
        with closing(sqlite3.connect(index)) as db:
            (indexed[auto],) = db.execute("SELECT count(*) FROM tracks").fetchone()
    assert indexed == {True: 30 + 2 * album_import.FILES, False: 30}  # with the round to warm up
