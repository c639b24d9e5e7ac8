"""The rules as a table: one row a case. What a person sees in the CRM is `old`, what the source says is `new`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import pytest

from pipelines.declaring.entity import AnyRule, Entity, Freeze, Target
from pipelines.declaring.rules import Constant, CreateOnly, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.declaring.source import Feed
from tests.pipelines.case import NOW, Case

MASTER = Master("said")
CLEARING = Master("said", blank="clear")
CLEARED_WHEN_I = Master("said", clears_when=("I",))
FILL = FillEmpty("said")
ONCE = CreateOnly("said")
PARENT = Reference("said", to="things", missing="keep", hierarchy=True)
CLEARED = Reference("said", to="things", missing="keep", blank="clear")
FIXED = Constant("true")

KEPT = "(kept)"
Flag = Literal["", "frozen", "hierarchy"]
PARENTS = {"001P": "old", "001Q": "new"}


@dataclass(frozen=True)
class Line:
    rule: AnyRule
    field: str
    status: str
    flag: Flag
    old: str | None
    new: str | None
    written: str | None

    def __str__(self) -> str:
        told = f"{self.rule.name} {self.field} {self.status}{self.flag and ' ' + self.flag} {self.old!r}→{self.new!r}"
        return f"{told} {'kept' if self.written == KEPT else 'written'}"


LINKED = [
    # rule           field                status  flag        old in CRM   new in source  written
    Line(MASTER,         "Name",              "A", "",          "old",       "new",         "new"),
    Line(MASTER,         "Name",              "A", "",          None,        "new",         "new"),
    Line(MASTER,         "Name",              "A", "",          "same",      "same",        KEPT),
    Line(MASTER,         "Name",              "A", "",          "same",      "  same \r\n", KEPT),
    Line(MASTER,         "Name",              "A", "",          "two\nlines", "two\r\nlines", KEPT),
    Line(MASTER,         "Name",              "A", "",          "Case",      "case",        "case"),
    Line(MASTER,         "Name",              "A", "",          "old",       None,          KEPT),
    Line(MASTER,         "Name",              "A", "",          "old",       "   ",         KEPT),
    Line(MASTER,         "Name",              "A", "",          "old",       "#N/A",        "#N/A"),
    Line(MASTER,         "Name",              "A", "",          "old",       "=1+1",        "=1+1"),
    Line(MASTER,         "Name",              "A", "hierarchy", "old",       "new",         "new"),
    Line(MASTER,         "Name",              "A", "frozen",    "old",       "new",         KEPT),
    Line(MASTER,         "Name",              "A", "frozen",    None,        "new",         KEPT),
    Line(MASTER,         "Name",              "C", "",          "old",       "new",         KEPT),
    Line(MASTER,         "Name",              "U", "",          None,        "new",         KEPT),
    Line(MASTER,         "Email",             "A", "",          "A@b.org",   "a@B.org",     KEPT),
    Line(MASTER,         "Email",             "A", "",          "a@b.org",   "c@b.org",     "c@b.org"),
    Line(MASTER,         "NumberOfEmployees", "A", "",          "7",         "8",           "8"),
    Line(MASTER,         "NumberOfEmployees", "A", "",          "7",         "007",         KEPT),
    Line(MASTER,         "NumberOfEmployees", "A", "",          "7",         "7.0",         KEPT),
    Line(MASTER,         "NumberOfEmployees", "A", "",          None,        "0",           "0"),
    Line(CLEARING,       "Name",              "A", "",          "old",       None,          None),
    Line(CLEARING,       "Name",              "A", "",          None,        None,          KEPT),
    Line(CLEARING,       "Name",              "A", "frozen",    "old",       None,          KEPT),
    Line(CLEARING,       "Name",              "C", "",          "old",       None,          KEPT),
    Line(CLEARED_WHEN_I, "Email",             "A", "",          "a@b.org",   None,          KEPT),
    Line(CLEARED_WHEN_I, "Email",             "I", "",          "a@b.org",   None,          None),
    Line(CLEARED_WHEN_I, "Email",             "I", "",          "a@b.org",   "c@b.org",     KEPT),
    Line(CLEARED_WHEN_I, "Email",             "I", "frozen",    "a@b.org",   None,          KEPT),
    Line(CLEARED_WHEN_I, "Email",             "U", "",          "a@b.org",   None,          KEPT),
    Line(FILL,           "Name",              "A", "",          None,        "new",         "new"),
    Line(FILL,           "Name",              "A", "",          "old",       "new",         KEPT),
    Line(FILL,           "Name",              "A", "",          "   ",       "new",         "new"),
    Line(FILL,           "Name",              "A", "frozen",    None,        "new",         KEPT),
    Line(FILL,           "Name",              "A", "hierarchy", None,        "new",         "new"),
    Line(FILL,           "Name",              "C", "",          None,        "new",         KEPT),
    Line(FILL,           "NumberOfEmployees", "A", "",          "0",         "8",           KEPT),
    Line(ONCE,           "Name",              "A", "",          None,        "new",         KEPT),
    Line(ONCE,           "Name",              "A", "",          "old",       "new",         KEPT),
    Line(FIXED,          "Name",              "A", "",          None,        None,          KEPT),
    Line(PARENT,         "ParentId",          "A", "",          None,        "new",         "001Q"),
    Line(PARENT,         "ParentId",          "A", "",          "001P",      "new",         "001Q"),
    Line(PARENT,         "ParentId",          "A", "",          "001Q",      "NEW",         KEPT),
    Line(PARENT,         "ParentId",          "A", "",          "001P",      None,          KEPT),
    Line(PARENT,         "ParentId",          "A", "",          "001P",      "nowhere",     KEPT),
    Line(PARENT,         "ParentId",          "A", "hierarchy", "001P",      "new",         KEPT),
    Line(PARENT,         "ParentId",          "A", "frozen",    "001P",      "new",         KEPT),
    Line(PARENT,         "ParentId",          "C", "",          "001P",      "new",         KEPT),
    Line(CLEARED,        "ParentId",          "A", "",          "001P",      None,          None),
    Line(CLEARED,        "ParentId",          "A", "",          "001P",      "nowhere",     KEPT),
    Line(CLEARED,        "ParentId",          "A", "",          None,        None,          KEPT),
    Line(CLEARED,        "ParentId",          "C", "",          "001P",      None,          KEPT),
]  # fmt: skip

NEW = [
    # rule           field                status  flag  old    new in source  on the new record
    Line(MASTER,         "Name",              "A", "", None, "new",         "new"),
    Line(MASTER,         "Name",              "A", "", None, None,          KEPT),
    Line(CLEARING,       "Name",              "A", "", None, None,          KEPT),
    Line(FILL,           "Name",              "A", "", None, "new",         "new"),
    Line(ONCE,           "Name",              "A", "", None, "new",         "new"),
    Line(FIXED,          "Name",              "A", "", None, None,          "true"),
    Line(PARENT,         "ParentId",          "A", "", None, "new",         "001Q"),
    Line(PARENT,         "ParentId",          "A", "", None, "nowhere",     KEPT),
]  # fmt: skip


def things(field: str, rule: AnyRule) -> Entity:
    return Entity(
        name="things",
        source=Feed("things", key="id", changed_at=None, merged_into=None),
        target=Target("Thing__c", key="Key__c"),
        fields={
            field: rule,
            "Status__c": SourceStatus("status", known=("A", "C", "I", "U"), merged="C"),
            "Source_Synced_At__c": SyncedAt(),
        },
        create="scheduled",
        freeze=Freeze(mapped="Do_Not_Update__c", hierarchy="Do_Not_Update_Hierarchy__c"),
    )


@cache
def thought(rule: AnyRule, field: str, *, linked: bool) -> dict[str, dict[str, str | None]]:
    """The cells of each line with this rule, status and key aside; the parents `old` and `new` have records."""
    lines = [line for line in (LINKED if linked else NEW) if (line.rule, line.field) == (rule, field)]
    case = Case(things(field, rule))
    case.source([{"id": str(line), "said": line.new, "status": line.status} for line in lines])
    case.crm([{"Id": one, "Key__c": key} for one, key in PARENTS.items() if field == "ParentId"])
    if linked:
        case.crm(as_record(number, line) for number, line in enumerate(lines))
    case.plan(creates=not linked)
    changes = {str(line): case.changes(str(line)) for line in lines}
    return {key: {f: new for f, new in told.items() if f == field} for key, told in changes.items()}


def as_record(number: int, line: Line) -> dict[str, object]:
    return {
        "Id": f"002{number}",
        "Key__c": str(line).strip(),
        "Status__c": line.status,
        line.field: int(line.old) if line.old and line.field == "NumberOfEmployees" else line.old,
        "Do_Not_Update__c": line.flag == "frozen",
        "Do_Not_Update_Hierarchy__c": line.flag == "hierarchy",
    }


@pytest.mark.parametrize("line", LINKED, ids=str)
def test_a_cell_of_a_linked_record_is_written_or_kept(line: Line) -> None:
    told = thought(line.rule, line.field, linked=True)
    assert told[str(line)] == ({} if line.written == KEPT else {line.field: line.written})


@pytest.mark.parametrize("line", NEW, ids=str)
def test_a_new_record_gets_what_is_known(line: Line) -> None:
    told = thought(line.rule, line.field, linked=False)
    assert told[str(line)] == ({} if line.written == KEPT else {line.field: line.written})


STATUSES = [
    # the CRM's status, the source's, frozen, written
    ("A", "A", False, {}),
    (None, "A", False, {"Status__c": "A"}),
    (None, None, False, {"Status__c": "A"}),
    ("A", "C", False, {"Status__c": "C"}),
    ("A", "C", True, {"Status__c": "C"}),
    ("C", "A", False, {"Status__c": "A", "Name": "new"}),
    ("C", "A", True, {"Status__c": "A"}),
    ("C", "U", False, {"Status__c": "U"}),
]


@pytest.mark.parametrize("was, says, frozen, written", STATUSES)
def test_the_status_is_written_whatever_is_frozen(
    was: str | None, says: str | None, *, frozen: bool, written: dict[str, str]
) -> None:
    case = Case(things("Name", MASTER)).source([{"id": "x", "said": "new", "status": says}])
    name = "old" if "Name" in written or frozen else "new"
    case.crm([{"Id": "001X", "Key__c": "x", "Status__c": was, "Name": name, "Do_Not_Update__c": frozen}]).plan()
    assert case.changes("x") == written


@pytest.mark.parametrize("said, stamped", [("new", True), ("old", False)])
def test_the_time_of_the_run_is_stamped_with_other_cells_and_never_alone(said: str, *, stamped: bool) -> None:
    case = Case(things("Name", MASTER)).source([{"id": "x", "said": said, "status": "A"}])
    case.crm([{"Id": "001X", "Key__c": "x", "Status__c": "A", "Name": "old"}]).plan()
    stamps = case.con.execute("select new from work.cells where rule = 'synced_at'").fetchall()
    assert stamps == ([(f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z",)] if stamped else [])
