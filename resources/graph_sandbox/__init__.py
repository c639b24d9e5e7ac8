"""An embedded Microsoft Graph: users, to-do tasks, calendar, contacts, with its state on disk and a door to change it.

It imports nothing of the rest of the project and is one ASGI application: `service(folder)` opens what is kept in that
folder, and whoever serves it serves `.app`. What it speaks, and on what evidence, is in the README beside.
"""

from .identity import CLIENT_ID, TENANT
from .service import Service, service

__all__ = ["CLIENT_ID", "TENANT", "Service", "service"]
