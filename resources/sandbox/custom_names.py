"""How Salesforce lets custom objects and fields be called, and which key prefixes their records have."""

from __future__ import annotations

import re

from .schema import Catalogue

LONGEST = 40
_NAME = re.compile(r"(?:[A-Za-z](?:_?[A-Za-z0-9]){0,14}__)?([A-Za-z](?:_?[A-Za-z0-9])*)__c", re.ASCII)
_PREFIX = re.compile(r"a[0-9A-Za-z]{2}", re.ASCII)


def check_name(name: str) -> None:
    """ValueError unless a custom object or field can have that name."""
    match = _NAME.fullmatch(name)
    if match is None or len(match[1]) > LONGEST:
        raise ValueError(
            f"{name!r} cannot be: before the __c in which it ends, a custom name can only contain underscores and "
            f"alphanumeric characters, begins with a letter, does not end with an underscore, does not contain two "
            f"consecutive underscores (save after a namespace), and has at most {LONGEST} characters"
        )


def check_object(name: str, key_prefix: str, catalogue: Catalogue) -> None:
    """ValueError unless the catalogue can have a new custom object of that name and prefix."""
    check_name(name)
    if catalogue.get(name) is not None:
        raise ValueError(f"there is an object {name} already")
    if not _PREFIX.fullmatch(key_prefix):
        raise ValueError(f"{key_prefix!r} is no key_prefix of a custom object: those are a and two more characters")
    taken = catalogue.with_prefix(key_prefix)
    if taken is not None:
        raise ValueError(f"the key_prefix {key_prefix} is that of {taken.name}")
