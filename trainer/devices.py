"""Where training runs, and what is fast there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Device = Literal["auto", "cpu", "cuda"]
Say = Callable[[str], None]
"""What tells a person about progress."""

ENCODED_AT_ONCE = 128  # texts


def chosen_device(device: Device) -> str:
    """Return "cpu" or "cuda"; raise MelScribeError when CUDA is asked for and there is none."""
    import torch

    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise MelScribeError("--device cuda: torch finds no GPU here; use --device cpu or auto.")
    return "cuda" if there and device != "cpu" else "cpu"


def processes() -> int:
    """Return how many processes train together, as torchrun or accelerate started them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def shared_batch(batch: int) -> int:
    """Return each process's part of a batch."""
    if batch % processes():
        raise MelScribeError(
            f"A batch of {batch} cannot be shared by {processes()} processes; "
            "give a multiple of their number."
        )
    return batch // processes()


def is_first_process() -> bool:
    """Tell whether this process makes what only one may make."""
    return os.environ.get("RANK", "0") == "0"


def fast_in_bf16(device: str) -> bool:
    """Tell whether the device computes in bfloat16, and not only converts to it."""
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    tiles = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(tiles and tiles())


def autocast(device: str, bf16: bool) -> AbstractContextManager[object]:
    """Return a context that computes in bfloat16 where that is wanted and fast."""
    import torch

    context: AbstractContextManager[object] = torch.autocast(
        device, torch.bfloat16, enabled=bf16 and fast_in_bf16(device)
    )
    return context


def fast_attention(device: str) -> AbstractContextManager[object]:
    """Return a context without torch's flash attention on a processor.

    For texts as short as a sentence its backward pass takes half of a step there (torch 2.13).
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def encode_with(
    model: SentenceTransformer, bf16: bool
) -> Callable[[list[str]], npt.NDArray[np.float32]]:
    """Return a function from texts to vectors, (texts, dim), as the model gives them."""

    def encode(texts: list[str]) -> npt.NDArray[np.float32]:
        with autocast(model.device.type, bf16):
            vectors = model.encode(
                texts,
                batch_size=ENCODED_AT_ONCE,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        array: npt.NDArray[np.float32] = vectors.float().cpu().numpy()
        return array

    return encode
