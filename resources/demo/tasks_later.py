"""What happens to tasks while the demo runs: people tick off, move, delete and rewrite them, in Outlook and in the CRM.

`task_cases.py` says what the next sync makes of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from resources.demo.tasks import Office, Tasks, due
from resources.outlook.keys import key_of

KEY = "Outlook_Id__c"


class Desk(Protocol):
    """An org in which somebody edits and deletes records."""

    def do(self, door: str, **body: object) -> Any:
        """What the door answers."""


def tasks_an_hour_later(tasks: Tasks, org: Desk, office: Office, today: date) -> None:
    """Records are told by the key that the first sync gave them, or by their id where they began in the CRM."""

    def there(kind: str, **fields: object) -> None:
        for todo in tasks.of(kind):
            office.patch(todo.user, "tasks", {"id": todo.item_id, **fields})

    def here(kind: str, **fields: object) -> None:
        for todo in tasks.of(kind):
            org.do("records/edit", sobject="Task", fields=fields, **_which(todo.item_id, todo.record_id))

    in_a_week, in_a_month = today + timedelta(days=7), today + timedelta(days=30)
    there("to_be_done_there", status="completed")
    here("to_be_moved_here", ActivityDate=in_a_month.isoformat())
    there("to_be_in_conflict", dueDateTime=due(in_a_week))
    here("to_be_in_conflict", ActivityDate=in_a_month.isoformat())
    there("to_change_on_both", importance="high")
    here("to_change_on_both", Status="In Progress")
    here("formatted", Description="They have signed.")
    here("formatted_and_moved", Description="They have signed.", ActivityDate=in_a_month.isoformat())
    there("to_be_private", categories=["Private"], status="completed")
    for todo in tasks.of("to_be_deleted_there"):
        office.delete(todo.user, "tasks", todo.item_id)
    for todo in tasks.of("to_be_deleted_here"):
        org.do("records/delete", sobject="Task", **_which(todo.item_id, todo.record_id))


def _which(item_id: str, record_id: str) -> Mapping[str, object]:
    return {"ids": [record_id]} if record_id else {"where": {KEY: key_of(item_id)}}
