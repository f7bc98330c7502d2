"""How well questions are understood: golden questions, asked one by one, and what became of them in figures."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from bot.core.assistant import wants_person
from bot.core.model import Guide
from knowledge.deciding import Found, Missed, Outcome, SmallTalk, Unsure
from knowledge.language import detect

OTHER_SETS = ("outside", "nearby", "person", "smalltalk", "crisis")
"""Sets that hold no question with one right entry; every other file holds a language's questions."""
AMONG = 3


class GoldenError(Exception):
    """Golden questions that cannot be read; names each file and question."""


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class GoldenQuestion(BaseModel):
    """What somebody wrote, and the entries that answer it; `hold` keeps it out of every tuning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    expect: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    style: str = ""
    hold: bool = False
    lang: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a question of a set, and how long it took in milliseconds."""

    set: str
    question: GoldenQuestion
    outcome: Outcome
    took: float

    @property
    def answered(self) -> bool:
        """Whether an entry was shown at once."""
        return isinstance(self.outcome, Found)

    @property
    def right(self) -> bool:
        """Whether the right entry was shown at once."""
        return isinstance(self.outcome, Found) and self.outcome.entry in self.question.expect

    @property
    def among(self) -> bool:
        """Whether the right entry is one of the first three."""
        return any(each.id in self.question.expect for each in self.outcome.candidates[:AMONG])

    @property
    def asked_back(self) -> bool:
        """Whether the person is asked which of several they mean."""
        return isinstance(self.outcome, Unsure)

    @property
    def refused(self) -> bool:
        """Whether not knowing is admitted."""
        return isinstance(self.outcome, Missed)


def read_golden(folder: Path, guide: Guide) -> dict[str, tuple[GoldenQuestion, ...]]:
    """The golden questions of a folder by set, one file each. Raises GoldenError naming everything that is wrong."""
    sets: dict[str, tuple[GoldenQuestion, ...]] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            read = yaml.safe_load(path.read_text(encoding="utf-8"))
            questions = TypeAdapter(tuple[GoldenQuestion, ...]).validate_python(read)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: {error}")
        except ValidationError as error:
            problems += [f"{path.name}, question {_place(each['loc'])}: {each['msg']}" for each in error.errors()]
        else:
            sets[path.stem] = questions
            problems += _unknown(path.name, questions, guide)
    if not sets and not problems:
        problems.append(f"{folder} has no .yaml file with golden questions")
    if problems:
        raise GoldenError("\n".join(problems))
    return sets


def _place(location: Sequence[int | str]) -> str:
    return ", ".join(str(part + 1) if isinstance(part, int) else part for part in location)


def _unknown(name: str, questions: Sequence[GoldenQuestion], guide: Guide) -> Iterator[str]:
    for number, question in enumerate(questions, 1):
        for entry in question.expect:
            if entry not in guide.knowledge.entries:
                yield f"{name}, question {number}: there is no entry {entry}"


def ask_each(sets: dict[str, tuple[GoldenQuestion, ...]], guide: Guide) -> list[Verdict]:
    """Ask all questions as a chat would, each in the language it is detected to be in."""
    verdicts = []
    for name, questions in sets.items():
        for question in questions:
            began = time.perf_counter()
            outcome = guide.understanding.resolve(question.text, detect(question.text).language)
            verdicts.append(Verdict(name, question, outcome, (time.perf_counter() - began) * 1000))
    return verdicts


def percent(hits: Iterable[bool]) -> float:
    """The share of hits, 0 where there is nothing to count."""
    counted = list(hits)
    return 100 * sum(counted) / len(counted) if counted else 0.0


def recognised(verdict: Verdict, guide: Guide) -> bool:
    """Whether a message of one of the other sets was dealt with as it should be."""
    match verdict.set:
        case "person":
            return wants_person(verdict.outcome)
        case "smalltalk":
            return isinstance(verdict.outcome, SmallTalk)
        case "crisis":
            return isinstance(verdict.outcome, Found) and guide.knowledge.entries[verdict.outcome.entry].urgent
        case _:
            return not verdict.answered


def report(verdicts: Sequence[Verdict], guide: Guide, worst: int) -> str:
    """All figures as Markdown tables, and the `worst` questions answered wrong or refused."""
    topical = [verdict for verdict in verdicts if verdict.set not in OTHER_SETS]
    held = [verdict for verdict in topical if verdict.question.hold]
    parts = [
        "Questions with an entry, in percent:",
        _table("language", topical, lambda verdict: verdict.set),
        "Of these, held out from tuning:",
        _table("language", held, lambda verdict: verdict.set),
        "By style:",
        _table("style", topical, lambda verdict: f"{verdict.set} {verdict.question.style}"),
        "Other messages, dealt with as they should be (outside, nearby: not answered), in percent:",
        _others(verdicts, guide),
        "Confused most often (asked for, shown instead, times):",
        _confused(topical),
        f"The {worst} worst (answered wrong first, the surest first; then refused though known):",
        _worst(topical, worst),
        _latency(verdicts),
    ]
    return "\n\n".join(part for part in parts if part)


def _table(heading: str, verdicts: Sequence[Verdict], key: Callable[[Verdict], str]) -> str:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(key(verdict), []).append(verdict)
    lines = [f"| {heading} | questions | right at once | among three | wrong | asked back | refused |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for name, group in sorted(groups.items()):
        figures = (
            percent(verdict.right for verdict in group),
            percent(verdict.among for verdict in group),
            percent(verdict.answered and not verdict.right for verdict in group),
            percent(verdict.asked_back for verdict in group),
            percent(verdict.refused for verdict in group),
        )
        lines.append(f"| {name} | {len(group)} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")
    return "\n".join(lines) if groups else ""


def _others(verdicts: Sequence[Verdict], guide: Guide) -> str:
    lines = ["| set | messages | right |", "| --- | --- | --- |"]
    for name in OTHER_SETS:
        group = [verdict for verdict in verdicts if verdict.set == name]
        if group:
            lines.append(f"| {name} | {len(group)} | {percent(recognised(each, guide) for each in group):.1f} |")
    return "\n".join(lines)


def _confused(verdicts: Sequence[Verdict]) -> str:
    pairs = Counter(
        (verdict.question.expect[0], verdict.outcome.entry)
        for verdict in verdicts
        if isinstance(verdict.outcome, Found) and not verdict.right and verdict.question.expect
    )
    return "\n".join(f"- {wanted} → {shown}: {times}" for (wanted, shown), times in pairs.most_common(10))


def _worst(verdicts: Sequence[Verdict], most: int) -> str:
    def harm(verdict: Verdict) -> tuple[bool, float]:
        outcome = verdict.outcome
        return isinstance(outcome, Found), outcome.score if isinstance(outcome, Found) else 0.0

    bad = [each for each in verdicts if not each.right and not (each.asked_back and each.among)]
    lines = []
    for verdict in sorted(bad, key=harm, reverse=True)[:most]:
        shown = ", ".join(f"{each.id} {each.score:.0%}" for each in verdict.outcome.candidates[:AMONG])
        became = type(verdict.outcome).__name__.lower()
        lines.append(
            f"- {verdict.set}: “{verdict.question.text}” wants {verdict.question.expect[0]}; {became}: {shown}"
        )
    return "\n".join(lines)


def _latency(verdicts: Sequence[Verdict]) -> str:
    took = sorted(verdict.took for verdict in verdicts)
    median, last = statistics.median(took), took[int(len(took) * 0.99)]
    return f"One question takes {median:.1f} ms (median), {last:.1f} ms (99th percentile) of {len(took)}."
