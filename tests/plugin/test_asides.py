"""What a request says of the library, through the real `beet`: the query that does it is named."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

import pytest

from tests.support.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    made.add(
        {"title": "Short", "genres": ["Folk"], "length": 60.0, "added": 1.0},
        {"title": "Long", "genres": ["Folk"], "length": 600.0, "added": 2.0, "userrating": "5"},
    )
    made.beet("melindex")
    return made


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("recently added", '"recently added" is a matter of your library: beet ls added:-1m..'),
        ("the longest tracks", '"the longest" is a matter of your library: beet ls length-'),
        (
            "new stuff I added last week",
            '"new stuff I added last week" is a matter of your library: beet ls added:-1w..',
        ),
        (
            "never played",
            '"never played" is a matter of your library, and no track there has play_count;'
            " beets' mpdstats or lastimport plugin adds it",
        ),
        ("my favourites", '"my favourites" is a matter of your library: beet ls userrating-'),
    ],
)
def test_what_only_the_library_knows_is_answered_with_the_query(
    home: Home, request_: str, said: str
) -> None:
    assert home.beet("describe", request_, code=1).stderr == f"error: {said}\n"


def test_beside_a_description_it_is_a_sentence_and_the_rest_is_searched_for(home: Home) -> None:
    found = home.ask("folk, longest first")
    assert {track["title"] for track in found["tracks"]} == {"Short", "Long"}
    assert found["request"]["queries"] == ["length-"]
    note = '"longest first" is a matter of your library: beet describe folk length-'
    assert note in found["notes"]
    # as it stands there it can be typed
    done = home.beet(*shlex.split(note.partition(": ")[2])[1:], "-f", "$title")
    assert done.stdout.splitlines() == ["Long", "Short"]


def test_a_remark_says_it_too(home: Home) -> None:
    home.ask("folk")
    said = home.beet("describe", "--again", "recently added").stderr
    assert '"recently added" is a matter of your library' in said


def test_a_describe_query_says_it_too(home: Home) -> None:
    said = home.beet("ls", "describe:recently added").stderr
    assert '"recently added" is a matter of your library: beet ls added:-1m..' in said


def test_years_are_counted_from_today(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.configure(file_tags=False)
    this = date.today().year
    years = (("new", this - 1), ("five", this - 5), ("old", this - 30))
    home.add(*({"title": title, "genres": ["Folk"], "year": year} for title, year in years))
    assert set(home.titles("folk from last year")) == {"new"}
    assert set(home.titles("folk from the last five years")) == {"new", "five"}
