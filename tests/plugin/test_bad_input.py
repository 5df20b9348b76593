"""Bad input: one clear sentence and exit code 1, or a repair that says what it did.

Never a traceback (`Home.beet` looks for one), and never a lost playlist or index.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from threading import Barrier
from typing import Any

import confuse
import pytest
from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import MelScribePlugin
from beetsplug.melscribe.answer import answer
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.errors import refusals
from beetsplug.melscribe.filters import parsed
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest, read
from beetsplug.melscribe.settings import Settings, read_settings
from melscribe_core.catalogue import neighbours
from melscribe_core.catalogue.catalogue import open_catalogue
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.encoder.onnx import BUNDLED
from melscribe_core.errors import MelScribeError
from tests.support.home import BEET, Home

TRACKS: list[dict[str, Any]] = [
    {"artist": "Ann", "title": "Willow", "genres": ["Folk"], "mood": "sad", "year": 1971},
    {"artist": "Bob", "title": "Anvil", "genres": ["Thrash Metal"], "mood": "angry", "year": 1988},
    {"artist": "Cleo", "title": "Mirrorball", "genres": ["Disco"], "mood": "happy", "year": 1978},
    {"artist": "Dee", "title": "Tide", "genres": ["Ambient"], "mood": "calm", "year": 1994},
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of four tracks; tests work on twins of it."""
    folder = tmp_path_factory.mktemp("template")
    home = Home(folder)
    home.add(*TRACKS)
    home.beet("melindex")
    return home


@pytest.fixture
def indexed(template: Home, home: Home) -> Home:
    """Return a home of four tracks with its index."""
    shutil.copy(template.database, home.database)
    shutil.copy(template.index, home.index)
    return home


def refused(home: Home, *args: str, **options: Any) -> str:
    """Run beet, which is to answer with exit code 1 and one sentence; return the sentence."""
    done = home.beet(*args, code=1, **options)
    assert done.stdout == ""
    (said,) = done.stderr.splitlines()
    return said


@contextmanager
def closing_library(home: Home) -> Iterator[Library]:
    lib = home.library()
    yield lib
    lib._close()


def in_process(**section: Any) -> Settings:
    """Return settings for use inside this process."""
    config = confuse.Configuration("tests", read=False)
    config["melscribe"].add(DEFAULTS)
    config.set({"melscribe": {"file_tags": False, "min_score": 0, **section}})
    return read_settings(config["melscribe"])


def sad_tracks(index: LibraryIndex) -> list[int]:
    """Bring the index up to date and return the tracks that answer "sad folk", best first."""
    index.refresh(silent)
    asked = UserRequest(text="sad folk", options={"number": 4})
    picks = answer(index, asked, in_process(), None).chosen.picks
    return [pick.song.track for pick in picks]


@contextmanager
def silent(label: str, total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _: None


# --- descriptions and queries


def test_a_description_that_says_nothing(indexed: Home) -> None:
    for words in ([], ["  "], ["--", "year:1971"]):
        assert "describe what you want to hear" in refused(indexed, "describe", *words)
    for words in (["the", "of", "and"], ["🎸🎸", "?!"], ["\x1b[\x07"]):
        said = refused(indexed, "describe", *words)
        assert "has no word that could be searched for" in said
        assert said.isprintable()


def test_nul_characters_are_spaces() -> None:
    options, _ = MelScribePlugin().commands()[0].parse_args([])
    assert read(options, ["sad\0folk\0"]).text == "sad folk"
    assert read(options, ["\0\0"]).text == ""


def test_options_that_say_nothing_are_not_there() -> None:
    given = ["--more", " ", "--less", "", "--like", " ", "--more", "sad"]
    asked = read(*MelScribePlugin().commands()[0].parse_args(given))
    assert (asked.more, asked.less, asked.like) == (("sad",), (), ())


def test_descriptions_that_are_odd_but_say_something(indexed: Home) -> None:
    long = ("very sad folk " * 1000)[:10_000].strip()
    found = indexed.ask(long)
    assert found["tracks"][0]["title"] == "Willow"
    assert found["request"]["text"] == long
    assert f"of the {len(long):,} characters only the beginning counts" in found["notes"]

    assert len(indexed.ask("موسيقى حزينة 🎸")["tracks"]) == 4
    assert indexed.titles("sad\x1b[K \x07folk")[0] == "Willow"
    assert indexed.titles('"sad" OR* NEAR( folk')[0] == "Willow"  # FTS5's own operators
    undecodable = os.fsdecode(b"sad \xff\xfe folk")
    assert indexed.titles(undecodable)[0] == "Willow"


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("year:abc..", "'abc' is not an int or a float"),
        ("length:abc", "'abc' is not a M:SS string or a float"),
        ("artist::[", "'[' is not a regular expression"),
        ("added:never", "'never' is not a valid date/time string"),
    ],
)
def test_a_query_that_beets_cannot_read(term: str, why: str) -> None:
    with pytest.raises(UserError) as error:
        parsed(["title:one", term])
    query = f"title:one {shlex.quote(term)}"
    assert str(error.value).startswith(f"the query {query} cannot be read: {why}")


