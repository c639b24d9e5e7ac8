"""Whom and what a text speaks of: e-mail addresses, and ids of CRM records in links.

Patterns look at each sign a bounded number of times, since bodies may be long and anybody may have written them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from resources.salesforce.ids import long_id

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"(?<![\w.%+-])\w[\w.%+'-]{{0,63}}@(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,63}}(?![\w-])")
_MAILTO = re.compile(r"mailto:([^\s\"'<>]{1,2000})", re.IGNORECASE)
_RECORD = re.compile(
    r"https?://[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.(?:salesforce|force)\.com(?::\d{1,5})?/"
    r"(?:lightning/r/(?:\w{1,80}/)?|one/one\.app#/sObject/)?([a-zA-Z0-9]{15,18})(?![a-zA-Z0-9])",
    re.IGNORECASE,
)
_ID = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?")


def addresses_in(texts: Iterable[str | None]) -> list[str]:
    """E-mail addresses in small letters, each once, in the order of the texts."""
    return list(dict.fromkeys(found.lower() for text in texts if text for found in _ADDRESS.findall(text)))


def mailtos_in(texts: Iterable[str | None]) -> list[str]:
    """The addresses to which links of a text, or of HTML, lead."""
    led = (unquote(html.unescape(found)).partition("?")[0] for text in texts if text for found in _MAILTO.findall(text))
    return addresses_in(led)


def record_ids_in(texts: Iterable[str | None]) -> list[str]:
    """Ids of the records to which links of a text, or of HTML, lead, also wrapped ones; in the long form, each once."""
    plain = (unquote(html.unescape(text)) for text in texts if text)
    found = (record_id(each) for text in plain for each in _RECORD.findall(text))
    return list(dict.fromkeys(each for each in found if each))


def record_id(text: str) -> str | None:
    """The id that the text is, in the long form; None if it is none."""
    if not _ID.fullmatch(text) or not any(sign.isdigit() for sign in text):
        return None
    return text if len(text) == 18 and long_id(text[:15]) == text else long_id(text) if len(text) == 15 else None
