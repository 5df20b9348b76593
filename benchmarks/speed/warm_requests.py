"""Answer requests one after the other in one process.

    python -m benchmarks.speed.warm_requests LIBRARY --requests FILE

LIBRARY is a library.db with a current index. Each line of FILE is a JSON list: a request, and the
id of the track that it describes or null. Prints

    requests    number of timed requests
    median, slow, worst    seconds that 50 %, 95 % and 100 % of them took at most, from the words
                to a playlist of 25 tracks
    cpu         processor seconds that 50 % of them took at most
    recall      of the requests with a track, the share whose descriptor set is among the first ten
                distinct sets; null without such requests
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

from benchmarks.settings import plugin_settings

if TYPE_CHECKING:
    from beetsplug.melscribe.index import LibraryIndex
    from beetsplug.melscribe.settings import Settings

TIMED = 200  # requests that are timed, at most
FIRST = 10  # the k of recall@k, in distinct sets
Asked = tuple[str, int | None]  # a request, and the id of the track that it describes


def read_asked(path: Path) -> list[Asked]:
    """Return the requests of a file, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(request, track) for request, track in map(json.loads, lines)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)

    from beets.library import Library

    from beetsplug.melscribe.index import with_index

    settings = plugin_settings(encoder=options.encoder)
    library = Library(str(options.library), str(options.library.parent))
    asked = read_asked(options.requests)
    try:
        found = with_index(library, settings, lambda index: _measured(index, settings, asked))
    finally:
        library._close()
    print(json.dumps(found))


def _measured(index: LibraryIndex, settings: Settings, asked: Sequence[Asked]) -> dict[str, Any]:
    answered(index, settings, asked[0][0])  # the first request reads what the others find in memory
    measured = [answered(index, settings, request) for request, _ in asked[:TIMED]]
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


def answered(index: LibraryIndex, settings: Settings, request: str) -> tuple[float, float]:
    """Return the wall and processor seconds of one answer."""
    from beetsplug.melscribe.answer import NothingFoundError, answer
    from beetsplug.melscribe.request import UserRequest

    started, used = time.perf_counter(), time.process_time()
    with suppress(NothingFoundError):  # an empty answer is timed too
        answer(index, UserRequest(text=request), settings, None)
    return time.perf_counter() - started, time.process_time() - used


def _is_found(index: LibraryIndex, settings: Settings, request: str, track: int) -> bool:
    wanted = index.texts(frozenset({track}))[track]
    return wanted in islice(_sets(index, settings, request), FIRST)


def _sets(index: LibraryIndex, settings: Settings, request: str) -> Iterator[str]:
    """Yield the distinct descriptor sets of an answer, best first."""
    from beetsplug.melscribe.answer import NothingFoundError, ranked, resolve_request
    from beetsplug.melscribe.name_index import LibraryNames
    from beetsplug.melscribe.request import UserRequest
    from melscribe_core.descriptors.sets import SEPARATOR

    try:
        names = LibraryNames(index.catalogue)
        wish = resolve_request(index, names, UserRequest(text=request), settings)
        _, hits = ranked(index, wish, request)
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
    parser.add_argument("library", type=Path, help="a library.db with a current index")
    parser.add_argument("--requests", type=Path, required=True, help="requests, see above")
    parser.add_argument("--encoder", help="the setting `encoder`")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
