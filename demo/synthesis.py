"""Synthesise short pieces of music of ten kinds, which hearing tells apart.

Every function of KINDS takes a random generator and returns SECONDS_OF_A_PIECE of sound: float32,
mono, at RATE, of -1 to 1. The same seed gives the same piece.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # Hz, that of the nets: nothing above 8 kHz is heard
SECONDS_OF_A_PIECE = 9  # three of the windows that hearing takes
MINOR = (0, 2, 3, 5, 7, 8, 10)  # semitones above the root
MAJOR = (0, 2, 4, 5, 7, 9, 11)
CHORDS = ((0, 2, 4), (5, 7, 9), (3, 5, 7), (4, 6, 8))  # steps of a scale: I, VI, IV, V
A4 = 440.0  # Hz
A4_KEY = 69  # its number in MIDI

Samples = NDArray[np.float32]
Partials = Sequence[float]


def piece(kind: str, seed: int) -> Samples:
    """Return a piece of one of KINDS; the same for the same seed."""
    return KINDS[kind](np.random.default_rng([seed, *kind.encode()]))


# What pieces are made of


def _tone(
    key: float,
    seconds: float,
    partials: Partials,
    *,
    attack: float = 0.005,
    decay: float = 0.0,
    damping: float = 0.0,
    vibrato: float = 0.0,
) -> Samples:
    """Return one note: `key` as in MIDI, `partials` the amplitudes of its harmonics.

    It dies away by exp(-t (decay + damping n)) in the nth harmonic; `vibrato` is in semitones.
    """
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = A4 * 2 ** ((key - A4_KEY) / 12)
    swing = 1 + vibrato * np.log(2) / 12 * np.sin(2 * np.pi * 5.5 * t) * np.minimum(1, t / 0.4)
    turn = np.exp(2j * np.pi * np.cumsum(pitch * swing) / RATE).astype(np.complex64)
    fade = np.exp(-damping * t).astype(np.float32)
    wave, found = np.exp(-decay * t).astype(np.complex64), np.zeros(len(t), np.float32)
    for number, amplitude in enumerate(partials, 1):
        if number * pitch > RATE / 2:
            break
        wave = wave * turn * fade
        found += np.float32(amplitude) * wave.imag
    return found * _edges(len(t), attack)


def _edges(count: int, attack: float, release: float = 0.03) -> Samples:
    """Return an envelope that rises within `attack` seconds and falls at the end."""
    place = np.arange(count, dtype=np.float32) / RATE
    rise = np.minimum(1, place / attack)
    edges: Samples = rise * np.minimum(1, place[::-1] / release)
    return edges


def _mixed(notes: Sequence[tuple[float, Samples]]) -> Samples:
    """Return SECONDS_OF_A_PIECE of notes that begin at the given seconds."""
    found = np.zeros(SECONDS_OF_A_PIECE * RATE, np.float32)
    for start, note in notes:
        at = int(start * RATE)
        part = note[: max(0, len(found) - at)]
        found[at : at + len(part)] += part
    return found


def _noise(rng: np.random.Generator, seconds: float, low: float, high: float) -> Samples:
    """Return noise of a band of frequencies in Hz, with a standard deviation of 1."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    pitch = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(pitch < low) | (pitch > high)] = 0
    found = np.fft.irfft(spectrum, count)
    return np.asarray(found / found.std(), np.float32)


def _echoed(sound: Samples, rng: np.random.Generator, seconds: float, share: float) -> Samples:
    """Return a sound in a room: noise that dies away within `seconds` is its echo."""
    count = int(seconds * RATE)
    tail = rng.standard_normal(count) * np.exp(-5 * np.arange(count) / count)
    size = len(sound) + count
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
    found = (1 - share) * sound + share * wet * sound.std() / max(wet.std(), 1e-9)
    return np.asarray(found, np.float32)


def _scaled(sound: Samples, peak: float) -> Samples:
    return np.asarray(sound * (peak / np.abs(sound).max()), np.float32)


def _key(root: int, scale: Sequence[int], step: int) -> int:
    octave, place = divmod(step, len(scale))
    return root + 12 * octave + scale[place]


def _saw(count: int, tilt: float = 1.0) -> Partials:
    return [number**-tilt for number in range(1, count + 1)]


def _plucked(count: int, place: float = 0.2) -> Partials:
    """Return the harmonics of a string plucked at a share of its length."""
    return [abs(np.sin(np.pi * n * place)) / n for n in range(1, count + 1)]


# Drums


def _kick(punch: float = 1.0) -> Samples:
    t = np.arange(int(0.25 * RATE)) / RATE
    swept = np.cumsum(48 + 130 * punch * np.exp(-t * 35)) / RATE
    return (np.sin(2 * np.pi * swept) * np.exp(-t * 14)).astype(np.float32)


