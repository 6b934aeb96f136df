"""What stands beside the card of a family: of contacts, plans, clubs and papers, and what is missing."""

from typing import Any

from portal.clubs import queries as clubs
from portal.clubs import stays
from portal.contacts.queries import last_and_next
from portal.families.card import Card
from portal.family_files.former import former_centers
from portal.intake import queries as intake
from portal.papers import standing
from portal.patronage import stages
from portal.plans.queries import card_line
from portal.rules import lifecycle


def beside_card(card: Card) -> dict[str, Any]:
    """What stands beside the card, of plain values; read once after each change."""
    runs = card.latest is not None and lifecycle.Event.REMOVED in lifecycle.possible(card.latest.status)
    return {
        "path": stages.path(card.latest) if card.latest and runs else None,
        "contacts": last_and_next(card.family.id),
        "plan": card_line(card.family.id),
        "in_care": stays.now_in_care(card.family.id),
        "clubs": clubs.clubs_of_family(card.family.id),
        "dossier": standing.of_family(card.family.id),
        "formers": former_centers(card.family.id),
        "intake": intake.card_line(card),
    }
