"""Record ids: 15 characters that mind their case, or 18 that need not.

Compare ids in the long form. Nothing else about ids belongs here; what a prefix means is the org's affair.
"""

from __future__ import annotations

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(short: str) -> str:
    """The 18-character form; an id that is long already, or no id at all, comes back as it is."""
    if len(short) != 15:
        return short
    chunks = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(
        _ALPHABET[sum(1 << place for place, char in enumerate(chunk) if "A" <= char <= "Z")] for chunk in chunks
    )
