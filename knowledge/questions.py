"""Where in a message the question is: greetings and thanks taken off, long stories cut into sentences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.folding import words

_LINK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…؟;:])\s+|(?<=[!?؟])(?=\w)|\n+|\s+[-–—]\s+")
_MOST_LETTERS = 2000
_MOST_SENTENCES = 12
_SHORTEST_SENTENCE = 2
_SHORTEST_QUESTION = 4
_ASKING = ("?", "؟")


@dataclass(frozen=True, slots=True)
class Question:
    """A message without what is said around it: the whole, and its sentences where there are several."""

    whole: str
    sentences: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing but greetings and the like was said."""
        return not self.whole


class Listener:
    """Knows the words that people put around a question, in all languages."""

    def __init__(self, around: Iterable[str], joining: Iterable[str] = ()) -> None:
        self._around = {tuple(words(phrase)) for phrase in around} - {()}
        self._joining = frozenset(word for each in joining for word in words(each))
        self._longest = max(map(len, self._around), default=0)

    def listen(self, message: str) -> Question:
        """Find the question in a message: links out, and what stands around it off, sentence by sentence."""
        text = _LINK.sub(" ", message[:_MOST_LETTERS])
        sentences = [self._bare(sentence) for sentence in _SENTENCE.split(text)]
        sentences = [sentence for sentence in sentences if sentence]
        telling = [sentence for sentence in sentences if len(words(sentence)) >= _SHORTEST_SENTENCE]
        return Question(
            whole=" ".join(sentences),
            sentences=tuple(telling[-_MOST_SENTENCES:]) if len(sentences) > 1 else (),
        )

    def two(self, message: str) -> tuple[str, str] | None:
        """The two questions of a message: two sentences that ask, or one with a joining word between two parts."""
        text = _LINK.sub(" ", message[:_MOST_LETTERS])
        asking = [self._bare(each) for each in _SENTENCE.split(text) if each.rstrip().endswith(_ASKING)]
        if len(asking) == 1:
            asking = self._parts(asking[0].split())
        if len(asking) != 2 or any(len(words(each)) < _SHORTEST_QUESTION for each in asking):
            return None
        return asking[0], asking[1]

    def _parts(self, tokens: list[str]) -> list[str]:
        """What stands before and behind the one joining word; nothing where there is none or several."""
        joints = [at for at, token in enumerate(tokens) if self._joining.issuperset(words(token)) and words(token)]
        if len(joints) != 1:
            return []
        return [" ".join(tokens[: joints[0]]), " ".join(tokens[joints[0] + 1 :])]

    def _bare(self, sentence: str) -> str:
        """A sentence without the longest known openings and endings, taken off until none is left."""
        tokens = sentence.split()
        before = None
        while tokens and before != len(tokens):
            before = len(tokens)
            tokens = tokens[self._known_at_start(tokens) :]
            tokens = tokens[: len(tokens) - self._known_at_end(tokens)]
        return " ".join(tokens)

    def _known_at_start(self, tokens: list[str]) -> int:
        return next(
            (size for size in range(self._most(tokens), 0, -1) if self._is_around(tokens[:size])),
            0,
        )

    def _known_at_end(self, tokens: list[str]) -> int:
        return next(
            (size for size in range(self._most(tokens), 0, -1) if self._is_around(tokens[-size:])),
            0,
        )

    def _most(self, tokens: list[str]) -> int:
        return min(self._longest + 1, len(tokens))

    def _is_around(self, tokens: list[str]) -> bool:
        folded = tuple(words(" ".join(tokens)))
        return folded in self._around or not folded