def _struck(rng: np.random.Generator, low: float, high: float, decay: float) -> Samples:
    sound = _noise(rng, 0.25, low, high)
    t = np.arange(len(sound), dtype=np.float32) / RATE
    return sound * np.exp(-t * decay)


def _snare(rng: np.random.Generator) -> Samples:
    return 0.25 * _struck(rng, 700, 7000, 22) + 0.5 * _tone(54, 0.25, (1, 0.5), decay=20)


# The kinds


def techno(rng: np.random.Generator) -> Samples:
    """Return four kicks a bar, hats, a bass line in sixteenths and stabs."""
    beat = 60 / rng.integers(124, 136)
    root, kick, hat = int(rng.integers(31, 38)), _kick(), _struck(rng, 5500, 8000, 45)
    notes, line = [], rng.choice([0, 0, 3, 7, 10, 12], 16)
    for sixteenth in range(int(SECONDS_OF_A_PIECE / beat * 4)):
        start = sixteenth * beat / 4
        if sixteenth % 4 == 0:
            notes.append((start, 0.9 * kick))
        if sixteenth % 4 == 2:
            notes.append((start, 0.12 * hat))
        bass = _tone(root + line[sixteenth % 16], beat / 4, _saw(24, 0.9), decay=6, damping=0.6)
        notes.append((start, 0.25 * bass))
        if sixteenth % 8 in (2, 6):
            for step in (0, 3, 7):
                stab = _tone(root + 24 + step, 0.2, _saw(16, 0.7), decay=12)
                notes.append((start, 0.09 * stab))
    return _scaled(_mixed(notes), 0.9)


def drums(rng: np.random.Generator) -> Samples:
    """Return a drum kit alone."""
    beat = 60 / rng.integers(92, 124)
    notes = []
    for eighth in range(int(SECONDS_OF_A_PIECE / beat * 2)):
        start = eighth * beat / 2
        place = eighth % 8
        if place in (0, 5) or rng.random() < 0.1:
            notes.append((start, 0.9 * _kick(0.6)))
        if place in (2, 6):
            notes.append((start, 0.8 * _snare(rng)))
        notes.append((start, 0.07 * _struck(rng, 4000, 8000, 30)))
        if eighth % 32 > 27:
            tom = _tone(50 - 2 * (eighth % 4), 0.3, (1, 0.3), decay=9)
            notes.append((start, 0.6 * tom))
    return _scaled(_echoed(_mixed(notes), rng, 0.3, 0.15), 0.8)


