"""Who may write a file that others read, and whether its bytes are those that were written.

Beside the file lies its seal. It is broken before the file is written and made anew afterwards, so
a file whose writer died has none; and a file that does not fit its seal was changed by something
else. All of this is decided by whoever holds the lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from melscribe_core.catalogue.checksum import Seal, pack, seal_of, unpack
from melscribe_core.catalogue.lock import locked
from melscribe_core.errors import BusyError
from melscribe_core.files.writing import replace_file

FORMAT = 1  # of the seal; another one is as good as none


class Custody:
    """The lock and the seal of one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_name(file.name + ".lock")
        self._seal = file.with_name(file.name + ".seal")
        self._holding = False

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Let no other process write; raise BusyError when one still does after so many seconds.

        Holding it twice is holding it once.
        """
        if self._holding:
            yield
            return
        with locked(self._lock, patience) as held:
            if not held:
                raise BusyError(
                    f"The index {self._file} is being brought up to date by another beet;"
                    " try again when that has finished."
                )
            self._holding = True
            try:
                yield
            finally:
                self._holding = False

    def is_untouched(self) -> bool:
        """Say at a glance whether the file is as it was sealed. False says nothing yet."""
        seal = self._sealed()
        try:
            return seal is not None and seal.is_untouched(self._file)
        except OSError:
            return False

    def is_right(self) -> bool | None:
        """Say whether the bytes are those that were sealed, None without a seal; while held."""
        seal = self._sealed()
        if seal is None or self.is_untouched():
            return None if seal is None else True
        if not seal.matches(self._file):
            return False
        self.seal()
        return True

    def seal(self) -> None:
        """Note what the file is like; without a note where none can be written. While held."""
        try:
            seal = seal_of(self._file)
            replace_file(self._seal, pack({"format": FORMAT, **asdict(seal)}))
        except OSError:
            self.unseal()

    def unseal(self) -> None:
        """Forget what the file was like; on the disk too, before anything else is written there."""
        try:
            self._seal.unlink()
        except OSError:
            return
        with suppress(OSError):  # Windows opens no folders
            folder = os.open(self._seal.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _sealed(self) -> Seal | None:
        try:
            values = unpack(self._seal.read_bytes())
            return Seal(**values) if values.pop("format") == FORMAT else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


def file_at(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at a path from any other that comes to lie there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
