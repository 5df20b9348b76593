"""Tags before and after the audio that belong to no container: ID3, APE, Lyrics3.

Sources: id3.org (ID3v2.4.0 structure; Lyrics3 v2.00), wiki.hydrogenaud.io (APEv2 specification).
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from melscribe_core.hearing.containers.reader import MOST, DamagedError, Reader, Span

_ID3_HEADER = 10  # bytes; a footer has as many
_ID3_FOOTER_FLAG = 0x10
_ID3V1, _ID3V1_MORE = 128, 227  # bytes of "TAG" and of "TAG+" before it
_APE = struct.Struct("<8sIIII8x")  # APETAGEX, version, size with footer, items, flags
_APE_HEADER_FLAG, _APE_IS_HEADER_FLAG = 1 << 31, 1 << 29
_LYRICS = (b"LYRICS200", 6)  # after the size, in so many digits, of all before it


def without_tags(reader: Reader) -> Span:
    """Return the part of the file between the tags. Raises DamagedError for a tag without end."""
    start = end_of_front(reader)
    end = reader.size
    for _ in range(MOST):
        length = next((n for size_of in _AT_END if (n := size_of(reader, end))), 0)
        if not length:
            return Span(start, max(0, end - start))
        end -= length
        if end < start:
            raise DamagedError
    raise DamagedError


def end_of_front(reader: Reader) -> int:
    """Return where the tags at the front end. Raises DamagedError for one that is too long."""
    at = 0
    for _ in range(MOST):
        length = _id3v2(reader, at) or _ape_at_front(reader, at)
        if not length:
            return at
        at += length
        if at > reader.size:
            raise DamagedError
    raise DamagedError


def _id3v2(reader: Reader, at: int) -> int:
    if not reader.begins(at, b"ID3") or at + _ID3_HEADER > reader.size:
        return 0
    head = reader.at(at, _ID3_HEADER)
    size = _syncsafe(head[6:])
    if size is None or head[3] == 0xFF or head[4] == 0xFF:
        return 0
    footer = _ID3_HEADER if head[5] & _ID3_FOOTER_FLAG else 0
    return _ID3_HEADER + size + footer


def _ape_at_front(reader: Reader, at: int) -> int:
    if not reader.begins(at, b"APETAGEX") or at + _APE.size > reader.size:
        return 0
    _, _, size, _, flags = _APE.unpack(reader.at(at, _APE.size))
    return _APE.size + size if flags & _APE_IS_HEADER_FLAG else 0


def _id3v1(reader: Reader, end: int) -> int:
    if not reader.begins(end - _ID3V1, b"TAG"):
        return 0
    more = reader.begins(end - _ID3V1 - _ID3V1_MORE, b"TAG+")
    return _ID3V1 + (_ID3V1_MORE if more else 0)


def _ape_at_end(reader: Reader, end: int) -> int:
    if not reader.begins(end - _APE.size, b"APETAGEX"):
        return 0
    _, _, size, _, flags = _APE.unpack(reader.at(end - _APE.size, _APE.size))
    if size < _APE.size:
        raise DamagedError
    return int(size + (_APE.size if flags & _APE_HEADER_FLAG else 0))


def _lyrics(reader: Reader, end: int) -> int:
    word, digits = _LYRICS
    if not reader.begins(end - len(word), word):
        return 0
    size = reader.at(end - len(word) - digits, digits)
    if not size.isdigit():
        raise DamagedError
    return int(size) + digits + len(word)


def _id3v2_at_end(reader: Reader, end: int) -> int:
    if not reader.begins(end - _ID3_HEADER, b"3DI"):
        return 0
    size = _syncsafe(reader.at(end - 4, 4))
    return 0 if size is None else size + 2 * _ID3_HEADER


def _syncsafe(digits: bytes) -> int | None:
    """Return the number in 7 bits of each byte, None where an eighth is set."""
    number = 0
    for digit in digits:
        if digit & 0x80:
            return None
        number = number << 7 | digit
    return number


_AT_END: tuple[Callable[[Reader, int], int], ...] = (_id3v1, _ape_at_end, _lyrics, _id3v2_at_end)
