"""The words users read for the codes of patronage."""

from flask_babel import lazy_gettext as _l

REGIMES = {
    "emergency": _l("emergency"),
    "planned": _l("planned"),
    "control": _l("control"),
}
REGIME_COLORS = {"emergency": "bad", "planned": "info", "control": "mute"}
KINDS = {"lead": _l("lead specialist"), "involved": _l("involved specialist")}
