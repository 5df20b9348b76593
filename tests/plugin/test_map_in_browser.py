"""The map in a real browser: what is seen, found and pointed at; hostile tags stay text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, Page, browser
from tests.support.home import Home

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs chromium on the PATH (Debian: apt install chromium)"
)

EVIL = "</script><img src=x onerror=\"document.title='pwned'\"><svg onload=document.title='pwned'>"
PANEL = 316  # pixels from the left that the panel takes of a wide window


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the map of a library, map.html, and one with an answer, answer.html."""
    folder = tmp_path_factory.mktemp("maps")
    (folder / "beets").mkdir()
    home = Home(folder / "beets")
    home.configure(file_tags=False)
    genres = ["Folk", "Jazz", "Dub", "Doom Metal", "Disco", "Techno"]
    moods = ["sad", "happy", "calm", "dark", "tender"]
    home.add(
        *(
            {"title": f"{g} {m}", "artist": f"Artist {m}", "genres": [g], "mood": m}
            for g in genres
            for m in moods
        ),
        {"title": f"Title {EVIL}", "artist": f"Artist {EVIL}", "genres": ["Ska", f"x {EVIL}"]},
        {"title": "second", "artist": "Zoe", "genres": ["Folk"], "mood": "sad"},
    )
    home.beet("melindex", "--map", str(folder / "map.html"))
    home.beet("describe", f"sad folk {EVIL}", "-n", "3", "--map", str(folder / "answer.html"))
    return folder


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(chromium: Page, files: Path) -> Iterator[Page]:
    """Return a page that shows the map; nothing may have gone wrong in it, or out of it."""
    chromium.requests.clear()
    chromium.open(files / "map.html")
    chromium.settle()
    yield chromium
    assert chromium.errors == []
    assert {r.rsplit("/", 1)[1] for r in chromium.requests} <= {"map.html", "answer.html"}
    assert all(r.startswith("file:") for r in chromium.requests)


def find(page: Page, text: str) -> None:
    page.run("document.getElementById('search').focus()")
    page.type(text)
    page.settle()


def text(page: Page, selector: str) -> str:
    return str(page.run(f"document.querySelector({selector!r}).innerText"))


def pixels(page: Page, part: str = "0, 0, map.width, map.height") -> Counter[int]:
    """Return how often each colour is on the canvas, or on a part of it: x, y, width, height."""
    found = page.run(
        "(() => {"
        " const copy = document.createElement('canvas');"
        " copy.width = map.width; copy.height = map.height;"
        " const pen = copy.getContext('2d', {willReadFrequently: true});"
        " pen.drawImage(map, 0, 0);"
        f" const seen = {{}}; new Uint32Array(pen.getImageData({part}).data.buffer)"
        ".forEach(c => { seen[c] = (seen[c] || 0) + 1; });"
        " return seen; })()"
    )
    return Counter({int(colour): count for colour, count in found.items()})


def painted(page: Page) -> int:
    """Return how many pixels of the canvas have been painted on."""
    seen = pixels(page)
    return seen.total() - seen[0]


def test_it_is_drawn_and_says_what_it_is(page: Page) -> None:
    assert painted(page) > 32 * 4  # 32 dots of 2 pixels across at least, and names
    assert text(page, "h1") == "Map of the library"
    legend = set(page.run("[...legend.children].map(b => b.innerText)"))
    assert {"folk", "jazz", "rock", "electronic"} <= legend
    page.run("document.querySelector('details').open = true")
    assert "31 descriptor sets of 32 tracks" in text(page, "#notes")


def test_hostile_tags_are_text(page: Page, files: Path) -> None:
    find(page, "onerror")
    assert text(page, "#status") == "1 set of 1 track"
    page.press("Enter")  # pins the card of the only one
    page.settle()
    assert "</script><img src=x" in text(page, "#card ul")
    assert page.run("document.images.length + document.querySelectorAll('svg').length") == 0
    page.open(files / "answer.html")
    page.settle()
    assert "<svg onload=" in text(page, "h1")
    assert page.run("document.title").startswith("sad folk </script>")
    assert page.run("document.images.length + document.querySelectorAll('svg').length") == 0


def test_search_highlights_and_lists(page: Page) -> None:
    before = painted(page)
    find(page, "FOLK sad")  # every word, in any case and order
    assert text(page, "#status") == "1 set of 2 tracks"
    assert text(page, "#found li") == "folk, sad\n2 tracks"
    assert painted(page) != before
    page.press("Escape")
    page.settle()
    assert text(page, "#status") == ""
    assert painted(page) == before
    find(page, "artist tender")
    assert text(page, "#status") == "6 sets of 6 tracks"
    page.run("search.select()")
    find(page, "nowhere")
    assert text(page, "#status") == "nothing found"
    assert page.run("document.getElementById('found').hidden")


