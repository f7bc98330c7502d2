"""Facts as a reader sees them: money, dates, durations, sections of law in the reader's language.

Numbers and dates follow the Unicode CLDR as shipped with Babel; the few words that CLDR lacks ("to", "a
year", the English names of German acts) come in as `Words`. Everything that `show` returns is safe inside
the entries' small markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_compound_unit, format_unit

Language = str

DEFAULT_LANGUAGES: tuple[Language, ...] = ("en", "de")
"""What a reader gets, in this order, where the own language is missing."""

_REGIONS = {"en": "en_GB"}  # Aachen's English is British: 30 June 2026
_BLANKS = re.compile(r"[ \t\r\n]+")  # not the no-break spaces that keep a number and its unit together
_SPECIAL = re.compile(r"([\\*_\[\]<`])")
_NUMBERED_START = re.compile(r"^(\d{1,9})([.)])(?=[ \t]|$)")
_BULLET_START = re.compile(r"^([-+])(?=\s|$)")
_FIRST_NUMBER = re.compile(r"#[#,0.]*")
_HOUR_WORD = re.compile(r"HH '(\w{3,})'")


@dataclass(frozen=True, slots=True)
class Words:
    """What CLDR lacks, for one language; every part may be missing and then CLDR's own neutral form is used."""

    range: str = "{low}–{high}"
    per: Mapping[str, str] = default(default_factory=dict)
    law: Mapping[str, str] = default(default_factory=dict)
    paragraph: str = "Abs. {n}"
    acts: Mapping[str, str] = default(default_factory=dict)
    act: str = "{law} ({act})"
    act_inside: str = "{law}, {act}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, or a range of amounts, of one currency (ISO 4217), perhaps per year, month, week, day, hour
    or person.
    """

    low: Decimal
    high: Decimal | None = None
    currency: str = "EUR"
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A plain number or a range of them."""

    low: Decimal
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage (45.3 is 45.3 per cent) or a range of them."""

    low: Decimal
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """A number, or a range of numbers, of one unit: minute, hour, day, week, month or year."""

    unit: str
    low: int
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """A section of law as German lawyers cite it: § 81a Abs. 3 AufenthG."""

    citation: str


@dataclass(frozen=True, slots=True)
class Link:
    """An https address and the text of its link by language."""

    url: str
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that differs by language."""

    text: Mapping[Language, str]


Value = Money | Count | Percent | Duration | date | Law | Link | Phrase | str


def show(value: Value, language: Language, words: Words, act: str | None = None) -> str:
    """The value in the reader's language, safe to put into the small markup.

    `act` is the pattern in which a section of law is followed by the act's name: as a rule `words.act`;
    `words.act_inside` where the section stands in brackets already; empty where the act has been named
    before.
    """
    match value:
        case Link(url, text):
            return f"[{escape(pick(text, language))}]({_safe_url(url)})"
        case Money():
            plain = format_money(value, language, words)
        case Count(low, high):
            shown_high = None if high is None else _number(high, language)
            plain = _between(_number(low, language), shown_high, words)
        case Percent():
            plain = _format_percent(value, language, words)
        case Duration():
            plain = format_duration(value, language, words)
        case Law(citation):
            plain = format_law(citation, words, words.act if act is None else act)
        case Phrase(text):
            plain = pick(text, language)
        case date():
            plain = format_day(value, language)
        case str():
            plain = value
    return escape(plain)


def escape(text: str) -> str:
    """The text as one line in which nothing is markup any more (CommonMark: a backslash before the sign)."""
    line = _SPECIAL.sub(r"\\\1", _BLANKS.sub(" ", text).strip())
    line = _NUMBERED_START.sub(r"\1\\\2", line)
    return _BULLET_START.sub(r"\\\1", line)


def pick(texts: Mapping[Language, str], language: Language) -> str:
    """The text in the language, or in the first default language there is.

    Raises KeyError where the text is in none of them.
    """
    for candidate in (language, *DEFAULT_LANGUAGES):
        if candidate in texts:
            return texts[candidate]
    raise KeyError(language)


