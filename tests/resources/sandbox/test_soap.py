"""SOAP as its clients speak it: login, who one is, queries with pages, writes, faults."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
import requests

from tests.resources.sandbox.live import Live, serving

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "{urn:partner.soap.sforce.com}"
RECORD = "{urn:sobject.partner.soap.sforce.com}"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as served:
        yield served


def post(live: Live, operation: str, *, headers: str = "", letter: str = "u") -> requests.Response:
    space = {"u": "partner", "c": "enterprise"}[letter]
    body = (
        f'<env:Envelope xmlns:env="{ENVELOPE}" xmlns="urn:{space}.soap.sforce.com" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<env:Header>{headers}</env:Header><env:Body>{operation}</env:Body></env:Envelope>"
    )
    return live.call("POST", f"/services/Soap/{letter}/62.0", data=body.encode(), headers={"SOAPAction": '""'})


def login(live: Live, password: str | None = None) -> requests.Response:
    connection = live.connection
    password = connection.client_secret if password is None else password
    return post(live, f"<login><username>{connection.username}</username><password>{password}</password></login>")


def xml(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 - our own sandbox wrote it


def told(answer: requests.Response, path: str) -> list[str | None]:
    return [found.text for found in xml(answer.content).iterfind(f".//{path}")]


@pytest.fixture(scope="module")
def session(live: Live) -> str:
    [found] = told(login(live), f"{PARTNER}sessionId")
    return f"<SessionHeader><sessionId>{found}</sessionId></SessionHeader>"


def test_a_login_gives_a_session_that_other_apis_take(live: Live) -> None:
    answer = login(live)
    [token], [server] = told(answer, f"{PARTNER}sessionId"), told(answer, f"{PARTNER}serverUrl")
    assert server == f"{live.connection.url}/services/Soap/u/62.0/{live.connection.org_id[:15]}"
    limits = live.call("GET", "limits", headers={"Authorization": f"Bearer {token}"})
    assert limits.status_code == 200


def test_the_password_may_be_followed_by_the_security_token(live: Live) -> None:
    assert login(live, live.connection.client_secret + live.connection.org_id).status_code == 200


def test_a_wrong_password_is_a_fault(live: Live) -> None:
    answer = login(live, "wrong")
    assert answer.status_code == 500
    assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in answer.text
    assert "Invalid username, password, security token; or user locked out." in answer.text


def test_a_bad_session_is_a_fault(live: Live) -> None:
    answer = post(live, "<getUserInfo/>")
    assert answer.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text


def test_an_operation_that_is_not_there_says_so(live: Live, session: str) -> None:
    answer = post(live, "<convertLead/>", headers=session)
    assert answer.status_code == 500
    assert "convertLead: it is not emulated by this sandbox" in answer.text


def test_a_user_is_told_who_they_are(live: Live, session: str) -> None:
    answer = post(live, "<getUserInfo/>", headers=session)
    assert told(answer, f"{PARTNER}userName") == [live.connection.username]


def test_records_are_created_updated_upserted_and_deleted(live: Live, session: str) -> None:
    two = (
        '<sObjects xsi:type="Account"><Name>S1</Name><Source_Key__c>s1</Source_Key__c></sObjects>'
        "<sObjects><type>Account</type><Phone>1</Phone></sObjects>"
    )
    answer = post(live, f"<create>{two}</create>", headers=session)
    assert told(answer, f"{PARTNER}success") == ["true", "false"]
    assert told(answer, f"{PARTNER}statusCode") == ["REQUIRED_FIELD_MISSING"]
    made = told(answer, f"{PARTNER}id")[0]
    change = (
        f"<sObjects><type>Account</type><fieldsToNull>Phone</fieldsToNull><Id>{made}</Id><Name>S2</Name></sObjects>"
    )
    assert told(post(live, f"<update>{change}</update>", headers=session), f"{PARTNER}id") == [made]
    again = "<sObjects><type>Account</type><Source_Key__c>s1</Source_Key__c><Name>S3</Name></sObjects>"
    upserted = post(
        live, f"<upsert><externalIDFieldName>Source_Key__c</externalIDFieldName>{again}</upsert>", headers=session
    )
    assert (told(upserted, f"{PARTNER}id"), told(upserted, f"{PARTNER}created")) == ([made], ["false"])
    assert live.values("SELECT Name FROM Account WHERE Source_Key__c = 's1'") == ["S3"]
    gone = post(live, f"<delete><ids>{made}</ids></delete>", headers=session)
    assert told(gone, f"{PARTNER}success") == ["true"]
    assert live.values("SELECT Id FROM Account WHERE Source_Key__c = 's1'") == []


def test_a_statement_beyond_the_calendar_gets_a_fault(live: Live, session: str) -> None:
    soql = "select Id from Account where CreatedDate &lt; 9999-12-31T23:59:59-14:00"
    answer = post(live, f"<query><queryString>{soql}</queryString></query>", headers=session)
    assert answer.status_code == 500
    assert "<faultcode>sf:MALFORMED_QUERY</faultcode>" in answer.text


def test_a_value_beyond_the_calendar_costs_its_row(live: Live, session: str) -> None:
    date = "<Source_Synced_At__c>0900-01-01T00:00:00Z</Source_Synced_At__c>"
    rows = "".join(f"<sObjects><type>Account</type><Name>A</Name>{more}</sObjects>" for more in ("", date))
    answer = post(live, f"<create>{rows}</create>", headers=session)
    assert told(answer, f"{PARTNER}success") == ["true", "false"]
    assert told(answer, f"{PARTNER}statusCode") == ["FIELD_INTEGRITY_EXCEPTION"]


@pytest.mark.parametrize("asked", ["true", "1"])
def test_one_bad_row_undoes_all_if_so_asked(live: Live, session: str, asked: str) -> None:
    rows = "<sObjects><type>Account</type><Name>Undone</Name></sObjects><sObjects><type>Account</type></sObjects>"
    header = f"{session}<AllOrNoneHeader><allOrNone>{asked}</allOrNone></AllOrNoneHeader>"
    answer = post(live, f"<create>{rows}</create>", headers=header)
    assert told(answer, f"{PARTNER}success") == ["false", "false"]
    assert live.values("SELECT Id FROM Account WHERE Name = 'Undone'") == []


def test_one_bad_row_undoes_those_of_other_objects_too(live: Live, session: str) -> None:
    rows = "<sObjects><type>Account</type><Name>Undone</Name></sObjects><sObjects><type>Contact</type></sObjects>"
    header = f"{session}<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>"
    assert told(post(live, f"<create>{rows}</create>", headers=header), f"{PARTNER}success") == ["false", "false"]
    assert live.values("SELECT Id FROM Account WHERE Name = 'Undone'") == []


@pytest.mark.parametrize(
    "operation",
    ["<delete>" + "<ids>001000000000001AAA</ids>" * 201 + "</delete>", "<create>" + "<sObjects/>" * 201 + "</create>"],
    ids=["delete", "create"],
)
def test_more_than_200_records_are_refused(live: Live, session: str, operation: str) -> None:
    answer = post(live, operation, headers=session)
    assert (answer.status_code, "sf:EXCEEDED_ID_LIMIT" in answer.text) == (500, True)


@pytest.mark.parametrize("operation", ["undelete", "emptyRecycleBin"])
def test_what_is_in_the_bin_is_named(live: Live, session: str, operation: str) -> None:
    """Evidence: the partner WSDL asks for at least one of `ids` there."""
    answer = post(live, f"<{operation}/>", headers=session)
    assert (answer.status_code, told(answer, "faultstring")) == (500, [f"INVALID_INPUT: {operation} needs ids"])


@pytest.mark.parametrize("operation", ["create", "update", "upsert", "delete", "merge"])
def test_a_call_about_nothing_has_no_result(live: Live, session: str, operation: str) -> None:
    """Evidence: the partner WSDL has `sObjects`, `ids` and `request` there with minOccurs 0, and so `result`."""
    key = "<externalIDFieldName>Source_Key__c</externalIDFieldName>" if operation == "upsert" else ""
    answer = post(live, f"<{operation}>{key}</{operation}>", headers=session)
    assert (answer.status_code, told(answer, f"{PARTNER}result")) == (200, [])


def test_an_id_of_nothing_is_refused(live: Live, session: str) -> None:
    answer = post(live, "<delete><ids>nonsense</ids></delete>", headers=session)
    assert (answer.status_code, "sf:MALFORMED_ID" in answer.text) == (500, True)


def test_a_query_has_pages(live: Live, session: str) -> None:
    live.seed("Account", *[{"Name": f"Soap {number}"} for number in range(250)])
    soql = "SELECT Id, Name, Owner.Name FROM Account WHERE Name LIKE 'Soap %'"
    header = f"{session}<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    first = post(live, f"<query><queryString>{soql}</queryString></query>", headers=header)
    assert (told(first, f"{PARTNER}size"), told(first, f"{PARTNER}done")) == (["250"], ["false"])
    [locator] = told(first, f"{PARTNER}queryLocator")
    second = post(live, f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>", headers=header)
    assert told(second, f"{PARTNER}done") == ["true"]
    names = told(first, f"{PARTNER}records/{RECORD}Name") + told(second, f"{PARTNER}records/{RECORD}Name")
    assert len(set(names)) == 250


def test_a_refused_query_is_a_fault(live: Live, session: str) -> None:
    answer = post(live, "<query><queryString>SELECT Nope FROM Account</queryString></query>", headers=session)
    assert (answer.status_code, "sf:INVALID_FIELD" in answer.text) == (500, True)


def test_the_enterprise_api_answers_in_its_own_namespace(live: Live, session: str) -> None:
    answer = post(live, "<getServerTimestamp/>", headers=session, letter="c")
    assert len(told(answer, "{urn:enterprise.soap.sforce.com}timestamp")) == 1


def test_a_logout_ends_the_session(live: Live) -> None:
    [token] = told(login(live), f"{PARTNER}sessionId")
    header = f"<SessionHeader><sessionId>{token}</sessionId></SessionHeader>"
    assert post(live, "<logout/>", headers=header).status_code == 200
    assert post(live, "<getUserInfo/>", headers=header).status_code == 500


def test_a_merge_moves_children_and_deletes_the_loser(live: Live, session: str) -> None:
    master, loser = live.seed("Account", {"Name": "Master"}, {"Name": "Loser"})
    live.seed("Contact", {"LastName": "Moved", "AccountId": loser})
    record = f'<masterRecord xsi:type="Account"><Id>{master}</Id><Phone>12</Phone></masterRecord>'
    answer = post(
        live,
        f"<merge><request>{record}<recordToMergeIds>{loser}</recordToMergeIds></request></merge>",
        headers=session,
    )
    assert (told(answer, f"{PARTNER}success"), told(answer, f"{PARTNER}mergedRecordIds")) == (["true"], [loser])
    assert live.values("SELECT AccountId FROM Contact WHERE LastName = 'Moved'") == [master]
    assert live.values(f"SELECT Phone FROM Account WHERE Id = '{master}'") == ["12"]
    assert live.values(f"SELECT MasterRecordId FROM Account WHERE Id = '{loser}'", everything=True) == [master]


def test_a_merge_with_a_stranger_is_refused(live: Live, session: str) -> None:
    (master,) = live.seed("Account", {"Name": "Alone"})
    record = f"<masterRecord><type>Account</type><Id>{master}</Id></masterRecord>"
    answer = post(
        live,
        f"<merge><request>{record}<recordToMergeIds>003000000000001AAA</recordToMergeIds></request></merge>",
        headers=session,
    )
    assert (answer.status_code, told(answer, f"{PARTNER}success")) == (200, ["false"])


def test_a_deleted_record_lives_again_until_the_bin_is_emptied(live: Live, session: str) -> None:
    (account,) = live.seed("Account", {"Name": "Phoenix"})
    for operation, alive in (("delete", 0), ("undelete", 1), ("delete", 0), ("emptyRecycleBin", 0)):
        answer = post(live, f"<{operation}><ids>{account}</ids></{operation}>", headers=session)
        assert told(answer, f"{PARTNER}success") == ["true"], operation
        assert len(live.values("SELECT Id FROM Account WHERE Name = 'Phoenix'")) == alive
    gone = post(live, f"<undelete><ids>{account}</ids></undelete>", headers=session)
    assert told(gone, f"{PARTNER}success") == ["false"]


def test_duplicates_are_saved_if_the_header_says_so(live: Live, session: str) -> None:
    live.seed("Account", {"Name": "Twin"})
    rule = {"name": "Same_name", "sobject": "Account", "fields": ["Name"], "action": "alert"}
    live.door("rules", {"duplicates": [rule]})
    twin = "<create><sObjects><type>Account</type><Name>Twin</Name></sObjects></create>"
    allow = "<DuplicateRuleHeader><allowSave>true</allowSave></DuplicateRuleHeader>"
    refused, saved = (post(live, twin, headers=f"{session}{header}") for header in ("", allow))
    live.door("rules", {})
    assert told(refused, f"{PARTNER}statusCode") == ["DUPLICATES_DETECTED"]
    assert told(saved, f"{PARTNER}success") == ["true"]


def test_an_injected_error_is_a_fault_of_its_own_kind(live: Live, session: str) -> None:
    live.door("faults", {"rules": [{"path": "^/services/Soap/", "action": "unauthorized"}]})
    answer = post(live, "<getUserInfo/>", headers=session)
    assert (answer.status_code, "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text) == (500, True)
