"""What is not there says that it is not emulated, and never answers as if it were."""

from __future__ import annotations

import pytest
import requests

from tests.resources.sandbox.conftest import Rest

BASE = "/services/data/v62.0"
ABSENT = (
    "/services/Soap/m/62.0",
    "/services/apexrest/anything",
    "/services/async/62.0/query",
    "/services/oauth2/authorize",
    f"{BASE}/analytics/reports",
    f"{BASE}/chatter/feeds",
    f"{BASE}/connect/communities",
    f"{BASE}/parameterizedSearch",
    f"{BASE}/search",
    f"{BASE}/sobjects/Account/001000000000001AAA/Contacts",
    f"{BASE}/sobjects/Account/compactLayouts",
    f"{BASE}/sobjects/Account/defaultValues",
    f"{BASE}/sobjects/Account/describe/layouts",
    f"{BASE}/sobjects/Account/listviews",
    f"{BASE}/sobjects/Account/listviews/recent",
    f"{BASE}/sobjects/Account/namedLayouts/User",
    f"{BASE}/sobjects/Account/quickActions",
    f"{BASE}/sobjects/Account/quickActions/New",
    f"{BASE}/tooling/query",
    f"{BASE}/ui-api/records",
)


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_emulated_says_so(rest: Rest, path: str) -> None:
    answer = rest.root("GET", path)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert f"GET {path} is not emulated by this sandbox" in answer.text


def said(answer: requests.Response) -> tuple[int, str, bool]:
    [error] = answer.json()
    return answer.status_code, error["errorCode"], "not emulated by this sandbox" in error["message"]


@pytest.mark.parametrize(
    "path", ["Opportunity", "Case/describe", "campaign/701000000000001AAA", "relevantItems", "Report/listviews"]
)
def test_an_object_of_salesforce_that_is_not_here_says_so(rest: Rest, path: str) -> None:
    assert said(rest("GET", f"sobjects/{path}")) == (404, "NOT_FOUND", True)


def test_an_object_that_nobody_has_is_refused_as_anywhere(rest: Rest) -> None:
    assert said(rest("GET", "sobjects/Nope__c/describe")) == (404, "NOT_FOUND", False)
    assert said(rest("GET", "query", params={"q": "SELECT Id FROM Nope__c"})) == (400, "INVALID_TYPE", False)


@pytest.mark.parametrize("name", ["EntityDefinition", "Opportunity"])
def test_a_query_of_an_object_that_is_not_here_says_so_besides_what_salesforce_would_say(rest: Rest, name: str) -> None:
    answer = rest("GET", "query", params={"q": f"SELECT Id FROM {name}"})
    assert said(answer) == (400, "INVALID_TYPE", True)
    assert f"sObject type '{name}' is not supported." in answer.text


@pytest.mark.parametrize(
    "clause",
    [
        "SELECT Id FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(37,-122), 'mi') < 20",
        "SELECT Id FROM Account ORDER BY DISTANCE(BillingAddress, GEOLOCATION(37,-122), 'km')",
        "SELECT DISTANCE(BillingAddress, GEOLOCATION(37,-122), 'km') FROM Account",
    ],
    ids=["where", "order", "select"],
)
def test_distances_are_not_emulated(rest: Rest, clause: str) -> None:
    answer = rest("GET", "query", params={"q": clause})
    assert said(answer) == (400, "FUNCTIONALITY_NOT_ENABLED", False)
    assert "DISTANCE() is valid SOQL, but this sandbox does not emulate it" in answer.text


def test_an_explanation_of_a_query_is_not_emulated(rest: Rest) -> None:
    assert said(rest("GET", "query", params={"explain": "SELECT Id FROM Account"})) == (404, "NOT_FOUND", True)


def test_a_password_is_not_set_by_rest(rest: Rest) -> None:
    assert said(rest("POST", "sobjects/User/005000000000001AAA/password", json={})) == (404, "NOT_FOUND", True)


def test_answers_in_xml_are_not_emulated(rest: Rest) -> None:
    assert said(rest("GET", "limits", headers={"Accept": "application/xml"})) == (404, "NOT_FOUND", True)
    either = {"Accept": "application/xml, application/json"}
    assert rest("GET", "limits", headers=either).status_code == 200


@pytest.mark.parametrize("path", ["composite", "composite/batch"])
def test_a_job_is_no_part_of_another_call(rest: Rest, path: str) -> None:
    url = f"{BASE}/jobs/ingest"
    if path == "composite":
        answer = rest("POST", path, json={"compositeRequest": [{"method": "GET", "url": url, "referenceId": "a"}]})
        [told] = answer.json()["compositeResponse"][0]["body"]
    else:
        answer = rest("POST", path, json={"batchRequests": [{"method": "GET", "url": url}]})
        [told] = answer.json()["results"][0]["result"]
    assert told["errorCode"] == "INVALID_INPUT"


def test_a_slash_too_many_at_the_start_of_a_path_does_no_harm(rest: Rest) -> None:
    answer = rest.root("GET", f"/{BASE}/limits")
    assert answer.status_code == 200
    assert "Sforce-Limit-Info" in answer.headers
