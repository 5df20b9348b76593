"""Growing libraries and other ways beside ours: what is drawn, asked, ranked and told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bench import collection, homes, parts, peers, process, scale, table, versus
from benchmarks.speed.collection import Track
from benchmarks.speed.process import Usage

SOURCE = [
    Track("One", "A", "First", 100.0, ("rock", "indie"), ("guitar",)),
    Track("Two", "A", "First", 100.0, ("rock",), (), ("sad",)),
    Track("Three", "B", "Second", 100.0, ("jazz",), ("piano",), ("calm",)),
    Track("Four", "B", "Second", 100.0, ("jazz", "swing")),
    Track("Five", "C", "Third", 100.0),
]

# -- drawing from a table


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


# -- growing libraries


def used(wall: float) -> Usage:
    return Usage(wall, wall / 2, 100_000_000, "")


def point(tracks: int, seconds: float) -> scale.Point:
    samples = {name: [used(seconds)] for name in scale.STEPS}
    answered = {"median": seconds, "slow": 2 * seconds, "cpu": seconds}
    return scale.Point(
        tracks, tracks // 2, used(10 * seconds), samples, answered, answered, 10**6, 2 * 10**6
    )


def test_the_exponent_is_that_of_the_last_step() -> None:
    # 100 times the tracks: 100 times the texts, 10 times the seconds; 100 ** 0.5 is 10.
    points = [point(10, 50.0), point(1000, 0.2), point(100_000, 2.0)]
    assert scale.power(points, lambda p: p.texts) == "1.00"
    assert scale.power(points, lambda p: p.first.wall) == "0.50"
    assert scale.power(points[:1], lambda p: p.texts) == ""


def test_each_size_has_a_column() -> None:
    lines = scale.render([point(1000, 0.2), point(100_000, 2.0)]).splitlines()
    assert lines[0] == "| tracks | 1,000 | 100,000 | grows as tracks to the |"
    assert "| distinct descriptor sets | 500 | 50,000 | 1.00 |" in lines
    assert "| first `melindex`, s | 2.0 | 20.0 | 0.50 |" in lines
    assert "| ... tracks/s | 500 | 5,000 | 0.50 |" in lines
    assert "| warm answer, plain request, ms | 200.0 | 2000.0 | 0.50 |" in lines
    assert len(lines) == 2 + len(scale.ROWS)


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    scale.draw([point(1000, 0.2), point(100_000, 2.0)], tmp_path / "scale.png")
    assert (tmp_path / "scale.png").read_bytes().startswith(b"\x89PNG")


def test_requests_that_demand_nothing_are_told_from_others() -> None:
    requests = ["sad folk", "80s pop", "pop, no ballads", "calm piano", "rock over 140 bpm"]
    assert set(scale.chosen_requests(requests, 9, demanding=False)) == {"sad folk", "calm piano"}
    every = scale.chosen_requests(requests, 9, demanding=True)
    assert sorted(every) == sorted(requests)
    assert scale.chosen_requests(requests, 2, demanding=True) == every[:2]


# -- one library, asked in two ways

TAGS = [
    ("sad", "folk"),
    ("happy", "pop"),
    ("death metal", "aggressive"),
    ("ambient", "calm"),
    *((genre, "instrumental") for genre in ("jazz", "techno", "ska", "waltz", "polka", "disco")),
    *((genre, "vocal") for genre in ("opera", "gospel", "hip hop", "reggae", "blues", "rock")),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> homes.Home:
    folder = tmp_path_factory.mktemp("bench")
    tracks = [
        Track(f"T{n}", f"A{n}", f"L{n}", 100.0, tags)
        for n, tags in enumerate([*TAGS, *TAGS[:2] * 30])
    ]
    collection.write_library(tracks, folder / "library.db", folder / "music")
    home = homes.Home(folder / "own", folder / "library.db", ["melscribe"], junk="vocal")
    home.beet("melindex")
    return home


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Three requests with a right answer that is in, and one that nothing answers to."""
    lines = [["sad folk", 1], ["aggressive death metal", 3], ["calm ambient", 4], ["xyzzy", 16]]
    path = tmp_path / "asked.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_settings_of_a_home_are_the_plugins(own: homes.Home) -> None:
    shown = own.beet("melindex", "--show", "id:16").output
    assert "rock" in shown
    assert "vocal  <-" not in shown  # it is junk by the settings


def test_warm_answers_are_timed_and_ranked(own: homes.Home, asked: Path) -> None:
    found = homes.run_module("benchmarks.speed.warm_requests", str(own.library), "--requests", str(asked))
    told = json.loads(found.output)
    assert told["requests"] == 4
    assert 0 < told["median"] <= told["slow"] <= told["worst"]
    assert told["cpu"] > 0
    # "xyzzy" says nothing: of 16 sets, rock with vocals may be among its ten by chance alone.
    assert told["recall"] in (0.75, 1.0)


