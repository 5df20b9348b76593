"""Hand-made items and people for these tests."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

from melscribe_core.arrays import FloatArray
from melscribe_trainer.favours.items import Items, items_in
from melscribe_trainer.favours.people import Least, Person, people_in
from tests.support.fakes import WordAxes

ENCODER = WordAxes("rock", "blues", "metal", "folk", "happy", "calm", "dreamy")


def silent_say(_: str) -> None:
    """Show nothing."""


def write_tsv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table; it is packed if its name ends in .gz."""
    lines = ["\t".join(map(str, row)) for row in (head, *rows)]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def items(folder: Path, *texts: str) -> Items:
    """Return items with these descriptors, called a, b, c and so on."""
    names = "abcdefghijklmnopqrstuvwxyz"[: len(texts)]
    path = write_tsv(folder / "items.tsv", ("id", "descriptors"), zip(names, texts, strict=True))
    return items_in(path, ENCODER, None, silent_say)[0]


def people(folder: Path, made: Items, *rows: tuple[str, str, str]) -> list[Person]:
    """Return the people of rows of user, item and the descriptors that the user gave."""
    path = write_tsv(folder / "favours.tsv", ("user", "item", "descriptors"), rows)
    found: list[Person] = people_in([path], [], made.places(), Least())[0]
    return found


def cosine(vectors: FloatArray, one: int, other: int) -> float:
    return float(vectors[one] @ vectors[other])
