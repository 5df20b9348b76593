"""Measure what hearing brings to tracks without tags: music of games, and labelled clips.

    python -m benchmarks.quality.hearing --music FOLDER [--soundfont FILE.sf2] [--sung FOLDER]
        [--work FOLDER] [--tagged] [--speed N]

FOLDER has one folder for each collection, with audio files in it; PACKAGES says which of them is
what. No tag of the files is read. Titles are numbers, unless `--titles` makes them the names of the
files: then the words of a request are also looked for in titles. What was heard is kept in --work,
and is known again.

With a font of sampled instruments, labelled clips are rendered and heard too (see hearing_clips);
`--sung` adds real clips of singing to those with a voice. With `--tagged`, half of the tracks get
tags by hand, and the answers among these are compared before and after hearing. With `--speed`,
that many tracks are heard once more, in new processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

import beets
import numpy as np
from beets.library import Item, Library

from beetsplug.melscribe import listening, progress
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.index_file import heard_file
from beetsplug.melscribe.request import UserRequest
from benchmarks.quality.hearing_clips import SUNG, Clip, render_all
from benchmarks.settings import plugin_settings
from benchmarks.speed.process import BenchError, environment
from benchmarks.speed.table import markdown
from melscribe_core.descriptors.lent import NOTHING_LENT
from melscribe_core.hearing.heard import open_heard
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.thresholds import places
from melscribe_core.lending.hearing import descriptor_probabilities

T = TypeVar("T")

AUDIO = frozenset((".ogg", ".opus", ".mp3", ".flac", ".wav", ".m4a"))
TEN = 10  # tracks of an answer
SAID = 6  # descriptors of a track in a table
SEED = 1

# Which collections are what, from what their authors say of them, by the start of the folder's
# name. "" is mixed, or not known: such tracks are wrong answers to both requests.
ORCHESTRAL, ELECTRONIC, METAL = "orchestral", "electronic", "metal"
PACKAGES = {
    "wesnoth": ORCHESTRAL,  # symphonic fantasy
    "flare": ORCHESTRAL,  # symphonic fantasy
    "lordsawar": ORCHESTRAL,  # fantasy
    "adonthell": ORCHESTRAL,  # fantasy, from synthesisers
    "widelands": ORCHESTRAL,  # small orchestra and folk, from samples
    "singularity": ELECTRONIC,  # dark electronic
    "warzone2100": ELECTRONIC,  # industrial, dark ambient
    "ufoai": ELECTRONIC,  # techno and industrial, some orchestral
    "freedroidrpg": ELECTRONIC,  # techno and ambient
    "nexuiz": ELECTRONIC,  # techno, with guitars
    "frozenbubble": ELECTRONIC,  # tracker music
    "fretsonfire": METAL,  # songs for guitar by two metal acts
    "planetblupi": "",
    "asc": "",
    "hedgewars": "",
    "hyperrogue": "",
    "fillets": "",
    "lincity": "",
    "zaz": "",
    "extremetuxracer": "",
}

# Titles of wesnoth that say what is going on. Not all do: "knolls", "loyalists".
BATTLE = frozenset(
    "battle; battle-epic; breaking_the_chains; casualties_of_war; frantic; frantic-old"
    "; siege_of_laurelmor; the_city_falls; vengeful; weight_of_revenge".split("; ")
)
CALM = frozenset(
    "defeat; defeat2; elf-land; elvish-theme; journeys_end; love_theme; nunc_dimittis; revelation"
    "; sad; silvan_sanctuary; the_king_is_dead; transience; traveling_minstrels"
    "; wanderer".split("; ")
)

# Requests that no label judges: the first tracks are shown with what was heard.
SHOWN = (
    "choir",
    "solo piano",
    "drums and percussion",
    "ambient drone",
    "heavy metal guitars",
    "harpsichord",
    "flute and harp",
    "calm acoustic guitar",
    "upbeat dance music",
)


class Track(NamedTuple):
    """One audio file of the music folder."""

    path: Path
    package: str

    @property
    def label(self) -> str:
        """Return what its collection is: see PACKAGES."""
        return next((of for name, of in PACKAGES.items() if self.package.startswith(name)), "")

    @property
    def mood(self) -> str:
        """Return "battle" or "calm" for the titles of wesnoth that say it, "" for all others."""
        if not self.package.startswith("wesnoth"):
            return ""
        return "battle" if self.path.stem in BATTLE else "calm" if self.path.stem in CALM else ""


def tracks_in(folder: Path) -> list[Track]:
    """Return the audio files of the folders in a folder, in order. Raises BenchError for none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO)
    if not found:
        raise BenchError(f"{folder} has no audio files; name a folder with a folder for each game.")
    return [Track(path, path.relative_to(folder).parts[0]) for path in found]


