"""The papers by which a family agrees: to patronage, to personal data, to pictures; and takes it back."""

from portal.papers import consent_facts as facts
from portal.papers import objects
from portal.papers.kind import Facts, Kind
from portal.papers.samples import AGE, CHILDREN, DAY, DECLARED, FAMILY, MOTHER
from portal.rules import N_

_DECLARED: Facts = {
    "family": FAMILY,
    "representative": MOTHER,
    "declared": DECLARED,
    "children": CHILDREN,
    "others": [{"name": "Образцов Пётр Сергеевич", "short": "Образцов П. С."}],
    "minors": [{"name": "Образцова Анна Петровна", "short": "Образцова А. П."}],
    "age": AGE,
}

KINDS: tuple[Kind, ...] = (
    Kind(
        code="consent",
        title=N_("Consent to patronage"),
        group="family",
        of="representative",
        get=objects.get_representative,
        facts=facts.consent,
        sample=_DECLARED | {"given": DAY},
        family_of=objects.of_member,
        has_blank=True,
    ),
    Kind(
        code="withdrawal",
        title=N_("Withdrawal of the consent"),
        group="family",
        of="consent",
        get=objects.get_consent,
        facts=facts.withdrawal,
        sample={
            "family": FAMILY,
            "representative": MOTHER,
            "declared": DECLARED,
            "children": CHILDREN,
            "consent": DAY,
            "withdrawn": DAY | {"reason": "Переезжаем в другой город."},
        },
        family_of=objects.of_consent,
        has_blank=True,
    ),
    Kind(
        code="personal-data-consent",
        title=N_("Consent to the processing of personal data"),
        group="family",
        of="representative",
        get=objects.get_representative,
        facts=facts.personal_data,
        sample=_DECLARED,
        family_of=objects.of_member,
        has_blank=True,
    ),
    Kind(
        code="photo-consent",
        title=N_("Photo and video consent"),
        group="family",
        of="member",
        get=objects.get_member,
        facts=facts.photo,
        sample={
            "family": FAMILY,
            "signer": MOTHER,
            "declared": DECLARED,
            "age": AGE,
            "children": CHILDREN,
            "minors": [{"name": "Образцова Анна Петровна", "short": "Образцова А. П."}],
            "given": DAY,
        },
        family_of=objects.of_member,
        has_blank=True,
    ),
)
