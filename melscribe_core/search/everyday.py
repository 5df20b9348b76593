"""Words of a request that are meant in their everyday sense: "clean the house", "rock climbing".

Shared words count a word wherever it is said, so these occurrences are left out of the words that
are looked up, named and missed. The encoder reads the whole text: it tells the senses apart.
`data/everyday.txt` lists the phrases; its head explains their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain

from melscribe_core.search.mentions import KnownDescriptors

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_CLASS = re.compile(r"<(\w+)>")
_TOKEN = re.compile(r"\[[^]]+\]|\S+")
_GAP = r"\s+"
_SECTIONS = ("compounds", "phrases", "music")

_Span = tuple[int, int]


@dataclass
class _Phrases:
    """The phrases of the list: by section, the first word that each may leave out -> phrases."""

    classes: dict[str, str] = field(default_factory=dict)
    sections: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: {name: {} for name in _SECTIONS}
    )


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
    low = _folded(text)
    words = tuple(dict.fromkeys(match[0] for match in _WORD.finditer(low)))
    found = {*_found(low, words, "compounds"), *_found(low, words, "phrases")}
    found = found and found.difference(_found(low, words, "music"))
    return tuple(sorted(found))


def listed_phrases() -> tuple[dict[str, str], list[str]]:
    """Return the classes of the list, and the lines of its compounds and phrases."""
    sections = _phrases().sections
    by_word = (sections[name].values() for name in ("compounds", "phrases"))
    lines = chain.from_iterable(chain.from_iterable(by_word))
    return _phrases().classes, list(dict.fromkeys(lines))


def _found(low: str, words: tuple[str, ...], section: str) -> Iterator[_Span]:
    """Yield the places of the words that the phrases of a section mark in a folded text."""
    listed = _phrases().sections[section]
    for word in words:
        for line in listed.get(word, ()):
            for match in _compiled(line, section == "phrases").finditer(low):
                start, end = match.span("marked")
                yield from (
                    (start + m.start(), start + m.end()) for m in _WORD.finditer(low[start:end])
                )


def _folded(text: str) -> str:
    """Return a text of the same length in lower case, hyphens within words as blanks."""
    low = "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
    return _HYPHEN.sub(" ", low.replace("’", "'"))


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
            _list(read.sections[section], line)
    return read


def _list(section: dict[str, list[str]], line: str) -> None:
    """Add a phrase under the first word, in every form, of what it marks."""
    marked = line[line.index("[") + 1 : line.index("]")]
    for one in marked.split()[0].split("|"):
        word = one.rstrip("!")
        for form in {word, word + "s"}:
            section.setdefault(form, []).append(line)


@cache
def _compiled(line: str, guarded: bool) -> re.Pattern[str]:
    """Return the expression of a phrase; a guarded one ends where no word of music follows."""
    classes = _phrases().classes
    guard = rf"(?!{_GAP}(?:{classes['music']})\b)" if guarded else ""
    parts = _TOKEN.findall(_CLASS.sub(lambda match: classes[match[1]], line))
    found = ""
    for i, part in enumerate(parts):
        if part.startswith("["):
            words = _GAP.join(map(_in_any_number, part[1:-1].split()))
            found += f"(?P<marked>{words}){guard}"
        elif part.endswith("?"):
            found += f"(?:(?:{part[:-1]}){_GAP})?"
            continue
        else:
            found += r"[\w']+" if part == "*" else f"(?:{part})"
        found += _GAP if i + 1 < len(parts) else ""
    return re.compile(rf"(?<![\w']){found}(?![\w']){guard}")


def _in_any_number(words: str) -> str:
    forms = (one[:-1] if one.endswith("!") else f"{one}s?(?:'s)?" for one in words.split("|"))
    return f"(?:{'|'.join(forms)})"
