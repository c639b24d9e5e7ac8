"""API versions: resources come with one, answers name the one that was spoken, and one that is not there is refused.

Evidence: "available in version …" of each resource's page in the REST and bulk guides; `InvalidUrl` and "unknown
version" are quoted by one client of Bulk API 1.0 that goes on to try another version.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def at(rest: Rest, method: str, version: int, path: str, **more: Any) -> Any:
    return rest.root(method, f"/services/data/v{version}.0/{path}", **more)


@pytest.mark.parametrize(
    "path, since",
    [
        ("composite", 38),
        ("composite/batch", 34),
        ("composite/graph", 50),
        ("composite/sobjects", 42),
        ("composite/tree/Account", 34),
        ("jobs/ingest", 41),
        ("jobs/query", 47),
    ],
)
def test_a_resource_comes_with_a_version(rest: Rest, path: str, since: int) -> None:
    before, then = (at(rest, "POST", version, path, json={}) for version in (since - 1, since))
    assert (before.status_code, before.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert then.status_code == 400


@pytest.mark.parametrize("version", ["99.0", "20.0", "x"])
def test_bulk_1_refuses_an_unknown_version_in_its_own_words(rest: Rest, version: str) -> None:
    answer = rest.root("POST", f"/services/async/{version}/job", json={})
    told = {"exceptionCode": "InvalidUrl", "exceptionMessage": f"unknown version: v{version}"}
    assert (answer.status_code, answer.json()) == (400, told)


def test_duplicates_are_told_by_urls_of_the_version_that_was_spoken(rest: Rest, admin: Administrator, key: str) -> None:
    rest("POST", "sobjects/Contact", json={"LastName": key})
    admin.do("rules", duplicates=[{"name": "Same", "sobject": "Contact", "fields": ["LastName"], "action": "block"}])
    [error] = at(rest, "POST", 58, "sobjects/Contact", json={"LastName": key}).json()
    admin.do("rules")
    [match] = error["duplicateResut"]["matchResults"][0]["matchRecords"]
    assert match["record"]["attributes"]["url"].startswith("/services/data/v58.0/sobjects/Contact/003")
