"""The shape of the code: who imports whom, and what loading the plugin may cost."""

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CORE = ROOT / "melscribe_core"
PLUGIN_FOLDER = ROOT / "beetsplug" / "melscribe"
HEAVY = {
    "hnswlib",
    "onnxruntime",
    "tokenizers",
    "torch",
    "sentence_transformers",
    "mutagen",
    "click",
}
# of the plugin: beets loads it at every command
AT_START = {"defaults", "options", "query"}

EVERYWHERE = {"arrays", "errors", "text"}  # leaves that every wing may import
# wing of the core -> the wings that it may import, beside EVERYWHERE
WINGS: dict[str, set[str]] = {
    "arrays": set(),
    "errors": set(),
    "text": set(),
    "files": set(),
    "songs": set(),
    "languages": set(),
    "descriptors": {"languages"},
    "encoder": set(),
    "catalogue": {"descriptors", "encoder", "files"},
    "hearing": {"catalogue", "encoder"},
    "lending": {"catalogue", "descriptors", "hearing", "request"},
    "request": {"languages", "songs"},
    "conversation": {"request"},
    "taste": {"catalogue", "descriptors"},
    "search": {"catalogue", "descriptors", "encoder", "languages", "request", "taste"},
    "playlist": {"files", "search", "songs"},
    "map": {"files"},
    "index": {"catalogue", "descriptors", "encoder", "search"},
}
# wing -> its modules from the first to the last: each may import those before it
ORDER = {
    "files": ["writing", "file_types", "overwriting"],
    "songs": ["song", "versions"],
    "languages": ["lists", "glossary", "detection", "phrases", "rulebook"],
    "descriptors": [
        "tables",
        "absences",
        "pieces",
        "vocabulary",
        "spelt",
        "fields",
        "sets",
        "lent",
        "filetags",
    ],
    "hearing": [
        "outputs",
        "sound",
        "mel",
        "tempo",
        "decoders",
        "excerpts",
        "nets",
        "hearing",
        "containers",
        "content",
        "marking",
        "records",
        "rescue",
        "heard",
        "thresholds",
        "agreement",
        "judgement",
        "likeness",
        "learned",
        "learning",
        "tower",
    ],
    "taste": ["taste", "preferred", "learning", "stored"],
    "lending": ["artists", "kinds", "siblings", "lender", "hearing"],
    "encoder": ["truncation", "calibration", "model_folder", "onnx", "sentence_encoder", "encoder"],
    "catalogue": [
        "lock",
        "checksum",
        "integrity",
        "packed",
        "schema",
        "database",
        "tracks",
        "vectors",
        "excess",
        "words",
        "file_tags",
        "mirror",
        "columns",
        "names",
        "facts",
        "catalogue",
        "embedding",
        "neighbours",
    ],
    "request": [
        "folding",
        "grammar",
        "foreign",
        "request",
        "refinement",
        "joint_names",
        "spelling",
        "names",
        "resolution",
        "near_names",
    ],
    "conversation": [
        "places",
        "edges",
        "clauses",
        "phrases",
        "judging",
        "questions",
        "afresh",
        "unwanted",
        "onward",
        "changes",
        "wishes",
        "moves",
        "wording",
        "remark",
    ],
    "search": [
        "words",
        "exclusion",
        "mentions",
        "everyday",
        "lookup",
        "rendering",
        "slips",
        "recognition",
        "question",
        "candidates",
        "hit",
        "loans",
        "titles",
        "search",
    ],
    "playlist": [
        "limits",
        "order",
        "duration",
        "choice",
        "leading",
        "freshness",
        "m3u_reading",
        "m3u",
        "m3u_entries",
        "difference",
    ],
    "map": ["families", "layout", "regions", "page"],
}


