"""A request and what was said after it ("more upbeat, less electronic") -> one intent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from melscribe_core.request.request import Request

Parse = Callable[[str], Request]

_MORE = ("more", "much more", "a bit more", "a little more", "even more", "some more")
_LESS = (
    "less",
    "much less",
    "a bit less",
    "a little less",
    "even less",
    "fewer",
    "not so",
    "not as",
    "not too",
    "too",
)
_BREAK = re.compile(r"\s*[,;]\s*|\s+(?:and|but)\s+(?=(?:more|less|fewer|not so|no|without)\b)")


@dataclass(frozen=True)
class Intent:
    """What is wanted after all that was said: a request, and what to have more and less of.

    `less` also holds what the request's own words say there should be less of.
    """

    request: Request
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


def understand(
    text: str,
    parse: Parse,
    *,
    refinements: Iterable[str] = (),
    more: Sequence[str] = (),
    less: Sequence[str] = (),
) -> Intent:
    """Read a request, then what was said after it, in order.

    Later constraints replace earlier ones of their kind; exclusions, examples, `more` and `less`
    add up, and asking for more of something takes back that there should be less of it.
    """
    request = parse(text)
    intent = _weighed(Intent(request, less=request.less), more, less)
    for said in refinements:
        intent = refine(intent, said, parse)
    return intent


def refine(intent: Intent, said: str, parse: Parse) -> Intent:
    """Return the intent after one more remark: "more X", "less Y", "too Z", or any constraint."""
    for piece in _BREAK.split(said.strip()):
        meant = parse(piece)
        if meant.less and not meant.about:
            intent = _constrained(intent, meant)
            continue
        for starts, is_more in ((_LESS, False), (_MORE, True)):
            if what := _after(piece, starts):
                intent = _weighed(intent, [what] if is_more else [], [] if is_more else [what])
                break
        else:
            intent = _constrained(intent, meant)
    return intent


def _after(piece: str, starts: Sequence[str]) -> str:
    """Return what stands behind one of the words that a piece may start with, "" when none does."""
    for start in sorted(starts, key=len, reverse=True):
        if piece.casefold().startswith(start + " "):
            return piece[len(start) :].strip()
    return ""


def _weighed(intent: Intent, more: Sequence[str], less: Sequence[str]) -> Intent:
    wanted = _without(intent.more, less) + tuple(more)
    unwanted = _without(intent.less, more) + tuple(less)
    request = replace(intent.request, less=_without(intent.request.less, more))
    return Intent(request, tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _without(kept: Sequence[str], taken_back: Sequence[str]) -> tuple[str, ...]:
    gone = {phrase.casefold() for phrase in taken_back}
    return tuple(phrase for phrase in kept if phrase.casefold() not in gone)


def _constrained(intent: Intent, said: Request) -> Intent:
    """Add what a remark says; its free text is something to have more of."""
    before = intent.request
    fields = (
        "years",
        "bpm",
        "minutes",
        "count",
        "track_seconds",
        "per_artist",
        "per_album",
    )
    fresh = {name: value for name in fields if (value := getattr(said, name)) is not None}
    request = replace(
        before,
        **fresh,
        exclude=_joined(before.exclude, said.exclude),
        like=_joined(before.like, said.like),
        by=_joined(before.by, said.by),
        queries=_joined(before.queries, said.queries),
        asides=tuple(dict.fromkeys((*before.asides, *said.asides))),
        unread=_joined(before.unread, said.unread),
        named=_joined(before.named, said.named),
    )
    more = [said.about] if said.about else []
    moved = _weighed(replace(intent, request=request), more, said.less)
    less = _joined(moved.request.less, said.less)
    return replace(moved, request=replace(moved.request, less=less))


def _joined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
