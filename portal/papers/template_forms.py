"""A template that is uploaded."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import ValidationError
from wtforms.validators import InputRequired

from portal.papers import template_actions
from portal.papers.kind import Kind
from portal.papers.template_faults import LARGEST, sentence
from portal.rules import RuleBroken
from portal.web import Form, words


class TemplateForm(Form):
    """The center's own DOCX of a kind of paper; looked at whole, each fault a sentence of its own."""

    file = FileField(_l("The center's own template (DOCX)"), [InputRequired(_l("Choose the file."))])
    kind: Kind
    looked: template_actions.Looked | None = None

    def validate_file(self, field: FileField) -> None:
        """Judged by its content. Raises ValidationError."""
        if not field.data:
            return
        try:
            looked = template_actions.look(self.kind, field.data.stream.read(LARGEST + 1))
        except RuleBroken as broken:
            raise ValidationError(words(broken)) from None
        if looked.found.faults:
            self.form_errors.extend(sentence(fault) for fault in looked.found.faults)
            raise ValidationError(_("The template has mistakes: mend them and upload it again."))
        self.looked = looked
