"""Names by their company: the parts of a list that are names because others of it are.

Reading order: `NameSpan`; `list_items`, the parts of the lists; those beside names; lists of
nothing but names with a capital; acts in a row; names in another spelling; names that are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.evidence import PEOPLE, is_act, is_unusual, words_of
from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.scene import Scene

LONGEST = 8  # tokens of a name
_JOINTS = frozenset((",", "&", "/", "+", ";", "and", "or", "nor", "plus"))
_ASKING = frozenset("some play add more of hear by from include".split())  # before a name
_ROW = 3  # acts in a row that are names even without a mark between them
_SLIPS = 6  # items looked up in another spelling: each costs a search among all names
_SLIP_WORDS = 4  # words of a name in another spelling


class NameSpan(NamedTuple):
    """A name as written, and its tokens [start, end)."""

    start: int
    end: int
    name: str


def ends_item(scene: Scene, at: int) -> bool:
    """Return whether a token separates the parts of a list."""
    return scene.tokens[at].is_break or scene.low(at) in _JOINTS


class Item(NamedTuple):
    """One part of a list, without the words of asking around it.

    `chain` is the position at which its list begins.
    """

    start: int
    end: int
    chain: int


def list_items(scene: Scene, start: int, end: int, sure: Sequence[NameSpan]) -> Iterator[Item]:
    """Yield the parts of the lists in [start, end): what commas, "and" and the like separate."""
    inside = {at for found in sure for at in range(found.start, found.end)}
    chain, begin = start, start
    for at in range(start, end + 1):
        is_last = at == end
        if not is_last and (at in inside or not ends_item(scene, at)):
            continue
        item = _trimmed(scene, begin, at, chain)
        if item.start < item.end:
            yield item
        begin = at + 1
        if not is_last and scene.tokens[at].is_break and scene.low(at) not in _JOINTS:
            chain = begin


def _trimmed(scene: Scene, start: int, end: int, chain: int) -> Item:
    """Return an item without words of asking at its ends."""
    whole = start, end
    while start < end and is_a(scene.low(start), "before names"):
        if scene.low(start) == "the" and scene.tokens[start].is_capital:
            break
        start += 1
    while end > start and is_a(scene.low(end - 1), "behind names"):
        end -= 1
    return Item(start, end, chain) if start < end else Item(*whole, chain)


def in_lists(scene: Scene, items: Sequence[Item], sure: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the items that are names because others of their list are."""
    for _, chain in groupby(items, lambda item: item.chain):
        of_it = list(chain)
        others = _beside(of_it, sure)
        if len(others) < len(of_it) or _has_acts(scene, of_it):
            yield from (_name(scene, item) for item in others if _may_be_beside(scene, item))
        else:
            yield from _capitals(scene, others)


def _has_acts(scene: Scene, items: Sequence[Item]) -> bool:
    """Return whether a list has two acts that everybody knows, one of them in the library."""
    famous = [item for item in items if _is_famous(scene, item)]
    here = (scene.kinds_of(item.start, item.end) & PEOPLE for item in items)
    return len(famous) > 1 and any(here)


def _is_famous(scene: Scene, item: Item) -> bool:
    """Return whether an item is an act that everybody knows, by no ordinary word."""
    if not is_act(scene, item.start, item.end):
        return False
    words = words_of(scene, item.start, item.end)
    if len(words) > 1:
        return True
    return is_unusual(scene, words[0]) and not is_a(scene.low(words[0]), "also a name")


def _beside(items: Sequence[Item], sure: Sequence[NameSpan]) -> list[Item]:
    """Return the items in which no name was found."""
    inside = {at for found in sure for at in range(found.start, found.end)}
    return [item for item in items if inside.isdisjoint(range(item.start, item.end))]


def _name(scene: Scene, item: Item) -> NameSpan:
    return NameSpan(item.start, item.end, scene.slice(item.start, item.end))


def _places(scene: Scene, item: Item) -> list[int]:
    """Return the positions of the words of an item."""
    return [at for at in range(item.start, item.end) if scene.tokens[at].is_word]


def _may_be_beside(scene: Scene, item: Item) -> bool:
    """Return whether an item beside names is a name of the library, or one that it lacks."""
    if item.end - item.start > LONGEST or not _places(scene, item):
        return False
    lows = tuple(scene.lows[item.start : item.end])
    asks = is_a(lows[0], "before names") and lows[0] != "the"
    if asks or lexicon.entries("and so on").get(lows[0]):
        return False
    if kind_of(*lows) or scene.describes(item.start, item.end):
        return False
    is_here = bool(scene.kinds(scene.slice(item.start, item.end)) & {*PEOPLE, "surname"})
    return _is_famous(scene, item) or is_here or _could_be_missing(scene, item)