def format_day(day: date, language: Language) -> str:
    """The day with its month in letters: 4. Dezember 2026, 4 December 2026."""
    return format_date(day, "long", locale=_locale(language))


def format_moment(moment: datetime, zone: tzinfo, language: Language) -> str:
    """Weekday, day and time in the zone: Freitag, 4. Dezember 2026, 18:00 Uhr.

    Raises ValueError for a moment without a time zone. The word behind the time is the one of CLDR's hour
    pattern, where that is a whole word ("HH 'Uhr'").
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    locale = _locale(language)
    local = moment.astimezone(zone)
    return f"{format_date(local.date(), 'full', locale=locale)}, {_clock(local, locale)}"


def format_deadline(moment: datetime, zone: tzinfo, language: Language) -> str:
    """Weekday, day and time in the zone, without the year: Dienstag, 24. November, 10:00 Uhr.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    locale = _locale(language)
    local = moment.astimezone(zone)
    if "MMMMEEEEd" in locale.datetime_skeletons:
        day = format_skeleton("MMMMEEEEd", local, locale=locale)
    else:
        day = f"{format_date(local, 'EEEE', locale=locale)}, {format_skeleton('MMMMd', local, locale=locale)}"
    return f"{day}, {_clock(local, locale)}"


def _clock(local: datetime, locale: Locale) -> str:
    """The time of day with the word that belongs behind it in some languages: 10:00 Uhr, 10:00."""
    hour_word = _HOUR_WORD.search(locale.datetime_skeletons["H"].pattern)
    clock = format_time(local.time(), locale.datetime_skeletons["Hm"].pattern, locale=locale)
    return f"{clock} {hour_word[1]}" if hour_word else str(clock)


def format_span(start: datetime, end: datetime, zone: tzinfo, language: Language) -> str:
    """From when to when in the zone: Freitag, 4. Dezember 2026, 18:00–20:00 Uhr; with both days where they differ,
    and only the start where no end is known (it is the same).

    Raises ValueError for a moment without a time zone.
    """
    first, last = format_moment(start, zone, language), format_moment(end, zone, language)
    if start == end:
        return first
    local, until = start.astimezone(zone), end.astimezone(zone)
    if local.date() != until.date():
        return f"{first} – {last}"
    locale = _locale(language)
    clocks = [format_time(t.time(), locale.datetime_skeletons["Hm"].pattern, locale=locale) for t in (local, until)]
    return first.replace(clocks[0], "–".join(clocks), 1)


def format_days(first: date, last: date, language: Language) -> str:
    """A day with its weekday, or the first and the last one: Freitag, 4. Dezember 2026 – Sonntag, ..."""
    days = [format_date(day, "full", locale=_locale(language)) for day in (first, last)]
    return days[0] if first == last else " – ".join(days)


def format_short_day(day: date, language: Language) -> str:
    """Weekday, day and month, short, for buttons: Fr., 4. Dez."""
    return format_skeleton("MMMEd", day, locale=_locale(language))


