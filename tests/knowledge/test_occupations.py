"""The occupations that are shipped: complete, found by what people call them, described in both languages."""

import pickle
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import knowledge
from knowledge.loader import load_knowledge
from knowledge.model import KnowledgeBase
from knowledge.occupation_files import load_occupations
from knowledge.occupations import Occupations

SHIPPED = Path(knowledge.__file__).parent
MARKUP = MarkdownIt("zero").enable(["emphasis", "link", "list", "escape", "newline"])


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(SHIPPED)


@pytest.fixture(scope="module")
def occupations(base: KnowledgeBase) -> Occupations:
    return load_occupations(SHIPPED, base)


IDS = """
accountant agricultural-mechanic architect baker bank-clerk beautician bicycle-mechanic body-builder
bricklayer building-cleaner building-engineer bus-driver butcher car-mechanic care-helper
chemical-lab-technician chemical-operator childhood-educator childminder chimney-sweep confectioner
construction-draughtsperson cook dental-assistant dental-technician dentist designer dietitian doctor
driving-instructor economist educator electrician emergency-technician engineer-job engineer-title farmer
florist food-chemist forestry-worker freight-clerk functional-diagnostics-technologist gardener
geriatric-nurse glazier goldsmith hairdresser hearing-aid-acoustician helper home-economist horse-keeper
hotel-specialist in-house-lawyer industrial-clerk industrial-electrician industrial-mechanic
information-electronics-technician integration-course-teacher interior-architect interior-decorator
interpreter it-electronics-technician it-specialist it-without-degree joiner journalist
laboratory-technologist landscape-architect lawyer-eu lawyer-other legal-assistant machine-operator machinist
marketing-manager massage-therapist master-craftsperson mathematician mechatronics-technician media-designer
medical-assistant medical-specialist metalworker midwife nurse nursery-nurse nursing-assistant
occupational-therapist office-clerk operating-technician optician orthoptist orthotist paediatric-nurse
painter paramedic pharmacist pharmacy-clerk pharmacy-technician photographer physiotherapist pilot plasterer
plumber podiatrist precision-mechanic product-designer psychologist psychotherapist radiographer
real-estate-clerk refrigeration-technician researcher restaurant-specialist retail-salesperson road-builder
roofer scaffolder scientist security-guard security-specialist shoemaker social-assistant social-scientist
social-worker software-engineer special-educator special-needs-carer speech-therapist sports-teacher
state-technician tailor tax-adviser tax-clerk taxi-driver teacher-eu teacher-other technical-assistant tiler
timber-carpenter trade-clerk travel-agent truck-driver urban-planner veterinarian veterinary-assistant
warehouse-specialist watchmaker
"""
"""Buttons in people's chats keep these ids, so none is renamed."""


def test_all_147_occupations_are_there(occupations: Occupations) -> None:
    assert len(IDS.split()) == 147
    assert set(occupations.by_id) == set(IDS.split())


def test_each_occupation_is_found_by_its_names(occupations: Occupations) -> None:
    for each in occupations.by_id.values():
        for name in (each.name["de"], each.female, each.male, each.name["en"]):
            naming = occupations.find(f"Wer erkennt mich an? {name}")
            assert each in (naming.one, *naming.choices), (each.id, name, naming)


NAMED = """
Ich bin Schweißer, wer erkennt mich an?|metalworker
I am a welder, who recognises me?|metalworker
I'm an electrician from Turkey. Where do I apply?|electrician
Ich bin Elektrikerin und komme aus Serbien|electrician
Wer ist für Krankenschwestern zuständig?|nurse
Ich bin Krankenpflgerin|nurse
physiotherapst recognition|physiotherapist
Physiotherapeuten Anerkennung|physiotherapist
I worked as a hair dresser for ten years|hairdresser
Friseurmeister aus Syrien|hairdresser
Kochausbildung anerkennen lassen|cook
I am a chef|cook
I'm a mechanical engineer|engineer-job
Softwareentwicklerin aus Indien|software-engineer
software developers|software-engineer
Fachinformatiker|it-specialist
Erzieherin aus der Ukraine|educator
kindergarten teacher|educator
dentist from Brazil|dentist
Ärztinnen aus dem Iran|doctor
pediatrician|medical-specialist
Kinderarzt|medical-specialist
pharmasist|pharmacist
Ich bin Tischler|joiner
kfzmechaniker|car-mechanic
auto mecanic|car-mechanic
LKW-Fahrer|truck-driver
truckdriver|truck-driver
Truck drivers from Serbia|truck-driver
architekt aus Iran|architect
midwives|midwife
Bäckerlehre|baker
Baecker|baker
Malerin und Lackiererin|painter
Ich bin Schneiderin|tailor
Buchhalterin|accountant
Dolmetscherin|interpreter
Kellnerin|restaurant-specialist
Industrieelektriker|industrial-electrician
gardner|gardener
Medizinische Fachangestellte|medical-assistant
Arzthelferin|medical-assistant
PTA|pharmacy-technician
plumer|plumber
Dachdecker/in|roofer
CNC operator|machinist
Ich habe Medizin studiert|doctor
I studied computer science|software-engineer
Wer erkennt meinen Abschluss als Krankenpflegerin an?|nurse
bin elektriker aus syrien|electrician
bachelor of nursing from india recognition|nurse
Krankenpflegediplom|nurse
Kinderkrankenschwester aus Polen|paediatric-nurse
medizinischer Fachangestellter|medical-assistant
Zahnaerztin aus Syrien|dentist
Sozialpädagogin|social-worker
Darf ich als staatlich geprüften Techniker arbeiten|state-technician
i was electrican in syria|electrician
Maurergeselle|bricklayer
hairdreser from turkey|hairdresser
Kauffrau für Büromanagement|office-clerk
self taught programmer without degree|it-without-degree
Autolackierer|painter
security guard from ghana|security-guard
"""


