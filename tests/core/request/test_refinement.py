"""Refinement: remarks accumulate, and later constraints replace earlier ones."""

from typing import Any

import pytest

from melscribe_core.request.refinement import parse_with_remarks, refine
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


def said(*remarks: str) -> Request:
    return parse_with_remarks("sad folk", parse, remarks=remarks)


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
    request = said(remark)
    assert (request.more, request.less) == (more, less)
    assert request.about == "sad folk"


def test_remarks_add_up() -> None:
    request = said("more upbeat", "no drums", "less electronic", "an hour")
    assert (request.more, request.less) == (("upbeat",), ("electronic",))
    assert request.exclude == ("drums",)
    assert request.minutes == 60


def test_a_later_constraint_replaces_an_earlier_one() -> None:
    assert said("an hour", "half an hour").minutes == 30


def test_more_removes_less() -> None:
    request = said("less piano", "more Piano")
    assert (request.more, request.less) == (("Piano",), ())


def test_degrees_in_the_request_and_options_accumulate() -> None:
    request = parse_with_remarks("folk, not too sad", parse, less=["loud"])
    assert request.less == ("sad", "loud")
    moved = refine(request, "not that loud", parse)
    assert moved.less == ("sad", "loud")


def test_more_removes_a_degree_of_the_request() -> None:
    request = parse_with_remarks("folk, not too sad", parse, remarks=["more sad"])
    assert (request.more, request.less) == (("sad",), ())


def test_limits_and_unread_negations_of_a_remark_are_kept() -> None:
    request = said("one per artist", "no glorp")
    assert (request.per_artist, request.unread) == (1, ("no glorp",))


def test_options_come_before_remarks() -> None:
    request = parse_with_remarks("folk", parse, more=["sad"], less=["loud"], remarks=["less sad"])
    assert (request.more, request.less) == ((), ("loud", "sad"))


def test_refining_twice_with_the_same_words_changes_nothing() -> None:
    once = refine(parse("folk"), "more sad", parse)
    assert refine(once, "more sad", parse) == once
