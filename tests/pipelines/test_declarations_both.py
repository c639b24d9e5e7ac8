"""A wrong declaration of an entity that is written on both sides fails when it is loaded: the exact words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.tasks import ENTITY as TASKS
from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.both import BothWays, Days, Leave
from pipelines.declaring.conditions import Is
from pipelines.declaring.entity import AnyRule, DeclarationError, Freeze, Twins
from pipelines.declaring.life import Life, Wanted
from pipelines.declaring.match import Same
from pipelines.declaring.rules import Master, SourceStatus
from pipelines.declaring.source import Feed, Outlook, Rest

BOTH = TASKS.rules_of_both
TOGETHER = "do not go together: leave out by both.leave or both.related"
OVER = Is("status", "completed")
TASK_COLUMNS = ", ".join(Outlook("tasks", collection="tasks").columns)

MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "agreed on one side": (
        {"both": None},
        "field 'Subject' is Agreed, but one side alone is written: add both=BothWays(...), or declare it Master",
    ),
    "single on one side": (
        {"both": None, "match": (Same("Subject", single=True),), "fields": {"Subject": Master("title")}},
        "match 'same Subject' is single, but rows of one side alone have no owner: leave single out",
    ),
    "a source that is only read": (
        {"source": Feed("todo", key="id")},
        "both needs a source that can be written back to, such as Outlook(...), and not feed `todo`",
    ),
    "a column that is not there": (
        {"fields": {**TASKS.fields, "Subject": Agreed("subject")}},
        f"column 'subject' is not among those of tasks of Outlook ({TASK_COLUMNS})",
    ),
    "a column of the window that is not there": (
        {"both": replace(BOTH, window=Days("start", "ActivityDate"))},
        f"column 'start' is not among those of tasks of Outlook ({TASK_COLUMNS})",
    ),
    "a column that cannot be written": (
        {"fields": {**TASKS.fields, "Subject": Agreed("contentType")}},
        "Subject is Agreed with 'contentType', which cannot be written in tasks of Outlook: name one of title,"
        " bodyText, status, importance, dueDateTime, startDateTime, completedDateTime, categories, or declare it"
        " Master",
    ),
    "an owner without a field": (
        {"both": replace(BOTH, owner="CreatedById")},
        "both.owner names 'CreatedById', which must be a field that refers to Records, such as"
        " Related('user', to=Records('User', 'FederationIdentifier'))",
    ),
    "an owner who is no record": (
        {"fields": {**TASKS.fields, "OwnerId": Master("user")}},
        "both.owner names 'OwnerId', which must be a field that refers to Records, such as"
        " Related('user', to=Records('User', 'FederationIdentifier'))",
    ),
    "a life": ({"life": Life(ends_when=OVER, then={"Status": "Completed"})}, f"both and life {TOGETHER}"),
    "a status": (
        {"fields": {**TASKS.fields, "Status": SourceStatus("status", known=("A", "C"), merged="C")}},
        f"both and a SourceStatus {TOGETHER}",
    ),
    "flags that freeze": ({"freeze": Freeze(mapped="Do_Not_Update__c")}, f"both and freeze {TOGETHER}"),
    "twins": ({"twins": Twins(name="Subject", places=("Status",))}, f"both and twins {TOGETHER}"),
    "who gets a record": ({"wanted": Wanted(OVER, otherwise="open")}, f"both and wanted {TOGETHER}"),
    "what is read beside": (
        {"beside": (Rest("notes", service="engage", key="id", path="/notes"),)},
        f"both and beside {TOGETHER}",
    ),
    "related by no reference": (
        {"both": replace(BOTH, related=("Subject",))},
        "both.related names 'Subject', which is not among its references (OwnerId, WhatId, WhoId)",
    ),
    "a group with a field that people may choose": (
        {"both": replace(BOTH, together=(("Subject", "WhoId"),))},
        "both.together names 'WhoId', which is not Agreed",
    ),
    "a field of two groups": (
        {"both": replace(BOTH, together=(("Subject", "Status"), ("Priority", "Subject")))},
        "both.together names 'Subject' twice: a field belongs to one group",
    ),
    "a group of which each side would give a part": (
        {
            "fields": {**TASKS.fields, "Subject": Agreed("title", wins="source")},
            "both": replace(BOTH, together=(("Subject", "Status"),)),
        },
        "both.together: Subject and Status need the same wins and keeps, as one side gives them all",
    ),
    "nothing that is left alone": (
        {"both": replace(BOTH, leave=(Leave("private"),))},
        "both.leave 'private' says neither row nor record, and would leave nothing alone: name a condition of the row,"
        " or a checkbox of the record",
    ),
}


@pytest.mark.parametrize("changed, text", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_when_the_declaration_is_made(changed: dict[str, object], text: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        replace(TASKS, **changed)  # type: ignore[arg-type]
    assert str(caught.value) == f"entity 'tasks': {text}"


def test_what_is_never_written_there_need_not_be_writable() -> None:
    owner = Related("user", to=TASKS.owner, missing="skip")
    fields: dict[str, AnyRule] = {"Subject": Agreed("contentType"), "OwnerId": owner}
    only_read = replace(TASKS, fields=fields, match=(), private=(), both=BothWays(direction="to_crm"))
    assert only_read.rules_of_both.may("crm", "create")