@pytest.mark.parametrize("line", NAMED.strip().splitlines())
def test_a_question_that_names_an_occupation_finds_it(occupations: Occupations, line: str) -> None:
    question, wanted = line.split("|")
    naming = occupations.find(question)
    assert naming.one == occupations[wanted], naming
    assert naming.choices == ()
    assert naming.mention
    assert naming.mention in question


@pytest.mark.parametrize(
    ("question", "among"),
    [
        ("Ich bin Ingenieur", "engineer-title"),
        ("I am an engineer", "engineer-job"),
        ("Pfleger", "geriatric-nurse"),
        ("Pflegehelferin aus Albanien", "nursing-assistant"),
        ("Schlosser", "industrial-mechanic"),
        ("Pflegerin aus Albanien", "nurse"),
        ("Mechaniker", "car-mechanic"),
        ("technician", "state-technician"),
        ("Elektroniker:innen", "electrician"),
        ("assistant", "dental-assistant"),
        ("teacher", "teacher-other"),
        ("Lehrerin aus Polen", "teacher-eu"),
        ("Rechtsanwältin", "lawyer-other"),
        ("carpenter", "timber-carpenter"),
        ("programmer", "it-without-degree"),
        ("lab technician", "chemical-lab-technician"),
        ("My wife is a nurse and I am an electrician", "electrician"),
    ],
)
def test_an_unclear_name_asks_back_with_choices(occupations: Occupations, question: str, among: str) -> None:
    naming = occupations.find(question)
    assert naming.one is None
    assert 2 <= len(naming.choices) <= 5
    assert occupations[among] in naming.choices


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Kann ich mal fragen, wo ich mich anmelde?",
        "Mein Chef zahlt den Lohn nicht",
        "Can I drive with my driver's license?",
        "Frau Schneider hat mir geholfen",
        "Was kostet ein Kurs weiter?",
        "Ich suche Wälder und Felder",
        "How do I find a doctor?",
        "Hausmeister",
        "Mein Deutsch ist noch schlecht und ich habe schlechte Noten",
        "Ich möchte mein Auto verkaufen",
        "Gilt mein Schweizer Zeugnis?",
        "Wer hat den Schlüssel zum Keller?",
        "Where is my social security number?",
        "Bavarian programmes and a fee waiver",
        "What documents do I need for a bank account?",
    ],
)
def test_other_questions_name_no_occupation(occupations: Occupations, question: str) -> None:
    naming = occupations.find(question)
    assert (naming.one, naming.choices, naming.mention) == (None, (), "")


def test_finding_takes_less_than_a_millisecond_and_survives_pickling(occupations: Occupations) -> None:
    again = pickle.loads(pickle.dumps(occupations))
    questions = [line.split("|")[0] for line in NAMED.strip().splitlines()]
    started = time.perf_counter()
    for question in questions:
        assert again.find(question).mention == occupations.find(question).mention
    assert (time.perf_counter() - started) / len(questions) < 0.002


@pytest.mark.parametrize("language", ["de", "en", "uk"])
def test_every_description_is_whole(occupations: Occupations, base: KnowledgeBase, language: str) -> None:
    for each in occupations.by_id.values():
        answer = occupations.describe(each, language, base)
        assert answer.entry_id == f"occupation:{each.id}"
        assert answer.language == ("en" if language == "uk" else language)
        assert answer.legal
        assert 0 < len(answer.short) <= 30
        assert answer.related[0][0] in base.entries
        for text in (answer.text, *answer.steps, answer.contact):
            assert text
            assert not re.search(r"[{}]|\bNone\b", text), (each.id, text)
            assert "ordered_list_open" not in {token.type for token in MARKUP.parse(text)}
        for authority in each.authorities:
            assert authority.decides[answer.language] in answer.text


def test_an_english_answer_names_the_german_occupation(occupations: Occupations, base: KnowledgeBase) -> None:
    answer = occupations.describe(occupations["metalworker"], "en", base)
    assert answer.title == "Metalworker: who decides"
    assert "(in German: Metallbauer/in)" in answer.text


def test_an_unsure_authority_is_named_as_unsure(occupations: Occupations, base: KnowledgeBase) -> None:
    assert "As far as we know" in occupations.describe(occupations["cook"], "en", base).text
    assert "As far as we know" not in occupations.describe(occupations["baker"], "en", base).text
    assert "umstritten" in occupations.describe(occupations["gardener"], "de", base).text


@pytest.mark.parametrize(
    ("country", "authority"),
    [
        ("PL", "bezreg-arnsberg-school"),
        ("UA", "bezreg-detmold-school"),
        ("BY", "bezreg-detmold-school"),
        ("TR", "bezreg-duesseldorf-school"),
        ("XK", "bezreg-duesseldorf-school"),
        ("ES", "bezreg-koeln-school"),
        ("IN", "bezreg-muenster-school"),
        ("MT", None),
    ],
)
def test_the_country_of_training_decides_on_educators(
    occupations: Occupations, base: KnowledgeBase, country: str, authority: str | None
) -> None:
    found = occupations["educator"].authority_for(country)
    assert (found and found.id) == authority
    text = occupations.describe(occupations["educator"], "en", base, country).text
    assert found is None or found.name["en"] in text


@given(st.text(max_size=300))
def test_whatever_is_asked_finding_never_fails(occupations: Occupations, text: str) -> None:
    naming = occupations.find(text)
    assert naming.mention in text
    assert naming.one is None or naming.choices == ()
    assert len(naming.choices) <= 5
