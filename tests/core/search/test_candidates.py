"""The fast search answers like a slow, plain one that scores every set by itself."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from hashlib import blake2b
from random import Random
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import empty_catalogue
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.encoder.calibration import UNFITTED
from melscribe_core.index import Index
from melscribe_core.playlist import choice
from melscribe_core.playlist.choice import Chosen, choose
from melscribe_core.playlist.limits import Limits, Order
from melscribe_core.search import candidates, words
from melscribe_core.search.question import Question, Wish
from melscribe_core.search.search import BY_VECTOR, BY_WORDS, DEEPER
from melscribe_core.songs.song import Song
from tests.support.paths import ROOT

ASKED = 200
Score = tuple[int, tuple[float, ...]]  # the id of a text or track, and the scores of a hit


class Drawn:
    """An encoder that draws a vector for each word; a text has the sum of its words'."""

    dim, fingerprint, calibration = 24, "drawn", UNFITTED

    def encode(self, texts: Sequence[str]) -> FloatArray:
        rows = [np.sum([self._of(word) for word in text.split()], axis=0) for text in texts]
        every = np.array(rows, np.float32).reshape(-1, self.dim)
        unit: FloatArray = every / np.linalg.norm(every, axis=1, keepdims=True)
        return unit

    def knows(self, word: str) -> bool:
        return True

    def _of(self, word: str) -> NDArray[np.float64]:
        return np.random.default_rng(crc32(word.strip(",.").encode())).normal(0.3, 1, self.dim)


@cache
def described() -> list[tuple[str, str]]:
    """Return (descriptor set, a request for it) of the development requests."""
    file = ROOT / "trainer" / "data" / "requests" / "dev.jsonl"
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [(", ".join(sorted(set(row["tags"]))), row["requests"][0]) for row in rows]


@cache
def library() -> tuple[Index, Mapping[int, str]]:
    """Return an index of two to four tracks per set, and the texts by track."""
    rng = Random(1)
    texts = [text for text, _ in described() for _ in range(rng.randint(2, 4))]
    rng.shuffle(texts)
    catalogue, encoder = empty_catalogue(), Drawn()
    rows = (Row(i, Description(t, (), f"Song of {t[:9]}")) for i, t in enumerate(texts, 1))
    catalogue.tracks.apply(catalogue.tracks.plan(rows))
    catalogue.vectors.adopt(encoder.fingerprint)
    index = Index(catalogue, encoder)
    index.embed()
    index.neighbours.refresh()
    return index, dict(enumerate(texts, 1))


@cache
def wishes() -> list[tuple[Wish, frozenset[int] | None]]:
    """Return wishes of all kinds, some of them among a part of the tracks only."""
    rng = Random(2)
    _, tracks = library()
    found = []
    for _, about in rng.sample(described(), ASKED):
        wish = Wish(
            about=about,
            more=("piano",) if rng.random() < 0.1 else (),
            less=("guitar",) if rng.random() < 0.1 else (),
            exclude=tuple(
                rng.sample(["electronic", "sad", "vocals", "rock"], rng.choice([0, 0, 2]))
            ),
            like=tuple(rng.sample(sorted(tracks), rng.choice([0, 0, 3]))),
        )
        among = frozenset(rng.sample(sorted(tracks), 200)) if rng.random() < 0.2 else None
        found.append((wish, among))
    return found


def plain_hits(question: Question, among: Set[int] | None, seed: str) -> Iterator[Score]:
    """Yield (track, scores) of every hit that has none of the words in its own names."""
    of_text: dict[int, list[int]] = {}
    for text, tracks in tracks_of_texts().items():
        if held := [track for track in tracks if among is None or track in among]:
            of_text[text] = held
    for look in plain_looks(question, None if among is None else np.array(sorted(of_text))):
        for text, scores in look:
            for track in sorted(of_text.get(text, ()), key=lambda t: drawn(seed, t)):
                yield track, scores


@cache
def tracks_of_texts() -> Mapping[int, list[int]]:
    tracks = library()[0].catalogue.tracks
    return tracks.of_texts(tracks.texts_of(library()[1]).tolist())


def plain_looks(question: Question, among: IdArray | None) -> Iterator[list[Score]]:
    index, _ = library()
    assert question.vector is not None
    seen: set[int] = set()
    for k in (BY_VECTOR, BY_VECTOR * DEEPER):
        found = set(index.neighbours.near(question.vector, k, among).tolist())
        if question.words:
            expression, limit = words.match_expression(question.words), k * BY_WORDS // BY_VECTOR
            found |= set(index.catalogue.words.match(expression, limit, among).tolist())
        yield plain_scores(question, found - seen)
        seen |= found


