"""`python -m tests.clients [NAME…]`: installs real Salesforce clients, drives each against a fresh sandbox org.

One line each: `PASS name version seconds` or `FAIL name reason`; then a summary. Exit code 1 if any failed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from types import ModuleType

from tests.clients import (
    with_cumulusci,
    with_dlt_source,
    with_jsforce,
    with_sf,
    with_sfdmu,
    with_simple_salesforce,
    with_tap_salesforce,
)  # fmt: skip
from tests.clients.workshop import Workshop, fresh_org

CLIENTS: tuple[ModuleType, ...] = (
    with_simple_salesforce,
    with_jsforce,
    with_tap_salesforce,
    with_dlt_source,
    with_cumulusci,
    with_sf,
    with_sfdmu,
)


def main() -> int:
    names = [client.NAME for client in CLIENTS]
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all if none is named")
    parser.add_argument("--scratch", type=Path, default=Path(".clients"), help="where clients are installed and stay")
    options = parser.parse_args()
    unknown = set(options.names) - set(names)
    if unknown:
        parser.error(f"no client {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    asked = [client for client in CLIENTS if not options.names or client.NAME in options.names]
    passed = sum([_passes(client, Workshop(options.scratch.resolve())) for client in asked])
    _say(f"{passed} of {len(asked)} clients passed")
    return 0 if passed == len(asked) else 1


def _passes(client: ModuleType, workshop: Workshop) -> bool:
    started = time.monotonic()
    try:
        with fresh_org(proxy=getattr(client, "PROXY", False)) as org:
            version = client.drive(workshop, org)
    except Exception as failed:  # noqa: BLE001 - whatever became of this one, the others are driven too
        _say(f"FAIL {client.NAME} {type(failed).__name__}: {' '.join(str(failed).split())}")
        return False
    _say(f"PASS {client.NAME} {version} {time.monotonic() - started:.1f} s")
    return True


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
