"""What an org has to have for the declarations, as Salesforce metadata that its own tools deploy.

`grants` says which permissions, `customs` which objects and fields, `bundle` puts them into files.
"""
