"""Many requests in one process: times and recall."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.speed.home import Home, run_module

MODULE = "benchmarks.speed.warm_requests"


def test_warm_answers_are_timed_and_ranked(own: Home, asked: Path) -> None:
    found = run_module(MODULE, str(own.library), "--requests", str(asked))
    told = json.loads(found.output)
    assert told["requests"] == 4
    assert 0 < told["median"] <= told["slow"] <= told["worst"]
    assert told["cpu"] > 0
    # "xyzzy" says nothing: of 16 sets, rock with vocals may be among its ten by chance alone.
    assert told["recall"] in (0.75, 1.0)


def test_a_request_without_a_right_answer_counts_for_no_recall(own: Home, tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text('["sad folk", null]\n', encoding="utf-8")
    found = run_module(MODULE, str(own.library), "--requests", str(path))
    assert json.loads(found.output)["recall"] is None
