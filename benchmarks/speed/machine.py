"""The heading of a table: command, date, machine and package versions."""

from __future__ import annotations

import os
import platform
import shlex
import sqlite3
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "beets",
    "onnxruntime",
    "tokenizers",
    "hnswlib",
    "numpy",
    "torch",
    "sentence-transformers",
)


def use_cores(count: int) -> int:
    """Restrict this process and its children to `count` cores; return the number they have.

    Systems that cannot do this (macOS, Windows) use all cores, and their number is returned.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_machine(cores: int) -> str:
    """Return one sentence: processor, cores, system, and versions of the packages measured."""
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {cores} of {os.cpu_count()} cores,"
        f" {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}."
    )


def heading(module: str, words: Sequence[str], cores: int) -> str:
    """Return the text above a table: the command, the date and the machine."""
    ran = f"`{command_line(module, words)}` on {date.today().isoformat()}"
    return f"{ran}\n\n{describe_machine(cores)}"


def command_line(module: str, words: Sequence[str]) -> str:
    """Return the command for a document, with the folders of paths left out."""
    return shlex.join(["python", "-m", module, *(Path(w).name if "/" in w else w for w in words)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "processor unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor unknown"
