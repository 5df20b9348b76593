"""One raw value -> the things that it lists, in lower case, also those in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MAX_VALUE = 4096  # characters read of one value: a real tag is a line; more is a pasted page
SHORTEST_PART = 3  # characters on each side of a slash to split at it: "pop/rock", not "AC/DC"
LONGEST_WHOLE = 200  # characters of a tag that is looked up as junk or alias with its brackets

_LINE_ENDS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_MARKS = rf",;|¦\\>→⇒»›▸►•\0␀،؛、，；｜{_LINE_ENDS}"
_SEPARATOR = re.compile(  # the dot of Catalan stays: "col·lectiu"
    rf"[{_MARKS}]|-{{2,}}|:{{2,}}|(?<!l)[·∙⋅]|[·∙⋅](?!l)| [-/~] "
)
_PLAIN = re.compile("(?!and )[a-z]+(?: [a-z]+)*", re.IGNORECASE | re.ASCII)
_BLANKS = re.compile(rf"[^\S{_LINE_ENDS}]+")
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "_": " "}
    | {"（": " (", "）": ") ", "［": " [", "］": "] ", "【": " [", "】": "] "}
    | {"＃": "#", "＋": "+", "＆": "&", "／": "/", "～": "~"}
    | dict.fromkeys("‐‑‒–—−", "-")
)
_FRONT = " -.:*#~=<!?&+/★☆"
_END = " -.:*#~=<&/★☆"  # "!" and "+" are kept: "oi!", "lgbtq+"
_WRAPPED = re.compile(r"""(["'(\[{])([^"'()\[\]{}]*)["')\]}]""")
_KIND = (
    "(?:(?:sub-?)?genre|mood|style|theme|tag|keyword|instrument|instrumentation|vibe|feel|feeling"
    "|occasion|situation|activity|activitie|use|usage|era|decade|language|tempo|category|type|music"
    "|scene)s?"
)
_KINDS = rf"{_KIND}(?: ?(?:/|&) ?{_KIND})*"
_LABEL = re.compile(rf"{_KINDS} ?[:=] ?|and ")  # "Folk, World, and Country"
_NAMESPACE = re.compile(rf"(?:^|(?<=[{_MARKS} (\[]))(?:{_KINDS} ?(?:-{{2,}}|:{{2,}}) ?)+")
_HASHTAG = re.compile(r"(?:^|(?<=\s))#(?=[^\W\d])")
_GLUED_HASHTAG = re.compile(r"#(?=[^\W\d])")
_GROUP = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}](?!\w)")
_APART = re.compile(rf"[\s{_MARKS}/\x02]")  # what may precede a bracket that is not part of a word
_SEVERAL = re.compile(r"[\s,;/|&+]")  # a list in a bracket glued to a word: "house(deep, dark)"
_HELD = re.compile(r"\x01(\d+)\x02")
_CUT_OPEN = re.compile(r"(?<!\S)[(\[{](?=\w)")  # "House (Deep": the rest was cut off
_OPEN = re.compile(r"[(\[{]")
_CLOSE = re.compile(r"[)\]}]")
_CUT_CLOSE = re.compile(r"(?<=\w)[)\]}](?!\w)")


class Piece(NamedTuple):
    """One of the things that a value lists.

    `head` is the text before the bracket that held it, "" outside brackets. `whole` is that text
    with its brackets, "" when there were none.
    """

    text: str
    head: str = ""
    whole: str = ""


def pieces(raw: str) -> Iterator[Piece]:
    """Yield the parts of a value between strong separators, each followed by those in its brackets.

    Weak separators, slashes and pluses, are left to `weakly_split`.
    """
    if is_plain(raw):
        yield Piece(raw.lower())
        return
    text, groups = _without_groups(_marked(legible(raw[:MAX_VALUE])))
    parts = _SEPARATOR.split(text)
    if len(raw) > MAX_VALUE and len(parts) > 1:
        del parts[-1]  # the last one is cut off
    for part in parts:
        yield from _unfolded(part, groups, "", "")


def is_plain(raw: str) -> bool:
    """Say whether a value is only words of ASCII letters, as in most requests: one piece."""
    return len(raw) <= MAX_VALUE and _PLAIN.fullmatch(raw) is not None


def legible(raw: str) -> str:
    """Return lower-case NFC text, one space between words, without invisible characters."""
    text = raw if raw.isprintable() else "".join(map(_visible, raw))
    text = unicodedata.normalize("NFC", text.lower())
    return _BLANKS.sub(" ", text.translate(_FOLDED))


def bare(piece: str) -> str:
    """Return the piece without surrounding quotes, brackets, dashes and labels such as "mood:"."""
    while True:
        stripped = piece.lstrip(_FRONT).rstrip(_END)
        if wrapped := _WRAPPED.fullmatch(stripped):
            stripped = wrapped[2]
        elif not _OPEN.search(stripped):
            stripped = _CUT_CLOSE.sub("", stripped)
        elif not _CLOSE.search(stripped):
            stripped = stripped.lstrip("([{")
        if label := _LABEL.match(stripped):
            stripped = stripped[label.end() :]
        if stripped == piece:
            return piece
        piece = stripped


def weakly_split(piece: str) -> list[str]:
    """Return the parts of a piece between slashes or pluses, unless those belong to a name.

    "pop/rock" and "rock + pop" are two each; "ac/dc", "c++" and "18+" are names.
    """
    if "+" not in piece and "/" not in piece:
        return [named] if (named := bare(piece)) else []
    apart = [part for half in piece.split(" + ") for part in _cut(half, "+")]
    parts = [part for one in apart for part in _cut(one, "/")]
    return [named for part in parts if (named := bare(part))]


def _cut(piece: str, mark: str) -> list[str]:
    parts = [named for part in piece.split(mark) if (named := bare(part))]
    return [piece] if any(len(part) < SHORTEST_PART for part in parts) else parts


def _visible(character: str) -> str:
    if character.isspace() or character == "\0":
        return character  # they separate words or values
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _marked(text: str) -> str:
    """Return the text without namespaces ("mood/theme---"), with hashtags separated."""
    hashtag = _GLUED_HASHTAG if text.lstrip().startswith("#") else _HASHTAG
    return _NAMESPACE.sub("", hashtag.sub(";", text))


def _without_groups(text: str) -> tuple[str, list[str]]:
    r"""Return the text with \x01N\x02 for each bracket, innermost first, and their contents.

    A bracket within a word is kept: "song(s)", "(post)punk". One without its other half is removed.
    """
    groups: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        before = match.string[match.start() - 1 : match.start()]
        if before and not _APART.match(before) and not _SEVERAL.search(match[1]):
            return match[0]
        groups.append(match[1])
        return f"\x01{len(groups) - 1}\x02"

    known = -1
    while known < len(groups):
        known = len(groups)
        text = _GROUP.sub(put_aside, text)
    return _CUT_OPEN.sub(";", text), groups


def _unfolded(part: str, groups: list[str], head: str, whole: str) -> Iterator[Piece]:
    """Yield a part, then the parts in its brackets with the rest of it as their head."""
    held = [groups[int(number)] for number in _HELD.findall(part)]
    if not held:
        if text := bare(part):
            yield Piece(text, head, whole)
        return
    whole = whole or _with_brackets(part, groups)
    # Removing a bracket may join marks to a separator: "a (b)- c".
    outside = [bare(" ".join(o.split())) for o in _SEPARATOR.split(_HELD.sub(" ", part))]
    outside = list(filter(None, outside))
    for text in outside:
        yield Piece(text, head, whole)
    for content in held:
        for inner in _SEPARATOR.split(content):
            yield from _unfolded(inner, groups, outside[-1] if outside else head, whole)


def _with_brackets(part: str, groups: list[str]) -> str:
    """Return a part with its brackets, "" if it is longer than LONGEST_WHOLE."""
    whole = bare(_HELD.sub(lambda match: f" ({groups[int(match[1])]})", part))
    return whole if len(whole) <= LONGEST_WHOLE else ""
