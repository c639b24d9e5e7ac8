"""What the record of a row shows that lives, that is over, and that came back, as a table of cells."""

from __future__ import annotations

import pytest

from assets.connections import ENTITY as CONNECTIONS
from pipelines.declaring.conditions import Filled, Is
from pipelines.declaring.derived_rules import Always, EndedAt, StampedWith
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.entity import Entity, Freeze, Target
from pipelines.declaring.life import Life, Wanted
from pipelines.declaring.rules import Constant, Master, Reference
from pipelines.declaring.source import Feed
from tests.pipelines.case import NOW, Case

RUN = f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z"
TOLD = "2026-01-02T03:04:05.000Z"
STORED = NOW.replace(tzinfo=None, day=2, month=1, hour=3, minute=4, second=5)

KEEPERS = Records("User", "FederationIdentifier")
USERS = {"005K": "kim", "005T": "twin", "005U": "Twin"}
THINGS = Entity(
    name="things",
    source=Feed("things", key="id", changed_at=None),
    target=Target("Thing__c", key="Key__c"),
    fields={
        "Name": Master("name"),
        "Note__c": Master("note"),
        "Holder__c": Reference("holder", to="holders", missing="keep"),
        "Active__c": Always("true"),
        "Ended_At__c": EndedAt("ended_at"),
        "Stamp__c": StampedWith("Active__c"),
        "Keeper__c": Reference("keeper", to=KEEPERS),
        "Made__c": Constant("by us"),
    },
    create="scheduled",
    wanted=Wanted(Filled("name"), otherwise="nameless"),
    freeze=Freeze(mapped="Do_Not_Update__c"),
    life=Life(
        ends_when=Is("state", "over"),
        ends_with=("Holder__c",),
        ends_without=("Keeper__c",),
        merged_ends=True,
        then={"Name": "Gone", "Active__c": "false"},
        clears=True,
    ),
)
LIVING = {"Name": "Ada", "Note__c": "note", "Holder__c": "001H", "Active__c": True, "Keeper__c": "005K"}
OVER = {
    "Name": "Gone", "Note__c": None, "Holder__c": None, "Active__c": False, "Ended_At__c": STORED, "Keeper__c": None,
}  # fmt: skip
ROW = {"id": "x", "name": "Ada", "note": "note", "holder": "h", "keeper": "kim"}
ENDS = {
    "Name": "Gone", "Note__c": None, "Holder__c": None, "Active__c": "false", "Stamp__c": RUN, "Keeper__c": None,
}  # fmt: skip
COMES_BACK = {
    "Name": "Ada", "Note__c": "note", "Holder__c": "001H", "Active__c": "true", "Ended_At__c": None, "Stamp__c": RUN,
    "Keeper__c": "005K",
}  # fmt: skip

