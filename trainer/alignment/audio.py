"""Audio files -> what was heard of them; a cache in the work folder keeps it by content."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from melscribe_core.errors import MelScribeError, UnreadableAudioError
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.sound import FEATURES, Sound
from melscribe_core.text import counted

from ..job import Say
from ..stages import fingerprint_of
from .examples import Example

CACHE = "heard.jsonl"  # a line per content: appended as soon as it was heard
EVERY = 25  # files heard between two lines of progress
NAMED = 3  # files that were not heard are named, up to so many


class HeardFile:
    """What was heard so far, by content; a killed process loses at most the track it was hearing.

    Use it in `open_heard_file`, which closes the file.
    """

    def __init__(self, known: dict[str, Sound], file: IO[str]) -> None:
        self._known = known
        self._file = file

    def get(self, content: str) -> Sound | None:
        """Return what was heard of this content, None if it was not heard yet."""
        return self._known.get(content)

    def keep(self, content: str, heard: Sound) -> None:
        """Keep what was heard, on the disk at once. Raises OSError."""
        row = {**heard._asdict(), "tags": heard.tags.hex(), "features": heard.features.hex()}
        self._file.write(json.dumps({"content": content, **row}) + "\n")
        self._file.flush()
        self._known[content] = heard


@contextmanager
def open_heard_file(path: Path) -> Iterator[HeardFile]:
    """Open the cache, new if there is none; lines that a killed process left half are dropped."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8", errors="replace").split("\n") if path.exists() else []
        with path.open("a", encoding="utf-8") as file:
            if lines and lines[-1]:
                file.write("\n")  # the half line ends here: the next one is whole
            yield HeardFile(dict(filter(None, map(_read, lines))), file)
    except OSError as error:
        raise MelScribeError(
            f"{path}: what was heard cannot be kept ({error.strerror or error}); "
            "make room or give another --out."
        ) from error


def listen(
    examples: Sequence[Example], folder: Path, say: Say
) -> tuple[list[Example], Counter[str]]:
    """Return the examples with what was heard of their audio, and what was dropped.

    Files that are missing or cannot be decoded, and tracks of silence, are dropped, counted and
    some of them named. Raises MelScribeError if no track is left.
    """
    dropped: Counter[str] = Counter()
    waiting = sum(example.audio is not None for example in examples)
    if waiting:
        with open_heard_file(folder / CACHE) as heard:
            examples = list(_listened(examples, heard, waiting, dropped, say))
    loud = [example for example in examples if example.heard and example.heard.windows]
    dropped["tracks of silence"] += len(examples) - len(loud)
    if not loud:
        raise MelScribeError(
            "There is no track of which anything was heard "
            f"({', '.join(f'{reason}: {n}' for reason, n in dropped.items() if n)}); "
            "check the paths of the audio, which are relative to the JSONL file."
        )
    return loud, dropped


def _listened(
    examples: Sequence[Example], heard: HeardFile, waiting: int, dropped: Counter[str], say: Say
) -> Iterator[Example]:
    from melscribe_core.hearing.hearing import hear
    from melscribe_core.hearing.nets import Nets

    nets, new, done = Nets(), 0, 0
    for example in examples:
        if example.audio is None:
            yield example
            continue
        done += 1
        try:
            content = f"{_content(example.audio)} {nets.fingerprint}"
            found = heard.get(content)
            if found is None:
                found = hear(str(example.audio), nets)
                heard.keep(content, found)
                new += 1
                if new % EVERY == 0:
                    say(f"heard {done:,} of {waiting:,} audio files")
        except UnreadableAudioError as error:
            dropped["audio files that could not be heard"] += 1
            if dropped["audio files that could not be heard"] <= NAMED:
                say(f"left out: {error}")
            continue
        yield replace(example, heard=found)
    say(f"heard {counted(new, 'audio file')}; {done - new:,} were known or left out")


def _content(path: Path) -> str:
    if not path.is_file():
        raise UnreadableAudioError(f"{path}: there is no such audio file; correct the path.")
    return fingerprint_of(str(path))


def _read(line: str) -> tuple[str, Sound] | None:
    try:
        row = json.loads(line)
        tags, features = bytes.fromhex(row["tags"]), bytes.fromhex(row["features"])
        numbers = float(row["reach"]), float(row["tempo"]), int(row["windows"])
        content = str(row["content"])
    except (ValueError, KeyError, TypeError):
        return None
    if (len(tags), len(features)) != (len(OUTPUTS), FEATURES):
        return None
    return content, Sound(tags, features, *numbers)
