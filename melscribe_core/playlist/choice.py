"""Ranked hits -> the tracks of a playlist, within limits and in an order.

Pure: what is known of the tracks is handed in, and so is the random generator. Hits flow through
`choose` one by one, and no more of them are read than the playlist needs:

    strong enough -> equals shuffled -> known -> one version per song -> within the caps and before
    scores fall off -> in turn

and what is passed over on the way is counted. Each place is filled without regard to the number
asked for, so that a short playlist begins a longer one. One that is to fill a time is chosen as a
whole instead, out of the versions.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import accumulate, islice
from math import inf, isfinite, log2
from random import Random
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.order import flow, known_tempo, spaced, spread
from melscribe_core.search.hit import Hit
from melscribe_core.songs.song import NONE, Kinds, Song, VersionKind
from melscribe_core.songs.versions import (
    album_kinds,
    artist_key,
    distance,
    fold,
    is_nameless,
    read_title,
)

Order = Literal["match", "flow", "tempo", "random"]

BAND = 0.01  # of score: what people see on the screen; where that is equal, chance may decide
WINDOW = 0.05  # of score: how much less a studio version may have and still take the place
NEAR = 0.03  # of score: how much better a track may be and still wait for another artist's
PACE = 0.1  # octaves: tempi that people take for the same
AHEAD = 300  # songs read ahead, at most, for a better version or a near-equal
PART = 200  # tracks looked up at a time
WEAK = 2000  # hits in a row below the least score after which no better one is expected

# Scores fall off where the next one is below the first share of the best, below the second share of
# the one before, and below what is worth a place in any case. Of 34 requests for 25 tracks, plain
# and odd ones, that ended 8 lists from 400 tracks early, 1 from 8,000 and none from 55,525.
FALLEN = 0.35
STEEP = 0.75
WORTH = 0.25

OVER = 120.0  # seconds that a playlist may be longer than asked for, at most
SPARE = (50, 400)  # candidates beyond those that fill the time, to end it well; then so many more
STEPS = 20_000  # tries to end it well; each takes a few microseconds
EXCHANGES = 100  # picks exchanged to end it well, at most, where those tries did not help


@dataclass(frozen=True)
class Pick:
    """One place in the playlist."""

    hit: Hit
    song: Song


@dataclass(frozen=True)
class Limits:
    """What the playlist must keep to; None and 0 set no limit.

    With `number` and `minutes` it ends at whichever comes first. The caps are in tracks. Three by
    one artist leave room for others. An album's tracks often share their tags and so their score:
    without a cap one sampler by many artists would fill the list; four leave it one place more
    than an artist has. `spacing` is the places among which no artist is to come twice, `band` the
    step of score within which chance may decide. With `no_tail` a playlist that is to fill no time
    ends where scores fall off: see FALLEN.
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


@dataclass
class Passed:
    """How many tracks were passed over, each under the first reason that stood against it.

    Counted among the hits that were read, so these are the least numbers.
    """

    repeated: int = 0  # another version of a song that is in, or was passed over itself
    by_artist: int = 0  # the artist has its share
    by_album: int = 0  # the album has
    below: int = 0  # the score is under min_score
    fallen: int = 0  # the score has fallen off, see Limits.no_tail
    fallen_to: float = 0.0  # the best score among these
    unmeasured: int = 0  # the length is unknown, and minutes were asked for
    too_long: int = 0  # longer than the whole playlist may be
    unfit: int = 0  # nothing against it but its length: the minutes add up better without


@dataclass(frozen=True)
class Chosen:
    """The playlist in order, what was passed over, and whether it is shorter than asked for.

    `short` is set when neither the number nor the minutes were reached; `passed` tells why, and
    when it is all 0 there were no more tracks.
    """

    picks: tuple[Pick, ...]
    passed: Passed
    short: bool

    @property
    def seconds(self) -> float:
        """Return the length of the tracks whose length is known."""
        return sum(_seconds(pick) for pick in self.picks)


Songs = Callable[[Sequence[int]], Mapping[int, Song]]
Vectors = Callable[[Sequence[Hit]], FloatArray]


