"""Prints how Lotse's matcher compares with others on the golden questions, and what each of its parts brings.

`python -m tests.benchmarks.matching [compare] [parts] [typos] [speed]` prints tables, all without arguments;
`python -m tests.benchmarks.matching curve FILE` draws the picture of wrong answers against answered questions.
"""

from __future__ import annotations

import random
import statistics
import string
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from matplotlib import pyplot as plt

from bot.config import Settings
from bot.evaluating import Verdict, ask_each, percent, read_golden
from knowledge import deciding, phrasebook
from knowledge.deciding import Understanding
from knowledge.folding import words
from knowledge.language import detect
from knowledge.matcher import Matcher
from knowledge.meaning import encoder
from knowledge.model import Entry
from knowledge.phrasebook import Floats, Phrasing
from knowledge.questions import Listener
from knowledge.repair import Lexicon
from knowledge.speech import load_speech
from knowledge.spelling import Reading, Speller
from tests.benchmarks.baselines import GOLDEN, OWN, Ground, compare, prepare
from tests.knowledge.misspelling import misspelt

MANY = 25_000
FOREIGN = ("fr", "es", "tr", "ar", "fa", "uk", "ru")

# --- what each part brings -----------------------------------------------------------------------


@contextmanager
def _without(part: str) -> Iterator[None]:
    """Take one part of the matcher away."""
    taken_away: dict[str, tuple[object, str, object]] = {
        "mended typos": (Speller, "read", lambda _, text: Reading(tuple(words(text)), text)),
        "compounds taken apart": (Lexicon, "split", lambda *_: ()),
        "the nearest phrasing": (phrasebook, "NEAREST_SHARE", 0.0),
        "titles and keywords": (deciding, "phrasings_of", _asked_only),
        "the most telling sentence": (Listener, "listen", _whole(Listener.listen)),
    }
    place, name, instead = taken_away[part]
    with mock.patch.object(place, name, instead):
        yield


def _asked_only(entry: Entry) -> Iterator[Phrasing]:
    for wording in entry.wordings.values():
        yield from (Phrasing(text, entry.id, wording.language) for text in wording.phrasings)