def _could_be_missing(scene: Scene, item: Item) -> bool:
    """Return whether an item reads as a name that the library does not have."""
    words = words_of(scene, item.start, item.end)
    if _has_words_of_requests(scene, words):
        return False
    unusual = any(is_unusual(scene, at) for at in words)
    return unusual or (len(words) > 1 and _has_capitals(scene, words))


def _has_words_of_requests(scene: Scene, words: Sequence[int]) -> bool:
    """Return whether one of these words is about music, a function word or a noun for pieces."""
    return any(kind_of(scene.low(at)) or is_a(scene.low(at), "stop", "piece") for at in words)


def _has_capitals(scene: Scene, words: Sequence[int]) -> bool:
    """Return whether all of these words but small ones are capitalised."""
    return all(scene.tokens[at].is_capital or is_a(scene.low(at), "small") for at in words)


def _capitals(scene: Scene, items: Sequence[Item]) -> Iterator[NameSpan]:
    """Yield the items of a list of nothing but names with a capital, one of them of an artist here.

    A single word must be an artist's: "Rain, Coffee" are none.
    """
    found = [_name(scene, item) for item in items]
    here = [bool(scene.kinds(one.name) & PEOPLE) for one in found]
    if len(items) < 2 or not any(here):
        return
    pairs = zip(items, here, strict=True)
    if all(_is_titled_name(scene, item, is_here=is_here) for item, is_here in pairs):
        yield from found


def _is_titled_name(scene: Scene, item: Item, *, is_here: bool) -> bool:
    """Return whether an item has capitals as a name has; `is_here`: it is an artist's name."""
    words = _places(scene, item)
    if kind_of(*scene.lows[item.start : item.end]) or not (is_here or len(words) > 1):
        return False
    return _has_capitals(scene, words)


def in_a_row(scene: Scene, items: Sequence[Item]) -> list[NameSpan]:
    """Return the acts of a request that is nothing but three or more: "blur oasis pulp"."""
    if len(items) != 1:
        return []
    found: list[NameSpan] = []
    at, end = items[0].start, items[0].end
    while at < end:
        ends = range(min(at + LONGEST, end), at, -1)
        after = next((one for one in ends if is_act(scene, at, one)), 0)
        if not after or not scene.kinds_of(at, after) & PEOPLE:
            return []
        found.append(NameSpan(at, after, scene.slice(at, after)))
        at = after
    return found if len(found) >= _ROW else []


def alike(scene: Scene, items: Sequence[Item], sure: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the items that are a name of the library in another spelling."""
    slips: list[Item] = []
    described: set[int] = set()  # lists that say something else too
    for item in _beside(items, sure):
        if _may_be_a_slip(scene, item):
            slips.append(item)
        else:
            described.add(item.chain)
    likely = (one for one in slips if one.chain not in described or _is_marked(scene, one))
    for item in islice(likely, _SLIPS):
        found = _name(scene, item)
        if scene.is_alike(found.name):
            yield found


def unknown(scene: Scene, items: Sequence[Item], found: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the items that name what is nowhere known: with a capital, or after "some" and "play".

    They are read so that they can be said to be missing; as words they would mean nothing.
    """
    for item in _beside(items, found):
        if _may_be_a_slip(scene, item) and _is_said_as_a_name(scene, item):
            ends = {scene.low(_places(scene, item)[place]) for place in (0, -1)}
            if not any(map(scene.is_known, ends)):
                yield _name(scene, item)


def _is_said_as_a_name(scene: Scene, item: Item) -> bool:
    """Return whether asking is before an item, or each word has a capital (not: has no case)."""
    if scene.low(item.start - 1) in _ASKING:
        return True
    return all(
        scene.text[scene.tokens[at].start].isupper() or is_a(scene.low(at), "small")
        for at in _places(scene, item)
    )


def _is_marked(scene: Scene, item: Item) -> bool:
    """Return whether each word of an item inside a clause has a capital that marks a name."""
    return not scene.is_start(item.start) and all(map(scene.is_capital, _places(scene, item)))


def _may_be_a_slip(scene: Scene, item: Item) -> bool:
    """Return whether an item reads as a name: unusual or capitalised words, none about music."""
    words = _places(scene, item)
    if not words or len(words) > _SLIP_WORDS or scene.describes(item.start, item.end):
        return False
    if _has_words_of_requests(scene, words):
        return False
    unusual = [is_unusual(scene, at) for at in words]
    is_titled = all(scene.tokens[at].is_capital for at in words)
    return any(unusual) and (all(unusual) or is_titled or len(words) > 1)
