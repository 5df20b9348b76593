"""Tempo: bpm [low, high], both inclusive, None where open. A tempo without bounds means 5 around it."""

from __future__ import annotations

from typing import TypeAlias

from melscribe_core.grammar.pattern import Listed, Rule, Term, Ways, Words
from melscribe_core.grammar.scene import Scene

Bounds: TypeAlias = tuple[float | None, float | None]

NEAR = 5  # "120 bpm" and "around 120 bpm" take 115 to 125
SLOWEST, FASTEST = 20, 400  # outside, the number is no tempo


def _ordered(low: float, high: float) -> Bounds | None:
    return (min(low, high), max(low, high)) if _is_tempo(low) and _is_tempo(high) else None


def _is_tempo(value: float) -> bool:
    return SLOWEST <= value <= FASTEST


def near(value: float) -> Bounds | None:
    """Return the tempos around one that was named without bounds."""
    return (value - NEAR, value + NEAR) if _is_tempo(value) else None


def from_(value: float) -> Bounds | None:
    """Return the tempos from one upwards."""
    return (value, None) if _is_tempo(value) else None


def up_to(value: float) -> Bounds | None:
    """Return the tempos up to one."""
    return (None, value) if _is_tempo(value) else None


def exactly(value: float) -> Bounds | None:
    """Return that tempo only."""
    return (value, value) if _is_tempo(value) else None


TERMS: dict[str, Term] = {
    "pieces": Listed("piece"),
    "about": Words(
        "(about | around | roughly | approximately | approx | approx . | some | nearly | almost | ~ | circa | "
        "near | close to | somewhere around | something around | give or take | just about | more or less | a good)"
    ),
    # "at least": what follows is the lower bound.
    "atleast": Words(
        "(over | above | more than | greater than | higher than | bigger than | faster than | longer than | at least | at the least | "
        "(minimum | min | min . | a minimum) [of | :] | no less than | not less than | not under | no shorter than | not shorter than | "
        "no slower than | not slower than | not below | no lower than | upwards of | exceeding | north of | > | > = | ≥ | "
        "no fewer than | past | beyond | that exceed | exceeds | starting at | from at least | well over | just over | a bit over)"
    ),
    # "at most": what follows is the upper bound.
    "atmost": Words(
        "(under | below | beneath | less than | lower than | fewer than | shorter than | slower than | smaller than | at most | at the most | "
        "(maximum | max | max . | a maximum) [of | :] | no more than | not more than | no longer than | not longer than | no greater than | "
        "no faster than | not faster than | no higher than | not over | not above | not exceeding | not to exceed | does not exceed | do not exceed | "
        "don't exceed | doesn't exceed | don't go over | doesn't go over | up to | within | < | < = | ≤ | sub | south of | "
        "capped at | limited to | tops | well under | just under | a bit under | never over | never more than | never above | and not over)"
    ),
    "ormore": Words(
        "(or more | or over | or above | or longer | or faster | or higher | or greater | or up | and up | and over | and above | "
        "and more | and faster | and longer | plus | + | upwards | and upwards | at least | at the least | minimum | min)"
    ),
    "orless": Words(
        "(or less | or under | or below | or shorter | or slower | or lower | or fewer | and under | and below | and less | "
        "and slower | and shorter | max | maximum | tops | at most | at the most | or so at most)"
    ),
    # Turns a bound round: "nothing over 100 bpm" is at most 100.
    "negated": Words(
        "(nothing | none | none of them | none of the {pieces} | no {pieces} | not [a] {pieces} | never | no music | "
        "don't want anything | do not want anything | don't go | doesn't go | not | [that] aren't | are not | isn't | is not) "
        "[that is | that's | thats | that are | which is | which are | being | lasting | going | at | with a tempo | with a bpm | running]"
    ),
    "beats": Words(
        "(bpm | bpms | b . p . m . | b.p.m. | beats per minute | beats a minute | beats / minute | beats / min)"
    ),
    "tempo": Words(
        "[a | the] (tempo | tempos | bpm | bpms) [range | limit] "
        "[of | at | is | : | = | in the range of | should be | kept]"
    ),
    "speeds": Ways(("{number} [{beats}] (- | — | to | through) {number}", _ordered)),
    "between": Ways(("between {number} [{beats}] (and | & | to | -) {number}", _ordered)),
}


