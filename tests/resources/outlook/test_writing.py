"""Writes: each with what became of it; nothing is sent twice; what was made is known again."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from pipelines.ports.source import Change
from pipelines.ports.world import SystemicError
from tests.resources.outlook.conftest import ADA, EMMY, Reader, refusal, titled

RECORD = "00T5e00000Ab3dEEAR"
TASK = {
    "title": "Call", "bodyText": "a\nb", "status": "inProgress", "importance": "high", "dueDateTime": "2027-03-01",
    "categories": '["Red"]',
}  # fmt: skip
EVENT = {
    "subject": "Meet", "bodyText": "a < b\nc", "start": "2027-02-01T09:00:00.000Z", "end": "2027-02-01T10:00:00.000Z",
    "location": "Göttingen", "showAs": "free", "sensitivity": "private",
}  # fmt: skip
CONTACT = {
    "givenName": "Sofia", "surname": "K.", "businessPhones": '["1"]',
    "emailAddresses": '[{"name":"s@example.org","address":"s@example.org"}]',
}  # fmt: skip


def made(user: str = ADA, values: Mapping[str, str | None] | None = None, **more: str) -> Change:
    return Change("create", user, values or {"title": "new"}, **more)


def changed(row: Mapping[str, str | None], values: Mapping[str, str | None], *, version: bool = True) -> Change:
    etag = str(row["etag"]) if version else None
    return Change("update", str(row["user"]), values, str(row["id"]), row["place"], etag)


def deleted(row: Mapping[str, str | None]) -> Change:
    return Change("delete", str(row["user"]), {}, str(row["id"]), row["place"], row["etag"])


@pytest.mark.parametrize("collection, values", [("tasks", TASK), ("events", EVENT), ("contacts", CONTACT)])
@pytest.mark.parametrize("met", [True, False], ids=["read before", "not read before"])
def test_what_a_write_answers_is_what_is_landed_then(
    request: pytest.FixtureRequest,
    collection: str,
    values: dict[str, str | None],
    met: bool,  # noqa: FBT001
) -> None:
    reader: Reader = request.getfixturevalue(collection)
    if met:
        reader.read()
    (new,) = reader.write(made("ADA@example.com", values, marker=RECORD))
    assert (new.status, new.code, new.row and new.row["crmId"]) == ("success", "", RECORD)
    reader.read()
    landed = reader.rows[str(new.key)]
    assert {name: landed[name] for name in values} == values
    assert landed == {**landed, **(new.row or {})}
    names = ("title", "subject", "givenName")
    first = next(name for name in names if name in values)
    reader.again()
    (then,) = reader.write(changed(landed, {first: "again"}))
    reader.read()
    assert (then.status, reader.rows[str(new.key)][first]) == ("success", "again")
    assert reader.rows[str(new.key)] == {**reader.rows[str(new.key)], **(then.row or {})}
    assert reader.rows[str(new.key)]["crmId"] == RECORD
    (last,) = reader.write(deleted(reader.rows[str(new.key)]))
    assert (last.status, last.key, last.row) == ("success", new.key, None)
    reader.read()
    assert reader.rows == {}


@pytest.mark.parametrize("name", ["bodyText", "dueDateTime", "categories", "title", "status"])
def test_null_clears(tasks: Reader, name: str) -> None:
    (new,) = tasks.write(made(values=TASK))
    (then,) = tasks.write(changed(new.row or {}, {name: None}))
    empty = {"title": "", "status": "notStarted"}
    assert (then.row or {})[name] == empty.get(name)
    others = {each: value for each, value in TASK.items() if each != name}
    assert {each: (then.row or {})[each] for each in others} == others


def test_an_event_loses_no_time_to_a_null(events: Reader) -> None:
    (new,) = events.write(made(values=EVENT))
    (then,) = events.write(changed(new.row or {}, {"start": None}))
    assert (then.status, then.code) == ("failed", "BadRequest")


def test_a_whole_day_is_written_as_it_is_read(events: Reader) -> None:
    day = {"isAllDay": "true", "start": "2027-02-01T00:00:00.000Z", "end": "2027-02-02T00:00:00.000Z"}
    (new,) = events.write(made(values={"subject": "day", **day}))
    events.read()
    assert {name: events.rows[str(new.key)][name] for name in day} == day


def test_a_new_task_goes_to_the_list_that_is_named_else_to_the_default_one(tasks: Reader) -> None:
    other = tasks.office.admin.make_list(ADA, "Other")
    here, there = tasks.write(made(), made(place=other))
    assert [(each.row or {})["place"] for each in (here, there)] == [tasks.office.list_id, other]
    assert len(tasks.office.admin.rows(ADA, "tasks", other)) == 1


def test_the_link_of_a_new_task_leads_to_the_record(tasks: Reader) -> None:
    (new,) = tasks.write(made(marker=RECORD))
    (link,) = json.loads(str((new.row or {})["linkedResources"]))
    assert link.pop("id")
    assert link == {
        "applicationName": "Salesforce", "displayName": "Salesforce", "externalId": RECORD,
        "webUrl": f"https://acme.my.salesforce.com/{RECORD}",
    }  # fmt: skip


def test_an_item_that_changed_or_went_meanwhile_is_left_alone(tasks: Reader) -> None:
    ids = tasks.office.admin.put(ADA, "tasks", titled(["changes", "goes", "stays"]))
    tasks.read()
    changes, goes, stays = (tasks.rows[each] for each in ids)
    tasks.office.admin.patch(ADA, "tasks", {"id": ids[0], "title": "by a person"})
    tasks.office.admin.delete(ADA, "tasks", ids[1])
    ours = {"title": "ours"}
    written = tasks.write(changed(changes, ours), changed(goes, ours), changed(stays, ours))
    told = [("failed", "changed_meanwhile"), ("failed", "gone"), ("success", "")]
    assert [(each.status, each.code) for each in written] == told
    assert [each.key for each in written] == ids
    assert [(each.status, each.code) for each in tasks.write(deleted(changes), deleted(goes))] == told[:2]
    assert tasks.office.titles() == ["by a person", "ours"]
    (whatever,) = tasks.write(changed(changes, ours, version=False))
    assert whatever.status == "success"


def test_rows_that_are_throttled_are_sent_again_and_no_others(tasks: Reader) -> None:
    tasks.read()
    tasks.office.admin.set_faults({"path": "tasks$", "action": "too-many-requests", "nth": 3, "times": 5})
    written = tasks.write(*(made(values={"title": f"t{n:02d}"}) for n in range(25)))
    assert {each.status for each in written} == {"success"}
    assert tasks.office.titles() == [f"t{n:02d}" for n in range(25)]


def test_rows_that_stay_throttled_fail_and_only_they(tasks: Reader) -> None:
    tasks.office.admin.user(EMMY)
    tasks.users = [ADA, EMMY]
    tasks.read()
    tasks.office.admin.set_faults(refusal("ada@example.com/.*tasks$", 503, "ServiceUnavailable"))
    hers, mine = tasks.write(made(EMMY), made())
    assert (hers.status, mine.status, mine.code) == ("success", "failed", "ServiceUnavailable")


@pytest.mark.parametrize("collection, values", [("tasks", TASK), ("events", EVENT), ("contacts", CONTACT)])
def test_a_lost_answer_is_told_of_its_rows_and_the_marker_finds_them(
    request: pytest.FixtureRequest, collection: str, values: dict[str, str | None]
) -> None:
    reader: Reader = request.getfixturevalue(collection)
    reader.read()
    reader.office.admin.set_faults({"path": "batch$", "action": "lost", "nth": 2})
    ids = [f"00T5e00000Ab{number:03d}" for number in range(45)]
    written = reader.write(*(made(values=values, marker=each) for each in ids))
    assert [each.status for each in written] == ["success"] * 20 + ["lost"] * 20 + ["failed"] * 5
    assert {each.code for each in written[40:]} == {"unsent"}
    assert (written[20].key, written[20].row) == (None, None)
    reader.office.admin.set_faults()
    reader.read()
    found = sorted(str(row["crmId"])[:15] for row in reader.rows.values())
    assert found == ids[:40]


def test_an_event_is_not_made_twice_for_one_record(events: Reader) -> None:
    first, second = (events.write(made(values=EVENT, marker=RECORD))[0] for _ in range(2))
    assert first.key == second.key
    assert len(events.office.admin.rows(ADA, "events")) == 1


def test_what_graph_refuses_fails_and_only_that(tasks: Reader) -> None:
    bad, good = tasks.write(made(values={"title": "x", "status": "nonsense"}), made())
    assert (bad.status, bad.code, good.status) == ("failed", "RequestBodyRead", "success")
    assert "nonsense" in bad.message


def test_a_mailbox_that_is_not_there_fails_its_rows_alone(tasks: Reader) -> None:
    tasks.office.admin.user("new@example.com", mailbox=False)
    written = tasks.write(made("new@example.com"), made(), made("nobody@example.com"))
    assert [(each.status, each.code) for each in written] == [
        ("failed", "MailboxNotEnabledForRESTAPI"), ("success", ""), ("failed", "unknown_user"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change, told",
    [
        (made(values={"attendees": "[]"}), "attendees"),
        (made(values={"title": "x", "lastModifiedDateTime": None}), "lastModifiedDateTime"),
        (Change("update", ADA, {"title": "x"}, place="y"), "key"),
        (Change("delete", ADA, {}, "x"), "place"),
    ],
    ids=["not a column", "not writable", "no key", "no place"],
)
def test_a_change_that_nobody_could_write_is_an_error_before_any_is_sent(
    tasks: Reader, change: Change, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        tasks.write(made(), change)
    assert tasks.office.admin.counts()["calls"] == 0


def test_credentials_that_are_wrong_are_an_error_if_nothing_was_sent(tasks: Reader) -> None:
    tasks.read()
    tasks.office.admin.set_faults({"path": "batch$", "action": "unauthorized", "times": 0})
    with pytest.raises(SystemicError):
        tasks.write(made())
    tasks.office.admin.set_faults({"path": "batch$", "action": "unauthorized", "nth": 2, "times": 0})
    written = tasks.write(*(made() for _ in range(25)))
    assert [(each.status, each.code) for each in written] == [("success", "")] * 20 + [("failed", "unsent")] * 5


def test_without_graph_nothing_is_sent(tasks: Reader) -> None:
    tasks.office.admin.set_faults({"path": "batch$", "action": "unavailable", "times": 0})
    (one,) = tasks.write(made())
    assert (one.status, one.code) == ("failed", "unsent")


@pytest.mark.parametrize("zone", ["Tonga Standard Time", "Dateline Standard Time", "tzone://Microsoft/Custom"])
def test_a_day_is_written_as_the_day_of_its_owner(tasks: Reader, zone: str) -> None:
    tasks.office.admin.user(ADA, timeZone=zone)
    (new,) = tasks.write(made(values={"title": "x", "dueDateTime": "2027-03-01"}))
    assert (new.row or {})["dueDateTime"] == "2027-03-01"
    tasks.read()
    assert tasks.rows[str(new.key)]["dueDateTime"] == "2027-03-01"
