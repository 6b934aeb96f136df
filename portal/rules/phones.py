"""Telephone numbers of Russia and Belarus, found in whatever people write into a cell."""

import re

_GAP = r"[ \t\u00a0\u202f().\-\u2010-\u2015]{0,3}"


def _digits(count: int) -> str:
    return _GAP.join(["[0-9]"] * count)


_BY = re.compile(rf"(?<![0-9])\+?{_GAP}3{_GAP}7{_GAP}5{_GAP}({_digits(9)})(?![0-9])")
_BY_HOME = re.compile(rf"(?<![0-9+])8{_GAP}0{_GAP}([1-4]{_GAP}{_digits(8)})(?![0-9])")
_RU = re.compile(rf"(?<![0-9])(?:\+{_GAP}7|[78]){_GAP}([3-9]{_GAP}{_digits(9)})(?![0-9])")
_RU_MOBILE = re.compile(rf"(?<![0-9+\-])(?:\({_GAP})?(9{_GAP}{_digits(9)})(?![0-9])")
_LOCAL = re.compile(r"(?<![0-9\-])[0-9]{2,3}[-\u2010-\u2015][0-9]{2}[-\u2010-\u2015][0-9]{2}(?![0-9\-])")
_MOBILE = re.compile(r"\+79|\+375(25|29|33|44)")
_KINDS = ((_BY, "+375"), (_BY_HOME, "+375"), (_RU, "+7"), (_RU_MOBILE, "+7"))


def find_phones(text: str) -> list[str]:
    """Every full number in the text as E.164 («+79937396401»), mobile ones first, each once.

    Numbers without an area code («739-64-01») cannot be dialled from elsewhere and are left out.
    """
    found = [number for _, _, number in _matches(text)]
    return sorted(dict.fromkeys(found), key=lambda number: not _MOBILE.match(number))


def phone_span(text: str) -> tuple[int, int] | None:
    """Where the numbers of a text begin and end, local ones («739-64-01») too; None without any."""
    spans = [(start, end) for start, end, _ in _matches(text)]
    spans += [match.span() for match in _LOCAL.finditer(text)]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None


def _matches(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for pattern, code in _KINDS:
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end, _ in found):
                found.append((*match.span(), code + re.sub("[^0-9]", "", match[1])))
    return sorted(found)


def pretty_phone(number: str) -> str:
    """«+7 993 739-64-01», «+375 29 123-45-67»; anything else as it is."""
    match = re.fullmatch(r"(\+7)([0-9]{3})([0-9]{3})([0-9]{2})([0-9]{2})", number) or re.fullmatch(
        r"(\+375)([0-9]{2})([0-9]{3})([0-9]{2})([0-9]{2})", number
    )
    return "{} {} {}-{}-{}".format(*match.groups()) if match else number
