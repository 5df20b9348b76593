"""Run an exported encoder, such as the bundled one, with onnxruntime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.encoder.calibration import Calibration, read_calibration
from melscribe_core.encoder.model_folder import ModelFolder, forbid_telemetry
from melscribe_core.errors import EncoderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    from melscribe_core.arrays import FloatArray


BUNDLED = Path(__file__).with_name("model")
GRAPH, WEIGHTS, TOKENIZER = "model.onnx", "model.bin", "tokenizer.json"
FILES = (GRAPH, WEIGHTS, TOKENIZER)  # all that vectors depend on
FORMAT = 1  # of an exported folder; other numbers are refused
INPUT, OUTPUT = "ids", "vectors"  # int64 (texts, tokens) -> float32 (texts, dim), unit length

TEXTS_AT_ONCE = 4096  # tokenized together; limits memory and the wait after Ctrl-C
TOKENS_AT_ONCE = 256  # in one run of the graph: see benchmarks/speed/onnx_settings.py
ROUNDING = 1e-3  # tolerance of a squared length: a thousand times the error of float32


@dataclass(frozen=True)
class Manifest:
    """`model.json` of an exported folder; `files` maps a file name to (bytes, sha256)."""

    name: str
    dim: int
    max_tokens: int
    files: Mapping[str, tuple[int, str]]

    @property
    def fingerprint(self) -> str:
        """Return a digest of all that vectors depend on, without reading the weights."""
        parts = [str(self.max_tokens), *(self.files[file][1] for file in FILES)]
        return "onnx:" + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """Return the content of the manifest file."""
        head = {"format": FORMAT, "name": self.name, "dim": self.dim, "max_tokens": self.max_tokens}
        files = {file: {"bytes": size, "sha256": sha} for file, (size, sha) in self.files.items()}
        return json.dumps({**head, "files": files}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise ValueError(f"format {raw['format']} instead of {FORMAT}")
        sizes = {file: raw["files"][file] for file in FILES}
        files = {file: (int(of["bytes"]), str(of["sha256"])) for file, of in sizes.items()}
        return cls(str(raw["name"]), int(raw["dim"]), int(raw["max_tokens"]), files)


def measure_file(file: Path) -> tuple[int, str]:
    """Return the manifest entry of a file: its size in bytes and its sha256."""
    content = file.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


class ExportedEncoder:
    """Run a folder written by `melscribe-train export` with onnxruntime, on the CPU.

    The manifest and the file sizes are checked at once. Graph and tokenizer are loaded with the
    first text, since most commands need only the fingerprint.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._manifest = self._read_manifest()
        self._loading: Thread | None = None

    @property
    def dim(self) -> int:
        """Return the dimension of the vectors."""
        return self._manifest.dim

    @property
    def fingerprint(self) -> str:
        """Return a digest of graph, tokenizer and truncation."""
        return self._manifest.fingerprint

    @cached_property
    def calibration(self) -> Calibration:
        """Return the calibration in the folder. Raises EncoderError when it is damaged."""
        return read_calibration(self._folder)

    def prepare(self) -> None:
        """Begin to load graph and tokenizer in the background: the process will encode."""
        if self._loading is None:
            # Not a daemon: a process must not end while onnxruntime is being loaded.
            self._loading = Thread(target=self._load, name="load encoder")
            self._loading.start()

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode.

        Each run of the graph takes texts of equal length in tokens. So there is no padding and no
        mask, and a vector does not depend on the other texts of the call.
        """
        self._await_loading()
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            ids = self._tokenize(texts[start : start + TEXTS_AT_ONCE])
            runs = list(batches([len(row) for row in ids], TOKENS_AT_ONCE))
            for rows, found in zip(runs, self._run_all(ids, runs), strict=True):
                vectors[[start + row for row in rows]] = found
        self._check_length(vectors)
        return vectors

    def knows(self, word: str) -> bool:
        """Return whether a word is in the tokenizer's vocabulary, see Encoder.knows."""
        self._await_loading()
        return self._tokenizer.token_to_id(word) is not None

    def _load(self) -> None:
        with suppress(Exception):  # the first text meets the same error, and raises it
            self._session  # noqa: B018
            self._tokenizer  # noqa: B018

    def _await_loading(self) -> None:
        if self._loading is not None:
            self._loading.join()

    def _run_all(self, ids: Sequence[list[int]], runs: list[list[int]]) -> Iterator[FloatArray]:
        """Yield the vectors of each run; runs are spread over the threads.

        Two runs in parallel, one thread each, take two thirds of the time of two threads per run.
        """
        session = self._session

        def run(rows: list[int]) -> FloatArray:
            feed = {INPUT: np.array([ids[row] for row in rows], np.int64)}
            vectors: FloatArray = session.run([OUTPUT], feed)[0]
            return vectors

        if self._threads == 1 or len(runs) < 2:
            yield from map(run, runs)
            return
        from concurrent.futures import ThreadPoolExecutor  # for many texts only

        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(run, runs)

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        from melscribe_core.encoder.truncation import readable  # most runs encode nothing

        limit = self._manifest.max_tokens
        # Not encode_batch: it starts its own threads, one for each core.
        return [self._tokenizer.encode(readable(text, limit)).ids for text in texts]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        except Exception as error:  # tokenizers raises bare Exception
            raise self._broken(f"{TOKENIZER} is damaged") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._manifest.max_tokens)
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        forbid_telemetry()
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as raised

        graph, options = str(self._folder / GRAPH), _session_options()
        try:
            session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except (raised.NotImplemented, raised.InvalidGraph) as error:
            version = onnxruntime.__version__
            raise self._broken(f"{GRAPH} cannot be run by onnxruntime {version}") from error
        except (
            raised.Fail,
            raised.InvalidArgument,
            raised.InvalidProtobuf,
            raised.NoSuchFile,
            raised.RuntimeException,
        ) as error:
            raise self._broken(f"{GRAPH} or {WEIGHTS} is damaged") from error
        self._check_interface(session)
        return session

    def _check_interface(self, session: InferenceSession) -> None:
        names = [node.name for node in (*session.get_inputs(), *session.get_outputs())]
        if names != [INPUT, OUTPUT] or session.get_outputs()[0].shape[-1] != self.dim:
            raise self._broken(f"{GRAPH} is another kind of model")

    def _read_manifest(self) -> Manifest:
        folder = ModelFolder(self._folder, self._broken)
        manifest = folder.manifest(Manifest.from_json)
        folder.check_sizes(manifest.files)
        return manifest

    def _check_length(self, vectors: FloatArray) -> None:
        """Refuse vectors that are not of unit length, or NaN: the weights are damaged then."""
        squares = np.einsum("ij,ij->i", vectors, vectors)
        if not (np.abs(squares - 1) < ROUNDING).all():
            raise self._broken(f"{WEIGHTS} is damaged, its vectors are not of unit length")

    def _broken(self, what: str) -> EncoderError:
        remedy = "reinstall beets-melscribe" if self._folder == BUNDLED else "export it again"
        return EncoderError(f"The encoder in {self._folder} does not load: {what}; {remedy}.")


def _session_options() -> SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see _run_all
    options.log_severity_level = 4  # fatal only: errors are raised as exceptions anyway
    # It would keep a memory plan, and the memory, for each batch shape.
    options.enable_mem_pattern = False
    # The graph is exported in its final form; optimising it again would slow each start.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield batches of positions whose texts have equal length, shortest texts first.

    `lengths` are in tokens. A batch has at most `budget` tokens, or a single longer text; every
    position is in exactly one batch.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for length, group in groupby(order, key=lengths.__getitem__):
        rows = list(group)
        step = max(1, budget // max(1, length))
        for start in range(0, len(rows), step):
            yield rows[start : start + step]
