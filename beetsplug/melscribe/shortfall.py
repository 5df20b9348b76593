"""What is to be said of a playlist: why it is short, ends early, fits little or lacks tempi."""

from __future__ import annotations

from collections.abc import Sequence

from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.choice import Chosen, Limits, Passed, Pick
from melscribe_core.playlist.order import known_tempo
from melscribe_core.request.request import Request
from melscribe_core.text import agreeing, counted


def best_fits_little(request: Request, chosen: Chosen, settings: Settings) -> list[str]:
    """Return the sentence that tells that even the best of those who were named fits little."""
    best = max((pick.hit.score for pick in chosen.picks), default=1.0)
    if not (request.by or request.named) or best >= settings.min_score:
        return []
    names = ", ".join((*request.by, *request.named))
    return [f"of {names} nothing fits well: the best has a score of {best:.2f}"]


def pace(picks: Sequence[Pick]) -> list[str]:
    """Return the sentence on tracks without a tempo in a playlist from slow to fast, if any."""
    unknown = sum(known_tempo(pick.song.bpm) is None for pick in picks)
    if not unknown:
        return []
    if unknown < len(picks):
        agreed = agreeing(unknown, "has no tempo (bpm) and comes", "have no tempo (bpm) and come")
        return [f"of {counted(len(picks), 'track')} {agreed} last"]
    return [
        "no track here has a tempo (bpm), so the order tempo had nothing to go by;"
        " beets' autobpm plugin adds tempi"
    ]


def shortfall(chosen: Chosen, limits: Limits) -> list[str]:
    """Return the sentence that tells why the playlist is shorter than asked for, if it is."""
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
    """Say where the scores fell off, and how to see what was left out."""
    best = max((pick.hit.score for pick in chosen.picks), default=0.0)
    said = (
        f"ended after {len(chosen.picks)}: the next fits much less than the best"
        f" ({chosen.passed.fallen_to:.2f} against {best:.2f}); -n {limits.number} shows more"
    )
    crowding = _reasons(*_crowding(chosen.passed))
    return f"{said}; {crowding}" if crowding else said


def _crowding(passed: Passed) -> tuple[tuple[int, str], ...]:
    return (
        (passed.by_artist, "more by the same artists (--per-artist 0 lets them in)"),
        (passed.by_album, "more from the same albums (--per-album 0 lets them in)"),
    )


def _reasons(*counts: tuple[int, str]) -> str:
    return ", ".join(f"{count:,} {why}" for count, why in counts if count)
