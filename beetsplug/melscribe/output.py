"""Output formats: the list with scores and reasons, the JSON object, and `melindex`' reports."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

from beets import config
from beets.library import Item
from beets.ui import UserError, print_
from beets.util.color import colorize

from beetsplug.melscribe.errors import formatted, path_of
from melscribe_core.descriptors.lent import NOTHING_LENT, Lent
from melscribe_core.descriptors.sets import SEPARATOR, DescriptorSet
from melscribe_core.descriptors.spelt import as_spelt, english_by_tag, spelt_in, with_english
from melscribe_core.text import counted, shown_name

if TYPE_CHECKING:
    from beetsplug.melscribe.answer import Answer
    from melscribe_core.catalogue.catalogue import Counts
    from melscribe_core.catalogue.tracks import Borrowers, Plan
    from melscribe_core.hearing.judgement import Judgement
    from melscribe_core.playlist.difference import Changes
    from melscribe_core.playlist.limits import Pick
    from melscribe_core.search.hit import Hit
    from melscribe_core.songs.song import Song

BAR = 5  # characters of the score bar
POOR = 0.5  # below this share of tracks with 3+ descriptors, suggest how to get more
NO_TRACKS = "the library has no tracks; import some with `beet import`"
BLOCKS = " ▏▎▍▌▋▊▉█"


def say(text: str) -> None:
    """Print a note on stderr: stdout carries only the answer."""
    print(printable(text), file=sys.stderr)


def say_all(notes: Iterable[str]) -> None:
    """Print notes on stderr, one per line."""
    for note in notes:
        say(note)


def show(found: Answer, opts: Any, columns: int | None = None) -> None:
    """Print an answer in the form the options choose: list, beets format, or paths.

    The names of a list are cut to `columns`, None for any length.
    """
    if found.understood:
        say(f"understood: {found.understood}")
    template = "$path" if opts.path else opts.format
    if template is not None:
        _show_formatted(found, template)
    else:
        said: Sequence[str] = ()
        if opts.explain:
            from beetsplug.melscribe.reasons import reasons  # few answers are explained

            said = reasons(found)
        for line in playlist_lines(found.chosen.picks, said, found.minutes, columns):
            print_(line)
    say_all(found.notes)


def _show_formatted(found: Answer, template: str) -> None:
    """Print the tracks, one per line, and a note for each that beets cannot format."""
    for item in found.ordered():
        try:
            print_(formatted(item, template))
        except UserError as error:
            say(str(error))


def playlist_lines(
    picks: Sequence[Pick],
    reasons: Sequence[str] = (),
    minutes: float | None = None,
    columns: int | None = None,
) -> Iterator[str]:
    """Yield the lines of a playlist: rank, score bar, score, names; below each its reason, if any.

    With `minutes`, the length asked for, add each track's length and a total at the end. Names are
    cut to `columns`.
    """
    width = len(str(len(picks)))
    indent = " " * (width + BAR + 8)
    lengths = [_length(pick.song.seconds) if minutes else "" for pick in picks]
    longest = max(map(len, lengths), default=0)
    for rank, (pick, length) in enumerate(zip(picks, lengths, strict=True), 1):
        song, score = pick.song, pick.hit.score
        album = f" ({song.album})" if song.album else ""
        names = printable(f"{named(song)}{album}")
        timed = f"{length:>{longest}}  " if minutes else ""
        if columns is not None:
            names = cut(names, columns - len(indent) - len(timed))
        yield f"{rank:>{width}} {_tinted('text_success', _bar(score))} {score:.2f}  {timed}{names}"
        if reasons:
            yield indent + _tinted("text_faint", printable(reasons[rank - 1]))
    if minutes:
        total = round(sum(pick.song.seconds for pick in picks))
        time = f"{total // 60}:{total % 60:02} of {minutes:g} minute{'s' * (minutes != 1)}"
        yield f"{counted(len(picks), 'track')}, {time}"


def named(song: Song) -> str:
    """Return the name of a track as shown to the user."""
    return shown_name(song.artist, song.title, song.albumartist, song.file)


def _length(seconds: float) -> str:
    """Return a length in seconds as 3:05 or 1:03:05."""
    whole = round(seconds)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    minutes = whole // 60 % 60
    return f"{hours}{minutes:0{2 if hours else 1}}:{whole % 60:02}"


def as_json(
    found: Answer, seconds: float, draft: Sequence[int] | None = None, *, indent: int | None = 2
) -> str:
    """Return the JSON object that `--json` prints; `seconds` is the time the answer took.

    `draft` are the ids of the playlist of a conversation, None where there is none to tell.
    """
    understood = [f"understood: {found.understood}"] if found.understood else []
    picks = found.chosen.picks
    whole = {
        "request": found.request.as_dict(),
        "tracks": [_track_json(pick, found.items[pick.song.track]) for pick in picks],
        **({"rendered": list(found.rendered)} if found.rendered else {}),
        **_taste_json(found),
        **({} if draft is None else {"draft": list(draft)}),
        "notes": [*understood, *found.notes],
        "seconds": round(seconds, 3),
    }
    # A path that is not UTF-8 contains surrogates: escaped as \\udcff, they can be read back.
    text = json.dumps(whole, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _track_json(pick: Pick, item: Item) -> dict[str, Any]:
    song, hit, path = pick.song, pick.hit, path_of(item)
    return {
        "id": song.track,
        "artist": song.artist,
        "title": song.title,
        "album": song.album,
        "length": round(song.seconds, 3),
        "path": os.fsdecode(path) if path else None,  # other programs add tracks without one
        "score": round(hit.score, 4),
        "meaning": round(hit.meaning, 4),
        "words": round(hit.words, 4),
        **_descriptors_json(hit),
        **_lent_json(hit),
        **({"called": list(hit.called)} if hit.called else {}),
        **({"example": round(hit.example, 4)} if hit.example else {}),
        **({"against": [hit.disliked, round(hit.against, 4)]} if hit.against else {}),
        **({"taste": round(hit.taste, 4)} if round(hit.taste, 4) else {}),
        **({"played": -round(hit.stale, 4)} if round(hit.stale, 4) else {}),
    }


def _taste_json(found: Answer) -> dict[str, Any]:
    """Return how far a taste counted, nothing where none did."""
    if found.pull is None:
        return {}
    return {
        "taste": {
            "weight": round(found.pull.weight, 4),
            "favourites": found.pull.taste.favourites,
        }
    }


def _descriptors_json(hit: Hit) -> dict[str, Any]:
    """Return the descriptors as the tags spell them, the strongest, and which mean what."""
    spelt = spelt_in(hit.spelt)
    matched: dict[str, float] = {}
    for descriptor, strength in hit.matched:
        for name in as_spelt((descriptor,), spelt):
            matched.setdefault(name, strength)
    descriptors = as_spelt(hit.descriptors, spelt)
    return {
        "descriptors": sorted(descriptors) if spelt else list(descriptors),
        "matched": [[name, strength] for name, strength in matched.items()],
        **({"english": english_by_tag(spelt)} if spelt else {}),
    }


def _lent_json(hit: Hit) -> dict[str, Any]:
    lent = hit.lent
    heard = [[one.name, one.probability] for one in lent.said]
    return {
        **({"heard": heard} if heard else {}),
        **({"learned": True} if lent.learned else {}),
        **({"lent": [[name, lender] for name, lender in lent.siblings]} if lent.siblings else {}),
        **({"alike": round(hit.alike, 4)} if hit.alike else {}),
    }


def planned(plan: Plan) -> str:
    """Return a plan as one line: the number of tracks that are new, changed, removed, unchanged."""
    bare = sum(not row.description.text for row in (*plan.new, *plan.changed))
    numbers = (
        f"{len(plan.new):,} new, {len(plan.changed):,} changed, {len(plan.gone):,} removed,"
        f" {plan.same + len(plan.renamed):,} unchanged"
    )
    return f"{numbers} ({bare:,} of the new and changed without descriptors)" if bare else numbers


def coverage(
    counts: Counts,
    spread: Sequence[tuple[str, int]],
    sources: Sequence[tuple[tuple[str, ...], int]],
    borrowers: Borrowers,
) -> Iterator[str]:
    """Yield lines on how well the library is tagged.

    `spread` is (descriptor text, number of tracks), `sources` is (fields that gave descriptors,
    number of tracks), `borrowers` the numbers of tracks that are lent descriptors.
    """
    if not counts.tracks:
        yield NO_TRACKS
        return
    few = sum(tracks for text, tracks in spread if text.count(SEPARATOR) < 2)
    many = counts.tracks - counts.bare - few
    yield (
        f"{counted(counts.tracks, 'track')}: {counts.bare:,} without descriptors, {few:,} with 1-2,"
        f" {many:,} with 3 or more; {counted(counts.texts, 'distinct set')}"
    )
    given = Counter[str]()
    for fields, tracks in sources:
        given.update(dict.fromkeys(fields, tracks))
    if given:
        yield "descriptors come from " + ", ".join(
            f"{name} ({n:,})" for name, n in given.most_common()
        )
    if borrowers.of_siblings:
        yield f"{counted(borrowers.of_siblings, 'track')} without genre: lent by album or artist"
    if borrowers.of_hearing:
        yield f"{counted(borrowers.of_hearing, 'track')} with descriptors that were heard"
    if counts.tracks and many < POOR * counts.tracks:
        yield (
            "few tracks have three descriptors or more; beets' lastgenre plugin adds genres, and"
            " without its whitelist moods too: set `count: 5`, `source: track`, `whitelist: no`,"
            " `force: yes` and `keep_existing: yes` under `lastgenre:`, then run `beet lastgenre`"
            " and `beet melindex`"
        )


def hearing(judgement: Judgement | None) -> Iterator[str]:
    """Yield how much was heard, and how right each heard descriptor is by the library's tags."""
    if judgement is not None and judgement.tracks:
        yield f"{counted(judgement.tracks, 'track')} heard"
        yield from judgement.sentences()


