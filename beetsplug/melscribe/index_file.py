"""The files of an index: where they are, opening the index, putting a damaged one aside."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library
from beetsplug.melscribe.settings import Settings
from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue, open_catalogue
from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.errors import DamagedCatalogueError, OutdatedCatalogueError
from melscribe_core.files.file_types import DATABASE, OWN, kind_of_name

PATIENCE = 20.0  # seconds to wait for another process that uses the damaged index


def index_path(lib: Library, settings: Settings) -> Path:
    """Return the path of this library's index."""
    database = library.database(lib)
    return settings.index or database.with_name(database.name + ".melscribe")


def saved_file(index: Path) -> Path:
    """Return the path of the saved descriptions, beside the index."""
    return index.with_name(index.name + ".saved.yaml")


def heard_file(index: Path) -> Path:
    """Return the path of the file of what was heard, beside the index."""
    return index.with_name(index.name + ".heard")


def learned_file(index: Path) -> Path:
    """Return the path of the file of what was learned, beside the index."""
    return index.with_name(index.name + ".learned")


def taste_file(index: Path) -> Path:
    """Return the path of the file of the taste, beside the index."""
    return index.with_name(index.name + ".taste")


def opened(path: Path, *, write: bool) -> Catalogue:
    """Open the index, or make one; without `write`, return an empty one in memory for none.

    Raises UserError where no index can be, and what `open_catalogue` raises.
    """
    if not path.parent.is_dir():
        raise UserError(f"the index belongs at {path}, but there is no folder {path.parent}")
    if path.is_dir():
        raise UserError(
            f"the index belongs at {path}, but that is a folder; move it away, or set"
            " `melscribe: index:` in your config to a file"
        )
    # Any other file would be taken for a damaged index and put aside.
    if (kind := kind_of_name(path.name)) not in ("", DATABASE, OWN):
        raise UserError(
            f"the index belongs at {path}, but that is the name of {kind}; set `melscribe:"
            f" index:` in your config to another file, such as {path.stem}.melscribe"
        )
    return open_catalogue(path) if write or path.exists() else empty_catalogue()


def put_aside(path: Path, file: tuple[int, int] | None, error: DamagedCatalogueError) -> str | None:
    """Rename the damaged file and return the note; None if another process replaced it already.

    An index of an older format is deleted instead: it can be rebuilt and nothing else reads it.
    """
    aside = path.with_name(path.name + ".damaged")
    custody = Custody(path)
    with custody.held(PATIENCE):
        if file_at(path) != file:
            return None
        try:
            if isinstance(error, OutdatedCatalogueError):
                path.unlink()
                note = f"{error} It is rebuilt."
            else:
                os.replace(path, aside)
                note = f"{error} It was put aside as {aside.name} and is rebuilt."
        except OSError as problem:
            raise UserError(
                f"{error} It cannot be put aside ({problem.strerror}); move it away and run"
                " `beet melindex` to make a new one."
            ) from error
        custody.unseal()
        for rest in ("-journal", "-wal", "-shm"):  # SQLite would replay them into the new file
            with suppress(OSError):
                path.with_name(path.name + rest).unlink()
    return note
