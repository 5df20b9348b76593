"""From the facts of a track to its descriptors: what counts, how it is spelt, who said it."""

import math
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.descriptors.fields import LIKELIHOODS, READERS, SPOTIFY
from melscribe_core.descriptors.pieces import MAX_VALUE
from melscribe_core.descriptors.sets import (
    MAX_DESCRIPTORS,
    SEPARATOR,
    DescriptorSet,
    Facts,
    Rules,
    descriptor_set,
    load_rules,
    text_of,
)
from melscribe_core.descriptors.tables import spelling_key, table
from melscribe_core.descriptors.vocabulary import MAX_DESCRIPTOR, read_tag
from melscribe_core.errors import MelScribeError

RULES = load_rules()
HOUSES = ("deep house", "soulful house")
OWN = load_rules(
    fields=["activity"],
    junk=["gym", r"/vol\. \d+/"],
    aliases={"hip hop": "rap music", "chill": "chillout", "ac/dc": "hard rock", "chanson": "a, b"},
)


def names(*tags: str, rules: Rules = RULES) -> list[str]:
    return [name for tag in tags for name in read_tag(tag, rules.vocabulary)]


def said(facts: Facts, rules: Rules = RULES) -> list[str]:
    return list(descriptor_set(facts, rules).descriptors)


# ---- one tag ----


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("Rock", ["rock"], id="case"),
        pytest.param("  indie \t rock ", ["indie rock"], id="blanks"),
        pytest.param("Cafe\u0301", ["café"], id="composed accents"),
        pytest.param("ro\u200bck\x07", ["rock"], id="invisible characters"),
        pytest.param("ro\ud800ck", ["rock"], id="half a surrogate pair"),
        pytest.param("Children’s Games", ["children's games"], id="curly apostrophe"),
        pytest.param("Summer_Rain", ["summer rain"], id="underscores"),
        pytest.param("Bell–like", ["bell-like"], id="long dash"),
        pytest.param("#shoegaze", ["shoegaze"], id="hash"),
        pytest.param('"dream pop"', ["dream pop"], id="quotes"),
        pytest.param("(Rock)", ["rock"], id="brackets"),
        pytest.param("Mood: Happy", ["happy"], id="label"),
        pytest.param("rock ★★★★", ["rock"], id="stars behind a genre"),
        pytest.param("oi!", ["oi!"], id="an ending that belongs to the name"),
        pytest.param('12" version', ['12" version'], id="inches"),
        pytest.param(
            "wide panned acoustic rhythm guitars",
            ["wide panned acoustic rhythm guitars"],
            id="a phrase stays one descriptor",
        ),
        pytest.param(
            'punchy "4 on the floor" kick', ['punchy "4 on the floor" kick'], id="quotes within"
        ),
        pytest.param("6/8 rhythm", ["6/8 rhythm"], id="metre in a phrase"),
        pytest.param("5/4", ["5/4"], id="metre"),
    ],
)
def test_a_tag_is_tidied(tag: str, expected: list[str]) -> None:
    assert names(tag) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("Rock, Pop", ["rock", "pop"], id="comma"),
        pytest.param("Rock; Pop", ["rock", "pop"], id="semicolon"),
        pytest.param("Rock|Pop", ["rock", "pop"], id="bar"),
        pytest.param("Rock\\␀Pop", ["rock", "pop"], id="beets' own delimiter"),
        pytest.param("Rock\0Pop", ["rock", "pop"], id="nul"),
        pytest.param("Rock\nPop\r\nFolk", ["rock", "pop", "folk"], id="lines"),
        pytest.param("Electronic > House", ["electronic", "house"], id="tree"),
        pytest.param("Rock - Live", ["rock", "live"], id="dash between blanks"),
        pytest.param("Pop/Rock", ["pop", "rock"], id="slash"),
        pytest.param("Funk / Soul", ["funk", "soul"], id="slash between blanks"),
        pytest.param("R&B/Soul", ["r&b", "soul"], id="slash beside r&b"),
        pytest.param("Hip-Hop/Rap", ["hip hop", "rap"], id="slash beside a spelling"),
        pytest.param("80s/90s", ["1980s", "1990s"], id="slash between decades"),
        pytest.param("Laid-Back/Mellow", ["laid-back", "mellow"], id="moods with a slash"),
        pytest.param("Singer/Songwriter", ["singer-songwriter"], id="a name with a slash"),
        pytest.param("uk/us", ["uk/us"], id="too short to split"),
        pytest.param("Rock & Roll", ["rock and roll"], id="& in a name"),
        pytest.param("Country & Western", ["country and western"], id="& in another name"),
        pytest.param("stage & screen", ["stage and screen"], id="& of Discogs"),
        pytest.param("Fife and Drum", ["fife and drum"], id="and"),
        pytest.param("Folk, World, & Country", ["folk", "world", "country"], id="& after a comma"),
        pytest.param(",;| /,", [], id="nothing but separators"),
    ],
)
def test_a_value_is_split_where_it_lists_several(tag: str, expected: list[str]) -> None:
    assert names(tag) == expected


