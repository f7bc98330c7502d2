from pathlib import Path

import pytest

from knowledge.folding import words
from knowledge.speech import SpeechError, load_speech


def test_every_language_knows_the_same_kinds_and_subjects() -> None:
    first, *others = load_speech().tongues
    for other in others:
        assert set(other.smalltalk) == set(first.smalltalk)
        assert set(other.outside) == set(first.outside)


def test_nothing_is_said_twice_in_a_language() -> None:
    for tongue in load_speech().tongues:
        texts = [*tongue.person]
        texts += [text for group in (*tongue.smalltalk.values(), *tongue.outside.values()) for text in group]
        folded = [" ".join(words(text)) for text in texts if len(words(text)) > 2]
        assert len(folded) == len(set(folded)), {text for text in folded if folded.count(text) > 1}


def test_there_are_enough_wordings() -> None:
    for tongue in load_speech().tongues:
        assert 20 <= len(tongue.person) <= 45
        assert all(len(texts) >= 8 for texts in tongue.outside.values())
        assert all(len(texts) >= 8 for texts in tongue.smalltalk.values())


def test_a_pointer_is_in_the_language_asked_for_else_in_english() -> None:
    speech = load_speech()
    assert "Tierarztpraxis" in (speech.pointer("pets", "de") or "")
    assert "vet" in (speech.pointer("pets", "en") or "")
    assert speech.pointer("pets", "tr") == speech.pointer("pets", "en")
    assert speech.pointer("pets", None) == speech.pointer("pets", "en")
    assert speech.pointer("no such subject", "de") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("language: de\nsmalltalk: {}\nperson: []\n", "outside"),
        ("language: de\nsmalltalk: {}\nperson: []\noutside: {}\nsmaltalk: {}\n", "smaltalk"),
        ("language: [de\n", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_key(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "de.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SpeechError, match=rf"de\.yaml.*{said}"):
        load_speech(tmp_path)
