"""Real `beet` processes that are cheap to start: forked from one that has everything loaded.

    with running() as forks:
        process = forks.start(home, "melindex")
        process.kill()
        done = process.wait()

Run as a program, this is the process that is forked. It has loaded modules and nothing else: no
config, no plugin, no session of the encoder.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support.forked import THREADLESS
from tests.support.home import Home
from tests.support.paths import ROOT

HANGS = 180.0  # seconds after which a command is taken to hang, however busy the machine is
MEMORY = 6 << 30  # bytes of address space: a command that eats memory fails, not the machine
LOADED = (
    "beets.ui.commands",
    "beetsplug.melscribe.describe",
    "beetsplug.melscribe.melindex",
    "beetsplug.melscribe.update",
    "beetsplug.melscribe.query_answer",
    "beetsplug.types",
    "hnswlib",
    "melscribe_core.catalogue.embedding",
    "melscribe_core.catalogue.names",
    "melscribe_core.catalogue.words",
    "melscribe_core.descriptors.filetags",
    "melscribe_core.search.search",
    "mutagen",
    "numpy",
    "onnxruntime",
    "tokenizers",
)
# What Python does to files is told to audit hooks; each such moment is one to be stopped at.
MOMENTS = ("open", "os.rename", "os.remove", "os.truncate", "sqlite3.connect", "os.chmod")
WRITERS = ("writing.py", "integrity.py", "lock.py")  # where a file is between old and new


@dataclass(frozen=True)
class Done:
    """What came of a command: its exit code, negative for a signal, and what it said."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Say whether it was killed before it ended."""
        return self.code == -signal.SIGKILL


class Process:
    """A command that was started."""

    def __init__(self, forks: Forks, pid: int, folder: Path) -> None:
        self.forks, self.pid, self._folder = forks, pid, folder

    def signal(self, number: int) -> None:
        """Send a signal; one that comes too late goes nowhere."""
        self.forks.ask(signal=number, pid=self.pid)

    def wait(self) -> Done:
        """Wait for the end; fail when the command hangs."""
        code = self.forks.ask(wait=self.pid)
        out, err = ((self._folder / name).read_text("utf-8", "replace") for name in ("out", "err"))
        assert code is not None, f"it hangs: {out[-500:]} {err[-500:]}"
        return Done(code, out, err)


class Forks:
    """The process that is forked."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._started = folder, 0
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **THREADLESS},
        )

    def close(self) -> None:
        """End it."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()

    def ask(self, **request: Any) -> Any:
        """Ask the process for something and return its answer."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def start(self, home: Home, *args: str, **options: Any) -> Process:
        """Start a command.

        Options: `patches`, by dotted name another number for one of our constants; `moment`, the
        number of the one of MOMENTS at which it sends itself the signal `number`; `line`, the same
        for the lines of WRITERS that it comes to; `file_size`, which no file may exceed;
        `no_network`, with which it dies at the first socket; `clock`, by how many seconds the time
        of day is off.
        """
        self._started += 1
        folder = self._folder / str(self._started)
        folder.mkdir()
        for name in ("out", "err"):
            (folder / name).touch()
        env = {"BEETSDIR": str(home.folder)}
        pid = self.ask(start=args, folder=str(folder), env=env, **options)
        return Process(self, pid, folder)

    def run(self, home: Home, *args: str, **options: Any) -> Done:
        """Run a command to its end."""
        return self.start(home, *args, **options).wait()


@contextmanager
def running() -> Iterator[Forks]:
    """Start the process that is forked, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        forks = Forks(Path(folder))
        try:
            yield forks
        finally:
            forks.close()


# -- in the process that is forked


def _serve() -> None:
    for name in LOADED:
        importlib.import_module(name)
    for name in WRITERS:
        assert list((ROOT / "melscribe_core").rglob(name)), f"there is no {name} any more"
    threads = Path("/proc/self/task")
    assert not threads.exists() or len(list(threads.iterdir())) == 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the command
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            answer: Any = _forked(request)
        elif "wait" in request:
            answer = _waited(request["wait"])
        else:
            os.kill(request["pid"], request["signal"])  # a zombie until it is waited for
            answer = None
        print(json.dumps(answer), flush=True)


def _forked(request: dict[str, Any]) -> int:
    pid = os.fork()
    if not pid:
        try:
            _become(request)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(99)
    return pid


def _waited(pid: int) -> int | None:
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGABRT)  # on which it says where it hangs
    os.waitpid(pid, 0)
    return None


def _become(request: dict[str, Any]) -> None:
    """Be the command, and end with its exit code."""
    folder = Path(request["folder"])
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY), descriptor)
    os.dup2(os.openpty()[1], 0)  # commands are typed, and nothing is typed to them
    faulthandler.enable()
    os.environ.update(request["env"])
    for dotted, value in request.get("patches", {}).items():
        module, _, name = dotted.rpartition(".")
        assert hasattr(sys.modules[module], name), f"there is no {dotted} any more"
        setattr(sys.modules[module], name, value)
    if "moment" in request:
        _stop_at_moment(_Fuse(request["moment"], request["number"]))
    if "line" in request:
        _stop_at_line(_Fuse(request["line"], request["number"]))
    if "clock" in request:
        right = time.time
        time.time = lambda: right() + request["clock"]
    if request.get("no_network"):
        sys.addaudithook(_refuse_sockets)
    if "file_size" in request:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_size"], resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os._exit(_command(request["start"]))


def _command(args: list[str]) -> int:
    from beets import ui

    code = 0
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ui.main(args)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        pass  # before beets has begun or after it has ended: what it catches does not come here
    except BaseException:
        traceback.print_exc()
        code = 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def _refuse_sockets(event: str, _: Any) -> None:
    if event.startswith("socket."):
        os.write(2, f"Traceback: {event}\n".encode())
        os._exit(98)


class _Fuse:
    """Send this process a signal, once, after so many steps."""

    def __init__(self, steps: int, number: int) -> None:
        self._left, self._number = steps, number

    def burn(self) -> None:
        self._left -= 1
        if self._left == -1:
            os.kill(os.getpid(), self._number)


def _stop_at_moment(fuse: _Fuse) -> None:
    def hook(event: str, _: Any) -> None:
        if event in MOMENTS:
            fuse.burn()

    sys.addaudithook(hook)


def _stop_at_line(fuse: _Fuse) -> None:
    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.endswith(WRITERS):
            return None
        if event == "line":
            fuse.burn()
        return trace

    sys.settrace(trace)


if __name__ == "__main__":
    _serve()