@pytest.mark.parametrize(
    ("expected", "spellings"),
    [
        ("hip hop", ["hip hop", "Hip-Hop", "hiphop", "HIP_HOP"]),
        ("r&b", ["R&B", "rnb", "r'n'b", "R n B", "rhythm and blues", "Rhythm & Blues"]),
        ("drum and bass", ["drum'n'bass", "Drum & Bass", "d&b", "dnb", "D'n'B", "drumnbass"]),
        (
            "rock and roll",
            ["rock'n'roll", "Rock ’n’ Roll", "rock n roll", "rock-n-roll", "rocknroll"],
        ),
        ("easy listening", ["easylistening", "Easy-Listening"]),
        ("acoustic guitar", ["acousticguitar"]),
        ("indie pop", ["indiepop", "indie-pop"]),
        ("lo-fi", ["lofi", "lo fi"]),
        ("synthpop", ["synth-pop", "synth pop"]),
        ("tropicália", ["tropicalia"]),
        ("female vocals", ["female vocalists", "Female Vocalist", "female vocal"]),
        ("hip hop beat", ["hiphop beat", "hip-hop beat"]),  # the word alone, inside a phrase
    ],
)
def test_spellings_meet(expected: str, spellings: list[str]) -> None:
    assert {spelling: names(spelling) for spelling in spellings} == {
        spelling: [expected] for spelling in spellings
    }


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("90s", "1990s"),
        ("'90s", "1990s"),
        ("1990's", "1990s"),
        ("the nineties", "1990s"),
        ("the 60s", "1960s"),
        ("1989", "1980s"),
        ("2003", "2000s"),
        ("00s", "2000s"),
        ("2020s", "2020s"),
        ("20s", "1920s"),
        ("late 80s rock", "late 1980s rock"),
    ],
)
def test_decades_are_written_in_full(tag: str, expected: str) -> None:
    assert names(tag) == [expected]


