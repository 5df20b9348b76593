"""A folder of a model that ships: its manifest and the sizes of its files, checked.

Serves the encoder and the nets that hear.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from melscribe_core.errors import MelScribeError

MANIFEST = "model.json"
T = TypeVar("T")


@dataclass(frozen=True)
class ModelFolder:
    """The folder, and what makes the error of a sentence such as "model.bin is damaged"."""

    path: Path
    broken: Callable[[str], MelScribeError]

    def manifest(self, parse: Callable[[str], T]) -> T:
        """Return the manifest as read by `parse`; its ValueError, KeyError or TypeError is damage.

        Raises the folder's error where the file cannot be read or is damaged.
        """
        try:
            return parse((self.path / MANIFEST).read_text(encoding="utf-8"))
        except OSError as error:
            raise self.broken(f"{MANIFEST} cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise self.broken(f"{MANIFEST} is damaged or of another format") from error

    def check_sizes(self, files: Mapping[str, tuple[int, str]]) -> None:
        """Raise the folder's error where a file has not its size; `files`: name -> (bytes, sha256).

        A file that was cut short or not fetched is found so without reading it.
        """
        for file, (size, _) in files.items():
            try:
                found = (self.path / file).stat().st_size
            except OSError as error:
                raise self.broken(f"{file} cannot be read ({error.strerror})") from error
            if found != size:
                raise self.broken(f"{file} has {found} bytes instead of {size}")


def forbid_telemetry() -> None:
    """Turn off onnxruntime's telemetry; takes effect only before its first import.

    Otherwise some builds (such as 1.31.1) send usage data, and write a device id and a queue of
    reports into the user's cache folder (see its Privacy.md).
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
