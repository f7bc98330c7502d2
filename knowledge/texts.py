"""Reads the assistant's own words: locales/<language>/texts.yaml and texts_<area>.yaml, one folder per language.

German is the measure: every language has the same keys with the same placeholders, so no turn can fail on a
missing text.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from knowledge.loader_folder import Folder
from knowledge.loader_problems import nearest
from knowledge.loader_yaml import Plain
from knowledge.model_texts import PLACEHOLDER, Saying, Texts

__all__ = ["Texts", "load_texts"]

MEASURE = "de"
REQUIRED = ("de", "en")

_LANGUAGE = re.compile(r"[a-z]{2,3}")


def load_texts(locales_dir: Path) -> Texts:
    """The texts of every language that has a texts.yaml in the folder; further files texts_<area>.yaml belong to it.

    Raises ContentError with every problem: a missing language of the required two, a file or key that one
    language lacks or has alone, a key that is in two files, other placeholders than in German, an empty text.
    """
    locales_dir = locales_dir.resolve()
    folder = Folder(locales_dir.parent)
    languages = {path.parent.name for path in locales_dir.glob("*/texts.yaml") if _LANGUAGE.fullmatch(path.parent.name)}
    for language in REQUIRED:
        if language not in languages:
            folder.refuse(locales_dir / language / "texts.yaml", "this file is missing")
    files = sorted({path.name for language in languages for path in (locales_dir / language).glob("texts*.yaml")})
    sayings: dict[str, dict[str, Saying]] = {language: {} for language in sorted(languages)}
    for name in files:
        _read_area(folder, locales_dir, name, sayings)
    folder.finish()
    return Texts(sayings)


def _read_area(folder: Folder, locales_dir: Path, name: str, sayings: dict[str, dict[str, Saying]]) -> None:
    """The texts of one area in every language, compared with German and added to what is there."""
    read: dict[str, dict[str, Saying]] = {}
    for language, known in sayings.items():
        path = locales_dir / language / name
        if not path.exists():
            folder.refuse(path, "this file is missing; another language has it")
            continue
        read[language] = _read(folder, path)
        for key in sorted(read[language].keys() & known.keys()):
            folder.refuse(path, "another file of texts has this key already; keep one of them", tuple(key.split(".")))
        known.update(read[language])
    for language, texts in read.items():
        if MEASURE in read:
            _compare(folder, locales_dir / language / name, read[MEASURE], texts)


def _read(folder: Folder, path: Path) -> dict[str, Saying]:
    plain = folder.read_plain(path)
    sayings: dict[str, Saying] = {}
    if plain is not None and not isinstance(plain, dict):
        folder.refuse(path, "this must be a block of keys with texts")
        return sayings
    for key, value in _leaves(plain, ()):
        name = ".".join(key)
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            folder.refuse(path, "write a text or a list of texts here, none of them empty; numbers need quotes", key)
        elif name in sayings:
            folder.refuse(path, "the key is there twice; keep one of them", key)
        elif isinstance(value, list):
            sayings[name] = tuple(str(text).strip() for text in value)
        else:
            sayings[name] = str(value).strip()
    return sayings


def _leaves(value: Plain, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Plain]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*key, name))
    elif key:
        yield key, value


def _compare(folder: Folder, path: Path, measure: Mapping[str, Saying], sayings: Mapping[str, Saying]) -> None:
    flawed = {problem.key for problem in folder.problems if problem.file == folder.name(path)}
    for key in measure.keys() - sayings.keys() - flawed if "" not in flawed else ():
        folder.refuse(path, "this key is missing; German has it", tuple(key.split(".")))
    for key, saying in sayings.items():
        parts = tuple(key.split("."))
        if key not in measure:
            folder.refuse(path, f"German does not have this key{nearest(key, measure)}", parts)
        elif isinstance(saying, str) != isinstance(measure[key], str):
            folder.refuse(
                path,
                "this is a list in one language and a single text in German, or the other way round",
                parts,
            )
        elif (here := _places(saying)) != (there := _places(measure[key])):
            message = f"the places {_named(here)} differ from German's {_named(there)}; use the same"
            folder.refuse(path, message, parts)
        elif stray := _stray_brace(saying):
            folder.refuse(path, f"{stray}: a place is written {{like_this}}, in small letters", parts)


def _places(saying: Saying) -> set[str]:
    return set(PLACEHOLDER.findall(saying if isinstance(saying, str) else "\n".join(saying)))


def _stray_brace(saying: Saying) -> str:
    found = re.search(r"\{[^}]*\}?|\}", PLACEHOLDER.sub("", saying if isinstance(saying, str) else "\n".join(saying)))
    return found[0] if found else ""


def _named(places: set[str]) -> str:
    return ", ".join(f"{{{place}}}" for place in sorted(places)) or "(none)"
