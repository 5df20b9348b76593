"""Which kind of audio file it is, by its content, whatever its name."""

from __future__ import annotations

import os
from pathlib import Path

HEAD = 4096  # bytes that are looked at: enough for the first page of an Ogg stream
# Formats that libsndfile decodes: where it fails the file is damaged, not the installation poor.
NATIVE = frozenset({"wav", "aiff", "flac", "ogg", "opus", "mp3", "au", "caf", "w64"})
# FFmpeg's demuxers that may open a file. Not among them: lists, which open other files and
# addresses (hls, concat), pictures, and formats without a head, which take any bytes for sound.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,loas,matroska,mlp,mov,mp3,"
    "mpc,mpc8,mpeg,mpegts,ogg,oma,qcp,rm,shn,tak,truehd,tta,voc,w64,wav,wsd,wv,xwma"
)
_STARTS = (  # (position, bytes, format)
    (0, b"fLaC", "flac"),
    (0, b"wvpk", "wv"),
    (0, b"MAC ", "ape"),
    (0, b"TTA1", "tta"),
    (0, b"TTA2", "tta"),
    (0, b"MPCK", "mpc"),
    (0, b"MP+", "mpc"),
    (0, b"DSD ", "dsf"),
    (0, b"FRM8", "dff"),
    (0, b".snd", "au"),
    (0, b"caff", "caf"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
    (0, b"\x1a\x45\xdf\xa3", "mka"),
    (0, b"tBaK", "tak"),
    (0, b"ajkg", "shn"),
    (0, b"OFR ", "ofr"),
    (0, b"ADIF", "aac"),
    (0, b"\x0b\x77", "ac3"),
    (4, b"ftyp", "m4a"),
    (8, b"WAVE", "wav"),
    (8, b"AIFF", "aiff"),
    (8, b"AIFC", "aiff"),
)
_IN_OGG = (  # the first packet begins behind the first page's head
    (b"\x01vorbis", "ogg"),
    (b"OpusHead", "opus"),
    (b"\x7fFLAC", "oga"),  # FLAC in Ogg: libsndfile cannot
    (b"Speex   ", "spx"),
)


def format_of(path: str | bytes) -> str:
    """Return a short name such as "m4a": by the content, else the extension, "" for neither."""
    file = Path(os.fsdecode(path))
    try:
        found = _format_of(_head(file))
    except (OSError, ValueError):  # ValueError: a NUL in the path
        found = ""
    return found or file.suffix[1:].lower()


def _head(path: Path) -> bytes:
    """Return the first bytes of a file, behind an ID3v2 tag: it may come before any format."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if behind := _id3_size(head):
            file.seek(behind)
            head = file.read(HEAD)
    return head


def _format_of(head: bytes) -> str:
    if head.startswith(b"OggS"):
        return next((kind for start, kind in _IN_OGG if start in head[:64]), "oga")
    for at, start, kind in _STARTS:
        if head.startswith(start, at):
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:  # ADTS: layer 0
        return "aac"
    return "mp3" if _is_mpeg(head) else ""


def _is_mpeg(head: bytes) -> bool:
    """Tell whether a frame of MPEG audio begins: 11 set bits, a layer, a bit rate, a rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    return bool(head[1] & 0x06) and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C


def _id3_size(head: bytes) -> int:
    """Return the length of an ID3v2 tag at the beginning, 0 for none."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:  # 7 bits each
        size = size << 7 | byte & 0x7F
    return size + 10
