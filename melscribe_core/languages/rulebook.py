"""Rulebooks: the rules of a language as written in its folder, not yet compiled.

A folder has four files beside its glossary: telling.txt (see detection), numbers.txt (a number, a
space and its spellings, parted by "|"), lists.txt (sections of entries, parted by ",") and
rules.txt. In rules.txt a section is a heading in brackets; "#" and a space begin a comment:

    [words]                          classes of words: NAME = PATTERN; several lines add up
    from = aus [den | der] | von
    [decades]                        names of decades: FIRST YEAR = NAME | NAME
    1980 = achtziger | achtzigern
    [term part]                      a term with a value: PATTERN -> MEANING
    anfang [der] -> part 0 3
    [rule years]                     rules for a field of the request: PATTERN -> MEANING
    if not near story                conditions of all rules of the section, or below a rule of one
    {from} {eras} -> same
        if music
        + Rock aus den 80ern => [1980, 1989]
        - Kinder aus den 80ern

"+" is an example with its value as JSON, "-" a near miss that must not set the field. The syntax of
patterns is that of melscribe_core/request/grammar/pattern.py; meanings and conditions are listed in
melscribe_core/request/foreign/meanings.py and conditions.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from melscribe_core.errors import MelScribeError
from melscribe_core.languages.lists import numbered_lines, sections_of

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path

RULES, LISTS, NUMBERS = "rules.txt", "lists.txt", "numbers.txt"


@dataclass
class WrittenRule:
    """A pattern with its meaning; a way of a term has no conditions and no examples.

    meaning: the name of a meaning and its numbers, such as "part 0 3".
    conditions: such as "not near story"; all must hold.
    yes: examples, each with its value; no: near misses.
    """

    pattern: str
    meaning: str
    conditions: list[str] = field(default_factory=list)
    yes: dict[str, object] = field(default_factory=dict)
    no: list[str] = field(default_factory=list)


@dataclass
class Rulebook:
    """The files of one language, read.

    words: name of a class -> its patterns. decades: first year -> names.
    terms: name -> its ways, in the file's order; rules: pairs of a field of the request and a rule.
    lists: name -> entries as written. numbers: spelling -> number.
    """

    words: dict[str, str] = field(default_factory=dict)
    decades: dict[str, int] = field(default_factory=dict)
    terms: dict[str, list[WrittenRule]] = field(default_factory=dict)
    rules: list[tuple[str, WrittenRule]] = field(default_factory=list)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


def read_rulebook(folder: Traversable | Path) -> Rulebook:
    """Read the rulebook of a language's folder.

    Raises MelScribeError, with file and line, for a line of another form than the docstring says.
    """
    book = Rulebook()
    _Reading(book).read(folder / RULES)
    book.lists = _lists(folder / LISTS)
    book.numbers = dict(_numbers(folder / NUMBERS))
    return book


class _Reading:
    """Reads rules.txt line by line into a rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._kind = ""
        self._name = ""
        self._shared: list[str] = []  # conditions of the section
        self._last: WrittenRule | None = None

    def read(self, file: Traversable | Path) -> None:
        for number, line in numbered_lines(file):
            try:
                self._take(line)
            except ValueError as reason:
                raise MelScribeError(
                    f"{file.name}: line {number} is no rule: {line.strip()!r} ({reason}); "
                    "correct it"
                ) from reason

    def _take(self, line: str) -> None:
        stripped = line.strip()
        if (
            stripped.startswith("[")
            and stripped.endswith("]")
            and line[0] == "["
            and self._heads(stripped)
        ):
            return
        if line[0].isspace() and self._last is not None and stripped[:2] in ("+ ", "- ", "if"):
            self._detail(self._last, stripped)
        elif stripped.startswith("if "):
            self._shared.append(stripped[3:])
        elif self._kind in ("words", "decades"):
            self._classes(*_parted(stripped, " = "))
        elif self._kind in ("term", "rule"):
            self._rule(*_parted(stripped, " -> "))
        else:
            raise ValueError("it is in no section")

    def _heads(self, heading: str) -> bool:
        """Begin a section; a pattern may begin and end with brackets as well."""
        kind, _, name = heading[1:-1].partition(" ")
        if kind not in ("words", "decades", "term", "rule") or "->" in heading:
            return False
        self._kind, self._name, self._shared, self._last = kind, name, [], None
        return True

    def _classes(self, left: str, right: str) -> None:
        if self._kind == "decades":
            self._book.decades.update({name.strip(): int(left) for name in right.split("|")})
        else:
            before = self._book.words.get(left)
            self._book.words[left] = f"{before} | {right}" if before else right

    def _rule(self, pattern: str, meaning: str) -> None:
        self._last = WrittenRule(pattern, meaning, [*self._shared])
        if self._kind == "term":
            self._book.terms.setdefault(self._name, []).append(self._last)
        else:
            self._book.rules.append((self._name, self._last))

    def _detail(self, rule: WrittenRule, line: str) -> None:
        mark, _, rest = line.partition(" ")
        if mark == "+":
            text, value = _parted(rest, " => ")
            rule.yes[text] = json.loads(value)
        elif mark == "-":
            rule.no.append(rest.strip())
        else:
            rule.conditions.append(rest)


def _parted(line: str, sign: str) -> tuple[str, str]:
    left, found, right = line.partition(sign)
    if not found:
        raise ValueError(f'it has no "{sign.strip()}"')
    return left.strip(), right.strip()


def _lists(file: Traversable | Path) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(filter(None, map(str.strip, ",".join(written).split(","))))
        for name, written in sections_of(file).items()
    }


def _numbers(file: Traversable | Path) -> Iterator[tuple[str, int]]:
    for _, line in numbered_lines(file):
        number, _, spellings = line.strip().partition(" ")
        for spelling in spellings.split("|"):
            yield spelling.strip(), int(number)
