"""Any sentence-transformers model as an encoder; needs the extra `torch`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.encoder import FloatArray, readable
from melscribe_core.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

INSTALL = 'pip install "beets-melscribe[torch]"'
PARTS = ("*.json", "*.txt", "*.model", "*.safetensors")  # of a model: settings, words, weights
LONGEST = 8192  # tokens, for models that name no limit
BATCH = {"cpu": 32, "cuda": 256}  # texts; sentence-transformers sorts them by length itself


class SentenceEncoder:
    """Run a sentence-transformers model, on CUDA when there is one.

    Weights come from safetensors files only: loading a pickle would run code out of it.
    """

    def __init__(self, name: str, threads: int) -> None:
        folder = model_folder(name)
        refuse_pickles(name, folder)
        self._model = _load(name, folder, threads)
        self._dim = self._embed([""]).shape[1]
        self._fingerprint = fingerprint(folder)

    @property
    def dim(self) -> int:
        """Return the length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Return a digest of the model's files."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        return self._embed(texts) if texts else np.empty((0, self.dim), np.float32)

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
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith((".", "~", "/")) or name.count("/") > 1 or "\\" in name:
        raise EncoderError(f"There is no folder {name} to load an encoder from; correct the path.")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError as error:
        raise _needs_extra(name) from error
    repo = name if "/" in name else f"sentence-transformers/{name}"
    try:
        cached = snapshot_download(repo, allow_patterns=list(PARTS), local_files_only=True)
        return Path(cached)
    except (LocalEntryNotFoundError, ValueError):
        pass
    try:
        return Path(snapshot_download(repo, allow_patterns=list(PARTS)))
    except Exception as error:  # each HTTP library beneath the hub brings errors of its own
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise EncoderError(
            f"There is no folder {name}, and no model of that name came from the hub ({reason});"
            " check the name and the connection."
        ) from error


def refuse_pickles(name: str, folder: Path) -> None:
    """Raise EncoderError when a part of the model has its weights in a pickle only."""
    for part in _parts(folder):
        if (part / "pytorch_model.bin").exists() and not any(part.glob("*.safetensors")):
            raise EncoderError(
                f"The encoder {name} has its weights in a pickle ({part / 'pytorch_model.bin'}),"
                " which may run code when it is loaded; save the model as safetensors."
            )


def fingerprint(folder: Path) -> str:
    """Return a digest of every file that decides a vector: names and contents."""
    digest = hashlib.sha256()
    for file in sorted({file for part in PARTS for file in folder.rglob(part)}):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return "torch:" + digest.hexdigest()[:32]


def _parts(folder: Path) -> list[Path]:
    """Return the folders of the model's modules; one without a list of modules is one module."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        return [folder / str(module["path"]) for module in modules]
    except FileNotFoundError:
        return [folder]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"The encoder in {folder} does not load: modules.json is damaged; save it again."
        ) from error


def _load(name: str, folder: Path, threads: int) -> SentenceTransformer:
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise _needs_extra(name) from error
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it reports every unused weight of every model
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder),
            device="cuda" if torch.cuda.is_available() else "cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    # What a foreign folder can raise ranges from KeyError to safetensors' own error.
    except Exception as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise EncoderError(
            f"The encoder {name} does not load as a sentence-transformers model ({reason});"
            " name another one, or none for the one that comes along."
        ) from error


def _needs_extra(name: str) -> EncoderError:
    return EncoderError(f"The encoder {name} needs sentence-transformers: {INSTALL}.")
