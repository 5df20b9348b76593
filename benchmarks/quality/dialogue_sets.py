"""Dialogues about a playlist: the songs, the turns, whom a turn names, and the measures.

A folder has two files of JSON lines. A song of songs.jsonl has `id`, `artist`, `title`, `album`,
`year` (null if unknown) and the tags `genres`, `moods` and `other`. A dialogue of dialogues.jsonl
has `id`, `turns` and `goal`, the ids of the songs in the final playlist; of a turn `user` is what
was said, and `liked` the ids of the songs that were taken at that turn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.speed.process import BenchError
from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar.lexicon import is_rare, kind_of
from melscribe_trainer.evaluation import metrics

SONGS, DIALOGUES = "songs.jsonl", "dialogues.jsonl"
LONGEST = 10  # songs of a list that are measured

T = TypeVar("T")

NAMES, LATER, NOBODY = KINDS = ("names", "later", "nobody yet")
"""Kinds of turns: an artist is named; one was named before; none was named so far."""

_BETWEEN = re.compile(r"\s*[,;&+]\s*|\s+(?:feat|featuring|ft|with|vs)\b\.?\s*", re.IGNORECASE)
_WORD = re.compile(r"[&+]|[^\W_]+(?:['’][^\W_]+)*")
_OWNER = re.compile(r"['’]s$", re.IGNORECASE)
_SENTENCE_END = ".!?\n"


@dataclass(frozen=True)
class Song:
    """One song of the library; `year` is None if unknown."""

    id: str
    artist: str
    title: str
    album: str
    year: int | None
    genres: tuple[str, ...]
    moods: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags, and the decade."""
        decade = (f"{self.year // 10 * 10}s",) if self.year else ()
        return (*self.genres, *self.moods, *self.other, *decade)


@dataclass(frozen=True)
class Turn:
    """What was said, and the ids of the songs that were taken then."""

    said: str
    liked: frozenset[str]


@dataclass(frozen=True)
class Dialogue:
    """The turns, and the ids of the songs of the final playlist."""

    id: str
    turns: tuple[Turn, ...]
    goal: frozenset[str]

    @property
    def said(self) -> list[str]:
        """What was said, turn by turn."""
        return [turn.said for turn in self.turns]


def read_songs(folder: Path) -> list[Song]:
    """Return the songs, in file order. Raises BenchError if they cannot be read."""
    return _read(folder / SONGS, _song)


def read_dialogues(folder: Path) -> list[Dialogue]:
    """Return the dialogues, in file order. Raises BenchError if they cannot be read."""
    return _read(folder / DIALOGUES, _dialogue)


def _read(path: Path, of_row: Callable[[Any], T]) -> list[T]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = [of_row(json.loads(line)) for line in lines if line.strip()]
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{path} has a line of another form ({error!r}).") from error
    if not rows:
        raise BenchError(f"{path} is empty.")
    return rows


def _song(row: Any) -> Song:
    artist, title, album = row["artist"], row["title"], row["album"]
    genres, moods, other = (tuple(row[field]) for field in ("genres", "moods", "other"))
    return Song(row["id"], artist, title, album, row["year"], genres, moods, other)


def _dialogue(row: Any) -> Dialogue:
    turns = (Turn(turn["user"], frozenset(turn["liked"])) for turn in row["turns"])
    return Dialogue(row["id"], tuple(turns), frozenset(row["goal"]))


# Whom a turn names


class ArtistNames:
    """The artists of a library by their folded names, each of "A & B feat. C" too."""

    def __init__(self, artists: Sequence[str]) -> None:
        self._places: dict[str, list[int]] = {}
        for place, artist in enumerate(artists):
            for name in dict.fromkeys(map(fold_name, (artist, *_BETWEEN.split(artist)))):
                self._places.setdefault(name, []).append(place)
        self._places.pop("", None)
        self._longest = max((len(name.split()) for name in self._places), default=0)

    def places(self, name: str) -> list[int]:
        """Return the positions of the artists that have this folded name, alone or with others."""
        return self._places[name]

    def named(self, said: str) -> list[str]:
        """Return the folded names of artists in a text, in its order, each once.

        A name is there if all of its words are, next to each other and folded as names are: without
        case, accents and marks. Of overlapping names the first counts, then the longest. "drake's"
        names Drake. A single ordinary or musical word ("heart", "train", "vicious") is a name only
        if it is capitalised and does not begin a sentence; in a text without small letters capitals
        say nothing.
        """
        words = [(fold_name(match[0]), match) for match in _WORD.finditer(said)]
        found: dict[str, None] = {}
        at = 0
        while at < len(words):
            name, length = self._name_at(words[at : at + self._longest], said)
            if name:
                found[name] = None
            at += length
        return list(found)

    def _name_at(self, words: Sequence[tuple[str, re.Match[str]]], said: str) -> tuple[str, int]:
        """Return the longest name that these words begin with, and its length in words.

        ("", 1) if there is none.
        """
        for length in range(len(words), 0, -1):
            *before, last = (word for word, _ in words[:length])
            owner = fold_name(_OWNER.sub("", words[length - 1][1][0]))
            for name in (" ".join((*before, last)), " ".join((*before, owner))):
                if name in self._places and (length > 1 or _is_name(name, words[0][1], said)):
                    return name, length
        return "", 1


def _is_name(folded: str, match: re.Match[str], said: str) -> bool:
    """Return whether a single word that is a name is meant as one, see ArtistNames.named."""
    if is_rare(folded) and not kind_of(folded):
        return True
    before = said[: match.start()].rstrip(" \"'(“‘")
    begins = not before or before[-1] in _SENTENCE_END
    return match[0][0].isupper() and not begins and not said.isupper()


def kinds(dialogue: Dialogue, names: ArtistNames) -> list[str]:
    """Return the kind of each turn, one of KINDS."""
    found, before = [], False
    for said in dialogue.said:
        now = bool(names.named(said))
        found.append(NAMES if now else LATER if before else NOBODY)
        before = before or now
    return found


# Measures


def ndcg(found: Sequence[str], right: Set[str]) -> float:
    """Return nDCG@10 with equal gains, from 0 to 1; `right` is not empty.

    The ideal list begins with all that is right, ten songs at most.
    """
    return float(metrics.ndcg(found, dict.fromkeys(right, 1.0), LONGEST))


def recall(found: Iterable[str], right: Set[str]) -> float:
    """Return the share of what is right in the first ten, from 0 to 1; `right` is not empty.

    The hits are divided by the number of right songs or by ten, whichever is less: a list of ten
    with right songs only has 1.
    """
    return len(right & set([*found][:LONGEST])) / min(LONGEST, len(right))
