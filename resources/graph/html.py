"""HTML of Outlook as the text that it says, and whether it holds what text cannot: formatting, links, images, tables.

What Exchange makes of plain text holds nothing of the kind. In doubt it does: a body that may be formatted is one that
somebody may want to keep. A style sheet counts where a rule of it may choose something in the body and says more than
how far apart lines are (see `styles`); so does the default look that Word writes for `MsoNormal` if it names a font or
size, as the same would in the body itself.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from resources.graph.styles import dresses

_PLAIN = frozenset({"html", "head", "meta", "title", "style", "body", "div", "p", "br", "span", "wbr"})
_HIDDEN = frozenset({"style", "script", "title"})
_OWN_LINE = frozenset(
    {"p", "div", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_LOOKS = frozenset({"style", "color", "face", "size", "align", "bgcolor", "background", "width", "height"})


def text_of(html: str) -> tuple[str, bool]:
    """The text, with LF for the ends of lines and no blanks around them; and whether it would lose what is seen."""
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading.text(), reading.formatted or dresses("".join(reading.styles), reading.names)


def lines_of(text: str) -> str:
    """A text that is no HTML, with the same ends of lines."""
    return re.sub(r"[ \t\xa0]*(?:\r\n|\r|\n)", "\n", text).strip()


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.formatted = False
        self.styles: list[str] = []
        self.names: set[str] = set()
        """Elements by tag, `.class` and `#id`, in small letters."""
        self._parts: list[str] = []
        self._hidden: list[str] = []

    def text(self) -> str:
        lines = "".join(self._parts).split("\n")
        return "\n".join(re.sub(r"[ \t\xa0]+", " ", line).strip() for line in lines).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _PLAIN or (tag != "style" and any(name in _LOOKS for name, _ in attrs)):
            self.formatted = True
        self.names.add(tag)
        self.names.update(
            f".{each}" for name, value in attrs if name == "class" for each in (value or "").lower().split()
        )
        self.names.update(f"#{(value or '').lower()}" for name, value in attrs if name == "id")
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _OWN_LINE:
            self._begin_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _OWN_LINE:
            self._begin_line()

    def handle_data(self, data: str) -> None:
        if "style" in self._hidden:
            self.styles.append(data)
        if not self._hidden:
            told = re.sub(r"\s+", " ", data.replace("\xa0", " "))
            self._parts.append(told.lstrip() if self._at_line_start() else told)

    def _begin_line(self) -> None:
        if not self._at_line_start():
            self._parts.append("\n")

    def _at_line_start(self) -> bool:
        last = next((part for part in reversed(self._parts) if part), "\n")
        return last.endswith("\n")
