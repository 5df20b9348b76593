"""The rows of the main table, from measurements that are easy to divide."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.speed import report, rounds, table
from benchmarks.speed.process import Usage


def used(wall: float, cpu: float = 0.0, peak: float = 0.0) -> Usage:
    return Usage(wall, cpu, int(peak), "")


def found() -> report.Measured:
    """Two rounds and one first indexing, with numbers that are easy to divide."""
    samples = {
        "version": [used(0.2, 0.2), used(0.4, 0.2)],
        "version, plugin": [used(0.2), used(0.5)],
        "ls": [used(0.2, 0.1), used(0.3, 0.1)],
        "ls, plugin": [used(0.204, 0.103), used(0.308, 0.105)],
        "describe": [used(0.4, 0.5, 150e6), used(0.8, 0.3, 310e6)],
        "describe, one played": [used(0.44), used(0.8)],
        "melindex": [used(0.5), used(1.0)],
        "melindex, one modified": [used(1.0, peak=9e7), used(1.3, peak=9e7)],
    }
    counts = {"tracks": 100, "of": 900, "encode": 9.0, "add": 1.0}
    long_runs = rounds.LongRuns([used(20.0, peak=2e8)], [used(30.0, peak=8e8)], [counts])
    recalled = {
        "k": 50,
        "texts": 21085,
        "requests": 700,
        "recall": 0.9951,
        "worst": 0.9,
        "candidates": 300,
        "near": 0.0005,
        "exact": 0.005,
        "by_graph": True,
    }
    sizes = {"graph": 2_000_000, "index": 3_000_000, "stamp": 180}
    return report.Measured(1000, samples, long_runs, recalled, sizes, 20_000_000)


def cells(what: str, measured: report.Measured) -> table.Row:
    (one,) = [row for row in report.rows(measured) if what in row.what]
    return one


def test_ratios_are_taken_pair_by_pair() -> None:
    # 0.4 / 0.2 and 0.8 / 0.4: both 2, though the second round was twice as slow
    described = cells("cold `beet describe", found())
    assert described.ratio == "2.00 x (2.00 to 2.00)"
    assert described.measured == "0.60 s (0.40 to 0.80)"
    assert described.held is True
    processor = report.rows(found())[report.rows(found()).index(described) + 1]
    assert processor.ratio == "2.00 x (1.50 to 2.50)"  # 0.5 / 0.2 and 0.3 / 0.2


def test_an_answer_after_a_play_is_compared_with_one_before() -> None:
    # 0.44 / 0.4 = 1.1 and 0.8 / 0.8 = 1
    played = cells("after a play count", found())
    assert (played.ratio, played.held) == ("1.05 x (1.00 to 1.10)", True)
    # 0.5 / 0.2 and 1.0 / 0.4: both 2.5
    idle = cells("nothing changed", found())
    assert (idle.ratio, idle.held) == ("2.50 x (2.50 to 2.50)", True)


def test_what_is_over_the_limit_is_not_held() -> None:
    measured = found()
    slow = {**measured.samples, "describe": [used(0.6), used(1.2)]}  # 3 times `beet version`
    assert cells("cold `beet describe", replace(measured, samples=slow)).held is False
    peak = next(row for row in report.rows(measured) if row.asked == "under 300 MB")
    assert (peak.measured, peak.held) == ("230 MB (150 to 310)", False)  # the largest counts


def test_a_sample_of_the_plain_script_is_scaled_and_said_so() -> None:
    # 10 s for 100 of 900 tracks: 90 s for all, 10 tracks/s; 1000 tracks in 20 s are 50 tracks/s
    assert report.scaled_seconds(found().long_runs.counts[0]) == 90.0
    scaled = cells("encode + add only", found())
    assert scaled.what.startswith("plain script, scaled from 100 of 900 tracks")
    assert scaled.measured == "90.00 s; 10 tracks/s"
    assert cells("over the plain script", found()).ratio == "5.00 x"
    assert cells("over the plain script", found()).measured == "50 to 10 tracks/s"


def test_a_plain_script_that_was_left_out_is_said_so() -> None:
    measured = replace(found(), long_runs=rounds.LongRuns([used(20.0)]))
    assert cells("plain script", measured).measured.startswith("not run")


def test_differences_are_taken_pair_by_pair() -> None:
    ls = cells("`beet ls` of ten tracks, plugin loaded", found())
    assert ls.held is True
    assert ls.measured == "+6.0 ms (+4.0 to +8.0)"
    assert cells("one track modified", found()).measured == "0.40 s (0.30 to 0.50)"


def test_a_small_collection_is_said_to_be_scanned() -> None:
    measured = found()
    small = replace(measured, recall={**measured.recall, "by_graph": False})
    assert "300 candidates by the scan of packed vectors" in cells("exact first 50", small).what
    assert "300 candidates by the graph" in cells("exact first 50", measured).what


def test_recall_and_sizes_have_rows() -> None:
    assert cells("exact first 50", found()).measured == (
        "0.9951 (worst 0.90); 0.50 against 5.00 ms a search"
    )
    on_disk = cells("on disk: the index", found())
    assert on_disk.measured == "5 MB: graph 2 MB, index 3 MB"  # the stamp is too small to name
    assert on_disk.ratio == "0.25 x"
