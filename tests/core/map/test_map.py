"""The map: where sets lie, what regions are called, and a page that is safe whatever tags hold."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from melscribe_core.errors import MapError
from melscribe_core.map import layout
from melscribe_core.map.families import families
from melscribe_core.map.layout import (
    Graph,
    Repulsion,
    middle_of_nearest,
    neighbours,
    places,
    principal,
)
from melscribe_core.map.page import Marker, Sheet, ShownRequest, page, write
from melscribe_core.map.regions import Region, regions

FloatArray = NDArray[np.float64]


def clouds(sizes: list[int], dim: int = 24) -> NDArray[np.float32]:
    """Return unit vectors in clouds, each around an axis of its own."""
    rng = np.random.default_rng(3)
    middles = np.repeat(np.eye(dim)[: len(sizes)], sizes, axis=0)
    vectors = middles + 0.12 * rng.normal(size=middles.shape)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32)


# -- places ---------------------------------------------------------------------


def test_what_is_alike_lies_together() -> None:
    sizes = [120, 80, 60, 40]
    cloud = np.repeat(range(4), sizes)
    at = places(clouds(sizes))
    apart = np.linalg.norm(at[:, None] - at[None], axis=2) + 9 * np.eye(len(at))
    nearest = apart.argsort(axis=1)[:, :10]
    assert (cloud[nearest] == cloud[:, None]).mean() > 0.98  # by chance it would be 0.29
    assert (at.min(axis=0) >= 0).all()
    assert (at.max(axis=0) <= 1).all()
    assert np.ptp(at, axis=0).max() == pytest.approx(1)


def test_the_same_vectors_give_the_same_map() -> None:
    vectors = clouds([50, 50])
    told: list[int] = []
    first = places(vectors, told.append)
    assert np.array_equal(first, places(vectors))
    assert sum(told) == layout.STEPS


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 31])
def test_a_small_library_has_a_map_too(count: int) -> None:
    at = places(clouds([count]))
    assert at.shape == (count, 2)
    assert np.isfinite(at).all()
    assert len({tuple(row) for row in at.round(4)}) == count  # no two in one place


def test_vectors_that_are_all_one_lie_in_one_place() -> None:
    assert np.allclose(places(np.tile(clouds([1]), (6, 1))), 0.5)


def test_principal_components_keep_what_lies_apart_and_point_one_way() -> None:
    # Along the axis whose larger entry is positive, whichever way the points run.
    for x, y, sign in ((1, -2, -1), (2, -1, 1), (-1, -2, -1), (-2, 1, -1), (1, 2, 1)):
        line = np.array([[0, 0], [x, y], [2 * x, 2 * y]], np.float32)
        found = principal(line, 5)[:, 0]
        assert found.tolist() == pytest.approx([-sign * sqrt(5), 0, sign * sqrt(5)], abs=1e-5)


def test_neighbours_are_the_nearest_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "BLOCK", 2)  # several blocks, the last one not full
    line = np.array([[0], [1], [3], [7], [8]], np.float32)
    assert [sorted(row) for row in neighbours(line, 2).tolist()] == [
        [1, 2],
        [0, 2],
        [0, 1],  # 3 is 2 from 1 and 3 from 0, 4 from 7
        [2, 4],
        [2, 3],
    ]
    assert neighbours(line, 30).shape == (5, 4)


def test_pull_by_hand() -> None:
    # 0 and 1 are each other's neighbour, 2 is only drawn to 1: links 0-1 twice, 1-2 once, so the
    # degrees are 2, 3, 1 and the weights 2 / sqrt(2 * 3), 1 / sqrt(3 * 1), to be halved to sum 1/2.
    graph = Graph(np.array([[1], [0], [1]]))
    strong, weak = 2 / sqrt(6), 1 / sqrt(3)
    total = 2 * (strong + weak)
    at = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    along_x = strong / total / (1 + 1)  # 0 and 1 lie 1 apart
    along_y = 2 * weak / total / (1 + 4)  # 1 and 2 lie 2 apart
    assert np.allclose(
        graph.pull(at), [[along_x, 0], [-along_x, along_y], [0, -along_y]], atol=1e-12
    )


def test_push_is_that_of_all_against_all() -> None:
    at = np.random.default_rng(1).normal(size=(900, 2)) * [1.2, 0.8]  # as wide as 900 sets settle
    apart = at[:, None] - at[None]
    near = 1 / (1 + (apart**2).sum(axis=2))
    exact = ((near**2)[..., None] * apart).sum(axis=1) / (near.sum() - len(at))
    error = np.linalg.norm(Repulsion(900).push(at) - exact) / np.linalg.norm(exact)
    assert error < 0.02  # what the grid blurs


def test_the_middle_of_the_nearest() -> None:
    at = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    likeness = np.array([0.9, 0.1, 0.5], np.float32)
    assert middle_of_nearest(at, likeness, 2).tolist() == [0.0, 0.5]
    assert middle_of_nearest(at, likeness, 9).tolist() == pytest.approx([1 / 3, 1 / 3])


# -- families and regions -------------------------------------------------------

TREE = {
    "rock": frozenset({"metal", "doom metal", "folk rock"}),
    "metal": frozenset({"doom metal"}),
    "folk": frozenset({"folk rock"}),
    "jazz": frozenset({"bebop"}),
}


def test_a_set_is_of_the_family_of_most_of_its_descriptors() -> None:
    sets = [
        ("doom metal", "jazz", "metal"),  # rock twice, jazz once
        ("folk", "folk rock"),  # folk twice; folk rock lies in both
        ("jazz", "rock"),  # one each: rock has a part in 4 sets, jazz in 3
        ("italian progressive rock",),  # its longest ending in the tree is rock
        ("bebop",),
        ("sad",),
    ]
    found = families(sets, [1, 1, 1, 5, 1, 2], TREE)
    # tracks: rock 1 + 5, jazz 1 + 1, folk 1
    assert found.names == ("rock", "jazz", "folk", "no known genre")
    assert [found.names[n] for n in found.of] == [
        "rock",
        "folk",
        "jazz",
        "rock",
        "jazz",
        "no known genre",
    ]


def test_families_beyond_the_colours_are_one() -> None:
    tree = {f"genre {n:02}": frozenset[str]() for n in range(14)}
    sets = [(name,) for name in tree]
    found = families(sets, [20 - n for n in range(14)], tree)
    assert found.names == (*list(tree)[:12], "other genres")
    assert found.of == (*range(12), 12, 12)


def test_without_a_tree_there_is_one_family() -> None:
    assert families([("rock",), ("jazz",)], [1, 1], {}).names == ("no known genre",)


def test_a_region_is_called_by_what_stands_out_there() -> None:
    rng = np.random.default_rng(5)
    left, right = rng.normal([0.2, 0.5], 0.02, (60, 2)), rng.normal([0.8, 0.5], 0.02, (60, 2))
    sets = [("live", "rock")] * 60 + [("jazz", "live")] * 40 + [("jazz", "live", "piano")] * 20
    found = regions(np.concatenate([left, right]), sets)
    # rock and jazz are twice as frequent as on the whole map, live is everywhere.
    assert {region.name.split(" · ")[0] for region in found} == {"jazz", "rock"}
    assert all((region.x < 0.5) == (region.name == "rock") for region in found)
    assert all(0 < region.radius < 0.05 for region in found)


def test_too_little_for_a_region() -> None:
    assert regions(np.zeros((23, 2)), [("rock",)] * 23) == []
    assert regions(np.empty((0, 2)), []) == []


def test_how_much_a_descriptor_stands_out() -> None:
    from melscribe_core.map.regions import _outstanding

    part = [("a", "x"), ("a",), ("a", "x"), ("b",)]
    whole = [*part, ("a",), ("b",), ("b",), ("x",)]
    # a: 3 of 4 against 4 of 8; x: 2 of 4 against 3 of 8; b is rarer here than elsewhere
    names, scores = zip(*_outstanding(part, whole), strict=True)
    assert names == ("a", "x")
    assert scores == pytest.approx((0.75 * log(0.75 / 0.5), 0.5 * log(0.5 / 0.375)))


# -- the page -------------------------------------------------------------------

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "{script}{data}",
    "\"'&amp;<b>",
    "\u2028\u2029\x00\x1b[31m",
    "\udcff\ud83d",  # half characters, as broken tags have them
    "long" * 200,
]


def sheet(words: list[str]) -> Sheet:
    """Return a sheet with two sets in which every text is from the words."""
    return Sheet(
        title=words[0],
        sets=[tuple(words), ("rock",)],
        places=np.array([[0.0, 0.5], [1.0, 0.5]]),
        tracks=[3, 1],
        named=[[(word, word) for word in words], [("Ann", "One")]],
        families=families([tuple(words), ("rock",)], [3, 1], {"rock": frozenset()}),
        regions=[Region(words[0], 0.25, 0.5, 0.1)],
        notes=words,
        request=ShownRequest(
            words[0], words[0], np.array([0.5, 0.5]), [Marker(0, words[0], words[0])]
        ),
    )


class Read(HTMLParser):
    """What a browser would find: the elements, and the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = (dict(attrs).get("id") or tag) if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text[self._inside] = self.text.get(self._inside, "") + data

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text["data"])
        return found


