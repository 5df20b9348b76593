"""What a map shows -> one HTML file that needs neither network nor other files.

Names and tags are from files of unknown origin. They are in one JSON block without any "<", the
script inserts them as text, and the page's Content-Security-Policy allows no other script and no
request.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from melscribe_core.errors import MapError
from melscribe_core.files.file_types import PAGE
from melscribe_core.files.overwriting import Sort
from melscribe_core.files.writing import StrOrBytesPath, write_whole
from melscribe_core.map.families import Families
from melscribe_core.map.layout import Float64Array
from melscribe_core.map.regions import Region

Label = tuple[str, str]  # artist, title

COORDINATE_STEPS = 65535  # a coordinate 0..1 is written as an integer 0..COORDINATE_STEPS
LONGEST_TEXT = 200  # characters of a name; a longer one ends in "…"
MARK = b'<meta name="generator" content="MelScribe map">'
MARK_WITHIN = 4096  # bytes at the beginning of a file that contain the mark
_MAP = Sort(
    problem=MapError,
    called="MelScribe map",
    ending=".html",
    names=frozenset({"", PAGE}),
    is_one=lambda file: not file.head or _is_map(file.head[:MARK_WITHIN]),
)


@dataclass(frozen=True)
class Marker:
    """One track of the answer, marked on the map: the index of its set, artist and title."""

    set: int
    artist: str
    title: str


@dataclass(frozen=True)
class ShownRequest:
    """The request that a map shows, with its answer in order.

    `place` is float (2,), None where nothing describes the music.
    """

    text: str
    understood: str
    place: Float64Array | None
    hits: Sequence[Marker]


@dataclass(frozen=True)
class Sheet:
    """All that a page shows.

    Of each descriptor set: `places`, float (n, 2) in 0..1; `tracks`, how many tracks have it;
    `named`, those of them that the page names. `notes` are sentences about the map.
    """

    title: str
    sets: Sequence[tuple[str, ...]]
    places: Float64Array
    tracks: Sequence[int]
    named: Sequence[Sequence[Label]]
    families: Families
    regions: Sequence[Region]
    notes: Sequence[str]
    request: ShownRequest | None = None


def refuse_foreign(path: StrOrBytesPath) -> None:
    """Raise MapError if a file that is not a map is at `path`: see `Sort.refuse_foreign`."""
    _MAP.refuse_foreign(path)


def write(path: StrOrBytesPath, sheet: Sheet) -> None:
    """Write the page, whole or not at all; raise MapError if that fails or is refused."""
    refuse_foreign(path)
    write_whole(path, page(sheet), MapError, lambda: refuse_foreign(path))


def _is_map(head: bytes) -> bool:
    return head.startswith(b"<!doctype html>") and MARK in head


def page(sheet: Sheet) -> bytes:
    """Return the page in UTF-8; the same sheet gives the same bytes."""
    style, script = _part("page.css"), _part("page.js")
    parts = {
        "policy": (
            f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)};"
            " base-uri 'none'; form-action 'none'"
        ),
        "title": html.escape(_short(sheet.title)),
        "style": style,
        "script": script,
        "data": _json(data_of(sheet)),
    }
    # In one pass, so that inserted text is not searched for placeholders.
    filled = re.sub(r"\{(\w+)\}", lambda match: parts[match[1]], _part("page.html"))
    return filled.encode("utf-8", "replace")


def data_of(sheet: Sheet) -> dict[str, object]:
    """Return the data for the script.

    places: x, y, x, y, ... in 0..COORDINATE_STEPS; sets: indices into descriptors; family: indices
    into families; named: index into artists, title, index, title, ... of each set; regions: name,
    x, y, radius; asked: text, understood, place (x, y or null), hits (set, artist, title).
    """
    descriptors = _Table(d for one in sheet.sets for d in one)
    artists = _Table(artist for songs in sheet.named for artist, _ in songs)
    return {
        "descriptors": descriptors.texts,
        "artists": artists.texts,
        "families": sheet.families.names,
        "places": _steps(sheet.places).ravel().tolist(),
        "sets": [[descriptors.at[d] for d in one] for one in sheet.sets],
        "tracks": list(sheet.tracks),
        "named": [
            [part for artist, title in songs for part in (artists.at[artist], _short(title))]
            for songs in sheet.named
        ],
        "family": list(sheet.families.of),
        "regions": [_region(region) for region in sheet.regions],
        "notes": list(sheet.notes),
        "asked": None if sheet.request is None else _asked(sheet.request),
    }


class _Table:
    """Texts that occur many times, each written once; `at` maps a text to its index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.at = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        self.texts = [_short(text) for text in self.at]


def _region(region: Region) -> list[object]:
    numbers = _steps(np.array([region.x, region.y, region.radius]))
    return [_short(region.name), *numbers.tolist()]


def _asked(request: ShownRequest) -> dict[str, object]:
    return {
        "text": _short(request.text),
        "understood": _short(request.understood),
        "place": None if request.place is None else _steps(request.place).tolist(),
        "hits": [[hit.set, _short(hit.artist), _short(hit.title)] for hit in request.hits],
    }


def _steps(values: Float64Array) -> NDArray[np.int64]:
    return np.rint(np.clip(values, 0, 1) * COORDINATE_STEPS).astype(np.int64)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _json(data: dict[str, object]) -> str:
    """Return JSON in which nothing can end or open an element of the page."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _digest(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return (files("melscribe_core.map") / name).read_text(encoding="utf-8")
