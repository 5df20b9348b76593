"""Containers of chunks, each with a name and a length: the chunk that holds the audio.

Sources: EBU Tech 3306 (RF64), the AIFF 1.3, DSF 1.01 and DSDIFF 1.5 specifications, ISO/IEC
14496-12 (MP4), Advanced Systems Format 1.2 (WMA).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from melscribe_core.hearing.containers.reader import MOST, Audio, DamagedError, Reader, Span

_UNKNOWN = 0xFFFFFFFF  # a length that is told elsewhere, or was never known
_FORMAT = 256  # bytes of the chunk that tells rate and channels: WAV's most are 40, AIFC's some 60
_ASF_HEADER = bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C")
_ASF_DATA = bytes.fromhex("3626B2758E66CF11A6D900AA0062CE6C")


class _Form(NamedTuple):
    """How chunks are written.

    `head` unpacks name and length; `counts_head` tells whether the length includes it; chunks
    begin at multiples of `even` bytes after each other.
    """

    head: struct.Struct
    counts_head: bool = False
    even: int = 1


class _Layout(NamedTuple):
    """Where a container's first chunk is, and the names of the chunks that matter."""

    form: _Form
    first: int
    data: tuple[bytes, ...]
    format: bytes = b""


_RIFF = _Layout(_Form(struct.Struct("<4sI"), even=2), 12, (b"data",), b"fmt ")
_IFF = _Layout(_Form(struct.Struct(">4sI"), even=2), 12, (b"SSND",), b"COMM")
_DSF = _Layout(_Form(struct.Struct("<4sQ"), counts_head=True), 28, (b"data",), b"fmt ")
_DFF = _Layout(_Form(struct.Struct(">4sQ"), even=2), 16, (b"DSD ", b"DST "), b"PROP")
_ASF = _Layout(_Form(struct.Struct("<16sQ"), counts_head=True), 0, (_ASF_DATA,))


def chunked(reader: Reader) -> Audio | None:
    """Return the audio of a container of chunks; None for another. Raises DamagedError."""
    head = reader.at(0, min(16, reader.size))
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"free", b"skip", b"wide"):
        return Audio(b"mp4", tuple(_mdats(reader)))
    for kind, layout, is_it in (
        (b"wav", _RIFF, head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"),
        (b"aiff", _IFF, head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")),
        (b"dsf", _DSF, head[:4] == b"DSD "),
        (b"dff", _DFF, head[:4] == b"FRM8" and head[12:16] == b"DSD "),
        (b"asf", _ASF, head == _ASF_HEADER),
    ):
        if is_it:
            return _audio(reader, kind, layout)
    return None


def _audio(reader: Reader, kind: bytes, layout: _Layout) -> Audio:
    proof, long = b"", None
    for name, span in _chunks(reader, layout):
        if name == b"ds64":  # of RF64: length of the file, then of the data
            long = struct.unpack("<8xQ", reader.at(span.start, 16))[0]
        elif name == layout.format:
            proof = reader.at(span.start, min(span.length, _FORMAT))
        elif name in layout.data:
            if long is not None and span.length == _UNKNOWN:
                span = Span(span.start, long)
            # One that was never closed tells no length: all that follows.
            length = None if kind == b"asf" and span.length <= 0 else span.length
            return Audio(kind, (reader.rest(span.start, length),), proof)
    raise DamagedError


def _chunks(reader: Reader, layout: _Layout) -> Iterator[tuple[bytes, Span]]:
    """Yield name and content of each chunk; the last may be said to be longer than the file."""
    form, at = layout.form, layout.first
    for _ in range(MOST):
        if at + form.head.size > reader.size:
            return
        name, length = form.head.unpack(reader.at(at, form.head.size))
        span = Span(at + form.head.size, length - form.head.size * form.counts_head)
        yield name, span
        if span.length < 0:
            raise DamagedError
        at = span.start + span.length + span.length % form.even
    raise DamagedError


def _mdats(reader: Reader) -> Iterator[Span]:
    """Yield the content of the atoms `mdat`; of a file in more pieces than MOST, all the rest."""
    at = 0
    for _ in range(MOST):
        if at + 8 > reader.size:
            return
        length, name = struct.unpack(">I4s", reader.at(at, 8))
        head = 8
        if length == 1:
            (length,), head = struct.unpack(">Q", reader.at(at + 8, 8)), 16
        elif length == 0:  # up to the end of the file
            length = reader.size - at
        if length < head:
            raise DamagedError
        if name == b"mdat":
            yield reader.rest(at + head, length - head)
        at += length
    yield reader.rest(at)
