"""Plans of contacts: a month proposed by the norms, and the log of outings."""

from portal.schedule import models

__all__ = ["models"]