def _is_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a tempo is the music's, not the heart's."""
    hearts = {"heart", "heartbeat", "heartrate", "pulse", "hr", "cadence"}
    return hearts.isdisjoint(scene.words_before(start, 5))


_AT = "[at | at a | of | in the | with a | at {tempo} | with {tempo} | {tempo} | around]"

RULES = [
    Rule(
        "bpm",
        _AT + " [{about}] {number} [ish] {beats} [or so | ish | or thereabouts]",
        near,
        {
            "120 bpm": (115, 125),
            "around 120 bpm": (115, 125),
            "techno at 128bpm": (123, 133),
            "a tempo of 90 beats per minute": (85, 95),
        },
        ["808 bpm drums", "my heart goes at 180 bpm"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] {tempo} [{about}] {number}",
        near,
        {"bpm 120": (115, 125), "tempo around 96": (91, 101)},
        ["tempo changes in 5 songs", "bpm 5"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] (exactly | precisely | strictly | dead on) {number} {beats}",
        exactly,
        {"exactly 174 bpm": (174, 174)},
        ["exactly 20 songs"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[from | at | in the | of | around | about | {tempo}] {speeds} {beats} [range]",
        lambda bounds: bounds,
        {"120-130 bpm": (120, 130), "house from 120 to 124 bpm": (120, 124)},
        ["120-130 guests"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] {tempo} [from] {speeds}",
        lambda bounds: bounds,
        {"bpm 120-130": (120, 130), "tempo: 90 to 100": (90, 100)},
        ["tempo like 3 to 5 drummers"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[somewhere | anywhere] {between} {beats}",
        lambda bounds: bounds,
        {"between 100 and 110 bpm": (100, 110)},
        ["between 100 and 110 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{tempo} {between}",
        lambda bounds: bounds,
        {"tempo between 100 and 110": (100, 110)},
        ["the tempo between songs"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] [with {tempo} | {tempo}] {atleast} {number} {beats}",
        from_,
        {"over 140 bpm": (140, None), "at least 150 bpm": (150, None)},
        ["over 140 people", "my heart at over 140 bpm"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[with] {tempo} {atleast} {number}",
        from_,
        {"tempo above 120": (120, None)},
        ["tempo above all"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{number} ({ormore} {beats} | {beats} {ormore})",
        from_,
        {"140+ bpm": (140, None), "170 bpm or faster": (170, None)},
        ["140 or more people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] [with {tempo} | {tempo}] {atmost} {number} {beats}",
        up_to,
        {"no more than 100 bpm": (None, 100), "slower than 80 bpm": (None, 80)},
        ["under 100 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[with] {tempo} {atmost} {number}",
        up_to,
        {"tempo under 90": (None, 90), "bpm < 100": (None, 100)},
        ["tempo under control"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{number} ({orless} {beats} | {beats} {orless})",
        up_to,
        {"100 bpm or less": (None, 100), "90 bpm max": (None, 90)},
        ["100 people or less"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{atleast} {number} [{beats}] (and | but) {atmost} {number} {beats}",
        _ordered,
        {"over 100 but under 120 bpm": (100, 120)},
        ["over 100 but under 120 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{negated} {atleast} {number} {beats}",
        up_to,
        {"nothing over 100 bpm": (None, 100), "nothing faster than 90 bpm": (None, 90)},
        ["nothing over the top"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{negated} {atmost} {number} {beats}",
        from_,
        {"nothing under 120 bpm": (120, None), "no songs slower than 100 bpm": (100, None)},
        ["nothing under control"],
        _is_music,
    ),
]
