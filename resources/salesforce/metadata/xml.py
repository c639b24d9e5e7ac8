"""Documents of the Metadata API: nested elements with texts, as its tools write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from xml.etree import ElementTree as ET

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"

Child: TypeAlias = "tuple[str, str | Sequence[Child]]"
"""A tag with its text, or with its children."""


def document(root: str, children: Sequence[Child]) -> bytes:
    """The whole document, in UTF-8 and indented by four."""
    top = ET.Element(root, {"xmlns": NAMESPACE})
    _fill(top, children)
    ET.indent(top, space="    ")
    text: str = ET.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _fill(parent: ET.Element, children: Sequence[Child]) -> None:
    for tag, content in children:
        made = ET.SubElement(parent, tag)
        if isinstance(content, str):
            made.text = content
        else:
            _fill(made, content)
