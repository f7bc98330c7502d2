"""YAML as plain values: what an editor typed stays what it is."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from knowledge.loader_yaml import UnreadableError, compose, line_of, parse


def test_values_stay_what_the_editor_typed() -> None:
    typed = "a: no\nb: 12:30\nc: 0241\nd: 1.50\ne: 2026-01-01\nf: 1e5\ng: ~\nh: 0x1f\ni: '7'\nj: 1_000\nk: .inf"
    assert parse(typed) == {
        "a": "no",
        "b": "12:30",
        "c": "0241",
        "d": Decimal("1.50"),
        "e": date(2026, 1, 1),
        "f": "1e5",
        "g": None,
        "h": "0x1f",
        "i": "7",
        "j": "1_000",
        "k": ".inf",
    }


def test_the_line_of_a_key_is_that_of_its_innermost_part_there_is() -> None:
    node = compose("a:\n  b:\n    - x\n    - y\n  c.d: 1\n")
    assert line_of(node, ("a", "b", "1")) == 4
    assert line_of(node, ("a", "b", "9")) == 2
    assert line_of(node, ("a", "c", "d")) == 5
    assert line_of(node, ("a", "z")) == 1
    assert line_of(node, ()) == 1


@given(st.one_of(st.text(), st.text(alphabet="ab:-[]{}&*!|>'\"#\n ,?%@`")))
def test_any_text_is_a_plain_value_or_unreadable(text: str) -> None:
    try:
        parse(text)
    except UnreadableError as unreadable:
        assert unreadable.flaws
