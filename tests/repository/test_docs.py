"""What the documents promise: every option and key is in them, and what they show can be typed."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from beetsplug.melscribe import options
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.saved import keys
from melscribe_trainer.cli import main as trainer
from tests.support.home import Home
from tests.support.paths import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.md"))
OTHERS = [
    ROOT / name
    for name in (
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "demo/README.md",
        "melscribe_core/encoder/model/MODEL_CARD.md",
        "melscribe_core/hearing/model/MODEL_CARD.md",
    )
]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
PLUGINS = "melscribe play convert smartplaylist"  # whose commands the documents show
# Need packages of their own, so only their names are checked.
ELSEWHERE = {"lastgenre", "lastimport", "web"}
PIPES = {"|", "||", "&&", ";", ">", ">>", "<"}

# Reads lists of arguments from stdin; prints what the real parsers say to each, and what there is.
PARSE = """
import contextlib, io, json, sys
from beets import plugins
from beets.ui.commands import default_commands

plugins.load_plugins()
commands = {}
for command in (*default_commands, *plugins.commands()):
    for name in (command.name, *command.aliases):
        commands.setdefault(name, command)

def said(words):
    if words[0] not in commands:
        return f"there is no command {words[0]}"
    screen = io.StringIO()
    try:
        with contextlib.redirect_stderr(screen):
            commands[words[0]].parse_args(words[1:])
    except SystemExit:
        return screen.getvalue() or "it ends at once"
    return ""

def options(parser):
    lists = [parser.option_list, *(group.option_list for group in parser.option_groups)]
    return [[*option._short_opts, *option._long_opts] for options in lists for option in options]

helps = {}
for command in plugins.commands():
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen):
        command.print_help()
    helps[command.name] = screen.getvalue()

ours = [plugin for plugin in plugins.find_plugins() if plugin.name == "melscribe"][0]
print(json.dumps({
    "helps": helps,
    "said": [said(words) for words in json.load(sys.stdin)],
    "options": {c.name: options(c.parser) for c in ours.commands()},
    "names": [name for c in ours.commands() for name in (c.name, *c.aliases)],
    "queries": [*ours.item_queries, *ours.album_queries],
    "fields": [*ours.template_fields, *ours.album_template_fields],
}))
"""


def blocks(page: Path) -> list[str]:
    """Return the content of each fenced block of a page."""
    return re.findall(r"^```\w*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def spans(text: str) -> list[str]:
    """Return what stands in backticks outside of fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def lines(page: Path) -> Iterator[str]:
    """Yield the lines of a page's blocks, without a prompt or a crontab's times in front."""
    for content in blocks(page):
        for line in content.replace("\\\n", " ").splitlines():
            yield re.sub(r"^(\$ |[\d*/,-]+( [\d*/,-]+){4}\s+)", "", line.strip())


def commands_of(page: Path, name: str) -> Iterator[str]:
    """Yield the commands of a program that a page shows, in blocks and in its text."""
    in_text = spans(page.read_text(encoding="utf-8"))
    yield from (line for line in (*lines(page), *in_text) if line.startswith(f"{name} "))


def words_of(command: str) -> list[str]:
    """Return the arguments of a command as a shell would split them, up to a pipe or a comment."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if word in PIPES:
            break
        words.append(word)
    return words[1:]


COMMANDS = [(page, command) for page in PAGES for command in commands_of(page, "beet")]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what beet's own parsers say to every command shown, and what our plugin has."""
    home = Home(tmp_path_factory.mktemp("beets"))
    home.configure(plugins=PLUGINS)
    done = subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps([words_of(command) for _, command in COMMANDS]),
        env=home.environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_command_that_is_shown_can_be_typed(real: dict[str, Any]) -> None:
    assert len(COMMANDS) > 60
    wrong = [
        f"{page.name}: {command}: {said.strip().splitlines()[-1]}"
        for (page, command), said in zip(COMMANDS, real["said"], strict=True)
        if said and words_of(command)[0] not in {*ELSEWHERE, "-P", "-l", "-v"}
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["describe", "melindex"])
def test_the_help_shows_examples_that_can_be_typed(real: dict[str, Any], name: str) -> None:
    text = real["helps"][name]
    _, after = text.split("\nExamples:\n")
    examples = [line.strip() for line in after.splitlines() if line.startswith("  beet ")]
    assert len(examples) == {"describe": 4, "melindex": 3}[name]
    for example in examples:
        command, *words = words_of(re.split(r"\s{2,}", example)[0])
        options = {name for names in real["options"][command] for name in names}
        assert command == name
        assert {word for word in words if word.startswith("-")} <= options
    for page in re.findall(r"docs/\w+\.md", after):
        assert (ROOT / page).is_file()
    assert max(map(len, after.splitlines())) < 80


def section(title: str) -> str:
    """Return the part of the reference under a heading that begins so."""
    parts = re.split(r"^## ", REFERENCE, flags=re.M)
    (found,) = (part for part in parts if part.startswith(title))
    return found


def rows(text: str) -> str:
    """Return the first cells of a text's tables."""
    return "\n".join(re.findall(r"^\| (.*?) \|", text, re.M))


