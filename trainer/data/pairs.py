"""Captions with tags -> queries, each with one or more right texts; never an empty text.

The construction is the paper's (Epure et al. 2024, section 3): a caption is split into sentences;
for each sentence descriptor sets are sampled, first from the descriptors that it names, then from
the track's others. Requests stay whole and are paired with their track's whole set first, because
whole sets are what an index holds.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR, Rules, load_rules, text_of
from melscribe_core.descriptors.tables import key_of
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import BEIR, Captioned, Dataset, read_jsonl
from melscribe_trainer.data.genres import Neighbours, read_neighbours

KINDS = ("terse", "spoken", "reworded")  # of the three requests of a track, in this order
CHAT = "chat"
FEWEST_WORDS = 2  # a sentence of one word ("Relaxing.") is kept only as a descriptor query

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_WORD = re.compile(r"[^\s,;:.!?()\"“”/]+")


@dataclass(frozen=True)
class Query:
    """What somebody says, and the texts of tracks that answer it.

    `positives` holds at least one text. `named` are the descriptors of those tracks that the words
    name: a set that holds them all answers too. `tracks` are the tracks it was said of.
    """

    text: str
    positives: tuple[str, ...]
    named: tuple[str, ...]
    tracks: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Pairs:
    """Queries and every text they are paired with; `corpus`: text -> the tracks it stands for."""

    queries: tuple[Query, ...]
    corpus: Mapping[str, tuple[str, ...]]
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PairOptions:
    """How pairs are made. From `junk` on they are augmentations: each is off at 0."""

    sets: int = 3  # right texts per query, at most
    whole: bool = False  # of a sentence too, the track's whole set is a right text
    keep: float = 0.0  # of a request's further texts: the chance of a descriptor it does not name
    junk: int = 0  # descriptors of other tracks added to a query's last text, at most
    shuffled: float = 0.0  # share of queries whose last text is in another order than the alphabet
    near: float = 0.0  # share of queries in whose last text a genre becomes a neighbour of it
    tree: str = ""  # the file of genres whose neighbours `near` takes, see genres.read_neighbours
    single: int = 0  # queries that are one bare descriptor


def make_pairs(
    datasets: Iterable[Dataset], options: PairOptions, rng: np.random.Generator
) -> Pairs:
    """Return the pairs of all data sets; queries with the same words become one.

    `dropped` counts by reason what could not be used. Raises MelScribeError when nothing is left.
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
    merged = merge(queries)
    dropped["queries joined to one with the same words"] += len(queries) - len(merged)
    merged = augment(merged, wholes, options, rng)
    if not merged:
        raise MelScribeError("prepare: no query is left; give data with captions and tags.")
    return Pairs(tuple(merged), corpus_of(merged), {k: n for k, n in dropped.items() if n})


def sentences(caption: str) -> list[str]:
    """Split a caption at ends of sentences; one without any is one sentence."""
    parts = (part.strip() for part in _SENTENCE_END.split(caption.replace("\n", " ")))
    return [part for part in parts if part]


def named_in(sentence: str, descriptors: Sequence[str]) -> tuple[str, ...]:
    """Return those of `descriptors` that the sentence names, in any spelling or number."""
    keys = _gram_keys(sentence, 5)
    return tuple(name for name in descriptors if _singular(key_of(name)) in keys)


