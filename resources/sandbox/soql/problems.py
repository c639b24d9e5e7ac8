"""The refusals of a query, worded and placed as Salesforce words and places them.

Texts only: which construct is refused is decided where it is parsed or resolved.
"""

from __future__ import annotations

from resources.sandbox.absent_objects import remark
from resources.sandbox.errors import ApiError

_AROUND = 32

_CUSTOM_FIELD = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_OBJECT = (
    "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_RELATIONSHIP = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    "name. Please reference your WSDL or the describe call for the appropriate names."
)


def placed(statement: str, at: int, message: str) -> str:
    """The message below an excerpt of at most some words around `at` and its row and column."""
    line_start = statement.rfind("\n", 0, at) + 1
    line_end = statement.find("\n", at)
    line = statement[line_start : len(statement) if line_end < 0 else line_end]
    column = at - line_start
    first = 0
    if column > _AROUND:
        space = line.find(" ", column - _AROUND - 1, column)
        first = space + 1 if space >= 0 else column - _AROUND
    last = len(line)
    if last - column > _AROUND:
        space = line.rfind(" ", column + 1, column + _AROUND)
        last = space if space >= 0 else column + _AROUND
    row = statement.count("\n", 0, at) + 1
    return f"\n{line[first:last]}\n{' ' * (column - first)}^\nERROR at Row:{row}:Column:{column + 1}\n{message}"


def malformed(statement: str, at: int, message: str) -> ApiError:
    return ApiError(400, "MALFORMED_QUERY", placed(statement, at, message))


def unexpected(statement: str, at: int, token: str) -> ApiError:
    return malformed(statement, at, f"unexpected token: '{token}'")


def not_emulated(what: str) -> ApiError:
    return ApiError(400, "FUNCTIONALITY_NOT_ENABLED", f"{what} is valid SOQL, but this sandbox does not emulate it")


def no_such_column(statement: str, at: int, name: str, entity: str) -> ApiError:
    return invalid_field(statement, at, f"No such column '{name}' on entity '{entity}'. {_CUSTOM_FIELD}")


def no_such_relationship(statement: str, at: int, name: str) -> ApiError:
    message = f"Didn't understand relationship '{name}' in field path. {_CUSTOM_RELATIONSHIP}"
    return invalid_field(statement, at, message)


def no_such_children(statement: str, at: int, name: str) -> ApiError:
    message = f"Didn't understand relationship '{name}' in FROM part of query call. {_CUSTOM_RELATIONSHIP}"
    return ApiError(400, "INVALID_TYPE", placed(statement, at, message))


def no_such_object(statement: str, at: int, name: str) -> ApiError:
    message = f"sObject type '{name}' is not supported. {_CUSTOM_OBJECT}{remark(name)}"
    return ApiError(400, "INVALID_TYPE", placed(statement, at, message))


def invalid_field(statement: str, at: int, message: str) -> ApiError:
    return ApiError(400, "INVALID_FIELD", placed(statement, at, message))


def invalid_filter(statement: str, at: int, message: str) -> ApiError:
    return ApiError(400, "INVALID_QUERY_FILTER_OPERATOR", placed(statement, at, message))


def outside_range(message: str) -> ApiError:
    return ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
