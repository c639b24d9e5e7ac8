"""`concord check --permission-set`: what an org has to have, as Salesforce metadata. No org is asked."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from assets.commands.answering import Terminal, WrongUse

SHARING = (
    "A permission set does not say which records a user sees: share all of them with the integration user, since one"
    " that it cannot see would be taken for missing."
)


def write_permission_set(names: Sequence[str], path: Path, terminal: Terminal) -> None:
    """The file or folder is written, and what was left out of it told. WrongUse if it cannot be."""
    from assets.declarations import entities as declared
    from resources.salesforce.metadata.bundle import NAME, write
    from resources.salesforce.metadata.customs import customs_of
    from resources.salesforce.metadata.grants import grants_of
    from resources.sandbox.catalogue import shipped

    catalogue = shipped()
    grants = grants_of([declared()[name] for name in names], declared(), catalogue)
    customs = customs_of(grants, catalogue)
    try:
        written = write(path, grants, customs)
    except OSError as error:
        raise WrongUse(f"--permission-set {str(path)!r} cannot be written: {error.strerror}") from None
    zipped = path.suffix.lower() == ".zip"
    deploy = f"--metadata-dir {shlex.quote(str(path))} --single-package" if zipped else "--source-dir force-app"
    terminal.show(
        f"{path}: the permission set {NAME} with {len(grants.objects)} objects and {len(grants.fields)} fields,"
        f" {len(customs.objects)} custom objects, {len(customs.fields)} custom fields,"
        f" {len(customs.record_types)} record types.",
        f"To deploy it: sf project deploy start {deploy}" + ("" if zipped else f" (in {path})"),
        f"Then assign it: sf org assign permset --name {NAME} --on-behalf-of USERNAME (of the integration user)",
        SHARING,
    )
    if customs.unknown:
        terminal.tell(
            f"Granted, but not made, as only your org knows what they are: {', '.join(customs.unknown)}", style="yellow"
        )
    terminal.answer(
        {
            "files": [str(file) for file in written],
            "permission_set": NAME,
            "objects": [grant.sobject for grant in grants.objects],
            "fields": [f"{grant.sobject}.{grant.field}" for grant in grants.fields],
            "custom_objects": [definition.name for definition in customs.objects],
            "custom_fields": [f"{definition.name}.{field.name}" for definition, field in customs.fields],
            "record_types": [f"{sobject}.{name}" for sobject, name in customs.record_types],
            "not_made": list(customs.unknown),
        }
    )
