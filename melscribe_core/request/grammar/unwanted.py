"""Read what is not wanted: lists of phrases that are about music.

A phrase is believed when its last word says something about music (musical.txt), when it is a name,
or when its reader trusts any. A degree ("too fast", "just sad") is no phrase. Lists go on over
"or", "nor" and commas that lead to one, over "and" only between like kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.lexicon import is_a, is_rare, kind_of
from melscribe_core.request.grammar.name_spans import name_end
from melscribe_core.request.grammar.pattern import Read, Reader, Reading, Term
from melscribe_core.request.grammar.scene import Scene

# What a phrase must be: musical, or else one rare word, or else anything short.
MUSICAL, RARE, ANY = range(3)
NOUNS = frozenset("genre instrument voice sound form feeling general name descriptor".split())
_MOST_ITEMS = 20
_LONGEST_ITEM = 10  # tokens
_MOST_DETERMINERS = 5
_GLUE = ("-", "'", "&")
_ENDINGS = ("or", "nor", "and")


@dataclass(frozen=True)
class Item:
    """Hold one phrase: where it ends, as written, what it is, and its length."""

    end: int
    text: str
    kind: str  # a musical kind, "general", "name", "capital", or "" for a word merely trusted
    size: int  # tokens


def phrases(trust: int, kinds: frozenset[str] | None = None) -> Read:
    """Return a reader of a list of phrases; `kinds` are those the first may have, None for all."""

    def read(scene: Scene, at: int) -> Iterable[Reading]:
        first = item_at(scene, at, trust)
        if first is None or (kinds is not None and first.kind not in kinds):
            return
        items = [first]
        while len(items) < _MOST_ITEMS:
            more = _next_items(scene, items[-1].end, first)
            if not more:
                break
            items.extend(more)
        yield items[-1].end, tuple(item.text for item in items)

    return read


def read_one(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield one musical noun, no list: in places where very many lists could begin."""
    item = item_at(scene, at, MUSICAL)
    if item is not None and item.kind in NOUNS:
        yield item.end, (item.text,)


def _next_items(scene: Scene, at: int, first: Item) -> list[Item]:
    """Return the next phrase of a list, or several joined by commas up to an "or"."""
    joint = scene.low(at)
    if joint == ",":
        return _comma_items(scene, at, first)
    if joint in ("or", "nor", "/"):
        item = item_at(scene, at + 1, RARE)
        return [item] if item else []
    if joint in ("and", "&"):
        item = item_at(scene, at + 1, MUSICAL)
        return [item] if item and _continues(scene, item, first, at + 1) else []
    return []


def _comma_items(scene: Scene, at: int, first: Item) -> list[Item]:
    items: list[Item] = []
    while scene.low(at) == "," or (items and scene.low(at) in _ENDINGS):
        last = scene.low(at) != "," or scene.low(at + 1) in _ENDINGS
        start = at + 2 if scene.low(at) == "," and last else at + 1
        item = item_at(scene, start, MUSICAL)
        if item is None or not _is_like(item, first):
            break
        items.append(item)
        if last:
            return items
        at = item.end
    return []


def _is_like(item: Item, first: Item) -> bool:
    return (item.kind == "mood") == (first.kind == "mood") and item.size <= 3


def _continues(scene: Scene, item: Item, first: Item, at: int) -> bool:
    """Return whether "and" goes on: "no drums and bass", not "no drums and slow piano"."""
    plain = first.kind == "mood" or kind_of(scene.low(at)) != "mood"
    return plain and _is_like(item, first) and scene.low(item.end) not in ("only", "instead")


def item_at(scene: Scene, at: int, trust: int) -> Item | None:
    """Return the phrase at a position, None when it is not believed to be about music."""
    start = _past_determiners(scene, at)
    if start >= len(scene.tokens) or is_a(scene.low(start), "degree"):
        return None
    end = _phrase_end(scene, start)
    is_measure = scene.low(end) in ("than", "per")  # "nothing longer than", "beats per minute"
    kind = None if end == start or is_measure else _kind(scene, start, end, trust)
    return None if kind is None else Item(end, scene.slice(start, end), kind, end - start)


def _past_determiners(scene: Scene, at: int) -> int:
    """Step over "any of the" and over "anything with", which only lead to what is not wanted."""
    for _ in range(_MOST_DETERMINERS):
        low = scene.low(at)
        if is_a(low, "a little") and scene.low(at + 1) == "of":
            at += 2
            continue
        titled = scene.is_capital(at) and low not in ("the", "a", "an")  # "My Chemical Romance"
        if is_a(low, "determiner") and not titled and not scene.is_end(at + 1):
            at += 1
        elif is_a(low, "anything") and is_a(scene.low(at + 1), "having"):
            at += 2
    return at


