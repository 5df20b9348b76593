"""Statements -> requests, tags -> captions, written by an instruct model.

Requests follow appendix A of Epure et al. 2024, captions LP-MusicCaps (Doh et al. 2023) and TTMR++
(Doh et al. 2024); the prompts in data/prompts are our own. The output is JSONL: id, source,
caption and tags, which `prepare` reads like MusicCaps, then model, prompt, temperature and top_p.

Temperature and top-p of a source depend only on the seed and the source, so an interrupted run
draws the same ones when it continues.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError

from .datasets import Dataset
from .rows import read_jsonl
from .sentences import sentences

PROMPTS = Path(__file__).with_name("prompts")
PLACE = "{text}"  # replaced by the source
DRAWN_FROM = (0.80, 0.85, 0.90, 0.95)  # temperatures, and values of top-p
BATCH = 16  # prompts
ECHO = 0.9  # share of an answer's words from which on it repeats the prompt

_LABEL = re.compile(r"^(?:request|caption|description|answer)\s*:\s*", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»`* "


@dataclass(frozen=True)
class Source:
    """A text to write from, a sentence about a track or its tags; and the track's id and tags."""

    id: str
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Prompt:
    """Instructions for a model that contain PLACE once."""

    text: str

    @property
    def fingerprint(self) -> str:
        """Return a digest of the text."""
        return _digest(self.text).hex()

    def about(self, source: str) -> str:
        """Return the prompt with PLACE replaced by the source."""
        return self.text.replace(PLACE, source)


@dataclass
class Report:
    """Numbers of sources: written now, kept from before, answered with nothing, with an echo."""

    written: int = 0
    kept: int = 0
    empty: int = 0
    echoed: int = 0


