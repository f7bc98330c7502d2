"""What is wrong in the files of the occupations is refused, with the file and what to do."""

import shutil
from pathlib import Path

import pytest

import knowledge
from knowledge.loader import ContentError, load_knowledge
from knowledge.model import KnowledgeBase
from knowledge.occupation_files import load_occupations

SHIPPED = Path(knowledge.__file__).parent


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(SHIPPED)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "professions", tmp_path / "knowledge/professions")
    return tmp_path / "knowledge"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("occupations/crafts.yaml", "authorities: [hwk-aachen]", "authorities: [hwk-achen]", "no authority hwk-achen"),
        ("occupations/crafts.yaml", "kind: craft\n", "kind: crafts\n", "no kind crafts"),
        (
            "occupations/crafts.yaml",
            "entry: profession-craft",
            "entry: profession-crafts",
            "did you mean profession-craft",
        ),
        ("occupations/crafts.yaml", "sources: [bqfg, hwo, hwk]", "sources: [bqgf]", "no source bqgf"),
        ("occupations/crafts.yaml", "sources: [bqfg, hwo, hwk]", "sources: []", "without a source"),
        ("occupations/crafts.yaml", "  authorities: [hwk-aachen]\n", "", "name the authorities"),
        ("occupations/crafts.yaml", "regulated: business", "regulated: maybe", "this must be one of"),
        ("occupations/crafts.yaml", '"electrical fitter"', '"nurse"', "is a name of"),
        ("occupations/crafts.yaml", "electrician:", "nurse:", "the id is there twice"),
        ("occupations/education.yaml", "training: school-based", "training: by-moon", "no rule by-moon"),
        (
            "ambiguous.yaml",
            "carpenter: [joiner, timber-carpenter]",
            "carpenter: [joiner, carpentr]",
            "no occupation carpentr",
        ),
        ("ambiguous.yaml", "carpenter: [joiner, timber-carpenter]", "carpenter: [joiner]", "write at least 2"),
        ("training.yaml", "authority: bezreg-koeln-school", "authority: bezreg-bonn", "no authority bezreg-bonn"),
        (
            "training.yaml",
            "countries: [PL, RO, SK, CZ]",
            "countries: [PL, Romania]",
            "neither a country's code nor a group",
        ),
        ("authorities.yaml", "lba:", "lba-old:", "nothing refers to it"),
        ("sources.yaml", "gdolmg:", "gdolmg-old:", "nothing refers to it"),
        ("kinds.yaml", "security:", "security-old:", "nothing refers to it"),
        ("wording.yaml", "{name}: who decides", "who decides", "in braces"),
        ("finding.yaml", "names: [", "nams: [", "unknown key"),
    ],
)
def test_a_broken_file_is_refused(copied: Path, base: KnowledgeBase, file: str, old: str, new: str, said: str) -> None:
    path = copied / "professions" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_occupations(copied, base)
    assert any(said in str(problem) for problem in refused.value.problems), refused.value
    assert all(problem.file.startswith("knowledge/professions/") for problem in refused.value.problems)
