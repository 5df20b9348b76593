"""Any bytes of any file beside the library change: noticed and repaired, or without effect.

Never another answer in silence, never a traceback, never a hang.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import NoReturn

import confuse
import pytest
from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe.answer import answer
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.saved import read_file
from beetsplug.melscribe.settings import Settings, read_settings
from beetsplug.melscribe.talk_file import packed_turns, talk_file, unpacked_turns
from beetsplug.melscribe.turns import Turn
from melscribe_core.catalogue import neighbours
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import MelScribeError
from tests.faults.sizes import cases
from tests.support.home import Home

HANGS = 20  # seconds
WORDS = "folk jazz dub soul techno sad happy calm dark warm piano guitar drums strings".split()
SIDECARS = ("", ".hnsw", ".hnsw.json", ".seal")
Answer = list[tuple[int, float]]


@dataclass(frozen=True)
class Case:
    """A home with an index, how it answers, and the bytes of its files as they are to be."""

    home: Home
    lib: Library
    settings: Settings
    folder: Path
    expected: Answer

    def restore(self) -> None:
        """Let all files be as they were, times and all."""
        for file in self.home.folder.glob("library.db.melscribe*"):
            file.unlink()
        for file in self.folder.iterdir():
            shutil.copy2(file, self.home.folder)
        # A copy is a file of its own to the seals; let them see it once.
        self.ask()

    def ask(self) -> tuple[Answer, list[str]]:
        """Ask as `describe` does; return the answer and what there is to say."""
        return with_index(self.lib, self.settings, self._ask)

    def _ask(self, index: LibraryIndex) -> tuple[Answer, list[str]]:
        notes = index.bring_up_to_date()
        asked = UserRequest(text="sad folk with piano", options={"number": 12})
        picks = answer(index, asked, self.settings, None).chosen.picks
        return [(pick.song.track, round(pick.hit.score, 3)) for pick in picks], notes


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Let a few texts have a graph, and load the encoder once: the cases are many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "GRAPH_FROM", 4)
        patch.setattr(neighbours, "PATIENCE", 0)
        patch.setattr("beetsplug.melscribe.index.load_encoder", cache(load_encoder))
        yield


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    home = Home(tmp_path_factory.mktemp("home"))
    rng = Random(0)
    home.add(*({"title": str(n), "genres": rng.sample(WORDS, 3)} for n in range(40)))
    config = confuse.Configuration("tests", read=False)
    config["melscribe"].add(DEFAULTS)
    config.set({"melscribe": {"file_tags": False, "min_score": 0, "per_artist": 0}})
    folder = tmp_path_factory.mktemp("whole")
    lib = home.library()
    case = Case(home, lib, read_settings(config["melscribe"]), folder, [])
    case.ask()
    expected, notes = case.ask()
    assert notes == []
    assert len(expected) == 12
    for file in home.folder.glob("library.db.melscribe*"):
        shutil.copy2(file, folder)
    assert {f"library.db.melscribe{end}" for end in SIDECARS} == {p.name for p in folder.iterdir()}
    yield Case(home, lib, case.settings, folder, expected)
    lib._close()


@contextmanager
def no_hang() -> Iterator[None]:
    def hangs(number: int, frame: FrameType | None) -> NoReturn:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- what happens to a file


def truncated(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def flipped(content: bytes, rng: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 4, 64])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwritten(content: bytes, rng: Random) -> bytes:
    start, size = rng.randrange(len(content)), rng.choice([1, 16, 512, 4096])
    lost = len(content[start : start + size])
    return (
        content[:start] + rng.choice([bytes(lost), rng.randbytes(lost)]) + content[start + lost :]
    )


def lengthened(content: bytes, rng: Random) -> bytes:
    return content + rng.randbytes(rng.choice([1, 100, 4096]))


def exchanged(content: bytes, rng: Random) -> bytes:
    """Exchange two pages: each is as it was, in another place."""
    pages = [content[i : i + 4096] for i in range(0, len(content), 4096)]
    one, other = rng.randrange(len(pages)), rng.randrange(len(pages))
    pages[one], pages[other] = pages[other], pages[one]
    return b"".join(pages)


DAMAGES: list[Callable[[bytes, Random], bytes]] = [
    truncated,
    flipped,
    flipped,
    overwritten,
    lengthened,
    exchanged,
]


def damage(path: Path, rng: Random) -> bool:
    """Damage a file, and hide that by its time now and then; say whether its bytes changed."""
    before, content = path.stat(), path.read_bytes()
    damaged = rng.choice(DAMAGES)(content, rng)
    if rng.random() < 0.1:
        path.unlink()
        damaged = b""
    else:
        path.write_bytes(damaged)
        if rng.random() < 0.5:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return damaged != content


@pytest.mark.filterwarnings("error")  # numpy warns of numbers that are none
@pytest.mark.parametrize("end", SIDECARS)
def test_damage_is_noticed_or_harmless(case: Case, end: str) -> None:
    told = 0
    for seed in cases(30, 600):
        rng = Random(f"{end} {seed}")
        case.restore()
        path = case.home.folder / f"library.db.melscribe{end}"
        changed = damage(path, rng)
        with no_hang():
            found, notes = case.ask()
            assert found == case.expected, (end, seed, notes)
            told += bool(notes)
            if changed and end == "" and path.exists():
                assert notes, (end, seed)  # the index itself: always one sentence
            assert len(notes) <= 2, notes
            again, later = case.ask()
        assert (again, later) == (case.expected, []), (end, seed)
    assert told or end == ".seal"  # whose loss costs one examination and nothing else


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("end", SIDECARS[:3])
def test_damage_that_no_seal_tells_of_ends_in_no_traceback(case: Case, end: str) -> None:
    """After a kill there is no seal; SQLite and the vectors' lengths are asked then."""
    for seed in cases(20, 300):
        rng = Random(f"unsealed {end} {seed}")
        case.restore()
        Custody(case.home.index).unseal()
        damage(case.home.folder / f"library.db.melscribe{end}", rng)
        with no_hang(), suppress(MelScribeError, UserError):
            found, _ = case.ask()
            assert len(found) <= len(case.expected)
            case.ask()


