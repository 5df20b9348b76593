"""Short windows of an audio file, read by seeking, and a stretch for its tempo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.decoders.choice import decoders, unreadable
from melscribe_core.hearing.decoders.stretch import Decoder
from melscribe_core.hearing.mel import RATE, WINDOW

WINDOWS = 5  # evenly from 10 % to 90 %: 0.007 from the whole track, for a thirteenth of its time
MARGIN = 10  # a tenth of the track at either end: applause, fades
STRETCH = 12 * RATE  # for the tempo, round the middle
SHORTEST = RATE // 10  # less than this tells nothing of the music
SLACK = RATE // 10  # that a window may lack at its end: files end some frames early
MOSTLY = 0.5  # share of samples that are no numbers, above which a window is left out
SILENT = 1e-3  # root mean square, -60 dBFS: the nets hear guitar in digital silence


class Excerpts(NamedTuple):
    """What is heard of a file, float32, mono, 16 kHz, of -1..1 and finite.

    `windows` have WINDOW samples each, none of them silent: none at all where all was silence.
    `stretch` is for the tempo: up to 12 s, empty where nothing there could be decoded.
    """

    windows: list[FloatArray]
    stretch: FloatArray


def excerpts(path: str | bytes) -> Excerpts:
    """Read up to five windows of a file, evenly from 10 % to 90 %, and 12 s round its middle.

    A file under 15 s gives as many windows as fit without overlap, one under 3 s a window that
    repeats it. What damage leaves is used. Raises UnreadableAudioError where that is nothing.
    """
    late = short = False
    for decoder in decoders(path):
        with decoder:
            for length in _lengths(decoder):
                if taken := _taken(decoder, length):
                    return taken
                short |= 0 < length < SHORTEST
            late |= decoder.left() <= 0
    raise unreadable(path, late=late, short=short)


def _lengths(decoder: Decoder) -> Iterator[int]:
    """Yield the length that the file says, and if that was of no use the one that it has."""
    if decoder.length:
        yield decoder.length
    measured = decoder.measured()
    if measured and abs(measured - decoder.length) > SLACK:
        yield measured


def _taken(decoder: Decoder, length: int) -> Excerpts | None:
    """Read the windows and the stretch of a file of this length; None where there are none."""
    starts, whole = _starts(length), min(WINDOW, length)
    middle = max(0, (length - STRETCH) // 2)
    spans = [(start, start + whole) for start in starts]
    spans.append((middle, min(length, middle + STRETCH)))
    held = [(first, decoder.read(first, end - first)) for first, end in _joined(spans)]
    *windows, stretch = [_part(held, first, end) for first, end in spans]
    heard = _usable(windows, whole)
    if not heard:
        return None
    filled = [_repeated(window) for window in heard]
    loud = [window for window in filled if np.sqrt(np.mean(np.square(window))) >= SILENT]
    return Excerpts(loud, np.nan_to_num(stretch))


def _starts(length: int) -> list[int]:
    """Return where the windows begin: five if they fit, without overlap, at least one."""
    count = max(1, min(WINDOWS, length // WINDOW))
    if count == 1:
        return [max(0, (length - WINDOW) // 2)]
    margin = min(length // MARGIN, (length - count * WINDOW) // 2)
    step = (length - 2 * margin - WINDOW) / (count - 1)
    return [margin + int(place * step) for place in range(count)]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that overlap as one: nothing is decoded twice."""
    found: list[tuple[int, int]] = []
    for first, end in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((first, end))
    return found


def _part(held: list[tuple[int, FloatArray]], first: int, end: int) -> FloatArray:
    """Return what was read of a span, which lies in one of the joined spans."""
    at, samples = next(one for one in reversed(held) if one[0] <= first)
    return samples[first - at : end - at]


def _usable(windows: list[FloatArray], whole: int) -> list[FloatArray]:
    """Return the windows that are whole, else the longest, with 0 for NaN if that is rare."""
    numbers = [window for window in windows if len(window) >= SHORTEST]
    numbers = [window for window in numbers if np.isnan(window).mean() <= MOSTLY]
    longest = max(map(len, numbers), default=0)
    least = min(whole - SLACK, longest)
    return [np.nan_to_num(window) for window in numbers if len(window) >= least]


def _repeated(window: FloatArray) -> FloatArray:
    """Return a window of WINDOW samples: a shorter one is repeated, as in the nets' training."""
    return window if len(window) == WINDOW else np.resize(window, WINDOW)
