"""`lotse announce FILE`: an announcement from a file, looked at first and sent with --yes by the running program."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.announcement_clock import counted_for
from bot.config import Settings
from bot.core.announcements import LONGEST, Stage, body_of
from bot.core.model import Announcement, Audience, Guide
from bot.core.replying import literal
from bot.guide import load_guide
from bot.markup import parse, plain_text
from bot.store import announcing
from bot.store.database import Database
from scheduler.agenda import Topic

AUTHOR = "lotse announce"


class AnnouncementError(Exception):
    """A file is no announcement; says which key and why."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST)]]
    topics: list[Topic] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)


def read_announcement(path: Path, guide: Guide, now: datetime) -> Announcement:
    """The announcement of a YAML file with `text` by language, perhaps `topics` and `languages`.

    Raises AnnouncementError naming file and key of every problem.
    """
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _File.model_validate(plain)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AnnouncementError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = (f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise AnnouncementError("\n".join(problems)) from None
    unknown = [code for code in (*file.text, *file.languages) if code not in guide.languages]
    if unknown or not file.text:
        spoken = ", ".join(guide.languages)
        raise AnnouncementError(f"{path}: languages are {spoken}, not {', '.join(unknown) or 'none'}")
    texts = {code: literal(text.strip()) for code, text in file.text.items()}
    audience = Audience(tuple(file.topics), tuple(file.languages))
    return Announcement(0, Stage.DRAFT, "", AUTHOR, audience, texts, now)


async def announce(settings: Settings, path: Path, confirmed: bool) -> str:
    """What newcomers will read and how many they are; with `confirmed` the running program sends it.

    Raises AnnouncementError and what loading the content and opening the database raise.
    """
    guide = load_guide(settings)
    now = datetime.now(UTC)
    draft = read_announcement(path, guide, now)
    database = Database(settings.database)
    try:
        database.require()
        async with database.writing(durable=True) as db:
            counted = await counted_for(db, draft, guide, now)
            sending = replace(draft, stage=Stage.SENDING, confirmed=AUTHOR)
            number = await announcing.save_announcement(db, sending, now) if confirmed else None
    finally:
        await database.close()
    minutes = max(1, round(counted.seconds / 60))
    said = [f"{counted.people} people get this; it takes about {minutes} min"]
    for code in draft.audience.languages or guide.languages:
        said.append(f"--- {code} ---\n{plain_text(parse(body_of(draft, guide, code)))}")
    said.append(
        "not sent; add --yes to send it" if number is None else f"the running program sends it: announcement {number}"
    )
    return "\n\n".join(said)
