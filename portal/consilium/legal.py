"""On what law the papers of the consilium rest, by country: one table, each with its source (DOMAIN §7)."""

from flask import current_app
from flask_babel import lazy_gettext as _l

# RU: VISIT, the list of normative documents. BY: the law under which territorial centers serve, by the "social
# patronat" of the list of state social services (source BY).
LAW = {
    "ru": _l("Federal law No. 442-FZ of 28.12.2013 “On the basics of social services for citizens”"),
    "by": _l("Law of the Republic of Belarus No. 395-Z of 22.05.2000 “On social services”"),
}


def law() -> str:
    """The law on social services of this country, in the genitive that follows «on the ground of»."""
    return str(LAW[current_app.config["COUNTRY"]])
