"""Inter-process write lock and damage check of one file.

The file's seal (see checksum.py) is stored beside it. A writer deletes the seal first and writes a
new one at the end. So without a seal the last writer was killed, and a file that does not match its
seal was changed by something else. Only the holder of the lock draws these conclusions.
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

FORMAT = 1  # of the seal; a seal of another format is ignored


class Custody:
    """The lock and the seal of one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_name(file.name + ".lock")
        self._seal = file.with_name(file.name + ".seal")
        self._holding = False

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Hold the write lock; reentrant.

        Raises BusyError when another process still holds it after `patience` seconds.
        """
        if self._holding:
            yield
            return
        with locked(self._lock, patience) as held:
            if not held:
                raise BusyError(
                    f"The index {self._file} is being updated by another beet;"
                    " try again when that has finished."
                )
            self._holding = True
            try:
                yield
            finally:
                self._holding = False

    def is_untouched(self) -> bool:
        """Return whether size and times match the seal. False is inconclusive: see `is_right`."""
        seal = self._sealed()
        try:
            return seal is not None and seal.is_untouched(self._file)
        except OSError:
            return False

    def is_right(self) -> bool | None:
        """Return whether the bytes match the seal, None without one. Hold the lock."""
        seal = self._sealed()
        if seal is None or self.is_untouched():
            return None if seal is None else True
        if not seal.matches(self._file):
            return False
        self.seal()
        return True

    def seal(self) -> None:
        """Write the seal; leave none where it cannot be written. Hold the lock."""
        try:
            seal = seal_of(self._file)
            replace_file(self._seal, pack({"format": FORMAT, **asdict(seal)}))
        except OSError:
            self.unseal()

    def unseal(self) -> None:
        """Delete the seal and sync its folder, before the file is changed. Hold the lock."""
        try:
            self._seal.unlink()
        except OSError:
            return
        with suppress(OSError):  # Windows cannot open folders
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
    """Return (device, inode), which differ if the file was replaced; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
