"""Contacts of Outlook ⇄ Contact: those whom both sides know, or that somebody imported.

No contact of the CRM is put into anybody's Outlook, and none of Outlook into the CRM unless asked for
(`concord missing outlook_contacts --import`): either side has thousands that the other does not want. Where colleagues
have the same person in Outlook, the item of the record's owner is kept in accord with it.
"""

from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.both import BothWays, Leave
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.conditions import Is
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.gates import Gates, Limit
from pipelines.declaring.match import Same
from pipelines.declaring.source import Outlook

USERS = Records("User", "FederationIdentifier")

ENTITY = Entity(
    name="outlook_contacts",
    source=Outlook("outlook_contacts", collection="contacts", required=("surname",)),
    target=Target("Contact", key="Outlook_Id__c"),
    match=(Same("Email", single=True),),
    fields={
        "FirstName": Agreed("givenName"),
        "LastName": Agreed("surname"),
        "Email": Agreed("emailAddresses", first=True, member="address"),
        "Phone": Agreed("businessPhones", first=True),
        "MobilePhone": Agreed("mobilePhone"),
        "Title": Agreed("jobTitle"),
        "Department": Agreed("department"),
        "OwnerId": Related("user", to=USERS, missing="skip"),
    },
    create="on_request",
    both=BothWays(
        prevent={"crm": ("delete",), "source": ("create", "delete")},
        leave=(Leave("private", row=~Is("sensitivity", "normal"), record=("Is_Private__c",)),),
    ),
    gates=Gates(removals=Limit(share=0.05, count=20)),
    cadence=Cadence(every="hour"),
    private=("FirstName", "LastName", "Email", "Phone", "MobilePhone", "Title", "Department"),
)
