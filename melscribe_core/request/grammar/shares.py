"""Rules for `per_artist` and `per_album`: "max 2 per artist", "one song from each album"."""

from __future__ import annotations

from melscribe_core.request.grammar.count import MOST_TRACKS
from melscribe_core.request.grammar.pattern import Rule, Term, Words

TERMS: dict[str, Term] = {
    "cap": Words(
        "[and | but | with] ({exactly} | {atmost}) | limit [of | to | it to]",
        "[and | but | with] (no | not) more than | with [a] (limit | maximum) of",
    ),
    "of them": Words(
        "[x | times] [different] {piece} [max | maximum | tops | at most | only | or less]"
    ),
    "of it": Words("[x | times] [max | maximum | tops | at most | only]"),
    "of each": Words(
        "(per | / | for each | for every) [single]",
        "(by | from | for | of | with) (each | every | any) [one | single | given]",
    ),
    "one and the same": Words(
        "(by | from | for | of | with) [any] (the same | one | a | a single)"
    ),
    "once": Words("[only | just | at most] once | [only | just] one time | not more than once"),
}


def share(value: float) -> int | None:
    """Return the most tracks of one artist or album; None for a fraction and for zero."""
    return int(value) if value == int(value) and 1 <= value <= MOST_TRACKS else None


def _once() -> int:
    return 1


def _rules(key: str, one: str, several: str, name: str) -> list[Rule]:
    """Return the rules for a noun: patterns of its singular and plural, `name` in the examples."""
    once = (
        f"[all] (each | every | any) {one} {{once}} | no {one} (twice | more than once)",
        f"[do not | don't | never] [play | use | repeat] the same {one} twice | no {one} repeats",
        f"(no | don't) (repeat | repeated | repeating | duplicate) {several}",
        f"no two {{piece}} (by | from) the same {one} | [all] different {several}",
        f"a different {one} (each | every) time",
    )
    return [
        Rule(
            key,
            "[{cap}] {amount} ([{of them}] | [{of it}]) {of each} " + one,
            share,
            {f"max 2 per {name}": 2, f"one song from each {name}": 1, f"2 songs/{name}": 2},
            [f"2 songs by one {name}", f"songs from every {name}"],
        ),
        Rule(
            key,
            "{cap} {amount} ([{of them}] | [{of it}]) {one and the same} " + one,
            share,
            {f"at most three by the same {name}": 3},
            [f"20 songs by the same {name}"],
        ),
        Rule(
            key,
            " | ".join(once),
            _once,
            {f"every {name} only once": 1, f"no {name} twice": 1},
            [f"every {name} I love"],
        ),
        Rule(
            key,
            f"no {one} more than {{amount}} times | no {one} more than {{amount}} {{piece}}",
            share,
            {f"no {name} more than 3 times": 3},
            [f"no {name} more than him"],
        ),
    ]


RULES = [
    *_rules("per_artist", "{an artist}", "{several artists}", "artist"),
    *_rules("per_album", "{an album}", "{several albums}", "album"),
]
