import pickle
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.deciding import COSTS, Found, Missed, PersonWanted, SmallTalk, Understanding, Unsure, fingerprint
from knowledge.model import KnowledgeBase
from knowledge.phrasebook import Phrasing
from knowledge.speech import Speech, load_speech

ENTRIES = {
    "registration": (
        "Wo melde ich meine Wohnung an?|Anmeldung beim Bürgerservice|Adresse anmelden nach dem Umzug|"
        "Was brauche ich für die Anmeldung der Wohnung?|Wie lange habe ich Zeit, mich anzumelden?|"
        "Bescheinigung vom Vermieter für die Anmeldung|neue Adresse in Aachen anmelden|Wohnsitz anmelden",
        "Where do I register my address?|register my flat at the Bürgerservice|address registration after moving|"
        "What do I need to register my flat?|How much time do I have to register?|"
        "landlord confirmation for registration|register new address in Aachen|Anmeldung of my residence",
    ),
    "blue-card-salary": (
        "Mindestgehalt Blaue Karte|Reicht mein Gehalt für die Blaue Karte?|"
        "Wie viel muss ich für die Blue Card verdienen?|"
        "Gehaltsgrenze 50.000|Bruttogehalt Blue Card 2026|Ist mein Lohn hoch genug für die EU-Karte?|"
        "Gehaltsschwelle Engpassberuf|verdiene ich genug für die blaue karte",
        "minimum salary Blue Card|Is my salary enough for the Blue Card?|How much must I earn for the Blue Card?|"
        "salary threshold 50,000|gross salary Blue Card 2026|Is my pay high enough for the EU card?|"
        "salary threshold shortage occupation|do i earn enough for the blue card",
    ),
    "child-benefit": (
        "Kindergeld beantragen|Geld für meine Kinder|Wie viel Kindergeld gibt es?|Antrag bei der Familienkasse|"
        "Bekomme ich Kindergeld mit Aufenthaltserlaubnis?|Elterngeld nach der Geburt|Kindergeld für drei Kinder|"
        "Ab wann wird Kindergeld gezahlt?",
        "apply for child benefit|money for my children|how much Kindergeld is there|form of the Familienkasse|"
        "Do I get child benefit with a residence permit?|parental allowance after birth|"
        "child benefit for three children|"
        "When is child benefit paid?",
    ),
    "crisis-violence": (
        "Mein Mann schlägt mich|Ich werde zu Hause bedroht|Gewalt in der Ehe|Ich habe Angst vor meinem Mann|"
        "Wo ist ein Frauenhaus?|Mein Partner hat mich verletzt|Ich werde geschlagen|Hilfe bei Gewalt",
        "My husband beats me|I am threatened at home|violence in marriage|I am afraid of my husband|"
        "Where is a women's shelter?|My partner hurt me|I am being beaten|help against violence",
    ),
}


