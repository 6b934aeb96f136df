"""What is typed about a paper of an item."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.families.forms import WithScan
from portal.patronage.forms import one_line


class PaperForm(WithScan):
    """A paper for the members: what it is, and the file."""

    title = StringField(
        _l("What paper it is"), [DataRequired(_l("Fill this in.")), Length(max=200)], filters=[one_line]
    )
    scan = FileField(_l("File"), [InputRequired(_l("Choose the file."))])
