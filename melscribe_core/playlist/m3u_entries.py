"""An m3u playlist -> the tracks that it names: what `m3u.uri` does, undone."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from melscribe_core.playlist.m3u import Options

_SCHEME = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]+://")
_FILE = re.compile(rb"file://(?:localhost(?=/))?", re.IGNORECASE)


def entries(content: bytes) -> list[bytes]:
    """Return the entries of a playlist in their order, without comments and empty lines.

    Lines end with LF, CR or both. UTF-16 is read by its byte order mark.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "ignore").encode("utf-8", "ignore")
    lines = content.removeprefix(codecs.BOM_UTF8).splitlines()
    return [line for line in lines if line.strip() and not line.lstrip(b" \t").startswith(b"#")]


def track_id(entry: bytes, options: Options) -> int | None:
    """Return the id in an entry that was written by `uri_format`, None for any other."""
    if not options.uri_format:
        return None
    parts = options.uri_format.encode("utf-8", "surrogateescape").split(b"$id")
    first, *rest = map(re.escape, parts)
    found = re.fullmatch(rb"%b(?P<id>\d{1,18})%b" % (first, rb"(?P=id)".join(rest)), entry)
    return int(found[1]) if found else None


def paths(entry: bytes, options: Options, folders: list[bytes]) -> Iterator[bytes]:
    """Yield the absolute paths that an entry may mean, likeliest first.

    `folders` are those that a relative path may begin in, such as the playlist's own. A prefix and
    URL encoding are undone; an address of another kind than file:// names no path.
    """
    prefix = os.fsencode(options.prefix)
    plain = entry.removeprefix(prefix) if prefix else entry
    for written in dict.fromkeys((plain, entry)):
        if file := _FILE.match(written):
            yield from _absolute(unquote_to_bytes(written[file.end() :]), folders)
        elif not _SCHEME.match(written):
            for name in dict.fromkeys((written, unquote_to_bytes(written))):
                yield from _absolute(name, folders)


def _absolute(name: bytes, folders: list[bytes]) -> Iterator[bytes]:
    """Yield the path under each folder; one with the other kind of slashes is tried with ours."""
    names = [name] if b"/" in name or b"\\" not in name else [name, name.replace(b"\\", b"/")]
    for one in names:
        if Path(os.fsdecode(one)).is_absolute():
            yield os.path.normpath(one)
        else:
            yield from (os.path.normpath(b"/".join((folder, one))) for folder in folders)
