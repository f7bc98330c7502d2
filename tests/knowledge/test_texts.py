"""The assistant's own words: complete in every language, or refused with every problem."""

from pathlib import Path

import pytest

from knowledge.loader_yaml import ContentError
from knowledge.texts import Texts, load_texts

GERMAN = """\
greeting: "Hallo {name}!"
case:
  opened: Ihr Anliegen hat die Nummer {number}.
  closed: Erledigt.
days: [Montag, Dienstag]
help.more: Mehr Hilfe
"""
ENGLISH = """\
greeting: "Hello {name}!"
case:
  opened: Your case has the number {number}.
  closed: Done.
days: [Monday, Tuesday]
help:
  more: More help
"""


def locales(tmp_path: Path, **languages: str) -> Path:
    home = tmp_path / "knowledge" / "locales"
    for language, text in languages.items():
        (home / language).mkdir(parents=True)
        (home / language / "texts.yaml").write_text(text, encoding="utf-8")
    return home


def load(tmp_path: Path, **languages: str) -> Texts:
    return load_texts(locales(tmp_path, **languages))


def test_a_text_is_said_with_its_values(tmp_path: Path) -> None:
    texts = load(tmp_path, de=GERMAN, en=ENGLISH)
    assert texts.languages == ("de", "en")
    assert texts.say("de", "greeting", name="Olena {x}") == "Hallo Olena {x}!"
    assert texts.say("en", "case.opened", number=7, unused=1) == "Your case has the number 7."
    assert texts.say("de", "help.more") == "Mehr Hilfe"
    assert texts.list("de", "days") == ("Montag", "Dienstag")


def test_a_language_not_spoken_here_gets_english(tmp_path: Path) -> None:
    texts = load(tmp_path, de=GERMAN, en=ENGLISH)
    assert texts.say("uk", "case.closed") == "Done."
    assert texts.list("uk", "days") == ("Monday", "Tuesday")
    assert Texts({"de": {"a": "ja"}}).say("uk", "a") == "ja"


def test_an_area_has_a_file_of_its_own_in_every_language(tmp_path: Path) -> None:
    home = locales(tmp_path, de=GERMAN, en=ENGLISH)
    (home / "de" / "texts_paths.yaml").write_text("path: Wir gehen den Weg zusammen.", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_texts(home)
    assert [(p.file, p.message) for p in refused.value.problems] == [
        ("knowledge/locales/en/texts_paths.yaml", "this file is missing; another language has it")
    ]
    (home / "en" / "texts_paths.yaml").write_text("path: We walk this path together.", encoding="utf-8")
    assert load_texts(home).say("en", "path") == "We walk this path together."


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    home = locales(tmp_path, de=GERMAN, en=ENGLISH)
    for language in ("de", "en"):
        (home / language / "texts_paths.yaml").write_text('greeting: "Nochmals {name}"', encoding="utf-8")
    with pytest.raises(ContentError, match="another file of texts has this key already"):
        load_texts(home)


@pytest.mark.parametrize("key", ["nothing", "greeting", "days"])
def test_what_cannot_be_said_is_a_key_error_naming_the_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(KeyError, match=key):
        load(tmp_path, de=GERMAN, en=ENGLISH).say("de", key)


def test_a_text_is_no_list_and_no_language_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="a is one text"):
        Texts({"de": {"a": "ja"}}).list("de", "a")
    with pytest.raises(KeyError, match="a"):
        Texts({}).say("de", "a")


def test_a_further_language_is_a_folder_and_must_be_complete(tmp_path: Path) -> None:
    texts = load(tmp_path, de=GERMAN, en=ENGLISH, uk=ENGLISH.replace("Hello", "Привіт"))
    assert texts.languages == ("de", "en", "uk")
    assert texts.say("uk", "greeting", name="Olena") == "Привіт Olena!"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message"),
    [
        ("  closed: Done.\n", "", 2, "case.closed", "this key is missing"),
        ("closed:", "clozed:", 4, "case.clozed", "did you mean case.closed?"),
        ("{name}", "{who}", 1, "greeting", "{who} differ from German's {name}"),
        ("Hello {name}!", "Hello!", 1, "greeting", "(none) differ from German's {name}"),
        ("Hello {name}!", "Hello {name} {Name}!", 1, "greeting", "{Name}: a place is written {like_this}"),
        ("[Monday, Tuesday]", "Monday", 5, "days", "a list in one language"),
        ("Done.", '""', 4, "case.closed", "none of them empty"),
        ("Done.", "12", 4, "case.closed", "numbers need quotes"),
        ("[Monday, Tuesday]", "[]", 5, "days", "none of them empty"),
        ("  more: More", "  more: More help\nhelp.more: More", 8, "help.more", "there twice"),
        ("  closed: Done.", "  closed: Done.\n  closed: Over.", 5, "case.closed", "there twice"),
    ],
)
def test_a_flaw_is_refused_naming_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str, message: str
) -> None:
    assert old in ENGLISH
    with pytest.raises(ContentError) as refused:
        load(tmp_path, de=GERMAN, en=ENGLISH.replace(old, new))
    named = [problem for problem in refused.value.problems if problem.key == key]
    assert named, str(refused.value)
    assert (named[0].file, named[0].line) == ("knowledge/locales/en/texts.yaml", line)
    assert message in named[0].message


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refused:
        load(tmp_path, de="- a\n- b\n", uk="[")
    files = [problem.file.removeprefix("knowledge/locales/") for problem in refused.value.problems]
    assert files == ["de/texts.yaml", "en/texts.yaml", "uk/texts.yaml"]
