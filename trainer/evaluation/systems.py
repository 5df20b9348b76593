"""Systems that rank texts for queries; `load_system` opens one by its name.

| name | what it is |
|---|---|
| `bundled` | the bundled encoder alone: cosine of query and text |
| `hybrid` | the ranking of `beet describe`: the same encoder, shared words, and their fusion |
| `hybrid:NAME` | the same with another encoder |
| `tfidf` | cosine of tf-idf vectors (scikit-learn's defaults), fitted on the texts |
| `bm25` | SQLite's BM25 over the texts with any word of the query |
| `clap:NAME` | the text tower of a CLAP model |
| any other | an encoder, by path or hub name: an exported folder, a sentence-transformers model, |
| | or a plain transformer, whose token vectors are averaged |

The first three read a text as an index stores it, in the spelling of descriptors (`as_indexed`);
the others read it as given. A new system implements `System` and gets a case in `load_system`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.catalogue import Catalogue, open_catalogue
from melscribe_core.catalogue.schema import TOKENIZER
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.descriptors.sets import load_rules, text_of
from melscribe_core.encoder.encoder import Encoder, load_encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.index import Index
from melscribe_core.languages.detection import language_of
from melscribe_core.search.question import Wish
from melscribe_core.search.rendering import reading
from melscribe_core.search.search import Search

from ..extra import INSTALL
from .encoders import Remembering, clap_encoder

BLOCK = 256  # queries scored at a time: with 20,000 texts 20 MB of scores

_WORD = re.compile(r"\w+")


class System(Protocol):
    """Ranks texts for queries."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return for each query the positions of its k best texts, best first.

        A row is shorter if the system finds fewer texts. Equal scores keep the order of `texts`.
        """


def load_system(name: str) -> System:
    """Return the system `name`, see the table above.

    Raises MelScribeError if it cannot run here: not installed, not found, cannot be downloaded.
    """
    kind, _, rest = name.partition(":")
    match kind, rest:
        case "bundled", "":
            return Meaning(_encoder(None), as_indexed)
        case "hybrid", _:
            return Hybrid(_encoder(rest or None))
        case "tfidf", "":
            return TfIdf()
        case "bm25", "":
            return Bm25()
        case "clap", _ if rest:
            return Meaning(Remembering(clap_encoder(rest)))
        case _:
            return Meaning(_encoder(name))


def as_indexed(text: str) -> str:
    """Return a text as an index stores it, "" if nothing in it is a descriptor."""
    return text_of([text])


def as_given(text: str) -> str:
    """Return the text itself."""
    return text


class Meaning:
    """Rank by the cosine of vectors; a text that `read` turns into "" is never found."""

    def __init__(self, encoder: Encoder, read: Callable[[str], str] = as_given) -> None:
        self._encoder = encoder
        self._read = read

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank."""
        distinct, places = _distinct(map(self._read, texts))
        of_texts, of_queries = self._encoder.encode(distinct), self._encoder.encode(queries)
        bare = [place for place, text in enumerate(distinct) if not text]

        def scores(part: slice) -> FloatArray:
            cosines = of_queries[part] @ of_texts.T
            cosines[:, bare] = -np.inf
            # Equal texts share one column, so rounding cannot give them different scores.
            return np.asarray(cosines[:, places], np.float32)

        return _ranked(scores, len(queries), k)


@contextmanager
def search_of(
    texts: Sequence[str], encoder: Encoder, of_texts: Encoder | None = None
) -> Iterator[Search]:
    """Yield the core's search over a temporary catalogue with one track per text.

    `of_texts` encodes the texts, if it is not the encoder of requests.
    """
    with (
        TemporaryDirectory() as folder,
        closing(open_catalogue(Path(folder) / "catalogue")) as catalogue,
    ):
        _fill(catalogue, texts, of_texts or encoder)
        index = Index(catalogue, encoder)
        index.neighbours.refresh()
        yield index.search


