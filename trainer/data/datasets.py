"""Data sets of captions or requests -> tracks with captions and tags.

| reader | source | columns |
|---|---|---|
| `read_lp_musiccaps` | LP-MusicCaps MC, MTT or MSD: CSV, parquet, JSONL or a hub name | LP_TAGS |
| `read_musiccaps` | MusicCaps: the public CSV, or JSONL of id, caption, tags | MUSICCAPS_TAGS |
| `read_requests` | our own JSONL | region, tags, requests |
| `read_tagged` | any of these, or tracks with tags and no caption | TAGS |

Tags are kept as written; `text_of` in melscribe_core.descriptors.sets makes descriptors of them.
Every reader raises MelScribeError: no such file, a line that breaks the format, missing columns,
nothing left. Another data set gets a reader here that ends in `_dataset`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError

from .beir import Beir
from .rows import Row, read_rows

Part = Literal["train", "eval", "all"]
"""Clips of MusicCaps outside AudioSet's evaluation split, inside it, or both."""

EVAL = "is_audioset_eval"
LANGUAGE = "lang-"  # before the code, in the region of requests in another language
BEIR = "beir"  # the region of a BEIR set's tracks
CAPTION = "caption_writing"  # the kind of LP-MusicCaps captions that the paper uses
LP_TAGS = ("aspect_list", "tag_top188", "tag")  # of MC, MTT and MSD
IDS = ("id", "ytid", "track_id", "fname")
MUSICCAPS_TAGS = ("aspect_list", "tags")
TAGS = tuple(dict.fromkeys(LP_TAGS + MUSICCAPS_TAGS))


@dataclass(frozen=True)
class Captioned:
    """A track with its captions (or requests) and its tags, both in the source's order.

    `region`: the kind of music or of request, "" if the source does not name it.
    """

    id: str
    captions: tuple[str, ...]
    tags: tuple[str, ...]
    region: str = ""


@dataclass(frozen=True)
class Dataset:
    """Tracks with a tag each and, unless `read_tagged` read them, a caption.

    `dropped`: reason -> rows left out.
    """

    name: str
    tracks: tuple[Captioned, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)


def read_lp_musiccaps(
    source: str,
    *,
    split: str = "train",
    captions: Sequence[str] = (CAPTION,),
    part: Part = "train",
) -> Dataset:
    """Read LP-MusicCaps from a file, a folder or the hub; `split` applies to the hub.

    `captions` names the columns with one caption each. `part` applies to MC, whose clips are those
    of MusicCaps.
    """
    rows = read_rows(source, split)
    tags = _require(source, rows, captions, LP_TAGS)
    if tags == "aspect_list":
        _require(source, rows, [EVAL])
    return _dataset(source, rows, captions, tags, part)


def read_musiccaps(source: str, *, part: Part = "train") -> Dataset:
    """Read MusicCaps: the public CSV, which holds both parts, or JSONL of id, caption and tags.

    A file without is_audioset_eval is assumed to hold only `part`.
    """
    rows = read_rows(source, "train")
    tags = _require(source, rows, ["caption"], MUSICCAPS_TAGS)
    if tags == "aspect_list":
        _require(source, rows, [EVAL])
    return _dataset(source, rows, ["caption"], tags, part)


def read_requests(source: str) -> Dataset:
    """Read our own requests: JSONL of region, tags, requests. A track's id is its line number."""
    rows = read_rows(source, "train")
    _require(source, rows, ["tags", "requests"])
    return _dataset(source, rows, ["requests"], "tags", "all")


def of_beir(beir: Beir) -> Dataset:
    """Return a BEIR set's relevant documents as tracks, their queries as requests."""
    queries: dict[str, list[str]] = {}
    for query, documents in beir.qrels.items():
        for document in sorted(documents):
            queries.setdefault(document, []).append(beir.queries[query])
    tracks = (
        Captioned(document, tuple(captions), tuple(_tags(beir.corpus[document])), BEIR)
        for document, captions in queries.items()
    )
    kept = tuple(track for track in tracks if track.tags)
    dropped = {"documents without a query": len(beir.corpus) - len(queries)}
    dropped["documents without text"] = len(queries) - len(kept)
    return Dataset(beir.name, kept, {reason: n for reason, n in dropped.items() if n})


def read_any(source: str, *, split: str = "train", part: Part = "train") -> Dataset:
    """Read a data set of captions or requests; its columns decide which."""
    rows = read_rows(source, split)
    columns = rows[0].keys() if rows else ()
    if "requests" in columns:
        return read_requests(source)
    if CAPTION in columns:
        return read_lp_musiccaps(source, split=split, part=part)
    return read_musiccaps(source, part=part)


