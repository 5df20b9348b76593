"""The turns of a conversation, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from beetsplug.melscribe.request import UserRequest


@dataclass(frozen=True)
class Turn:
    """One turn: what was typed, the tracks it brought, in order, and those it took out."""

    asked: UserRequest
    shown: tuple[int, ...] = ()
    out: tuple[int, ...] = ()