def plain_scores(question: Question, texts: Iterable[int]) -> list[Score]:
    index, _ = library()
    assert question.vector is not None
    ids, vectors = index.catalogue.vectors.of_texts(texts)
    if not len(ids):
        return []
    known, calibration = index.catalogue.tracks.texts(ids), index.encoder.calibration
    meanings = vectors @ question.vector
    examples = 0 * meanings if question.examples is None else vectors @ question.examples
    sets = [known[text].split(", ") for text in ids.tolist()]
    weights = {base_of(word): question.rarity.of(word) for word in question.words}
    unit_of = {base_of(word): base_of(unit[0]) for unit in question.units for word in unit}
    whole = question.whole
    shared = np.array([plain_words(weights, unit_of, whole, one) for one in sets], np.float32)
    against = np.array([question.exclusion.penalty(one) for one in sets], np.float32)
    joined = words.evidence(meanings, shared, question.scale, calibration)
    scores = np.clip(calibration.score(joined) * question.trust - against, 0.0, 1.0)
    rows = zip(ids, sets, scores, meanings, shared, examples, against, strict=True)
    found = [
        (int(text), tuple(map(float, numbers)))
        for text, one, *numbers in rows
        if question.exclusion.out.isdisjoint(one)
    ]
    return sorted(found, key=lambda one: (-one[1][0], one[0]))


def plain_words(
    weights: Mapping[str, float],
    unit_of: Mapping[str, str],
    whole: frozenset[str],
    descriptors: Sequence[str],
) -> float:
    """Return the word score of one set, written as its documentation says: see words_score."""
    best: dict[str, float] = {}
    for descriptor in descriptors:
        bases = words.word_bases(descriptor)
        matched = [base for base in bases if base in weights]
        share = len(matched) / len(bases)
        held: dict[str, float] = {}
        for base in matched:
            part = weights[base] / sum(weights.values()) * share
            unit = unit_of.get(base, base)
            held[unit] = held.get(unit, 0.0) + part
        for name, part in held.items():
            best[name] = max(part, best.get(name, 0.0))
    r = sum(best.values())
    of_set = len(whole.intersection(descriptors)) / len(descriptors)
    half = words.HALF_BELIEVED**4
    return float(r**4 * (1 + half) / (r**4 + half) * (r + of_set) / 2)


def base_of(word: str) -> str:
    return words.word_bases(word)[0]


def drawn(seed: str, track: int) -> bytes:
    return blake2b(f"{seed}\0{track}".encode(), digest_size=8).digest()


@pytest.mark.parametrize("remembered", [candidates.MOST, 320, 10])
def test_hits_are_those_of_the_plain_search(
    remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_usual = remembered == candidates.MOST
    monkeypatch.setattr(candidates, "MOST", remembered)
    search = library()[0].search
    compared = 0
    for wish, among in wishes()[:: 1 if is_usual else 10]:
        question = search.ask(wish)
        every = list(search.hits(question, among, wish.about))
        found, apart = [h for h in every if not h.called], {h.track for h in every if h.called}
        expected = [one for one in plain_hits(question, among, wish.about) if one[0] not in apart]
        assert [hit.track for hit in found] == [track for track, _ in expected], wish
        scores = [(h.score, h.meaning, h.words, h.example, h.against) for h in found]
        assert np.allclose(scores, [of_it for _, of_it in expected], atol=1e-6), wish
        compared += len(found)
    assert compared > 10_000


@pytest.mark.parametrize("order", ["match", "tempo", "flow", "random"])
def test_how_many_songs_are_looked_up_first_changes_no_playlist(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def playlists(first: int) -> list[Chosen]:
        monkeypatch.setattr(choice, "LOOKUP_FIRST", first)
        return [playlist(wish, among, limits) for wish, among in wishes()[:10] for limits in every]

    every = [Limits(number=25, order=order), Limits(minutes=60.0, order=order)]
    expected = playlists(choice.LOOKUP)
    for first in (1, 50):
        assert [one.picks for one in playlists(first)] == [one.picks for one in expected]


def playlist(wish: Wish, among: Set[int] | None, limits: Limits) -> Chosen:
    search = library()[0].search
    hits = search.hits(search.ask(wish), among, wish.about)
    return choose(hits, songs, limits, Random(wish.about), vectors=search.vectors_of)


def songs(tracks: Sequence[int]) -> Mapping[int, Song]:
    """Return songs by 50 artists, every fifth in several versions."""
    return {
        i: Song(
            i,
            f"Artist {i % 50}",
            f"Song {i - i % 250}" if i % 5 == 0 else f"Title {i}",
            "",
            200.0 + i % 90,
            60.0 + i % 80,
        )
        for i in tracks
    }


def test_vectors_in_memory_are_dropped_when_they_change() -> None:
    index, _ = library()
    question = index.search.ask(Wish("sad folk"))
    before = list(index.search.hits(question))
    with index.catalogue.writing():
        index.catalogue.db.execute("UPDATE texts SET vector = NULL WHERE id % 2")
        index.catalogue.revise()
    assert len(list(index.search.hits(question))) < len(before)
    index.embed()
    index.neighbours.refresh()
    assert list(index.search.hits(question)) == before