def test_the_page_holds_what_the_sheet_holds() -> None:
    data = Read(page(sheet(["Folk", "sad"])).decode()).data
    assert data["descriptors"] == ["Folk", "sad", "rock"]
    assert data["sets"] == [[0, 1], [2]]
    assert data["places"] == [0, 32768, 65535, 32768]
    assert data["tracks"] == [3, 1]
    assert data["artists"] == ["Folk", "sad", "Ann"]
    assert data["named"] == [[0, "Folk", 1, "sad"], [2, "One"]]
    assert (data["families"], data["family"]) == (["rock", "no known genre"], [1, 0])
    assert data["regions"] == [["Folk", 16384, 32768, 6554]]
    assert data["asked"] == {
        "text": "Folk",
        "understood": "Folk",
        "place": [32768, 32768],
        "hits": [[0, "Folk", "Folk"]],
    }


def test_no_tag_gets_out_of_its_place() -> None:
    plain, hostile = Read(page(sheet(["Folk"])).decode()), Read(page(sheet(HOSTILE)).decode())
    assert hostile.elements == plain.elements
    assert hostile.text["script"] == plain.text["script"]
    assert hostile.data["notes"][:5] == HOSTILE[:5]
    assert hostile.data["descriptors"][5] == "??"
    assert hostile.data["descriptors"][6] == ("long" * 50)[:199] + "…"
    assert "<" not in hostile.text["data"]


