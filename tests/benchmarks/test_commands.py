"""Every module that is a command shows its help."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.paths import ROOT

COMMANDS = {
    "house": "--baseline",
    "speed.run": "--synthetic",
    "speed.scale": "--sizes",
    "speed.comparison": "--no-txtai",
    "speed.warm_requests": "usage",
    "speed.peers": "usage",
    "speed.cold_request": "usage",
    "quality.dialogues": "--ways",
    "quality.meanings": "--words",
}


@pytest.mark.parametrize("module", COMMANDS)
def test_help_is_shown(module: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{module}", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "usage" in done.stdout
    assert COMMANDS[module] in done.stdout
