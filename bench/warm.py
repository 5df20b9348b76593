"""Answer requests one after the other in one process, as a program that stays would.

    python -m bench.warm LIBRARY --requests FILE

LIBRARY has an index that is up to date. FILE holds a JSON list a line: a request and the id of the
track that it is about, null when none is. Prints {"requests", "median", "slow", "worst", "cpu",
"recall"}: how many were timed; the seconds that half, 19 of 20 and all of these took at most, from
the words to a playlist of 25 tracks; the processor seconds that half of them took at most; and of
all requests with a track the share whose descriptor set is among the first ten distinct sets, null
without such requests.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beetsplug.melscribe.index import LibraryIndex
    from beetsplug.melscribe.settings import Settings

TIMED = 200  # requests whose time is taken, at most
FIRST = 10  # distinct sets among which the right one counts as found
Asked = tuple[str, int | None]  # a request, and the id of the track that it is about


def read_asked(path: Path) -> list[Asked]:
    """Return the requests of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(request, track) for request, track in map(json.loads, lines)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)

    from beets.library import Library

    from beetsplug.melscribe.index import with_index

    settings = _settings(options.encoder)
    library = Library(str(options.library), str(options.library.parent))
    asked = read_asked(options.requests)
    try:
        found = with_index(library, settings, lambda index: _measured(index, settings, asked))
    finally:
        library._close()
    print(json.dumps(found))


def _settings(encoder: str | None) -> Settings:
    import confuse

    from beetsplug.melscribe.defaults import DEFAULTS
    from beetsplug.melscribe.settings import read_settings

    config = confuse.Configuration("bench", read=False)
    config["melscribe"].add(DEFAULTS)
    config.set({"melscribe": {"encoder": encoder}})
    return read_settings(config["melscribe"])


def _measured(index: LibraryIndex, settings: Settings, asked: Sequence[Asked]) -> dict[str, Any]:
    _answered(index, settings, asked[0][0])  # what is read at the first request is read once
    measured = [_answered(index, settings, request) for request, _ in asked[:TIMED]]
    took = sorted(wall for wall, _ in measured)
    about = [(request, track) for request, track in asked if track is not None]
    right = [_is_found(index, settings, request, track) for request, track in about]
    return {
        "requests": len(measured),
        "median": median(took),
        "slow": took[len(took) * 19 // 20],
        "worst": took[-1],
        "cpu": median(cpu for _, cpu in measured),
        "recall": sum(right) / len(right) if right else None,
    }


def _answered(index: LibraryIndex, settings: Settings, request: str) -> tuple[float, float]:
    """Return the seconds and the processor seconds that the answer took."""
    from beetsplug.melscribe.answer import NothingFoundError, answer
    from beetsplug.melscribe.request import UserRequest as Words

    started, used = time.perf_counter(), time.process_time()
    with suppress(NothingFoundError):  # that is an answer too
        answer(index, Words(text=request), settings, None)
    return time.perf_counter() - started, time.process_time() - used


def _is_found(index: LibraryIndex, settings: Settings, request: str, track: int) -> bool:
    wanted = index.texts(frozenset({track}))[track]
    return wanted in islice(_sets(index, settings, request), FIRST)


def _sets(index: LibraryIndex, settings: Settings, request: str) -> Iterator[str]:
    """Yield the distinct descriptor sets that answer a request, the best first."""
    from beetsplug.melscribe.answer import NothingFoundError, ranked, resolve
    from beetsplug.melscribe.names import LibraryNames
    from beetsplug.melscribe.request import UserRequest as Words
    from melscribe_core.descriptors.sets import SEPARATOR

    try:
        names = LibraryNames(index.lib, index.catalogue)
        _, hits = ranked(index, resolve(index, names, Words(text=request), settings), request)
    except NothingFoundError:
        return
    seen: set[str] = set()
    for hit in hits:
        text = SEPARATOR.join(hit.descriptors)
        if text not in seen:
            seen.add(text)
            yield text


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Answer requests in one process.")
    parser.add_argument("library", type=Path, help="a library.db with its index beside it")
    parser.add_argument("--requests", type=Path, required=True, help="requests, see above")
    parser.add_argument("--encoder", help="the setting `encoder`")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
