"""What we made and Outlook says nothing of: its place is read whole, until it is told that it is there or gone."""

from __future__ import annotations

import pytest

from tests.resources.outlook.conftest import ADA, Reader, meeting

ITEMS: dict[str, dict[str, object]] = {
    "tasks": {"title": "x"},
    "contacts": {"surname": "x"},
    "events": meeting("2027-01-20"),
}


@pytest.fixture(params=ITEMS)
def reader(request: pytest.FixtureRequest) -> Reader:
    found: Reader = request.getfixturevalue(request.param)
    found.office.admin.put(ADA, found.collection, [ITEMS[found.collection]])
    found.read()
    return found


def test_all_is_told_again_as_long_as_it_is_missing(reader: Reader) -> None:
    (there,) = reader.rows.values()
    reader.made = {"nowhere": {**there, "id": "nowhere"}}
    reader.read()
    assert reader.told == []
    for _ in range(2):
        reader.read()
        assert [row["id"] for row in reader.told] == [there["id"]]
    reader.made.clear()
    reader.read()
    reader.read()
    assert reader.told == []


def test_what_is_told_is_awaited_no_more(reader: Reader) -> None:
    (there,) = reader.rows.values()
    reader.made = {there["id"]: there}
    reader.cursor = None
    reader.read()
    reader.read()
    assert (reader.told, reader.asked_for_known) == ([], 0)
