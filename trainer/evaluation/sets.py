"""Test sets for systems, made of BEIR folders, captions or requests.

| made of | set | query | relevant texts |
|---|---|---|---|
| a BEIR folder | the folder's name | as in the folder | as in the folder |
| captions | NAME | a sentence that names a descriptor | one set sampled for it, per seed |
| captions, rephrased | NAME rephrased | what the sentence became | the same |
| captions | NAME-captions | a whole caption | its track's whole set |
| requests | terse, spoken, reworded | a request | its track's whole set |
| requests in a language | de-terse, de-spoken, and so on | a request | its track's whole set |
| region chat | chat-first, -follow, -bare | a request | every set with all descriptors it names |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.errors import MelScribeError

from ..data.beir import Beir, read_beir
from ..data.datasets import Captioned, Dataset, language_of
from ..data.pairs import CHAT, KINDS, sampled_sets
from ..data.rows import read_jsonl
from ..data.sentences import named_in, sentences

SEEDS = (1, 2, 3)
TURNS = ("chat-first", "chat-follow", "chat-bare")  # of the three requests of a chat row

Judged = tuple[str, Sequence[str]]  # a query and its relevant texts


@dataclass(frozen=True)
class Set:
    """One test, or one per seed if relevant texts are sampled.

    `dropped`: reason -> number of queries, tracks or rows that were left out.
    """

    name: str
    tests: tuple[Beir, ...]
    dropped: Mapping[str, int]


def beir_set(folder: str | Path) -> Set:
    """Read a BEIR folder. Raises MelScribeError if it cannot be read or has no usable query."""
    test = read_beir(folder)
    return Set(test.name, (test,), test.dropped)


def sentence_sets(
    name: str,
    dataset: Dataset,
    others: Iterable[Dataset] = (),
    *,
    rephrased: Mapping[str, str] | None = None,
    seeds: Sequence[int] = SEEDS,
) -> list[Set]:
    """Return the set of a data set's sentences; `rephrased` adds a second set of its requests.

    Sentences that name no descriptor of their track are left out, because nothing identifies their
    set. Sampled sets of `others` are added to the texts. `rephrased`: sentence -> request.
    """
    drawn = [list(_sampled(dataset, seed)) for seed in seeds]
    texts = [
        [text for _, text in judged] + [text for one in others for _, text in _sampled(one, seed)]
        for seed, judged in zip(seeds, drawn, strict=True)
    ]
    unnamed = {"sentences that name no descriptor": _sentence_count(dataset) - len(drawn[0])}
    made = [_sampled_set(name, drawn, texts, {**dataset.dropped, **unnamed})]
    if rephrased is not None:
        requests = [
            [(rephrased[one], text) for one, text in judged if one in rephrased] for judged in drawn
        ]
        missing = {"sentences that were not rephrased": len(drawn[0]) - len(requests[0])}
        made.append(_sampled_set(f"{name} rephrased", requests, texts, missing))
    return made


def caption_set(name: str, dataset: Dataset, others: Iterable[Dataset] = ()) -> Set:
    """Return the set of whole captions and whole descriptor sets."""
    wholes = _wholes(dataset.tracks)
    judged = [(query, [text]) for track, text in wholes for query in track.captions]
    return _set(name, (_test(name, judged, _texts(others)),), _not_used(dataset, wholes))


def request_sets(dataset: Dataset, others: Iterable[Dataset] = ()) -> list[Set]:
    """Return a set per kind of request, each over the texts of all tracks and of `others`.

    Chat requests that name no descriptor ("more like that") are left out, because nothing
    identifies their answers.
    """
    wholes = _wholes(dataset.tracks)
    texts = {text: frozenset(text.split(SEPARATOR)) for _, text in wholes}
    texts |= {text: frozenset(text.split(SEPARATOR)) for text in _texts(others)}
    judged: dict[str, list[Judged]] = {}
    for track, text in wholes:
        chat = track.region == CHAT
        for kind, query in zip(kinds_of(track), track.captions, strict=False):
            right = _holders(query, text, texts) if chat else [text]
            judged.setdefault(kind, []).append((query, right))
    ordered = dict.fromkeys([*KINDS, *TURNS, *judged])  # the known ones first
    kinds = [kind for kind in ordered if kind in judged]
    return [_request_set(kind, judged[kind], texts, _not_used(dataset, wholes)) for kind in kinds]


def kinds_of(track: Captioned) -> tuple[str, ...]:
    """Return the names of the sets that a track's requests belong to, in their order."""
    if code := language_of(track):
        return tuple(f"{code}-{kind}" for kind in KINDS)
    return TURNS if track.region == CHAT else KINDS


