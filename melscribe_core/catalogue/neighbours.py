"""Nearest texts to a vector: exact scan, or an HNSW graph for long-running use of many texts.

A scan reads 8 MB for 20,000 texts. A graph is faster once loaded, but loading it takes as long as
twenty scans. So a single query, as from the command line, always scans, and the graph is for
processes that send many queries to a large collection. It needs hnswlib, the extra `hnsw`; without
it every query scans.

The graph is a derived file beside the catalogue, with a stamp (encoder fingerprint, catalogue
revision, seal). When the stamp no longer fits, the graph is updated or rebuilt. A graph whose bytes
changed is never loaded: hnswlib does not check them and would crash the process. The graph only
selects candidates; their exact cosines are computed from the catalogue's vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.checksum import Seal, pack, seal_of, unpack
from melscribe_core.catalogue.packed import Part
from melscribe_core.errors import BusyError
from melscribe_core.files.writing import replace_file

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray, IdArray

FORMAT = 1  # of the stamp; a stamp of another format is ignored

# Least number of texts for a graph. With fewer a scan takes less than 10 of a query's 40 ms, and
# building the graph pays off only after thousands of queries: see
# benchmarks/speed/neighbour_graph.py.
GRAPH_FROM = 150_000
PATIENCE = 20  # scans before the graph is loaded: together they take as long as loading it
M = 16  # links of a node; 24 and 32 hardly improve recall
EF_CONSTRUCTION = 200
# On 21,085 real texts, ef = 600 gives recall@50 0.998 in 0.6 ms, 200 only 0.983: see
# benchmarks/quality/candidate_recall.py.
EF_PER_RESULT = 4  # ef = EF_PER_RESULT * k, at least EF_LEAST
EF_LEAST = 600
DELETED_SHARE = 0.2  # a graph with a larger share of deleted elements is rebuilt
DAMAGED = "The neighbour graph was damaged and has been rebuilt."
SPARE = 1.1  # capacity per element, so that additions seldom resize the graph


@dataclass(frozen=True)
class Stamp:
    """Conditions under which a graph file is current; `live` and `dead` are its elements."""

    encoder: str
    dim: int
    revision: int
    live: int
    dead: tuple[int, ...]
    seal: Seal


class Neighbours:
    """Find the texts nearest to a vector, by scan or graph."""

    def __init__(self, catalogue: Catalogue, encoder: str, dim: int, threads: int = 1) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._dim = dim
        self._threads = threads
        self._path = catalogue.path.with_name(catalogue.path.name + ".hnsw")
        self._graph: Any = None
        self._live = 0
        self._scans = 0
        self._parts: list[Part] = []
        self._last: tuple[FloatArray, IdArray, FloatArray] | None = None
        self._sampled: tuple[int, FloatArray] | None = None

    def near(self, vector: FloatArray, k: int, among: IdArray | None = None) -> IdArray:
        """Return the ids of the k texts nearest to `vector`, float32 (dim,), nearest first.

        `among` restricts the search to these text ids. Returns fewer than k if there are fewer.
        """
        if among is None and self._takes_graph(vector):
            found = self._by_graph(vector, k)
            if found is not None:
                return found
        ids, cosines = self._scanned(vector)
        if among is not None:
            looked_at = np.isin(ids, among)
            ids, cosines = ids[looked_at], cosines[looked_at]
        return best(ids, cosines, k)

    def sample(self, vector: FloatArray, count: int) -> FloatArray:
        """Return the cosines of `vector` to `count` texts, float32; to all if there are fewer.

        The texts are evenly spaced by id, whatever the vector.
        """
        if self._takes_graph(vector):
            return self._spread(count) @ vector
        _, cosines = self._scanned(vector)
        places = np.linspace(0, len(cosines) - 1, min(count, len(cosines))).astype(np.int64)
        found: FloatArray = cosines[places]
        return found

    def is_in_place(self) -> bool:
        """Return whether there is an undamaged graph of the present texts."""
        stamp = _read_stamp(self._path)
        return stamp is not None and self._is_present(stamp) and self._is_intact(stamp)

    def refresh(self) -> str | None:
        """Pack the vectors for scans, and update the graph.

        Returns a note for the user when the graph was damaged, None otherwise. If hnswlib is
        missing or the graph cannot be written there is none, and every query scans.
        """
        self._catalogue.vectors.pack()
        self._parts, self._last, self._graph, self._sampled = [], None, None, None
        if self._catalogue.counts().texts < GRAPH_FROM:
            self.discard()
            return None
        if self.is_in_place():
            return None
        if not _has_hnswlib():
            return None
        return DAMAGED if self._renewed(self._catalogue.vectors.ids()) else None

    def lack(self) -> str | None:
        """Return a note for the user when a graph would help and only hnswlib is missing."""
        texts = self._catalogue.counts().texts
        if texts < GRAPH_FROM or _has_hnswlib():
            return None
        return (
            f"{texts:,} distinct sets: many requests in one process (beet web, `--update` of many)"
            " are faster with hnswlib, which is not installed:"
            " pip install 'beets-melscribe[hnsw]'"
        )

    def discard(self) -> None:
        """Remove the graph files; `refresh` can rebuild them."""
        for path in (self._path, _stamp_path(self._path)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _takes_graph(self, vector: FloatArray) -> bool:
        """Return whether to use the graph; it is loaded after PATIENCE scans."""
        if self._remembers(vector):
            return False
        if self._graph is None and self._scans >= PATIENCE:
            self._scans, self._graph = 0, self._loaded()
        return self._graph is not None

    def _remembers(self, vector: FloatArray) -> bool:
        return self._last is not None and np.array_equal(self._last[0], vector)

    def _scanned(self, vector: FloatArray) -> tuple[IdArray, FloatArray]:
        """Return the ids of all texts and their cosines; the last result is cached."""
        if self._last is not None and self._remembers(vector):
            return self._last[1:]
        try:
            self._parts = self._parts or self._catalogue.vectors.parts(self._dim)
            cosines = [part.cosines(vector) for part in self._parts]
        except (ValueError, TypeError) as error:
            raise self._catalogue.damaged("packed vectors") from error
        self._scans += 1
        ids = np.concatenate([np.empty(0, np.int64), *(part.ids for part in self._parts)])
        values = np.concatenate([np.empty(0, np.float32), *cosines])
        self._last = (vector, ids, values)
        return ids, values

    def _spread(self, count: int) -> FloatArray:
        """Return the vectors of texts evenly spaced by id; cached."""
        if self._sampled is None or self._sampled[0] != count:
            first, last = self._catalogue.vectors.id_range()
            ids = np.linspace(first, last, count).astype(np.int64)
            self._sampled = count, self._catalogue.vectors.of_texts(ids)[1]
        return self._sampled[1]

    def _loaded(self) -> Any:
        """Return the graph if its stamp is current, None otherwise."""
        stamp = _read_stamp(self._path)
        if stamp is None or not self._is_present(stamp):
            return None
        self._live = stamp.live
        return self._load(stamp)

    def _load(self, stamp: Stamp, capacity: int = 0) -> Any:
        if not self._is_intact(stamp):
            return None
        try:
            import hnswlib

            graph = hnswlib.Index("ip", self._dim)
            graph.load_index(str(self._path), max_elements=capacity)
        except (ImportError, RuntimeError):
            return None
        graph.set_num_threads(self._threads)
        return graph

    def _fits(self, stamp: Stamp) -> bool:
        return stamp.encoder == self._encoder and stamp.dim == self._dim

    def _is_present(self, stamp: Stamp) -> bool:
        return self._fits(stamp) and stamp.revision == self._catalogue.revision

    def _by_graph(self, vector: FloatArray, k: int) -> IdArray | None:
        """Return the nearest ids; None if hnswlib cannot reach k elements."""
        k = min(k, self._live)  # hnswlib raises if k exceeds the number of elements
        self._graph.set_ef(max(EF_PER_RESULT * k, EF_LEAST))
        try:
            labels, _ = self._graph.knn_query(vector[None, :], k=k)
        except RuntimeError:
            return None
        found: IdArray = labels[0].astype(np.int64)
        return found

    def _renewed(self, ids: IdArray) -> bool:
        """Write a graph of exactly these texts; return whether the previous one was damaged."""
        was_there, stamp = _stamp_path(self._path).exists(), _read_stamp(self._path)
        if stamp is None or not self._fits(stamp):
            self._save(self._built(ids), [], len(ids))
            return was_there and stamp is None
        graph = self._load(stamp, capacity=int(len(ids) * SPARE))
        grown = (self._built(ids), []) if graph is None else self._grown(graph, stamp.dead, ids)
        self._save(*grown, len(ids))
        return graph is None

    def _grown(self, graph: Any, dead: Sequence[int], ids: IdArray) -> tuple[Any, list[int]]:
        """Return (graph of exactly these texts, its deleted ids), extending the given graph."""
        held = np.asarray(graph.get_ids_list(), np.int64)
        gone = np.setdiff1d(np.setdiff1d(held, ids), np.asarray(dead, np.int64))
        added = np.setdiff1d(ids, held)
        dead = [*dead, *map(int, gone)]
        if len(dead) > DELETED_SHARE * len(held) or len(added) > len(held):
            return self._built(ids), []
        for text in gone:
            graph.mark_deleted(int(text))
        self._add(graph, added, len(held) + len(added))
        return graph, dead

    def _built(self, ids: IdArray) -> Any:
        import hnswlib

        graph = hnswlib.Index("ip", self._dim)
        graph.init_index(int(len(ids) * SPARE), M=M, ef_construction=EF_CONSTRUCTION, random_seed=1)
        self._add(graph, ids, len(ids))
        return graph

    def _add(self, graph: Any, ids: IdArray, total: int) -> None:
        if total > graph.get_max_elements():
            graph.resize_index(int(total * SPARE))
        if len(ids):
            texts, vectors = self._catalogue.vectors.of_texts(ids)
            graph.add_items(vectors, texts, num_threads=self._threads)

    def _save(self, graph: Any, dead: Iterable[int], live: int) -> None:
        """Write the graph under a temporary name, then the stamp, so the stamp is never wrong."""
        partial = self._path.with_name(self._path.name + ".part")
        try:
            graph.save_index(str(partial))
            if partial.stat().st_size != graph.index_file_size():
                raise OSError("the disk is full")  # hnswlib ignores write errors
            _stamp_path(self._path).unlink(missing_ok=True)
            partial.replace(self._path)
            revision = self._catalogue.revision
            seal = seal_of(self._path)
            self._write(Stamp(self._encoder, self._dim, revision, live, tuple(dead), seal))
        except (OSError, RuntimeError):
            self.discard()
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def _write(self, stamp: Stamp) -> None:
        replace_file(_stamp_path(self._path), pack({"format": FORMAT, **asdict(stamp)}))

    def _is_intact(self, stamp: Stamp) -> bool:
        """Return whether the graph has the bytes that were written; only then it is loaded."""
        try:
            if stamp.seal.is_untouched(self._path):
                return True
            if not stamp.seal.matches(self._path):
                return False
            self._seal_again(stamp)
        except OSError:
            return False
        return True

    def _seal_again(self, stamp: Stamp) -> None:
        """Renew the seal, so that the next process need not read the whole file."""
        custody = self._catalogue.custody
        with suppress(BusyError, OSError), custody.held(0) if custody else nullcontext():
            if _read_stamp(self._path) == stamp:
                self._write(replace(stamp, seal=seal_of(self._path)))


def _has_hnswlib() -> bool:
    try:
        import hnswlib  # noqa: F401
    except ImportError:
        return False
    return True


def nearest_rows(ids: IdArray, vectors: FloatArray, vector: FloatArray, k: int) -> IdArray:
    """Return the ids of the k rows with the largest inner product, largest first, ties by id.

    Shapes: ids (n,), vectors (n, dim), vector (dim,).
    """
    return best(ids, vectors @ vector, k) if len(ids) else ids


def best(ids: IdArray, scores: FloatArray, k: int) -> IdArray:
    """Return the ids of the k largest scores, largest first, ties by id. Shapes: (n,) and (n,)."""
    k = min(k, len(ids))
    if not k:
        return ids[:0]
    first = np.argpartition(-scores, k - 1)[:k]
    found: IdArray = ids[first[np.lexsort((ids[first], -scores[first]))]]
    return found


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _read_stamp(path: Path) -> Stamp | None:
    try:
        values = unpack(_stamp_path(path).read_bytes())
        if values.pop("format") != FORMAT:
            return None
        values["seal"], values["dead"] = Seal(**values["seal"]), tuple(values["dead"])
        return Stamp(**values)
    except (OSError, ValueError, TypeError, KeyError):
        return None
