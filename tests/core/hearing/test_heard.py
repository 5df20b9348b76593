"""What was heard is kept as it was heard, for the file of the track that it was heard of."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import numpy as np
import pytest

from melscribe_core.catalogue.integrity import Custody
from melscribe_core.errors import (
    BusyError,
    CatalogueError,
    DamagedCatalogueError,
    ReadOnlyCatalogueError,
)
from melscribe_core.hearing.heard import Counts, Heard, open_heard
from melscribe_core.hearing.marking import mark_of
from melscribe_core.hearing.records import FileMark
from melscribe_core.hearing.sound import SILENCE, Sound, features, probabilities
from tests.support.paths import ROOT

NETS = "0123456789abcdef"


def key_of(track: int) -> bytes:
    return Random(f"key {track}").randbytes(16)


def sound_of(track: int) -> Sound:
    rng = Random(track)
    return Sound(rng.randbytes(100), rng.randbytes(400), rng.random() * 9, 60 + rng.random(), 5)


def mark_for(track: int) -> FileMark:
    return FileMark(1.7e9 + track / 3, 1000 + track, 10**18 + track, key_of(track))


def keep(heard: Heard, *tracks: int) -> None:
    heard.keep(
        {track: mark_for(track) for track in tracks},
        {key_of(track): sound_of(track) for track in tracks},
        NETS,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.db.melscribe.heard"


@pytest.fixture
def heard(path: Path) -> Iterator[Heard]:
    with closing(open_heard(path)) as heard:
        yield heard


# --- round trips


def test_what_was_kept_is_found_again(path: Path, heard: Heard) -> None:
    keep(heard, 1, 2, 7)
    for one in (heard, open_heard(path)):
        assert one.known() == {track: mark_for(track) for track in (1, 2, 7)}
        assert one.known([2, 3]) == {2: mark_for(2)}
        keys = [key_of(track) for track in (1, 2, 3)]
        assert one.sounds(keys, NETS) == {key_of(track): sound_of(track) for track in (1, 2)}
        assert one.counts(NETS) == Counts(tracks=3, sounds=3, others=0)
    assert heard.note is None
    assert heard.size == path.stat().st_size


def test_a_sound_of_other_nets_counts_as_not_heard_and_is_replaced(heard: Heard) -> None:
    keep(heard, 1, 2)
    assert heard.sounds([key_of(1)], "others") == {}
    assert heard.of_tracks({1: mark_for(1).added}, "others") == {}
    assert len(heard.arrays("others").tracks) == 0
    assert heard.counts("others") == Counts(tracks=0, sounds=0, others=2)
    heard.keep({}, {key_of(1): SILENCE}, "others")
    assert heard.sounds([key_of(1)], "others") == {key_of(1): SILENCE}
    assert heard.counts(NETS) == Counts(tracks=1, sounds=1, others=1)


def test_a_reused_id_is_another_track(heard: Heard) -> None:
    keep(heard, 1, 2)
    heard.keep({3: FileMark(None, 5, 6, key_of(2))}, {}, NETS)
    added = {1: mark_for(1).added, 2: 5.0, 3: None, 4: None}
    assert heard.of_tracks(added, NETS) == {
        1: (key_of(1), sound_of(1)),
        3: (key_of(2), sound_of(2)),
    }


def test_a_file_that_changed_has_the_sound_of_its_new_content(heard: Heard) -> None:
    keep(heard, 1, 2)
    heard.keep({1: mark_for(2)}, {}, NETS)
    assert heard.of_tracks({1: mark_for(2).added}, NETS) == {1: (key_of(2), sound_of(2))}
    assert heard.counts(NETS) == Counts(tracks=2, sounds=2, others=0)


def test_two_tracks_with_the_same_audio_share_a_sound(heard: Heard) -> None:
    keep(heard, 1)
    heard.keep({9: mark_for(1)._replace(added=3.0)}, {}, NETS)
    assert heard.counts(NETS) == Counts(tracks=2, sounds=1, others=0)
    assert heard.of_tracks({9: 3.0}, NETS) == {9: (key_of(1), sound_of(1))}


def test_sizes_and_times_of_any_kind_are_kept(heard: Heard) -> None:
    odd = {
        1: FileMark(None, 0, -1, key_of(1)),
        2: FileMark(-0.5, 2**62, 0, key_of(2)),
        3: FileMark(0.1, 3, 2**63 + 5, key_of(3)),  # after 2262
    }
    heard.keep(odd, {}, NETS)
    assert heard.known() == {**odd, 3: odd[3]._replace(mtime_ns=2**63 - 1)}


def test_what_no_net_of_ours_heard_is_refused(heard: Heard) -> None:
    keep(heard, 1)
    for key, wrong in (
        (key_of(2), sound_of(2)._replace(tags=b"short")),
        (key_of(2), sound_of(2)._replace(features=bytes(401))),
        (b"short", sound_of(2)),
    ):
        with pytest.raises(ValueError):
            heard.keep({2: mark_for(2)}, {key: wrong}, NETS)
    with pytest.raises(ValueError):
        heard.keep({2: mark_for(2)._replace(key=b"")}, {}, NETS)
    assert heard.known() == {1: mark_for(1)}  # nothing of a transaction that failed


def test_arrays_are_the_same_sounds_by_ascending_track(heard: Heard) -> None:
    keep(heard, 30, 10, 20)
    heard.keep({15: FileMark(None, 1, 1, key_of(20)), 16: mark_for(99)}, {}, NETS)
    found = heard.arrays(NETS)
    assert found.tracks.tolist() == [10, 15, 20, 30]  # nothing was heard of 16
    assert np.isnan(found.added[1])
    assert found.added[0] == mark_for(10).added
    assert [bytes(key) for key in found.keys] == [key_of(track) for track in (10, 20, 20, 30)]
    sounds = [sound_of(track) for track in (10, 20, 20, 30)]
    np.testing.assert_array_equal(found.tags / np.float32(255), probabilities(sounds))
    reach = found.reach.astype(np.float32) / np.float32(127)
    np.testing.assert_array_equal(found.features * reach[:, None], features(sounds))
    assert found.tempo.tolist() == [one.tempo for one in sounds]
    assert found.windows.tolist() == [5, 5, 5, 5]
    without = heard.arrays(NETS, features=False)
    assert without.features.shape == (4, 0)
    np.testing.assert_array_equal(without.tags, found.tags)


def test_arrays_of_nothing_have_their_columns(heard: Heard) -> None:
    found = heard.arrays(NETS)
    assert (found.tags.shape, found.features.shape) == ((0, 100), (0, 400))
    assert (found.keys.shape, found.tracks.shape, found.tempo.shape) == ((0, 16), (0,), (0,))


def test_many_tracks_take_no_time(heard: Heard) -> None:
    rng = Random(0)
    keys = {track: rng.randbytes(16) for track in range(20_000)}
    one = sound_of(1)
    marks = {track: FileMark(1.0, 2, 3, key) for track, key in keys.items()}
    heard.keep(marks, dict.fromkeys(keys.values(), one), NETS)
    before = time.process_time()
    assert len(heard.arrays(NETS).tracks) == 20_000
    assert len(heard.of_tracks(dict.fromkeys(keys, 1.0), NETS)) == 20_000
    assert heard.known() == marks
    assert heard.sounds(keys.values(), NETS) == dict.fromkeys(keys.values(), one)
    # Some 0.3 s; by a statement each it was 3 s.
    assert time.process_time() - before < 2


# --- the mark


def test_the_mark_differs_after_any_change(path: Path) -> None:
    assert mark_of(path) == ""
    found = set()
    with closing(open_heard(path)) as heard:
        for size in range(20):  # many within a tick of the clock, and the file stays as long
            found.add(mark_of(path))
            heard.keep({1: mark_for(1)._replace(size=size)}, {}, NETS)
        assert len(found) == 20
        last = mark_of(path)
        heard.known()
        assert mark_of(path) == last
    assert mark_of(path) == last
    os.utime(path, ns=(1, 1))
    assert mark_of(path) != last
    path.write_bytes(b"")
    assert mark_of(path) == mark_of(path.parent) == ""


# --- several processes

CHILD = """
import sys
from pathlib import Path
from melscribe_core.hearing.heard import open_heard
from tests.core.hearing.test_heard import keep
heard = open_heard(Path(sys.argv[1]))
with heard.listening():
    for track in range(int(sys.argv[2]), 10**6):
        keep(heard, track)
        print(track, flush=True)
