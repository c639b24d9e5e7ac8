"""What a collection says, and what of it lies in `landing.rows`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest

from pipelines.declaring.source import Rest
from resources.rest_pages import Page
from resources.rest_staging import RestStaging
from tests.resources.rest.conftest import COLUMNS, PEOPLE, STAMP, Counter


def test_rows_of_all_pages_land_in_their_order(counter: Counter) -> None:
    counter.put_many(25)
    landed = counter.land()
    assert (landed.rows, landed.rejected) == (25, 0)
    assert counter.rows("_file, _line, id") == [("people", n + 1, f"p{n:05d}") for n in range(25)]
    assert len(counter.queries()) == 3


def test_progress_is_told_page_by_page(counter: Counter) -> None:
    counter.put_many(25)
    counter.land()
    assert counter.told == [("extract", 10, None), ("extract", 20, None), ("extract", 25, None), ("extract", 25, 25)]


VALUES = {
    "a text": ("plain", "plain"),
    "a blank text": ("", ""),
    "spaces": (" untrimmed ", " untrimmed "),
    "a text like a number": ("1.0", "1.0"),
    "a text like null": ("null", "null"),
    "every sign": ("Zoë 🦉\n\"x\" 'y' \\", "Zoë 🦉\n\"x\" 'y' \\"),
    "a NUL": ("a\0b", "a\0b"),
    "true": (True, "true"),
    "false": (False, "false"),
    "a number": (42, "42"),
    "a negative number": (-7, "-7"),
    "a whole number with a point": (5.0, "5"),
    "a fraction": (0.1, "0.1"),
    "a power of ten": (1e5, "100000"),
    "beyond what a double holds": (9007199254740993, "9007199254740993"),
    "null": (None, None),
    "a list": (["I1", "Ī2"], '["I1","Ī2"]'),
    "an empty list": ([], "[]"),
    "an object": ({"a": {"b": None}}, '{"a":{"b":null}}'),
}


def test_every_kind_of_value_becomes_text(counter: Counter) -> None:
    counter.answers(*({"id": name, "kind": "HCP", "title": value} for name, (value, _) in VALUES.items()))
    counter.land()
    assert counter.rows("id, title") == [(name, text) for name, (_, text) in VALUES.items()]


BROKEN = {
    r"Ann \ud83d": "Ann \ufffd",
    r"\ude00 Ann": "\ufffd Ann",
    r"\ud83d\ud83d\ude00": "\ufffd😀",
    r"\\ud83d": r"\ud83d",
    r"\ud83d\\ude00": "\ufffd\\ude00",
    r"\u00e9\n": "é\n",
}


def test_half_a_character_costs_neither_its_page_nor_the_rest_of_its_text(counter: Counter) -> None:
    rows = ", ".join(f'{{"id": "p{n}", "kind": "HCP", "title": "{text}"}}' for n, text in enumerate(BROKEN))
    counter.answers_text(f'{{"data": [{rows}], "next_cursor": null}}')
    counter.land()
    assert counter.column("title") == list(BROKEN.values())


def test_a_byte_order_mark_is_no_part_of_the_answer(counter: Counter) -> None:
    counter.answers_text('\ufeff{"data": [{"id": "p1", "kind": "HCP"}], "next_cursor": null}')
    counter.land()
    assert counter.column("id") == ["p1"]


def test_types_may_differ_from_row_to_row_and_page_to_page(counter: Counter) -> None:
    values = [1, "one", True, None, 2.5, ["x"], {"y": 1}, "2026-01-01T00:00:00Z", 7, 8, "second page", 9, [1, 2]]
    counter.put(*({"id": f"p{n:02d}", "title": value} for n, value in enumerate(values)))
    counter.land()
    texts = ["1", "one", "true", None, "2.5", '["x"]', '{"y":1}', "2026-01-01T00:00:00Z", "7", "8"]
    assert counter.column("title") == [*texts, "second page", "9", "[1,2]"]


def test_an_integer_too_long_for_a_machine_keeps_its_digits(counter: Counter) -> None:
    counter.answers_text('{"data":[{"id":123456789012345678901234567890,"kind":"x"}],"next_cursor":null}')
    counter.land()
    assert counter.column("id") == ["123456789012345678901234567890"]


def test_a_column_may_be_called_anything(counter: Counter) -> None:
    names = ("a.b", "a/b", "a~1", "$", "*", "Ключ", "feed id", "page", "row", "cells", "listed", "before")
    counter.answers({"id": "1", "kind": "x"} | {name: f"found {name}" for name in names})
    counter.land(columns=("id", "kind", *names))
    found = ", ".join(f'"{name}"' for name in names)
    assert counter.rows(found) == [tuple(f"found {name}" for name in names)]


def test_columns_that_nobody_asked_for_are_told_once(counter: Counter) -> None:
    counter.put({"id": "p1", "shoe": 5}, {"id": "p2", "hat": None, "shoe": 6})
    assert counter.land().ignored == ("hat", "shoe")


def test_columns_that_no_row_has_are_told_and_are_null(counter: Counter) -> None:
    counter.put({"id": "p1", "title": None}, {"id": "p2", "account_ids": []})
    landed = counter.land()
    assert landed.absent == (("people", "first_name"),)
    assert counter.column("first_name") == [None, None]


def test_nothing_updated_is_no_rows_and_nothing_absent(counter: Counter) -> None:
    landed = counter.land()
    assert (landed.rows, landed.absent, landed.ignored) == (0, (), ())
    assert counter.rows() == []
    assert [name for name, *_ in counter.ask("describe landing.rows")][:4] == ["_file", "_line", "id", "kind"]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5))], ids=["UTC", "+05:00"])
def test_what_was_updated_since_is_all_that_is_asked_for(counter: Counter, zone: timezone) -> None:
    counter.put({"id": "old"}, stamp="2026-01-01T00:00:00.000Z")
    counter.put({"id": "new"}, {"id": "newer"}, stamp="2026-03-01T00:00:00.000Z")
    counter.land(since=datetime(2026, 3, 1, tzinfo=UTC).astimezone(zone))
    assert counter.column("id") == ["new", "newer"]
    assert counter.queries() == ["limit=10&updated_since=2026-03-01T00%3A00%3A00.000Z"]


def test_every_page_is_asked_with_what_the_first_was_asked_with(counter: Counter) -> None:
    counter.put_many(11)
    counter.land(since=datetime(2025, 1, 1, tzinfo=UTC))
    first, second = counter.queries()
    assert second.startswith(f"{first}&cursor=")


def test_other_words_for_the_same_are_declared(counter: Counter) -> None:
    counter.answers_text('{"items":[{"id":"1","kind":"x"}],"after":null,"data":5}')
    other = Rest(
        "people", "engage", "/v1/x", "id", data="items", next_cursor="after", limit="size", since="from", page=3
    )
    assert counter.land(other, since=datetime(2026, 1, 1, tzinfo=UTC)).rows == 1
    assert counter.queries() == ["size=3&from=2026-01-01T00%3A00%3A00.000Z"]


def test_it_was_read_when_the_service_says_so(counter: Counter) -> None:
    now = datetime.fromisoformat(counter.admin.advance_clock(-3_600))
    landed = counter.land()
    counter.admin.advance_clock(3_600)
    assert landed.read_at is not None
    assert 0 <= (landed.read_at - now.replace(microsecond=0)).total_seconds() <= 5


def test_a_service_without_a_clock_has_no_time(counter: Counter) -> None:
    counter.answers_text('{"data":[],"next_cursor":null}', headers={"Date": "long ago"})
    assert counter.land().read_at is None


def test_a_row_that_is_on_two_pages_counts_once(counter: Counter) -> None:
    counter.put_many(25)
    counter.admin.set_faults({"path": "/", "action": "overlap", "nth": 2, "times": 2})
    assert counter.land().rows == 25
    assert counter.column("id") == [f"p{n:05d}" for n in range(25)]


def test_a_row_that_was_updated_between_its_pages_comes_as_often(counter: Counter) -> None:
    counter.put_many(15)
    change = {"collection": "profiles", "rows": [{"id": "p00003", "title": "Dr."}]}
    counter.admin.set_faults({"path": "/", "action": "meanwhile", "nth": 2, "door": "patch", "with_body": change})
    assert counter.land().rows == 16
    assert [title for id_, title in counter.rows("id, title") if id_ == "p00003"] == [None, "Dr."]


def test_rows_without_a_key_are_all_landed(counter: Counter) -> None:
    counter.answers({"id": None, "kind": "x"}, {"id": None, "kind": "x"}, {"kind": "x"}, {"id": "1", "kind": "x"})
    assert counter.land().rows == 4


def test_rows_that_are_no_objects_are_rejected_by_their_place(counter: Counter) -> None:
    counter.answers({"id": "1", "kind": "x"}, None, "text", 5, [{"id": "2"}], {}, {"id": "3", "kind": "x"})
    landed = counter.land()
    assert (landed.rows, landed.rejected) == (3, 4)
    assert counter.rows() == [(1, "1"), (6, None), (7, "3")]
    rejects = counter.ask("from landing.rejects order by _line")
    assert [row[:3] for row in rejects] == [("people", n, "not_an_object") for n in (2, 3, 4, 5)]


def test_the_fingerprint_tells_contents_apart_and_not_their_order(tmp_path: Path) -> None:
    def read(*rows: object) -> str:
        with RestStaging("engage", PEOPLE, COLUMNS, tmp_path) as staging:
            staging.add(Page(1, orjson.dumps({"data": rows}), len(rows), None))
            staging.finish()
            return staging.fingerprint

    one, two = {"id": "1", "kind": "x", "title": None}, {"id": "2", "kind": "x", "title": "y"}
    assert read(one, two) == read(two, one)
    assert len({read(one), read(two), read(one, two), read(), read({**one, "kind": None, "title": "x"})}) == 5


def test_the_rows_before_are_replaced(counter: Counter) -> None:
    counter.put_many(12)
    counter.land()
    counter.admin.clear()
    counter.put({"id": "alone"})
    counter.land()
    assert counter.rows() == [(1, "alone")]
    assert not list(counter.working.glob("staging-*"))


def test_one_page_is_enough_to_try_it_out(counter: Counter) -> None:
    counter.put_many(25)
    counter.collections.try_out(PEOPLE, COLUMNS)
    assert len(counter.queries()) == 1
    assert not counter.file.exists()
    assert not counter.working.exists()


def test_times_stay_as_the_service_tells_them(counter: Counter) -> None:
    counter.put({"id": "1"}, {"id": "2", "updated_at": "not yet"})
    counter.land()
    assert sorted(map(str, counter.column("updated_at"))) == sorted([STAMP, "not yet"])
