"""The words of one library, learned from its tracks that have both tags and sound.

What is learned gives vectors to tracks that have no tags. It lies in a file beside what was heard,
and is learned again when there is much more to learn from. A tower named in the config, trained
with `melscribe-train align`, takes its place.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from beetsplug.melscribe import progress
from beetsplug.melscribe.index_file import heard_file, learned_file
from beetsplug.melscribe.lending import HeardRows, Lending
from beetsplug.melscribe.progress import Progress
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.excess import set_excess
from melscribe_core.catalogue.tracks import Described
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.files.writing import replace_file

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray
    from melscribe_core.hearing.heard import HeardTracks
    from melscribe_core.hearing.learned import Learned
    from melscribe_core.hearing.learning import Lessons
    from melscribe_core.hearing.sound import Sound
    from melscribe_core.hearing.tower import Tower

LEARNED_FROM = "learned from"  # metadata: how many tracks
MUCH_MORE = 1.2  # times as many tracks to learn from: then it is learned again
SHARE = 256  # texts encoded between two reports of progress
LABEL = "learning from your tags"
FEW = 50  # vectors: the mean of fewer is not that of a library
SAMPLE = 300  # texts that give a mean well enough: its components are off by 0.003


class Learning:
    """What was learned from one library, and the vectors that it gives.

    `notes` are for the user, about the last time that something was learned; `progress` shows it.
    """

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, lending: Lending, tower: Path | None
    ) -> None:
        self._catalogue, self._encoder, self._lending = catalogue, encoder, lending
        self._tower_file = tower
        self._file = learned_file(catalogue.path)
        self.notes: list[str] = []
        self.progress: Progress = progress.none

    @property
    def mark(self) -> str:
        """Return a text that differs with what the vectors come from, "" where there is nothing.

        Raises MelScribeError when the tower in the config cannot be used.
        """
        if self.tower is not None:
            return f"tower:{self._tower_mark}"
        learned = self.learned
        return f"ridge:{zlib.crc32(self._stored):08x}" if learned and learned.is_used else ""

    @cached_property
    def tower(self) -> Tower | None:
        """Return the tower named in the config, None for none."""
        if self._tower_file is None:
            return None
        from melscribe_core.hearing.tower import load_tower

        return load_tower(self._tower_file, self._encoder.fingerprint)

    @cached_property
    def learned(self) -> Learned | None:
        """Return what was learned, None for nothing, or what no longer fits."""
        from melscribe_core.hearing.learned import Learned

        return Learned.from_bytes(self._stored, self._fingerprint) if self._stored else None

    def learn(self, rows: HeardRows, tracks: Mapping[int, Described]) -> None:
        """Learn from tracks that have tags and sound, if there are enough, and much more than once.

        `rows` are what was heard of the tracks of this library.
        """
        self.notes = []
        self._note_excess(rows, tracks.values())
        if self._tower_file is not None:
            return
        from melscribe_core.hearing.learning import FEWEST

        both = zip(rows.tracks, rows.is_sounding, strict=True)
        lessons = {t: tracks[t] for t, sounds in both if sounds and t in tracks and tracks[t].own}
        before = int(self._catalogue.meta(LEARNED_FROM) or 0)
        is_fresh = self.learned is not None and len(lessons) < MUCH_MORE * before
        if len(lessons) < FEWEST or is_fresh:
            return
        if self._learn(lessons):
            self._catalogue.set_meta(**{LEARNED_FROM: str(len(lessons))})

    def is_lost(self) -> bool:
        """Return whether what was learned here is gone, damaged, or no longer fits."""
        was_learned = self._tower_file is None and self._catalogue.meta(LEARNED_FROM)
        return bool(was_learned) and self.learned is None

    def names(self, rows: HeardRows) -> dict[int, str]:
        """Return track -> the name of its learned vector, of the tracks in which anything is."""
        if not (mark := self.mark):
            return {}
        tracks = zip(rows.tracks, rows.keys, rows.is_sounding, strict=True)
        return {track: f"{mark}:{key.hex()}" for track, key, sounds in tracks if sounds}

    def vectors(self, names: Iterable[str]) -> Mapping[str, FloatArray]:
        """Return the vectors of these names; those of what was learned before are absent."""
        listed = list(names)
        mark = self.mark if listed else ""
        parts = [name.rpartition(":") for name in listed]
        wanted = {
            bytes.fromhex(key): f"{made_by}:{key}" for made_by, _, key in parts if made_by == mark
        }
        if not (mark and wanted):
            return {}
        from melscribe_core.hearing.heard import open_heard
        from melscribe_core.hearing.nets import Nets

        with closing(open_heard(heard_file(self._catalogue.path), write=False)) as heard:
            sounds = heard.sounds(wanted, Nets().fingerprint)
        vectors = self._applied(list(sounds.values()))
        return {wanted[key]: vector for key, vector in zip(sounds, vectors, strict=True)}

    def _note_excess(self, rows: HeardRows, tracks: Iterable[Described]) -> None:
        """Note how much nearer what was heard lies to all texts than texts do: see `excess`."""
        from melscribe_core.hearing.judgement import heard_vectors

        judgement = self._lending.judgement()
        assert judgement is not None
        vectors = heard_vectors(judgement, rows.probabilities, self._words)
        vectors = vectors[vectors.any(axis=1)]
        own = sorted({one.own for one in tracks if one.own})
        some = own[:: max(1, -(-len(own) // SAMPLE))]
        if min(len(vectors), len(some)) < FEW:  # few to be compared with, or no mean to speak of
            set_excess(self._catalogue, np.zeros(self._encoder.dim, np.float32))
            return
        means = vectors.mean(axis=0), self._encoder.encode(some).mean(axis=0)
        set_excess(self._catalogue, means[0] - means[1])

    def _applied(self, sounds: list[Sound]) -> FloatArray:
        from melscribe_core.hearing.sound import features, probabilities

        heard, tags = features(sounds), probabilities(sounds)
        if self.tower is not None:
            return self.tower.apply(heard, tags)
        assert self.learned is not None
        tempo = np.array([one.tempo for one in sounds], np.float32)
        return self.learned.apply(heard, tags, self._heard_vectors(tags, tempo))

    def _learn(self, tracks: Mapping[int, Described]) -> bool:
        """Learn from these tracks and keep it; return whether they were enough."""
        from melscribe_core.hearing.learning import learn

        lessons = self._lessons(tracks)
        names = sorted({name for one in lessons.own for name in one})
        learned = learn(lessons, self._encoded(names), self._fingerprint)
        if learned is None:
            return False
        self.notes.append(learned.report)
        try:
            replace_file(self._file, learned.to_bytes())
        except OSError as error:
            self.notes.append(f"what was learned cannot be kept: {error.strerror}")
        for name in ("learned", "_stored"):  # read again
            self.__dict__.pop(name, None)
        return True

    def _lessons(self, tracks: Mapping[int, Described]) -> Lessons:
        """Return what these tracks have of their own, and what was heard in them."""
        from melscribe_core.hearing.learning import Lessons
        from melscribe_core.hearing.sound import STEPS

        found = self._sounds_of(tracks)
        own = [tracks[track].own for track in found.tracks.tolist()]
        albums = [tracks[track].album for track in found.tracks.tolist()]
        vectors = self._encoded(own)
        tags = found.tags.astype(np.float32) / np.float32(255)
        return Lessons(
            found.features.astype(np.float32) * (found.reach[:, None] / STEPS).astype(np.float32),
            tags,
            [frozenset(text.split(SEPARATOR)) for text in own],
            np.stack([vectors[text] for text in own]),
            self._heard_vectors(tags, found.tempo.astype(np.float32)),
            np.array([-at if album is None else album for at, album in enumerate(albums, 1)]),
        )

    def _sounds_of(self, tracks: Collection[int]) -> HeardTracks:
        from melscribe_core.hearing.heard import HeardTracks, open_heard
        from melscribe_core.hearing.nets import Nets

        with closing(open_heard(heard_file(self._catalogue.path))) as heard:
            found = heard.arrays(Nets().fingerprint)
        here = np.isin(found.tracks, list(tracks)) & self._lending.of_library(found)
        return HeardTracks(*(getattr(found, one.name)[here] for one in fields(HeardTracks)))

    def _encoded(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        distinct = sorted(set(texts), key=len)
        found: dict[str, FloatArray] = {}
        with self.progress(LABEL, len(distinct)) as advance:
            for start in range(0, len(distinct), SHARE):
                part = distinct[start : start + SHARE]
                found.update(zip(part, self._encoder.encode(part), strict=True))
                advance(len(part))
        return found

    def _heard_vectors(self, tags: FloatArray, tempo: FloatArray) -> FloatArray:
        from melscribe_core.hearing.judgement import heard_vectors
        from melscribe_core.hearing.thresholds import probabilities_of

        judgement = self._lending.judgement()
        assert judgement is not None
        return heard_vectors(judgement, probabilities_of(tags, tempo), self._words)

    @cached_property
    def _words(self) -> Mapping[str, FloatArray]:
        """Return the vectors of the descriptors that can be heard."""
        from melscribe_core.hearing.thresholds import table

        names = [one.name for one in table()]
        return dict(zip(names, self._encoder.encode(names), strict=True))

    @cached_property
    def _stored(self) -> bytes:
        if self._catalogue.custody is None:
            return b""
        with suppress(OSError):
            return self._file.read_bytes()
        return b""

    @property
    def _fingerprint(self) -> str:
        from melscribe_core.hearing.nets import Nets
        from melscribe_core.hearing.thresholds import fingerprint

        return f"{self._encoder.fingerprint} {Nets().fingerprint} {fingerprint()}"

    @cached_property
    def _tower_mark(self) -> str:
        assert self._tower_file is not None
        try:
            return f"{zlib.crc32(self._tower_file.read_bytes()):08x}"
        except OSError as error:
            raise MelScribeError(
                f"The tower {self._tower_file} cannot be read: {error.strerror}."
            ) from error
