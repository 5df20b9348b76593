"""Inter-process write lock and damage check of one file.

The file's seal (see checksum.py) is stored beside it. A writer deletes the seal first and writes a
new one at the end. So without a seal the last writer was killed, and a file that does not match its
seal was changed by something else. Only the holder of the lock draws these conclusions.

A seal may carry a note about the sealed bytes, which costs less than writing it into the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from melscribe_core.catalogue.checksum import Seal, pack, seal_of, unpack
from melscribe_core.catalogue.lock import locked
from melscribe_core.errors import BusyError
from melscribe_core.files.writing import replace_file

FORMAT = 2  # of the seal; a seal of another format is ignored
BUSY = "The index {file} is being updated by another beet; try again when that has finished."


class Custody:
    """The lock and the seal of one file."""

    def __init__(self, file: Path, busy: str = BUSY) -> None:
        """`busy` is what BusyError says; "{file}" in it is replaced by the file's path."""
        self._file = file
        self._busy = busy
        self._lock = file.with_name(file.name + ".lock")
        self._seal = file.with_name(file.name + ".seal")
        self._holding = False
        self._is_open = False  # unsealed by this process

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
                raise BusyError(self._busy.format(file=self._file))
            self._holding = True
            try:
                yield
            finally:
                self._holding = False

    def sealed_size(self) -> int | None:
        """Return the size that the file had when it was sealed, None without a seal."""
        seal = self._sealed()
        return None if seal is None else seal.size

    def is_untouched(self) -> bool:
        """Return whether size and times match the seal. False is inconclusive: see `is_right`."""
        return self._is_untouched(self._sealed())

    def is_right(self) -> bool | None:
        """Return whether the bytes match the seal, None without one. Hold the lock."""
        seal = self._sealed()
        if seal is None or self._is_untouched(seal):
            return None if seal is None else True
        if not seal.matches(self._file):
            return False
        self.seal()
        return True

    def seal(self) -> None:
        """Write the seal; leave none where it cannot be written. Hold the lock."""
        try:
            self._write(seal_of(self._file))
            self._is_open = False
        except OSError:
            self.unseal()

    def reseal(self) -> None:
        """Write the seal if `unseal` was called since. Hold the lock."""
        if self._is_open:
            self.seal()

    def note(self) -> str:
        """Return the note on the seal; "" when there is none or the file may have changed."""
        content = self._content()
        return str(content["note"]) if self._is_untouched(_seal_in(content)) else ""

    def set_note(self, note: str) -> None:
        """Write a note on the seal of an untouched file; without such a seal do nothing.

        Hold the lock.
        """
        seal = self._sealed()
        if seal is not None and self._is_untouched(seal):
            with suppress(OSError):
                self._write(seal, note)

    def unseal(self) -> None:
        """Delete the seal and sync its folder, before the file is changed. Hold the lock."""
        if self._is_open:
            return
        self._is_open = True
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

    def _write(self, seal: Seal, note: str = "") -> None:
        replace_file(self._seal, pack({"format": FORMAT, "note": note, "seal": asdict(seal)}))

    def _sealed(self) -> Seal | None:
        return _seal_in(self._content())

    def _is_untouched(self, seal: Seal | None) -> bool:
        try:
            return seal is not None and seal.is_untouched(self._file)
        except OSError:
            return False

    def _content(self) -> dict[str, Any]:
        """Return the content of the seal's file, {} for none."""
        try:
            return unpack(self._seal.read_bytes())
        except (OSError, ValueError):
            return {}


def _seal_in(content: Mapping[str, Any]) -> Seal | None:
    """Return the seal in the content of its file, None for another format."""
    try:
        return Seal(**content["seal"]) if content["format"] == FORMAT else None
    except (KeyError, TypeError):
        return None


def file_at(path: Path) -> tuple[int, int] | None:
    """Return (device, inode), which differ if the file was replaced; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
