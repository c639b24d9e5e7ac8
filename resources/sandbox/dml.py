"""Writing records as the platform does: insert, update, upsert and delete, with a result for each row in its order.

A call is one transaction. Rows are taken in chunks of 200, so that a later chunk sees what an earlier one saved. What
is checked is in `checks`, how values are normalised in `coercion`, what becomes of which row in `transaction`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .absent_objects import no_such_object
from .columns import Batch, ColumnReader, Rows
from .errors import not_found
from .schema import FieldDef, SObjectDef
from .transaction import ROLLED_BACK, RowResult, Transaction, forbidden

if TYPE_CHECKING:
    from .org import Org
    from .permissions import User

__all__ = ["ROLLED_BACK", "Dml", "RowResult"]


class Dml:
    """Writes of one user.

    Rows map field names (any case) to values; `Account.Source_Key__c` or `{"Account": {"Source_Key__c": "x"}}` names a
    parent by external id. With `text` the values follow the rules of bulk CSV: an empty text leaves the field alone,
    `#N/A` clears it. A field that does not exist or that the user cannot see raises ApiError before anything is
    written.
    """

    def __init__(self, org: Org, user: User) -> None:
        self.org = org
        self.user = user

    def insert(self, sobject: str, rows: Rows, *, all_or_none: bool = False, text: bool = False) -> list[RowResult]:
        """A new record for each row that is sound."""
        definition = self.definition(sobject)
        self._refuse_object(definition, "create")
        call = self._transaction(definition, rows, all_or_none=all_or_none, text=text)
        return call.run(call.insert)

    def update(self, sobject: str, rows: Rows, *, all_or_none: bool = False, text: bool = False) -> list[RowResult]:
        """The record named by each row's Id holds what the row says."""
        definition = self.definition(sobject)
        self._refuse_object(definition, "edit")
        call = self._transaction(definition, rows, all_or_none=all_or_none, text=text)
        return call.run(call.update)

    def upsert(
        self, sobject: str, key_field: str, rows: Rows, *, all_or_none: bool = False, text: bool = False
    ) -> list[RowResult]:
        """The record with each row's key holds what the row says; it is created where there is none."""
        definition = self.definition(sobject)
        key = self.key(definition, key_field)
        call = self._transaction(definition, rows, all_or_none=all_or_none, text=text)
        if key.type == "id":
            return call.run(call.upsert_by_id)
        return call.run(lambda chunk: call.upsert(chunk, key))

    def delete(self, sobject: str, ids: Sequence[str], *, all_or_none: bool = False) -> list[RowResult]:
        """Each of those records, and what belongs to it, is in the recycle bin."""
        definition = self.definition(sobject)
        self._refuse_object(definition, "delete")
        batch = Batch(len(ids), {"Id": list(ids)})
        call = Transaction(self, definition, batch, all_or_none=all_or_none)
        return call.run(call.delete)

    def definition(self, sobject: str) -> SObjectDef:
        """The object of that name, if it exists for this user; else NOT_FOUND."""
        found = self.org.catalogue.get(sobject)
        if found is None or not self.user.may("read", found.name):
            raise no_such_object(sobject)
        return found

    def key(self, definition: SObjectDef, name: str) -> FieldDef:
        """The field of that name if records can be named by it; else NOT_FOUND."""
        found = definition.field(name)
        if found is None or not found.usable_as_key or not self.user.can_read(definition.name, found.name):
            raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
        return found

    def may(self, definition: SObjectDef, right: str) -> bool:
        """True if the user may create, edit or delete records of that object."""
        possible = {"create": definition.createable, "edit": definition.updateable, "delete": definition.deletable}[
            right
        ]
        return possible and self.user.may(right, definition.name)

    def _refuse_object(self, definition: SObjectDef, right: str) -> None:
        if not self.may(definition, right):
            raise forbidden(definition, right)

    def _transaction(self, definition: SObjectDef, rows: Rows, *, all_or_none: bool, text: bool) -> Transaction:
        batch = ColumnReader(self.org.catalogue, definition, self.user, text=text).read(rows)
        return Transaction(self, definition, batch, all_or_none=all_or_none)
