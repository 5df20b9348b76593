"""Captions or requests with tags -> training pairs: queries, each with its positive texts.

A text is a descriptor set as an index stores it. The construction is that of Epure et al. 2024,
section 3: a caption is split into sentences; for each sentence descriptor sets are sampled, from
the descriptors that it names and then from the track's others. A request stays whole, and its first
positive is the track's whole set, because an index stores whole sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR, load_rules, text_of
from melscribe_core.errors import MelScribeError

from .datasets import BEIR, Captioned, Dataset, language_of
from .genres import NeighbouringGenres, read_neighbours
from .queries import Query, merge
from .renderings import named_in, rendered_queries, rendering_queries
from .rows import read_jsonl, write_jsonl
from .sentences import sentences

KINDS = ("terse", "spoken", "reworded")  # of the three requests of a track, in this order
CHAT = "chat"
FEWEST_WORDS = 2  # a shorter sentence ("Relaxing.") is dropped; see PairOptions.single


@dataclass(frozen=True)
class Pairs:
    """Queries and all their positives; `corpus`: text -> tracks, `dropped`: reason -> count."""

    queries: tuple[Query, ...]
    corpus: Mapping[str, tuple[str, ...]]
    dropped: Mapping[str, int] = field(default_factory=dict)

    def texts_of_tracks(self) -> dict[str, list[int]]:
        """Return the texts of each track: their numbers, which are places in `corpus`."""
        found: dict[str, list[int]] = {}
        for number, tracks in enumerate(self.corpus.values()):
            for track in tracks:
                found.setdefault(track, []).append(number)
        return found


@dataclass(frozen=True)
class PairOptions:
    """How pairs are made. The options from `junk` on are augmentations: 0 turns one off."""

    sets: int = 3  # most positives per query
    whole: bool = False  # the track's whole set is a positive of its sentences too
    keep: float = 0.0  # chance that a further positive of a request keeps a descriptor not named
    junk: int = 0  # most descriptors of other tracks added to a query's last positive
    shuffled: float = 0.0  # share of queries whose last positive is shuffled, not sorted
    near: float = 0.0  # share of queries whose last positive gets a neighbour of one genre instead
    tree: str = ""  # file of genres for `near`, see genres.read_neighbours
    single: int = 0  # additional queries of one descriptor each
    languages: tuple[str, ...] = ()  # codes of the glossaries for the next two
    rendering: int = 0  # most additional queries of one rendering of a glossary each
    rendered: int = 0  # additional requests of several renderings each


def make_pairs(
    datasets: Iterable[Dataset], options: PairOptions, rng: np.random.Generator
) -> Pairs:
    """Return the pairs of all data sets; queries with the same words become one.

    Raises MelScribeError if no query is left.
    """
    rules = load_rules()
    dropped: Counter[str] = Counter()
    queries: list[Query] = []
    wholes: dict[str, tuple[str, ...]] = {}  # track -> its descriptors
    for dataset in datasets:
        dropped.update(dataset.dropped)
        for track in dataset.tracks:
            name = f"{dataset.name}:{track.id}"
            text = text_of(track.tags, rules)
            if not text:
                dropped["tracks whose tags say nothing"] += 1
                continue
            wholes[name] = tuple(text.split(SEPARATOR))
            queries += _queries(dataset.name, name, track, wholes[name], options, rng, dropped)
    queries += single_queries(wholes, options, rng)
    queries += rendering_queries(options.languages, wholes, options.rendering, rng)
    queries += rendered_queries(options.languages, wholes, options.rendered, rng)
    merged = merge(queries)
    dropped["queries joined to one with the same words"] += len(queries) - len(merged)
    merged = augment(merged, wholes, options, rng)
    if not merged:
        raise MelScribeError("prepare: no query is left; give data with captions and tags.")
    return Pairs(tuple(merged), corpus_of(merged), {k: n for k, n in dropped.items() if n})


def sampled_sets(
    found: Sequence[str], others: Sequence[str], sets: int, rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """Sample up to `sets` different descriptor sets for one sentence, none of them empty.

    A set has 1 to all of the descriptors `found` in the sentence and 0 to as many of the `others`
    as were found, as in the published code of Epure et al. 2024. If none was found, it has 1 to all
    of the others.
    """
    drawn: dict[tuple[str, ...], None] = {}
    for _ in range(sets):
        chosen = _sample(found, 1, len(found), rng)
        if found:
            chosen += _sample(others, 0, min(len(found), len(others)), rng)
        else:
            chosen += _sample(others, 1, len(others), rng)
        drawn[tuple(sorted(chosen))] = None
    return [names for names in drawn if names]


def single_queries(
    wholes: Mapping[str, tuple[str, ...]], options: PairOptions, rng: np.random.Generator
) -> list[Query]:
    """Return queries of one descriptor each, answered by whole sets that contain it."""
    holders: dict[str, list[str]] = {}
    for track, names in wholes.items():
        for name in names:
            holders.setdefault(name, []).append(track)
    known = sorted(name for name, tracks in holders.items() if len(tracks) > 1)
    made = []
    for name in _sample(known, min(options.single, len(known)), options.single, rng):
        tracks = _sample(sorted(holders[name]), options.sets, options.sets, rng)
        texts = tuple(dict.fromkeys(SEPARATOR.join(wholes[track]) for track in tracks))
        made.append(Query(name, texts, (name,), tuple(tracks), "descriptor"))
    return made


def augment(
    queries: Sequence[Query],
    wholes: Mapping[str, tuple[str, ...]],
    options: PairOptions,
    rng: np.random.Generator,
) -> list[Query]:
    """Return the queries with `near`, `junk` and `shuffled` applied to their last positive."""
    if not (options.junk or options.shuffled or options.near):
        return list(queries)
    pool = sorted({name for names in wholes.values() for name in names})
    near = read_neighbours(options.tree) if options.near else {}
    changed = []
    for query in queries:
        names = query.positives[-1].split(SEPARATOR)
        if rng.random() < options.near:
            names = neighboured(names, query.named, near, rng)
        extra = _sample(pool, 0, min(options.junk, len(pool)), rng)
        names = sorted({*names, *extra})
        if rng.random() < options.shuffled:
            rng.shuffle(names)
        texts = dict.fromkeys((*query.positives[:-1], SEPARATOR.join(names)))
        changed.append(replace(query, positives=tuple(texts)))
    return changed


def neighboured(
    names: Sequence[str], named: Sequence[str], near: NeighbouringGenres, rng: np.random.Generator
) -> list[str]:
    """Return the descriptors with one genre replaced by a neighbour of it.

    A genre that the query names stays. Without another genre the descriptors are unchanged.
    """
    movable = [name for name in names if near.get(name) and name not in named]
    if not movable:
        return list(names)
    moved = movable[int(rng.integers(len(movable)))]
    others = near[moved]
    neighbour = others[int(rng.integers(len(others)))]
    return [neighbour if name == moved else name for name in names]


def corpus_of(queries: Iterable[Query]) -> dict[str, tuple[str, ...]]:
    """Return every positive of the queries with its tracks, in order of appearance."""
    tracks: dict[str, dict[str, None]] = {}
    for query in queries:
        for text in query.positives:
            tracks.setdefault(text, {}).update(dict.fromkeys(query.tracks))
    return {text: tuple(names) for text, names in tracks.items()}


def write_pairs(pairs: Pairs, folder: Path) -> None:
    """Write queries.jsonl and corpus.jsonl."""
    write_jsonl(folder / "queries.jsonl", (asdict(query) for query in pairs.queries))
    rows = ({"text": text, "tracks": list(tracks)} for text, tracks in pairs.corpus.items())
    write_jsonl(folder / "corpus.jsonl", rows)


def read_pairs(folder: Path) -> Pairs:
    """Read what write_pairs wrote; raise MelScribeError for a query without positives."""
    path = folder / "queries.jsonl"
    queries = []
    for number, row in enumerate(read_jsonl(path), 1):
        positives, named, tracks = (tuple(row[key]) for key in ("positives", "named", "tracks"))
        meanings = tuple(map(tuple, row.get("meanings", ())))
        query = Query(row["text"], positives, named, tracks, row["source"], meanings)
        if not query.positives:
            raise MelScribeError(
                f"{path}: line {number} has no positives; give the query a right text or remove it."
            )
        queries.append(query)
    if not queries:
        raise MelScribeError(f"{path}: it has no query; prepare pairs from data with captions.")
    corpus = {row["text"]: tuple(row["tracks"]) for row in read_jsonl(folder / "corpus.jsonl")}
    return Pairs(tuple(queries), corpus)


def _queries(
    dataset: str,
    name: str,
    track: Captioned,
    whole: tuple[str, ...],
    options: PairOptions,
    rng: np.random.Generator,
    dropped: Counter[str],
) -> list[Query]:
    if track.region:
        labelled = [(text, _kind(track, dataset, turn)) for turn, text in enumerate(track.captions)]
        sample: Callable[..., list[tuple[str, ...]]] = _request_sets
    else:
        labelled = [(text, dataset) for caption in track.captions for text in sentences(caption)]
        short = [text for text, _ in labelled if len(text.split()) < FEWEST_WORDS]
        dropped["sentences of one word"] += len(short)
        labelled = [(text, source) for text, source in labelled if text not in short]
        sample = _sentence_sets
    made = []
    for text, source in labelled:
        found = named_in(text, whole, language_of(track))
        sets = sample(whole, found, options, rng)
        texts = tuple(dict.fromkeys(SEPARATOR.join(names) for names in sets))
        made.append(Query(text, texts, found, (name,), source))
    return made


def _kind(track: Captioned, dataset: str, turn: int) -> str:
    """Return the kind of a track's request number `turn`."""
    if track.region == BEIR:
        return dataset
    return CHAT if track.region == CHAT else KINDS[min(turn, len(KINDS) - 1)]


def _sentence_sets(
    whole: tuple[str, ...],
    found: tuple[str, ...],
    options: PairOptions,
    rng: np.random.Generator,
) -> list[tuple[str, ...]]:
    others = [name for name in whole if name not in found]
    first = [whole] if options.whole else []
    return first + sampled_sets(found, others, options.sets - len(first), rng)


def _request_sets(
    whole: tuple[str, ...],
    found: tuple[str, ...],
    options: PairOptions,
    rng: np.random.Generator,
) -> list[tuple[str, ...]]:
    """Return the whole set, then sets that lack descriptors which the request does not name."""
    sets = [whole]
    for _ in range(options.sets - 1 if options.keep else 0):
        kept = tuple(name for name in whole if name in found or rng.random() < options.keep)
        sets += [kept] if kept else []
    return sets


def _sample(names: Sequence[str], low: int, high: int, rng: np.random.Generator) -> list[str]:
    """Return `low` to `high` of the names in random order, fewer if there are fewer."""
    high = min(high, len(names))
    if high < 1:
        return []
    count = int(rng.integers(min(low, high), high + 1))
    return [names[i] for i in rng.choice(len(names), count, replace=False)]
