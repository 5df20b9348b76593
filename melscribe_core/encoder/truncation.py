"""Cutting a text to what the tokenizer reads of it."""

from __future__ import annotations

CHARS_PER_TOKEN = 100  # a longer word is one unknown token


def readable(text: str, max_tokens: int) -> str:
    """Return the start of `text` that `max_tokens` can cover, with lone surrogates replaced.

    The tokenizer would process a megabyte of text before truncating it. Lone surrogates occur in
    undecodable file names and make tokenizers raise.
    """
    part = text[: max_tokens * CHARS_PER_TOKEN]
    return part if part.isascii() else part.encode("utf-8", "replace").decode("utf-8")