@pytest.mark.parametrize(
    "tag",
    [
        *("seen live", "Seen-Live", "favourites", "favorite songs", "my music", "Albums I Own"),
        *(
            "other",
            "Unknown",
            "misc",
            "none",
            "N/A",
            "music",
            "under 2000 listeners",
            "best of 2009",
        ),
        *("5 stars", "★★★", "4.5/5", "8 / 10", "rating: 4", "energy 7", "five stars"),
        *("17", "1791", "3.14", "+-*", "❤️", "", " ", "12/05/2019", "2015-03-12"),
        *("http://example.com/a", "www.example.org", "example.com", "me@example.com"),
        *("AC/DC", "8A", "12m", "320 kbps", "mp3", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_junk_is_dropped(tag: str) -> None:
    assert names(tag) == []


@pytest.mark.parametrize(
    "tag", ["live", "love", "cool", "classic", "8-bit", "2-step", "long", "british", "12-bar blues"]
)
def test_what_only_looks_like_junk_stays(tag: str) -> None:
    assert names(tag) == [tag]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("Techno (Peak Time / Driving)", ["techno", "peak time", "driving"]),
        ("House (Deep, Soulful)", ["house", "deep house", "soulful house"]),
        ("Metal [Black; Death]", ["metal", "black metal", "death metal"]),
        ("Hip-Hop (Old School)", ["hip hop", "old school hip hop"]),
        ("Vocals (Female)", ["vocals", "female vocals"]),
        ("Jazz (Fusion)", ["jazz", "jazz fusion"]),  # the head may come first
        ("Rock, House (Deep, Soulful), Jazz", ["rock", "house", *HOUSES, "jazz"]),
        ("Rock {Alt (90s)}", ["rock", "alternative rock", "1990s"]),
        ("Rock (Other)", ["rock"]),
        ("Best of (2009)", []),
        ("ロック（邦楽）", ["ロック", "邦楽"]),
        ("House(Deep, Dark)", ["house", "deep house", "dark"]),
        ("House (Deep", ["house", "deep"]),  # a value that was cut at its comma
        ("Soulful)", ["soulful"]),
        ("poem(s)", ["poem(s)"]),
        ("(post)punk", ["post-punk"]),
        ("sad :(", ["sad :("]),
    ],
)
def test_brackets_hold_tags_of_their_own(tag: str, expected: list[str]) -> None:
    assert names(tag) == expected


def test_own_junk_and_aliases_may_have_brackets() -> None:
    rules = load_rules(junk=[r"/.*\(to check\)/"], aliases={"techno (peak time / driving)": "peak"})
    assert names("Rock (to check)", "Techno (Peak Time / Driving)", rules=rules) == ["peak"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("Electronic---Deep House", ["electronic", "deep house"]),
        ("mood/theme---relaxing", ["relaxing"]),
        ("genre---rock", ["rock"]),
        ("instrument---electricguitar", ["electric guitar"]),
        ("genre::electronic::techno", ["electronic", "techno"]),
        ("Genre: Rock; Mood = Happy", ["rock", "happy"]),
        ("Rock::Progressive", ["rock", "progressive"]),
        ("Rock · Pop", ["rock", "pop"]),
        ("Rock·Pop", ["rock", "pop"]),
        ("col·lectiu", ["col·lectiu"]),  # Catalan
        ("#chill #vaporwave", ["chill", "vaporwave"]),
        ("#chill#vaporwave", ["chill", "vaporwave"]),
        ("rock #chill", ["rock", "chill"]),
        ("Ambient + Piano", ["ambient", "piano"]),
        ("Rock+Pop", ["rock", "pop"]),
        ("Rock ~ Pop", ["rock", "pop"]),
        ("Rock → Indie", ["rock", "indie"]),
        ("Rock » Indie", ["rock", "indie"]),
        ("Rock -> Indie", ["rock", "indie"]),
        ("Drum + Bass", ["drum and bass"]),
        ("R&B", ["r&b"]),
        ("C++", ["c++"]),
        ("C# minor", ["c# minor"]),
        ("Singer-Songwriter", ["singer-songwriter"]),
        ("lo--fi", ["lo", "fi"]),
        ("mood", []),
    ],
)
def test_other_ways_to_list_tags(tag: str, expected: list[str]) -> None:
    assert names(tag) == expected


@pytest.mark.parametrize(
    "tag",
    [
        *("Not party", "Not happy", "Non danceable", "Not acoustic", "Not aggressive", "not sad"),
        *("non_electronic", "Not relaxed", "not_danceable", "Mood: Not party", "Non-metal"),
        *("without sadness", "no party", "Not instrumental", "not for kids", "no drum and bass"),
        *("Not   Happy", "NOT SAD", "no rock music", "non-religious songs"),
    ],
)
def test_a_tag_that_only_denies_a_quality_is_dropped(tag: str) -> None:
    assert names(tag) == []
    assert descriptor_set({"mood": tag}, RULES).dropped == 1


