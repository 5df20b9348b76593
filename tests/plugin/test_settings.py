"""Config: every key is checked when a command runs, and a wrong one spoils no other command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import confuse
import pytest
import yaml
from beets.ui import UserError

from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.settings import Settings, read_settings
from tests.support.home import Home


def settings(section: Any) -> Settings:
    """Return what a section `melscribe:` in somebody's config.yaml is read as."""
    config = confuse.Configuration("tests", read=False)
    config["melscribe"].add(DEFAULTS)
    config.set({"melscribe": yaml.safe_load(yaml.safe_dump(section))})
    return read_settings(config["melscribe"])


WRONG = [
    # value of the key, what the sentence must say after its name
    ("number", "many", "must be a whole number, not 'many'"),
    ("number", 2.7, "must be a whole number, not 2.7"),
    ("number", True, "must be a whole number, not True"),
    ("number", None, "must be a whole number, not None"),
    ("number", 0, "must be 1 or more, not 0"),
    ("per_artist", -1, "must be 0 (any number) or more, not -1"),
    ("per_album", -1, "must be 0 (any number) or more, not -1"),
    ("min_score", "high", "must be a number, not 'high'"),
    ("min_score", True, "must be a number, not True"),
    ("min_score", 1.5, "must be between 0 and 1, not 1.5"),
    ("min_score", float("nan"), "must be between 0 and 1, not nan"),
    ("query_number", 0, "must be 1 or more, not 0"),
    ("auto", "often", "must be yes or no, not 'often'"),
    ("threads", -1, "must be 0 or more, not -1"),
    ("threads", "all", "must be a whole number, not 'all'"),
    ("file_tags", "sometimes", "must be yes or no, not 'sometimes'"),
    ("file_tags", 1, "must be yes or no, not 1"),
    ("siblings", "some", "must be yes or no, not 'some'"),
    ("listen", "some", "must be one of no, poor, all, not 'some'"),
    ("listen", True, "must be one of no, poor, all, not True"),
    ("tower", 3, "must be a filename, not int"),
    ("fields", 3, "must be a whitespace-separated string or a list"),
    ("fields", [1, 2], "must be a list of strings"),
    ("fields", {"mood": "style"}, "must be a list"),
    ("junk", 3, "must be a whitespace-separated string or a list"),
    ("junk", [2020], "must be a list of strings"),
    ("aliases", ["dnb"], "must be a dict, not list"),
    ("aliases", {"dnb": 3}, "must be a string"),
    ("aliases", {80: "1980s"}, "put 80 in quotes, it is not a text"),
    ("index", 3, "must be a filename, not int"),
    ("encoder", 3, "must be a string"),
    ("query", 3, "must be a whitespace-separated string or a list"),
    ("query", {"genres": "pop"}, "must be a list"),
    ("playlist", None, "holds no settings"),
    ("playlist", "m3u", "holds no settings"),
    ("playlists", 3, "must be a list, not int"),
    ("playlists", {"name": "x"}, "must be a list, not dict"),
    ("playlist.playlist_dir", 3, "must be a filename, not int"),
    ("playlist.output", "pls", "must be extm3u or m3u"),
    ("playlist.output", 3, "must be a string"),
    ("playlist.relative_to", 3, "must be a filename, not int"),
    ("playlist.forward_slash", "maybe", "must be yes or no, not 'maybe'"),
    ("playlist.prefix", 3, "must be a string"),
    ("playlist.prefix", "#", "begins with #"),
    ("playlist.urlencode", 1, "must be yes or no, not 1"),
    ("playlist.uri_format", "http://nas/", "must contain $id"),
    ("playlist.dest_regen", [], "must be yes or no, not []"),
    ("playlist.fields", {"mood": 1}, "must be a list"),
    ("taste", None, "holds no settings"),
    ("taste", "loved:true", "holds no settings"),
    ("taste.like", 3, "must be a whitespace-separated string or a list"),
    ("taste.like", {"loved": True}, "must be a list"),
    ("taste.exclude", [1], "must be a list of strings"),
    ("taste.playlists", 3, "must be a list"),
    ("taste.playlists", {"a": "b"}, "must be a list"),
    ("taste.playlists", [3], "must be a filename"),
    ("taste.weight", 2, "must be between 0 and 1, not 2"),
    ("taste.weight", "strong", "must be a number, not 'strong'"),
    ("taste.weight", True, "must be a number, not True"),
]


@pytest.mark.parametrize(("key", "value", "said"), WRONG)
def test_a_wrong_value_is_answered_with_its_key(key: str, value: Any, said: str) -> None:
    section = value
    for part in reversed(key.split(".")):
        section = {part: section}
    with pytest.raises((UserError, confuse.ConfigError)) as error:
        settings(section)
    assert f"melscribe.{key}" in str(error.value)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_every_key_has_a_wrong_value_above() -> None:
    tried = {key for key, _, _ in WRONG}
    keys = {key for key in DEFAULTS if key not in ("playlist", "taste")}
    keys |= {f"{part}.{key}" for part in ("playlist", "taste") for key in DEFAULTS[part]}
    assert keys <= tried


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"nmber": 3}, "melscribe.nmber in your config is not a setting; there are encoder, index"),
        ({"playlist": {"prefx": "x"}}, "melscribe.playlist.prefx in your config is not a setting"),
        (None, "melscribe in your config holds no settings"),
        (["number"], "melscribe in your config holds no settings"),
    ],
)
def test_a_key_that_is_no_setting_is_named(section: Any, said: str) -> None:
    with pytest.raises(UserError, match=said):
        settings(section)


