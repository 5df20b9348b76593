"""Rows of JSONL -> examples, and every row that is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.sound import features, probabilities
from melscribe_trainer.alignment.examples import examples_in
from tests.support.tiny import write_rows

HEARD: dict[str, Any] = {"probabilities": [0.2] * 100, "features": [1.0] * 399 + [-2.0]}


def write(path: Path, *rows: dict[str, Any]) -> list[Path]:
    write_rows(path, rows)
    return [path]


def test_a_row_becomes_an_example(tmp_path: Path) -> None:
    rows = write(
        tmp_path / "sub" / "rows.jsonl",
        {
            "id": "one",
            "heard": {**HEARD, "tempo": 120},
            "tags": ["Hip-Hop", "sad; sad", "seen live"],
            "texts": [" A sad song. ", "A sad song.", ""],
            "album": "first",
        },
        {"audio": "two.ogg"},
    )
    (one, two), dropped = examples_in(rows)
    assert (one.id, one.album, one.audio) == ("one", "first", None)
    assert one.descriptors == ("hip hop", "sad") and one.captions == ("A sad song.",)
    assert one.heard is not None and (one.heard.tempo, one.heard.windows) == (120, 1)
    assert features([one.heard])[0, [0, 399]].tolist() == pytest.approx([1, -2], abs=0.01)
    assert probabilities([one.heard])[0, 0] == pytest.approx(0.2)
    assert two.audio == tmp_path / "sub" / "two.ogg" and two.heard is None
    assert two.id == f"{rows[0]}: row 2" and two.album == f"alone: {two.id}"
    assert (two.descriptors, two.captions) == ((), ()) and not dropped


def test_tags_that_say_nothing_are_counted(tmp_path: Path) -> None:
    _, dropped = examples_in(write(tmp_path / "rows.jsonl", {"heard": HEARD, "tags": ["!"]}))
    assert dict(dropped) == {"tracks whose tags say nothing": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param({"tags": ["sad"]}, 'either "audio" or "heard"', id="neither"),
        pytest.param({"audio": "a.ogg", "heard": HEARD}, "either", id="both"),
        pytest.param({"audio": 3}, '"audio" is 3; write a text', id="audio"),
        pytest.param({"heard": [1]}, '"heard" is not an object', id="heard"),
        pytest.param(
            {"heard": {**HEARD, "features": [1.0]}}, "is not 400 finite", id="few features"
        ),
        pytest.param(
            {"heard": {**HEARD, "features": [None] * 400}}, "is not 400 finite", id="null"
        ),
        pytest.param({"heard": {"features": [0.0] * 400}}, "is not 100 finite", id="none"),
        pytest.param(
            {"heard": {**HEARD, "probabilities": [1.5] * 100}}, "between 0 and 1", id="above 1"
        ),
        pytest.param({"heard": {**HEARD, "tempo": "fast"}}, "beats per minute", id="tempo"),
        pytest.param({"heard": HEARD, "tags": "sad"}, '"tags" is not a list', id="tags"),
        pytest.param({"heard": HEARD, "texts": [1]}, '"texts" is not a list', id="texts"),
        pytest.param({"heard": HEARD, "album": 7}, '"album" is 7', id="album"),
        pytest.param({"heard": HEARD, "id": ""}, '"id" is', id="id"),
    ],
)
def test_a_row_of_another_form_is_refused(
    tmp_path: Path, row: dict[str, Any], message: str
) -> None:
    rows = write(tmp_path / "rows.jsonl", {"heard": HEARD}, row)
    with pytest.raises(MelScribeError, match=f"row 2: .*{message}"):
        examples_in(rows)


def test_an_id_is_given_once(tmp_path: Path) -> None:
    one = {"heard": HEARD, "id": "one"}
    with pytest.raises(MelScribeError, match=r"row 2: the id 'one' is given twice"):
        examples_in(write(tmp_path / "rows.jsonl", one, one))


def test_several_files_are_one_set_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", {"heard": HEARD})
    second = write(tmp_path / "b.jsonl", {"heard": HEARD})
    assert len(examples_in([*first, *second])[0]) == 2
    with pytest.raises(MelScribeError, match="no row; write rows of"):
        examples_in(write(tmp_path / "c.jsonl"))


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    rows = write(tmp_path / "rows.jsonl", {"heard": {**HEARD, "features": [np.inf] * 400}})
    with pytest.raises(MelScribeError, match="finite"):
        examples_in(rows)
