"""Compare an exported encoder with the model from which it was made: fidelity, speed, size.

    python -m benchmarks.quality.exported_encoder --model FOLDER [--exported FOLDER]

The model is a sentence-transformers folder, the exported encoder the bundled one by default. Texts
are our requests (trainer/data/requests): the development part for quality, the tag sets of the
training part for speed. Speed is texts per second of processor time on one thread, the best of
three rounds in which both take turns.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.paths import REQUESTS
from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import text_of
from melscribe_core.encoder.onnx import BUNDLED, FILES, ExportedEncoder
from melscribe_core.encoder.sentence_encoder import open_model

COLD = """
from melscribe_core.encoder.encoder import load_encoder
load_encoder({!r}, threads=1).encode(["folk"])
"""
BEFORE = "import melscribe_core.encoder.encoder"  # Python and numpy, which every command needs


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    exported = ExportedEncoder(options.exported, threads=1)
    source = open_model(options.model, threads=1, device="cpu")

    def original(texts: Sequence[str]) -> FloatArray:
        return np.asarray(source.encode(list(texts), batch_size=32, normalize_embeddings=True))

    rows = read("dev.jsonl")
    requests = [request for row in rows for request in row["requests"]]
    tags = [text_of(row["tags"]) for row in rows]
    ours, theirs = exported.encode(requests), original(requests)
    cosines = (ours * theirs).sum(axis=1)
    say("cosine to the model", f"mean {cosines.mean():.4f}, least {cosines.min():.4f}")
    say("recall@10, export", f"{recall(ours, exported.encode(tags)):.3f}")
    say("recall@10, model", f"{recall(theirs, original(tags)):.3f}")
    alone = np.concatenate([exported.encode([text]) for text in requests])
    say("alone against together", f"largest difference {np.abs(alone - ours).max():.0e}")
    texts = sorted({text_of(row["tags"]) for row in read("train.jsonl")})
    fast, plain = rates([exported.encode, original], texts)
    say("texts a processor second", f"{fast:.0f} against {plain:.0f}: {fast / plain:.2f} x")
    first, before = cold(COLD.format(str(options.exported))), cold(BEFORE)
    say("first vector of a process", f"{1000 * (first - before):.0f} ms beyond python and numpy")
    size = sum((options.exported / file).stat().st_size for file in FILES)
    say("size", f"{size / 1e6:.1f} MB")


def read(file: str) -> list[dict[str, list[str]]]:
    """Return the rows of one file of requests."""
    return [json.loads(line) for line in (REQUESTS / file).read_text(encoding="utf-8").splitlines()]


def say(what: str, measured: str) -> None:
    """Print one line of the table."""
    print(f"{what:28}{measured}", flush=True)


def recall(requests: FloatArray, tags: FloatArray, k: int = 10) -> float:
    """Return the share of requests whose own tag set is among the k nearest.

    Each tag set has the same number of requests; `requests` has those of tags[0] first, and so on.
    """
    likeness = requests @ tags.T
    own = np.repeat(np.arange(len(tags)), len(requests) // len(tags))
    nearer = (likeness > likeness[np.arange(len(own)), own][:, None]).sum(axis=1)
    return float((nearer < k).mean())


def rates(encoders: list[Callable[[Sequence[str]], FloatArray]], texts: list[str]) -> list[float]:
    """Return the texts per second of each encoder, the best of three rounds."""
    seconds = [[timed(encoder, texts) for encoder in encoders] for _ in range(3)]
    return [len(texts) / best for best in np.min(seconds, axis=0)]


def timed(encode: Callable[[Sequence[str]], FloatArray], texts: list[str]) -> float:
    """Return the processor seconds of one call."""
    start = time.process_time()
    encode(texts)
    return time.process_time() - start


def cold(code: str) -> float:
    """Return the processor seconds of a new process that runs `code`, the median of nine."""
    marks = [children()]
    for _ in range(9):
        subprocess.run([sys.executable, "-c", code], check=True)
        marks.append(children())
    return float(np.median(np.diff(marks)))


def children() -> float:
    """Return the processor seconds of all finished child processes so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--exported", type=Path, default=BUNDLED)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