class Writer(Protocol):
    """A model that answers prompts."""

    @property
    def name(self) -> str:
        """Return the model's name."""

    def write(
        self, prompts: Sequence[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        """Return one answer per prompt, without the prompt."""


def statements(datasets: Iterable[Dataset]) -> Iterator[Source]:
    """Yield every sentence of every caption."""
    for dataset in datasets:
        for track in dataset.tracks:
            for caption in track.captions:
                for sentence in sentences(caption):
                    yield Source(track.id, sentence, track.tags)


def tag_lists(datasets: Iterable[Dataset]) -> Iterator[Source]:
    """Yield the tags of every track as one text."""
    for dataset in datasets:
        for track in dataset.tracks:
            yield Source(track.id, SEPARATOR.join(track.tags), track.tags)


def read_prompt(name: str) -> Prompt:
    """Read the bundled prompt `name`, or the file `name`; it contains PLACE once."""
    path = PROMPTS / f"{name}.txt"
    path = path if path.is_file() else Path(name)
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(sorted(one.stem for one in PROMPTS.glob("*.txt")))
        raise MelScribeError(
            f"There is no prompt {name}; give the path of a text file, or one of {known}."
        ) from error
    if text.count(PLACE) != 1:
        raise MelScribeError(
            f"The prompt {name} has {PLACE} {text.count(PLACE)} times; write it once, "
            "where the statement or the tags belong."
        )
    return Prompt(text)


def generate(
    sources: Iterable[Source],
    writer: Writer,
    prompt: Prompt,
    out: Path,
    *,
    seed: int = 0,
    batch: int = BATCH,
    advance: Callable[[int], None] = lambda _: None,
) -> Report:
    """Append a row per source to `out`, without those that it already has.

    A source whose answer is empty or repeats the prompt gets no row, so the next run tries it
    again. Rows are written batch by batch; `advance` is called with the size of each batch. Raises
    MelScribeError if `out` was written with another model or prompt, or cannot be written.
    """
    report = Report()
    done = _done(out, writer, prompt)
    waiting = {_key(source): source for source in sources}
    report.kept = sum(key in done for key in waiting)
    todo = [source for key, source in waiting.items() if key not in done]
    for part, temperature, top_p in _parts(todo, seed, batch):
        filled = [prompt.about(source.text) for source in part]
        answers = writer.write(filled, temperature, top_p, _number(part[0], seed))
        captions = [_useful(*pair, report) for pair in zip(answers, filled, strict=True)]
        made_by = {
            "model": writer.name,
            "prompt": prompt.fingerprint,
            "temperature": temperature,
            "top_p": top_p,
        }
        described = zip(part, captions, strict=True)
        _append(out, [_row(source, caption) | made_by for source, caption in described if caption])
        advance(len(part))
    return report


def draw(source: Source, seed: int) -> tuple[float, float]:
    """Return the source's temperature and top-p."""
    rng = np.random.default_rng(_number(source, seed))
    temperature, top_p = rng.choice(DRAWN_FROM, 2)
    return float(temperature), float(top_p)


def tidied(answer: str) -> str:
    """Return the first paragraph of an answer on one line, without labels and quotation marks.

    A paragraph that ends in a colon only announces the answer ("Here is a request:").
    """
    for paragraph in re.split(r"\n\s*\n", answer):
        text = " ".join(paragraph.split()).strip(_QUOTES)
        if text and not text.endswith(":"):
            return _LABEL.sub("", text).strip(_QUOTES)
    return ""


def is_echo(answer: str, filled: str) -> bool:
    """Return whether nine tenths of the answer's words occur in the prompt in the same order."""
    words, prompt = _words(answer), _words(filled)
    blocks = SequenceMatcher(None, words, prompt, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= ECHO * len(words)


def _parts(
    sources: Iterable[Source], seed: int, batch: int
) -> Iterator[tuple[list[Source], float, float]]:
    """Yield batches of sources with the same temperature and top-p."""
    drawn = sorted(((draw(source, seed), source) for source in sources), key=lambda pair: pair[0])
    for (temperature, top_p), group in groupby(drawn, key=lambda pair: pair[0]):
        alike = [source for _, source in group]
        for start in range(0, len(alike), batch):
            yield alike[start : start + batch], temperature, top_p


def _useful(answer: str, filled: str, report: Report) -> str:
    """Return the answer as a caption, "" if it is empty or an echo; count it in `report`."""
    text = tidied(answer)
    if not text:
        report.empty += 1
    elif is_echo(text, filled):
        report.echoed += 1
        return ""
    else:
        report.written += 1
    return text


def _row(source: Source, caption: str) -> dict[str, object]:
    return {"id": source.id, "source": source.text, "caption": caption, "tags": source.tags}


def _done(out: Path, writer: Writer, prompt: Prompt) -> set[tuple[str, str]]:
    """Return the keys of the rows in `out`, after removing an incomplete last row."""
    if not out.exists():
        return set()
    _mend(out)
    done = set()
    for number, row in enumerate(read_jsonl(out), 1):
        if (row.get("model"), row.get("prompt")) != (writer.name, prompt.fingerprint):
            raise MelScribeError(
                f"{out}: line {number} was written by {row.get('model')}, or with another prompt, "
                f"and not by {writer.name} with this one; name another file."
            )
        done.add((str(row.get("id")), str(row.get("source"))))
    return done


def _mend(out: Path) -> None:
    try:
        with out.open("rb+") as file:
            whole = file.read().rfind(b"\n") + 1
            file.truncate(whole)
    except OSError as error:
        raise _unwritable(out, error) from error


def _append(out: Path, rows: Iterable[dict[str, object]]) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        with out.open("a", encoding="utf-8") as file:
            file.write(lines)
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> MelScribeError:
    return MelScribeError(
        f"{out}: cannot be written ({error.strerror}); name another file or make room."
    )


def _key(source: Source) -> tuple[str, str]:
    return source.id, source.text


def _number(source: Source, seed: int) -> int:
    """Return the source's own seed."""
    return int.from_bytes(_digest(f"{seed}\0{source.id}\0{source.text}"), "big")


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
