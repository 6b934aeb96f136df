"""What is typed about accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from portal.access import ROLE_NAMES
from portal.accounts.queries import THEMES
from portal.choosing import ManyField, SelectField
from portal.i18n import LANGUAGES
from portal.web import Form

_needed = InputRequired(_l("Fill this in."))


class LoginForm(Form):
    """Name and password."""

    username = StringField(_l("User name"), [_needed, Length(max=60)])
    password = PasswordField(_l("Password"), [_needed, Length(max=200)])


class NewPasswordForm(Form):
    """A password, twice."""

    password = PasswordField(_l("New password"), [_needed, Length(max=200)])
    again = PasswordField(
        _l("New password once more"), [_needed, EqualTo("password", _l("The two passwords differ."))]
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one, twice."""

    old = PasswordField(_l("Present password"), [_needed, Length(max=200)])


class NameFields(Form):
    """How a person is called."""

    last_name = StringField(_l("Last name"), [_needed, Length(max=100)])
    first_name = StringField(_l("First name"), [_needed, Length(max=100)])
    middle_name = StringField(_l("Middle name"), [Length(max=100)])
    username = StringField(
        _l("User name"),
        [
            _needed,
            Length(max=60),
            Regexp(r"^[\w.@+-]+$", message=_l("Letters, digits and . @ + - _ only, without spaces.")),
        ],
    )


class WelcomeForm(NameFields, NewPasswordForm):
    """The first administrator."""


class PersonForm(NameFields):
    """A colleague's account."""

    position = StringField(_l("Position"), [Length(max=200)])
    department = StringField(_l("Department"), [Length(max=200)])
    email = StringField(
        _l("E-mail"),
        [
            Length(max=200),
            Regexp(
                r"^([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)?$",
                message=_l("Check the address: for example ivanova@center.ru"),
            ),
        ],
        filters=[lambda text: (text or "").strip()],
    )
    roles = ManyField(_l("Roles"), choices=[(str(role), name) for role, name in ROLE_NAMES.items()])


class AppearanceForm(Form):
    """Theme and language."""

    theme = SelectField(choices=[(one, one) for one in THEMES])
    language = SelectField(choices=[(one, one) for one in LANGUAGES])
