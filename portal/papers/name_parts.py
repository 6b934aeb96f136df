"""The parts of a name in a case: pytrovich's rules, and ours where they err (Rosenthal §149)."""

import re

from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from portal.papers.name_models import CASES
from portal.rules.names import OGLY, FullName, normalise

LAST, FIRST, MIDDLE = NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME

_maker = PetrovichDeclinationMaker()
_CYRILLIC = re.compile(r"[а-яё]+(?:['’][а-яё]+)?", re.IGNORECASE)

# Endings of whole words that go their own way, in the order of CASES.
_SOFT_FLEETING = ("ья", "ью", "ья", "ьём", "ье")  # соловей, соловья
_HARD_STRESSED = ("а", "у", "а", "ом", "е")  # ткач, ткачом
_HARD = ("а", "у", "а", "ем", "е")  # заяц, зайцем
_SOFT_STRESSED = ("я", "ю", "я", "ём", "е")  # пономарь, пономарём
_J = ("я", "ю", "я", "ем", "е")  # топчий, топчия
_NOUN_IN_A = ("ы", "е", "у", "ой", "е")  # сова, совы
_NOUN_IN_JA = ("и", "е", "ю", "ей", "е")  # ахалая, ахалаи
_FEMININE_SOFT = ("и", "и", "ь", "ью", "и")  # гюзель, гюзели
_FLEETING = {
    **{f"{stem}ей": (stem, _SOFT_FLEETING) for stem in ("солов", "вороб", "мурав", "руч", "реп")},
    **{word: (stem, _HARD) for word, stem in (("заяц", "зайц"), ("перец", "перц"), ("немец", "немц"))},
    **{word: (stem, _HARD) for word, stem in (("коломиец", "коломийц"), ("палец", "пальц"))},
    **{word: (stem, _HARD_STRESSED) for word, stem in (("орел", "орл"), ("козел", "козл"), ("осел", "осл"))},
    **{word: (stem, _HARD_STRESSED) for word, stem in (("лев", "льв"), ("стрелец", "стрельц"))},
    **{word: (word, _HARD_STRESSED) for word in ("швец", "жнец", "кузнец", "чернец", "мудрец")},
}
_NOUNS_OF_WOMEN_TOO = re.compile(  # a noun, though it ends as a woman's family name does
    "сова|корова|голова|подкова|обнова|дубрава|слава|щербина|калина|рябина|малина|половина|скотина|былина|ялина"
    "|соломина|лещина|перепелица|година|паутина|дружина|осина|криница|ахалая|цхакая|чачая"
)
_STRESSED_HUSH = re.compile(
    ".*(?:ткач|пугач|толмач|рогач|кумач|скрипач|силач|трубач|чиж|сыч|грач|еж|кулиш|борщ|хрущ|лещ|морж|стриж|плющ)"
)
_STRESSED_SOFT = re.compile(
    "царь|золотарь|кобзарь|пономарь|косарь|звонарь|снегирь|глухарь|богатырь|рыбарь|секирь"
)
_NOUNS_IN_IJ = re.compile("топчий|бокий|палий|багрий|гордий|бабий|хмелий|бугрий|дранчий|[^аеиоуыэюя]ий")
_NOUN_IN_OJ = re.compile("[^аеиоуыэюя]ой")
_INSTRUMENTAL_OM = re.compile("чаплин|дарвин|калвин|франклин|[^аеиоуыэюя]*[аеиоуыэюя]н")
_MEN_IN_IKH = re.compile("дитрих|эрлих|ульрих|фрейндлих|генрих|мюнних|либих|рерих|цих")
_STAY = re.compile(
    "дюма|золя|тома|дега|петипа|гавальда|лурья|труайя|гамарра|моруа|делакруа"
)  # stressed at the end
_VOWEL_END = re.compile(".*(?:[оеэиыую]|[аеиоуыэюя]а)")
_FIRST_PIECES_STAY = re.compile("бонч|грум|гулак|нота|дон|сен|мак|тер|жан|ван|эль|аль|сан|ла|ле|де|да|ди|о")
_WOMEN_STAY = re.compile(  # women's given names with a consonant at the end are never declined
    "кармен|элен|ирэн|ирен|мадлен|жаклин|эдит|маргарет|элизабет|гульнар|гульшат|айжан|жаннет|аннет|кэтрин|катрин"
    "|кристин|джейн|эстер|рут|марьям|мариам|лилит|гулнор|дильбар|рейхан|гоар|ануш|астхик|шушан|хадиджат|патимат"
    "|зайнаб|зейнаб|аминат|асият|загидат|саният|написат|айшат|мехрангез|.*(?:гуль|гюль)|асель|айсель|николь|мишель"
    "|изабель|жизель|рашель|аннабель|этель"
)
_WOMEN_SOFT = re.compile("гюзель|гузель|нинель|адель|ассоль|суламифь|юдифь|эсфирь|рахиль|руфь|агарь")
_MEN_IN_A = re.compile(
    "муса|мустафа|абдулла|хамза|иса|яхья|зия|мурза|мирза|закария|джаба|гоча|важа|шота|вова|леша|юра|витя|боря|сеня"
    "|степа|федя|гриша|сема|тема|лева|рома|захария|анания"
)
_MEN_STAY = re.compile("шота|гоча|важа")
_ONE_GENDER = (
    ("ова", "ева", "ёва", "ина", "ына", "ая", "яя"),
    ("ов", "ев", "ёв", "ин", "ын", "ский", "цкий", "ый"),
)


