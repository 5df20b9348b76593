import sqlite3
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.catalogue.schema import TOKENIZER
from melscribe_core.encoder.calibration import UNFITTED, Scale
from melscribe_core.search import words
from melscribe_core.search.words import Rarity

HUNDRED = Rarity(100, {"acoustic": 20, "guitar": 30, "guitars": 5, "melancholic": 5})


def fts(*texts: str) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE w USING fts5 (t, tokenize='{TOKENIZER}')")
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (w, 'row')")
    db.executemany("INSERT INTO w (rowid, t) VALUES (?, ?)", enumerate(texts))
    return db


def found(db: sqlite3.Connection, about: str) -> set[int]:
    expression = words.match_expression(words.content_words(about))
    return {row[0] for row in db.execute("SELECT rowid FROM w WHERE w MATCH ?", (expression,))}


def test_content_words_are_folded_once_each_in_order_without_stop_words() -> None:
    about = "Please play me some Melancholic acoustic music, like Beyoncé's acoustic R&B"
    assert words.content_words(about) == ("melancholic", "acoustic", "beyonces", "r", "b")


@pytest.mark.parametrize("about", ["", "play me something please", "🎸 \0 ...", "the and of"])
def test_a_request_that_names_nothing_has_no_words(about: str) -> None:
    assert words.content_words(about) == ()
    assert words.match_expression(()) == ""
    assert words.words_score((), ("rock",), HUNDRED) == 0.0


@pytest.mark.parametrize(
    "text",
    ["Beyoncé Motörhead", "hip-hop r&b lo_fi", "Ænima Straße", "ʻOkina", "日本語 عربي", "808"],
)
def test_words_are_cut_as_fts5_cuts_them(text: str) -> None:
    db = fts(text)
    stored = {row[0] for row in db.execute("SELECT term FROM v")}
    assert stored
    for word in stored:
        assert word in words.content_words(text)


@pytest.mark.parametrize(
    "about",
    [
        'rock" OR "*',
        "NEAR(rock jazz, 2) AND NOT w:rock ^rock {t}: rock",
        "rock\0roll",
        "🎸 rock שלום",
        "rock " + "x" * 10_000,
        " ".join(["rock", *map(str, range(10_000))]),
    ],
)
def test_nothing_in_a_request_acts_as_an_operator(about: str) -> None:
    assert found(fts("rock", "silence"), about) == {0}


def test_words_that_were_never_folded_are_harmless_too() -> None:
    expression = words.match_expression(['rock" OR "silence', "jazz\0", "^"])
    rows = fts("rock", "silence", "jazz").execute("SELECT t FROM w WHERE w MATCH ?", (expression,))
    assert rows.fetchall() == [("jazz",)]


def test_a_pasted_page_is_cut() -> None:
    page = " ".join(f"word{number}" for number in range(10_000))
    asked = words.content_words(page)
    assert asked == tuple(f"word{number}" for number in range(words.MAX_WORDS))
    assert words.match_expression(page.split()) == words.match_expression(asked)


def test_decades_are_spelt_in_full() -> None:
    assert words.word_bases("'80s 10s 00s sixties") == ("1980s", "2010s", "2000s", "1960s")


def test_only_regular_plurals_lose_their_s() -> None:
    assert words.word_bases("bass blues drums circus") == ("bass", "blues", "drum", "circus")


def test_a_word_is_looked_up_in_singular_and_plural_and_a_decade_in_its_spellings() -> None:
    db = fts("acoustic guitar", "guitars", "1980s", "80s", "bass")
    assert found(db, "acoustic guitars") == {0, 1}
    assert found(db, "guitar") == {0, 1}
    assert found(db, "eighties") == found(db, "80s") == found(db, "the '80's") == {2, 3}
    assert found(db, "bass") == {4}


def test_an_owner_is_looked_up_by_name() -> None:
    assert found(fts("women", "childrens choir"), "women’s choir") == {0, 1}


