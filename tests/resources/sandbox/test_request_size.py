"""How long an address and its headers may be: 16,384 bytes, as documented; the page is one that clients captured."""

from __future__ import annotations

import pytest
import requests

from resources.sandbox.administration import Administrator
from resources.sandbox.request_size import LONGEST
from tests.resources.sandbox.conftest import VERSION, Rest


def asked(rest: Rest, *, address: int, everything: int | None = None) -> requests.Response:
    """A query with an address of that length, and headers that fill it up to `everything`."""
    path = f"/services/data/v{VERSION}/query?q=SELECT+Id+FROM+Account+WHERE+Name='"
    url = f"{rest.url}{path}{'x' * (address - len(path) - 1)}'"
    call = rest.session.prepare_request(requests.Request("GET", url))
    call.url = url  # as it is, without percent-encoding
    call.headers["Host"] = rest.url.partition("//")[2]
    if everything is not None:
        sent = address + sum(len(name) + len(str(value)) + 4 for name, value in call.headers.items())
        call.headers["X-Filler"] = "y" * (everything - sent - len("X-Filler") - 4)
    return rest.session.send(call, verify=rest.session.verify, timeout=30)


@pytest.mark.parametrize("address", [LONGEST + 1, 40_000, 100_000])
def test_an_address_that_is_too_long_is_refused_by_the_web_server(rest: Rest, address: int) -> None:
    answer = asked(rest, address=address)

    assert (answer.status_code, answer.headers["Content-Type"]) == (414, "text/html;charset=iso-8859-1")
    assert answer.text == "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"


@pytest.mark.parametrize("address", [9_000, LONGEST])
def test_so_are_an_address_and_headers_that_are_too_long_together(rest: Rest, address: int) -> None:
    answer = asked(rest, address=address, everything=max(LONGEST + 1, address + 1_000))

    assert answer.status_code == 431
    assert answer.text == "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"


def test_what_just_fits_is_answered(rest: Rest) -> None:
    # The text in the statement is longer than SOQL allows: it is the org that says so.
    answer = asked(rest, address=9_000, everything=LONGEST)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")


def test_a_call_that_is_too_long_does_not_count(rest: Rest, admin: Administrator) -> None:
    before = rest("GET", "limits").headers["Sforce-Limit-Info"]
    refused = asked(rest, address=LONGEST + 1)
    after = rest("GET", "limits").headers["Sforce-Limit-Info"]

    assert "Sforce-Limit-Info" not in refused.headers
    used = [int(told.removeprefix("api-usage=").partition("/")[0]) for told in (before, after)]
    assert used[1] == used[0] + 1
    assert [call["status"] for call in admin.calls()] == [200, 414, 200]
