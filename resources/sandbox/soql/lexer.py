"""SOQL text into tokens with offsets; strings come unescaped, numbers and dates as written.

Keywords are not told from names here: SOQL reserves few words, so the parser decides by place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal as OneOf

from resources.sandbox.soql import problems

TokenKind = OneOf["name", "string", "datetime", "date", "number", "currency", "symbol", "end"]

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)
  | (?P<date>\d{4}-\d\d-\d\d(?![\w-]))
  | (?P<currency>(?-i:[A-Z]{3})-?\d+(?:\.\d+)?(?!\w))
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?(?!\w))
  | (?P<name>[A-Za-z_]\w*)
  | (?P<symbol><=|>=|!=|<>|[(),.:=<>])
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "_": "_", "%": "%"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    at: int

    @property
    def word(self) -> str:
        """The token in upper case if it can be a keyword, a symbol as it is, else ''."""
        return self.text.upper() if self.kind == "name" else self.text if self.kind == "symbol" else ""


def tokens(statement: str) -> list[Token]:
    """All tokens of the statement and an `end`; raises MALFORMED_QUERY at the first character of none."""
    found: list[Token] = []
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            raise _stray(statement, at)
        kind = match.lastgroup
        if kind != "blank":
            found.append(Token(kind, match.group(), at))  # type: ignore[arg-type]
        at = match.end()
    found.append(Token("end", "<EOF>", len(statement)))
    return found


def _stray(statement: str, at: int) -> Exception:
    if statement[at] == "'":
        return problems.unexpected(statement, len(statement), "<EOF>")
    return problems.unexpected(statement, at, statement[at])


def unquoted(statement: str, token: Token) -> tuple[str, str]:
    """The text a string token means, and the same as a LIKE pattern in which only bare % and _ are wild."""
    raw = token.text[1:-1]
    if "\\" not in raw:
        return raw, raw
    text: list[str] = []
    pattern: list[str] = []
    done = 0
    for match in _ESCAPE.finditer(raw):
        plain = raw[done : match.start()]
        sequence = match.group(1)
        character = chr(int(sequence[1:], 16)) if len(sequence) > 1 else _ESCAPES.get(sequence.lower())
        if character is None:
            message = (
                f"Invalid string literal {token.text}. Illegal character sequence '\\{sequence}' in string literal."
            )
            raise problems.malformed(statement, token.at, message)
        text += (plain, character)
        pattern += (plain, "\\" + character if character in "\\_%" else character)
        done = match.end()
    return "".join((*text, raw[done:])), "".join((*pattern, raw[done:]))
