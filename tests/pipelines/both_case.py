"""A small world with two sides: items of Outlook and records of the CRM as dicts, and what would be done on either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from assets.tasks import ENTITY as TASKS
from pipelines.both_sides.accord import agreed_now_sql
from pipelines.both_sides.outcomes_both import back_outcomes_sql
from pipelines.declaring.entity import Entity
from pipelines.loading.plan import Plan
from pipelines.telling.record import record_links
from tests.pipelines.case import Case

OWNER = "005A"
MAILBOX = "ann@x.org"
LATELY = "2026-02-28T08:00:00Z"


class BothCase(Case):
    """One mailbox, whose owner the org knows. Values that are not given are as both sides make them."""

    def __init__(self, entity: Entity = TASKS) -> None:
        super().__init__(entity)
        self.con.execute("create table landing.removed (key varchar)")
        self.con.execute("create table landing.mailboxes (user varchar, refused varchar)")
        self.con.execute("insert into landing.mailboxes values (?, null)", [MAILBOX])
        self.looked_up("User.FederationIdentifier", {OWNER: MAILBOX})

    def items(self, *items: Mapping[str, object], removed: Iterable[str] = ()) -> BothCase:
        """Items that changed in Outlook, and ids of those that are gone."""
        usual = {
            "user": MAILBOX,
            "place": "list",
            "etag": "1",
            "status": "notStarted",
            "importance": "normal",
            "dueDateTime": "2026-03-05",
            "lastModifiedDateTime": LATELY,
        }
        self.con.execute("delete from landing.removed")
        for key in removed:
            self.con.execute("insert into landing.removed values (?)", [key])
        self.source([{**usual, **item} for item in items])
        return self

    def tasks(self, *records: Mapping[str, object]) -> BothCase:
        """Records that changed in the CRM."""
        usual = {
            "Status": "Not Started",
            "Priority": "Normal",
            "OwnerId": OWNER,
            "ActivityDate": datetime(2026, 3, 5).date(),  # noqa: DTZ001
            "LastModifiedDate": datetime(2026, 2, 28, 9),  # noqa: DTZ001
            "SystemModstamp": datetime(2026, 2, 28, 9),  # noqa: DTZ001
        }
        self.crm([{**usual, **record} for record in records])
        return self

    def agreed(self, key: str, record_id: str) -> BothCase:
        """The two were in accord as they are now."""
        self.linked({key: record_id})
        self.plan(creates=True)
        self.settle()
        return self

    def settle(self) -> None:
        """What is alike is remembered as agreed on."""
        record_links(self.con)
        for statement in agreed_now_sql(self.bound):
            self.con.execute(statement)

    def look(self) -> Plan:
        """The plan, with outcomes of both sides."""
        plan = self.plan(creates=True)
        for statement in back_outcomes_sql("planned"):
            self.con.execute(statement)
        return plan

    @property
    def back(self) -> dict[tuple[str, str], dict[str, str | None]]:
        """(kind, key or record) → column → new value, of what would be written in Outlook."""
        found = self.con.execute(
            "select a.kind, coalesce(a.key, a.record_id), c.column_name, c.new"
            " from work.source_actions a left join work.source_cells c using (fold)"
        ).fetchall()
        told: dict[tuple[str, str], dict[str, str | None]] = {}
        for kind, key, column, new in found:
            told.setdefault((kind, key), {}).update({column: new} if column else {})
        return told

    @property
    def why(self) -> dict[tuple[str, str], str]:
        """(key, field) → flow and reason of every cell that is not the same on both sides."""
        found = self.con.execute(
            "select fold, field, flow || coalesce(' ' || why, '') from work.sides where flow <> 'same'"
        ).fetchall()
        return {(fold, field): told for fold, field, told in found}

    @property
    def removals(self) -> set[str]:
        return {record_id for (record_id,) in self.con.execute("select record_id from work.removals").fetchall()}
