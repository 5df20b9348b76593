"""The text files of languages: lines, words and sections."""

from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_core.languages.lists import listed_words, numbered_lines, sections_of

TEXT = """# a comment

[one]
  # another
#er, mit
#
    a  b
[two]
c
[one]
d
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_comments_and_empty_lines_do_not_count(file: Path) -> None:
    # "#er" is an entry of telling.txt: a number and "er"
    assert [*numbered_lines(file)][:3] == [(3, "[one]"), (5, "#er, mit"), (7, "    a  b")]
    assert listed_words(file) == ["[one]", "#er,", "mit", "a", "b", "[two]", "c", "[one]", "d"]


def test_sections_with_one_heading_are_joined(file: Path) -> None:
    assert sections_of(file) == {"one": ["#er, mit", "    a  b", "d"], "two": ["c"]}


def test_a_line_before_the_first_section_is_refused(file: Path) -> None:
    file.write_text("a\n[one]\n", encoding="utf-8")
    with pytest.raises(MelScribeError, match=r"list\.txt: line 1 is in no section"):
        sections_of(file)
