"""The limits of a playlist: those of the options, of the words and of the config, joined."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.limits import Limits
from melscribe_core.request.request import Request

MINUTES = 3.0  # the least length of a track, by which a time is converted to tracks
MANY = 1_000_000  # tracks; a longer list needs no more room per artist


def limits_of(asked: UserRequest, request: Request, settings: Settings) -> Limits:
    """Return the limits that the playlist has to keep to."""
    number = asked.option("number", request.count)
    minutes = asked.option("time", request.minutes)
    if number is None and minutes is None:
        number = settings.number
    alone = len(request.by) == 1 or bool(request.named)
    room = 0 if alone else _room(number, minutes, len(request.by))
    limits = Limits(
        number=number,
        minutes=minutes,
        per_artist=_cap(asked, "per_artist", request, _widened(settings.per_artist, room, alone)),
        per_album=_cap(asked, "per_album", request, _widened(settings.per_album, room, alone)),
        spacing=0 if alone else Limits.spacing,
        min_score=least_score(asked, request, settings),
        order=asked.option("order", "match"),
    )
    caps_named = any(
        asked.option(cap, getattr(request, cap)) is not None for cap in ("per_artist", "per_album")
    )
    no_tail = _may_end_early(asked, request, limits)
    return replace(limits, no_tail=no_tail, caps_named=caps_named)


def least_score(asked: UserRequest, request: Request, settings: Settings) -> float:
    """Return the score below which no track is taken; 0 when the request names what it wants."""
    named = request.by or request.named
    least: float = asked.option("min_score", 0.0 if named else settings.min_score)
    return least


def _room(number: int | None, minutes: float | None, artists: int) -> int:
    """Return how many tracks each of so many artists needs for the list to become full."""
    if not artists:
        return 0
    wanted = number if number is not None else (minutes or 0) / MINUTES
    return ceil(min(MANY, wanted) / artists)


def _widened(cap: int, room: int, alone: bool) -> int:
    """Return the config's cap with room for the artists asked for; 0, no cap, for one artist."""
    return 0 if alone or not cap else max(cap, room)


def _cap(asked: UserRequest, name: str, request: Request, otherwise: int) -> int:
    said: int | None = getattr(request, name)
    cap: int = asked.option(name, otherwise if said is None else said)
    return cap


def _may_end_early(asked: UserRequest, request: Request, limits: Limits) -> bool:
    """Return whether the list may end where scores fall off: nothing says how much is wanted."""
    said = (asked.option("number"), request.count, asked.option("min_score"), limits.minutes)
    is_open = all(value is None for value in said) and limits.min_score > 0
    return is_open and not (request.by or request.leads)
