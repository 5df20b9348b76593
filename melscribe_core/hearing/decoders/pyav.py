"""Decode with PyAV, that is FFmpeg as a library: m4a, wma, wv, tta, ape and nearly all else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.hearing.decoders.formats import DEMUXERS
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
    from av import AudioFrame
    from av.container import InputContainer

    from melscribe_core.arrays import FloatArray

# Seconds before a stretch at which to begin: the first frames after a seek may be wrong.
WARM_UP = 0.2
LOCAL = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}


class PyAV(Decoder):
    """A file that FFmpeg's library can open. Raises an error of any class for another."""

    def __init__(self, path: str | bytes) -> None:
        super().__init__()
        import av

        self._container: InputContainer = av.open(
            "file:" + os.fsdecode(path), options=LOCAL, metadata_errors="ignore"
        )
        try:
            self._stream = self._container.streams.audio[0]
            self._stream.codec_context.thread_count = 1
            self._rate: int = self._stream.codec_context.sample_rate
            if self._rate not in RATES:
                raise ValueError(f"a rate of {self._rate}")
        except BaseException:
            self.close()
            raise
        self._base = float(self._stream.time_base)  # seconds of a tick
        self._first = self._stream.start_time or 0  # in ticks
        self.length = int(self._seconds() * RATE)

    def read(self, start: int, length: int) -> FloatArray:
        """Return a stretch, see Decoder.read."""
        begin = beginning(start, self._rate)
        before = start - begin
        first = begin * self._rate // RATE
        frames = -(-(before + length + LEAD) * self._rate // RATE)
        blocks = _between(self._blocks(first), first, first + frames)
        return resampled(blocks, self._rate)[before : before + length]

    def measured(self) -> int:
        """Return the length by the times of all packets, which are not decoded."""
        last = 0.0
        with suppress(Exception):  # see _blocks
            self._container.seek(0)
            for packet in self._container.demux(self._stream):
                if packet.pts is not None:
                    ticks = packet.pts + (packet.duration or 0) - self._first
                    last = max(last, ticks * self._base)
                if self.left() <= 0:
                    break
        return int(last * RATE)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _seconds(self) -> float:
        if self._stream.duration:
            return float(self._stream.duration * self._base)
        return (self._container.duration or 0) / 1e6  # in microseconds

    def _blocks(self, first: int) -> Iterator[tuple[int, FloatArray]]:
        """Yield mono blocks with their positions in frames of the file, from before `first`.

        Ends where the file ends or is found to be damaged. PyAV's errors derive from many classes.
        """
        from av import AudioResampler

        planes = AudioResampler(format="fltp")  # float, each channel for itself, nothing mixed
        ticks = self._first + int(max(0, first / self._rate - WARM_UP) / self._base)
        with suppress(Exception):  # where seeking is impossible: on from here, and discard
            self._container.seek(ticks, stream=self._stream)
        at = max(0, first - int(WARM_UP * self._rate))
        with suppress(Exception):
            for frame in self._container.decode(self._stream):
                at = self._position(frame, at)
                for plane in planes.resample(frame):
                    block = mono(plane.to_ndarray().T)
                    yield at, block
                    at += len(block)
                if self.left() <= 0:
                    return

    def _position(self, frame: AudioFrame, following: int) -> int:
        if frame.pts is None or frame.time_base is None:
            return following
        seconds = float(frame.pts * frame.time_base) - self._first * self._base
        return round(seconds * self._rate)


def _between(
    blocks: Iterator[tuple[int, FloatArray]], first: int, end: int
) -> Iterator[FloatArray]:
    """Yield what lies from `first` to `end` of blocks with their positions."""
    for at, block in blocks:
        if at >= end:
            return
        part = block[max(0, first - at) : end - at]
        if len(part):
            yield np.asarray(part)
