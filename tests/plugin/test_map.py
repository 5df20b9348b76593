"""`--map` as a person types it: what the page holds, what is counted, what stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beetsplug.melscribe import map as mapping
from beetsplug.melscribe import progress
from beetsplug.melscribe.answer import answer
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.map import write_map
from beetsplug.melscribe.request import UserRequest
from tests.core.map.test_map import Read
from tests.plugin.test_settings import settings
from tests.support.home import Home


def drawn(path: Path) -> dict[str, Any]:
    """Return what a page's script is given."""
    return Read(path.read_text(encoding="utf-8")).data


def sets(data: dict[str, Any]) -> list[str]:
    """Return each set's descriptors."""
    return [", ".join(data["descriptors"][d] for d in one) for one in data["sets"]]


def add_tracks(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(
        {"title": "a", "artist": "Ann", "genres": ["Folk"], "mood": "sad"},
        {"title": "b", "artist": "Ann", "genres": ["Folk"], "mood": "sad"},
        {"title": "c", "artist": "Bob", "genres": ["Jazz"]},
        {"title": "d", "artist": "Cid", "genres": ["Doom Metal"], "year": 1994},
        {"title": "e"},
    )


def test_the_map_of_a_library(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    done = home.beet("melindex", "--map", str(tmp_path / "map.html"))
    assert (
        done.stdout.splitlines()[-1] == f"wrote a map of 3 descriptor sets to {tmp_path}/map.html"
    )
    assert done.stderr == ""
    data = drawn(tmp_path / "map.html")
    # Most tracks first, then by their text.
    assert sets(data) == ["folk, sad", "1990s, doom metal", "jazz"]
    assert data["tracks"] == [2, 1, 1]
    named = [[data["artists"][who], title] for who, title in data["named"][1:]]
    assert data["named"][0] == [0, "a", 0, "b"]
    assert (data["artists"][0], named) == ("Ann", [["Cid", "d"], ["Bob", "c"]])
    # Families of lastgenre's tree, by tracks; doom metal lies under rock.
    assert data["families"] == ["folk", "jazz", "rock"]
    assert data["family"] == [0, 2, 1]
    assert data["asked"] is None
    assert data["notes"] == [
        "3 descriptor sets of 4 tracks: each dot is one, the larger the more tracks it describes.",
        "Sets of similar meaning are close together. Large distances and directions mean nothing.",
        "Colours are the families of lastgenre's genre tree: a set belongs to the family of most of"
        " its descriptors.",
        "Not on the map: 1 without descriptors.",
    ]
    before = (tmp_path / "map.html").read_bytes()
    home.beet("melindex", "--map", str(tmp_path / "map.html"))
    assert (tmp_path / "map.html").read_bytes() == before


def test_the_answer_on_the_map(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    listed = home.beet("describe", "-n", "2", "-f", "$title", "sad folk").stdout
    done = home.beet(
        "describe", "-n", "2", "-f", "$title", "sad folk", "--map", str(tmp_path / "map.html")
    )
    assert done.stdout == listed
    assert sorted(listed.split()) == ["a", "b"]
    assert done.stderr == f"wrote a map of 3 descriptor sets to {tmp_path}/map.html\n"
    data = drawn(tmp_path / "map.html")
    asked = data["asked"]
    assert (asked["text"], asked["understood"]) == ("sad folk", "")
    assert asked["hits"] == [[0, "Ann", title] for title in listed.split()]
    # Three sets are all within the nearest 15: the request is in their middle.
    middle = [sum(data["places"][axis::2]) / 3 for axis in (0, 1)]
    assert asked["place"] == pytest.approx(middle, abs=1)
    assert "The request is in the middle of the 15 sets nearest to it" in data["notes"][-1]


def test_a_request_without_a_sound_has_no_place(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    home.beet("describe", "songs by Ann", "--map", str(tmp_path / "map.html"))
    data = drawn(tmp_path / "map.html")
    assert data["asked"]["place"] is None
    assert data["asked"]["understood"] == "by Ann"
    assert len(data["asked"]["hits"]) == 2
    assert data["notes"][-1].startswith("The request has no place on the map")


def test_the_map_of_a_query(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    home.beet("melindex", "--map", str(tmp_path / "map.html"), "title:b", ",", "title:c")
    data = drawn(tmp_path / "map.html")
    assert (sets(data), data["tracks"]) == (["folk, sad", "jazz"], [1, 1])
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "<title>Map of title:b , title:c</title>" in page
    assert data["notes"][0].startswith("2 descriptor sets of 2 tracks")
    assert not any("without descriptors" in note for note in data["notes"])


def test_what_there_is_no_room_for_is_counted(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.configure(file_tags=False)
    home.add(
        *({"title": f"f{n}", "artist": "Ann", "genres": ["Folk"]} for n in range(6)),
        *({"title": f"j{n}", "artist": "Bob", "genres": ["Jazz"]} for n in range(2)),
        *({"title": f"d{n}", "artist": "Cid", "genres": ["Dub"]} for n in range(2)),
        {"title": "s", "artist": "Dee", "genres": ["Ska"]},
    )
    monkeypatch.setattr(mapping, "MOST_SETS", 2)
    monkeypatch.setattr(mapping, "MOST_NAMED", 5)
    path = tmp_path / "map.html"
    draw_in_process(home, path)
    data = drawn(path)
    assert sets(data) == ["folk", "dub"]  # dub and jazz have two tracks each: by their text
    # 3 of folk and 2 of dub are 5, 4 and 2 would be 6; of folk's six every second one
    assert [named[1::2] for named in data["named"]] == [["f0", "f2", "f4"], ["d0", "d1"]]
    assert data["notes"][3:] == [
        "2 sets of 3 tracks are left out: a map has room for 2.",
        "5 of the 8 tracks are named here, at most 3 of a set; the search finds these.",
    ]
    # What answers is on the map however few tracks it has.
    draw_in_process(home, path, UserRequest("ska", options={"number": 1}))
    data = drawn(path)
    assert sets(data) == ["folk", "ska"]
    assert data["asked"]["hits"] == [[1, "Dee", "s"]]


def test_progress_is_told_in_sets() -> None:
    told: list[int] = []
    step = mapping.counted_in(90, told.append)
    for steps in (100, 200, 300):  # of 600: after them 15, 45 and 90 sets are told
        step(steps)
    assert told == [15, 30, 45]


def draw_in_process(home: Home, path: Path, asked: UserRequest | None = None) -> None:
    """Draw a map in this process, where limits can be lowered."""
    ours = settings({"file_tags": False})

    def draw(index: LibraryIndex) -> None:
        index.refresh(progress.line)
        found = answer(index, asked, ours, None) if asked else None
        write_map(str(path), index, "Map", found=found)

    lib = home.library()
    with_index(lib, ours, draw)
    lib._close()


def test_another_file_stays(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    page = tmp_path / "page.html"
    page.write_text("<h1>mine</h1>", encoding="utf-8")
    for command in (["melindex"], ["describe", "folk"]):
        done = home.beet(*command, "--map", str(page), code=1)
        assert f"{page} exists and is not a MelScribe map; name another file" in done.stderr
    assert page.read_text(encoding="utf-8") == "<h1>mine</h1>"
    assert not home.index.exists()  # told before the work
    done = home.beet("melindex", "--map", str(tmp_path / "no" / "map.html"), code=1)
    assert "its folder does not exist" in done.stderr


def test_what_cannot_be_drawn(home: Home, tmp_path: Path) -> None:
    path = str(tmp_path / "map.html")
    for option in ("--show", "--pretend"):
        done = home.beet("melindex", option, "--map", path, code=1)
        said = f"--map draws what the index holds afterwards; leave out {option}"
        assert said in done.stderr
    home.configure(file_tags=False)
    home.add({"title": "a"})
    assert "nothing to draw a map of" in home.beet("melindex", "--map", path, code=1).stderr
    assert not Path(path).exists()


def test_a_home_is_expanded(home: Home, tmp_path: Path) -> None:
    add_tracks(home)
    home.beet("melindex", "--map", "~/map.html", env={"HOME": str(tmp_path)})
    assert drawn(tmp_path / "map.html")["tracks"] == [2, 1, 1]
