"""Keys of items: Graph tells capitals in ids from small letters, and neither the CRM's external ids nor our keys do.

Ids of one mailbox are counted on in base64, so that soon two of them differ in the case of one letter. The key of an
item is its id with eight digits behind that the case changes.
"""

from __future__ import annotations

import hashlib

SIGN = "~"


def key_of(item_id: str) -> str:
    """The key of the item."""
    return f"{item_id}{SIGN}{hashlib.sha256(item_id.encode()).hexdigest()[:8]}"


def id_of(key: str) -> str:
    """The id in the key; a key that was made without digits is the id."""
    return key.rpartition(SIGN)[0] or key
