"""Rules for `count`: "20 songs", "half a dozen tunes", "top 5"; the larger of "15 to 20"."""

from __future__ import annotations

from collections.abc import Iterable

from melscribe_core.request.grammar.common import is_musical, wishes
from melscribe_core.request.grammar.eras import FIRST_YEAR, LAST_YEAR
from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Reader, Reading, Rule, Term, Ways, Words, same
from melscribe_core.request.grammar.scene import Scene

MOST_TRACKS = 5000
_MACHINES = (303, 808, 909)  # "808 tracks"


def read_several(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the end of a plural noun for tracks: not "10 piece band", "30 pieces of silver"."""
    low = scene.low(at)
    if is_a(low, "piece") and low.endswith("s") and not _is_cut_off(scene, at):
        yield at + 1, None


def _is_cut_off(scene: Scene, at: int) -> bool:
    """Return whether a vague noun is followed by "of" and something else: "pieces of silver"."""
    if not is_a(scene.low(at), "vague piece") or scene.low(at + 1) != "of":
        return False
    after = scene.words_after(at + 2, 2)
    return not any(kind_of(word) or is_a(word, "vague whole") for word in after)


def _larger(low: float, high: float) -> float | None:
    return high if low < high else None


TERMS: dict[str, Term] = {
    "several pieces": Reader(read_several, silent=True),
    "amounts": Ways(
        ("{amount}", same),
        ("{amount} (- | — | to | or) {amount}", _larger),
        ("between {amount} (and | to) {amount}", _larger),
    ),
    "dozens": Ways(
        ("a dozen", lambda: 12),
        ("half a dozen", lambda: 6),
        ("{number} dozen", lambda dozens: 12 * dozens),
    ),
    "give": Words(
        "(give | play | find | pick | show | send) (me | us) | pick | gimme | i want | i need"
    ),
}


def a_count(value: float) -> int | None:
    """Return a number of tracks; None for a fraction, a year or a drum machine ("808")."""
    is_other = FIRST_YEAR <= value <= LAST_YEAR or value in _MACHINES
    return (
        int(value) if value == int(value) and 1 <= value <= MOST_TRACKS and not is_other else None
    )


def several(value: float) -> int | None:
    """Return a number of tracks above one; None for one: "one song" often starts a story."""
    return a_count(value) if value > 1 else None


def _one() -> int:
    return 1


def _is_wanted(scene: Scene, start: int, end: int) -> bool:
    """Return whether a number counts the playlist: not "the first 3 songs", "2 per artist"."""
    after = scene.words_after(end, 5)
    shared = "by the same" in " ".join(after) or any(is_a(word, "shared") for word in after)
    is_story = is_a(scene.word_before(start), "story count") and not wishes(
        scene.words_before(start, 4)
    )
    return not (shared or is_story or _ends_name(scene, start))


def _ends_name(scene: Scene, start: int) -> bool:
    """Return whether a capitalised word inside a clause is before a number: "Maroon 5 songs"."""
    inside = not scene.is_start(start) and not scene.is_start(start - 1)
    return inside and scene.is_capital(start - 1)


def _is_not_hyphenated(scene: Scene, start: int, end: int) -> bool:
    """Return whether no hyphen joins a number to the next word: not "four-track gems"."""
    return scene.low(end) != "-" and _is_wanted(scene, start, end)


def _is_ranked(scene: Scene, start: int, end: int) -> bool:
    """Return whether "top 5" ranks tracks: not "top 5 guitarists", "UK top twenty"."""
    after = scene.words_after(end, 3)
    if is_a(scene.word_before(start), "charted") or any(is_a(word, "ranked") for word in after):
        return False
    return not after or is_a(after[0], "stop") or any(map(_may_be_ranked, after))


def _may_be_ranked(word: str) -> bool:
    return is_musical(word) or is_a(word, "quality") or has_digit(word)


def _follows_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether "of 20" follows a noun for a playlist and ends the phrase."""
    ends = scene.is_end(end) or is_a(scene.low(end), "stop")
    return ends and is_a(scene.word_before(start), "list")


def _ends_there(scene: Scene, start: int, end: int) -> bool:
    return scene.is_end(end) or scene.low(end) == "please"


def _is_aside(scene: Scene, start: int, end: int) -> bool:
    """Return whether a number is a clause of its own: "jazz ballads, about two dozen"."""
    return start > 0 and scene.is_start(start) and scene.is_end(end)


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
        _is_not_hyphenated,
    ),
    Rule(
        "count",
        "(just | only | exactly | {give} | play | need | want) (one | 1) >> {adjectives} {piece}",
        _one,
        {"just one song": 1, "give me one sad track": 1},
        ["one song on repeat", "the one song she loved", "only one of those songs"],
        _is_not_hyphenated,
    ),
    Rule(
        "count",
        "[just] a single >> {adjectives} (song | track | tune | piece)",
        _one,
        {"a single track": 1},
        ["a single by Prince"],
    ),
    Rule(
        "count",
        "[{exactly}] [{about}] {amounts} [{orso}] of "
        ">> (the | {owner} | those | these) {adjectives} {several pieces}",
        several,
        {"20 of the saddest songs": 20},
        ["two of the guests", "one of the best songs"],
        _is_wanted,
    ),
    Rule(
        "count",
        "[the | my | your | a | our] top {number}",
        a_count,
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
        "{give} [{exactly}] [{about}] {amounts}",
        several,
        {"give me ten, all slow": 10},
        ["give me two minutes", "give me 5 reasons"],
        _ends_there,
    ),
    Rule(
        "count",
        "[{exactly}] [{about}] {amounts} [{orso}] of (them | those | these | 'em)",
        lambda number: several(number) if number > 2 else None,
        {"slow ballads, ten of them": 10},
        ["two of them are dancing"],
        _ends_there,
    ),
    Rule(
        "count",
        "({exactly} | {about}) [{about}] {amounts} | {dozens}",
        several,
        {"jazz ballads, about two dozen": 24, "only punk, maybe 15": 15},
        ["about 20 guests", "turning 40", "cooking for just two"],
        _is_aside,
    ),
]