"""


@contextmanager
def listening(path: Path, first: int = 0) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def test_only_one_listens_and_all_may_read(path: Path) -> None:
    with listening(path) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "0\n"
        with closing(open_heard(path)) as other:
            busy = pytest.raises(BusyError, match="Another beet is listening to tracks")
            with busy, other.listening(0):
                raise AssertionError
            while child.stdout.readline() != "20\n":
                pass
            assert other.sounds([key_of(20)], NETS) == {key_of(20): sound_of(20)}
            assert {*range(21)} <= other.known().keys()
    with closing(open_heard(path)) as after, after.listening(0):
        keep(after, 10**6)


def test_a_listener_that_is_killed_loses_nothing_that_it_finished(path: Path) -> None:
    rng, first = Random(1), 0
    for _ in range(4):
        with listening(path, first) as child:
            assert child.stdout is not None
            last = int(child.stdout.readline())
            time.sleep(rng.random() / 5)
            child.send_signal(signal.SIGKILL)
            last = max([last, *(int(line) for line in child.communicate()[0].split())])
        assert not Custody(path).is_untouched()
        with closing(open_heard(path)) as heard:
            assert heard.note is None
            known = heard.known()
            assert known == {track: mark_for(track) for track in range(len(known))}
            assert len(known) >= last + 1
            sounds = heard.of_tracks({track: mark.added for track, mark in known.items()}, NETS)
            assert sounds == {track: (key_of(track), sound_of(track)) for track in known}
            first = len(known)
        assert Custody(path).is_untouched()


# --- disks and permissions


def test_a_full_disk_is_said_and_costs_nothing_that_was_there(path: Path, heard: Heard) -> None:
    keep(heard, *range(50))
    heard.db.execute("PRAGMA max_page_count = 1")  # not below what there is: none may be added
    with pytest.raises(CatalogueError, match=r"is full\): free some disk space"), heard.listening():
        for track in range(50, 100):
            keep(heard, track)
    kept = len(heard.known())
    assert 50 <= kept < 100
    with closing(open_heard(path)) as again:
        assert again.note is None
        assert again.known() == {track: mark_for(track) for track in range(kept)}


FULL = """
import resource, signal, sys
from pathlib import Path
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.heard import open_heard
from tests.core.hearing.test_heard import keep
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    heard = open_heard(Path(sys.argv[1]))
    for track in range(1000, 1500):
        keep(heard, track)
