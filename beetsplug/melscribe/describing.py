"""`beet describe`: from the person's words to a playlist on the screen, as JSON or in a file."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from beets.library import Item, Library
from beets.ui import UserError, print_

from beetsplug.melscribe import library, screen
from beetsplug.melscribe.indexing import Index, with_index
from beetsplug.melscribe.playlists import given_options, write_playlist
from beetsplug.melscribe.settings import Settings
from melscribe_core import words
from melscribe_core.playlist import Chosen, Limits, Pick, Song, choose
from melscribe_core.request import Request
from melscribe_core.search import Wish

LONG = 1000  # characters; the encoder reads about as much


@dataclass
class Answer:
    """What a request found.

    The playlist with beets' items beside the picks, and what is to be said.
    """

    request: Request
    chosen: Chosen
    items: dict[int, Item]
    notes: list[str] = field(default_factory=list)


def split_words(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split arguments into the words of the description and the beets query terms behind them.

    Without `--` the first thing that looks like a query term begins the query.
    """
    if "--" in args:
        at = args.index("--")
        return list(args[:at]), list(args[at + 1 :])
    at = next((i for i, arg in enumerate(args) if _is_term(arg)), len(args))
    return list(args[:at]), list(args[at:])


def read_request(args: Sequence[str]) -> Request:
    """Return the request that these words make; raise UserError when they say nothing."""
    text = " ".join(" ".join(args).replace("\0", " ").split())
    if not text:
        raise UserError(
            'describe what you want to hear, such as: beet describe "melancholic acoustic pop"'
        )
    if not words.content_words(text):
        raise UserError(
            f'"{screen.clean(text[:60])}" has no word that could be searched for;'
            " name a mood, a genre or a sound"
        )
    return Request(text=text, about=text)


