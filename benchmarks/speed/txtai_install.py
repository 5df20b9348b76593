"""Install txtai into a folder of its own, so that it changes nothing for the other systems.

python -m benchmarks.speed.txtai_install FOLDER     # prints the folder below FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.speed.process import BenchError

PACKAGES = ("txtai==9.14.0", "faiss-cpu", "msgpack")  # torch and transformers are installed already


def fetched(folder: Path) -> Path:
    """Return the folder with txtai, installing it if necessary.

    Raises BenchError if it cannot be installed.
    """
    target = folder / "txtai"
    if not (target / "txtai").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*pip, "--target", str(target), *PACKAGES], capture_output=True, text=True
        )
        if done.returncode:
            raise BenchError(
                f"txtai cannot be installed; skip it with --no-txtai: {done.stderr.strip()[-300:]}"
            )
    return target


if __name__ == "__main__":
    try:
        print(fetched(Path(sys.argv[1])))
    except BenchError as error:
        sys.exit(str(error))