def test_the_page_may_fetch_nothing_and_run_only_its_own_script() -> None:
    read = Read(page(sheet(["Folk"])).decode())
    policy = next(a["content"] for tag, a in read.elements if "http-equiv" in a)
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))

    def digest(name: str) -> str:
        return f"'sha256-{b64encode(sha256(read.text[name].encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'",
        "style-src": digest("style"),
        "script-src": digest("script"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    # No address anywhere: nothing to fetch, and nothing to follow.
    assert not re.search(r"https?:|//[a-z]|url\(|\bsrc=|href=", page(sheet(["Folk"])).decode())


def test_a_map_is_replaced_and_another_page_is_not(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "map.html", tmp_path / "theirs.html"
    write(ours, sheet(["Folk"]))
    write(ours, sheet(["Jazz"]))
    assert b"<title>Jazz</title>" in ours.read_bytes()
    theirs.write_text("<!doctype html><title>My page</title>", encoding="utf-8")
    with pytest.raises(MapError, match=r"theirs\.html exists and is not a MelScribe map; name"):
        write(theirs, sheet(["Folk"]))
    assert "My page" in theirs.read_text(encoding="utf-8")
    with pytest.raises(MapError, match=r"The map .*x\.html was not written: its folder does not"):
        write(tmp_path / "no" / "x.html", sheet(["Folk"]))