def test_a_request_without_a_right_answer_counts_for_no_recall(
    own: homes.Home, tmp_path: Path
) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text('["sad folk", null]\n', encoding="utf-8")
    found = homes.run_module("benchmarks.speed.warm_requests", str(own.library), "--requests", str(path))
    assert json.loads(found.output)["recall"] is None


def test_another_way_indexes_asks_and_ranks(own: homes.Home, asked: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    run = ("benchmarks.speed.peers", "tf-idf")
    index = str(tmp_path / "index")
    homes.run_module(*run, "index", str(own.library), index, "--weights", "none")
    answer = homes.run_module(*run, "ask", index, "death metal", "--weights", "none")
    assert json.loads(answer.output)[0] == 2  # places begin at 0
    words = ("rank", str(own.library), index, "--requests", str(asked), "--weights", "none")
    told = json.loads(homes.run_module(*run, *words).output)
    # Without a word in common all are equal and come in their order: rock is the last of 16.
    assert told == {"requests": 4, "median": told["median"], "recall": 0.75}


class Listed:
    """A way that always gives the same places, and remembers how deep it was asked."""

    def __init__(self, places: list[int]) -> None:
        self.places, self.depths = places, list[int]()

    def index(self, texts: object, folder: Path) -> None: ...

    def load(self, folder: Path) -> None: ...

    def ask(self, request: str, count: int) -> list[int]:
        self.depths.append(count)
        return self.places[:count]


def test_a_way_is_asked_deeper_until_ten_sets_differ() -> None:
    texts = ["same"] * 100 + [f"set {n}" for n in range(20)]
    peer = Listed(list(range(120)))
    assert peers.first_sets(peer, "x", texts) == ["same", *(f"set {n}" for n in range(9))]
    assert peer.depths == [50, 400]
    few = Listed([0, 100])
    assert peers.first_sets(few, "x", texts) == ["same", "set 0"]
    assert few.depths == [50]


# -- a request, part by part


def test_a_parts_time_is_without_the_parts_inside_it() -> None:
    clock = parts.Clock(iter((1.0, 2.0, 5.0, 9.0)).__next__)
    with clock.inside("outer"), clock.inside("inner"):
        pass
    # Started at 0; outer from 1 to 2 and, when inner is over at 5, to 9.
    assert clock.spent == {parts.START: 1.0, "outer": 1.0 + 4.0, "inner": 3.0}


def test_a_request_is_told_part_by_part(own: homes.Home) -> None:
    done = homes.run_module("benchmarks.speed.cold_request", str(own.folder), "sad folk", "--repeats", "1")
    lines = done.output.splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines[6:]]
    assert [row[0] for row in rows] == [*parts.ORDER, "together"]
    assert all(float(row[1]) > 0 for row in rows), "a function of PARTS is never called"
    # Each part is rounded to a hundredth, their sum to a whole.
    assert sum(float(row[1]) for row in rows[:-1]) == pytest.approx(float(rows[-1][1]), abs=1.5)


# -- side by side


def test_each_tag_set_of_the_requests_is_a_track() -> None:
    tracks = list(versus.right_answers([{"tags": ["sad", "folk"]}, {"tags": ["pop"]}]))
    assert [track.genres for track in tracks] == [("sad", "folk"), ("pop",)]
    assert len({(track.artist, track.album) for track in tracks}) == 2


def test_a_line_tells_all_of_a_way() -> None:
    way = versus.Way("ours", lambda: used(1), lambda: used(1), dict, lambda: 2_500_000)
    way.indexed, way.asked = used(12.0), [used(0.4), used(0.6), used(3.0)]
    way.ranked = {"median": 0.0123, "recall": 0.5}
    # Half of the seconds are the processor's; the query's are medians.
    cells = ["ours", "12.0", "6.0", "100", "2.5", "0.60", "0.30", "100", "12.3", "0.500"]
    assert versus._line(way) == cells
    assert len(cells) == len(versus.HEAD)


def test_a_place_of_another_table_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    first, second = table.markers(scale.PLACE), table.markers(versus.PLACE)
    document.write_text("\n".join([first[0], "one", first[1], second[0], "two", second[1]]))
    table.write_between(document, "new", versus.PLACE)
    assert "one" in document.read_text()
    assert "two" not in document.read_text()


@pytest.mark.parametrize("module", ["scale", "versus", "warm", "peers", "parts"])
def test_help_is_shown(module: str) -> None:
    command = [sys.executable, "-m", f"bench.{module}", "--help"]
    done = subprocess.run(command, cwd=homes.ROOT, capture_output=True, text=True, check=True)
    assert "usage" in done.stdout


def test_what_python_compiled_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = "import sys; print(sys.dont_write_bytecode)"
    done = process.measure([sys.executable, "-c", code], process.environment())
    assert done.output == "False\n"
