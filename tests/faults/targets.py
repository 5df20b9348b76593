"""What is fuzzed: functions that take any bytes, and fail when something is wrong.

Both fuzzers use them: hypothesis in test_fuzz.py, and the coverage-guided one in fuzz.py.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from math import isfinite, isnan
from pathlib import Path

from beetsplug.melscribe.talk_file import unpacked_turns
from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue
from melscribe_core.catalogue.checksum import pack, unpack
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.descriptors.fields import READERS
from melscribe_core.descriptors.sets import (
    MAX_DESCRIPTORS,
    SEPARATOR,
    Rules,
    descriptor_set,
    load_rules,
    text_of,
)
from melscribe_core.errors import PlaylistError
from melscribe_core.playlist.m3u import Entry, Options, render
from melscribe_core.request.refinement import parse_with_remarks
from melscribe_core.request.request import KnownNames, Request, parse, understood
from melscribe_core.search.words import MAX_WORDS, content_words, match_expression, word_forms

Target = Callable[[bytes], None]

CORPUS = Path(__file__).with_name("corpus")
NAMES = KnownNames(["Nick Drake", "Madonna", "The The", "Sunday Morning", "99 Luftballons"])
CONTROLS = {"Cc", "Cs", "Zl", "Zp"}  # categories of Unicode that no text on a screen may hold
TEXTS = ["folk, sad", "1990s, pop", "hip hop", "são paulo", "r b, soul", "drum and bass, 4 4"]


def text_of_bytes(data: bytes) -> str:
    """Return any text, lone surrogates among it: file names bring such."""
    return data.decode("utf-8", "surrogateescape")


def request(data: bytes) -> None:
    """Read a request, as written and with known names, and what is said after it."""
    text = text_of_bytes(data)
    for names in (None, NAMES):
        _check_request(parse(text, names), text)
    first, _, more = text.partition("|")
    request = parse_with_remarks(first, lambda said: parse(said, NAMES), remarks=more.split("|"))
    assert all(isinstance(phrase, str) for phrase in (*request.more, *request.less))


def _check_request(found: Request, text: str) -> None:
    assert found.text == text
    json.dumps(found.as_dict(), allow_nan=False)
    assert understood(found).count("\n") == 0
    for span in (found.years, found.bpm, found.track_seconds):
        low, high = span or (None, None)
        assert span is None or not (low is None and high is None)
        assert all(end is None or (isfinite(end) and end >= 0) for end in (low, high)), span
        assert low is None or high is None or low <= high, span
    assert found.count is None or found.count >= 1
    assert found.minutes is None or 0 < found.minutes < float("inf")
    for phrase in (*found.exclude, *found.like, *found.by):
        assert phrase.strip(), found


def playlist(data: bytes) -> None:
    """Write tracks whose every part comes from the data, and read the lines back."""
    parts = iter(_parts(data))
    options = _options(next(parts, b""), next(parts, b""))
    if options is None:
        return
    entries = list(_entries(parts))
    try:
        written = render(entries, options, text_of_bytes(next(parts, b"name")))
    except PlaylistError:
        return
    lines = written.content.split(b"\n")
    assert lines.pop() == b""
    tracks = [line for line in lines if not line.startswith(b"#")]
    assert len(tracks) == written.tracks == len(set(tracks))
    assert all(b"\r" not in line and line == line.lstrip() for line in tracks)
    assert written.tracks + written.repeated + len(written.inexpressible) == len(entries)
    if options.output == "extm3u":
        assert lines[0] == b"#EXTM3U"
        for comment, track in pairwise(lines):
            assert track.startswith(b"#") or comment.startswith(b"#EXTINF:")


def _options(flags: bytes, text: bytes) -> Options | None:
    bits = flags[0] if flags else 0
    said = text.decode("utf-8", "replace")
    try:
        return Options(
            relative_to=b"/music/lists" if bits & 1 else None,
            forward_slash=bool(bits & 2),
            urlencode=bool(bits & 4),
            prefix=said if bits & 8 else "",
            uri_format=said if bits & 16 else None,
            output="m3u" if bits & 32 else "extm3u",
            fields=("mood", said) if bits & 64 else (),
        )
    except PlaylistError:
        return None


def _entries(parts: Iterator[bytes]) -> Iterator[Entry]:
    for number, (path, artist, title) in enumerate(zip(parts, parts, parts, strict=False)):
        seconds = struct.unpack("<d", title[:8].ljust(8, b"\0"))[0]
        yield Entry(
            id=number,
            path=b"/music/" + path,
            seconds=seconds,
            artist=text_of_bytes(artist),
            title=text_of_bytes(title),
            fields={"mood": text_of_bytes(artist)},
        )


def descriptors(data: bytes) -> None:
    """Read facts whose values come from the data."""
    parts = iter(_parts(data))
    names = [*READERS, "file:mood", "own"]
    facts: dict[str, object] = {}
    for name, value in zip(parts, parts, strict=False):
        facts[names[sum(name) % len(names)]] = _value(name, value)
    found = descriptor_set(facts, _rules())
    assert list(found.descriptors) == sorted(set(found.descriptors))
    assert len(found.descriptors) <= MAX_DESCRIPTORS
    assert found.sources.keys() == set(found.descriptors)
    for descriptor in found.descriptors:
        assert SEPARATOR not in descriptor
        assert descriptor.strip() == descriptor != ""
        assert not {unicodedata.category(char) for char in descriptor} & CONTROLS, ascii(descriptor)
    assert text_of(found.descriptors, _rules()) == found.text, (facts, found.text)


def _value(name: bytes, value: bytes) -> object:
    text = text_of_bytes(value)
    kinds: list[object] = [
        text,
        value,
        text.split("/"),
        struct.unpack("<d", value[:8].ljust(8, b"\0"))[0],
        struct.unpack("<q", value[:8].ljust(8, b"\0"))[0],
        None,
    ]
    return kinds[len(name) % len(kinds)]


@cache
def _rules() -> Rules:
    return load_rules(fields=["own"], junk=["to check"], aliases={"dnb": "drum and bass"})


def words(data: bytes) -> None:
    """Search a real full text index for the words of a text."""
    found = content_words(text_of_bytes(data))
    assert len(found) <= MAX_WORDS
    assert len(set(found)) == len(found)
    if not found:
        return
    catalogue = _catalogue()
    catalogue.words.match(match_expression(found), 10)
    frequency = catalogue.words.frequency(word_forms(found))
    assert all(0 < count <= len(TEXTS) for count in frequency.values())
    for word in found:  # each word is looked up as what it is, never as an operator
        texts = catalogue.tracks.texts(catalogue.words.match(match_expression([word]), 10).tolist())
        forms = word_forms([word])
        # Also the words that say nothing: "ands" is looked up as "and" too.
        held = {form for text in texts.values() for form in (*content_words(text), *text.split())}
        assert not texts or held & {*forms, *(f for form in forms for f in content_words(form))}


@cache
def _catalogue() -> Catalogue:
    catalogue = empty_catalogue()
    catalogue.tracks.apply(
        catalogue.tracks.plan(Row(n, Description(text, ())) for n, text in enumerate(TEXTS, 1))
    )
    return catalogue


def stamps(data: bytes) -> None:
    """Read whatever stands in the small files beside the index."""
    for decode in (unpack, unpacked_turns):
        try:
            decode(data)
        except ValueError:
            continue
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(values, dict) and "check" not in values and not _holds_nan(values):
        assert unpack(pack(values)) == values


def _holds_nan(value: object) -> bool:
    """Say whether NaN, which equals nothing, is in a value that JSON gave."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return any(map(_holds_nan, value))
    return isinstance(value, float) and isnan(value)


def _parts(data: bytes) -> list[bytes]:
    return data.split(b"|")


TARGETS: dict[str, Target] = {
    target.__name__: target for target in (request, playlist, descriptors, words, stamps)
}


def corpus(name: str) -> list[bytes]:
    """Return the inputs that are kept for a target: one of each kind, and what once failed."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