@pytest.mark.parametrize(
    ("expected", "spellings"),
    [
        (["instrumental"], ["No Vocals", "no lyrics", "non-vocal", "nonvocal", "vocal-free"]),
        (
            ["instrumental"],
            ["Without Vocals", "no singing", "without any voices", "No Vocals At All"],
        ),
        (["no drums"], ["Without Drums", "no drums", "drumless", "drum-free", "no drumming"]),
        (["no guitar"], ["no guitars", "guitarless"]),
        (["no electric guitar"], ["no electric guitar", "without an electric guitar"]),
        (["no drums", "no bass"], ["no drums or bass", "No Drums/Bass"]),
        (["no female vocals"], ["no female vocals"]),
    ],
)
def test_a_voice_or_an_instrument_that_is_lacking_is_kept(
    expected: list[str], spellings: list[str]
) -> None:
    assert {s: names(s) for s in spellings} == dict.fromkeys(spellings, expected)


@pytest.mark.parametrize(
    "tag",
    [
        *("no wave", "no wave jazz", "nonet", "no depression", "non-music", "nonsense", "non-stop"),
        *("non-lyrical vocals", "wordless vocals", "beatless", "breathless", "free jazz"),
        *("royalty free", "notable", "no limit records", "timeless", "gluten free"),
    ],
)
def test_a_name_that_only_looks_like_a_denial_stays(tag: str) -> None:
    assert names(tag) == [tag]


def test_every_squashed_tag_of_a_real_collection_becomes_readable() -> None:
    # The tags of Jamendo that are several words written as one; its other tags are single words.
    squashed = {
        "acidjazz": "acid jazz",
        "acousticbassguitar": "acoustic bass guitar",
        "acousticguitar": "acoustic guitar",
        "alternativerock": "alternative rock",
        "bluesrock": "blues rock",
        "bossanova": "bossa nova",
        "classicalguitar": "classical guitar",
        "classicrock": "classic rock",
        "darkambient": "dark ambient",
        "deephouse": "deep house",
        "doublebass": "double bass",
        "drummachine": "drum machine",
        "drumnbass": "drum and bass",
        "easylistening": "easy listening",
        "electricguitar": "electric guitar",
        "electricpiano": "electric piano",
        "hardrock": "hard rock",
        "hiphop": "hip hop",
        "instrumentalpop": "instrumental pop",
        "instrumentalrock": "instrumental rock",
        "jazzfusion": "jazz fusion",
        "newage": "new age",
        "newwave": "new wave",
        "pipeorgan": "pipe organ",
        "popfolk": "pop folk",
        "poprock": "pop rock",
        "postrock": "post-rock",
        "punkrock": "punk rock",
        "rnb": "r&b",
        "rocknroll": "rock and roll",
        "singersongwriter": "singer-songwriter",
        "triphop": "trip-hop",
        "worldfusion": "world fusion",
    }
    assert {tag: names(tag) for tag in squashed} == {t: [name] for t, name in squashed.items()}


# ---- the data files ----


def test_no_spelling_belongs_to_two_names() -> None:
    owners: dict[str, set[str]] = {}
    for name, others in table("spellings.txt"):
        for spelling in (name, *others):
            owners.setdefault(spelling_key(spelling), set()).add(name)
    assert [claimed for claimed in owners.values() if len(claimed) > 1] == []


def test_every_spelling_leads_to_its_name_and_is_needed() -> None:
    for name, others in table("spellings.txt"):
        assert names(name) == [name]
        for other in others:
            assert names(other) == [name]
            assert spelling_key(other) != spelling_key(name), (
                f"{other!r} is caught by {name!r} anyway"
            )


def test_what_lacks_is_told_once_and_reads_as_itself() -> None:
    keys = [spelling_key(o) for n, others in table("absences.txt") for o in (others or [n])]
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    for name, others in table("absences.txt"):
        if others:
            assert names(name) == [name]


def test_no_language_code_belongs_to_two_languages() -> None:
    owners: dict[str, set[str]] = {}
    for name, codes in table("languages.txt"):
        for code in (name, *codes):
            owners.setdefault(spelling_key(code), set()).add(name)
    assert [claimed for claimed in owners.values() if len(claimed) > 1] == []


@pytest.mark.parametrize("name", ["spellings.txt", "junk.txt", "languages.txt", "absences.txt"])
def test_a_data_file_says_what_it_is_and_repeats_nothing(name: str) -> None:
    lines = (
        (files("melscribe_core.descriptors") / "data" / name)
        .read_text(encoding="utf-8")
        .splitlines()
    )
    entries = [line for line in lines if line and not line.startswith("#")]
    assert lines[0].startswith("# ")
    assert len(entries) == len(set(entries))


