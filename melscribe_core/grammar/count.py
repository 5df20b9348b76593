"""How many tracks: "20 songs", "half a dozen tunes", "top 5". Of two numbers ("15 to 20") the larger."""

from __future__ import annotations

from collections.abc import Iterable

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.lexicon import kind_of as _kind_of
from melscribe_core.grammar.nodes import has_digit
from melscribe_core.grammar.pattern import (
    Reader,
    Reading,
    Rule,
    Term,
    Ways,
)
from melscribe_core.grammar.scene import Scene


def kind_of(words):
    return _kind_of(*words)


from melscribe_core.grammar.eras import FIRST_YEAR, LAST_YEAR

MOST_TRACKS = 5000


def read_several(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the position after a plural piece of music: not "10 piece band", "30 pieces of silver"."""
    low = scene.low(at)
    if low in lexicon.words("piece") and low.endswith("s") and not _is_stuff(scene, at):
        yield at + 1, None


def _is_stuff(scene: Scene, at: int) -> bool:
    """Tell whether a vague noun is cut from something else than music."""
    vague = scene.low(at) in (
        "pieces",
        "cuts",
        "numbers",
        "hits",
        "picks",
        "titles",
        "joints",
        "classics",
    )
    after = scene.words_after(at + 2, 2)
    return (
        vague and scene.low(at + 1) == "of" and not any(kind_of((w,)) or w in _VAGUE for w in after)
    )


_VAGUE = frozenset("music the all this that old each".split())

TERMS: dict[str, Term] = {
    "several pieces": Reader(read_several, silent=True),
    "amounts": Ways(
        ("{amount}", lambda n: n),
        ("{amount} (- | — | to | or) {amount}", lambda low, high: high if low < high else None),
        ("between {amount} (and | to) {amount}", lambda low, high: high if low < high else None),
    ),
}


def whole_count(value: float) -> int | None:
    """Return a number of tracks, None when it can be none."""
    is_count = value == int(value) and 1 <= value <= MOST_TRACKS and not _is_else(int(value))
    return int(value) if is_count else None


def _is_else(value: int) -> bool:
    """Tell whether a number is rather a year or a machine: "a 1990 banger", "808 tracks"."""
    return FIRST_YEAR <= value <= LAST_YEAR or value in (303, 808, 909)


def several(value: float) -> int | None:
    """Return a number of tracks of two or more: "one song" is how people begin stories."""
    return whole_count(value) if value > 1 else None


def _is_wanted(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the number counts what is asked for: not "Maroon 5 songs", "the first 3 songs", "2 songs per artist"."""
    before = scene.words_before(start, 2)
    by_name = (
        start > 0
        and scene.is_capital(start - 1)
        and not scene.is_start(start)
        and not scene.is_start(start - 1)
    )
    after = scene.words_after(end, 5)
    return not (
        by_name
        or (before and before[0] in lexicon.words("told count"))
        or any(word in ("per", "each", "apiece") for word in after)
        or "by the same" in " ".join(after)
    )


def _adjoins(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a number stands apart from the adjectives after it: not "four-track gems"."""
    return scene.low(end) != "-" and _is_wanted(scene, start, end)


def _is_ranked(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "top 5" ranks what is asked for: not "top 5 guitarists", "it went top twenty"."""
    before, after = scene.words_before(start, 1), scene.words_after(end, 3)
    charted = bool(before) and before[0] in lexicon.words("charted")
    ranked = lexicon.words("ranked")
    goes_on = (
        not after
        or after[0] in lexicon.words("stop")
        or any(_is_music_word(word) for word in after)
    )
    return goes_on and not charted and not any(word in ranked for word in after)


def _is_music_word(word: str) -> bool:
    classes = lexicon.words("piece") | lexicon.words("quality") | {"music"}
    return word in classes or bool(kind_of((word,))) or has_digit(word)


def _follows_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "of 20" follows a playlist and nothing else is counted."""
    before = scene.words_before(start, 1)
    return (
        bool(before)
        and before[0] in lexicon.words("list")
        and (scene.is_end(end) or scene.low(end) in lexicon.words("stop"))
    )


RULES = [
    Rule(
        "count",
        "[{exactly}] [{about}] {amounts} [{orso}] >> {adjectives} {several pieces}",
        several,
        {
            "20 songs": 20,
            "ten upbeat indie tracks": 10,
            "half a dozen tunes": 6,
            "the 25 best 90s ballads": 25,
        },
        [
            "80 guests",
            "three chord songs",
            "Maroon 5 songs",
            "2 songs per artist",
            "four-track gems",
        ],
        _adjoins,
    ),
    Rule(
        "count",
        "(just | only | exactly | give me | play me | play | find me | pick | need | want) (one | 1) >> {adjectives} {piece}",
        lambda: 1,
        {"just one song": 1, "give me one sad track": 1},
        ["one song on repeat", "the one song she loved", "only one of those songs"],
        _adjoins,
    ),
    Rule(
        "count",
        "[just] a single >> {adjectives} (song | track | tune | piece)",
        lambda: 1,
        {"a single track": 1},
        ["a single by Prince"],
    ),
    Rule(
        "count",
        "[{exactly}] [{about}] {amounts} [{orso}] of >> (the | your | my | their | his | her | our | those | these) {adjectives} {several pieces}",
        several,
        {"20 of the saddest songs": 20},
        ["two of the guests", "one of the best songs"],
        _is_wanted,
    ),
    Rule(
        "count",
        "[the | my | your | a | our] top {number}",
        whole_count,
        {"top 5": 5, "my top ten jazz ballads": 10},
        ["top 40 pop", "top 5 guitarists"],
        _is_ranked,
    ),
    Rule(
        "count",
        "of [{exactly}] [{about}] {amounts}",
        several,
        {"a playlist of 20": 20, "a mix of about 15 for the car": 15},
        ["a set of 3 candles", "a playlist of 80s pop"],
        _follows_list,
    ),
    Rule(
        "count",
        "{amounts} (song | track | tune) >> {adjectives} {list}",
        several,
        {"a 20-song playlist": 20, "12 track ambient mix": 12},
        ["4-track recordings", "one-track mind"],
        _is_wanted,
    ),
    Rule(
        "count",
        "(give me | play me | find me | pick me | gimme | show me | send me | i want | i need | pick | give us) [{exactly}] [{about}] {amounts}",
        several,
        {"give me ten, all slow": 10},
        ["give me two minutes", "give me 5 reasons"],
        lambda scene, start, end: scene.is_end(end) or scene.low(end) == "please",
    ),
    Rule(
        "count",
        "[{exactly}] [{about}] {amounts} [{orso}] of (them | those | these | 'em)",
        lambda n: several(n) if n > 2 else None,
        {"slow ballads, ten of them": 10},
        ["two of them are dancing"],
        lambda scene, start, end: scene.is_end(end) or scene.low(end) == "please",
    ),
    Rule(
        "count",
        "({exactly} | {about}) [{about}] {amounts}",
        several,
        {"jazz ballads, about two dozen": 24, "only punk, maybe 15": 15},
        ["about 20 guests", "turning 40", "cooking for just two"],
        lambda scene, start, end: scene.is_start(start) and scene.is_end(end) and start > 0,
    ),
]
