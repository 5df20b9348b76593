"""Of a damaged file every sound that can be read is kept, and none that is not as it was heard."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from melscribe_core.catalogue.integrity import Custody
from melscribe_core.errors import CatalogueError, DamagedCatalogueError
from melscribe_core.hearing.heard import open_heard
from melscribe_core.hearing.records import packed_sound
from melscribe_core.hearing.sound import Sound
from tests.core.hearing.test_heard import NETS, keep, key_of, mark_for, sound_of
from tests.faults.sizes import cases

TRACKS = 300
SOUNDS = {key_of(track): sound_of(track) for track in range(TRACKS)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file as listening leaves it: written in many transactions, some rows twice."""
    path = tmp_path_factory.mktemp("whole") / "heard"
    with closing(open_heard(path)) as heard, heard.listening():
        for track in range(TRACKS):
            keep(heard, track, track // 2)
    return path


@pytest.fixture(params=["sealed", "unsealed"])
def path(whole: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return a copy; after a kill there is no seal to tell of damage."""
    copy = tmp_path / "heard"
    shutil.copy(whole, copy)
    if request.param == "sealed":
        Custody(copy).seal()
    yield copy


def readable(path: Path) -> dict[bytes, Sound]:
    """Return the sounds that SQLite can still read, row by row, with the check that is theirs."""
    found: dict[Any, Any] = {}
    with closing(sqlite3.connect(path)) as db, suppress(sqlite3.Error):
        db.execute("PRAGMA writable_schema = ON")  # reads files that were truncated
        query = "SELECT key, sound FROM sounds WHERE rowid = ? AND nets = ?"
        for row in range(TRACKS + 1):
            with suppress(sqlite3.Error):
                found.update(db.execute(query, (row, NETS)))
    right = {key: packed_sound(key, NETS, one) for key, one in SOUNDS.items()}
    return {key: SOUNDS[key] for key, one in found.items() if one == right.get(key)}


def truncated(content: bytes, rng: Random) -> bytes:
    return content[: rng.choice([rng.randrange(len(content)), rng.randrange(17), 8192, 16384])]


def flipped(content: bytes, rng: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 4, 64])):
        place = rng.choice([rng.randrange(len(changed)), rng.randrange(8192)])
        changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwritten(content: bytes, rng: Random) -> bytes:
    start, size = rng.randrange(len(content)), rng.choice([16, 512, 8192, 50_000])
    new = rng.choice([bytes(size), rng.randbytes(size)])[: len(content) - start]
    return content[:start] + new + content[start + len(new) :]


def exchanged(content: bytes, rng: Random) -> bytes:
    pages = [content[at : at + 8192] for at in range(0, len(content), 8192)]
    one, other = rng.randrange(len(pages)), rng.randrange(len(pages))
    pages[one], pages[other] = pages[other], pages[one]
    return b"".join(pages)


@pytest.mark.parametrize("damage", [truncated, flipped, overwritten, exchanged])
def test_whatever_can_be_read_is_saved_and_nothing_else(
    path: Path, damage: Callable[[bytes, Random], bytes]
) -> None:
    content, sealed = path.read_bytes(), Custody(path).sealed_size() is not None
    for seed in cases(10, 300):
        damaged = damage(content, Random(f"{damage} {seed}"))
        for file in path.parent.glob("heard.*"):
            if not (sealed and file.suffix == ".seal"):
                file.unlink()
        path.write_bytes(content)
        if sealed:
            Custody(path).seal()
        path.write_bytes(damaged)
        expected = readable(path)
        path.write_bytes(damaged)  # whatever SQLite did to it
        try:
            heard = open_heard(path)
        except CatalogueError as error:
            assert not sealed, error  # without a seal a damaged head may be another program's
            assert path.read_bytes() == damaged
            continue
        with closing(heard):
            found = heard.sounds(SOUNDS, NETS)
            assert found.keys() >= expected.keys(), seed
            assert all(SOUNDS[key] == one for key, one in found.items()), seed
            assert heard.counts(NETS).sounds == len(found)
            known = heard.known()
            assert known == {track: mark_for(track) for track in known}
            lost = len(found) < TRACKS or len(known) < TRACKS
            # Nothing tells of a file that was emptied and has no seal.
            assert heard.note or damaged in (content, b"") or not (lost or sealed), seed
            keep(heard, TRACKS)
        with closing(open_heard(path)) as again:
            assert again.note is None
            assert len(again.known()) == len(known | {TRACKS: 0})


def test_the_note_says_how_many_of_about_how_many_and_where_the_damaged_one_is(
    whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    Custody(path).seal()
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    damaged = path.read_bytes()
    with closing(open_heard(path)) as heard:
        saved = len(heard.sounds(SOUNDS, NETS))
        assert 130 < saved < 170
        note = heard.note or ""
    start, _, rest = note.partition(f"{saved} of about ")
    assert start.startswith(f"The file of what was heard {path} is damaged")
    about, _, end = rest.partition(" tracks were saved; ")
    assert abs(int(about) - TRACKS) < 30
    assert end == "what is missing is heard again with `beet melindex --listen`."
    assert "put aside as heard.damaged:" in note
    assert (tmp_path / "heard.damaged").read_bytes() == damaged
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "heard",
        "heard.damaged",
        "heard.seal",
    ]


def test_no_file_that_was_put_aside_is_overwritten(whole: Path, tmp_path: Path) -> None:
    path, names = tmp_path / "heard", ["heard.damaged", "heard.damaged.2", "heard.damaged.3"]
    contents = []
    shutil.copy(whole, path)
    for name in names:
        open_heard(path).close()  # seals it
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        contents.append(bytes(content))
        with closing(open_heard(path)) as heard:
            assert f"put aside as {name}:" in (heard.note or "")
    assert [(tmp_path / name).read_bytes() for name in names] == contents


def test_an_emptied_file_is_told(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    Custody(path).seal()
    path.write_bytes(b"")
    with closing(open_heard(path)) as heard:
        assert "is damaged (it is cut off)" in (heard.note or "")
        assert " 0 of about 3" in (heard.note or "")  # hundred and some
        assert heard.known() == {}


def test_a_row_that_rots_behind_the_seal_is_found_when_it_is_read(
    whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    with closing(open_heard(path)) as heard:
        place = path.read_bytes().index(sound_of(7).tags)
        with path.open("r+b") as file:
            file.seek(place)
            file.write(b"\0\1\2")
        # What a disk does to bytes changes no times, by which the seal would tell.
        Custody(path).seal()
        for read in (
            lambda: heard.sounds([key_of(7)], NETS),
            lambda: heard.of_tracks({7: mark_for(7).added}, NETS),
            lambda: heard.arrays(NETS),
            lambda: heard.arrays(NETS, features=False),
        ):
            with pytest.raises(DamagedCatalogueError, match="damaged"):
                read()
            assert heard.sounds([key_of(8)], NETS) == {key_of(8): sound_of(8)}
    with closing(open_heard(path)) as heard:  # looks behind the seal now
        assert " 299 of about " in (heard.note or "")
        assert key_of(7) not in heard.sounds(SOUNDS, NETS)


def test_a_row_that_came_to_another_track_is_not_taken_for_its_own(
    whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    with closing(open_heard(path)) as heard:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE files SET track = 1000 WHERE track = 7")
        for read in (heard.known, lambda: heard.of_tracks({1000: mark_for(7).added}, NETS)):
            with pytest.raises(DamagedCatalogueError, match="damaged"):
                read()
    with closing(open_heard(path)) as heard:
        assert heard.note
        assert heard.known()[7] == mark_for(7)  # the row itself is right
        assert 1000 not in heard.known()


def test_without_write_nothing_is_rescued(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    Custody(path).seal()
    damaged = path.read_bytes()[:99_999]
    path.write_bytes(damaged)
    with pytest.raises(DamagedCatalogueError):
        open_heard(path, write=False)
    assert path.read_bytes() == damaged
    assert not (tmp_path / "heard.damaged").exists()


def test_two_that_find_the_damage_rescue_it_once(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "heard"
    shutil.copy(whole, path)
    Custody(path).seal()
    path.write_bytes(path.read_bytes()[:99_999])
    with closing(open_heard(path)) as one, closing(open_heard(path)) as other:
        assert one.note
        assert other.note is None
        assert one.sounds(SOUNDS, NETS) == other.sounds(SOUNDS, NETS) != {}
    assert not (tmp_path / "heard.damaged.2").exists()