# ---- the facts of a track ----


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"genres": ["Rock", "Pop/Soul"]}, ["pop", "rock", "soul"], id="genres"),
        pytest.param({"genres": "Rock\\␀Pop"}, ["pop", "rock"], id="genres as one text"),
        pytest.param({"genres": ["(17)", "9"]}, ["metal", "rock"], id="ID3v1 numbers"),
        pytest.param({"genres": ["(51)(39)"]}, ["noise", "techno-industrial"], id="ID3v2.3 list"),
        pytest.param(
            {"genres": ["(4)Eurodisco"]}, ["disco", "euro disco"], id="ID3v2.3 refinement"
        ),
        pytest.param({"genres": ["255", "12"]}, [], id="number without a name, number of Other"),
        pytest.param({"mood": "17"}, [], id="a number outside genres is none"),
        pytest.param({"genres": ["jaz", "roc"]}, ["jazz", "rock"], id="AcousticBrainz' codes"),
        pytest.param({"style": "hip; rhy"}, ["hip hop", "r&b"], id="codes in one text"),
        pytest.param({"genres": ["cla", "spe"]}, ["classical", "spoken word"], id="more codes"),
        pytest.param(
            {"genres": ["Jaz", "jaz fusion", "roc nation", "dan"]},
            ["dan", "jaz", "jaz fusion", "roc nation"],
            id="no codes",
        ),
        pytest.param({"album:genres": ["Dub"], "genres": ["Ska"]}, ["dub", "ska"], id="album"),
        pytest.param({"year": 1999, "comp": True}, [], id="year of a compilation"),
        pytest.param(
            {"year": 1999, "album:comp": True, "original_year": 1964}, ["1960s"], id="compiled"
        ),
        pytest.param(
            {"album:original_year": 1999, "albumtypes": "album; compilation"},
            ["compilation"],
            id="a compilation by type",
        ),
        pytest.param({"album:original_year": 1999}, ["1990s"], id="year of an album"),
        pytest.param({"style": "Doom Metal, Drone"}, ["doom metal", "drone"], id="style"),
        pytest.param({"grouping": "Dinner; Calm"}, ["calm", "dinner"], id="grouping"),
        pytest.param({"mood": "Dark"}, ["dark"], id="mood"),
        pytest.param({"usertags": "gym|late night"}, ["gym", "late night"], id="usertags"),
        pytest.param({"file:mood": ["Dark"], "file:style": ["Doom"]}, ["dark", "doom"], id="file"),
        pytest.param({"file:mood_happy": ["0.93"]}, ["happy"], id="probability in the file"),
        pytest.param({"title": "Blue", "path": b"/x", "comments": "live"}, [], id="other facts"),
        pytest.param({"voice_instrumental": "instrumental"}, ["instrumental"], id="instrumental"),
        pytest.param({"voice_instrumental": "voice"}, ["vocals"], id="voice"),
        pytest.param({"lyrics_instrumental": 1}, ["instrumental"], id="no lyrics"),
        pytest.param({"gender": "female"}, ["female vocals"], id="female"),
        pytest.param({"gender": "robot"}, [], id="unknown answer"),
        pytest.param(
            {"voice_instrumental": "instrumental", "gender": "male", "is_male": "0.99"},
            ["instrumental"],
            id="an instrumental has no singer",
        ),
        pytest.param({"timbre": "dark"}, ["dark sound"], id="timbre is not mood"),
        pytest.param({"moods_mirex": "Cluster3"}, ["bittersweet", "wistful"], id="acousticbrainz"),
        pytest.param({"mood_mirex": "Cluster5"}, ["aggressive", "intense"], id="xtractor"),
        pytest.param(
            {"mood_mirex_cluster_2": "0.9", "mood_mirex_cluster_4": "0.1"},
            ["cheerful", "fun"],
            id="xtractor's clusters",
        ),
        pytest.param({"albumtypes": ["album", "live"]}, ["live"], id="album types"),
        pytest.param(
            {"albumtypes": "compilation; dj-mix; ep; other"},
            ["compilation", "dj mix"],
            id="album types as one text",
        ),
    ],
)
def test_facts_become_descriptors(facts: Facts, expected: list[str]) -> None:
    assert said(facts) == expected


