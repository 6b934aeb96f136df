"""The words users read for the codes of patronage."""

from typing import Any

from flask_babel import lazy_gettext as _l

REGIMES = {
    "emergency": _l("emergency"),
    "planned": _l("planned"),
    "control": _l("control"),
}
REGIME_COLORS = {"emergency": "bad", "planned": "info", "control": "mute"}
KINDS = {"lead": _l("lead specialist"), "involved": _l("involved specialist")}
STAGES = {"preparatory": _l("Preparatory stage"), "main": _l("Main stage"), "final": _l("Final stage")}
MOVES: dict[str, tuple[Any, str]] = {  # words of the button, its picture
    "begin_main": (_l("Begin the main stage"), "arrow-right"),
    "begin_final": (_l("Begin the final stage"), "arrow-right"),
    "back_to_main": (_l("Back to the main stage"), "arrow-back-up"),
}
NEEDS: dict[str, tuple[Any, str]] = {  # what is lacking, and the endpoint where it is mended
    "diagnosis": (_l("an approved social diagnosis"), "diagnosis.of_family"),
    "plan": (_l("a support plan in force"), "plans.of_family"),
    "analysis": (_l("the closing analysis"), "patronage.analysis"),
    "approval": (_l("the head's approval of the closing analysis"), "patronage.analysis"),
}
