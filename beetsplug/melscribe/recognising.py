"""What of a wish this library cannot answer, noted in the wish and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from beetsplug.melscribe.indexing import Index
from beetsplug.melscribe.spelling import is_word
from melscribe_core.search import recognition
from melscribe_core.search.search import Question, Wish


def recognised(index: Index, wish: Wish) -> tuple[Wish, list[str]]:
    """Return the wish with what of it is missing here or unknown, and the sentences about that."""
    known = index.search.known
    named = recognition.missing(wish.about, known)
    missing = tuple(name for name in named if not index.search.holds_together(name))
    notes = [_said_missing(name, index.search.nearest(name)) for name in missing]
    unknown = recognition.is_gibberish(wish.about, known, partial(is_word, index))
    if unknown:
        notes.append(f'nothing here knows "{wish.about}"; what comes is a guess')
    is_list = bool(missing) or recognition.is_list(wish.about, known)
    return replace(wish, missing=missing, unknown=unknown, is_list=is_list), notes


def said_apart(question: Question) -> Iterator[str]:
    """Yield a sentence when no track has more than half of the things that were named."""
    if not question.is_apart:
        return
    names = [", ".join(of_one) for of_one in question.named]
    if len(names) == 2:
        yield f"no track here is both {names[0]} and {names[1]}"
    else:
        yield f"no track here is more than {question.held} of {', '.join(names)}"


def _said_missing(name: str, nearest: str) -> str:
    said = f"no track here is tagged {name}"
    return f"{said}; nearest: {nearest}" if nearest else said
