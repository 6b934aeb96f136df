"""The words in which a family's file is read: of each table, each column, and each code that stands in one."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.alerts import labels as alerts
from portal.clubs import survey_words
from portal.clubs.words import BOOKING_WORDS
from portal.consilium import labels as consilium
from portal.contacts import labels as contacts
from portal.diagnosis import labels as diagnosis
from portal.families import labels as families
from portal.intake import labels as intake
from portal.journal import labels as journal
from portal.papers.catalog import KINDS
from portal.patronage import labels as patronage
from portal.plans import labels as plans
from portal.procedures import labels as procedures
from portal.programs import labels as programs
from portal.referrals import labels as referrals

TABLES: Mapping[str, Any] = {
    "families": _l("Card"),
    "family_members": _l("Members of the family"),
    "family_categories": _l("Categories"),
    "consents": _l("Consents to patronage"),
    "consent_signatures": _l("Children who signed it too"),
    "photo_consents": _l("Photo consents"),
    "support_links": _l("Who supports the family"),
    "patronages": _l("Patronages"),
    "suspensions": _l("Suspensions"),
    "emergencies": _l("Emergency starts"),
    "regime_changes": _l("Changes of the regime"),
    "exemptions": _l("Exemptions from the norm"),
    "assignments": _l("Specialists of the family"),
    "closing_analyses": _l("Closing analyses"),
    "intakes": _l("Applications and signals"),
    "surveys": _l("Surveys of living conditions"),
    "agreements": _l("Service agreements"),
    "diagnoses": _l("Social diagnoses"),
    "diagnosis_scores": _l("Life spheres"),
    "plans": _l("Support plans"),
    "plan_goals": _l("Goals"),
    "plan_measures": _l("Measures"),
    "programs": _l("Rehabilitation programs"),
    "program_results": _l("Results by direction"),
    "home_tasks": _l("Home tasks"),
    "referrals": _l("Inter-agency referrals"),
    "contacts": _l("Contacts"),
    "contact_members": _l("Who took part"),
    "runs": _l("Runs of procedures"),
    "run_steps": _l("Steps"),
    "run_branches": _l("What the head was told"),
    "journal_entries": _l("Service journal"),
    "journal_remarks": _l("Remarks of the check"),
    "state_system_marks": _l("Entered into the state system"),
    "alerts": _l("Alerts to the head"),
    "items": _l("Questions put to the consilium"),
    "item_papers": _l("Papers of the question"),
    "item_specialists": _l("Involved specialists"),
    "dissents": _l("Dissenting opinions"),
    "decisions": _l("Decisions of the consilium"),
    "follow_ups": _l("After the decision"),
    "club_participants": _l("Clubs"),
    "club_waiting": _l("Waiting lists of clubs"),
    "bookings": _l("Club sessions: places and attendance"),
    "inpatient_stays": _l("Inpatient care"),
    "interest_surveys": _l("Interests"),
    "interest_answers": _l("Chosen"),
    "skill_assessments": _l("Social skills"),
    "skill_scores": _l("Scores"),
    "papers": _l("Registered papers"),
    "name_cases": _l("Names in cases"),
    "photo_people": _l("Photos"),
    "session_change_members": _l("Changes of sessions that concerned the family"),
}
# columns that say nothing to a reader: counters, places in a list, what is said by another column, by a child's parent
SILENT = frozenset(
    "version revision key latest slot position week changes imported help_en help_ru text_en year month"
    " created_at created_by_id edited_at edited_by_id saved_at remind_on next_contact_on choice"
    " recorded_at entered_at written_at required by_chair copied_from_id after_id moved_from_id emergency_id"
    " joined_on_id signed_by_id".split()
)
CODES: Mapping[str, Mapping[Any, Any]] = {
    "family_members.kind": {"representative": _l("legal representative"), "minor": _l("child")},
    "support_links.kind": referrals.LINKS,
    "patronages.status": families.STATUSES,
    "patronages.stage": families.STAGES,
    "patronages.regime": patronage.REGIMES,
    "patronages.term": families.TERMS,
    "emergencies.former": patronage.REGIMES,
    "emergencies.outcome": {
        "ratified": _l("ratified"),
        "ended": _l("ended by the consilium"),
        "removed": _l("ended with the patronage"),
    },
    "regime_changes.former": patronage.REGIMES,
    "regime_changes.regime": patronage.REGIMES,
    "assignments.kind": patronage.KINDS,
    "intakes.kind": intake.KINDS,
    "diagnoses.state": diagnosis.STATES,
    "diagnoses.crisis_depth": diagnosis.DEPTHS,
    "diagnosis_scores.score": diagnosis.SCALE,
    "plans.state": plans.STATES,
    "plan_measures.kind": plans.KINDS,
    "plan_measures.state": plans.OUTCOMES,
    "programs.kind": programs.KINDS,
    "programs.setting": programs.SETTINGS,
    "program_results.state": programs.OUTCOMES,
    "referrals.kind": {"ordinary": _l("ordinary"), "urgent": _l("urgent")},
    "referrals.state": referrals.STATES,
    "referrals.ground": referrals.PASSES,
    "contacts.kind": contacts.KINDS,
    "contacts.state": contacts.STATES,
    "contacts.channel": contacts.CHANNELS,
    "contacts.why": contacts.WHY,
    "run_steps.stage": procedures.STAGES,
    "run_steps.state": {"open": _l("not marked"), "done": _l("done"), "skipped": _l("skipped")},
    "run_branches.branch": procedures.BRANCHES,
    "procedures.code": procedures.PROCEDURES,
    "journal_entries.kind": journal.KINDS,
    "journal_entries.state": journal.STATES,
    "journal_entries.recipient": journal.SIGNATURES,
    "alerts.kind": alerts.KINDS,
    "alerts.state": alerts.STATES,
    "alerts.decision": alerts.DECISIONS,
    "papers.kind": {code: _l(kind.title) for code, kind in KINDS.items()},
    "name_cases.case_name": {
        "genitive": _l("Genitive: of whom?"),
        "dative": _l("Dative: to whom?"),
        "accusative": _l("Accusative: whom?"),
        "instrumental": _l("Instrumental: by whom?"),
        "prepositional": _l("Prepositional: about whom?"),
    },
    "items.kind": consilium.KINDS,
    "items.status": consilium.ITEM,
    "items.regime": patronage.REGIMES,
    "items.term": families.TERMS,
    "decisions.kind": consilium.KINDS,
    "bookings.status": BOOKING_WORDS,
    "interest_answers.code": survey_words.INTEREST_WORDS,
    "skill_assessments.point": survey_words.POINT_WORDS,
    "skill_scores.code": survey_words.SKILL_WORDS,
    "skill_scores.score": survey_words.SCORE_WORDS,
    "session_changes.kind": {"cancelled": _l("called off"), "moved": _l("moved")},
}
LISTS: Mapping[str, str] = {  # columns whose codes stand in a word list of the center
    "family_categories.code": "categories",
    "patronages.ground": "grounds",
    "patronages.removal_reason": "removal_reasons",
    "intakes.body": "bodies",
    "referrals.body": "bodies",
    "plan_measures.body": "bodies",
    "diagnosis_scores.sphere": "spheres",
    "plan_goals.sphere": "spheres",
    "program_results.direction": "directions",
    "home_tasks.direction": "directions",
    "items.reason": "removal_reasons",
}
