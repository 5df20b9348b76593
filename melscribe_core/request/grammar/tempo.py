"""Rules for `bpm`: [low, high], both inclusive, None where open; "120 bpm" takes 115 to 125."""

from __future__ import annotations

from typing import TypeAlias

from melscribe_core.request.grammar.pattern import Rule, Term, Ways, Words, same
from melscribe_core.request.grammar.scene import Scene

Bounds: TypeAlias = tuple[float | None, float | None]

NEAR = 5  # "120 bpm" and "around 120 bpm" take 115 to 125
SLOWEST, FASTEST = 20, 400  # a number outside is not a tempo


def _ordered(low: float, high: float) -> Bounds | None:
    return (min(low, high), max(low, high)) if _is_tempo(low) and _is_tempo(high) else None


def _is_tempo(value: float) -> bool:
    return SLOWEST <= value <= FASTEST


def near(value: float) -> Bounds | None:
    """Return the range of NEAR around one tempo."""
    return (value - NEAR, value + NEAR) if _is_tempo(value) else None


def from_(value: float) -> Bounds | None:
    """Return the open range from a tempo upwards."""
    return (value, None) if _is_tempo(value) else None


def up_to(value: float) -> Bounds | None:
    """Return the open range up to a tempo."""
    return (None, value) if _is_tempo(value) else None


def exactly(value: float) -> Bounds | None:
    """Return the range of one tempo only."""
    return (value, value) if _is_tempo(value) else None


TERMS: dict[str, Term] = {
    "tempo": Words(
        "[a | the] (tempo | tempos | bpm | bpms) [range | limit] "
        "[of | at | is | : | = | in the range of | should be | kept]"
    ),
    "speeds": Ways(("{amount} [{beats}] (- | — | to | through) {amount}", _ordered)),
    "between": Ways(("between {amount} [{beats}] (and | & | to | -) {amount}", _ordered)),
}


def _is_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether a tempo is the music's, not a heart rate or a running cadence."""
    hearts = {"heart", "heartbeat", "heartrate", "pulse", "hr", "cadence"}
    return hearts.isdisjoint((*scene.words_before(start, 5), *scene.words_after(end, 3)))


_AT = "[at | at a | of | in the | with a | at {tempo} | with {tempo} | {tempo} | around]"

RULES = [
    Rule(
        "bpm",
        _AT + " [{about}] {amount} [ish] {beats} [or so | ish | or thereabouts]",
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
        "[at] {tempo} [{about}] {amount}",
        near,
        {"bpm 120": (115, 125), "tempo around 96": (91, 101)},
        ["tempo changes in 5 songs", "bpm 5"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] (exactly | precisely | strictly | dead on) {amount} {beats}",
        exactly,
        {"exactly 174 bpm": (174, 174)},
        ["exactly 20 songs"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[from | at | in the | of | around | about | {tempo}] {speeds} {beats} [range]",
        same,
        {"120-130 bpm": (120, 130), "house from 120 to 124 bpm": (120, 124)},
        ["120-130 guests"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] {tempo} [from] {speeds}",
        same,
        {"bpm 120-130": (120, 130), "tempo: 90 to 100": (90, 100)},
        ["tempo like 3 to 5 drummers"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[somewhere | anywhere] {between} {beats}",
        same,
        {"between 100 and 110 bpm": (100, 110)},
        ["between 100 and 110 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{tempo} {between}",
        same,
        {"tempo between 100 and 110": (100, 110)},
        ["the tempo between songs"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] [with {tempo} | {tempo}] {atleast} {amount} {beats}",
        from_,
        {"over 140 bpm": (140, None), "at least 150 bpm": (150, None)},
        ["over 140 people", "my heart at over 140 bpm"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[with] {tempo} {atleast} {amount}",
        from_,
        {"tempo above 120": (120, None)},
        ["tempo above all"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at | around] {amount} ({ormore} {beats} | {beats} {ormore})",
        from_,
        {"140+ bpm": (140, None), "170 bpm or faster": (170, None)},
        ["140 or more people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] [with {tempo} | {tempo}] {atmost} {amount} {beats}",
        up_to,
        {"no more than 100 bpm": (None, 100), "slower than 80 bpm": (None, 80)},
        ["under 100 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[with] {tempo} {atmost} {amount}",
        up_to,
        {"tempo under 90": (None, 90), "bpm < 100": (None, 100)},
        ["tempo under control"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] {tempo} {amount} {orless}",
        up_to,
        {"tempo of 100 or lower": (None, 100)},
        ["tempo 3 or lower"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at] {tempo} {amount} {ormore}",
        from_,
        {"a tempo of 130 and up": (130, None)},
        ["tempo 3 and up"],
        _is_music,
    ),
    Rule(
        "bpm",
        "[at | around] {amount} ({orless} {beats} | {beats} {orless})",
        up_to,
        {"100 bpm or less": (None, 100), "90 bpm max": (None, 90)},
        ["100 people or less"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{atleast} {amount} [{beats}] (and | but) {atmost} {amount} {beats}",
        _ordered,
        {"over 100 but under 120 bpm": (100, 120)},
        ["over 100 but under 120 people"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{negated} {atleast} {amount} {beats}",
        up_to,
        {"nothing over 100 bpm": (None, 100), "nothing faster than 90 bpm": (None, 90)},
        ["nothing over the top"],
        _is_music,
    ),
    Rule(
        "bpm",
        "{negated} {atmost} {amount} {beats}",
        from_,
        {"nothing under 120 bpm": (120, None), "no songs slower than 100 bpm": (100, None)},
        ["nothing under control"],
        _is_music,
    ),
]
