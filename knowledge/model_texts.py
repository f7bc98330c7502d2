"""The assistant's own words by language and key. Pure; `knowledge.texts` reads them from files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.formats import DEFAULT_LANGUAGES, Language

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A value's place in a text: {name}."""

Saying = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by language and key; a key is its place in the file, parts joined by dots
    ("case.claimed.by_other").
    """

    sayings: Mapping[Language, Mapping[str, Saying]]

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the assistant speaks, in alphabetical order."""
        return tuple(sorted(self.sayings))

    def say(self, language: Language, key: str, **values: object) -> str:
        """The text with the values in their places, in English where the language is not spoken here.

        Raises KeyError naming the key where there is no such text or a value is missing.
        """
        saying = self._find(language, key)
        if not isinstance(saying, str):
            raise KeyError(f"{key} is a list of texts")
        try:
            return PLACEHOLDER.sub(lambda found: str(values[found[1]]), saying)
        except KeyError as missing:
            raise KeyError(f"{key} needs a value for {missing.args[0]}") from None

    def list(self, language: Language, key: str) -> tuple[str, ...]:
        """The texts of a list, in English where the language is not spoken here. Raises KeyError naming the
        key.
        """
        saying = self._find(language, key)
        if isinstance(saying, str):
            raise KeyError(f"{key} is one text, not a list")
        return saying

    def _find(self, language: Language, key: str) -> Saying:
        for candidate in (language, *DEFAULT_LANGUAGES):
            if candidate in self.sayings:
                return self.sayings[candidate][key]
        raise KeyError(key)
