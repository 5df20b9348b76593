"""Run any sentence-transformers model as an encoder; needs the extra `torch`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.calibration import UNFITTED, Calibration
from melscribe_core.encoder.truncation import readable
from melscribe_core.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

INSTALL = 'pip install "beets-melscribe[torch]"'
PARTS = (
    "*.json",
    "*.txt",
    "*.model",
    "*.safetensors",
)  # files of a model: settings, vocabulary, weights
WORD_MARKS = ("", "Ġ", "▁")  # prefix of a whole word in WordPiece, byte-level BPE, SentencePiece
LONGEST = 8192  # tokens, for models without a limit
BATCH = {"cpu": 32, "cuda": 256}  # texts; sentence-transformers sorts them by length itself


class SentenceEncoder:
    """Run a sentence-transformers model, on CUDA if available."""

    def __init__(self, name: str, threads: int) -> None:
        folder = model_folder(name)
        self._model = open_model(folder, threads)
        self._dim = int(self._embed([""]).shape[1])
        self._fingerprint = fingerprint(folder)

    @property
    def dim(self) -> int:
        """Return the dimension of the vectors."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Return a digest of the model's files."""
        return self._fingerprint

    @property
    def calibration(self) -> Calibration:
        """Return UNFITTED: only exported encoders are calibrated."""
        return UNFITTED

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        return self._embed(texts) if texts else np.empty((0, self.dim), np.float32)

    def knows(self, word: str) -> bool:
        """Return whether a word is in the tokenizer's vocabulary, see Encoder.knows."""
        return any(mark + word in self._vocabulary for mark in WORD_MARKS)

    @cached_property
    def _vocabulary(self) -> Mapping[str, int]:
        found: Mapping[str, int] = self._model.tokenizer.get_vocab()
        return found

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        limit = self._model.max_seq_length or LONGEST
        vectors = self._model.encode(
            [readable(text, limit) for text in texts],
            batch_size=BATCH[self._model.device.type],
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def model_folder(name: str) -> Path:
    """Return the folder of the model `name`.

    A name that is not a folder is looked up on the Hugging Face hub: in the local cache, and only
    if it is missing there, over the network. Only files that match PARTS are downloaded.
    Raises EncoderError.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith((".", "~", "/")) or name.count("/") > 1 or "\\" in name:
        raise EncoderError(f"There is no folder {name} to load an encoder from; correct the path.")
    try:
        return _hub_folder(name if "/" in name else f"sentence-transformers/{name}")
    except ImportError as error:
        raise _needs_extra(name) from error
    except Exception as error:  # the HTTP libraries below the hub raise their own types
        raise EncoderError(
            f"There is no folder {name}, and no model of that name could be fetched from the hub"
            f" ({_reason(error)}); check the name and the connection."
        ) from error


def open_model(folder: Path, threads: int, device: str | None = None) -> SentenceTransformer:
    """Load the model in `folder` on `device`; by default on CUDA if available.

    Weights are read from safetensors files only: loading a pickle could run code in it. Opens no
    network connection. Raises EncoderError.
    """
    _refuse_pickles(folder)
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise _needs_extra(folder) from error
    # transformers warns of every unused weight.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder),
            device=device or ("cuda" if torch.cuda.is_available() else "cpu"),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # an unknown folder raises anything from KeyError to SafetensorError
        raise EncoderError(
            f"The encoder in {folder} does not load as a sentence-transformers model"
            f" ({_reason(error)}); name another one, or none for the bundled one."
        ) from error


def fingerprint(folder: Path) -> str:
    """Return a digest of the names and contents of all files that match PARTS."""
    digest = hashlib.sha256()
    for file in sorted({file for part in PARTS for file in folder.rglob(part)}):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return "torch:" + digest.hexdigest()[:32]


def _hub_folder(repository: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    parts = list(PARTS)
    try:
        return Path(snapshot_download(repository, allow_patterns=parts, local_files_only=True))
    except LocalEntryNotFoundError:
        return Path(snapshot_download(repository, allow_patterns=parts))


def _refuse_pickles(folder: Path) -> None:
    for part in _parts(folder):
        pickled = part / "pytorch_model.bin"
        if pickled.exists() and not any(part.glob("*.safetensors")):
            raise EncoderError(
                f"The encoder in {folder} has its weights in a pickle, {pickled}, which may run"
                " code when it is loaded; save the model as safetensors."
            )


def _parts(folder: Path) -> list[Path]:
    """Return the folders of the model's modules; without modules.json the whole folder is one.

    Raises EncoderError for a module class outside sentence_transformers: loading would import it.
    """
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in modules]
        parts = [folder / str(module["path"]) for module in modules]
    except FileNotFoundError:
        return [folder]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"The encoder in {folder} does not load: modules.json is damaged; save it again."
        ) from error
    if foreign := [kind for kind in kinds if not kind.startswith("sentence_transformers.")]:
        raise EncoderError(
            f"The encoder in {folder} does not load: it needs the code of {foreign[0]}, and code"
            " from a model is never run; name another model."
        )
    return parts


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")


def _needs_extra(what: str | Path) -> EncoderError:
    return EncoderError(f"The encoder {what} needs sentence-transformers: {INSTALL}.")
