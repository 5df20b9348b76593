"""What may be written over: what is absent, and what is known for a file of the same sort.

All else belongs to the person and stays as it is; there is no way around that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path

from melscribe_core.errors import FileError
from melscribe_core.files.file_types import kind_of_content, kind_of_name
from melscribe_core.files.writing import StrOrBytesPath, refuse_unwritable, shown

HEAD = 1 << 16  # bytes that are read of a file to tell what it is


@dataclass(frozen=True)
class Beginning:
    """How a file begins: at most HEAD bytes, whether they are all of it, and what its name says.

    `kind` is one of kinds.ENDINGS, "" where the name does not tell.
    """

    head: bytes
    whole: bool
    kind: str


@dataclass(frozen=True)
class Sort:
    """A sort of file that is written: what it is called, how its name ends, how one is known.

    `names` are the kinds of names that it may have, "" among them for names that do not tell;
    `problem` is the error that is raised.
    """

    problem: type[FileError]
    called: str
    ending: str
    names: Set[str]
    is_one: Callable[[Beginning], bool]

    def refuse_foreign(self, path: StrOrBytesPath) -> None:
        """Raise `problem`, one sentence, where nothing may be written.

        That is a folder, a device, a missing folder and the like; a file of another sort; and the
        name of another kind of file, even where nothing is there. A symbolic link is judged by what
        it leads to.
        """
        refuse_unwritable(path, self.problem)
        target = Path(os.path.realpath(os.fsdecode(path)))
        kind = kind_of_name(target.name)
        found = self._beginning(path, target, kind)
        if found is not None and not self.is_one(found):
            looks = kind_of_content(found.head) if kind in self.names else kind
            raise self._refusal(
                f"{shown(path)} is there and is no {self.called}",
                target,
                f" (this one looks like {looks} and stays as it is)",
            )
        if kind not in self.names:
            raise self._refusal(f"{shown(path)} is the name of {kind}", target)

    def _beginning(self, path: StrOrBytesPath, target: Path, kind: str) -> Beginning | None:
        """Return how the file begins, None where there is none."""
        try:
            with target.open("rb") as file:
                head = file.read(HEAD + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            why = f"{shown(path)} is there and cannot be read ({error.strerror})"
            raise self._refusal(why, target) from error
        return Beginning(head[:HEAD], len(head) <= HEAD, kind)

    def _refusal(self, why: str, target: Path, more: str = "") -> FileError:
        other = target.with_suffix(self.ending).name
        if other == target.name:
            other = f"{target.stem} 2{self.ending}"
        return self.problem(
            f"The {self.problem.what} was not written: {why}; name another file, such as"
            f" {shown(other)}{more}."
        )