except MelScribeError as error:
    print(error)
"""


@pytest.mark.parametrize("size", [0, 100, 5_000, 20_000, 41_000, 60_000, 100_000])
def test_a_file_that_cannot_grow(path: Path, size: int) -> None:
    with closing(open_heard(path)) as heard:
        keep(heard, 1, 2)
    command = [sys.executable, "-c", FULL, str(path), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""
    assert "cannot be used" in done.stdout
    with closing(open_heard(path)) as heard:
        assert heard.note is None
        known = heard.known()
        assert {1, 2} <= known.keys()
        assert known == {track: mark_for(track) for track in known}


@pytest.fixture
def as_ordinary_user() -> Iterator[Path]:
    """Act without root's right to write everywhere; yields a folder of the ordinary user's own."""
    with tempfile.TemporaryDirectory() as name:
        folder, nobody = Path(name), 65534
        if os.geteuid() != 0:
            yield folder
            folder.chmod(0o755)
            return
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
        try:
            yield folder
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("sealed", [True, False])
def test_a_file_in_a_folder_that_cannot_be_written_is_read(
    as_ordinary_user: Path, sealed: bool
) -> None:
    path = as_ordinary_user / "heard"
    with closing(open_heard(path)) as heard:
        keep(heard, 1)
    if not sealed:
        Custody(path).unseal()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    for write in (True, False):
        with closing(open_heard(path, write=write)) as heard:
            assert heard.known() == {1: mark_for(1)}
            with pytest.raises(
                ReadOnlyCatalogueError, match=r"file of what was heard .* cannot be"
            ):
                keep(heard, 2)
            assert heard.known() == {1: mark_for(1)}


def test_where_no_file_can_be_made_reading_finds_nothing(as_ordinary_user: Path) -> None:
    as_ordinary_user.chmod(0o555)
    path = as_ordinary_user / "heard"
    with closing(open_heard(path, write=False)) as heard:
        assert heard.counts(NETS) == Counts(0, 0, 0)
        assert heard.size == 0
    with pytest.raises(ReadOnlyCatalogueError):
        open_heard(path)


def test_damage_where_nothing_can_be_written_is_told(as_ordinary_user: Path) -> None:
    path = as_ordinary_user / "heard"
    with closing(open_heard(path)) as heard:
        keep(heard, *range(100))
    content = path.read_bytes()[:50_000]
    path.write_bytes(content)
    path.parent.chmod(0o555)
    with pytest.raises(DamagedCatalogueError, match="What can be read of it cannot be saved"):
        open_heard(path)
    with pytest.raises(DamagedCatalogueError):
        open_heard(path, write=False)
    assert path.read_bytes() == content


# --- other things at its place


def test_a_folder_at_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(CatalogueError, match="that is a folder; move it away"):
        open_heard(path)


@pytest.mark.parametrize("content", [b"dear diary", b"RIFF" + bytes(900), b"\x89PNG\r\n" * 99])
def test_another_kind_of_file_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for write in (True, False):
        with pytest.raises(CatalogueError, match="another kind of file; move it away"):
            open_heard(path, write=write)
    assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_database_of_other_programs_is_refused_and_kept(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE diary (day)")
    content = path.read_bytes()
    for write in (True, False):
        with pytest.raises(CatalogueError, match="found another kind of database"):
            open_heard(path, write=write)
    assert path.read_bytes() == content


def test_a_later_format_is_refused_and_kept(path: Path, heard: Heard) -> None:
    heard.set_meta(format="2")
    content = path.read_bytes()
    later = pytest.raises(CatalogueError, match=r"wanted format 1, found format 2.*--listen")
    with later:
        open_heard(path)
    changed = bytearray(content)
    changed[-1] ^= 1  # damaged besides: its rows are of no kind that is known here
    path.write_bytes(changed)
    with later:
        open_heard(path)
    assert path.read_bytes() == changed
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}.seal"]
