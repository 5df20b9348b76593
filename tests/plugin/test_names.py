"""Names in whole requests through the command: what is meant, in a library full of traps."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from beets.ui import UserError

from beetsplug.melscribe.mirror import MADE
from beetsplug.melscribe.name_index import LibraryNames
from melscribe_core.catalogue.catalogue import open_catalogue
from melscribe_core.catalogue.names import Entries
from melscribe_core.request.near_names import misspelt
from tests.support.home import Home
from tests.support.inside import beet
from tests.support.paths import REQUESTS

TABLE = REQUESTS / "library" / "names.tsv"
KEYS = ("like", "by", "named", "leads")

# artist, title, album, and other fields
TRACKS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("Ada Márquez", "Quiet Lantern", "Night Rooms", {}),
    ("Ada Márquez", "Harbour Lights", "Night Rooms", {}),
    ("Adam & Omar", "Shore", "Coast", {"artists": ["Adam Pell", "Omar Vey"]}),
    ("Femi Takeda", "Market Day", "Lagos Rain", {}),
    (
        "Femi Takeda",
        "Slow Ferry",
        "Lagos Rain",
        {"arrangers": ["Nelson Arrango"], "lyricist": "Lyra Quill"},
    ),
    ("Keiko Ullman", "Snow Country", "Winter Papers", {}),
    ("N.W.A", "Express Yourself", "Compton", {}),
    ("M.I.A.", "Paper Planes", "Kala", {}),
    ("Guns N' Roses", "Civil War", "Illusion", {}),
    ("10,000 Maniacs", "Trouble Me", "Zoo", {}),
    ("AC/DC", "Thunderstruck", "Razors Edge", {}),
    ("R.E.M.", "Orange Crush", "Green", {}),
    ("Ke$ha", "Blow", "Cannibal", {}),
    ("P!nk", "Sober", "Funhouse", {}),
    ("Jay-Z", "Problems", "Black Album", {}),
    ("Sigur Rós", "Hoppípolla", "Takk", {}),
    ("Björk", "Jóga", "Homogenic", {}),
    ("Motörhead", "Ace", "Spades", {}),
    ("Beyoncé", "Halo", "Sasha", {}),
    ("The The", "Uncertain Smile", "Soul Mining", {}),
    ("Trentemøller", "Moan", "Last Resort", {}),
    ("St. Vincent", "Digital Witness", "Self", {}),
    ("Beatles, The", "Penny Lane", "Magical", {}),
    ("Run-D.M.C.", "Tricky", "Hell", {}),
    ("Blink-182", "Dammit", "Dude Ranch", {}),
    ("Yes", "Roundabout", "Fragile", {}),
    ("Air", "Sexy Boy", "Moon Safari", {}),
    ("Can", "Vitamin C", "Bamyasi", {}),
    ("Happy", "Hm", "Hums", {}),
    ("Love", "Alone Again", "Changes", {}),
    ("Kiss", "Detroit", "Destroyer", {}),
    ("Train", "Drops", "Jupiter", {}),
    ("America", "A Horse", "Desert", {}),
    ("Jazz", "Noise", "Noises", {}),
    ("Pharrell Williams", "Happy", "Girl", {}),
    ("The Velvets", "Sunday Morning", "Banana", {}),
    ("The Velvets", "Rainy Sunday Morning", "Banana", {}),
    ("Adele", "Hello", "Twenty-Five", {}),
    ("Ben Ward", "Stand by Me", "Standing", {}),
    ("Ola Berg", "Northern Ferry (Remastered 2011)", "North", {}),
    ("Boss Crew", "Angry Drumming Dwarves", "Battle Tanks OST", {}),
    ("Boss Crew", "Jazz Buzzing EasterEgg", "Battle Tanks OST", {}),
    ("Bob Dylan", "Hurricane", "Desire", {}),
    ("There", "Style", "No Tomorrow", {}),
    ("Neil Young", "Harvest", "Harvests", {}),
    ("Maria Petrova", "Nocturne in E", "Nights", {"composers": ["Frédéric Chopin"]}),
    ("Jan Kowal", "Ballade in G", "Ballades", {"composer": "Chopin, Frédéric"}),
    (
        "Glenn Ross",
        "Fugue in D",
        "Fugues",
        {"composers": ["Johann Sebastian Bach"], "performer": "Yuja Lindqvist; Trio Vento"},
    ),
    ("P.D.Q. Bach", "Toot Suite", "Toots", {}),
]
TITLES = {title for _, title, _, _ in TRACKS}
GENRES = [["Folk", "Sad"], ["Rock", "Energetic"], ["Jazz", "Calm"], ["Pop", "Happy"]]


def rows() -> list[Any]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(*line.split("\t"), id=f"{number}: {line.split(chr(9))[0]}")
        for number, line in enumerate(lines, start=1)
        if line and not line.startswith("#")
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    made.add(
        *(
            {
                "artist": artist,
                "title": title,
                "album": album,
                "genres": GENRES[i % 4],
                "length": 200.0,
                **more,
            }
            for i, (artist, title, album, more) in enumerate(TRACKS)
        )
    )
    beet(made, "melindex")
    return made


def asked(home: Home, *args: str) -> dict[str, Any]:
    """Return what a request finds; of an error, the sentence as the only note."""
    try:
        found: dict[str, Any] = json.loads(beet(home, "describe", "--json", "-n", "100", *args))
    except UserError as error:
        return {"request": {}, "tracks": [], "notes": [str(error)]}
    return found


@pytest.mark.parametrize(("text", "wanted"), rows())
def test_a_name_is_what_was_meant(home: Home, text: str, wanted: str) -> None:
    expected = json.loads(wanted)
    found = asked(home, text, "--per-artist", "0", "--per-album", "0")
    request, notes = found["request"], " | ".join(found["notes"])
    assert {key: request[key] for key in KEYS if key in request} == {
        key: expected[key] for key in KEYS if key in expected
    }, notes
    titles = {track["title"] for track in found["tracks"]}
    if "meant" in expected:
        # Examples stay out, all else comes in; by a name nothing else comes; others come first.
        meant = expected["meant"]
        first = {track["title"] for track in found["tracks"][: len(meant)]}
        found_so = (
            TITLES - titles if "like" in expected else first if "leads" in expected else titles
        )
        assert found_so == set(meant)
    assert expected.get("said", "") in notes
    if not expected:
        assert "named" not in notes


def test_what_is_ignored_is_not_understood(home: Home) -> None:
    said = home.beet("describe", "female vocals trip hop like portishead").stderr.splitlines()
    assert [line for line in said if "portishead" in line] == [
        "ignored: no artist, title or album named portishead here"
    ]
    assert not any(line.startswith("understood:") for line in said)
    request = asked(home, "female vocals trip hop like portishead")["request"]
    assert request["about"] == "female vocals trip hop"
    assert "like" not in request


def test_words_that_name_nobody_are_words_again(home: Home) -> None:
    found = asked(home, "calm jazz in the style of thundering hooves")
    assert "like" not in found["request"]
    assert found["request"]["about"].startswith("calm jazz")
    assert "hooves" in found["request"]["about"]
    assert "understood" not in " ".join(found["notes"])


def test_a_query_names_as_a_request_does(home: Home) -> None:
    done = home.beet("ls", "-f", "$title", "describe:songs by NWA")
    assert done.stdout.splitlines() == ["Express Yourself"]
    assert "understood: by NWA" in done.stderr


# ---- how many


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with 12 tracks by each of two artists, of one album each, and 4 others."""
    made = Home(tmp_path_factory.mktemp("crowd"))
    made.configure(file_tags=False, min_score=0.5)
    made.add(
        *(
            {
                "artist": artist,
                "title": f"{artist} {word}",
                "album": artist,
                "genres": genres,
                "length": 200.0,
            }
            for artist, genres in (("Ada Quist", ["Metal"]), ("Bo Lund", ["Folk"]))
            for word in "alpha beta gamma delta zeta eta theta iota kappa mu nu xi".split()
        ),
        *(
            {"artist": f"Other {i}", "title": f"Song {i}", "genres": ["Folk"], "length": 200.0}
            for i in range(4)
        ),
    )
    beet(made, "melindex")
    return made


