"""Refinement: a request and later remarks ("more upbeat, less electronic") -> one request."""

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


def parse_with_remarks(
    text: str,
    parse: Parse,
    *,
    remarks: Iterable[str] = (),
    more: Sequence[str] = (),
    less: Sequence[str] = (),
) -> Request:
    """Parse a request, then apply the remarks after it, in order.

    A later constraint replaces an earlier one of its kind; exclusions, examples, `more` and `less`
    accumulate. A phrase in `more` is removed from `less`, and the other way round.
    """
    request = weighed(parse(text), more, less)
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
                request = weighed(request, [what] if is_more else [], [] if is_more else [what])
                break
        else:
            request = _constrained(request, meant)
    return request


def _after(piece: str, starts: Sequence[str]) -> str:
    """Return the rest of a piece after the longest of `starts`; "" when it starts with none."""
    for start in sorted(starts, key=len, reverse=True):
        if piece.casefold().startswith(start + " "):
            return piece[len(start) :].strip()
    return ""


def weighed(request: Request, more: Sequence[str], less: Sequence[str]) -> Request:
    """Return the request with phrases added to `more` and `less`; each leaves the other."""
    return replace(
        request,
        more=joined(_without(request.more, less), more),
        less=joined(_without(request.less, more), less),
    )


def _without(phrases: Sequence[str], removed: Sequence[str]) -> tuple[str, ...]:
    folded = {phrase.casefold() for phrase in removed}
    return tuple(phrase for phrase in phrases if phrase.casefold() not in folded)


def _constrained(before: Request, remark: Request) -> Request:
    """Add the constraints of a remark; its free text is added to `more`."""
    fields = ("years", "bpm", "minutes", "count", "track_seconds", "per_artist", "per_album")
    replaced = {name: value for name in fields if (value := getattr(remark, name)) is not None}
    request = replace(
        before,
        **replaced,
        exclude=joined(before.exclude, remark.exclude),
        like=joined(before.like, remark.like),
        by=joined(before.by, remark.by),
        queries=joined(before.queries, remark.queries),
        asides=tuple(dict.fromkeys((*before.asides, *remark.asides))),
        unread=joined(before.unread, remark.unread),
        named=joined(before.named, remark.named),
        leads=joined(before.leads, remark.leads),
    )
    return weighed(request, [remark.about] if remark.about else [], remark.less)


def joined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return both in order, without repeats."""
    return tuple(dict.fromkeys((*first, *second)))
