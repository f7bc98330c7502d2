"""What the path to the right authority says: for every occupation and every country of the world, and broken files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.config import Settings
from knowledge.formats import country_codes
from knowledge.loader import load_knowledge
from knowledge.loader_yaml import ContentError
from knowledge.model import KnowledgeBase
from knowledge.occupation_files import load_occupations
from knowledge.occupations import Occupation, Occupations
from knowledge.recognition import EU, OTHER, Recognition
from knowledge.recognition_files import load_recognition

FOLDER = Settings().knowledge_dir
WORLD = sorted(set(country_codes("en").values()) - {"DE"})


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(FOLDER)


@pytest.fixture(scope="module")
def occupations(base: KnowledgeBase) -> Occupations:
    return load_occupations(FOLDER, base)


@pytest.fixture(scope="module")
def recognition(base: KnowledgeBase, occupations: Occupations) -> Recognition:
    return load_recognition(FOLDER, base, occupations)


@pytest.mark.parametrize("trained", [EU, OTHER])
@pytest.mark.parametrize("place", ["here", "abroad"])
def test_every_occupation_and_class_of_country_gets_a_word_on_every_topic(
    trained: str, place: str, occupations: Occupations, recognition: Recognition
) -> None:
    for each in occupations.by_id.values():
        occupation = recognition.fitting(each, occupations, trained)
        additions = recognition.additions(occupation, None, trained, place)
        assert list(additions) == ["automatic", "level", "duration", "cost", "start", "advice"]


def test_every_occupation_and_country_names_a_body_or_says_that_nobody_decides(
    occupations: Occupations, base: KnowledgeBase
) -> None:
    for occupation in occupations.by_id.values():
        for country in WORLD if occupation.training else ["FR", "IN"]:
            answer = occupations.describe(occupation, "de", base, country)
            decided = occupation.authority_for(country) is not None or occupation.kind.nobody is not None
            listed = occupation.training and answer.text.count("\n- ") == len(occupation.training)
            assert decided or listed, (occupation.id, country)


@pytest.mark.parametrize(
    ("occupation", "trained", "place", "said"),
    [
        ("nurse", OTHER, "abroad", {"automatic": "none", "level": "health", "start": "regulated", "advice": "abroad"}),
        ("nurse", EU, "here", {"automatic": "annex-v", "duration": "europe", "advice": "here"}),
        ("doctor", OTHER, "here", {"level": "doctors", "cost": "doctors", "duration": "own"}),
        ("electrician", OTHER, "here", {"level": "none-needed", "cost": "craft", "start": "free", "advice": "craft"}),
        ("cook", OTHER, "here", {"duration": "equivalence", "cost": "ihk", "start": "free"}),
        ("architect", EU, "here", {"automatic": "annex-v", "start": "title"}),
        ("teacher-eu", EU, "here", {"level": "teachers", "cost": "teachers"}),
        ("medical-assistant", OTHER, "here", {"cost": "ask"}),
        ("truck-driver", OTHER, "here", {"duration": "ask"}),
    ],
)
def test_what_is_said_on_a_topic_follows_from_the_occupation(
    occupation: str, trained: str, place: str, said: dict[str, str], occupations: Occupations, recognition: Recognition
) -> None:
    additions = recognition.additions(occupations[occupation], None, trained, place)
    assert {topic: additions[topic].id for topic in said} == said


def test_every_remark_is_said_to_somebody(occupations: Occupations, recognition: Recognition) -> None:
    said = {
        (topic, addition.id)
        for occupation in occupations.by_id.values()
        for trained in (EU, OTHER)
        for place in ("here", "abroad")
        for topic, addition in recognition.additions(occupation, None, trained, place).items()
    }
    assert said == {(topic, each.id) for topic, rows in recognition.topics.items() for each in rows}


def test_teachers_and_lawyers_are_sorted_by_where_they_were_trained(
    occupations: Occupations, recognition: Recognition
) -> None:
    def fitting(occupation: str, trained: str) -> Occupation:
        return recognition.fitting(occupations[occupation], occupations, trained)

    assert fitting("teacher-eu", OTHER).id == "teacher-other"
    assert fitting("teacher-other", EU).id == "teacher-eu"
    assert fitting("lawyer-other", EU).id == "lawyer-eu"
    assert fitting("nurse", OTHER).id == "nurse"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: [teacher]", "kind: [teachers]", "there is no teachers"),
        ("recognition-cost.craft", "recognition-cost.crafts", "there is no fact recognition-cost.crafts"),
        ("    none: {}\n", "", "the last remark of a topic"),
        ("other: teacher-other", "other: teacher-else", "there is no teacher-else"),
        ("entries: [recognition-authority", "entries: [recognition-authorities", "there is no recognition-authorities"),
    ],
)
def test_a_broken_file_is_refused_with_its_key(
    old: str, new: str, complaint: str, base: KnowledgeBase, occupations: Occupations, tmp_path: Path
) -> None:
    file = tmp_path / "paths" / "recognition" / "remarks.yaml"
    file.parent.mkdir(parents=True)
    shutil.copy(FOLDER / "paths" / "recognition" / "remarks.yaml", file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_recognition(tmp_path, base, occupations)
    assert "remarks.yaml" in str(refused.value)
    assert complaint in str(refused.value)
