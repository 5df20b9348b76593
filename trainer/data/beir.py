"""Retrieval tests, as BEIR stores them: corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from melscribe_core.errors import MelScribeError

from .rows import read_jsonl, unreadable, write_jsonl


@dataclass(frozen=True)
class Beir:
    """A retrieval test: texts by id, queries by id, and per query the ids of its relevant texts.

    Each query has at least one. `grades`: query -> document -> grade above 0, only for queries with
    a grade other than 1. `dropped`: reason -> number of lines left out.
    """

    name: str
    corpus: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, frozenset[str]]
    grades: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    def right(self, query: str) -> dict[str, float]:
        """Return the query's relevant documents with their grades."""
        grades = self.grades.get(query, {})
        return {document: grades.get(document, 1.0) for document in self.qrels[query]}


def read_beir(folder: str | Path, *, split: str = "test") -> Beir:
    """Read a BEIR folder: the queries of qrels/`split`.tsv that have a relevant document.

    A line is "query-id corpus-id score", separated by tabs or blanks; a score above 0 marks a
    relevant document. Unusable lines are counted in `dropped`. Raises MelScribeError if a file
    cannot be read or no query is left.
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


def write_beir(beir: Beir, folder: Path, *, split: str = "test") -> None:
    """Write a BEIR folder; every relevant document gets score 1."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, texts in (("corpus", beir.corpus), ("queries", beir.queries)):
        rows = ({"_id": key, "text": text} for key, text in texts.items())
        write_jsonl(folder / f"{name}.jsonl", rows)
    with (folder / "qrels" / f"{split}.tsv").open("w", encoding="utf-8") as file:
        file.write("query-id\tcorpus-id\tscore\n")
        for query, documents in beir.qrels.items():
            file.writelines(f"{query}\t{document}\t1\n" for document in sorted(documents))


def _texts(path: Path) -> dict[str, str]:
    """Return the texts of a BEIR JSONL file by id, each with its title in front."""
    texts: dict[str, str] = {}
    for row in read_jsonl(path):
        if "_id" not in row or "text" not in row:
            raise MelScribeError(f"{path}: a line has no _id or no text; BEIR's lines have both.")
        title = str(row.get("title") or "")
        text = f"{title} {row['text'] or ''}".strip()
        # A lone surrogate, left by an emoji cut in half, cannot be encoded or tokenized.
        texts[str(row["_id"])] = text.encode("utf-8", "replace").decode("utf-8")
    if not texts:
        raise MelScribeError(f"{path}: the data set is empty; give a folder with documents.")
    return texts


def _qrels(path: Path) -> dict[str, dict[str, float]]:
    """Return query -> document -> score; a first line without a score is the header."""
    qrels: dict[str, dict[str, float]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
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
                f"{path}: line {number} is not query-id, corpus-id and a score, separated by tabs "
                "or blanks; correct it."
            ) from error
    return qrels


def _grades(
    queries: Mapping[str, str],
    judged: Mapping[str, Mapping[str, float]],
    corpus: Mapping[str, str],
    dropped: Counter[str],
) -> dict[str, dict[str, float]]:
    """Return query -> relevant document -> grade of the usable queries; count the others."""
    grades: dict[str, dict[str, float]] = {}
    for query, text in queries.items():
        scores = {one: score for one, score in judged.get(query, {}).items() if score > 0}
        right = {one: score for one, score in scores.items() if one in corpus}
        dropped["right documents that are not there"] += len(scores) - len(right)
        if reason := _unusable(text, query in judged, bool(right)):
            dropped[reason] += 1
        else:
            grades[query] = right
    dropped["judged queries that are not there"] += len(judged.keys() - queries.keys())
    return grades


def _unusable(text: str, judged: bool, answered: bool) -> str:
    """Return why a query cannot be used, "" if it can."""
    if not judged:
        return "queries that are not judged"
    if not text:
        return "empty queries"
    return "" if answered else "queries without a right document"
