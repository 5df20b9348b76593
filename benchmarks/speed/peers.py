"""Four other ways to search the same tags, each as its documentation shows it, with its defaults.

    python -m benchmarks.speed.peers NAME index LIBRARY FOLDER --weights W
    python -m benchmarks.speed.peers NAME ask FOLDER REQUEST --weights W
    python -m benchmarks.speed.peers NAME rank LIBRARY FOLDER --requests FILE --weights W

`index` reads the tags of a beets library, one text per track, and writes an index into FOLDER.
`ask` answers one request and prints the positions of ten tracks. `rank` answers many requests in
one process and prints the same measurements as benchmarks.speed.warm_requests. W is a
sentence-transformers folder; tf-idf ignores it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from benchmarks.speed.plain_script import BATCH, read_texts
from benchmarks.speed.warm_requests import FIRST, TIMED, read_asked


class Peer(Protocol):
    """One system. A place is the position of a text in the list that was indexed."""

    def __init__(self, weights: str) -> None: ...

    def index(self, texts: Sequence[str], folder: Path) -> None:
        """Write the index of the texts into a folder."""

    def load(self, folder: Path) -> None:
        """Read the index from a folder."""

    def ask(self, request: str, count: int) -> list[int]:
        """Return the places of the `count` best texts, best first."""


class Hnsw:
    """Sentence-transformers and hnswlib."""

    def __init__(self, weights: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(weights, device="cpu")

    def index(self, texts: Sequence[str], folder: Path) -> None:
        """Encode every text and add it to a graph."""
        import hnswlib

        vectors = self._model.encode(list(texts), batch_size=BATCH, normalize_embeddings=True)
        graph = hnswlib.Index("cosine", vectors.shape[1])
        graph.init_index(len(texts))
        graph.add_items(vectors)
        graph.save_index(str(folder / "graph"))

    def load(self, folder: Path) -> None:
        """Load the graph."""
        import hnswlib

        self._graph = hnswlib.Index("cosine", self._model.get_embedding_dimension())
        self._graph.load_index(str(folder / "graph"))

    def ask(self, request: str, count: int) -> list[int]:
        """Search the graph; its ef must be at least the number of results."""
        count = min(count, self._graph.get_current_count())
        self._graph.set_ef(max(count, 50))
        labels, _ = self._graph.knn_query(self._model.encode(request), k=count)
        return [int(label) for label in labels[0]]


class Loop:
    """Sentence-transformers and an exact scan, as in the published evaluation."""

    def __init__(self, weights: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(weights, device="cpu")

    def index(self, texts: Sequence[str], folder: Path) -> None:
        """Encode every text."""
        import numpy as np

        np.save(folder / "vectors.npy", self._model.encode(list(texts), batch_size=BATCH))

    def load(self, folder: Path) -> None:
        """Read the vectors."""
        import numpy as np
        import torch

        self._vectors = torch.from_numpy(np.load(folder / "vectors.npy"))

    def ask(self, request: str, count: int) -> list[int]:
        """Compare the request with every vector."""
        import torch
        from sentence_transformers.util import cos_sim

        query = self._model.encode(request, convert_to_tensor=True)
        scores = cos_sim(query, self._vectors)[0]
        return [int(place) for place in torch.topk(scores, min(count, len(scores))).indices]


class TfIdf:
    """The tf-idf of scikit-learn."""

    def __init__(self, weights: str) -> None:
        pass  # has no weights

    def index(self, texts: Sequence[str], folder: Path) -> None:
        """Weight the words of every text."""
        import joblib
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = TfidfVectorizer()
        joblib.dump((words, words.fit_transform(texts)), folder / "words.joblib")

    def load(self, folder: Path) -> None:
        """Read the weighted words."""
        import joblib

        self._words, self._matrix = joblib.load(folder / "words.joblib")

    def ask(self, request: str, count: int) -> list[int]:
        """Compare the request with every text."""
        import numpy as np
        from sklearn.metrics.pairwise import linear_kernel

        scores = linear_kernel(self._words.transform([request]), self._matrix)[0]
        return [int(place) for place in np.argsort(-scores, kind="stable")[:count]]


class Txtai:
    """The package txtai with its default settings."""

    def __init__(self, weights: str) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings(path=weights)

    def index(self, texts: Sequence[str], folder: Path) -> None:
        """Index and save the texts."""
        self._embeddings.index(texts)
        self._embeddings.save(str(folder / "index"))

    def load(self, folder: Path) -> None:
        """Load the index."""
        self._embeddings.load(str(folder / "index"))

    def ask(self, request: str, count: int) -> list[int]:
        """Search the index."""
        return [int(place) for place, _ in self._embeddings.search(request, count)]


PEERS: dict[str, Callable[[str], Peer]] = {
    "hnsw": Hnsw,
    "loop": Loop,
    "tf-idf": TfIdf,
    "txtai": Txtai,
}


def first_sets(peer: Peer, request: str, texts: Sequence[str]) -> list[str]:
    """Return the first FIRST distinct texts of an answer, asking for more places until found."""
    count = 5 * FIRST
    while True:
        places = peer.ask(request, count)
        found = list(dict.fromkeys(texts[place] for place in places))
        if len(found) >= FIRST or len(places) < count:
            return found[:FIRST]
        count *= 8


def rank(peer: Peer, library: Path, requests: Path) -> dict[str, Any]:
    """Answer all requests; return "requests", "median" and "recall".

    They have the same meaning as in benchmarks.speed.warm_requests.
    """
    asked = read_asked(requests)
    tagged = read_texts(library)
    texts = list(tagged.values())
    peer.ask(asked[0][0], FIRST)  # the first request reads what the others find in memory
    took = []
    for request, _ in asked[:TIMED]:
        started = time.perf_counter()
        peer.ask(request, FIRST)
        took.append(time.perf_counter() - started)
    right = [
        tagged[track] in first_sets(peer, request, texts)
        for request, track in asked
        if track is not None
    ]
    recall = sum(right) / len(right) if right else None
    return {"requests": len(took), "median": median(took), "recall": recall}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    peer = PEERS[options.name](options.weights)
    if options.what == "index":
        options.folder.mkdir(parents=True)
        peer.index(list(read_texts(options.library).values()), options.folder)
        return
    peer.load(options.folder)
    if options.what == "ask":
        print(json.dumps(peer.ask(options.request, FIRST)))
    else:
        print(json.dumps(rank(peer, options.library, options.requests)))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Search the tags of a library with another system."
    )
    parser.add_argument("name", choices=PEERS)
    what = parser.add_subparsers(dest="what", required=True)
    index, ask, rank = (what.add_parser(name) for name in ("index", "ask", "rank"))
    for reads in (index, rank):
        reads.add_argument("library", type=Path, help="a beets library.db")
    for one in (index, ask, rank):
        one.add_argument("folder", type=Path, help="folder of the index")
        one.add_argument("--weights", required=True, help="a sentence-transformers folder")
    ask.add_argument("request")
    rank.add_argument("--requests", type=Path, required=True, help="as for warm_requests")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
