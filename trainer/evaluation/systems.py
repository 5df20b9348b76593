"""What can be measured: a system ranks texts for queries. `load_system` knows them by name.

| name | what it is |
|---|---|
| `bundled` | the encoder that ships, alone: cosine of query and text |
| `hybrid` | what `beet describe` ranks by: the same encoder, the words, and their fusion |
| `hybrid:NAME` | the same around another encoder |
| `tfidf` | cosine of tf-idf vectors (scikit-learn's defaults), fitted on the texts |
| `bm25` | SQLite's BM25 over texts with any word of the query |
| `clap:NAME` | the text tower of a CLAP model |
| any other | an encoder, by path or hub name: an exported folder, a sentence-transformers model, |
| | or a plain transformer, whose token vectors are averaged |

Encoders are compared by cosine, as `beet describe` compares them. The first three read a text as an
index would hold it, spelt by the rules of descriptors (`as_indexed`); the others as it is given.
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
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.catalogue import (
    Catalogue,
    Description,
    Present,
    key_of,
    open_catalogue,
)
from melscribe_core.catalogue.embedding import adopt_encoder
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.catalogue.schema import TOKENIZER
from melscribe_core.descriptors.sets import text_of
from melscribe_core.encoder.calibration import UNFITTED, Calibration
from melscribe_core.encoder.encoder import Encoder, load_encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.search.search import Search, Wish

BLOCK = 256  # queries scored at a time: with 20,000 texts 20 MB of scores
CLAP_BATCH = 64  # texts
INSTALL = 'pip install "beets-melscribe[train]"'

_WORD = re.compile(r"\w+")


class System(Protocol):
    """Something that ranks."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return for each query the positions of its k best texts, best first.

        Fewer where the system finds fewer. Of equally good ones the first in `texts` comes first.
        """


def load_system(name: str) -> System:
    """Return the system called `name`, see the table above.

    Raises MelScribeError when it cannot run here: not installed, not found, cannot be downloaded.
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
    """Return what an index holds of a text: "" when nothing in it is a descriptor."""
    return text_of([text])


def as_given(text: str) -> str:
    """Return the text itself."""
    return text


class Meaning:
    """Rank by the cosine of vectors; a text of which `read` leaves nothing is not found."""

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
            # Equal texts share one column, so that rounding cannot part them.
            return np.asarray(cosines[:, places], np.float32)

        return _ranked(scores, len(queries), k)


@contextmanager
def search_of(texts: Sequence[str], encoder: Encoder) -> Iterator[Search]:
    """Yield the core's own search over a passing index of the texts, each as one track."""
    with (
        TemporaryDirectory() as folder,
        closing(open_catalogue(Path(folder) / "catalogue")) as catalogue,
    ):
        _fill(catalogue, texts, encoder)
        neighbours = Neighbours(catalogue, encoder.fingerprint, encoder.dim)
        neighbours.refresh()
        yield Search(catalogue, neighbours, encoder)


class Hybrid:
    """Rank as `beet describe` does: by the core's own search, over a catalogue of the texts.

    A text stands for one track. What holds no descriptor is never found.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank; tracks of one text come in an order of the search."""
        self._encoder.encode(queries)  # all at once; the search asks for them one by one
        with search_of(texts, self._encoder) as search:
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
        except ValueError:  # not one word in all the texts
            return [[] for _ in queries]
        of_queries = vectorizer.transform(queries)
        return _ranked(
            lambda part: (of_queries[part] @ of_texts.T).toarray(), len(queries), k, above=0.0
        )


class Bm25:
    """Rank by BM25 as SQLite computes it (k1 = 1.2, b = 0.75), any word of the query counting."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        """Return positions, see System.rank."""
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute(f"CREATE VIRTUAL TABLE docs USING fts5 (text, tokenize='{TOKENIZER}')")
            db.executemany("INSERT INTO docs (rowid, text) VALUES (?, ?)", enumerate(texts))
            return [_matches(db, query, k) for query in queries]


class Remembering:
    """An encoder that encodes no text twice, however many tests share it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, FloatArray] = {}

    @property
    def dim(self) -> int:
        """Return the length of every vector."""
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        """Return the encoder's own fingerprint."""
        return self._encoder.fingerprint

    @property
    def calibration(self) -> Calibration:
        """Return the encoder's own calibration."""
        return self._encoder.calibration

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])

    def knows(self, word: str) -> bool:
        """Say whether the encoder knows a word."""
        return self._encoder.knows(word)


