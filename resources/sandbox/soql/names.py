"""The object `Name`: what can be asked of a parent that may be of several kinds, such as `Who` and `What` of a task.

Evidence: Salesforce's reference of that object, and recorded answers in which such an owner is of type Name. What lies
beyond it, and TYPEOF, is not emulated.
"""

from __future__ import annotations

from collections.abc import Sequence

from resources.sandbox import field_kinds as kinds
from resources.sandbox.schema import SObjectDef

NAME = kinds.sobject(
    "Name", "Name", "Names", "",
    [
        kinds.record_id("Record ID"),
        kinds.text("Name", "Name", name_field=True),
        kinds.text("FirstName", "First Name", 40),
        kinds.text("LastName", "Last Name", 80),
        kinds.picklist("Type", "Type"),
        kinds.text("Username", "Username", 80),
        kinds.text("Alias", "Alias", 8),
        kinds.text("Title", "Title", 80),
        kinds.email("Email", "Email"),
    ],
)  # fmt: skip
_OF_USERS = frozenset({"Username", "Alias", "Title", "Email"})
"""Fields that are empty for any other kind of record, whatever it has itself."""

Kinds = Sequence[tuple[str, SObjectDef]]
"""Table aliases, one for each kind of record that the parent may be."""


def name_sql(kinds_of: Kinds, field: str) -> str:
    """The field of Name as SQL: that of whichever record is there."""
    if field == "Type":
        cases = " ".join(f"""when {table}."Id" is not null then '{kind.name}'""" for table, kind in kinds_of)
        return f"(case {cases} end)"
    tables = [
        f'{table}."{field}"'
        for table, kind in kinds_of
        if field in kind.fields and (field not in _OF_USERS or kind.name == "User")
    ]
    return f"coalesce({', '.join([*tables, 'null', 'null'])})"
