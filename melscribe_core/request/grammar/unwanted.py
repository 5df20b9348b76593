"""Terms for what is not wanted: lists of phrases about music ("drums, bass or vocals").

A phrase is accepted when it ends in a musical word (musical.txt), when it is a name, or when the
term's trust allows others. A degree ("too fast", "just sad") is not a phrase. Lists continue after
"or", "nor" and commas before one of these; after "and" only between phrases of the same sort.
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

# Trust: which phrases are accepted: musical ones; also one rare word; also any of one or two words.
MUSICAL, RARE, ANY = range(3)
NOUNS = frozenset("genre instrument voice sound form feeling general name descriptor".split())
_MOST_ITEMS = 20
_LONGEST_ITEM = 10  # tokens
_MOST_DETERMINERS = 5
_GLUE = ("-", "'", "&")
_ENDINGS = ("or", "nor", "and")


@dataclass(frozen=True)
class Item:
    """One phrase of a list."""

    end: int  # the position after it
    text: str  # as written
    kind: str  # a musical kind, "general", "name", "capital"; "" if accepted by trust alone
    size: int  # tokens


def phrases(trust: int, kinds: frozenset[str] | None = None) -> Read:
    """Return a reader of a list of phrases; `kinds` limits the kind of the first, None for any."""

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
    """Yield one musical noun: for places where trying lists at each position would be slow."""
    item = item_at(scene, at, MUSICAL)
    if item is not None and item.kind in NOUNS:
        yield item.end, (item.text,)


def _next_items(scene: Scene, at: int, first: Item) -> list[Item]:
    """Return the next phrase of a list, or several after commas up to an "or"; [] at its end."""
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
        if item is None or not _is_same_sort(item, first):
            break
        items.append(item)
        if last:
            return items
        at = item.end
    return []


def _is_same_sort(item: Item, first: Item) -> bool:
    return (item.kind == "mood") == (first.kind == "mood") and item.size <= 3


def _continues(scene: Scene, item: Item, first: Item, at: int) -> bool:
    """Return whether "and" continues a list: "no drums and bass", not "drums and slow piano"."""
    plain = first.kind == "mood" or kind_of(scene.low(at)) != "mood"
    return plain and _is_same_sort(item, first) and scene.low(item.end) not in ("only", "instead")


def item_at(scene: Scene, at: int, trust: int) -> Item | None:
    """Return the phrase at a position; None when it is not accepted."""
    start = _past_determiners(scene, at)
    if start >= len(scene.tokens) or is_a(scene.low(start), "degree"):
        return None
    end = _phrase_end(scene, start)
    is_measure = scene.low(end) in ("than", "per")  # "nothing longer than", "beats per minute"
    kind = None if end == start or is_measure else _kind(scene, start, end, trust)
    return None if kind is None else Item(end, scene.slice(start, end), kind, end - start)


def _past_determiners(scene: Scene, at: int) -> int:
    """Return the position after words that only introduce a phrase: "any of the"."""
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
    """Return the position after a phrase; a break, a stop word or a number ends it."""
    at = max(start, name_end(scene, start), scene.descriptor_end(start))
    while at < min(start + _LONGEST_ITEM, len(scene.tokens)):
        after = _past_piece(scene, at, start)
        if not after:
            break
        at = after
    return at - 1 if at > start and scene.low(at - 1) in _GLUE else at


def _past_piece(scene: Scene, at: int, start: int) -> int:
    """Return the position after the next piece of a phrase; 0 at its end."""
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
    """Return whether a word belongs to a phrase: not "running" of "no vocals running"."""
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
    """Return the kind of a phrase; None when it is not accepted."""
    words = scene.lows[start:end]
    if "in" in words[1:]:  # left to another rule: "songs in English" excludes "English"
        head_end = start + words.index("in")
        return None if is_a(words[0], "general") else _kind(scene, start, head_end, trust)
    if _is_activity(words) or _is_not_music(scene, start, end):
        return None
    return _kind_by_words(scene, start, end) or _trusted(words, trust)


def _kind_by_words(scene: Scene, start: int, end: int) -> str:
    """Return the kind of a phrase by its words; "" for none."""
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


def _is_activity(words: list[str]) -> bool:
    """Return whether a phrase is an activity: "making a sound"."""
    return len(words) > 1 and words[0].endswith("ing") and not kind_of(words[0])


def _is_decade(low: str) -> bool:
    return re.fullmatch(r"'?\d+'?s", low) is not None


def _has_player(words: list[str]) -> bool:
    """Return whether a short phrase has an instrument or a voice: "synth pads", "drum fills"."""
    return len(words) <= 3 and any(kind_of(word) in ("instrument", "voice") for word in words)


def _trusted(words: list[str], trust: int) -> str | None:
    """Return "" when a phrase that is not musical is accepted by trust, else None."""
    rare = len(words) == 1 and is_rare(words[0]) and not words[0].endswith(("ly", "ed", "ing"))
    return "" if (trust == RARE and rare) or (trust == ANY and len(words) <= 2) else None


def _is_not_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether an ambiguous word is not about music: "without a country"."""
    if end - start > 1 or not is_a(scene.low(start), "doubtful"):
        return False
    article, before = scene.low(start - 1), scene.low(start - 2)
    owned = article in ("a", "my", "your") and before != "with"
    placed = article == "the" and before not in ("without", "w/o", "skip", "ditch", "mute")
    there = scene.low(end) == "in" and scene.low(end + 1) in ("my", "the")
    return owned or placed or there or is_a(scene.low(end), "elsewhere")


def _is_sure(scene: Scene, start: int, end: int) -> bool:
    """Return whether a name is known, has several words, or follows "the"."""
    return end - start > 1 or scene.is_name(start, end) or scene.low(start - 1) == "the"


TERMS: dict[str, Term] = {
    "unwanted": Reader(phrases(MUSICAL)),
    "unwanted nouns": Reader(phrases(MUSICAL, NOUNS)),
    "unwanted noun": Reader(read_one),
    "unwanted named": Reader(phrases(MUSICAL, NOUNS | {"capital"})),
    "unwanted any": Reader(phrases(ANY)),
}