def test_the_pointer_shows_a_set_and_a_click_pins_it(page: Page) -> None:
    find(page, "doom calm")
    page.run("document.querySelector('#found button').click()")  # goes there
    page.settle()
    page.run("document.querySelector('#card .close').click()")
    page.settle()
    x, y = (1280 + PANEL) // 2, 400  # the middle of what the panel leaves free
    assert page.run("card.hidden")
    page.mouse("mouseMoved", x, y)
    page.settle()
    assert page.run("[...card.querySelectorAll('.tags button')].map(b => b.innerText)") == [
        "calm",
        "doom metal",
    ]
    assert text(page, "#card .family") == "rock, 1 track"
    assert text(page, "#card li") == "Artist calm - Doom Metal calm"
    assert len(pixels(page, f"{x - 6}, {y - 6}, 12, 12")) > 1
    page.mouse("mouseMoved", x, 790)
    page.settle()
    assert page.run("card.hidden")
    page.mouse("mousePressed", x, y)
    page.mouse("mouseReleased", x, y)
    page.mouse("mouseMoved", x, 790)
    page.settle()
    assert not page.run("card.hidden")
    page.press("Escape")
    assert page.run("card.hidden")


def test_it_moves_and_zooms_by_mouse_and_by_keys(page: Page) -> None:
    def picture() -> str:
        page.settle()
        return str(page.run("map.toDataURL()"))

    whole = picture()
    page.mouse("mouseWheel", 700, 400, deltaX=0, deltaY=-400)
    closer = picture()
    assert closer != whole
    page.mouse("mousePressed", 700, 400)
    page.mouse("mouseMoved", 760, 430, buttons=1, button="left")
    page.mouse("mouseReleased", 760, 430)
    moved = picture()
    assert moved != closer
    page.run("map.focus()")
    for key in ("+", "ArrowLeft", "ArrowUp", "-"):
        before = moved
        page.press(key)
        moved = picture()
        assert moved != before, key
    page.press("0")
    page.mouse("mouseMoved", 5, 795)
    assert picture() == whole


def test_it_works_from_the_keyboard(page: Page) -> None:
    page.press("/")
    assert page.run("document.activeElement.id") == "search"
    page.type("techno")
    page.settle()
    page.press("Tab")  # to the first of what was found
    assert page.run("document.activeElement.innerText").startswith("calm, techno")
    page.press("Enter")
    page.settle()
    assert "techno" in text(page, "#card .tags")


def test_the_legend_brings_a_family_forward(page: Page) -> None:
    before = page.run("map.toDataURL()")
    page.run("[...legend.children].find(b => b.innerText === 'jazz').click()")
    page.settle()
    assert page.run("legend.querySelector('[aria-pressed=true]').innerText") == "jazz"
    assert page.run("map.toDataURL()") != before


def test_the_answer_is_shown(page: Page, files: Path) -> None:
    page.open(files / "answer.html")
    page.settle()
    accent = 0xFF6C00D6  # #d6006c of the rings, in the byte order of the canvas
    assert pixels(page)[accent] > 20
    listed = page.run("[...hits.querySelectorAll('li')].map(li => li.innerText)")
    assert [entry.split("\n")[0] for entry in listed] == ["1", "2", "3"]
    at = next(n for n, entry in enumerate(listed) if "second" in entry)
    assert listed[at] == f"{at + 1}\nZoe - second\nfolk, sad"
    page.run(f"hits.querySelectorAll('button')[{at}].click()")
    page.settle()
    assert f"{at + 1}. Zoe - second" in text(page, "#card")


def test_dark_and_light_and_narrow(chromium: Page, files: Path) -> None:
    paper = []
    for dark in (False, True):
        chromium.open(files / "map.html", dark=dark, size=(420, 800))
        chromium.settle()
        paper.append(chromium.run("getComputedStyle(document.body).backgroundColor"))
        assert chromium.run("document.documentElement.scrollWidth <= 420")
        assert chromium.run("panel.getBoundingClientRect().top > 400")
        assert painted(chromium) > 32 * 4
    assert paper == ["rgb(251, 250, 247)", "rgb(15, 18, 23)"]
    assert chromium.errors == []
