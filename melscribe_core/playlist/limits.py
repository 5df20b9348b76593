"""What a playlist consists of and must keep to; the picks so far, counted against the caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, NamedTuple

from melscribe_core.search.hit import Hit
from melscribe_core.songs.song import Song
from melscribe_core.songs.versions import artist_key, name_key

Order = Literal["match", "flow", "tempo", "random"]
Cap = Literal["artist", "album"]

BAND = 0.01  # of score: the step shown on the screen; among equals there, chance may decide


class Pick(NamedTuple):
    """One place in the playlist: the hit, and what is known of its song."""

    hit: Hit
    song: Song

    @property
    def seconds(self) -> float:
        """The length; 0 when it is unknown or not a length."""
        seconds = self.song.seconds
        return seconds if isfinite(seconds) and seconds > 0 else 0.0


@dataclass(frozen=True)
class Limits:
    """What the playlist must keep to; None and 0 set no limit.

    With `number` and `minutes` it ends at whichever is reached first. `per_artist` and `per_album`
    are caps in tracks. Three by one artist leave room for others. The tracks of an album often
    share their tags and so their score: without a cap one sampler by many artists would fill the
    list; four leave it one place more than an artist has. `spacing` is the number of places among
    which no artist is repeated, `band` the step of score within which chance may decide. With
    `no_tail` a playlist without `minutes` ends where scores fall off: see `choice.FALLEN`.
    With `caps_named` the caps hold for what leads the list because it was named, too.
    """

    number: int | None = None
    minutes: float | None = None
    per_artist: int = 3
    per_album: int = 4
    spacing: int = 3
    min_score: float = 0.0
    order: Order = "match"
    band: float = BAND
    no_tail: bool = False
    caps_named: bool = False


@dataclass
class Passed:
    """How many tracks were passed over, each counted under the first reason that applied.

    Only hits that were read are counted, so these numbers are lower bounds.
    """

    repeated: int = 0  # another version of a song that is in, or was passed over itself
    by_artist: int = 0  # the artist's cap is reached
    by_album: int = 0  # the album's cap is reached
    below: int = 0  # the score is under min_score
    fallen: int = 0  # the score has fallen off: see Limits.no_tail
    fallen_to: float = 0.0  # the best score among these
    unmeasured: int = 0  # the length is unknown, and minutes were asked for
    too_long: int = 0  # longer than the whole playlist may be
    unfit: int = 0  # left out only for its length: the minutes add up better without

    def count(self, cap: Cap | None) -> None:
        """Count a track under the cap that kept it out; None: under its length."""
        if cap == "artist":
            self.by_artist += 1
        elif cap == "album":
            self.by_album += 1
        else:
            self.unfit += 1


@dataclass
class Selection:
    """The picks so far, under the caps. The last one added is the first taken back."""

    limits: Limits
    picks: list[Pick] = field(default_factory=list)
    seconds: float = 0.0
    artists: Counter[object] = field(default_factory=Counter)
    albums: Counter[object] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        """Say whether the number of tracks is reached."""
        return len(self.picks) == self.limits.number

    def cap_for(self, pick: Pick) -> Cap | None:
        """Return the cap that keeps a pick out, None when none does, or none holds for it."""
        if pick.hit.place and not self.limits.caps_named:
            return None
        artist, album = cap_keys(pick.song)
        if 0 < self.limits.per_artist <= self.artists[artist]:
            return "artist"
        return "album" if 0 < self.limits.per_album <= self.albums[album] else None

    def add(self, pick: Pick) -> None:
        """Add a pick at the end."""
        self._count(pick, 1)
        self.picks.append(pick)

    def take_back(self) -> None:
        """Remove the last pick."""
        self._count(self.picks.pop(), -1)

    def _count(self, pick: Pick, times: int) -> None:
        artist, album = cap_keys(pick.song)
        self.artists[artist] += times
        self.albums[album] += times
        self.seconds += times * pick.seconds


def selection_of(limits: Limits, picks: Iterable[Pick]) -> Selection:
    """Return a selection that holds these picks, whatever the caps."""
    selection = Selection(limits)
    for pick in picks:
        selection.add(pick)
    return selection


def cap_keys(song: Song) -> tuple[object, object]:
    """Return what a song shares with the others of its artist and of its album.

    For an unknown artist or album the song itself, so that it shares nothing.
    """
    artist: object = artist_key(song.artist) or song
    if song.release is not None:
        return artist, song.release
    return artist, (artist, name_key(song.album)) if song.album else song
