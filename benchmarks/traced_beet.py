"""Run `beet` and record which functions of a checkout it calls and which modules it loads.

    python benchmarks/traced_beet.py CHECKOUT OUT words...

OUT is a JSON file: `functions`, a list of [file, name] in order of first call, without lambdas,
comprehensions and class bodies; and `modules`, the names of the loaded modules of MelScribe.
Only the standard library is imported, so that what is recorded is what `beet` does.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PACKAGES = ("beetsplug/melscribe", "melscribe_core")  # folders of the checkout


class Trace:
    """The functions of a checkout that were called, once each."""

    def __init__(self, checkout: Path) -> None:
        self._root = str(checkout.resolve()) + os.sep
        self._seen: dict[int, CodeType] = {}  # by id: equal code may be in two files

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Record a call; the signature is that of sys.setprofile."""
        if event == "call":
            self._seen.setdefault(id(frame.f_code), frame.f_code)

    def functions(self) -> list[tuple[str, str]]:
        """Return (file, function) pairs, the file relative to the checkout."""
        found = []
        for code in self._seen.values():
            file = os.path.realpath(code.co_filename)
            relative = file.removeprefix(self._root).replace(os.sep, "/")
            is_function = code.co_flags & inspect.CO_OPTIMIZED and not code.co_name.startswith("<")
            if file.startswith(self._root) and relative.startswith(PACKAGES) and is_function:
                found.append((relative, getattr(code, "co_qualname", code.co_name)))
        return found


def own_modules() -> list[str]:
    """Return the names of the loaded modules of MelScribe, sorted."""
    packages = [package.replace("/", ".") for package in PACKAGES]
    return sorted(
        name
        for name in sys.modules
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    )


def main() -> None:
    """Run the command line."""
    checkout, out, *words = sys.argv[1:]
    sys.path.pop(0)  # this folder, in which `beet` is to find nothing
    sys.argv = ["beet", *words]
    trace = Trace(Path(checkout))
    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        from beets.ui import main as beet

        beet()
    finally:
        sys.setprofile(None)
        record = {"functions": trace.functions(), "modules": own_modules()}
        Path(out).write_text(json.dumps(record), encoding="utf-8")


if __name__ == "__main__":
    main()
