"""How much tracks were played, from the fields in which plugins and players store it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite

from beets.library import Library

COUNTS = (
    "play_count",
    "lastfm_play_count",
    "listenbrainz_play_count",
    "plex_viewcount",
    "itunes_playcount",
    "amarok_playcount",
)
TIMES = (
    "last_played",
    "plex_lastviewedat",
    "itunes_lastplayed",
    "amarok_lastplayed",
)  # seconds since 1970
YEAR = 365.25 * 86_400  # seconds, in which what was heard is half forgotten


def played(lib: Library, now: float | None = None) -> Mapping[int, float]:
    """Return track -> how well it is known, 0 to 1, of all tracks with a play.

    n plays give n / (n + 1), halved for each year since the last one where that is known. The
    largest of several counts is used: each service sees a part of what is played.
    """
    now = time.time() if now is None else now
    counts, last = _largest(lib, COUNTS), _largest(lib, TIMES)
    found = {}
    for track in counts.keys() | last.keys():
        plays = counts.get(track, 1.0)
        years = max(0.0, now - last[track]) / YEAR if track in last else 0.0
        found[track] = plays / (plays + 1) * 0.5**years
    return found


def _largest(lib: Library, fields: tuple[str, ...]) -> dict[int, float]:
    """Return the largest value above 0 of some fields, by track."""
    marks = ",".join("?" * len(fields))
    with lib.transaction() as tx:
        rows = tx.query(
            f"SELECT entity_id, value FROM item_attributes WHERE key IN ({marks})", fields
        )
    found: dict[int, float] = {}
    for track, value in rows:
        with suppress(TypeError, ValueError):
            number = float(value)
            if isfinite(number) and number > found.get(track, 0.0):
                found[track] = number
    return found
