import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import Detected, detect

SENTENCES = {
    "de": ["Wie kann ich meinen Abschluss anerkennen lassen?", "ich suche eine wohnung in aachen", "wann habt ihr auf"],
    "en": ["How can I get my degree recognised?", "i am looking for a flat in aachen", "when are you open"],
    "fr": ["Comment faire reconnaître mon diplôme ?", "je cherche un appartement à Aix-la-Chapelle"],
    "es": ["¿Cómo puedo homologar mi título?", "busco un piso en Aachen"],
    "tr": ["Diplomamı nasıl tanıtabilirim?", "Aachen'de ev arıyorum"],
    "ar": ["كيف يمكنني الاعتراف بشهادتي؟", "أبحث عن شقة في آخن"],
    "fa": ["چگونه می‌توانم مدرکم را به رسمیت بشناسانم؟", "دنبال خانه در آخن هستم"],
    "uk": ["Як визнати мій диплом?", "шукаю квартиру в Аахені"],
    "ru": ["Как признать мой диплом?", "ищу квартиру в Ахене, где это можно сделать"],
    "pl": ["Jak uznać mój dyplom?", "szukam mieszkania w Akwizgranie"],
    "ro": ["Cum îmi pot recunoaște diploma?", "caut un apartament în Aachen"],
    "it": ["Come posso far riconoscere il mio diploma?", "cerco un appartamento"],
    "sq": ["Si mund ta njoh diplomën time?", "po kërkoj një banesë në Aachen"],
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts])
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    "text", ["Termin", "Aachen", "12345", "!!!", "https://example.org/wie-geht-das", "ok", "", "😀"]
)
def test_a_word_or_noise_never_flips_the_language(text: str) -> None:
    assert detect(text, "en").language == "en"
    assert not detect(text, "uk").sure


def test_one_foreign_term_does_not_flip_a_sentence() -> None:
    assert detect("How do I get an appointment at the Ausländeramt for my Aufenthaltstitel?").language == "en"
    assert detect("Wie hoch ist das Gehalt für die Blue Card?").language == "de"
    assert detect("Was ist der Newcomer Service?", "de").language == "de"


def test_a_clear_sentence_wins_over_the_expectation() -> None:
    assert detect("I would like to know how to register my address", "de") == Detected("en", True)
    assert detect("Ich möchte wissen, wie ich meine Adresse anmelde", "tr") == Detected("de", True)


def test_letters_decide_between_sister_languages() -> None:
    assert detect("Мій ґанок", "ru").language == "uk"
    assert detect("این چیست", "ar").language == "fa"


def test_other_scripts_are_recognised_as_such() -> None:
    assert detect("你好，我想找工作").language == "zh"
    assert detect("Γεια σας").language == "el"


@given(st.text(), st.sampled_from(["de", "uk", "ar", None]))
def test_any_text_is_taken(text: str, hint: str | None) -> None:
    found = detect(text, hint)
    assert found.language is None or found.language.islower()
