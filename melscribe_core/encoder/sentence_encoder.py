"""Any sentence-transformers model as an encoder; needs the extra `torch`."""

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
PARTS = ("*.json", "*.txt", "*.model", "*.safetensors")  # of a model: settings, words, weights
WORD_MARKS = ("", "Ġ", "▁")  # before a whole word: WordPiece, byte pairs, SentencePiece
LONGEST = 8192  # tokens, for models that name no limit
BATCH = {"cpu": 32, "cuda": 256}  # texts; sentence-transformers sorts them by length itself


class SentenceEncoder:
    """Run a sentence-transformers model, on CUDA when there is one."""

    def __init__(self, name: str, threads: int) -> None:
        folder = model_folder(name)
        self._model = open_model(folder, threads)
        self._dim = int(self._embed([""]).shape[1])
        self._fingerprint = fingerprint(folder)

    @property
    def dim(self) -> int:
        """Return the length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Return a digest of the model's files."""
        return self._fingerprint

    @property
    def calibration(self) -> Calibration:
        """Return UNFITTED."""
        return UNFITTED

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        return self._embed(texts) if texts else np.empty((0, self.dim), np.float32)

    def knows(self, word: str) -> bool:
        """Say whether a word is in the tokenizer's vocabulary, see Encoder.knows."""
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
    """Return the folder that holds the model `name`.

    A name that is no folder is looked up among the hub's models: first in the local cache, then,
    only if it is not there, over the network; no other files than PARTS are fetched.
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
    except Exception as error:  # each HTTP library beneath the hub brings errors of its own
        raise EncoderError(
            f"There is no folder {name}, and no model of that name came from the hub"
            f" ({_reason(error)}); check the name and the connection."
        ) from error


def open_model(folder: Path, threads: int, device: str | None = None) -> SentenceTransformer:
    """Load the model in `folder`, on `device`, or on CUDA when there is one.

    Weights come from safetensors files only: loading a pickle would run code out of it. Opens no
    network connection. Raises EncoderError.
    """
    _refuse_pickles(folder)
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise _needs_extra(folder) from error
    # It reports every unused weight of every model.
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
    except Exception as error:  # for a foreign folder anything from KeyError to SafetensorError
        raise EncoderError(
            f"The encoder in {folder} does not load as a sentence-transformers model"
            f" ({_reason(error)}); name another one, or none for the one that comes along."
        ) from error


def fingerprint(folder: Path) -> str:
    """Return a digest of every file that decides a vector: names and contents."""
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
    """Return the folders of the model's modules; one without a list of modules is one module.

    Raises EncoderError for a module of code from elsewhere: its name would be imported.
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
            f"The encoder in {folder} does not load: it needs the code of {foreign[0]}, and no code"
            " is taken from models; name another model."
        )
    return parts


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")


def _needs_extra(what: str | Path) -> EncoderError:
    return EncoderError(f"The encoder {what} needs sentence-transformers: {INSTALL}.")
