"""The command line."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from bot import app
from bot.announce_command import AnnouncementError, announce
from bot.asking import BatchError, answer, read_batch, understand
from bot.channels import ChannelStoppedError
from bot.config import ConfigError, Settings, load_settings
from bot.connecting import matrix_keys
from bot.evaluating import GoldenError, ask_each, read_golden
from bot.evaluating import report as report_figures
from bot.guide import check_content, described_occupations, load_guide
from bot.logs import set_up_logging
from bot.preview import PreviewError, write_preview
from bot.store.database import DatabaseError
from bot.timetable import check_events, list_events
from knowledge.check import report
from knowledge.loader import ContentError
from knowledge.speech import SpeechError
from scheduler.calendar import CalendarError

DAY = click.DateTime(["%Y-%m-%d"])
FAILURES = (
    ConfigError,
    ContentError,
    SpeechError,
    CalendarError,
    DatabaseError,
    ChannelStoppedError,
    BatchError,
    GoldenError,
    PreviewError,
    AnnouncementError,
)
TERMINAL_HINT = """Lotse in the terminal. Write a question.
# writes in the advisers' room, /tick 2026-12-04T10:00 moves the clock, Ctrl-D ends."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lotse")
def cli() -> None:
    """Lotse, the City of Aachen's assistant for newcomers.

    All settings are environment variables that begin with LOTSE_; the README lists them.
    """


@cli.command()
def run() -> None:
    """Run all configured messengers; without any, talk in the terminal."""
    settings = load_settings()
    if not settings.active_channels:
        _talk(settings)
        return
    set_up_logging(settings.log_format)
    asyncio.run(app.run(settings))


@cli.command()
def talk() -> None:
    """Talk in the terminal. A line that begins with # is written in the advisers' room; /tick TIME moves the clock."""
    _talk(load_settings())


def _talk(settings: Settings) -> None:
    set_up_logging(settings.log_format, logging.WARNING)
    if sys.stdin.isatty():
        click.echo(TERMINAL_HINT)
    asyncio.run(app.talk(settings))


@cli.command()
@click.option("--lang", help="Language of question and answer, such as de.")
@click.option("--json", "as_json", is_flag=True, help="Print how the question was understood, as JSON.")
@click.option("--batch", type=click.File("r", encoding="utf-8"), help='JSONL of {"id", "text", "lang"?}; prints JSONL.')
@click.argument("question", required=False)
def ask(question: str | None, lang: str | None, as_json: bool, batch: TextIO | None) -> None:
    """Answer one question, or understand a whole file of them."""
    if (question is None) == (batch is None):
        raise click.UsageError("give either a question or --batch FILE")
    guide = load_guide(load_settings())
    if batch is not None:
        for each in read_batch(batch):
            _print_json({"id": each.id, **understand(guide, each.text, each.language)})
    elif question is not None and as_json:
        _print_json({**understand(guide, question, lang), "answer": answer(guide, question, lang)})
    elif question is not None:
        click.echo(answer(guide, question, lang))


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--worst", default=20, show_default=True, help="How many of the worst questions to list.")
def evaluate(folder: Path, worst: int) -> None:
    """Measure how well the golden questions of a folder are understood."""
    guide = load_guide(load_settings())
    click.echo(report_figures(ask_each(read_golden(folder, guide), guide), guide, worst))


@cli.command()
@click.option("--on", type=DAY, help="Check as of this day, such as 2027-01-15; today by default.")
@click.option("--strict", is_flag=True, help="What is expired or due for review is an error.")
def check(on: datetime | None, strict: bool) -> None:
    """Check the content; exit code 1 if something must be put right."""
    settings = load_settings()
    day = on.date() if on else datetime.now(settings.timezone).date()
    findings = check_content(load_guide(settings), settings, day, strict)
    click.echo(report(findings))
    if any(finding.severity == "error" for finding in findings):
        raise click.exceptions.Exit(1)


@cli.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new or empty folder.")
@click.option("--on", type=DAY, help="Show what is expired on this day; today by default.")
def preview(out: Path, on: datetime | None) -> None:
    """Write all entries and occupations as pages to read in a browser."""
    settings = load_settings()
    day = on.date() if on else datetime.now(settings.timezone).date()
    guide = load_guide(settings)
    pages = write_preview(
        guide, out, day, check_content(guide, settings, day, strict=False), described_occupations(guide)
    )
    click.echo(f"{pages} pages; open {out / 'index.html'}")


@cli.command()
@click.option("--lang", default="de", show_default=True, help="Language of the titles.")
@click.option("--on", type=DAY, help="From this day on; from now on by default.")
@click.option(
    "--check",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this file, YAML or .ics; exit code 1 if something must be put right.",
)
def events(lang: str, on: datetime | None, file: Path | None) -> None:
    """List the next occurrences of all events, or check a file of events."""
    settings = load_settings()
    if file is None:
        click.echo(list_events(settings, lang, on.replace(tzinfo=settings.timezone) if on else datetime.now(UTC)))
        return
    told, well = check_events(settings, file, lang)
    click.echo(told)
    if not well:
        raise click.exceptions.Exit(1)


@cli.command("announce")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Send it; without, only show what newcomers will read and how many they are.")
def announce_file(file: Path, yes: bool) -> None:
    """Announce something to all who want reminders, from a YAML file: text by language, topics, languages."""
    click.echo(asyncio.run(announce(load_settings(), file, yes)))


@cli.command()
def health() -> None:
    """Say whether the running program is well; exit code 1 if not."""
    trouble = asyncio.run(app.health(load_settings()))
    if trouble is not None:
        raise click.ClickException(trouble)
    click.echo("well")


@cli.command()
@click.option("--replace", is_flag=True, help="Make a new identity; everybody's client will warn of it.")
def keys(replace: bool) -> None:
    """Show the keys by which the bot can be verified on Matrix."""
    shown = asyncio.run(matrix_keys(load_settings(), replace))
    click.echo(f"account      {shown.user}\ndevice       {shown.device}")
    click.echo(f"session key  {shown.fingerprint}\nidentity     {shown.master}")
    click.echo("the device is signed by the identity" if shown.signed else "the device is NOT signed by the identity")


def _print_json(fields: dict[str, Any]) -> None:
    click.echo(json.dumps(fields, ensure_ascii=False))


def main() -> None:
    """Run the command line; known failures become readable lines and exit code 1, wrong usage 2."""
    try:
        code = cli(standalone_mode=False)  # what a command exits with comes back as the result
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except FAILURES as error:
        click.echo(f"lotse: {error}", err=True)
        sys.exit(1)
    if isinstance(code, int):
        sys.exit(code)


if __name__ == "__main__":
    main()
