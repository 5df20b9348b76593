"""Lend tracks what they lack: of their siblings, and of what was heard in them.

It follows each update of the index. A change of a few tracks looks at their albums and artists;
all tracks are looked at when the rules changed, or the file of what was heard did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from beetsplug.melscribe.index_file import heard_file
from beetsplug.melscribe.settings import Settings
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.catalogue.tracks import Described
from melscribe_core.descriptors.lent import HeardDescriptor
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import BusyError, CatalogueError, DamagedCatalogueError, MelScribeError

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray
    from melscribe_core.hearing.heard import HeardTracks
    from melscribe_core.hearing.judgement import Judgement

# Raise it when what is lent changes for the same sounds: the nets, the tables, or the code of it.
VERSION = "2"
JUDGEMENT, MARK = "judgement", "heard"  # metadata: how far hearing is believed, and of which file


def stamp_of(tower: Path | None) -> str:
    """Return a text that differs with the file of the tower in the config, "" for none."""
    if tower is None:
        return ""
    with suppress(OSError):
        return f"tower {tower.stat().st_mtime_ns}"
    return "tower missing"


class HeardRows(NamedTuple):
    """What was heard of tracks of this library.

    Their ids, the keys of their content, whether anything but silence was heard, and the
    probability of each descriptor that can be heard, float32 (n, D).
    """

    tracks: list[int]
    keys: list[bytes]
    is_sounding: list[bool]
    probabilities: FloatArray


class Learner(Protocol):
    """What learns vectors for tracks without tags from those that have both tags and sound."""

    def learn(self, rows: HeardRows, tracks: Mapping[int, Described]) -> None:
        """Learn from these tracks if there are enough, and much more than the last time."""

    def is_lost(self) -> bool:
        """Return whether what was learned here must be learned again."""

    def names(self, rows: HeardRows) -> dict[int, str]:
        """Return track -> the name of its learned vector; {} where nothing was learned."""


class Lending:
    """What the tracks of one index are lent; `notes` are for the user, about the last lending."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue = catalogue
        self._siblings = settings.siblings
        self._file = heard_file(catalogue.path)
        self.notes: list[str] = []

    @property
    def mark(self) -> str:
        """Return a text that differs after any change of what was heard, "" without a file."""
        if self._catalogue.custody is None or not self._file.exists():
            return ""
        from melscribe_core.hearing.marking import mark_of  # few libraries were ever heard

        return f"{VERSION} {found}" if (found := mark_of(self._file)) else ""

    def is_due(self) -> bool:
        """Return whether what was heard has changed since it was lent, and is not changing now.

        What another process is hearing is lent when it has finished. What had to be left out is
        tried again: the user is told as long as that holds.
        """
        mark = self.mark
        is_lent = mark == (self._catalogue.meta(MARK) or "") and not (mark and self._is_left_out())
        return not is_lent and not self._is_listening()

    def lend(self, due: Collection[int] | None, learner: Learner) -> list[int]:
        """Write what tracks are lent; return the tracks of which that changed.

        `due` are the tracks that may have changed, with those that left the library; None for all,
        and then what was heard is judged anew, and learned from.
        """
        from melscribe_core.lending.lender import loans  # loads word lists
        from melscribe_core.lending.siblings import lent_by_siblings

        self.notes = []
        if self.mark and learner.is_lost():
            due = None  # a few tracks teach nothing
        tracks, needy = self._tracks(due)
        siblings = lent_by_siblings(tracks) if self._siblings else {}
        heard, learned = self._heard(needy, learner, everything=due is None)
        found = loans(needy, siblings, heard, learned)
        self._catalogue.tracks.lend(found)
        return [loan.track for loan in found]

    def of_library(self, found: HeardTracks) -> NDArray[np.bool_]:
        """Return which of the tracks that were heard are those of this library, bool (n,).

        A library uses ids again: a track that was added at another time is another one.
        """
        tracks = found.tracks.tolist()
        stamps = self._stamps(tracks)
        when = np.array([stamps.get(track, np.nan) for track in tracks], np.float64)
        here: NDArray[np.bool_] = when == found.added
        return here

    def judgement(self) -> Judgement | None:
        """Return how far hearing is believed here; None before anything was lent, or left out."""
        stored = self._catalogue.meta(JUDGEMENT)
        if not stored:
            return None
        from melscribe_core.hearing.judgement import Judgement

        return Judgement.from_json(stored)

    def _tracks(
        self, due: Collection[int] | None
    ) -> tuple[Sequence[Described], Sequence[Described]]:
        """Return whole albums and artists, and those tracks in it that may be lent another."""
        stored = self._catalogue.tracks
        if due is None:
            everything = stored.own()
            return everything, everything
        near = stored.siblings(due).tolist()
        tracks, wanted = stored.own(stored.siblings(near).tolist()), frozenset(near)
        return tracks, [one for one in tracks if one.track in wanted]

    def _heard(
        self, tracks: Sequence[Described], learner: Learner, *, everything: bool
    ) -> tuple[Mapping[int, Sequence[HeardDescriptor]], Mapping[int, str]]:
        """Return what was heard in these tracks, and the names of their learned vectors.

        With `everything` they are all tracks of the library.
        """
        if not self.mark:
            if self._catalogue.meta(JUDGEMENT):
                self._catalogue.set_meta(**{JUDGEMENT: ""})
            return {}, {}
        from melscribe_core.lending.hearing import heard_descriptors

        try:
            rows = self._rows(tracks, everything=everything)
            if everything:
                self._judge(tracks, rows)
                learner.learn(rows, {one.track: one for one in tracks})
        except MelScribeError as error:
            self.notes.append(f"what was heard is left out: {error}")
            self._catalogue.set_meta(**{JUDGEMENT: ""})
            return {}, {}
        judgement = self.judgement()
        if judgement is None:
            return {}, {}
        learned: Mapping[int, str] = {}
        try:
            learned = learner.names(rows)
        except MelScribeError as error:  # of a tower in the config: what was heard still counts
            self.notes.append(f"what was learned is left out: {error}")
        return heard_descriptors(judgement, rows.tracks, rows.probabilities), learned

    def _rows(self, tracks: Sequence[Described], *, everything: bool) -> HeardRows:
        from melscribe_core.hearing.heard import open_heard
        from melscribe_core.hearing.nets import Nets
        from melscribe_core.hearing.thresholds import probabilities_of
        from melscribe_core.lending.hearing import descriptor_probabilities

        nets = Nets().fingerprint
        try:
            opened = open_heard(self._file, write=False)
        except DamagedCatalogueError:
            opened = open_heard(self._file)  # rescues what is right
        with closing(opened) as heard:
            self.notes += [heard.note] if heard.note else []
            if not everything:
                few = heard.of_tracks(self._stamps([one.track for one in tracks]), nets)
                sounds = [sound for _, sound in few.values()]
                sounding = [one.windows > 0 for one in sounds]
                keys = [key for key, _ in few.values()]
                return HeardRows([*few], keys, sounding, descriptor_probabilities(sounds))
            found = heard.arrays(nets, features=False)
        here = self.of_library(found)
        tags = found.tags[here].astype(np.float32) / np.float32(255)
        return HeardRows(
            found.tracks[here].tolist(),
            list(map(bytes, found.keys[here])),
            (found.windows[here] > 0).tolist(),
            probabilities_of(tags, found.tempo[here].astype(np.float32)),
        )

    def _stamps(self, tracks: Sequence[int]) -> dict[int, float]:
        """Return when each of these tracks was added to the library, as the index knows it."""
        added = self._catalogue.mirror.values("added", tracks)
        return {track: float(when) for track, when in added if isinstance(when, (int, float))}

    def _judge(self, tracks: Sequence[Described], rows: HeardRows) -> None:
        from melscribe_core.lending.hearing import judged

        own = {one.track: one.own.split(SEPARATOR) if one.own else [] for one in tracks}
        judgement = judged(rows.probabilities, [own[track] for track in rows.tracks])
        self._catalogue.set_meta(**{JUDGEMENT: judgement.to_json()})

    def _is_left_out(self) -> bool:
        return not self._catalogue.meta(JUDGEMENT)

    def _is_listening(self) -> bool:
        try:
            with Custody(self._file).held(0):
                return False
        except BusyError:
            return True
        except (CatalogueError, OSError):  # a read-only folder: nobody writes there
            return False
