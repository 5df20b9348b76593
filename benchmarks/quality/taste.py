"""Measure what a taste adds: whether a person's held-out artists come first within a request.

    python -m benchmarks.quality.taste --data ../shared/data/taste
    python -m benchmarks.quality.taste --data ../shared/data/taste --likes 5
    python -m benchmarks.quality.taste --data ../shared/data/taste --requests 25

DATA holds items.tsv.gz, users.train.tsv.gz and users.dev.tsv.gz of HetRec's last.fm-2k (artists
with descriptors, and the artists that people play); it is for non-commercial use and not part of
this repository. Half of the artists of a dev user are known and learned from, half held out. The
user's library is these artists and up to nine others for each, played by about as many people.
Requests are one or two descriptors that at least two held-out artists carry, and descriptors that
none of the user's artists carries. It is asked through the product's own search. Prints, in points,

    in        nDCG@10 of the held-out artists among those that carry the descriptors; the known ones
              are left out
    two       the same, of the requests with two descriptors alone
    all       the same over the whole library
    fit       share of the first ten, or of as many as there are, that carry the descriptors
    strange   the same share for descriptors that the user has not
    list      like `in`, of the playlist of ten that `beet describe` makes, on the whole library
    varied    share of that list that another seed replaces

with the spread over random halves and the standard error over users. A stranger's taste is that of
the next user's known artists, learned in the library of the first with these artists beside it:
what it gains is not personal. With --requests a taste of so many users is asked the development
requests instead, each for its own descriptor set among all sets.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, islice
from math import sqrt
from pathlib import Path
from random import Random
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from benchmarks.paths import REQUESTS
from melscribe_core.catalogue.catalogue import empty_catalogue
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.index import Index
from melscribe_core.playlist.choice import choose
from melscribe_core.playlist.limits import BAND, Limits
from melscribe_core.search.question import Question, Wish
from melscribe_core.search.words import SAMPLE
from melscribe_core.songs.song import Song
from melscribe_core.taste.learning import learn
from melscribe_core.taste.taste import Pull, Taste

if TYPE_CHECKING:
    from melscribe_trainer.evaluation.encoders import Remembering

FIRST = 10
OTHERS = 9  # of like popularity for each artist of a user
WINDOW = 40  # places up and down the order of popularity among which they are drawn
ASKED = 4  # requests of each kind
SETS = (REQUESTS / "train.jsonl", REQUESTS / "dev.jsonl")
KINDS = ("terse", "spoken", "reworded")
MEASURES = ("in", "two", "all", "fit", "strange", "list", "varied")


@dataclass(frozen=True)
class Data:
    """Artists: id -> descriptors; users -> their artists; artists, rarest first."""

    items: Mapping[int, tuple[str, ...]]
    users: Mapping[str, tuple[int, ...]]
    by_popularity: tuple[int, ...]


@dataclass(frozen=True)
class Half:
    """What is known of a user and what is held out."""

    known: tuple[int, ...]
    held_out: frozenset[int]


@dataclass(frozen=True)
class Asked:
    """The descriptors of a request, and the held-out artists that carry them; strange: none."""

    names: tuple[str, ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Way:
    """How the taste counts: its weight, whose it is, and the step of the playlist."""

    name: str
    weight: float = 0.0
    strange: bool = False
    band: float = BAND


WAYS = (
    Way("no taste"),
    Way("own, 0.25", 0.25),
    Way("own, 0.5", 0.5),
    Way("own, 0.5, list without steps", 0.5, band=0.0),
    Way("own, 1", 1.0),
    Way("a stranger's, 0.5", 0.5, strange=True),
)


@dataclass
class Scores:
    """The values of each measure by user, with the half they are of."""

    values: dict[str, list[tuple[str, int, float]]] = field(default_factory=dict)

    def add(self, measure: str, user: str, half: int, value: float) -> None:
        """Add one value."""
        self.values.setdefault(measure, []).append((user, half, 100 * value))

    def cell(self, measure: str) -> str:
        """Return the mean over users, the spread over halves and the standard error over users."""
        rows = self.values.get(measure)
        if not rows:
            return ""
        users = _means((user, value) for user, _, value in rows)
        halves = [
            fmean(_means((user, value) for user, at, value in rows if at == half))
            for half in sorted({half for _, half, _ in rows})
        ]
        error = pstdev(users) / sqrt(len(users))
        return f"{fmean(users):.1f} ±{pstdev(halves):.1f}/{error:.1f}"


def _means(rows: Iterator[tuple[str, float]]) -> list[float]:
    found: dict[str, list[float]] = {}
    for user, value in rows:
        found.setdefault(user, []).append(value)
    return [fmean(values) for values in found.values()]


class Library:
    """The artists of one user and others like them, and a stranger's beside, in one index.

    Tracks are artists, by their ids; `among` are those that may answer.
    """

    def __init__(
        self, data: Data, among: Sequence[int], beside: Sequence[int], encoder: Remembering
    ) -> None:
        self.data, self.among = data, frozenset(among)
        tracks = sorted(self.among | set(beside))
        self.index = index_of({one: SEPARATOR.join(data.items[one]) for one in tracks}, encoder)

    def taste(self, likes: Sequence[int]) -> Taste:
        """Return the taste of someone who likes these artists."""
        return learn(self.index.catalogue, likes, self.index.encoder.dim)

    def carrying(self, names: Sequence[str]) -> frozenset[int]:
        """Return the artists of the library that carry all these descriptors."""
        wanted = set(names)
        return frozenset(one for one in self.among if wanted.issubset(self.data.items[one]))

    def ranked(self, asked: Asked, taste: Taste | None, weight: float) -> list[int]:
        """Return the artists, best first."""
        wish = self._wish(asked, taste, weight)
        return [
            hit.track for hit in self.index.search.hits(self.index.search.ask(wish), self.among)
        ]

    def listed(
        self, asked: Asked, taste: Taste | None, way: Way, among: frozenset[int], seed: str
    ) -> list[int]:
        """Return the playlist of ten."""
        question = self.index.search.ask(self._wish(asked, taste, way.weight))
        band = BAND if question.pull is None else way.band
        limits = Limits(FIRST, per_artist=0, per_album=0, band=band)
        hits = self.index.search.hits(question, among, seed)
        found = choose(hits, _songs, limits, Random(seed))
        return [pick.song.track for pick in found.picks]

    def _wish(self, asked: Asked, taste: Taste | None, weight: float) -> Wish:
        about = SEPARATOR.join(asked.names)
        return Wish(about=about, is_list=True, taste=taste, taste_weight=weight)


def index_of(texts: Mapping[int, str], encoder: Remembering) -> Index:
    """Return an index in memory of tracks with their texts, in ascending order of tracks."""
    index = Index(empty_catalogue(), encoder)
    rows = [Row(track, Description(text, ("tags",))) for track, text in texts.items()]
    index.catalogue.tracks.apply(index.catalogue.tracks.plan(rows))
    index.embed()
    index.neighbours.refresh()
    return index


def _songs(tracks: Sequence[int]) -> dict[int, Song]:
    return {track: Song(track, f"artist {track}", f"song {track}", "", 200.0) for track in tracks}


def read_data(folder: Path) -> Data:
    """Read the three files."""
    items = {
        int(row["item"]): tuple(sorted(row["descriptors"].split(", ")))
        for row in _rows(folder / "items.tsv.gz")
    }
    users: dict[str, list[int]] = {}
    fans: Counter[int] = Counter()
    for part in ("train", "dev"):
        for row in _rows(folder / f"users.{part}.tsv.gz"):
            item = int(row["item"])
            fans[item] += 1
            if part == "dev":
                users.setdefault(row["user"], []).append(item)
    order = sorted(items, key=lambda item: (fans[item], item))
    return Data(items, {user: tuple(own) for user, own in users.items()}, tuple(order))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def library_of(data: Data, own: Sequence[int], rng: Random) -> list[int]:
    """Return the artists of a user and, for each, up to OTHERS of like popularity."""
    place = {item: at for at, item in enumerate(data.by_popularity)}
    found = dict.fromkeys(own)
    for item in own:
        at = place[item]
        near = [*data.by_popularity[max(0, at - WINDOW) : at + WINDOW]]
        free = [one for one in near if one not in found]
        found.update(dict.fromkeys(rng.sample(free, min(OTHERS, len(free)))))
    return [*found]


def half_of(own: Sequence[int], likes: int | None, rng: Random) -> Half:
    """Return a random half of the artists, of which `likes` are known, None for all of it."""
    mixed = rng.sample(own, len(own))
    known = mixed[: len(mixed) // 2]
    return Half(tuple(known[:likes]), frozenset(mixed[len(mixed) // 2 :]))


def requests(data: Data, half: Half, rng: Random) -> list[Asked]:
    """Return requests that at least two held-out artists answer: of one descriptor and of two."""
    found: list[Asked] = []
    for size in (1, 2):
        counts: dict[tuple[str, ...], set[int]] = {}
        for item in half.held_out:
            for names in combinations(data.items[item], size):
                counts.setdefault(names, set()).add(item)
        enough = sorted(names for names, right in counts.items() if len(right) >= 2)
        drawn = rng.sample(enough, min(ASKED, len(enough)))
        found += [Asked(names, frozenset(counts[names])) for names in drawn]
    return found


def strange_requests(
    data: Data, own: Sequence[int], among: Sequence[int], rng: Random
) -> list[Asked]:
    """Return requests for descriptors of ten others at least, and of none of the user's."""
    theirs = {name for item in own for name in data.items[item]}
    counts = Counter(name for item in among for name in data.items[item])
    enough = sorted(name for name, held in counts.items() if held >= FIRST and name not in theirs)
    return [Asked((name,)) for name in rng.sample(enough, min(ASKED, len(enough)))]


