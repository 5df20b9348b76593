"""FLAC: STREAMINFO, which has a checksum of the audio. Source: RFC 9639."""

from __future__ import annotations

import hashlib

from melscribe_core.hearing.containers.reader import MOST, Audio, DamagedError, Reader, Span

_STREAMINFO = 34  # bytes
_FRAMES = 10  # bytes of it on the sizes of blocks and frames, which another encoder would choose
_MD5 = 16
# What encoders write who did not know it at the end: zeros, or the checksum of nothing.
_UNSAID = (bytes(_MD5), hashlib.md5(usedforsecurity=False).digest())


def flac(reader: Reader, span: Span) -> Audio | None:
    """Return the audio of a FLAC file between its tags; None for another. Raises DamagedError."""
    if not reader.begins(span.start, b"fLaC"):
        return None
    kind, length = _block(reader, span.start + 4)
    if kind & 0x7F != 0 or length < _STREAMINFO:
        raise DamagedError
    info = reader.at(span.start + 8, _STREAMINFO)
    if info[-_MD5:] not in _UNSAID:
        return Audio(b"flac", proof=info[_FRAMES:])
    at = span.start + 4
    for _ in range(MOST):
        kind, length = _block(reader, at)
        at += 4 + length
        if kind & 0x80:  # the last
            left = span.start + span.length - at
            frames = (reader.rest(at, left),) if left > 0 else ()
            return Audio(b"flac", frames, info[_FRAMES:])
    raise DamagedError


def _block(reader: Reader, at: int) -> tuple[int, int]:
    """Return the first byte of a metadata block, and its length without head."""
    head = reader.at(at, 4)
    return head[0], int.from_bytes(head[1:], "big")
