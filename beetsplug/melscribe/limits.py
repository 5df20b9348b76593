"""What a playlist must keep to: by the command line, else by the words, else by the config."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

from beets.ui import UserError

from beetsplug.melscribe.asking import Asked
from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.choice import Limits, Order
from melscribe_core.request.request import Request

MINUTES = 3.0  # of a track, at least, when a time is to be filled
MANY = 1_000_000  # tracks; a list that is longer has no need of room
ORDERS: tuple[Order, ...] = ("match", "flow", "tempo", "random")


def limits_of(asked: Asked, settings: Settings, request: Request) -> Limits:
    """Return the limits: the command line's, else the request's, else the config's."""
    number = _given(asked, "number", request.count)
    minutes = _given(asked, "time", request.minutes)
    if number is None and minutes is None:
        number = settings.number
    alone = len(request.by) == 1 or bool(request.named)
    room = 0 if alone else _room(number, minutes, len(request.by))
    limits = Limits(
        number=number,
        minutes=minutes,
        per_artist=_share(
            asked, "per_artist", request.per_artist, _widened(settings.per_artist, room, alone)
        ),
        per_album=_share(
            asked, "per_album", request.per_album, _widened(settings.per_album, room, alone)
        ),
        spacing=0 if alone else Limits.spacing,
        min_score=least_score(asked, settings, request),
        order=_given(asked, "order", "match"),
    )
    _refuse_impossible(limits)
    return replace(limits, no_tail=_may_end_early(asked, request, limits))


def least_score(asked: Asked, settings: Settings, request: Request) -> float:
    """Return the score below which nothing comes; 0 where names say what is to come."""
    named = request.by or request.named
    least: float = _given(asked, "min_score", 0.0 if named else settings.min_score)
    return least


def _room(number: int | None, minutes: float | None, artists: int) -> int:
    """Return how many tracks each of so many artists must have for a list to become full."""
    if not artists:
        return 0
    wanted = number if number is not None else (minutes or 0) / MINUTES
    return ceil(min(MANY, wanted) / artists)


def _widened(cap: int, room: int, alone: bool) -> int:
    """Return the config's cap with room for the artists asked for; no cap for one artist alone."""
    return 0 if alone or not cap else max(cap, room)


def _share(asked: Asked, name: str, said: int | None, otherwise: int) -> int:
    """Return a limit: the command line's, else what the words say, else another."""
    share: int = _given(asked, name, otherwise if said is None else said)
    return share


def _may_end_early(asked: Asked, request: Request, limits: Limits) -> bool:
    """Say whether the list may end where scores fall off: nothing says how much is wanted."""
    said = (asked.option("number"), request.count, asked.option("min_score"), limits.minutes)
    return all(value is None for value in said) and limits.min_score > 0 and not request.by


def _given(asked: Asked, name: str, otherwise: Any) -> Any:
    value = asked.option(name)
    return otherwise if value is None else value


def _refuse_impossible(limits: Limits) -> None:
    if limits.number is not None and limits.number < 1:
        raise UserError(f"-n/--number must be 1 or more, not {limits.number}")
    if limits.minutes is not None and not 0 < limits.minutes < 1e6:
        raise UserError(f"-t/--time must be a number of minutes above 0, not {limits.minutes:g}")
    for name, value in (("artist", limits.per_artist), ("album", limits.per_album)):
        if value < 0:
            raise UserError(f"--per-{name} must be 0 (any number) or more, not {value}")
    if not 0 <= limits.min_score <= 1:
        raise UserError(f"--min-score must lie between 0 and 1, not {limits.min_score:g}")
    if limits.order not in ORDERS:
        raise UserError(f"--order must be one of {', '.join(ORDERS)}, not {limits.order}")
