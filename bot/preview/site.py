"""Writes the preview: one page for each entry and each occupation, and an index with a search.

Plain files that work from a folder, without a server and without anything from elsewhere. What the pages say
themselves stands in the templates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.core.model import Guide
from bot.core.replying import flowing
from bot.markup import page_html, parse
from bot.preview.folder import PreviewError, write_folder
from bot.preview.pages import (
    EntryPage,
    Occupation,
    OccupationPage,
    Row,
    Section,
    entry_page,
    entry_row,
    occupation_page,
    occupation_row,
)
from knowledge.check import Finding
from knowledge.formats import escape, format_day
from knowledge.model import Source

__all__ = ["PreviewError", "write_preview"]

_PLACE = Path(__file__).parent
_AS_THEY_ARE = ("style.css", "search.js")
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ps", "ur")

_Render = Callable[..., str]


def write_preview(
    guide: Guide, out: Path, on: date, findings: Sequence[Finding], occupations: Sequence[Occupation] = ()
) -> int:
    """Write the preview of the content as it stands on a day into a folder; the number of its pages, the index too.

    The folder is new, empty or a former preview, whose pages are replaced. Raises PreviewError for any other
    folder, where writing fails, and where two occupations would have the same page.
    """
    entries = [entry_page(guide, entry, on, findings) for entry in guide.knowledge.entries.values()]
    jobs = [occupation_page(guide, occupation) for occupation in occupations]
    render = _renderer(guide, on, {page.entry.id for page in entries})
    entry_sections = _sections("group", [(page.entry.group, entry_row(page)) for page in entries])
    job_sections = _sections("occupations", [(page.section, occupation_row(page)) for page in jobs])
    sections = [*entry_sections, *job_sections]
    files = {name: (_PLACE / name).read_text(encoding="utf-8") for name in _AS_THEY_ARE}
    files["index.js"] = _search_index(sections)
    files["index.html"] = render(
        "index.html", root="", pages=entries, jobs=jobs, sections=sections, loose=_loose(entries, findings)
    )
    for name, text in [*_entry_files(render, entries, entry_sections), *_occupation_files(render, jobs)]:
        if name in files:
            raise PreviewError(f"two pages would be called {name}; give one of them another id")
        files[name] = text
    write_folder(out, files)
    return sum(name.endswith(".html") for name in files)


def _entry_files(render: _Render, pages: Sequence[EntryPage], sections: Sequence[Section]) -> Sequence[tuple[str, str]]:
    order = [row.page for section in sections for row in section.rows]
    before = {link.name: previous for previous, link in pairwise(order)}
    after = {link.name: following for link, following in pairwise(order)}
    return [
        (
            page.link.name,
            render(
                "entry.html", root="../", page=page, before=before.get(page.link.name), after=after.get(page.link.name)
            ),
        )
        for page in pages
    ]


def _occupation_files(render: _Render, pages: Sequence[OccupationPage]) -> Sequence[tuple[str, str]]:
    return [(page.link.name, render("occupation.html", root="../", page=page)) for page in pages]


def _sections(kind: str, rows: Sequence[tuple[str, Row]]) -> list[Section]:
    """The rows under their titles, both in the order in which they come."""
    titles = dict.fromkeys(title for title, _ in rows)
    return [
        Section(f"{kind}-{number}", title, tuple(row for its_title, row in rows if its_title == title))
        for number, title in enumerate(titles)
    ]


def _loose(pages: Sequence[EntryPage], findings: Sequence[Finding]) -> list[Finding]:
    """The findings that are about no entry that has a page."""
    ids = {page.entry.id for page in pages}
    return [finding for finding in findings if finding.entry not in ids]


def _search_index(sections: Sequence[Section]) -> str:
    """A script that holds what is searched; a page opened from a folder may not fetch it as data."""
    index = {
        row.page.name: {"titles": [*row.page.titles.values(), row.id], "lines": row.lines}
        for section in sections
        for row in section.rows
    }
    return f"const LOTSE_INDEX = {json.dumps(index, ensure_ascii=True, separators=(',', ':'))};\n"


def _renderer(guide: Guide, on: date, ids: set[str]) -> _Render:
    environment = Environment(
        loader=FileSystemLoader(_PLACE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "as_html": _as_html,
        "day": format_day,
        "direction": _direction,
        "flowing": flowing,
        "label_of": _label_of,
        "link": _link,
    }
    environment.tests["holding"] = _holding
    environment.globals |= {"on": on, "say": guide.texts.say, "ids": ids}

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(**values)

    return render


def _as_html(text: str) -> Markup:
    """A text in the small markup; `page_html` escapes everything that is not of its own making."""
    return Markup(page_html(parse(text)))  # noqa: S704


def _link(source: Source) -> str:
    """A source as a link in the small markup."""
    return f"[{escape(source.title)}]({source.url})"


def _direction(language: str) -> str:
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _label_of(value: str, labels: Mapping[str, str]) -> str:
    return labels.get(value, value)


def _holding(flags: Sequence[str], flag: str) -> bool:
    return flag in flags