def _gate(index: Index, question: Question, taste: Taste) -> float:
    if question.vector is None:
        return 0.0
    return taste.gate(question.vector, index.neighbours.sample(question.vector, SAMPLE))


def ndcg(ranked: Sequence[int], right: frozenset[int]) -> float:
    """Return nDCG@10 of a ranking in which each of `right` is worth the same."""
    from melscribe_trainer.evaluation.metrics import ndcg as measured

    return float(measured([str(one) for one in ranked], {str(one): 1.0 for one in right}))


class Bench:
    """All users, asked in all ways."""

    def __init__(self, data: Data, users: Sequence[str], likes: int | None, halves: int) -> None:
        from melscribe_trainer.evaluation.encoders import Remembering

        self.data, self.users, self.likes, self.halves = data, users, likes, halves
        self.encoder = Remembering(load_encoder(None))
        self.scores = {way.name: Scores() for way in WAYS}
        self.gates: dict[str, list[float]] = {"own": [], "strange": []}
        self.checks: dict[str, list[bool]] = {"own": [], "random": []}

    def run(self) -> None:
        """Measure all users."""
        texts = sorted({SEPARATOR.join(names) for names in self.data.items.values()}, key=len)
        names = sorted({name for names in self.data.items.values() for name in names}, key=len)
        self.encoder.encode([*texts, *names])
        for at, user in enumerate(self.users):
            self._measure(user, self.users[(at + 1) % len(self.users)])

    def _measure(self, user: str, stranger: str) -> None:
        own = self.data.users[user]
        rng = Random(f"taste {user}")
        among = library_of(self.data, own, rng)
        for number in range(self.halves):
            half = half_of(own, self.likes, rng)
            theirs = half_of(self.data.users[stranger], self.likes, rng).known
            library = Library(self.data, among, theirs, self.encoder)
            tastes = {False: library.taste(half.known), True: library.taste(theirs)}
            mixed = library.taste(rng.sample(among, len(half.known)))
            self.checks["own"].append(tastes[False].is_used)
            self.checks["random"].append(mixed.is_used)
            asked = requests(self.data, half, rng)
            strange = strange_requests(self.data, own, among, rng)
            for way in WAYS:
                taste = tastes[way.strange] if way.weight else None
                self._ask(user, number, library, half, asked, taste, way)
                for one in strange:
                    first = library.ranked(one, taste, way.weight)[:FIRST]
                    carrying = library.carrying(one.names)
                    share = sum(item in carrying for item in first) / FIRST
                    self.scores[way.name].add("strange", user, number, share)
            self._note_gates(library, tastes[False], asked, strange)

    def _ask(
        self,
        user: str,
        number: int,
        library: Library,
        half: Half,
        asked: Sequence[Asked],
        taste: Taste | None,
        way: Way,
    ) -> None:
        known, add = frozenset(half.known), self.scores[way.name].add
        for one in asked:
            carrying = library.carrying(one.names)
            order = [item for item in library.ranked(one, taste, way.weight) if item not in known]
            within = ndcg([item for item in order if item in carrying], one.right)
            add("in", user, number, within)
            if len(one.names) == 2:
                add("two", user, number, within)
            add("all", user, number, ndcg(order, one.right))
            most = min(FIRST, len(carrying - known))
            add("fit", user, number, sum(item in carrying for item in order[:most]) / most)
            left = library.among - known
            first, second = (library.listed(one, taste, way, left, seed) for seed in ("1", "2"))
            add("list", user, number, ndcg(first, one.right))
            add("varied", user, number, len({*second} - {*first}) / max(1, len(second)))

    def _note_gates(
        self, library: Library, taste: Taste, own: Sequence[Asked], strange: Sequence[Asked]
    ) -> None:
        for kind, asked in (("own", own), ("strange", strange)):
            for one in asked:
                question = library.index.search.ask(Wish(about=SEPARATOR.join(one.names)))
                self.gates[kind].append(_gate(library.index, question, taste))


