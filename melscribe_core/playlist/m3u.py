"""Tracks -> the bytes of an m3u playlist -> a file, written whole or not at all.

The options, their order and the lines are those of beets' smartplaylist plugin, so that a player or
a server set up for one reads the other. Names are the bytes that the library stores, never
normalised.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from urllib.parse import quote

from melscribe_core.errors import PlaylistError
from melscribe_core.files.writing import StrOrBytesPath, write_whole
from melscribe_core.text import counted

OUTPUTS = ("extm3u", "m3u")

# Characters that some reader takes for a line end, and the rest of C0 and C1 (NEL is one of them).
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One track of a playlist.

    `path` is absolute, as stored; `dest` is where the library's path format would put it, which
    only `dest_regen` needs. `fields` holds values for the EXTINF line: a str, a number or a list.
    Raises ValueError for a relative path.
    """

    id: int
    path: bytes
    seconds: float
    artist: str
    title: str
    dest: bytes | None = None
    fields: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in filter(None, (self.path, self.dest)):
            if not Path(os.fsdecode(path)).is_absolute():
                raise ValueError(f"track {self.id} has the relative path {os.fsdecode(path)!r}")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How tracks are written; names and meanings are those of smartplaylist's options.

    Per track: only `uri_format`, when it is given (`$id`); else the path -> `dest_regen` ->
    `relative_to` (an absolute folder; None leaves the path absolute, `beside` fills in the
    playlist's own folder) -> `forward_slash` -> `urlencode` -> `prefix`.
    `fields` names the values for the EXTINF line.
    Raises PlaylistError, naming the option, for values that no player could read.
    """

    relative_to: bytes | None = None
    forward_slash: bool = False
    prefix: str = field(default="", repr=False)  # may hold a password
    urlencode: bool = False
    uri_format: str | None = None
    dest_regen: bool = False
    output: str = "extm3u"
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.output not in OUTPUTS:
            raise PlaylistError(f"output is {self.output!r}, but it must be extm3u or m3u.")
        if self.uri_format and "$id" not in self.uri_format:
            raise PlaylistError(
                f"uri_format is {self.uri_format!r}, but it must contain $id to tell tracks apart."
            )
        for name, value in (("prefix", self.prefix), ("uri_format", self.uri_format or "")):
            if value.startswith(("#", " ")) or _CONTROLS.search(value):
                raise PlaylistError(
                    f"{name} begins with # or a blank, or holds a control character: no player"
                    " could read the entries; change it."
                )

    def beside(self, playlist: StrOrBytesPath, entries: Iterable[Entry]) -> Options:
        """Return these options with an unset `relative_to` set to the playlist's own folder.

        A `..` after a symbolic link is resolved from the link's target. If there is a link between
        the playlist and the tracks, the folder's real path is used, so that entries are valid.
        """
        if self.relative_to is not None:
            return self
        folder = Path(os.fsdecode(playlist)).parent.absolute()
        common = os.path.commonpath([folder, *(os.fsdecode(_place(e, self)) for e in entries)])
        real = Path(os.path.realpath(folder))
        crosses_link = real != Path(os.path.realpath(common), folder.relative_to(common))
        return replace(self, relative_to=os.fsencode(real if crosses_link else folder))


@dataclass(frozen=True)
class Rendered:
    """A playlist's bytes, the number of its tracks, and what was left out.

    `repeated` counts entries whose URI was already there; `inexpressible` are the paths with a line
    break, which m3u cannot express.
    """

    content: bytes
    tracks: int
    repeated: int
    inexpressible: tuple[bytes, ...]


def render(entries: Iterable[Entry], options: Options, name: str = "") -> Rendered:
    """Return the playlist called `name`: comments in UTF-8, paths as stored, LF after every line.

    The order is kept; of entries with the same URI the first is kept. With the name "" there is no
    `#PLAYLIST:` line. Raises PlaylistError when no entry is left, so that an existing playlist is
    never replaced by an empty one.
    """
    lines: dict[bytes, bytes] = {}
    repeated, inexpressible = 0, []
    for entry in entries:
        line = uri(entry, options)
        if b"\n" in line or b"\r" in line:
            inexpressible.append(entry.path)
        elif line in lines:
            repeated += 1
        else:
            lines[line] = _comment(entry, options)
    if not lines:
        raise PlaylistError(_why_empty(len(inexpressible)))
    body = b"".join(comment + line + b"\n" for line, comment in lines.items())
    return Rendered(_header(name, options) + body, len(lines), repeated, tuple(inexpressible))


def uri(entry: Entry, options: Options) -> bytes:
    """Return the entry of a track in the playlist, without a line end.

    The same as smartplaylist's, with two exceptions: a name that begins with "#" or a blank gets
    "./" in front, since players would skip or trim it, and `urlencode` accepts names that are not
    UTF-8.
    """
    if options.uri_format:
        return options.uri_format.replace("$id", str(entry.id)).encode()
    path = _place(entry, options)
    if options.relative_to:
        path = os.path.relpath(path, options.relative_to)
    if options.forward_slash:
        path = path.replace(b"\\", b"/")
    if options.urlencode:
        path = quote(path).encode()
    if path.startswith((b"#", b" ", b"\t")) and not options.prefix:
        path = b"./" + path
    return os.fsencode(options.prefix) + path


def write(path: StrOrBytesPath, content: bytes, options: Options | None = None) -> None:
    """Write a playlist's bytes to `path`, whole or not at all: see `write_whole`.

    Raises PlaylistError if that fails, or if another kind of file is there: see `refuse_foreign`.
    """
    refuse_foreign(path, options)
    write_whole(path, content, PlaylistError, lambda: refuse_foreign(path, options))


def refuse_foreign(path: StrOrBytesPath, options: Options | None = None) -> None:
    """Raise PlaylistError if a file that is not a playlist is at `path`: see `Sort.refuse_foreign`.

    With the output m3u a path named as a text file is refused as well: without a header, the
    playlist could not be distinguished from a list made by hand.
    """
    from melscribe_core.files.file_types import PLAYLIST, TEXT  # seldom needed
    from melscribe_core.files.overwriting import Sort
    from melscribe_core.playlist.m3u_reading import is_playlist

    options = options or Options()
    plain = options.output == "m3u"
    Sort(
        problem=PlaylistError,
        called="playlist",
        ending=".m3u" if plain else ".m3u8",
        names=frozenset({"", PLAYLIST} if plain else {"", PLAYLIST, TEXT}),
        is_one=lambda file: is_playlist(file, options.uri_format),
    ).refuse_foreign(path)


def _place(entry: Entry, options: Options) -> bytes:
    if not options.dest_regen:
        return entry.path
    if entry.dest is None:
        raise ValueError(f"track {entry.id} has no dest, which dest_regen needs")
    return entry.dest


def _header(name: str, options: Options) -> bytes:
    if options.output == "m3u":
        return b""
    title = f"#PLAYLIST:{_one_line(name)}\n" if name else ""
    return f"#EXTM3U\n{title}".encode(errors="replace")


def _comment(entry: Entry, options: Options) -> bytes:
    """Return the EXTINF line, b"" in plain m3u; a field without a value is left out."""
    if options.output == "m3u":
        return b""
    pairs = "".join(
        f' {_one_line(name)}="{_quoted(entry.fields[name])}"'
        for name in options.fields
        if entry.fields.get(name) is not None
    )
    names = _one_line(f"{entry.artist} - {entry.title}")
    seconds = int(entry.seconds) if isfinite(entry.seconds) else 0
    return f"#EXTINF:{seconds}{pairs},{names}\n".encode(errors="replace")


def _one_line(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _quoted(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return quote(text, safe="/:", errors="replace")


def _why_empty(inexpressible: int) -> str:
    if inexpressible:
        return (
            f"No playlist was written, because the names of {counted(inexpressible, 'file')} hold a"
            " line break, which m3u cannot express; rename them."
        )
    return "No playlist was written, because no track was found; ask for something else."
