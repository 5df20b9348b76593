"""What sort of thing a descriptor names: a style, an instrument, a voice, a mood, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

from melscribe_core.descriptors.fields import ANSWERS
from melscribe_core.descriptors.tables import table
from melscribe_core.request.grammar.lexicon import kind_of, phrase_of

Sort = Literal["style", "instrument", "voice", "mood", "other"]

_DATED = re.compile(r"\d{4}s?|\d+ bpm|(?:minor|major) key")
_VOICES = frozenset(("instrumental", "vocals", "a cappella"))
# Tempi and levels are heard as moods are; classifiers say the last two of any style.
_TEMPI = frozenset(("slow", "mid-tempo", "fast"))
_MOODS = _TEMPI | {"quiet", "loud", "danceable", "party"}
_OF_A_MOOD = frozenset(("mood", "feeling", "sound"))  # kinds of the word lists


@lru_cache(maxsize=50_000)
def sort_of(descriptor: str) -> Sort:
    """Return what a descriptor names.

    A style is a genre, or a word of which nothing is known: people invent words for genres, and
    seldom for anything else ("dungeon synth", "punkrock").
    """
    if descriptor in _VOICES:
        return "voice"
    if descriptor in _MOODS:
        return "mood"
    if descriptor in _others() or _DATED.fullmatch(descriptor):
        return "other"
    phrase = phrase_of(descriptor)
    kind = kind_of(*phrase)
    if kind in ("instrument", "voice"):
        return "instrument" if kind == "instrument" else "voice"
    if kind in _OF_A_MOOD:
        return "mood"
    return "style" if kind in ("genre", "") else "other"


def sorts_of(descriptors: Iterable[str]) -> frozenset[Sort]:
    """Return what some descriptors name between them."""
    return frozenset(map(sort_of, descriptors))


def tells_sound(descriptors: Iterable[str]) -> bool:
    """Return whether any of these descriptors tells how a track sounds, beside its tempo."""
    return any(name not in _TEMPI and sort_of(name) != "other" for name in descriptors)


def styles(descriptors: Iterable[str]) -> tuple[str, ...]:
    """Return the descriptors that name genres and styles, in the order given."""
    return tuple(name for name in descriptors if sort_of(name) == "style")


@cache
def _others() -> frozenset[str]:
    """Return the languages and the types of album."""
    languages = (name for name, _ in table("languages.txt"))
    return frozenset((*languages, *ANSWERS["albumtypes"].values()))