def test_both_commands_refuse_such_a_query(indexed: Home) -> None:
    for command in (["describe", "sad"], ["melindex"]):
        said = refused(indexed, *command, "year:abc..")
        assert said.startswith("error: the query year:abc.. cannot be read: 'abc' is not")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (f"id:{10**20}", "has a number beyond all that a library holds"),
        (f"year:..{10**20}", "has a number beyond all that a library holds"),
        ("title:\udcff", "has bytes that are no text"),
    ],
)
def test_a_query_that_sqlite_does_not_take(indexed: Home, query: str, why: str) -> None:
    for command in (["describe", "sad"], ["melindex"]):
        said = refused(indexed, *command, query)
        assert said.startswith("error: the query ")
        assert said.endswith(why)
    said = refused(indexed.with_settings(query=[query]), "describe", "sad")
    assert why in said


def test_a_query_that_nothing_matches_is_shown(indexed: Home) -> None:
    said = refused(indexed, "describe", "sad", "album:Pink Moon", "^artist:ann")
    assert "no track in the library matches the query 'album:Pink Moon' '^artist:ann'" in said
    assert "put -- behind the words" in said
    assert "the query year:1850" in refused(indexed, "melindex", "year:1850")
    for least in ("0", "0.9"):  # only Python can tell what matches this one
        said = refused(indexed, "describe", "sad", "nosuchfield:x", "--min-score", least)
        assert "no track in the library matches the query nosuchfield:x" in said
    said = refused(indexed, "describe", "sad", "^nosuchfield:x", "--min-score", "1")
    assert "no track fits well enough and matches the query" in said


def test_examples_that_are_not_there(indexed: Home) -> None:
    assert indexed.titles("--like", 'title:"Willow" artist:ann', "--include-like")[0] == "Willow"
    for said in (["by Nobody At All"], ["--like", 'artist:"Nobody At All"']):
        assert "and the request says nothing else" in refused(indexed, "describe", *said)
        notes = indexed.ask("sad folk", *said)["notes"]
        assert any("ignored: " in note and "Nobody" in note for note in notes)
    assert "No closing quotation" in refused(indexed, "describe", "--like", 'title:"Wil')


def test_what_can_be_told_at_once_does_not_wait_for_the_first_index(home: Home) -> None:
    home.add(*TRACKS)
    for args in (
        [],
        ["sad", "year:abc.."],
        ["--like", "year:abc.."],
        ["sad", "-n", "0"],
        ["sad", "--urlencode"],
    ):
        refused(home, "describe", *args)
    assert not home.index.exists()


def test_impossible_numbers(indexed: Home) -> None:
    assert "-n/--number must be 1 or more, not 0" in refused(indexed, "describe", "sad", "-n", "0")
    assert "--per-artist must be 0" in refused(indexed, "describe", "sad", "--per-artist", "-1")
    assert len(indexed.titles("sad", "-n", "9" * 30)) == 4
    done = indexed.beet("describe", "sad", "-n", "many", code=2)
    assert "invalid integer value: 'many'" in done.stderr


# --- libraries


def test_a_library_without_tracks(home: Home) -> None:
    assert "the library has no tracks" in refused_after_indexing(home, "describe", "sad")
    assert home.beet("melindex").stdout.splitlines()[0] == "nothing to do"


def test_a_library_without_tags(home: Home) -> None:
    home.add({"artist": "Ann", "title": "One"}, {"artist": "Ann", "title": "Two"})
    said = refused_after_indexing(home, "describe", "sad")
    assert "of 2 tracks none has a genre, mood or style to go by" in said
    assert "2 without descriptors" in home.beet("melindex").stdout