@pytest.mark.parametrize("field", LIKELIHOODS)
@pytest.mark.parametrize("value", ["0.93", 0.93, "0.8", 1])
def test_a_likely_mood_is_said(field: str, value: object) -> None:
    assert said({field: value}) == [LIKELIHOODS[field]]


@pytest.mark.parametrize("field", [*LIKELIHOODS, "mood_mirex_cluster_1", *SPOTIFY])
@pytest.mark.parametrize("value", [0.79, 0.5, "nan", math.inf, -1, 93, "high", "", None, [], {}])
def test_an_unlikely_or_unreadable_one_is_not(field: str, value: object) -> None:
    assert said({field: value}) == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("spotify_energy", 0.81, ["energetic"]),
        ("spotify_energy", "0.2", ["calm"]),
        ("spotify_valence", 0.9, ["happy"]),
        ("spotify_valence", 0.1, ["sad"]),
        ("spotify_danceability", 0.9, ["danceable"]),
        ("spotify_danceability", 0.1, []),
        ("spotify_acousticness", 0.95, ["acoustic"]),
        ("spotify_instrumentalness", 0.95, ["instrumental"]),
        ("spotify_liveness", 0.95, ["live"]),
        ("spotify_speechiness", 0.95, ["spoken word"]),
    ],
)
def test_spotify_says_high_and_low(field: str, value: object, expected: list[str]) -> None:
    assert said({field: value}) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"year": 1994}, ["1990s"], id="year"),
        pytest.param({"year": "2000"}, ["2000s"], id="year as text"),
        pytest.param({"year": 2011, "original_year": 1973}, ["1970s"], id="original year first"),
        pytest.param({"year": 1994, "original_year": 0}, ["1990s"], id="original year unknown"),
        pytest.param({"year": 1994, "original_year": 20}, ["1990s"], id="original year absurd"),
        pytest.param({"year": 1900}, ["1900s"], id="first year"),
        pytest.param({"year": 2100}, ["2100s"], id="last year"),
        pytest.param({"year": 1899}, [], id="too early"),
        pytest.param({"year": 2101}, [], id="too late"),
        pytest.param({"year": 0}, [], id="unknown"),
        pytest.param({"bpm": 0}, [], id="tempo unknown"),
        pytest.param({"bpm": 89}, ["slow"], id="slow"),
        pytest.param({"bpm": "90"}, ["mid-tempo"], id="mid-tempo begins"),
        pytest.param({"bpm": 129.9}, ["mid-tempo"], id="mid-tempo ends"),
        pytest.param({"bpm": 130}, ["fast"], id="fast"),
        pytest.param({"bpm": 60, "spotify_tempo": 180}, ["slow"], id="beets' own tempo first"),
        pytest.param({"bpm": 0, "spotify_tempo": 180}, ["fast"], id="Spotify's tempo"),
    ],
)
def test_years_and_tempo(facts: Facts, expected: list[str]) -> None:
    assert said(facts) == expected


@pytest.mark.parametrize(
    ("mode", "keys"),
    [
        ("minor", ["Am", "A minor", "a minor", "A Min", "F#m", "Bbm", "E♭ minor", "C sharp minor"]),
        ("minor", ["8A", "08A", "12A", "1m", "cis-moll", "A-Moll", " Am "]),
        ("major", ["C", "Bb", "F#", "C major", "CM", "Cmaj", "Ab Major", "D-Dur", "8B", "12d"]),
        (None, ["o", "", "13A", "a", "Hm?", "X", "1", "minor detail", "0A", "None"]),
    ],
)
def test_keys(mode: str | None, keys: list[str]) -> None:
    expected = [f"{mode} key"] if mode else []
    assert {key: said({"initial_key": key}) for key in keys} == dict.fromkeys(keys, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("eng", ["english"]),
        ("en", ["english"]),
        ("EN-us", ["english"]),
        ("pt_BR.UTF-8", ["portuguese"]),
        ("fre", ["french"]),
        ("fra", ["french"]),
        ("Français", ["french"]),
        ("deu; eng", ["english", "german"]),
        (["jpn", "kor"], ["japanese", "korean"]),
        ("yue", ["cantonese"]),
        ("zxx", ["instrumental"]),
        ("mul", []),
        ("und", []),
        ("qqq", []),
        ("eng/fra", ["english", "french"]),
        ("en\x07", []),
    ],
)
def test_languages(value: object, expected: list[str]) -> None:
    assert said({"language": value}) == expected