def test_defaults_pass_and_what_is_said_is_taken() -> None:
    plain = settings({})
    assert (plain.number, plain.per_artist, plain.threads, plain.file_tags) == (25, 3, None, True)
    assert (plain.encoder, plain.index, plain.playlist.output) == (None, None, "extm3u")
    said = settings(
        {
            "number": 9,
            "per_artist": 0,
            "threads": 2,
            "file_tags": False,
            "fields": "tags instruments",
            "junk": ["to check"],
            "aliases": {"dnb": "drum and bass"},
            "index": "/elsewhere/index",
            "encoder": "",
            "playlist": {"output": "m3u", "relative_to": "/music", "fields": ["mood"]},
        }
    )
    assert (said.number, said.per_artist, said.threads, said.file_tags) == (9, 0, 2, False)
    assert (said.fields, said.junk) == (("tags", "instruments"), ("to check",))
    assert said.aliases == {"dnb": "drum and bass"}
    assert (said.index, said.encoder) == (Path("/elsewhere/index"), None)
    assert (said.playlist.output, said.playlist.relative_to) == ("m3u", b"/music")
    assert said.playlist.fields == ("mood",)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"number": "many"}, "configuration error: melscribe.number: must be a whole number"),
        ({"playlist": {"output": "pls"}}, "error: melscribe.playlist.output is 'pls'"),
        ({"junk": ["/(/"]}, "error: junk: /(/ is not a regular expression"),
        ({"aliases": {"dnb": "seen live"}}, "error: aliases: 'dnb' is to be read as 'seen live'"),
        ({"index": "/no/such/folder/index"}, "there is no folder /no/such/folder"),
        ({"encoder": "/no/such/model"}, "error: There is no folder /no/such/model"),
        ({"query": "year:abc"}, "error: melscribe.query: the query year:abc cannot be read"),
        ({"query": "^genres:'Audio"}, "error: melscribe.query: the query ^genres:'Audio cannot"),
        ({"query": "^genres:pop year-"}, "error: melscribe.query only says what may come"),
        ({"query": "^describe:sad"}, "error: melscribe.query holds for every description"),
    ],
)
def test_a_broken_section_stops_our_commands_with_one_sentence(
    home: Home, section: dict[str, Any], said: str
) -> None:
    home.add({"artist": "Ann", "title": "One", "genres": ["Folk"]})
    home.configure(**section)
    done = home.beet("describe", "folk", code=1)
    assert said in done.stderr
    assert (len(done.stderr.splitlines()), done.stdout) == (1, "")


@pytest.mark.parametrize("section", [None, {"number": [], "playlist": 3}])
def test_other_commands_live_with_a_broken_section(home: Home, section: Any) -> None:
    home.add({"artist": "Ann", "title": "One", "genres": ["Folk"]})
    config = yaml.safe_load((home.folder / "config.yaml").read_text(encoding="utf-8"))
    config["melscribe"] = section
    (home.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert home.beet("ls").stdout == "Ann -  - One\n"
    version = home.beet("version")
    assert "plugins: melscribe" in version.stdout
    assert "melscribe" not in version.stderr
    assert "melscribe" in home.beet("melindex", code=1).stderr


def test_a_secret_prefix_is_not_shown(home: Home) -> None:
    home.configure(playlist={"prefix": "http://me:secret@nas/"})
    shown = home.beet("config").stdout
    assert "prefix: REDACTED" in shown
    assert "me:secret" not in shown


SPOKEN = {"title": "Chapter", "artist": "Reader", "genres": ["Folk", "Audiobook"]}


def never(home: Home, *tracks: dict[str, Any]) -> None:
    home.add({"title": "Song", "artist": "Ann", "genres": ["Folk"]}, SPOKEN, *tracks)


@pytest.mark.parametrize("query", ["^genres:Audiobook", ["^genres:Audiobook", "^title:Nothing"]])
def test_what_the_config_rules_out_comes_in_no_answer(home: Home, query: Any) -> None:
    never(home)
    home.configure(query=query)
    assert home.titles("folk") == ["Song"]
    assert home.beet("ls", "-f", "$title", "describe:folk").stdout == "Song\n"
    assert home.beet("ls", "-f", "$title", "^describe:folk").stdout == "Chapter\n"
    home.beet("describe", "folk", "--save", "folk")
    home.make_files()
    home.beet("describe", "--update", "-d", str(home.folder))
    playlist = (home.folder / "folk.m3u8").read_text(encoding="utf-8")
    assert "Song" in playlist
    assert "Chapter" not in playlist
    # the index holds everything all the same
    assert "audiobook  <- genres" in home.beet("melindex", "--show", "title:Chapter").stdout


def test_a_query_of_the_config_that_only_beets_can_decide_holds_too(home: Home) -> None:
    never(home, {"title": "Ad", "artist": "Shop", "genres": ["Folk"], "kind": "advert"})
    home.configure(query="^kind:advert ^genres:Audiobook")
    assert home.titles("folk") == ["Song"]
    assert home.beet("ls", "-f", "$title", "describe:folk").stdout == "Song\n"
    home.configure(query="kind:jingle")
    assert "melscribe.query in your config leaves no track: kind:jingle" in (
        home.beet("describe", "folk", code=1).stderr
    )


def test_a_query_of_the_config_that_leaves_nothing_says_so_once(home: Home) -> None:
    never(home)
    home.configure(query="genres:Polka")
    said = "melscribe.query in your config leaves no track: genres:Polka"
    home.beet("melindex")
    assert home.beet("describe", "folk", code=1).stderr == f"error: {said}\n"
    assert home.beet("ls", "describe:folk").stderr.count(said) == 1
    home.configure(query="^genres:Audiobook")
    both = home.beet("describe", "folk", "genres:Audiobook", code=1).stderr
    assert (
        both == "error: no track fits and matches the query under melscribe.query of your config\n"
    )
