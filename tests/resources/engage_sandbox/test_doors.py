"""What the administrator's door does to rows, and what it says when it refuses."""

from __future__ import annotations

import pytest

from resources.engage_sandbox.administration import EngageAdministrator
from tests.resources.engage_sandbox.conftest import Client

ADA = {
    "id": "p1", "kind": "HCP", "account_ids": ["I1", "I2"], "first_name": "Ada", "last_name": "Noether",
    "display_name": "Dr. Ada Noether", "state": "active", "merged_into": None,
    "signed_up_at": "2025-01-01T00:00:00.000Z", "updated_at": "2025-01-01T00:00:00.000Z",
}  # fmt: skip
TIE = {"id": "c1", "profile_id": "p1", "user_id": "u1", "active": True, "updated_at": "2025-01-01T00:00:00.000Z"}


def test_rows_without_a_time_were_updated_now(admin: EngageAdministrator) -> None:
    now = admin.advance_clock(0)
    admin.put("profiles", [ADA, {"id": "p2"}])
    assert admin.row("profiles", "p1") == ADA
    assert admin.row("profiles", "p2")["updated_at"] >= now
    assert admin.count("profiles") == 2


def test_a_patch_changes_what_it_tells_and_nothing_else(admin: EngageAdministrator) -> None:
    admin.put("profiles", [ADA])
    admin.patch("profiles", [{"id": "p1", "title": "Head"}])
    patched = admin.row("profiles", "p1")
    assert patched == {**ADA, "title": "Head", "updated_at": patched["updated_at"]}
    assert patched["updated_at"] > "2026"


def test_nothing_of_the_person_is_left_in_a_deleted_profile(admin: EngageAdministrator) -> None:
    admin.put("profiles", [ADA])
    admin.delete("p1")
    left = {name: value for name, value in admin.row("profiles", "p1").items() if value}
    assert left.keys() == {"id", "kind", "state", "signed_up_at", "updated_at"}
    assert left["state"] == "deleted"


def test_a_merged_profile_is_deleted_and_names_its_heir(admin: EngageAdministrator) -> None:
    admin.put("profiles", [ADA, {**ADA, "id": "p2"}])
    admin.merge("p1", "p2")
    row = admin.row("profiles", "p1")
    assert (row["state"], row["merged_into"]) == ("deleted", "p2")


def test_a_connection_ends_and_comes_back(admin: EngageAdministrator) -> None:
    admin.put("connections", [TIE])
    admin.disconnect("c1")
    ended = admin.row("connections", "c1")
    admin.reconnect("c1")
    back = admin.row("connections", "c1")
    assert (ended["active"], back["active"], back["disconnected_at"]) == (False, True, None)
    assert ended["disconnected_at"] <= back["connected_at"] <= back["updated_at"]


def test_what_clients_asked_is_remembered_and_what_the_administrator_did_is_not(
    client: Client, admin: EngageAdministrator
) -> None:
    client("profiles", limit=7)
    (call,) = admin.calls()
    assert (call["path"], call["query"], call["status"]) == ("/v1/profiles", "limit=7", 200)


def test_every_door_says_what_it_takes(admin: EngageAdministrator) -> None:
    doors = admin.doors()
    assert {"put", "patch", "delete", "merge", "disconnect", "reconnect", "clock", "faults"} <= doors.keys()
    assert all(said.startswith("{") for said in doors.values())


@pytest.mark.parametrize(
    "rows, told",
    [
        ([{"name": "Ada"}], "each row is an object with an id"),
        ([{"id": 5}], "each row is an object with an id"),
        (["p1"], "'str' object"),
    ],
    ids=["no id", "id is a number", "no object"],
)
def test_a_row_must_have_an_id(admin: EngageAdministrator, rows: list[dict[str, object]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        admin.put("profiles", rows)
    assert admin.count("profiles") == 0


def test_a_door_says_what_is_wrong(admin: EngageAdministrator) -> None:
    with pytest.raises(ValueError, match="no collection 'people'; there are profiles, connections"):
        admin.put("people", [{"id": "1"}])
    with pytest.raises(ValueError, match="no connections c9"):
        admin.disconnect("c9")
    with pytest.raises(ValueError, match="no profiles p9"):
        admin.row("profiles", "p9")
    with pytest.raises(ValueError, match="a fault has no 'colour'"):
        admin.set_faults({"path": "/", "action": "cut", "colour": "red"})
    with pytest.raises(ValueError, match="no action 'explode'; there are answer"):
        admin.set_faults({"path": "/", "action": "explode"})