def _phrase_end(scene: Scene, start: int) -> int:
    """Return the position after a phrase: a break, a word of another phrase or a number ends it."""
    at = max(start, name_end(scene, start), scene.descriptor_end(start))
    while at < min(start + _LONGEST_ITEM, len(scene.tokens)):
        after = _goes_on(scene, at, start)
        if not after:
            break
        at = after
    return at - 1 if at > start and scene.low(at - 1) in _GLUE else at


def _goes_on(scene: Scene, at: int, start: int) -> int:
    """Return the position after the next piece of a phrase, 0 when it ends."""
    compound = scene.after_phrase(at, lexicon.compounds().get(scene.low(at), ()))
    if compound:
        return compound  # "drum and bass"
    inside = at > start
    if inside and scene.low(at) in _GLUE:
        return at + 1
    if inside and scene.low(at) == "in" and is_a(scene.low(at + 1), "language"):
        return at + 2  # "lyrics in English"
    return at + 1 if _belongs(scene, at, inside=inside) else 0


def _belongs(scene: Scene, at: int, *, inside: bool) -> bool:
    """Return whether a word belongs to a phrase: no purpose ("no vocals running"), no comment."""
    low = scene.low(at)
    if not scene.tokens[at].is_word or scene.is_end(at):
        return False
    if scene.protected[at] or (inside and kind_of(low)):
        return scene.protected[at] or not is_a(low, "stop")
    if low[0].isdigit() or low[0] == "'":
        return _is_decade(low)
    beside = inside and (is_a(low, "activity", "comment") or low.endswith("ly"))
    return not beside and not is_a(low, "stop")


def _kind(scene: Scene, start: int, end: int, trust: int) -> str | None:
    """Return the kind of a phrase, None when it is not about music."""
    words = scene.lows[start:end]
    if "in" in words[1:]:  # "songs in English" are English songs, to be read as such
        head_end = start + words.index("in")
        return None if is_a(words[0], "general") else _kind(scene, start, head_end, trust)
    if _is_doing(words) or _is_else(scene, start, end):
        return None
    return _kind_by_words(scene, start, end) or _trusted(words, trust)


def _kind_by_words(scene: Scene, start: int, end: int) -> str:
    """Return the kind that a phrase has by its words, "" for none."""
    words = scene.lows[start:end]
    if is_a(words[-1], "general") and len(words) > 1:
        return "general"
    vague = is_a(words[-1], "vague kind")  # "not the metal kind"
    kind = scene.kind_before(start, end - vague)
    if kind:
        return kind
    if _is_decade(words[-1]):
        return "genre"
    if name_end(scene, start) == end:
        owned = scene.low(start - 1) in ("a", "an", "my", "your")  # "not an Addict"
        return "name" if _is_sure(scene, start, end) else "" if owned else "capital"
    return "sound" if _has_player(words) else ""


def _is_doing(words: list[str]) -> bool:
    """Return whether a phrase is what somebody does: "making a sound"."""
    return len(words) > 1 and words[0].endswith("ing") and not kind_of(words[0])


def _is_decade(low: str) -> bool:
    return re.fullmatch(r"'?\d+'?s", low) is not None


def _has_player(words: list[str]) -> bool:
    """Return whether a short phrase is about an instrument or a voice: "synth pads", "drum fills"."""
    return len(words) <= 3 and any(kind_of(word) in ("instrument", "voice") for word in words)


def _trusted(words: list[str], trust: int) -> str | None:
    """Return "" when a phrase is believed without being musical, else None."""
    rare = len(words) == 1 and is_rare(words[0]) and not words[0].endswith(("ly", "ed", "ing"))
    return "" if (trust == RARE and rare) or (trust == ANY and len(words) <= 2) else None


def _is_else(scene: Scene, start: int, end: int) -> bool:
    """Return whether a doubtful word is no music here: "without a country", "no score to settle"."""
    if end - start > 1 or not is_a(scene.low(start), "doubtful"):
        return False
    article, before = scene.low(start - 1), scene.low(start - 2)
    owned = article in ("a", "my", "your") and before != "with"
    placed = article == "the" and before not in ("without", "w/o", "skip", "ditch", "mute")
    there = scene.low(end) == "in" and scene.low(end + 1) in ("my", "the")
    return owned or placed or there or is_a(scene.low(end), "elsewhere")


def _is_sure(scene: Scene, start: int, end: int) -> bool:
    """Return whether a name is a known one, one behind "the", or has more than one capital."""
    return end - start > 1 or scene.is_name(start, end) or scene.low(start - 1) == "the"


TERMS: dict[str, Term] = {
    "unwanted": Reader(phrases(MUSICAL)),
    "unwanted nouns": Reader(phrases(MUSICAL, NOUNS)),
    "unwanted noun": Reader(read_one),
    "unwanted named": Reader(phrases(MUSICAL, NOUNS | {"capital"})),
    "unwanted any": Reader(phrases(ANY)),
}
