"""SOAP envelopes: what a call asks, and answers and faults as the partner and enterprise APIs write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from .classic_xml import parsed, text
from .errors import ApiError

PARTNER = "urn:partner.soap.sforce.com"
ENTERPRISE = "urn:enterprise.soap.sforce.com"
_FAULTS = "urn:fault.partner.soap.sforce.com"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE = f"{{{_SCHEMA}}}type"


@dataclass(frozen=True, slots=True)
class Asked:
    """The operation, its element, and the headers by local name."""

    operation: str
    body: ET.Element
    headers: Mapping[str, ET.Element]

    def header(self, name: str, member: str) -> str:
        """The text of a header's member; empty if there is none."""
        found = self.headers.get(name)
        return "" if found is None else first(found, member)


class SoapFault(Exception):
    """The call is answered with a fault of that code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def read_envelope(content: bytes) -> Asked:
    """What a call asks; a fault if it is no envelope."""
    try:
        envelope = parsed(content)
    except ApiError as error:
        raise SoapFault("UNKNOWN_EXCEPTION", error.message) from error
    headers: dict[str, ET.Element] = {}
    operation: ET.Element | None = None
    for part in envelope:
        if local(part) == "Header":
            headers = {local(child): child for child in part}
        elif local(part) == "Body" and len(part):
            operation = part[0]
    if operation is None:
        raise SoapFault("UNKNOWN_EXCEPTION", "The envelope has no operation in its body")
    return Asked(local(operation), operation, headers)


def local(element: ET.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def kind(element: ET.Element) -> str:
    """The type an `xsi:type` names, without its prefix; empty if there is none."""
    return element.get(_TYPE, "").rpartition(":")[2]


def texts(element: ET.Element, name: str) -> list[str]:
    """The texts of the children of that name."""
    return [(child.text or "").strip() for child in element if local(child) == name]


def first(element: ET.Element, name: str) -> str:
    """The text of the first child of that name; empty if there is none."""
    return next(iter(texts(element, name)), "")


def response(operation: str, inside: str, *, namespace: str) -> bytes:
    """The envelope that answers an operation."""
    records = namespace.replace("urn:", "urn:sobject.")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns="{namespace}" xmlns:sf="{records}" '
        f'xmlns:xsi="{_SCHEMA}"><soapenv:Body><{operation}Response>{inside}</{operation}Response>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def fault(error: SoapFault) -> bytes:
    """The envelope of a fault."""
    name = "LoginFault" if error.code == "INVALID_LOGIN" else "UnexpectedErrorFault"
    code, message = text(error.code), text(error.message)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns:sf="{_FAULTS}" xmlns:xsi="{_SCHEMA}"><soapenv:Body>'
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
        f'<detail><sf:{name} xsi:type="sf:{name}"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:{name}></detail></soapenv:Fault>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def member(name: str, value: object) -> str:
    """One element: nil for None, its members for a mapping, one after the other for a list."""
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, list):
        return "".join(member(name, one) for one in value)
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(member(key, inner) for key, inner in value.items())}</{name}>"
    return f"<{name}>{text(value)}</{name}>"


def record(name: str, shown: Mapping[str, object]) -> str:
    """A record as the REST API shows it, as an sObject element; a subquery inside as a QueryResult."""
    attributes = shown.get("attributes")
    sobject = attributes["type"] if isinstance(attributes, Mapping) else ""
    inner = "".join(_field(key, value) for key, value in shown.items() if key != "attributes")
    known_id = "" if "Id" in shown else '<sf:Id xsi:nil="true"/>'
    return f'<{name} xsi:type="sf:sObject"><sf:type>{sobject}</sf:type>{known_id}{inner}</{name}>'


def _field(name: str, value: object) -> str:
    if isinstance(value, Mapping) and "records" in value:
        return f'<sf:{name} xsi:type="QueryResult">{query_members(value)}</sf:{name}>'
    if isinstance(value, Mapping) and "attributes" in value:
        return record(f"sf:{name}", value)
    if isinstance(value, str) and value.endswith("+0000"):
        return member(f"sf:{name}", value.removesuffix("+0000") + "Z")
    return member(f"sf:{name}", value)


def query_members(answer: Mapping[str, object]) -> str:
    """What a QueryResult holds, from the REST API's answer to the same query."""
    url, records = answer.get("nextRecordsUrl"), answer["records"]
    locator = None if url is None else str(url).rpartition("/")[2]
    shown = "".join(record("records", one) for one in records) if isinstance(records, list) else ""
    done = member("done", answer["done"]) + member("queryLocator", locator)
    return f"{done}{shown}{member('size', answer['totalSize'])}"
