"""Where the repository and the tests' own data are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
AUDIO = ROOT / "tests" / "data" / "audio"  # silence in every container that beets reads
REQUESTS = ROOT / "tests" / "data" / "requests"  # tables: a request and what is read from it
