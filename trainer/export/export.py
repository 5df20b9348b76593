"""A sentence-transformers model -> a folder that runs without torch, compared with the model."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import text_of
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import (
    FILES,
    GRAPH,
    TOKENIZER,
    WEIGHTS,
    ExportedEncoder,
    Manifest,
    measure_file,
)
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import EncoderError

from ..clock import Spent, clocked
from .onnx_graph import Bert, bert_graph

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import BertModel

CARD = "MODEL_CARD.md"
CONVERSION, CHECKS = "conversion", "checks"  # the parts of an export whose time is told apart
LEAST_COSINE = 0.99  # mean, between the export's vectors and the model's
LEAST_TEXTS = 20  # with fewer the comparison means nothing
MOST_TEXTS = 2000  # more only take longer
SMALL = 1024  # bytes; larger constants are stored in WEIGHTS, which is memory-mapped


@dataclass(frozen=True)
class Report:
    """Agreement of an export with its model over `texts` texts, and its size in bytes."""

    texts: int
    mean_cosine: float
    worst_cosine: float
    size: int


def export(
    model: str,
    out: Path,
    texts: Iterable[str],
    *,
    name: str | None = None,
    spent: Spent | None = None,
) -> Report:
    """Export the sentence-transformers model `model`, a folder or a hub name, into `out`.

    Writes graph and weights in 8 bits, tokenizer, manifest and a draft of a model card. Every
    second text measures the range of activations, the others compare the export with the model.
    An earlier export in `out` is replaced; on any error `out` is unchanged. `name` is the model's
    name in manifest and card, by default the last part of `model`. The processor seconds of
    CONVERSION and CHECKS are added to `spent`. Raises EncoderError: not a BERT with mean pooling,
    too few texts, other files in `out`, or a mean cosine below LEAST_COSINE.
    """
    spent = {} if spent is None else spent
    sample = _sample(texts)
    _check_target(out)
    source = open_model(model_folder(model), usable_cores(), device="cpu")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / "export"
        folder.mkdir()
        with clocked(spent, CONVERSION):
            write(source, folder, sample[::2], name or Path(model).name)
        with clocked(spent, CHECKS):
            report = compare(source, folder, sample[1::2])
        (folder / CARD).write_text(_card(name or Path(model).name, report), encoding="utf-8")
        if out.exists():
            out.rename(Path(scratch) / "before")
        folder.rename(out)
    return report


def read_texts(files: Sequence[Path]) -> list[str]:
    """Return the texts of JSONL files: captions, requests, and each row's tags as one text.

    Raises EncoderError with the file and line of anything else.
    """
    texts = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise EncoderError(f"Texts in {file} cannot be read ({error}).") from error
        for number, line in enumerate(lines, 1):
            try:
                texts += _texts_of(json.loads(line))
            except (ValueError, TypeError, AttributeError) as error:
                raise EncoderError(
                    f"Line {number} of {file} is no JSON object with a caption, requests or tags."
                ) from error
    return texts


def write(source: SentenceTransformer, folder: Path, texts: Sequence[str], name: str) -> None:
    """Write graph, weights, tokenizer and manifest of `source` into `folder`.

    `texts` measure the range of activations. Raises EncoderError if `source` is not a BERT with
    mean pooling.
    """
    bert = read_bert(source, texts)
    _save_graph(bert, folder)
    _save_tokenizer(source, folder)
    files = {file: measure_file(folder / file) for file in FILES}
    manifest = Manifest(name, bert.hidden, bert.max_tokens, files)
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")


def compare(source: SentenceTransformer, folder: Path, texts: Sequence[str]) -> Report:
    """Compare the export in `folder` with `source` on `texts`.

    Raises EncoderError if the mean cosine is below LEAST_COSINE.
    """
    exported = ExportedEncoder(folder, usable_cores()).encode(texts)
    original = source.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    cosines = (exported * np.asarray(original)).sum(axis=1)  # both have unit length
    mean, worst = float(cosines.mean()), float(cosines.min())
    if not mean >= LEAST_COSINE:  # also if it is NaN
        raise EncoderError(
            f"The exported vectors have a mean cosine of {mean:.4f} to the model's own over"
            f" {len(texts)} texts, below {LEAST_COSINE}; nothing was written, so try other texts"
            " or another model."
        )
    size = sum((folder / file).stat().st_size for file in FILES)
    return Report(len(texts), mean, worst, size)


def read_bert(source: SentenceTransformer, texts: Sequence[str]) -> Bert:
    """Read weights and settings of `source`; measure the range of activations on `texts`."""
    network = _network(source)
    config = network.config
    _check_kind(source, network)
    limit = source.max_seq_length or config.max_position_embeddings
    return Bert(
        weights={key: value.float().numpy() for key, value in network.state_dict().items()},
        ranges=activation_ranges(source, texts),
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        epsilon=config.layer_norm_eps,
        max_tokens=min(limit, config.max_position_embeddings),
    )


def activation_ranges(source: SentenceTransformer, texts: Sequence[str]) -> dict[str, FloatArray]:
    """Return the largest absolute value of each input channel of each linear layer, (in,).

    Keys are the layers' names in BertModel. Padding is included; its activations are in the range
    of those of other tokens.
    """
    import torch

    found: dict[str, torch.Tensor] = {}

    def watch(name: str, layer: torch.nn.Module) -> torch.utils.hooks.RemovableHandle:
        def note(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            largest = inputs[0].detach().abs().flatten(0, -2).amax(dim=0)
            found[name] = torch.maximum(found.get(name, largest), largest)

        return layer.register_forward_pre_hook(note)

    layers = _network(source).named_modules()
    watched = [watch(name, part) for name, part in layers if isinstance(part, torch.nn.Linear)]
    source.encode(list(texts), show_progress_bar=False)
    for handle in watched:
        handle.remove()
    return {name: largest.float().numpy() for name, largest in found.items()}


def _network(source: SentenceTransformer) -> BertModel:
    from transformers import BertModel

    networks = [part for part in source.modules() if isinstance(part, BertModel)]
    if len(networks) != 1:
        raise EncoderError("The model is not a BERT, and only BERT models can be exported.")
    return networks[0]


def _check_kind(source: SentenceTransformer, network: BertModel) -> None:
    """Raise EncoderError for what the graph does not compute."""
    kinds = [type(module).__name__ for module in source]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        chain = ", ".join(kinds)
        raise EncoderError(f"The model is a chain of {chain}, and only Pooling can be exported.")
    pooling: Any = source[1]
    mode = getattr(pooling, "pooling_mode", None) or pooling.get_pooling_mode_str()  # before 6.0
    if mode != "mean":
        raise EncoderError(f"The model pools its tokens by {mode}, and only mean can be exported.")
    if network.config.hidden_act != "gelu":
        raise EncoderError(
            f"The model's activation is {network.config.hidden_act}, and only gelu can be exported."
        )


def _save_graph(bert: Bert, folder: Path) -> None:
    import onnx

    onnx.save_model(
        bert_graph(bert),
        folder / GRAPH,
        save_as_external_data=True,
        location=WEIGHTS,
        size_threshold=SMALL,
    )
    (folder / WEIGHTS).chmod(
        (folder / GRAPH).stat().st_mode
    )  # onnx makes it readable by its owner only


def _save_tokenizer(source: SentenceTransformer, folder: Path) -> None:
    from tokenizers import Tokenizer

    backend = getattr(source.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError("The model's tokenizer has no fast form, and no other can be exported.")
    tokenizer = Tokenizer.from_str(backend.to_str())  # a copy: the model still needs padding
    tokenizer.no_padding()
    tokenizer.no_truncation()  # the manifest has the maximal length
    tokenizer.save(str(folder / TOKENIZER), pretty=False)


def _texts_of(row: dict[str, Any]) -> list[str]:
    requests, caption = row.get("requests", []), row.get("caption", "")
    return [*map(str, requests), str(caption), text_of(row.get("tags", []))]


def _sample(texts: Iterable[str]) -> list[str]:
    """Return at most MOST_TEXTS distinct texts, the same ones in each call."""
    distinct = list(dict.fromkeys(text for text in texts if text))
    if len(distinct) < LEAST_TEXTS:
        raise EncoderError(
            f"An export is checked on texts, and {len(distinct)} different ones are not enough;"
            f" give {LEAST_TEXTS} or more."
        )
    return random.Random(0).sample(distinct, min(len(distinct), MOST_TEXTS))


def _check_target(out: Path) -> None:
    if out.exists() and not (out / MANIFEST).is_file() and not (out.is_dir() and _is_empty(out)):
        raise EncoderError(
            f"{out} holds something other than an exported encoder; name another folder."
        )


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _card(name: str, report: Report) -> str:
    return f"""# {name}

A sentence encoder for descriptions of music: texts in, unit vectors out; the similarity of two
texts is the dot product of their vectors. Written by `melscribe-train export`.

- Made from: (the model, its authors, its licence)
- Trained on: (the data, and who may use it)
- Good for, bad at: (what was measured)

| check | value |
|---|---|
| texts compared | {report.texts} |
| mean cosine to the model's own vectors | {report.mean_cosine:.4f} |
| worst cosine | {report.worst_cosine:.4f} |
| size | {report.size / 1e6:.1f} MB |
"""
