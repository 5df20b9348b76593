"""Whatever stands in tags, paths and numbers: every command does its work and lets nothing out."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest
import yaml

from tests.faults.forks import Done, Forks
from tests.faults.hostile import LONG, assert_printable, fill, well
from tests.faults.sizes import cases
from tests.support.home import Home

MANY = ("-n", "99", "--per-artist", "0", "--per-album", "0")
DEMANDING = "sad folk from 1900 to 2020, under 10 minutes, 60-200 bpm, no jazz, like t1"
FIELDS = ["genres", "mood", "bpm", "title", "year", "added", "length", "comments"]
TEMPLATE = " ".join(f"${name}" for name in [*FIELDS, "path", "describe_score", "descriptors"])
DESCRIBED = re.compile("    (no descriptors$|.*  <- )")  # a line below that of a track's name
# No regular expressions: at bytes in a text column SQLite itself prints beets' traceback.
SHOWN: list[tuple[str, ...]] = [
    MANY,
    ("--explain",),
    ("--order", "flow"),
    ("--order", "tempo"),
    ("--order", "random"),
    ("-t", "90"),
    ("--lenient", "--explain"),
    ("--more", LONG[:1000], "--less", "happy"),
    ("--like", "title:t1", "--include-like"),
    ("--again",),
    ("title:t", "year+", "added-", "mood+"),
    ("mood:o", "length+"),
    ("year:1000..3000",),
    ("bpm:1..", "added:2000.."),
]


@pytest.fixture(scope="module", params=cases(1, 40))
def hostile(
    forks: Forks, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """Return a home with such a library; it is indexed, and a second run finds nothing to do."""
    home = Home(tmp_path_factory.mktemp("hostile"))
    fill(home, Random(request.param))
    home.configure(fields=["comments", "usertags"], playlist={"fields": FIELDS})
    config = home.folder / "config.yaml"
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["play"] = {"command": "echo", "raw": False}
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    well(forks.run(home, "melindex"))
    return home


def ids_of(home: Home) -> set[int]:
    with closing(sqlite3.connect(home.database)) as db:
        return {track for (track,) in db.execute("SELECT id FROM items")}


def refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def answer(forks: Forks, home: Home, *args: str) -> dict[str, Any]:
    """Ask for JSON, check that it is a sane list, and return it."""
    done = well(forks.run(home, "describe", *args, "--json"))
    found: dict[str, Any] = json.loads(done.out, parse_constant=refuse)
    ids = [track["id"] for track in found["tracks"]]
    scores = [track["score"] for track in found["tracks"]]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= ids_of(home)
    assert all(0 <= score <= 1 for score in scores)
    return found


def test_the_index(forks: Forks, hostile: Home) -> None:
    assert well(forks.run(hostile, "melindex")).out.startswith("nothing to do")
    for args in (["--pretend"], ["--force"], ["--show"], ["--show", "title:t1", "year:1999"]):
        done = well(forks.run(hostile, "melindex", *args))
        assert_printable(done.out + done.err)
    shown = well(forks.run(hostile, "melindex", "--show")).out
    named = [line for line in shown.splitlines() if not DESCRIBED.match(line)]
    assert len(named) == len(ids_of(hostile))


def test_what_is_shown(forks: Forks, hostile: Home) -> None:
    for words in ("sad folk", DEMANDING):
        for options in SHOWN:
            said = [words] if options != ("--again",) else []
            done = forks.run(hostile, "describe", *said, *options)
            assert_printable(well(done, may_refuse=True).out)
            # Refused is what no track fulfils, and what beets cannot sort or match.
            assert words == DEMANDING or not done.code or not options[0].startswith("-"), done
    # What beets cannot print of a track is said beside the others.
    printed = well(forks.run(hostile, "describe", "sad folk", *MANY, "-f", f"<$id> {TEMPLATE}"))
    told = re.findall(r"print track (\d+):", printed.err)
    found = [track["id"] for track in answer(forks, hostile, "sad folk", *MANY)["tracks"]]
    assert sorted([*re.findall(r"^<(\d+)>", printed.out, re.M), *told]) == sorted(map(str, found))
    well(forks.run(hostile, "describe", "sad folk", "-p"))


def test_json(forks: Forks, hostile: Home) -> None:
    found = answer(forks, hostile, "sad folk", *MANY)["tracks"]
    assert len(found) > 20
    scores = [track["score"] for track in found]
    # The best first; artists take turns among tracks of nearly the same score.
    assert all(later - sooner < 0.04 for sooner, later in pairwise(scores))
    assert answer(forks, hostile, "sad folk", *MANY)["tracks"] == found
    assert all(Path(track["path"]).is_absolute() for track in found if track["path"])


@pytest.mark.parametrize(
    "options",
    [(), ("--urlencode",), ("--output", "m3u"), ("--dest-regen",), ("--forward-slash",)],
    ids=" ".join,
)
def test_a_playlist(forks: Forks, hostile: Home, tmp_path: Path, options: tuple[str, ...]) -> None:
    playlist = tmp_path / "lists" / "list.m3u8"
    playlist.parent.mkdir()
    ask = ["describe", "sad folk", *MANY, "-m", str(playlist), *options]
    done = well(forks.run(hostile, *ask), may_refuse="--dest-regen" in options)
    if done.code:
        assert "work out the path of track" in done.err
        assert not playlist.exists()
    else:
        assert_is_playlist(playlist, done.err, paths=not options)


def assert_is_playlist(playlist: Path, said: str, *, paths: bool = True) -> None:
    """Say that there is one line for each track that was said to be there, and one comment."""
    lines = playlist.read_bytes().split(b"\n")
    assert lines.pop() == b""
    tracks = [line for line in lines if not line.startswith(b"#")]
    assert f"wrote {len(tracks)} tracks to {playlist}" in said
    assert len(set(tracks)) == len(tracks)
    assert b"\r" not in b"".join(lines)
    if lines[0] == b"#EXTM3U":
        comments = [line for line in lines if line.startswith(b"#EXTINF:")]
        assert len(comments) == len(tracks)
        assert len(lines) == 2 + 2 * len(tracks)
        assert all(re.match(rb"#EXTINF:-?\d+[ ,]", line) for line in comments)
    if paths:
        assert all((playlist.parent / os.fsdecode(line)).is_file() for line in tracks)


def test_playing(forks: Forks, hostile: Home) -> None:
    assert "m3u" in well(forks.run(hostile, "describe", "sad folk", *MANY, "--play", "-y")).out


def test_saved_descriptions(forks: Forks, hostile: Home, tmp_path: Path) -> None:
    well(forks.run(hostile, "describe", "sad folk", *MANY, "--save", "sad"))
    well(forks.run(hostile, "describe", "--saved"))
    update = ["describe", "--update", "--playlist-dir", str(tmp_path)]
    assert_printable(well(forks.run(hostile, *update, "--pretend")).out)
    assert_is_playlist(tmp_path / "sad.m3u8", well(forks.run(hostile, *update)).out)
    assert "unchanged" in well(forks.run(hostile, *update)).out
    well(forks.run(hostile, "describe", "--forget", "sad"))


def test_maps(forks: Forks, hostile: Home, tmp_path: Path) -> None:
    for args in (["describe", "sad folk"], ["melindex"]):
        file = tmp_path / f"{args[0]}.html"
        well(forks.run(hostile, *args, "--map", str(file)))
        assert b"<script>alert" not in file.read_bytes()


def test_queries(forks: Forks, hostile: Home) -> None:
    one = "$id $describe_score $descriptors"
    found = well(forks.run(hostile, "ls", "describe:sad folk", "describe_score-", "-f", one)).out
    assert len(found.splitlines()) > 20
    assert_printable(found)
    well(forks.run(hostile, "ls", "-a", "describe:sad folk"))
    well(forks.run(hostile, "ls", "describe:sad folk", "describe_score:0.1..", "year:1999"))


def test_text_that_is_no_utf8_is_one_sentence(forks: Forks, home: Home) -> None:
    """beets itself ends in a traceback there."""
    home.add(*({"title": f"t{n}", "genres": ["Folk"]} for n in range(3)))
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("UPDATE items SET title = CAST(x'66ff' AS TEXT) WHERE id = 2")
    for args in (["melindex"], ["describe", "folk"], ["describe", "folk", "--json"]):
        done = well(forks.run(home, *args), may_refuse=True)
        assert_one_sentence(done)


def assert_one_sentence(done: Done) -> None:
    if done.code:
        assert "cannot be read" in done.err
        assert len(done.err.splitlines()) <= 2
