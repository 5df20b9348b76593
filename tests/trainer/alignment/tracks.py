"""Tracks for these tests: what would have been heard of them, from the words that are true."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from melscribe_core.hearing.sound import Sound, sound
from melscribe_trainer.alignment.examples import Example
from melscribe_trainer.alignment.semantic import Material
from tests.support.fakes import WordAxes

GENRES = ("rock", "jazz", "folk", "techno")
MOODS = ("sad", "calm", "dark")
WORDS = (*GENRES, *MOODS)
ENCODER = WordAxes(*WORDS)
_DIRECTIONS = np.random.default_rng(99).normal(size=(len(WORDS), 400))


def silent_say(_: str) -> None:
    """Show nothing."""


def heard(words: Sequence[str], rng: np.random.Generator, noise: float = 1.0) -> Sound:
    """Return a sound whose features are the sum of a direction per word, and noise."""
    clear = _DIRECTIONS[[WORDS.index(word) for word in words]].sum(axis=0)
    features = (clear + noise * rng.normal(size=400)).astype(np.float32)
    return sound((rng.random(100) / 4).astype(np.float32), features, 100.0, 5)


def examples(albums: int = 24, tracks: int = 4, seed: int = 0) -> list[Example]:
    """Return albums of one genre each, whose tracks have one or two moods."""
    rng, found = np.random.default_rng(seed), []
    for album in range(albums):
        genre = GENRES[album % len(GENRES)]
        for track in range(tracks):
            moods = sorted(rng.choice(MOODS, 1 + track % 2, replace=False).tolist())
            words = tuple(sorted([genre, *moods]))
            name = f"{album}/{track}"
            caption = (f"a {moods[0]} {genre} song",) if track == 0 else ()
            found.append(Example(name, None, heard(words, rng), words, caption, str(album)))
    return found


def material(albums: int = 24, seed: int = 0) -> Material:
    return Material(examples(albums), ENCODER, seed, silent_say)


def row(example: Example) -> dict[str, object]:
    """Return an example as a row of JSONL."""
    from melscribe_core.hearing.sound import features, probabilities

    assert example.heard
    return {
        "id": example.id,
        "album": example.album,
        "tags": list(example.descriptors),
        "texts": list(example.captions),
        "heard": {
            "features": features([example.heard])[0].tolist(),
            "probabilities": probabilities([example.heard])[0].tolist(),
            "tempo": 100,
        },
    }


def write_clip(path: Path, kind: str, seed: int, seconds: float = 4.0) -> None:
    """Write a clip of ours: a tone, noise, or beats."""
    import soundfile

    rng, time = np.random.default_rng(seed), np.arange(int(16000 * seconds)) / 16000
    if kind == "tone":
        pitch = 220 * 2 ** (rng.random())
        wave = np.sin(2 * np.pi * pitch * time) / 4 + np.sin(4 * np.pi * pitch * time) / 8
    elif kind == "noise":
        wave = rng.normal(size=len(time)) / 8
    else:
        since = time % (60 / rng.integers(120, 140))
        wave = np.sin(2 * np.pi * 60 * since) * np.exp(-since * 20) * 0.8
    soundfile.write(path, wave.astype(np.float32), 16000)
