"""Invented people, with whom the layouts of papers are tried before anybody's data are."""

from portal.papers.kind import Facts
from portal.papers.people import sample_person

DAY: Facts = {"day": "22.11.2026", "words": "22 ноября 2026 г."}
FAMILY: Facts = {
    "number": "12",
    "surname": "Образцова",
    "name": "Образцова, карта № 12",
    "address": "г. Примерный, ул. Мира, д. 1, кв. 2",
    "phone": "+7 999 123-45-67",
    "categories": "ТЖС, многодетная",
}
MOTHER = sample_person(
    *("Образцова", "Мария", "Ивановна", "Образцовой Марии Ивановны", "Образцовой Марии Ивановне"),
    born="12.03.1990 г. р.",
    relation="мать",
    phone="+7 999 123-45-67",
)
SPECIALIST = sample_person(
    *("Примерова", "Ольга", "Петровна", "Примеровой Ольги Петровны", "Примеровой Ольге Петровне"),
    position="социальный педагог",
)
HEAD = sample_person(
    *("Заведующая", "Елена", "Львовна", "Заведующей Елены Львовны", "Заведующей Елене Львовне"),
    position="заведующий отделением",
)
CHILDREN: Facts = {
    "genitive": "Образцовой Анны Петровны, 03.09.2011 г. р.; Образцова Ивана Петровича, 2015 г. р.",
    "of": "несовершеннолетних Образцовой Анны Петровны, 03.09.2011 г. р.; Образцова Ивана Петровича, 2015 г. р.",
    "count": "2",
}
MEMBERS: list[Facts] = [
    {
        "no": "1",
        "name": "Образцова Мария Ивановна",
        "born": "12.03.1990 г. р.",
        "relation": "мать",
        "phone": "+7 999 123-45-67",
    },
    {
        "no": "2",
        "name": "Образцова Анна Петровна",
        "born": "03.09.2011 г. р.",
        "relation": "ребёнок",
        "phone": "",
    },
]
