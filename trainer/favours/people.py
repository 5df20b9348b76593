"""Files of favours -> people: what each likes, and which words each gave to what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from melscribe_core.descriptors.sets import SEPARATOR, load_rules, text_of
from melscribe_core.errors import MelScribeError

from ..data.rows import Row, read_rows
from ..stages import digest
from .items import identifier, words_in

FORM = "user, item and, if known, plays, rating and descriptors that the user gave"
HELD_OUT = 5  # one of so many people is measured where no file of dev people is given


@dataclass(frozen=True)
class Least:
    """From which plays and which rating a row is a favour; a rating needs its bound."""

    plays: float = 1.0
    rating: float | None = None


@dataclass
class Person:
    """One user: the places of liked items, each once, and descriptor -> places it was given to."""

    name: str
    liked: dict[int, None] = field(default_factory=dict)
    said: dict[str, dict[int, None]] = field(default_factory=dict)


def people_in(
    favours: Sequence[Path], words: Sequence[Path], places: Mapping[str, int], least: Least
) -> tuple[list[Person], Counter[str]]:
    """Return the people of the files in order of appearance, and what was dropped.

    Rows of `favours` say what is liked; rows of `words` only which descriptors a user gave to an
    item. `places`: id of an item -> its place; rows of other items are dropped and counted. How
    often something was played does not matter beyond `least`. Raises MelScribeError for a row of
    another form, a rating without a bound, and if no favour is left.
    """
    found: dict[str, Person] = {}
    dropped: Counter[str] = Counter()
    for file, where, row in _rows(favours):
        person, place = _who_and_what(row, where, found, places)
        if place is None:
            dropped["favours of unknown items"] += 1
        elif reason := _too_little(row, least, where, file):
            dropped[reason] += 1
        else:
            person.liked[place] = None
            _say(person, place, row, where)
    for _, where, row in _rows(words):
        person, place = _who_and_what(row, where, found, places)
        if place is None:
            dropped["words for unknown items"] += 1
        else:
            _say(person, place, row, where)
    if not any(person.liked for person in found.values()):
        names = ", ".join(map(str, favours))
        raise MelScribeError(f"{names}: no favour is left{_counts(dropped)}; a row has {FORM}.")
    return [person for person in found.values() if person.liked], dropped


def parted(people: Iterable[Person]) -> tuple[list[Person], list[Person]]:
    """Return people to train on and people to measure on, by a digest of their names.

    So a person is on the same side whatever else is in the file.
    """
    train: list[Person] = []
    dev: list[Person] = []
    for person in people:
        measured = int(digest("favours", person.name), 16) % HELD_OUT == 0
        (dev if measured else train).append(person)
    return train, dev


def _rows(files: Iterable[Path]) -> Iterator[tuple[Path, str, Row]]:
    for file in files:
        for number, row in enumerate(read_rows(str(file), "train"), 1):
            yield file, f"{file}: row {number}", row


def _who_and_what(
    row: Row, where: str, found: dict[str, Person], places: Mapping[str, int]
) -> tuple[Person, int | None]:
    name = identifier(row, "user", where)
    return found.setdefault(name, Person(name)), places.get(identifier(row, "item", where))


def _say(person: Person, place: int, row: Row, where: str) -> None:
    text = text_of(words_in(row, where), load_rules())
    for word in text.split(SEPARATOR) if text else ():
        person.said.setdefault(word, {})[place] = None


def _too_little(row: Row, least: Least, where: str, file: Path) -> str:
    """Return why a row is no favour, "" if it is one."""
    plays = _number(row, "plays", where)
    if plays is not None and plays < least.plays:
        return f"rows of fewer than {least.plays:g} plays"
    if "rating" not in row:
        return ""
    if least.rating is None:
        raise MelScribeError(
            f"{file}: its rows have a rating; say with --min-rating from which a row is a favour."
        )
    rating = _number(row, "rating", where)
    if rating is None:
        return "rows without a rating"
    return f"rows rated below {least.rating:g}" if rating < least.rating else ""


def _number(row: Row, key: str, where: str) -> float | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise MelScribeError(f"{where}: {key!r} is {value!r}; write a number.")
    return number


def _counts(dropped: Mapping[str, int]) -> str:
    counts = ", ".join(f"{reason}: {n}" for reason, n in dropped.items())
    return f" ({counts})" if counts else ""