def test_the_language_of_the_track_goes_before_that_of_the_release() -> None:
    assert said({"language": "eng", "lyrics_language": "de"}) == ["german"]


def test_sources_tell_which_facts_gave_a_descriptor() -> None:
    facts = {
        "genres": ["Happy", "Hiphop", "seen live"],
        "mood": "happy",
        "file:mood": ["Happy"],
        "mood_happy": "0.9345",
        "year": 1994,
        "bpm": 128,
        "initial_key": "F#m",
        "language": "eng",
    }
    assert descriptor_set(facts, RULES) == DescriptorSet(
        descriptors=("1990s", "english", "happy", "hip hop", "mid-tempo", "minor key"),
        sources={
            "1990s": ("year 1994",),
            "english": ("language eng",),
            "happy": ("genres", "mood", "file:mood", "mood_happy 0.93"),
            "hip hop": ("genres",),
            "mid-tempo": ("bpm 128",),
            "minor key": ("initial_key F#m",),
        },
        dropped=1,  # "seen live"
    )


def test_the_text_is_sorted_and_joined() -> None:
    found = descriptor_set({"genres": ["Rock", "Ambient"], "year": 1994}, RULES)
    assert found.text == "1990s, ambient, rock"
    assert descriptor_set({}, RULES) == DescriptorSet((), {})
    assert DescriptorSet((), {}).text == ""


# ---- what a person's config adds ----


def test_own_fields_are_read_as_tags() -> None:
    assert "activity" in OWN.fields
    facts = {"activity": "Running; Yoga", "file:activity": "dance"}
    assert said(facts, OWN) == ["dance", "running", "yoga"]
    assert said(facts) == []


def test_a_field_of_a_classifier_that_is_asked_for_is_read_by_its_codes() -> None:
    rules = load_rules(fields=["genre_rosamerica", "albumtype"])
    assert said({"genre_rosamerica": "dan"}, rules) == ["dance"]
    assert said({"genre_rosamerica": "roc"}) == []
    assert said({"albumtype": "Soundtrack"}, rules) == ["soundtrack"]


def test_own_junk_is_dropped_in_any_spelling_and_from_any_field() -> None:
    english = load_rules(junk=["English"])
    assert names("GYM", "g-y-m", "vol. 12", "vol. x", rules=OWN) == ["vol. x"]
    assert said({"language": "eng", "genres": ["english", "rock"]}, english) == ["rock"]


def test_own_aliases_rename_and_go_before_junk() -> None:
    assert names("Hip-Hop", "chill", "AC/DC", "chanson", rules=OWN) == [
        *("rap music", "chillout", "hard rock", "a", "b")
    ]