# A library of tracks, asked through the plugin


@dataclass(frozen=True)
class Asked:
    """A library that was heard: its index, and its number of tracks."""

    index: LibraryIndex
    tracks: int

    def first(self, request: str) -> list[int]:
        """Return the ids of an answer of ten tracks, as `beet describe -n 10` gives it."""
        return self._found(request, {"number": TEN})

    def ranked(self, request: str) -> list[int]:
        """Return the ids of all tracks that a request finds, best first, however weak."""
        options: dict[str, Any] = {"number": self.tracks, "min_score": 0, "lenient": True}
        return self._found(request, {**options, "per_artist": 0, "per_album": 0})

    def _found(self, request: str, options: dict[str, Any]) -> list[int]:
        asked = UserRequest(request, options=options)
        try:
            found = answer(self.index, asked, plugin_settings(file_tags=False), None)
        except NothingFoundError:
            return []
        return [pick.hit.track for pick in found.chosen.picks]

    def said(self) -> dict[int, list[tuple[str, float]]]:
        """Return track -> the descriptors that it is said to have by its sound, with p."""
        loans = self.index.catalogue.tracks.loans()
        return {
            track: [(one.name, one.probability) for one in loans.get(track, NOTHING_LENT).said]
            for track in range(1, self.tracks + 1)
        }

    def probabilities(self) -> dict[int, np.ndarray[Any, Any]]:
        """Return track -> the probability of each descriptor of the table."""
        with closing(open_heard(heard_file(self.index.catalogue.path), write=False)) as heard:
            rows = self.index.catalogue.mirror.values("added", range(1, self.tracks + 1))
            stamps = {track: float(when) for track, when in rows if isinstance(when, (int, float))}
            found = heard.of_tracks(stamps, Nets().fingerprint)
        heard_rows = descriptor_probabilities([sound for _, sound in found.values()])
        return dict(zip(found, heard_rows, strict=True))


