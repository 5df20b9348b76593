"""Where saved descriptions lie, and where the playlist of each is to lie, by its name."""

from __future__ import annotations

import os
import re
from pathlib import Path

from beets.library import Library
from beets.ui import UserError
from beets.util import sanitize_path

ENDINGS = (".m3u", ".m3u8")
_ADDED = {"m3u": ".m3u", "extm3u": ".m3u8"}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Opening one of these talks to a device on Windows, whatever stands behind a dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\..*)?", re.IGNORECASE)


def saved_file(index: Path) -> Path:
    """Return where saved descriptions lie, beside the index."""
    return index.with_name(index.name + ".saved.yaml")


def file_of(name: str, lib: Library, output: str = "extm3u") -> str:
    """Return the file for a name, beneath the folder for playlists.

    It is made safe as beets makes the names of music files safe. The name may hold folders and an
    ending of `.m3u` or `.m3u8`; where it has none, the output `m3u` adds the former, `extm3u` the
    latter. Raises UserError for a name that would lead out of the folder, or to no file.
    """
    if why := _wrong(name):
        raise UserError(f"no playlist can be called {name!r}: {why}")
    ending = "" if name.lower().endswith(ENDINGS) else _ADDED[output]
    # As everywhere in beets: the config's `replace` decides what does not go into a file name.
    file = sanitize_path(name + ending, lib.replacements)
    if _wrong(file):
        raise UserError(f"no playlist can be called {name!r}: `replace` would make {file!r} of it")
    return file


def without_ending(name: str) -> str:
    """Return a playlist's name without `.m3u` or `.m3u8`."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in ENDINGS else name


def _wrong(name: str) -> str:
    """Say what is wrong with a name, "" when nothing is."""
    parts = re.split(r"[\\/]", name)
    if _CONTROLS.search(name):
        return "it holds a line break or another control character"
    if name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:[\\/]", name):
        return "it must not begin as a path does; playlist_dir says where playlists lie"
    if name.startswith("-"):
        return "commands would take it for an option"
    if any(not without_ending(part).strip() or part.startswith(".") for part in parts):
        return "no part of it may be empty or begin with a dot"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "Windows has a device of that name"
    return ""
