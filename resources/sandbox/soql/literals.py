"""The values of a SOQL statement: from tokens to typed literals.

Whether a value fits the field it is compared with is decided where fields are known, not here.
"""

from __future__ import annotations

from datetime import datetime

from resources.sandbox.moments import day, utc_text, within
from resources.sandbox.soql import problems, relative_dates
from resources.sandbox.soql.cursor import Cursor
from resources.sandbox.soql.lexer import Token, unquoted
from resources.sandbox.soql.syntax import Literal

LONGEST_STRING = 4000
_LONG_NUMBER = 19


def literal(cursor: Cursor) -> Literal:
    """The literal at the cursor; raises MALFORMED_QUERY for anything else, Apex bind variables by name."""
    token = cursor.token
    if token.kind == "string":
        return _string(cursor, cursor.take())
    if token.kind == "number":
        return _number(cursor.take())
    if token.kind == "currency":
        cursor.take()
        return Literal("currency", float(token.text[3:]), token.at, token.text)
    if token.kind == "date":
        return _date(cursor, cursor.take())
    if token.kind == "datetime":
        return _datetime(cursor, cursor.take())
    if token.word == ":":
        raise problems.malformed(cursor.statement, token.at, "Bind variables only allowed in Apex code")
    return _word(cursor)


def _string(cursor: Cursor, token: Token) -> Literal:
    text, pattern = unquoted(cursor.statement, token)
    if len(text) > LONGEST_STRING:
        message = f"string literal too long: {len(text)} characters, at most {LONGEST_STRING}"
        raise problems.malformed(cursor.statement, token.at, message)
    return Literal("string", text, token.at, token.text, pattern)


def _number(token: Token) -> Literal:
    # SQLite's integers have 64 bits; what may not fit is compared as a real number.
    whole = token.text.lstrip("+-").isdigit() and len(token.text) < _LONG_NUMBER
    return Literal("number", int(token.text) if whole else float(token.text), token.at, token.text)


def _date(cursor: Cursor, token: Token) -> Literal:
    try:
        day(token.text)
    except ValueError as error:
        raise problems.malformed(cursor.statement, token.at, f"Invalid date: {token.text}") from error
    return Literal("date", token.text, token.at, token.text)


def _datetime(cursor: Cursor, token: Token) -> Literal:
    try:
        moment = datetime.fromisoformat(token.text.upper())
        if moment.tzinfo is None:
            raise ValueError(f"no offset: {token.text}")
        written = utc_text(within(moment))
    except ValueError as error:
        raise problems.malformed(cursor.statement, token.at, f"Invalid datetime: {token.text}") from error
    return Literal("datetime", written, token.at, token.text)


def _word(cursor: Cursor) -> Literal:
    token = cursor.token
    word = token.word
    if word == "NULL":
        cursor.take()
        return Literal("null", None, token.at, token.text)
    if word in ("TRUE", "FALSE"):
        cursor.take()
        return Literal("boolean", word == "TRUE", token.at, token.text)
    if word in relative_dates.FIXED:
        cursor.take()
        return Literal("range", (word, None), token.at, token.text)
    if word in relative_dates.COUNTED and cursor.ahead().word == ":":
        cursor.take()
        cursor.expect(":")
        n = cursor.whole_number()
        return Literal("range", (word, n), token.at, f"{token.text}:{n}")
    raise cursor.unexpected()