def choose(
    hits: Iterable[Hit],
    songs: Songs,
    limits: Limits,
    rng: Random,
    wanted: Set[VersionKind] = NONE,
    vectors: Vectors | None = None,
) -> Chosen:
    """Take hits, best first, until the playlist is full, and put them in order.

    `songs` tells what is known of the track ids it is given; a track that it does not know has left
    the library and is passed over. `wanted` kinds of version are preferred to the studio version,
    which is preferred to all others. `vectors` gives float32 (n, dim) of unit length for n hits;
    the order "flow" needs it. The same state of the generator gives the same playlist.

    A hit is never left out for one whose score is lower by more than a step of `limits.band`,
    unless a limit, its artist's turn (lower by NEAR at most) or another version of the song (by
    WINDOW) stands against it.
    """
    passed = Passed()
    strong = strong_hits(hits, limits.min_score, passed)
    known = _known(_drawn(strong, limits.band, rng), songs)
    candidates = _one_per_song(known, wanted, passed)
    if limits.minutes is None:
        picks, short = _counted(candidates, limits, passed)
    else:
        picks, short = _timed(candidates, limits.minutes * 60, limits, passed)
    matrix = None
    if vectors is not None and limits.order == "flow":
        matrix = vectors([pick.hit for pick in picks])
    return Chosen(_arranged(picks, limits, rng, matrix), passed, short)


def song_key(song: Song) -> tuple[str, str]:
    """Return what all versions of one song share.

    A track without artist or title, or with one that names nothing ("Intro"), equals only itself.
    """
    artist, title = artist_key(song.artist), read_title(song.title).song
    return (artist, title) if artist and title and not is_nameless(title) else ("", str(song.track))


# From hits to candidates


def strong_hits(hits: Iterable[Hit], least: float, passed: Passed) -> Iterator[Hit]:
    """Yield the hits that score enough; give up after WEAK in a row that do not.

    Not at the first: the parts of a search overlap a little in score.
    """
    weak = 0
    for hit in hits:
        if least <= 0 or hit.score >= least:
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
    """Return what is lowest for the best: the score to the nearest step of `band`, negative."""
    return -round(hit.score / band) * band if band else -hit.score


_T = TypeVar("_T")


