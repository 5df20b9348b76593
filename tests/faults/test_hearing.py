"""Hearing that is killed, stopped, run twice, and its files when anything happens to them.

What was heard took hours: what is committed stays, and the next run goes on from there. Nothing
wrong is ever lent in silence.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from melscribe_core.catalogue.integrity import Custody
from tests.faults.forks import Done, Forks, Process
from tests.faults.hostile import assert_printable
from tests.faults.hostile import fill as fill_with_anything
from tests.faults.sizes import cases
from tests.faults.test_damage import damage
from tests.faults.test_kills import LASTING
from tests.faults.worlds import PATCHES
from tests.plugin.test_learning import fill, untagged
from tests.support.heard_home import TITLES, add_file
from tests.support.home import Home
from tests.support.variants import write_varied

LISTEN = ("melindex", "--listen")
ASK = ("describe", "electronic techno with drums", "--json", "-n", "99", "--per-artist", "0")
ALIKE = ("describe", "--sounds-like", "title:techno-1", "--json", "-n", "99", "--per-artist", "0")
TRACKS = 2  # variants of each clip
SECONDS = 3.2  # of each: one window, so that hearing takes little time
MOST = {"moment": 90, "line": 300}  # that a run here has, and a few more
BUSY = "Another beet is listening to tracks for"
SOON = 10.0  # seconds in which a run that was stopped twice ends, however busy the machine is


@dataclass(frozen=True)
class Rows:
    """What the file of what was heard holds: sounds by key, and the files of tracks."""

    sounds: dict[bytes, bytes]
    files: dict[int, tuple[bytes, bytes]]

    def is_part_of(self, other: Rows) -> bool:
        """Say whether each row is there in the other, as it is."""
        return (
            self.sounds.items() <= other.sounds.items()
            and self.files.items() <= other.files.items()
        )


@dataclass
class Case:
    """A library that can be heard, and what there is after hearing it undisturbed, once."""

    home: Home
    forks: Forks
    whole: Path  # a folder with the files beside the library as they are then
    rows: Rows
    answers: list[dict[str, Any]]
    took: float = 1.0  # seconds, that hearing all of it takes

    @property
    def file(self) -> Path:
        """Return the file of what was heard."""
        return self.home.folder / "library.db.melscribe.heard"

    def forget(self, *, index: bool = False) -> None:
        """Let nothing have been heard, and with `index` nothing be indexed."""
        for path in self.home.folder.glob(f"library.db.melscribe{'' if index else '.heard'}*"):
            path.unlink()

    def restore(self) -> None:
        """Let all files be as they are after hearing undisturbed."""
        self.forget(index=True)
        for path in self.whole.iterdir():
            shutil.copy2(path, self.home.folder)

    def start(self, *args: str, **options: Any) -> Process:
        return self.forks.start(self.home, *args, patches=PATCHES, **options)

    def tried(self, *args: str, **options: Any) -> Done:
        """Run a command, which may fail, but in a sentence."""
        done = self.start(*args, **options).wait()
        assert "Traceback" not in done.err, done.err
        assert done.code == 0 or "error: " in done.err, done
        return done

    def run(self, *args: str, **options: Any) -> Done:
        """Run a command that is to end well."""
        done = self.tried(*args, **options)
        assert done.code == 0, done
        return done

    def asked(self, *args: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*args).out)
        return found

    def assert_same_answers(self, answers: Sequence[dict[str, Any]]) -> None:
        for ask, expected in zip((ASK, ALIKE), answers, strict=False):
            found = self.asked(*ask)
            assert found["notes"] == expected["notes"]
            assert_same_tracks(found["tracks"], expected["tracks"])

    def assert_finished(self) -> None:
        """Hear what is left: then all is as if nothing had happened."""
        self.run(*LISTEN)
        assert committed(self.file) == self.rows
        assert Custody(self.file).is_right()
        self.assert_same_answers(self.answers[:1])
        assert self.beside() <= {*LASTING, "library.db.melscribe.heard", self.file.name + ".seal"}

    def beside(self) -> set[str]:
        return {path.name for path in self.home.folder.glob("library.db*")}


def assert_same_tracks(found: Sequence[dict[str, Any]], expected: Sequence[dict[str, Any]]) -> None:
    """Compare tracks; scores to a little more than what half precision loses."""
    assert {t["id"] for t in found} == {t["id"] for t in expected}
    by_id = {track["id"]: track for track in expected}
    for track in found:
        other = by_id[track["id"]]
        assert track["score"] == pytest.approx(other["score"], abs=0.005)
        for key in ("descriptors", "heard", "lent", "alike"):
            assert track.get(key) == other.get(key), key


def committed(file: Path) -> Rows:
    """Return the rows that the file holds; a reader of SQLite rolls back what is half."""
    if not file.exists() or not file.stat().st_size:
        return Rows({}, {})
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as db:
        sounds = dict(db.execute("SELECT key, sound FROM sounds"))
        files = db.execute("SELECT track, key, mark FROM files")
        return Rows(sounds, {track: (key, mark) for track, key, mark in files})
    return Rows({}, {})  # killed before there was any table


def stop_between_writes(process: Process, file: Path) -> None:
    """Stop a process while it holds no lock of SQLite: in the middle of its run."""
    deadline = time.monotonic() + 60
    while True:
        process.signal(signal.SIGSTOP)
        if is_free(file):
            return
        process.signal(signal.SIGCONT)
        assert time.monotonic() < deadline, "it writes all the time"
        time.sleep(0.005)


def is_free(file: Path) -> bool:
    """Say whether a file could be written now."""
    with closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        db.execute("ROLLBACK")
        return True


def await_rows(file: Path, rows: int) -> None:
    """Wait until so many sounds were kept."""
    deadline = time.monotonic() + 60
    while len(committed(file).sounds) < rows:
        assert time.monotonic() < deadline, "nothing is heard"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def case(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Case:
    home = Home(tmp_path_factory.mktemp("home"))
    home.configure(file_tags=False)
    for title in TITLES:
        for number in range(TRACKS):
            name = f"{title}-{number}"
            path = write_varied(
                home.music / f"{name}.wav", title, speed=0.95 + number / 10, seconds=SECONDS
            )
            add_file(home, path, title=name, artist=title[:1], album=name)
    case = Case(home, forks, tmp_path_factory.mktemp("whole"), Rows({}, {}), [])
    began = time.monotonic()
    assert case.run(*LISTEN).out.startswith(f"heard {len(TITLES) * TRACKS} tracks")
    case.took = time.monotonic() - began
    case.rows = committed(case.file)
    assert len(case.rows.sounds) == len(TITLES) * TRACKS
    case.answers = [case.asked(*ASK), case.asked(*ALIKE)]
    assert len(case.answers[1]["tracks"]) >= TRACKS - 1
    for path in home.folder.glob("library.db.melscribe*"):
        shutil.copy2(path, case.whole)
    return case


# --- killed and stopped


def struck(case: Case, rng: Random, number: int) -> Done:
    """Listen and be sent a signal, at a random time, moment or line."""
    if (way := rng.choice(("moment", "line", "time", "time"))) in MOST:
        return case.start(*LISTEN, **{way: rng.randrange(MOST[way]), "number": number}).wait()
    process = case.start(*LISTEN)
    time.sleep(rng.uniform(0, 1.2 * case.took))
    process.signal(number)
    return process.wait()


@pytest.mark.parametrize("seed", cases(5, 200))
def test_listening_that_is_killed(case: Case, seed: int) -> None:
    rng = Random(seed)
    case.forget(index=rng.random() < 0.3)
    before = Rows({}, {})
    for _ in range(rng.randrange(1, 4)):
        done = struck(case, rng, signal.SIGKILL)
        assert done.code in (0, -signal.SIGKILL), done
        after = committed(case.file)
        assert before.is_part_of(after)
        assert after.is_part_of(case.rows)
        before = after
        if rng.random() < 0.4:
            assert "damaged" not in case.tried(*ASK).err
    case.assert_finished()


@pytest.mark.parametrize("seed", cases(3, 200))
def test_listening_that_is_stopped_at_any_moment(case: Case, seed: int) -> None:
    rng = Random(f"stopped {seed}")
    case.forget(index=rng.random() < 0.3)
    done = struck(case, rng, signal.SIGINT)
    if "melscribe" in done.err:  # a traceback through our code
        assert "Traceback" not in done.err, done.err
    # beets had not come to it yet, or had ended, or it says so
    assert done.code == (1 if "error: stopped" in done.err else 0), done
    assert committed(case.file).is_part_of(case.rows)
    case.assert_finished()


def test_ctrl_c_finishes_what_is_in_work(case: Case) -> None:
    case.forget()
    process = case.start(*LISTEN)
    await_rows(case.file, 2)
    process.signal(signal.SIGINT)
    done = process.wait()
    kept = len(committed(case.file).sounds)
    assert 2 <= kept < len(case.rows.sounds)
    assert done.code == 1
    assert done.err == (
        f"error: stopped; {kept} tracks were heard and kept, and `beet melindex --listen`"
        " continues from there\n"
    )
    left = len(case.rows.sounds) - kept
    assert case.run(*LISTEN).out.startswith(f"heard {left} track")
    case.assert_finished()
    assert case.run(*LISTEN).out.startswith("nothing new to hear\n")


def test_a_second_ctrl_c_ends_soon(case: Case) -> None:
    case.forget()
    process = case.start(*LISTEN)
    await_rows(case.file, 1)
    process.signal(signal.SIGINT)
    time.sleep(0.01)
    process.signal(signal.SIGINT)
    began = time.monotonic()
    done = process.wait()
    assert time.monotonic() - began < SOON
    assert done.code == 1
    assert done.err.startswith("error: stopped")
    assert done.err.count("\n") == 1
    case.assert_finished()


# --- several at once


def test_two_that_listen_at_once(case: Case) -> None:
    case.forget()
    first = case.start(*LISTEN)
    await_rows(case.file, 1)
    stop_between_writes(first, case.file)
    second = case.start(*LISTEN).wait()
    first.signal(signal.SIGCONT)
    assert second.code == 1
    assert second.err == (f"error: {BUSY} {case.file}; try again when that has finished.\n")
    assert first.wait().code == 0
    assert committed(case.file) == case.rows
    case.assert_finished()


@pytest.mark.parametrize("seed", cases(2, 60))
def test_requests_while_another_listens(case: Case, seed: int) -> None:
    rng = Random(seed)
    case.forget()
    case.run("melindex")  # nothing is heard
    expected = case.tried(*ASK)
    listening = case.start(*LISTEN)
    done = []
    for _ in range(3):
        time.sleep(rng.uniform(0, 0.2))
        if rng.random() < 0.5:  # so that it has to bring the index up to date
            with closing(sqlite3.connect(case.home.database)) as db, db:
                db.execute("UPDATE items SET comments = ? WHERE id = 1", (str(rng.random()),))
        done.append(case.tried(*ASK))
    assert listening.wait().code == 0
    for one in done:  # as before, or as after, or as of what was heard so far
        assert "damaged" not in one.err
        if one.code:
            assert one.err == expected.err
        for track in json.loads(one.out)["tracks"] if one.out else ():
            (other,) = [t for t in case.answers[0]["tracks"] if t["id"] == track["id"]]
            assert set(track["descriptors"]) <= set(other["descriptors"])
    case.assert_finished()


# --- what happens to the file


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "unsealed"])
@pytest.mark.parametrize("seed", cases(2, 300))
def test_a_file_that_is_damaged(case: Case, seed: int, is_sealed: bool) -> None:
    rng = Random(f"{is_sealed} {seed}")
    case.restore()
    if not is_sealed:  # as after a kill
        Custody(case.file).unseal()
    damage(case.file, rng)
    answered = case.tried(*ALIKE)
    if answered.code == 0:
        found = json.loads(answered.out)
        if found["notes"] == case.answers[1]["notes"]:
            assert_same_tracks(found["tracks"], case.answers[1]["tracks"])
    case.tried(*ASK)
    done = case.tried(*LISTEN)
    if done.code:  # only where nothing tells that it was ours: then it is left as it is
        assert not is_sealed
        assert "move it away" in done.err
        case.forget()
        case.run(*LISTEN)
    assert committed(case.file) == case.rows
    case.assert_same_answers(case.answers)
    assert not case.run(*ASK).err


def test_rows_that_are_damaged(case: Case) -> None:
    """The others are kept, and only what was in these is heard again."""
    case.restore()
    content = bytearray(case.file.read_bytes())
    lost = sorted(case.rows.sounds)[:3]
    for key in lost:
        content[content.index(case.rows.sounds[key]) + 60] ^= 4
    case.file.write_bytes(content)
    (said, *_) = case.asked(*ALIKE)["notes"]
    left = len(case.rows.sounds) - 3
    assert "It was put aside as library.db.melscribe.heard.damaged" in said
    assert f": {left} of about" in said
    assert committed(case.file).sounds.keys() == case.rows.sounds.keys() - set(lost)
    assert case.run(*LISTEN).out.startswith("heard 3 tracks")
    assert committed(case.file) == case.rows
    case.assert_same_answers(case.answers)


def test_a_text_file_in_its_place(case: Case) -> None:
    case.restore()
    text = b"a shopping list: milk, eggs, bread\n" * 50
    case.file.write_bytes(text)
    done = case.run(*LISTEN)  # it is put aside
    assert f"heard {len(case.rows.sounds)} tracks" in done.out
    assert (case.home.folder / f"{case.file.name}.damaged").read_bytes() == text
    (case.home.folder / f"{case.file.name}.damaged").unlink()
    case.assert_finished()


def test_a_text_file_that_was_always_there(case: Case) -> None:
    case.forget(index=True)
    text = b"a shopping list: milk, eggs, bread\n" * 50
    case.file.write_bytes(text)
    done = case.tried(*LISTEN)
    assert done.code == 1
    assert done.err.endswith(f"{case.file}, but that is another kind of file; move it away.\n")
    for _ in range(2):  # it is said as long as it holds
        assert "what was heard is left out" in case.run("melindex").err
    assert case.file.read_bytes() == text
    assert not list(case.home.folder.glob("*.damaged*"))
    case.forget()
    case.assert_finished()


def test_a_file_of_a_later_version(case: Case) -> None:
    case.restore()
    with closing(sqlite3.connect(case.file)) as db, db:
        db.execute("UPDATE meta SET value = '2' WHERE key = 'format'")
    Custody(case.file).seal()
    later = case.file.read_bytes()
    said = "wanted format 1, found format 2"
    for _ in range(2):  # it is said as long as it holds
        done = case.run("melindex")
        assert said in done.err
        assert "what was heard is left out" in done.err
        assert "tracks heard" not in done.out
    for command in (LISTEN, ("melindex", "--heard-to", "heard")):
        done = case.tried(*command)
        assert done.code == 1
        assert said in done.err
    assert case.file.read_bytes() == later
    case.restore()
    case.assert_finished()


def test_a_file_that_is_deleted_meanwhile(case: Case) -> None:
    case.forget()
    process = case.start(*LISTEN)
    await_rows(case.file, 1)
    stop_between_writes(process, case.file)
    for path in case.home.folder.glob("library.db.melscribe.heard*"):
        path.unlink()
    process.signal(signal.SIGCONT)
    done = process.wait()
    assert "Traceback" not in done.err, done.err
    assert done.code == 1
    assert done.err.count("error: ") == 1
    case.assert_finished()


def test_a_file_that_is_put_back_from_a_backup(case: Case) -> None:
    """A request lends what it holds, whatever its times are."""
    case.restore()
    before = case.file.stat()
    for path in case.home.folder.glob("library.db.melscribe.heard*"):
        path.rename(path.with_name("backup" + path.name))
    assert case.tried(*ASK).code == 1  # nothing describes any track
    for path in case.home.folder.glob("backup*"):
        path.rename(path.with_name(path.name.removeprefix("backup")))
    os.utime(case.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    case.run("melindex")
    case.assert_same_answers(case.answers)


# --- disks


@pytest.mark.parametrize("seed", cases(3, 100))
def test_a_disk_that_is_full_at_any_moment(case: Case, seed: int) -> None:
    """No file may grow beyond so many bytes."""
    rng = Random(f"full {seed}")
    case.forget(index=rng.random() < 0.3)
    size = rng.choice([2_000, 30_000, rng.randrange(2_000, 60_000)])
    done = case.tried(*LISTEN, file_size=size)
    assert "put aside" not in done.err
    assert committed(case.file).is_part_of(case.rows)
    case.assert_finished()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a small disk of its own; skip where this process may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
    if mount.returncode:
        pytest.skip("may not mount a disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def test_a_read_only_disk(case: Case, disk: Path) -> None:
    home = case.home.with_settings(file_tags=False, index=str(disk / "index"))
    for path in case.whole.iterdir():
        shutil.copy2(path, disk / path.name.replace("library.db.melscribe", "index"))
    other = Case(home, case.forks, case.whole, case.rows, case.answers)
    other.run("melindex")
    remount(disk, "ro")
    found = other.asked(*ASK)
    assert_same_tracks(found["tracks"], case.answers[0]["tracks"])
    assert_same_tracks(other.asked(*ALIKE)["tracks"], case.answers[1]["tracks"])
    added = home.music / "new.wav"
    shutil.copy(home.music / "techno-0.wav", added)
    (track,) = add_file(home, added, title="new")
    try:
        done = other.tried(*LISTEN)
        assert done.code == 1
        assert "cannot be written" in done.err
        remount(disk, "rw")
        os.truncate(disk / "index.heard", 20_000)  # damaged, and it cannot be rescued
        damaged = (disk / "index.heard").read_bytes()
        remount(disk, "ro")
        assert "damaged" in other.tried(*ALIKE).err
        assert (disk / "index.heard").read_bytes() == damaged
        remount(disk, "rw")
        assert "put aside" in other.run("melindex").err
        assert "heard " in other.run(*LISTEN).out
        assert committed(disk / "index.heard").sounds == case.rows.sounds
    finally:
        case.home.beet("remove", "-f", f"id:{track}")


def test_a_full_disk(case: Case, disk: Path) -> None:
    home = case.home.with_settings(file_tags=False, index=str(disk / "index"))
    other = Case(home, case.forks, case.whole, case.rows, case.answers)
    other.run("melindex")
    pages = [-(-file.stat().st_size // 4096) for file in disk.iterdir()]
    remount(disk, f"size={(sum(pages) + 12) * 4096}")
    done = other.tried(*LISTEN)
    assert done.code == 1
    assert "free some disk space and run the command again" in done.err
    remount(disk, "size=10m")
    other.run(*LISTEN)
    assert committed(disk / "index.heard") == case.rows


# --- the file of another library


def test_the_file_of_another_library(case: Case, tmp_path: Path) -> None:
    """It has the same ids, which were added at other times: nothing of it is lent."""
    home = Home(tmp_path)
    home.configure(file_tags=False)
    for number in range(4):
        path = write_varied(home.music / f"{number}.wav", "quiet_sine", speed=0.7 + number / 50)
        add_file(home, path, title=f"other {number}", genres=["Folk"])
    shutil.copy(case.home.music / "techno-1.wav", home.music / "techno.wav")
    add_file(home, home.music / "techno.wav", title="techno again")
    other = Case(home, case.forks, case.whole, case.rows, case.answers)
    for path in case.whole.glob("*.heard*"):
        shutil.copy2(path, home.folder)
    other.run("melindex")
    shown = other.run("melindex", "--show").out
    assert "heard" not in shown
    done = other.tried("describe", "--sounds-like", "title:other")
    assert done.code == 1
    assert "none was heard yet" in done.err
    lines = other.run(*LISTEN).out.splitlines()
    assert lines[0].startswith("heard 4 tracks")
    assert lines[1] == "1 track known again by what the file holds"  # its content is the same
    shown = other.run("melindex", "--show", "title:techno again").out
    assert "heard: techno" in shown


# --- hostile libraries


def test_a_library_that_holds_whatever_sqlite_lets(case: Case, tmp_path: Path) -> None:
    """Every command ends in order, and what is in order is heard and found."""
    home = Home(tmp_path)
    home.configure(file_tags=False)
    for title in ("techno", "drums"):  # the first ids, which are left in order
        add_file(home, home.music / f"{title}.wav")
    fill_with_anything(home, Random(7))
    for title in ("techno", "drums"):
        write_varied(home.music / f"{title}.wav", title, seconds=SECONDS)
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("UPDATE items SET added = 'long ago' WHERE title = 'drums'")
    other = Case(home, case.forks, case.whole, case.rows, case.answers)
    out = other.run(*LISTEN).out
    assert out.startswith("heard 2 tracks")
    assert_printable(out)
    assert other.run(*LISTEN).out.startswith("not heard: ")  # those that are no audio, once more
    assert "heard: techno" in other.run("melindex", "--show", "title:techno").out
    for command in (
        ("describe", "--sounds-like", "title:techno", "--explain"),
        ("describe", "techno", "-n", "999"),
        ("melindex", "--heard-to", "heard", "--pretend"),
        ("melindex", "--heard-to", "heard"),
    ):
        assert_printable(other.tried(*command).out)


@pytest.mark.parametrize("seed", cases(2, 60))
def test_writing_the_field_is_killed(case: Case, seed: int) -> None:
    """What was written before the end is not taken for what the user wrote."""
    rng = Random(f"field {seed}")
    case.restore()
    write = ("melindex", "--heard-to", "heard")
    case.run("melindex")
    for _ in range(2):
        way = rng.choice(("moment", "line"))
        options = {way: rng.randrange(MOST[way]), "number": signal.SIGKILL}
        case.start(*write, **options).wait()
    assert "kept what you wrote" not in case.run(*write).out
    with closing(sqlite3.connect(case.home.database)) as db:
        written = db.execute("SELECT value FROM item_attributes WHERE key = 'heard'").fetchall()
    assert len(written) == len(case.rows.sounds)
    with closing(sqlite3.connect(case.home.database)) as db, db:
        db.execute("DELETE FROM item_attributes")


# --- what was learned

KLEZMER = ("describe", "klezmer", "--json", "-n", "30", "--per-artist", "0", "--per-album", "0")


@pytest.fixture(scope="module")
def learned(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A library that learned how its words sound."""
    home = Home(tmp_path_factory.mktemp("learned"))
    home.configure(siblings=False, file_tags=False)
    fill(home, noise=0.5)
    case = Case(home, forks, tmp_path_factory.mktemp("whole"), Rows({}, {}), [])
    assert "learned from 256 tracks" in case.run("melindex").err
    case.answers = [case.asked(*KLEZMER)]
    assert untagged("klezmer") in {track["title"] for track in case.answers[0]["tracks"]}
    for path in home.folder.glob("library.db.melscribe*"):
        shutil.copy2(path, case.whole)
    return case


@pytest.mark.parametrize("seed", cases(3, 200))
def test_what_was_learned_is_damaged(learned: Case, seed: int) -> None:
    """The index answers as before; where it needs what was learned, that is learned again."""
    learned.restore()
    learned.run("melindex")  # a copy is a file of its own: once, all is looked at
    damage(learned.home.folder / "library.db.melscribe.learned", Random(seed))
    expected = learned.answers[0]["tracks"]
    assert_same_tracks(learned.asked(*KLEZMER)["tracks"], expected)
    with closing(sqlite3.connect(learned.home.database)) as db, db:
        db.execute("UPDATE items SET title = title || '!' WHERE genres = ''")
    assert_same_tracks(learned.asked(*KLEZMER)["tracks"], expected)
    learned.run("melindex", "--force")
    assert_same_tracks(learned.asked(*KLEZMER)["tracks"], expected)
