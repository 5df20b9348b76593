"""Words of a request that are meant in their everyday sense: "clean the house", "rock climbing".

Shared words count a word wherever it is said, so these occurrences are left out of the words that
are looked up, named and missed. The encoder reads the whole text: it tells the senses apart.
`data/everyday.txt` lists the phrases; its head explains their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from melscribe_core.search.mentions import KnownDescriptors

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_CLASS = re.compile(r"<(\w+)>")
_ENDS = ("", "s", "'s", "s'", "s's")  # of a marked word without "!"
_GUARDED = "phrases"  # the section whose phrases count only where no word of music follows

_Span = tuple[int, int]
_Words = frozenset[str]


@dataclass(frozen=True)
class _Said:
    word: str
    start: int
    end: int


@dataclass(frozen=True)
class _Slot:
    """A place in a phrase: what it may say, None for any word; `may_lack` if it may be missing."""

    words: _Words | None
    may_lack: bool = False

    def takes(self, word: str) -> bool:
        return self.words is None or word in self.words or word.rstrip("'") in self.words


@dataclass(frozen=True)
class _Phrase:
    """A line of the list; `before` is read leftwards from the marked words."""

    before: tuple[_Slot, ...]
    marked: tuple[_Slot, ...]
    after: tuple[_Slot, ...]


@dataclass
class _Phrases:
    """The list as it is read: `lines` are those that may mark a word first, with their section."""

    classes: dict[str, str] = field(default_factory=dict)
    lines: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def musical(text: str, known: KnownDescriptors) -> str:
    """Return a text without the words that it says in their everyday sense.

    Each is replaced by a semicolon and blanks, so that what is around it is no phrase and all
    places in the text stay. A word within a longer descriptor of the library ("road trip") stays.
    """
    spans = everyday_spans(text)
    if not spans:
        return text
    names = [(mention.start, mention.end) for mention in known.mentions(text)]
    for start, end in spans:
        if not any(a <= start and end <= b and b - a > end - start for a, b in names):
            text = _blanked(text, start, end)
    return text


def everyday_spans(text: str) -> tuple[_Span, ...]:
    """Return the places (start, end) of the words meant in their everyday sense, left to right."""
    found: set[_Span] = set()
    kept: set[_Span] = set()
    for run in _runs(text):
        for at, said in enumerate(run):
            for section, line in _phrases().lines.get(said.word.rstrip("'"), ()):
                places = _places(run, at, line, section == _GUARDED)
                (kept if section == "music" else found).update(places)
    return tuple(sorted(found - kept))


def listed_phrases() -> tuple[dict[str, str], list[str]]:
    """Return the classes of the list, and the lines of its compounds and phrases."""
    by_word = _phrases().lines.values()
    lines = (line for listed in by_word for section, line in listed if section != "music")
    return _phrases().classes, list(dict.fromkeys(lines))


def _runs(text: str) -> Iterator[list[_Said]]:
    """Yield the words of a text in lower case, in runs that no punctuation parts."""
    low = "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
    low = _HYPHEN.sub(" ", low.replace("’", "'"))
    run: list[_Said] = []
    for match in _WORD.finditer(low):
        if run and not low[run[-1].end : match.start()].isspace():
            yield run
            run = []
        run.append(_Said(match[0], *match.span()))
    yield run


def _places(run: Sequence[_Said], at: int, line: str, guarded: bool) -> Iterator[_Span]:
    """Yield the places of the words that a line marks, the first of them at a place in a run."""
    phrase = _read(line)
    stop = _along(run, at, phrase.marked, 1)
    if stop is None or _along(run, at - 1, phrase.before, -1) is None:
        return
    end = _along(run, stop, phrase.after, 1)
    if end is None:
        return
    if not (guarded and any(_is_music(run[i].word) for i in (stop, end) if i < len(run))):
        yield from ((said.start, said.end) for said in run[at:stop])


def _along(run: Sequence[_Said], at: int, slots: Sequence[_Slot], step: int) -> int | None:
    """Return the place after these slots, from `at` on by steps; None where they do not fit."""
    if not slots:
        return at
    first, rest = slots[0], slots[1:]
    found = None
    if 0 <= at < len(run) and first.takes(run[at].word):
        found = _along(run, at + step, rest, step)
    return _along(run, at, rest, step) if found is None and first.may_lack else found


def _is_music(word: str) -> bool:
    return word in _words("<music>")


def _blanked(text: str, start: int, end: int) -> str:
    start -= start > 0 and text[start - 1].isspace()
    return text[:start] + ";" + " " * (end - start - 1) + text[end:]


@cache
def _phrases() -> _Phrases:
    read = _Phrases()
    section = ""
    listed = (files("melscribe_core.search") / "data" / "everyday.txt").read_text(encoding="utf-8")
    for line in (line.partition("#")[0].strip() for line in listed.splitlines()):
        if line.endswith(":"):
            section = line[:-1]
        elif line and section == "classes":
            name, _, words = line.partition("=")
            read.classes[name.strip()] = "|".join(words.split())
        elif line:
            first = line[line.index("[") + 1 : line.index("]")].split()[0]
            for form in _forms(first):
                read.lines.setdefault(form, []).append((section, line))
    return read


@cache
def _read(line: str) -> _Phrase:
    before, _, rest = line.partition("[")
    marked, _, after = rest.partition("]")
    left = tuple(map(_slot, before.split()))
    forms = tuple(_Slot(_forms(words)) for words in marked.split())
    return _Phrase(left[::-1], forms, tuple(map(_slot, after.split())))


def _slot(part: str) -> _Slot:
    words = part.removesuffix("?")
    return _Slot(None if words == "*" else _words(words), words != part)


@cache
def _words(alternatives: str) -> _Words:
    said = _CLASS.sub(lambda match: _phrases().classes[match[1]], alternatives)
    return frozenset(said.split("|"))


def _forms(words: str) -> _Words:
    """Return the forms of marked words: of one with "!" that one, of others those in "s" too."""
    return frozenset(
        one.rstrip("!") + end
        for one in words.split("|")
        for end in (_ENDS[:1] if one.endswith("!") else _ENDS)
    )