def test_aliases_are_followed_to_the_end() -> None:
    rules = load_rules(aliases={"one": "two", "two": "three"})
    assert names("one", "two", "three", rules=rules) == ["three"] * 3


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        pytest.param({"junk": ["/[/"]}, r"junk: /\[/ is not a regular expression", id="expression"),
        pytest.param({"junk": ["★"]}, "junk: '★' has no letter or digit", id="junk of symbols"),
        pytest.param({"aliases": {"?": "rock"}}, r"aliases: '\?' has no letter", id="alias name"),
        pytest.param(
            {"aliases": {"x": "seen live"}},
            "aliases: 'x' is to be read as 'seen live'",
            id="target",
        ),
        pytest.param(
            {"aliases": {"one": "two", "two": "one"}},
            "aliases: .* leads back to itself",
            id="circle",
        ),
        pytest.param({"fields": [" "]}, "fields: ' ' is no field", id="field"),
    ],
)
def test_a_wrong_entry_is_named(config: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(MelScribeError, match=sentence):
        load_rules(**config)  # type: ignore[arg-type]


def test_the_fingerprint_changes_with_every_setting_and_only_then() -> None:
    same = [load_rules(), load_rules(junk=["seen live"], fields=["genres"])]
    other = [
        load_rules(fields=["activity"]),
        load_rules(junk=["gym"]),
        load_rules(junk=["/gym/"]),
        load_rules(aliases={"gym": "workout"}),
    ]
    assert {rules.fingerprint for rules in same} == {RULES.fingerprint}
    assert len({RULES.fingerprint, *(rules.fingerprint for rules in other)}) == 5


# ---- texts for training ----


def test_a_text_is_made_of_bare_tags() -> None:
    assert text_of(["Sad", "90s", "favourites", "easylistening"]) == "1990s, easy listening, sad"
    assert text_of(["favourites", "17"]) == ""
    assert text_of([]) == ""
    assert text_of(["Hip-Hop"], OWN) == "rap music"


# ---- limits ----


def test_a_descriptor_of_64_characters_is_the_longest() -> None:
    assert names("x" * MAX_DESCRIPTOR) == ["x" * MAX_DESCRIPTOR]
    assert names("x" * (MAX_DESCRIPTOR + 1)) == []


def test_a_value_of_a_megabyte_is_read_from_its_beginning() -> None:
    # "tag, " is 5 characters, so 4096 hold 819 whole tags and a cut one, "t": it is left out.
    assert MAX_VALUE == 4096
    assert names("tag, " * 200_000) == ["tag"]
    assert names("x" * 1_000_000) == []


def test_of_a_thousand_tags_the_first_are_kept() -> None:
    tags = [f"tag {number:04}" for number in range(1000, 2000)]
    found = descriptor_set({"mood": "last", "genres": tags[:100]}, RULES)
    assert list(found.descriptors) == tags[:MAX_DESCRIPTORS]
    assert found.dropped == 100 - MAX_DESCRIPTORS + 1
    assert text_of(tags) == SEPARATOR.join(tags[:MAX_DESCRIPTORS])


# ---- properties ----

SPELLINGS = [s for name, others in table("spellings.txt") for s in (name, *others)]
ODD = [
    "90s",
    "'90s",
    "1990",
    "mood:",
    " and ",
    "'n'",
    " - ",
    "\u0301",
    "\u0345",
    "\ud800",
    "İ",
    "Σ",
    *(
        "no ",
        "not ",
        "non",
        "without ",
        "less",
        "-free",
        "drums",
        "vocals",
        "#",
        " + ",
        "---",
        "::",
    ),
    *("(", ")", " (", ") ", "[", "]", "·", "→", "\x01", "\x02", "0"),
]
TAGS = st.one_of(
    st.text(),
    st.lists(st.sampled_from(SPELLINGS + ODD + list("/&,;|-_ '\"()[].:#!+★019ab"))).map("".join),
    st.lists(st.sampled_from(SPELLINGS)).map(" ".join),
)


@given(st.lists(TAGS, max_size=8), st.booleans())
def test_a_text_gives_itself(tags: list[str], own: bool) -> None:
    rules = OWN if own else RULES
    text = text_of(tags, rules)
    assert text_of(text.split(SEPARATOR), rules) == text


@given(TAGS)
def test_descriptors_are_clean(tag: str) -> None:
    for name in names(tag):
        assert 1 <= len(name) <= MAX_DESCRIPTOR
        assert "," not in name and name == name.strip()
        assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert unicodedata.is_normalized("NFC", name)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TAGS, st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner)),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*READERS, "file:mood", "activity", "title"]), VALUES))
def test_no_value_ever_raises(facts: dict[str, object]) -> None:
    found = descriptor_set(facts, OWN)
    assert list(found.descriptors) == sorted(set(found.descriptors)) == sorted(found.sources)
    assert len(found.descriptors) <= MAX_DESCRIPTORS
    assert all(source.isprintable() for sources in found.sources.values() for source in sources)
    assert text_of(found.descriptors, OWN) == found.text
