"""The package musicnn -> a folder with its two nets in ONNX and their manifest."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.errors import FileError, MelScribeError
from melscribe_core.files.writing import write_whole
from melscribe_core.hearing.nets import FILES, FORMAT
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.sound import FEATURES

from .checkpoint import Variables, read_checkpoint
from .musicnn_graph import musicnn_graph

# The folders of FILES. The wheel holds a second net for each training set, vgg, which is the worse
# one (area under the ROC curve 0.8768 and 0.9030 instead of 0.8802 and 0.9067).
NETS = ("MSD_musicnn", "MTT_musicnn")
PACKAGE = "musicnn"  # the folder of the nets in the wheel
INDEX, DATA = ".index", ".data-00000-of-00001"  # a checkpoint with an empty name
NAME = "musicnn 0.1.0"


def export_nets(source: Path, out: Path) -> int:
    """Write the nets of `source`, musicnn's wheel or a folder of its content, into `out`.

    Writes FILES and MANIFEST, the same bytes each time; both nets are read before
    anything is written. Returns the size of the nets in bytes. Raises MelScribeError if `source`
    does not hold the nets or is damaged, FileError if `out` cannot be written.
    """
    nets = {file: read_net(source, folder) for file, folder in zip(FILES, NETS, strict=True)}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"The folder {out} cannot be made ({error.strerror}); choose another folder."
        ) from error
    for file, content in nets.items():
        write_whole(out / file, content, FileError)
    write_whole(out / MANIFEST, manifest(nets).encode(), FileError)
    return sum(map(len, nets.values()))


def manifest(nets: Mapping[str, bytes]) -> str:
    """Return the content of the manifest of nets, file name -> content."""
    files = {
        file: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for file, content in nets.items()
    }
    return json.dumps({"format": FORMAT, "name": NAME, "files": files}, indent=2) + "\n"


def read_net(source: Path, folder: str) -> bytes:
    """Return a net of `source` in ONNX. Raises MelScribeError for a net of another kind."""
    variables = read_checkpoint(*_checkpoint(source, folder), f"{folder} in {source}")
    try:
        _check_size(variables)
        return bytes(musicnn_graph(variables).SerializeToString())
    except KeyError as error:
        raise _another(source, folder, f"it has no variable {error.args[0]}") from error
    except ValueError as error:
        raise _another(source, folder, str(error)) from error


def _another(source: Path, folder: str, reason: str) -> MelScribeError:
    return MelScribeError(
        f"The net {folder} in {source} is of another kind, {reason}; give the wheel of {NAME}."
    )


def _check_size(variables: Variables) -> None:
    """Raise ValueError for a net with other outputs than `melscribe_core.hearing` expects."""
    shape = variables["dense_1/kernel"].shape
    expected = (FEATURES // 2, len(OUTPUTS) // 2)  # both nets are alike
    if shape != expected:
        raise ValueError(f"its last layer has the shape {shape} instead of {expected}")


def _checkpoint(source: Path, folder: str) -> tuple[bytes, bytes]:
    """Return the contents of index and data file of a net."""
    try:
        if source.is_dir():
            inside = next(p for p in (source / PACKAGE, source) if (p / folder).is_dir()) / folder
            return (inside / INDEX).read_bytes(), (inside / DATA).read_bytes()
        with zipfile.ZipFile(source) as wheel:
            names = [f"{PACKAGE}/{folder}/{file}" for file in (INDEX, DATA)]
            return wheel.read(names[0]), wheel.read(names[1])
    except (KeyError, StopIteration) as error:
        raise MelScribeError(
            f"{source} does not hold the net {folder}; give the wheel of {NAME}, or its content."
        ) from error
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise MelScribeError(
            f"The net {folder} in {source} cannot be read ({error}); give the wheel of {NAME}."
        ) from error
