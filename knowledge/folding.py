"""One spelling for all spellings of a word, so that "Gebühr", "gebuehr" and "GEBUHR" meet.

Rules (each applied to phrasings and questions alike, so a rule can merge words but never lose one):

- letters only: case, accents and other marks, apostrophes and zero-width marks go;
- German: ß -> ss, and ae/oe/ue -> a/o/u unless a vowel or q stands before ("neue", "quer");
- Cyrillic is written in Latin letters, and the usual ways to type it are made one (kh/h, j/y, shch/sh);
- Arabic and Persian letter forms are made one (ك/ک, ي/ی/ى, alef with and without hamza, ة/ه);
- numbers of four and more digits become their length ("50.000" -> "num5"), except years.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_CYRILLIC = dict(zip("абвгдеёзийклмнопрстуфхыэіїєґў", "abvgdeeziyklmnoprstufhyeiiegu", strict=True)) | {
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
}
_LETTERS = {
    **_CYRILLIC,
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیئې", "ي"),
    "ک": "ك",
    "ة": "ه",
    "ۀ": "ه",
    "ؤ": "و",
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ø": "o",
    "æ": "a",
    "œ": "o",
    "ß": "ss",
    "ə": "e",
}
_TABLE = str.maketrans(_LETTERS)
_DROPPED = dict.fromkeys(map(ord, "'’‘ʼ`´\u200b\u200c\u200d\u2060\u00ad\u0640\ufeff"))
_UMLAUT = re.compile(r"(?<![aeiouq])([aou])e")
_TYPED = re.compile(r"shch|sch|kh|iu|ju|ia|ja|j")
_TYPED_AS = {"shch": "sh", "sch": "sh", "kh": "h", "iu": "yu", "ju": "yu", "ia": "ya", "ja": "ya", "j": "y"}
_WORD = re.compile(r"§+|\d+(?:[.,  ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|[^\W_]+(?:['’‘ʼ\u200c][^\W_]+)*")
_GROUPED = re.compile(r"(\d+(?:[.,  ]\d{3})+)(?:[.,]\d{1,2})?")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The one spelling of a single word; empty if nothing of it is a letter or a digit."""
    if word[0].isdigit() and (grouped := _GROUPED.fullmatch(word)):
        word = re.sub(r"\D", "", grouped[1])
    if word.isdigit() and len(word) >= 4:
        year = len(word) == 4 and word[:2] in ("19", "20")
        return unicodedata.normalize("NFKC", word) if year else f"num{len(word)}"
    return _TYPED.sub(lambda found: _TYPED_AS[found[0]], _UMLAUT.sub(r"\1", plain(word)))


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """A word in small Latin letters without marks, otherwise as it is spelt: what a slip is looked for in."""
    if word.isascii():
        return word.lower().replace("'", "")
    word = unicodedata.normalize("NFKC", word).casefold().translate(_DROPPED).translate(_TABLE)
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a text: folded, as it is written, and where it stands."""

    word: str
    shape: str
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """The words of a text in order, as `words` gives them, with their places."""
    found = ((token, _folded(token[0])) for token in _WORD.finditer(text))
    return [Piece(word, token[0], token.start(), token.end()) for token, word in found if word]


def _folded(token: str) -> str:
    return "par" if token[0] == "§" else fold(token)


def words(text: str) -> list[str]:
    """The folded words of a text in order; "§ 18g" gives "par", "18g"."""
    return [word for token in _WORD.findall(text) if (word := _folded(token))]
