"""What the value of each field means: READERS turns it into words, spelt as they were found."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from melscribe_core.descriptors.tables import spelling_key, table

Said = Iterable[tuple[str, str]]
"""(words that name descriptors, suffix of the field's name as their source: "" or " 0.93")."""

MAX_VALUES = 512  # of one field: a damaged list of a million values must not take a minute

LIKELY = 0.8  # a classifier's probability; AcousticBrainz' moods below it are wrong too often
SPOTIFY_HIGH = 0.8  # of 0..1: from here on Spotify documents a strong likelihood
SPOTIFY_LOW = 0.2  # symmetric: as clearly the opposite
SLOW_BELOW = 90.0  # beats per minute: ballads, downtempo, slow hip hop
FAST_FROM = 130.0  # above house and disco (115 to 128), which are seldom called fast
FIRST_YEAR, LAST_YEAR = 1900, 2100  # of recorded music; other years are typing errors

INSTEAD_OF = {  # field -> a better one; the field is read only where the better one is empty
    "year": "original_year",
    "spotify_tempo": "bpm",
    "language": "lyrics_language",  # of the release, not of the track
}
SINGERS = ("gender", "is_female", "is_male")  # classifiers that also hear one in instrumentals

LIKELIHOODS = {  # field -> meaning of a high probability
    "mood_acoustic": "acoustic",
    "mood_aggressive": "aggressive",
    "mood_electronic": "electronic",
    "mood_happy": "happy",
    "mood_party": "party",
    "mood_relaxed": "relaxed",
    "mood_sad": "sad",
    "danceable": "danceable",
    "is_instrumental": "instrumental",
    "is_voice": "vocals",
    "is_female": "female vocals",
    "is_male": "male vocals",
}
MIREX = {  # two words for each of the five mood clusters of the MIREX task
    "1": "passionate, rousing",
    "2": "cheerful, fun",
    "3": "bittersweet, wistful",
    "4": "humorous, quirky",
    "5": "aggressive, intense",
}
CLUSTERS = {f"mood_mirex_cluster_{number}": said for number, said in MIREX.items()}
SPOTIFY = {  # field -> meaning of a high value, of a low one
    "spotify_acousticness": ("acoustic", ""),
    "spotify_danceability": ("danceable", ""),
    "spotify_energy": ("energetic", "calm"),
    "spotify_instrumentalness": ("instrumental", ""),
    "spotify_liveness": ("live", ""),
    "spotify_speechiness": ("spoken word", ""),
    "spotify_valence": ("happy", "sad"),
}
ANSWERS = {  # field -> value -> meaning; other values are ignored
    "voice_instrumental": {"voice": "vocals", "instrumental": "instrumental"},
    "lyrics_instrumental": {"1": "instrumental", "true": "instrumental"},
    "moods_mirex": {f"cluster{number}": said for number, said in MIREX.items()},
    "mood_mirex": {f"cluster{number}": said for number, said in MIREX.items()},
    "gender": {"female": "female vocals", "male": "male vocals"},
    "timbre": {"bright": "bright sound", "dark": "dark sound"},
    "albumtypes": {  # "album", "single" and "ep" do not describe the music
        "audio drama": "audio drama",
        "audiobook": "audiobook",
        "compilation": "compilation",
        "demo": "demo",
        "dj-mix": "dj mix",
        "field recording": "field recording",
        "interview": "interview",
        "live": "live",
        "mixtape/street": "mixtape",
        "remix": "remix",
        "soundtrack": "soundtrack",
        "spokenword": "spoken word",
    },
}
CODES = {  # values of AcousticBrainz' genre classifiers; matched exactly, as a whole value
    "blu": "blues",
    "cla": "classical",
    "cou": "country",
    "dis": "disco",
    "dnb": "drum and bass",
    "ele": "electronic",
    "fol": "folk",
    "folkcountry": "folk; country",
    "funksoulrnb": "funk; soul; r&b",
    "hip": "hip hop",
    "jaz": "jazz",
    "met": "metal",
    "raphiphop": "rap; hip hop",
    "reg": "reggae",
    "rhy": "r&b",
    "roc": "rock",
    "spe": "spoken word",
}
OF_CLASSIFIERS = CODES | {"dan": "dance"}
CLASSIFIERS = "genre_"  # prefix of their fields, which are read if `fields:` lists them
COMPILATION_FIELDS = ("comp", "albumtype")  # read only to recognise a compilation

_SEVERAL = re.compile(r"[;,|␀\0\\]")  # between the values of a list that was written as one text
_NUMBERED = re.compile(r"\s*(?:\d{1,3}|(?:\(\d{1,3}\))+[^()]*)\s*", re.ASCII)
_NOTE = r"(?:[A-Ha-h](?:[#♯b♭]|[ -]?sharp|[ -]?flat|is|es|s)?)"
_CAMELOT = r"(?:0?[1-9]|1[0-2])"
_MINOR = re.compile(rf"{_NOTE}(?:m|[ -]?(?i:min|minor|moll|mineur))|{_CAMELOT}[Aam]")
_MAJOR = re.compile(rf"[A-H][#♯b♭]?|{_NOTE}(?:M|[ -]?(?i:maj|major|dur|majeur))|{_CAMELOT}[Bbd]")


def read_tags(name: str, value: object) -> Said:
    """Yield each text as it is, with codes written out: for fields that hold free tags."""
    codes = OF_CLASSIFIERS if name.startswith(CLASSIFIERS) else CODES
    for text in _texts(value):
        yield _decoded(text, codes), ""


def is_compilation(facts: Mapping[str, object]) -> bool:
    """Say whether facts of a track or its album mark it as part of a compilation.

    The year of such a release is not that of its tracks.
    """
    if _number(facts.get("comp")) == 1:
        return True
    types = (text for name in ("albumtype", "albumtypes") for text in _texts(facts.get(name)))
    return any("compilation" in text.lower() for text in types)


def _genres(name: str, value: object) -> Said:
    for text in _texts(value):
        yield _decoded(_id3v1_named(text), CODES), ""


def _decoded(text: str, codes: Mapping[str, str]) -> str:
    """Return the text with codes as names, if all of it is one or a list of them ("jaz; roc")."""
    parts = [part.strip() for part in _SEVERAL.split(text)]
    if codes.keys().isdisjoint(parts):
        return text
    return "; ".join(codes.get(part, part) for part in parts)


def _likelihood(name: str, value: object) -> Said:
    share = _number(value)
    if LIKELY <= share <= 1:
        yield LIKELIHOODS.get(name) or CLUSTERS[name], f" {share:.2f}"


def _spotify(name: str, value: object) -> Said:
    high, low = SPOTIFY[name]
    share = _number(value)
    if SPOTIFY_HIGH <= share <= 1:
        yield high, f" {share:.2f}"
    elif low and 0 <= share <= SPOTIFY_LOW:
        yield low, f" {share:.2f}"


def _answer(name: str, value: object) -> Said:
    for text in _texts(value):
        for part in _SEVERAL.split(text):
            if said := ANSWERS[name].get(part.strip().lower()):
                yield said, f" {part.strip()}"


def _decade(name: str, value: object) -> Said:
    year = _number(value)
    if FIRST_YEAR <= year <= LAST_YEAR:
        yield f"{int(year) // 10 * 10}s", f" {int(year)}"


def _tempo(name: str, value: object) -> Said:
    bpm = _number(value)
    if 0 < bpm < math.inf:
        word = "slow" if bpm < SLOW_BELOW else "mid-tempo" if bpm < FAST_FROM else "fast"
        yield word, f" {bpm:.0f}"


def _key(name: str, value: object) -> Said:
    for text in _texts(value):
        if mode := _mode_of(text):
            yield f"{mode} key", f" {text.strip()}"


def _language(name: str, value: object) -> Said:
    for text in _texts(value):
        for part in _SEVERAL.split(text.replace("/", ";")):
            if part.isprintable() and (language := _language_named(part)):
                yield language, f" {part.strip()}"


@lru_cache(maxsize=1024)
def _mode_of(key: str) -> str:
    """Return "minor", "major" or "": notes in English or German, Camelot (8A), Open Key (1m)."""
    bare = key.strip()
    if _MINOR.fullmatch(bare):
        return "minor"
    return "major" if _MAJOR.fullmatch(bare) else ""


@lru_cache(maxsize=1024)
def _language_named(text: str) -> str:
    """Return the English name of a language given by name or code ("eng", "pt-BR"), or ""."""
    known = _languages()
    return (
        known.get(spelling_key(text)) or known.get(spelling_key(re.split("[-_.]", text)[0])) or ""
    )


@cache
def _languages() -> Mapping[str, str]:
    return {
        spelling_key(o): name for name, others in table("languages.txt") for o in (name, *others)
    }


@lru_cache(maxsize=1024)
def _id3v1_named(genre: str) -> str:
    """Return the genre with ID3's numbers as names: "17" and "(17)" are "Rock"; else unchanged."""
    if not _NUMBERED.fullmatch(genre):
        return genre
    from mutagen import id3

    frame = id3.TCON(encoding=3, text=[genre.strip()])
    return ";".join(frame.genres)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a value: itself, or those in a list; a whole number counts as text."""
    values = value if isinstance(value, (list, tuple)) else (value,)
    for part in values[:MAX_VALUES]:
        if isinstance(part, str) and part.strip():
            yield part
        elif isinstance(part, int):
            yield str(part)


def _number(value: object) -> float:
    """Return the number, of a list the first; NaN when it is not a number."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if not isinstance(value, (str, int, float)):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


READERS: Mapping[str, Callable[[str, object], Said]] = {
    "genres": _genres,
    "style": read_tags,
    "grouping": read_tags,
    "mood": read_tags,
    "usertags": read_tags,
    "voice_instrumental": _answer,
    "lyrics_instrumental": _answer,
    **dict.fromkeys(LIKELIHOODS, _likelihood),
    **dict.fromkeys(CLUSTERS, _likelihood),
    **dict.fromkeys(SPOTIFY, _spotify),
    **dict.fromkeys(ANSWERS, _answer),
    "original_year": _decade,
    "year": _decade,
    "bpm": _tempo,
    "spotify_tempo": _tempo,
    "initial_key": _key,
    "lyrics_language": _language,
    "language": _language,
}
"""Field -> its reader, which never raises; fields are read in this order."""
