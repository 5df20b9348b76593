"""Which existing file may be overwritten: only one of the sort that is being written.

Any other file belongs to the user and is left unchanged; no option overrides this.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path

from melscribe_core.errors import FileError
from melscribe_core.files.file_types import kind_of_content, kind_of_name
from melscribe_core.files.writing import StrOrBytesPath, refuse_unwritable, shown

HEAD = 1 << 16  # bytes read to recognise a file


@dataclass(frozen=True)
class Beginning:
    """The first bytes of a file: at most HEAD, and whether that is all of it.

    `kind` is a key of file_types.ENDINGS, according to the name; "" for an unknown ending.
    """

    head: bytes
    whole: bool
    kind: str


@dataclass(frozen=True)
class Sort:
    """A sort of output file: its name in messages, its usual ending, how to recognise one.

    `names` are the permitted kinds of names, as in `Beginning.kind`; `problem` is the error to
    raise; `is_one` decides from a file's beginning whether it is of this sort.
    """

    problem: type[FileError]
    called: str
    ending: str
    names: Set[str]
    is_one: Callable[[Beginning], bool]

    def refuse_foreign(self, path: StrOrBytesPath) -> None:
        """Raise `problem`, one sentence, if `path` must not be written.

        Refused are a folder, a device, a missing folder and the like; a file of another sort; and a
        name of another kind of file, even if there is no such file. Symbolic links are followed.
        """
        refuse_unwritable(path, self.problem)
        target = Path(os.path.realpath(os.fsdecode(path)))
        kind = kind_of_name(target.name)
        found = self._beginning(path, target, kind)
        if found is not None and not self.is_one(found):
            looks = kind_of_content(found.head) if kind in self.names else kind
            raise self._refusal(
                f"{shown(path)} exists and is not a {self.called}",
                target,
                f" (this one looks like {looks} and is left unchanged)",
            )
        if kind not in self.names:
            raise self._refusal(f"{shown(path)} is the name of {kind}", target)

    def _beginning(self, path: StrOrBytesPath, target: Path, kind: str) -> Beginning | None:
        """Return the beginning of the file, None if there is no file."""
        try:
            with target.open("rb") as file:
                head = file.read(HEAD + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            why = f"{shown(path)} exists and cannot be read ({error.strerror})"
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
