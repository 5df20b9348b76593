"""Libraries from a table or made up: beets reads them, tags exchange as documented."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from benchmarks.speed import collection, process
from benchmarks.speed.collection import Track
from benchmarks.speed.home import Home, new_library

SOURCE = [
    Track("One", "A", "First", 100.0, ("rock", "indie"), ("guitar",)),
    Track("Two", "A", "First", 100.0, ("rock",), (), ("sad",)),
    Track("Three", "B", "Second", 100.0, ("jazz",), ("piano",), ("calm",)),
    Track("Four", "B", "Second", 100.0, ("jazz", "swing")),
    Track("Five", "C", "Third", 100.0),
]


def test_twenty_tracks_of_the_table_are_read_by_beet(seeded_home: Home) -> None:
    shown = "$id|$artist|$album|$title|$genres|$grouping|$year|$bpm"
    listed = seeded_home.beet("ls", "-f", shown, "id+")
    lines = listed.output.splitlines()
    assert len(lines) == 20
    assert lines[0] == "1|Artist 1|Album 1|Track 1|punkrock; indie pop|guitar, piano|0000|0"
    assert lines[19] == "20|Artist 2|Album 2|Track 20|punkrock; indie pop|guitar, piano|0000|0"
    paths = seeded_home.beet("ls", "-p", "id:20").output.splitlines()
    assert paths == [f"{seeded_home.folder}/music/Artist 2/Album 2/Track 20.mp3"]


def test_moods_are_a_flexible_field_that_queries_find(seeded_home: Home) -> None:
    assert seeded_home.beet("ls", "-f", "$id $mood", "mood:calm").output == "3 sad; calm\n"


def test_the_examples_are_made_as_the_page_says(tsv: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    said = page.split("```")[1].replace("library.tsv.gz", str(tsv)).replace('"..."', '"sad"')
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path / "a folder: new"
    done = subprocess.run(
        ["sh", "-ec", said.replace("FOLDER", f"'{folder}'")],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    made, _, *listed = done.stdout.splitlines()
    assert json.loads(made)["tracks"] == 20
    assert '"sad" ' in listed[0]  # why the best one is the best
    assert (folder / "library.db.melscribe").is_file()
    mine = (folder / "config.yaml").read_bytes() + b"# mine"
    (folder / "config.yaml").write_bytes(mine)
    (folder / "library.db").unlink()
    new_library(folder, "--data", str(tsv))
    assert (folder / "config.yaml").read_bytes() == mine


def test_albums_hold_their_tracks(seeded_home: Home) -> None:
    assert seeded_home.beet("ls", "-a", "-f", "$album $genres").output.splitlines() == [
        "Album 1 punkrock; indie pop",
        "Album 2 punkrock; indie pop",
    ]
    assert len(seeded_home.beet("ls", "album_id:2").output.splitlines()) == 10


def test_models_give_genres_as_a_list_and_the_length(tsv: Path, tmp_path: Path) -> None:
    code = (
        "import json, sys; from beets.library import Library;"
        "lib = Library(sys.argv[1], sys.argv[2]); item = lib.get_item(2);"
        "print(json.dumps([item.genres, item.length, item.added, len(item.get_album().items())]))"
    )
    database = tmp_path / "library.db"
    written = collection.write_library(collection.read_table(tsv), database, tmp_path / "music")
    assert written == (20, 2)
    environment = {**os.environ, "BEETSDIR": str(tmp_path)}
    command = [sys.executable, "-c", code, str(database), str(tmp_path / "music")]
    read = json.loads(process.measure(command, environment).output)
    assert read == [["punkrock", "indie pop"], 20.5, 1_700_000_002.0, 10]


def test_more_tracks_than_one_part_keep_their_albums(
    tsv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "PART", 7)  # 20 tracks come in 3 parts; album 1 spans two
    seed = tmp_path / "library.db"
    tracks = collection.read_table(tsv)
    assert collection.write_library(tracks, seed, tmp_path / "music") == (20, 2)
    home = Home(tmp_path / "home", seed)
    assert len(home.beet("ls", "album_id:1").output.splitlines()) == 10


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tb\n1\t2\n"))
    with pytest.raises(collection.CollectionError, match="give a table with"):
        list(collection.read_table(path))


def test_a_file_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.tsv.gz"
    path.write_text("track")
    with pytest.raises(collection.CollectionError, match="give a gzipped one"):
        list(collection.read_table(path))


def test_a_library_is_never_written_over(tsv: Path, tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"precious")
    with pytest.raises(collection.CollectionError, match="exists already"):
        collection.write_library(
            collection.read_table(tsv), tmp_path / "library.db", tmp_path / "music"
        )
    assert (tmp_path / "library.db").read_bytes() == b"precious"


def test_made_up_tracks_are_the_same_each_time_and_mix_no_sets(requests: Path) -> None:
    tracks = list(collection.made_up(95, requests))
    assert tracks == list(collection.made_up(95, requests))
    assert tracks != list(collection.made_up(95, requests, seed=2))
    assert len({track.album for track in tracks}) == 10  # 95 tracks, ten to an album
    assert len({track.artist for track in tracks}) == 4  # ten albums, three to an artist
    for track in tracks:
        assert {*track.genres} <= {"grunge", "raw", "1989"} or {*track.genres} <= {
            "ambient",
            "drone",
        }
    assert len({track.genres for track in tracks}) > 4  # parts of the sets, not the sets alone


def test_a_folder_without_tag_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(collection.CollectionError, match="holds no tag sets"):
        list(collection.made_up(1, tmp_path))


def test_every_track_comes_once_before_any_comes_again() -> None:
    drawn = list(collection.resampled(SOURCE, 5))
    assert sorted(drawn, key=str) == sorted(SOURCE, key=str)
    assert len(list(collection.resampled(SOURCE, 3))) == 3


def test_whole_albums_are_drawn() -> None:
    albums = [track.album for track in collection.resampled(SOURCE, 5)]
    changes = sum(one != other for one, other in pairwise(albums))
    assert changes == 2  # three albums, one after the other


def test_what_comes_again_is_another_album_of_another_artist() -> None:
    drawn = list(collection.resampled(SOURCE, 15))
    assert drawn == list(collection.resampled(SOURCE, 15))
    assert drawn != list(collection.resampled(SOURCE, 15, seed=2))
    assert Counter(track.artist for track in drawn) == {
        f"{artist}{again}": tracks
        for again in ("", " (1)", " (2)")
        for artist, tracks in (("A", 2), ("B", 2), ("C", 1))
    }


def test_tags_are_exchanged_between_tracks_that_share_one() -> None:
    drawn = list(collection.resampled(SOURCE, 5000))
    seen = {frozenset(track.tags) for track in drawn}
    assert {frozenset(track.tags) for track in SOURCE} < seen
    assert frozenset(("rock", "indie", "guitar", "sad")) in seen  # of One and Two, over "rock"
    rock, jazz = {"rock", "indie", "guitar", "sad"}, {"jazz", "piano", "calm", "swing"}
    assert all(tags <= rock or tags <= jazz for tags in seen)  # nothing is shared between these
    assert all(len(set(track.tags)) == len(track.tags) for track in drawn)
    bare = [track for track in drawn if not track.tags]
    assert {track.title for track in bare} == {"Five"}  # one with tags never loses all of them


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(collection.CollectionError, match="no tracks"):
        list(collection.resampled([], 1))
