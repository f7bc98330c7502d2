"""Words as they were probably meant: typos mended and compounds taken apart by the words one knows."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST_TYPO = 5
_TWO_SLIPS_FROM = 8
_SHORTEST_PART = 4
_LINKS = ("", "s", "es", "n", "en", "er")
_REMEMBERED = 20_000
_MOST_NEAR = 20


class Lexicon:
    """The words a knowledge base is written in, folded, with how often each occurs."""

    def __init__(self, texts: Iterable[list[str]]) -> None:
        self.counts: Counter[str] = Counter(word for line in texts for word in line)
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self.counts):
            if word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)
        self._mended: dict[str, str] = {}
        self._split: dict[str, tuple[str, ...]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def mend(self, word: str) -> str:
        """The known word an unknown one is a slip of; the word itself if none is near enough.

        Near is one slip (a letter lost, added, changed, or two swapped), two from eight letters on.
        """
        if word in self.counts or len(word) < _SHORTEST_TYPO or not word.isalpha():
            return word
        if word not in self._mended:
            if len(self._mended) >= _REMEMBERED:
                self._mended.clear()
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def _nearest(self, word: str) -> str:
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        best, best_rank = word, (slips + 1, 0, 0)
        for known, distance in self.near(word, slips):
            rank = (distance, int(known[0] != word[0]), -self.counts[known])
            if rank < best_rank:
                best, best_rank = known, rank
        return best

    def near(self, word: str, slips: int) -> Iterator[tuple[str, int]]:
        """The other known words that are at most so many slips away, with how many."""
        for length in range(len(word) - slips, len(word) + slips + 1):
            known = self._by_length.get(length, ())
            for near, distance, _ in process.extract(
                word, known, scorer=OSA.distance, score_cutoff=slips, limit=_MOST_NEAR
            ):
                if distance:
                    yield near, int(distance)

    def split(self, word: str) -> tuple[str, ...]:
        """The two known words a compound is made of ("kursgebuhr": "kurs", "gebuhr"); none if it is not."""
        if len(word) < 2 * _SHORTEST_PART or not word.isalpha():
            return ()
        if word not in self._split:
            if len(self._split) >= _REMEMBERED:
                self._split.clear()
            self._split[word] = self._halves(word)
        return self._split[word]

    def _halves(self, word: str) -> tuple[str, ...]:
        best: tuple[str, ...] = ()
        best_count = 0
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            last = word[at:]
            if last not in self.counts:
                continue
            for link in _LINKS:
                first = word[:at].removesuffix(link) if link else word[:at]
                if len(first) >= _SHORTEST_PART and first in self.counts:
                    count = min(self.counts[first], self.counts[last])
                    if count > best_count:
                        best, best_count = (first, last), count
        return best
