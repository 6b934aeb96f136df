"""On what law the papers of the consilium rest, by country: one table, each with its source (DOMAIN §7)."""

from flask import current_app
from flask_babel import lazy_gettext as _l

# RU: VISIT, the list of normative documents. BY: number, day and title as the centers' own lists of law and the
# register of laws give them (cis-legislation.com, rgn=2035, in force with changes of 08.07.2024).
LAW = {
    "ru": _l("Federal law No. 442-FZ of 28.12.2013 “On the basics of social services for citizens”"),
    "by": _l("Law of the Republic of Belarus No. 395-Z of 22.05.2000 “On social services”"),
}


def law() -> str:
    """The law on social services of this country, in the genitive that follows «on the ground of»."""
    return str(LAW[current_app.config["COUNTRY"]])
