"""Stage `prepare`: data -> pairs, the teacher's own pairs, and dev tests."""

from __future__ import annotations

from typing import Any

from melscribe_core.errors import MelScribeError

from ..data.pairs import PairOptions, Pairs, make_pairs, write_pairs
from ..data.sources import Sources
from ..evaluation.dev import dev_tests, write_tests
from ..job import DEV, TEACHER, Job


def prepare_stage(sources: Sources, options: PairOptions, job: Job) -> dict[str, Any]:
    """Write pairs, `TEACHER`/ with pairs if the teacher has its own data, and `DEV`/ with tests.

    Returns the numbers of queries and texts, and of what was dropped.
    """
    train = sources.train()
    rng = job.rng()
    pairs = make_pairs(train, options, rng)
    write_pairs(pairs, job.out)
    found: dict[str, Any] = _counts(pairs)
    if teaching := sources.teacher():
        taught = make_pairs(teaching, options, rng)
        (job.out / TEACHER).mkdir()
        write_pairs(taught, job.out / TEACHER)
        found |= {f"teacher: {what}": n for what, n in _counts(taught).items()}
    tests = [*sources.dev_tests(), *dev_tests(sources.dev_data(), train)]
    write_tests(tests, job.out / DEV)
    return found | {f"dev queries, {test.name}": len(test.queries) for test in tests}


def check_pairs(options: PairOptions) -> None:
    """Raise MelScribeError if only one of `near` and `tree` is set."""
    if bool(options.near) != bool(options.tree):
        raise MelScribeError("prepare: near and tree belong together; set both or neither.")


def _counts(pairs: Pairs) -> dict[str, int]:
    dropped = {f"dropped, {reason}": n for reason, n in pairs.dropped.items()}
    return {"queries": len(pairs.queries), "texts": len(pairs.corpus), **dropped}
