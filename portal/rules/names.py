"""Names of people: put in order, taken apart, shortened and compared. DOMAIN §6, DESIGN §6."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

OGLY = frozenset({"оглы", "кызы", "гызы", "улы", "уулу", "угли", "кизи"})
PARTICLES = OGLY | {"фон", "де", "ван", "дер", "ибн", "аль"}
PATRONYMIC = re.compile(r"(вич|вна|ична|ильич|кузьмич|лукич|фомич)$")
_MALE_IN_A = re.compile(
    "никита|илья|савва|фома|кузьма|лука|данила|даниила|гаврила|добрыня|мина|сила|вавила|ерема|зосима|миша|паша"
    "|ваня|петя|коля|дима|алеша|сережа|гоша|костя|толя|вася|фока|иона"
)
_FEMALE_IN_SOFT = re.compile("любовь|юдифь|эсфирь|нинель|рахиль|руфь|адель|мишель|изабель|николь|жизель")
_EITHER = re.compile("саша|женя|валя|слава")
_INITIALS = re.compile(r"^(?:[^\W\d_]\.)+(?:[^\W\d_]\.?)?$")
_FEMALE_TO_MALE = (
    ("ская", "ский"),
    ("цкая", "цкий"),
    *((f"{end}а", end) for end in ("ов", "ев", "ёв", "ин", "ын")),
)


def clean(text: str) -> str:
    """One line of visible text: composed letters, no control or direction marks, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        signs = (" " if char.isspace() else char for char in composed)
        composed = "".join(char for char in signs if unicodedata.category(char)[0] != "C")
    return " ".join(composed.split())


def normalise(text: str) -> str:
    """The form in which text is searched and compared: folded case, ё as е, single spaces."""
    return clean(clean(text).casefold()).replace("ё", "е")


def tidy_name(text: str) -> str:
    """A name in title case: «ПЕТРОВА-ВОДКИНА анна» gives «Петрова-Водкина Анна»; mixed case is left alone."""
    return " ".join(_tidy_word(word) for word in clean(text).split())


def _tidy_word(word: str) -> str:
    lower = word.lower()
    if lower in OGLY or (lower in PARTICLES and word == lower):
        return lower
    if _INITIALS.match(word):
        return word.upper()
    return "-".join(_tidy_part(part) for part in word.split("-"))


def _tidy_part(part: str) -> str:
    if part.lower() in OGLY:
        return part.lower()
    if not (part.isupper() or part.islower()):
        return part
    head, mark, tail = part.partition("'") if "'" in part else part.partition("’")
    if len(head) == 1 and tail:
        return head.upper() + mark + tail.capitalize()
    return part.capitalize()


@dataclass(frozen=True)
class FullName:
    """Family name, given name and patronymic; any of them may be empty."""

    last: str
    first: str = ""
    middle: str = ""

    @property
    def full(self) -> str:
        """«Иванова Мария Петровна»."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def short(self) -> str:
        """«Иванова М. П.»; a name without a family name stays whole."""
        if not self.last:
            return self.full
        initials = [f"{part[0].upper()}." for part in (self.first, self.middle) if part]
        return " ".join([self.last, *initials])

    @property
    def key(self) -> str:
        """What two spellings of one name have in common."""
        return normalise(self.full)

    @property
    def female(self) -> bool | None:
        """Judged by the patronymic, else by the given name; None when neither tells."""
        middle, first = normalise(self.middle), normalise(self.first)
        if middle.endswith(("вна", "ична", "кызы", "гызы", "кизи")):
            return True
        if middle.endswith(("вич", "ич", "оглы", "улы", "уулу", "угли")):
            return False
        if len(first) < 2 or not first[-1].isalpha() or _EITHER.fullmatch(first):
            return None
        if first[-1] in "ая":
            return not _MALE_IN_A.fullmatch(first)
        if _FEMALE_IN_SOFT.fullmatch(first):
            return True
        return None if first[-1] in "оуыиеэю" else False


def is_patronymic(word: str) -> bool:
    """Whether a word looks like a patronymic: «Петровна», «Ильич»."""
    return bool(PATRONYMIC.search(normalise(word)))


def parse_full_name(text: str) -> FullName:
    """Take a name apart; understands initials, «оглы», and the given name written first."""
    words = _with_initials_apart(tidy_name(text))
    if len(words) < 2:
        return FullName(words[0] if words else "")
    if words[0].endswith(".") and not words[-1].endswith("."):
        words = [words[-1], *words[:-1]]
    if len(words) == 2:
        return FullName("", *words) if is_patronymic(words[1]) else FullName(*words)
    if (
        len(words) == 3
        and is_patronymic(words[1])
        and not is_patronymic(words[2])
        and words[2].lower() not in OGLY
    ):
        words = [words[2], *words[:2]]
    return _split_long(words)


def _with_initials_apart(text: str) -> list[str]:
    words: list[str] = []
    for word in text.split():
        words += re.findall(r"[^\W\d_]\.?", word) if _INITIALS.match(word) and len(word) > 2 else [word]
    return [f"{word}." if place and len(word) == 1 else word for place, word in enumerate(words)]


def _split_long(words: list[str]) -> FullName:
    middles = 2 if words[-1].lower() in OGLY else 1
    if len(words) > 3 and (middles == 2 or is_patronymic(words[-1])):
        first = len(words) - middles - 1
        return FullName(" ".join(words[:first]), words[first], " ".join(words[first + 1 :]))
    return FullName(words[0], words[1], " ".join(words[2:]))


def matches_short(name: FullName, text: str) -> bool:
    """Whether `text` («Кудряшова П.С.», «кудряшова П», the full name) can mean this person."""
    other = parse_full_name(text)
    if not other.last or normalise(other.last) != normalise(name.last):
        return False
    if normalise(other.first) == normalise(name.first[:1] + name.middle[:1]) and not other.middle:
        return True
    pairs = ((name.first, other.first), (name.middle, other.middle))
    return all(_same_or_initial(normalise(full), normalise(given)) for full, given in pairs)


def _same_or_initial(full: str, given: str) -> bool:
    if not given or full == given:
        return True
    return given.endswith(".") and full.startswith(given[:-1])


def split_people(cell: str) -> list[str]:
    """The people of one cell: separated by new lines, semicolons or commas."""
    return [part for part in (clean(part) for part in re.split(r"[\n\r;,]+", cell)) if part]


def surname_for(child: FullName, family: Sequence[FullName]) -> str:
    """The family name of a child written by the given name only, in the child's gender where it is clear."""
    known = [person for person in family if person.last]
    if not known:
        return ""
    for person in known:
        if child.female is not None and person.female == child.female:
            return person.last
    surname = known[0].last
    if child.female is None or known[0].female == child.female:
        return surname
    return _female_form(surname) if child.female else _male_form(surname)


def _male_form(surname: str) -> str:
    for female, male in _FEMALE_TO_MALE:
        if surname.lower().endswith(female):
            return surname[: -len(female)] + male
    return surname


def _female_form(surname: str) -> str:
    for female, male in _FEMALE_TO_MALE:
        if surname.lower().endswith(male):
            return surname[: -len(male)] + female
    return surname
