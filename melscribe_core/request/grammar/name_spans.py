"""Terms for names of artists and works: where a name or a list of names ends.

A name is in quotes, known (in the library, or a well-known act), or a run of capitalised words. A
name in lower case must be known and have an unusual word, or, for some terms, end in a rare word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.lexicon import is_a, is_rare, kind_of
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Read, Reader, Reading, Term
from melscribe_core.request.grammar.scene import Scene

Find: TypeAlias = Callable[[Scene, int], int]  # scene, start -> the position after a name; 0: none

_LONGEST_NAME = 8  # tokens
_LONGEST_QUOTE = 12
_LONGEST_TITLE = 10
_MOST_NAMES = 12
_MOST_RARE = 3  # words of an unknown name in lower case
_PEOPLE = frozenset(("artist", "credit"))
_WORKS = frozenset(("title", "album"))
_SONGS = frozenset("song track tune title single".split())
_ALBUMS = frozenset("album record lp ep".split())
_MARKS = (",", "&", "/", "+", ";")
_QUOTES = ('"', "'")


def name_end(scene: Scene, at: int) -> int:
    """Return the position after the name that starts here; 0 for none."""
    return _first(scene, at, _PLAIN)


def a_name(*more: Find) -> Read:
    """Return a reader of one name: quoted, known, capitalised, or found by one of `more`."""
    return _one_of((*_PLAIN, *more))


def _one_of(ways: tuple[Find, ...]) -> Read:
    def read(scene: Scene, at: int) -> Iterable[Reading]:
        end = _first(scene, at, ways)
        if end:
            yield end, spelled(scene, at, end)

    return read


def names(read: Read) -> Read:
    """Return a reader of one or more names, as a tuple; it yields the longest list."""

    def read_list(scene: Scene, at: int) -> Iterable[Reading]:
        found: list[str] = []
        end = at
        while at < len(scene.tokens) and len(found) < _MOST_NAMES:
            one = next(iter(read(scene, at)), None)
            if one is None:
                break
            end = one[0]
            found.append(one[1])
            at = _past_joint(scene, end)
            if at == end:
                break
        if found:
            yield end, tuple(found)

    return read_list


def read_act(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position when it is a well-known act and capitalised."""
    end = known(scene, at)
    if end and scene.is_capital(at) and _is_act(scene, at, end):
        yield end, spelled(scene, at, end)


