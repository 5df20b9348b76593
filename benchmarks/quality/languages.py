"""Measure requests and tags in other languages: what to encode, and what a tag is to count as.

    python -m benchmarks.quality.languages            # requests, by what is encoded of them
    python -m benchmarks.quality.languages --tags     # tags, by what they count as

The first ranks the tag sets of the development requests of each language, among those of the
training requests. The second renders a random half of all tags in German, French or Spanish and
asks the English development requests. All data are in trainer/data. Printed is the recall@10 in
percent, of the encoder alone and with words. README.md has the tables.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR, descriptor_set, load_rules, text_of
from melscribe_core.descriptors.spelt import as_spelt
from melscribe_core.encoder.encoder import Encoder, load_encoder
from melscribe_core.languages.glossary import codes, renderings
from melscribe_core.search.rendering import reading
from melscribe_core.search.words import (
    SAMPLE,
    Rarity,
    content_words,
    evidence,
    scale_of,
    word_forms,
    words_scores,
)

DATA = Path(__file__).parents[2] / "trainer" / "data"
DEPTH = 10
KINDS = ("terse", "spoken", "reworded")
SHARE = 0.5  # of the tags that are put into another language
FORMS = ("{written}", "{written}, {english}", "{english}")

Sets = Sequence[Sequence[str]]
Query = tuple[str, str]  # what is encoded, what counts as words


def recall(encoder: Encoder, sets: Sets, queries: Sequence[Query]) -> tuple[float, float]:
    """Return the recall@10, in percent, of the encoder alone and with words.

    The set of query i is sets[i]; the other sets are distractors.
    """
    texts = [SEPARATOR.join(one) for one in sets]
    vectors, asked = encoder.encode(texts), encoder.encode([query[0] for query in queries])
    held = Counter(word for text in texts for word in set(content_words(text)))
    found = [0, 0]
    for place, (_, said) in enumerate(queries):
        cosines, words = vectors @ asked[place], content_words(said)
        rarity = Rarity(len(texts), {form: held[form] for form in word_forms(words)})
        shared = words_scores(words, sets, rarity)
        scale = scale_of(cosines[:SAMPLE], encoder.calibration.usual)
        for way, scores in enumerate(
            (cosines, evidence(cosines, shared, scale, encoder.calibration))
        ):
            best = np.argsort(-scores, kind="stable")[:DEPTH]
            found[way] += any(texts[at] == texts[place] for at in best)
    alone, joined = (100 * number / len(queries) for number in found)
    return alone, joined


def requests() -> Iterator[tuple[str, float, float]]:
    """Yield for each language, kind of request and form of it: a name and both recalls."""
    encoder, vocabulary = load_encoder(), load_rules().vocabulary
    others = [row["tags"] for row in _rows(DATA / "requests" / "train.jsonl")]
    for code in codes():
        dev = _rows(DATA / "languages" / code / "dev.jsonl")
        sets = [text_of(tags).split(SEPARATOR) for tags in (*(r["tags"] for r in dev), *others)]
        for place, kind in enumerate(KINDS[:2]):
            asked = [row["requests"][place] for row in dev]
            yield f"{code} {kind}, as before", *recall(encoder, sets, [(q, q) for q in asked])
            read = [reading(query, code, vocabulary) for query in asked]
            for form in FORMS:
                queries = [
                    (form.format(written=q, english=SEPARATOR.join(one.english) or q), one.text)
                    for q, one in zip(asked, read, strict=True)
                ]
                yield f"{code} {kind}, {form}", *recall(encoder, sets, queries)


def tags() -> Iterator[tuple[str, float, float]]:
    """Yield for each kind of request and each way to count tags: a name and both recalls."""
    encoder, rules = load_encoder(), load_rules()
    dev = _rows(DATA / "requests" / "dev.jsonl")
    others = [row["tags"] for row in _rows(DATA / "requests" / "train.jsonl")]
    english = [*(row["tags"] for row in dev), *others]
    written = in_other_languages(english, random.Random(0))
    found = [descriptor_set({"genres": one}, rules) for one in written]
    ways: dict[str, Sets] = {
        "all tags English": [text_of(one).split(SEPARATOR) for one in english],
        "as written": [text_of(one).split(SEPARATOR) for one in written],
        "English in their place": [one.descriptors for one in found],
        "English beside them": [
            sorted({*one.descriptors, *as_spelt(one.descriptors, one.spelt)}) for one in found
        ],
    }
    for way, sets in ways.items():
        for place, kind in enumerate(KINDS):
            asked = [row["requests"][place] for row in dev]
            yield f"{way}, {kind}", *recall(encoder, sets, [(query, query) for query in asked])


def in_other_languages(sets: Sets, rng: random.Random) -> list[list[str]]:
    """Return sets of tags with SHARE of them put into one other language for each set."""
    known: dict[str, dict[str, str]] = {code: {} for code in codes()}
    for code, words in known.items():
        for meaning, rendered in renderings(code).items():
            if len(meaning) == 1:
                words.setdefault(meaning[0], rendered[0])
    made = []
    for one in sets:
        words = known[rng.choice([*known])]
        made.append([words[t] if t in words and rng.random() < SHARE else t for t in one])
    return made


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main(words: Sequence[str] | None = None) -> None:
    """Print one table."""
    options = _options(words)
    print("| recall@10 | encoder | with words |\n|---|---|---|")
    for name, alone, joined in tags() if options.tags else requests():
        print(f"| {name} | {alone:.1f} | {joined:.1f} |", flush=True)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tags", action="store_true", help="tags instead of requests")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
