"""Writing records as the platform does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import RowError

if TYPE_CHECKING:
    from .org import Org
    from .permissions import User

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; `id` is None for a record that was not created."""

    id: str | None
    success: bool
    created: bool = False
    errors: tuple[RowError, ...] = ()


class Dml:
    """Writes of one user.

    Rows map field names (any case) to values; `Account.Source_Key__c` or `{"Account": {"Source_Key__c": "x"}}` names a parent by
    external id. With `text` the values follow the rules of bulk CSV: an empty text leaves the field alone, `#N/A` clears it.
    A field that does not exist or that the user cannot see raises ApiError before anything is written.
    """

    def __init__(self, org: Org, user: User) -> None:
        self.org = org
        self.user = user

    def insert(self, sobject: str, rows: Sequence[Row], *, all_or_none: bool = False, text: bool = False) -> list[RowResult]:
        raise NotImplementedError

    def update(self, sobject: str, rows: Sequence[Row], *, all_or_none: bool = False, text: bool = False) -> list[RowResult]:
        raise NotImplementedError

    def upsert(
        self, sobject: str, key_field: str, rows: Sequence[Row], *, all_or_none: bool = False, text: bool = False
    ) -> list[RowResult]:
        raise NotImplementedError

    def delete(self, sobject: str, ids: Sequence[str], *, all_or_none: bool = False) -> list[RowResult]:
        raise NotImplementedError
