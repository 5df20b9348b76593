"""Compare ways to join cosines and words on the development requests and captions.

    python -m benchmarks.quality.fusion --data FOLDER
    python -m benchmarks.quality.fusion --data FOLDER --weights 0,4,6,8,10,12 --short
    python -m benchmarks.quality.fusion --data FOLDER --encoder NAME --beside train --beside jamendo
    python -m benchmarks.quality.fusion --data FOLDER --encoder NAME --beside jamendo --depth

The first command measures the bundled encoder on the development sets. `--weights` adds a row for
each of these weights of words, `--short` prints recall@10 and nDCG@10 only, a column per set.
`--beside` prints the table again with the sets of another collection as distractors: those of
training (captions too), of the training requests alone, or of a real library. `--depth` prints
instead how many of the best of a full scan are among the candidates.

FOLDER has requests/, musiccaps/ (train.jsonl and dev.jsonl in each), languages/LANGUAGE/dev.jsonl
and jamendo/library.tsv.gz. The tf-idf baselines need scikit-learn (extra `train`). fusion.md has
the tables and other trials.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.schema import TOKENIZER
from melscribe_core.descriptors.sets import SEPARATOR, load_rules, text_of
from melscribe_core.encoder.calibration import Calibration, Scale
from melscribe_core.encoder.encoder import Encoder, load_encoder
from melscribe_core.search import words
from melscribe_core.search.lookup import words_asked
from melscribe_core.search.mentions import KnownDescriptors

Row = dict[str, Any]
Scores = NDArray[np.floating[Any]]
Asked = tuple[str, frozenset[str]]  # a request and its relevant texts

SEEDS = (1, 2, 3)
LANGUAGES = ("de", "fr", "es")
KINDS = ("terse", "spoken", "reworded")
TURNS = ("chat, first", "chat, next", "chat, bare")
THINNED = 0.25  # share of the longer words that is left out of a sentence
DEPTH = 10  # measured places of a ranking
LOOKED_AT = 50  # best texts of a full scan that should be among the candidates
CANDIDATES = ((100, 300), (300, 300), (300, 500), (300, 1000))  # by meaning, by words
RRF_K = 60.0  # Cormack, Clarke & Büttcher 2009


@dataclass(frozen=True)
class Task:
    """Requests with their relevant texts, and all distinct texts to rank."""

    name: str
    asked: Sequence[Asked]
    texts: Sequence[str]


@dataclass(frozen=True)
class Evidence:
    """Scores of all texts for one request, from each source; 0 without a match."""

    meaning: FloatArray  # cosine
    scale: Scale
    calibration: Calibration
    bm25: Scores
    tfidf: Scores  # cosine
    phrases: Scores  # cosine of tf-idf over one to three words
    words: Scores


System = Callable[[Evidence], Scores]
Measured = dict[str, NDArray[np.float64]]  # system -> MEASURES


def reciprocal_rank_fusion(e: Evidence) -> Scores:
    """Return the sum of 1 / (k + rank) of cosine and BM25.

    A text without a word of the request has no BM25 rank.
    """
    by_words = np.where(e.bm25 > 0, 1 / (RRF_K + _ranks(e.bm25)), 0.0)
    return 1 / (RRF_K + _ranks(e.meaning)) + by_words


SYSTEMS: dict[str, System] = {
    "meaning": lambda e: e.meaning,
    "BM25": lambda e: e.bm25,
    "tf-idf": lambda e: e.tfidf,
    "phrases": lambda e: e.phrases,
    "meaning + 0.25 phrases": lambda e: e.meaning + 0.25 * e.phrases,
    "meaning + 0.5 phrases": lambda e: e.meaning + 0.5 * e.phrases,
    "reciprocal rank fusion": reciprocal_rank_fusion,
    "words": lambda e: e.words,
    "hybrid": lambda e: words.evidence(e.meaning, e.words, e.scale, e.calibration),
}


def weighted(weight: float) -> System:
    """Return the hybrid with another weight of words than the calibration's."""
    return lambda e: words.evidence(
        e.meaning, e.words, e.scale, replace(e.calibration, words=weight)
    )


