"""Exact nearest neighbours: every query against every text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray

IntArray = npt.NDArray[np.int32]

NONE = -1  # fills a row of text numbers where a query has fewer texts
BLOCK = 1024  # queries scored at once: with 100,000 texts their scores take 400 MB


def nearest(
    queries: FloatArray,
    texts: FloatArray,
    count: int,
    block: int = BLOCK,
    hidden: Sequence[IntArray] = (),
) -> Iterator[tuple[IntArray, FloatArray, int]]:
    """Yield (numbers, scores, passed) of the `count` best texts per query, block by block.

    Scores are dot products. Best first; numbers and scores have shape (queries in the block,
    count). `hidden` holds per query the texts that must not be found; `passed` counts those of them
    that rank above the last text found. A query with fewer than `count` texts has NONE last, scored
    -inf. Uses CUDA if torch finds it.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    columns = torch.from_numpy(texts).to(device).T
    for start in range(0, len(queries), block):
        scores = torch.from_numpy(queries[start : start + block]).to(device) @ columns
        removed = []
        for row, numbers in zip(scores, hidden[start : start + block], strict=False):
            places = torch.from_numpy(numbers).long().to(device)
            removed.append(row[places])
            row[places] = float("-inf")
        best, found = scores.topk(count, dim=1)
        found[best == float("-inf")] = NONE
        last = zip(removed, best[:, -1], strict=False)
        passed = sum(int((one > worst).sum()) for one, worst in last)
        yield found.int().cpu().numpy(), best.float().cpu().numpy(), passed
