"""The heading of a table."""

from __future__ import annotations

from benchmarks.speed import machine


def test_a_command_is_told_without_this_machines_folders() -> None:
    words = [
        "--data",
        "/a/secret/place/library.tsv.gz",
        "--out",
        "benchmarks/speed/README.md",
        "--quick",
    ]
    assert machine.command_line("benchmarks.speed.run", words) == (
        "python -m benchmarks.speed.run --data library.tsv.gz --out README.md --quick"
    )
