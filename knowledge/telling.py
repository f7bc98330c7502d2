"""What a message tells of an occupation and a country: of the person who writes, or of somebody they ask for.

"I am a nurse from the Philippines" tells both; "where do I find a doctor?" and "may I travel to Belgium?" tell neither.
The words for it are in the speech files.
"""

from collections.abc import Iterable, Sequence

from knowledge.folding import words
from knowledge.speech import Speech

_MOST_WORDS = 14
"""A longer message says more than the occupation and the country."""

Run = tuple[str, ...]


class Teller:
    """Knows the words by which people tell what they learned and where, in all languages."""

    def __init__(self, speech: Speech) -> None:
        tongues = speech.tongues
        self._being = _runs(text for tongue in tongues for text in tongue.being)
        self._coming = _runs(text for tongue in tongues for text in tongue.coming)
        self._between = _all(text for tongue in tongues for text in tongue.between)
        self._learned = _all(text for tongue in tongues for text in tongue.learned)
        self._negating = _all(text for tongue in tongues for text in tongue.negating)
        said = (
            text
            for tongue in tongues
            for part in (tongue.being, tongue.coming, tongue.between, tongue.learned)
            for text in (*part, *tongue.beside, *tongue.plain, *tongue.openings)
        )
        self._empty = _all(said)

    def tells_occupation(self, text: str, mention: Run) -> bool:
        """Whether a text says of somebody that this is what they are: "I work as a nurse"."""
        return self._follows(text, mention, self._being)

    def tells_country(self, text: str, mention: Run) -> bool:
        """Whether a text says that somebody comes from there or learned there."""
        return self._follows(text, mention, self._coming) or not self._learned.isdisjoint(words(text))

    def tells_only(self, text: str, mentions: Iterable[Run]) -> bool:
        """Whether a text holds nothing but what is mentioned: "and from Turkey?", "und für Ärzte?"."""
        said = words(text)
        named = {word for mention in mentions for word in mention}
        return len(said) <= _MOST_WORDS and self._empty.issuperset(set(said) - named)

    def _follows(self, text: str, mention: Run, runs: frozenset[Run]) -> bool:
        said = words(text)
        for at in range(len(said)):
            if tuple(said[at : at + len(mention)]) == mention and self._ends_with(said[:at], runs):
                return True
        return False

    def _ends_with(self, before: Sequence[str], runs: frozenset[Run]) -> bool:
        """Whether words end with one of the runs, not negated, and with nothing but words like "a" behind it."""
        end = len(before)
        while True:
            for size in {len(run) for run in runs}:
                if size <= end and tuple(before[end - size : end]) in runs:
                    return end == size or before[end - size - 1] not in self._negating
            if not end or before[end - 1] not in self._between:
                return False
            end -= 1


def _runs(texts: Iterable[str]) -> frozenset[Run]:
    return frozenset(tuple(words(text)) for text in texts) - {()}


def _all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))
