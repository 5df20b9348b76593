"""The texts nearest to a vector: by a scan of all, or by an HNSW graph in a large collection.

A scan reads 8 MB for 20,000 texts; a graph answers faster once it is loaded, but loading it takes
as long as twenty scans. So one question, as a command asks it, is answered by a scan at every size,
and the graph is for a process that goes on asking about a large collection. It needs hnswlib, the
extra `hnsw`; without it, every question is a scan.

The graph is never the truth. It lies beside the catalogue with a stamp (encoder fingerprint,
catalogue revision, seal); when anything in the stamp differs it is brought up to date or made anew.
A graph whose bytes are not those that were written is never loaded: hnswlib would not notice, and
end the whole process. Its answers name candidates only; their exact cosines come from the
catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.checksum import Seal, pack, seal_of, unpack
from melscribe_core.catalogue.packed import Part
from melscribe_core.errors import BusyError
from melscribe_core.files.writing import replace_file

FORMAT = 1  # of the stamp; another one is as good as none

# Texts from which on there is a graph. A scan of fewer takes less than 10 ms of an answer's 40, and
# what the graph would save is repaid only after thousands of questions: see
# benchmarks/speed/neighbour_graph.py.
GRAPH_FROM = 150_000
PATIENCE = 20  # scans before a graph is loaded: about as long as loading it takes
LINKS = 16  # hnswlib's M; 24 and 32 gain hardly any recall
BUILD_EFFORT = 200  # ef_construction
# ef: on 21,085 real texts, 600 gives recall@50 0.998 in 0.6 ms, 200 only 0.983: see
# benchmarks/quality/candidate_recall.py.
SEARCH_EFFORT = 4  # ef = this times k, at least SEARCH_EFFORT_LEAST
SEARCH_EFFORT_LEAST = 600
DELETED_SHARE = 0.2  # a graph with more dead elements than this is made anew
DAMAGED = "The neighbour graph was damaged and has been made anew."
SPARE = 1.1  # capacity over need, so that additions seldom have to enlarge the graph


@dataclass(frozen=True)
class Stamp:
    """What must be equal for a graph file to be used as it lies."""

    encoder: str
    dim: int
    revision: int
    live: int
    dead: tuple[int, ...]
    seal: Seal


class Neighbours:
    """Find the texts nearest to a vector: by the graph, or exactly where that is no slower."""

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
        """Return the ids of the k texts nearest to the vector, float32 (dim,); nearest first.

        With `among`, only those text ids are looked at. Fewer come back when there are fewer.
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
        """Return the vector's cosines to `count` texts, float32; to all when there are fewer.

        They are spread evenly over the ids, without regard to the vector.
        """
        if self._takes_graph(vector):
            return self._spread(count) @ vector
        _, cosines = self._scanned(vector)
        places = np.linspace(0, len(cosines) - 1, min(count, len(cosines))).astype(np.int64)
        found: FloatArray = cosines[places]
        return found

    def is_in_place(self) -> bool:
        """Say whether there is a graph of the present texts, as it was written."""
        stamp = _read_stamp(self._path)
        return stamp is not None and self._is_present(stamp) and self._is_intact(stamp)

    def refresh(self) -> str | None:
        """Pack the vectors for scans, and bring the graph up to date with the catalogue.

        Returns a sentence when the graph was found damaged, None otherwise. A graph that cannot be
        written, or without hnswlib made, is left out: the scan answers until it can.
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
        """Return a sentence where only hnswlib is lacking for a graph of so many texts."""
        texts = self._catalogue.counts().texts
        if texts < GRAPH_FROM or _has_hnswlib():
            return None
        return (
            f"{texts:,} distinct sets: a program that goes on asking (beet web, `--update` of many)"
            " answers faster with hnswlib, which is not installed:"
            " pip install 'beets-melscribe[hnsw]'"
        )

    def discard(self) -> None:
        """Remove the graph files; they can always be made again."""
        for path in (self._path, _stamp_path(self._path)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    # -- reading
    # ---------------------------------------------------------------------------------------

    def _takes_graph(self, vector: FloatArray) -> bool:
        """Say whether the graph answers; it is looked for when the scans have become many."""
        if self._remembers(vector):
            return False
        if self._graph is None and self._scans >= PATIENCE:
            self._scans, self._graph = 0, self._loaded()
        return self._graph is not None

    def _remembers(self, vector: FloatArray) -> bool:
        return self._last is not None and np.array_equal(self._last[0], vector)

    def _scanned(self, vector: FloatArray) -> tuple[IdArray, FloatArray]:
        """Return the ids of all texts and their cosines; the last vector's are remembered."""
        if self._last is not None and self._remembers(vector):
            return self._last[1:]
        try:
            self._parts = self._parts or [
                Part(rows, self._dim) for rows in self._catalogue.vectors.packed()
            ]
            cosines = [part.cosines(vector) for part in self._parts]
        except (ValueError, TypeError) as error:
            raise self._catalogue.damaged("packed vectors") from error
        self._scans += 1
        ids = np.concatenate([np.empty(0, np.int64), *(part.ids for part in self._parts)])
        values = np.concatenate([np.empty(0, np.float32), *cosines])
        self._last = (vector, ids, values)
        return ids, values

    def _spread(self, count: int) -> FloatArray:
        """Return the vectors of texts that are spread evenly over the ids; they are remembered."""
        if self._sampled is None or self._sampled[0] != count:
            first, last = self._catalogue.vectors.id_range()
            ids = np.linspace(first, last, count).astype(np.int64)
            self._sampled = count, self._catalogue.vectors.of_texts(ids)[1]
        return self._sampled[1]

    def _loaded(self) -> Any:
        """Return the graph when its stamp says that it is the present one, None otherwise."""
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
        """Return the ids of the nearest; None where the graph has no way to so many texts."""
        k = min(k, self._live)  # hnswlib raises when it is asked for more than it holds
        self._graph.set_ef(max(SEARCH_EFFORT * k, SEARCH_EFFORT_LEAST))
        try:
            labels, _ = self._graph.knn_query(vector[None, :], k=k)
        except RuntimeError:
            return None
        found: IdArray = labels[0].astype(np.int64)
        return found

    # -- making
    # ----------------------------------------------------------------------------------------

    def _renewed(self, ids: IdArray) -> bool:
        """Write a graph of exactly these texts; say whether the one that was there was damaged."""
        was_there, stamp = _stamp_path(self._path).exists(), _read_stamp(self._path)
        if stamp is None or not self._fits(stamp):
            self._save(self._built(ids), [], len(ids))
            return was_there and stamp is None
        graph = self._load(stamp, capacity=int(len(ids) * SPARE))
        grown = (self._built(ids), []) if graph is None else self._grown(graph, stamp.dead, ids)
        self._save(*grown, len(ids))
        return graph is None

    def _grown(self, graph: Any, dead: Sequence[int], ids: IdArray) -> tuple[Any, list[int]]:
        """Return a graph of exactly these texts, from one with some of them, and what is dead."""
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
        graph.init_index(
            int(len(ids) * SPARE), M=LINKS, ef_construction=BUILD_EFFORT, random_seed=1
        )
        self._add(graph, ids, len(ids))
        return graph

    def _add(self, graph: Any, ids: IdArray, total: int) -> None:
        if total > graph.get_max_elements():
            graph.resize_index(int(total * SPARE))
        if len(ids):
            texts, vectors = self._catalogue.vectors.of_texts(ids)
            graph.add_items(vectors, texts, num_threads=self._threads)

    def _save(self, graph: Any, dead: Iterable[int], live: int) -> None:
        """Write the graph under a temporary name first, and the stamp last, so it never lies."""
        partial = self._path.with_name(self._path.name + ".part")
        try:
            graph.save_index(str(partial))
            if partial.stat().st_size != graph.index_file_size():
                raise OSError("the disk is full")  # hnswlib does not notice
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
        """Say whether the graph is as it was written; only then it may be loaded."""
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
        """Note the file's present times, which spares the next one to read it all."""
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
