"""Notes about an answer, one sentence each, for the user."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.choice import Chosen
from melscribe_core.playlist.limits import Limits, Passed, Pick
from melscribe_core.playlist.order import known_tempo
from melscribe_core.request.request import Request
from melscribe_core.search.question import Question
from melscribe_core.text import agreeing, counted

DAY = 86_400.0  # seconds


def on_question(question: Question) -> Iterator[str]:
    """Yield a note when no track has more than half of the descriptors that were named."""
    if not question.is_apart:
        return
    names = [", ".join(descriptors) for descriptors in question.named]
    if len(names) == 2:
        yield f"no track here is both {names[0]} and {names[1]}"
    else:
        yield f"no track here is more than {question.held} of {', '.join(names)}"


def best_fits_little(request: Request, chosen: Chosen, settings: Settings) -> list[str]:
    """Return the note that even the best of the tracks by name fits poorly, if so."""
    best = max((pick.hit.fit for pick in chosen.picks), default=1.0)
    if not (request.by or request.named) or best >= settings.min_score:
        return []
    names = ", ".join((*request.by, *request.named))
    return [f"no track of {names} fits well: the best score is {best:.2f}"]


def pace(picks: Sequence[Pick]) -> list[str]:
    """Return the note on tracks without a tempo, for a playlist ordered by tempo."""
    unknown = sum(known_tempo(pick.song.bpm) is None for pick in picks)
    if not unknown:
        return []
    if unknown < len(picks):
        agreed = agreeing(unknown, "has no tempo (bpm) and comes", "have no tempo (bpm) and come")
        return [f"of {counted(len(picks), 'track')} {agreed} last"]
    return [
        "no track here has a tempo (bpm), so none could be ordered by it;"
        " beets' autobpm plugin adds tempi"
    ]


def shortfall(chosen: Chosen, limits: Limits) -> list[str]:
    """Return the note why the playlist is shorter than asked for, if it is."""
    if not chosen.short:
        return []
    passed = chosen.passed
    if passed.fallen:
        return [_fall(chosen, limits)]
    reasons = _reasons(
        (passed.below, "or more fit less well (--min-score 0 lets them in)"),
        *_crowding(passed),
        (passed.repeated, "left for another version of the same song"),
        (passed.unmeasured, "of unknown length"),
        (passed.too_long, "too long"),
    )
    asked = f"of {limits.number} " if limits.number else ""
    length = f" ({chosen.seconds / 60:.0f} of {limits.minutes:g} minutes)" if limits.minutes else ""
    fitting = f"only {len(chosen.picks)} {asked}fit{length}"
    return [f"{fitting}: {reasons}" if reasons else fitting]


def _fall(chosen: Chosen, limits: Limits) -> str:
    """Return the note on where the scores dropped, and how to see the tracks left out."""
    best = max((pick.hit.fit for pick in chosen.picks), default=0.0)
    ended = (
        f"ended after {len(chosen.picks)}: the next fits much less than the best"
        f" ({chosen.passed.fallen_to:.2f} against {best:.2f}); -n {limits.number} shows more"
    )
    crowding = _reasons(*_crowding(chosen.passed))
    return f"{ended}; {crowding}" if crowding else ended


def _crowding(passed: Passed) -> tuple[tuple[int, str], ...]:
    return (
        (passed.by_artist, "more by the same artists (--per-artist 0 lets them in)"),
        (passed.by_album, "more from the same albums (--per-album 0 lets them in)"),
    )


def _reasons(*counts: tuple[int, str]) -> str:
    return ", ".join(f"{count:,} {why}" for count, why in counts if count)


def said_file(index: Path) -> Path:
    """Return the path of an empty file whose mtime is the time of the last reminder.

    It is separate from the index, so that a request does not write to the index, and empty, so
    that it has no format on which versions of MelScribe could differ.
    """
    return index.with_name(index.name + ".said")


def reminders(index: LibraryIndex) -> list[str]:
    """Return the reminder that most tracks have no descriptors, at most once a day.

    If its time cannot be stored, as in a read-only folder, there is no reminder: it would be shown
    with every request.
    """
    counts = index.catalogue.counts()
    most = counts.tracks < 2 * counts.bare < 2 * counts.tracks
    if not most or not _is_due(index.catalogue.path):
        return []
    bare = f"{counts.bare:,} of {counted(counts.tracks, 'track')} have no tags"
    return [
        f"{bare}: they are found by their names only;"
        " `beet melindex --bare` lists them, `--listen` hears them"
    ]


def _is_due(index: Path, now: float | None = None) -> bool:
    """Return whether a day has passed since the last reminder; if so, store the time of this one.

    A time in the future, left from before a clock was corrected, is ignored.
    """
    now = time.time() if now is None else now
    file = said_file(index)
    try:
        if file.exists() and 0 <= now - file.stat().st_mtime < DAY:
            return False
        file.touch()
        os.utime(file, (now, now))  # by this machine's clock: a file server has its own
    except OSError:
        return False
    return True
