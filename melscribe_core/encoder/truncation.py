"""What a tokenizer can take of a text."""

from __future__ import annotations

CHARS_PER_TOKEN = 100  # a longer word is one unknown token


def readable(text: str, max_tokens: int) -> str:
    """Return as much of `text` as `max_tokens` can cover, without halves of surrogate pairs.

    A megabyte would be tokenized whole before it is truncated; file names may bring surrogates,
    which no tokenizer takes.
    """
    part = text[: max_tokens * CHARS_PER_TOKEN]
    return part if part.isascii() else part.encode("utf-8", "replace").decode("utf-8")
