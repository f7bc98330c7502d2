"""Reads office_hours.yaml: when advisers answer, strictly, with every problem named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from knowledge.loader_folder import Folder
from knowledge.office_hours import Idle, OfficeHours, Opening

FILE = "office_hours.yaml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_CLOSURE = 366  # days

_OPENING = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _opening(text: str) -> str:
    found = _OPENING.fullmatch(text.replace(" ", "").replace("–", "-"))
    if found is None:
        raise ValueError(f"{text!r} is no opening; write it like 09:00-12:00")
    if _read(text).opens >= _read(text).closes:
        raise ValueError(f"{text!r} ends before it begins; write 09:00-12:00")
    return text


def _read(text: str) -> Opening:
    found = _OPENING.fullmatch(text.replace(" ", "").replace("–", "-"))
    assert found is not None
    opens, minute, closes, until = map(int, found.groups())
    return Opening(time(opens, minute), time(closes, until))


def _in_order(texts: list[str]) -> list[str]:
    openings = [_read(text) for text in texts]
    for before, after in pairwise(openings):
        if after.opens < before.closes:
            raise ValueError("the openings of a day must follow one another and not overlap")
    return texts


def _falling(minutes: list[int]) -> list[int]:
    if minutes != sorted(set(minutes), reverse=True):
        raise ValueError("write the largest number first, each once: [30, 10]")
    return minutes


Openings = Annotated[list[Annotated[str, AfterValidator(_opening)]], AfterValidator(_in_order)]
Minutes = Annotated[int, Field(ge=1, le=100_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class ExceptionBlock(_Strict):
    """One day on which other hours hold than on its weekday."""

    day: date
    hours: Openings


class ClosureBlock(_Strict):
    """Days on which nobody answers, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class IdleBlock(_Strict):
    """When a conversation has gone quiet."""

    remind_adviser_after_hours: Annotated[int, Field(ge=1, le=1_000)]
    close_after_days: Annotated[int, Field(ge=2, le=365)]
    warn_days_before: Annotated[int, Field(ge=1, le=30)]

    def read(self) -> Idle:
        """The block as the core knows it."""
        return Idle(self.remind_adviser_after_hours, self.close_after_days, self.warn_days_before)

    @model_validator(mode="after")
    def _warned_in_between(self) -> Self:
        if self.warn_days_before >= self.close_after_days:
            raise ValueError("warn_days_before must be smaller than close_after_days")
        return self


class OfficeHoursFile(_Strict):
    """The whole file."""

    sample: bool = False
    week: dict[str, Openings]
    exceptions: list[ExceptionBlock] = []
    closed: list[ClosureBlock] = []
    first_answer_minutes: Minutes
    minutes_for_each_waiting: Annotated[int, Field(ge=0, le=10_000)]
    reminders_minutes_before: Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], AfterValidator(_falling)]
    idle: IdleBlock | None = None


def load_office_hours(knowledge_dir: Path) -> OfficeHours:
    """The office hours of office_hours.yaml. Raises ContentError with every problem."""
    folder = Folder(knowledge_dir.resolve())
    path = folder.root / FILE
    file = folder.read(path, OfficeHoursFile)
    if file is None:
        folder.finish()
    assert file is not None
    for name in file.week:
        if name not in WEEKDAYS:
            folder.refuse(path, f"{name!r} is no weekday; write {', '.join(WEEKDAYS)}", ("week", name))
    for number, closure in enumerate(file.closed):
        if not 0 <= (closure.last - closure.first).days < LONGEST_CLOSURE:
            message = "this ends before it begins, or is longer than a year"
            folder.refuse(path, message, ("closed", str(number), "to"))
    seen: set[date] = set()
    for number, exception in enumerate(file.exceptions):
        if exception.day in seen:
            folder.refuse(path, "this day is there twice; keep one of them", ("exceptions", str(number), "day"))
        seen.add(exception.day)
    folder.finish()
    days: dict[date, Sequence[Opening]] = {day: () for closure in file.closed for day in _days(closure)}
    days |= {exception.day: _openings(exception.hours) for exception in file.exceptions}
    return OfficeHours(
        week={WEEKDAYS.index(name): _openings(hours) for name, hours in file.week.items()},
        days=days,
        first_answer=file.first_answer_minutes,
        each_waiting=file.minutes_for_each_waiting,
        reminders=tuple(file.reminders_minutes_before),
        sample=file.sample,
        idle=Idle() if file.idle is None else file.idle.read(),
    )


def _openings(texts: Iterable[str]) -> tuple[Opening, ...]:
    return tuple(map(_read, texts))


def _days(closure: ClosureBlock) -> Iterable[date]:
    return (closure.first + timedelta(days=n) for n in range((closure.last - closure.first).days + 1))
