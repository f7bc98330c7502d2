"""Whatever stands in a content file, the loader takes it or refuses it as content; nothing else ever happens."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import ContentError, load_knowledge
from tests.knowledge.test_loader import ANMELDUNG, KINDERGELD


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("content") / "knowledge"
    (home / "entries/arriving").mkdir(parents=True)
    (home / "entries/arriving/registration.yaml").write_text(ANMELDUNG, encoding="utf-8")
    return home


LINES = KINDERGELD.splitlines()
PIECES = st.sampled_from(
    [*LINES, "- x", "a: b: c", "{", "}", "'", '"', "&a", "*a", "!!int x", "|", ">", "\t", "---", "{x.y}"]
)


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(PIECES, max_size=40).map(lambda lines: "\n".join(lines).encode()),
        st.tuples(st.integers(0, len(KINDERGELD)), st.integers(0, 30), st.text(max_size=10)).map(
            lambda cut: (KINDERGELD[: cut[0]] + cut[2] + KINDERGELD[cut[0] + cut[1] :]).encode()
        ),
    )
)
def test_whatever_is_in_a_file_it_is_loaded_or_refused_as_content(shelf: Path, content: bytes) -> None:
    (shelf / "entries/arriving/child-benefit.yaml").write_bytes(content)
    try:
        base = load_knowledge(shelf)
    except ContentError as error:
        assert error.problems
        assert all(re.match(r"knowledge/\S+(:\d+)?: \S", line) for line in str(error).splitlines()), str(error)
    else:
        assert base.answer("child-benefit", "de", date(2026, 11, 25)).text
