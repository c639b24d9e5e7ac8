"""SOAP's undelete, emptyRecycleBin and merge, which no other API has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .dml import RowResult
from .merging import Merged, merge
from .org import Org
from .permissions import User
from .recycle_bin import empty, undelete
from .soap_call import Soap
from .soap_records import ids, result_errors, row, save_results
from .soap_xml import SoapFault, first, local, member, texts

MOST_MERGES = 10


def undeleted(soap: Soap) -> str:
    return save_results(_each(soap, undelete))


def emptied(soap: Soap) -> str:
    return save_results(_each(soap, empty))


def _each(soap: Soap, action: Callable[[Org, User, Sequence[str]], list[RowResult]]) -> list[RowResult]:
    named = ids(soap.asked.body)
    if not named:
        raise SoapFault("INVALID_INPUT", f"{soap.asked.operation} needs ids")
    return action(soap.call.org, soap.call.user, named)


def merged(soap: Soap) -> str:
    """A `result` for every `request`: each merge stands or falls alone."""
    requests = [child for child in soap.asked.body if local(child) == "request"]
    if len(requests) > MOST_MERGES:
        raise SoapFault("EXCEEDED_ID_LIMIT", f"at most {MOST_MERGES} merges in one call")
    shown = []
    for request in requests:
        master = next((child for child in request if local(child) == "masterRecord"), None)
        if master is None:
            raise SoapFault("INVALID_INPUT", "A merge needs a masterRecord")
        sobject, cells = row(master)
        fields = {name: value for name, value in cells.items() if name != "Id"}
        losers = texts(request, "recordToMergeIds")
        shown.append(_shown(merge(soap.call.org, soap.call.user, sobject, first(master, "Id"), fields, losers)))
    return "".join(shown)


def _shown(merged: Merged) -> str:
    return member(
        "result",
        {
            "errors": result_errors(merged.errors),
            "id": merged.id,
            "mergedRecordIds": list(merged.merged_record_ids),
            "success": merged.success,
            "updatedRelatedIds": list(merged.updated_related_ids),
        },
    )
