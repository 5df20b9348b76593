"""Ranked hits -> the tracks of a playlist, within limits and in an order.

Pure: what is known of the tracks is passed in, and so is the random generator. Hits flow through
`choose` one by one, and only as many are read as the playlist needs:

    score high enough -> equals shuffled -> song known -> one version per song -> within the caps,
    before scores fall off -> artists in turn

What is passed over on the way is counted. Each place is filled without regard to the number asked
for, so a short playlist is the beginning of a longer one. A playlist that is to fill a time is
chosen as a whole from the versions instead: see duration.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain, islice
from math import inf, log2
from random import Random

from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.duration import fill_time
from melscribe_core.playlist.limits import Limits, Passed, Pick, Selection
from melscribe_core.playlist.order import flow, known_tempo, spaced, spread
from melscribe_core.search.hit import Hit
from melscribe_core.songs.song import NONE, Kinds, Song, VersionKind
from melscribe_core.songs.versions import (
    album_kinds,
    artist_key,
    distance,
    is_nameless,
    read_title,
)

WINDOW = 0.05  # of score: how much less a studio version may have and still be preferred
TURN = 0.03  # of score: how much better a track may be and still wait for another artist's turn
PACE = 0.1  # octaves: tempi that are heard as the same
AHEAD = 300  # songs read ahead, at most, for a better version or a near-equal
# Tracks looked up at a time: the first time, and at most. Most playlists of 25 need the first only.
LOOKUP_FIRST, LOOKUP = 50, 200
LEADING = 1e9  # more than there are places
WEAK = 2000  # hits in a row below the least score after which no better one is expected

# Scores fall off where the next one is below FALLEN of the best, below STEEP of the one before, and
# below WORTH, which deserves a place in any case. Of 34 requests for 25 tracks, plain
# and odd ones, that ended 8 lists from 400 tracks early, 1 from 8,000 and none from 55,525.
FALLEN = 0.35
STEEP = 0.75
WORTH = 0.25


@dataclass(frozen=True)
class Chosen:
    """The playlist in order, what was passed over, and whether it is shorter than asked for.

    `short` is set when neither the number nor the minutes were reached; `passed` says why, and
    when it is all 0 there were no more tracks.
    """

    picks: tuple[Pick, ...]
    passed: Passed
    short: bool

    @property
    def seconds(self) -> float:
        """Return the length of the tracks whose length is known."""
        return sum(pick.seconds for pick in self.picks)


SongKey = tuple[str, str]  # what all versions of one song share
SongsOf = Callable[[Sequence[int]], Mapping[int, Song]]
VectorsOf = Callable[[Sequence[Hit]], FloatArray]


def choose(
    hits: Iterable[Hit],
    songs: SongsOf,
    limits: Limits,
    rng: Random,
    wanted: Set[VersionKind] = NONE,
    vectors: VectorsOf | None = None,
    known: Set[SongKey] = frozenset(),
) -> Chosen:
    """Take hits, best first, until the playlist is full, and put them in order.

    `songs` returns what is known of the track ids it is given; a track that it does not know has
    left the library and is passed over. `wanted` kinds of version are preferred to the studio
    version, which is preferred to all others. `vectors` returns float32 (n, dim) of unit length for
    n hits; the order "flow" needs it. Versions of the songs in `known` are passed over. The same
    state of the generator gives the same playlist.

    A hit gives way to one whose score is lower by more than a step of `limits.band` only for a
    limit, for its artist's turn (lower by TURN at most), or for another version of the song (by
    WINDOW at most).
    """
    passed = Passed()
    strong = strong_hits(hits, limits.min_score, passed)
    # How many hits are read decides the random order that is drawn afterwards, and what is counted
    # as passed over where a time cannot be filled.
    is_small = limits.order != "random" and limits.minutes is None
    first = LOOKUP_FIRST if is_small else LOOKUP
    picks_known = _known(_drawn(strong, limits.band, rng), songs, first)
    candidates = _one_per_song(picks_known, wanted, passed, known)
    if limits.minutes is None:
        picks, short = _counted(candidates, limits, passed)
    else:
        filling, short = fill_time(candidates, limits.minutes * 60, limits, passed)
        picks = list(_in_turn(filling, limits))
    matrix = None
    if vectors is not None and limits.order == "flow":
        matrix = vectors([pick.hit for pick in picks])
    return Chosen(_arranged(picks, limits, rng, matrix), passed, short)


def song_key(song: Song) -> SongKey:
    """Return what all versions of one song share.

    A track without artist or title, or with one that names nothing ("Intro"), equals only itself.
    """
    artist, title = artist_key(song.artist), read_title(song.title).song
    return (artist, title) if artist and title and not is_nameless(title) else ("", str(song.track))


# From hits to candidates


def strong_hits(hits: Iterable[Hit], least: float, passed: Passed) -> Iterator[Hit]:
    """Yield the hits that fit well enough; stop after WEAK in a row that do not.

    Not at the first: the looks of a search overlap a little, and a taste changes the order.
    """
    weak = 0
    for hit in hits:
        if least <= 0 or hit.place or hit.fit >= least:
            weak = 0
            yield hit
        else:
            weak += 1
            passed.below += 1
            if weak == WEAK:
                return


def _drawn(hits: Iterable[Hit], band: float, rng: Random) -> Iterator[Hit]:
    """Yield hits, best first, shuffled among those whose scores are the same step of `band`."""
    waiting: list[tuple[float, float, int, Hit]] = []
    for arrival, hit in enumerate(hits):
        rank = _rank(hit, band)
        while waiting and (waiting[0][0] < rank or len(waiting) > AHEAD):
            yield heappop(waiting)[-1]
        heappush(waiting, (rank, rng.random() if band else 0.0, arrival, hit))
    while waiting:
        yield heappop(waiting)[-1]


def _rank(hit: Hit, band: float) -> float:
    """Return the sort key, lowest for the best: minus the score, rounded to steps of `band`.

    Hits with a place come before all others, by their place.
    """
    if hit.place:
        return hit.place - LEADING
    return -round(hit.score / band) * band if band else -hit.score


def _known(hits: Iterator[Hit], songs: SongsOf, size: int) -> Iterator[Pick]:
    """Yield the hits whose songs are known; they are looked up in parts, each twice as large."""
    while part := list(islice(hits, size)):
        known = songs([hit.track for hit in part])
        yield from (Pick(hit, known[hit.track]) for hit in part if hit.track in known)
        size = min(2 * size, LOOKUP)


def _one_per_song(
    picks: Iterator[Pick],
    wanted: Set[VersionKind],
    passed: Passed,
    known: Set[SongKey] = frozenset(),
) -> Iterator[Pick]:
    """Yield each song once, in the best version, and none that is `known`.

    A pick waits while a better version may follow: as long as scores stay within WINDOW of its own
    and no more than AHEAD wait. Of equally good versions the first is kept.
    """
    best = distance(NONE | wanted, wanted)
    seen: set[SongKey] = set(known)
    waiting: dict[SongKey, tuple[int, float, Pick]] = {}  # in order of arrival
    for pick in picks:
        key, score = song_key(pick.song), pick.hit.score
        away = distance(_kinds(pick.song), wanted)
        if key in seen:
            passed.repeated += 1
            held = waiting.get(key)
            if held and away < held[0] and score >= held[1] - WINDOW:
                waiting[key] = (away, held[1], pick)
        else:
            seen.add(key)
            waiting[key] = (away, score, pick)
        while waiting:
            first, (away, since, settled) = next(iter(waiting.items()))
            if away > best and score >= since - WINDOW and len(waiting) <= AHEAD:
                break
            del waiting[first]
            yield settled
    yield from (pick for _, _, pick in waiting.values())


def _kinds(song: Song) -> Kinds:
    return read_title(song.title).kinds | album_kinds(song.album) | song.kinds


def _counted(candidates: Iterator[Pick], limits: Limits, passed: Passed) -> tuple[list[Pick], bool]:
    """Return the first candidates within the caps, in turn, and whether there were too few."""
    in_turn = _in_turn(_within_caps(candidates, limits, passed), limits)
    if limits.number is None:
        return list(in_turn), False
    picks = list(islice(in_turn, _most(limits)))
    return picks, len(picks) < limits.number


def _most(limits: Limits) -> int | None:
    """Return the number of picks to read at most, None for all."""
    return None if limits.number is None else min(limits.number, sys.maxsize)


def _within_caps(candidates: Iterator[Pick], limits: Limits, passed: Passed) -> Iterator[Pick]:
    """Yield what is within the caps; with `no_tail` only as far as the fit does not fall off.

    A pick that falls off waits, since a taste may have raised it above others that fit better: it
    is taken when the list has come down to it. After WEAK in a row that wait no other is read.
    """
    ahead = _ahead(candidates, limits) if limits.no_tail else []
    selection, slope = Selection(limits), _Slope.of(ahead)
    fallen: list[Pick] = []
    weak = 0
    for pick in chain(ahead, candidates):
        if limits.no_tail and slope.falls_to(pick):
            fallen.append(pick)
            weak += 1
            if weak == WEAK:
                break
            continue
        weak = 0
        yield from _within_cap(pick, selection, slope, passed)
        while back := next((one for one in fallen if not slope.falls_to(one)), None):
            fallen.remove(back)
            yield from _within_cap(back, selection, slope, passed)
    passed.fallen += len(fallen)
    passed.fallen_to = max((pick.hit.fit for pick in fallen), default=0.0)


def _ahead(candidates: Iterator[Pick], limits: Limits) -> list[Pick]:
    """Return the first candidates, as many as may come, or LOOKUP_FIRST where there is a taste.

    The best fit is among them: a taste may have put others before it. More are not looked up for a
    list of 25, and reading more would cost a quarter of an answer.
    """
    ahead = list(islice(candidates, _most(limits)))
    if any(pick.hit.taste for pick in ahead):
        ahead += islice(candidates, max(0, LOOKUP_FIRST - len(ahead)))
    return ahead


def _within_cap(pick: Pick, selection: Selection, slope: _Slope, passed: Passed) -> Iterator[Pick]:
    """Yield the pick unless a cap keeps it out."""
    if cap := selection.cap_for(pick):
        passed.count(cap)
        return
    selection.add(pick)
    slope.take(pick)
    yield pick


@dataclass
class _Slope:
    """The best fit, and the lowest of the picks so far; what leads the list is not on it."""

    best: float
    lowest: float = inf

    @classmethod
    def of(cls, picks: Iterable[Pick]) -> _Slope:
        """Return a slope that begins at the best of these picks."""
        return cls(max((pick.hit.fit for pick in picks if not pick.hit.place), default=0.0))

    def falls_to(self, pick: Pick) -> bool:
        """Say whether the fit falls off here."""
        least = min(FALLEN * self.best, STEEP * self.lowest, WORTH)
        return not pick.hit.place and pick.hit.fit < least

    def take(self, pick: Pick) -> None:
        if not pick.hit.place:
            self.best, self.lowest = max(self.best, pick.hit.fit), min(self.lowest, pick.hit.fit)


def _in_turn(picks: Iterable[Pick], limits: Limits) -> Iterator[Pick]:
    """Yield picks, best first, with an artist's apart among those whose scores differ by TURN."""
    return spread(picks, lambda pick: _rank(pick.hit, limits.band), _artist, TURN, limits.spacing)