class ClapEncoder:
    """The text tower of a CLAP model (transformers' ClapModel), projected and of unit length."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer

    @property
    def dim(self) -> int:
        """Return the length of every vector."""
        return int(self._model.config.projection_dim)

    @property
    def fingerprint(self) -> str:
        """Return the model's name: its vectors are never stored."""
        return f"clap:{self._model.name_or_path}"

    @property
    def calibration(self) -> Calibration:
        """Return UNFITTED."""
        return UNFITTED

    def knows(self, word: str) -> bool:
        """Say no: evaluation asks for no word."""
        return False

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        import torch

        vectors = np.empty((len(texts), self.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))  # little padding
        with torch.inference_mode():
            for start in range(0, len(texts), CLAP_BATCH):
                part = order[start : start + CLAP_BATCH]
                tokens = self._tokenizer(
                    [texts[place] for place in part],
                    padding=True,
                    truncation=True,
                    return_tensors="pt",
                ).to(self._model.device)
                embedded = self._model(**tokens).text_embeds
                vectors[part] = torch.nn.functional.normalize(embedded).float().cpu().numpy()
        return vectors


def clap_encoder(name: str) -> ClapEncoder:
    """Load the text tower of the CLAP model `name`, a folder or a hub name.

    Raises MelScribeError when transformers is not installed or the model does not load.
    """
    try:
        import torch
        from transformers import AutoTokenizer, ClapTextModelWithProjection
    except ImportError as error:
        raise MelScribeError(f"A CLAP model needs transformers: {INSTALL}.") from error
    try:
        model: Any = ClapTextModelWithProjection.from_pretrained(name)
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise MelScribeError(
            f"The CLAP model {name} does not load ({reason}); "
            "download it and give its folder, or check the name."
        ) from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return ClapEncoder(model.to(device), tokenizer)


@cache
def _encoder(name: str | None) -> Remembering:
    """Return an encoder, one for all systems that use it."""
    return Remembering(load_encoder(name))


def _distinct(texts: Iterable[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return each text once, and for every one given which of those it is."""
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(text, len(numbers)) for text in texts]
    return list(numbers), np.array(places, np.int64)


def _ranked(
    scores: Callable[[slice], FloatArray], queries: int, k: int, above: float = -np.inf
) -> list[list[int]]:
    """Return the positions of the k best scores above a limit, block by block.

    `scores` returns float (queries in the part, texts).
    """
    parts = (slice(start, start + BLOCK) for start in range(0, queries, BLOCK))
    return [row for part in parts for row in _best(scores(part), k, above)]


def _best(scores: FloatArray, k: int, above: float) -> Iterator[list[int]]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    for row, best in zip(scores, order, strict=True):
        yield [int(place) for place in best if row[place] > above]


def _fill(catalogue: Catalogue, texts: Sequence[str], encoder: Encoder) -> None:
    """Index the texts; their positions are the tracks.

    Single descriptors get no vectors: those explain hits and do not rank them.
    """
    catalogue.apply(catalogue.plan(map(_present, range(len(texts)), texts)))
    adopt_encoder(catalogue, encoder)
    if waiting := catalogue.pending("texts"):
        vectors = encoder.encode([text for _, text in waiting])
        catalogue.store("texts", [number for number, _ in waiting], vectors)


def _present(place: int, text: str) -> Present:
    return Present(place, key_of(text), lambda: Description(as_indexed(text), ()))


def _first(search: Search, query: str, k: int) -> list[int]:
    hits = search.hits(search.ask(Wish(query)))
    return [hit.track for hit in islice(hits, k)]


def _matches(db: sqlite3.Connection, query: str, k: int) -> list[int]:
    expression = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(query)))
    if not expression:
        return []
    select = "SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rank, rowid LIMIT ?"
    return [row[0] for row in db.execute(select, (expression, k))]
