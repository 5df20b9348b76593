"""Context: what the rules can look up about the library and the calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


def _none(phrase: str) -> bool:
    return False


def _any(word: str) -> bool:
    return True


def _no_kind(phrase: str) -> frozenset[str]:
    return frozenset()


def _this_year() -> int:
    return date.today().year


@dataclass(frozen=True)
class Context:
    """Look-ups about one library; the defaults describe an empty one.

    names: whether a folded name (`folding.fold_name`) is an artist, title or album.
    descriptors: whether a phrase, in any spelling that indexing accepts, is a descriptor.
    this_year: returns the year that "last year" is counted from.
    kinds: the kinds of name that a phrase, in any spelling, can be: "artist", "credit" (a composer
    or the like), "title", "album", and "surname" for the last words of an artist's or credited
    person's name.
    words: whether a word in lower case is known to the library, the grammar or the encoder.
    alike: whether an artist or a title is called nearly so, as people misspell what they hear.
    """

    names: Callable[[str], bool] = _none
    descriptors: Callable[[str], bool] = _none
    this_year: Callable[[], int] = _this_year
    kinds: Callable[[str], frozenset[str]] = _no_kind
    alike: Callable[[str], bool] = _none
    words: Callable[[str], bool] = _any
