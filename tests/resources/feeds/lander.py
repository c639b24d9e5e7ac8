"""A process that lands the feed `people`: to be killed, or to meet its limits.

Run as `lander.py FOLDER DLT_HOME FILE LIMIT`: no file may grow beyond LIMIT bytes (0: no limit). Prints `landed`, or
the code of the SystemicError and its text.
"""

import resource
import sys
from pathlib import Path

from pipelines.declaring.source import Feed
from pipelines.ports.world import SystemicError
from resources.feeds import Feeds

folder, dlt_home, file, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    Feeds(Path(folder), Path(dlt_home)).land(
        Feed(name="people", key="id", required=("name",)), ("id", "name", "city"), Path(file), lambda *_: None
    )
    told = "landed"
except SystemicError as error:
    told = f"{error.code}: {error}"
sys.stdout.write(told + "\n")
