"""An import is written at once while one waits, or in the background where that would take long."""

from typing import Any

from portal.db import db
from portal.exchange import running
from portal.exchange.models import Import
from portal.jobs import actions as jobs

SEVERAL = 600  # rows: so many are written while one waits


def launch(import_id: int, user: Any) -> None:
    """Bring in what was started, or go on with it. Raises too_many_jobs."""
    row = db.session.get(Import, import_id)
    if row is None or row.state != "running":
        return
    if row.total - row.done <= SEVERAL:
        running.run(import_id, user)
    else:
        jobs.begin("import", {"import": import_id}, user.id)