# module of the plugin -> the modules of the plugin that it may import, at its top or when it runs
PLUGIN: dict[str, set[str]] = {
    "defaults": set(),
    "options": {"defaults"},
    "errors": set(),
    "settings": {"defaults", "options"},
    "progress": set(),
    "library": {"errors"},
    "facts": set(),
    "filters": {"errors", "facts", "library"},
    "reasons": {"filters"},
    "output": {"errors", "reasons"},
    "file_tags": {"library", "progress"},
    "name_index": {"library"},
    "mirror": {"errors", "library"},
    "index_file": {"library", "settings"},
    "lending": {"index_file", "settings"},
    "learning": {"index_file", "lending", "progress"},
    "index": {
        "facts",
        "file_tags",
        "index_file",
        "learning",
        "lending",
        "library",
        "mirror",
        "name_index",
        "output",
        "progress",
        "settings",
    },
    "request": {"options"},
    "names": {"filters", "name_index", "request"},
    "known_words": {"index"},
    "foreign": {"index", "known_words"},
    "words": {"foreign", "index", "known_words", "name_index", "output", "request"},
    "asides": {"request"},
    "notes": {"index", "settings"},
    "limits": {"request", "settings"},
    "sounding": {"index", "index_file"},
    "plays": set(),
    "likes": {"filters", "library", "plays", "settings"},
    "learned_taste": {"index_file", "likes", "settings"},
    "taste": {"learned_taste", "plays", "request", "settings"},
    "answer": {
        "asides",
        "facts",
        "filters",
        "foreign",
        "index",
        "library",
        "limits",
        "name_index",
        "names",
        "notes",
        "output",
        "request",
        "settings",
        "sounding",
        "taste",
        "words",
    },
    "turns": {"request"},
    "talk_file": {"library", "options", "request", "turns"},
    "remarks": {
        "facts",
        "index",
        "library",
        "name_index",
        "names",
        "output",
        "request",
        "turns",
        "words",
    },
    "conversation": {
        "answer",
        "foreign",
        "index",
        "library",
        "name_index",
        "names",
        "output",
        "remarks",
        "request",
        "settings",
        "turns",
        "words",
    },
    "playlist_file": {"errors", "library", "options", "settings"},
    "player": {"errors"},
    "map": {"answer", "index", "library", "names", "progress"},
    "listening": {"index", "index_file", "library", "progress"},
    "heard_field": {"index", "index_file", "library", "output", "progress"},
    "melindex": {
        "errors",
        "filters",
        "heard_field",
        "index",
        "learned_taste",
        "library",
        "listening",
        "map",
        "output",
        "progress",
        "settings",
    },
    "query_answer": {
        "answer",
        "index",
        "library",
        "limits",
        "name_index",
        "notes",
        "output",
        "progress",
        "request",
        "settings",
    },
    "query": {"errors", "query_answer", "settings"},
    "describe": {
        "answer",
        "conversation",
        "filters",
        "index",
        "index_file",
        "library",
        "map",
        "output",
        "player",
        "playlist_file",
        "query",
        "request",
        "settings",
        "talk_file",
        "turns",
    },
    "saved": {"filters", "options", "request", "settings"},
    "replay": {"answer", "conversation", "index", "request", "saved", "settings", "turns"},
    "saved_commands": {
        "answer",
        "describe",
        "index",
        "index_file",
        "output",
        "replay",
        "request",
        "saved",
        "settings",
        "talk_file",
    },
    "chat_lines": set(),
    "chat_commands": {
        "answer",
        "chat_lines",
        "conversation",
        "index",
        "index_file",
        "library",
        "output",
        "player",
        "playlist_file",
        "reasons",
        "request",
        "saved",
        "saved_commands",
        "settings",
        "talk_file",
        "turns",
    },
    "chat": {
        "chat_commands",
        "chat_lines",
        "conversation",
        "describe",
        "errors",
        "index",
        "index_file",
        "output",
        "playlist_file",
        "request",
        "settings",
        "talk_file",
        "turns",
    },
    "update": {
        "answer",
        "index",
        "index_file",
        "names",
        "output",
        "playlist_file",
        "replay",
        "saved",
        "settings",
    },
    "auto": {
        "file_tags",
        "index",
        "index_file",
        "learned_taste",
        "library",
        "listening",
        "output",
        "progress",
        "settings",
        "update",
    },
    "__init__": {"auto", "defaults", "errors", "options", "query", "settings"},
}
# What a reader takes in at one look; above it a warning, since length alone is not a fault.
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION, METHODS_OF_A_CLASS = 400, 40, 25


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if not is_for_types(node):
            yield node
            yield from run_time(node)


def imports(path: Path, nodes: Callable[[ast.AST], Iterator[ast.AST]] = ast.walk) -> set[str]:
    """Return the dotted names that a file imports, at its top or inside."""
    found: set[str] = set()
    for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def core_parts(path: Path) -> list[tuple[str, str]]:
    """Return (wing, module) of what a file imports of the core."""
    names = (name.split(".") for name in imports(path) if name.startswith("melscribe_core."))
    return [(parts[1], parts[2] if len(parts) > 2 else "") for parts in names]


def wing_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


