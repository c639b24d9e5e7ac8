"""Record ids: 15 characters that mind their case, 18 that do not need to, and how new ones are made."""

from __future__ import annotations

import re
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)


@lru_cache(maxsize=16384)
def _check_character(chunk: str) -> str:
    return _CHECK[sum(1 << position for position, c in enumerate(chunk) if "A" <= c <= "Z")]


def to18(record_id: str) -> str:
    """The 18-character form of an id of 15 or 18 characters."""
    first, second, third = record_id[:5], record_id[5:10], record_id[10:15]
    return first + second + third + _check_character(first) + _check_character(second) + _check_character(third)


def to15(record_id: str) -> str:
    """The 15-character form, as error messages show it."""
    return record_id[:15]


def is_id(value: str) -> bool:
    """True if the text has the shape of an id (15 or 18 letters and digits)."""
    return _SHAPE.fullmatch(value) is not None


def mint(key_prefix: str, pod: str, first: int, count: int) -> list[str]:
    """`count` ids of 18 characters, rising from number `first`; `pod` is the three letters that an org's ids carry."""
    made: list[str] = []
    number, last = first, first + count
    while number < last:
        block, within = divmod(number, len(_PAIRS))
        size = min(len(_PAIRS) - within, last - number)
        made += _block(f"{key_prefix}{pod}{_base62(block, 7)}", _PAIRS[within : within + size])
        number += size
    return made


def _block(start: str, endings: list[str]) -> list[str]:
    """Ids that differ in their last two characters only."""
    checks = _check_character(start[:5]) + _check_character(start[5:10])
    last = start[10:]
    return [start + ending + checks + _check_character(last + ending) for ending in endings]


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
