"""Which audio a file holds, whatever its name, place and tags."""

from __future__ import annotations

from hashlib import blake2b

from melscribe_core.hearing.containers.chunks import chunked
from melscribe_core.hearing.containers.flac import flac
from melscribe_core.hearing.containers.ogg import ogg
from melscribe_core.hearing.containers.reader import Audio, DamagedError, Reader, Span, opened
from melscribe_core.hearing.containers.tags import without_tags

KEY = 16  # bytes of a key: of 10^6 files two have the same once in 10^26 libraries
BLOCK = 64 * 1024  # bytes that are read at the start, in the middle and at the end: by three seeks


def content_key(path: bytes | str) -> bytes:
    """Return 16 bytes that are the same for all files with this audio.

    They stay when tags and pictures are rewritten, or the file is renamed, moved or copied; audio
    that was encoded anew has other ones, except in FLAC. At most some 200 KB are read, by seeking;
    a change elsewhere in a long file goes unnoticed where its length stays and the file has no
    checksum of its audio. A damaged file gets a key of its bytes. Raises OSError.
    """
    with opened(path) as reader:
        try:
            return _key(reader, _audio(reader))
        except DamagedError:
            return _key(reader, Audio(b"file", (Span(0, reader.size),)))


def _audio(reader: Reader) -> Audio:
    """Return where the audio lies. Raises DamagedError where there is none."""
    found = chunked(reader) or ogg(reader)
    if found is None:
        between = without_tags(reader)
        found = flac(reader, between) or Audio(b"stream", (between,))
    # An empty part is damage: a WAV file that was never closed says so of its data.
    if not any(span.length for span in found.spans) and (found.spans or not found.proof):
        raise DamagedError
    return found


def _key(reader: Reader, audio: Audio) -> bytes:
    found = blake2b(digest_size=KEY, person=audio.kind)
    length = sum(span.length for span in audio.spans)
    found.update(len(audio.proof).to_bytes(8, "little") + audio.proof)
    found.update(length.to_bytes(8, "little"))
    for start, end in _blocks(length):
        for span in _within(audio.spans, start, end):
            found.update(reader.at(*span))
    return found.digest()


def _blocks(length: int) -> list[tuple[int, int]]:
    """Return start and end of what is read of so many bytes."""
    if length <= 3 * BLOCK:
        return [(0, length)]
    middle = (length - BLOCK) // 2
    return [(0, BLOCK), (middle, middle + BLOCK), (length - BLOCK, length)]


def _within(spans: tuple[Span, ...], start: int, end: int) -> list[Span]:
    """Return the parts of the file from start to end of the spans, laid end to end."""
    found, before = [], 0
    for span in spans:
        first, last = max(start - before, 0), min(end - before, span.length)
        if first < last:
            found.append(Span(span.start + first, last - first))
        before += span.length
    return found
