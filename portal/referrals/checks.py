"""What `flask check` asks of referrals (R20)."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, or_, select

from portal.db import db
from portal.families.models import Consent, FamilyMember
from portal.patronage.models import Patronage
from portal.referrals.models import Referral
from portal.rules.referrals import Ground


def referral_grounds() -> Iterator[tuple[str, str]]:
    """R20: personal data were passed on with a ground; a consent was given by the day of the referral.

    A withdrawal recorded later may lie before that day: then the referral was right when it was sent.
    """
    given = exists().where(
        Consent.family_id == Patronage.family_id,
        FamilyMember.id == Consent.representative_id,
        FamilyMember.kind == "representative",
        Consent.given_on <= Referral.sent_on,
    )
    baseless = or_(
        Referral.ground.is_(None),
        and_(Referral.ground == Ground.LAW, Referral.law == ""),
        and_(Referral.ground == Ground.CONSENT, ~given),
    )
    query = select(Referral.id).join(Patronage, Patronage.id == Referral.patronage_id)
    for row in db.session.execute(query.where(Referral.personal_data, baseless).order_by(Referral.id)):
        yield "R20", f"referral {row.id} passed personal data on without a ground"