def with_library(
    folder: Path,
    music: Path,
    items: Sequence[dict[str, Any]],
    run: Callable[[Asked], T],
    *,
    hear: bool = True,
) -> T:
    """Make a library in a folder, hear it unless it was, and call `run`; its ids are 1, 2, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("library.db", "library.db.melscribe"):
        (folder / name).unlink(missing_ok=True)
    lib = Library(str(folder / "library.db"), str(music))
    with lib.transaction():
        for values in items:
            lib.add(Item(**values))

    def heard(index: LibraryIndex) -> T:
        index.refresh(progress.none)
        if hear:
            tracks = listening.chosen(index.catalogue, None, poor=False)
            report = listening.listen_to(index, tracks, 2, progress.of_files)
            print(f"<!-- {'; '.join(report.sentences())} -->", flush=True)
            index.refresh(progress.none)
        return run(Asked(index, len(items)))

    found = with_index(lib, plugin_settings(file_tags=False), heard)
    lib._close()
    return found


def items_of(tracks: Sequence[Track], *, titles: bool) -> list[dict[str, Any]]:
    """Return what the library holds of tracks: nothing that describes them."""
    return [
        {
            "path": os.fsencode(track.path),
            "title": track.path.stem if titles else f"{number:03}",
            "album": track.package if titles else "",
        }
        for number, track in enumerate(tracks, 1)
    ]


# Music of games


def games(tracks: Sequence[Track], asked: Asked) -> None:
    """Print how right the first ten answers are, against chance."""
    of_id = dict(enumerate(tracks, 1))
    by_label: dict[str, Callable[[Track], bool]] = {
        "orchestral fantasy soundtrack": lambda track: track.label == ORCHESTRAL,
        "dark electronic techno": lambda track: track.label == ELECTRONIC,
        "heavy metal guitars": lambda track: track.label == METAL,
        "fast energetic battle music": lambda track: track.mood == "battle",
        "slow calm peaceful": lambda track: track.mood == "calm",
    }
    rows = []
    for request, is_right in by_label.items():
        share = fmean(map(is_right, tracks))
        if share:
            for among, found in (
                ("all", asked.first(request)),
                ("all, however weak", asked.ranked(request)),
            ):
                right = [is_right(of_id[track]) for track in found[:TEN]]
                rows.append([request, among, *_compared(right, share)])
        if "battle" in request or "calm" in request:
            rows += _in_wesnoth(request, is_right, of_id, asked)
    _print(("request", "among", "P@10", "chance", "ratio"), rows)
    _show(of_id, asked, [*by_label, *SHOWN])


def _in_wesnoth(
    request: str, is_right: Callable[[Track], bool], of_id: Mapping[int, Track], asked: Asked
) -> Iterator[list[str]]:
    ranked = [of_id[track] for track in asked.ranked(request)]
    own = [track for track in ranked if track.package.startswith("wesnoth")]
    every = [track for track in of_id.values() if track.package.startswith("wesnoth")]
    if not any(map(is_right, every)):
        return
    share = fmean(map(is_right, every))
    yield [request, "wesnoth", *_compared([is_right(track) for track in own[:TEN]], share)]
    told = [track for track in own if track.mood]
    first = [is_right(track) for track in told[:TEN]]
    told_share = fmean(is_right(track) for track in every if track.mood)
    yield [request, "wesnoth, battle and calm", *_compared(first, told_share)]
    scores = np.arange(len(told), 0, -1.0)
    auc = area(scores, np.array([is_right(track) for track in told]))
    yield [request, "the same, AUC", f"{auc:.2f}", "0.50", ""]


def _compared(right: Sequence[bool], share: float) -> tuple[str, str, str]:
    found = sum(right) / TEN
    return f"{found:.2f}", f"{share:.2f}", f"{found / share:.1f}"


def _show(of_id: Mapping[int, Track], asked: Asked, requests: Iterable[str]) -> None:
    said = asked.said()
    for request in requests:
        print(f"### {request}\n")
        rows = [
            [f"{of_id[track].package}/{of_id[track].path.stem}", _listed(said[track])]
            for track in asked.first(request)
        ]
        _print(("track", "heard"), rows)


def _print(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"{markdown(head, rows)}\n", flush=True)


def _listed(said: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {p:.2f}" for name, p in said[:SAID])


def area(scores: np.ndarray[Any, Any], is_right: np.ndarray[Any, Any]) -> float:
    """Return the share of pairs, one right and one wrong, in which the right one scores higher."""
    above = scores[is_right][:, None] - scores[~is_right][None]
    return float((np.sign(above) / 2 + 0.5).mean()) if above.size else float("nan")


# Labelled clips


NAMES = (
    "guitar; piano; violin; strings; cello; flute; harpsichord; harp; sitar; choir; synth"
    "; drums".split("; ")
)
GENRES = {"rock": "rock", "metal": "metal", "jazz": "jazz", "techno": "techno"}
GENRES |= {"ambient": "ambient", "folk": "folk", "string quartet": "classical"}
GENRES |= {"orchestral": "classical", "baroque": "classical", "indian": "indian"}
CLIP_REQUESTS: dict[str, Callable[[Clip], bool]] = {
    "choir": lambda clip: "choir" in clip.names,
    "solo piano": lambda clip: clip.solo == "piano",
    "drums and percussion": lambda clip: "drums" in clip.names,
    "ambient drone": lambda clip: clip.style == "ambient",
    "heavy metal guitars": lambda clip: clip.style == "metal",
    "harpsichord": lambda clip: "harpsichord" in clip.names,
    "flute and harp": lambda clip: clip.style == "flute and harp",
    "string quartet": lambda clip: clip.style == "string quartet",
    "sitar": lambda clip: "sitar" in clip.names,
    "cello": lambda clip: "cello" in clip.names,
    "acoustic folk with fiddle": lambda clip: clip.style == "folk",
    "smoky jazz": lambda clip: clip.style == "jazz",
    "dark electronic techno": lambda clip: clip.style == "techno",
    "baroque": lambda clip: clip.style == "baroque",
}


def clips(of_id: Mapping[int, Clip], asked: Asked) -> None:
    """Print how right the descriptors of labelled clips are."""
    said = {track: {name for name, _ in one} for track, one in asked.said().items()}
    alone = {track: clip for track, clip in of_id.items() if clip.solo}
    rows, scores = [], []
    for name in NAMES:
        of_all = _right(name, of_id, said)
        scores.append((of_all, _right(name, alone, said)))
        rows.append([name, *map(str, of_all.counts), *of_all.cells(), *scores[-1][1].cells()])
    means = [fmean(one.f1 for one in column) for column in zip(*scores, strict=True)]
    rows.append(["macro F1", "", "", "", "", "", f"{means[0]:.2f}", "", "", f"{means[1]:.2f}"])
    head = "instrument, right, wrong, missed, precision, recall, F1, alone: precision, recall, F1"
    _print(head.split(", "), rows)
    _print(("style", "clips", "said of it", "said of others"), _genres(of_id, said))
    _voices(of_id, asked)
    _clip_requests(of_id, asked)
    found = asked.said()
    rows = [[c.name, ", ".join(sorted(c.names)), _listed(found[t])] for t, c in of_id.items()]
    _print(("clip", "right", "heard"), rows)


class Score(NamedTuple):
    """How often a descriptor is said rightly, wrongly, and not said."""

    right: int
    wrong: int
    missed: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """Return the three numbers."""
        return self.right, self.wrong, self.missed

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)

    def cells(self) -> tuple[str, str, str]:
        """Return precision, recall and F1."""
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        return f"{precision:.2f}", f"{recall:.2f}", f"{self.f1:.2f}"


def _right(name: str, of_id: Mapping[int, Clip], said: Mapping[int, Collection[str]]) -> Score:
    pairs = [(name in c.names, name in said[t]) for t, c in of_id.items() if name not in c.open]
    return Score(*(pairs.count(pair) for pair in ((True, True), (False, True), (True, False))))


def _genres(of_id: Mapping[int, Clip], said: Mapping[int, Collection[str]]) -> Iterator[list[str]]:
    for genre in dict.fromkeys(GENRES.values()):
        own = [t for t, c in of_id.items() if GENRES.get(c.style) == genre]
        others = [t for t, c in of_id.items() if c.style and GENRES.get(c.style) != genre]
        shares = (f"{100 * fmean(genre in said[t] for t in some):.0f} %" for some in (own, others))
        yield [genre, str(len(own)), *shares]


def _voices(of_id: Mapping[int, Clip], asked: Asked) -> None:
    """Print the AUC of the probability of vocals: clips with a voice against those without."""
    found = asked.probabilities()
    voices: dict[str, Callable[[Clip], bool]] = {
        "sampled vowels": lambda clip: clip.has_voice and clip.style != SUNG,
        "real singing": lambda clip: clip.style == SUNG,
        "both": lambda clip: clip.has_voice,
    }
    rows = []
    for what, is_voice in voices.items():
        kept = [t for t, c in of_id.items() if is_voice(c) or not c.has_voice]
        labels = np.array([of_id[t].has_voice for t in kept])
        for by in ("vocals", "instrumental"):
            sign = 1 if by == "vocals" else -1
            auc = area(sign * np.array([found[t][places()[by]] for t in kept]), labels)
            rows.append([what, by, str(labels.sum()), str((~labels).sum()), f"{auc:.3f}"])
    _print(("voice", "by", "with", "without", "AUC"), rows)


def _clip_requests(of_id: Mapping[int, Clip], asked: Asked) -> None:
    rows = []
    for request, is_right in CLIP_REQUESTS.items():
        wanted = sum(map(is_right, of_id.values()))
        first = asked.ranked(request)[: min(TEN, wanted)]
        found = fmean(is_right(of_id[track]) for track in first) if first else 0.0
        rows.append([request, str(wanted), f"{found:.2f}", f"{wanted / len(of_id):.2f}"])
    head = ("request", "right clips", "P@10, or P@ all right ones if fewer", "chance")
    _print(head, rows)


def clip_items(folder: Path, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return what the library holds of clips: numbers for titles."""
    return [
        {"path": os.fsencode(folder / name), "title": f"{number:03}"}
        for number, name in enumerate(names, 1)
    ]