def _whole(listen: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, text: replace(listen(self, text), sentences=())


def parts(ground: Ground) -> str:
    """Each part of the understanding taken away alone, and what is left."""
    settings = Settings()
    speech = load_speech(settings.knowledge_dir / "speech")
    lines = ["| without | German | English | wrong | others |", "| --- | --- | --- | --- | --- |"]
    lines.append(_row("(everything there)", ground.verdicts))
    base = ground.guide.knowledge
    vectors = _Kept()
    lines.append(_row("the sentence encoder", _asked(ground, Understanding.build(base, speech, None))))
    for part in (
        "mended typos",
        "compounds taken apart",
        "the nearest phrasing",
        "titles and keywords",
        "the most telling sentence",
    ):
        with _without(part):
            lines.append(_row(part, _asked(ground, Understanding.build(base, speech, vectors))))
    return "\n".join(lines)


class _Kept:
    """The sentence encoder that computes each text once."""

    def __init__(self) -> None:
        self._vectors = encoder()
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        assert self._vectors is not None
        fresh = [text for text in texts if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._vectors.encode(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


def _asked(ground: Ground, understanding: Understanding) -> tuple[Verdict, ...]:
    guide = replace(ground.guide, understanding=understanding)
    return tuple(ask_each(read_golden(GOLDEN, guide), guide))


def _row(name: str, verdicts: Sequence[Verdict]) -> str:
    asked = [verdict for verdict in verdicts if verdict.set in OWN]
    figures = [percent(verdict.right for verdict in asked if verdict.set == language) for language in OWN]
    figures.append(percent(verdict.answered and not verdict.right for verdict in asked))
    figures.append(percent(verdict.answered for verdict in verdicts if verdict.set in ("outside", "nearby")))
    return f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |"


# --- typos ----------------------------------------------------------------------------------------


def typos(ground: Ground) -> str:
    """The same questions with and without slips of the thumb; those that are misspelt already left out."""
    lines = ["| language | right at once | among three | wrong |", "| --- | --- | --- | --- |"]
    understanding = ground.guide.understanding
    for language in OWN:
        asked = [each for each in ground.topical if each.set == language and each.question.style != "typo"]
        lines.append(_typed(f"{language} as written", asked))
        slipped = []
        for seed in range(3):
            chance = random.Random(seed)  # nothing secret
            for each in asked:
                text = misspelt(each.question.text, chance)
                outcome = understanding.resolve(text, detect(text).language)
                slipped.append(replace(each, outcome=outcome))
        lines.append(_typed(f"{language} misspelt, three times", slipped))
    return "\n".join(lines)


def _typed(name: str, verdicts: Sequence[Verdict]) -> str:
    right, among = percent(each.right for each in verdicts), percent(each.among for each in verdicts)
    wrong = percent(each.answered and not each.right for each in verdicts)
    return f"| {name} ({len(verdicts)}) | {right:.1f} | {among:.1f} | {wrong:.1f} |"


# --- speed ----------------------------------------------------------------------------------------


def speed(ground: Ground) -> str:
    """How long learning and one question take without the encoder, with as much content as nine languages have."""
    letters = string.ascii_lowercase
    many = list(ground.known)
    for number, language in enumerate(FOREIGN, 1):
        shifted = str.maketrans(letters, letters[number:] + letters[:number])
        twins = [replace(each, text=each.text.lower().translate(shifted), language=language) for each in ground.known]
        many += twins[: (MANY - len(ground.known)) // len(FOREIGN)]
    began = time.perf_counter()
    large = Matcher.fit(many)
    learned = time.perf_counter() - began
    small = Matcher.fit(ground.known)
    lines = ["| what | figure |", "| --- | --- |"]
    lines.append(
        f"| learning {len(many):,} phrasings and names in nine languages, without the encoder | {learned:.1f} s |"
    )
    for name, own in ((f"{len(ground.known):,} in two", small), (f"{len(many):,} in nine", large)):
        took = []
        for verdict in ground.topical:
            began = time.perf_counter()
            own.rank(verdict.question.text, verdict.set)
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        lines.append(
            f"| one question without the encoder, {name} languages, median / 99th percentile "
            f"| {statistics.median(took):.2f} / {took[int(len(took) * 0.99)]:.2f} ms |"
        )
    return "\n".join(lines)


# --- the picture ----------------------------------------------------------------------------------


def curve(ground: Ground, path: Path) -> None:
    """Draw how many answers are wrong, and how many other messages are answered, the more is answered."""

    def certainty(verdict: Verdict) -> float:
        best = verdict.outcome.candidates[:1]
        return best[0].score if best else 0.0

    def wrong(verdict: Verdict) -> bool:
        return verdict.outcome.candidates[0].id not in verdict.question.expect

    plt.rcParams["svg.hashsalt"] = "lotse"
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for language, name in zip(OWN, ("German", "English"), strict=True):
        asked = sorted((each for each in ground.topical if each.set == language), key=certainty, reverse=True)
        errors = np.cumsum([wrong(each) for each in asked]) / len(asked) * 100
        axes.plot(np.arange(1, len(asked) + 1) / len(asked) * 100, errors, label=f"{name}: wrong")
        own = [each for each in ground.topical if each.set == language]
        at = percent(each.answered for each in own)
        axes.plot(at, percent(each.answered and not each.right for each in own), "o", color="black")
    levels = sorted((certainty(each) for each in ground.topical), reverse=True)
    for name, which in (("other subjects", "outside"), ("near-by subjects", "nearby")):
        beside = [certainty(each) for each in ground.foreign if each.set == which]
        shares = [percent(each >= level for each in beside) for level in levels]
        axes.plot(np.arange(1, len(levels) + 1) / len(levels) * 100, shares, "--", label=f"{name}: answered")
    axes.set(xlabel="questions answered, %", ylabel="%", ylim=(0, 25), xlim=(0, 100))
    axes.set_title("More answers, more errors (dots: how Lotse decides)")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def main(asked: Sequence[str]) -> None:
    """Print what is asked for, or all tables."""
    tables = {"compare": compare, "parts": parts, "typos": typos, "speed": speed}
    ground = prepare()
    if asked and asked[0] == "curve":
        curve(ground, Path(asked[1]))
        return
    for name, table in tables.items():
        if not asked or name in asked:
            print(f"### {name}\n\n{table(ground)}\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
