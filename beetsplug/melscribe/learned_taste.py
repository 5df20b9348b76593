"""The taste of the person who owns the library: learned, kept, told in words, and forgotten.

It is learned on command and when the index is brought up to date on command or by `auto`; a request
learns it only where there is none for the present config and encoder, or where the favourites have
other descriptors than they had. So it does not change with every play, and neither do saved
playlists.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from beets.ui import UserError

from beetsplug.melscribe.index_file import taste_file
from beetsplug.melscribe.settings import Settings
from melscribe_core.files.writing import replace_file
from melscribe_core.taste.stored import StoredTaste
from melscribe_core.taste.taste import FEWEST, LEAST_CHECK, Preferred, Taste, key_of
from melscribe_core.text import counted

if TYPE_CHECKING:
    from beetsplug.melscribe.index import LibraryIndex
    from beetsplug.melscribe.likes import Likes

NAMED_MORE, NAMED_LESS = 5, 3  # descriptors in the sentence on what is preferred
FORGOTTEN = "your taste is forgotten; `beet melindex --taste` learns it again"
HOW = (
    "set `melscribe: taste: like:` in your config to a beets query for tracks that you like, such"
    " as loved:true, or `playlists:` to an m3u file"
)


@dataclass(frozen=True)
class Lesson:
    """A taste that was just learned, what it was learned from, and what went wrong."""

    taste: Taste
    likes: Likes
    notes: tuple[str, ...]


def learn(index: LibraryIndex, settings: Settings, *, keep: bool = True) -> Lesson:
    """Learn the taste from the likes in the config, and with `keep` store it.

    Raises UserError when the config names no likes, or some that cannot be read.
    """
    from beetsplug.melscribe.likes import likes  # requests seldom learn
    from melscribe_core.taste.learning import learn as learn_from

    if not settings.taste.is_set:
        raise UserError(f"nothing says what you like: {HOW}")
    found = likes(index.lib, settings)
    taste = learn_from(index.catalogue, found.tracks, index.encoder.dim)
    notes = list(found.notes)
    if keep and (why := _write(index, settings, taste)):
        notes.append(f"your taste cannot be kept: {why}")
    return Lesson(taste, found, tuple(notes))


def renewed(index: LibraryIndex, settings: Settings) -> list[str]:
    """Learn the taste again after an update of the index; return notes for the user.

    One that was forgotten stays so. The notes say whether a taste is now used, when that changed.
    """
    if not settings.taste.is_set:
        return []
    before = _stored(index, settings)
    if before is not None and before.taste is None:
        return []
    lesson = learn(index, settings)
    was_used = before is not None and before.taste is not None and before.taste.is_used
    if before is not None and was_used == lesson.taste.is_used:
        return [*lesson.notes]
    return [summary(lesson.taste), *lesson.notes]


def current(index: LibraryIndex, settings: Settings) -> tuple[Taste | None, list[str]]:
    """Return the taste for an answer, and notes; None where none is configured or it was forgotten.

    It is learned when there is none for the present config and encoder, and when the favourites are
    not described any more as they were.
    """
    if not settings.taste.is_set:
        return None, []
    stored = _stored(index, settings)
    before = None if stored is None else stored.taste
    if stored is not None and (before is None or _fits(index, before)):
        return before, []
    try:
        lesson = learn(index, settings)
    except UserError as error:
        return None, [f"your taste was not learned: {error}"]
    is_news = before is None or before.is_used != lesson.taste.is_used
    return lesson.taste, [*([summary(lesson.taste)] if is_news else []), *lesson.notes]


def forget(index: LibraryIndex, settings: Settings) -> str:
    """Drop the taste until `--taste` is run again or the config changes; return what was done."""
    stored = _stored(index, settings)
    if not settings.taste.is_set:
        return _removed(taste_file(index.catalogue.path))
    if stored is not None and stored.taste is None:
        return "your taste is forgotten already"
    if why := _write(index, settings, None):
        raise UserError(f"your taste cannot be forgotten: {why}")
    return FORGOTTEN


def _removed(file: Path) -> str:
    """Remove the file of a taste that no config asks for; return what was done."""
    try:
        file.unlink()
    except FileNotFoundError:
        return "there is no taste to forget"
    except OSError as error:
        raise UserError(f"your taste cannot be forgotten: {error.strerror}") from error
    return "your taste was forgotten"


def show(index: LibraryIndex, settings: Settings) -> Iterator[str]:
    """Yield lines on the taste as it is kept; learns nothing."""
    stored = _stored(index, settings)
    if not settings.taste.is_set:
        yield f"no taste: {HOW}"
    elif stored is None:
        yield "not learned yet from what your config says now; `beet melindex --taste` learns it"
    elif stored.taste is None:
        yield FORGOTTEN
    else:
        yield from told(stored.taste)


def report(lesson: Lesson) -> Iterator[str]:
    """Yield lines on what was learned, and from what."""
    yield f"from {'; '.join(lesson.likes.sources) or 'nothing'}"
    yield from told(lesson.taste)


def told(taste: Taste) -> Iterator[str]:
    """Yield lines on a taste: how much it is learned from, what it prefers, whether it is used."""
    yield (
        f"{counted(len(taste.tracks), 'liked track')} with"
        f" {counted(taste.favourites, 'distinct set')} of descriptors"
    )
    if taste.is_used and (said := preferences(taste)):
        yield said
    yield verdict(taste)


def summary(taste: Taste) -> str:
    """Return a taste in one line."""
    said = preferences(taste) if taste.is_used else ""
    return f"taste: {'; '.join(filter(None, (said, verdict(taste))))}"


def preferences(taste: Taste) -> str:
    """Return what a taste prefers in words, "" for nothing."""
    parts = []
    if taste.more:
        parts.append(f"more than your library: {_names(taste.more[:NAMED_MORE])}")
    if taste.less:
        parts.append(f"less: {_names(taste.less[:NAMED_LESS])}")
    return "; ".join(parts)


def verdict(taste: Taste) -> str:
    """Return whether a taste is used, and why not."""
    if taste.favourites < FEWEST:
        return (
            f"not used: {counted(len(taste.tracks), 'liked track')} with"
            f" {counted(taste.favourites, 'distinct set')} of descriptors, and {FEWEST} sets are"
            " needed"
        )
    check = f"self-check {taste.check:.2f}, {LEAST_CHECK:.2f} needed"
    if not taste.is_used:
        return f"not used: what you like is as mixed as your library ({check})"
    return f"used in answers ({check})"


def _names(preferred: Sequence[Preferred]) -> str:
    return ", ".join(one.name for one in preferred)


def lack(settings: Settings, *, is_forgotten: bool) -> str:
    """Return what to do so that a taste is known."""
    if not settings.taste.is_set:
        return HOW
    return FORGOTTEN if is_forgotten else "`beet melindex --taste` tells why"


def _fits(index: LibraryIndex, taste: Taste) -> bool:
    """Return whether the favourites are described as when the taste was learned from them.

    Another library in the place of this one has other tracks of the same ids.
    """
    mark = (taste, index.catalogue.revision)
    if index.taste_fits != mark:  # `--update` asks for each playlist
        tracks = index.catalogue.tracks
        texts = tracks.texts(tracks.texts_of(taste.tracks.tolist()).tolist())
        if sorted(map(key_of, set(texts.values()))) != taste.keys.tolist():
            return False
        index.taste_fits = mark
    return True


def _stored(index: LibraryIndex, settings: Settings) -> StoredTaste | None:
    """Return what is kept for the present config and encoder, None for nothing.

    A taste that was forgotten is so for any encoder.
    """
    if index.catalogue.custody is None:
        return None
    try:
        file = taste_file(index.catalogue.path)
        state = file.stat()
        found = _read(file, state.st_mtime_ns, state.st_size, state.st_ino)
    except OSError:
        return None
    if found is None:
        return None
    if found.taste is None:
        is_present = found.fingerprint.endswith(_likes(settings))
    else:
        is_present = found.fingerprint == _fingerprint(index, settings)
    return found if is_present else None


@lru_cache(maxsize=4)
def _read(file: Path, *_state: int) -> StoredTaste | None:
    """Read a file, once for each state that it is in."""
    return StoredTaste.from_bytes(file.read_bytes())


def _write(index: LibraryIndex, settings: Settings, taste: Taste | None) -> str:
    """Store a taste, None for a forgotten one; return why that failed, "" for success."""
    if index.catalogue.custody is None:
        return ""
    content = StoredTaste(taste, _fingerprint(index, settings)).to_bytes()
    try:
        replace_file(taste_file(index.catalogue.path), content)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _fingerprint(index: LibraryIndex, settings: Settings) -> str:
    """Return a text that differs with the encoder, and with what the config says is liked."""
    return f"{index.encoder.fingerprint} {_likes(settings)}"


def _likes(settings: Settings) -> str:
    """Return a text that differs with what the config says is liked."""
    taste = settings.taste
    said = json.dumps([taste.like, [*map(str, taste.playlists)], taste.exclude])
    return f"{zlib.crc32(said.encode()):08x}"
