"""An instruct model of transformers, from its folder, its GGUF file or the hub, answers prompts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from melscribe_core.errors import MelScribeError

from ..devices import chosen_device, fast_in_bf16
from ..extra import INSTALL
from .rows import unreadable

LONGEST = 128  # tokens of an answer; three sentences have about 70
GGUF = ".gguf"
MAGIC = b"GGUF"  # the first bytes of such a file
WEIGHTS = ("*.safetensors", "*.bin")  # of a folder that transformers reads without a GGUF file

_SPLIT = re.compile(r"-\d{5}-of-\d{5}$")  # ends the name of a part of a model


class InstructModel:
    """A causal language model of transformers; its chat template is used if it has one."""

    def __init__(self, name: str, *, longest: int = LONGEST) -> None:
        """Load the model `name`: a folder, a GGUF file or a hub name; on CUDA if available.

        An answer has at most `longest` tokens. Raises MelScribeError if it does not load.
        """
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError as error:
            raise MelScribeError(f"Writing needs transformers: {INSTALL}.") from error
        device = chosen_device("auto")
        dtype = torch.bfloat16 if fast_in_bf16(device) else torch.float32
        file = gguf_file(name)
        place, more = (str(file.parent), {"gguf_file": file.name}) if file else (name, {})
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(place, padding_side="left", **more)
            model: Any = AutoModelForCausalLM.from_pretrained(place, dtype=dtype, **more)
        except _failures(file) as error:
            raise _unloaded(name, file, error) from error
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._model = model.to(device)  # loaded for inference, not for training
        self._longest = longest
        self._name = name

    @property
    def name(self) -> str:
        """Return the name that it was loaded by."""
        return self._name

    def write(
        self, prompts: Sequence[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        """Return one answer per prompt, see Writer.write."""
        import torch

        chat = self._tokenizer.chat_template is not None
        tokens = self._tokenizer(
            [self._as_chat(prompt) for prompt in prompts] if chat else list(prompts),
            add_special_tokens=not chat,  # a chat template has written them already
            padding=True,
            return_tensors="pt",
        ).to(self._model.device)
        torch.manual_seed(seed)
        with torch.inference_mode():
            written = self._model.generate(
                **tokens,
                do_sample=True,
                temperature=temperature,
                top_p=top_p,
                top_k=0,  # transformers would cut at 50
                max_new_tokens=self._longest,
                pad_token_id=self._tokenizer.pad_token_id,
            )
        answers = written[:, tokens["input_ids"].shape[1] :]
        return list(self._tokenizer.batch_decode(answers, skip_special_tokens=True))

    def _as_chat(self, prompt: str) -> str:
        messages = [{"role": "user", "content": prompt}]  # some templates have no system role
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        )


def gguf_file(name: str) -> Path | None:
    """Return the GGUF file that the model `name` is, or the only one in the folder `name`.

    None for a folder with other weights, and for a hub name. Raises MelScribeError if there is no
    such file, several in the folder, another format in the file, only a part of a model, or no
    package gguf to read it.
    """
    path = Path(name)
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.suffix.lower() == GGUF)
        if not files or any(one for kind in WEIGHTS for one in path.glob(kind)):
            return None
        if len(files) > 1:
            names = ", ".join(one.name for one in files)
            raise MelScribeError(f"{name} has {len(files)} GGUF files ({names}); give one of them.")
        path = files[0]
    elif path.suffix.lower() != GGUF:
        return None
    _check_gguf(path)
    return path


def _check_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = file.read(len(MAGIC))
    except OSError as error:
        raise unreadable(path, error) from error
    if found != MAGIC:
        raise MelScribeError(
            f"{path}: is not a GGUF file (it begins with {found!r}, not {MAGIC!r}); "
            "download it again."
        )
    if _SPLIT.search(path.stem):
        raise MelScribeError(
            f"{path}: is one of several files of a model; "
            "join them with llama.cpp's llama-gguf-split --merge."
        )
    if find_spec("gguf") is None:
        raise MelScribeError(f"{path}: reading it needs the package gguf: pip install gguf.")


def _failures(file: Path | None) -> tuple[type[Exception], ...]:
    """Return what loading may raise: the reader of a damaged GGUF file raises nearly anything."""
    return (Exception,) if file else (OSError, ValueError, KeyError)


def _unloaded(name: str, file: Path | None, error: Exception) -> MelScribeError:
    reason = str(error).strip().split("\n")[0].rstrip(".")
    remedy = (
        "download the file again, or give a model that transformers reads from GGUF"
        if file
        else "download it and give its folder, or check the name"
    )
    return MelScribeError(f"The model {name} does not load ({reason}); {remedy}.")
