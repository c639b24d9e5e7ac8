"""An embedded Salesforce org: an HTTPS server on loopback with its state on disk.

It imports nothing of the rest of the project, so that any Salesforce integration can use it. Each module speaks of one
subject in Salesforce's own words; a new endpoint is a module with `routes(org)` and one line in `server.py`.
"""
