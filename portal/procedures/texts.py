"""The three procedures as a center begins with them: version 1."""

from portal.procedures.texts_call import CALL
from portal.procedures.texts_club import CLUB
from portal.procedures.texts_visit import VISIT

FIRST = {template.code: template for template in (VISIT, CALL, CLUB)}
