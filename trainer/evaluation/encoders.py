"""Encoders for evaluation: a cache around any encoder, and the text tower of CLAP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.calibration import UNFITTED, Calibration
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError

from ..extra import INSTALL

CLAP_BATCH = 64  # texts


class Wrapper:
    """An encoder in another one, whose `encode` it replaces; all else is that of the inner one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

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

    def knows(self, word: str) -> bool:
        """Return whether the encoder knows a word."""
        return self._encoder.knows(word)


class Remembering(Wrapper):
    """An encoder with a cache: each text is encoded once, however many tests contain it."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self._known: dict[str, FloatArray] = {}

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])


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
        """Return the model's name; its vectors are never stored."""
        return f"clap:{self._model.name_or_path}"

    @property
    def calibration(self) -> Calibration:
        """Return UNFITTED."""
        return UNFITTED

    def knows(self, word: str) -> bool:
        """Return False; evaluation never calls this."""
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

    Raises MelScribeError if transformers is not installed or the model does not load.
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