class Hybrid:
    """Rank as `beet describe` does: the core's search over a catalogue with one track per text.

    A text without a descriptor is never found. `of_texts` encodes the texts, if it is not the
    encoder of requests.
    """

    def __init__(self, encoder: Encoder, of_texts: Encoder | None = None) -> None:
        self._encoder, self._of_texts = encoder, of_texts

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank; equal texts are in the search's own order."""
        self._encoder.encode(queries)  # in batches; the search would encode them one by one
        with search_of(texts, self._encoder, self._of_texts) as search:
            return [_first(search, query, k) for query in queries]


class TfIdf:
    """Rank by the cosine of tf-idf vectors; texts without a word of the query are not found."""

    def __init__(self) -> None:
        try:
            from sklearn.feature_extraction.text import TfidfVectorizer
        except ImportError as error:
            raise MelScribeError(f"tfidf needs scikit-learn: {INSTALL}.") from error
        self._vectorizer = TfidfVectorizer

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank."""
        vectorizer = self._vectorizer()
        try:
            of_texts = vectorizer.fit_transform(texts)
        except ValueError:  # the texts have no words
            return [[] for _ in queries]
        of_queries = vectorizer.transform(queries)
        return _ranked(
            lambda part: (of_queries[part] @ of_texts.T).toarray(), len(queries), k, above=0.0
        )


class Bm25:
    """Rank the texts with any word of the query by SQLite's BM25 (k1 = 1.2, b = 0.75)."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank."""
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute(f"CREATE VIRTUAL TABLE docs USING fts5 (text, tokenize='{TOKENIZER}')")
            db.executemany("INSERT INTO docs (rowid, text) VALUES (?, ?)", enumerate(texts))
            return [_matches(db, query, k) for query in queries]


@cache
def _encoder(name: str | None) -> Remembering:
    """Return an encoder that all systems share."""
    return Remembering(load_encoder(name))


def _distinct(texts: Iterable[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct texts, and for each given text the number of its distinct one."""
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(text, len(numbers)) for text in texts]
    return list(numbers), np.array(places, np.int64)


def _ranked(
    scores: Callable[[slice], FloatArray], queries: int, k: int, above: float = -np.inf
) -> list[list[int]]:
    """Return the positions of the k best scores above `above`; computed block by block.

    `scores` maps a slice of the queries to their scores, (queries, texts).
    """
    parts = (slice(start, start + BLOCK) for start in range(0, queries, BLOCK))
    return [row for part in parts for row in _best(scores(part), k, above)]


def _best(scores: FloatArray, k: int, above: float) -> Iterator[list[int]]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    for row, best in zip(scores, order, strict=True):
        yield [int(place) for place in best if row[place] > above]


def _fill(catalogue: Catalogue, texts: Sequence[str], encoder: Encoder) -> None:
    """Index the texts; a track's id is its text's position.

    Single descriptors get no vectors, which only explain hits and do not affect the ranking.
    """
    catalogue.tracks.apply(catalogue.tracks.plan(map(_row, range(len(texts)), texts)))
    catalogue.vectors.adopt(encoder.fingerprint)
    if waiting := catalogue.vectors.pending("texts"):
        vectors = encoder.encode([row.text for row in waiting])
        catalogue.vectors.store("texts", [row.id for row in waiting], vectors)


def _row(place: int, text: str) -> Row:
    return Row(place, Description(as_indexed(text), ()))


def _first(search: Search, query: str, k: int) -> list[int]:
    hits = search.hits(search.ask(wish_of(query)))
    return [hit.track for hit in islice(hits, k)]


def wish_of(request: str) -> Wish:
    """Return the wish for a request, all of it description, in the language that it is told by."""
    return Wish(request, reading=reading(request, language_of(request), load_rules().vocabulary))


def _matches(db: sqlite3.Connection, query: str, k: int) -> list[int]:
    expression = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(query)))
    if not expression:
        return []
    select = "SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rank, rowid LIMIT ?"
    return [row[0] for row in db.execute(select, (expression, k))]
