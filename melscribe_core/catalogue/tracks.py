"""Tables `tracks` and `texts`: the tracks, and the distinct texts that describe them.

They are updated in two steps: a comparison with the library makes a plan and changes nothing;
`apply` writes the plan in one transaction.

A track is identified by its id in the library. Whether another track has that id now makes no
difference here: what counts is what is said of it.

What a track is lent, by its siblings or by what was heard in it, is written after its own
descriptors, by `lend`: its text then holds both, and its line says which of them are lent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from melscribe_core.catalogue.database import READ_ERRORS, Database
from melscribe_core.catalogue.schema import explained
from melscribe_core.descriptors.lent import Lent, lent_in, marked, own_of
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.descriptors.spelt import Spelt, as_spelt, spelt_in

if TYPE_CHECKING:
    from melscribe_core.arrays import IdArray

# Ids are bound as one JSON list, since SQLite limits the variables of a statement. A temporary
# table of ids takes ten times as long.
THESE = "(SELECT value FROM json_each(?))"


class Description(NamedTuple):
    """A track's own text ("" without descriptors), the fields it came from, and its names.

    `album` and `artist` tell its siblings: None and "" for a track that has none. `spelt` is the
    line of the descriptors that its tags have in another language, see spelt.py.
    """

    text: str
    fields: tuple[str, ...]
    called: str = ""
    album: int | None = None
    artist: str = ""
    spelt: str = ""


class Described(NamedTuple):
    """A track as stored: its own descriptors as one text, and what it is lent as one line."""

    track: int
    own: str
    lent: str
    album: int | None
    artist: str


class Loan(NamedTuple):
    """What to lend a track: the text of all its descriptors, and the line that tells them apart."""

    track: int
    text: str
    lent: str


class Borrowers(NamedTuple):
    """How many tracks are lent descriptors by their siblings, and by what was heard in them."""

    of_siblings: int
    of_hearing: int


class Row(NamedTuple):
    """One track to write."""

    track: int
    description: Description


@dataclass
class Plan:
    """Changes for `apply`: rows to write, by kind of change, and the ids that are gone.

    `renamed` tracks keep their text; its source fields or their names changed. `same` is the number
    of unchanged tracks.
    """

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    renamed: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    same: int = 0

    @property
    def is_empty(self) -> bool:
        """Return whether applying it would change nothing."""
        return not (self.new or self.changed or self.renamed or self.gone)


class Tracks:
    """The tables of tracks and texts."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def compare(self, only: Set[int] | None = None) -> Comparison:
        """Start a comparison of the library with these tables; writes nothing.

        `only` restricts it: other tracks are neither compared nor counted as gone.
        """
        return Comparison(self._file, only)

    def plan(self, rows: Iterable[Row], only: Set[int] | None = None) -> Plan:
        """Return the plan that makes the tables equal `rows`, in ascending order of tracks."""
        comparison = self.compare(only)
        for row in rows:
            comparison.add(row)
        return comparison.plan()

    def apply(self, plan: Plan) -> None:
        """Write the plan in one transaction.

        A track whose own text changed is lent nothing until `lend` is called.
        """
        with self._file.writing():
            self._file.db.executemany(
                # Not REPLACE: it would not fire the triggers that remove the old title's words.
                "INSERT INTO tracks (id, text, fields, called, album, artist, spelt)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET text = excluded.text, fields = excluded.fields,"
                " called = excluded.called, album = excluded.album, artist = excluded.artist,"
                " spelt = excluded.spelt",
                (
                    (row.track, self._text_id(row.description.text), *_columns(row.description))
                    for row in (*plan.new, *plan.changed)
                ),
            )
            self._file.db.executemany(
                "UPDATE tracks SET fields = ?, called = ?, album = ?, artist = ?, spelt = ?"
                " WHERE id = ?",
                ((*_columns(row.description), row.track) for row in plan.renamed),
            )
            self._file.db.executemany("DELETE FROM tracks WHERE id = ?", ((i,) for i in plan.gone))
            self._file.db.executemany(
                "DELETE FROM files WHERE track = ?", ((i,) for i in plan.gone)
            )
            if plan.new or plan.changed or plan.gone:
                self._tidy()

    def lend(self, loans: Sequence[Loan]) -> None:
        """Write what tracks are lent in one transaction; tracks not in it keep what they have."""
        if not loans:
            return
        with self._file.writing():
            self._file.db.executemany(
                "UPDATE tracks SET text = ? WHERE id = ?",
                ((self._text_id(loan.text, loan.lent), loan.track) for loan in loans),
            )
            self._tidy()

    def siblings(self, tracks: Iterable[int]) -> IdArray:
        """Return the ids, ascending, of these tracks and all others of their albums and artists."""
        listed = these(tracks)
        with self._file.reading():
            rows = self._file.db.execute(
                f"SELECT id FROM tracks WHERE id IN {THESE} OR album IN"
                f" (SELECT album FROM tracks WHERE id IN {THESE}) OR artist IN"
                f" (SELECT artist FROM tracks WHERE artist != '' AND id IN {THESE}) ORDER BY id",
                (listed, listed, listed),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def own(self, among: Iterable[int] | None = None) -> list[Described]:
        """Return every track, or these, by id, with its own descriptors apart from what it is lent.

        Raises DamagedCatalogueError for a line that was never written.
        """
        listed = () if among is None else (these(among),)
        narrowed = f" WHERE t.id IN {THESE}" if listed else ""
        with self._file.reading():
            rows = self._file.db.execute(
                "SELECT t.id, coalesce(texts.text, ''), coalesce(texts.lent, ''), t.album, t.artist"
                f" FROM tracks t LEFT JOIN texts ON texts.id = t.text{narrowed} ORDER BY t.id",
                listed,
            ).fetchall()
        return [
            Described(track, self.own_text(text, lent), lent, album, artist or "")
            for track, text, lent, album, artist in rows
        ]

    def loans(self, among: Iterable[int] | None = None) -> dict[int, Lent]:
        """Return what each of all tracks, or of these, is lent; those lent nothing are absent."""
        return {one.track: self._loan(one.lent) for one in self.own(among) if one.lent}

    def marked(self) -> dict[int, str]:
        """Return track -> its text as its tags spell it, what is lent marked; "" for none.

        See `lent.marked`.
        """
        with self._file.reading():
            rows = self._file.db.execute(
                "SELECT t.id, coalesce(texts.text, ''), coalesce(texts.lent, ''), t.spelt"
                " FROM tracks t LEFT JOIN texts ON texts.id = t.text"
            ).fetchall()
        return {track: self._marked_text(text, *how) for track, text, *how in rows}

    def spelt(self, tracks: Iterable[int]) -> dict[int, str]:
        """Return the lines, see spelt.py, of those of these tracks whose tags are so written.

        Raises DamagedCatalogueError for a line that was never written.
        """
        with self._file.reading():
            rows = self._file.db.execute(
                f"SELECT id, spelt FROM tracks WHERE spelt != '' AND id IN {THESE}",
                (these(tracks),),
            ).fetchall()
        return {track: line for track, line in rows if self._spelt(line)}

    def _marked_text(self, text: str, lent: str, spelt: str) -> str:
        if not (text and (lent or spelt)):
            return text
        descriptors: Iterable[str] = text.split(SEPARATOR)
        if spelt:
            descriptors = sorted(as_spelt(descriptors, self._spelt(spelt)))
        return SEPARATOR.join(marked(descriptors, self._loan(lent)))

    def _spelt(self, line: str) -> Spelt:
        try:
            return spelt_in(line)
        except ValueError as error:
            raise self._file.damaged("tracks") from error

    def _loan(self, lent: str) -> Lent:
        try:
            return lent_in(lent)
        except ValueError as error:
            raise self._file.damaged("texts") from error

    def own_text(self, text: str, lent: str) -> str:
        """Return the text of the descriptors that a track has itself.

        Raises DamagedCatalogueError for a line that was never written.
        """
        if not lent:
            return text
        return SEPARATOR.join(own_of(text.split(SEPARATOR), self._loan(lent)))

    def sources(self) -> list[tuple[tuple[str, ...], int]]:
        """Return each combination of source fields with the number of its tracks."""
        with self._file.reading():
            rows = self._file.db.execute(
                "SELECT fields, count(*) FROM tracks GROUP BY fields"
            ).fetchall()
        return [(tuple(fields.split(",")) if fields else (), count) for fields, count in rows]

    def spread(self) -> list[tuple[str, int]]:
        """Return every distinct text with the number of its tracks."""
        with self._file.reading():
            return self._file.db.execute(
                "SELECT texts.text, count(*) FROM tracks JOIN texts ON texts.id = tracks.text"
                " GROUP BY tracks.text"
            ).fetchall()

    def borrowers(self) -> Borrowers:
        """Count the tracks that are lent something."""
        with self._file.reading():
            row = self._file.db.execute(
                "SELECT count(*) FILTER (WHERE lent GLOB '*album *' OR lent GLOB '*artist *'),"
                " count(*) FILTER (WHERE lent GLOB 'heard *' OR lent GLOB '*; heard *')"
                " FROM tracks JOIN texts ON texts.id = tracks.text WHERE lent != ''"
            ).fetchone()
        return Borrowers(*row)

    def described_with_loans(
        self, among: Iterable[int] | None = None
    ) -> Iterator[tuple[int, str, Lent]]:
        """Yield (track, own text, what it is lent), by id, of every track or of these."""
        for one in self.own(among):
            yield one.track, one.own, self._loan(one.lent)

    def described(self, among: Iterable[int] | None = None) -> list[tuple[int, str]]:
        """Return (track, text), by id, of every track or of these; "" without descriptors."""
        listed = () if among is None else (these(among),)
        narrowed = f" WHERE tracks.id IN {THESE}" if listed else ""
        with self._file.reading():
            return self._file.db.execute(
                "SELECT tracks.id, coalesce(texts.text, '') FROM tracks"
                f" LEFT JOIN texts ON texts.id = tracks.text{narrowed} ORDER BY tracks.id",
                listed,
            ).fetchall()

    def bare(self, tracks: Iterable[int]) -> list[int]:
        """Return the ids, ascending, of those tracks that have no descriptors."""
        query = f"SELECT id FROM tracks WHERE text IS NULL AND id IN {THESE} ORDER BY id"
        with self._file.reading():
            return [row[0] for row in self._file.db.execute(query, (these(tracks),))]

    def distinct(self) -> list[tuple[int, str, str]]:
        """Return (id, text, line of loans) of every distinct text, by id."""
        with self._file.reading():
            return self._file.db.execute("SELECT id, text, lent FROM texts ORDER BY id").fetchall()

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Return text id -> text; unknown ids are absent."""
        with self._file.reading():
            return dict(
                self._file.db.execute(
                    f"SELECT id, text FROM texts WHERE id IN {THESE}", (these(ids),)
                )
            )

    def texts_of(self, tracks: Iterable[int]) -> IdArray:
        """Return the text ids, ascending, of these tracks."""
        with self._file.reading():
            rows = self._file.db.execute(
                f"SELECT DISTINCT text FROM tracks WHERE id IN {THESE}"
                " AND text IS NOT NULL ORDER BY text",
                (these(tracks),),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def of_texts(self, texts: Sequence[int]) -> dict[int, list[int]]:
        """Return text id -> ids of its tracks, ascending."""
        found: dict[int, list[int]] = {}
        with self._file.reading():
            for text, track in self._file.db.execute(
                f"SELECT text, id FROM tracks WHERE text IN {THESE} ORDER BY id", (these(texts),)
            ):
                found.setdefault(text, []).append(track)
        return found

    def _text_id(self, text: str, lent: str = "") -> int | None:
        if not (text or lent):
            return None
        key = (text, lent)
        query = "SELECT id FROM texts WHERE text = ? AND lent = ?"
        row = self._file.db.execute(query, key).fetchone()
        if row is None:
            query = "INSERT INTO texts (text, lent) VALUES (?, ?) RETURNING id"
            row = self._file.db.execute(query, key).fetchone()
        return int(row[0])

    def _tidy(self) -> None:
        """Remove texts and descriptors of no track, and count the revision."""
        self._file.db.execute(
            "DELETE FROM texts WHERE NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.text = texts.id)"
        )
        self._renew_descriptors()
        self._file.revise()

    def _renew_descriptors(self) -> None:
        """Make table `descriptors` hold exactly the descriptors of the present texts."""
        present = {
            d
            for (text,) in self._file.db.execute("SELECT text FROM texts")
            for d in text.split(SEPARATOR)
            if d
        }
        known = {text for (text,) in self._file.db.execute("SELECT text FROM descriptors")}
        self._file.db.executemany(
            "INSERT INTO descriptors (text) VALUES (?)", ((d,) for d in sorted(present - known))
        )
        self._file.db.executemany(
            "DELETE FROM descriptors WHERE text = ?", ((d,) for d in known - present)
        )


class Comparison:
    """Merge join of the library's tracks with those of the catalogue; the result is a plan."""

    def __init__(self, file: Database, only: Set[int] | None) -> None:
        self._file = file
        self._plan = Plan()
        narrowed, listed = ("", ()) if only is None else (f" WHERE t.id IN {THESE}", (these(only),))
        with file.reading():
            self._known = file.db.execute(
                "SELECT t.id, coalesce(texts.text, ''), coalesce(texts.lent, ''), t.fields,"
                " t.called, t.album, t.artist, t.spelt FROM tracks t"
                f" LEFT JOIN texts ON texts.id = t.text{narrowed} ORDER BY t.id",
                listed,
            )
        self._own_text = Tracks(file).own_text
        self._row: tuple[int, str, str, str, str, int | None, str, str] | None = None
        self._advance()

    def add(self, row: Row) -> None:
        """Compare a track; call this for every one, in ascending order."""
        self._pass_to(row.track)
        if self._row is None or self._row[0] != row.track:
            self._plan.new.append(row)
            return
        _, text, lent, *others = self._row
        if row.description.text != self._own_text(text, lent):
            self._plan.changed.append(row)
        elif [*_columns(row.description)] != others:
            self._plan.renamed.append(row)
        else:
            self._plan.same += 1
        self._advance()

    def plan(self) -> Plan:
        """Return the plan, after the last track."""
        self._pass_to(None)
        return self._plan

    def _pass_to(self, track: int | None) -> None:
        """Add the catalogue's tracks before this one, or all remaining ones, to `gone`."""
        while self._row is not None and (track is None or self._row[0] < track):
            self._plan.gone.append(self._row[0])
            self._advance()

    def _advance(self) -> None:
        try:  # `reading` at each row would take longer than the row
            self._row = next(self._known, None)
        except READ_ERRORS as error:
            raise explained(self._file.path, error) from error


def _columns(description: Description) -> tuple[str, str, int | None, str, str]:
    """Return the fields, names, album, artist and spellings of a track as they are stored."""
    fields = ",".join(description.fields)
    return fields, *description[2:]


def these(ids: Iterable[int]) -> str:
    """Return ids as the JSON list that THESE binds."""
    return json.dumps([int(i) for i in ids])
