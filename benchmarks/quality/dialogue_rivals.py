"""Simple rivals that answer a dialogue without the plugin, from the same tags and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

import numpy as np

from benchmarks.quality.dialogue_sets import LONGEST, ArtistNames, Dialogue, Song
from benchmarks.quality.dialogue_ways import Answer, Way, together
from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import text_of
from melscribe_core.encoder.encoder import Encoder

Ranking = Callable[[Sequence[str]], Iterable[int]]
"""What was said so far, the present turn last -> positions of songs, best first, each once."""

_WORD = re.compile(r"\w+")


class TfIdf:
    """Cosine of tf-idf vectors, with the smoothed idf of scikit-learn, fitted on the texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        held = [Counter(_WORD.findall(text.lower())) for text in texts]
        seen = Counter(word for words in held for word in words)
        self._column = {word: column for column, word in enumerate(seen)}
        self._idf = np.log((1 + len(texts)) / (1 + np.array([*seen.values()], np.float32))) + 1
        self._vectors = np.stack([self._vector(words) for words in held])

    def scores(self, text: str) -> FloatArray:
        """Return the cosine of each text with this one: (texts,), 0 without a common word."""
        return np.asarray(self._vectors @ self._vector(Counter(_WORD.findall(text.lower()))))

    def _vector(self, words: Counter[str]) -> FloatArray:
        vector = np.zeros(len(self._column), np.float32)
        for word in words.keys() & self._column.keys():
            vector[self._column[word]] = words[word]
        vector *= self._idf
        return np.asarray(vector / (np.linalg.norm(vector) or 1), np.float32)


class Rivals:
    """Rankings of songs by what was said so far."""

    def __init__(self, songs: Sequence[Song], names: ArtistNames, encoder: Encoder) -> None:
        """`names` are those of the songs' artists, in the same order."""
        self._ids = [song.id for song in songs]
        self._names = names
        self._encoder = encoder
        texts = [text_of(song.tags) for song in songs]
        self._bare = np.array([not text for text in texts])
        self._vectors = encoder.encode(texts)
        self._words = TfIdf(texts)
        self._cosines = lru_cache(maxsize=None)(self._cosines_with)

    def ways(self) -> dict[str, Way]:
        """Return the rivals by their names in the table."""
        return {
            "tf-idf": self._way(self.by_words),
            "encoder": self._way(self.by_meaning),
            "hybrid": self._way(self.by_both),
            "exact names + encoder": self._way(self.by_names),
            "the same, nothing twice": self._way(self.by_names, repeats=False),
        }

    def by_words(self, said: Sequence[str]) -> list[int]:
        """Rank by tf-idf; songs without a word in common are not found."""
        scores = self._words.scores(together(said))
        return [place for place in _best(scores) if scores[place] > 0]

    def by_meaning(self, said: Sequence[str]) -> list[int]:
        """Rank by the encoder, which reads the first 128 tokens of all that was said."""
        return _best(self._cosines(together(said)))

    def by_both(self, said: Sequence[str]) -> list[int]:
        """Rank by the sum of both scores, each with mean 0 and variance 1 over the songs."""
        text = together(said)
        return _best(_standard(self._words.scores(text)) + _standard(self._cosines(text)))

    def by_names(self, said: Sequence[str]) -> Iterator[int]:
        """Rank the artists named now first, then those named before, the last first, then others.

        The artists that one turn names take turns. The encoder ranks within an artist, and the
        others.
        """
        ranked = self.by_meaning(said)
        turns = [self._of_artists(self._names.named(turn), ranked) for turn in reversed(said)]
        return _once(place for places in (*turns, ranked) for place in places)

    def _of_artists(self, named: Iterable[str], ranked: Sequence[int]) -> Iterator[int]:
        """Yield songs of these artists in turns, in the order of `ranked` for each artist."""
        own = (frozenset(self._names.places(name)) for name in named)
        lists = [[place for place in ranked if place in places] for places in own]
        return (place for row in zip_longest(*lists) for place in row if place is not None)

    def _cosines_with(self, text: str) -> FloatArray:
        """Return (songs,); a song without descriptors is as far as the farthest."""
        cosines = np.asarray(self._vectors @ self._encoder.encode([text])[0], np.float32)
        cosines[self._bare] = cosines.min()
        return cosines

    def _way(self, ranking: Ranking, *, repeats: bool = True) -> Way:
        def way(dialogue: Dialogue) -> list[Answer]:
            answers: list[Answer] = []
            shown: set[str] = set()
            for turn in range(1, len(dialogue.turns) + 1):
                ids = (self._ids[place] for place in ranking(dialogue.said[:turn]))
                found = tuple(one for one in ids if repeats or one not in shown)[:LONGEST]
                answers.append(Answer(found))
                shown.update(found)
            return answers

        return way


def _best(scores: FloatArray) -> list[int]:
    """Return the positions, best first; equal scores keep their order."""
    return [int(place) for place in np.argsort(-scores, kind="stable")]


def _standard(scores: FloatArray) -> FloatArray:
    return np.asarray((scores - scores.mean()) / (scores.std() or 1), np.float32)


def _once(places: Iterable[int]) -> Iterator[int]:
    return iter(dict.fromkeys(places))