def read_meeting(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the names of "Nick Drake meets Boards of Canada"; at least one must be known."""
    if "meets" not in scene.lows[at + 1 : at + _LONGEST_NAME]:
        return
    for end, found in names(a_name())(scene, at):
        is_known = any(_everybody_knows(scene, name) for name in found)
        if is_known and "meets" in scene.lows[at:end]:
            yield end, found


def read_styled(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the known name of "Radiohead-esque", "Kraftwerk-style" and "for Radiohead fans"."""
    ahead = scene.lows[at + 1 : at + _LONGEST_NAME + 2]
    if not any(is_a(low, "styled", "admirers") for low in ahead):
        return
    end = known(scene, at)
    after = end + 1 if scene.low(end) == "-" else end
    low = scene.low(after)
    admired = is_a(low, "admirers") and scene.low(at - 1) == "for"
    if end and (admired or low == "style" or (is_a(low, "styled") and after > end)):
        yield after + 1, (spelled(scene, at, end),)


def read_example(scene: Scene, at: int) -> list[Reading]:
    """Return the longest example given by its title: "X by Y", "Y - X", "Y's X", "the song X".

    [] for none.
    """
    ways = (_by_whom, _dashed, _owned, _the_song)
    found = [reading for way in ways for reading in way(scene, at)]
    return sorted(found, key=lambda reading: -reading[0])[:1]


def is_known_example(scene: Scene, example: str) -> bool:
    """Return whether the library has the artist or the title of an example of `read_example`."""
    artist = example.rpartition(" by ")[2]
    if artist != example and scene.kinds(artist):
        return True
    words = example.split(" ", 2)  # "the song X"
    if words[0] == "the" and len(words) > 2:
        return bool(scene.kinds(words[2]) & _WORKS)
    return artist == example  # "Y - X" and "Y's X" are read only when known


def works(scene: Scene, at: int) -> Iterator[int]:
    """Yield the positions after possible titles that start here, longest first.

    A title is quoted, in the library, or capitalised. A musical word in lower case is not a title.
    """
    end = quoted(scene, at)
    if end:
        yield end
        return
    run = _run(scene, at)
    for end in range(min(at + _LONGEST_TITLE, len(scene.tokens)), at, -1):
        if end == run or _is_work(scene, at, end):
            yield end


def _is_work(scene: Scene, start: int, end: int) -> bool:
    if not (scene.tokens[start].is_word and scene.tokens[end - 1].is_word):
        return False
    says_kind = bool(kind_of(*scene.lows[start:end])) and not scene.is_capital(start)
    return not says_kind and bool(scene.kinds_of(start, end) & _WORKS)


def _by_whom(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "X by Y"."""
    if "by" not in scene.lows[at + 1 : at + _LONGEST_TITLE + 1]:
        return
    for end in works(scene, at):
        after = _first(scene, end + 1, (*_PLAIN, surname)) if scene.low(end) == "by" else 0
        if after:
            title, artist = spelled(scene, at, end), spelled(scene, end + 1, after)
            yield after, f"{title} by {artist}"


def _dashed(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "Y - X"; X must be quoted or known, since anything may follow a dash."""
    if "—" not in scene.lows[at + 1 : at + _LONGEST_QUOTE + 1]:
        return
    dash = _first(scene, at, _PLAIN)
    if scene.low(dash) != "—":
        return
    for end in works(scene, dash + 1):
        if scene.low(dash + 1) in _QUOTES or _is_work(scene, dash + 1, end):
            yield end, f"{spelled(scene, at, dash)} - {spelled(scene, dash + 1, end)}"


def _owned(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "Y's X" with a known Y."""
    for owner in range(at + 1, min(at + _LONGEST_NAME, len(scene.tokens)) + 1):
        low = scene.low(owner - 1)
        if not low.endswith("'s") or is_a(low, "stop"):  # "like there's no tomorrow"
            continue
        name = scene.slice(at, owner)[:-2]
        if not (scene.kinds(name) & {*_PEOPLE, "surname"} or fold_name(name) in lexicon.acts()):
            continue
        for end in works(scene, owner):
            if end > owner + 1 or _is_owned(scene, at, owner):
                yield end, f"{name}'s {spelled(scene, owner, end)}"


def _is_owned(scene: Scene, at: int, owner: int) -> bool:
    """Return whether the one word after an artist is a title: not in "Nick Drake's style"."""
    if scene.is_capital(owner) or is_rare(scene.low(owner)):
        return True
    is_general = is_a(scene.low(owner), "general", "piece", "whatever", "list", "quality")
    return not is_general and not scene.is_capital(at)


def _the_song(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "the song X" and "the album X", with or without "by Y"."""
    start = at + 1 if scene.low(at) in ("the", "that", "this") else at
    kind = scene.low(start)
    if kind not in _SONGS | _ALBUMS or (start == at and not _begins_title(scene, at + 1)):
        return
    what = "album" if kind in _ALBUMS else "song"
    by_whom = [(end, title) for end, title in _by_whom(scene, start + 1)]
    named = ((end, spelled(scene, start + 1, end)) for end in works(scene, start + 1))
    for end, title in (*by_whom, *named):
        if not is_a(scene.low(start + 1), "stop", "owner"):
            yield end, f"the {what} {title}"


def _begins_title(scene: Scene, at: int) -> bool:
    return scene.low(at) in _QUOTES or scene.is_capital(at)


def _everybody_knows(scene: Scene, name: str) -> bool:
    folded = fold_name(name)
    return folded in lexicon.acts() or scene.knows(folded)


def _first(scene: Scene, at: int, ways: tuple[Find, ...]) -> int:
    return next(filter(None, (way(scene, at) for way in ways)), 0)


def spelled(scene: Scene, start: int, end: int) -> str:
    """Return a name as written, without quotes and without a possessive 's."""
    if scene.low(start) in _QUOTES and scene.low(end - 1) == scene.low(start):
        return scene.slice(start + 1, end - 1)
    name = scene.slice(start, end)
    owns = scene.low(end - 1).endswith("'s") and not scene.is_name(start, end)
    return name[:-2] if owns else name


def quoted(scene: Scene, at: int) -> int:
    """Return the position after a quotation that starts here; 0 for none.

    Capitalised words after it belong to it: "Weird Al" Yankovic.
    """
    if scene.low(at) not in _QUOTES:
        return 0
    for end in range(at + 2, min(at + _LONGEST_QUOTE, len(scene.tokens))):
        if scene.low(end) == scene.low(at):
            return _run(scene, end + 1) or end + 1
    return 0


def known(scene: Scene, at: int) -> int:
    """Return the position after the longest known name that starts here; 0 for none."""
    if at >= len(scene.tokens) or not scene.tokens[at].is_word:
        return 0
    for end in range(min(at + _LONGEST_NAME, len(scene.tokens)), at, -1):
        ends_in_word = scene.tokens[end - 1].is_word
        # The look-up in the library is last: the cheaper test rejects most words.
        if ends_in_word and _is_meant(scene, at, end) and scene.is_name(at, end):
            return _past_shout(scene, at, end)
    return 0


def capitalised(scene: Scene, at: int) -> int:
    """Return the position after a run of capitalised words that starts here; 0 for none."""
    end = _run(scene, at)
    return 0 if not end or _is_not_artist(scene, at, end) or _describes(scene, at, end) else end


def place(scene: Scene, at: int) -> int:
    """Return the position after a capitalised place that ends a clause; 0 for none."""
    end = _run(scene, at)
    is_place = tuple(scene.lows[at:end]) in lexicon.section("words.txt", "place")
    return end if is_place and scene.is_end(end) else 0


def rare(scene: Scene, at: int) -> int:
    """Return the position after up to three words in lower case that end in a rare one; 0 for none.

    A single plural is not a name, nor is a single word after "the" ("fans of the underdog").
    """
    end = _plain_run(scene, at)
    common = scene.low(at) == "the" or scene.low(at).endswith("s")
    single = end <= at + 1 + (scene.low(at) == "the")
    return end if end and not (single and common) and is_rare(scene.low(end - 1)) else 0


def surname(scene: Scene, at: int) -> int:
    """Return the position after a surname of the library that ends in a rare word; 0 for none."""
    for end in range(min(at + _MOST_RARE, len(scene.tokens)), at, -1):
        last = scene.low(end - 1)
        is_rare_word = is_rare(last) and not kind_of(last) and (last,) not in lexicon.not_artists()
        if is_rare_word and "surname" in scene.kinds_of(at, end):
            return end
    return 0


def here(scene: Scene, at: int) -> int:
    """Return the position after the longest name of an artist or credited person in the library.

    0 for none.
    """
    for end in range(min(at + _LONGEST_NAME, len(scene.tokens)), at, -1):
        if scene.kinds_of(at, end) & {*_PEOPLE}:
            return end
    return 0


def odd(scene: Scene, at: int) -> int:
    """Return the position after two or more rare words in lower case; 0 for none."""
    end = _plain_run(scene, at)
    words = scene.lows[at + 1 if scene.low(at) == "the" else at : end]
    figurative = scene.low(end - 1).endswith(("ing", "s"))
    return end if len(words) > 1 and not figurative and all(map(is_rare, words)) else 0


_PLAIN: tuple[Find, ...] = (quoted, known, capitalised)


def _past_shout(scene: Scene, start: int, end: int) -> int:
    """Return the position after a name's own mark ("Neu!"); `end` for the end of a sentence."""
    if scene.low(end) not in ("!", "?") or scene.tokens[end - 1].end != scene.tokens[end].start:
        return end
    follows = scene.low(end + 1)
    goes_on = follows in _MARKS or is_a(follows, "after a shout")
    shouts = fold_name(scene.slice(start, end)) in lexicon.shouting_acts()
    return end + 1 if goes_on or shouts else end


def _is_meant(scene: Scene, start: int, end: int) -> bool:
    """Return whether words can be a name: capitalised, with an unusual word, or a famous act."""
    if _is_not_artist(scene, start, end):
        return False
    words = [at for at in range(start, end) if scene.tokens[at].is_word]
    if any(scene.is_capital(at) for at in words):
        return True
    plain = [scene.lows[at] for at in words]
    unusual = any(word not in lexicon.ordinary() and not kind_of(word) for word in plain)
    famous = len(plain) > 1 and _is_act(scene, start, end)
    return not kind_of(*plain) and (unusual or famous)


def _is_act(scene: Scene, start: int, end: int) -> bool:
    folded = fold_name(scene.slice(start, end))
    return lexicon.is_known_act(folded)


def _run(scene: Scene, at: int) -> int:
    """Return the position after the capitalised words that start here, small words included.

    0 for none.
    """
    first = at + 1 if scene.low(at) == "the" else at
    if not _is_capital(scene, first):
        return 0
    end = first + 1
    for _ in range(_LONGEST_NAME):
        longer = _longer(scene, end)
        if not longer:
            break
        end = longer
    return _past_shout(scene, at, end)


def _is_capital(scene: Scene, at: int) -> bool:
    """Return whether a capitalised word can be part of a name: not the "No" of ", No ballads"."""
    return scene.is_capital(at) and (scene.protected[at] or not is_a(scene.low(at), "marker"))


def _longer(scene: Scene, end: int) -> int:
    """Return the position after one more word of a capitalised run; 0 at its end."""
    at = _past_small(scene, end)
    if _is_capital(scene, at):
        return at + 1
    adjoins = at == end or scene.low(end) == "-"
    is_number = scene.low(at).isdigit() and adjoins and not _counts(scene, at)
    return at + 1 if is_number else 0


def _past_small(scene: Scene, end: int) -> int:
    """Return the position after what can join words of a name: "-", "&", "of the", "St."."""
    low, last = scene.low(end), scene.low(end - 1)
    if low in ("-", "'") or (low == "." and (len(last) == 1 or is_a(last, "shortened"))):
        return end + 1
    if low in ("&", "+") or (low == "and" and scene.low(end + 1) == "the"):
        return end if known(scene, end + 1) else end + 1 + (low == "and")
    at = end
    while is_a(scene.low(at), "small") and at < end + 2:
        at += 1
    return at


def _counts(scene: Scene, at: int) -> bool:
    """Return whether a number after a name counts what follows: "like Radiohead 20 songs"."""
    return len(scene.low(at)) == 4 or is_a(scene.word_after(at + 1), "piece", "unit")


def _is_not_artist(scene: Scene, start: int, end: int) -> bool:
    """Return whether capitalised words are "I", a place, a day or a people: "Old Hollywood"."""
    words = tuple(low for low in scene.lows[start:end] if low not in ("-", "the"))
    not_artists = lexicon.not_artists()
    if words in not_artists or words[:1] in (("i",), ("i'm",)):
        return True
    ends_so = words[-1:] in not_artists or words[-2:] in not_artists
    return ends_so and not scene.is_name(start, end)


def _describes(scene: Scene, start: int, end: int) -> bool:
    """Return whether one capitalised word describes what follows ("Delta blues") or is a genre."""
    words = [low for low in scene.lows[start:end] if low != "the"]
    if len(words) != 1 or scene.is_name(start, end):
        return False
    after = scene.word_after(end)
    goes_on = not after or is_a(after, "stop", "piece") or has_digit(after) or scene.is_capital(end)
    return bool(kind_of(words[0])) or not (goes_on or words[0].endswith("'s"))


def _plain_run(scene: Scene, at: int) -> int:
    """Return the position after up to three words in lower case that can be a name; 0 for none.

    A break, a stop word, "&" or "+" must follow.
    """
    first = at + 1 if scene.low(at) == "the" else at
    end = first
    while end < first + _MOST_RARE and _may_be_named(scene, end):
        end += 1
    closes = scene.is_end(end) or is_a(scene.low(end), "stop") or scene.low(end) in ("&", "+")
    return end if end > first and closes else 0


def _may_be_named(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    if at >= len(scene.tokens) or not scene.tokens[at].is_word or low[0].isdigit():
        return False
    if is_a(low, "stop", "piece", "whatever", "owner", "list", "activity"):
        return False
    return (
        low not in ("a", "an", "the") and not kind_of(low) and (low,) not in lexicon.not_artists()
    )


def _past_joint(scene: Scene, end: int) -> int:
    """Return the position after a joint of two names ("and", ","); `end` for none."""
    at = end + 1 if scene.low(end) in _MARKS else end
    joints = lexicon.entries("between names")
    at = scene.after_phrase(at, joints.get(scene.low(at), ())) or at
    return at + 1 if at > end and is_a(scene.low(at), "period") else at


def read_examples(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield a list of names with at least one example given by its title."""

    def read(scene: Scene, at: int) -> Iterable[Reading]:
        return [*read_example(scene, at), *a_name(surname)(scene, at)]

    for end, found in names(read)(scene, at):
        if any(read_example(scene, start) for start in range(at, end)):
            yield end, found


TERMS: dict[str, Term] = {
    "name": Reader(a_name()),
    "names": Reader(names(a_name())),
    "rare names": Reader(names(a_name(rare))),
    "odd names": Reader(names(a_name(surname, odd))),
    "performers": Reader(names(a_name(here, place, surname, rare))),  # Chicago and Europe are bands
    "famous names": Reader(names(_one_of((known, surname)))),
    "acts": Reader(names(read_act)),
    "meeting": Reader(read_meeting),
    "styled name": Reader(read_styled),
    "examples": Reader(read_examples),
}
