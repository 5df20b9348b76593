"""Systems on texts whose ranking can be told by hand, and `hybrid` against the core's search."""

import random
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_core.catalogue.catalogue import open_catalogue
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.index import Index
from melscribe_core.search.question import Wish
from melscribe_trainer.evaluation.systems import (
    BLOCK,
    Bm25,
    Hybrid,
    Meaning,
    TfIdf,
    as_indexed,
    load_system,
)
from tests.support.fakes import WordAxes
from tests.support.tiny import GENRES, MOODS, sentence_bert

AXES = ("folk", "sad", "happy", "pop", "jazz")
TEXTS = ["folk, sad", "happy, pop", "folk", "jazz", "folk, sad"]


def test_meaning_ranks_by_cosine() -> None:
    # "sad folk" is (1, 1) / sqrt(2) over folk and sad: cosine 1 with both "folk, sad", then 0.707.
    found = Meaning(WordAxes(*AXES)).rank(["sad folk", "pop"], TEXTS, 3)
    assert found[0] == [0, 4, 2]
    assert found[1] == [1, 0, 2]  # "happy, pop", then zeros in the order of the texts


def test_queries_beyond_one_block_keep_their_places() -> None:
    queries = ["jazz", "folk"] * BLOCK
    found = Meaning(WordAxes(*AXES)).rank(queries, TEXTS, 1)
    assert found == [[3], [2]] * BLOCK


def test_texts_are_read_as_an_index_holds_them() -> None:
    axes = WordAxes(*AXES)
    texts = ["Sad,folk", "favourites", "jazz"]
    assert [as_indexed(text) for text in texts] == ["folk, sad", "", "jazz"]
    # What holds no descriptor is not found, however many are asked for.
    assert Meaning(axes, as_indexed).rank(["sad folk"], texts, 3) == [[0, 2]]
    assert Hybrid(axes).rank(["sad folk"], texts, 3) == [[0, 2]]
    assert Meaning(axes).rank(["sad folk"], texts, 3) == [[0, 1, 2]]  # as given, all are


def test_tfidf_counts_rare_words_more() -> None:
    texts = ["rock, jazz", "rock, pop", "rock, pop, folk", "blues"]
    # Of the words asked for, jazz is in one text and pop in two: jazz weighs more. The third text
    # is longer than the second. Nothing is shared with the last, which is not found.
    assert TfIdf().rank(["jazz pop"], texts, 10) == [[0, 1, 2]]
    assert TfIdf().rank(["polka"], texts, 10) == [[]]
    assert TfIdf().rank(["jazz"], ["a", "b"], 10) == [[]]  # no word of two letters: none to fit on


def test_bm25_counts_rare_words_more() -> None:
    texts = ["rock, pop, folk", "rock, pop", "rock, jazz", "blues", "ambient", "metal"]
    assert Bm25().rank(["jazz pop"], texts, 10) == [[2, 1, 0]]
    assert Bm25().rank(['"jazz" OR -pop* "', "?!", ""], texts, 10) == [[2, 1, 0], [], []]


def test_equal_texts_come_in_their_order() -> None:
    texts = ["folk", "pop"] * 50  # so many that a sort may not keep the order by chance
    for system in (Meaning(WordAxes(*AXES)), TfIdf(), Bm25()):
        assert system.rank(["pop"], texts, 4) == [[1, 3, 5, 7]]


def searched(texts: Sequence[str], queries: Sequence[str], folder: Path, k: int) -> list[list[str]]:
    """Answer as `beet describe` does: tracks indexed as `melindex` does, then Search.hits."""
    encoder = load_encoder()
    catalogue = open_catalogue(folder / "index")
    catalogue.tracks.apply(
        catalogue.tracks.plan(
            Row(i, Description(text, ("genres",))) for i, text in enumerate(texts)
        )
    )
    catalogue.vectors.adopt(encoder.fingerprint)
    index = Index(catalogue, encoder)
    index.embed()
    index.neighbours.refresh()
    search = index.search
    asked = (search.ask(Wish(about=query)) for query in queries)
    return [[texts[hit.track] for hit in islice(search.hits(one), k)] for one in asked]


def test_hybrid_ranks_as_the_search_does(tmp_path: Path) -> None:
    rng = random.Random(1)
    texts = [as_indexed(f"{a}, {b}, {c}") for a in GENRES for b in MOODS for c in ("piano", "80s")]
    queries = [f"something {rng.choice(MOODS)} with {rng.choice(GENRES)} in it" for _ in range(20)]
    queries += ["80s synths", "for a rainy sunday", "angry, but not metal"]
    found = load_system("hybrid").rank(queries, texts, 10)
    assert [[texts[place] for place in places] for places in found] == searched(
        texts, queries, tmp_path, 10
    )


def test_words_have_a_say_in_hybrid() -> None:
    # The encoder knows none of these words: to it all texts are alike.
    texts = ["polka", "zydeco", "klezmer", "fado"]
    assert Hybrid(WordAxes("pop")).rank(["some klezmer"], texts, 1) == [[2]]


def test_systems_are_known_by_name() -> None:
    assert isinstance(load_system("tfidf"), TfIdf)
    assert isinstance(load_system("bm25"), Bm25)
    assert isinstance(load_system("hybrid"), Hybrid)
    (found,) = load_system("bundled").rank(["sad folk"], ["favourites", *TEXTS], 6)
    assert found[:2] == [1, 5]
    assert sorted(found) == [1, 2, 3, 4, 5]  # "favourites" is no descriptor


def test_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="There is no folder"):
        load_system(f"{tmp_path}/missing")
    with pytest.raises(MelScribeError, match="CLAP model"):
        load_system(f"clap:{tmp_path}")


def test_a_sentence_transformers_folder_is_a_system(distinct: Path) -> None:
    texts = ["jazz, sad", "happy, pop", "metal"]
    expected = load_encoder(str(distinct)).encode(["sad jazz", *texts])
    order = np.argsort(-(expected[0] @ expected[1:].T)).tolist()
    for name in (str(distinct), f"hybrid:{distinct}"):
        assert sorted(load_system(name).rank(["sad jazz"], texts, 3)[0]) == [0, 1, 2]
    assert load_system(str(distinct)).rank(["sad jazz"], texts, 3) == [order]


def test_a_plain_transformers_tokens_are_averaged(tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = sentence_bert(tmp_path / "model")
    (folder / "modules.json").unlink()
    (folder / "1_Pooling" / "config.json").unlink()
    text = "jazz, sad"
    tokens = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")
    with torch.inference_mode():
        mean = AutoModel.from_pretrained(folder)(**tokens).last_hidden_state[0].mean(0).numpy()
    expected = mean / np.linalg.norm(mean)
    assert load_encoder(str(folder)).encode([text])[0] == pytest.approx(expected, abs=1e-5)
    assert load_system(str(folder)).rank([text], ["pop", text], 1) == [[1]]