def _parts(values: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while part := list(islice(values, size)):
        yield part


def _known(hits: Iterator[Hit], songs: Songs) -> Iterator[Pick]:
    for part in _parts(hits, PART):
        known = songs([hit.track for hit in part])
        yield from (Pick(hit, known[hit.track]) for hit in part if hit.track in known)


def _one_per_song(
    picks: Iterator[Pick], wanted: Set[VersionKind], passed: Passed
) -> Iterator[Pick]:
    """Yield each song once, in the best version.

    A pick waits while a better version may still come: as long as scores stay within WINDOW of its
    own and no more than AHEAD wait. Of equally good versions the first stays.
    """
    best = distance(NONE | wanted, wanted)
    seen: set[tuple[str, str]] = set()
    waiting: dict[tuple[str, str], tuple[int, float, Pick]] = {}  # in order of arrival
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


def _seconds(pick: Pick) -> float:
    """Return the length; 0 when it is unknown, or no length."""
    seconds = pick.song.seconds
    return seconds if isfinite(seconds) and seconds > 0 else 0.0


# From candidates to picks


@dataclass
class _Shelf:
    """The picks so far, under the caps. What was put last is taken back first."""

    limits: Limits
    picks: list[Pick] = field(default_factory=list)
    seconds: float = 0.0
    artists: Counter[object] = field(default_factory=Counter)
    albums: Counter[object] = field(default_factory=Counter)

    def full(self) -> bool:
        return len(self.picks) == self.limits.number

    def crowded(self, pick: Pick) -> Literal["artist", "album"] | None:
        """Return whose share is used up, if one is."""
        artist, album = _shares(pick.song)
        if 0 < self.limits.per_artist <= self.artists[artist]:
            return "artist"
        return "album" if 0 < self.limits.per_album <= self.albums[album] else None

    def put(self, pick: Pick) -> None:
        self._count(pick, 1)
        self.picks.append(pick)

    def take_back(self) -> None:
        self._count(self.picks.pop(), -1)

    def _count(self, pick: Pick, times: int) -> None:
        artist, album = _shares(pick.song)
        self.artists[artist] += times
        self.albums[album] += times
        self.seconds += times * _seconds(pick)


def _shelf(limits: Limits, picks: Iterable[Pick]) -> _Shelf:
    shelf = _Shelf(limits)
    for pick in picks:
        shelf.put(pick)
    return shelf


def _shares(song: Song) -> tuple[object, object]:
    """Return what a song shares with others of its artist and of its album.

    The song itself stands for what is unknown.
    """
    artist: object = artist_key(song.artist) or song
    if song.release is not None:
        return artist, song.release
    return artist, (artist, fold(song.album)) if song.album else song


def _note(passed: Passed, why: Literal["artist", "album"] | None) -> None:
    if why == "artist":
        passed.by_artist += 1
    elif why == "album":
        passed.by_album += 1
    else:
        passed.unfit += 1


def _counted(candidates: Iterator[Pick], limits: Limits, passed: Passed) -> tuple[list[Pick], bool]:
    """Return the first candidates in turn that the caps let in, and whether there were too few."""
    in_turn = _in_turn(_within_caps(candidates, limits, passed), limits)
    if limits.number is None:
        return list(in_turn), False
    picks = list(islice(in_turn, min(limits.number, sys.maxsize)))
    return picks, len(picks) < limits.number


def _within_caps(candidates: Iterator[Pick], limits: Limits, passed: Passed) -> Iterator[Pick]:
    """Yield what the caps let in; without a tail, give up after WEAK in a row that belong to it."""
    shelf, slope, weak = _Shelf(limits), _Slope(), 0
    for pick in candidates:
        score = pick.hit.score
        if limits.no_tail and slope.falls_to(score):
            weak += 1
            passed.fallen += 1
            passed.fallen_to = max(passed.fallen_to, score)
            if weak == WEAK:
                return
        elif why := shelf.crowded(pick):
            _note(passed, why)
        else:
            weak = 0
            shelf.put(pick)
            slope.take(score)
            yield pick


@dataclass
class _Slope:
    """The best score of the picks so far, and the latest."""

    best: float = 0.0
    latest: float = 0.0

    def falls_to(self, score: float) -> bool:
        """Say whether scores fall off here."""
        return score < min(FALLEN * self.best, STEEP * self.latest, WORTH)

    def take(self, score: float) -> None:
        self.best, self.latest = max(self.best, score), score


def _in_turn(picks: Iterable[Pick], limits: Limits) -> Iterator[Pick]:
    """Yield picks, best first, but of those that score NEAR one another an artist's apart."""
    return spread(picks, lambda pick: _rank(pick.hit, limits.band), _artist, NEAR, limits.spacing)


def _artist(pick: Pick) -> object:
    """Return what tells the artist apart; a track without one is its own."""
    return artist_key(pick.song.artist) or pick.song.track


def _timed(
    candidates: Iterator[Pick], target: float, limits: Limits, passed: Passed
) -> tuple[list[Pick], bool]:
    """Return candidates, the first where possible, that fill `target` seconds; and whether too few.

    The total is never more than OVER above the target. It is off by half the shortest track of the
    playlist at most, or else it is as near as any choice among the candidates read, as far as STEPS
    suffice to tell (up to 12 candidates they always do). More candidates are read while it is off
    by more than half an average track.
    """
    usable = _usable(candidates, target + OVER, passed)
    pool = _filling(usable, target, limits)
    places: list[int] = []
    for spare in SPARE:
        more = list(islice(usable, spare))
        pool += more
        places = _fitted(pool, target, limits)
        if not more or not _off([pool[i] for i in places], target, limits):
            break
    picks = [pool[i] for i in places]
    short = _off(picks, target, limits) and sum(map(_seconds, picks)) < target
    _note_left(pool if short else pool[: max(places)], picks, limits, passed)
    return list(_in_turn(sorted(picks, key=lambda pick: -pick.hit.score), limits)), short


def _usable(candidates: Iterator[Pick], longest: float, passed: Passed) -> Iterator[Pick]:
    for pick in candidates:
        if not _seconds(pick):
            passed.unmeasured += 1
        elif _seconds(pick) > longest:
            passed.too_long += 1
        else:
            yield pick


def _filling(usable: Iterator[Pick], target: float, limits: Limits) -> list[Pick]:
    """Return candidates up to the first that no longer fits in, or up to the full number."""
    shelf, pool = _Shelf(limits), list[Pick]()
    while not shelf.full() and (pick := next(usable, None)):
        pool.append(pick)
        if not shelf.crowded(pick):
            if shelf.seconds + _seconds(pick) > target + OVER:
                break
            shelf.put(pick)
    return pool


def _fitted(pool: Sequence[Pick], target: float, limits: Limits) -> list[int]:
    """Return the places, in the pool, of a choice that ends near the target.

    Depth first, each candidate in before out: so the first choice found leaves the ranking as late
    as possible.
    """
    lengths = [_seconds(pick) for pick in pool]
    rest = [*accumulate(reversed(lengths), initial=0.0)][::-1]  # rest[i]: seconds from i on
    least = [*accumulate(reversed(lengths), min, initial=inf)][::-1]  # least[i]: shortest from i on
    shelf, places, shortest = _Shelf(limits), list[int](), [inf]
    best, nearest, at = list[int](), target, 0
    for _ in range(STEPS):
        lacking = target - shelf.seconds
        # No candidate is short enough, or not even all of them lead nearer: take the last one out.
        if least[at] > lacking + OVER or lacking - rest[at] >= nearest:
            if not places:
                break
            at = places.pop() + 1
            shelf.take_back()
            shortest.pop()
            continue
        if lengths[at] <= lacking + OVER and not shelf.crowded(pool[at]):
            shelf.put(pool[at])
            places.append(at)
            shortest.append(min(shortest[-1], lengths[at]))
            off = abs(lacking - lengths[at])
            if shelf.full() or off <= shortest[-1] / 2:
                return places
            if off < nearest:
                nearest, best = off, list(places)
        at += 1
    return _exchanged(pool, best, target, limits)


def _exchanged(pool: Sequence[Pick], places: list[int], target: float, limits: Limits) -> list[int]:
    """Exchange picks one by one, each time for the nearest end, if that leads to a good one.

    For what depth first does not find in time, since it tries all ends of a list before its middle:
    where the caps leave little to choose from, longer tracks by the same artists may fill the time.
    """
    lengths = np.array([_seconds(pick) for pick in pool], np.float64)
    numbers: dict[object, int] = defaultdict(lambda: len(numbers))
    shares = np.array([[numbers[share] for share in _shares(pick.song)] for pick in pool])
    found = list(places)
    for _ in range(EXCHANGES if found else 0):
        lacking = target - lengths[found].sum()
        if abs(lacking) <= lengths[found].min() / 2:
            break
        left = lacking + lengths[found][:, None] - lengths  # [i, j]: with j in the place of i
        left[_barred(shares, found, limits) | (left < -OVER)] = inf
        i, j = np.unravel_index(np.argmin(np.abs(left)), left.shape)
        if abs(left[i, j]) >= abs(lacking):
            break
        found[i] = int(j)
    return places if _off([pool[i] for i in found], target, limits) else sorted(found)


def _barred(shares: NDArray[np.intp], found: list[int], limits: Limits) -> NDArray[np.bool_]:
    """Return what may not take the place of what: bool (len(found), len(shares)).

    `shares` (n, 2) numbers the artist and the album of each candidate.
    """
    barred = np.zeros((len(found), len(shares)), np.bool_)
    barred[:, found] = True
    for share, cap in zip(shares.T, (limits.per_artist, limits.per_album), strict=True):
        full = np.bincount(share[found], minlength=int(shares.max()) + 1) >= (cap or inf)
        barred |= full[share] & (share[found][:, None] != share)
    return barred


def _off(picks: Sequence[Pick], target: float, limits: Limits) -> bool:
    """Say whether the picks miss the target by more than half an average track.

    Not when their number is full.
    """
    total = sum(map(_seconds, picks))
    half = total / len(picks) / 2 if picks else 0.0
    return len(picks) != limits.number and abs(target - total) > half


def _note_left(pool: Sequence[Pick], picks: Sequence[Pick], limits: Limits, passed: Passed) -> None:
    shelf = _shelf(limits, picks)
    taken = {pick.song.track for pick in picks}
    for pick in pool:
        if pick.song.track not in taken:
            _note(passed, shelf.crowded(pick))


# From picks to an order


def _arranged(
    picks: Sequence[Pick], limits: Limits, rng: Random, vectors: FloatArray | None
) -> tuple[Pick, ...]:
    """Put picks, best first and in turn, in order; `vectors` (n, dim) are theirs, for "flow".

    match: as they are; tempo: slow to fast, unknown last, artists apart where the pace is the same;
    random: as the generator has it; flow: from the best one on a short way through all, neighbours
    alike in meaning and tempo; both then with artists apart wherever that can be done.
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
