import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.matcher import Matcher
from knowledge.phrasebook import Phrasing
from knowledge.repair import Lexicon

QUESTIONS = {
    "registration": {
        "de": [
            "Wo melde ich meine Wohnung an?",
            "Anmeldung in Aachen",
            "Adresse anmelden nach dem Umzug",
            "Was brauche ich für die Anmeldung?",
        ],
        "en": [
            "Where do I register my address?",
            "register my flat",
            "address registration after moving",
            "What do I need to register in Aachen?",
        ],
    },
    "blue-card-salary": {
        "de": [
            "Mindestgehalt Blaue Karte",
            "Reicht mein Gehalt?",
            "Wie viel muss ich verdienen?",
            "Gehaltsgrenze 50.000",
        ],
        "en": ["minimum salary Blue Card", "Is my salary enough?", "How much must I earn?", "salary threshold 50,000"],
    },
    "child-benefit": {
        "de": [
            "Kindergeld beantragen",
            "Geld für meine Kinder",
            "Wie viel Kindergeld gibt es?",
            "Antrag Familienkasse",
        ],
        "en": ["apply for child benefit", "money for my children", "how much Kindergeld", "Familienkasse form"],
    },
}


def phrasings() -> list[Phrasing]:
    return [
        Phrasing(text, label, language)
        for label, languages in QUESTIONS.items()
        for language, texts in languages.items()
        for text in texts
    ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.fit(phrasings())


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("wie kann ich mich anmelden", "registration"),
        ("Anmeldnug Wohnung", "registration"),
        ("bluecard gehalt", "blue-card-salary"),
        ("blaue karte mindest gehalt", "blue-card-salary"),
        ("Kindergeldantrag", "child-benefit"),
        ("i need money for the kids Kindergeld", "child-benefit"),
        ("FAMILIENKASSE", "child-benefit"),
    ],
)
def test_the_nearest_subject_comes_first(matcher: Matcher, question: str, label: str) -> None:
    assert matcher.rank(question)[0][0] == label


def test_every_phrasing_finds_its_own_label(matcher: Matcher) -> None:
    assert all(matcher.rank(each.text, each.language)[0][0] == each.label for each in phrasings())


def test_a_wrongly_said_language_does_not_mislead(matcher: Matcher) -> None:
    assert matcher.rank("Kindergeld beantragen", "en")[0][0] == "child-benefit"
    assert matcher.rank("Kindergeld beantragen", "xx")[0][0] == "child-benefit"


def test_nothing_known_is_known_of_gibberish(matcher: Matcher) -> None:
    scores = matcher.score("qqqxx wwwyy zzzvv")
    assert scores.known == 0
    assert float(scores.nearest.max()) < 0.1


def test_a_matcher_survives_being_kept(matcher: Matcher) -> None:
    kept = pickle.loads(pickle.dumps(matcher))
    assert kept.rank("Wo melde ich mich an?") == matcher.rank("Wo melde ich mich an?")


def test_there_must_be_something_to_learn_from() -> None:
    with pytest.raises(ValueError, match="no phrasing"):
        Matcher.fit([Phrasing("?!", "nothing", "de")])


def test_what_is_withheld_is_what_a_matcher_without_it_says() -> None:
    """The closed form agrees with fitting again without the phrasings."""
    known = [each for each in phrasings() if each.language == "de"]
    _, withheld = Matcher.fit_and_examine(known)
    ordered = sorted(known, key=lambda each: each.label)
    own = [at for at, each in enumerate(ordered) if each.label == "registration"]
    out = ordered[own[1]]
    rest = Matcher.fit([each for each in ordered if each is not out])
    expected = rest.score(out.text).learned
    label = Matcher.fit(known).labels.index("registration")
    told = [each for each in withheld if each.own == label and each.label is not None][1]
    assert np.argmax(told.scores.learned) == np.argmax(expected)
    assert np.allclose(told.scores.learned, expected, atol=0.08)  # only the idf differs
    assert 0 <= told.scores.known < 1


def test_withheld_labels_are_not_right_about_anything() -> None:
    _, withheld = Matcher.fit_and_examine(phrasings())
    assert {each.label for each in withheld} == {None, 0, 1, 2}
    gone = [each for each in withheld if each.label is None]
    assert len(gone) == len(phrasings())
    assert max(float(each.scores.nearest[each.own]) for each in gone) == 0


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_gets_a_full_ranking(text: str) -> None:
    matcher = Matcher.fit(phrasings())
    ranked = matcher.rank(text)
    assert {label for label, _ in ranked} == set(QUESTIONS)
    assert all(np.isfinite(score) for _, score in ranked)


def test_slips_are_mended_by_known_words() -> None:
    lexicon = Lexicon([["anmeldung", "wohnung", "gebuhr", "kurs"]])
    assert lexicon.mend("anmeldnug") == "anmeldung"
    assert lexicon.mend("wonung") == "wohnung"
    assert lexicon.mend("zahnarzt") == "zahnarzt"
    assert lexicon.mend("kors") == "kors"  # too short to tell


def test_compounds_come_apart_at_known_words() -> None:
    lexicon = Lexicon([["kurs", "gebuhr", "wohnung"]])
    assert lexicon.split("kursgebuhr") == ("kurs", "gebuhr")
    assert lexicon.split("wohnungsgebuhr") == ("wohnung", "gebuhr")
    assert lexicon.split("wohnung") == ()


def test_a_text_whose_words_are_known_is_at_home_whatever_language_it_is_said_to_be_in(matcher: Matcher) -> None:
    assert matcher.score("Familienkasse Antrag", "nl").known == 1
    assert matcher.score("Adresse anmleden", "nl").known > 0.9
    assert matcher.rank("Kindregeld beantrgaen", "nl")[0][0] == "child-benefit"


def test_a_misspelt_question_is_scored_as_the_one_that_was_meant(matcher: Matcher) -> None:
    meant, written = (
        matcher.score("Was brauche ich für die Anmeldung?"),
        matcher.score("Was brauceh ich für die Anmledung?"),
    )
    assert np.array_equal(meant.combined, written.combined)
