"""Ogg (Vorbis, Opus, FLAC, Speex): the last pages. Source: RFC 3533.

Rewriting comments numbers all pages anew and so changes their checksums: both are left out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from melscribe_core.hearing.containers.reader import Audio, DamagedError, Reader

WINDOW = 192 * 1024  # bytes at the end of the file: at least two of the longest pages, 65,307 bytes
_MAGIC = b"OggS"
# Magic, version, flags, granule position, serial, number, checksum, number of segments.
_HEAD = struct.Struct("<4sBBqIIIB")
_TRIES = 64  # places where a page may begin; the first is right unless content looks like one


class _Page(NamedTuple):
    granule: int
    serial: int
    content: bytes


def ogg(reader: Reader) -> Audio | None:
    """Return what the last pages of an Ogg file hold; None for another file.

    The pages before the first that ends at a time after 0 are headers: comments and pictures.
    Raises DamagedError.
    """
    if not reader.begins(0, _MAGIC):
        return None
    size = min(WINDOW, reader.size)
    tail = reader.at(reader.size - size, size)
    pages = _last_pages(tail)
    first = next((at for at, page in enumerate(pages) if page.granule > 0), None)
    if first is None:
        raise DamagedError
    held = (struct.pack("<qI", page.granule, page.serial) + page.content for page in pages[first:])
    return Audio(b"ogg", proof=b"".join(held))


def _last_pages(tail: bytes) -> list[_Page]:
    """Return the longest row of pages that ends where the file ends. Raises DamagedError."""
    at = -1
    for _ in range(_TRIES):
        at = tail.find(_MAGIC, at + 1)
        if at < 0:
            break
        pages = list(_pages(tail, at))
        if pages and pages[-1] is not None:
            return [page for page in pages if page is not None]
    raise DamagedError


def _pages(tail: bytes, at: int) -> Iterator[_Page | None]:
    """Yield pages up to the end, or None in the end where no page is."""
    while at < len(tail):
        if not tail.startswith(_MAGIC, at) or at + _HEAD.size > len(tail):
            yield None
            return
        _, _, _, granule, serial, _, _, segments = _HEAD.unpack_from(tail, at)
        start = at + _HEAD.size + segments
        end = start + sum(tail[at + _HEAD.size : start])
        if end > len(tail):
            yield None
            return
        yield _Page(granule, serial, tail[start:end])
        at = end
