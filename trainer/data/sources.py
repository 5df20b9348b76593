"""The data of a training run: files, folders and hub names by what they contain."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from melscribe_core.errors import MelScribeError

from ..stages import fingerprint_of
from .beir import Beir, read_beir
from .datasets import (
    Dataset,
    of_beir,
    read_any,
    read_lp_musiccaps,
    read_musiccaps,
    read_requests,
)

REQUESTS = Path(__file__).parent / "requests"  # our own, train.jsonl and dev.jsonl
LANGUAGES = Path(__file__).parent / "languages"  # a folder of the same for each language's code


@dataclass(frozen=True)
class Sources:
    """Paths and hub names as given on the command line, one field per option."""

    musiccaps: tuple[str, ...] = ()
    lp_musiccaps: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    beir: tuple[str, ...] = ()
    teacher_data: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()

    def train(self) -> list[Dataset]:
        """Read the bi-encoder's training data. Raises MelScribeError if there is none."""
        if not (self.musiccaps or self.lp_musiccaps or self.requests or self.beir):
            raise MelScribeError(
                "prepare: there is no data; give --musiccaps, --lp-musiccaps, --requests or --beir."
            )
        return [
            *map(read_musiccaps, self.musiccaps),
            *map(read_lp_musiccaps, self.lp_musiccaps),
            *map(read_requests, self.requests),
            *(of_beir(read_beir(source, split="train")) for source in self.beir),
        ]

    def teacher(self) -> list[Dataset]:
        """Read the data for the teacher alone, [] if there is none."""
        return [read_any(source) for source in self.teacher_data]

    def dev_data(self) -> list[Dataset]:
        """Read the dev data from which tests are made: captions and requests."""
        return [read_any(source) for source in self.dev if not _is_beir(source)]

    def dev_tests(self) -> list[Beir]:
        """Read the dev data that are tests already: BEIR folders."""
        return [read_beir(source) for source in self.dev if _is_beir(source)]

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every source, by its field and position."""
        return {
            f"{kind} {turn}": fingerprint_of(source)
            for kind, sources in asdict(self).items()
            for turn, source in enumerate(sources)
        }


def _is_beir(source: str) -> bool:
    return (Path(source) / "corpus.jsonl").is_file()
