"""A stage makes a folder from parameters and inputs; an equal folder is reused.

A stage's folder is `name-fingerprint` and holds manifest.json. It is made under a temporary name
and renamed when it is complete, so a folder with the final name is always finished. The fingerprint
covers the stage's name, the version of its method, its parameters and the fingerprints of its
inputs. The manifest's "seconds" are the time that the last call took; they are in no fingerprint.
"""

from __future__ import annotations

import errno
import json
import platform
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from melscribe_core.errors import MelScribeError

from .devices import is_first_process

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"
LIBRARIES = (
    "beets-melscribe numpy torch transformers sentence-transformers accelerate datasets".split()
)


@dataclass(frozen=True)
class Stage:
    """A finished stage: its folder, its manifest, and whether it was reused."""

    folder: Path
    manifest: Mapping[str, Any]
    reused: bool

    @property
    def fingerprint(self) -> str:
        """Return the digest of everything that determines the folder's content."""
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
    together: bool = False,
) -> Stage:
    """Return the stage's folder under `root`; call `make` unless an equal folder exists.

    `make` fills the folder it is given and returns the manifest's "result" (measures, counts of
    what was dropped). `inputs`: name -> fingerprint, see `fingerprint_of`. If `resumable`, the next
    `make` gets the files of an interrupted one. If several processes run (torchrun), only the
    first calls `make`, or all do with `together`; the others wait for the finished folder. Raises
    MelScribeError if the folder cannot be written; finished stages are not touched.
    """
    described = {"stage": name, "version": version, "params": dict(params), "inputs": dict(inputs)}
    described = json.loads(json.dumps(described))  # as it will be read again
    mark = digest(json.dumps(described, sort_keys=True))
    folder = root / f"{name}-{mark}"
    if (folder / MANIFEST).is_file():
        return Stage(folder, _manifest(folder), True)
    work = root / f"{UNFINISHED}{folder.name}"
    try:
        if is_first_process():
            _make_room(work, resumable)
            result, seconds = _timed(make, work)
            _finish(work, folder, {**described, "fingerprint": mark, "seconds": seconds}, result)
        elif together:
            make(work)
        _wait_for(folder / MANIFEST)
    except Exception as error:
        if reason := _disk_trouble(error):
            raise _unwritable(name, folder, reason) from error
        raise
    return Stage(folder, _manifest(folder), False)


def digest(*parts: str | bytes) -> str:
    """Return a digest of the parts, 16 hexadecimal digits."""
    mark = blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        mark.update(len(data).to_bytes(8, "little") + data)
    return mark.hexdigest()


def fingerprint_of(source: str) -> str:
    """Return the fingerprint of a file's or folder's content, or of a hub name itself."""
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


def _timed(
    make: Callable[[Path], Mapping[str, Any]], work: Path
) -> tuple[Mapping[str, Any], float]:
    started = time.monotonic()
    result = make(work)
    return result, round(time.monotonic() - started, 1)


def _make_room(work: Path, resumable: bool) -> None:
    if work.exists() and not resumable:
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)


def _finish(
    work: Path, folder: Path, described: Mapping[str, Any], result: Mapping[str, Any]
) -> None:
    """Write the manifest and rename the folder."""
    manifest = {**described, "versions": versions(), "result": dict(result)}
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (work / MANIFEST).write_text(text, encoding="utf-8")
    work.rename(folder)


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return manifest


def _wait_for(path: Path) -> None:
    # If the process that makes the file fails, torchrun ends this one.
    while not path.is_file():
        time.sleep(0.5)


def _unwritable(name: str, folder: Path, reason: str) -> MelScribeError:
    return MelScribeError(
        f"{name}: {folder} cannot be written ({reason}); make room or give another --out, "
        "the finished stages are kept."
    )


def _disk_trouble(error: BaseException) -> str:
    """Return what is wrong with the disk, "" for any other error.

    torch and safetensors report a full disk in their own words, without an errno.
    """
    code = getattr(error, "errno", None)
    if code == errno.ENOSPC or any(words in str(error) for words in _FULL):
        return "the disk is full"
    return str(getattr(error, "strerror", "")) if code in _DISK else ""


_FULL = ("No space left", "os error 28", "file write failed")
_DISK = {
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ENOTDIR,
}
