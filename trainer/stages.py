"""A stage makes a folder from parameters and inputs; an equal one is reused, never remade.

A stage's folder is `name-fingerprint` and holds manifest.json. It is made under another name and
renamed when it is whole, so what bears the name is finished. A fingerprint covers the stage's name,
its method's version, its parameters and the fingerprints of its inputs.
"""

from __future__ import annotations

import errno
import json
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from melscribe_core.errors import MelScribeError

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"
LIBRARIES = (
    "beets-melscribe numpy torch transformers sentence-transformers accelerate datasets".split()
)


@dataclass(frozen=True)
class Stage:
    """A finished stage: its folder, what it says of itself, and whether it was there before."""

    folder: Path
    manifest: Mapping[str, Any]
    reused: bool

    @property
    def fingerprint(self) -> str:
        """Return the digest of all that determines the folder's content."""
        return str(self.manifest["fingerprint"])


def run_stage(
    root: Path,
    name: str,
    params: Mapping[str, Any],
    inputs: Mapping[str, str],
    make: Callable[[Path], Mapping[str, Any]],
    *,
    version: int = 1,
    resumable: bool = False,
) -> Stage:
    """Return the stage's folder under `root`, made by `make` unless an equal one is there.

    `make` fills the empty folder it is given and returns what the manifest shall say of the result
    (counts of what was dropped, measures). `inputs`: name -> fingerprint, see `fingerprint_of`.
    With `resumable`, what an interrupted `make` left is handed to the next. Raises MelScribeError
    when the folder cannot be written; finished stages stay as they are.
    """
    said = {"stage": name, "version": version, "params": dict(params), "inputs": dict(inputs)}
    mark = digest(json.dumps(said, sort_keys=True))
    folder = root / f"{name}-{mark}"
    if (folder / MANIFEST).is_file():
        return Stage(folder, json.loads((folder / MANIFEST).read_text("utf-8")), True)
    work = root / f"{UNFINISHED}{folder.name}"
    try:
        if work.exists() and not resumable:
            shutil.rmtree(work)
        work.mkdir(parents=True, exist_ok=True)
        result = make(work)
        manifest = {**said, "fingerprint": mark, "versions": versions(), "result": dict(result)}
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        (work / MANIFEST).write_text(text, encoding="utf-8")
        work.rename(folder)
    except OSError as error:
        raise MelScribeError(_disk(name, folder, error)) from error
    return Stage(folder, manifest, False)


def digest(*parts: str | bytes) -> str:
    """Return 16 hexadecimal digits that stand for the parts."""
    mark = blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        mark.update(len(data).to_bytes(8, "little") + data)
    return mark.hexdigest()


def fingerprint_of(source: str) -> str:
    """Return the fingerprint of a file's or folder's content; of a name on the hub, the name."""
    path = Path(source)
    if path.is_file():
        return _of_file(path)
    if not path.is_dir():
        return digest("name", source)
    parts: list[str] = []
    for file in sorted(path.rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.parts[-2:]):
            parts += [str(file.relative_to(path)), _of_file(file)]
    return digest(*parts)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that a result may depend on."""
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


def _of_file(path: Path) -> str:
    mark = blake2b(digest_size=8)
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                mark.update(block)
    except OSError as error:
        raise MelScribeError(
            f"{path}: cannot be read ({error.strerror}); check the file."
        ) from error
    return mark.hexdigest()


def _disk(name: str, folder: Path, error: OSError) -> str:
    what = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
    return (
        f"{name}: {folder} cannot be written ({what}); make room or give another --out, "
        "the finished stages are kept."
    )