@pytest.mark.parametrize(
    ("text", "options", "count"),
    [
        ("songs by Ada Quist", (), 12),
        ("songs by Ada Quist", ("--per-artist", "2"), 2),
        ("songs by Ada Quist", ("--per-album", "3"), 3),
        ("only Ada Quist", ("--per-artist", "2"), 2),
        ("songs by Ada Quist or Bo Lund", ("-n", "20"), 20),  # ten each
        ("songs by Ada Quist or Bo Lund", ("-n", "20", "--per-artist", "2"), 4),
        ("songs by Ada Quist or Bo Lund", ("-n", "20", "--per-album", "3"), 6),
        # 60 minutes are 18 tracks of 200 seconds: more than three or four of each.
        ("songs by Ada Quist or Bo Lund", ("-t", "60"), 18),
    ],
)
def test_an_option_wins_and_names_make_room(
    crowd: Home, text: str, options: tuple[str, ...], count: int
) -> None:
    assert len(crowd_titles(crowd, text, *options)) == count


def crowd_titles(home: Home, *args: str) -> list[str]:
    found = json.loads(beet(home, "describe", "--json", *args))
    return [track["title"] for track in found["tracks"]]


def test_the_best_of_an_artist_comes_however_little_it_fits(crowd: Home) -> None:
    found = json.loads(beet(crowd, "describe", "--json", "gentle folk ballads by Ada Quist"))
    assert found["request"]["by"] == ["Ada Quist"]
    assert len(found["tracks"]) == 12
    best = found["tracks"][0]["score"]
    assert best < 0.5  # the config's least score
    assert f"no track of Ada Quist fits well: the best score is {best:.2f}" in found["notes"]
    with pytest.raises(UserError, match="no track fits well enough"):
        beet(crowd, "describe", "gentle folk ballads by Ada Quist", "--min-score", "0.5")
    listed = beet(crowd, "ls", "describe:gentle folk ballads by Ada Quist").splitlines()
    assert len(listed) == 12


