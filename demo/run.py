"""Run MelScribe on a made-up library: import, index, describe, listen, write a playlist and a map.

    python demo/run.py [FOLDER]

The default FOLDER is .demo in this repository; the files of an earlier run there are replaced.
Every command is printed before it runs. If a step fails: one sentence and exit status 1.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = "Found Tapes"  # the album of the tracks to listen to, as make_library.py calls it
MARK = "# Made by demo/run.py, which replaces this folder at every run."
CONFIG = f"""{MARK}
directory: ../music
library: library.db
plugins: melscribe
create_backup_before_migrations: no
import:
  copy: no
  write: no
  duplicate_action: keep
"""
TASTE = """\
melscribe:
  taste:
    like: loved:true
"""


class Demo:
    """One demo folder: `music` holds the files, `beets` the configuration and the library."""

    def __init__(self, folder: Path) -> None:
        self.music = folder / "music"
        self.beets = folder / "beets"
        self.playlist = folder / "melancholic.m3u8"
        self.map = folder / "map.html"
        self.environment = {**os.environ, "BEETSDIR": str(self.beets.absolute())}

    def clear(self) -> None:
        """Remove the files of an earlier run; exit if the demo did not make them."""
        config = self.beets / "config.yaml"
        ours = config.is_file() and config.read_text(encoding="utf-8").startswith(MARK)
        made = (self.music, self.beets, self.playlist, self.map)
        theirs = [path for path in made if path.exists()]
        if theirs and not ours:
            sys.exit(f"{theirs[0]} was not made by the demo and stays; name another folder.")
        for file in (self.playlist, self.map):
            file.unlink(missing_ok=True)
        # The config with the mark goes last: the next run still knows a folder half removed.
        for part in (self.music, self.beets):
            shutil.rmtree(part, ignore_errors=True)
        self.beets.mkdir(parents=True)
        config.write_text(CONFIG, encoding="utf-8")

    def like(self, *query: str) -> None:
        """Mark the tracks of a query as loved, and tell MelScribe that loved ones are liked."""
        self.beet("modify", "-y", "-W", "-M", *query, "loved=true", silent=True)
        with (self.beets / "config.yaml").open("a", encoding="utf-8") as config:
            config.write(TASTE)
        print(f"\n$ cat >> {self.beets / 'config.yaml'}\n{TASTE}", end="")

    def make_library(self) -> None:
        """Make the audio files."""
        command = [sys.executable, "-m", "demo.make_library", str(self.music)]
        found = filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH")))
        self._run(
            command,
            shown=f"python {shlex.join(command[1:])}",
            environment={**self.environment, "PYTHONPATH": os.pathsep.join(found)},
        )

    def can_hear(self) -> bool:
        """Say whether there are tracks to listen to: none are made without the extra `listen`."""
        return any(self.music.glob(f"*/{FOUND}"))

    def beet(self, *arguments: str, silent: bool = False) -> None:
        """Run beet on the demo's library; `silent` prints its output only if it fails."""
        beet = Path(sys.executable).with_name("beet")  # in the environment of this script
        if not beet.exists():
            sys.exit(f"There is no {beet}; install MelScribe for {sys.executable} first.")
        self._run([str(beet), *arguments], shown=shlex.join(["beet", *arguments]), silent=silent)

    def _run(
        self,
        command: list[str],
        *,
        shown: str,
        silent: bool = False,
        environment: dict[str, str] | None = None,
    ) -> None:
        print(f"\n$ {shown}", flush=True)
        output = subprocess.PIPE if silent else None
        done = subprocess.run(
            command,
            env=environment or self.environment,
            check=False,
            stdout=output,
            stderr=output,
        )
        if done.returncode != 0:
            for stream in filter(None, (done.stdout, done.stderr)):
                print(stream.decode(errors="replace"))
            sys.exit(f"`{shown}` failed with exit status {done.returncode}.")


def count_entries(playlist: Path) -> int:
    """Return the number of tracks in the playlist; exit if there are none or a file is missing."""
    if not playlist.is_file():
        sys.exit(f"The playlist {playlist} was not written.")
    entries = [line for line in playlist.read_bytes().splitlines() if not line.startswith(b"#")]
    if not entries:
        sys.exit(f"The playlist {playlist} is empty.")
    for entry in map(os.fsdecode, entries):
        if not (playlist.parent / entry).is_file():
            sys.exit(f"The playlist {playlist} names {entry}, which does not exist.")
    return len(entries)


def main(folder: Path) -> None:
    """Run the demo from an empty folder to a playlist and a map."""
    demo = Demo(folder)
    print("A library of silent files with real tags:")
    demo.clear()
    demo.make_library()
    demo.beet("import", "-qA", str(demo.music), silent=True)
    demo.beet("stats")

    print("\nIndex it, then ask:")
    demo.beet("melindex")
    demo.beet("describe", "-n", "5", "quiet piano for a rainy evening")
    demo.beet("describe", "-n", "3", "--explain", "music to dance all night")
    demo.beet("describe", "-n", "5", "tender love songs", "year:1950..1979")
    demo.beet("describe", "melancholic acoustic pop", "-m", str(demo.playlist))
    if demo.can_hear():
        print("\nListen to the tracks without genres and moods, and ask for how they sound:")
        demo.beet("melindex", "--listen", f"album:{FOUND}")
        demo.beet("describe", "-n", "3", "--explain", "slow strings")
        demo.beet("describe", "-n", "3", "--explain", "fast energetic techno")
    demo.beet("describe", "-n", "5", "calm flute", "--map", str(demo.map))
    print("\nLove what is jazz, and ask for the same as before, with that taste and without:")
    demo.like("genres:jazz")
    demo.beet("melindex", "--taste")
    demo.beet("describe", "-n", "3", "--explain", "quiet piano for a rainy evening")
    demo.beet("describe", "-n", "3", "--no-taste", "quiet piano for a rainy evening")

    print(f"\n{count_entries(demo.playlist)} tracks in {demo.playlist}, and every one exists.")
    beet = os.path.relpath(Path(sys.executable).with_name("beet"))
    print(f"The map of the library is {demo.map}; open it in a browser.")
    print(f'Now you: BEETSDIR={demo.beets} {beet} describe "..."')


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: python demo/run.py [FOLDER]")
    default = Path(os.path.relpath(HERE.parent / ".demo"))
    main(Path(sys.argv[1]) if len(sys.argv) == 2 else default)