class OneMeaning:
    """Vectors that know of a text only which letters it has."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = np.array([[text.count(letter) for letter in "abcdefghijklmnop"] for text in texts], np.float32)
        unit: npt.NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1).astype("f4")
        return unit


def small() -> list[Phrasing]:
    return [
        Phrasing(text, entry, language)
        for entry, wordings in ENTRIES.items()
        for language, texts in zip(("de", "en"), wordings, strict=True)
        for text in texts.split("|")
    ]


def learn() -> Understanding:
    return Understanding.learn(small(), load_speech(), frozenset({"crisis-violence"}))


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return learn()


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("Wo kann ich in Aachen meine neue Adresse anmelden?", "registration"),
        ("How much do I have to earn for the Blue Card?", "blue-card-salary"),
        ("kindergeld antrag familienkasse", "child-benefit"),
        ("Anmedlung der Wohnung beim Bürgerservise", "registration"),
    ],
)
def test_a_clear_question_is_answered_at_once(understanding: Understanding, message: str, entry: str) -> None:
    outcome = understanding.resolve(message)
    assert isinstance(outcome, Found)
    assert outcome.entry == entry
    assert outcome.score == outcome.candidates[0].score


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        (
            "Hallo, guten Tag! Ich hätte eine Frage: Wo melde ich meine Wohnung an? Vielen Dank im Voraus!",
            "registration",
        ),
        ("Hello there, I was wondering how much Kindergeld is there? Thanks a lot", "child-benefit"),
        ("hi please can you tell me where do i register my address thx", "registration"),
    ],
)
def test_greetings_and_thanks_do_not_hide_the_question(understanding: Understanding, message: str, entry: str) -> None:
    outcome = understanding.resolve(message)
    assert isinstance(outcome, Found | Unsure)
    assert outcome.candidates[0].id == entry


def test_a_long_story_is_understood_by_its_question(understanding: Understanding) -> None:
    story = (
        "Ich bin vor zwei Wochen aus Indien gekommen. Wir haben in Burtscheid etwas Kleines gefunden und sind "
        "sehr froh. Wo melde ich meine Wohnung an? Ab Montag arbeite ich."
    )
    assert understanding.resolve(story).candidates[0].id == "registration"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Hallo", "hello"),
        ("Vielen Dank!", "thanks"),
        ("tschüss", "bye"),
        ("who are you?", "who_are_you"),
        ("ok", "filler"),
    ],
)
def test_small_talk_is_small_talk(understanding: Understanding, message: str, kind: str) -> None:
    outcome = understanding.resolve(message)
    assert isinstance(outcome, SmallTalk)
    assert outcome.kind == kind


@pytest.mark.parametrize(
    "message",
    [
        "Ich möchte mit einem Menschen sprechen",
        "can i talk to a real person please",
        "Bitte einen Mitarbeiter, kein Bot",
    ],
)
def test_who_wants_a_person_is_heard(understanding: Understanding, message: str) -> None:
    assert isinstance(understanding.resolve(message), PersonWanted)


@pytest.mark.parametrize(
    ("message", "language", "subject", "said"),
    [
        ("Wie wird das Wetter morgen?", "de", "weather", "Wetter"),
        ("I want to get divorced", "en", "divorce", "lawyer"),
        ("Ausländerbehörde Köln Öffnungszeiten", "de", "other-city", "andere Stadt"),
        ("Muss ich Kirchensteuer zahlen?", "de", "church-tax", "Amtsgericht"),
    ],
)
def test_other_subjects_get_a_pointer_and_no_answer(
    understanding: Understanding, message: str, language: str, subject: str, said: str
) -> None:
    outcome = understanding.resolve(message, language)
    assert isinstance(outcome, Missed)
    assert outcome.subject == subject
    assert outcome.pointer is not None
    assert said in outcome.pointer


@pytest.mark.parametrize(
    "message", ["asdf qwer yxcv", "?!?!", "", "😀😀", "https://example.org/a?b=c", "1234567890", "x" * 9000]
)
def test_noise_is_never_answered(understanding: Understanding, message: str) -> None:
    assert not isinstance(understanding.resolve(message), Found | Unsure)


@pytest.mark.parametrize(
    "message",
    [
        "Mein Mann hat mich wieder geschlagen und ich weiß nicht wohin",
        "Hallo, wo melde ich meine Wohnung an? Mein Partner bedroht mich.",
        "my husband is beating me",
    ],
)
def test_somebody_in_danger_comes_before_everything(understanding: Understanding, message: str) -> None:
    outcome = understanding.resolve(message)
    assert isinstance(outcome, Found)
    assert outcome.entry == "crisis-violence"
    assert outcome.candidates[0].id == "crisis-violence"


def test_candidates_are_entries_best_first_with_probabilities(understanding: Understanding) -> None:
    candidates = understanding.resolve("Was kostet das?").candidates
    assert {each.id for each in candidates} <= set(ENTRIES)
    assert [each.score for each in candidates] == sorted((each.score for each in candidates), reverse=True)
    assert all(0 <= each.score <= 1 for each in candidates)


def test_a_wrong_answer_costs_more_than_asking_back() -> None:
    assert COSTS.wrong > COSTS.asked
    assert COSTS.missed > COSTS.asked
    assert 0 < COSTS.urgent < 0.5


def test_a_kept_understanding_understands_the_same(understanding: Understanding) -> None:
    kept = pickle.loads(pickle.dumps(understanding))
    assert kept.resolve("Kindergeld beantragen") == understanding.resolve("Kindergeld beantragen")


def test_a_fingerprint_tells_what_was_learned_from() -> None:
    speech = load_speech()
    empty = KnowledgeBase({})
    assert fingerprint(empty, speech) == fingerprint(KnowledgeBase({}), load_speech())
    assert fingerprint(empty, speech) != fingerprint(empty, Speech(speech.tongues[:1]))
    assert fingerprint(empty, speech) != fingerprint(empty, speech, OneMeaning())


def test_a_language_without_phrasings_is_understood_by_its_meaning() -> None:
    """Numbers of letters stand in for meanings: any text has one, so the foreign way is taken."""
    learned = Understanding.learn(small(), load_speech(), vectors=OneMeaning())
    scores = learned.matcher.score("Où dois-je déclarer mon adresse ?", "fr")
    assert scores.foreign
    assert not scores.nearest.any()
    assert not learned.matcher.score("Wo melde ich mich an?", "de").foreign
    assert learned.resolve("Où dois-je déclarer mon adresse ?", "fr").candidates


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400), language=st.sampled_from(["de", "en", "uk", None]))
def test_any_message_has_an_outcome(understanding: Understanding, text: str, language: str | None) -> None:
    outcome = understanding.resolve(text, language)
    assert len(outcome.candidates) <= 5
