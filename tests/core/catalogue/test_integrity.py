"""One writer at a time, and bytes that are those that were written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from melscribe_core.catalogue.catalogue import open_catalogue
from melscribe_core.catalogue.checksum import pack, seal_of, unpack
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.catalogue.lock import locked
from melscribe_core.errors import BusyError, DamagedCatalogueError, OutdatedCatalogueError

HOLD = """
import sys, time
from pathlib import Path
from melscribe_core.catalogue.lock import locked
with locked(Path(sys.argv[1]), 0) as held:
    print(held, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "index"
    path.write_bytes(b"what was written")
    return path


# --- the lock


def test_the_lock_is_held_by_one_and_its_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, 0) as first, locked(path, 0) as second:
        assert (first, second) == (True, False)
        assert path.exists()
    assert not path.exists()
    with locked(path, 0) as again:
        assert again


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"True\n"
    with locked(path, 0.2) as held:
        assert not held
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with locked(path, 0) as held:
        assert held


def test_where_no_lock_can_be_had_nobody_waits(tmp_path: Path) -> None:
    with locked(tmp_path / "no folder" / "lock", 0) as held:
        assert held


def test_custody_is_held_by_one_process_as_often_as_it_likes(file: Path) -> None:
    one, other = Custody(file), Custody(file)
    busy = pytest.raises(BusyError, match="by another beet; try again")
    with one.held(0), one.held(0), busy, other.held(0):
        raise AssertionError
    with other.held(0):
        pass


# --- the seal


def test_a_sealed_file_is_right_until_its_bytes_change(file: Path) -> None:
    custody = Custody(file)
    assert (custody.is_untouched(), custody.is_right()) == (False, None)
    custody.seal()
    assert (custody.is_untouched(), custody.is_right()) == (True, True)
    os.utime(file, ns=(1, 1))  # as a copy of the folder would
    assert (custody.is_untouched(), custody.is_right()) == (False, True)
    assert custody.is_untouched()  # sealed with the new times
    file.write_bytes(b"what was writ_en")
    assert (custody.is_untouched(), custody.is_right()) == (False, False)
    custody.unseal()
    assert custody.is_right() is None


def test_times_that_are_set_back_hide_nothing(file: Path) -> None:
    custody = Custody(file)
    custody.seal()
    before = file.stat().st_mtime_ns
    time.sleep(0.02)  # longer than a tick of the file system's clock
    file.write_bytes(b"what was writ_en")
    os.utime(file, ns=(before, before))
    assert custody.is_right() is False


@pytest.mark.parametrize("days", [-1, 8, 20_000])
def test_an_old_seal_is_looked_behind_whatever_the_clock_says(
    file: Path, days: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody = Custody(file)
    custody.seal()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + days * 86400)
    assert not custody.is_untouched()
    assert custody.is_right()
    assert custody.is_untouched()


def test_a_seal_is_packed_so_that_no_change_goes_unnoticed(file: Path) -> None:
    packed = pack({"format": 1, **vars(seal_of(file))})
    assert unpack(packed)["size"] == 16
    for place in range(len(packed)):
        for changed in (packed[:place], packed[:place] + b"7" + packed[place + 1 :]):
            if changed != packed:
                with pytest.raises(ValueError):
                    unpack(changed)


# --- the catalogue


def test_a_catalogue_is_sealed_whenever_nobody_writes(tmp_path: Path) -> None:
    path = tmp_path / "index"
    custody = Custody(path)
    with closing(open_catalogue(path)) as catalogue:
        assert custody.is_untouched()
        with catalogue.alone():
            catalogue.set_meta(a="b")
            assert not custody.is_untouched()
        assert custody.is_untouched()
        catalogue.set_meta(a="c")
        assert custody.is_untouched()
        with pytest.raises(ZeroDivisionError), catalogue.alone():
            catalogue.set_meta(a=str(1 / 0))
        assert custody.is_untouched()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["index", "index.seal"]


def test_what_somebody_else_wrote_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as catalogue:
        catalogue.set_meta(name="folk")
    path.write_bytes(path.read_bytes().replace(b"folk", b"fork"))
    with pytest.raises(DamagedCatalogueError, match="not as it was written"):
        open_catalogue(path)


def test_damage_that_comes_while_it_is_open_is_found_before_writing(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as catalogue:
        catalogue.set_meta(name="folk")
        path.write_bytes(path.read_bytes().replace(b"folk", b"fork"))
        with pytest.raises(DamagedCatalogueError), catalogue.alone():
            raise AssertionError
    assert not Custody(path).is_untouched()


def test_without_a_seal_sqlite_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as catalogue:
        catalogue.set_meta(name="folk")
    Custody(path).unseal()
    with closing(open_catalogue(path)) as catalogue:
        assert catalogue.meta("name") == "folk"
    assert Custody(path).is_untouched()
    Custody(path).unseal()
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = bytes(len(content) - 4096 * 3)  # tables that nobody reads at the start
    path.write_bytes(content)
    with pytest.raises(DamagedCatalogueError):
        open_catalogue(path)


def test_one_writer_at_a_time_and_readers_always(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as one, closing(open_catalogue(path)) as other:
        one.set_meta(a="before")
        with one.alone():
            one.set_meta(a="after")
            with closing(open_catalogue(path)) as reader:
                assert reader.meta("a") == "after"
            with pytest.raises(BusyError), other.alone(0):
                raise AssertionError
        other.set_meta(a="later")
        assert one.meta("a") == "later"


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as reader, closing(sqlite3.connect(path, timeout=0)) as db:
        reader.set_meta(a="1")
        with reader.at_once():
            assert reader.meta("a") == "1"
            with pytest.raises(sqlite3.OperationalError, match="locked"), db:
                db.execute("UPDATE meta SET value = '2' WHERE key = 'a'")
            assert reader.meta("a") == "1"


def test_nothing_is_written_to_a_file_that_was_replaced(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as catalogue:
        path.rename(tmp_path / "index.damaged")
        open_catalogue(path).close()
        with pytest.raises(BusyError, match=r"has just rebuilt the index"):
            catalogue.set_meta(a="b")


def test_an_older_format_is_told_from_a_later_one(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with closing(open_catalogue(path)) as catalogue:
        catalogue.set_meta(format="0")
    with pytest.raises(OutdatedCatalogueError, match="of the older format 0"):
        open_catalogue(path)
