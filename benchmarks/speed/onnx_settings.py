"""Measure the bundled encoder with other numbers of threads and of tokens in one run.

    python -m benchmarks.speed.onnx_settings

"side by side" is the setting of the encoder: each thread has its own runs. "within" is the default
of onnxruntime: all threads work on one run. Texts are the tag sets of the training part of our
requests; a request is one of them alone. Each cell is the best of five rounds in which all settings
take turns.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import product
from unittest.mock import patch

from onnxruntime import SessionOptions

from benchmarks.paths import REQUESTS
from melscribe_core.descriptors.sets import text_of
from melscribe_core.encoder import onnx
from melscribe_core.encoder.onnx import BUNDLED, ExportedEncoder

TOKENS = (64, 128, 256, 512, 1024, 4096)  # in one run of the graph
ROUNDS = 5
ALONE = 40  # requests, one after the other
Cost = tuple[float, float]  # wall and processor seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    _options(arguments)
    lines = (REQUESTS / "train.jsonl").read_text(encoding="utf-8").splitlines()
    texts = sorted({text_of(json.loads(line)["tags"]) for line in lines})
    encoders = {"1": opened(1), "2 side by side": opened(2), "2 within": opened(1, within=2)}
    found = best(list(product(TOKENS, encoders)), lambda n, how: together(encoders[how], texts, n))
    print("| tokens in one run | threads | texts/s | processor ms a text |\n|---:|---|---:|---:|")
    for (tokens, how), (wall, cpu) in found.items():
        print(f"| {tokens} | {how} | {len(texts) / wall:,.0f} | {1000 * cpu / len(texts):.2f} |")
    found = best([(1, how) for how in encoders], lambda _, how: alone(encoders[how], texts))
    print("\n| threads | ms a request alone | processor ms |\n|---|---:|---:|")
    for (_, how), (wall, cpu) in found.items():
        print(f"| {how} | {1000 * wall / ALONE:.2f} | {1000 * cpu / ALONE:.2f} |")


def opened(threads: int, within: int = 1) -> ExportedEncoder:
    """Return the loaded encoder with `threads` parallel runs, and `within` threads in each run."""
    options = onnx._session_options

    def changed() -> SessionOptions:
        made = options()
        made.intra_op_num_threads = within
        made.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return made

    with patch.object(onnx, "_session_options", changed):
        one = ExportedEncoder(BUNDLED, threads)
        one.encode(["folk"])
    return one


def best(
    settings: list[tuple[int, str]], run: Callable[[int, str], Cost]
) -> dict[tuple[int, str], Cost]:
    """Return, for each setting, the least wall and processor seconds of ROUNDS rounds."""
    found = [[run(*setting) for setting in settings] for _ in range(ROUNDS)]
    columns = zip(*found, strict=True)
    return {
        setting: (min(wall for wall, _ in column), min(cpu for _, cpu in column))
        for setting, column in zip(settings, columns, strict=True)
    }


def together(one: ExportedEncoder, texts: list[str], tokens: int) -> Cost:
    """Encode all texts with at most `tokens` tokens in one run."""
    with patch.object(onnx, "TOKENS_AT_ONCE", tokens):
        return timed(lambda: one.encode(texts))


def alone(one: ExportedEncoder, texts: list[str]) -> Cost:
    """Encode ALONE texts, one at a time."""
    return timed(lambda: [one.encode([text]) for text in texts[:: len(texts) // ALONE][:ALONE]])


def timed(run: Callable[[], object]) -> Cost:
    """Return the cost of a call."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
