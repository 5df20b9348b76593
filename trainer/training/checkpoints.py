"""Checkpoints of an interrupted `fit`: the latest one, and whether its weights fit the base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    import torch


def last_checkpoint(folder: Path, model: torch.nn.Module) -> Path | None:
    """Return the latest complete checkpoint in `folder`, None if there is none.

    Raises MelScribeError if it was made from another base than `model`.
    """
    name = _latest(folder)
    if name is None:
        return None
    check_same_shape(Path(name), model)
    return Path(name)


def _latest(folder: Path) -> str | None:
    from transformers.trainer_utils import get_last_checkpoint

    if not folder.is_dir():
        return None
    found: str | None = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
    return found


def check_same_shape(folder: Path, model: torch.nn.Module) -> None:
    """Raise MelScribeError unless the folder's weights have the model's shapes."""
    held = weight_shapes(folder)
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    for name, shape in held.items():
        own = next((s for n, s in wanted.items() if n.endswith(name)), None)
        if own != shape:
            raise MelScribeError(
                f"{folder}: it was tuned from another base ({name} is {shape}, here {own}); "
                "give the same --base, or another --out."
            )


def weight_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return name -> shape of the weights in a model's folder."""
    from safetensors import safe_open

    shapes: dict[str, tuple[int, ...]] = {}
    for file in sorted(folder.rglob("*.safetensors")):
        with safe_open(file, framework="pt") as held:
            for name in held.keys():  # noqa: SIM118  # not a mapping
                shapes[name] = tuple(held.get_slice(name).get_shape())
    return shapes