def sources_of(
    name: str,
    found: DescriptorSet,
    lent: Lent = NOTHING_LENT,
    path: str | None = None,
) -> Iterator[str]:
    """Yield a track's name, then its descriptors with their sources, or its `path` if given.

    What it is lent follows, with who lends it, or with the probability of what was heard.
    """
    sources = found.sources
    yield printable(name)
    if path is not None:
        yield f"    {printable(path) or 'no path'}"
        return
    for descriptor, fields in sorted(sources.items()):
        shown = with_english(descriptor, found.spelt)
        yield f"    {shown}  {_tinted('text_faint', '<- ' + ', '.join(fields))}"
    for descriptor, lender in lent.siblings:
        yield f"    {lender}: {descriptor}"
    for one in lent.said:
        yield f"    heard: {one.name} {_tinted('text_faint', f'{one.probability:.2f}')}"
    if not (sources or lent.siblings or lent.said):
        yield "    heard, but nothing clearly" if lent.heard else "    no descriptors"
    if lent.learned:
        from beetsplug.melscribe.reasons import LEARNED  # few tracks have a learned vector

        yield f"    {LEARNED}"


def bare_count(number: int, of: int) -> str:
    """Return how many of `of` tracks have no descriptors, as a sentence."""
    if not of:
        return NO_TRACKS
    if not number:
        return f"none of {counted(of, 'track')} is without descriptors"
    have, their = ("has", "its") if number == 1 else ("have", "their")
    return (
        f"{number:,} of {counted(of, 'track')} {have} no descriptors: found by {their} names only;"
        " beets' lastgenre plugin adds genres, `beet melindex --listen` hears them"
    )


