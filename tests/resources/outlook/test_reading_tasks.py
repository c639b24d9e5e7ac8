"""Tasks of many mailboxes: what is landed, what is gone, what it costs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pipelines.ports.world import SourceError, SystemicError
from resources.graph.batch import Request
from resources.graph.paths import list_path
from tests.resources.outlook.conftest import ADA, BERLIN, EMMY, Reader, refusal, titled


def test_at_first_all_is_told_and_then_what_changed(tasks: Reader) -> None:
    admin = tasks.office.admin
    ids = admin.put(ADA, "tasks", titled([f"t{n}" for n in range(250)]))
    assert tasks.read().rows == 250
    admin.patch(ADA, "tasks", {"id": ids[3], "title": "changed"})
    admin.delete(ADA, "tasks", ids[4])
    admin.put(ADA, "tasks", titled(["new"]))
    assert tasks.read().rows == 2
    assert (tasks.removed, tasks.asked_for_known, tasks.calls) == ([ids[4]], 0, 1)
    assert {row["title"] for row in tasks.told} == {"changed", "new"}
    assert (tasks.read().rows, tasks.removed, tasks.calls) == (0, [], 1)


def test_rows_say_whose_they_are_and_where(tasks: Reader) -> None:
    tasks.users = ["ADA@example.COM"]
    tasks.office.admin.put(ADA, "tasks", titled(["one"]))
    tasks.read()
    (row,) = tasks.told
    assert (row["user"], row["place"], tasks.mailboxes) == (ADA, tasks.office.list_id, {ADA: None})


def test_a_list_that_is_new_is_read_in_the_same_run(tasks: Reader) -> None:
    tasks.read()
    other = tasks.office.admin.make_list(ADA, "Other")
    tasks.office.admin.put(ADA, "tasks", titled(["there"]), list=other)
    tasks.read()
    assert (tasks.one(title="there")["place"], tasks.calls) == (other, 2)


def test_a_list_that_goes_takes_its_tasks_with_it_and_no_others(tasks: Reader) -> None:
    admin = tasks.office.admin
    other = admin.make_list(ADA, "Other")
    admin.put(ADA, "tasks", titled(["stays"]))
    gone = admin.put(ADA, "tasks", titled(["a", "b"]), list=other)
    tasks.read()
    delete_list(tasks, other)
    tasks.read()
    assert (tasks.removed, tasks.titles()) == (sorted(gone), ["stays"])
    tasks.read()
    assert (tasks.removed, tasks.calls) == ([], 1)


def test_a_list_that_went_while_all_is_read_anew_is_noticed(tasks: Reader) -> None:
    other = tasks.office.admin.make_list(ADA, "Other")
    gone = tasks.office.admin.put(ADA, "tasks", titled(["a"]), list=other)
    tasks.read()
    delete_list(tasks, other)
    tasks.cursor = None
    tasks.read()
    assert tasks.removed == gone


def test_a_task_that_moves_to_another_list_goes_and_comes(tasks: Reader) -> None:
    admin = tasks.office.admin
    other = admin.make_list(ADA, "Other")
    (old,) = admin.put(ADA, "tasks", titled(["moves"]))
    tasks.read()
    new = admin.move(ADA, old, to=other)[old]
    tasks.read()
    assert (tasks.removed, [(row["id"], row["place"]) for row in tasks.told]) == ([old], [(new, other)])


def test_a_forgotten_place_in_one_list_of_many_is_read_anew_alone(tasks: Reader) -> None:
    admin = tasks.office.admin
    other = admin.make_list(ADA, "Other")
    kept, gone = admin.put(ADA, "tasks", titled(["kept", "gone"]), list=other)
    admin.put(ADA, "tasks", titled(["elsewhere"]))
    tasks.read()
    admin.delete(ADA, "tasks", gone, list=other)
    admin.set_faults({**refusal(f"{other}/tasks/delta", 410, "syncStateNotFound"), "times": 1})
    tasks.read()
    assert ([row["id"] for row in tasks.told], tasks.removed, tasks.asked_for_known) == ([kept], [gone], 1)


def test_all_read_anew_removes_what_went_meanwhile(tasks: Reader) -> None:
    ids = tasks.office.admin.put(ADA, "tasks", titled(["a", "b"]))
    tasks.read()
    tasks.office.admin.delete(ADA, "tasks", ids[0])
    tasks.office.admin.expire_delta()
    tasks.read()
    assert (tasks.removed, tasks.titles()) == ([ids[0]], ["b"])


@pytest.mark.parametrize(
    "status, code", [(403, "ErrorAccessDenied"), (404, "MailboxNotEnabledForRESTAPI"), (400, "ErrorInvalidIdMalformed")]
)
def test_a_list_that_is_refused_removes_nothing_and_is_read_later(tasks: Reader, status: int, code: str) -> None:
    admin = tasks.office.admin
    other = admin.make_list(ADA, "Other")
    (item,) = admin.put(ADA, "tasks", titled(["there"]), list=other)
    tasks.read()
    admin.delete(ADA, "tasks", item, list=other)
    admin.put(ADA, "tasks", titled(["here"]))
    admin.set_faults(refusal(f"lists/{other}", status, code))
    tasks.read()
    assert (tasks.removed, tasks.titles(), tasks.mailboxes, tasks.partly) == (
        [], ["here", "there"], {ADA: None}, {ADA: code},
    )  # fmt: skip
    admin.set_faults()
    tasks.read()
    assert (tasks.removed, tasks.asked_for_known) == ([item], 0)


def test_a_new_list_that_is_refused_at_first_is_read_later(tasks: Reader) -> None:
    tasks.read()
    other = tasks.office.admin.make_list(ADA, "Other")
    tasks.office.admin.put(ADA, "tasks", titled(["there"]), list=other)
    tasks.office.admin.set_faults(refusal(f"{other}/tasks/delta", 403, "ErrorAccessDenied"))
    tasks.read()
    assert tasks.titles() == []
    tasks.office.admin.set_faults()
    tasks.read()
    assert tasks.titles() == ["there"]


def test_a_list_of_which_graph_only_says_that_it_is_not_there_is_asked_for_itself(tasks: Reader) -> None:
    other = tasks.office.admin.make_list(ADA, "Other")
    tasks.office.admin.put(ADA, "tasks", titled(["there"]), list=other)
    tasks.read()
    tasks.office.admin.set_faults(refusal(f"{other}/tasks/delta", 404, "ErrorItemNotFound"))
    tasks.read()
    assert tasks.removed == []


def test_a_mailbox_without_licence_or_of_nobody_is_told_and_removes_nothing(tasks: Reader) -> None:
    admin = tasks.office.admin
    admin.user(EMMY)
    admin.user("new@example.com", mailbox=False)
    admin.put(EMMY, "tasks", titled(["hers"]))
    admin.put(ADA, "tasks", titled(["mine"]))
    tasks.users = [ADA, EMMY, "new@example.com", "nobody@example.com", " "]
    tasks.read()
    emmy = EMMY.lower()
    refused = {"new@example.com": "MailboxNotEnabledForRESTAPI", "nobody@example.com": "unknown_user"}
    assert tasks.mailboxes == {ADA: None, emmy: None, **refused}
    admin.user(EMMY, mailbox=False)
    tasks.read()
    assert (tasks.mailboxes[emmy], tasks.removed, tasks.titles()) == (
        "MailboxNotEnabledForRESTAPI", [], ["hers", "mine"],
    )  # fmt: skip
    admin.user(EMMY, mailbox=True)
    admin.put(EMMY, "tasks", titled(["later"]))
    tasks.read()
    assert (tasks.mailboxes[emmy], [row["title"] for row in tasks.told]) == (None, ["later"])


def test_only_who_is_asked_for_is_read(tasks: Reader) -> None:
    tasks.office.admin.user(EMMY)
    tasks.office.admin.put(EMMY, "tasks", titled(["hers"]))
    tasks.read()
    assert (tasks.titles(), tasks.mailboxes) == ([], {ADA: None})
    tasks.users = []
    assert (tasks.read().rows, tasks.mailboxes, tasks.calls) == (0, {}, 0)


def test_who_is_asked_for_again_is_read_whole(tasks: Reader) -> None:
    ids = tasks.office.admin.put(ADA, "tasks", titled(["kept", "gone"]))
    tasks.read()
    tasks.users = []
    tasks.read()
    tasks.office.admin.delete(ADA, "tasks", ids[1])
    tasks.users = [ADA]
    tasks.read()
    assert ([row["title"] for row in tasks.told], tasks.removed) == (["kept"], [ids[1]])


def test_a_change_that_is_told_twice_is_one_row(tasks: Reader) -> None:
    ids = tasks.office.admin.put(ADA, "tasks", titled([f"t{n}" for n in range(201)]))
    tasks.office.admin.set_faults({"path": "tasks/delta", "action": "replay", "times": 0})
    tasks.read()
    assert len(tasks.told) == 201
    tasks.office.admin.delete(ADA, "tasks", ids[0])
    tasks.read()
    assert tasks.removed == [ids[0]]


def test_what_is_no_task_is_told_as_a_reject(tasks: Reader) -> None:
    tasks.read()
    link = f"{tasks.office.account.url}/v1.0/users/x"
    page = {"value": ["nonsense", {"title": "no id"}, {"id": 7}], "@odata.deltaLink": link}
    tasks.office.admin.set_faults({"path": "tasks/delta", "action": "answer", "status": 200, "body": json.dumps(page)})
    tasks.read()
    assert (tasks.rejects, tasks.told) == (3, [])


def test_a_link_that_leads_elsewhere_is_not_followed_nor_kept(tasks: Reader) -> None:
    page = {"value": [], "@odata.deltaLink": "https://elsewhere.example/v1.0/users/x"}
    tasks.office.admin.set_faults({"path": "tasks/delta", "action": "answer", "body": json.dumps(page)})
    with pytest.raises(SystemicError, match="leads elsewhere"):
        tasks.read()
    assert tasks.cursor is None


def test_a_run_in_which_nothing_changed_costs_one_call(tasks: Reader) -> None:
    for number in range(16):
        tasks.office.admin.make_list(ADA, f"list {number}")
    tasks.read()
    for _ in range(3):
        tasks.now += timedelta(minutes=5)
        tasks.again()
        tasks.read()
        assert tasks.calls == 1


def test_fifty_lists_of_many_mailboxes_cost_three_calls(tasks: Reader) -> None:
    tasks.users = [f"user{number}@example.com" for number in range(25)]
    for user in tasks.users:
        tasks.office.admin.user(user)
    tasks.read()
    for _ in range(12):
        tasks.now += timedelta(minutes=5)
        tasks.read()
        assert tasks.calls == 3


def test_everybody_is_looked_for_within_the_hour(tasks: Reader) -> None:
    for number in range(18):
        tasks.office.admin.make_list(ADA, f"list {number}")
    tasks.read()
    other = tasks.office.admin.make_list(ADA, "Other")
    tasks.office.admin.put(ADA, "tasks", titled(["there"]), list=other)
    tasks.now += timedelta(minutes=59)
    tasks.read()
    assert (tasks.calls, tasks.titles()) == (1, [])
    tasks.now += timedelta(minutes=1)
    tasks.read()
    assert tasks.titles() == ["there"]


def test_a_day_is_the_same_in_every_zone(tasks: Reader) -> None:
    zones = {ADA: BERLIN, "kiri@example.com": "Tonga Standard Time", "bob@example.com": "Dateline Standard Time"}
    for user, zone in zones.items():
        tasks.office.admin.user(user, timeZone=zone)
        due = {"dateTime": "2027-07-25T00:00:00", "timeZone": zone}
        tasks.office.admin.put(user, "tasks", [{"title": user, "dueDateTime": due}])
    tasks.users = list(zones)
    tasks.read()
    assert {row["title"]: row["dueDateTime"] for row in tasks.told} == dict.fromkeys(zones, "2027-07-25")


@pytest.mark.parametrize("action", ["cut", "truncate", "unavailable", "not-json"])
def test_without_an_answer_nothing_is_landed(tasks: Reader, action: str) -> None:
    tasks.office.admin.put(ADA, "tasks", titled(["there"]))
    tasks.read()
    before = (tasks.folder / "entity.duckdb").read_bytes()
    tasks.office.admin.put(ADA, "tasks", titled(["new"]))
    tasks.office.admin.set_faults({"path": "batch$", "action": action, "times": 0})
    with pytest.raises(SourceError):
        tasks.read()
    assert (tasks.folder / "entity.duckdb").read_bytes() == before
    tasks.office.admin.set_faults()
    tasks.read()
    assert [row["title"] for row in tasks.told] == ["new"]


@pytest.mark.parametrize("status, error", [(403, SystemicError), (503, SourceError), (429, SourceError)])
def test_what_all_mailboxes_refuse_alike_is_an_error(tasks: Reader, status: int, error: type[Exception]) -> None:
    tasks.office.admin.user(EMMY)
    tasks.users = [ADA, EMMY]
    tasks.office.admin.set_faults({**refusal("/users/", status, "ErrorAccessDenied"), "times": 0})
    with pytest.raises(error) as raised:
        tasks.read()
    assert "example.com" not in str(raised.value)


def delete_list(reader: Reader, list_id: str) -> None:
    """A person deletes a list."""
    with reader.office.client() as graph:
        assert graph.write([Request("DELETE", list_path(ADA, list_id))])[0].success