MODULES = [path for path in sorted(CORE.rglob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_go_one_way(path: Path) -> None:
    wing = wing_of(path)
    assert {other for other, _ in core_parts(path)} <= {wing, *EVERYWHERE, *WINGS[wing]}


@pytest.mark.parametrize("wing", ORDER)
def test_a_wing_is_read_from_its_first_module_to_its_last(wing: str) -> None:
    order = ORDER[wing]
    there = {path.stem for path in (CORE / wing).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__", "data", "model"} == set(order)
    for at, module in enumerate(order):
        path = CORE / wing / f"{module}.py"
        files = [path] if path.exists() else sorted((CORE / wing / module).glob("*.py"))
        for file in files:
            used = {name for other, name in core_parts(file) if other == wing and name in order}
            assert used <= set(order[: at + 1]), file


PACKAGES = [
    path.parent
    for top in ("melscribe_core", "trainer", "benchmarks")
    for path in sorted((ROOT / top).rglob("__init__.py"))
]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_says_what_each_of_its_modules_is_for(package: Path) -> None:
    said = (package / "__init__.py").read_text(encoding="utf-8")
    there = {path.stem for path in package.glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert not {name for name in there if not re.search(rf"\b{name}\b", said)}


def test_the_wings_import_in_one_direction() -> None:
    """A wing comes after all that it may import, so there is no way round."""
    done = list(EVERYWHERE)
    left = {wing: set(may) for wing, may in WINGS.items()}
    while left:
        ready = [wing for wing, may in left.items() if may <= set(done)]
        assert ready, left
        for wing in ready:
            done.append(wing)
            del left[wing]


@pytest.mark.parametrize("module", PLUGIN)
def test_a_module_of_the_plugin_imports_what_it_may(module: str) -> None:
    names = [name.split(".") for name in imports(PLUGIN_FOLDER / f"{module}.py", run_time)]
    used = {parts[2] for parts in names if parts[:2] == ["beetsplug", "melscribe"]}
    assert used <= PLUGIN[module]


def test_the_modules_of_the_plugin_import_in_one_direction() -> None:
    assert {path.stem for path in PLUGIN_FOLDER.glob("*.py")} == PLUGIN.keys()
    before: set[str] = set()
    for module, may in PLUGIN.items():
        if module == "__init__":  # its pages are named in a table: see PAGES
            continue
        assert may <= before, module
        before.add(module)


def sizes(path: Path) -> Iterator[str]:
    """Yield what is longer in a file than a reader takes in at one look."""
    text = path.read_text(encoding="utf-8")
    where = path.relative_to(ROOT)
    if (lines := text.count("\n")) > LINES_OF_A_MODULE:
        yield f"{where}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{where}: {node.name} has {lines} lines"
        if isinstance(node, ast.ClassDef):
            public = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            public = [one for one in public if not one.name.startswith("_")]
            if len(public) > METHODS_OF_A_CLASS:
                yield f"{where}: {node.name} has {len(public)} public methods"


def test_what_is_long_is_listed() -> None:
    tops = ("beetsplug", "melscribe_core", "trainer", "benchmarks", "demo")
    files = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    long = [line for path in files for line in sizes(path)]
    if long:
        warnings.warn("long: " + "; ".join(long), stacklevel=1)


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: p.stem)
def test_core_knows_neither_beets_nor_the_trainer(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & {"beets", "beetsplug", "confuse", "trainer", "melscribe_trainer"}


@pytest.mark.parametrize("path", sorted((ROOT / "trainer").rglob("*.py")), ids=lambda p: p.stem)
def test_trainer_knows_nothing_of_beets(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"beets", "beetsplug"}


def test_beetsplug_stays_a_namespace() -> None:
    # An __init__.py here would hide beets' own plugins.
    assert not (ROOT / "beetsplug" / "__init__.py").exists()


def loaded_after(code: str) -> set[str]:
    """Return the modules that a new process has loaded after beets and then this code."""
    script = f"import sys; import beets.ui; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import beetsplug.melscribe as m; m.MelScribePlugin().commands()"
    loaded = loaded_after(code) - loaded_after("pass")
    assert not {name.split(".")[0] for name in loaded} & HEAVY


def test_loading_the_plugin_loads_only_what_every_command_needs() -> None:
    loaded = loaded_after("import beetsplug.melscribe as m; m.MelScribePlugin().commands()")
    ours = {n for n in loaded if n.split(".")[0] in ("beetsplug", "melscribe_core")}
    needed = {f"beetsplug.melscribe.{name}" for name in AT_START}
    assert ours == {"beetsplug", "beetsplug.melscribe", *needed}
