"""Small talk, wishes for a person, and subjects outside of Lotse's: how people say them, from YAML."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

SHIPPED = Path(__file__).parent


class SpeechError(ValueError):
    """A speech file is broken; the message names the file and the key."""


class _Outside(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    pointer: str
    phrasings: tuple[str, ...]


class _Following(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    openings: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()


class _Telling(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    being: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    negating: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    language: str
    around: tuple[str, ...] = ()
    following: _Following = _Following()
    telling: _Telling = _Telling()
    smalltalk: dict[str, tuple[str, ...]]
    person: tuple[str, ...]
    outside: dict[str, _Outside]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's part: texts by kind of small talk, for a person, and by outside subject.

    `openings` begin a message that goes on from the answer before, words of `pointing` point back to it, and a
    message of nothing but `plain` words names no subject of its own. `joining` words join two questions.
    `being` stands before an occupation that somebody has, `coming` before a country that somebody comes from, with
    nothing but `between` words in the middle; `learned` says that a country is where somebody learned, `negating` the
    contrary of it all. `beside` are further words that may stand around occupation and country without a meaning.
    """

    language: str
    around: tuple[str, ...]
    openings: tuple[str, ...]
    pointing: tuple[str, ...]
    plain: tuple[str, ...]
    joining: tuple[str, ...]
    being: tuple[str, ...]
    coming: tuple[str, ...]
    learned: tuple[str, ...]
    between: tuple[str, ...]
    beside: tuple[str, ...]
    negating: tuple[str, ...]
    smalltalk: Mapping[str, tuple[str, ...]]
    person: tuple[str, ...]
    outside: Mapping[str, tuple[str, ...]]
    pointers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Speech:
    """What is known in all languages of speech beside the subject."""

    tongues: tuple[Tongue, ...]

    def pointer(self, subject: str, language: str | None) -> str | None:
        """The sentence that says where to look for an outside subject, in English where the language lacks it."""
        found = {tongue.language: tongue.pointers.get(subject) for tongue in self.tongues}
        return found.get(language or "") or found.get("en") or next(filter(None, found.values()), None)


def load_speech(folder: Path = SHIPPED) -> Speech:
    """Read every `<language>.yaml` of a folder.

    Raises SpeechError naming file and key if one cannot be read or does not fit.
    """
    return Speech(tuple(_tongue(path) for path in sorted(folder.glob("*.yaml"))))


def _tongue(path: Path) -> Tongue:
    try:
        read = _File.model_validate(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SpeechError(f"{path.name}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SpeechError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return Tongue(
        language=read.language,
        around=read.around,
        openings=read.following.openings,
        pointing=read.following.pointing,
        plain=read.following.plain,
        joining=read.following.joining,
        being=read.telling.being,
        coming=read.telling.coming,
        learned=read.telling.learned,
        between=read.telling.between,
        beside=read.telling.beside,
        negating=read.telling.negating,
        smalltalk=read.smalltalk,
        person=read.person,
        outside={subject: part.phrasings for subject, part in read.outside.items()},
        pointers={subject: part.pointer for subject, part in read.outside.items()},
    )
