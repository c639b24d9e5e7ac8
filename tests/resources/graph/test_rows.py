"""Rows of Graph as columns of text: what bad input becomes."""

from __future__ import annotations

from typing import Any

import pytest

from resources.graph.contents import contact_content, event_content, task_content
from resources.graph.html import text_of
from resources.graph.rows import day_of, event_of, task_of


@pytest.mark.parametrize(
    "told, day",
    [
        ("2026-07-25T00:00:00.0000000", "2026-07-25"),
        ("2026-07-24T22:00:00.0000000", "2026-07-25"),
        ("2026-07-24T17:00:00.0000000", "2026-07-25"),
        ("2026-07-25T04:00:00.0000000", "2026-07-25"),
        ("0001-01-01T00:00:00.0000000", None),
        ("4501-01-01T00:00:00.0000000", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_day_is_the_one_whose_midnight_is_nearest(told: str | None, day: str | None) -> None:
    assert day_of({"dateTime": told, "timeZone": "UTC"}) == day


@pytest.mark.parametrize("row", [{}, {"id": "x", "title": None, "body": None, "dueDateTime": None}])
def test_a_task_that_lacks_everything_is_a_row_all_the_same(row: dict[str, Any]) -> None:
    told = task_of(row)
    assert told["id"] == row.get("id")
    assert [value for name, value in told.items() if name != "id" and value is not None] == []


def test_an_event_that_lacks_everything_is_a_row_all_the_same() -> None:
    assert event_of({"id": "x", "attendees": [{"emailAddress": None}, {}], "organizer": {}})["start"] is None


def test_only_the_named_columns_are_told() -> None:
    assert task_content({"title": None}) == {"title": ""}
    assert task_content({"importance": None, "dueDateTime": None}) == {"importance": "normal", "dueDateTime": None}
    assert event_content({"subject": "x", "isAllDay": "true"}) == {"subject": "x", "isAllDay": True}


def test_lists_are_told_as_they_are_but_for_blanks_and_a_new_address_is_called_by_itself() -> None:
    listed = '[null, {"address": "a@b"}, {"name": "Joe at home", "address": "c@d"}]'
    home = {"name": "Joe at home", "address": "c@d"}
    assert contact_content({"emailAddresses": listed})["emailAddresses"] == [{"name": "a@b", "address": "a@b"}, home]
    assert contact_content({"businessPhones": '[null, "1"]'}) == {"businessPhones": ["1"]}
    assert contact_content({"businessPhones": None}) == {"businessPhones": []}


def test_a_moment_has_milliseconds() -> None:
    assert (
        task_of({"lastModifiedDateTime": "2026-07-25T01:02:03Z"})["lastModifiedDateTime"] == "2026-07-25T01:02:03.000Z"
    )
    told = task_of({"lastModifiedDateTime": "2026-07-25T01:02:03.4567890Z"})
    assert told["lastModifiedDateTime"] == "2026-07-25T01:02:03.456Z"


@pytest.mark.parametrize(
    "html, text, formatted",
    [
        ("", "", False),
        ("<html><head><style>p {margin:0}</style></head><body><p>One</p><p>Two</p></body></html>", "One\nTwo", False),
        ('<div class="PlainText">a &lt; b<br>\r\nc</div>', "a < b\nc", False),
        ("<div>One<div>Two</div></div>three", "One\nTwo\nthree", False),
        ("<p>One&nbsp; two\n three</p>", "One two three", False),
        ("<p>One <b>two</b></p>", "One two", True),
        ('<span style="color:red">One</span>', "One", True),
        ("<p>One</p><img src=x>", "One", True),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb", True),
        ("<p>cut of<", "cut of<", False),
        ("<script>x</script>y", "y", True),
    ],
    ids=[
        "nothing",
        "paragraphs",
        "plain text",
        "nested",
        "blanks",
        "bold",
        "colour",
        "image",
        "table",
        "torn",
        "script",
    ],
)
def test_what_html_says_and_whether_it_is_formatted(html: str, text: str, formatted: bool) -> None:  # noqa: FBT001
    assert text_of(html) == (text, formatted)


WORD = "p.MsoNormal, div.MsoNormal {margin:0in; mso-style-priority:99} @page WordSection1 {size:8.5in 11.0in}"


@pytest.mark.parametrize(
    "css, body, formatted",
    [
        (".r{color:red;font-weight:bold}", "<p class='r'>x</p>", True),
        (".R{color:red}", "<p class='a r'>x</p>", True),
        ("<!-- p.MsoNormal {font-size:11.0pt} -->", "<p class='MsoNormal'>x</p>", True),
        ("#due {text-decoration:underline}", "<div id='due'>x</div>", True),
        ("div > span.r:first-child, h1 {color:red}", "<div><span class='r'>x</span></div>", True),
        ("@media screen { @charset 'x'; p {color:red} }", "<p>x</p>", True),
        ("@font-face {font-family:Calibri} p {color:red}", "<p>x</p>", True),
        ("@import url(x.css)", "<p>x</p>", True),
        ("* {color:red}", "<p>x</p>", True),
        (r".r\:x {color:red}", "<p class='r:x'>x</p>", True),
        (":is(.a, :not(.b)) {color:red}", "<p>x</p>", True),
        ("p {color:red", "<p>x</p>", True),
        (WORD, "<div class='WordSection1'><p class='MsoNormal'>x</p></div>", False),
        ("P {margin-top:0;margin-bottom:0;}", "<p>x</p>", False),
        (".EmailQuote {border-left:#800000 2px solid}", "<div class='PlainText'>x</div>", False),
        ("p.r {color:red} a:hover {color:blue}", "<p class='s'>x</p>", False),
        ("/* p {color:red} */ @font-face {font-family:Calibri; panose-1:2 15}", "<p>x</p>", False),
    ],
)
def test_a_style_sheet_counts_where_it_may_choose_what_is_there(css: str, body: str, formatted: bool) -> None:  # noqa: FBT001
    html = f"<html><head><meta charset=utf-8><style>{css}</style></head><body>{body}</body></html>"
    assert text_of(html) == ("x", formatted)


def test_a_body_is_told_with_what_it_says() -> None:
    told = task_of({"body": {"content": "<p>a <i>b</i></p>", "contentType": "html"}})
    assert (told["bodyText"], told["bodyFormatted"]) == ("a b", "true")
    told = task_of({"body": {"content": "a  \r\nb\r\n", "contentType": "text"}})
    assert (told["bodyText"], told["bodyFormatted"]) == ("a\nb", "false")