class DevRequests:
    """The development requests among all sets of train and dev, and the artists of some users."""

    def __init__(self, data: Data, users: Sequence[str]) -> None:
        from melscribe_trainer.data.datasets import read_requests
        from melscribe_trainer.evaluation.encoders import Remembering
        from melscribe_trainer.evaluation.sets import request_sets

        self.encoder = Remembering(load_encoder(None))
        train, dev = (read_requests(str(path)) for path in SETS)
        self.tests = [
            test for one in request_sets(dev, [train]) for test in one.tests if test.name in KINDS
        ]
        corpus = self.tests[0].corpus
        self.number = {name: at for at, name in enumerate(corpus, 1)}
        sets = {self.number[name]: text for name, text in corpus.items()}
        artists = sorted({item for user in users for item in data.users[user]})
        self.track = {item: at for at, item in enumerate(artists, len(sets) + 1)}
        texts = sets | {self.track[i]: SEPARATOR.join(data.items[i]) for i in artists}
        self.among = frozenset(sets)
        self.index = index_of(texts, self.encoder)

    @cached_property
    def questions(self) -> dict[str, list[tuple[Question, frozenset[int]]]]:
        """Return kind -> (question, right sets) of its requests."""
        found: dict[str, list[tuple[Question, frozenset[int]]]] = {}
        for test in self.tests:
            self.encoder.encode(list(test.queries.values()))
            for query, words in test.queries.items():
                right = frozenset(self.number[one] for one in test.right(query))
                question = self.index.search.ask(Wish(about=words))
                found.setdefault(test.name, []).append((question, right))
        return found

    def recall(self, taste: Taste | None, weight: float) -> dict[str, float]:
        """Return kind -> recall@10, and "gate", the mean gate."""
        found: dict[str, list[float]] = {}
        for kind, asked in self.questions.items():
            for question, right in asked:
                gate = _gate(self.index, question, taste) if taste else 0.0
                pull = Pull(taste, weight * gate) if taste and gate and weight else None
                hits = self.index.search.hits(replace(question, pull=pull), self.among)
                first = {hit.track for hit in islice(hits, FIRST)}
                found.setdefault(kind, []).append(float(bool(first & right)))
                found.setdefault("gate", []).append(gate)
        return {kind: fmean(values) for kind, values in found.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    data = read_data(options.data)
    users = sorted(data.users, key=int)
    if options.likes:
        users = [user for user in users if len(data.users[user]) >= 2 * max(20, options.likes)]
    if not users:
        raise SystemExit(f"no user has {2 * max(20, options.likes)} artists; ask for fewer --likes")
    if options.requests:
        _print_requests(data, users[: options.requests], options.likes)
        return
    bench = Bench(data, users[: options.users], options.likes, options.halves)
    bench.run()
    print(f"| taste, weight | {' | '.join(MEASURES)} |")
    print("|---|" + "---:|" * len(MEASURES))
    for way in WAYS:
        cells = " | ".join(bench.scores[way.name].cell(measure) for measure in MEASURES)
        print(f"| {way.name} | {cells} |")
    gates = ", ".join(f"{kind} {fmean(found):.2f}" for kind, found in bench.gates.items() if found)
    checks = ", ".join(f"{kind} {100 * fmean(found):.0f} %" for kind, found in bench.checks.items())
    print(f"\n{len(bench.users)} users; mean gate: {gates}; pass the self-check: {checks}")


def _print_requests(data: Data, users: Sequence[str], likes: int | None) -> None:
    dev = DevRequests(data, users)
    before = dev.recall(None, 0.0)
    print("| weight | " + " | ".join((*KINDS, "all", "gate")) + " |")
    print("|---|" + "---:|" * (len(KINDS) + 2))
    _print_row("no taste", [before])
    tastes = []
    for user in users:
        known = half_of(data.users[user], likes, Random(f"taste {user}")).known
        tracks = [dev.track[item] for item in known]
        tastes.append(learn(dev.index.catalogue, tracks, dev.encoder.dim))
    for weight in (0.5, 1.0):
        _print_row(f"{weight:g}", [dev.recall(taste, weight) for taste in tastes], before)


def _print_row(
    name: str, found: Sequence[Mapping[str, float]], before: Mapping[str, float] | None = None
) -> None:
    means = {kind: 100 * fmean(one[kind] for one in found) for kind in KINDS}
    cells = [f"{means[kind]:.1f}" for kind in KINDS]
    every = fmean(means.values())
    if before is None:
        cells.append(f"{every:.1f}")
    else:
        each = [100 * fmean(one[kind] - before[kind] for kind in KINDS) for one in found]
        cells.append(f"{every:.1f} ({fmean(each):+.2f} ±{pstdev(each) / sqrt(len(each)):.2f})")
    print(
        f"| {name} | {' | '.join(cells)} | {fmean(one['gate'] for one in found):.2f} |", flush=True
    )


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what a taste adds.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of HetRec's files")
    parser.add_argument("--users", type=int, default=None, help="the first so many dev users")
    parser.add_argument("--halves", type=int, default=3, help="random halves of each user")
    parser.add_argument("--likes", type=int, default=None, help="artists known of each user")
    parser.add_argument("--requests", type=int, default=0, help="tastes for the dev requests")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