TABLE = [
    # in the CRM, in the source, cells, outcome
    (LIVING, {}, {}, "unchanged"),
    (LIVING, {"state": "over"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"state": "over", "ended_at": TOLD}, {**ENDS, "Ended_At__c": TOLD}, "deactivated: ended"),
    (LIVING, {"merged_into": "y"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"merged_into": "nowhere"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"merged_into": "x"}, {}, "held: merge_circle"),
    (LIVING, {"merged_into": "x", "state": "over"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"holder": "gone"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"keeper": "nobody"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: missing_keeper"),
    (LIVING, {"keeper": "nobody", "ended_at": TOLD}, {**ENDS, "Ended_At__c": RUN}, "deactivated: missing_keeper"),
    (LIVING, {"holder": "gone", "ended_at": TOLD}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (OVER, {"holder": "gone", "ended_at": "2026-01-01T00:00:00Z"}, {}, "unchanged"),
    (LIVING, {"keeper": "nobody", "state": "over"}, {**ENDS, "Ended_At__c": RUN}, "deactivated: ended"),
    (LIVING, {"keeper": "twin"}, {}, "skipped: missing_keeper"),
    (LIVING, {"keeper": None}, {}, "unchanged"),
    (OVER, {"keeper": "nobody"}, {}, "unchanged"),
    (OVER, {"keeper": "nobody", "state": "over"}, {}, "unchanged"),
    (None, {"keeper": "nobody"}, {}, "skipped: missing_keeper"),
    (None, {"keeper": "nobody", "state": "over"}, {}, "skipped: ended"),
    (LIVING, {"name": None}, {}, "unchanged"),
    (OVER, {"state": "over"}, {}, "unchanged"),
    (OVER, {"state": "over", "name": "New", "note": "new"}, {}, "unchanged"),
    (OVER, {"state": "over", "ended_at": "2026-01-03T00:00:00Z"}, {"Ended_At__c": "2026-01-03T00:00:00.000Z"},
     "deactivated: ended"),
    (OVER, {}, COMES_BACK, "updated: reactivated"),
    ({**OVER, "Name": "Typed"}, {"state": "over"}, {"Name": "Gone"}, "deactivated: ended"),
    ({**LIVING, "Active__c": False}, {}, {"Active__c": "true", "Stamp__c": RUN}, "updated: reactivated"),
    ({**LIVING, "Do_Not_Update__c": True}, {"state": "over"}, {}, "skipped: do_not_update"),
    (None, {}, {**{name: value for name, value in COMES_BACK.items() if value}, "Key__c": "x", "Made__c": "by us"},
     "created"),
    (None, {"state": "over"}, {}, "skipped: ended"),
    (None, {"name": None}, {}, "skipped: nameless"),
    (None, {"name": None, "state": "over"}, {}, "skipped: ended"),
]  # fmt: skip


@pytest.mark.parametrize("record, row, cells, outcome", TABLE)
def test_a_life_is_followed(
    record: dict[str, object] | None, row: dict[str, str | None], cells: dict[str, str | None], outcome: str
) -> None:
    case = Case(THINGS).source([{**ROW, **row}]).looked_up(KEEPERS.name, USERS)
    if record:
        case.crm([{"Id": "00X", "Key__c": "x", **record}])
    plan = case.plan(creates=True, targets={"h": "001H", "gone": "001G"}, ended=["gone"])
    assert case.changes("x") == cells
    assert case.outcomes["x"] == outcome
    assert not [gate.name for gate in plan.gates if not gate.passed and gate.name == "duplicate_keys"]


def test_the_plan_of_an_ending_has_the_same_hash_whenever_it_is_made() -> None:
    def hashed(minute: int) -> str:
        case = Case(THINGS).source([{**ROW, "state": "over"}]).crm([{"Id": "00X", "Key__c": "x", **LIVING}])
        case.looked_up(KEEPERS.name, {"005K": "kim"})
        case.con.execute(f"set variable now = timestamp '2026-03-01 12:{minute:02}:00'")
        return case.plan(creates=True, targets={"h": "001H"}).hash

    assert hashed(1) == hashed(2)


def test_endings_are_counted_by_their_own_gate_and_not_as_blanked_cells() -> None:
    keys = [f"x{n}" for n in range(30)]
    case = Case(THINGS).source([{**ROW, "id": key, "state": "over"} for key in keys])
    case.crm([{"Id": f"00{key}", "Key__c": key, **LIVING} for key in keys])
    failed = {gate.name: gate.observed for gate in case.plan(targets={"h": "001H"}).gates if not gate.passed}
    assert failed == {"ended": 30}


def test_a_connection_to_a_profile_that_is_not_there_ends_and_comes_back_at_the_new_one() -> None:
    row = {"id": "c", "profile_id": "new", "user_id": "kim", "active": "true"}
    case = Case(CONNECTIONS).source([row]).looked_up(KEEPERS.name, USERS)
    record = {"Id": "00C", "External_Id__c": "c", "From_User__c": "005K", "To_Profile__c": "00O"}
    case.crm([{**record, "Active__c": True}]).plan(targets={"old": "00O"})
    assert case.changes("c") == {"Active__c": "false", "Inactivated_At__c": RUN}
    assert case.outcomes["c"] == "deactivated: missing_profile"
    case.crm([{**record, "Active__c": False, "Inactivated_At__c": STORED}]).plan(targets={"old": "00O", "new": "00N"})
    assert case.changes("c") == {"Active__c": "true", "Inactivated_At__c": None, "To_Profile__c": "00N"}
    assert case.outcomes["c"] == "updated: reactivated"