MEASURES = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")


def measures(ranked: Sequence[int], right: frozenset[int]) -> tuple[float, ...]:
    """Return MEASURES, from 0 to 1, of one ranking: the best DEPTH texts, best first.

    Recall@k is the share of min(k, number of relevant texts).
    """
    hits = [number in right for number in ranked]
    recalls = [sum(hits[:k]) / min(k, len(right)) for k in (1, 5, DEPTH)]
    mrr = 1 / (1 + hits.index(True)) if any(hits) else 0.0
    gains = [1 / np.log2(place + 2) for place in range(len(hits))]
    ideal = sum(gains[: len(right)])
    ndcg = sum(gain for gain, hit in zip(gains, hits, strict=True) if hit) / ideal
    return (*recalls, mrr, float(ndcg))


def tasks(folder: Path, beside: str | None = None) -> Iterator[Task]:
    """Yield the tasks; `beside` names a collection whose texts are added as distractors.

    There is one MC task for each of SEEDS.
    """
    more = set(_distractors(folder, beside)) if beside else set()
    captions = _rows(folder / "musiccaps/dev.jsonl")
    for seed in SEEDS:
        pairs = list(_sampled(captions, seed))
        yield _task("MC", pairs, more)
        yield _task("MC thinned", [(_thinned(one, seed), right) for one, right in pairs], more)
    whole = [(s, text_of(row["tags"])) for row in captions for s in _sentences(row["caption"])]
    yield _task("MC whole", [(s, frozenset([t])) for s, t in whole], more)
    rows = _rows(folder / "requests/dev.jsonl")
    more |= {text_of(row["tags"]) for row in rows}
    plain = [row for row in rows if row["region"] != "chat"]
    chat = [row for row in rows if row["region"] == "chat"]
    for turn, kind in enumerate(KINDS):
        pairs = [(row["requests"][turn], frozenset([text_of(row["tags"])])) for row in plain]
        yield _task(kind, pairs, more)
    for turn, kind in enumerate(TURNS):
        yield _task(kind, [_graded(row, row["requests"][turn], more) for row in chat], more)
    for language in LANGUAGES:
        rows = _rows(folder / f"languages/{language}/dev.jsonl")
        said = [(one, text_of(row["tags"])) for row in rows for one in row["requests"]]
        yield _task(language, [(one, frozenset([text])) for one, text in said], more)


