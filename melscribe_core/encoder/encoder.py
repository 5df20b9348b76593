"""The `Encoder` protocol and `load_encoder`: the bundled model, or any other by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.calibration import Calibration
from melscribe_core.encoder.onnx import BUNDLED, MANIFEST, ExportedEncoder


class Encoder(Protocol):
    """Turn texts into vectors whose dot product is their likeness."""

    @property
    def dim(self) -> int:
        """Return the length of every vector."""

    @property
    def fingerprint(self) -> str:
        """Return a string that differs whenever some text would get another vector."""

    @property
    def calibration(self) -> Calibration:
        """Return how the cosines of its vectors read; UNFITTED when nobody measured that."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`.

        Returns float32 of shape (len(texts), dim) in the order given, each row of unit length.
        An empty text is encoded like any other, of a long one as much as the model reads.
        Raises EncoderError.
        """

    def knows(self, word: str) -> bool:
        """Say whether the model has a word, in lower case, whole: an everyday word or a usual name.

        Raises EncoderError.
        """


def load_encoder(name: str | None = None, *, threads: int | None = None) -> Encoder:
    """Load the bundled encoder, or the one called `name`.

    `name` is a folder written by `melscribe-train export`, a folder holding a sentence-transformers
    model, or the name of such a model on the Hugging Face hub; only the last may open a network
    connection. `threads` bounds the processor threads; None means every core this process may use.
    Raises EncoderError.
    """
    threads = max(1, threads or usable_cores())
    if loads_at_once(name):
        return ExportedEncoder(Path(name).expanduser() if name else BUNDLED, threads)
    assert name
    # torch takes seconds to import.
    from melscribe_core.encoder.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name, threads)


def loads_at_once(name: str | None) -> bool:
    """Say whether `load_encoder` takes no time: one that needs torch takes seconds."""
    return not name or (Path(name).expanduser() / MANIFEST).is_file()


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux only
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