def describe(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run the command."""
    started = time.monotonic()
    options = replace(settings.playlist, **given_options(opts))
    described, terms = split_words(args)
    request = read_request(described)
    selection = library.select(lib, terms) if terms else None
    wanted = limits(settings, opts)

    def answered(index: Index) -> Answer:
        notes = bring_up_to_date(index)
        found = find(index, request, wanted, selection)
        return replace(found, notes=notes + found.notes)

    answer = with_index(lib, settings, answered)
    if opts.playlist is not None:
        answer.notes.append(
            write_playlist(opts.playlist, answer.request.text, _ordered(answer), options)
        )
    if opts.json:
        print_(_json(answer, time.monotonic() - started))
    else:
        _show(answer, opts)


def limits(settings: Settings, opts: Any) -> Limits:
    """Return the limits that the options set, else the config.

    Raise UserError for impossible ones.
    """
    number = settings.number if opts.number is None else opts.number
    per_artist = settings.per_artist if opts.per_artist is None else opts.per_artist
    if number < 1:
        raise UserError(f"-n/--number must be 1 or more, not {number}")
    if per_artist < 0:
        raise UserError(f"--per-artist must be 0 (any number) or more, not {per_artist}")
    return Limits(number, per_artist)


def bring_up_to_date(index: Index) -> list[str]:
    """Refresh the index when the library moved; return what the person should know about it."""
    if index.is_current():
        return []
    if index.is_new() and not index.repaired:
        screen.say("first use: indexing the library (once; later only what changed)")
    report = index.refresh(screen.progress)
    moved = len(report.plan.new) + len(report.plan.changed) + len(report.plan.gone)
    said = (
        [f"index brought up to date: {screen.planned(report.plan)}"]
        if moved or report.embedded
        else []
    )
    return said + report.notes


def find(
    index: Index, request: Request, wanted: Limits, selection: library.Selection | None
) -> Answer:
    """Answer the request from an index that is up to date.

    Raise UserError when nothing can be found.
    """
    _refuse_empty(index, selection)
    question = index.search.ask(Wish(request.about))
    hits = index.search.hits(question, selection.ids if selection else None, seed=request.text)
    chosen = choose(hits, _lookup(index.lib, selection), wanted)
    explained = index.search.explained(question, [pick.hit for pick in chosen.picks])
    picks = tuple(Pick(hit, pick.song) for hit, pick in zip(explained, chosen.picks, strict=True))
    items = library.items_by_id(index.lib, [pick.song.track for pick in picks])
    if selection and selection.sorts:
        by_id = {pick.song.track: pick for pick in picks}
        arranged = selection.arranged(list(items.values()))
        picks = tuple(by_id[library.track_id(item)] for item in arranged)
    answer = Answer(request, replace(chosen, picks=picks), items)
    answer.notes += _remarks(answer, wanted, selection)
    return answer


def _is_term(arg: str) -> bool:
    """Say whether an argument reads as a beets query term.

    `field:value`, `^term`, `,`, a sort, or a path.
    """
    name, colon, value = arg.partition(":")
    is_field = (
        bool(colon) and name.lstrip("^").replace("_", "a").isalnum() and not value.startswith(" ")
    )
    is_path = arg.startswith((os.sep, "~/", "./", "../"))
    return is_field or is_path or arg == "," or arg.startswith("^") or library.is_sort(arg)


def _refuse_empty(index: Index, selection: library.Selection | None) -> None:
    counts = index.catalogue.counts()
    if not counts.tracks:
        raise UserError("the library has no tracks; import some with `beet import`")
    if counts.tracks == counts.bare:
        raise UserError(
            f"none of the {counts.tracks:,} tracks has a genre, mood or style to go by;"
            " beets' lastgenre plugin adds genres, and `beet melindex --show` tells what was found"
        )
    if selection is not None and selection.ids is not None and not selection.ids:
        raise UserError("no track in the library matches the query behind the description")


def _lookup(lib: Library, selection: library.Selection | None) -> Any:
    """Return what tells the playlist of tracks.

    One that a slow query turns down is unknown to it.
    """

    def songs(ids: Sequence[int]) -> Mapping[int, Song]:
        if selection is not None and selection.ids is None:
            ids = sorted(library.matching(lib, selection.query, ids))
        return library.song_names(lib, ids)

    return songs


def _remarks(answer: Answer, wanted: Limits, selection: library.Selection | None) -> list[str]:
    """Return what is to be said about the answer as a whole."""
    chosen, notes = answer.chosen, []
    if len(answer.request.text) > LONG:
        notes.append(f"of the {len(answer.request.text):,} characters only the beginning counts")
    if not chosen.picks:
        raise UserError(
            "no track with descriptors is left to choose from"
            + (" under that query" if selection else "")
        )
    if len(chosen.picks) < wanted.number:
        notes.append(f"only {len(chosen.picks)} of {wanted.number} tracks{_shortfall(chosen)}")
    return notes


def _shortfall(chosen: Chosen) -> str:
    reasons = []
    if chosen.crowded:
        reasons.append(f"{chosen.crowded:,} more by the same artists (--per-artist 0 lets them in)")
    if chosen.repeated:
        reasons.append(f"{chosen.repeated:,} were the same recording again")
    return ": " + ", ".join(reasons) if reasons else " have descriptors and match"


def _ordered(answer: Answer) -> list[Item]:
    return [answer.items[pick.song.track] for pick in answer.chosen.picks]


def _json(answer: Answer, seconds: float) -> str:
    tracks = [
        screen.track_json(pick, os.fsdecode(answer.items[pick.song.track].path))
        for pick in answer.chosen.picks
    ]
    return screen.as_json(answer.request.as_dict(), tracks, answer.notes, seconds)


def _show(answer: Answer, opts: Any) -> None:
    template = "$path" if opts.path else opts.format
    if template is not None:
        for item in _ordered(answer):
            print_(format(item, template))
    else:
        for line in screen.lines(answer.chosen.picks, opts.explain):
            print_(line)
    for note in answer.notes:
        screen.say(note)
