"""The declared entities, found by looking: each module of this folder that has an `ENTITY`, parents first.

Adding an entity means adding its file: nothing is listed here.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pipelines.declaring.cadence import SyncOf
from pipelines.declaring.entity import DeclarationError, Entity

_DECLARES = re.compile(r"^ENTITY\b", re.MULTILINE)


@cache
def entities() -> MappingProxyType[str, Entity]:
    """Every declared entity by name; one that others refer to comes before them.

    Raises DeclarationError for a name that is declared twice, and for a reference to what is declared nowhere.
    """
    files = sorted(path for path in Path(__file__).parent.glob("*.py") if _DECLARES.search(path.read_text("utf-8")))
    found: dict[str, Entity] = {}
    for file in files:
        entity = importlib.import_module(f"{__package__}.{file.stem}").ENTITY
        if entity.name in found:
            raise DeclarationError(
                f"entity {entity.name!r}: declared twice, the second time in {file.name}; rename one"
            )
        found[entity.name] = entity
    return MappingProxyType(in_order(found))


def in_order(found: dict[str, Entity]) -> dict[str, Entity]:
    """The same entities, each after all it refers to."""
    ordered: dict[str, Entity] = {}
    for name, entity in found.items():
        for needed in entity.depends_on:
            if needed not in found:
                known = ", ".join(sorted(found))
                raise DeclarationError(
                    f"entity {name!r}: refers to {needed!r}, which is not declared; there are {known}"
                )
        for other in entity.cadence.not_while:
            if isinstance(other, SyncOf) and other.entity not in found:
                raise DeclarationError(
                    f"entity {name!r}: cadence not_while names {other.entity!r}, which is not declared; there are"
                    f" {', '.join(sorted(found))}"
                )
    while len(ordered) < len(found):
        ready = [name for name in found if name not in ordered and set(found[name].depends_on) <= set(ordered)]
        if not ready:
            circle = ", ".join(sorted(set(found) - set(ordered)))
            raise DeclarationError(f"entities {circle}: refer to each other in a circle; one reference has to go")
        ordered.update((name, found[name]) for name in ready)
    return ordered
