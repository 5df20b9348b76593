"""Measure the normalisation of documents: descriptors as an index holds them, or tags as written.

    python -m benchmarks.quality.spelling --requests dev.jsonl --beside train.jsonl \
        --musiccaps dev.jsonl

The documents of the development sets (docs/evaluation.md) are replaced by the tags from which they
were made, sorted and in lower case; the relevance judgements stay. The bundled encoder, alone and
in the hybrid, ranks them in both forms.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from melscribe_core.descriptors.sets import text_of
from melscribe_trainer.data.beir import Beir
from melscribe_trainer.data.datasets import Dataset, read_musiccaps, read_requests
from melscribe_trainer.evaluation import systems
from melscribe_trainer.evaluation.evaluate import score
from melscribe_trainer.evaluation.sets import caption_set, request_sets

READINGS: dict[str, Callable[[str], str]] = {
    "as given": systems.as_given,
    "as indexed": systems.as_indexed,
}


def written(datasets: Iterable[Dataset]) -> dict[str, str]:
    """Return text of descriptors -> text of the tags from which it was made."""
    tracks = [track for dataset in datasets for track in dataset.tracks]
    return {
        text_of(track.tags): ", ".join(sorted({tag.lower().strip() for tag in track.tags}))
        for track in tracks
    }


def as_tagged(test: Beir, tags: dict[str, str]) -> Beir:
    """Return the test with its documents replaced by the tags as written."""
    return replace(test, corpus={one: tags[text] for one, text in test.corpus.items()})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    requests, beside = read_requests(options.requests), read_requests(options.beside)
    captions = read_musiccaps(options.musiccaps)
    tags = written([requests, beside, captions])
    print("| set | system | read | recall@10 | ndcg@10 |\n|---|---|---|---:|---:|")
    for one in (*request_sets(requests, [beside]), caption_set("mc-captions", captions)):
        test = as_tagged(one.tests[0], tags)
        for name in ("bundled", "hybrid"):
            for reading, read in READINGS.items():
                systems.as_indexed = read  # both systems read documents with this function
                found = score(systems.load_system(name), test)
                cells = (f"{100 * found[measure]:.1f}" for measure in ("recall@10", "ndcg@10"))
                print(f"| {one.name} | {name} | {reading} | {' | '.join(cells)} |", flush=True)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ("--requests", "--beside", "--musiccaps"):
        parser.add_argument(name, required=True)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
