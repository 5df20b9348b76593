"""Labelled clips for the benchmark of hearing: pieces of ours, rendered with a General MIDI font.

A piece is a tempo, a key and a pattern (scale, arpeggio, chords, melody). Every instrument plays
every piece alone, and every style has an arrangement for each of its keys and tempi. They are
written as Standard MIDI Files and rendered with the program fluidsynth.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.process import BenchError

TICKS = 480  # of a quarter note
BEATS = 4  # of a bar
SECONDS = 20  # of a clip: five windows of 3 s without overlap need 15
DRUM_CHANNEL = 9  # General MIDI
RATE = 44_100

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
PROGRESSION = (0, 5, 3, 4)  # degrees, one a bar: I vi IV V, or i VI iv v
KICK, SNARE, HAT, OPEN_HAT, CRASH, RIDE, LOW_TOM, HIGH_TOM = 36, 38, 42, 46, 49, 51, 45, 50


SUNG = "sung"  # the style of clips of real singing


class Note(NamedTuple):
    """One note; `start` and `length` in beats."""

    start: float
    length: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Part:
    """What one instrument plays; `program` is that of General MIDI from 0, None for drums."""

    program: int | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Piece:
    """The same music for any instrument: a pattern in a key at a tempo."""

    pattern: str
    tempo: int
    root: int  # semitones above C
    scale: tuple[int, ...]


@dataclass(frozen=True)
class Instrument:
    """An instrument alone.

    `names` are descriptors that are right for it, `open` those that can be argued about: a section
    of strings has violins, and an organ is a keyboard without a name of its own.
    """

    label: str
    programs: tuple[int, ...]
    names: frozenset[str]
    base: int = 60  # MIDI pitch round which it plays
    open: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Clip:
    """A clip with what is right for it: instruments, `style` "" for one instrument alone."""

    name: str
    parts: tuple[Part, ...]
    tempo: int
    names: frozenset[str]
    open: frozenset[str] = frozenset()
    style: str = ""
    solo: str = ""

    @property
    def has_voice(self) -> bool:
        """Return whether voices are in it; those of a font are sampled vowels."""
        return "choir" in self.names or self.style == SUNG


def _names(*words: str) -> frozenset[str]:
    return frozenset(words)


PIECES = (
    Piece("scale", 132, 0, MAJOR),
    Piece("arpeggio", 96, 9, MINOR),
    Piece("chords", 72, 2, MINOR),
    Piece("melody", 108, 7, MAJOR),
    Piece("arpeggio", 150, 4, MINOR),
    Piece("melody", 66, 5, MAJOR),
)

INSTRUMENTS = (
    Instrument("nylon and steel guitar", (24, 25), _names("guitar"), 55),
    Instrument("electric guitar", (27, 29, 30), _names("guitar"), 52),
    Instrument("piano", (0, 1), _names("piano"), 60),
    Instrument("violin", (40,), _names("violin", "strings"), 67),
    Instrument("cello", (42,), _names("cello", "strings"), 48),
    Instrument("string section", (48, 49), _names("strings"), 60, _names("violin", "cello")),
    Instrument("flute", (73,), _names("flute"), 74),
    Instrument("harpsichord", (6,), _names("harpsichord"), 60),
    Instrument("harp", (46,), _names("harp"), 62),
    Instrument("sitar", (104,), _names("sitar"), 57),
    Instrument("choir", (52, 53), _names("choir"), 62),
    Instrument("synth lead and pad", (80, 81, 89), _names("synth"), 60),
    # What the nets have no output for: whatever is said of these is wrong.
    Instrument("trumpet", (56,), _names(), 65),
    Instrument("saxophone", (65, 66), _names(), 60),
    Instrument("clarinet", (71,), _names(), 64, _names("flute")),
    Instrument("church organ", (19,), _names(), 60),
    Instrument("marimba", (12,), _names(), 60),
)


def clips() -> Iterator[Clip]:
    """Yield all clips: instruments alone, drums alone, arrangements."""
    for instrument in INSTRUMENTS:
        for number, piece in enumerate(PIECES):
            program = instrument.programs[number % len(instrument.programs)]
            part = Part(program, tuple(played(piece, instrument.base)))
            name = f"solo {instrument.label} {number + 1}"
            yield Clip(
                name,
                (part,),
                piece.tempo,
                instrument.names,
                instrument.open,
                solo=instrument.label,
            )
    for number, (beat, tempo) in enumerate(zip(BEATS_OF_DRUMS, (96, 120, 150, 84), strict=True)):
        part = Part(None, tuple(drummed(beat, _bars(tempo))))
        name = f"solo drums {number + 1}"
        yield Clip(name, (part,), tempo, _names("drums"), solo="drums")
    yield from arrangements()


# One bar each: the drum, and the beats on which it is hit.
BEATS_OF_DRUMS: tuple[dict[int, tuple[float, ...]], ...] = (
    {KICK: (0, 2), SNARE: (1, 3), HAT: (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)},  # rock
    {KICK: (0, 1, 2, 3), OPEN_HAT: (0.5, 1.5, 2.5, 3.5), SNARE: (1, 3)},  # techno
    {KICK: tuple(at / 4 for at in range(16)), SNARE: (1, 3), CRASH: (0,), HAT: (0, 1, 2, 3)},
    {LOW_TOM: (0, 0.75, 1.5, 2), HIGH_TOM: (1, 2.5, 3, 3.5), KICK: (0, 2)},  # hand drums
)
SWING: dict[int, tuple[float, ...]] = {RIDE: (0, 1, 1.67, 2, 3, 3.67), KICK: (0,), HAT: (1, 3)}
ROCK_BEAT, TECHNO_BEAT, METAL_BEAT, HAND_DRUMS = BEATS_OF_DRUMS

GUITAR, PIANO, SYNTH, DRUMS = "guitar", "piano", "synth", "drums"


class Voice(NamedTuple):
    """One part of a style: its program, the pattern that it plays and its base pitch."""

    program: int
    pattern: str
    base: int


@dataclass(frozen=True)
class Style:
    """A small arrangement; `keys` and `tempi` go in pairs, one for each clip of it."""

    name: str
    voices: tuple[Voice, ...]
    names: frozenset[str]
    tempi: tuple[int, ...]
    beat: dict[int, tuple[float, ...]] | None = None
    scale: tuple[int, ...] = MINOR
    open: frozenset[str] = frozenset()


STYLES = (
    Style(
        "rock",
        (Voice(30, "power", 40), Voice(33, "bass", 36), Voice(29, "melody", 64)),
        _names(GUITAR, DRUMS),
        (112, 124, 136, 148),
        ROCK_BEAT,
    ),
    Style(
        "metal",
        (Voice(30, "gallop", 38), Voice(30, "gallop", 50), Voice(34, "gallop", 36)),
        _names(GUITAR, DRUMS),
        (140, 160, 176, 190),
        METAL_BEAT,
    ),
    Style(
        "jazz",
        (Voice(0, "chords", 60), Voice(32, "walk", 36), Voice(66, "melody", 62)),
        _names(PIANO, DRUMS),
        (110, 132, 150, 92),
        SWING,
        MAJOR,
    ),
    Style(
        "techno",
        (Voice(38, "pulse", 36), Voice(81, "arpeggio", 60), Voice(90, "chords", 60)),
        _names(SYNTH, DRUMS),
        (126, 130, 136, 142),
        TECHNO_BEAT,
    ),
    Style(
        "ambient",
        (Voice(89, "held", 48), Voice(95, "held", 60), Voice(88, "held", 67)),
        _names(SYNTH),
        (60, 64, 70, 56),
    ),
    Style(
        "string quartet",
        (Voice(40, "melody", 72), Voice(40, "arpeggio", 65), Voice(42, "walk", 43)),
        _names("violin", "cello", "strings"),
        (76, 96, 112, 132),
        scale=MAJOR,
    ),
    Style(
        "orchestral",
        (Voice(48, "chords", 60), Voice(73, "melody", 76), Voice(60, "held", 53)),
        _names("strings", "flute"),
        (72, 88, 104, 120),
        open=_names("violin", "cello"),
    ),
    Style(
        "baroque",
        (Voice(6, "arpeggio", 62), Voice(40, "melody", 74), Voice(42, "walk", 43)),
        _names("harpsichord", "violin", "cello", "strings"),
        (84, 100, 116, 132),
        scale=MAJOR,
    ),
    Style(
        "folk",
        (Voice(25, "arpeggio", 52), Voice(40, "melody", 69)),
        _names(GUITAR, "violin", "strings"),
        (92, 104, 118, 130),
        scale=MAJOR,
    ),
    Style(
        "choral",
        (Voice(52, "chords", 60), Voice(53, "melody", 67), Voice(19, "held", 48)),
        _names("choir"),
        (60, 72, 80, 92),
    ),
    Style(
        "indian",
        (Voice(104, "melody", 62), Voice(104, "drone", 48)),
        _names("sitar", DRUMS),
        (84, 96, 110, 124),
        HAND_DRUMS,
    ),
    Style(
        "flute and harp",
        (Voice(73, "melody", 76), Voice(46, "arpeggio", 60)),
        _names("flute", "harp"),
        (66, 78, 90, 104),
        scale=MAJOR,
    ),
    Style(
        "piano and voices",
        (Voice(0, "arpeggio", 55), Voice(53, "melody", 65), Voice(32, "bass", 38)),
        _names(PIANO, "choir"),
        (70, 82, 94, 106),
        scale=MAJOR,
    ),
)
KEYS = (0, 9, 2, 7)  # of the clips of a style, in order


def arrangements() -> Iterator[Clip]:
    """Yield the clips of every style."""
    for style in STYLES:
        for number, (tempo, root) in enumerate(zip(style.tempi, KEYS, strict=True), 1):
            parts = [
                Part(
                    voice.program,
                    tuple(played(Piece(voice.pattern, tempo, root, style.scale), voice.base)),
                )
                for voice in style.voices
            ]
            if style.beat:
                parts.append(Part(None, tuple(drummed(style.beat, _bars(tempo)))))
            yield Clip(
                f"{style.name} {number}",
                tuple(parts),
                tempo,
                style.names,
                style.open,
                style=style.name,
            )


def _bars(tempo: int) -> int:
    return -(-SECONDS * tempo // (60 * BEATS))


def drummed(beat: dict[int, tuple[float, ...]], bars: int) -> Iterator[Note]:
    """Yield a beat, bar after bar."""
    for bar in range(bars):
        for drum, places in beat.items():
            for at in places:
                yield Note(bar * BEATS + at, 0.25, drum, 110 if at == 0 else 95)


# Patterns: (start in the bar, length, degree above that of the bar's chord) for one bar.
_EIGHTHS = [at / 2 for at in range(8)]
_SIXTEENTHS = [at / 4 for at in range(16)]
_MOTIF = ((0, 1, 4), (1, 0.5, 2), (1.5, 0.5, 3), (2, 1.5, 4), (3.5, 0.5, 6))
_TRIAD = (0, 2, 4)
PATTERNS: dict[str, tuple[tuple[float, float, int], ...]] = {
    "scale": tuple((at, 0.5, (0, 1, 2, 3, 4, 5, 6, 7)[i]) for i, at in enumerate(_EIGHTHS)),
    "arpeggio": tuple((at, 0.6, (0, 2, 4, 7, 9, 7, 4, 2)[i]) for i, at in enumerate(_EIGHTHS)),
    "chords": tuple((at, 1.9, degree) for at in (0, 2) for degree in _TRIAD),
    "held": tuple((0, 4, degree) for degree in _TRIAD),
    "melody": _MOTIF,
    "power": tuple((at, 0.45, degree) for at in _EIGHTHS for degree in (0, 4)),
    "gallop": tuple(
        (at, 0.2, degree)
        for at in _SIXTEENTHS
        for degree in (0, 4)
        if at % 1 != 0.25  # a long and two short strokes
    ),
    "bass": tuple((at, 0.45, 0) for at in _EIGHTHS),
    "walk": ((0, 0.9, 0), (1, 0.9, 2), (2, 0.9, 4), (3, 0.9, 5)),
    "pulse": tuple((at, 0.2, 0) for at in _SIXTEENTHS),
    "drone": ((0, 2, 0), (2, 2, 4)),
}


def played(piece: Piece, base: int) -> Iterator[Note]:
    """Yield a piece, bar after bar, with its root nearest to the base pitch."""
    root = base + (piece.root - base + 6) % 12 - 6
    for bar in range(_bars(piece.tempo)):
        chord = PROGRESSION[bar % len(PROGRESSION)]
        if chord > 3:
            chord -= len(piece.scale)  # downwards, or the piece would leave the register
        for at, length, degree in PATTERNS[piece.pattern]:
            octave, step = divmod(chord + degree, len(piece.scale))
            pitch = root + 12 * octave + piece.scale[step]
            yield Note(bar * BEATS + at, length, pitch, 104 if at == 0 else 88)


# Standard MIDI Files (RP-001): format 1, one track for the tempo, one for each part.


def midi_file(parts: Sequence[Part], tempo: int) -> bytes:
    """Return a Standard MIDI File; at most 15 parts with a program, and drums."""
    begun = b"\x00\xff\x51\x03" + round(60e6 / tempo).to_bytes(3, "big")
    free = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    channels = (DRUM_CHANNEL if part.program is None else free.pop(0) for part in parts)
    tracks = [begun, *map(_events, parts, channels)]
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS)
    return head + b"".join(map(_chunk, tracks))


def _chunk(events: bytes) -> bytes:
    whole = events + b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(whole)) + whole


def _events(part: Part, channel: int) -> bytes:
    found = b"" if part.program is None else bytes((0, 0xC0 | channel, part.program))
    changes = []
    for start, length, pitch, velocity in part.notes:
        changes.append((round(start * TICKS), 1, bytes((0x90 | channel, pitch, velocity))))
        changes.append((round((start + length) * TICKS), 0, bytes((0x80 | channel, pitch, 0))))
    now = 0
    for tick, _, message in sorted(changes):  # at the same tick, notes end before others begin
        found += _variable(tick - now) + message
        now = tick
    return found


def _variable(number: int) -> bytes:
    """Return a variable-length quantity: seven bits a byte, the last without the high bit."""
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


class RenderError(BenchError):
    """A clip cannot be rendered."""


def render_all(folder: Path, font: Path) -> dict[str, Clip]:
    """Render the clips that the folder lacks as wav files; return them by the names of these.

    Raises RenderError without the program fluidsynth, and for a font that it cannot read.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise RenderError("The clips need the program fluidsynth; install it from your system.")
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for clip in clips():
        wav = folder / f"{clip.name}.wav"
        found[wav.name] = clip
        if not wav.exists():
            render(clip, wav, font, program)
    return found


def render(clip: Clip, wav: Path, font: Path, program: str) -> None:
    """Render one clip; a file is there only when it is whole. Raises RenderError."""
    score, part = wav.with_suffix(".mid"), wav.with_suffix(".part")
    score.write_bytes(midi_file(clip.parts, clip.tempo))
    # Only the presets in use are read from the font.
    setting = "synth.dynamic-sample-loading=1"
    words = ["-q", "-ni", "-o", setting, "-r", str(RATE), "-T", "wav", "-F", str(part)]
    done = subprocess.run(
        [program, *words, str(font), str(score)], capture_output=True, text=True, check=False
    )
    score.unlink()
    # Without a font it renders silence and succeeds.
    if done.returncode or "error:" in done.stderr or not part.exists():
        part.unlink(missing_ok=True)
        said = done.stderr.strip().partition("\n")[0]
        raise RenderError(f"fluidsynth cannot render {clip.name} with {font}: {said}")
    part.rename(wav)
