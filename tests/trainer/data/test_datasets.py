"""Readers of the trainer: what they keep, what they count, and the one sentence of each refusal."""

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import (
    Captioned,
    Dataset,
    are_requests,
    read_any,
    read_lp_musiccaps,
    read_musiccaps,
    read_requests,
    read_tagged,
)
from tests.support.tiny import write_rows

COLUMNS = ("ytid", "aspect_list", "caption", "is_audioset_eval")


def public_csv(path: Path, *rows: tuple[str, list[str], str, bool]) -> str:
    """Write rows in the form of the public file, where a list is as Python prints it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([COLUMNS, *rows])
    return str(path)


def sentence(error: pytest.ExceptionInfo[MelScribeError]) -> str:
    text = str(error.value)
    assert text.endswith(".") and "\n" not in text
    return text


def test_musiccaps_leaves_the_evaluation_split_out_and_counts_it(tmp_path: Path) -> None:
    path = public_csv(
        tmp_path / "musiccaps.csv",
        ("a", ["slow", 'it\'s "live"'], "A slow song.", False),
        ("b", ["fast"], "A fast song.", True),
        ("c", [], "Nothing is known.", False),
        ("d", ["odd"], "", False),
    )
    found = read_musiccaps(path)
    assert found.tracks == (Captioned("a", ("A slow song.",), ("slow", 'it\'s "live"')),)
    assert found.dropped == {
        "in the evaluation split": 1,
        "without tags": 1,
        "without a caption": 1,
    }
    assert [track.id for track in read_musiccaps(path, part="eval").tracks] == ["b"]
    assert [track.id for track in read_musiccaps(path, part="all").tracks] == ["a", "b"]


def test_musiccaps_of_the_evaluation_split_alone_is_refused(tmp_path: Path) -> None:
    path = public_csv(tmp_path / "eval.csv", ("b", ["fast"], "A song.", True))
    with pytest.raises(MelScribeError) as error:
        read_musiccaps(path)
    assert "in the evaluation split: 1" in sentence(error)


def test_musiccaps_without_its_split_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text("ytid,aspect_list,caption\nb,['fast'],A song.\n")
    with pytest.raises(MelScribeError) as error:
        read_musiccaps(str(path))
    assert "needs is_audioset_eval" in sentence(error)


@pytest.mark.parametrize("column", ["tag_top188", "tag"])
def test_lp_musiccaps_has_its_tags_under_two_more_names(tmp_path: Path, column: str) -> None:
    table = {
        "track_id": ["t1", "t1", "t2"],
        "caption_writing": ["One.", "Two.", "Three."],
        "caption_summary": ["Short.", "", None],
        column: [["a", "b"], ["a", "b"], ["c"]],
    }
    path = tmp_path / "mtt.parquet"
    parquet.write_table(pyarrow.table(table), path)
    found = read_lp_musiccaps(str(path), captions=["caption_writing", "caption_summary"])
    assert found.tracks == (
        Captioned("t1", ("One.", "Short.", "Two."), ("a", "b")),
        Captioned("t2", ("Three.",), ("c",)),
    )


def test_a_folder_laid_out_as_on_the_hub_is_read(tmp_path: Path) -> None:
    write_rows(tmp_path / "set" / "train.jsonl", [{"caption_writing": "A.", "tag": ["x"]}])
    write_rows(tmp_path / "set" / "test.jsonl", [{"caption_writing": "B.", "tag": ["x"]}])
    assert read_lp_musiccaps(str(tmp_path / "set"), split="test").tracks[0].captions == ("B.",)


def test_requests_keep_their_order_and_region(tmp_path: Path) -> None:
    row = {"region": "chat", "tags": ["a", " "], "requests": ["one", "two"]}
    found = read_requests(write_rows(tmp_path / "requests" / "dev.jsonl", [row]))
    assert found.name == "requests-dev"
    assert found.tracks == (Captioned("1", ("one", "two"), ("a",), "chat"),)


def test_the_columns_say_which_data_it_is(tmp_path: Path) -> None:
    requests = write_rows(tmp_path / "r.jsonl", [{"region": "x", "tags": ["a"], "requests": ["b"]}])
    captions = write_rows(tmp_path / "c.jsonl", [{"id": "1", "tags": ["a"], "caption": "b"}])
    lp = write_rows(tmp_path / "l.jsonl", [{"tag": ["a"], "caption_writing": "b"}])
    assert read_any(requests).tracks[0].region == "x"
    assert read_any(captions).tracks[0].id == "1"
    assert read_any(lp).tracks[0].captions == ("b",)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param("a.jsonl", '{"tags": []}\n', "needs requests and has only tags", id="column"),
        pytest.param("a.jsonl", "", "the data set is empty", id="empty"),
        pytest.param("a.jsonl", '{"tags": ["x"]\n', "line 1 is not JSON", id="not JSON"),
        pytest.param("a.jsonl", "[1]\n", "line 1 is list, not an object", id="no object"),
        pytest.param("a.txt", "x", ".txt is not read here", id="other suffix"),
        pytest.param("a.jsonl", b"\xff\xfe", "cannot be read", id="not text"),
        pytest.param("a.txt.gz", "x", ".txt is not read here", id="other suffix, packed"),
        pytest.param("a.jsonl.gz", "x", "cannot be read (Not a gzipped file", id="not packed"),
        pytest.param("a.jsonl.gz", gzip.compress(b"[]" * 99)[:20], "cannot be read", id="cut"),
        pytest.param("a.parquet", "x", "cannot be read", id="not parquet"),
    ],
)
def test_a_bad_table_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: str | bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(MelScribeError) as error:
        read_requests(str(path))
    assert told in sentence(error)


def test_a_packed_table_is_read_as_if_it_were_not(tmp_path: Path) -> None:
    rows = [{"region": "x", "tags": ["a"], "requests": ["b"]}]
    whole = Path(write_rows(tmp_path / "r.jsonl", rows))
    packed = tmp_path / "r.jsonl.gz"
    packed.write_bytes(gzip.compress(whole.read_bytes()))
    assert read_requests(str(packed)).tracks == read_requests(str(whole)).tracks


def test_a_file_that_is_not_there_is_no_hub_name(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError) as error:
        read_requests(str(tmp_path / "gone.jsonl"))
    assert "no such file" in sentence(error)


def test_tracks_are_read_for_their_tags_with_captions_or_without(tmp_path: Path) -> None:
    bare = [{"id": "1", "tags": ["a", "b"]}, {"id": "2", "tags": []}]
    found = read_tagged(write_rows(tmp_path / "bare.jsonl", bare))
    assert found.tracks == (Captioned("1", (), ("a", "b")),)
    assert found.dropped == {"without tags": 1}
    with pytest.raises(MelScribeError) as error:
        read_any(str(tmp_path / "bare.jsonl"))
    assert "needs caption" in sentence(error)
    asked = [{"region": "x", "tags": ["a"], "requests": ["b"]}]
    assert read_tagged(write_rows(tmp_path / "r.jsonl", asked)).tracks[0].tags == ("a",)
    music = ("a", ["slow"], "A slow song.", False), ("b", ["fast"], "A fast song.", True)
    path = public_csv(tmp_path / "musiccaps.csv", *music)
    assert [track.id for track in read_tagged(path).tracks] == ["a"]
    (tmp_path / "cut.csv").write_text("ytid,aspect_list\nb,['fast']\n")
    with pytest.raises(MelScribeError) as error:
        read_tagged(str(tmp_path / "cut.csv"))
    assert "needs is_audioset_eval" in sentence(error)


def test_data_sets_of_requests_are_told_from_captions() -> None:
    asked = Captioned("1", ("folk",), ("folk", "old"), "folkworld")
    assert are_requests(Dataset("requests", (asked,)))
    assert not are_requests(Dataset("captions", (replace(asked, region=""),)))
