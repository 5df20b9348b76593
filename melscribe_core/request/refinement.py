"""A request and the remarks made after it ("more upbeat, less electronic") -> one request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

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


def read(
    text: str,
    parse: Parse,
    *,
    remarks: Iterable[str] = (),
    more: Sequence[str] = (),
    less: Sequence[str] = (),
) -> Request:
    """Read a request, then the remarks made after it, in order.

    Later constraints replace earlier ones of their kind; exclusions, examples, `more` and `less`
    add up, and asking for more of something takes back that there should be less of it.
    """
    request = _weighed(parse(text), more, less)
    for remark in remarks:
        request = refine(request, remark, parse)
    return request


def refine(request: Request, remark: str, parse: Parse) -> Request:
    """Return the request after one remark: "more X", "less Y", "too Z", or any constraint."""
    for piece in _BREAK.split(remark.strip()):
        meant = parse(piece)
        if meant.less and not meant.about:
            request = _constrained(request, meant)
            continue
        for starts, is_more in ((_LESS, False), (_MORE, True)):
            if what := _after(piece, starts):
                request = _weighed(request, [what] if is_more else [], [] if is_more else [what])
                break
        else:
            request = _constrained(request, meant)
    return request


def _after(piece: str, starts: Sequence[str]) -> str:
    """Return what stands behind one of the words that a piece may start with, "" when none does."""
    for start in sorted(starts, key=len, reverse=True):
        if piece.casefold().startswith(start + " "):
            return piece[len(start) :].strip()
    return ""


def _weighed(request: Request, more: Sequence[str], less: Sequence[str]) -> Request:
    """Add what there should be more and less of; each takes back the other."""
    return replace(
        request,
        more=_joined(_without(request.more, less), more),
        less=_joined(_without(request.less, more), less),
    )


def _without(kept: Sequence[str], taken_back: Sequence[str]) -> tuple[str, ...]:
    gone = {phrase.casefold() for phrase in taken_back}
    return tuple(phrase for phrase in kept if phrase.casefold() not in gone)


def _constrained(before: Request, remark: Request) -> Request:
    """Add the constraints of a remark; its free text is something to have more of."""
    fields = ("years", "bpm", "minutes", "count", "track_seconds", "per_artist", "per_album")
    fresh = {name: value for name in fields if (value := getattr(remark, name)) is not None}
    request = replace(
        before,
        **fresh,
        exclude=_joined(before.exclude, remark.exclude),
        like=_joined(before.like, remark.like),
        by=_joined(before.by, remark.by),
        queries=_joined(before.queries, remark.queries),
        asides=tuple(dict.fromkeys((*before.asides, *remark.asides))),
        unread=_joined(before.unread, remark.unread),
        named=_joined(before.named, remark.named),
    )
    return _weighed(request, [remark.about] if remark.about else [], remark.less)


def _joined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
