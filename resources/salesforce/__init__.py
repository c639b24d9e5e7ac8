"""A Salesforce org behind the port `Crm`: session, describe, snapshots, collections, Bulk API 2.0.

`org.SalesforceOrg` is what the rest of the project uses; the other modules are its parts. simple-salesforce builds the
requests for describes and SOQL pages over our own session (`rest.py` says which, and why not the others).
"""
