"""Where the repository, our requests and the downloads of the benchmarks are."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUESTS = ROOT / "trainer" / "data" / "requests"  # train.jsonl and dev.jsonl: tags, requests
SILENCE = ROOT / "tests" / "data" / "audio" / "silence.mp3"
DOWNLOADS = ROOT / ".bench"  # weights and packages that are compared with; not in git
