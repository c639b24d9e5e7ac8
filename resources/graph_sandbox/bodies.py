"""itemBody: what Exchange makes of the text or HTML that somebody wrote.

HTML comes back as a whole document of Exchange's own making, without what could run: scripts, frames, objects,
handlers of events, addresses with `javascript:`. Text stays as it is, with line ends of Windows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from .answer import bad_request

HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">{style}</head><body>\r\n'
TAIL = "\r\n</body></html>"

_UNSAFE = frozenset({"script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "noscript"})
_OURS = frozenset({"html", "head", "body", "meta", "title", "link", "base"})
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "col", "area"})
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote"})


def normalised(value: object) -> dict[str, str]:
    """The body as Exchange keeps it; Refusal if it is none."""
    if value is None:
        return {"content": "", "contentType": "text"}
    if not isinstance(value, Mapping):
        raise bad_request("Cannot convert the literal to the expected type 'microsoft.graph.itemBody'.")
    content, kind = value.get("content") or "", str(value.get("contentType") or "text").lower()
    if not isinstance(content, str):
        raise bad_request("Cannot convert a primitive value to the expected type 'Edm.String'.")
    if kind not in ("text", "html"):
        raise bad_request(f"Requested value '{value['contentType']}' was not found.")
    if kind == "html":
        return {"content": wrapped(content), "contentType": "html"}
    return {"content": re.sub(r"\r\n|\r|\n", "\r\n", content), "contentType": "text"}


def always_html(value: object) -> dict[str, str]:
    """The same for what is kept as HTML alone, as the bodies of events are."""
    body = normalised(value)
    if body["contentType"] == "html":
        return body
    lines = html.escape(body["content"], quote=False).replace("\r\n", "<br>\r\n")
    content = HEAD.format(style="") + f'<div class="PlainText">{lines}</div>' + TAIL if lines else ""
    return {"content": content, "contentType": "html"}


def as_text(body: Mapping[str, str]) -> dict[str, str]:
    """The body as `Prefer: outlook.body-content-type="text"` wants it."""
    if body.get("contentType") != "html":
        return dict(body)
    return {"content": plain(body.get("content") or ""), "contentType": "text"}


def wrapped(content: str) -> str:
    """The document that Exchange makes of HTML; what it made stays as it is."""
    if not content.strip():
        return ""
    parser = _Cleaned()
    parser.feed(content)
    parser.close()
    style = f"\r\n<style>\r\n{''.join(parser.styles)}\r\n</style>" if parser.styles else ""
    return HEAD.format(style=style) + "".join(parser.kept).strip() + TAIL


def plain(content: str) -> str:
    """The text of HTML, with a line end for whatever begins a line."""
    parser = _Plain()
    parser.feed(content)
    parser.close()
    lines = "".join(parser.text).split("\n")
    return "\r\n".join(re.sub(r"[ \t\r]+", " ", line).strip() for line in lines).strip()


class _Cleaned(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self.styles: list[str] = []
        self._inside = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside:
            self._depth += tag == self._inside
        elif tag in _UNSAFE or tag == "style" or tag == "title":
            self._inside, self._depth = tag, 1
        elif tag not in _OURS:
            self.kept.append(f"<{tag}{''.join(_attribute(name, value) for name, value in attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside and tag not in _UNSAFE | _OURS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._depth -= tag == self._inside
            self._inside = self._inside if self._depth else ""
        elif tag not in _UNSAFE | _OURS | _VOID:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.styles.append(data.strip())
        elif not self._inside:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "title")
        if tag in _BREAKING and self.text:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data.replace("\n", " "))


def _attribute(name: str, value: str | None) -> str:
    if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "vbscript:")):
        return ""
    return f' {name}="{html.escape(value or "")}"'