def sung(folder: Path) -> dict[str, Clip]:
    """Return the clips of singing in a folder, by their paths."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO)
    return {str(path): Clip(path.stem, (), 0, frozenset(), style=SUNG) for path in found}


# Tagged tracks, before and after


TAGS = {  # collection -> the words of which a tagged track gets TAGS_OF_TRACK
    ORCHESTRAL: "orchestral; symphonic; fantasy; soundtrack; medieval; epic; adventure".split("; "),
    ELECTRONIC: "electronic; techno; industrial; dark; ambient; sci-fi; cold".split("; "),
    METAL: "metal; heavy metal; guitar; instrumental; aggressive; thrash metal".split("; "),
    "": "soundtrack; video game music; cheerful; synth; calm; chiptune".split("; "),
}
MOODS = {"battle": ["energetic", "intense"], "calm": ["calm", "peaceful"], "": []}
TAGS_OF_TRACK = 3


def tags(tracks: Sequence[Track]) -> dict[int, list[str]]:
    """Return the tags of a random half of the tracks, by id."""
    draw = random.Random(SEED)
    return {
        number: [*draw.sample(TAGS[track.label], TAGS_OF_TRACK), *MOODS[track.mood]]
        for number, track in enumerate(tracks, 1)
        if draw.random() < 0.5
    }


def tagged_items(
    tracks: Sequence[Track], tagged: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    """Return the library's items, with these tags as genres."""
    items = items_of(tracks, titles=False)
    return [{**one, "genres": list(tagged.get(at, ()))} for at, one in enumerate(items, 1)]


