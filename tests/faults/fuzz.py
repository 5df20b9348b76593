"""Fuzz one target with coverage for a guide: python -m tests.faults.fuzz TARGET --seconds 300.

Needs atheris (the extra `soak`). Begins with the corpus; what it finds to be new stays in the
working folder, and an input that fails is written to `crash-*` there: put that into the corpus
together with the mending.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--work", type=Path, help="the working folder (a new one)")
    given = parser.parse_args()
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed (pip install atheris); `make test` fuzzes without it")
    with atheris.instrument_imports(include=["melscribe_core", "beetsplug.melscribe"]):
        from tests.faults.targets import CORPUS, TARGETS
    work = given.work or Path(tempfile.mkdtemp(prefix=f"fuzz-{given.target}-"))
    work.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={given.seconds}",
        "-max_len=2000",
        "-timeout=20",
        "-rss_limit_mb=4000",
    ]
    options += [f"-artifact_prefix={work}/", "-print_final_stats=1", "-verbosity=0"]
    atheris.Setup(
        [sys.argv[0], *options, str(work), str(CORPUS / given.target)], TARGETS[given.target]
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
