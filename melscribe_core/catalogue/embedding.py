"""Encode the texts and descriptors that have no vector yet, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, get_args

import numpy as np

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.vectors import Carrier

if TYPE_CHECKING:
    from melscribe_core.encoder.encoder import Encoder

PART = 1024  # texts per transaction: an interruption loses a second or two of work
SHARE = 256  # texts per report of progress


def embed_pending(catalogue: Catalogue, encoder: Encoder, advance: Callable[[int], None]) -> int:
    """Encode every text and descriptor that has no vector; return how many.

    Each part is stored in one transaction before the next begins. `advance` is called with the
    number of texts after each SHARE of a part; for the last one, after the part is stored.
    """
    done = 0
    for carrier, ids, texts in _parts(catalogue):
        vectors = [encoder.encode(texts[:SHARE])]
        for start in range(SHARE, len(texts), SHARE):
            advance(SHARE)
            vectors.append(encoder.encode(texts[start : start + SHARE]))
        catalogue.vectors.store(carrier, ids, np.concatenate(vectors))
        advance(len(vectors[-1]))
        done += len(ids)
    return done


def _parts(catalogue: Catalogue) -> Iterator[tuple[Carrier, list[int], list[str]]]:
    for carrier in get_args(Carrier):
        waiting = catalogue.vectors.pending(carrier)
        for start in range(0, len(waiting), PART):
            part = waiting[start : start + PART]
            yield carrier, [i for i, _ in part], [text for _, text in part]