def evidence(task: Task, encoder: Encoder) -> Iterator[Evidence]:
    """Yield the scores of all texts of the task for each of its requests."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    requests = [request for request, _ in task.asked]
    meaning = _encoded(encoder, requests) @ _encoded(encoder, task.texts).T
    tfidf, phrases = (
        vectorizer.fit(task.texts).transform(requests) @ vectorizer.transform(task.texts).T
        for vectorizer in (
            TfidfVectorizer(),
            TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, stop_words="english"),
        )
    )
    index = _Index(task.texts)
    for number, request in enumerate(requests):
        bm25, shared = index.scores(request)
        cosines = meaning[number]
        scale = words.scale_of(
            cosines[:: max(1, len(cosines) // words.SAMPLE)], encoder.calibration.usual
        )
        by_words, by_phrases = (one[number].toarray()[0] for one in (tfidf, phrases))
        yield Evidence(cosines, scale, encoder.calibration, bm25, by_words, by_phrases, shared)


def measured(task: Task, encoder: Encoder, systems: Mapping[str, System] = SYSTEMS) -> Measured:
    """Return the mean MEASURES of each system on the task."""
    numbers = {text: number for number, text in enumerate(task.texts)}
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in systems}
    for (_, right), known in zip(task.asked, evidence(task, encoder), strict=True):
        wanted = frozenset(numbers[text] for text in right)
        for name, system in systems.items():
            best = np.argsort(-system(known), kind="stable")[:DEPTH]
            found[name].append(measures(best.tolist(), wanted))
    return {name: np.mean(values, axis=0) for name, values in found.items()}


def among_candidates(task: Task, encoder: Encoder) -> NDArray[np.float64]:
    """Return, for each of CANDIDATES, the mean share of the best LOOKED_AT texts in them."""
    shares = []
    for known in evidence(task, encoder):
        best = np.argsort(-SYSTEMS["hybrid"](known), kind="stable")[:LOOKED_AT]
        by_meaning, by_words = _ranks(known.meaning)[best], _ranks(known.bm25)[best]
        matched = known.bm25[best] > 0
        shares.append(
            [np.mean((by_meaning <= k) | (matched & (by_words <= n))) for k, n in CANDIDATES]
        )
    return np.asarray(np.mean(shares, axis=0))


class _Index:
    """A full-text index like the one of the catalogue, in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute(f"CREATE VIRTUAL TABLE w USING fts5 (t, tokenize='{TOKENIZER}')")
        self._db.executemany("INSERT INTO w (rowid, t) VALUES (?, ?)", enumerate(texts))
        self._db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (w, 'row')")
        frequency = dict(self._db.execute("SELECT term, doc FROM v"))
        self._rarity = words.Rarity(len(texts), frequency)
        self._sets = [tuple(text.split(SEPARATOR)) for text in texts]
        descriptors = {descriptor for one in self._sets for descriptor in one}
        self._known = KnownDescriptors(descriptors, load_rules().vocabulary)

    def scores(self, request: str) -> tuple[Scores, Scores]:
        """Return the BM25 score and the words score of every text."""
        bm25, shared = np.zeros(len(self._sets)), np.zeros(len(self._sets))
        mentions = self._known.mentions(request)
        whole = {descriptor for mention in mentions for descriptor in mention.descriptors}
        if asked := words_asked(request, mentions):
            select = "SELECT rowid, -rank FROM w WHERE w MATCH ?"
            found = self._db.execute(select, (words.match_expression(asked),)).fetchall()
            texts = [text for text, _ in found]
            bm25[texts] = [score for _, score in found]
            sets = [self._sets[text] for text in texts]
            shared[texts] = words.words_scores(asked, sets, self._rarity, named=whole)
        return bm25, shared


_vectors: dict[str, NDArray[np.float32]] = {}