def sampled_sets(
    found: Sequence[str], others: Sequence[str], sets: int, rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """Sample up to `sets` different descriptor sets for one sentence, none of them empty.

    Of the descriptors found in the sentence 1 to all, of the others 0 to as many as were found (as
    the paper's published code draws them); of the others alone, 1 to all, where none was found.
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
    """Return queries that are one bare descriptor, answered by whole sets that hold it."""
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


def merge(queries: Iterable[Query]) -> list[Query]:
    """Join queries with the same words: their texts, what they name and their tracks add up."""
    merged: dict[str, Query] = {}
    for query in queries:
        key = query.text.casefold()
        if key not in merged:
            merged[key] = query
            continue
        old = merged[key]
        merged[key] = replace(
            old,
            positives=tuple(dict.fromkeys(old.positives + query.positives)),
            # Only what both name is asked for by the words alone.
            named=tuple(name for name in old.named if name in query.named),
            tracks=tuple(dict.fromkeys(old.tracks + query.tracks)),
        )
    return list(merged.values())


def augment(
    queries: Sequence[Query],
    wholes: Mapping[str, tuple[str, ...]],
    options: PairOptions,
    rng: np.random.Generator,
) -> list[Query]:
    """Return the queries with neighbouring genres, junk and other orders in their last text."""
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
    names: Sequence[str], named: Sequence[str], near: Neighbours, rng: np.random.Generator
) -> list[str]:
    """Return the descriptors with one genre as a neighbour of it; never one that the query names.

    They stay as they are where no genre may change.
    """
    movable = [name for name in names if near.get(name) and name not in named]
    if not movable:
        return list(names)
    moved = movable[int(rng.integers(len(movable)))]
    others = near[moved]
    neighbour = others[int(rng.integers(len(others)))]
    return [neighbour if name == moved else name for name in names]


def corpus_of(queries: Iterable[Query]) -> dict[str, tuple[str, ...]]:
    """Return every text of the queries with the tracks it stands for, in order of appearance."""
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
    """Read what write_pairs wrote; raises MelScribeError for a query that nothing answers."""
    path = folder / "queries.jsonl"
    queries = []
    for number, row in enumerate(read_jsonl(path), 1):
        positives, named, tracks = (tuple(row[key]) for key in ("positives", "named", "tracks"))
        query = Query(row["text"], positives, named, tracks, row["source"])
        if not query.positives:
            raise MelScribeError(
                f"{path}: line {number} has no positives; give the query a right text or remove it."
            )
        queries.append(query)
    if not queries:
        raise MelScribeError(f"{path}: it holds no query; prepare pairs from data with captions.")
    corpus = {row["text"]: tuple(row["tracks"]) for row in read_jsonl(folder / "corpus.jsonl")}
    return Pairs(tuple(queries), corpus)


def write_jsonl(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one JSON object per line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


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
        said = [(text, _kind(track, dataset, turn)) for turn, text in enumerate(track.captions)]
        sample: Callable[..., list[tuple[str, ...]]] = _request_sets
    else:
        said = [(text, dataset) for caption in track.captions for text in sentences(caption)]
        short = [text for text, _ in said if len(text.split()) < FEWEST_WORDS]
        dropped["sentences of one word"] += len(short)
        said = [(text, source) for text, source in said if text not in short]
        sample = _sentence_sets
    made = []
    for text, source in said:
        found = named_in(text, whole)
        sets = sample(whole, found, options, rng)
        texts = tuple(dict.fromkeys(SEPARATOR.join(names) for names in sets))
        made.append(Query(text, texts, found, (name,), source))
    return made


def _kind(track: Captioned, dataset: str, turn: int) -> str:
    """Return what kind of request a track's `turn`-th is."""
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
    """Return the whole set, then ones that lost descriptors which the request does not name."""
    sets = [whole]
    for _ in range(options.sets - 1 if options.keep else 0):
        kept = tuple(name for name in whole if name in found or rng.random() < options.keep)
        sets += [kept] if kept else []
    return sets


def _sample(names: Sequence[str], low: int, high: int, rng: np.random.Generator) -> list[str]:
    """Return `low` to `high` of the names, as far as there are any."""
    high = min(high, len(names))
    if high < 1:
        return []
    count = int(rng.integers(min(low, high), high + 1))
    return [names[i] for i in rng.choice(len(names), count, replace=False)]


def _gram_keys(sentence: str, longest: int) -> set[str]:
    """Return the keys of all runs of up to `longest` words, singular, with spellings resolved."""
    words = [_word_key(word) for word in _WORD.findall(sentence)]
    keys: set[str] = set()
    for start in range(len(words)):
        gram = ""
        for word in words[start : start + longest]:
            gram += word
            keys.add(_singular(gram))
            keys.update(_spelt(gram))
    return keys


@lru_cache(1 << 16)
def _word_key(word: str) -> str:
    if any(c.isdigit() for c in word):
        word = text_of([word]) or word  # "90's" -> "1990s"
    return "and" if word.casefold() in ("n", "'n'", "+") else key_of(word)


@cache
def _rules() -> Rules:
    return load_rules()


def _spelt(key: str) -> Iterable[str]:
    names = _rules().vocabulary.spellings.get(key, ())
    return (_singular(key_of(name)) for name in names)


def _singular(key: str) -> str:
    """Return a key without a plural's s, so that "guitars" names "guitar"."""
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key
