"""Make a music library for the demo: silent audio files with made-up names and real tags.

    python -m demo.make_library FOLDER

The seeds (silence in four formats) are copied and tagged with the tag sets of the training
requests. Beside them are tracks to listen to: synthesised music without genres and moods, where the
extra `listen` is installed. Every run makes the same library.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import mutagen
import numpy as np
from mutagen.id3 import Frames

from demo.synthesis import KINDS, RATE, SECONDS_OF_A_PIECE, piece
from melscribe_core.hearing.decoders.choice import missing_extra

HERE = Path(__file__).parent
REQUESTS = HERE.parent / "trainer" / "data" / "requests" / "train.jsonl"
SEEDS = HERE / "seeds"

REGIONS = ("rock", "pop", "electronic", "jazzclassical", "folkworld", "context")
ARTISTS = 48  # the same number from every region
ALBUM_SIZES = (4, 3)  # each artist has two albums
COLLECTION_EVERY = 7  # every 7th artist also has a best-of album
REPEATED = 3  # recordings that a best-of album repeats, beside one live version
UNTAGGED = 5
FORMATS = ("mp3", "flac", "ogg", "m4a")
LAST_YEAR = 2025  # years drawn within a decade end here
SECONDS = (150, 220, 310)  # lengths of the seeds
MP3_SEED_SECONDS = 10  # silence takes 1 kB/s in mp3, so a short seed is repeated
FOUND = "Found Tapes"  # the album of the tracks to listen to: their names tell nothing of the music
FINDERS = ("Unknown A", "Unknown B", "Unknown C", "Unknown D")  # each has a track of every kind
STEPS = 2**11  # 12 bits of loudness: flac then takes two thirds of the space of 16

YEAR = re.compile(r"(19|20)\d\d")
DECADE = re.compile(r"(19|20)?(\d)0s")
TEMPO = re.compile(r"(\d{2,3}) bpm")

ID3_FRAMES = {
    "artist": "TPE1",
    "title": "TIT2",
    "album": "TALB",
    "tracknumber": "TRCK",
    "date": "TDRC",
    "bpm": "TBPM",
    "genre": "TCON",
    "mood": "TMOO",
}
MP4_ATOMS = {
    "artist": "\xa9ART",
    "title": "\xa9nam",
    "album": "\xa9alb",
    "date": "\xa9day",
    "genre": "\xa9gen",
}


@dataclass(frozen=True)
class Track:
    """One file of the library: path, length and tags.

    `path` is relative to the library. A track without an artist gets no tags at all.
    """

    path: Path
    seconds: int
    artist: str = ""
    title: str = ""
    album: str = ""
    number: int = 0
    year: int | None = None
    bpm: int | None = None
    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


def main(folder: Path) -> None:
    """Make the library in the folder and print what is in it."""
    tracks = plan(read_tag_sets(REQUESTS))
    for track in tracks:
        write(track, folder)
    artists = {track.artist for track in tracks if track.artist}
    print(
        f"{len(tracks)} tracks by {len(artists)} artists in {folder}, {UNTAGGED} without any tags",
        flush=True,
    )
    if missing_extra():
        print("None to listen to: the extra `listen` (soundfile, soxr) is not installed.")
        return
    found = found_tapes()
    for track, kind in found:
        write_piece(track, kind, folder)
    print(f"{len(found)} tracks to listen to, with names and without genres or moods")


def read_tag_sets(requests: Path) -> dict[str, list[list[str]]]:
    """Return the tag sets of each region, in file order."""
    by_region: dict[str, list[list[str]]] = {region: [] for region in REGIONS}
    for line in requests.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["region"] in by_region:
            by_region[row["region"]].append(row["tags"])
    return by_region


def read_words() -> dict[str, list[str]]:
    """Return the word lists of words.txt by the name on their first line."""
    lists = (HERE / "words.txt").read_text(encoding="utf-8").split("\n\n")
    return {words.split()[0]: words.split()[1:] for words in lists}


WORDS = read_words()


# Planning the library


def plan(tag_sets: dict[str, list[list[str]]]) -> list[Track]:
    """Return the tracks of the whole library, album by album; the same for the same tag sets."""
    rng = random.Random(20)
    pools = {region: rng.sample(sets, len(sets)) for region, sets in tag_sets.items()}
    titles, albums = iter(_titles(rng)), iter(_titles(rng))
    tracks: list[Track] = []
    for index, artist in enumerate(_artists(rng)):
        sets = _alike(pools[REGIONS[index % len(REGIONS)]], sum(ALBUM_SIZES))
        blank = Track(Path(f"blank.{FORMATS[index % len(FORMATS)]}"), 0, artist)
        own = [
            _described(track, tags, rng)
            for track, tags in zip(_albums(blank, titles, albums), sets, strict=True)
        ]
        tracks += own
        if index % COLLECTION_EVERY == 0:
            tracks += _collection(own, f"The Best of {artist}")
    return tracks + _untagged()


def _artists(rng: random.Random) -> list[str]:
    """Return the artists' names, half people and half bands, shuffled."""
    half = ARTISTS // 2
    first, last, adjectives, nouns = (
        rng.sample(WORDS[kind], half) for kind in ("first", "last", "adjectives", "nouns")
    )
    people = [f"{one} {other}" for one, other in zip(first, last, strict=True)]
    bands = [f"The {one} {other}s" for one, other in zip(adjectives, nouns, strict=True)]
    return rng.sample(people + bands, ARTISTS)


