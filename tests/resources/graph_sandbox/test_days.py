"""Days without a time, zones by either name, and bodies as Exchange gives them back."""

from __future__ import annotations

import time

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from resources.graph_sandbox.bodies import as_text, normalised, wrapped
from tests.resources.graph_sandbox.conftest import Client, day


@pytest.mark.parametrize(
    "zone, told",
    [
        ("UTC", "2026-07-25T00:00:00.0000000"),
        ("W. Europe Standard Time", "2026-07-24T22:00:00.0000000"),
        ("Eastern Standard Time", "2026-07-25T04:00:00.0000000"),
        ("Europe/Berlin", "2026-07-24T22:00:00.0000000"),
        ("pacific standard time", "2026-07-25T07:00:00.0000000"),
        ("Line Islands Standard Time", "2026-07-24T10:00:00.0000000"),
    ],
)
def test_a_day_is_midnight_of_its_zone_told_in_utc(client: Client, zone: str, told: str) -> None:
    made = client.make(client.tasks, title="x", dueDateTime=day("2026-07-25", zone))
    assert made["dueDateTime"] == {"dateTime": told, "timeZone": "UTC"}


def test_a_client_that_prefers_a_zone_is_told_in_it(client: Client) -> None:
    made = client.make(client.tasks, title="x", dueDateTime=day("2026-07-25"))
    shown = client(f"{client.tasks}/{made['id']}", Prefer='outlook.timezone="W. Europe Standard Time"').json()
    assert shown["dueDateTime"] == {"dateTime": "2026-07-25T00:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    answer = client(client.tasks, Prefer='outlook.timezone="Nowhere"')
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TimeZoneNotSupportedException")


def test_html_comes_back_as_exchange_makes_it_and_stays_so(client: Client) -> None:
    html = '<p onclick="x()">Hi <script>alert(1)</script><b>there</b> &amp; you</p><a href="javascript:x">y</a>'
    made = client.make(client.tasks, title="x", body={"content": html, "contentType": "html"})
    content = made["body"]["content"]
    assert content == (
        '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>\r\n'
        "<p>Hi <b>there</b> &amp; you</p><a>y</a>\r\n</body></html>"
    )
    again = client(f"{client.tasks}/{made['id']}", "PATCH", {"body": made["body"]}).json()
    assert again["body"] == made["body"]
    assert again["bodyLastModifiedDateTime"] == made["bodyLastModifiedDateTime"]


def test_text_keeps_its_words_and_gets_the_line_ends_of_windows() -> None:
    assert normalised({"content": "a\nb\r\nc", "contentType": "text"})["content"] == "a\r\nb\r\nc"


def test_html_can_be_told_as_text(client: Client) -> None:
    body = {"content": "<div>One</div><div>Two &lt;3</div>", "contentType": "HTML"}
    made = client.make(client.tasks, title="x", body=body)
    shown = client(f"{client.tasks}/{made['id']}", Prefer='outlook.body-content-type="text"').json()
    assert shown["body"] == {"content": "One\r\nTwo <3", "contentType": "text"}


def test_formatting_can_be_hidden_from_whoever_does_not_ask_for_it(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="x", body={"content": "<b>One</b>", "contentType": "html"})
    admin.tell_bodies("text")
    path = f"{client.tasks}/{made['id']}"
    assert client(path).json()["body"] == {"content": "One", "contentType": "text"}
    assert client.round(f"{client.tasks}/delta")[0][0]["body"]["contentType"] == "text"
    assert client(path, Prefer='outlook.body-content-type="html"').json()["body"] == made["body"]


@pytest.mark.parametrize("html", ["", "  ", "<p>x", "<style>p {color: red}</style><p>x</p>", "a<br/>b", "<!-- c -->x"])
def test_what_exchange_made_it_makes_again(html: str) -> None:
    assert wrapped(wrapped(html)) == wrapped(html)


def test_a_megabyte_of_html_is_kept_in_time(client: Client) -> None:
    html = "<p>word <b>bold</b></p>" * 44_000
    began = time.monotonic()
    made = client.make(client.tasks, title="x", body={"content": html, "contentType": "html"})
    assert len(made["body"]["content"]) > 1_000_000
    assert time.monotonic() - began < 5
    assert as_text(made["body"])["content"].startswith("word bold\r\nword bold")
    answer = client(client.tasks, "POST", {"title": "x" * 4_200_000})
    assert answer.status_code == 413
