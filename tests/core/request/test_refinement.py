"""Refining a request: remarks add up, and later ones win."""

from typing import Any

import pytest

from melscribe_core.request.refinement import Intent, refine, understand
from melscribe_core.request.request import Request

KNOWN: dict[str, dict[str, Any]] = {
    "no drums": {"about": "", "exclude": ("drums",)},
    "an hour": {"about": "", "minutes": 60},
    "not that loud": {"about": "", "less": ("loud",)},
    "folk, not too sad": {"about": "folk", "less": ("sad",)},
    "one per artist": {"about": "", "per_artist": 1},
    "no glorp": {"about": "no glorp", "unread": ("no glorp",)},
    "half an hour": {"about": "", "minutes": 30},
}


def parse(text: str) -> Request:
    return Request(text=text, **KNOWN.get(text, {"about": text}))


def said(*remarks: str) -> Intent:
    return understand("sad folk", parse, refinements=remarks)


@pytest.mark.parametrize(
    ("remark", "more", "less"),
    [
        ("more upbeat, less electronic", ("upbeat",), ("electronic",)),
        ("more upbeat and less electronic", ("upbeat",), ("electronic",)),
        ("a bit less rock and roll", (), ("rock and roll",)),
        ("Too loud", (), ("loud",)),
        ("not so sad but more dreamy", ("dreamy",), ("sad",)),
        ("happier", ("happier",), ()),
        ("more rock and pop", ("rock and pop",), ()),
        ("", (), ()),
    ],
)
def test_one_remark(remark: str, more: tuple[str, ...], less: tuple[str, ...]) -> None:
    intent = said(remark)
    assert (intent.more, intent.less) == (more, less)
    assert intent.request.about == "sad folk"


def test_remarks_add_up() -> None:
    intent = said("more upbeat", "no drums", "less electronic", "an hour")
    assert (intent.more, intent.less) == (("upbeat",), ("electronic",))
    assert intent.request.exclude == ("drums",)
    assert intent.request.minutes == 60


def test_a_later_constraint_replaces_an_earlier_one() -> None:
    assert said("an hour", "half an hour").request.minutes == 30


def test_more_takes_back_less() -> None:
    intent = said("less piano", "more Piano")
    assert (intent.more, intent.less) == (("Piano",), ())


def test_what_the_words_say_there_should_be_less_of_is_less() -> None:
    intent = understand("folk, not too sad", parse, less=["loud"])
    assert intent.less == ("sad", "loud")
    moved = refine(intent, "not that loud", parse)
    assert (moved.less, moved.request.less) == (("sad", "loud"), ("sad", "loud"))


def test_more_takes_back_what_the_words_said() -> None:
    intent = understand("folk, not too sad", parse, refinements=["more sad"])
    assert (intent.more, intent.less, intent.request.less) == (("sad",), (), ())


def test_shares_and_what_was_not_understood_are_kept_from_a_remark() -> None:
    intent = said("one per artist", "no glorp")
    assert (intent.request.per_artist, intent.request.unread) == (1, ("no glorp",))


def test_options_come_before_remarks() -> None:
    intent = understand("folk", parse, more=["sad"], less=["loud"], refinements=["less sad"])
    assert (intent.more, intent.less) == ((), ("loud", "sad"))


def test_refining_twice_with_the_same_words_changes_nothing() -> None:
    once = refine(Intent(parse("folk")), "more sad", parse)
    assert refine(once, "more sad", parse) == once
