"""The files: a zip in the format of the Metadata API, or a folder in source format; Salesforce's tools take both."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from resources.salesforce.metadata.customs import Customs, field_children, object_children, record_type_children
from resources.salesforce.metadata.grants import Grants
from resources.salesforce.metadata.xml import Child, document

NAME = "Concord_Integration"
VERSION = "62.0"
LABEL = "Concord Integration"
DESCRIPTION = "What Concord needs to sync, and no more: {delete}, no View All, no Modify All."
SOURCE = PurePosixPath("force-app/main/default")
PROJECT = {"packageDirectories": [{"path": "force-app", "default": True}], "sourceApiVersion": VERSION}
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The same content gives the same zip."""

READABLE: Child = ("readable", "true")

Files = Mapping[PurePosixPath, bytes]


def write(path: Path, grants: Grants, customs: Customs) -> list[Path]:
    """A zip if the path ends with .zip, else a folder; returns the files that were written."""
    if path.suffix.lower() == ".zip":
        path.write_bytes(_zipped(metadata_files(grants, customs)))
        return [path]
    written = []
    for name, content in source_files(grants, customs).items():
        file = path / name
        if file.name == "sfdx-project.json" and file.exists():
            continue  # a project of their own keeps its settings
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        written.append(file)
    return written


def metadata_files(grants: Grants, customs: Customs) -> Files:
    """The format of the Metadata API: a manifest, one file an object with its custom fields, the permission set."""
    files = {PurePosixPath("package.xml"): _manifest(customs)}
    for sobject in _objects(customs):
        own = [definition for definition in customs.objects if definition.name == sobject]
        children = [child for definition in own for child in object_children(definition)]
        children += [("fields", field_children(of, field)) for of, field in customs.fields if of.name == sobject]
        children += [("recordTypes", record_type_children(name)) for of, name in customs.record_types if of == sobject]
        content = document("CustomObject", sorted(children, key=lambda child: child[0]))
        files[PurePosixPath(f"objects/{sobject}.object")] = content
    files[PurePosixPath(f"permissionsets/{NAME}.permissionset")] = permission_set(grants)
    return files


def source_files(grants: Grants, customs: Customs) -> Files:
    """Source format: one file an object, a field, a record type."""
    files = {PurePosixPath("sfdx-project.json"): json.dumps(PROJECT, indent=2).encode() + b"\n"}
    objects = SOURCE / "objects"
    for definition in customs.objects:
        name = definition.name
        files[objects / name / f"{name}.object-meta.xml"] = document("CustomObject", object_children(definition))
    for definition, field in customs.fields:
        file = objects / definition.name / "fields" / f"{field.name}.field-meta.xml"
        files[file] = document("CustomField", field_children(definition, field))
    for sobject, name in customs.record_types:
        file = objects / sobject / "recordTypes" / f"{name}.recordType-meta.xml"
        files[file] = document("RecordType", record_type_children(name))
    files[SOURCE / "permissionsets" / f"{NAME}.permissionset-meta.xml"] = permission_set(grants)
    return files


def permission_set(grants: Grants) -> bytes:
    """The permission set, without a licence: it can be assigned to any user."""
    fields: list[Child] = [
        ("fieldPermissions", [("editable", _said(one.edits)), ("field", f"{one.sobject}.{one.field}"), READABLE])
        for one in grants.fields
    ]
    objects: list[Child] = [
        (
            "objectPermissions",
            [
                ("allowCreate", _said(one.creates)),
                ("allowDelete", _said(one.deletes)),
                ("allowEdit", _said(one.edits)),
                ("allowRead", "true"),
                ("modifyAllRecords", "false"),
                ("object", one.sobject),
                ("viewAllRecords", "false"),
            ],
        )
        for one in grants.objects
    ]
    record_types: list[Child] = [
        ("recordTypeVisibilities", [("recordType", f"{sobject}.{name}"), ("visible", "true")])
        for sobject, name in grants.record_types
    ]
    deleting = " and ".join(one.sobject for one in grants.objects if one.deletes)
    children: list[Child] = [
        ("description", DESCRIPTION.format(delete=f"Delete of {deleting} alone" if deleting else "no Delete")),
        *fields,
        ("hasActivationRequired", "false"),
        ("label", LABEL),
        *objects,
        *record_types,
        *(("userPermissions", [("enabled", "true"), ("name", name)]) for name in ("ApiEnabled", *grants.rights)),
    ]
    return document("PermissionSet", children)


def _objects(customs: Customs) -> list[str]:
    """Every object of which something is made."""
    named = [definition.name for definition in customs.objects]
    named += [definition.name for definition, _ in customs.fields]
    named += [sobject for sobject, _ in customs.record_types]
    return sorted(dict.fromkeys(named))


def _manifest(customs: Customs) -> bytes:
    members = {
        "CustomField": [f"{definition.name}.{field.name}" for definition, field in customs.fields],
        "CustomObject": [definition.name for definition in customs.objects],
        "PermissionSet": [NAME],
        "RecordType": [f"{sobject}.{name}" for sobject, name in customs.record_types],
    }
    types: list[Child] = [
        ("types", [*(("members", name) for name in sorted(names)), ("name", kind)])
        for kind, names in members.items()
        if names
    ]
    return document("Package", [*types, ("version", VERSION)])


def _zipped(files: Files) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(str(name), LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return content.getvalue()


def _said(value: bool) -> str:  # noqa: FBT001
    return "true" if value else "false"