def _encoded(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the vectors of the texts; each text is encoded once for all tasks."""
    new = sorted({text for text in texts if text not in _vectors}, key=len)
    if new:
        _vectors.update(zip(new, encoder.encode(new), strict=True))
    return np.stack([_vectors[text] for text in texts])


def _task(name: str, asked: Sequence[Asked], more: Iterable[str]) -> Task:
    texts = sorted({text for _, right in asked for text in right} | set(more))
    return Task(name, asked, texts)


def _sampled(captions: Iterable[Row], seed: int) -> Iterator[Asked]:
    """Yield the sentences of the captions, each with a tag set sampled as in the paper.

    A set has some of the tags that are in the sentence, and at most as many others. Sentences
    without a tag are left out.
    """
    rng = random.Random(seed)
    for row in captions:
        tags = sorted({tag.lower().strip() for tag in row["tags"]} - {""})
        for sentence in _sentences(row["caption"]):
            inside = [tag for tag in tags if tag in sentence.lower()]
            others = [tag for tag in tags if tag not in inside]
            if inside:
                chosen = rng.sample(inside, rng.randint(1, len(inside)))
                chosen += rng.sample(others, rng.randint(0, min(len(inside), len(others))))
                if text := text_of(chosen):
                    yield sentence, frozenset([text])


def _thinned(sentence: str, seed: int) -> str:
    """Return the sentence without some of its words of four letters and more, drawn by itself."""
    rng = random.Random(f"{seed} {sentence}")
    return " ".join(w for w in sentence.split() if len(w) < 4 or rng.random() >= THINNED)


def _graded(row: Row, request: str, texts: Iterable[str]) -> Asked:
    """Return the request with its own text and every text that has all descriptors it names."""
    own = text_of(row["tags"])
    said = set(words.word_bases(request))
    named = {tag for tag in own.split(SEPARATOR) if said.issuperset(words.word_bases(tag))}
    right = {text for text in texts if named and named.issubset(text.split(SEPARATOR))}
    return request, frozenset(right | {own})


def _sentences(caption: str) -> list[str]:
    return [part.strip() for part in caption.replace("\n", " ").split(". ") if part.strip()]


def _distractors(folder: Path, name: str) -> Iterator[str]:
    if name in ("requests", "train"):
        captions = _rows(folder / "musiccaps/train.jsonl") if name == "train" else []
        rows = [*captions, *_rows(folder / "requests/train.jsonl")]
        yield from filter(None, (text_of(row["tags"]) for row in rows))
        yield from (text for _, right in _sampled(captions, SEEDS[0]) for text in right)
    else:
        with gzip.open(folder / "jamendo/library.tsv.gz", "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                tags = "|".join(row[name] for name in ("genres", "instruments", "moods"))
                if text := text_of(tags.split("|")):
                    yield text


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _ranks(scores: Scores) -> NDArray[np.int64]:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def _table(results: dict[str, list[Measured]]) -> str:
    """Return one line per system and task: measures in per cent, the mean over tasks of a name."""
    lines = [f"| | system | {' | '.join(MEASURES)} |", "|---|---|" + "---:|" * len(MEASURES)]
    for task, means in _means(results).items():
        for name, values in means.items():
            lines.append(f"| {task} | {name} | {' | '.join(f'{v:.1f}' for v in values)} |")
    return "\n".join(lines)


def _short_table(results: dict[str, list[Measured]]) -> str:
    """Return one line per system: recall@10 / nDCG@10 in per cent, a column per task."""
    means = _means(results)
    lines = [f"| | {' | '.join(means)} |", "|---|" + "---:|" * len(means)]
    for name in next(iter(means.values())):
        pairs = (of_task[name][[2, 4]] for of_task in means.values())
        lines.append(f"| {name} | {' | '.join(f'{r:.1f} / {n:.1f}' for r, n in pairs)} |")
    return "\n".join(lines)


def _means(results: dict[str, list[Measured]]) -> dict[str, Measured]:
    """Return task -> system -> MEASURES in per cent, the mean over the tasks of one name."""
    return {
        task: {name: 100 * np.mean([run[name] for run in runs], axis=0) for name in runs[0]}
        for task, runs in results.items()
    }


def _depth_table(folder: Path, beside: str | None, encoder: Encoder) -> str:
    """Return one line per task: the share of the best texts among the candidates, in per cent."""
    lines = [f"| | {' | '.join(f'{k}, {n}' for k, n in CANDIDATES)} |"]
    lines.append("|---|" + "---:|" * len(CANDIDATES))
    for task in tasks(folder, beside):
        shares = 100 * among_candidates(task, encoder)
        lines.append(f"| {task.name} | {' | '.join(f'{share:.2f}' for share in shares)} |")
    return "\n".join(lines)


def _results(
    folder: Path, beside: str | None, encoder: Encoder, systems: Mapping[str, System]
) -> dict[str, list[Measured]]:
    results: dict[str, list[Measured]] = {}
    for task in tasks(folder, beside):
        size = f"{len(task.asked)} requests, {len(task.texts)} texts"
        print(f"{task.name}: {size}", file=sys.stderr)
        results.setdefault(task.name, []).append(measured(task, encoder, systems))
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    encoder = load_encoder(options.encoder)
    systems = SYSTEMS | {f"hybrid, weight {one:g}": weighted(one) for one in options.weights}
    table = _short_table if options.short else _table
    for beside in (None, *options.beside):
        print(f"\n{f'beside {beside}' if beside else 'the dev sets alone'}\n")
        if options.depth:
            print(_depth_table(options.data, beside, encoder))
        else:
            print(table(_results(options.data, beside, encoder, systems)))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", help="a name or folder; the bundled one by default")
    besides = ["requests", "train", "jamendo"]
    parser.add_argument("--beside", action="append", default=[], choices=besides)
    parser.add_argument("--weights", type=_weights, default=[], metavar="W,...")
    parser.add_argument("--short", action="store_true", help="print two measures, in columns")
    parser.add_argument("--depth", action="store_true", help="measure the candidates")
    return parser.parse_args(words)


def _weights(listed: str) -> list[float]:
    return [float(one) for one in listed.split(",")]


if __name__ == "__main__":
    main()
