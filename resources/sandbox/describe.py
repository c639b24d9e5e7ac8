"""What the org has: describes of one object and of all, with every key that a real describe has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .declared import RecordType
from .describe_age import Ages
from .describe_field import field_json
from .dml import Dml
from .endpoint import Answer, Call, Route, data
from .schema import ChildRelationship, SObjectDef
from .store import quote

if TYPE_CHECKING:
    from .org import Org

RECENT_ITEMS = 5

_MASTER_RECORD_TYPE = "012000000000000AAA"


def routes(org: Org) -> list[Route]:
    ages = Ages()
    return [
        data("sobjects", {"GET": lambda call: ages.answer(call, _global(call))}),
        data("sobjects/{sobject}/describe", {"GET": lambda call: ages.answer(call, _describe(call))}),
        data("sobjects/{sobject}", {"GET": _basic_information}),
    ]


def _global(call: Call) -> dict[str, object]:
    shown = [_summary(call, d) for d in call.org.catalogue if call.user.may("read", d.name)]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown}


def _describe(call: Call) -> dict[str, object]:
    return describe(call, Dml(call.org, call.user).definition(call.params["sobject"]))


def _basic_information(call: Call) -> Answer:
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    columns = [f for f in ("Id", "Name", "LastModifiedDate") if f in definition.fields]
    alive = ' where "IsDeleted" = 0' if definition.has_soft_delete else ""
    listed = ", ".join(map(quote, columns))
    sql = f"select {listed} from {quote(definition.name)}{alive} order by rowid desc limit {RECENT_ITEMS}"
    with call.org.store.read() as db:
        rows = db.execute(sql).fetchall()
    recent = [
        {
            "attributes": {"type": definition.name, "url": call.url(f"sobjects/{definition.name}/{row[0]}")},
            **dict(zip(columns, row, strict=True)),
        }
        for row in rows
    ]
    return Answer(body={"objectDescribe": _summary(call, definition), "recentItems": recent})


def describe(call: Call, definition: SObjectDef) -> dict[str, object]:
    """The describe of an object as this user gets it: fields that they cannot see are not in it."""
    shown = _summary(call, definition)
    shown.update(
        {
            "actionOverrides": [],
            "childRelationships": [
                _child(c) for c in definition.child_relationships if call.user.can_read(c.child_sobject, c.field)
            ],
            "compactLayoutable": definition.layoutable,
            "defaultImplementation": None,
            "extendedBy": None,
            "extendsInterfaces": None,
            "fields": [field_json(call.user, definition, f) for f in call.user.visible(definition)],
            "implementedBy": None,
            "implementsInterfaces": None,
            "listviewable": None,
            "lookupLayoutable": None,
            "namedLayoutInfos": [],
            "networkScopeFieldName": None,
            "recordTypeInfos": _record_types(call, definition),
            "searchLayoutable": definition.layoutable,
            "sobjectDescribeOption": "FULL",
            "supportedScopes": [
                {"label": f"All {definition.label_plural.lower()}", "name": "everything"},
                {"label": f"My {definition.label_plural.lower()}", "name": "mine"},
            ],
        }
    )
    return shown


def _summary(call: Call, definition: SObjectDef) -> dict[str, object]:
    dml = Dml(call.org, call.user)
    resource = call.url(f"sobjects/{definition.name}")
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": dml.may(definition, "create"),
        "custom": definition.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": dml.may(definition, "delete"),
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": definition.key_prefix,
        "label": definition.label,
        "labelPlural": definition.label_plural,
        "layoutable": definition.layoutable,
        "mergeable": definition.mergeable,
        "mruEnabled": definition.layoutable,
        "name": definition.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": definition.layoutable,
        "triggerable": definition.createable,
        "undeletable": definition.has_soft_delete,
        "updateable": dml.may(definition, "edit"),
        "urls": {
            "rowTemplate": f"{resource}/{{ID}}",
            "describe": f"{resource}/describe",
            "sobject": resource,
        },
    }


def _child(child: ChildRelationship) -> dict[str, object]:
    return {
        "cascadeDelete": child.cascade_delete,
        "childSObject": child.child_sobject,
        "deprecatedAndHidden": False,
        "field": child.field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.relationship_name,
        "restrictedDelete": False,
    }


def _record_types(call: Call, definition: SObjectDef) -> list[dict[str, object]]:
    """The record types declared for the object, and the master that every object has."""
    declared = [t for t in call.org.declared.record_types if t.sobject == definition.name]
    master = RecordType(
        _MASTER_RECORD_TYPE, definition.name, "Master", "Master", default=not any(t.default for t in declared)
    )
    return [
        {
            "active": t.active,
            "available": t.active,
            "defaultRecordTypeMapping": t.default,
            "developerName": t.developer_name,
            "master": t is master,
            "name": t.name,
            "recordTypeId": t.id,
            "urls": {"layout": call.url(f"sobjects/{definition.name}/describe/layouts/{t.id}")},
        }
        for t in (*declared, master)
    ]
