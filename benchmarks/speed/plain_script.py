"""Index a library with a short script: sentence-transformers, one text per track, hnswlib.

    python -m benchmarks.speed.plain_script library.db --weights FOLDER --index FILE

The baseline of the indexing speed: 32-bit weights, batches of 32, every track's text encoded even
if another track has the same. Prints {"tracks", "of", "read", "load", "encode", "add", "bytes"}:
counts, seconds of each step, size of the index file. `--every K` takes each K-th track only.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

BATCH = 32
GENRE_SEPARATOR = "\\␀"  # backslash and U+2400, as beets stores lists


def read_texts(database: Path) -> dict[int, str]:
    """Return id -> tags, sorted and joined by ", ", of each track that has tags."""
    with closing(sqlite3.connect(database)) as library:
        rows = library.execute(
            "SELECT items.id, genres, grouping, value FROM items"
            " LEFT JOIN item_attributes ON entity_id = items.id AND key = 'mood' ORDER BY items.id"
        ).fetchall()
    sets = (
        (track, [*genres.split(GENRE_SEPARATOR), *some.split(", "), *(mood or "").split("; ")])
        for track, genres, some, mood in rows
    )
    texts = ((track, ", ".join(sorted(filter(None, tags)))) for track, tags in sets)
    return {track: text for track, text in texts if text}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    started = time.perf_counter()
    every_text = list(read_texts(options.library).values())
    texts = every_text[:: options.every]
    was_read = time.perf_counter()

    import hnswlib
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(options.weights, device="cpu")
    loaded = time.perf_counter()
    vectors = model.encode(texts, batch_size=BATCH, normalize_embeddings=True)
    encoded = time.perf_counter()
    index = hnswlib.Index("cosine", vectors.shape[1])
    index.init_index(len(texts))
    index.add_items(vectors)
    added = time.perf_counter()
    index.save_index(str(options.index))

    print(
        json.dumps(
            {
                "tracks": len(texts),
                "of": len(every_text),
                "read": was_read - started,
                "load": loaded - was_read,
                "encode": encoded - loaded,
                "add": added - encoded,
                "bytes": options.index.stat().st_size,
            }
        )
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Index a beets library with a plain script.")
    parser.add_argument("library", type=Path, help="a beets library.db")
    parser.add_argument("--weights", required=True, help="a sentence-transformers folder")
    parser.add_argument(
        "--every", type=int, default=1, metavar="K", help="take each K-th track only"
    )
    parser.add_argument("--index", type=Path, required=True, help="index file to write")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
