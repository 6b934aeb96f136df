"""Login, one's own account, and the administrator's list of people."""

from flask import Blueprint, Response, current_app, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal import lists
from portal.access import ROLE_NAMES, Permission, Role, public, requires
from portal.accounts import actions, queries, sessions
from portal.accounts.columns import PEOPLE
from portal.accounts.forms import (
    AppearanceForm,
    ChangePasswordForm,
    LoginForm,
    NewPasswordForm,
    PersonForm,
    WelcomeForm,
)
from portal.accounts.models import User
from portal.errors import error_page
from portal.lists import takeable
from portal.schedule import feeds
from portal.web import attempt, go, render, safe_next

bp = Blueprint("accounts", __name__)


@bp.app_template_filter("browser")
def browser_name(agent: str) -> str:
    """«Firefox, Windows»: a browser as its owner would call it."""
    browsers = (
        ("YaBrowser", "Яндекс Браузер"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (browsers, systems)]
    return ", ".join(filter(None, found)) or _("unknown browser")


YEAR = 365 * 24 * 3600
DEMO_NAMES = "admin head chair secretary member1 member2 member3 pedagogue psychologist staff auditor".split()


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """Sign in; one answer for a wrong name and a wrong password."""
    if current_user.is_authenticated:
        return go(safe_next(url_for("home.index")))
    form, status = LoginForm(), None
    if form.validate_on_submit():
        wait = sessions.wait_before_login(form.username.data)
        if wait:
            minutes = max(1, round(wait.total_seconds() / 60))
            form.form_errors.append(
                _("Too many attempts. Wait %(minutes)s min and try again.", minutes=minutes)
            )
            status = 429
        elif _let_in(form):
            return go(safe_next(url_for("home.index")))
        else:
            form.form_errors.append(_("The name or the password is wrong."))
    names = DEMO_NAMES if current_app.config["DEMO"] else []
    return render("accounts/login.html", form=form, demo_names=names, next=safe_next(""), status=status)


def _let_in(form: LoginForm) -> bool:
    user = queries.by_username(form.username.data)
    if not actions.password_fits(user, form.password.data) or user is None or not user.is_active:
        sessions.note_failure(form.username.data)
        return False
    sessions.forget_failures(form.username.data)
    sessions.sign_in(user)
    return True


@bp.post("/logout")
@requires(Permission.OWN_ACCOUNT)
def logout() -> Response:
    """End this login."""
    sessions.sign_out()
    return go(url_for(".login"))


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Response:
    """A one-time link: set a password, or make the first administrator."""
    link = actions.find_link(token)
    if link is None:
        return error_page(
            404, _("This link has been used or is too old"), _("Ask the administrator for a new one.")
        )
    form = NewPasswordForm() if link.user_id else WelcomeForm()
    if form.validate_on_submit():
        person = {name: value for name, value in form.values().items() if name not in ("password", "again")}
        with form.rules():
            actions.use_link(token, form.password.data, **person)
            sessions.sign_out()
            return go(url_for(".login"), _("The password is set. Sign in."))
    user = queries.get_user(current_user, link.user_id) if link.user_id else None
    return render("accounts/welcome.html", form=form, person=user)


@bp.get("/profile")
@requires(Permission.OWN_ACCOUNT)
def profile() -> Response:
    """One's own account: password, logins, look."""
    return _profile(ChangePasswordForm())


def _profile(form: ChangePasswordForm) -> Response:
    logins = sessions.active_logins()
    here = sessions.digest(session.get(sessions.COOKIE_KEY, ""))
    return render(
        "accounts/profile.html",
        form=form,
        logins=logins,
        here=here,
        role_names=ROLE_NAMES,
        feed_made_at=feeds.made_at(current_user.id),
    )


@bp.post("/profile/password")
@requires(Permission.OWN_ACCOUNT)
def password() -> Response:
    """Change one's own password."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with form.rules():
            token = session.get(sessions.COOKIE_KEY, "")
            actions.change_password(current_user.id, form.old.data, form.password.data, token)
            return go(url_for(".profile"), _("The password is changed; other devices are signed out."))
    return _profile(form)


@bp.post("/profile/sign-out-everywhere")
@requires(Permission.OWN_ACCOUNT)
def sign_out_everywhere() -> Response:
    """End every login of the current user."""
    actions.sign_out_everywhere(current_user.id)
    session.clear()
    return go(url_for(".login"), _("Signed out on every device."))


@bp.post("/appearance")
@public
def appearance() -> Response:
    """Set theme or language, or both: of the account, or of the browser where nobody is signed in."""
    form = AppearanceForm(theme=queries.theme(), language=str(get_locale()))
    answer = go(safe_next(url_for("home.index")))
    if not form.validate_on_submit():
        return answer
    if current_user.is_authenticated:
        actions.set_appearance(current_user.id, form.theme.data, form.language.data)
    for name in ("theme", "language"):
        answer.set_cookie(
            name,
            form[name].data,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return answer


@bp.route("/people/", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
@takeable
def people() -> Response:
    """Accounts."""
    text, gone = request.args.get("q", "")[:100], request.args.get("dismissed") == "1"
    if lists.asked():
        return lists.give("people", _("People"), PEOPLE, queries.people(text, gone))
    return render(
        "accounts/people.html", people=queries.people(text, gone), text=text, gone=gone, role_names=ROLE_NAMES
    )


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def new_person() -> Response:
    """Make an account and show its one-time link."""
    form = PersonForm()
    if form.validate_on_submit():
        with form.rules():
            fields = form.values()
            user_id = actions.create_user(
                current_user.id, [Role(role) for role in fields.pop("roles")], **fields
            )
            return _link_page(user_id)
    return render("accounts/person.html", form=form, person=None)


@bp.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE, of=queries.get_user)
def person(user: User) -> Response:
    """Change an account and its roles."""
    form = (
        PersonForm(obj=user)
        if request.method == "POST"
        else PersonForm(obj=user, data={"roles": [str(role) for role in user.roles]})
    )
    user_id = user.id
    if form.validate_on_submit():
        with form.rules():
            fields = form.values()
            roles = [Role(role) for role in fields.pop("roles")]
            actions.change_user(user_id, current_user.id, **fields)
            actions.set_roles(user_id, roles, current_user.id)
            return go(url_for(".people"), _("Saved."))
    return render("accounts/person.html", form=form, person=queries.get_user(current_user, user_id))


@bp.post("/people/<int:user_id>/reset")
@requires(Permission.ACCOUNT_MANAGE, of=queries.get_user)
def reset_password(user: User) -> Response:
    """End the password and show a one-time link, this once."""
    return _link_page(user.id)


def _link_page(user_id: int) -> Response:
    token = actions.make_password_link(user_id, current_user.id)
    link = url_for(".welcome", token=token, _external=True)
    return render("accounts/link.html", person=queries.get_user(current_user, user_id), link=link)


@bp.post("/people/<int:user_id>/dismiss")
@requires(Permission.ACCOUNT_MANAGE, of=queries.get_user)
def dismiss(user: User) -> Response:
    """The colleague has left."""
    back, done = url_for(".person", user_id=user.id), _("The account is closed; its logins have ended.")
    return attempt(back, done, actions.dismiss, user.id, current_user.id)


@bp.post("/people/<int:user_id>/restore")
@requires(Permission.ACCOUNT_MANAGE, of=queries.get_user)
def restore(user: User) -> Response:
    """The colleague is back."""
    actions.restore(user.id, current_user.id)
    return go(url_for(".person", user_id=user.id), _("The account is open again."))
