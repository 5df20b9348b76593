"""Names of artists in a request in another language: quoted, known, or capitalised.

In lower case a name must be known and have a word that the language does not use otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from melscribe_core.request.folding import fold_name
from melscribe_core.request.foreign.glossing import Glossing
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.lexicon import Phrase
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Read, Reading
from melscribe_core.request.grammar.scene import Scene

_LONGEST = 8  # tokens
_LONGEST_QUOTE = 12
_MOST = 8  # names
_PEOPLE = {"artist", "credit", "surname"}


@dataclass(frozen=True)
class NameWords:
    """What a language's lists say of names.

    articles: words before a name that may be a form of its own article ("den" of "Die Ärzte");
    own: such articles as they are in names ("Die", "The").
    small: words in lower case inside a name ("de", "la"); joints: words between names.
    never: phrases that are capitalised but name no artist.
    common: words that the language uses; one of them alone in lower case is no name.
    nouns_are_capitals: one capitalised word is no name unless nothing else explains it.
    """

    articles: frozenset[str]
    own: tuple[str, ...]
    small: frozenset[str]
    joints: frozenset[str]
    never: frozenset[Phrase]
    common: Callable[[str], bool]
    nouns_are_capitals: bool
    dative: str = ""  # an ending that only the case adds: "den Ärzten"


class NameReader:
    """Reads names; `any_capital` or only known ones."""

    def __init__(self, words: NameWords, glossing: Glossing) -> None:
        self._words = words
        self._glossing = glossing

    def reads(self, *, capitals: bool) -> Read:
        """Return a reader of one or more names, as a tuple; with `capitals` also unknown ones."""

        def read(scene: Scene, at: int) -> Iterable[Reading]:
            found: list[str] = []
            end = at
            while len(found) < _MOST:
                after, name = self.name(scene, at, capitals=capitals)
                if not after:
                    break
                end = after
                found.append(name)
                yield end, tuple(found)
                at = self._past_joint(scene, end)
                if at == end:
                    break

        return read

    def name(self, scene: Scene, at: int, *, capitals: bool) -> tuple[int, str]:
        """Return the position after the name here, and the name as its library has it; (0, "")."""
        start = at + 1 if scene.low(at) in self._words.articles else at
        for first in dict.fromkeys((at, start)):
            end = _quoted(scene, first)
            if end:
                return end, scene.slice(first + 1, end - 1)
        for first in dict.fromkeys((start, at)):
            end, name = self._known(scene, first, has_article=first > at)
            if end:
                return end, name
        end = self._capitalised(scene, start) if capitals else 0
        return (end, scene.slice(start, end)) if end else (0, "")

    def _known(self, scene: Scene, at: int, *, has_article: bool) -> tuple[int, str]:
        if at >= len(scene.tokens) or not scene.tokens[at].is_word:
            return 0, ""
        for end in range(min(at + _LONGEST, len(scene.tokens)), at, -1):
            if not scene.tokens[end - 1].is_word or not self._is_meant(scene, at, end):
                continue
            name = self._spelled(scene, at, end, has_article=has_article)
            if name:
                return end, name
        return 0, ""

    def _spelled(self, scene: Scene, start: int, end: int, *, has_article: bool) -> str:
        """Return a known name as the library or the list of acts has it; "" for an unknown one."""
        said = scene.slice(start, end)
        shorter = said.removesuffix(self._words.dative) if has_article else said
        for form in dict.fromkeys((said, shorter)):
            owned = [f"{article} {form}" for article in self._words.own if has_article]
            for name in owned:
                known = fold_name(name) != fold_name(form) and scene.knows(fold_name(name))
                if known or scene.kinds(name) & _PEOPLE:
                    return lexicon.act_name(fold_name(name)) or name
            for name in (*owned, form):
                if act := lexicon.act_name(fold_name(name)):
                    return act
            if scene.knows(fold_name(form)) or scene.kinds(form) & _PEOPLE:
                return form
        return ""

    def _is_meant(self, scene: Scene, start: int, end: int) -> bool:
        """Return whether words can be a name: not all of them are words of the language."""
        phrase = tuple(low for low in scene.lows[start:end] if low != "-")
        if phrase in self._words.never:
            return False
        plain = [at for at in range(start, end) if scene.tokens[at].is_word]
        speaks = scene.capitals_speak and not self._words.nouns_are_capitals
        if speaks and all(scene.tokens[at].is_capital for at in plain):
            return True
        if len(plain) > 1 and all(
            scene.tokens[at].is_capital or scene.low(at) in self._words.small for at in plain
        ):
            return True
        return any(not self._is_common(scene, at) for at in plain)

    def _is_common(self, scene: Scene, at: int) -> bool:
        low = scene.low(at)
        is_word = self._words.common(low) or bool(self._glossing.meaning((low,)))
        return is_word or len(low) < 2 or has_digit(low) or low in self._words.small

    def _capitalised(self, scene: Scene, at: int) -> int:
        """Return the position after a run of capitalised words that may be a name; 0 for none."""
        if not scene.is_capital(at) or not scene.tokens[at].is_word or has_digit(scene.low(at)):
            return 0
        end = at + 1
        while end < at + _LONGEST:
            longer = self._longer(scene, end)
            if not longer:
                break
            end = longer
        return end if self._may_name(scene, at, end) else 0

    def _longer(self, scene: Scene, end: int) -> int:
        """Return the position after one more word of a name; 0 at its end."""
        at = end
        while at < end + 2 and (scene.low(at) in self._words.small or scene.low(at) in ("-", "&")):
            at += 1
        if at >= len(scene.tokens) or not scene.tokens[at].is_word:
            return 0
        return at + 1 if scene.is_capital(at) and not has_digit(scene.low(at)) else 0

    def _may_name(self, scene: Scene, start: int, end: int) -> bool:
        """Return whether a capitalised run is no phrase of the language."""
        phrase = tuple(low for low in scene.lows[start:end] if low != "-")
        if phrase in self._words.never or (phrase[0],) in self._words.never:
            return False
        if self._glossing.meaning(phrase) or any(scene.protected[start:end]):
            return False
        words = [at for at in range(start, end) if scene.tokens[at].is_word]
        return not all(self._is_common(scene, at) for at in words)

    def _past_joint(self, scene: Scene, end: int) -> int:
        """Return the position after what joins two names; `end` for none."""
        at = end
        if scene.low(at) in (",", "/", ";"):
            at += 1
        if scene.low(at) in self._words.joints or scene.low(at) == "&":
            at += 1
        return at


def _quoted(scene: Scene, at: int) -> int:
    """Return the position after a quotation that starts here; 0 for none."""
    mark = scene.low(at)
    if mark not in ('"', "'"):
        return 0
    ends = range(at + 2, min(at + _LONGEST_QUOTE, len(scene.tokens)))
    return next((end + 1 for end in ends if scene.low(end) == mark), 0)