def is_female(name: FullName) -> bool | None:
    """By the patronymic, else by the given name, else by a family name that has a gender; None when none tells."""
    first = normalise(name.first)
    if not name.middle:
        if _MEN_IN_A.fullmatch(first) and name.female is True:
            return False
        if _WOMEN_STAY.fullmatch(first) or _WOMEN_SOFT.fullmatch(first):
            return True
    return _by_surname(name.last) if name.female is None else name.female


def _by_surname(last: str) -> bool | None:
    word = last.rpartition("-")[2].lower()
    if _NOUNS_OF_WOMEN_TOO.fullmatch(word):
        return None
    for female, ends in zip((True, False), _ONE_GENDER, strict=True):
        if len(word) > 4 and word.endswith(ends):
            return female
    return None


def in_case(name: FullName, case: str, female: bool) -> FullName:
    """The name in the case, part by part."""
    last, first, middle = (
        decline_part(part, text, case, female)
        for part, text in ((LAST, name.last), (FIRST, name.first), (MIDDLE, name.middle))
    )
    return FullName(last, first, middle)


def decline_part(part: NamePart, text: str, case: str, female: bool) -> str:
    """One part of a name, in title case, in the case named; «Жан-Пьер» piece by piece, «Гасан оглы» as it is."""
    if any(word.lower() in OGLY for word in re.split(r"[\s-]", text)):
        return text
    words = text.split(" ")
    return " ".join([*words[:-1], _pieces(part, words[-1], case, female)])


def _pieces(part: NamePart, word: str, case: str, female: bool) -> str:
    pieces = word.split("-")
    last = len(pieces) - 1
    return "-".join(
        piece if place < last and _stays_in_front(part, piece) else _piece(part, piece, case, female)
        for place, piece in enumerate(pieces)
    )


def _stays_in_front(part: NamePart, piece: str) -> bool:
    return part is not MIDDLE and bool(_FIRST_PIECES_STAY.fullmatch(piece.lower()))


def _piece(part: NamePart, piece: str, case: str, female: bool) -> str:
    if len(piece) < 2 or not _CYRILLIC.fullmatch(piece):
        return piece
    ours = {LAST: _surname, FIRST: _given}.get(part)
    mine = ours(piece, piece.lower().replace("ё", "е"), CASES.index(case), female) if ours else None
    if mine is not None:
        return mine
    gender = Gender.FEMALE if female else Gender.MALE
    return _maker.make(part, gender, Case[case.upper()], piece)


def _surname(piece: str, word: str, place: int, female: bool) -> str | None:
    """What we say of a family name ourselves; None leaves it to pytrovich."""
    if _STAY.fullmatch(word) or _VOWEL_END.fullmatch(word):
        return piece
    if female:
        if _NOUNS_OF_WOMEN_TOO.fullmatch(word):
            return piece[:-1] + (_NOUN_IN_JA if word.endswith("я") else _NOUN_IN_A)[place]
        return None if word[-1] in "ая" else piece
    return _man_surname(piece, word, place)


def _man_surname(piece: str, word: str, place: int) -> str | None:
    if word in _FLEETING:
        stem, ends = _FLEETING[word]
        return stem.capitalize() + ends[place]
    if word.endswith(("ых", "их")) and not _MEN_IN_IKH.fullmatch(word):
        return piece
    if _NOUNS_IN_IJ.fullmatch(word) or _NOUN_IN_OJ.fullmatch(word):
        return piece[:-1] + ("и" if place == 4 and word.endswith("ий") else _J[place])
    if _STRESSED_SOFT.fullmatch(word):
        return piece[:-1] + _SOFT_STRESSED[place]
    if _STRESSED_HUSH.fullmatch(word) or _INSTRUMENTAL_OM.fullmatch(word):
        return piece + _HARD_STRESSED[place]
    return None


def _given(piece: str, word: str, place: int, female: bool) -> str | None:
    """What we say of a given name ourselves; None leaves it to pytrovich."""
    if _VOWEL_END.fullmatch(word) or (not female and _MEN_STAY.fullmatch(word)):
        return piece
    if not female:
        return piece + _HARD[place] if word.endswith("ц") else None
    if _WOMEN_SOFT.fullmatch(word):
        return piece[:-1] + _FEMININE_SOFT[place]
    return piece if _WOMEN_STAY.fullmatch(word) or word[-1] not in "аяь" else None
