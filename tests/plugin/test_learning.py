"""The words of a library, learned from tracks with tags and sound, find tracks without tags.

The sounds are written into the file of what was heard: of real music there is not enough here.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.hearing.heard import open_heard
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.records import FileMark
from melscribe_core.hearing.sound import FEATURES, Sound, sound
from melscribe_core.hearing.tower import Tower, save_tower
from tests.support.home import Home

# Words for which the nets have no output, each with a direction of its own in their features.
# There are more than ten: among the first ten of fewer, everything would be found.
WORDS = tuple(
    "bluegrass; cumbia; drill; dungeon synth; fado; gagaku; gamelan; gospel; grime; klezmer; polka"
    "; ragtime; reggae; shoegaze; vaporwave; zydeco".split("; ")
)
ALBUMS, OF_AN_ALBUM = 32, 8  # 256 tracks with tags: 200 are needed


def sound_of(word: str, random: np.random.Generator, noise: float) -> Sound:
    """Return a sound whose features lie in the direction of a word; no output is likely."""
    towards = np.random.default_rng(WORDS.index(word)).standard_normal(FEATURES)
    features = towards + noise * random.standard_normal(FEATURES)
    return sound(np.full(len(OUTPUTS), 0.02, np.float32), features.astype(np.float32), 100.0, 5)


def fill(home: Home, noise: float) -> None:
    """Add ALBUMS of one word each, and a track without tags for each word; write their sounds."""
    tracks = [
        {"title": f"T{album}-{n}", "genres": [WORDS[album % len(WORDS)]], "album_id": album + 1}
        for album in range(ALBUMS)
        for n in range(OF_AN_ALBUM)
    ]
    tracks += [{"title": untagged(word)} for word in WORDS]
    ids = home.add(*tracks)
    lib = home.library()
    added = {item.id: float(item.added) for item in lib.items()}
    lib._close()
    random = np.random.default_rng(1)
    marks, sounds = {}, {}
    said = [WORDS[album % len(WORDS)] for album in range(ALBUMS) for _ in range(OF_AN_ALBUM)]
    for track, word in zip(ids, (*said, *WORDS), strict=True):
        key = track.to_bytes(16, "big")
        marks[track] = FileMark(added[track], 1, 1, key)
        sounds[key] = sound_of(word, random, noise)
    with closing(open_heard(heard_file(home))) as heard:
        heard.keep(marks, sounds, Nets().fingerprint)


def untagged(word: str) -> str:
    """Return the title of the track of a word; it does not hold the word."""
    return f"mute {WORDS.index(word)}"


def heard_file(home: Home) -> Path:
    return home.folder / "library.db.melscribe.heard"


def learned_file(home: Home) -> Path:
    return home.folder / "library.db.melscribe.learned"


@pytest.fixture
def library(home: Home) -> Home:
    home.configure(siblings=False, per_artist=0, per_album=0, file_tags=False)
    fill(home, noise=0.5)
    return home


def found(home: Home, word: str) -> list[str]:
    """Return the tracks that a word finds, of those without tags."""
    return home.titles(word, "title:mute", "-n", "3")


def test_untagged_tracks_are_found_by_the_words_of_the_library(library: Home) -> None:
    said = library.beet("melindex").stderr
    assert "learned from 256 tracks: finds a track's own words among the first ten" in said
    for word in WORDS:
        assert found(library, word)[0] == untagged(word)
    (best,) = library.ask("klezmer", "title:mute", "-n", "1")["tracks"]
    assert best["learned"]
    said = library.beet("describe", "klezmer", "title:mute", "-n", "1", "--explain").stdout
    assert said.splitlines()[1].strip() == "its sound, as learned from your tags"


def test_a_tagged_track_comes_before_one_that_only_sounds_like_it(library: Home) -> None:
    titles = library.titles("shoegaze", "-n", "60")
    # 2 of the 32 albums are of that word: 16 tracks that say so themselves.
    assert titles.index(untagged("shoegaze")) >= 16


def test_it_is_learned_once_and_kept(library: Home) -> None:
    library.beet("melindex")
    kept = learned_file(library).read_bytes()
    library.beet("modify", "-y", "--nowrite", "title:T0-0", "genres=klezmer")
    assert "learned" not in library.beet("melindex").stderr
    assert learned_file(library).read_bytes() == kept
    library.index.unlink()  # rebuilt: what was learned lies beside it
    assert found(library, "gagaku")[0] == untagged("gagaku")


def test_damage_is_learned_away(library: Home) -> None:
    library.beet("melindex")
    whole = learned_file(library).read_bytes()
    learned_file(library).write_bytes(whole[: len(whole) // 2])
    library.index.unlink()
    assert found(library, "klezmer")[0] == untagged("klezmer")
    assert learned_file(library).read_bytes() == whole


def test_what_cannot_be_learned_is_not_used(home: Home) -> None:
    home.configure(siblings=False, file_tags=False)
    fill(home, noise=100.0)
    assert "it is not used" in home.beet("melindex").stderr
    rows = home.beet("ls", "title:mute", "-f", "$descriptors").stdout
    assert rows.split() == []


def test_fewer_than_200_tracks_teach_nothing(library: Home) -> None:
    library.beet("remove", "-f", "title::^T[0-7]-")  # 64 of 256
    assert "learned" not in library.beet("melindex").stderr
    assert not learned_file(library).exists()


def towards(word: str, home: Home) -> Path:
    """Write a tower that takes every track for one of this word."""
    encoder = load_encoder(None)
    (vector,) = encoder.encode([word])
    inputs, hidden, dim = FEATURES + len(OUTPUTS), 1, encoder.dim
    tower = Tower(
        encoder=encoder.fingerprint,
        centre=np.zeros(inputs, np.float32),
        spread=np.ones(inputs, np.float32),
        inner=np.zeros((hidden, inputs), np.float32),
        inner_bias=np.zeros(hidden, np.float32),
        outer=np.zeros((dim, hidden), np.float32),
        outer_bias=vector,
        direct=np.zeros((dim, inputs), np.float32),
        middle=np.zeros(dim, np.float32),
    )
    path = home.folder / f"{word}.npz"
    save_tower(tower, path)
    return path


def test_a_tower_takes_the_place_of_what_is_learned(library: Home) -> None:
    path = towards("klezmer", library)
    library.configure(siblings=False, file_tags=False, tower=str(path), per_artist=0)
    best = library.ask("klezmer", "title:mute", "-n", "16")["tracks"]
    assert len(best) == len(WORDS)  # to this tower all of them are
    assert min(track["meaning"] for track in best) > 0.95
    assert not learned_file(library).exists()


def test_another_tower_is_noticed(library: Home) -> None:
    for word in ("klezmer", "drill"):
        path = towards(word, library)
        library.configure(siblings=False, file_tags=False, tower=str(path), per_artist=0)
        (best,) = library.ask(word, "title:mute", "-n", "1")["tracks"]
        assert best["meaning"] > 0.95


def test_a_tower_that_is_none_is_said(library: Home) -> None:
    path = library.folder / "tower.npz"
    path.write_bytes(b"no tower")
    library.configure(siblings=False, file_tags=False, tower=str(path))
    done = library.beet("describe", "klezmer", "-n", "1")
    assert "what was learned is left out: " in done.stderr
    assert str(path) in done.stderr
