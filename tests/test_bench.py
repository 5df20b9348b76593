"""The benchmark's own parts: beets reads the library it makes, the table says what was found."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench import (
    collection,
    homes,
    imports,
    machine,
    plain,
    process,
    recall,
    report,
    rounds,
    scale,
    table,
    versus,
)
from benchmarks.speed.process import Usage

HEAD = "track\tartist\talbum\tseconds\tgenres\tinstruments\tmoods"


def row(number: int) -> str:
    """Tracks 1-10 are on album 1 of artist 1, 11-20 on album 2 of artist 2."""
    half = (number - 1) // 10 + 1
    moods = "sad|calm" if number == 3 else ""
    return (
        f"track_{number:07}\tartist_{half:06}\talbum_{half:06}\t{number * 10}.5"
        f"\tpunkrock|indie pop\tguitar|piano\t{moods}"
    )


@pytest.fixture
def tsv(tmp_path: Path) -> Path:
    path = tmp_path / "library.tsv.gz"
    lines = [HEAD, *(row(number) for number in range(1, 21))]
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


@pytest.fixture
def home(tsv: Path, tmp_path: Path) -> homes.Home:
    seed = tmp_path / "library.db"
    collection.write_library(collection.read_table(tsv), seed, tmp_path / "music")
    return homes.Home(tmp_path / "home", seed)


def test_twenty_tracks_of_the_table_are_read_by_beet(home: homes.Home) -> None:
    listed = home.beet("ls", "-f", "$id|$artist|$album|$title|$genres|$grouping|$year|$bpm", "id+")
    lines = listed.output.splitlines()
    assert len(lines) == 20
    assert lines[0] == "1|Artist 1|Album 1|Track 1|punkrock; indie pop|guitar, piano|0000|0"
    assert lines[19] == "20|Artist 2|Album 2|Track 20|punkrock; indie pop|guitar, piano|0000|0"
    paths = home.beet("ls", "-p", "id:20").output.splitlines()
    assert paths == [f"{home.folder}/music/Artist 2/Album 2/Track 20.mp3"]


def test_moods_are_a_flexible_field_that_queries_find(home: homes.Home) -> None:
    assert home.beet("ls", "-f", "$id $mood", "mood:calm").output == "3 sad; calm\n"


def test_the_examples_are_made_as_the_page_says(tsv: Path, tmp_path: Path) -> None:
    page = (homes.ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    said = page.split("```")[1].replace("library.tsv.gz", str(tsv)).replace('"..."', '"sad"')
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path / "a folder: new"
    done = subprocess.run(
        ["sh", "-ec", said.replace("FOLDER", f"'{folder}'")],
        cwd=homes.ROOT,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(homes.ROOT)},
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
    homes.new_library(folder, "--data", str(tsv))
    assert (folder / "config.yaml").read_bytes() == mine


def test_albums_hold_their_tracks(home: homes.Home) -> None:
    assert home.beet("ls", "-a", "-f", "$album $genres").output.splitlines() == [
        "Album 1 punkrock; indie pop",
        "Album 2 punkrock; indie pop",
    ]
    assert len(home.beet("ls", "album_id:2").output.splitlines()) == 10


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
    home = homes.Home(tmp_path / "home", seed)
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


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    folder = tmp_path / "requests"
    folder.mkdir()
    lines = [
        {"tags": ["grunge", "raw", "1989"], "requests": ["raw grunge", "something raw"]},
        {"tags": ["ambient", "drone"], "requests": ["a drone"]},
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "dev.jsonl").write_text(text, encoding="utf-8")
    return folder


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


def test_the_plain_script_reads_each_tracks_tags_sorted(tsv: Path, tmp_path: Path) -> None:
    seed = tmp_path / "library.db"
    collection.write_library(collection.read_table(tsv), seed, tmp_path / "music")
    texts = plain.read_texts(seed)
    assert list(texts) == list(range(1, 21))
    assert texts[1] == "guitar, indie pop, piano, punkrock"
    assert texts[3] == "calm, guitar, indie pop, piano, punkrock, sad"


# -- measuring -------------------------------------------------------------------------------------


def test_one_process_is_measured_alone() -> None:
    code = "block = bytearray(100_000_000); print('done', sum(range(3_000_000)) > 0)"
    usage = process.measure([sys.executable, "-c", code], os.environ)
    assert usage.output == "done True\n"
    assert usage.cpu > 0.01
    assert 0.01 < usage.wall < 60
    assert usage.peak > 100_000_000  # no bound above: the memory of these tests counts too


def test_a_failing_command_is_named_with_its_last_words() -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such index')"]
    with pytest.raises(process.BenchError, match=r"ended with 1;.*no such index"):
        process.measure(command, os.environ)


def test_what_came_to_lie_beside_the_library_is_weighed(home: homes.Home) -> None:
    (home.folder / "library.db.melscribe").write_bytes(b"x" * 123)
    assert home.sizes() == {"library.db.melscribe": 123}
    home.renew()
    assert home.sizes() == {}


def test_rounds_begin_with_another_step_each_time() -> None:
    assert list(rounds.turned(["a", "b", "c"], 0)) == ["a", "b", "c"]
    assert list(rounds.turned(["a", "b", "c"], 4)) == ["b", "c", "a"]


def test_recall_is_the_share_of_the_exact_answers() -> None:
    # 2 of 4 found, then 4 of 4 in another order
    assert recall.shares([[1, 2, 9, 8], [4, 3, 2, 1]], [[1, 2, 3, 4], [1, 2, 3, 4]]) == [0.5, 1.0]


def test_requests_are_read_in_their_order(requests: Path) -> None:
    assert recall.read_requests(requests / "dev.jsonl") == [
        "raw grunge",
        "something raw",
        "a drone",
    ]


# -- the table -------------------------------------------------------------------------------------


def used(wall: float, cpu: float = 0.0, peak: float = 0.0) -> Usage:
    return Usage(wall, cpu, int(peak), "")


def found() -> report.Measured:
    """Two rounds and one first indexing, with numbers that are easy to divide."""
    samples = {
        "version": [used(0.2, 0.2), used(0.4, 0.2)],
        "version, plugin": [used(0.2), used(0.5)],
        "ls": [used(0.2, 0.1), used(0.3, 0.1)],
        "ls, plugin": [used(0.204, 0.103), used(0.308, 0.105)],
        "describe": [used(0.4, 0.5, 150e6), used(0.8, 0.3, 310e6)],
        "melindex": [used(1.0), used(3.0)],
        "melindex, one modified": [used(1.5, peak=9e7), used(3.3, peak=9e7)],
    }
    counts = {"tracks": 100, "of": 900, "encode": 9.0, "add": 1.0}
    long_runs = rounds.LongRuns([used(20.0, peak=2e8)], [used(30.0, peak=8e8)], [counts])
    recalled = {
        "k": 50,
        "texts": 21085,
        "requests": 700,
        "recall": 0.9951,
        "worst": 0.9,
        "candidates": 300,
        "near": 0.0005,
        "exact": 0.005,
        "by_graph": True,
    }
    sizes = {"graph": 2_000_000, "index": 3_000_000, "stamp": 180}
    return report.Measured(1000, samples, long_runs, recalled, sizes, 20_000_000)


def cells(what: str, measured: report.Measured) -> table.Row:
    (one,) = [row for row in report.rows(measured) if what in row.what]
    return one


def test_ratios_are_taken_pair_by_pair() -> None:
    # 0.4 / 0.2 and 0.8 / 0.4: both 2, though the second round was twice as slow
    described = cells("cold `beet describe", found())
    assert described.ratio == "2.00 x (2.00 to 2.00)"
    assert described.measured == "0.60 s (0.40 to 0.80)"
    assert described.held is True
    processor = report.rows(found())[report.rows(found()).index(described) + 1]
    assert processor.ratio == "2.00 x (1.50 to 2.50)"  # 0.5 / 0.2 and 0.3 / 0.2


def test_what_is_over_the_limit_is_not_held() -> None:
    measured = found()
    slow = {**measured.samples, "describe": [used(0.6), used(1.2)]}  # 3 times `beet version`
    assert cells("cold `beet describe", replace(measured, samples=slow)).held is False
    peak = next(row for row in report.rows(measured) if row.asked == "under 300 MB")
    assert (peak.measured, peak.held) == ("230 MB (150 to 310)", False)  # the largest counts


def test_a_sample_of_the_plain_script_is_scaled_and_said_so() -> None:
    # 10 s for 100 of 900 tracks: 90 s for all, 10 tracks/s; 1000 tracks in 20 s are 50 tracks/s
    assert report.scaled_seconds(found().long_runs.counts[0]) == 90.0
    scaled = cells("encode + add only", found())
    assert scaled.what.startswith("plain script, scaled from 100 of 900 tracks")
    assert scaled.measured == "90.00 s; 10 tracks/s"
    assert cells("over the plain script", found()).ratio == "5.00 x"
    assert cells("over the plain script", found()).measured == "50 to 10 tracks/s"


def test_a_plain_script_that_was_left_out_is_said_so() -> None:
    measured = replace(found(), long_runs=rounds.LongRuns([used(20.0)]))
    assert cells("plain script", measured).measured.startswith("not run")


def test_differences_are_taken_pair_by_pair() -> None:
    ls = cells("`beet ls` of ten tracks, plugin loaded", found())
    assert ls.held is True
    assert ls.measured == "+6.0 ms (+4.0 to +8.0)"
    assert cells("one track modified", found()).measured == "0.40 s (0.30 to 0.50)"


def test_a_small_collection_is_said_to_be_scanned() -> None:
    measured = found()
    small = replace(measured, recall={**measured.recall, "by_graph": False})
    assert "300 candidates by the scan of packed vectors" in cells("exact first 50", small).what
    assert "300 candidates by the graph" in cells("exact first 50", measured).what


def test_recall_and_sizes_have_rows() -> None:
    assert cells("exact first 50", found()).measured == (
        "0.9951 (worst 0.90); 0.50 against 5.00 ms a search"
    )
    on_disk = cells("on disk: the index", found())
    assert on_disk.measured == "5 MB: graph 2 MB, index 3 MB"  # the stamp is too small to name
    assert on_disk.ratio == "0.25 x"


def test_the_table_is_markdown() -> None:
    rows = [table.Row("a", "1 s", "2 s", "0.5 x", True), table.Row("b", "3 s", held=False)]
    assert table.render(rows) == (
        "| what | asked | measured | ratio | held |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| a | 2 s | 1 s | 0.5 x | yes |\n"
        "| b |  | 3 s |  | **no** |"
    )


def test_the_table_replaces_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    begin, end = table.markers(table.LAST_RUN)
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    table.write_between(document, "new")
    table.write_between(document, "newer")
    assert document.read_text() == f"before\n{begin}\nnewer\n{end}\nafter\n"


def test_a_document_without_a_place_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("mine")
    with pytest.raises(process.BenchError, match="no place for this"):
        table.write_between(document, "new")
    assert document.read_text() == "mine"


def test_the_committed_document_has_a_place_for_the_table() -> None:
    text = (homes.ROOT / "bench" / "README.md").read_text(encoding="utf-8")
    for place in (table.LAST_RUN, scale.PLACE, versus.PLACE):
        begin, end = table.markers(place)
        assert re.search(f"{begin}\n.*{end}\n", text, re.DOTALL)


def test_a_command_is_told_without_this_machines_folders() -> None:
    words = ["--data", "/a/secret/place/library.tsv.gz", "--out", "benchmarks/speed/README.md", "--quick"]
    assert machine.command_line("benchmarks.speed.run", words) == (
        "python -m benchmarks.speed.run --data library.tsv.gz --out README.md --quick"
    )


def test_help_is_shown() -> None:
    command = [sys.executable, "-m", "benchmarks.speed.run", "--help"]
    done = subprocess.run(command, cwd=homes.ROOT, capture_output=True, text=True, check=True)
    assert "--synthetic" in done.stdout


def test_an_import_is_measured_with_auto_and_without(tmp_path: Path) -> None:
    rounds = imports.measured(tmp_path, ["--synthetic", "30"], 1)
    assert len(rounds) == 1
    indexed = {}
    for auto in (True, False):
        index = tmp_path / f"auto {auto}" / "library.db.melscribe"
        with closing(sqlite3.connect(index)) as db:
            (indexed[auto],) = db.execute("SELECT count(*) FROM tracks").fetchone()
    assert indexed == {True: 30 + 2 * imports.FILES, False: 30}  # with the round to warm up
