"""Decode with libsndfile: wav, aiff, flac, ogg, opus, mp3 and some rarer ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from melscribe_core.hearing.decoders.quiet import quiet
from melscribe_core.hearing.decoders.stretch import (
    LEAD,
    RATES,
    Decoder,
    beginning,
    mono,
    resampled,
)
from melscribe_core.hearing.mel import RATE

if TYPE_CHECKING:
    from soundfile import SoundFile

    from melscribe_core.arrays import FloatArray

BLOCK = 1 << 14  # values of all channels read at once; a damaged block is lost as a whole
UNKNOWN = 1 << 60  # frames: libsndfile says 2 ** 63 - 1 where the file does not tell


class Sndfile(Decoder):
    """A file that libsndfile can open. Raises RuntimeError or OSError for any other."""

    def __init__(self, path: str | bytes) -> None:
        super().__init__()
        self._path = path
        self._handle = -1
        self._file = self._opened()
        self._damaged = False  # whether the last read failed
        self._rate: int = self._file.samplerate
        if self._rate not in RATES:
            self.close()
            raise RuntimeError(f"a rate of {self._rate}")
        frames = self._file.frames
        self.length = 0 if frames > UNKNOWN else frames * RATE // self._rate

    def read(self, start: int, length: int) -> FloatArray:
        """Return a stretch, see Decoder.read."""
        begin = beginning(start, self._rate)
        before = start - begin
        first = begin * self._rate // RATE
        frames = -(-(before + length + LEAD) * self._rate // RATE)
        return resampled(self._blocks(first, frames), self._rate)[before : before + length]

    def measured(self) -> int:
        """Return the length that can be decoded, see Decoder.measured."""
        return sum(map(len, self._blocks(0, UNKNOWN))) * RATE // self._rate

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._close_handle()

    def _blocks(self, first: int, frames: int) -> Iterator[FloatArray]:
        """Yield mono blocks until the end, or until the file is found to be damaged."""
        most = max(1, BLOCK // self._file.channels)
        try:
            with quiet():
                self._seek(first)
            while frames > 0 and self.left() > 0:
                with quiet():
                    block = self._file.read(min(most, frames), "float32", always_2d=True)
                if not len(block):
                    return
                frames -= len(block)
                yield mono(block)
        except (RuntimeError, OSError):  # soundfile's errors are RuntimeErrors
            self._damaged = True

    def _seek(self, first: int) -> None:
        if self._damaged:  # after an error libsndfile's FLAC decoder fails everywhere
            self.close()
            self._file = self._opened()
            self._damaged = False
        self._file.seek(first)

    def _opened(self) -> SoundFile:
        import soundfile

        if sys.platform == "win32":
            return soundfile.SoundFile(os.fsdecode(self._path))
        # By its descriptor it has no name, from which libsndfile would guess a format.
        self._handle = os.open(self._path, os.O_RDONLY)
        try:
            with quiet():
                return soundfile.SoundFile(self._handle, closefd=False)
        except RuntimeError:
            self._close_handle()
            raise

    def _close_handle(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