def _artist(pick: Pick) -> object:
    """Return the key of the artist; a track without one is its own."""
    return artist_key(pick.song.artist) or pick.song.track


# From picks to an order


def _arranged(
    picks: Sequence[Pick], limits: Limits, rng: Random, vectors: FloatArray | None
) -> tuple[Pick, ...]:
    """Put picks, best first and in turn, in order; `vectors` (n, dim) are theirs, for "flow".

    match: as they are; tempo: slow to fast, unknown last, artists apart where the pace is the same;
    random: shuffled; flow: a short path through all from the best one, neighbours alike in meaning
    and tempo. In the last two, artists are then kept apart wherever possible.
    """
    if limits.order == "match":
        return tuple(picks)
    if limits.order == "tempo":
        rising = sorted(picks, key=_octaves)
        return tuple(spread(rising, _octaves, _artist, PACE, limits.spacing))
    if limits.order == "random":
        line = rng.sample(picks, len(picks))
    elif vectors is None:
        raise ValueError("the order flow needs the vectors of the picks")
    else:
        line = [picks[i] for i in flow(vectors, [pick.song.bpm for pick in picks])]
    return tuple(line[i] for i in spaced([_artist(pick) for pick in line], limits.spacing))


def _octaves(pick: Pick) -> float:
    """Return the tempo in octaves, infinity when it is unknown."""
    tempo = known_tempo(pick.song.bpm)
    return log2(tempo) if tempo else inf
