"""`beet` processes that start quickly: forked from one that has the libraries loaded.

    code = run(["describe", "folk"], environment, stdin, stdout, stderr)

Only packages of others are loaded beforehand. The modules of this repository are imported in each
command, so that what it imports, and when, is as in a process of its own.

Run as a program, this is the process that is forked: the fork server.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

PATIENCE = 120.0  # seconds that a command may take
PACKAGES = (
    "beets.ui.commands",
    "click",
    "hnswlib",
    "mutagen",
    "numpy",
    "onnxruntime",
    "tokenizers",
)
# A fork has none of its parent's threads, and waits for ever for a lock that one of them held.
THREADLESS = {"OPENBLAS_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}


def run(
    args: Sequence[str], environment: Mapping[str, str], stdin: int, stdout: int, stderr: int
) -> int:
    """Run `beet` on these file descriptors; return its exit code, negative for a signal.

    Raises subprocess.TimeoutExpired when it had to be killed.
    """
    request = {"args": list(args), "environment": dict(environment), "folder": str(Path.cwd())}
    status, of_command = os.pipe()
    with os.fdopen(status, "rb", buffering=0) as answer, tempfile.TemporaryFile() as file:
        file.write(json.dumps(request).encode())
        file.seek(0)
        socket.send_fds(_server(), [b"!"], [file.fileno(), stdin, stdout, stderr, of_command])
        os.close(of_command)
        pid = int(answer.readline())
        if not select.select([answer], [], [], PATIENCE)[0]:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(args), PATIENCE)
        return int(answer.readline())


@cache
def _server() -> socket.socket:
    """Start the fork server of this process, which ends with it; return the way to it."""
    ours, its = socket.socketpair()
    subprocess.Popen(
        [sys.executable, __file__, str(its.fileno())],
        pass_fds=[its.fileno()],
        stdin=subprocess.DEVNULL,
        env={**os.environ, **THREADLESS},
        start_new_session=True,  # Ctrl-C is for the tests
    )
    its.close()
    return ours


# -- in the fork server


def _serve(requests: socket.socket) -> bool:
    """Fork for each request. Return in a command, with True, and at the end in the server."""
    sys.path.pop(0)  # this folder, whose modules have common names
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    threads = Path("/proc/self/task")
    assert not threads.exists() or len(list(threads.iterdir())) == 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies of the forks
    while True:
        message, descriptors, *_ = socket.recv_fds(requests, 1, 5)
        if not message:
            return False
        if not os.fork():
            requests.close()
            if _watch(descriptors[-1]):
                _become(descriptors[:-1])
                return True
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(status: int) -> bool:
    """Return True in a fork of this process, whose number and exit code are written to `status`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        os.close(status)
        return True
    os.write(status, b"%d\n" % pid)
    _, ended = os.waitpid(pid, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _become(descriptors: Sequence[int]) -> None:
    """Take the arguments, environment, folder and the three files of the command."""
    file, *standard = descriptors
    with os.fdopen(file, "rb") as opened:
        request = json.load(opened)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = [str(Path(sys.executable).with_name("beet")), *request["args"]]


if __name__ == "__main__" and _serve(socket.socket(fileno=int(sys.argv[1]))):
    from beets.ui import main

    main()