def test_a_library_of_one_track(home: Home) -> None:
    home.add(TRACKS[0])
    found = home.ask("happy disco")
    assert [track["title"] for track in found["tracks"]] == ["Willow"]
    assert found["notes"][-1] == "only 1 of 25 fit"


def test_values_of_another_kind_than_beets_writes(indexed: Home) -> None:
    with closing(sqlite3.connect(indexed.database)) as db, db:
        db.execute(
            "UPDATE items SET bpm = 'fast', length = 'long', mtime = 'x', year = 'y',"
            " path = 'text.mp3' WHERE title = 'Willow'"
        )
    found = indexed.ask("sad folk")["tracks"]
    assert (found[0]["title"], found[0]["length"]) == ("Willow", 0.0)
    assert found[0]["descriptors"] == ["folk", "sad"]


def test_a_library_that_cannot_be_read_is_not_taken_for_a_damaged_index(indexed: Home) -> None:
    with closing(sqlite3.connect(indexed.database)) as db, db:
        db.execute("ALTER TABLE item_attributes RENAME COLUMN value TO worth")
    before = indexed.index.read_bytes()
    with closing_library(indexed) as lib, pytest.raises(UserError) as error:
        with_index(lib, in_process(), sad_tracks)
    assert f"the library {indexed.database} cannot be read (no such column: value)" in str(
        error.value
    )
    assert indexed.index.read_bytes() == before


def refused_after_indexing(home: Home, *args: str) -> str:
    """Return the last line of what is said; the ones before tell of the first indexing."""
    done = home.beet(*args, code=1)
    assert done.stdout == ""
    return done.stderr.splitlines()[-1]


# --- the index file