def read_tagged(source: str, *, split: str = "train", part: Part = "train") -> Dataset:
    """Read a data set for its tags alone: its rows may have captions or requests, or neither."""
    rows = read_rows(source, split)
    tags = _require(source, rows, [], TAGS)
    if tags == "aspect_list":
        _require(source, rows, [EVAL])
    return _dataset(source, rows, None, tags, part)


def are_requests(dataset: Dataset) -> bool:
    """Return whether a data set holds requests: they have a region, captions have none."""
    return any(track.region for track in dataset.tracks)


def language_of(track: Captioned) -> str:
    """Return the code of the language that a track's requests are in, "" for English."""
    return track.region.removeprefix(LANGUAGE) if track.region.startswith(LANGUAGE) else ""


def _dataset(
    source: str, rows: Iterable[Row], captions: Sequence[str] | None, tags: str, part: Part
) -> Dataset:
    """Return the rows as tracks; rows with the same id and the same tags become one track.

    `captions`: columns of which one at least has a caption. None: the tracks have none.
    """
    tracks: dict[tuple[str, tuple[str, ...]], Captioned] = {}
    dropped: Counter[str] = Counter()
    for number, row in enumerate(rows, 1):
        track = _track(row, captions or (), tags, str(number))
        if reason := _dropped(row, track, part, captions is not None):
            dropped[reason] += 1
            continue
        key = (track.id, track.tags)
        before = tracks[key].captions if key in tracks else ()
        captioned = tuple(dict.fromkeys((*before, *track.captions)))
        tracks[key] = Captioned(track.id, captioned, track.tags, track.region)
    if not tracks:
        why = ", ".join(f"{reason}: {n}" for reason, n in dropped.items()) or "it has no rows"
        raise MelScribeError(f"{source}: no row of it can be used ({why}); give another file.")
    return Dataset(_name(source), tuple(tracks.values()), dict(dropped))


def _name(source: str) -> str:
    """Return the last two parts of a path without its suffix: "musiccaps-train"."""
    return "-".join(Path(source).with_suffix("").parts[-2:]).strip("/-")


def _track(row: Row, captions: Sequence[str], tags: str, number: str) -> Captioned:
    found = (caption for column in captions for caption in _captions(row.get(column)))
    name = next((str(row[column]) for column in IDS if row.get(column)), number)
    return Captioned(name, tuple(found), tuple(_tags(row.get(tags))), str(row.get("region") or ""))


def _dropped(row: Row, track: Captioned, part: Part, captioned: bool) -> str:
    """Return why a row cannot be used, "" if it can; with `captioned` it needs a caption."""
    if part != "all" and EVAL in row:
        inside = str(row[EVAL]).strip().casefold() in ("true", "1", "1.0")
        if inside != (part == "eval"):
            return "in the evaluation split" if inside else "outside the evaluation split"
    if captioned and not track.captions:
        return "without a caption"
    return "" if track.tags else "without tags"


def _captions(value: object) -> Iterator[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return (text.strip() for text in values if isinstance(text, str) and text.strip())


def _tags(value: object) -> Iterator[str]:
    """Yield the tags of a list, of a list printed by Python ("['a', 'b']") or of "a, b"."""
    if isinstance(value, str):
        text = value.strip()
        value = _literal(text) if text.startswith("[") else text.split(SEPARATOR.strip())
    if hasattr(value, "tolist"):  # an array, from parquet
        value = value.tolist()
    return _captions(value if isinstance(value, list | tuple) else [])


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text.strip("[]").split(",")


def _require(
    source: str, rows: Sequence[Row], needed: Sequence[str], one_of: Sequence[str] = ()
) -> str:
    """Return the first column of `one_of` in the rows, "" without `one_of`.

    Raises MelScribeError that names every missing column.
    """
    if not rows:
        raise MelScribeError(f"{source}: the data set is empty; give a file with rows.")
    columns = set().union(*(row.keys() for row in rows[:100]))
    missing = [name for name in needed if name not in columns]
    found = next((name for name in one_of if name in columns), "")
    if one_of and not found:
        missing.append(" or ".join(one_of))
    if missing:
        raise MelScribeError(
            f"{source}: needs {', '.join(missing)} and has only {', '.join(sorted(columns))}; "
            "give another file or rename its columns."
        )
    return found