def compared(
    tagged: Mapping[int, Sequence[str]],
    before: Mapping[str, Sequence[int]],
    after: Mapping[str, Sequence[int]],
) -> str:
    """Return the table of answers among the tagged tracks, before and after hearing."""
    rows = []
    for request in before:
        words = set(request.split(", "))
        lists = [[t for t in one[request] if t in tagged] for one in (before, after)]
        hits = [[bool(words & set(tagged[t])) for t in one[:TEN]] for one in lists]
        first = fmean(t in tagged for t in after[request][:TEN])
        shares = [f"{sum(one) / TEN:.2f}" for one in hits]
        rows.append([request, *shares, f"{agreement(*lists):.3f}", f"{first:.2f}"])
    head = ("request", "P@10 before", "after", "pairs in the same order", "tagged in the first ten")
    return markdown(head, rows)


def agreement(before: Sequence[int], after: Sequence[int]) -> float:
    """Return the share of pairs of tracks, of those in both lists, that are in the same order."""
    place = {track: at for at, track in enumerate(after)}
    kept = [place[track] for track in before if track in place]
    return fmean(a < b for a, b in combinations(kept, 2)) if len(kept) > 1 else 1.0


def judge_tagged(tracks: Sequence[Track], music: Path, work: Path) -> None:
    """Print what hearing changes among tracks with tags."""
    tagged = tags(tracks)
    items = tagged_items(tracks, tagged)
    words = sorted({word for one in tagged.values() for word in one})
    pairs = ["orchestral, fantasy", "dark, techno", "epic, energetic", "calm, peaceful"]

    def lists(asked: Asked) -> dict[str, list[int]]:
        return {request: asked.ranked(request) for request in (*pairs, *words)}

    with tempfile.TemporaryDirectory() as folder:
        before = with_library(Path(folder), music, items, lists, hear=False)
    (work / "tagged").mkdir(parents=True, exist_ok=True)
    if (known := work / "games" / "library.db.melscribe.heard").exists():
        shutil.copy(known, work / "tagged")
    after = with_library(work / "tagged", music, items, lists)
    print(f"{len(tagged)} of {len(tracks)} tracks tagged\n\n{compared(tagged, before, after)}\n")