def halved(content: bytes) -> bytes:
    return content[: len(content) // 2]


def shortened(content: bytes) -> bytes:
    return content[:100]


def random_bytes(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def hollowed(content: bytes) -> bytes:
    """Return a file that opens well: the first page is whole, all others are zeros."""
    return content[:4096] + bytes(len(content) - 4096)


@pytest.mark.parametrize("damage", [halved, shortened, random_bytes, hollowed])
def test_a_damaged_index_is_put_aside_and_made_anew(
    indexed: Home, damage: Callable[[bytes], bytes]
) -> None:
    damaged = damage(indexed.index.read_bytes())
    indexed.index.write_bytes(damaged)
    found = indexed.ask("sad folk")
    assert found["tracks"][0]["title"] == "Willow"
    (note,) = [note for note in found["notes"] if "is damaged" in note]
    assert "put aside as library.db.melscribe.damaged and is rebuilt" in note
    aside = indexed.index.with_name(indexed.index.name + ".damaged")
    assert aside.read_bytes()[:100] == damaged[:100]


def test_a_repair_is_told_of_once_and_pretend_makes_none(indexed: Home) -> None:
    damaged = hollowed(indexed.index.read_bytes())
    indexed.index.write_bytes(damaged)
    said = refused(indexed, "melindex", "--pretend")
    assert "is damaged" in said
    assert "`beet melindex` puts it aside" in said
    assert indexed.index.read_bytes() == damaged
    assert "is rebuilt" in indexed.beet("melindex").stderr
    assert "damaged" not in indexed.beet("describe", "sad folk").stderr


@pytest.mark.filterwarnings("error")  # numpy warns of numbers that are none
def test_no_damage_to_the_index_is_beyond_repair(indexed: Home) -> None:
    """Whatever bytes change, the answer is the same, or one of our sentences."""
    good = indexed.index.read_bytes()
    settings = in_process()
    with closing_library(indexed) as lib:
        expected = with_index(lib, settings, sad_tracks)
        repaired = 0
        for seed in range(40):
            indexed.index.write_bytes(damaged_somewhere(good, random.Random(seed)))
            aside = indexed.index.with_name(indexed.index.name + ".damaged")
            aside.unlink(missing_ok=True)
            try:
                assert len(with_index(lib, settings, sad_tracks)) == len(expected)
                repaired += aside.exists()
            except MelScribeError as error:
                assert str(indexed.index) in str(error)
    assert repaired > 10  # else the damages are too small to try anything


def damaged_somewhere(good: bytes, rng: random.Random) -> bytes:
    content = bytearray(good)
    start = rng.randrange(len(content))
    size = rng.choice([1, 16, 512, 4096])
    content[start : start + size] = rng.randbytes(len(content[start : start + size]))
    return bytes(content)


@pytest.mark.parametrize("vector", [bytes(768), b"\xff" * 768, b"\x00\x3c" * 768, b""])
def test_a_vector_that_is_none_is_damage(indexed: Home, vector: bytes) -> None:
    settings = in_process()
    with closing_library(indexed) as lib:
        expected = with_index(lib, settings, sad_tracks)
        with closing(sqlite3.connect(indexed.index)) as db, db:
            db.execute("UPDATE texts SET vector = ? WHERE text LIKE '%disco%'", (vector,))
        Custody(indexed.index).unseal()  # else its seal would tell
        assert with_index(lib, settings, sad_tracks) == expected
    assert indexed.index.with_name(indexed.index.name + ".damaged").exists()


def test_an_empty_file_becomes_an_index(indexed: Home) -> None:
    indexed.index.write_bytes(b"")
    assert indexed.titles("sad folk")[0] == "Willow"
    assert "first use" not in indexed.beet("describe", "sad").stderr


def test_a_file_that_is_no_index_is_left_alone(indexed: Home) -> None:
    indexed.index.unlink()
    with closing(sqlite3.connect(indexed.index)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    before = indexed.index.read_bytes()
    for command in (["describe", "sad"], ["melindex"], ["melindex", "--force"]):
        said = refused(indexed, *command)
        assert "is not an index that this version can read" in said
        assert "move it away" in said
    assert indexed.index.read_bytes() == before


def test_an_index_of_a_later_version_is_left_alone(indexed: Home) -> None:
    with closing(sqlite3.connect(indexed.index)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    before = indexed.index.read_bytes()
    assert "wanted format 7, found format 99" in refused(indexed, "describe", "sad")
    assert indexed.index.read_bytes() == before


def test_an_index_of_an_older_version_is_made_anew(indexed: Home) -> None:
    with closing(sqlite3.connect(indexed.index)) as db, db:
        db.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    found = indexed.ask("sad folk")
    assert found["tracks"][0]["title"] == "Willow"
    assert any("of the older format 0. It is rebuilt." in note for note in found["notes"])
    assert "format" not in indexed.beet("describe", "sad folk").stderr
    assert not list(indexed.folder.glob("*.damaged"))


def test_a_folder_where_the_index_should_be(indexed: Home) -> None:
    indexed.index.unlink()
    indexed.index.mkdir()
    for command in (["describe", "sad"], ["melindex", "--pretend"]):
        assert "but that is a folder" in refused(indexed, *command)


def test_first_uses_at_once(home: Home) -> None:
    home.add(*TRACKS)
    command = [str(BEET), "describe", "--json", "sad folk"]
    running = [
        subprocess.Popen(command, env=home.environment, stdout=PIPE, stderr=PIPE) for _ in range(3)
    ]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, b"Traceback" in err) == (0, False), err
        assert json.loads(out)["tracks"][0]["title"] == "Willow"


def test_an_index_can_be_made_by_many_at_once(tmp_path: Path) -> None:
    for attempt in range(5):  # one alone seldom hits the moment
        start = Barrier(8)

        def make(path: Path, start: Barrier = start) -> int:
            start.wait()
            with closing(open_catalogue(path)) as catalogue:
                return catalogue.counts().tracks

        with ThreadPoolExecutor(8) as pool:
            found = pool.map(make, [tmp_path / str(attempt)] * 8)
        assert list(found) == [0] * 8


# --- the neighbour graph


def test_a_damaged_graph_is_made_anew(indexed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hnswlib", reason="needs hnswlib (the extra `hnsw`)")
    monkeypatch.setattr(neighbours, "GRAPH_FROM", 2)
    monkeypatch.setattr(neighbours, "PATIENCE", 0)
    settings = in_process()
    graph = indexed.index.with_name(indexed.index.name + ".hnsw")
    with closing_library(indexed) as lib:
        expected = with_index(lib, settings, sad_tracks)
        whole = graph.read_bytes()
        for damaged in (whole[:50], bytes(len(whole)), None):
            graph.unlink() if damaged is None else graph.write_bytes(damaged)
            report = with_index(lib, settings, lambda index: index.refresh(silent))
            assert report.notes == ["The neighbour graph was damaged and has been rebuilt."]
            assert with_index(lib, settings, sad_tracks) == expected
            assert with_index(lib, settings, lambda index: index.refresh(silent)).notes == []


# --- the encoder


def test_a_damaged_model_leaves_the_index_as_it_is(indexed: Home, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(BUNDLED, model)
    indexed.configure(encoder=str(model))
    assert indexed.beet("melindex").stdout.startswith("nothing to do")
    before = indexed.index.read_bytes()
    for name in ("model.json", "model.onnx", "tokenizer.json"):
        whole = (model / name).read_bytes()
        for damaged in (whole[: len(whole) // 2], bytes(len(whole))):
            (model / name).write_bytes(damaged)
            said = refused(indexed, "describe", "sad")
            assert f"The encoder in {model} does not load" in said
            assert name in said
        (model / name).write_bytes(whole)
    (model / "model.bin").unlink()
    assert "model.bin cannot be read" in refused(indexed, "melindex")
    shutil.copy(BUNDLED / "model.bin", model)
    assert indexed.index.read_bytes() == before
    assert indexed.titles("sad folk")[0] == "Willow"


# --- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Return a small disk of its own; skip where this process may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], stderr=PIPE).returncode:
        pytest.skip("may not mount a disk")
    yield Disk(folder)
    subprocess.run(["umount", folder], check=True)


@dataclass(frozen=True)
class Disk:
    folder: Path

    def be(self, options: str) -> None:
        """Change the disk: "size=40k", "ro", "rw"."""
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)

    def be_full(self) -> None:
        """Leave no page free."""
        pages = [-(-file.stat().st_size // 4096) for file in self.folder.iterdir()]
        self.be(f"size={sum(pages) * 4096}")


def test_a_full_disk_while_indexing(home: Home, disk: Disk) -> None:
    home.add(*TRACKS, *({"title": str(n), "genres": [f"genre {n}"]} for n in range(200)))
    index = disk.folder / "index"
    home.configure(file_tags=False, index=str(index))
    for size in ("4k", "120k"):  # not even the tables; the tables, but not all vectors
        disk.be(f"size={size}")
        assert refused(home, "melindex") == (
            f"error: The index {index} cannot be used (database or disk is full): free some disk"
            " space and run the command again, finished parts are kept."
        )
    disk.be("size=10m")
    assert "204 tracks: 0 without" in home.beet("melindex").stdout
    assert home.titles("sad folk")[0] == "Willow"


def test_a_full_disk_leaves_the_old_index(home: Home, disk: Disk) -> None:
    home.add(*TRACKS)
    home.configure(file_tags=False, index=str(disk.folder / "index"))
    expected = home.ask("folk that is sad")["tracks"]
    disk.be_full()
    found = home.ask("folk that is sad")
    assert found["tracks"] == expected
    assert not any("kept" in note for note in found["notes"])  # who says --again is told
    home.add(*({"title": str(n), "genres": [f"genre {n}"]} for n in range(200)))
    assert "disk is full" in refused(home, "describe", "sad folk")
    home.beet("remove", "-f", "title::^\\d+$")
    disk.be("size=10m")
    assert home.ask("folk that is sad")["tracks"] == expected


def test_a_read_only_disk(home: Home, disk: Disk) -> None:
    home.add(*TRACKS)
    index = disk.folder / "index"
    home.configure(file_tags=False, index=str(index))
    disk.be("ro")
    for command in (["describe", "sad"], ["melindex"]):
        said = refused(home, *command)
        assert "make its folder writable, or set `melscribe: index:`" in said
    assert "would do: 4 new" in home.beet("melindex", "--pretend").stdout
    disk.be("rw")
    expected = home.ask("sad folk")
    disk.be("ro")
    found = home.ask("sad folk")  # an index that is up to date need not be written
    assert (found["tracks"], found["notes"]) == (expected["tracks"], expected["notes"][1:])
    (kept,) = [note for note in home.ask("--again", "more happy")["notes"] if "kept" in note]
    assert kept == "taken up: sad folk; what is said now cannot be kept (Read-only file system)"

    home.add({"title": "New", "genres": ["Folk"], "mood": "sad"})
    stale = home.ask("sad folk")
    assert stale["tracks"] == expected["tracks"]
    assert stale["notes"][0] == (
        "the index is read-only and cannot be brought up to date; this answer is from what is"
        " indexed so far"
    )
    assert "attempt to write a readonly database" in refused(home, "melindex")
    disk.be("rw")
    index.write_bytes(b"damaged" * 1000)
    disk.be("ro")
    said = refused(home, "describe", "sad")
    assert "is damaged" in said
    assert "cannot be put aside (Read-only file system)" in said
    assert index.read_bytes() == b"damaged" * 1000


# --- playlist files


@pytest.fixture
def playable(indexed: Home) -> Home:
    """Return a home whose tracks have files."""
    indexed.configure(file_tags=False)
    indexed.make_files()
    indexed.beet("melindex")
    return indexed


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_playlist_that_cannot_be_written(playable: Home, tmp_path: Path) -> None:
    old = tmp_path / "old.m3u8"
    old.write_text("#EXTM3U\nkept.mp3\n", encoding="utf-8")
    for path, why in (
        (tmp_path / "no" / "list.m3u8", "its folder does not exist"),
        (tmp_path, "it is a folder"),
        (old / "list.m3u8", "a part of its path is not a folder"),
    ):
        said = refused(playable, "describe", "sad folk", "-m", str(path))
        assert f"The playlist {path} was not written: {why}" in said
    assert "it is a folder" in refused(playable, "describe", "sad", "-m", "", cwd=tmp_path)
    options = ("--relative-to", str(tmp_path), "--uri-format", "no number")
    assert "uri_format" in refused(playable, "describe", "sad", "-m", str(old), *options)
    assert old.read_text(encoding="utf-8") == "#EXTM3U\nkept.mp3\n"
    assert names_in(tmp_path) == ["beets", "old.m3u8"]


def test_an_old_playlist_survives_what_goes_wrong(playable: Home, disk: Disk) -> None:
    playlist = disk.folder / "list.m3u8"
    playable.beet("describe", "sad folk", "-m", str(playlist))
    before = playlist.read_bytes()
    ask = ("describe", "happy disco", "-m", str(playlist))

    disk.be("size=4k")  # one page, which the old playlist has
    assert "the disk is full" in refused(playable, *ask)
    disk.be("size=1m")
    disk.be("ro")
    assert "the file system is read-only" in refused(playable, *ask)
    disk.be("rw")
    assert "no track in the library matches" in refused(playable, *ask, "artist:nobody")
    shutil.rmtree(playable.music)
    said = refused(playable, *ask)
    assert "of 4 files none exists; is the disk with your music mounted?" in said
    assert playlist.read_bytes() == before
    assert names_in(disk.folder) == ["list.m3u8"]


def test_a_write_protected_playlist_is_kept(playable: Home, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is write-protected from root")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("kept.mp3", encoding="utf-8")
    playlist.chmod(0o444)
    assert "you may not write there" in refused(playable, "describe", "sad", "-m", str(playlist))
    assert playlist.read_text(encoding="utf-8") == "kept.mp3"


# --- audio files


def test_audio_files_that_are_gone_or_no_audio(indexed: Home) -> None:
    indexed.make_files()
    (indexed.music / "0-Willow.mp3").unlink()
    (indexed.music / "1-Anvil.mp3").unlink()
    (indexed.music / "1-Anvil.mp3").mkdir()
    done = indexed.beet("melindex")
    assert done.stdout.startswith("nothing to do")
    (said,) = done.stderr.splitlines()
    assert said.startswith("4 files could not be read for mood tags; the first: ")
    assert len(indexed.titles("sad folk")) == 4


# --- the library, and Ctrl-C


def test_a_library_that_another_beet_holds(indexed: Home) -> None:
    with closing_library(indexed) as lib, closing(sqlite3.connect(indexed.database)) as other:
        with_index(lib, in_process(), sad_tracks)
        lib._connection().execute("PRAGMA busy_timeout = 50")  # as if five seconds were over
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UserError) as error, refusals(lib):
            with_index(lib, in_process(), sad_tracks)
        assert str(error.value) == (
            f"the library {indexed.database} cannot be read (database is locked); if another beet"
            " is changing it, try again when that has finished"
        )


def test_whatever_ctrl_c_stops_says_so(indexed: Home) -> None:
    stopped = pytest.raises(UserError, match="stopped before it was done")
    with closing_library(indexed) as lib, stopped, refusals(lib):
        raise KeyboardInterrupt
