"""Sets made of captions and requests: who answers what, and what is left out."""

import json
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.beir import Beir
from melscribe_trainer.data.datasets import Captioned, Dataset
from melscribe_trainer.evaluation.sets import (
    SEEDS,
    caption_set,
    read_rephrased,
    request_sets,
    sentence_sets,
    short_name,
)

CAPTIONS = Dataset(
    "captions",
    (
        Captioned("1", ("A sad piano ballad. Nobody sings.",), ("sad", "piano", "slow")),
        Captioned("2", ("Loud metal with guitars.",), ("metal", "guitar")),
        Captioned("3", ("Noise.",), ("seen live",)),
    ),
    {"without a caption": 4},
)
REQUESTS = Dataset(
    "requests",
    (
        Captioned("1", ("folk", "sing me some folk", "old songs"), ("folk", "old"), "folkworld"),
        Captioned("2", ("hi, any jazz?", "and sad too", "sad jazz"), ("jazz", "sad"), "chat"),
        Captioned("3", ("jazz please", "more", "calm"), ("calm", "jazz"), "chat"),
    ),
)
OTHERS = Dataset("others", (Captioned("9", ("x",), ("jazz", "piano", "sad"), "pop"),))


def answers(test: Beir) -> dict[str, set[str]]:
    """Return query -> its right texts."""
    return {
        text: {test.corpus[one] for one in test.right(query)}
        for query, text in test.queries.items()
    }


def test_a_sentence_is_answered_by_a_set_sampled_for_it() -> None:
    (made,) = sentence_sets("mc", CAPTIONS)
    assert len(made.tests) == len(SEEDS) == 3
    for test in made.tests:
        found = answers(test)
        # "Nobody sings." and "Noise." name nothing of their track.
        assert list(found) == ["A sad piano ballad.", "Loud metal with guitars."]
        # Named: piano and sad; one or both are drawn, and of the rest (slow) at most as many.
        assert found["A sad piano ballad."] <= {
            "piano", "sad", "piano, sad", "piano, slow", "sad, slow", "piano, sad, slow",
        }  # fmt: skip
        assert found["Loud metal with guitars."] <= {"metal", "guitar", "guitar, metal"}
    assert made.dropped == {"without a caption": 4, "sentences that name no descriptor": 2}


def test_a_seed_gives_the_same_sets_and_seeds_differ() -> None:
    seeds = tuple(range(8))
    first, again = (sentence_sets("mc", CAPTIONS, seeds=seeds)[0] for _ in range(2))
    assert first == again
    assert len({str(answers(test)) for test in first.tests}) > 1


def test_others_sampled_sets_stand_among_the_texts() -> None:
    other = Dataset("other", (Captioned("7", ("Warm dub.",), ("dub",)),))
    (made,) = sentence_sets("mc", CAPTIONS, [other])
    assert all("dub" in test.corpus.values() for test in made.tests)
    assert all("Warm dub." not in test.queries.values() for test in made.tests)


def test_rephrased_sentences_keep_the_sets() -> None:
    said = {"Loud metal with guitars.": "Give me something heavy!"}
    plain, rephrased = sentence_sets("mc", CAPTIONS, rephrased=said)
    assert rephrased.name == "mc rephrased"
    assert rephrased.dropped == {"sentences that were not rephrased": 1}
    for before, after in zip(plain.tests, rephrased.tests, strict=True):
        right = answers(before)["Loud metal with guitars."]
        assert answers(after) == {"Give me something heavy!": right}
        assert set(after.corpus.values()) == set(before.corpus.values())


def test_a_whole_caption_is_answered_by_the_whole_set() -> None:
    made = caption_set("mc-captions", CAPTIONS)
    assert answers(made.tests[0]) == {
        "A sad piano ballad. Nobody sings.": {"piano, sad, slow"},
        "Loud metal with guitars.": {"guitar, metal"},
    }
    assert made.dropped == {"without a caption": 4, "tracks whose tags say nothing": 1}


def test_requests_are_sets_by_kind() -> None:
    by_name = {made.name: made.tests[0] for made in request_sets(REQUESTS, [OTHERS])}
    assert list(by_name) == [
        "terse", "spoken", "reworded", "chat-first", "chat-follow", "chat-bare",
    ]  # fmt: skip
    assert answers(by_name["reworded"]) == {"old songs": {"folk, old"}}
    texts = {"folk, old", "jazz, sad", "calm, jazz", "jazz, piano, sad"}
    assert all(set(test.corpus.values()) == texts for test in by_name.values())


def test_a_chat_request_is_answered_by_all_that_holds_what_it_names() -> None:
    made = request_sets(REQUESTS, [OTHERS])
    by_name = {one.name: one.tests[0] for one in made}
    assert [sum(one.dropped.values()) for one in made] == [0, 0, 0, 0, 1, 0]
    jazz = {"jazz, sad", "calm, jazz", "jazz, piano, sad"}
    assert answers(by_name["chat-first"]) == {"hi, any jazz?": jazz, "jazz please": jazz}
    # "sad" is all that the second turn names; "more" names nothing and is not asked.
    sad = {"jazz, sad", "jazz, piano, sad"}
    assert answers(by_name["chat-follow"]) == {"and sad too": sad}
    assert answers(by_name["chat-bare"]) == {"sad jazz": sad, "calm": {"calm, jazz"}}


def test_a_set_without_a_question_is_one_sentence() -> None:
    nothing = Dataset("silent", (Captioned("1", ("Noise.",), ("metal",)),))
    with pytest.raises(MelScribeError, match="nothing to ask"):
        sentence_sets("silent", nothing)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("seungheondoh-LP-MusicCaps-MC", "MC"),
        ("data-lp_musiccaps_mtt_test", "MTT"),
        ("LP-MusicCaps-MSD", "MSD"),
        ("mcmaster-captions", "mcmaster-captions"),
    ],
)
def test_the_names_of_lp_musiccaps(name: str, short: str) -> None:
    assert short_name(name) == short


def lines(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_what_rephrase_wrote_is_read(tmp_path: Path) -> None:
    path = lines(tmp_path / "rephrased.jsonl", {"source": "Sad.", "caption": "Make me cry."})
    assert read_rephrased(path) == {"Sad.": "Make me cry."}
    with pytest.raises(MelScribeError, match="no source or no caption"):
        read_rephrased(lines(tmp_path / "other.jsonl", {"caption": "Make me cry."}))


def test_requests_in_a_language_have_sets_of_their_own() -> None:
    german = Captioned("1", ("Klavier", "was zum Träumen"), ("piano", "dreamy"), "lang-de")
    made = request_sets(Dataset("requests", (german, *REQUESTS.tracks)))
    names = [one.name for one in made]
    assert names[:2] == ["terse", "spoken"] and names[-2:] == ["de-terse", "de-spoken"]
    assert answers(made[-2].tests[0]) == {"Klavier": {"dreamy, piano"}}
