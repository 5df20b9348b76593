"""The glossaries: words of a language -> the English descriptors that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path

GLOSSARY = "glossary.tsv"  # in a language's folder: descriptors <TAB> renderings

Senses = tuple[tuple[str, ...], ...]
"""The meanings of a word, the usual first; each is one descriptor, or several all of them meant."""


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of the languages that have a folder in data/, sorted."""
    return tuple(sorted(one.name for one in data().iterdir() if (one / GLOSSARY).is_file()))


@cache
def renderings(code: str) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return for each meaning, one descriptor or more, its renderings in the language, as written.

    See `renderings_in`.
    """
    return renderings_in(data() / code)


def renderings_in(folder: Traversable | Path) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return what `renderings` does for the glossary in a language's folder.

    A line of the file is descriptors, parted by ", ", a tab, and renderings, parted by "|"; the
    renderings of a meaning on several lines are joined. Raises MelScribeError for a line of another
    form.
    """
    text = (folder / GLOSSARY).read_text(encoding="utf-8")
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        named, tab, rendered = line.partition("\t")
        meaning = tuple(part.strip() for part in named.split(", "))
        words = [part.strip() for part in rendered.split("|")]
        if not (tab and all(meaning) and all(words)):
            raise MelScribeError(
                f"languages/data/{folder.name}/{GLOSSARY}: line {number} is not descriptors, a "
                'tab and renderings parted by "|"; correct it.'
            )
        found.setdefault(meaning, {}).update(dict.fromkeys(words))
    return {meaning: tuple(words) for meaning, words in found.items()}


@cache
def glossary(code: str) -> Mapping[str, Senses]:
    """Return for each rendering, case-folded, its meanings in the file's order."""
    return senses_in(data() / code)


def senses_in(folder: Traversable | Path) -> Mapping[str, Senses]:
    """Return what `glossary` does for the glossary in a language's folder."""
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for meaning, words in renderings_in(folder).items():
        for word in words:
            found.setdefault(word.casefold(), {})[meaning] = None
    return {word: tuple(senses) for word, senses in found.items()}


def data() -> Traversable:
    """Return the folder of the languages' data."""
    return files("melscribe_core.languages") / "data"
