"""Values across the border: canonical text, JSON, CSV, Arrow."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from resources.salesforce.delimited import read, written
from resources.salesforce.ids import long_id
from resources.salesforce.values import NotOfType, column, to_json

AWKWARD = [
    'She said "hi", twice',
    "two\nlines",
    "a,b;c\td",
    "=1+1",
    "#N/A",
    "Zoë 🦉 Łódź",
    "  spaces  ",
    "'quoted'",
    "\\backslash\\",
    '"',
    "é",
]


@pytest.mark.parametrize(
    "salesforce_type, json_values, csv_values, expected",
    [
        ("string", ["a", None, "x\r\ny\rz"], ["a", None, "x\r\ny\rz"], ["a", None, "x\ny\nz"]),
        ("picklist", ["A", ""], ["A", ""], ["A", None]),
        ("boolean", [True, False, None], ["true", "false", None], [True, False, None]),
        ("int", [42, None, 7.0], ["42", None, "7.0"], [42, None, 7]),
        ("double", [1.5, 2, None], ["1.5", "2", None], [1.5, 2.0, None]),
        ("currency", [1e7], ["1.0E7"], [1e7]),
        ("date", ["2026-01-31", None], ["2026-01-31", None], [date(2026, 1, 31), None]),
        (
            "datetime",
            ["2026-01-31T08:15:00.123+0000", None],
            ["2026-01-31T08:15:00.123Z", None],
            [datetime(2026, 1, 31, 8, 15, 0, 123000), None],  # noqa: DTZ001
        ),
    ],
)
def test_json_and_csv_give_the_same_column(
    salesforce_type: str, json_values: list[object], csv_values: list[str | None], expected: list[object]
) -> None:
    from_json = column(json_values, salesforce_type)
    from_csv = column(pa.chunked_array([pa.array(csv_values, pa.string())]), salesforce_type)
    assert from_json.to_pylist() == from_csv.to_pylist() == expected
    assert from_json.type == from_csv.type


@pytest.mark.parametrize("salesforce_type", ["string", "boolean", "int", "double", "date", "datetime", "reference"])
def test_no_values_make_an_empty_column(salesforce_type: str) -> None:
    assert len(column([], salesforce_type)) == 0


@pytest.mark.parametrize(
    "text, salesforce_type, value",
    [
        (None, "boolean", None),
        ("true", "boolean", True),
        ("42", "int", 42),
        ("1.5", "percent", 1.5),
        ("2026-01-31", "date", "2026-01-31"),
        ("2026-01-31T08:15:00.000Z", "datetime", "2026-01-31T08:15:00.000Z"),
        ("a\r\nb", "textarea", "a\nb"),
        ("#N/A", "string", "#N/A"),
    ],
)
def test_canonical_text_becomes_json(text: str | None, salesforce_type: str, value: object) -> None:
    assert to_json(text, salesforce_type) == value


@pytest.mark.parametrize(
    "text, salesforce_type",
    [
        ("yes", "boolean"),
        ("1.5", "int"),
        ("many", "double"),
        ("nan", "double"),
        ("31.1.2026", "date"),
        ("now", "datetime"),
    ],
)
def test_a_text_that_is_none_for_its_type_is_refused_without_being_quoted(text: str, salesforce_type: str) -> None:
    with pytest.raises(NotOfType) as caught:
        to_json(text, salesforce_type)
    assert text not in str(caught.value)


def test_awkward_texts_survive_the_way_through_csv() -> None:
    rows = pa.table({"Id": [str(number) for number in range(len(AWKWARD))], "Description": AWKWARD})
    assert read(written(rows)).to_pydict() == rows.to_pydict()


def test_an_upload_has_line_feeds_only_and_leaves_null_cells_empty() -> None:
    rows = pa.table({"Id": ["1", "2"], "Description": ["a\r\nb\rc", None]})
    assert written(rows) == b'"Id","Description"\n"1","a\nb\nc"\n"2",\n'


def test_an_upload_above_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2 rows make 22 bytes; a bulk job takes 21\. Split them"):
        written(pa.table({"Name": ["abcdef", "xyz"]}), largest=21)


@pytest.mark.parametrize("content", [b"", b"\n", b'"sf__Id","sf__Error","Id"\n'])
def test_a_result_without_rows_is_an_empty_table(content: bytes) -> None:
    assert read(content).num_rows == 0


def test_a_column_of_numbers_stays_text() -> None:
    assert read(b'"Key"\n"007"\n"1e3"\n').to_pydict() == {"Key": ["007", "1e3"]}


@pytest.mark.parametrize(
    "short, long",
    [
        ("0015500001QdQWa", "0015500001QdQWaAAN"),
        ("751P0000007qkh8", "751P0000007qkh8IAA"),
        ("aBcDEfgHIJKLMNO", "aBcDEfgHIJKLMNO025"),
        ("0015500001QdQWaAAN", "0015500001QdQWaAAN"),
        ("", ""),
    ],
)
def test_ids_have_one_long_form(short: str, long: str) -> None:
    assert long_id(short)[:15] == long[:15]
    assert long_id(short) == long