def test_every_option_is_in_the_reference(real: dict[str, Any]) -> None:
    where = {
        "describe": rows(section("`beet describe") + section("Saved descriptions")),
        "melindex": rows(section("`beet melindex")),
    }
    missing = [
        f"{command} {name}"
        for command, options in real["options"].items()
        for names in options
        for name in names
        if name not in ("-h", "--help")
        and not re.search(rf"(?<![\w-]){name}(?![\w-])", where[command])
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("groups", "headings"),
    [
        (options.DESCRIBE, ("`beet describe", "Saved descriptions")),
        (options.MELINDEX, ("`beet melindex",)),
    ],
    ids=["describe", "melindex"],
)
def test_the_reference_writes_an_option_as_the_table_has_it(
    groups: Sequence[options.Group], headings: Sequence[str]
) -> None:
    written = [span for heading in headings for span in spans(rows(section(heading)))]
    missing = []
    for option in options.options(groups):
        value = f" {option.value}" if option.value else ""
        for flag in filter(None, (option.short, option.flag)):
            as_written = rf"(^|\s){re.escape(flag + value)}(?![\w-])"  # also in a whole command
            if not any(re.search(as_written, one) for one in written):
                missing.append(flag + value)
    assert missing == []


def test_no_option_is_documented_that_is_none(real: dict[str, Any]) -> None:
    there = {name for options in real["options"].values() for names in options for name in names}
    shown = {
        option
        for page in ("reference.md", "requests.md", "recipes.md", "troubleshooting.md")
        for span in spans((ROOT / "docs" / page).read_text(encoding="utf-8"))
        if not span.startswith("beet ")  # beets' own commands have their own
        for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", span)
    }
    assert shown - there == set()


def test_every_command_query_and_field_is_in_the_reference(real: dict[str, Any]) -> None:
    shown = spans(REFERENCE)
    for name in real["names"]:
        assert any(span.split()[:2] == ["beet", name] for span in shown), name
    for name in real["queries"]:
        assert any(re.match(rf"{name}(:|$)", span) for span in shown), name
    for name in real["fields"]:
        assert name in shown, name


def flat(settings: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each key as the reference writes it, with its default."""
    for key, value in settings.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def written(value: object) -> str:
    """Return a value as YAML has it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def test_every_key_is_in_the_reference_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*?) \|", section("Config"), re.M))
    assert rows.keys() == dict(flat(DEFAULTS)).keys()
    for key, value in flat(DEFAULTS):
        if value not in (None, ""):  # what these mean is said in words
            assert rows[key] == f"`{written(value)}`", key


def test_every_key_of_a_saved_description_is_in_the_reference() -> None:
    shown = spans(section("Saved descriptions"))
    assert [key for key in keys() if key not in shown] == []


def test_poor_tags_get_one_advice(home: Home) -> None:
    home.add({"title": "a", "genres": ["Folk"]})
    advice = home.beet("melindex").stdout.splitlines()[-1]
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    (block,) = (block for block in re.findall(r"```yaml\n(.*?)```", page, re.S) if "count" in block)
    settings = yaml.safe_load(block)["lastgenre"]
    # The rows of the table that were measured: the last of them is the best that lastgenre can do.
    *_, best, _ = re.findall(r"^\| (.*?) \|.*%", page, re.M)
    measured = dict(re.findall(r"`(\w+): (\w+)`", best))
    assert measured.items() <= {key: written(value) for key, value in settings.items()}.items()
    assert dict(re.findall(r"`(\w+): (\w+)`", advice)) == {
        key: written(value) for key, value in settings.items()
    }


def test_every_command_of_the_trainer_that_is_shown_can_be_typed() -> None:
    shown = [
        words_of(command) for page in PAGES for command in commands_of(page, "melscribe-train")
    ]
    assert len(shown) > 8
    for name, *words in shown:
        command = trainer.commands[name]
        command.make_parser(click.Context(command)).parse_args(words)  # raises NoSuchOption


def test_every_benchmark_that_is_shown_can_be_typed() -> None:
    texts = [page.read_text(encoding="utf-8") for page in (*PAGES, *BENCHMARKS)]
    shown = [
        found
        for text in texts
        for found in re.findall(r"python -m (benchmarks\.[\w.]+)((?:\\\n|[^`#\n])*)", text)
    ]
    assert len(shown) > 6
    for name, words in shown:
        importlib.import_module(name)._options(shlex.split(words))  # raises SystemExit


def test_every_option_of_evaluate_is_documented() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for parameter in trainer.commands["evaluate"].params:
        if isinstance(parameter, click.Option):
            assert re.search(rf"{parameter.opts[0]}(?![\w-])", page), parameter.opts


@pytest.mark.parametrize(
    "page",
    [*PAGES, *BENCHMARKS, *OTHERS],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        there = page.parent / path if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def anchors(page: Path) -> set[str]:
    """Return what links to headings look like on GitHub."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name}" in readme, page.name


def test_the_changelog_lists_releases_from_the_newest_to_the_oldest() -> None:
    page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *releases = re.findall(r"^## (.*)$", page, re.M)
    assert first == "[Unreleased]"
    found = [
        re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in releases
    ]
    order = [(match[4], *map(int, match.group(1, 2, 3))) for match in found if match]
    assert len(order) == len(releases) > 0
    assert order == sorted(order, reverse=True)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Performance", "Security"}
    assert set(re.findall(r"^### (.*)$", page, re.M)) <= kinds
