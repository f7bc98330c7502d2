"""Countries as people name them: in the languages of the assistant, in their own, by a big city, with mistakes.

The names come from Unicode's CLDR (through babel): of each territory in the given languages and in its official ones;
the cities are those after which its time zones are named (IANA), so of most countries the largest.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.languages import get_official_languages
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.folding import words
from knowledge.formats import Language, country_codes

_SHORTEST_SLIP = 5
"""Letters; in shorter names a slip makes another country (Iran, Irak)."""
_NEAR = 0.75
"""Share of the letters that must be right; two wrong ones in eight are mended."""
_LONGEST_NAME = 6
"""Words of the longest name that is looked for (Saint Vincent and the Grenadines)."""
_WORLD = "001"
_HOME = "DE"


class Countries:
    """Finds the country (ISO 3166-1 alpha-2, XK for Kosovo) that a text names."""

    def __init__(
        self,
        languages: Iterable[Language],
        further: Mapping[str, str],
        former: Iterable[str] = (),
        before_cities: Iterable[str] = (),
    ) -> None:
        """`further` are more names by code; `former` names of states that are no more; `before_cities` the words after
        which a city is looked for in a sentence (from, aus).
        """
        languages = tuple(languages)
        self._names = _folded({**_own_names(), **_names_in(languages), **further})
        self._cities = {city: code for city, code in _cities(languages).items() if city not in self._names}
        self._everywhere = {**self._cities, **self._names}
        self._former = frozenset(_folded(dict.fromkeys(former, "")))
        self._before = frozenset(_folded(dict.fromkeys(before_cities, "")))

    def find(self, text: str) -> str | None:
        """The country that a sentence names, or the country of a city after a word like "from"; the longest name."""
        said = words(text)
        named = _longest(said, self._names)
        if named is not None:
            return named
        after = [said[place + 1 :] for place, word in enumerate(said) if word in self._before]
        return next((self._cities[city] for rest in after if (city := _begin(rest, self._cities))), None)

    def mention(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """The one country that a text names and the folded words that do so; None where it names none or several."""
        said = words(text)
        named: list[tuple[str, tuple[str, ...]]] = []
        at = 0
        while at < len(said):
            known = self._everywhere if at and said[at - 1] in self._before else self._names
            size = next((size for size in range(_LONGEST_NAME, 0, -1) if " ".join(said[at : at + size]) in known), 0)
            if size:
                named.append((known[" ".join(said[at : at + size])], tuple(said[at : at + size])))
            at += size or 1
        return named[0] if len({code for code, _ in named}) == 1 else None

    def read(self, answer: str) -> str | None:
        """The country that an answer names, also by a city alone or with a slip of the keyboard."""
        said = words(answer)
        named = _longest(said, self._names) or _longest(said, self._cities)
        if named is not None or self.is_former(answer):
            return named
        for known in (self._names, self._cities):
            for phrase in (" ".join(said), *said):
                if len(phrase) >= _SHORTEST_SLIP and (near := _nearest(phrase, known)) is not None:
                    return known[near]
        return None

    def is_former(self, text: str) -> bool:
        """Whether the text names a state that is no more."""
        said = f" {' '.join(words(text))} "
        return any(f" {name} " in said for name in self._former)


@lru_cache(maxsize=8)
def countries(
    languages: tuple[Language, ...],
    further: tuple[tuple[str, str], ...],
    former: tuple[str, ...] = (),
    before_cities: tuple[str, ...] = (),
) -> Countries:
    """The countries; made once for the same words, which takes a third of a second."""
    return Countries(languages, dict(further), former, before_cities)


def _folded(names: Mapping[str, str]) -> dict[str, str]:
    return {" ".join(words(name)): code for name, code in names.items() if words(name)}


def _longest(said: Iterable[str], names: Mapping[str, str]) -> str | None:
    text = f" {' '.join(said)} "
    found = [name for name in names if f" {name} " in text]
    return names[max(found, key=len)] if found else None


def _begin(said: list[str], names: Collection[str]) -> str:
    """The longest name with which the words begin; empty if none."""
    return next((name for size in (3, 2, 1) if (name := " ".join(said[:size])) in names), "")


def _nearest(phrase: str, names: Mapping[str, str]) -> str | None:
    found = process.extractOne(phrase, names.keys(), scorer=OSA.normalized_similarity, score_cutoff=_NEAR)
    return None if found is None else str(found[0])


def _names_in(languages: Iterable[Language]) -> dict[str, str]:
    return {name: code for language in languages for name, code in country_codes(language).items()}


@lru_cache(maxsize=1)
def _own_names() -> dict[str, str]:
    """What each country calls itself in its official languages."""
    names: dict[str, str] = {}
    for code in set(country_codes("en").values()):
        for language in get_official_languages(code, de_facto=True):
            try:
                name = Locale.parse(language).territories.get(code)
            except (UnknownLocaleError, ValueError):
                continue
            if name is not None:
                names.setdefault(name, code)
    return names


def _cities(languages: Iterable[Language]) -> dict[str, str]:
    """The cities of the time zones; a city at home says nothing about where somebody comes from."""
    zones: Mapping[str, str] = get_global("zone_territories")
    cities: dict[str, str] = {}
    for zone, code in zones.items():
        if code in (_WORLD, _HOME) or "/" not in zone:
            continue
        called = [zone.rpartition("/")[2].replace("_", " ")]
        called += [str(Locale.parse(each).time_zones.get(zone, {}).get("city", called[0])) for each in languages]
        cities |= _folded(dict.fromkeys(called, code))
    return cities
