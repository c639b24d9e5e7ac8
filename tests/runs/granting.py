"""A permission set put into force in the sandbox org as if it were deployed: what it does not grant is taken away."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from resources.sandbox.catalogue import shipped
from resources.sandbox.permissions import OBJECT_RIGHTS
from tests.resources.salesforce.embedded import Embedded

OURS = "{http://soap.sforce.com/2006/04/metadata}"
RIGHTS = {"Task": "EditTask", "Event": "EditEvent"}
"""What stands for all rights to an activity."""
GRANTED = {"allowCreate": "create", "allowRead": "read", "allowEdit": "edit", "allowDelete": "delete"}
UNGRANTABLE = ("User", "Profile", "RecordType", "Organization")
"""Objects of the org itself, which no permission set names."""


def put_in_force(org: Embedded, permission_set: bytes) -> None:
    """The integration user may do exactly this, in the objects that the org ships with."""
    told = ET.fromstring(permission_set)  # noqa: S314 - our own document
    objects = {
        str(one.findtext(f"{OURS}object")): [right for tag, right in GRANTED.items() if _is(one, tag)]
        for one in told.iter(f"{OURS}objectPermissions")
    }
    named = [one.findtext(f"{OURS}name") for one in told.iter(f"{OURS}userPermissions") if _is(one, "enabled")]
    objects |= {activity: list(OBJECT_RIGHTS) for activity, right in RIGHTS.items() if right in named}
    fields = {
        str(one.findtext(f"{OURS}field")): {"read": _is(one, "readable"), "edit": _is(one, "editable")}
        for one in told.iter(f"{OURS}fieldPermissions")
    }
    for definition in shipped():
        if definition.name in UNGRANTABLE:
            continue
        for field in definition.columns:
            whole = f"{definition.name}.{field.compound_field or field.name}"
            if field.permissionable:
                rights = fields.get(whole, {"read": False, "edit": False})
                if not all(rights.values()):
                    org.do("permissions", {"sobject": definition.name, "field": field.name, "rights": rights})
        allowed = objects.get(definition.name, [])
        rights = {right: right in allowed for right in OBJECT_RIGHTS}
        org.do("permissions", {"sobject": definition.name, "rights": rights})


def _is(element: ET.Element, tag: str) -> bool:
    return element.findtext(f"{OURS}{tag}") == "true"