# Speed


class Spent(NamedTuple):
    """Time and memory of one process that heard tracks."""

    heard: int
    wall: float
    cpu: float
    peak: float  # MB


def spent(music: Path, number: int, threads: int) -> Spent:
    """Hear so many tracks in a new process, with this number of threads."""
    words = ["--music", str(music), "--hear-once", str(number), "--threads", str(threads)]
    command = [sys.executable, "-m", "benchmarks.quality.hearing", *words]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return Spent(*json.loads(done.stdout.splitlines()[-1]))


def hear_once(music: Path, number: int, threads: int) -> Spent:
    """Hear random tracks in this process, and measure it; the peak includes Python and beets."""
    tracks = tracks_in(music)
    chosen = random.Random(SEED).sample(tracks, min(number, len(tracks)))

    def run(asked: Asked) -> Spent:
        begun, busy = time.perf_counter(), time.process_time()
        ids = listening.chosen(asked.index.catalogue, None, poor=False)
        report = listening.listen_to(asked.index, ids, threads, progress.none)
        wall, cpu = time.perf_counter() - begun, time.process_time() - busy
        return Spent(report.heard, wall, cpu, _peak())

    with tempfile.TemporaryDirectory() as folder:
        return with_library(Path(folder), music, items_of(chosen, titles=False), run, hear=False)


def _peak() -> float:
    # Not getrusage: it counts the memory of the parent at the fork.
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def speed(music: Path, number: int) -> None:
    """Print what hearing costs with one thread and with two."""
    rows = []
    walls = []
    for threads in (1, 2):
        one = spent(music, number, threads)
        walls.append(one.wall)
        each = (one.cpu / one.heard, one.wall / one.heard)
        rows.append(
            [str(threads), str(one.heard), *(f"{t:.2f} s" for t in each), f"{one.peak:.0f}"]
        )
    head = ("threads", "tracks", "processor time a track", "wall time a track", "peak, MB")
    _print(head, rows)
    print(f"Two threads are {walls[0] / walls[1]:.2f} times one.\n")


# The command line


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    beets.config["create_backup_before_migrations"] = False
    music = options.music.resolve()
    if options.hear_once:
        print(json.dumps(hear_once(music, options.hear_once, options.threads)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(options, music, (options.work or Path(folder)).resolve())


def _measure(options: argparse.Namespace, music: Path, work: Path) -> None:
    tracks = tracks_in(music)
    items = items_of(tracks, titles=options.titles)
    with_library(work / "games", music, items, lambda asked: games(tracks, asked))
    if options.soundfont:
        _measure_clips(options, work)
    if options.tagged:
        judge_tagged(tracks, music, work)
    if options.speed:
        speed(music, options.speed)


def _measure_clips(options: argparse.Namespace, work: Path) -> None:
    folder = work / "clips" / "clips"
    named = render_all(folder, options.soundfont)
    named |= sung(options.sung.resolve()) if options.sung else {}
    of_id = dict(enumerate(named.values(), 1))
    items = clip_items(folder, named)
    with_library(work / "clips", folder, items, lambda asked: clips(of_id, asked))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what hearing brings.")
    parser.add_argument("--music", type=Path, required=True, help="folders of audio files")
    parser.add_argument("--soundfont", type=Path, help="a General MIDI font, .sf2")
    parser.add_argument("--sung", type=Path, help="clips of singing")
    parser.add_argument("--work", type=Path, help="where what was heard is kept")
    parser.add_argument("--titles", action="store_true", help="titles are the names of the files")
    parser.add_argument("--tagged", action="store_true", help="compare tagged tracks too")
    parser.add_argument("--speed", type=int, default=0, metavar="N", help="time N tracks")
    parser.add_argument("--hear-once", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
