"""What the center itself says of somebody's name in a case."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model

CASES = ("genitive", "dative", "accusative", "instrumental", "prepositional")
LONGEST = 310  # three parts of a hundred letters, and the endings
_LISTED = ", ".join(f"'{case}'" for case in CASES)


class NameCase(Model):
    """A case of the name of a member of a family or of a colleague, as somebody corrected it.

    It was said of the name `of_name`: once the person is called otherwise, it holds no longer.
    """

    __tablename__ = "name_cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("family_members.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    case_name: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(LONGEST))
    of_name: Mapped[str] = mapped_column(String(LONGEST))
    __table_args__ = (
        CheckConstraint("(member_id IS NULL) <> (user_id IS NULL)", name="of_one"),
        CheckConstraint(f"case_name IN ({_LISTED})", name="case_name"),
        UniqueConstraint("member_id", "case_name"),
        UniqueConstraint("user_id", "case_name"),
    )
