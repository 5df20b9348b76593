"""Names anywhere in a request: whose tracks come first, beside whatever else is said.

A name counts only with evidence: quotes, a capital that marks a name, a word that is not ordinary,
or the company of other names in a list ("Air, Portishead and Can"). In a list a name that the
library does not have is read too, so that it can be said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from melscribe_core.request.grammar import name_spans
from melscribe_core.request.grammar.evidence import (
    PEOPLE,
    describes,
    is_act,
    is_all,
    is_unusual,
    is_work,
    may_be_meant,
    words_of,
)
from melscribe_core.request.grammar.lexicon import is_a, is_rare
from melscribe_core.request.grammar.listed_names import (
    LONGEST,
    NameSpan,
    alike,
    ends_item,
    in_a_row,
    in_lists,
    list_items,
    unknown,
)
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

KEY = "leads"

_CALLING = frozenset("band group singer artist rapper duo trio act dj musician".split())
_OF_WORKS = frozenset("song track tune single album record lp ep".split())
_FROM = frozenset(("from", "off", "of"))  # before an album: "something off OK Computer"
_STYLES = frozenset("style vein spirit manner vibe vibes sound mood".split())
_TOO = (("as", "well", "please"), ("as", "well"), ("too", "please"), ("too",), ("also",))
_ABOUT = frozenset("about in to at for near around".split())  # before a place or a topic


# A run [first, last) of tokens that no claim holds is passed on where what is around a name counts.


def leading_names(scene: Scene, claims: Sequence[Claim]) -> list[Claim]:
    """Return claims for the names among the words that no other claim holds; [] for none."""
    free = _free_runs(scene, claims)
    sure = [found for run in free for found in _sure(scene, *run)]
    listed = [item for run in free for item in list_items(scene, *run, sure)]
    found = sorted({*sure, *in_lists(scene, listed, sure), *alike(scene, listed, sure)})
    if strange := [*unknown(scene, listed, found)]:
        named = [*found, *strange]
        found = sorted({*named, *in_lists(scene, listed, named)})
    if not found and not claims:
        found = in_a_row(scene, listed)
    return [_claim(scene, one) for one in found]


def _claim(scene: Scene, found: NameSpan) -> Claim:
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


def _sure(scene: Scene, start: int, end: int) -> Iterator[NameSpan]:
    """Yield the names in [start, end) that need no other name beside them, left to right."""
    at = start
    while at < end:
        found = next(_ways(scene, at, end, start), None)
        if found is not None:
            yield found
        at = found.end if found is not None else at + 1


def _ways(scene: Scene, at: int, end: int, first: int) -> Iterator[NameSpan]:
    """Yield the readings of a name that starts here, the best first."""
    for after, name in name_spans.read_example(scene, at):
        is_known = name_spans.is_known_example(scene, name)
        if after <= end and is_known and _is_marked(scene, at, after):
            yield NameSpan(at, after, name)
    yield from _called(scene, at, end)
    yield from _from_whom(scene, at, end)
    after = name_spans.quoted(scene, at)
    if after and after <= end and scene.kinds(name_spans.spelled(scene, at, after)):
        yield NameSpan(at, after, name_spans.spelled(scene, at, after))
    if not scene.tokens[at].is_word or (scene.protected[at] and not scene.tokens[at].is_capital):
        return  # a mark, or inside a saying: "no doubt"
    for after in range(min(at + LONGEST, end), at, -1):
        name = _known(scene, at, after, first, end)
        if name:
            yield NameSpan(at, after, name)
            return


def _is_marked(scene: Scene, start: int, end: int) -> bool:
    """Return whether a title or an artist shows that it is one: a quote, a capital, a rare word."""
    at = range(start + 1 if scene.low(start) in ("the", "that", "this") else start, end)
    return any(
        scene.low(one) in ('"', "'") or scene.is_capital(one) or is_unusual(scene, one)
        for one in at
    )


def _called(scene: Scene, at: int, end: int) -> Iterator[NameSpan]:
    """Yield a name that a noun tells from a word: "the band Train", "off OK Computer"."""
    if scene.low(at) == "the" and scene.low(at + 1) in _CALLING:
        for after in range(min(at + 2 + LONGEST, end), at + 2, -1):
            if scene.kinds_of(at + 2, after) & PEOPLE:
                yield NameSpan(at, after, scene.slice(at + 2, after))
    if scene.low(at) in ("the", "that", "this"):
        yield from _work_before(scene, at, end)
    if scene.low(at) in _FROM and scene.is_capital(at + 1):
        for after in range(min(at + 1 + LONGEST, end), at + 2, -1):
            if scene.is_capital(after - 1) and "album" in scene.kinds_of(at + 1, after):
                yield NameSpan(at, after, f"the album {scene.slice(at + 1, after)}")


def _from_whom(scene: Scene, at: int, end: int) -> Iterator[NameSpan]:
    """Yield "I See Red from Everybody Loves an Outcast", when the library has both."""
    if "from" not in scene.lows[at + 1 : min(at + LONGEST, end)]:
        return
    for work in name_spans.works(scene, at):
        after = name_spans.here(scene, work + 1) if scene.low(work) == "from" else 0
        is_here = after and after <= end and _is_marked(scene, at, after)
        if is_here and scene.kinds_of(at, work) & {"title", "album"}:
            title, artist = name_spans.spelled(scene, at, work), scene.slice(work + 1, after)
            yield NameSpan(at, after, f"{title} by {artist}")


def _work_before(scene: Scene, at: int, end: int) -> Iterator[NameSpan]:
    """Yield "that Happy song" and "the Kind of Blue album": a work before its noun."""
    for noun in range(at + 2, min(at + 2 + LONGEST, end)):
        if scene.low(noun) not in _OF_WORKS:
            continue
        is_album = scene.low(noun) in ("album", "record", "lp", "ep")
        is_titled = all(
            scene.is_capital(one) or is_a(scene.low(one), "small")
            for one in words_of(scene, at + 1, noun)
        )
        known = scene.kinds_of(at + 1, noun) & ({"album"} if is_album else {"title"})
        if known and (is_titled or noun - at > 3):
            what = "album" if is_album else "song"
            yield NameSpan(at, noun + 1, f"the {what} {scene.slice(at + 1, noun)}")


def _known(scene: Scene, start: int, end: int, first: int, last: int) -> str:
    """Return the name in the library that these words are meant as; "" for none."""
    if not scene.tokens[end - 1].is_word or not may_be_meant(scene, start, end):
        return ""
    for name in _spellings(scene, start, end):
        kinds = scene.kinds(name)
        if not kinds & {*PEOPLE, "surname", "title", "album"}:
            continue
        if describes(scene, start, end, name):
            return ""
        if kinds & PEOPLE and _is_artist(scene, start, end, first, last):
            return name
        if "surname" in kinds and _is_surname(scene, start, end, first, last):
            return name
        if kinds & {"title", "album"} and is_work(scene, start, end):
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
    words = words_of(scene, start, end)
    if len(words) > 1 and is_act(scene, start, end):
        return True
    if len(words) == 1:
        return _is_single(scene, words[0], start, end, first, last)
    if any(is_unusual(scene, at) for at in words):
        return True
    return all(scene.is_capital(at) or is_a(scene.low(at), "small") for at in words)


def _is_single(scene: Scene, word: int, start: int, end: int, first: int, last: int) -> bool:
    """Return whether one word is meant as an artist.

    A capital inside a clause says so, unless the word could be a place or a topic.
    """
    if not scene.is_start(word) and scene.is_capital(word):
        after_name = not scene.is_start(start - 1) and _is_capital_word(scene, start - 1)
        if after_name or _is_capital_word(scene, end):
            return False  # of a longer name: "Martin Luther King"
        if scene.word_before(start) not in _ABOUT or is_rare(scene.low(word)):
            return True
    if is_unusual(scene, word):
        return _is_unusual_artist(scene, word, start, end, first, last)
    return _is_ordinary_artist(scene, word, start, end, first, last)


def _is_unusual_artist(
    scene: Scene, word: int, start: int, end: int, first: int, last: int
) -> bool:
    """Return whether an unusual word is an act, or nothing but asking is around it."""
    is_alone = _is_alone(scene, start, end, first, last)
    if not is_a(scene.low(word), "also a name"):
        return is_alone or is_act(scene, start, end)
    is_only = scene.tokens[word].is_capital or is_all(scene, start, end, first, last)
    return is_alone and is_only


def _is_ordinary_artist(
    scene: Scene, word: int, start: int, end: int, first: int, last: int
) -> bool:
    """Return whether an ordinary word is an act: with a capital or after "some", and alone."""
    if is_a(scene.low(word), "never a name") or not is_act(scene, start, end):
        return False
    is_whole = scene.is_end(end) or scene.low(word).endswith("'s")
    speaks = scene.tokens[word].is_capital and (is_whole or not scene.is_start(word))
    is_marked = speaks or scene.word_before(start) == "some"
    return is_marked and _is_alone(scene, start, end, first, last)


def _is_capital_word(scene: Scene, at: int) -> bool:
    """Return whether a word with a capital that may mark a name is at a position; "I" is none."""
    if not 0 <= at < len(scene.tokens) or scene.low(at) == "i":
        return False
    return scene.tokens[at].is_word and scene.is_capital(at)


def _is_surname(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether an unusual surname has a capital inside a clause, or is alone."""
    if not is_unusual(scene, end - 1):
        return False
    inside = not scene.is_start(start) and scene.is_capital(start)
    return inside or _is_alone(scene, start, end, first, last)


def _is_alone(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether only words of asking are around a name, up to the next mark or name."""
    at = start
    while at > first and not ends_item(scene, at - 1):
        at -= 1
        if not is_a(scene.low(at), "before names"):
            return False
    at = end
    while at < last and not ends_item(scene, at):
        if not is_a(scene.low(at), "behind names"):
            return False
        at += 1
    return True