def test_a_word_is_as_rare_as_its_commonest_form() -> None:
    # log(1 + 101 / 31) for "guitar", in 30 of 100 texts; an unknown word is in none
    assert HUNDRED.of("guitars") == HUNDRED.of("guitar") == pytest.approx(log(1 + 101 / 31))
    assert HUNDRED.of("kazoo") == pytest.approx(log(102))


EVEN = Rarity(2, {"jazz": 2, "sad": 2, "piano": 2})  # each weighs log(1 + 3 / 3)
HALF = 0.13**4  # at this share of the request a match counts half


def test_words_score_by_hand() -> None:
    asked, named = ("sad", "jazz"), {"sad", "jazz"}
    assert words.words_score(asked, ("jazz", "sad"), EVEN, named) == pytest.approx(1.0)
    assert words.words_score(asked, ("rock",), EVEN, named) == 0.0
    # half the request, the whole set: belief 0.5^4 (1 + h) / (0.5^4 + h), mean of 0.5 and 1
    belief = 0.0625 * (1 + HALF) / (0.0625 + HALF)
    assert words.words_score(asked, ("jazz",), EVEN, named) == pytest.approx(belief * 0.75)
    # the whole request, two of three descriptors
    three = ("jazz", "piano", "sad")
    assert words.words_score(asked, three, EVEN, named) == pytest.approx((1 + 2 / 3) / 2)
    # "jazz piano" is half asked for and not named: half of half the request, nothing of the set
    belief = 0.25**4 * (1 + HALF) / (0.25**4 + HALF)
    assert words.words_score(asked, ("jazz piano",), EVEN, named) == pytest.approx(belief * 0.125)


def test_a_descriptor_said_whole_counts_more_than_its_words_said_apart() -> None:
    asked = ("jazz", "piano")
    # all of the request either way; of the set both descriptors, or none
    whole = words.words_score(asked, ("jazz", "piano"), EVEN, {"jazz", "piano"})
    apart = words.words_score(asked, ("jazz", "piano"), EVEN)
    assert [whole, apart] == pytest.approx([1.0, 0.5])


def test_a_set_that_holds_little_of_the_request_is_hardly_believed() -> None:
    # The request has n words, each of weight log 2; the set has one of them. The belief is
    # (1 / 13)^4 (1 + h) / ((1 / 13)^4 + h) = 0.109, for n = 4 it is 0.932.
    for n, belief in ((13, 0.1092), (4, 0.9321)):
        asked = [f"word{number}" for number in range(n)]
        score = words.words_score(asked, ("word0",), Rarity(0, {}))
        assert score == pytest.approx(belief / n / 2, rel=1e-3)


def test_a_word_counts_by_the_best_descriptor_that_holds_it() -> None:
    both = words.words_score(("jazz",), ("jazz", "jazz piano"), HUNDRED, {"jazz"})
    # the whole request; one of two descriptors is named
    assert both == pytest.approx((1 + 1 / 2) / 2)


def test_an_absence_is_one_word() -> None:
    db = fts("drums", "no drums", "no wave, drums")
    expression = words.match_expression(["no drums"])
    assert db.execute("SELECT rowid FROM w WHERE w MATCH ?", (expression,)).fetchall() == [(1,)]
    assert words.words_score(["no drums"], ("drums",), HUNDRED) == 0.0
    asked = words.words_score(["no drums"], ("no drums",), HUNDRED, {"no drums"})
    assert asked == pytest.approx(1.0)


def test_a_rarer_word_says_more() -> None:
    asked = ("melancholic", "guitar")
    assert words.words_score(asked, ("melancholic",), HUNDRED) > words.words_score(
        asked, ("guitar",), HUNDRED
    )


def test_stop_words_in_a_descriptor_do_not_count_against_it() -> None:
    named = {"dance music"}
    assert words.words_score(("dance",), ("dance music",), HUNDRED, named) == pytest.approx(1.0)
    assert words.word_bases("the music") == ("the", "music")


