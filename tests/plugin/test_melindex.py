"""`beet melindex` as a person types it: what it counts, shows, keeps and leaves alone."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest

from melscribe_core.catalogue.vectors import VECTOR_TYPE
from melscribe_core.encoder.encoder import load_encoder
from tests.support.home import BEET, Home
from tests.support.paths import AUDIO


def rows(index: Path, query: str) -> list[Any]:
    """Return what a query finds in an index file, which is only read."""
    with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def texts(home: Home) -> dict[int, str]:
    """Return each indexed track's text."""
    return dict(
        rows(
            home.index,
            "SELECT tracks.id, coalesce(texts.text, '') FROM tracks"
            " LEFT JOIN texts ON texts.id = tracks.text",
        )
    )


def test_it_counts_what_it_did(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(
        {"title": "a", "genres": ["Folk", "Pop"], "mood": "sad", "year": 1994},
        {"title": "b", "genres": ["Folk"], "bpm": 60},
        {"title": "c", "genres": ["Folk"], "bpm": 60},
        {"title": "d"},
    )
    done = home.beet("melindex")
    first, *coverage = done.stdout.splitlines()
    # 2 sets: "1990s, folk, pop, sad" and "folk, slow"; 5 descriptors: those of the first, and slow
    assert first == (
        "4 new, 0 changed, 0 removed, 0 unchanged"
        " (1 of the new and changed without descriptors); 7 embedded"
    )
    assert coverage == [
        "4 tracks: 1 without descriptors, 2 with 1-2, 1 with 3 or more; 2 distinct sets",
        "descriptors come from genres (3), bpm (2), mood (1), year (1)",
        "few tracks have three descriptors or more; beets' lastgenre plugin adds genres, and"
        " without its whitelist moods too: set `count: 5`, `source: track`, `whitelist: no`,"
        " `force: yes` and `keep_existing: yes` under `lastgenre:`, then run `beet lastgenre`"
        " and `beet melindex`",
    ]
    assert done.stderr == ""

    again = home.beet("melindex").stdout.splitlines()
    assert again == ["nothing to do", *coverage]

    home.beet("modify", "-y", "-W", "-M", "title:d", "genres=Jazz", "mood=calm", "year=1959")
    home.beet("modify", "-y", "-W", "-M", "title:c", "mood=calm", "year=1959")
    home.beet("remove", "-f", "title:a")
    home.add({"title": "e", "genres": ["Jazz"], "mood": "calm", "year": 1958})
    first, *coverage = home.beet("melindex").stdout.splitlines()
    # new texts: "1950s, calm, jazz" twice, "1950s, calm, folk, slow"; new words: 1950s, calm, jazz
    assert first == "1 new, 2 changed, 1 removed, 1 unchanged; 5 embedded"
    assert coverage == [  # three of four tracks have enough: no hint
        "4 tracks: 0 without descriptors, 1 with 1-2, 3 with 3 or more; 3 distinct sets",
        "descriptors come from genres (4), mood (3), year (3), bpm (2)",
    ]


def test_what_describes_nothing_is_nothing_to_do(home: Home) -> None:
    home.configure(file_tags=False)
    home.add({"title": "a", "genres": ["Folk"], "year": 1994})
    home.beet("melindex")
    home.beet("modify", "-y", "-W", "-M", "title:a", "year=1995")  # the same decade
    assert home.beet("melindex").stdout.startswith("nothing to do\n")


def test_force_embeds_again(home: Home) -> None:
    home.configure(file_tags=False)
    home.add({"title": "a", "genres": ["Folk"]}, {"title": "b", "genres": ["Jazz"]})
    home.beet("melindex")
    vectors = rows(home.index, "SELECT text, vector FROM texts ORDER BY text")
    done = home.beet("melindex", "--force").stdout.splitlines()[0]
    # two sets and two descriptors; with a query only the sets of its tracks
    assert done == "0 new, 0 changed, 0 removed, 2 unchanged; 4 embedded"
    done = home.beet("melindex", "--force", "title:a").stdout.splitlines()[0]
    assert done == "0 new, 0 changed, 0 removed, 1 unchanged; 1 embedded"
    assert rows(home.index, "SELECT text, vector FROM texts ORDER BY text") == vectors


def test_pretend_touches_nothing(home: Home) -> None:
    home.add({"title": "a", "genres": ["Folk"]}, {"title": "b"})
    done = home.beet("melindex", "--pretend")
    assert done.stdout == (
        "would do: 2 new, 0 changed, 0 removed, 0 unchanged"
        " (1 of the new and changed without descriptors)\n"
    )
    assert not home.index.exists()

    home.beet("melindex")
    home.beet("remove", "-f", "title:b")
    before, when = home.index.read_bytes(), home.index.stat().st_mtime_ns
    done = home.beet("melindex", "--pretend")
    assert done.stdout == "would do: 0 new, 0 changed, 1 removed, 1 unchanged\n"
    done = home.beet("melindex", "--pretend", "--force", "title:a")
    assert done.stdout == (
        "would do: 0 new, 0 changed, 0 removed, 1 unchanged;"
        " their descriptor sets would be embedded again\n"
    )
    assert (home.index.read_bytes(), home.index.stat().st_mtime_ns) == (before, when)
    assert sorted(path.name for path in home.folder.glob("library*")) == [
        "library.db",
        "library.db.melscribe",
        "library.db.melscribe.seal",
    ]


def test_show_says_where_each_descriptor_came_from(home: Home) -> None:
    shutil.copy(AUDIO / "silence.flac", home.music / "song.flac")
    tag(
        home.music / "song.flac", title="Song", artist="Ann", genre="Hip-Hop; seen live", mood="sad"
    )
    home.beet("import", "-qA", str(home.music))
    home.beet("modify", "-y", "-W", "-M", "title:song", "mood=Sad", "mood_party=0.93", "bpm=60")
    home.add({"title": "Other", "artist": "Bob"})
    done = home.beet("melindex", "--show")  # before any index
    assert done.stdout.splitlines() == [
        "Ann -  - Song",
        "    hip hop  <- genres",
        "    party  <- mood_party 0.93",
        "    sad  <- mood, file:mood",
        "    slow  <- bpm 60",
        "Bob -  - Other",
        "    no descriptors",
    ]
    assert "1 file could not be read for mood tags" in done.stderr
    assert home.beet("melindex", "--show", "artist:bob").stdout.splitlines() == [
        "Bob -  - Other",
        "    no descriptors",
    ]
    assert home.beet("describe", "sad hip hop").stderr.startswith("first use")


def test_bare_shows_only_what_nothing_describes(home: Home) -> None:
    home.configure(file_tags=False)
    first, second = str(home.music / "b.mp3"), str(home.music / "c d.mp3")
    home.add(
        {"title": "a", "artist": "Ann", "genres": ["Folk"]},
        {"title": "b", "artist": "Bob", "path": os.fsencode(first)},
        {"title": "c", "artist": "Cid", "path": os.fsencode(second), "genres": ["seen live"]},
        {"title": "d", "artist": "Ann"},
    )
    lines = ["Bob -  - b", f"    {first}", "Cid -  - c", f"    {second}"]
    told = (
        "have no descriptors: found by their names only; beets' lastgenre plugin adds genres,"
        " `beet melindex --listen` hears them"
    )
    for options in (("--bare",), ("--show", "--bare")):
        shown = home.beet("melindex", *options, "--", "^artist:ann").stdout.splitlines()
        assert shown == [*lines, f"2 of 2 tracks {told}"]
    *shown, total = home.beet("melindex", "--bare").stdout.splitlines()
    assert shown[:4] == lines
    assert (len(shown), total) == (6, f"3 of 4 tracks {told}")
    assert home.beet("melindex", "--bare", "title:d", "artist:ann").stdout.splitlines()[-1] == (
        "1 of 1 track has no descriptors: found by its names only;"
        " beets' lastgenre plugin adds genres, `beet melindex --listen` hears them"
    )
    assert home.beet("melindex", "--bare", "genres:folk").stdout == (
        "none of 1 track is without descriptors\n"
    )
    assert "no track in the library matches" in home.beet("melindex", "--bare", "x", code=1).stderr


@pytest.mark.parametrize("options", [("--show", "--force"), ("--bare", "--force")])
def test_what_only_shows_embeds_nothing(home: Home, options: tuple[str, ...]) -> None:
    assert "leave out --force" in home.beet("melindex", *options, code=1).stderr
    assert (
        "--map draws what the index holds afterwards; leave out --bare"
        in home.beet("melindex", "--bare", "--map", "m", code=1).stderr
    )


def test_a_query_refreshes_only_its_tracks(home: Home) -> None:
    home.configure(file_tags=False)
    first, second, third = home.add(
        {"title": "a", "genres": ["Folk"], "venue": "x"},
        {"title": "b", "genres": ["Jazz"]},
        {"title": "c", "genres": ["Dub"]},
    )
    home.beet("melindex")
    home.beet("modify", "-y", "-W", "-M", "genres=Metal")
    home.beet("remove", "-f", "title:c")
    done = home.beet("melindex", "title:a").stdout.splitlines()[0]
    assert done == "0 new, 1 changed, 0 removed, 0 unchanged; 2 embedded"
    assert texts(home) == {first: "metal", second: "jazz", third: "dub"}
    done = home.beet("melindex", "venue:x").stdout.splitlines()[0]  # one that SQL cannot decide
    assert done == "nothing to do"
    # The rest was not forgotten: describe still knows that there is something to do.
    found = home.ask("metal")
    assert found["notes"][0] == "index brought up to date: 0 new, 1 changed, 1 removed, 1 unchanged"
    assert texts(home) == {first: "metal", second: "metal"}


def tag(path: Path, **tags: str) -> None:
    """Write tags into a real file, its time as it was."""
    before = path.stat()
    audio = mutagen.File(path, easy=True)
    for name, value in tags.items():
        audio[name] = value
    audio.save()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_moods_in_files_are_read_again_only_when_their_time_moves(home: Home) -> None:
    moods = {"ogg": "wistful", "flac": "furious"}
    for kind, mood in moods.items():
        shutil.copy(AUDIO / f"silence.{kind}", home.music / f"song.{kind}")
        tag(home.music / f"song.{kind}", title=kind, artist="Ann", genre="folk", mood=mood)
    home.beet("import", "-qA", str(home.music))
    done = home.beet("melindex")
    assert "descriptors come from file:mood (2), genres (2)" in done.stdout
    assert sorted(texts(home).values()) == ["folk, furious", "folk, wistful"]

    tag(home.music / "song.ogg", mood="serene")
    assert home.beet("melindex").stdout.startswith("nothing to do")
    os.utime(home.music / "song.ogg", (0, 1_000_000_000))  # an older time counts too
    assert home.beet("melindex").stdout.startswith("0 new, 1 changed, 0 removed, 1 unchanged")
    assert sorted(texts(home).values()) == ["folk, furious", "folk, serene"]

    home.configure(file_tags=False)
    assert home.beet("melindex").stdout.startswith("0 new, 2 changed")
    assert set(texts(home).values()) == {"folk"}


def test_each_library_has_its_own_index(home: Home) -> None:
    home.configure(file_tags=False)
    home.add({"title": "a", "genres": ["Folk"]})
    other = home.folder / "other.db"
    shutil.copy(home.database, other)
    home.add({"title": "b", "genres": ["Jazz"]})
    assert "2 new" in home.beet("melindex").stdout
    before = home.index.read_bytes()
    assert "1 new" in home.beet("-l", str(other), "melindex").stdout
    assert (home.folder / "other.db.melscribe").exists()
    assert home.index.read_bytes() == before
    found = home.beet("-l", str(other), "describe", "jazz", "-f", "$title").stdout
    assert found == "a\n"


def test_the_index_lies_where_the_config_says(home: Home, tmp_path: Path) -> None:
    home.add({"title": "a", "genres": ["Folk"]})
    home.configure(file_tags=False, index=str(tmp_path / "elsewhere"))
    assert home.titles("folk") == ["a"]
    home.configure(file_tags=False, index="relative")  # to the folder of config.yaml
    assert home.titles("folk") == ["a"]
    assert (tmp_path / "elsewhere").exists()
    assert (home.folder / "relative").exists()
    assert not home.index.exists()


def test_settings_that_change_the_sets_are_followed(home: Home) -> None:
    home.configure(file_tags=False)
    (track,) = home.add({"title": "a", "genres": ["Folk", "Zither"], "vibe": "hazy"})
    home.beet("melindex")
    assert texts(home) == {track: "folk, zither"}
    home.configure(
        file_tags=False, fields=["vibe"], junk=["zither"], aliases={"folk": "folk music"}
    )
    found = home.ask("hazy")
    assert "0 new, 1 changed" in found["notes"][0]
    assert texts(home) == {track: "folk music, hazy"}


MANY = 2200  # distinct sets: three parts of embedding


def test_ctrl_c_keeps_the_finished_parts(home: Home) -> None:
    words = "folk jazz pop rock soul funk metal punk disco house techno trance ambient drone dub"
    names = [*words.split(), *"ska blues gospel samba tango waltz opera choral swing bebop".split()]
    wanted = [list(three) for three in islice(combinations(names, 3), MANY)]
    home.configure(file_tags=False)
    home.add(*({"title": str(n), "genres": genres} for n, genres in enumerate(wanted)))

    stopped = interrupted(home)
    assert stopped.returncode == 1
    (said,) = str(stopped.stderr).splitlines()
    assert "stopped; what was finished is kept, and `beet melindex` continues" in said
    kept: dict[str, bytes] = dict(
        rows(home.index, "SELECT text, vector FROM texts WHERE vector IS NOT NULL")
    )
    assert 0 < len(kept) < MANY

    done = home.beet("melindex").stdout.splitlines()[0]
    left = MANY - len(kept) + len(names)  # sets, and the single descriptors
    assert done == f"0 new, 0 changed, 0 removed, {MANY:,} unchanged; {left:,} embedded"
    assert home.beet("melindex").stdout.startswith("nothing to do")
    found: dict[str, bytes] = dict(rows(home.index, "SELECT text, vector FROM texts"))
    assert set(found) == {", ".join(sorted(genres)) for genres in wanted}
    assert all(found[text] == vector for text, vector in kept.items())
    sample = sorted(found)[:: MANY // 40]
    stored = np.array([np.frombuffer(found[text], VECTOR_TYPE) for text in sample])
    assert np.allclose(stored, load_encoder().encode(sample), atol=2e-3)


def interrupted(home: Home) -> subprocess.CompletedProcess[str]:
    """Run melindex and press Ctrl-C as soon as some vectors are stored."""
    process = subprocess.Popen(
        [BEET, "melindex"],
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Tests may run where the signal is ignored, as in the background of a shell.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not some_vectors(home.index):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def some_vectors(index: Path) -> bool:
    try:
        return bool(rows(index, "SELECT 1 FROM texts WHERE vector IS NOT NULL LIMIT 1"))
    except sqlite3.Error:  # no file, no tables, or just being written
        return False


def album_of(home: Home, titles: list[str], **fields: Any) -> None:
    """Join tracks to an album and give that its own values, which they do not get."""
    lib = home.library()
    album = lib.add_album([item for item in lib.items() if item.title in titles])
    album.update(fields)
    album.store(inherit=False)
    lib._close()


def shown(home: Home, *query: str) -> list[str]:
    """Return what `melindex --show` says of each descriptor, by line."""
    printed = home.beet("melindex", "--show", *query).stdout
    return [line.strip() for line in printed.splitlines() if line.startswith("    ")]


def test_what_only_the_album_says_counts_for_its_tracks(home: Home) -> None:
    home.configure(file_tags=False)
    home.add({"title": "own", "genres": ["Jazz"], "year": 1990}, {"title": "bare"}, {"title": "c"})
    # what beets writes by itself for a new album is that of its first track
    album_of(home, ["own", "bare"], genres=["Shoegaze"], style="Dream Pop", language="fra")
    home.beet("melindex")
    assert texts(home) == {
        1: "1990s, dream pop, french, jazz",
        2: "1990s, dream pop, french, shoegaze",
        3: "",
    }
    assert shown(home, "title:bare") == [
        "1990s  <- album:year 1990",
        "dream pop  <- album:style",
        "french  <- album:language fra",
        "shoegaze  <- album:genres",
    ]
    assert (
        "descriptors come from album:language (2), album:style (2), album:genres (1),"
        " album:year (1), genres (1), year (1)"
    ) in home.beet("melindex").stdout


def test_a_change_of_the_album_is_a_change_of_the_tracks_that_take_after_it(home: Home) -> None:
    home.configure(file_tags=False)
    home.add({"title": "own", "genres": ["Jazz"]}, {"title": "bare"})
    album_of(home, ["own", "bare"], genres=["Shoegaze"])
    home.beet("melindex")
    home.beet("modify", "-y", "-a", "-I", "-W", "-M", "genres=Bluegrass")
    # "own" says something itself
    assert home.beet("melindex").stdout.startswith("0 new, 1 changed, 0 removed, 1 unchanged;")
    assert texts(home) == {1: "jazz", 2: "bluegrass"}
    # an attribute of the album, in a field that only tracks have
    home.beet("modify", "-y", "-a", "-I", "-W", "-M", "grouping=Dinner", "genres=")
    home.beet("melindex")
    assert texts(home) == {1: "dinner, jazz", 2: "dinner"}
    home.beet("modify", "-y", "-W", "-M", "title:bare", "grouping=Lunch")
    home.beet("melindex", "title:bare")  # the same when only some tracks are looked at
    assert texts(home) == {1: "dinner, jazz", 2: "lunch"}


def test_a_compilation_does_not_date_its_tracks(home: Home) -> None:
    home.configure(file_tags=False)
    new = {"genres": ["Soul"], "year": 1999}
    home.add(
        {"title": "comp", **new, "comp": True},
        {"title": "dated", **new, "comp": True, "original_year": 1964},
        {"title": "type", **new, "albumtypes": ["album", "compilation"]},
        {"title": "single type", **new, "albumtype": "compilation"},
        {"title": "plain", **new},
        {"title": "of album", "genres": ["Soul"]},
        {"title": "of comp", "genres": ["Soul"]},
    )
    album_of(home, ["of album"], year=1998)
    album_of(home, ["of comp"], year=1997, original_year=1997, comp=True)
    home.beet("melindex")
    assert texts(home) == {
        1: "soul",
        2: "1960s, soul",
        3: "compilation, soul",
        4: "soul",
        5: "1990s, soul",
        6: "1990s, soul",
        7: "soul",
    }
    found = home.ask("90s soul", "--explain", "-n", "9")
    assert {track["title"] for track in found["tracks"]} == {"plain", "of album"}
    assert "4 tracks have no year and stayed out" in " ".join(found["notes"])
    assert home.titles("60s soul") == ["dated"]
    lenient = home.titles("90s soul", "--lenient", "-n", "9")
    assert set(lenient) == {"plain", "of album", "comp", "type", "single type", "of comp"}
    # the year that counted is the one that is shown
    reasons = home.beet("describe", "90s soul", "--explain", "-n", "9").stdout
    assert "1998" in reasons and "1997" not in reasons
