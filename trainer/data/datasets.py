"""Data sets -> tracks with captions and tags, whatever their files look like.

| reader | source | columns |
|---|---|---|
| `read_lp_musiccaps` | LP-MusicCaps MC, MTT or MSD: CSV, parquet, JSONL or a hub name | LP_TAGS |
| `read_musiccaps` | MusicCaps: the public CSV, or JSONL of id, caption, tags | MUSICCAPS |
| `read_requests` | our own JSONL | region, tags, requests |
| `read_beir` | a BEIR folder: corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv | - |

Tags are left as they were written; `text_of` in melscribe_core.descriptors.sets makes descriptors.
Every reader raises MelScribeError in one sentence: no such file, a line that is not what the format
says, missing columns, nothing left.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError

Row = Mapping[str, Any]
Part = Literal["train", "eval", "all"]
"""Of MusicCaps: clips outside AudioSet's evaluation split, those inside it, or both."""

EVAL = "is_audioset_eval"
BEIR = "beir"  # the region of a BEIR set's tracks
CAPTION = "caption_writing"  # the kind of LP-MusicCaps captions that the paper uses
LP_TAGS = ("aspect_list", "tag_top188", "tag")  # of MC, MTT and MSD
IDS = ("id", "ytid", "track_id", "fname")
MUSICCAPS_TAGS = ("aspect_list", "tags")

_HUB = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Captioned:
    """A track: what was said of it and how it is tagged, both in the source's order.

    `region` is the sort of music or of request where the source tells, else "".
    """

    id: str
    captions: tuple[str, ...]
    tags: tuple[str, ...]
    region: str = ""


@dataclass(frozen=True)
class Dataset:
    """Tracks with at least one caption and one tag each; `dropped`: reason -> number of rows."""

    name: str
    tracks: tuple[Captioned, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Beir:
    """A retrieval test: texts by id, and for each query the ids of its right documents (>= 1).

    `grades` says how right they are, above 0, of queries where not all are 1. `dropped`: reason ->
    number of lines.
    """

    name: str
    corpus: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, frozenset[str]]
    grades: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    def right(self, query: str) -> dict[str, float]:
        """Return the query's right documents with their grades."""
        grades = self.grades.get(query, {})
        return {document: grades.get(document, 1.0) for document in self.qrels[query]}


def read_lp_musiccaps(
    source: str,
    *,
    split: str = "train",
    captions: Sequence[str] = (CAPTION,),
    part: Part = "train",
) -> Dataset:
    """Read LP-MusicCaps from a file, a folder or the hub (there: its `split`).

    `captions` names the columns to take, one caption each. `part` matters for MC alone, whose
    clips are MusicCaps'.
    """
    rows = _rows(source, split)
    tags = _require(source, rows, captions, LP_TAGS)
    if tags == "aspect_list":
        _require(source, rows, [EVAL])
    return _dataset(source, rows, captions, tags, part)


def read_musiccaps(source: str, *, part: Part = "train") -> Dataset:
    """Read MusicCaps: the public CSV, which holds both parts, or JSONL of id, caption and tags.

    A file without is_audioset_eval is taken to be of the part that was asked for.
    """
    rows = _rows(source, "train")
    tags = _require(source, rows, ["caption"], MUSICCAPS_TAGS)
    if tags == "aspect_list":
        _require(source, rows, [EVAL])
    return _dataset(source, rows, ["caption"], tags, part)


def read_requests(source: str) -> Dataset:
    """Read our own requests: JSONL of region, tags and requests. A track's id is its line."""
    rows = _rows(source, "train")
    _require(source, rows, ["tags", "requests"])
    return _dataset(source, rows, ["requests"], "tags", "all")


def read_beir(folder: str | Path, *, split: str = "test") -> Beir:
    """Read a BEIR folder: the queries that qrels/`split`.tsv names and a document answers.

    Of its lines "query-id corpus-id score", parted by tabs or blanks, those with a score above 0
    name a right document. What cannot be used is left out and counted; raises when no query is
    left.
    """
    folder = Path(folder)
    corpus = _texts(folder / "corpus.jsonl")
    queries = _texts(folder / "queries.jsonl")
    path = folder / "qrels" / f"{split}.tsv"
    judged = _qrels(path)
    dropped = Counter({"empty documents": sum(not text for text in corpus.values())})
    corpus = {document: text for document, text in corpus.items() if text}
    grades = _grades(queries, judged, corpus, dropped)
    if not grades:
        why = ", ".join(f"{reason}: {n}" for reason, n in dropped.items() if n) or "no line"
        raise MelScribeError(f"{path}: it leaves no query to ask ({why}); give another split.")
    return Beir(
        folder.name,
        corpus,
        {query: queries[query] for query in grades},
        {query: frozenset(right) for query, right in grades.items()},
        {query: right for query, right in grades.items() if set(right.values()) != {1.0}},
        {reason: n for reason, n in dropped.items() if n},
    )


