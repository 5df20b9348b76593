"""Measure what `auto: yes` adds to the import of one album into a large, indexed library.

    python -m benchmarks.speed.album_import --data library.tsv.gz
    python -m benchmarks.speed.album_import             # with 55,525 made-up tracks

Each round makes an album of twelve small files with genres that no track had before, and imports it
with `beet import -q -A` into two copies of the library, one with `auto: yes` and one with
`auto: no`. Prints the median and range of the differences within a round.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import mutagen

from benchmarks.paths import SILENCE
from benchmarks.speed.home import Home, new_library
from benchmarks.speed.process import Usage

FILES = 12
TRACKS = 55_525
IMPORT = "import: {copy: no, write: no}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    with tempfile.TemporaryDirectory(prefix="melscribe-bench-") as folder:
        rounds = measured(Path(folder), _source(options), options.repeats)
    for name, values in (
        ("wall time", [on.wall - off.wall for on, off in rounds]),
        ("processor time", [on.cpu - off.cpu for on, off in rounds]),
    ):
        print(f"{name} more: {median(values):.2f} s ({min(values):.2f} to {max(values):.2f})")
    print(f"`auto: no`: {median(off.cpu for _, off in rounds):.2f} s of processor time")


def measured(folder: Path, source: Sequence[str], repeats: int) -> list[tuple[Usage, Usage]]:
    """Return (usage with `auto: yes`, usage with `auto: no`) for each round.

    `source` are the options of benchmarks.speed.collection. A first round is not counted.
    """
    seed, _ = new_library(folder / "seed", *source)
    on, off = (
        Home(folder / f"auto {auto}", seed, ["melscribe"], auto=auto) for auto in (True, False)
    )
    for home in (on, off):
        with (home.folder / "config.yaml").open("a", encoding="utf-8") as config:
            config.write(IMPORT)
        home.beet("melindex")
    rounds = []
    for number in range(repeats + 1):  # the first fills the caches
        album = make_album(folder / "albums" / str(number), number)
        usages = {home: _imported(home, album) for home in ([on, off], [off, on])[number % 2]}
        rounds.append((usages[on], usages[off]))
    return rounds[1:]


def make_album(folder: Path, number: int) -> Path:
    """Make an album whose genres no other album has, and return its folder."""
    folder.mkdir(parents=True)
    for track in range(1, FILES + 1):
        path = folder / f"{track:02}.mp3"
        shutil.copyfile(SILENCE, path)
        audio = mutagen.File(path, easy=True)
        tags = {"artist": f"Band {number}", "album": f"Album {number}", "title": f"Song {track}"}
        audio.update({**tags, "genre": f"{chr(ord('a') + number % 26)}core", "mood": "sad"})
        audio.save()
    return folder


def _imported(home: Home, album: Path) -> Usage:
    return home.beet("import", "-q", "-A", str(album))


def _source(options: argparse.Namespace) -> list[str]:
    if options.data:
        return ["--data", str(options.data.resolve())]
    return ["--synthetic", str(options.synthetic)]


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.album_import", description="Measure auto."
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, help="a gzipped table of tracks")
    source.add_argument(
        "--synthetic", type=int, default=TRACKS, metavar="N", help="make up N tracks"
    )
    parser.add_argument("--repeats", type=int, default=7, help="rounds")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
