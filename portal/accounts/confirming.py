"""One's own password once more, where a signature is given: checked and throttled as the login is."""

from portal.accounts import actions, sessions
from portal.accounts.models import User
from portal.db import db
from portal.rules import N_, RuleBroken


def confirm(user_id: int, password: str) -> None:
    """The password is the user's own. Nothing of it is kept or logged. Raises too_many_attempts, password_wrong."""
    user = db.session.get_one(User, user_id)
    name = user.username
    wait = sessions.wait_before_login(name)
    if wait:
        raise RuleBroken(
            "too_many_attempts",
            N_("Too many attempts. Wait %(minutes)s min and try again."),
            minutes=max(1, round(wait.total_seconds() / 60)),
        )
    if not actions.password_fits(user, password) or not user.is_active:
        sessions.note_failure(name)
        raise RuleBroken("password_wrong", N_("This is not your password. Nothing is signed."))
    sessions.forget_failures(name)