def test_all_sets_are_scored_as_each_one_is() -> None:
    sets = [("acoustic guitar", "folk"), ("melancholic",), (), ("rock",)]
    asked = ("melancholic", "guitars")
    alone = [words.words_score(asked, one, HUNDRED) for one in sets]
    assert words.words_scores(asked, sets, HUNDRED).tolist() == alone
    assert alone[2:] == [0.0, 0.0]
    assert words.words_scores(asked, [], HUNDRED).shape == (0,)


def test_forms_and_decades_match_each_other() -> None:
    for asked, held in (("guitars", "guitar"), ("drum", "drums"), ("eighties", "1980s")):
        assert words.words_score((asked,), (held,), HUNDRED, {held}) == pytest.approx(1.0)
        assert words.matched_words((asked,), (held, "silence")) == (held,)
    assert words.matched_words(("blue",), ("blues",)) == ()


def test_one_chance_word_of_many_moves_a_text_by_less_than_one_spread() -> None:
    asked = words.content_words(
        "Wide-brimmed hats emerge from fog; rumbling bass, glinting arpeggios and a guttural"
        " whisper calling on old gods across badlands"
    )
    rarity = Rarity(1000, {"bass": 200})
    chance = words.words_score(asked, ("bass", "dub", "reggae"), rarity)
    assert 0 < chance * UNFITTED.words < 1


def test_evidence_by_hand() -> None:
    scale = Scale(mean=0.2, spread=0.1)
    meaning, shared = np.array([0.2, 0.5], np.float32), np.array([0.0, 0.25], np.float32)
    # 0 spreads, and 3 spreads + 20 * 0.25
    assert words.evidence(meaning, shared, scale, UNFITTED) == pytest.approx([0.0, 8.0], abs=1e-5)


USUAL = Scale(mean=0.25, spread=0.085)


def test_a_scale_is_the_mean_and_deviation_of_many_cosines_and_the_usual_one_of_none() -> None:
    many = words.scale_of(np.array([0.0, 0.4] * 5000, np.float32), USUAL)
    assert (many.mean, many.spread) == pytest.approx((0.2, 0.2), rel=1e-2)
    assert words.scale_of(np.empty(0, np.float32), USUAL) == USUAL
    # one text has no spread of its own: sqrt(16 / 17) of the usual one
    one = words.scale_of(np.array([0.1], np.float32), USUAL)
    assert one.mean == pytest.approx(0.1)
    assert one.spread == pytest.approx(0.085 * (16 / 17) ** 0.5)


def test_where_every_text_fits_chance_stays_where_it_usually_is() -> None:
    scale = words.scale_of(np.full(1000, 0.6, np.float32), USUAL)
    assert scale.mean == USUAL.mean


def test_more_of_either_is_more_evidence() -> None:
    steps = np.linspace(-1, 1, 41, dtype=np.float32)
    zero = np.zeros_like(steps)
    shares = np.linspace(0, 1, 41, dtype=np.float32)
    for joined in (
        words.evidence(steps, zero, USUAL, UNFITTED),
        words.evidence(zero, shares, USUAL, UNFITTED),
    ):
        assert (np.diff(joined) > 0).all()


@given(st.text(), st.lists(st.text(min_size=1), max_size=5), st.integers(0, 10**6))
def test_any_text_has_a_score(about: str, descriptors: list[str], texts: int) -> None:
    asked = words.content_words(about)
    score = words.words_score(asked, descriptors, Rarity(texts, {}))
    assert 0.0 <= score <= 1.0 + 1e-9
    assert (score > 0) == bool(words.matched_words(asked, descriptors))


def test_music_that_is_like_a_genre_is_found_under_its_name() -> None:
    assert words.word_forms(["funky"]) == ("funk", "funky")
    assert words.matched_words(["funky"], ["funk", "funky", "pop"]) == ("funk", "funky")
