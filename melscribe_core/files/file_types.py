"""Kind of a file by its name and its first bytes: enough to refuse to overwrite it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

AUDIO, VIDEO, TEXT, PAGE = "an audio file", "a video", "a text", "a web page"
PLAYLIST, DATABASE, CONFIG = "a playlist", "a database", "a configuration file"
OTHER_PLAYLIST, OWN = "a playlist of another format", "a file of MelScribe's index"

ENDINGS = {
    AUDIO: (
        "3gp aac ac3 aif aifc aiff alac amr ape au caf dff dsd dsf dts eac3 flac it m4a m4b m4p m4r"
        " mid midi mka mod mp+ mp1 mp2 mp3 mpa mpc mpga oga ogg opus ra ram rf64 s3m shn snd spx"
        " tak tta voc w64 wav wave wma wv xm"
    ).split(),
    VIDEO: "avi flv m2ts m4v mkv mov mp4 mpeg mpg mts ogv ts vob webm wmv".split(),
    PLAYLIST: "m3u m3u8".split(),
    OTHER_PLAYLIST: "asx cue pls wpl xspf zpl".split(),
    DATABASE: (
        "blb db db-journal db-shm db-wal db3 pickle sqlite sqlite-journal sqlite-shm sqlite-wal"
        " sqlite3"
    ).split(),
    CONFIG: "cfg conf ini json toml yaml yml".split(),
    PAGE: "htm html mhtml xhtml".split(),
    TEXT: "csv log lrc markdown md nfo org rst tex text tsv txt".split(),
    "a picture": "avif bmp gif heic ico jpeg jpg png svg tif tiff webp".split(),
    "a document": "doc docx epub odp ods odt pdf ppt pptx rtf xls xlsx".split(),
    "an archive": "7z bz2 gz iso rar tar tgz xz zip zst".split(),
    "a program": "bash bat c cpp css dll exe go h java js jar lua php pl ps1 py pyc rb rs sh"
    " so sql xml zsh".split(),
}
_KINDS = {ending: kind for kind, endings in ENDINGS.items() for ending in endings}

# Not compiled here: most requests need only `kind_of_name`.
_CONTROLS = rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]"  # bytes that a text does not contain; ESC may occur
_LINE = rb"(?m)^[ \t]*[^\s#].*$"
_SETTING = rb"[ \t]*(?:- )?[\w.-]+[ \t]*(?:=|:(?:[ \t]|$))|[ \t]*\["


def kind_of_name(path: str) -> str:
    """Return the kind that a file's name suggests, "" for an unknown ending."""
    name = Path(path).name.lower()
    if ".melscribe" in name:
        return OWN
    return _KINDS.get(Path(name).suffix.removeprefix("."), "")


def kind_of_content(head: bytes) -> str:
    """Return the kind of a file that begins with `head`: a best guess, never ""."""
    if head.startswith(b"SQLite format 3\0"):
        return DATABASE
    if re.search(_CONTROLS, head):
        return AUDIO if _is_audio(head) else "a binary file"
    if re.match(rb"\s*<(?:!doctype html|html)", head, re.IGNORECASE):
        return PAGE
    if head.startswith(b"#!"):
        return "a program"
    lines = re.findall(_LINE, head)
    return CONFIG if lines and all(re.match(_SETTING, line) for line in lines) else TEXT


def _is_audio(head: bytes) -> bool:
    """Return whether mutagen recognises the bytes as audio, possibly truncated."""
    import mutagen  # slow, and needed only for a refusal
    from mutagen.mp3 import MP3, HeaderNotFoundError

    mp3: Callable[[BytesIO], object] = MP3  # mutagen.File recognises MP3 without tags only by name
    try:
        return mutagen.File(BytesIO(head)) is not None or mp3(BytesIO(head)) is not None
    except HeaderNotFoundError:
        return head.startswith(b"ID3")
    except (mutagen.MutagenError, ValueError):
        return True
