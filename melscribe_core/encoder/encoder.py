"""The `Encoder` protocol and `load_encoder`: the bundled model, or any other by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from melscribe_core.encoder.calibration import Calibration
from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import BUNDLED, ExportedEncoder

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray


class Encoder(Protocol):
    """Bi-encoder: texts -> unit vectors, whose dot product is the cosine similarity."""

    @property
    def dim(self) -> int:
        """Return the dimension of the vectors."""

    @property
    def fingerprint(self) -> str:
        """Return a string that changes whenever the vector of any text could change."""

    @property
    def calibration(self) -> Calibration:
        """Return how cosines become scores; UNFITTED when it was not measured for this model."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`.

        Returns float32 of shape (len(texts), dim) in the order given, each row of unit length.
        An empty text is encoded like any other; a long one is truncated to the model's maximum.
        Raises EncoderError.
        """

    def knows(self, word: str) -> bool:
        """Return whether a lower-case word is one token of the model: a common word or name.

        Raises EncoderError.
        """


def load_encoder(name: str | None = None, *, threads: int | None = None) -> Encoder:
    """Load the bundled encoder, or the one called `name`.

    `name` is a folder written by `melscribe-train export`, a folder holding a sentence-transformers
    model, or the name of such a model on the Hugging Face hub; only the last may open a network
    connection. `threads` limits the CPU threads; None means every core this process may use.
    Raises EncoderError.
    """
    threads = max(1, threads or usable_cores())
    if loads_at_once(name):
        return ExportedEncoder(Path(name).expanduser() if name else BUNDLED, threads)
    assert name
    # torch takes seconds to import.
    from melscribe_core.encoder.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name, threads)


def prepare(encoder: Encoder) -> None:
    """Begin to load in the background what the encoder needs for its first text."""
    if isinstance(encoder, ExportedEncoder):  # any other has loaded torch by now
        encoder.prepare()


def loads_at_once(name: str | None) -> bool:
    """Return whether `load_encoder` is fast: importing torch for other models takes seconds."""
    return not name or (Path(name).expanduser() / MANIFEST).is_file()


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux only
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
