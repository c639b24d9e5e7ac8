"""Record ids against recorded ones."""

import pytest

from resources.sandbox import ids


@pytest.mark.parametrize(
    "short, long",
    [
        ("0015500001QdQWa", "0015500001QdQWaAAN"),
        ("751P0000007qkh8", "751P0000007qkh8IAA"),
        ("aBcDEfgHIJKLMNO", "aBcDEfgHIJKLMNO025"),
    ],
)
def test_an_id_of_15_characters_gets_the_recorded_suffix(short: str, long: str) -> None:
    assert ids.to18(short) == long


def test_new_ids_rise_are_distinct_and_carry_their_prefix() -> None:
    made = ids.mint("001", "5Ab", 1, 5000)

    assert len(set(made)) == 5000
    assert all(len(one) == 18 and one.startswith("0015Ab") for one in made)
    assert made == sorted(made)


@pytest.mark.parametrize("text", ["", "001", "001xx00000001Q", "001xx00000001Q!", "001xx00000001QdQWaAANX"])
def test_text_of_another_shape_is_no_id(text: str) -> None:
    assert not ids.is_id(text)
