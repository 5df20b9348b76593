from __future__ import annotations
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    words: str = ""
    anew: bool = False
    goes_on: bool = False
    rejects: bool = False
    repeats: bool = False
    switches: bool = False
    adds: bool = False
    meant: bool = False
    of_last: bool = False
    out: tuple[str, ...] = ()
    degrees: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    count: int | None = None


def read_remark(text, is_name=lambda p: False):
    low = text.lower()
    if re.search(
        r"more (like|of) (these|this)|okay|great, thanks|love (all|these|them)|a few more|^more|yes",
        low,
    ) and not re.search(r"add|some |by |songs", low):
        return Remark(goes_on=True)
    return Remark(words=text, adds=bool(re.search(r"\badd|\bsome\b|can i|how about", low)))


def understood(remark):
    return ""
