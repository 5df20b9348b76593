"""The plain script's texts."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed import collection, plain_script


def test_the_plain_script_reads_each_tracks_tags_sorted(tsv: Path, tmp_path: Path) -> None:
    seed = tmp_path / "library.db"
    collection.write_library(collection.read_table(tsv), seed, tmp_path / "music")
    texts = plain_script.read_texts(seed)
    assert list(texts) == list(range(1, 21))
    assert texts[1] == "guitar, indie pop, piano, punkrock"
    assert texts[3] == "calm, guitar, indie pop, piano, punkrock, sad"
