"""`evaluate` on BEIR folders, captions and requests."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from melscribe_trainer.cli import main
from melscribe_trainer.evaluation.metrics import MEASURES
from tests.support.tiny import beir


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("evaluate", *arguments)])


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    one, two = beir(tmp_path / "one"), beir(tmp_path / "two", "q1\td3\t1\n")
    done = run("--beir", one, "--beir", two, "--system", "bm25", "--system", "tfidf", "--json", out)
    assert done.exit_code == 0, done.output
    assert "| one | bm25   |    100.0 |" in done.stdout
    assert "one: 2 queries, 3 documents. Left out: 1 queries that are not judged." in done.stderr
    perfect, none = dict.fromkeys(MEASURES, 1.0), dict.fromkeys(MEASURES, 0.0)
    found = json.loads(out.read_text())
    assert found == {"bm25": {"one": perfect, "two": none}, "tfidf": {"one": perfect, "two": none}}


def test_the_command_leaves_out_what_cannot_run(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    done = run("--beir", folder, "--system", "./missing", "--system", "bm25")
    assert done.exit_code == 0
    assert "./missing is left out: There is no folder ./missing" in done.stderr
    assert run("--beir", folder, "--system", "./missing").exit_code == 1


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    assert "nothing to measure on" in run().stderr
    assert "give both or neither" in run("some.csv").stderr
    assert "cannot be read" in run("--beir", tmp_path).stderr


def lines(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_command_measures_on_dev_files_and_on_the_papers(tmp_path: Path) -> None:
    requests = lines(
        tmp_path / "requests.jsonl",
        {"region": "pop", "tags": ["pop", "sad"], "requests": ["sad pop", "pop, sad", "tears"]},
        {"region": "chat", "tags": ["folk"], "requests": ["folk?", "folk!", "folk"]},
    )
    captions = lines(
        tmp_path / "mc.jsonl", {"id": "1", "caption": "Loud metal.", "tags": ["metal", "loud"]}
    )
    table = tmp_path / "lp-musiccaps-mc.csv"
    table.write_text(
        "fname,is_audioset_eval,aspect_list,caption_writing\n"
        "a,True,\"['metal']\",Loud metal.\nb,False,\"['pop']\",Nice pop.\n"
    )
    said = lines(tmp_path / "said.jsonl", {"source": "Loud metal.", "caption": "metal please"})
    sources = ["--dataset", "lp-musiccaps", str(table), "--rephrased", str(said)]
    sources += ["--dev", str(requests), "--dev-musiccaps", str(captions)]
    done = CliRunner().invoke(main, ["evaluate", *sources, "--system", "bm25"])
    assert done.exit_code == 0, done.output
    first = [line.split("|")[1:3] for line in done.stdout.splitlines()[2:]]
    names = [f"{name.strip()} {system.strip()}" for name, system in first]
    assert names == [
        "MC bm25",
        "MC tfidf",
        "MC paper's fine-tuned",
        "MC rephrased bm25",
        "MC rephrased tfidf",
        "MC rephrased paper's fine-tuned",
        *(f"{kind} bm25" for kind in ("terse", "spoken", "reworded")),
        *(f"{kind} bm25" for kind in ("chat-first", "chat-follow", "chat-bare")),
        "mc-sentences bm25",
        "mc-captions bm25",
    ]
    assert "Left out: 1 outside the evaluation split." in done.stderr
    assert "100.0 ± 0.0" in done.stdout
