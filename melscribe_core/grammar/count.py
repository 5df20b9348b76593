"""How many tracks: "20 songs", "half a dozen tunes", "top 5". Of two numbers ("15 to 20") the larger."""

from __future__ import annotations

import re
from collections.abc import Iterable

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.pattern import (
    Listed,
    Reader,
    Reading,
    Rule,
    Term,
    Ways,
    Words,
    has_digit,
)
from melscribe_core.grammar.scene import Scene, kind_of

MOST_TRACKS = 5000
_MOST_ADJECTIVES = 6


def read_adjectives(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield every position up to which only adjectives stand: nothing, "sad", "slow, sad", "best 90s".

    One word that is in no list may be among them; a plural, a unit or a verb may not.
    """
    yield at, None
    strangers = 0
    for _ in range(_MOST_ADJECTIVES):
        if scene.low(at) in ("-", ",", "&", "and", "/", "'") and strangers == 0:
            at += 1
            continue
        if scene.is_end(at) or not scene.tokens[at].is_word or not _may_describe(scene, at):
            return
        strangers += not _is_adjective(scene, at)
        if strangers > 1:
            return
        at += 1
        yield at, None


def _may_describe(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    if scene.kept[at] or low in lexicon.words("quality"):
        return True
    if has_digit(low):
        return re.fullmatch(r"'?\d+'?s", low) is not None
    if low in lexicon.words("unit") or low in lexicon.words("stop"):
        return False
    return _is_adjective(scene, at) or not low.endswith("s")


def _is_adjective(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    known = (
        bool(kind_of((low,))) or low in lexicon.words("quality") or scene.kept[at] or has_digit(low)
    )
    return known or scene.tokens[at].is_capital


TERMS: dict[str, Term] = {
    "adjectives": Reader(read_adjectives, silent=True),
    "amounts": Ways(
        ("{amount}", lambda n: n),
        ("{amount} (- | — | to | or) {amount}", lambda low, high: high if low < high else None),
        ("between {amount} (and | to) {amount}", lambda low, high: high if low < high else None),
    ),
    "exactly": Words(
        "(just | only | exactly | precisely | strictly | at least | at most | up to | max | maximum | no more than | no fewer than | "
        "not more than | no less than | a maximum of | a minimum of | a total of | minimum | my | your | the | "
        "a good | maybe | perhaps | some | another | a random | any)"
    ),
    "orso": Words(
        "(or so | odd | ish | or thereabouts | total | max | or fewer | or less | or more)"
    ),
}


def whole_count(value: float) -> int | None:
    """Return a number of tracks, None when it can be none."""
    return int(value) if value == int(value) and 1 <= value <= MOST_TRACKS else None


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


def _is_alone(scene: Scene, start: int, end: int) -> bool:
    return _is_wanted(scene, start, end) and (
        scene.is_end(end) or scene.low(end) in ("of", "please", "for", "from")
    )


def _is_ranked(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "top 5" ranks songs: not "top 5 guitarists"."""
    ranked = lexicon.words("ranked")
    return not any(word in ranked for word in scene.words_after(end, 3))


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
        "[{exactly}] [{about}] {amounts} [{orso}] >> {adjectives} {pieces}",
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
            "12 string guitar songs",
        ],
        _is_wanted,
    ),
    Rule(
        "count",
        "(just | only | exactly | give me | play me | play | find me | pick | need | want) (one | 1) >> {adjectives} {pieces}",
        lambda: 1,
        {"just one song": 1, "give me one sad track": 1},
        ["one song on repeat", "the one song she loved", "only one of those songs"],
        _is_wanted,
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
        "[{exactly}] [{about}] {amounts} [{orso}] of >> (the | your | my | their | his | her | our | those | these) {adjectives} {pieces}",
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
        lambda scene, start, end: scene.is_end(end),
    ),
]
