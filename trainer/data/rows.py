"""A file, a folder or a hub name -> rows; rows -> a JSONL file.

Read: .csv, .tsv, .jsonl, .json, each also with .gz behind, .parquet, and a data set on the Hugging
Face hub or a folder laid out like one. A file that cannot be read raises MelScribeError with the
path and the reason.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from melscribe_core.errors import MelScribeError

Row = Mapping[str, Any]

_HUB = re.compile(r"[\w.-]+/[\w.-]+")


def read_rows(source: str, split: str) -> list[Row]:
    """Return the rows of `source`; `split` names the part to load from the hub."""
    path = Path(source)
    if not path.exists():
        if _HUB.fullmatch(source) and not path.suffix:
            return _hub_rows(source, split)
        raise MelScribeError(f"{source}: no such file or folder; check the path.")
    if path.is_dir():
        return _hub_rows(source, split)
    named = path.with_suffix("") if _is_packed(path) else path
    match named.suffix.lower():
        case ".csv":
            return list(_csv_rows(path, ","))
        case ".tsv":
            return list(_csv_rows(path, "\t"))
        case ".jsonl" | ".json":
            return list(read_jsonl(path))
        case ".parquet":
            return _parquet_rows(path)
        case suffix:
            raise MelScribeError(
                f"{source}: {suffix or 'a file without suffix'} is not read here; "
                "give .csv, .tsv, .jsonl or .parquet."
            )


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file, one a line; blank lines are skipped."""
    try:
        with _opened(path, "utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise MelScribeError(
                        f"{path}: line {number} is {type(row).__name__}, not an object; "
                        "write one JSON object per line."
                    )
                yield row
    except json.JSONDecodeError as error:
        raise MelScribeError(
            f"{path}: line {number} is not JSON ({error.msg}); write one JSON object per line."
        ) from error
    except _UNREADABLE as error:
        raise unreadable(path, error) from error


def write_jsonl(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one JSON object per line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def unreadable(path: Path, error: Exception) -> MelScribeError:
    """Return the error that names the path and why it cannot be read."""
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
    return MelScribeError(f"{path}: cannot be read ({reason}); check the file.")


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _opened(path: Path, encoding: str) -> TextIO:
    if _is_packed(path):
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    try:
        with _opened(path, "utf-8-sig") as lines:
            yield from csv.DictReader(lines, delimiter=delimiter)
    except (*_UNREADABLE, csv.Error) as error:
        raise unreadable(path, error) from error


def _parquet_rows(path: Path) -> list[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        rows: list[Row] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise unreadable(path, error) from error
    return rows


def _hub_rows(source: str, split: str) -> list[Row]:
    """Return the rows of a data set on the hub, or of a local folder with the same layout."""
    from datasets import load_dataset  # type: ignore[import-untyped]

    try:
        return list(load_dataset(source, split=split))
    except (OSError, ValueError) as error:  # no such data set, no network, no such split
        reason = " ".join(str(error).split())
        raise MelScribeError(
            f"{source}: the split {split!r} cannot be loaded ({reason[:200]}); "
            "download the data set and give the path of its file."
        ) from error


_UNREADABLE = (OSError, UnicodeDecodeError, EOFError, zlib.error)  # the last two of a cut .gz
