"""What is not there says that it is not emulated, and never answers as if it were."""

from __future__ import annotations

import pytest

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
    f"{BASE}/sobjects/Account/describe/layouts",
    f"{BASE}/sobjects/Account/listviews/recent",
    f"{BASE}/sobjects/Account/quickActions/New",
    f"{BASE}/tooling/query",
    f"{BASE}/ui-api/records",
)


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_emulated_says_so(rest: Rest, path: str) -> None:
    answer = rest.root("GET", path)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert f"GET {path} is not emulated by this sandbox" in answer.text


def test_a_slash_too_many_at_the_start_of_a_path_does_no_harm(rest: Rest) -> None:
    answer = rest.root("GET", f"/{BASE}/limits")
    assert answer.status_code == 200
    assert "Sforce-Limit-Info" in answer.headers