def test_several_files_at_once(case: Case) -> None:
    for seed in cases(10, 200):
        rng = Random(seed)
        case.restore()
        for end in SIDECARS[:3]:
            damage(case.home.folder / f"library.db.melscribe{end}", rng)
        with no_hang():
            assert case.ask()[0] == case.expected
            assert case.ask() == (case.expected, [])


def test_a_last_request_that_is_damaged(case: Case) -> None:
    file = talk_file(case.home.index)
    turns = [Turn(UserRequest(text="sad folk", options={"number": 4}), (1, 2), (3,))]
    for seed in cases(30, 300):
        file.write_bytes(packed_turns(turns, {1: 10.0, 2: 20.0, 3: 30.0}))
        damage(file, Random(seed))
        with no_hang(), suppress(ValueError, OSError):
            assert all(isinstance(turn, Turn) for turn, _ in unpacked_turns(file.read_bytes()))


def test_saved_descriptions_that_are_damaged(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "saved.yaml"
    whole = "- name: rainy\n  describe: sad folk, no drums\n  number: 4\n  seed: 7\n"
    for seed in cases(30, 300):
        file.write_text(whole, encoding="utf-8")
        damage(file, Random(seed))
        with no_hang(), suppress(UserError, confuse.ConfigError):
            assert isinstance(read_file(file), list)


def test_a_journal_that_is_no_journal(case: Case) -> None:
    """SQLite would play it into the index."""
    for seed in cases(10, 100):
        rng = Random(seed)
        case.restore()
        journal = case.home.folder / "library.db.melscribe-journal"
        journal.write_bytes(rng.choice([b"", rng.randbytes(3000), bytes(512)]))
        with no_hang():
            assert case.ask()[0] == case.expected
