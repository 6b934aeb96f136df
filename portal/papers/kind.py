"""What a kind of paper is: of what it is made, for whom, and from which facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.access import Permission

Facts = dict[str, Any]  # names to finished Russian text, to a list of rows of text, or to such names again


@dataclass(frozen=True)
class Kind:
    """A kind of paper (DOMAIN §6). Its layout lies in templates/papers/<code>.toml.

    `get(user, id)` gives the object that the paper is made of, or None when it is not within the user's reach;
    `facts(id)` gives all that the layout prints, in a number of queries that does not grow with the rows;
    `sample` has the same names with invented people: a template is tried with it before anybody's data are.
    """

    code: str  # "visit-sheet": in addresses, files' names and the register
    title: str  # its message id, marked with N_
    group: str  # family | work | consilium | club | period: where pages offer it
    of: str  # what the id names: family, consent, contact, plan, meeting, decision, program, club, session, month …
    get: Callable[[Any, int], Any]
    facts: Callable[[int], Facts]
    sample: Facts
    family_of: Callable[[int], int | None]  # the family whose page shows the paper; None when it is of none
    permission: Permission = Permission.PAPER_PRINT
    is_registered: bool = True  # gets a number of the register of papers
    is_signed: bool = True  # waits for a signature once it is registered
    earlier: tuple[
        Callable[[Facts], Facts], ...
    ] = ()  # what former releases said, each of the facts after it
    has_blank: bool = False  # is printed empty too, to be filled by hand
    leads_to: Callable[[int], tuple[str, dict[str, Any]] | None] | None = (
        None  # endpoint and values of the page that its QR opens; else that of the paper itself
    )
    families_of: Callable[[int], Iterable[int]] = (
        lambda _id: ()
    )  # of a paper of several: whose content it shows
