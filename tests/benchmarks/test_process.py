"""One measured process: its usage, its failure, its environment."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks.speed import process


def test_one_process_is_measured_alone() -> None:
    code = "block = bytearray(100_000_000); print('done', sum(range(3_000_000)) > 0)"
    usage = process.measure([sys.executable, "-c", code], os.environ)
    assert usage.output == "done True\n"
    assert usage.cpu > 0.01
    assert 0.01 < usage.wall < 60
    assert usage.peak > 100_000_000  # no bound above: the memory of these tests counts too


def test_a_failing_command_is_named_with_its_last_words() -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such index')"]
    with pytest.raises(process.BenchError, match=r"ended with 1;.*no such index"):
        process.measure(command, os.environ)


def test_what_python_compiled_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = "import sys; print(sys.dont_write_bytecode)"
    done = process.measure([sys.executable, "-c", code], process.environment())
    assert done.output == "False\n"