def of_beir(beir: Beir) -> Dataset:
    """Return a BEIR set's right documents as tracks, their queries as requests."""
    said: dict[str, list[str]] = {}
    for query, documents in beir.qrels.items():
        for document in sorted(documents):
            said.setdefault(document, []).append(beir.queries[query])
    tracks = (
        Captioned(document, tuple(captions), tuple(_tags(beir.corpus[document])), BEIR)
        for document, captions in said.items()
    )
    kept = tuple(track for track in tracks if track.tags)
    dropped = {"documents without a query": len(beir.corpus) - len(said)}
    dropped["documents without text"] = len(said) - len(kept)
    return Dataset(beir.name, kept, {reason: n for reason, n in dropped.items() if n})


def write_beir(beir: Beir, folder: Path, *, split: str = "test") -> None:
    """Write a BEIR folder; every right document has the score 1."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, texts in (("corpus", beir.corpus), ("queries", beir.queries)):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for key, text in texts.items():
                file.write(json.dumps({"_id": key, "text": text}, ensure_ascii=False) + "\n")
    with (folder / "qrels" / f"{split}.tsv").open("w", encoding="utf-8") as file:
        file.write("query-id\tcorpus-id\tscore\n")
        for query, documents in beir.qrels.items():
            file.writelines(f"{query}\t{document}\t1\n" for document in sorted(documents))


def read_any(source: str, *, split: str = "train", part: Part = "train") -> Dataset:
    """Read a data set of captions or requests, whichever its columns say that it is."""
    rows = _rows(source, split)
    columns = rows[0].keys() if rows else ()
    if "requests" in columns:
        return read_requests(source)
    if CAPTION in columns:
        return read_lp_musiccaps(source, split=split, part=part)
    return read_musiccaps(source, part=part)


def _dataset(
    source: str, rows: Iterable[Row], captions: Sequence[str], tags: str, part: Part
) -> Dataset:
    """Return the rows as tracks: rows with one id and the same tags become one track."""
    tracks: dict[tuple[str, tuple[str, ...]], Captioned] = {}
    dropped: Counter[str] = Counter()
    for number, row in enumerate(rows, 1):
        track = _track(row, captions, tags, str(number))
        if reason := _dropped(row, track, part):
            dropped[reason] += 1
            continue
        key = (track.id, track.tags)
        before = tracks[key].captions if key in tracks else ()
        said = tuple(dict.fromkeys((*before, *track.captions)))
        tracks[key] = Captioned(track.id, said, track.tags, track.region)
    if not tracks:
        why = ", ".join(f"{reason}: {n}" for reason, n in dropped.items()) or "it has no rows"
        raise MelScribeError(f"{source}: no row of it can be used ({why}); give another file.")
    return Dataset(_name(source), tuple(tracks.values()), dict(dropped))


def _name(source: str) -> str:
    """Return the last two parts of a path without its suffix: "musiccaps-train"."""
    return "-".join(Path(source).with_suffix("").parts[-2:]).strip("/-")


def _track(row: Row, captions: Sequence[str], tags: str, number: str) -> Captioned:
    said = (caption for column in captions for caption in _captions(row.get(column)))
    name = next((str(row[column]) for column in IDS if row.get(column)), number)
    return Captioned(name, tuple(said), tuple(_tags(row.get(tags))), str(row.get("region") or ""))


def _dropped(row: Row, track: Captioned, part: Part) -> str:
    """Return why a row is not used, "" when it is."""
    if part != "all" and EVAL in row:
        inside = str(row[EVAL]).strip().casefold() in ("true", "1", "1.0")
        if inside != (part == "eval"):
            return "in the evaluation split" if inside else "outside the evaluation split"
    if not track.captions:
        return "without a caption"
    return "" if track.tags else "without tags"


def _captions(value: object) -> Iterator[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return (text.strip() for text in values if isinstance(text, str) and text.strip())


def _tags(value: object) -> Iterator[str]:
    """Yield the tags of a list, of a list as Python prints it ("['a', 'b']") or of "a, b"."""
    if isinstance(value, str):
        text = value.strip()
        value = _literal(text) if text.startswith("[") else text.split(SEPARATOR.strip())
    if hasattr(value, "tolist"):  # parquet gives arrays
        value = value.tolist()
    return _captions(value if isinstance(value, list | tuple) else [])


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text.strip("[]").split(",")


def _require(
    source: str, rows: Sequence[Row], needed: Sequence[str], one_of: Sequence[str] = ()
) -> str:
    """Return the first of `one_of` that the rows have; raise naming every missing column."""
    if not rows:
        raise MelScribeError(f"{source}: the data set is empty; give a file with rows.")
    columns = set().union(*(row.keys() for row in rows[:100]))
    missing = [name for name in needed if name not in columns]
    found = next((name for name in one_of if name in columns), "")
    if one_of and not found:
        missing.append(" or ".join(one_of))
    if missing:
        raise MelScribeError(
            f"{source}: needs {', '.join(missing)} and has only {', '.join(sorted(columns))}; "
            "give another file or rename its columns."
        )
    return found


def _rows(source: str, split: str) -> list[Row]:
    path = Path(source)
    if not path.exists():
        if _HUB.fullmatch(source) and not path.suffix:
            return _hub_rows(source, split)
        raise MelScribeError(f"{source}: no such file or folder; check the path.")
    if path.is_dir():
        return _hub_rows(source, split)
    match path.suffix.lower():
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
    """Yield the objects of a JSONL file, one a line; empty lines say nothing."""
    try:
        with path.open(encoding="utf-8") as lines:
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
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines, delimiter=delimiter)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error


def _parquet_rows(path: Path) -> list[Row]:
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    try:
        rows: list[Row] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise _unreadable(path, error) from error
    return rows


def _hub_rows(source: str, split: str) -> list[Row]:
    """Return the rows of a data set on the hub, or of a folder laid out like one."""
    from datasets import load_dataset  # type: ignore[import-untyped]

    try:
        return list(load_dataset(source, split=split))
    except (OSError, ValueError) as error:  # no such set, no network, no such split
        reason = " ".join(str(error).split())
        raise MelScribeError(
            f"{source}: the split {split!r} cannot be loaded ({reason[:200]}); "
            "download the data set and give the path of its file."
        ) from error


def _unreadable(path: Path, error: Exception) -> MelScribeError:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
    return MelScribeError(f"{path}: cannot be read ({reason}); check the file.")


def _texts(path: Path) -> dict[str, str]:
    """Return the texts of a BEIR JSONL file by id; a title comes before the text."""
    texts: dict[str, str] = {}
    for row in read_jsonl(path):
        if "_id" not in row or "text" not in row:
            raise MelScribeError(f"{path}: a line has no _id or no text; BEIR's lines have both.")
        title = str(row.get("title") or "")
        text = f"{title} {row['text'] or ''}".strip()
        # Halves of surrogate pairs, as a cut emoji leaves them, are text to nobody.
        texts[str(row["_id"])] = text.encode("utf-8", "replace").decode("utf-8")
    if not texts:
        raise MelScribeError(f"{path}: the data set is empty; give a folder with documents.")
    return texts


def _qrels(path: Path) -> dict[str, dict[str, float]]:
    """Return query -> document -> score; a first line without a number is the header."""
    qrels: dict[str, dict[str, float]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            query, document, score = line.split("\t") if "\t" in line else line.split()
            qrels.setdefault(query.strip(), {})[document.strip()] = float(score)
        except ValueError as error:
            if number == 1:
                continue
            raise MelScribeError(
                f"{path}: line {number} is not query-id, corpus-id and a score, parted by tabs or "
                "blanks; mend it."
            ) from error
    return qrels


def _grades(
    queries: Mapping[str, str],
    judged: Mapping[str, Mapping[str, float]],
    corpus: Mapping[str, str],
    dropped: Counter[str],
) -> dict[str, dict[str, float]]:
    """Return query -> right document -> grade of what can be asked; count the rest."""
    grades: dict[str, dict[str, float]] = {}
    for query, text in queries.items():
        scores = {one: score for one, score in judged.get(query, {}).items() if score > 0}
        right = {one: score for one, score in scores.items() if one in corpus}
        dropped["right documents that are not there"] += len(scores) - len(right)
        if reason := _not_asked(text, query in judged, bool(right)):
            dropped[reason] += 1
        else:
            grades[query] = right
    dropped["judged queries that are not there"] += len(judged.keys() - queries.keys())
    return grades


def _not_asked(text: str, judged: bool, answered: bool) -> str:
    """Return why a query is not asked, "" when it is."""
    if not judged:
        return "queries that are not judged"
    if not text:
        return "empty queries"
    return "" if answered else "queries without a right document"
