"""The two nets, run with onnxruntime: a patch of log-mel frames -> probabilities and features."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.encoder.model_folder import ModelFolder, forbid_telemetry
from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

    from melscribe_core.arrays import FloatArray

BUNDLED = Path(__file__).with_name("model")
FILES = ("msd.onnx", "mtt.onnx")  # in the order of hearing.outputs.OUTPUTS
FORMAT = 1  # of the manifest; other numbers are refused
INPUT, OUTPUTS = "mel", ["probabilities", "features"]  # float32 (n, 187, 96) -> (n, 50), (n, 200)
VERSION = 2  # of what is done to a file before the nets: a change means to hear all files again


class Nets:
    """Both nets of a folder, loaded when the first patch comes.

    Manifest and file sizes are checked at once, the content of the files before they are loaded.
    One object serves any number of threads at once. Raises MelScribeError where a file is damaged.
    """

    def __init__(self, folder: Path = BUNDLED) -> None:
        self._folder = folder
        self._files = self._read_manifest()
        self._loading = Lock()
        self._loaded: list[InferenceSession] = []

    @property
    def fingerprint(self) -> str:
        """Return a digest of all that probabilities depend on, without reading the nets."""
        parts = [str(VERSION), *(self._files[file][1] for file in FILES)]
        return "musicnn:" + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]

    def hear(self, patch: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return probabilities (100,) and features (400,) of a patch, float32 (187, 96).

        Those of MSD come first. Raises MelScribeError where they are not finite.
        """
        feed = {INPUT: np.ascontiguousarray(patch[None], np.float32)}
        found = [session.run(OUTPUTS, feed) for session in self._sessions()]
        probabilities: FloatArray = np.concatenate([one[0][0] for one in found])
        features: FloatArray = np.concatenate([one[1][0] for one in found])
        if not (np.isfinite(probabilities).all() and np.isfinite(features).all()):
            raise self._broken("they answer with what is not a number")
        return probabilities, features

    def _sessions(self) -> list[InferenceSession]:
        with self._loading:
            if not self._loaded:
                self._loaded = [self._load(file) for file in FILES]
        return self._loaded

    def _load(self, file: str) -> InferenceSession:
        graph = self._graph(file)
        forbid_telemetry()
        import onnxruntime

        try:
            session = onnxruntime.InferenceSession(
                graph, _session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own classes have no other base in common
            version = onnxruntime.__version__
            raise self._broken(f"{file} cannot be run by onnxruntime {version}") from error
        names = [node.name for node in (*session.get_inputs(), *session.get_outputs())]
        if names != [INPUT, *OUTPUTS]:
            raise self._broken(f"{file} is another kind of model")
        return session

    def _graph(self, file: str) -> bytes:
        try:
            graph = (self._folder / file).read_bytes()
        except OSError as error:
            raise self._broken(f"{file} cannot be read ({error.strerror})") from error
        if hashlib.sha256(graph).hexdigest() != self._files[file][1]:
            raise self._broken(f"{file} is damaged")
        return graph

    def _read_manifest(self) -> dict[str, tuple[int, str]]:
        """Return file -> (bytes, sha256), each checked for its size."""
        folder = ModelFolder(self._folder, self._broken)
        files = folder.manifest(_files_in)
        folder.check_sizes(files)
        return files

    def _broken(self, what: str) -> MelScribeError:
        remedy = "reinstall beets-melscribe" if self._folder == BUNDLED else "export them again"
        return MelScribeError(f"The nets for hearing do not load: {what}; {remedy}.")


def _files_in(manifest: str) -> dict[str, tuple[int, str]]:
    """Return file -> (bytes, sha256) of a manifest; ValueError for another format."""
    raw = json.loads(manifest)
    if raw["format"] != FORMAT:
        raise ValueError(f"format {raw['format']} instead of {FORMAT}")
    sizes = {file: raw["files"][file] for file in FILES}
    return {file: (int(of["bytes"]), str(of["sha256"])) for file, of in sizes.items()}


def _session_options() -> SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread for each file that is heard: two threads in one run cost half as much again.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # fatal only: errors are raised as exceptions anyway
    return options
