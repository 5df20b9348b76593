"""Names anywhere in a request: whose tracks come first, beside whatever else is said.

A name counts only with evidence: quotes, a capital that marks a name, a word that is not ordinary,
or the company of other names in a list ("Air, Portishead and Can"). In a list a name that the
library does not have is read too, so that it can be said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from melscribe_core.request.grammar import lexicon, name_spans, names_only
from melscribe_core.request.grammar.lexicon import is_a, is_rare, kind_of
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

KEY = "leads"

_PEOPLE = frozenset(("artist", "credit"))
_LONGEST = 8  # tokens of a name
_JOINTS = frozenset((",", "&", "/", "+", ";", "and", "or", "nor", "plus"))
_CALLING = frozenset("band group singer artist rapper duo trio act dj musician".split())
_OF_WORKS = frozenset("song track tune single album record lp ep".split())
_FROM = frozenset(("from", "off", "of"))  # before an album: "something off OK Computer"
_STYLES = frozenset("style vein spirit manner vibe vibes sound mood".split())
_ASKING = frozenset("some play add more of hear by from include".split())  # before a name
_ROW = 3  # acts in a row that are names even without a mark between them
_SLIPS = 6  # items that are looked for in another spelling
_SLIP_WORDS = 4
_TOO = (("as", "well", "please"), ("as", "well"), ("too", "please"), ("too",), ("also",))
_ABOUT = frozenset("about in to at for near around".split())  # before a place or a topic


class _Found(NamedTuple):
    start: int
    end: int
    name: str


def leading_names(scene: Scene, claims: Sequence[Claim]) -> list[Claim]:
    """Return claims for the names among the words that no other claim holds; [] for none."""
    free = _free_runs(scene, claims)
    sure = [found for run in free for found in _sure(scene, *run)]
    items = [item for run in free for item in _items(scene, *run, sure)]
    found = sorted({*sure, *_in_lists(scene, items, sure), *_alike(scene, items, sure)})
    if unknown := [*_unknown(scene, items, found)]:
        named = [*found, *unknown]
        found = sorted({*named, *_in_lists(scene, items, named)})
    if not found and not claims:
        found = _in_a_row(scene, items)
    return [_claim(scene, one) for one in found]


def _claim(scene: Scene, found: _Found) -> Claim:
    """Return the claim for a name; the owner of a style is an example: "in Femi Takeda's style"."""
    is_owner = scene.low(found.end - 1).endswith("'s")
    if is_owner and scene.low(found.end) in _STYLES:
        start = found.start - (scene.low(found.start - 1) == "in")
        return Claim("like", (found.name,), start, found.end + 1)
    return Claim(KEY, (found.name,), found.start, scene.after_phrase(found.end, _TOO) or found.end)


def _free_runs(scene: Scene, claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Return (start, end) of the tokens between claims."""
    starts = [0, *(claim.end for claim in claims)]
    ends = [*(claim.start for claim in claims), len(scene.tokens)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _sure(scene: Scene, start: int, end: int) -> Iterator[_Found]:
    """Yield the names in [start, end) that need no other name beside them, left to right."""
    at = start
    while at < end:
        found = next(_ways(scene, at, end, start), None)
        if found is not None:
            yield found
        at = found.end if found is not None else at + 1


def _ways(scene: Scene, at: int, end: int, first: int) -> Iterator[_Found]:
    """Yield the readings of a name that starts here, the best first."""
    for after, name in name_spans.read_example(scene, at):
        is_known = name_spans.is_known_example(scene, name)
        if after <= end and is_known and _is_marked(scene, at, after):
            yield _Found(at, after, name)
    yield from _called(scene, at, end)
    yield from _from_whom(scene, at, end)
    after = name_spans.quoted(scene, at)
    if after and after <= end and scene.kinds(name_spans.spelled(scene, at, after)):
        yield _Found(at, after, name_spans.spelled(scene, at, after))
    if not scene.tokens[at].is_word or (scene.protected[at] and not scene.tokens[at].is_capital):
        return  # a mark, or inside a saying: "no doubt"
    for after in range(min(at + _LONGEST, end), at, -1):
        name = _known(scene, at, after, first, end)
        if name:
            yield _Found(at, after, name)
            return


def _is_marked(scene: Scene, start: int, end: int) -> bool:
    """Return whether a title or an artist shows that it is one: a quote, a capital, a rare word."""
    at = range(start + 1 if scene.low(start) in ("the", "that", "this") else start, end)
    return any(
        scene.low(one) in ('"', "'") or scene.is_capital(one) or names_only.is_unusual(scene, one)
        for one in at
    )


def _called(scene: Scene, at: int, end: int) -> Iterator[_Found]:
    """Yield a name that a noun tells from a word: "the band Train", "off OK Computer"."""
    if scene.low(at) == "the" and scene.low(at + 1) in _CALLING:
        for after in range(min(at + 2 + _LONGEST, end), at + 2, -1):
            if scene.kinds_of(at + 2, after) & _PEOPLE:
                yield _Found(at, after, scene.slice(at + 2, after))
    if scene.low(at) in ("the", "that", "this"):
        yield from _work_before(scene, at, end)
    if scene.low(at) in _FROM and scene.is_capital(at + 1):
        for after in range(min(at + 1 + _LONGEST, end), at + 2, -1):
            if scene.is_capital(after - 1) and "album" in scene.kinds_of(at + 1, after):
                yield _Found(at, after, f"the album {scene.slice(at + 1, after)}")


def _from_whom(scene: Scene, at: int, end: int) -> Iterator[_Found]:
    """Yield "I See Red from Everybody Loves an Outcast", when the library has both."""
    if "from" not in scene.lows[at + 1 : min(at + _LONGEST, end)]:
        return
    for work in name_spans.works(scene, at):
        after = name_spans.here(scene, work + 1) if scene.low(work) == "from" else 0
        is_here = after and after <= end and _is_marked(scene, at, after)
        if is_here and scene.kinds_of(at, work) & {"title", "album"}:
            title, artist = name_spans.spelled(scene, at, work), scene.slice(work + 1, after)
            yield _Found(at, after, f"{title} by {artist}")


def _work_before(scene: Scene, at: int, end: int) -> Iterator[_Found]:
    """Yield "that Happy song" and "the Kind of Blue album": a work before its noun."""
    for noun in range(at + 2, min(at + 2 + _LONGEST, end)):
        if scene.low(noun) not in _OF_WORKS:
            continue
        is_album = scene.low(noun) in ("album", "record", "lp", "ep")
        is_titled = all(
            scene.is_capital(one) or is_a(scene.low(one), "small")
            for one in names_only.words_of(scene, at + 1, noun)
        )
        known = scene.kinds_of(at + 1, noun) & ({"album"} if is_album else {"title"})
        if known and (is_titled or noun - at > 3):
            what = "album" if is_album else "song"
            yield _Found(at, noun + 1, f"the {what} {scene.slice(at + 1, noun)}")


def _known(scene: Scene, start: int, end: int, first: int, last: int) -> str:
    """Return the name in the library that these words are meant as; "" for none."""
    if not scene.tokens[end - 1].is_word or not names_only.may_be_meant(scene, start, end):
        return ""
    for name in _spellings(scene, start, end):
        kinds = scene.kinds(name)
        if not kinds & {*_PEOPLE, "surname", "title", "album"}:
            continue
        if names_only.describes(scene, start, end, name):
            return ""
        if kinds & _PEOPLE and _is_artist(scene, start, end, first, last):
            return name
        if "surname" in kinds and _is_surname(scene, start, end, first, last):
            return name
        if kinds & {"title", "album"} and names_only.is_work(scene, start, end):
            return name
    return ""


def _spellings(scene: Scene, start: int, end: int) -> Iterator[str]:
    """Yield a name as written, and without the 's of an owner."""
    said = scene.slice(start, end)
    yield said
    if scene.low(end - 1).endswith("'s"):
        yield said[:-2]


def _is_artist(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether words that an artist is called are meant as the artist."""
    words = names_only.words_of(scene, start, end)
    if len(words) > 1 and names_only.is_act(scene, start, end):
        return True
    if len(words) == 1:
        return _is_single(scene, words[0], start, end, first, last)
    if any(names_only.is_unusual(scene, at) for at in words):
        return True
    return all(scene.is_capital(at) or is_a(scene.low(at), "small") for at in words)


def _is_single(scene: Scene, word: int, start: int, end: int, first: int, last: int) -> bool:
    """Return whether one word is meant as an artist.

    A capital inside a clause says so, unless the word could be a place or a topic. An unusual word
    does when nothing but asking is around it.
    """
    before = scene.word_before(start)
    inside = not scene.is_start(word) and scene.is_capital(word)
    after_name = not scene.is_start(start - 1) and _is_capital_word(scene, start - 1)
    if inside and (after_name or _is_capital_word(scene, end)):
        return False  # of a longer name: "Martin Luther King"
    if inside and not (before in _ABOUT and not is_rare(scene.low(word))):
        return True
    is_act = names_only.is_act(scene, start, end)
    if not names_only.is_unusual(scene, word):
        is_first = scene.is_start(word)
        owns = scene.low(word).endswith("'s")
        is_whole = scene.is_end(end) or owns
        capital = scene.tokens[word].is_capital and not (is_first and not is_whole)
        may_be = is_act and not is_a(scene.low(word), "never a name")
        return (
            may_be and (capital or before == "some") and _is_alone(scene, start, end, first, last)
        )
    if not is_a(scene.low(word), "also a name"):
        return is_act or _is_alone(scene, start, end, first, last)
    return _is_alone(scene, start, end, first, last) and (
        scene.tokens[word].is_capital or _is_all(scene, start, end, first, last)
    )


def _is_capital_word(scene: Scene, at: int) -> bool:
    if not 0 <= at < len(scene.tokens) or scene.low(at) == "i":
        return False
    return scene.tokens[at].is_word and scene.is_capital(at)


def _is_surname(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    if not names_only.is_unusual(scene, end - 1):
        return False
    inside = not scene.is_start(start) and scene.is_capital(start)
    return inside or _is_alone(scene, start, end, first, last)


def _is_alone(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether only words of asking are around a name, up to the next mark or name."""
    at = start
    while at > first and not _ends_item(scene, at - 1):
        at -= 1
        if not is_a(scene.low(at), "before names"):
            return False
    at = end
    while at < last and not _ends_item(scene, at):
        if not is_a(scene.low(at), "behind names"):
            return False
        at += 1
    return True


def _is_all(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether nothing but asking is in [first, last) beside a name."""
    words = [at for at in range(first, last) if scene.tokens[at].is_word]
    before = all(is_a(scene.low(at), "before names") for at in words if at < start)
    return before and all(is_a(scene.low(at), "behind names") for at in words if at >= end)


def _ends_item(scene: Scene, at: int) -> bool:
    return scene.tokens[at].is_break or scene.low(at) in _JOINTS


# Names by their company


class _Item(NamedTuple):
    """One part of a list, without the words of asking around it, and the number of its list."""

    start: int
    end: int
    chain: int


def _items(scene: Scene, start: int, end: int, sure: Sequence[_Found]) -> Iterator[_Item]:
    """Yield the parts of the lists in [start, end): what commas, "and" and the like separate."""
    inside = {at for found in sure for at in range(found.start, found.end)}
    chain, begin = start, start
    for at in range(start, end + 1):
        is_last = at == end
        if not is_last and (at in inside or not _ends_item(scene, at)):
            continue
        item = _trimmed(scene, begin, at, chain)
        if item.start < item.end:
            yield item
        begin = at + 1
        if not is_last and scene.tokens[at].is_break and scene.low(at) not in _JOINTS:
            chain = begin


def _trimmed(scene: Scene, start: int, end: int, chain: int) -> _Item:
    """Return an item without words of asking at its ends."""
    whole = start, end
    while start < end and is_a(scene.low(start), "before names"):
        if scene.low(start) == "the" and scene.tokens[start].is_capital:
            break
        start += 1
    while end > start and is_a(scene.low(end - 1), "behind names"):
        end -= 1
    return _Item(start, end, chain) if start < end else _Item(*whole, chain)


def _in_lists(scene: Scene, items: Sequence[_Item], sure: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the items that are names because others of their list are."""
    for chain in dict.fromkeys(item.chain for item in items):
        of_it = [item for item in items if item.chain == chain]
        others = [item for item in of_it if not any(_covers(item, found) for found in sure)]
        if len(others) < len(of_it) or _has_acts(scene, of_it):
            yield from (one for item in others for one in _beside_names(scene, item))
        else:
            yield from _capitals(scene, others)


def _has_acts(scene: Scene, items: Sequence[_Item]) -> bool:
    """Return whether a list has two acts that everybody knows, one of them in the library."""
    famous = [item for item in items if _is_famous(scene, item)]
    here = (scene.kinds_of(item.start, item.end) & _PEOPLE for item in items)
    return len(famous) > 1 and any(here)


def _is_famous(scene: Scene, item: _Item) -> bool:
    """Return whether an item is an act that everybody knows, by no ordinary word."""
    if not names_only.is_act(scene, item.start, item.end):
        return False
    words = names_only.words_of(scene, item.start, item.end)
    if len(words) > 1:
        return True
    return names_only.is_unusual(scene, words[0]) and not is_a(scene.low(words[0]), "also a name")


def _covers(item: _Item, found: _Found) -> bool:
    return found.start < item.end and item.start < found.end


def _beside_names(scene: Scene, item: _Item) -> Iterator[_Found]:
    """Yield an item beside names: a name of the library, or one that it lacks."""
    said = scene.slice(item.start, item.end)
    if item.end - item.start > _LONGEST or not any(
        scene.tokens[at].is_word for at in range(item.start, item.end)
    ):
        return
    lows = tuple(scene.lows[item.start : item.end])
    asks = is_a(lows[0], "before names") and lows[0] != "the"
    if asks or lexicon.entries("and so on").get(lows[0]):
        return
    if kind_of(*lows) or scene.describes(item.start, item.end):
        return
    if (
        _is_famous(scene, item)
        or scene.kinds(said) & {*_PEOPLE, "surname"}
        or _could_be_missing(scene, item)
    ):
        yield _Found(item.start, item.end, said)


def _could_be_missing(scene: Scene, item: _Item) -> bool:
    """Return whether an item reads as a name that the library does not have."""
    words = names_only.words_of(scene, item.start, item.end)
    if any(kind_of(scene.low(at)) or is_a(scene.low(at), "stop", "piece") for at in words):
        return False
    is_titled = all(scene.tokens[at].is_capital or is_a(scene.low(at), "small") for at in words)
    return any(names_only.is_unusual(scene, at) for at in words) or (is_titled and len(words) > 1)


def _capitals(scene: Scene, items: Sequence[_Item]) -> Iterator[_Found]:
    """Yield the items of a list of nothing but names with a capital, one of them of an artist here.

    A single word must be an artist's: "Rain, Coffee" are none.
    """
    found = [_Found(item.start, item.end, scene.slice(item.start, item.end)) for item in items]
    here = [bool(scene.kinds(one.name) & _PEOPLE) for one in found]
    if len(items) < 2 or not any(here):
        return
    if all(_is_capital(scene, one, is_here) for one, is_here in zip(found, here, strict=True)):
        yield from found


def _is_capital(scene: Scene, found: _Found, is_here: bool) -> bool:
    words = [at for at in range(found.start, found.end) if scene.tokens[at].is_word]
    if kind_of(*scene.lows[found.start : found.end]) or not (is_here or len(words) > 1):
        return False
    return all(scene.tokens[at].is_capital or is_a(scene.low(at), "small") for at in words)


def _in_a_row(scene: Scene, items: Sequence[_Item]) -> list[_Found]:
    """Return the acts of a request that is nothing but three or more: "blur oasis pulp"."""
    if len(items) != 1:
        return []
    found: list[_Found] = []
    at, end = items[0].start, items[0].end
    while at < end:
        ends = (after for after in range(min(at + _LONGEST, end), at, -1))
        after = next((one for one in ends if names_only.is_act(scene, at, one)), 0)
        if not after or not scene.kinds_of(at, after) & _PEOPLE:
            return []
        found.append(_Found(at, after, scene.slice(at, after)))
        at = after
    return found if len(found) >= _ROW else []


def _alike(scene: Scene, items: Sequence[_Item], sure: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the items that are a name of the library in another spelling."""
    left = [item for item in items if not any(_covers(item, found) for found in sure)]
    slips = [item for item in left if _may_be_a_slip(scene, item)]
    said = {item.chain for item in left if item not in slips}  # lists that say something else
    for item in [one for one in slips if one.chain not in said or _is_written_so(scene, one)][
        :_SLIPS
    ]:
        name = scene.slice(item.start, item.end)
        if scene.is_alike(name):
            yield _Found(item.start, item.end, name)


def _is_written_so(scene: Scene, item: _Item) -> bool:
    """Return whether each word of an item inside a clause has a capital that marks a name."""
    words = [at for at in range(item.start, item.end) if scene.tokens[at].is_word]
    return not scene.is_start(item.start) and all(map(scene.is_capital, words))


def _may_be_a_slip(scene: Scene, item: _Item) -> bool:
    """Return whether an item reads as a name: unusual or capitalised words, none about music."""
    words = [at for at in range(item.start, item.end) if scene.tokens[at].is_word]
    if not words or len(words) > _SLIP_WORDS or scene.describes(item.start, item.end):
        return False
    if any(kind_of(scene.low(at)) or is_a(scene.low(at), "stop", "piece") for at in words):
        return False
    unusual = [names_only.is_unusual(scene, at) for at in words]
    is_titled = all(scene.tokens[at].is_capital for at in words)
    return any(unusual) and (all(unusual) or is_titled or len(words) > 1)


def _unknown(scene: Scene, items: Sequence[_Item], found: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the items that name what is nowhere known: with a capital, or after "some" and "play".

    They are read so that they can be said to be missing; as words they would mean nothing.
    """
    for item in items:
        if any(_covers(item, one) for one in found) or not _may_be_a_slip(scene, item):
            continue
        words = [at for at in range(item.start, item.end) if scene.tokens[at].is_word]
        is_said = scene.low(item.start - 1) in _ASKING or all(
            scene.text[scene.tokens[at].start].isupper() or is_a(scene.low(at), "small")
            for at in words
        )
        if is_said and not any(scene.is_known(scene.low(at)) for at in words[:1] + words[-1:]):
            yield _Found(item.start, item.end, scene.slice(item.start, item.end))
