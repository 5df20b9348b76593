"""Notes on phrases about the library ("added last week"): the beets query that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from beets.library import Item, Library

from beetsplug.melscribe.request import UserRequest
from melscribe_core.request.request import Request
from melscribe_core.search.words import content_words

# field -> other fields with the same meaning, and the beets plugin that fills it
_KEPT_AS = {
    "play_count": (
        ("lastfm_play_count", "listenbrainz_play_count", "plex_viewcount", "itunes_playcount"),
        "mpdstats or lastimport",
    ),
    "last_played": (("plex_lastviewedat", "itunes_lastplayed", "amarok_lastplayed"), "mpdstats"),
    "skip_count": (("plex_skipcount", "itunes_skipcount"), "mpdstats"),
    "rating": (("userrating", "plex_userrating", "itunes_rating", "amarok_rating"), "mpdstats"),
}


def notes(lib: Library, asked: UserRequest, request: Request) -> list[str]:
    """Return one note per phrase of a request that is about the library."""
    return [_note(lib, request, phrase, terms, asked) for phrase, terms in request.asides]


def are_all(asked: UserRequest, request: Request) -> bool:
    """Return whether a request consists of such phrases only, with nothing to search for."""
    said = request.as_dict().keys() - {"text", "about", "queries", "count", "minutes", "more"}
    words = content_words(" ".join((request.about, *request.more)))
    return bool(request.asides) and not (said or words or asked.examples or request.less)


def _note(
    lib: Library, request: Request, phrase: str, terms: Sequence[str], asked: UserRequest
) -> str:
    known = [_as_kept(lib, term) for term in terms]
    missing = [field for field, term in zip(map(_field, terms), known, strict=True) if not term]
    if missing:
        plugin = _KEPT_AS[missing[0]][1]
        return (
            f'"{phrase}" is a matter of your library, and no track there has {missing[0]}; beets\''
            f" {plugin} plugin adds it"
        )
    rest = _without(request.text, phrase)
    command = ["beet", "describe", rest] if content_words(rest) else ["beet", "ls"]
    return f'"{phrase}" is a matter of your library: {shlex.join([*command, *asked.terms, *known])}'


def _without(text: str, phrase: str) -> str:
    """Return a request without some of its words."""
    words = " ".join(text.split()).replace(phrase, " ")
    return " ".join(words.replace(" ,", ",").split()).strip(" ,;.")


def _field(term: str) -> str:
    return term.lstrip("^").partition(":")[0].rstrip("+-")


def _as_kept(lib: Library, term: str) -> str:
    """Return the term with the field name that this library uses for it, "" if it has none."""
    field = _field(term)
    if field in Item._fields:
        return term
    names = (field, *_KEPT_AS[field][0])
    marks = ",".join("?" * len(names))
    with lib.transaction() as tx:
        sql = f"SELECT DISTINCT key FROM item_attributes WHERE key IN ({marks})"
        there = {row[0] for row in tx.query(sql, names)}
    return next((term.replace(field, name) for name in names if name in there), "")
