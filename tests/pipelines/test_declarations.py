"""A wrong declaration fails when it is loaded, or when it is held against the org: the exact words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import ValidationError

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.conditions import Is
from pipelines.declaring.entity import DeclarationError, Entity, Freeze, Target, Twins
from pipelines.declaring.life import Life
from pipelines.declaring.match import Same
from pipelines.declaring.rules import Constant, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.declaring.source import Feed
from pipelines.ports.objects import FieldInfo, ObjectInfo
from pipelines.reading.binding import misfits
from tests.pipelines.case import org_object

STATUS = SourceStatus("status", known=("A", "C"), merged="C")


def things(**changed: object) -> Entity:
    given: dict[str, object] = {
        "name": "things",
        "source": Feed("things", key="id"),
        "target": Target("Thing__c", key="Key__c"),
        "fields": {"Name": Master("name"), "Synced__c": SyncedAt()},
    }
    return Entity(**{**given, **changed})  # type: ignore[arg-type]


MISTAKES = [
    ({"name": "My Things"}, "entity 'My Things': name 'My Things' must be a lower-case identifier such as 'accounts'"),
    (
        {"fields": {"Key__c": Master("id")}},
        "entity 'things': field 'Key__c' is the target's key, written by itself: leave it out of fields",
    ),
    (
        {"fields": {"A__c": STATUS, "B__c": STATUS}},
        "entity 'things': more than one SourceStatus: an entity has one status",
    ),
    (
        {"fields": {"Name": Master("_line")}},
        "entity 'things': column '_line' is what Concord calls the place of a row: give the feed's another name",
    ),
    (
        {"private": ("Email",)},
        "entity 'things': private names 'Email', which is not among its fields (Name, Synced__c)",
    ),
    (
        {"life": Life(ends_when=Is("state", "over"), ends_without=("Owner__c",))},
        "entity 'things': life.ends_without names 'Owner__c', which is not among its references (there are none)",
    ),
    (
        {"match": (Same("Email"),)},
        "entity 'things': match names 'Email', which is not among its fields (Name, Synced__c)",
    ),
    (
        {"match": (Same("Synced__c"),)},
        "entity 'things': match on 'Synced__c' needs a rule that reads a column, not SyncedAt",
    ),
    (
        {"twins": Twins(name="Name", places=("City",))},
        "entity 'things': twins names 'City', which is not among its fields (Name, Synced__c)",
    ),
    (
        {"twins": Twins(name="Name", places=())},
        "entity 'things': twins has no places: name fields such as BillingCity that twins share",
    ),
]


@pytest.mark.parametrize("changed, text", MISTAKES, ids=[text.partition(": ")[2][:40] for _, text in MISTAKES])
def test_a_mistake_is_told_when_the_declaration_is_made(changed: dict[str, object], text: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        things(**changed)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: things(cadence="daily"), "cadence"),
        (lambda: things(create="always"), "'never', 'on_request' or 'scheduled'"),
        (lambda: Master("name", blank="wipe"), "'keep' or 'clear'"),  # type: ignore[arg-type]
        (
            lambda: SourceStatus("status", known=("A",), merged="C"),
            "SourceStatus merged=['C'] is not among known=['A']",
        ),
        (
            lambda: SourceStatus("status", known=("A",), merged="A", default="X"),
            "SourceStatus default=['X'] is not among known=['A']",
        ),
    ],
)
def test_a_word_that_does_not_exist_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises((ValidationError, ValueError, TypeError)) as caught:
        make()
    assert words in str(caught.value)


def org(**changed: FieldInfo | None) -> ObjectInfo:
    """The org that fits `accounts`, but for these fields; None takes one away."""
    whole = org_object(ACCOUNTS)
    fields = {name: info for name, info in {**whole.fields, **changed}.items() if info}
    return replace(whole, fields=fields)


def like(name: str, **changed: object) -> FieldInfo:
    return replace(org_object(ACCOUNTS).fields[name], **changed)  # type: ignore[arg-type]


MISFITS = [
    (
        {"Name": None},
        "accounts: Account.Name: the org has no such field, or this user may not see it; "
        "create it or grant Read and Edit",
    ),
    (
        {"Source_Key__c": None},
        "accounts: Account.Source_Key__c: the org has no such field, or this user may not see it; "
        "create an external id field for the key",
    ),
    (
        {"Source_Key__c": like("Source_Key__c", unique=False)},
        "accounts: Account.Source_Key__c: the key is not a unique external id; "
        "tick External ID and Unique, or name a field that is",
    ),
    (
        {"Source_Key__c": like("Source_Key__c", updateable=False)},
        "accounts: Account.Source_Key__c: this user may not write the key; grant Edit on the field",
    ),
    (
        {"Source_Key__c": like("Source_Key__c", type="double")},
        "accounts: Account.Source_Key__c: the key is double, not text; name a text field",
    ),
    (
        {"Phone": like("Phone", updateable=False)},
        "accounts: Account.Phone: this user may not write it; grant Edit on the field, or leave it out of the "
        "declaration",
    ),
    (
        {"Phone": like("Phone", createable=False)},
        "accounts: Account.Phone: this user may not set it on new records; grant Edit on the field",
    ),
    (
        {"ParentId": like("ParentId", type="string")},
        "accounts: Account.ParentId: Reference needs a reference field, this is string; name a reference",
    ),
    (
        {"Source_Synced_At__c": like("Source_Synced_At__c", type="date")},
        "accounts: Account.Source_Synced_At__c: SyncedAt needs a datetime field, this is date; name a datetime",
    ),
    (
        {"Website": like("Website", type="address")},
        "accounts: Account.Website: FillEmpty cannot write a field of type address; use another field or rule",
    ),
    (
        {"Source_Status__c": like("Source_Status__c", picklist=("A", "C"))},
        "accounts: Account.Source_Status__c: its restricted picklist lacks ['U']; add the values",
    ),
    (
        {"Do_Not_Update__c": None},
        "accounts: Account.Do_Not_Update__c: the org has no such field, or this user may not see it; "
        "create the checkbox or grant Read",
    ),
    (
        {"Do_Not_Update__c": like("Do_Not_Update__c", type="string")},
        "accounts: Account.Do_Not_Update__c: a freeze flag is a checkbox, this is string; name a checkbox",
    ),
    (
        {"Region__c": FieldInfo("Region__c", "Region", "string", nillable=False)},
        "accounts: Account.Region__c: new records need it and the declaration does not give it; add a rule for it",
    ),
]


@pytest.mark.parametrize("changed, text", MISFITS, ids=[text[10:60] for _, text in MISFITS])
def test_what_does_not_fit_the_org_is_told_with_its_remedy(changed: dict[str, FieldInfo | None], text: str) -> None:
    assert [str(misfit) for misfit in misfits(ACCOUNTS, org(**changed))] == [text]


def test_an_org_that_fits_has_no_misfit_and_a_bad_one_tells_all_at_once() -> None:
    assert misfits(ACCOUNTS, org()) == []
    assert len(misfits(ACCOUNTS, org(Name=None, Phone=None, Website=None))) == 3


def test_rights_on_the_object_are_asked_for() -> None:
    closed = replace(org(), createable=False, updateable=False)
    assert [str(misfit) for misfit in misfits(ACCOUNTS, closed)] == [
        "accounts: Account: this user may not edit the object; give the integration user Edit on it",
        "accounts: Account: this user may not create records; give the integration user Create on it",
    ]


def test_any_change_of_a_declaration_changes_its_fingerprint() -> None:
    prints = {
        things().fingerprint,
        things(create="scheduled").fingerprint,
        things(freeze=Freeze(mapped="X__c")).fingerprint,
        things(fields={"Name": FillEmpty("name"), "Synced__c": SyncedAt()}).fingerprint,
        things(fields={"Name": Master("name", blank="clear"), "Synced__c": SyncedAt()}).fingerprint,
        things(fields={"Name": Constant("true"), "Parent__c": Reference("p", to="things")}).fingerprint,
    }
    assert len(prints) == 6
    assert things().fingerprint == things().fingerprint
