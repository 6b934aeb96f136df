"""The words and colors users read for a program."""

from typing import Any

from flask_babel import lazy_gettext as _l

KINDS = {"ipr": _l("rehabilitation program (IPR)"), "ipsr": _l("social rehabilitation program (IPSR)")}
SHORT_KINDS = {"ipr": _l("IPR"), "ipsr": _l("IPSR")}
SETTINGS = {"inpatient": _l("inpatient"), "semi": _l("semi-inpatient"), "home": _l("at home")}
OUTCOMES: dict[str, tuple[str, Any]] = {
    "reached": ("ok", _l("reached")),
    "partly": ("warn", _l("reached in part")),
    "not": ("bad", _l("not reached")),
    "lost": ("bad", _l("lost since")),
}
