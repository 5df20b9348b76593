"""A trained tower: what was heard of a track -> a vector in the text space of an encoder.

`melscribe-train align` trains it with torch and writes it; here numpy runs it. The file is an npz
archive of arrays without any pickle. It fits only the encoder whose fingerprint it holds.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.learned import as_texts
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.sound import FEATURES

FORMAT = 1  # of the file; other numbers are refused
INPUTS = FEATURES + len(OUTPUTS)
LOWEST = 1 / 255  # added to a probability before its logarithm: the least that is kept of one
FARTHEST = 5.0  # standard deviations; what lies beyond is unlike anything in training
LARGEST = 64 << 20  # bytes of one array in a file; the towers that `align` trains have 1.4 MB
BLOCK = 4096  # tracks at once: limits memory to 20 MB
# Name -> shape, where "hidden" and "dim" are of any length, and the type in the file. Weights have
# 16 bits, as those of the nets; the scale of an input may be too small for them.
WEIGHTS: dict[str, tuple[tuple[str | int, ...], type[np.floating]]] = {
    "centre": ((INPUTS,), np.float32),
    "spread": ((INPUTS,), np.float32),
    "inner": (("hidden", INPUTS), np.float16),
    "inner_bias": (("hidden",), np.float16),
    "outer": (("dim", "hidden"), np.float16),
    "outer_bias": (("dim",), np.float16),
    "direct": (("dim", INPUTS), np.float16),
    "middle": (("dim",), np.float32),
}


@dataclass(frozen=True)
class Tower:
    """One hidden layer beside a direct linear map: W2 relu(W1 x + b1) + W3 x + b2.

    x is `standardised` from what was heard. The result is a direction from `middle`, the mean
    vector of texts; see `learned.as_texts` for what becomes of it and why. Arrays are float32 here;
    for their shapes see WEIGHTS.
    """

    encoder: str  # the fingerprint of the encoder whose text space this is
    centre: FloatArray
    spread: FloatArray
    inner: FloatArray
    inner_bias: FloatArray
    outer: FloatArray
    outer_bias: FloatArray
    direct: FloatArray
    middle: FloatArray

    @property
    def dim(self) -> int:
        """Return the dimension of the vectors."""
        return len(self.outer_bias)

    def apply(self, features: FloatArray, probabilities: FloatArray) -> FloatArray:
        """Return a unit vector for each track, float32 (n, dim).

        `features` is (n, 400) and `probabilities` (n, 100), as `sound.features` and
        `sound.probabilities` return them. A track of which nothing was heard (`windows` is 0) gets
        a vector that means nothing: leave it out.
        """
        found = np.empty((len(features), self.dim), np.float32)
        for start in range(0, len(features), BLOCK):
            rows = slice(start, start + BLOCK)
            x = self.standardised(features[rows], probabilities[rows])
            hidden = np.maximum(x @ self.inner.T + self.inner_bias, 0)
            towards = hidden @ self.outer.T + x @ self.direct.T + self.outer_bias
            found[rows] = as_texts(towards, self.middle)
        return found

    def standardised(self, features: FloatArray, probabilities: FloatArray) -> FloatArray:
        """Return the input of the layers, float32 (n, INPUTS), within -FARTHEST..FARTHEST."""
        return standardised(inputs(features, probabilities), self.centre, self.spread)


def inputs(features: FloatArray, probabilities: FloatArray) -> FloatArray:
    """Return features and the logarithms of probabilities side by side, float32 (n, INPUTS).

    Most probabilities are near 0; there their ratios matter, not their differences.
    """
    logarithms = np.log(probabilities + np.float32(LOWEST))
    return np.concatenate([features, logarithms], axis=1).astype(np.float32, copy=False)


def standardised(x: FloatArray, centre: FloatArray, spread: FloatArray) -> FloatArray:
    """Return (x - centre) / spread, clipped to FARTHEST on either side."""
    found: FloatArray = np.clip((x - centre) / spread, -FARTHEST, FARTHEST).astype(np.float32)
    return found


def save_tower(tower: Tower, path: Path) -> None:
    """Write a tower. Raises OSError.

    The weights are rounded to 16 bits in the file: save what was rounded before it was measured.
    """
    arrays = {name: getattr(tower, name).astype(kind) for name, (_, kind) in WEIGHTS.items()}
    with path.open("wb") as file:
        np.savez(file, format=np.int64(FORMAT), encoder=np.array(tower.encoder), **arrays)


def load_tower(path: Path, encoder_fingerprint: str) -> Tower:
    """Read the tower in `path` for the encoder of this fingerprint, see `Encoder.fingerprint`.

    Raises MelScribeError for a file that is missing, damaged, of another format or for another
    encoder.
    """
    arrays = _arrays(path)
    if (held := _format(arrays)) != FORMAT:
        found = "is not a tower" if held is None else f"has format {held} instead of {FORMAT}"
        raise MelScribeError(
            f"The tower {path} {found}; name a file that `melscribe-train align` of this version"
            " wrote."
        )
    encoder = str(arrays.get("encoder", ""))
    if encoder != encoder_fingerprint:
        raise MelScribeError(
            f"The tower {path} was trained for the encoder {encoder or 'without a name'}, and the"
            f" one in use is {encoder_fingerprint}; train it again with `melscribe-train align`,"
            " or use the encoder that it was trained for."
        )
    return Tower(encoder, **_checked(path, arrays))


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return all arrays of a file; the checksums of the archive are checked while reading."""
    try:
        with zipfile.ZipFile(path) as archive:
            if any(entry.file_size > LARGEST for entry in archive.infolist()):
                raise ValueError("an array is larger than any of a tower")
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except OSError as error:
        reason = error.strerror or str(error)
        raise MelScribeError(
            f"The tower {path} cannot be read ({reason}); check the path and its permissions."
        ) from error
    except Exception as error:  # zipfile and numpy raise a dozen types for damaged bytes
        raise _damaged(path, "it is not a complete npz file") from error


def _format(arrays: dict[str, NDArray[np.generic]]) -> int | None:
    held = arrays.get("format")
    return int(held) if held is not None and held.shape == () and held.dtype.kind == "i" else None


def _checked(path: Path, arrays: dict[str, NDArray[np.generic]]) -> dict[str, FloatArray]:
    """Return the weights as float32. Raises MelScribeError unless types and shapes fit together."""
    lengths: dict[str | int, int] = {}
    found = {}
    for name, (shape, kind) in WEIGHTS.items():
        array = arrays.get(name)
        if array is None or array.dtype != kind or array.ndim != len(shape):
            raise _damaged(path, f"{name} is missing or of another kind")
        for wanted, length in zip(shape, array.shape, strict=True):
            known = wanted if isinstance(wanted, int) else lengths.setdefault(wanted, length)
            if length != known or not length:
                raise _damaged(path, f"{name} has the shape {array.shape}")
        if not np.isfinite(array).all():
            raise _damaged(path, f"{name} holds numbers that are not finite")
        found[name] = array.astype(np.float32)
    if not (found["spread"] > 0).all():
        raise _damaged(path, "spread holds numbers that are not above 0")
    return found


def _damaged(path: Path, what: str) -> MelScribeError:
    return MelScribeError(
        f"The tower {path} is damaged: {what}; copy it again, or train it again with"
        " `melscribe-train align`."
    )
