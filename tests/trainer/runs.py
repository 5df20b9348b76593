"""What a command of the trainer left behind that prints its folder last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import Result


def folder_of(done: Result) -> Path:
    assert done.exit_code == 0, done.output
    return Path(done.stdout.splitlines()[-1])


def report_of(done: Result) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder_of(done) / "report.json").read_text())
    return report
