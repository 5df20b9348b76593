"""Device, number format and attention kernel for training and for encoding."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Device = Literal["auto", "cpu", "cuda"]

ENCODING_BATCH = 128  # texts


def chosen_device(device: Device) -> str:
    """Return "cpu" or "cuda"; raise MelScribeError for "cuda" on a machine without a GPU."""
    import torch

    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise MelScribeError("--device cuda: torch finds no GPU here; use --device cpu or auto.")
    if not available or device == "cpu":
        return "cpu"
    if processes() > 1:  # "cuda" means this process's own GPU
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    return "cuda"


def processes() -> int:
    """Return the number of processes that train together, started by torchrun or accelerate."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def shared_batch(batch: int) -> int:
    """Return the share of a batch that each process computes."""
    if batch % processes():
        raise MelScribeError(
            f"A batch of {batch} cannot be shared by {processes()} processes; "
            "give a multiple of their number."
        )
    return batch // processes()


def rank() -> int:
    """Return the number of this process among those that train together, from 0."""
    return int(os.environ.get("RANK", "0"))


def one_gpu(arguments: Any) -> Any:
    """Make transformers' training arguments use one GPU in a process, and return them.

    In a process that sees several, the loop would take a whole batch for each of them.
    """
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def is_first_process() -> bool:
    """Return whether this process is the one that writes files and reports progress."""
    return rank() == 0


def fast_in_bf16(device: str) -> bool:
    """Return whether the device computes in bfloat16 in hardware."""
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    checks = (getattr(torch.cpu, name, None) for name in _BF16_CHECKS)
    return any(check() for check in checks if check)


# torch's own checks, which have no public names: Intel AMX, and AVX-512 with bfloat16 (AMD Zen 4)
_BF16_CHECKS = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")


def autocast(device: str, bf16: bool) -> AbstractContextManager[object]:
    """Return a context that computes in bfloat16 if `bf16` is set and the device is fast in it."""
    import torch

    context: AbstractContextManager[object] = torch.autocast(
        device, torch.bfloat16, enabled=bf16 and fast_in_bf16(device)
    )
    return context


def fast_attention(device: str) -> AbstractContextManager[object]:
    """Return a context that avoids torch's flash attention on a CPU.

    Its backward pass takes half the time of a step there when texts are one sentence long
    (torch 2.13).
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def encode_with(model: SentenceTransformer, bf16: bool) -> Callable[[list[str]], FloatArray]:
    """Return a function from texts to the model's vectors, (texts, dim), not normalised."""

    def encode(texts: list[str]) -> FloatArray:
        with autocast(model.device.type, bf16):
            vectors = model.encode(
                texts,
                batch_size=ENCODING_BATCH,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        array: FloatArray = vectors.float().cpu().numpy()
        return array

    return encode