def moved(changes: Changes) -> str:
    """Return the changes of a playlist as one line: tracks added, removed, kept."""
    if not (changes.added or changes.removed):
        return f"the same {counted(changes.kept, 'track')} in another order or format"
    return f"{len(changes.added)} added, {len(changes.removed)} removed, {changes.kept} kept"


def difference(changes: Changes) -> Iterator[str]:
    """Yield the tracks that are added, after a plus, then those removed, after a minus."""
    for name in changes.added:
        yield _tinted("text_success", f"+ {printable(name)}")
    for name in changes.removed:
        yield _tinted("text_error", f"- {printable(name)}")


def printable(text: str) -> str:
    """Return the text with a blank for each character that is not printable, e.g. a line break."""
    return "".join(c if c.isprintable() else " " for c in text)


def cut(text: str, columns: int) -> str:
    """Return the text, its end replaced by "…" if it is wider than that many columns."""
    widths = [_width(char) for char in text]
    if sum(widths) <= columns:
        return text
    room, end = columns - 1, 0
    while end < len(text) and widths[end] <= room:
        room -= widths[end]
        end += 1
    return f"{text[:end].rstrip()}…"


def _width(char: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if char.isascii():
        return 1
    return 0 if combining(char) else 1 + (east_asian_width(char) in "WF")


def _bar(score: float) -> str:
    """Return a score in 0..1 as a bar of BAR characters, in steps of an eighth character."""
    eighths = round(max(0.0, min(1.0, score)) * BAR * 8)
    full, rest = divmod(eighths, 8)
    return (BLOCKS[-1] * full + (BLOCKS[rest] if rest else "")).ljust(BAR)


def _tinted(name: Any, text: str) -> str:
    """Return the text in a colour if stdout is a terminal; beets would colour pipes too."""
    return colorize(name, text) if sys.stdout.isatty() and config["ui"]["color"] else text
