"""The daily limit, and how an org counts towards it."""

from __future__ import annotations

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def used(rest: Rest) -> int:
    return int(rest("GET", "limits").headers["Sforce-Limit-Info"].removeprefix("api-usage=").split("/")[0])


def test_every_call_counts_and_every_answer_tells_how_many(rest: Rest) -> None:
    before = used(rest)
    refused = rest("POST", "sobjects/Account", json={})

    assert refused.headers["Sforce-Limit-Info"] == f"api-usage={before + 1}/100000"
    assert used(rest) == before + 2


def test_the_list_of_versions_does_not_count(rest: Rest) -> None:
    before = used(rest)
    rest.root("GET", "/services/data/")

    assert used(rest) == before + 1


def test_over_the_limit_calls_are_refused(rest: Rest, admin: Administrator) -> None:
    admin.set_usage(daily=10, used=9)

    last, over = rest("GET", "limits"), rest("GET", "limits")

    assert last.json()["DailyApiRequests"] == {"Max": 10, "Remaining": 0}
    assert over.status_code == 403
    assert over.json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


def test_records_are_counted_by_object(rest: Rest, admin: Administrator) -> None:
    def count() -> int:
        answer = rest("GET", "limits/recordCount", params={"sObjects": "Account"}).json()
        assert [one["name"] for one in answer["sObjects"]] == ["Account"]
        return int(answer["sObjects"][0]["count"])

    before = count()
    admin.seed("Account", [{"Name": "A"}, {"Name": "B", "IsDeleted": True}])

    assert count() == before + 1
