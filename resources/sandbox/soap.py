"""SOAP, partner (`u`) and enterprise (`c`): login, who one is, query, create, update, upsert, delete, undelete, merge.

The password of every user is the org's client secret; the security token, which may follow it, is the org's id. What
is not in `OPERATIONS` is answered with a fault that says so. There is no WSDL.

Envelopes and the fault of a refused login are as captures of real ones show them; the other faults have the REST API's
codes and texts. An empty element leaves a field alone, `fieldsToNull` clears it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent

from . import soap_bin, soap_records, soap_xml
from .circumstances import duplicates_as
from .columns import Table
from .dml import RowResult
from .endpoint import Answer, Call, Route
from .errors import ApiError
from .moments import as_stored
from .record_collections import sobject_of, written
from .soap_call import Soap
from .soap_login import login, user_info
from .soap_xml import Asked, SoapFault, member

if TYPE_CHECKING:
    from .org import Org

_CONTENT = {"Content-Type": "text/xml; charset=utf-8"}
_BAD_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"


def routes(org: Org) -> list[Route]:
    return [
        Route(f"/services/Soap/{letter}/{{version}}{rest}", {"POST": _handler(namespace)}, open_to_all=True)
        for letter, namespace in (("u", soap_xml.PARTNER), ("c", soap_xml.ENTERPRISE))
        for rest in ("", "/{organization}")
    ]


def fault_answer(code: str, message: str) -> Answer:
    return Answer(500, soap_xml.fault(SoapFault(code, message)), _CONTENT)


def _handler(namespace: str) -> Callable[[Call], Answer]:
    def handle(call: Call) -> Answer:
        try:
            asked = soap_xml.read_envelope(call.body)
            inside = login(call, asked) if asked.operation == "login" else _operate(call, asked)
        except SoapFault as fault:
            return Answer(500, soap_xml.fault(fault), _CONTENT)
        except ApiError as error:
            return fault_answer(error.code, error.message)
        return Answer(body=soap_xml.response(asked.operation, inside, namespace=namespace), headers=_CONTENT)

    return handle


def _operate(call: Call, asked: Asked) -> str:
    operation = OPERATIONS.get(asked.operation)
    if operation is None:
        told = f"No operation available for request {asked.operation}: it is not emulated by this sandbox"
        raise SoapFault("UNKNOWN_EXCEPTION", told)
    try:
        user = call.org.user(asked.header("SessionHeader", "sessionId"))
    except ApiError as error:
        raise SoapFault(error.code, _BAD_SESSION) from error
    call.org.usage.take()
    said = [f"{name}={asked.header('DuplicateRuleHeader', name)}" for name in ("allowSave", "includeRecordDetails")]
    with duplicates_as(";".join(said)):
        return operation(Soap(replace(call, user=user), asked))


def _user_info(soap: Soap) -> str:
    return member("result", user_info(soap.call, soap.call.user))


def _timestamp(soap: Soap) -> str:
    return member("result", {"timestamp": as_stored(soap.call.org.time())})


def _query(soap: Soap) -> str:
    return _queried(soap, "query", {"q": soap_xml.first(soap.asked.body, "queryString")})


def _query_all(soap: Soap) -> str:
    return _queried(soap, "queryAll", {"q": soap_xml.first(soap.asked.body, "queryString")})


def _query_more(soap: Soap) -> str:
    return _queried(soap, f"query/{percent(soap_xml.first(soap.asked.body, 'queryLocator'))}", {})


def _queried(soap: Soap, resource: str, query: Mapping[str, str]) -> str:
    """What the REST API answers to the same query."""
    size = soap.asked.header("QueryOptions", "batchSize")
    headers = {**soap.call.headers, **({"sforce-query-options": f"batchSize={size}"} if size else {})}
    path = soap.call.url(resource)
    route, params = soap.call.router.find("GET", path)
    inner = replace(soap.call, method="GET", path=path, params=params, query=query, headers=headers, body=b"")
    answer: Any = route.handler("GET")(inner).body
    return f'<result xsi:type="QueryResult">{soap_xml.query_members(answer)}</result>'


def _create(soap: Soap) -> str:
    return soap_records.save_results(_written(soap, soap.dml.insert))


def _update(soap: Soap) -> str:
    return soap_records.save_results(_written(soap, soap.dml.update))


def _upsert(soap: Soap) -> str:
    key = soap_xml.first(soap.asked.body, "externalIDFieldName")

    def upsert(sobject: str, rows: Table, **how: bool) -> list[RowResult]:
        return soap.dml.upsert(sobject, key, rows, **how)

    return soap_records.save_results(_written(soap, upsert), upsert=True)


def _written(soap: Soap, write: Callable[..., list[RowResult]]) -> list[RowResult]:
    groups: list[tuple[str, Any]] = list(soap_records.tables(soap_records.records(soap.asked.body)))
    results: list[RowResult] = written(soap.call, groups, partial(write, text=True), together=soap.together)
    return results


def _delete(soap: Soap) -> str:
    ids = soap_records.ids(soap.asked.body)
    groups = [(name, list(group)) for name, group in groupby(ids, key=partial(sobject_of, soap.call))]
    return soap_records.save_results(written(soap.call, groups, soap.dml.delete, together=soap.together))


def _logout(soap: Soap) -> str:
    soap.call.org.sessions.revoke(soap.asked.header("SessionHeader", "sessionId"))
    return ""


OPERATIONS: dict[str, Callable[[Soap], str]] = {
    "getUserInfo": _user_info,
    "getServerTimestamp": _timestamp,
    "query": _query,
    "queryAll": _query_all,
    "queryMore": _query_more,
    "create": _create,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "undelete": soap_bin.undeleted,
    "emptyRecycleBin": soap_bin.emptied,
    "merge": soap_bin.merged,
    "logout": _logout,
}
