"""Which language a message is in: by its letters where they decide, else by its words and letter triples.

Small on purpose (half a megabyte, loaded at the first message): naive Bayes with what one word can say
limited, so that a foreign word or a typo in a sentence never flips it, and with the language the newcomer
writes in otherwise (`hint`) kept unless the message speaks clearly against it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

LANGUAGES = ("de", "en", "fr", "es", "it", "pt", "nl", "tr", "pl", "ro", "sq", "sr", "ku", "uk", "ru", "bg", "ar", "fa")
"""The languages told apart by words; some more are recognised by their script alone."""
SCALE = 9.0
"""What a stored step of log-probability is worth: one ninth of a nat."""

_ALPHABETS = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "GREEK": "el",
    "HEBREW": "he",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "ETHIOPIC": "ti",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "THAI": "th",
}
_CYRILLIC, _ARABIC = ("uk", "ru", "bg"), ("ar", "fa")
_TELLING = {"uk": "іїєґ", "ru": "ыэё", "fa": "پچژگکی", "ar": "ةىأإ"}
_MOST_PER_WORD = 3.5
_SURE_LEAD, _SURE_WORDS = 4.0, 2
_HINT_BONUS = 2.5
_LEADING = {"de": 1.0, "en": 1.0}
_MOST_WORDS = 60
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_SPEECH = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#/]\w+", re.IGNORECASE)
_TABLE = Path(__file__).parent / "vectors" / "languages.npz"


@dataclass(frozen=True, slots=True)
class Detected:
    """A language code, None where nothing tells; `sure` if the message itself says so clearly."""

    language: str | None
    sure: bool


def detect(text: str, hint: str | None = None) -> Detected:
    """The language of a text; `hint` is the one expected, which doubtful texts are taken to be in."""
    words = _WORD.findall(_NOT_SPEECH.sub(" ", text).lower())[:_MOST_WORDS]
    if not words:
        return Detected(hint, False)
    script = _script("".join(words))
    if script in _ALPHABETS.values():
        return Detected(script, True)
    possible = {"CYRILLIC": _CYRILLIC, "ARABIC": _ARABIC}.get(script)
    if possible is None:
        possible = tuple(each for each in LANGUAGES if each not in _CYRILLIC + _ARABIC)
    told = [each for each in possible if any(letter in _TELLING.get(each, "") for word in words for letter in word)]
    if len(told) == 1:
        return Detected(told[0], True)
    columns = [LANGUAGES.index(each) for each in possible]
    scores = np.array([_LEADING.get(each, 0.0) for each in possible])
    telling = 0
    for word in words:
        said = _says(word)[columns]
        telling += int(said.max() - np.median(said) > 1)
        scores += said
    order = np.argsort(-scores, kind="stable")
    best, lead = possible[order[0]], float(scores[order[0]] - scores[order[1]])
    sure = lead >= _SURE_LEAD and telling >= _SURE_WORDS
    if hint in possible and not sure and best != hint:
        behind = float(scores[order[0]] - scores[possible.index(hint)])
        best = hint if behind < _HINT_BONUS or telling < _SURE_WORDS else best
    elif hint is not None and hint not in possible and len(possible) > len(_CYRILLIC) and not sure:
        best = hint
    return Detected(best, sure)


def features_of_word(word: str) -> tuple[int, list[int]]:
    """The number of a word, and those of its letter triples, as the table knows them."""
    word = unicodedata.normalize("NFC", word.lower())
    padded = f" {word} "
    triples = [crc32(padded[at : at + 3].encode()) for at in range(len(padded) - 2)]
    return crc32(f"={word}".encode()), triples


@lru_cache(maxsize=4096)
def _says(word: str) -> npt.NDArray[np.float64]:
    """What one word says for each language, in nats over the least likely, limited."""
    keys, values = _table()
    number, triples = features_of_word(word)
    at = _find(keys, number)
    if at is not None:
        said = values[at].astype(np.float64) / SCALE
        rows = [row for triple in triples if (row := _find(keys, triple)) is not None]
        if rows:
            said += 0.3 * values[rows].astype(np.float64).mean(axis=0) / SCALE
    else:
        rows = [row for triple in triples if (row := _find(keys, triple)) is not None]
        said = values[rows].astype(np.float64).sum(axis=0) / SCALE / 2 if rows else np.zeros(len(LANGUAGES))
    limited: npt.NDArray[np.float64] = np.maximum(said - said.max(), -_MOST_PER_WORD)
    return limited


def _find(keys: npt.NDArray[np.uint32], number: int) -> int | None:
    at = int(np.searchsorted(keys, np.uint32(number)))
    return at if at < len(keys) and int(keys[at]) == number else None


@lru_cache(maxsize=1)
def _table() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int8]]:
    with np.load(_TABLE) as stored:
        return stored["keys"], stored["values"]


def _script(letters: str) -> str:
    """The alphabet most letters are of: a language code where it decides, else its Unicode name."""
    counts: dict[str, int] = {}
    for letter in letters[:200]:
        name = unicodedata.name(letter, "").split(" ", 1)[0]
        counts[name] = counts.get(name, 0) + 1
    if counts.get("HIRAGANA", 0) + counts.get("KATAKANA", 0):
        counts["HIRAGANA"] = counts.pop("CJK", 0) + counts.get("HIRAGANA", 0)
    most = max(counts, key=counts.__getitem__)
    return _ALPHABETS.get(most, most)
