"""What the grammar may ask about the library and the calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


def _none(phrase: str) -> bool:
    return False


def _no_kind(phrase: str) -> frozenset[str]:
    return frozenset()


def _this_year() -> int:
    return date.today().year


@dataclass(frozen=True)
class Context:
    """Answer the grammar's questions; by default about a library that holds nothing.

    `names` takes an artist, title or album as `lexicon.fold_name` returns it, `descriptors` a
    phrase as the request has it, in any spelling that indexing accepts; each says whether the
    library has it. `this_year` is what "last year" is counted from. `kinds` tells the kinds of name
    that a phrase is, in any spelling: "artist", "credit" (who is a composer or the like), "title",
    "album", and "surname" for the last words of an artist's or credited person's name.
    """

    names: Callable[[str], bool] = _none
    descriptors: Callable[[str], bool] = _none
    this_year: Callable[[], int] = _this_year
    kinds: Callable[[str], frozenset[str]] = _no_kind