def _titles(rng: random.Random) -> list[str]:
    """Return distinct titles, more than the library needs."""
    shapes = ["{a} {n}", "{n} for {f}", "{f}'s {n}", "The {n} & the {m}", "Under the {a} {n}"]
    names = []
    for _ in range(1000):
        noun, other = rng.sample(WORDS["nouns"], 2)
        adjective, name = rng.choice(WORDS["adjectives"]), rng.choice(WORDS["first"])
        names.append(rng.choice(shapes).format(a=adjective, n=noun, m=other, f=name))
    return list(dict.fromkeys(names))


def _alike(pool: list[list[str]], count: int) -> list[list[str]]:
    """Take from the pool a tag set with a mood and those most similar to it (Jaccard).

    An artist's tracks then resemble each other, as in a real library.
    """
    moody = next(tags for tags in pool if set(tags) & set(WORDS["moods"]))
    pool.remove(moody)
    first = set(moody)
    # A stable sort: ties keep the pool's order, so every run makes the same library.
    near = sorted(pool, key=lambda tags: -len(first & set(tags)) / len(first | set(tags)))
    for tags in near[: count - 1]:
        pool.remove(tags)
    return [moody, *near[: count - 1]]


def _albums(blank: Track, titles: Iterator[str], albums: Iterator[str]) -> Iterator[Track]:
    for size in ALBUM_SIZES:
        album = next(albums)
        for number in range(1, size + 1):
            yield _placed(replace(blank, title=next(titles)), album, number)


def _placed(track: Track, album: str, number: int) -> Track:
    name = f"{number:02} {track.title}{track.path.suffix}"
    return replace(track, path=Path(track.artist, album, name), album=album, number=number)


def _described(track: Track, tags: Sequence[str], rng: random.Random) -> Track:
    """Return the track with a length, and the tag set in the fields that taggers use for it.

    Tags that are neither year, tempo, mood nor style are genres, as in most real libraries.
    """
    found = {kind: match for tag in tags for kind, match in _numbers(tag)}
    words = [tag for tag in tags if not list(_numbers(tag))]
    year = int(found["year"][0]) if "year" in found else None
    if year is None and "decade" in found:
        year = min(_first_year(found["decade"]) + rng.randrange(10), LAST_YEAR)
    special = {*WORDS["moods"], *WORDS["styles"]}
    return replace(
        track,
        seconds=rng.choice(SECONDS),
        year=year,
        bpm=int(found["bpm"][1]) if "bpm" in found else None,
        genres=tuple(word for word in words if word not in special),
        moods=tuple(word for word in words if word in WORDS["moods"]),
        styles=tuple(word for word in words if word in WORDS["styles"]),
    )