def harp(rng: np.random.Generator) -> Samples:
    """Return broken chords over three octaves on strings that ring on."""
    root, step = int(rng.integers(48, 55)), 0.14 + 0.05 * rng.random()
    notes = []
    for number in range(int(SECONDS_OF_A_PIECE / step)):
        chord = CHORDS[number // 12 % 4]
        at = number % 12
        rank = at if at < 7 else 12 - at
        key = _key(root, MAJOR, chord[rank % 3] + 7 * (rank // 3))
        note = _tone(key, 2.0, _plucked(12, 0.3), decay=1.0, damping=0.7)
        notes.append((number * step, (0.3 + 0.1 * rng.random()) * note))
    return _scaled(_echoed(_mixed(notes), rng, 1.2, 0.2), 0.5)


def harpsichord(rng: np.random.Generator) -> Samples:
    """Return two lively voices on bright plucked strings."""
    root, step = int(rng.integers(55, 62)), 0.13 + 0.03 * rng.random()
    notes, high = [], 7
    for number in range(int(SECONDS_OF_A_PIECE / step)):
        high = int(np.clip(high + rng.choice([-2, -1, -1, 1, 1, 2]), 4, 14))
        bright = _plucked(40, 0.08)
        note = _tone(_key(root, MINOR, high), 0.6, bright, attack=0.001, decay=2, damping=0.12)
        notes.append((number * step, 0.3 * note))
        if number % 2 == 0:
            low = _key(root - 12, MINOR, CHORDS[number // 8 % 4][number // 2 % 3])
            bass = _tone(low, 0.8, bright, attack=0.001, decay=2, damping=0.1)
            notes.append((number * step, 0.3 * bass))
    return _scaled(_echoed(_mixed(notes), rng, 0.6, 0.1), 0.6)


def flute(rng: np.random.Generator) -> Samples:
    """Return a slow and quiet melody of almost pure tones, with some breath."""
    root, start, step, notes = int(rng.integers(67, 73)), 0.0, 4, []
    while start < SECONDS_OF_A_PIECE:
        length = float(rng.choice([0.9, 1.4, 1.9]))
        step = int(np.clip(step + rng.choice([-2, -1, 1, 2]), 0, 9))
        key = _key(root, MINOR, step)
        note = _tone(key, length, (1, 0.25, 0.12, 0.04), attack=0.09, vibrato=0.25)
        breath = _noise(rng, length, 1500, 5000)[: len(note)] * _edges(len(note), 0.05)
        notes.append((start, note + 0.01 * breath))
        start += length
    return _scaled(_echoed(_mixed(notes), rng, 1.2, 0.2), 0.15)


def noise(rng: np.random.Generator) -> Samples:
    """Return distorted chords and noise, as loud as a file holds."""
    root, notes = int(rng.integers(38, 44)), []
    length = 0.2 + 0.1 * rng.random()
    for number in range(int(SECONDS_OF_A_PIECE / length)):
        key = root + int(rng.choice([0, 0, 0, 1, 5, 6]))
        for interval in (0, 7, 12):
            notes.append((number * length, _tone(key + interval, length, _saw(30, 0.6))))
    sound = np.tanh(3 * _mixed(notes) + 0.8 * _noise(rng, SECONDS_OF_A_PIECE, 200, 7500))
    return _scaled(sound.astype(np.float32), 0.99)


def pad(rng: np.random.Generator) -> Samples:
    """Return slow chords of detuned saws."""
    root, notes = int(rng.integers(45, 52)), []
    for number in range(3):
        for step in CHORDS[(number + int(rng.integers(2))) % 4]:
            for detune in (-0.08, 0.0, 0.09):
                key = _key(root, MINOR, step) + detune
                notes.append((3.0 * number, _tone(key, 4.0, _saw(14, 1.3), attack=1.0)))
    return _scaled(_echoed(_mixed(notes), rng, 2.0, 0.3), 0.4)


def choir(rng: np.random.Generator) -> Samples:
    """Return chords of many voices on one vowel."""
    root, notes = int(rng.integers(50, 56)), []
    for number in range(3):
        for step in (*CHORDS[number], CHORDS[number][0] + 7):
            key = _key(root, MAJOR, step)
            for _ in range(3):
                off = 0.12 * rng.standard_normal()
                voice = _tone(key + off, 3.3, _vowel(key), attack=0.3, vibrato=0.3)
                notes.append((3.0 * number + 0.1 * rng.random(), voice))
    return _scaled(_echoed(_mixed(notes), rng, 2.0, 0.3), 0.5)


def _vowel(key: float) -> Partials:
    """Return the harmonics of a sung "ah": peaks round 700, 1100 and 2600 Hz."""
    pitch = A4 * 2 ** ((key - A4_KEY) / 12)
    formants = ((700, 130, 1.0), (1100, 150, 0.6), (2600, 250, 0.2))
    return [
        sum(by / (1 + ((n * pitch - at) / wide) ** 2) for at, wide, by in formants) + 0.02 / n
        for n in range(1, 25)
    ]


def strings(rng: np.random.Generator) -> Samples:
    """Return a slow melody and chords bowed by several players."""
    root, notes = int(rng.integers(50, 57)), []
    for number in range(4):
        length = SECONDS_OF_A_PIECE / 4
        for step in (*CHORDS[number], int(rng.integers(9, 15))):
            for _ in range(3):
                key = _key(root, MINOR, step) + 0.08 * rng.standard_normal()
                swing = 0.1 + 0.25 * rng.random()
                bow = _tone(key, length + 0.2, _saw(20, 1.3), attack=0.25, vibrato=swing)
                notes.append((number * length + 0.06 * rng.random(), bow))
    return _scaled(_echoed(_mixed(notes), rng, 1.5, 0.3), 0.5)


def piano(rng: np.random.Generator) -> Samples:
    """Return broken chords and a melody on struck strings."""
    root, step = int(rng.integers(48, 55)), 0.3 + 0.06 * rng.random()
    notes = []
    for number in range(int(SECONDS_OF_A_PIECE / step)):
        chord = CHORDS[number // 8 % 4]
        key = _key(root, MAJOR, chord[number % 3])
        notes.append((number * step, 0.25 * _hammered(key, 1.5)))
        if number % 4 in (0, 3):
            high = _key(root + 12, MAJOR, chord[int(rng.integers(3))] + 7)
            notes.append((number * step, 0.4 * _hammered(high, 2.0)))
    return _scaled(_echoed(_mixed(notes), rng, 0.8, 0.15), 0.5)


def _hammered(key: int, seconds: float) -> Samples:
    partials = [abs(np.sin(np.pi * n / 8)) * n**-1.1 for n in range(1, 20)]
    return _tone(key, seconds, partials, attack=0.004, decay=0.8, damping=0.25)


KINDS: dict[str, Callable[[np.random.Generator], Samples]] = {
    "techno": techno,
    "drums": drums,
    "harp": harp,
    "harpsichord": harpsichord,
    "flute": flute,
    "noise": noise,
    "pad": pad,
    "choir": choir,
    "strings": strings,
    "piano": piano,
}