# ---- libraries and indexes of other versions


def small_home(folder: Path) -> Home:
    made = Home(folder)
    made.configure(file_tags=False)
    made.add(
        {"artist": "Femi Takeda", "title": "Market Day", "genres": ["Folk"]},
        {"artist": "Maria Petrova", "title": "Nocturne", "genres": ["Classical"]},
    )
    beet(made, "melindex")
    return made


def test_names_kept_in_an_older_form_are_read_anew(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    assert asked(home, "like takeda")["request"]["like"] == ["takeda"]
    with closing(open_catalogue(home.index)) as catalogue, catalogue.writing():
        form, _, rest = (catalogue.meta("rules") or "").partition(" ")
        assert form == MADE
        catalogue.names.update(None, Entries())
        catalogue.put_meta({"rules": f"0 {rest}"})
    assert asked(home, "like takeda")["request"]["like"] == ["takeda"]


def test_a_column_that_beets_no_longer_has_is_looked_at(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    with closing(sqlite3.connect(home.database)) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(items)")}
        assert "composer" not in columns
        assert "composers" in columns
        db.execute("ALTER TABLE items ADD COLUMN composer TEXT")
        db.execute("UPDATE items SET composer = 'Fanny Hensel/Clara Wieck' WHERE id = 2")
        db.commit()
    for text in ("music by Hensel", "only fanny hensel", "by Clara Wieck"):
        assert [track["title"] for track in asked(home, text)["tracks"]] == ["Nocturne"], text


def test_a_field_of_the_album_names_its_tracks(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    lib = home.library()
    album = lib.add_album([next(iter(lib.items("title:Nocturne")))])
    album["conductor"] = "Otto Brandauer"
    album.store(inherit=False)
    lib._close()
    found = asked(home, "pieces by Otto Brandauer")
    assert [track["title"] for track in found["tracks"]] == ["Nocturne"]


@pytest.fixture(scope="module")
def joint(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("joint"))
    made.configure(file_tags=False)
    rows = [
        ("Mark Ronson feat. Bruno Mars", "Uptown"),
        ("Lady Gaga & Bradley Cooper", "Shallow"),
        ("Bruno Mars", "Grenade"),
        ("Earth, Wind & Fire", "September"),
        ("Kygo", "Stargazing (feat. Justin Jesso)"),
        ("Various Artists", "Medley"),
        ("[unknown]", "Hiss"),
    ]
    made.add(*({"artist": a, "title": t, "albumartist": a, "genres": ["Folk"]} for a, t in rows))
    beet(made, "melindex")
    return made


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("songs by Bruno Mars", {"Uptown", "Grenade"}),
        ("songs by Mark Ronson", {"Uptown"}),
        ("songs by Mark Ronson feat. Bruno Mars", {"Uptown"}),
        ("songs by Bradley Cooper", {"Shallow"}),
        ("songs by Cooper", {"Shallow"}),
        ("songs by Earth, Wind & Fire", {"September"}),
        ("songs by Justin Jesso", {"Stargazing (feat. Justin Jesso)"}),
    ],
)
def test_a_joint_artist_is_found_by_each_part(joint: Home, text: str, titles: set[str]) -> None:
    found = asked(joint, text, "--per-artist", "0", "--per-album", "0")
    assert {track["title"] for track in found["tracks"]} == titles


@pytest.mark.parametrize("name", ["Various Artists", "Unknown Artist", "VA", "Fire", "Wind"])
def test_nobody_is_no_artist(joint: Home, name: str) -> None:
    with closing(open_catalogue(joint.index)) as catalogue:
        names = LibraryNames(catalogue)
        assert "artist" not in names.kinds_of(name)
        assert not names.of("artist").meant(name, "written").known


def test_a_slip_is_found_in_the_index(joint: Home) -> None:
    with closing(open_catalogue(joint.index)) as catalogue:
        artists = LibraryNames(catalogue).of("artist")
        for said, name, count in (
            ("Bruno Marz", "Bruno Mars", 2),
            ("Mark Ronsen", "Mark Ronson", 1),
            ("Lady Gagga", "Lady Gaga", 1),
            ("Kooper", "Bradley Cooper", 1),
        ):
            found = misspelt(said, artists)
            assert found is not None, said
            assert (found.name, len(found.tracks)) == (name, count)
        assert misspelt("Brunhilde", artists) is None


def test_a_renamed_artist_is_found_by_how_it_sounds(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    lib = home.library()
    track = next(iter(lib.items("title:Nocturne")))
    track["artist"] = "Jimi Hendrix"
    track.store()
    lib._close()
    beet(home, "melindex")
    with closing(open_catalogue(home.index)) as catalogue:
        artists = LibraryNames(catalogue).of("artist")
        found = misspelt("Jimmy Hendricks", artists)
        assert found is not None
        assert found.name == "Jimi Hendrix"
        assert misspelt("Femmi Takada", artists) is not None
