"""The file of a taste, some KB: as it was learned, or that it was forgotten."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from zipfile import BadZipFile

import numpy as np

from melscribe_core.taste.taste import Preferred, Taste

MAGIC = b"melscribe taste 1\n"  # the format's number is raised when its content changes
DIGEST = 16  # bytes
_ARRAYS = ("direction", "centre", "keys", "near", "tracks", "excess")


@dataclass(frozen=True, eq=False)
class StoredTaste:
    """A taste, None for one that was forgotten, with the fingerprint of what it depends on."""

    taste: Taste | None
    fingerprint: str

    def to_bytes(self) -> bytes:
        """Return all of it, with a checksum."""
        taste = self.taste
        facts: dict[str, object] = {"fingerprint": self.fingerprint, "forgotten": taste is None}
        arrays = {}
        if taste is not None:
            arrays = {name: getattr(taste, name) for name in _ARRAYS}
            facts.update(
                numbers=[taste.middle, taste.spread, taste.check, taste.near_step],
                more=taste.more,
                less=taste.less,
            )
        packed = BytesIO()
        np.savez(packed, facts=np.array(json.dumps(facts)), **arrays)
        return MAGIC + _digest(packed.getvalue()) + packed.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> StoredTaste | None:
        """Read what `to_bytes` wrote; None, so that it is learned again, for anything else."""
        head, packed = stored[: len(MAGIC) + DIGEST], stored[len(MAGIC) + DIGEST :]
        if head != MAGIC + _digest(packed):
            return None
        try:
            with np.load(BytesIO(packed), allow_pickle=False) as parts:
                facts = json.loads(str(parts["facts"]))
                taste = None if facts["forgotten"] else _taste(facts, parts)
                return cls(taste, str(facts["fingerprint"]))
        except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError):
            return None


def _taste(facts: dict[str, list[float]], parts: np.lib.npyio.NpzFile) -> Taste:
    middle, spread, check, near_step = facts["numbers"]
    more, less = (tuple(Preferred(*one) for one in facts[name]) for name in ("more", "less"))  # type: ignore[misc]
    arrays = {name: parts[name] for name in _ARRAYS}
    return Taste(
        **arrays,
        middle=middle,
        spread=spread,
        check=check,
        near_step=near_step,
        more=more,
        less=less,
    )


def _digest(packed: bytes) -> bytes:
    return blake2b(packed, digest_size=DIGEST).digest()
