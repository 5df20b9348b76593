"""The turns of a conversation, as they are kept, and what they amount to."""

from __future__ import annotations

from dataclasses import dataclass, field

from beetsplug.melscribe.request import UserRequest
from melscribe_core.playlist.choice import SongKey
from melscribe_core.request.request import Request
from melscribe_core.request.resolution import Named

DROP = "drop: "  # before the name of a track that is taken out


@dataclass(frozen=True)
class Turn:
    """One turn: what was typed, the tracks it brought, in order, and those out after it."""

    asked: UserRequest
    shown: tuple[int, ...] = ()
    out: tuple[int, ...] = ()


@dataclass(frozen=True)
class Talk:
    """What a conversation amounts to so far; without turns nothing was said.

    `asked` joins the query terms, examples and options of all turns. `request` holds what counts
    now, `about` being the present topic; `topics` are the earlier ones, newest first. `leads` are
    the names whose tracks come first; the first `latest` of them were said last. `draft` is the
    playlist so far, `last` what the latest turn showed, `shown` all that was shown, `songs`
    the songs of which these are versions. `out` holds the tracks that are not to come again.
    """

    turns: tuple[Turn, ...] = ()
    asked: UserRequest = field(default_factory=UserRequest)
    request: Request = field(default_factory=lambda: Request("", ""))
    topics: tuple[str, ...] = ()
    leads: tuple[Named, ...] = ()
    latest: int = 0
    draft: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    shown: frozenset[int] = frozenset()
    songs: frozenset[SongKey] = frozenset()
    out: frozenset[int] = frozenset()
