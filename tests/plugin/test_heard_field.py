"""`beet melindex --heard-to FIELD`: what was heard, in a field of the library and nowhere else."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.heard_home import HEARD, TITLES, add_clips, shown
from tests.support.home import Home


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("heard"))
    home.configure(file_tags=False, siblings=False)
    add_clips(home)
    home.beet("melindex", "--listen")
    return home


@pytest.fixture
def heard(template: Home, home: Home) -> Home:
    """A library of all clips that was heard, to be changed."""
    home.configure(file_tags=False, siblings=False)
    for path in template.folder.glob("library.db*"):
        shutil.copy2(path, home.folder)
    for path in template.music.iterdir():
        shutil.copy2(path, home.music)
    return home


def fields(home: Home, field: str = "heard") -> dict[str, str]:
    """Return title -> what the field holds, of the tracks that have it."""
    with closing(sqlite3.connect(home.database)) as db:
        rows = db.execute(
            "SELECT title, value FROM item_attributes JOIN items ON items.id = entity_id"
            " WHERE key = ?",
            (field,),
        )
        return dict(rows.fetchall())


def write(home: Home, *args: str, field: str = "heard", code: int = 0) -> list[str]:
    done = home.beet("melindex", "--heard-to", field, *args, code=code)
    return (done.stderr if code else done.stdout).splitlines()


def files(home: Home) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in home.music.iterdir()}


def test_the_field_holds_what_was_heard(heard: Home) -> None:
    expected = shown(heard)
    before = files(heard)
    assert write(heard) == [f"wrote what was heard to `heard` of {len(TITLES)} tracks"]
    found = fields(heard)
    assert {title: set(value.split(", ")) for title, value in found.items()} == expected
    assert HEARD["techno"] <= set(found["techno"].split(", "))
    assert files(heard) == before


def test_beets_finds_and_shows_the_field(heard: Home) -> None:
    write(heard)
    assert heard.beet("ls", "heard:techno", "-f", "$title: $heard").stdout.startswith("techno: ")
    assert heard.beet("ls", "heard:techno", "^heard:drums", "-f", "$title").stdout == ""


def test_pretend_prints_and_writes_nothing(heard: Home) -> None:
    heard.beet("melindex")  # which seals the copies
    beside = {path: path.read_bytes() for path in heard.folder.glob("library.db*")}
    lines = write(heard, "--pretend")
    assert len(lines) == len(TITLES) + 1
    (techno,) = [line for line in lines if "techno: " in line]
    assert HEARD["techno"] <= set(techno.split(": ", 1)[1].split(", "))
    assert lines[-1] == f"would write what was heard to `heard` of {len(TITLES)} tracks"
    assert {path: path.read_bytes() for path in heard.folder.glob("library.db*")} == beside
    assert fields(heard) == {}


def test_pretend_shows_what_it_replaces(heard: Home) -> None:
    write(heard)
    heard.beet("modify", "-y", "--nowrite", "title:techno", "bpm=80")  # slow, so not heard as fast
    before = fields(heard)["techno"]
    assert "fast" in before
    heard.beet("melindex")
    (line,) = [line for line in write(heard, "--pretend") if "techno: " in line]
    assert f"techno: {before} -> " in line
    assert "fast" not in line.split(" -> ")[1]


def test_a_query_chooses_the_tracks(heard: Home) -> None:
    assert write(heard, "title:techno") == ["wrote what was heard to `heard` of 1 track"]
    assert fields(heard).keys() == {"techno"}


def test_a_second_run_changes_nothing(heard: Home) -> None:
    write(heard)
    library = heard.database.read_bytes()
    kept = (heard.folder / "library.db.melscribe.heard").read_bytes()
    assert write(heard) == ["wrote what was heard to `heard` of 0 tracks"]
    assert heard.database.read_bytes() == library
    assert (heard.folder / "library.db.melscribe.heard").read_bytes() == kept


def test_what_you_wrote_is_kept(heard: Home) -> None:
    heard.beet("modify", "-y", "--nowrite", "title:techno", "heard=my own words")
    said = write(heard)
    assert said == [
        "wrote what was heard to `heard` of 5 tracks; 1 track kept what you wrote there"
    ]
    assert fields(heard)["techno"] == "my own words"
    # One that was written here and changed by hand is the user's from then on.
    heard.beet("modify", "-y", "--nowrite", "title:drums", "heard=loud drums")
    assert write(heard)[0].endswith("of 0 tracks; 2 tracks kept what you wrote there")
    assert fields(heard)["drums"] == "loud drums"
    # Emptied, it is written again.
    heard.beet("modify", "-y", "--nowrite", "title:drums", "heard!")
    assert write(heard)[0].startswith("wrote what was heard to `heard` of 1 track;")
    assert HEARD["drums"] <= set(fields(heard)["drums"].split(", "))


def test_what_is_no_longer_heard_is_removed(heard: Home) -> None:
    write(heard)
    heard.beet("modify", "-y", "--nowrite", "title:techno", "heard=my own words")
    for path in heard.folder.glob("library.db.melscribe.heard*"):
        path.rename(path.with_name(f"away{path.name}"))
    assert "nothing was heard in this library yet" in write(heard, code=1)[-1]
    for path in heard.folder.glob("away*"):
        path.rename(path.with_name(path.name.removeprefix("away")))
    # Other audio in its place, in which nothing is heard.
    shutil.copy(heard.music / "quiet_sine.wav", heard.music / "drums.wav")
    heard.beet("melindex", "--listen")
    write(heard)
    assert fields(heard)["drums"] == fields(heard)["quiet_sine"]
    with closing(sqlite3.connect(heard.database)) as db, db:
        db.execute("UPDATE items SET added = added + 1 WHERE title IN ('pad', 'techno')")
    heard.beet("melindex")  # these are other tracks then
    assert write(heard)[0] == "wrote what was heard to `heard` of 1 track"
    assert "pad" not in fields(heard)
    assert fields(heard)["techno"] == "my own words"


def test_fields_do_not_disturb_each_other(heard: Home) -> None:
    write(heard, "title:techno")
    write(heard, "title:techno", field="sound")
    assert fields(heard) == fields(heard, "sound")
    write(heard, field="sound")
    assert len(fields(heard)) == 1
    assert len(fields(heard, "sound")) == len(TITLES)


def test_the_field_is_no_tag_of_yours(heard: Home) -> None:
    before = heard.ask("techno", "-n", "9")["tracks"]
    write(heard)
    assert heard.ask("techno", "-n", "9")["tracks"] == before
    assert "<- heard" not in heard.beet("melindex", "--show").stdout


def test_files_are_not_written_by_beets_either(heard: Home) -> None:
    before = {name: content for name, (content, _) in files(heard).items()}
    write(heard)
    heard.beet("write", "--pretend")
    assert {name: content for name, (content, _) in files(heard).items()} == before


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("genres", "beets itself uses this field"),
        ("comments", "beets itself uses this field"),
        ("path", "beets itself uses this field"),
        ("id", "beets itself uses this field"),
        ("descriptors", "beets itself uses this field"),
        ("filesize", "beets itself uses this field"),
        ("mood", "MelScribe reads this field as tags of your own"),
        ("usertags", "MelScribe reads this field as tags of your own"),
        ("a field", "a field is named by letters, digits and _"),
        ("", "a field is named by letters, digits and _"),
        ("1st", "a field is named by letters, digits and _"),
        ("x'; DROP TABLE items; --", "a field is named by letters, digits and _"),
    ],
)
def test_fields_with_another_use_are_refused(template: Home, field: str, said: str) -> None:
    before = template.database.read_bytes()
    assert said in write(template, field=field, code=1)[-1]
    assert template.database.read_bytes() == before


def test_a_field_that_you_let_melscribe_read_is_refused(heard: Home) -> None:
    heard.configure(file_tags=False, siblings=False, fields=["vibe"])
    assert "MelScribe reads this field" in write(heard, field="vibe", code=1)[-1]


def test_without_anything_heard_it_is_said(home: Home) -> None:
    add_clips(home, "pad")
    home.beet("melindex")
    for args in ((), ("--pretend",)):
        assert write(home, *args, code=1)[-1] == (
            "error: nothing was heard in this library yet; run `beet melindex --listen` first"
        )
    assert not (home.folder / "library.db.melscribe.heard").exists()


def test_an_import_does_not_write_the_field(heard: Home, tmp_path: Path) -> None:
    heard.configure(auto=True, listen="all", file_tags=False)
    album = heard.music / "new"
    album.mkdir()
    shutil.copy(heard.music / "pluck.wav", album / "pluck.wav")
    heard.beet("import", "-q", "-A", str(album))
    assert fields(heard) == {}
