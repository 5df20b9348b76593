"""Recognise an m3u playlist by the beginning of the file, so that no other file is overwritten."""

from __future__ import annotations

import codecs
import re

from melscribe_core.files.file_types import AUDIO, ENDINGS, PLAYLIST, TEXT, VIDEO
from melscribe_core.files.overwriting import Beginning

_HEADER = re.compile(rb"\s*#EXTM3U(?:\s|$)", re.IGNORECASE)
_SOUND = "|".join(map(re.escape, ENDINGS[AUDIO] + ENDINGS[VIDEO])).encode()
_SONG = re.compile(rb".*[^\s/\\]\.(?:%b)" % _SOUND, re.IGNORECASE)
_ADDRESS = re.compile(rb"[a-z][a-z0-9+.-]+://\S.*", re.IGNORECASE)
_PATH = re.compile(rb"(?:/|\.\.?[/\\]|\\\\|[a-z]:[/\\]).*[^/\\]", re.IGNORECASE)
_NAMED = re.compile(rb"([a-z][a-z0-9+.-]+:)[^\s/]\S*", re.IGNORECASE)  # such as navidrome:17
_NOTE = re.compile(rb"[-*\w ]+:\s|[-*+]\s", re.IGNORECASE)  # of a list or of settings


def is_playlist(file: Beginning, uri_format: str | None = None) -> bool:
    """Say whether a file is an m3u playlist: empty, or with the header, or entries and comments.

    Without the header every line that is not a comment must be an entry, and what is one depends on
    the file's name: with a playlist's name, the path of an audio or video file, any absolute path
    or a URL; with an unknown name, only such a file's path or a URL; a text file is not a playlist.
    `uri_format` is the form of our own entries; `$id` in it is a number.
    """
    text = _plain(file.head)
    if b"\0" in text:
        return False
    if not text.strip():
        return file.whole
    if _HEADER.match(text):
        return True
    lines = [line.strip() for line in _whole_lines(text, file.whole)]
    entries = [line for line in lines if line and not line.startswith(b"#")]
    return file.kind != TEXT and bool(entries) and _are_entries(entries, file.kind, uri_format)


def _are_entries(lines: list[bytes], kind: str, uri_format: str | None) -> bool:
    ours = _pattern(uri_format)
    rest = [line for line in lines if not (_ADDRESS.fullmatch(line) or ours.fullmatch(line))]
    if kind == PLAYLIST:
        rest = [line for line in rest if not (_SONG.fullmatch(line) or _PATH.fullmatch(line))]
        schemes = {found[1] if (found := _NAMED.fullmatch(line)) else None for line in rest}
        return len(schemes) <= 1 and None not in schemes
    return all(_SONG.fullmatch(line) and not _NOTE.match(line) for line in rest)


def _pattern(uri_format: str | None) -> re.Pattern[bytes]:
    """Return the pattern of the entries of a `uri_format`; without one it matches nothing."""
    if not uri_format:
        return re.compile(rb"(?!)")
    parts = uri_format.encode("utf-8", "surrogateescape").split(b"$id")
    return re.compile(rb"\d+".join(map(re.escape, parts)))


def _plain(head: bytes) -> bytes:
    """Return the text without a byte order mark, UTF-16 as UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8)


def _whole_lines(text: bytes, whole: bool) -> list[bytes]:
    """Return the lines, without the last one if it may be cut off."""
    lines = text.splitlines()
    return lines if whole else lines[:-1]
