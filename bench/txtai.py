"""Find txtai: a folder with it and what it needs beside what is installed anyway.

    python -m bench.txtai FOLDER        put it below FOLDER and print where

It is installed apart from everything else, so that it changes nothing for the others.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.process import BenchError

PACKAGES = ("txtai==9.14.0", "faiss-cpu", "msgpack")  # torch and transformers are there


def fetched(folder: Path) -> Path:
    """Return the folder that holds txtai, installing it when it is not there.

    Raises BenchError when it cannot be installed.
    """
    target = folder / "txtai"
    if not (target / "txtai").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*pip, "--target", str(target), *PACKAGES], capture_output=True, text=True
        )
        if done.returncode:
            raise BenchError(
                f"txtai cannot be installed; leave it out with --no-txtai:"
                f" {done.stderr.strip()[-300:]}"
            )
    return target


if __name__ == "__main__":
    try:
        print(fetched(Path(sys.argv[1])))
    except BenchError as error:
        sys.exit(str(error))