def _numbers(tag: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in (("year", YEAR), ("decade", DECADE), ("bpm", TEMPO)):
        if match := pattern.fullmatch(tag):
            yield kind, match


def _first_year(decade: re.Match[str]) -> int:
    century = decade[1] or ("20" if decade[2] in "012" else "19")
    return int(f"{century}{decade[2]}0")


def _collection(own: Sequence[Track], album: str) -> list[Track]:
    """Return a best-of album: recordings of other albums, and a live version of one more."""
    other = own[REPEATED]
    live = replace(other, title=f"{other.title} (Live)", genres=(*other.genres, "live"))
    tracks = [*own[:REPEATED], live]
    return [_placed(track, album, number) for number, track in enumerate(tracks, 1)]


def _untagged() -> list[Track]:
    names = [f"track{n:02}.{FORMATS[n % len(FORMATS)]}" for n in range(1, UNTAGGED + 1)]
    return [Track(Path("unsorted", name), SECONDS[0]) for name in names]


def found_tapes() -> list[tuple[Track, str]]:
    """Return the tracks to listen to, each with the kind of its music, one of KINDS."""
    found = []
    for artist in FINDERS:
        for number, kind in enumerate(KINDS, 1):
            blank = Track(Path("blank.flac"), SECONDS_OF_A_PIECE, artist, f"Take {number}")
            found.append((_placed(blank, FOUND, number), kind))
    return found


# Writing the files


def write(track: Track, folder: Path) -> None:
    """Copy the seed of the track's format and length into the folder and tag it."""
    path = folder / track.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_silence(path.suffix, track.seconds))
    if not track.artist:
        return
    match path.suffix:
        case ".mp3":
            _tag_id3(path, _tags(track))
        case ".m4a":
            _tag_mp4(path, _tags(track))
        case _:
            _tag_vorbis(path, _tags(track))


def write_piece(track: Track, kind: str, folder: Path) -> None:
    """Synthesise the track, and write it as flac with its tags; needs the extra `listen`."""
    import soundfile

    path = folder / track.path
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.round(piece(kind, FINDERS.index(track.artist)) * (STEPS - 1))
    soundfile.write(path, (sound * (2**15 // STEPS)).astype(np.int16), RATE)
    _tag_vorbis(path, _tags(track))


def _silence(suffix: str, seconds: int) -> bytes:
    if suffix == ".mp3":  # bare frames without a header that counts them: they can be repeated
        seed = SEEDS / f"{MP3_SEED_SECONDS}.mp3"
        return seed.read_bytes() * (seconds // MP3_SEED_SECONDS)
    return (SEEDS / f"{seconds}{suffix}").read_bytes()


def _tags(track: Track) -> dict[str, list[str]]:
    """Return the tags by their Vorbis names, without empty ones."""
    tags = {
        "artist": [track.artist],
        "title": [track.title],
        "album": [track.album],
        "tracknumber": [str(track.number)],
        "date": [str(track.year)] if track.year else [],
        "bpm": [str(track.bpm)] if track.bpm else [],
        "genre": [*track.genres],
        "mood": [*track.moods],
        "style": [*track.styles],
    }
    return {name: values for name, values in tags.items() if values}


def _tag_vorbis(path: Path, tags: dict[str, list[str]]) -> None:
    audio = mutagen.File(path)
    audio.update(tags)
    audio.save()


def _tag_id3(path: Path, tags: dict[str, list[str]]) -> None:
    audio = mutagen.File(path)
    audio.add_tags()
    for name, values in tags.items():
        if name == "style":  # ID3 has no frame for styles
            audio.tags.add(Frames["TXXX"](desc="STYLE", text=values))
        else:
            audio.tags.add(Frames[ID3_FRAMES[name]](text=values))
    audio.save()


def _tag_mp4(path: Path, tags: dict[str, list[str]]) -> None:
    audio = mutagen.File(path)
    for name, values in tags.items():
        match name:
            case "tracknumber":
                audio["trkn"] = [(int(values[0]), 0)]
            case "bpm":
                audio["tmpo"] = [int(values[0])]
            case "mood" | "style":
                audio[f"----:com.apple.iTunes:{name.upper()}"] = [v.encode() for v in values]
            case _:
                audio[MP4_ATOMS[name]] = values
    audio.save()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m demo.make_library FOLDER")
    main(Path(sys.argv[1]))
