"""Whatever happens to a library, the index answers as one made anew would.

Random sequences of real commands, of this plugin's beets and of others', and of programs that are
not beets; after every few of them all doors to the index are compared with a fresh index.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import mutagen.id3
import pytest
from beets.ui import UserError
from mediafile import MediaFile

from tests.support.fresh import ROUNDING, answer, assert_as_new, content, made_anew, rows
from tests.support.home import Home
from tests.support.inside import beet
from tests.support.paths import AUDIO
from tests.support.writes import Writer

AUDIO = AUDIO / "silence.mp3"
GENRES = ["Folk", "Jazz", "Techno", "Doom Metal", "Bossa Nova", "Hip-Hop", "hip hop", "seen live"]
MOODS = ["sad", "happy", "calm", "furious", "dreamy", ""]
ROUNDS, STEPS, ASKED = 8, 3, 5
WRITTEN = 10  # times that other programs write
QUESTIONS = (
    ["describe", "sad folk"],
    ["describe", "calm music from the 70s, not metal"],
    ["ls", "describe:happy hip hop", "describe_score-"],
    ["ls", "-a", "describe:dreamy jazz"],
    ["ls", "describe:songs by Artist 1"],
    ["ls", "describe:like Track 3 by Artist 3"],
    ["ls", "describe:from the 70s"],
    ["ls", "describe:slow, under 90 bpm"],
    ["describe", "under 3 minutes"],
)


class World:
    """A home with two libraries, and what may happen to them."""

    def __init__(self, home: Home, seed: int) -> None:
        self.home, self.rng = home, Random(seed)
        self.settings: dict[str, Any] = {"min_score": 0.1}
        self.other = home.folder / "other.db"
        shutil.copy(home.database, self.other)
        self.made = self.tagged = 0
        self.told: list[str] = []  # what happened, shown when a comparison fails
        self.configure()

    def configure(self, **settings: Any) -> None:
        self.settings |= settings
        self.home.configure(**self.settings)

    # -- steps

    def step(self) -> None:
        """Let one thing happen to one of the libraries."""
        steps: list[Callable[[Path], None]] = [
            self.adds_album,
            self.adds_album,
            self.replaces_newest,
            self.modifies,
            self.modifies,
            self.modifies,
            self.modifies_album,
            self.removes,
            self.moves,
            self.is_tagged,
            self.is_written_by_another_program,
            self.is_written_by_another_program,
            self.is_written_by_another_program,
            self.is_written_by_another_program,
            self.sets,
            self.sets,
            self.asks,
        ]
        what = self.rng.choice(steps)
        library = self.rng.choice([self.home.database, self.home.database, self.other])
        self.told.append(f"{library.stem} {what.__name__}")
        what(library)

    def runs(self, library: Path, *args: str) -> None:
        """Run a command, sometimes by a beets that does not know the plugin."""
        stranger = ["-P", "melscribe"] if self.rng.random() < 0.3 else []
        self.told.append(" ".join([*stranger, *args]))
        with suppress(UserError):  # nothing matched
            beet(self.home, *stranger, "-l", str(library), *args)

    def adds_album(self, library: Path) -> None:
        folder = self.home.folder / f"new {self.made}"
        folder.mkdir()
        for number in range(self.rng.randint(1, 3)):
            self.makes_file(folder / f"{number}.mp3")
        singles = ["-s"] if self.rng.random() < 0.3 else []
        self.runs(library, "import", "-A", *singles, str(folder))

    def replaces_newest(self, library: Path) -> None:
        """Remove the newest track, whose id the next one gets."""
        (newest,) = rows(library, "SELECT coalesce(max(id), 0) FROM items")
        self.runs(library, "remove", "-f", f"id:{newest[0]}")
        self.adds_album(library)

    def modifies(self, library: Path) -> None:
        change = self.rng.choice(
            [
                f"genres={self.rng.choice(GENRES)}; {self.rng.choice(GENRES)}",
                f"year={self.rng.choice([0, 1971, 1979, 1994])}",
                f"bpm={self.rng.choice([0, 60, 100, 180])}",
                "comments=nothing that describes",
                f"mood={self.rng.choice(MOODS)}",
                "mood!",
                f"venue={self.rng.choice(MOODS)}",
            ]
        )
        write = self.rng.choice(["-w", "-W"])
        self.runs(library, "modify", "-y", write, "-M", self.some(library), change)

    def modifies_album(self, library: Path) -> None:
        query = f"id:{self.rng.randint(1, 5)}"
        mood = f"mood={self.rng.choice(MOODS)}"
        inherit = self.rng.choice([[], ["-I"]])
        self.runs(library, "modify", "-a", "-y", "-W", "-M", *inherit, query, mood)

    def removes(self, library: Path) -> None:
        delete = self.rng.choice([[], ["-d"]])
        self.runs(library, "remove", "-f", *delete, self.some(library))

    def moves(self, library: Path) -> None:
        self.runs(library, "move", self.some(library))

    def is_tagged(self, library: Path) -> None:
        """Let another program change files; beets does not notice, `melindex` does."""
        paths = rows(library, "SELECT path FROM items ORDER BY id")
        for (path,) in self.rng.sample(paths, min(len(paths), 2)):
            self.tags_file(self.home.music / os.fsdecode(path))
        for each in (self.home.database, self.other):
            beet(self.home, "-l", str(each), "melindex")

    def is_written_by_another_program(self, library: Path) -> None:
        writer = Writer(library, self.rng)
        for _ in range(self.rng.randint(1, 4)):
            writer.writes()
        self.told += writer.said

    def sets(self, library: Path) -> None:
        choices: list[dict[str, Any]] = [
            {"auto": True},
            {"auto": False},
            {"file_tags": False},
            {"file_tags": True},
            {"fields": ["venue"]},
            {"fields": []},
            {"junk": ["jazz"]},
            {"junk": [], "aliases": {"techno": "electronic"}},
        ]
        self.configure(**self.rng.choice(choices))

    def asks(self, library: Path) -> None:
        asked = ["describe", "sad"], ["ls", "describe:sad"], ["melindex"], ["melindex", "year:1.."]
        self.runs(library, *self.rng.choice(asked))

    def some(self, library: Path) -> str:
        """Return a query for a few of the tracks."""
        ids = [str(row[0]) for row in rows(library, "SELECT id FROM items")] or ["1"]
        return "id::^(" + "|".join(self.rng.sample(ids, min(len(ids), 2))) + ")$"

    def makes_file(self, path: Path) -> None:
        shutil.copy(AUDIO, path)
        self.made += 1
        file = MediaFile(path)
        file.title, file.artist = f"Track {self.made}", f"Artist {self.made % 5}"
        file.album, file.genres = path.parent.name, self.rng.sample(GENRES, 2)
        file.year = self.rng.choice([1971, 1994])
        file.save()
        self.tags_file(path)
        if self.rng.random() < 0.5:
            os.utime(path, (1e9, 1e9))  # music is often older than what was there before

    def tags_file(self, path: Path, mood: str = "") -> None:
        """Write a mood where beets does not look; each time later than the last, by its date."""
        with suppress(FileNotFoundError):
            tags = mutagen.id3.ID3(path)
            tags.setall("TMOO", [mutagen.id3.TMOO(text=[mood or self.rng.choice(MOODS) or "warm"])])
            tags.save()
            self.tagged += 1
            later = path.stat().st_mtime + 60 * self.tagged
            os.utime(path, (later, later))

    # -- comparing

    def story(self, asked: list[str] | None = None) -> str:
        """Return what happened until the comparison that fails, a line each."""
        return "\n".join([*self.told, *([f"asked: {shlex.join(asked)}"] if asked else [])])

    def check(self, library: Path) -> None:
        """Compare what the index says, and is, with a fresh one."""
        told = beet(self.home, "-l", str(library), "ls", "-f", "$id $descriptors")
        index = self.compare(library, *self.rng.sample(QUESTIONS, ASKED))
        texts = {f"{track} {text}" for track, text, *_ in content(index)["tracks"]}
        assert set(told.splitlines()) == texts, self.story()

    def compare(self, library: Path, *questions: list[str]) -> Path:
        """Compare the answers and the index, which is returned, with those of a fresh one."""
        fresh, at = made_anew(self.home, **self.settings), ["-l", str(library)]
        for asked in questions:
            kept, made = answer(self.home, *at, *asked), answer(fresh, *at, *asked)
            assert kept.keys() == made.keys(), self.story(asked)
            assert kept == pytest.approx(made, abs=ROUNDING), self.story(asked)
        index = library.with_name(f"{library.name}.melscribe")
        files = self.settings.get("file_tags", True)
        assert_as_new(index, fresh.index, self.story(), files=files)
        return index


@pytest.fixture
def world(home: Home, request: pytest.FixtureRequest) -> Iterator[World]:
    yield World(home, request.param)


@pytest.mark.parametrize("world", [1, 2], indirect=True)
def test_the_index_follows_whatever_happens(world: World) -> None:
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            world.step()
        world.check(world.rng.choice([world.home.database, world.home.database, world.other]))
    world.check(world.home.database)
    world.check(world.other)


@pytest.mark.parametrize("world", [3, 4, 5], indirect=True)
def test_the_index_follows_other_programs(world: World) -> None:
    library = world.home.database
    for _ in range(4):
        world.adds_album(library)
    for _ in range(WRITTEN):
        world.is_written_by_another_program(library)
        world.compare(library, world.rng.choice(QUESTIONS))


def test_moods_written_while_files_were_left_alone_are_read_later(home: Home) -> None:
    world = World(home, 0)
    world.makes_file(home.music / "a.mp3")
    beet(home, "import", "-A", "-s", str(home.music))
    for mood, file_tags in (("sad", True), ("calm", False), ("happy", True)):
        world.configure(file_tags=file_tags)
        world.tags_file(home.music / "a.mp3", mood)
        beet(home, "ls", "describe:folk")
    assert "happy" in beet(home, "ls", "-f", "$descriptors")
