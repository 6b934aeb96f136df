"""The words users read for procedures."""

from flask_babel import lazy_gettext as _l

PROCEDURES = {
    "visit": _l("Patronage visit"),
    "call": _l("Patronage call"),
    "club": _l("Group session"),
}
STAGES = {
    "preparation": _l("Preparation"),
    "agreement": _l("Agreement beforehand"),
    "greeting": _l("Greeting"),
    "clarifying": _l("Clarifying"),
    "first_direction": _l("How results are kept up: one direction"),
    "second_direction": _l("How results are kept up: another direction"),
    "help": _l("Concrete help"),
    "study": _l("Study of the state"),
    "prevention": _l("Preventive services"),
    "ignored": _l("Recommendations are not followed"),
    "refusal": _l("They refuse to talk or to show the home work"),
    "danger": _l("The child is in danger"),
    "closing": _l("Result and goodbye"),
    "recording": _l("Recording"),
    "preparatory": _l("Preparatory stage"),
    "organizational": _l("Organizational stage"),
    "main": _l("Main stage"),
    "final": _l("Closing stage"),
}
PHASES = {
    "preparation": _l("Preparation"),
    "contact": _l("Contact"),
    "recording": _l("Recording"),
}
BRANCHES = {  # what follows when the head is told
    "ignored": _l("The head is told, and a review with the author of the task is opened."),
    "refusal": _l("The head is told at once and decides on a visit to the family."),
    "danger": _l("The head is told at once, to notify the juvenile commission."),
}
