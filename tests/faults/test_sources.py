"""What our code never does: run text as code, start a shell, load a pickle, open a connection."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SERVED = ("beetsplug", "melscribe_core")  # what runs on a person's machine at every command
ALL = (*SERVED, "trainer", "benchmarks", "demo")

CODE = {"eval", "exec", "compile", "__import__", "code.interact", "runpy.run_path"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "jsonpickle"}
STARTS = ("os.exec", "os.spawn", "pickle.", "marshal.load")  # marshal.dumps only writes
NETWORKS = {"socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "ftplib"}
NETWORKS |= {"smtplib", "asyncio", "socketserver", "xmlrpc", "webbrowser", "aiohttp"}
# A peer that is measured keeps its words as scikit-learn's users do; it reads only what it wrote.
MEASURED = {"benchmarks/speed/peers.py": ["joblib"]}
# The program ffmpeg decodes what libsndfile cannot; libmpg123 prints by itself, below Python.
DECODERS = "melscribe_core/hearing/decoders"
NEEDED = {f"{DECODERS}/program.py": ["subprocess"], f"{DECODERS}/quiet.py": ["ctypes"]}
PROCESSES = {"subprocess", "multiprocessing", "pty", "ctypes", "cffi"}


def sources(*tops: str) -> list[Path]:
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(tree: ast.AST) -> set[str]:
    """Return the modules that are imported, at the top or inside: "a", and "a.b" for a.b."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update((node.module, *(f"{node.module}.{a.name}" for a in node.names)))
    return found | {name.split(".")[0] for name in found}


def offences(source: str, *, served: bool) -> list[str]:
    """Return what a source does that it should not."""
    tree = ast.parse(source)
    found = sorted(imported(tree) & (PICKLES | (NETWORKS | PROCESSES if served else set())))
    for name, call in calls(tree):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if name in CODE | SHELLS or name.startswith(STARTS):
            found.append(name)
        if given.get("shell", "False") != "False":
            found.append(f"{name}(shell=...)")
        if name.endswith("yaml.load") and "Safe" not in source:
            found.append(name)
        if (
            given.get("allow_pickle", "False") != "False"
            or given.get("trust_remote_code") == "True"
        ):
            found.append(name)
        if name == "torch.load" and given.get("weights_only") != "True":
            found.append(name)
    return found


@pytest.mark.parametrize("path", sources(*ALL), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_code_that_is_data(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    served = name.split("/")[0] in SERVED
    assert offences(path.read_text(encoding="utf-8"), served=served) == (MEASURED | NEEDED).get(
        name, []
    )


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "exec(text)",
        "import pickle",
        "from pickle import loads",
        "marshal.loads(data)",
        "import os; os.system('ls')",
        "import os; os.execv(path, [])",
        "subprocess.run(text, shell=True)",
        "yaml.load(text)",
        "np.load(path, allow_pickle=True)",
        "torch.load(path)",
        "Model(path, trust_remote_code=True)",
        "def f():\n    import urllib.request",
        "from urllib import request",
        "import subprocess",
    ],
)
def test_the_scan_sees_what_it_looks_for(source: str) -> None:
    assert offences(source, served=True)
