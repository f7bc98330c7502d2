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


# what is written, the language used so far, the language that it may change to (None: it stays)
TURNS = [
    ("ok", "en", None),
    ("Danke", "en", None),
    ("thanks", "de", None),
    ("merci", "de", None),
    ("12", "de", None),
    ("+49 241 432-0", "en", None),
    ("👍👍", "en", None),
    ("?", "de", None),
    ("https://www.aachen.de/de/stadt/index.html", "en", None),
    ("maria@example.org", "de", None),
    ("def main(): print('hello world')", "de", None),
    ('{"a": 1, "b": [true, false]}', "de", None),
    ("<html><body>test</body></html>", "de", None),
    ("for i in range(10): print(i)", "de", None),
    ("asdfgh", "de", None),
    ("Blue Card", "de", None),
    ("Home Office", "de", None),
    ("Ausländerbehörde Aachen", "en", None),
    ("Hauptstraße 5, 52062 Aachen", "en", None),
    ("Grzegorz Brzęczyszczykiewicz", "de", None),
    ("Maria Popescu", "de", None),
    ("паспорт", "uk", None),
    ("диплом", "uk", None),
    ("Wie melde ich mich beim Bürgeramt an? Спасибо", "de", None),
    ("Hello, مرحبا, how do I register?", "en", None),
    ("Ich brauche ein Update zu meinem Job Offer und der Blue Card", "de", None),
    ("I have a Fiktionsbescheinigung from the Ausländeramt der StädteRegion Aachen", "de", "en"),
    ("Where is the Bezirksregierung Köln and the Handwerkskammer Aachen?", "de", "en"),
    ("wie lange dauert das?", "en", "de"),
    ("how much is it?", "de", "en"),
    ("Cum îmi găsesc de lucru?", "de", "ro"),
    ("Dzień dobry, szukam pracy", "de", "pl"),
    ("Si mund të gjej punë?", "de", "sq"),
    ("Zdravo, kako da nađem posao?", "de", "sr"),
    ("Де мені зареєструватися?", "ru", "uk"),
    ("Где мне зарегистрироваться? Это обязательно?", "uk", "ru"),
    ("كيف الحال", "de", "ar"),
    ("چطور ویزا بگیرم", "ar", "fa"),
]


@pytest.mark.parametrize(("text", "used", "changed"), TURNS)
def test_the_language_changes_by_a_sentence_and_by_nothing_less(text: str, used: str, changed: str | None) -> None:
    found = detect(text, used)
    assert (found.language if found.sure and found.language != used else None) == changed


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
