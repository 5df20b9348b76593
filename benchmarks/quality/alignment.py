"""Make synthesised pieces with words that the hearing nets do not know, and align them.

    python -m benchmarks.quality.alignment FOLDER

FOLDER gets the pieces (demo/synthesis.py, four to an album) and `pieces.jsonl`, on which
`melscribe-train align` is run: it prints its table of held-out albums. A piece has the word of its
kind, two others of it with a chance of 0.7 each, and with a chance of 0.4 a caption.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import soundfile

from benchmarks.speed.rounds import say
from demo.synthesis import RATE, piece
from melscribe_core.files.writing import replace_file

TRAIN = Path(sys.executable).with_name("melscribe-train")
OF_AN_ALBUM = 4
EXTRA, CAPTIONED = 0.7, 0.4  # chances of a word, and of a caption
# Kind of piece -> a word that the nets have no output for, and others of it.
WORDS = {
    "techno": ("warehouse", "nocturnal", "club"),
    "drums": ("ritual", "tribal", "dancing"),
    "harp": ("celtic lullaby", "delicate", "bright"),
    "harpsichord": ("early music", "courtly", "busy"),
    "flute": ("pastoral", "lonely", "airy"),
    "noise": ("power electronics", "harsh", "abrasive"),
    "pad": ("dungeon synth", "meditative", "medieval"),
    "choir": ("sacred", "solemn", "reverent"),
    "strings": ("neoromantic", "tragic", "lush"),
    "piano": ("salon music", "wistful", "intimate"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    pairs = make_pieces(options.folder, options.albums)
    out = str(options.folder / "aligned")
    subprocess.run([str(TRAIN), "align", str(pairs), "--out", out], check=True)


def make_pieces(folder: Path, albums: int) -> Path:
    """Write the pieces and their JSONL; return its path. What is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps(row) for row in _rows(folder, albums)]
    path = folder / "pieces.jsonl"
    replace_file(path, ("\n".join(rows) + "\n").encode())
    return path


def _rows(folder: Path, albums: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(1)
    for kind, (word, *others) in WORDS.items():
        say(f"pieces of {kind}")
        for number in range(albums * OF_AN_ALBUM):
            name = f"{kind}-{number}.flac"
            if not (folder / name).exists():
                soundfile.write(folder / name, piece(kind, number), RATE)
            tags = [word, *(one for one in others if draw.random() < EXTRA)]
            texts = [f"A {others[0]} piece of {word}"] if draw.random() < CAPTIONED else []
            album = f"{kind} {number // OF_AN_ALBUM}"
            yield {"audio": name, "id": name, "album": album, "tags": tags, "texts": texts}


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Align synthesised pieces with unknown words.")
    parser.add_argument("folder", type=Path, help="where to put pieces and towers")
    parser.add_argument("--albums", type=int, default=12, help="albums of each kind")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