def short_name(name: str) -> str:
    """Return MC, MTT or MSD if the name of an LP-MusicCaps file contains it, else the name."""
    found = re.findall(r"(?<![a-z])(?:mc|mtt|msd)(?![a-z])", name.lower())
    return found[-1].upper() if found else name


def read_rephrased(path: Path) -> dict[str, str]:
    """Return sentence -> request from a file that `rephrase` wrote."""
    requests = {}
    for row in read_jsonl(path):
        if "source" not in row or "caption" not in row:
            raise MelScribeError(
                f"{path}: a line has no source or no caption; give a file that "
                "`melscribe-train rephrase` wrote."
            )
        requests[str(row["source"])] = str(row["caption"])
    return requests


def _request_set(
    kind: str, judged: Sequence[Judged], texts: Iterable[str], dropped: Mapping[str, int]
) -> Set:
    answered = [(query, right) for query, right in judged if right]
    unnamed = {"requests that name no descriptor": len(judged) - len(answered)}
    return _set(kind, (_test(kind, answered, texts),), {**dropped, **unnamed})


def _sampled_set(
    name: str,
    drawn: Sequence[Sequence[tuple[str, str]]],
    texts: Sequence[Sequence[str]],
    dropped: Mapping[str, int],
) -> Set:
    tests = (
        _test(name, [(query, [text]) for query, text in judged], among)
        for judged, among in zip(drawn, texts, strict=True)
    )
    return _set(name, tuple(tests), dropped)


def _sampled(dataset: Dataset, seed: int) -> Iterator[tuple[str, str]]:
    """Yield each sentence that names a descriptor, with the text of one set sampled for it.

    The sampling is that of Epure et al. 2024, section 3.
    """
    rng = np.random.default_rng(seed)
    for track, text in _wholes(dataset.tracks):
        whole = text.split(SEPARATOR)
        for sentence in _sentences(track):
            if found := named_in(sentence, whole):
                others = [one for one in whole if one not in found]
                yield sentence, SEPARATOR.join(sampled_sets(found, others, 1, rng)[0])


def _sentences(track: Captioned) -> Iterator[str]:
    return (sentence for caption in track.captions for sentence in sentences(caption))


def _sentence_count(dataset: Dataset) -> int:
    return sum(1 for track in dataset.tracks for _ in _sentences(track))


def _holders(query: str, own: str, texts: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the texts with all descriptors of `own` that `query` names, [] if it names none."""
    named = frozenset(named_in(query, own.split(SEPARATOR)))
    return [text for text, held in texts.items() if named <= held] if named else []


def _wholes(tracks: Iterable[Captioned]) -> list[tuple[Captioned, str]]:
    """Return the tracks with their texts, without those that have no descriptor."""
    described = ((track, text_of(track.tags)) for track in tracks)
    return [(track, text) for track, text in described if text]


def _texts(datasets: Iterable[Dataset]) -> list[str]:
    return [text for dataset in datasets for _, text in _wholes(dataset.tracks)]


def _not_used(dataset: Dataset, used: Sequence[object]) -> dict[str, int]:
    return {**dataset.dropped, "tracks whose tags say nothing": len(dataset.tracks) - len(used)}


def _test(name: str, judged: Sequence[Judged], texts: Iterable[str]) -> Beir:
    """Return a test over the relevant texts and `texts`, each once; ids are positions."""
    distinct = dict.fromkeys([*(text for _, right in judged for text in right), *texts])
    ids = {text: str(number) for number, text in enumerate(distinct)}
    return Beir(
        name,
        {number: text for text, number in ids.items()},
        {str(number): query for number, (query, _) in enumerate(judged)},
        {
            str(number): frozenset(ids[text] for text in right)
            for number, (_, right) in enumerate(judged)
        },
    )


def _set(name: str, tests: tuple[Beir, ...], dropped: Mapping[str, int]) -> Set:
    if not all(test.queries for test in tests):
        raise MelScribeError(f"{name}: there is nothing to ask; give data with captions and tags.")
    return Set(name, tests, {reason: n for reason, n in dropped.items() if n})