def format_instant(moment: datetime, zone: tzinfo, language: Language) -> str:
    """Day, month and time in the zone, short, for lists: 4. Dez., 18:00. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    locale = _locale(language)
    local = moment.astimezone(zone)
    day = format_skeleton("MMMd", local, locale=locale)
    return f"{day}, {format_time(local.time(), locale.datetime_skeletons['Hm'].pattern, locale=locale)}"


def country_name(code: str, language: Language) -> str:
    """What a country is called; the code itself (ISO 3166) where there is no name."""
    return str(_locale(language).territories.get(code, code))


def language_name(code: str, language: Language) -> str:
    """What a language is called in another: Deutsch, German; the code itself (ISO 639) where there is no name."""
    return str(_locale(language).languages.get(code, code))


def country_codes(language: Language) -> Mapping[str, str]:
    """The code (ISO 3166) of each country by its name in the language; regions of the world are left out."""
    return {str(name): code for code, name in _locale(language).territories.items() if code.isalpha()}


def format_money(money: Money, language: Language, words: Words) -> str:
    """The amount with its currency, without decimals where it is whole: 50.700 € im Jahr, €50,700 a year."""
    low = _amount(money.low, money.currency, language)
    high = None if money.high is None else _amount(money.high, money.currency, language)
    if high is not None and high[0].isdigit():  # the sign stands behind: once is enough
        low = _amount(money.low, money.currency, language, sign=False)
    return _per(_between(low, high, words), money.per, language, words)


def format_duration(duration: Duration, language: Language, words: Words) -> str:
    """The number with its unit in the nominative: 3 Monate, 1 bis 2 Monate, 3 months, 1 to 2 months."""
    if duration.high is None:
        return _unit(duration.low, duration.unit, language)
    shown = _unit(duration.high, duration.unit, language)
    number = _number(Decimal(duration.high), language)
    low = _number(Decimal(duration.low), language)
    if number in shown:
        return shown.replace(number, _between(low, number, words), 1)
    return _between(_unit(duration.low, duration.unit, language), shown, words)  # Arabic's dual has no number in it


def format_law(citation: str, words: Words, act: str) -> str:
    """The German citation in the reader's words: section 81a (3) AufenthG (Residence Act).

    `act` is the pattern with the act's name, empty to leave the name out. Languages without words for law
    get the citation as it is; that is how offices write it.
    """
    if not words.law:
        return citation
    shown = re.sub(r"Abs\. ?(\d+\w?)", lambda found: words.paragraph.format(n=found[1]), citation)
    for german, word in words.law.items():
        edge = r"(?!\w)" if german[-1].isalpha() else r"(?!§)"
        shown = re.sub(rf"(?<!\w){re.escape(german)}{edge} ?", f"{word} ", shown)
    shown = " ".join(shown.split())
    short = act_of(citation, words)
    return act.format(law=shown, act=words.acts[short]) if act and short else shown


def act_of(citation: str, words: Words) -> str | None:
    """The short name of the act cited (AufenthG), None where the words do not know it."""
    return next((act for act in words.acts if citation.endswith(f" {act}")), None)


def _format_percent(percent: Percent, language: Language, words: Words) -> str:
    locale = _locale(language)
    low, high = (
        None if share is None else format_percent(share / 100, locale=locale, decimal_quantization=False)
        for share in (percent.low, percent.high)
    )
    if high is not None and high[0].isdigit():
        low = _number(percent.low, language)
    return _between(str(low), high, words)


def _amount(amount: Decimal, currency: str, language: Language, *, sign: bool = True) -> str:
    locale = _locale(language)
    pattern = locale.currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    number = "#,##0" if whole else "#,##0.00"
    return format_currency(
        amount,
        currency,
        format=_FIRST_NUMBER.sub(number, pattern) if sign else number,
        locale=locale,
        currency_digits=False,
    )


def _number(number: Decimal, language: Language) -> str:
    return format_decimal(number, locale=_locale(language), decimal_quantization=False)


def _between(low: str, high: str | None, words: Words) -> str:
    return low if high is None else words.range.format(low=low, high=high)


def _per(amount: str, per: str | None, language: Language, words: Words) -> str:
    if per is None:
        return amount
    if per in words.per:
        return words.per[per].format(amount=amount)
    if per == "person":  # no unit of CLDR
        return format_compound_unit(amount, denominator_value=per, locale=_locale(language)) or amount
    return format_compound_unit(amount, denominator_unit=per, locale=_locale(language)) or amount


def _unit(number: int, unit: str, language: Language) -> str:
    locale = _locale(language)
    shown = format_unit(number, f"duration-{unit}", length="long", locale=locale)
    if unit in shown and locale.language != "en":  # Babel lacks the long form of some languages (ar, fa, tr)
        shown = format_unit(number, f"duration-{unit}", length="short", locale=locale)
    return shown


def _safe_url(url: str) -> str:
    return url.replace("\\", "%5C").replace("(", "%28").replace(")", "%29").replace(" ", "%20")


@lru_cache(maxsize=64)
def _locale(language: Language) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(language, language), sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return _locale(DEFAULT_LANGUAGES[0])
