"""Songs, hits and limits for the tests of the playlist."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from melscribe_core.playlist.choice import Chosen, choose
from melscribe_core.playlist.limits import Limits
from melscribe_core.search.hit import Hit
from melscribe_core.songs.song import NONE, Kinds, Song

OPEN = Limits(
    per_artist=0, per_album=0, spacing=0, band=0.0
)  # nothing is limited or left to chance


def song(track: int, artist: str = "", title: str = "", album: str = "", **known: Any) -> Song:
    """Return a song of three minutes, the only one of its name."""
    return Song(
        track, artist, title or f"Title {track}", album, known.pop("seconds", 180.0), **known
    )


def limited(**changed: Any) -> Limits:
    return Limits(**{**vars(OPEN), **changed})


def lookup(songs: Sequence[Song]) -> Callable[[Sequence[int]], Mapping[int, Song]]:
    known = {one.track: one for one in songs}
    return lambda ids: {track: known[track] for track in ids if track in known}


def hits(songs: Sequence[Song], scores: Sequence[float] | None = None) -> list[Hit]:
    """Return a hit for each song; without scores each is far below the one before."""
    scores = scores or [1.0 - 0.1 * place for place in range(len(songs))]
    rows = zip(songs, scores, strict=True)
    return [Hit(one.track, ("folk",), score, score, 0.0) for one, score in rows]


def chosen(
    songs: Sequence[Song],
    limits: Limits = OPEN,
    *,
    scores: Sequence[float] | None = None,
    seed: int = 0,
    wanted: Kinds = NONE,
) -> Chosen:
    return choose(hits(songs, scores), lookup(songs), limits, random.Random(seed), wanted)


def tracks(result: Chosen) -> list[int]:
    return [pick.song.track for pick in result.picks]
