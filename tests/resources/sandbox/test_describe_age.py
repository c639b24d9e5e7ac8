"""Describes are told again only to those who do not know them yet."""

from __future__ import annotations

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def test_a_describe_that_is_known_is_not_told_again(rest: Rest) -> None:
    first = rest("GET", "sobjects/Contact/describe")
    again = rest("GET", "sobjects/Contact/describe", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    by_tag = rest("GET", "sobjects/Contact/describe", headers={"If-None-Match": first.headers["ETag"]})
    assert by_tag.status_code == 304


def test_the_date_of_an_answer_will_do(rest: Rest) -> None:
    date = rest("GET", "sobjects").headers["Date"]
    assert rest("GET", "sobjects", headers={"If-Modified-Since": date}).status_code == 304


def test_a_describe_that_changed_is_told(rest: Rest, admin: Administrator) -> None:
    known = rest("GET", "sobjects/Account/describe")
    admin.permit("Account", {"read": False}, field="Phone")
    for headers in ({"If-None-Match": known.headers["ETag"]}, {"If-Modified-Since": known.headers["Date"]}):
        changed = rest("GET", "sobjects/Account/describe", headers=headers)
        assert changed.status_code == 200
        assert "Phone" not in [field["name"] for field in changed.json()["fields"]]


def test_an_old_or_unreadable_date_gets_the_describe(rest: Rest) -> None:
    for date in ("Thu, 01 Jan 2015 00:00:00 GMT", "yesterday"):
        assert rest("GET", "sobjects/Account/describe", headers={"If-Modified-Since": date}).status_code == 200
