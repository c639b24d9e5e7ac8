"""An embedded profile service: profiles and connections in pages, with its state on disk and a door to change them.

It imports nothing of the rest of the project and is one ASGI application: `service(folder)` opens what is kept in that
folder, and whoever serves it serves `.app`. What it speaks is in the README beside.
"""

from .service import Service, service

__all__ = ["Service", "service"]
