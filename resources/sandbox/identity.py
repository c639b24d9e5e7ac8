"""What makes one org different from every other: id, secrets, and the public keys it trusts.

Made once a state directory.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from .files import write_private
from .ids import ALPHABET, mint


@dataclass(frozen=True, slots=True)
class Identity:
    """The org's id and credentials; `pod` is the three letters that all its record ids carry."""

    org_id: str
    pod: str
    client_id: str
    client_secret: str
    admin_token: str
    signing_key: str
    public_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path) -> Identity:
        """The identity kept in that file, which is made if there is none."""
        if path.exists():
            kept = orjson.loads(path.read_bytes())
            return cls(**{**kept, "public_keys": tuple(kept["public_keys"])})
        made = cls._new()
        made.save(path)
        return made

    @classmethod
    def _new(cls) -> Identity:
        pod = "".join(secrets.choice(ALPHABET) for _ in range(3))
        return cls(
            org_id=mint("00D", pod, 1, 1)[0],
            pod=pod,
            client_id="3MVG9" + secrets.token_hex(40),
            client_secret=secrets.token_hex(32).upper(),
            admin_token=secrets.token_hex(32),
            signing_key=secrets.token_hex(32),
        )

    @property
    def domain(self) -> str:
        """The host that is the org's own, of those that its certificate carries."""
        return f"org-{self.pod.lower()}-{self.org_id[-8:].lower()}.my.salesforce.com"

    def trusting(self, public_key: str) -> Identity:
        """The same org, which also accepts assertions signed with the private half of that key (PEM)."""
        return replace(self, public_keys=tuple(dict.fromkeys((*self.public_keys, public_key))))

    def save(self, path: Path) -> None:
        write_private(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))
