"""What cannot be used is held back with a reason and a column, and no row is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.connections import ENTITY as CONNECTIONS
from assets.personnel import ENTITY as PERSONNEL
from assets.profiles import ENTITY as PROFILES
from pipelines.declaring.entity import Entity
from pipelines.sql import given
from tests.pipelines.case import Case

GOOD_INSTITUTION = {"institution_id": "i1", "name": "School"}
GOOD_PERSON = {"person_id": "p1", "institution_id": "i1", "last_name": "Lee"}

TOLD = replace(
    ACCOUNTS,
    source=replace(
        ACCOUNTS.source, happened=("opened_at", "closed_at"), vocabulary={"size": ("small", "large")}
    ),
)  # fmt: skip

BAD: list[tuple[Entity, dict[str, str | None], str, str]] = [
    # entity, what is wrong, outcome, column
    (ACCOUNTS, {"institution_id": None}, "failed: blank_key", "institution_id"),
    (ACCOUNTS, {"institution_id": " \t "}, "failed: blank_key", "institution_id"),
    (ACCOUNTS, {"institution_id": "k" * 256}, "failed: too_long", "institution_id"),
    (ACCOUNTS, {"name": None}, "failed: required_blank", "name"),
    (ACCOUNTS, {"name": "\r\n"}, "failed: required_blank", "name"),
    (ACCOUNTS, {"name": "n" * 256}, "failed: too_long", "name"),
    (ACCOUNTS, {"institution_id": "i\0"}, "failed: invalid_character", "institution_id"),
    (ACCOUNTS, {"name": "School\0"}, "failed: invalid_character", "name"),
    (ACCOUNTS, {"status": "X"}, "failed: unknown_status", "status"),
    (ACCOUNTS, {"status": "a"}, "failed: unknown_status", "status"),
    (ACCOUNTS, {"status": "I"}, "failed: unknown_status", "status"),
    (ACCOUNTS, {"enrollment": "many"}, "failed: invalid_number", "enrollment"),
    (ACCOUNTS, {"enrollment": "1,000"}, "failed: invalid_number", "enrollment"),
    (ACCOUNTS, {"enrollment": "1.5"}, "failed: invalid_number", "enrollment"),
    (ACCOUNTS, {"enrollment": "1e3"}, "failed: invalid_number", "enrollment"),
    (ACCOUNTS, {"enrollment": "NaN"}, "failed: invalid_number", "enrollment"),
    (ACCOUNTS, {"updated_at": "yesterday"}, "failed: invalid_date", "updated_at"),
    (ACCOUNTS, {"updated_at": "2026-02-30"}, "failed: invalid_date", "updated_at"),
    (ACCOUNTS, {"updated_at": "2026-01-01 (BC)"}, "failed: invalid_date", "updated_at"),
    (ACCOUNTS, {"updated_at": "31.01.2026"}, "failed: invalid_date", "updated_at"),
    (ACCOUNTS, {"updated_at": "01/31/2026"}, "failed: invalid_date", "updated_at"),
    (TOLD, {"closed_at": "2026-03-02T12:00:01Z"}, "failed: time_in_future", "closed_at"),
    (TOLD, {"closed_at": "last year"}, "failed: invalid_date", "closed_at"),
    (TOLD, {"size": "huge"}, "failed: unknown_word", "size"),
    (PERSONNEL, {"institution_id": None}, "failed: required_blank", "institution_id"),
    (PERSONNEL, {"last_name": ""}, "failed: required_blank", "last_name"),
    (PERSONNEL, {"status": "C"}, "failed: unknown_status", "status"),
    (PERSONNEL, {"title": "t" * 256}, "failed: too_long", "title"),
]


def named(case: tuple[Entity, dict[str, str | None], str, str]) -> str:
    entity, wrong, _, _ = case
    return f"{entity.name} {wrong!r}"[:60]


@pytest.mark.parametrize("case", BAD, ids=named)
def test_a_bad_value_keeps_its_row_out_and_names_the_column(
    case: tuple[Entity, dict[str, str | None], str, str],
) -> None:
    entity, wrong, outcome, column = case
    good = GOOD_PERSON if entity is PERSONNEL else GOOD_INSTITUTION
    other = {"name": "x", "institution_id": "i1", "last_name": "x"} | {entity.source.key: "other"}
    thought = Case(entity).source([{**good, **wrong}, other])
    thought.plan(creates=True, targets={"i1": "001A"})
    lines = thought.con.execute(
        "select line, outcome || coalesce(': ' || reason, ''), field from work.outcomes order by line"
    ).fetchall()
    assert lines == [(1, outcome, column), (2, "created", None)]


@pytest.mark.parametrize("accounts", ["north", "a,b", '"north"', '{"a": 1}', "[", "true", "5"])
def test_what_is_no_list_keeps_its_row_out_and_no_other(accounts: str) -> None:
    rows = [{"id": key, "kind": "HCP", "state": "active", "account_ids": "[]"} for key in ("bad", "good")]
    case = Case(PROFILES).source([{**rows[0], "account_ids": accounts}, rows[1]])
    assert case.con.execute("select key, problem from work.incoming order by key").fetchall() == [
        ("bad", "invalid_list"),
        ("good", None),
    ]


OVER: dict[str, tuple[Entity, dict[str, str | None], str | None]] = {
    "deleted-kindless": (PROFILES, {"state": "deleted", "kind": None}, None),
    "deleted-late": (PROFILES, {"state": "Deleted", "signed_up_at": "2999-01-01T00:00:00Z"}, None),
    "deleted-long": (PROFILES, {"state": "deleted", "title": "t" * 256, "account_ids": "north"}, None),
    "merged-kindless": (PROFILES, {"merged_into": "other", "kind": None}, None),
    "parted-userless": (CONNECTIONS, {"active": "false", "user_id": None, "profile_id": None}, None),
    "parted-late": (CONNECTIONS, {"active": "FALSE", "disconnected_at": "2999-01-01T00:00:00Z"}, None),
    "deleted-later": (PROFILES, {"state": "deleted", "updated_at": "2999-01-01T00:00:00Z"}, "time_in_future"),
    "kindless": (PROFILES, {"kind": None}, "required_blank"),
    "perhaps": (CONNECTIONS, {"active": "perhaps", "user_id": None}, "required_blank"),
}
LIVING = {"kind": "HCP", "state": "active", "account_ids": "[]", "profile_id": "p", "user_id": "u", "active": "true"}


@pytest.mark.parametrize("key", OVER)
def test_an_end_needs_its_key_and_what_says_so_and_nothing_else(key: str) -> None:
    entity, told, problem = OVER[key]
    case = Case(entity).source([{"id": key, **LIVING, **told}])
    assert case.con.execute("select key, problem from work.incoming").fetchall() == [(key, problem)]
    if problem is None:
        read = {"state", "active", "merged_into"}
        bad = [given(column) for column in told if column not in read]
        assert case.con.execute(f"select {', '.join(bad)} from source").fetchall() == [(None,) * len(bad)]


GOOD = [
    ("enrollment", "42", 42),
    ("enrollment", " 0042 ", 42),
    ("enrollment", "42.0", 42),
    ("enrollment", "-1", -1),
    ("enrollment", "", None),
    ("name", " Zoë 🦉\r\nSchool\t", "Zoë 🦉\nSchool"),
    ("name", "n" * 255, "n" * 255),
    ("name", "\u00a0x", "\u00a0x"),
    ("status", None, "A"),
]


@pytest.mark.parametrize("column, text, value", GOOD)
def test_values_are_typed_once(column: str, text: str | None, value: object) -> None:
    case = Case(ACCOUNTS).source([{**GOOD_INSTITUTION, column: text}])
    assert case.con.execute(f"select feed_{column} from source").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "text, moment",
    [
        ("2026-01-31T08:15:00Z", "2026-01-31 08:15:00"),
        ("2026-01-31T08:15:00.987+02:00", "2026-01-31 06:15:00"),
        ("2026-01-31 08:15:00", "2026-01-31 08:15:00"),
        ("2026-01-31", "2026-01-31 00:00:00"),
    ],
)
def test_the_time_of_a_change_is_utc(text: str, moment: str) -> None:
    case = Case(ACCOUNTS).source([{**GOOD_INSTITUTION, "updated_at": text}])
    assert case.con.execute("select changed_at::varchar from source").fetchall() == [(moment,)]


def test_every_kind_of_row_at_once_adds_up_to_the_rows_of_the_feed() -> None:
    rows: list[dict[str, str | None]] = [
        {**GOOD_INSTITUTION, **wrong} for entity, wrong, _, _ in BAD if entity is ACCOUNTS
    ]
    rows = [
        {**row, "institution_id": row["institution_id"] and f"{row['institution_id']}{n}"} for n, row in enumerate(rows)
    ]
    rows += [{"institution_id": key, "name": "x"} for key in ("same", "same", "fine")]
    case = Case(ACCOUNTS).source(rows)
    case.con.execute("insert into landing.rejects values ('feed.csv', 99, 'ragged_row')")
    case.plan(creates=True)
    told = case.con.execute("select line from work.outcomes order by line").fetchall()
    assert told == [(n,) for n in (*range(1, len(rows) + 1), 99)]


def test_a_row_that_goes_bad_keeps_its_record_as_it_is() -> None:
    case = Case(ACCOUNTS).source([GOOD_INSTITUTION])
    case.source([{**GOOD_INSTITUTION, "name": None}])
    case.crm([{"Id": "001A", "Source_Key__c": "i1", "Name": "Old"}]).plan()
    assert case.cells == set()
    assert case.outcomes == {"i1": "failed: required_blank"}


def test_a_row_that_a_full_list_no_longer_has_changes_nothing() -> None:
    case = Case(ACCOUNTS).source([GOOD_INSTITUTION, {"institution_id": "i2", "name": "Two"}])
    case.source([{"institution_id": "i2", "name": "Two"}])
    case.crm([{"Id": "001A", "Source_Key__c": "i1", "Name": "Old"}]).plan()
    assert case.cells == set()
    assert case.outcomes == {"i2": "skipped: not_in_crm"}


@pytest.mark.parametrize("today", [[{"institution_id": "i2", "name": None}], []], ids=["bad", "gone"])
def test_a_survivor_that_is_bad_or_gone_today_is_told_once(today: list[dict[str, str | None]]) -> None:
    merged: dict[str, str | None] = {"institution_id": "i1", "name": "One", "merged_into": "i2"}
    case = Case(ACCOUNTS).source([merged, {"institution_id": "i2", "name": "Two"}]).source([merged, *today])
    case.crm([{"Id": "001A", "Source_Key__c": "i1", "Name": "One", "Source_Status__c": "A"}]).plan()
    lines = case.con.execute("select line, count(*) from work.outcomes group by line order by line").fetchall()
    assert lines == [(n, 1) for n in range(1, len(today) + 2)]


def test_times_of_today_and_known_words_are_taken() -> None:
    told = {"opened_at": "2026-03-02T11:59:59Z", "closed_at": None, "size": "Small"}
    case = Case(TOLD).source([{**GOOD_INSTITUTION, **told}])
    case.plan(creates=True)
    assert case.outcomes == {"i1": "created"}
