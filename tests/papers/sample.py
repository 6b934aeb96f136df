"""A layout that uses every block, and its facts."""

from portal.papers import layouts
from portal.papers.facts import sample_common
from portal.papers.kind import Facts

TEXT = """
title = "Лист {{ words.patronage_genitive }} семьи № {{ family.number }}"
law = ["services", "regulation"]
keep = ["family.number"]
[[blocks]]
paragraph = "Визит состоялся {{ visit.day_words }} по адресу: {{ family.address }}."
[[blocks]]
paragraph = "По центру, полужирно: {{ visit.day }}"
align = "center"
bold = true
[[blocks]]
section = "Ход визита"
[[blocks]]
field = "Цель визита"
value = "{{ visit.goal }}"
lines = 3
[[blocks]]
field = "Причина опоздания"
value = "{{ visit.late }}"
when = "visit.late"
[[blocks]]
paragraph = "Визит начался вовремя."
when = "!visit.late"
[[blocks]]
table = "rows"
columns = [
  {head = "№", value = "{{ row.no }}", width = 1, align = "right"},
  {head = "Услуга", value = "{{ row.service }}", width = 6},
  {head = "Время", value = "{{ row.from }}–{{ row.to }}", width = 2, align = "center"},
]
empty = "Услуг не оказано."
blank_rows = 5
[[blocks]]
table = "nothing"
columns = [{head = "Пусто", value = "{{ row.text }}"}]
empty = "Замечаний нет."
[[blocks]]
section = "Рекомендации"
[[blocks]]
items = "advice"
text = "{{ row.text }}"
[[blocks]]
items = "advice"
text = "{{ row.text }}"
bullet = true
[[blocks]]
items = "nothing"
text = "{{ row.text }}"
empty = "Поручений нет."
[[blocks]]
each = "voters"
  [[blocks.blocks]]
  paragraph = "Голос: {{ row.name }} — {{ row.vote }}"
  [[blocks.blocks]]
  paragraph = "Особое мнение: {{ row.dissent }}"
  when = "row.dissent"
  [[blocks.blocks]]
  signatures = [{who = "Член консилиума", name = "{{ row.name }}"}]
[[blocks]]
page_break = true
[[blocks]]
signatures = [
  {who = "Специалист", name = "{{ specialist.short }}"},
  {who = "Законный представитель"},
]
[[blocks]]
qr = true
"""
LAYOUT = layouts.parse(TEXT, "visit-sample")
ADDRESS = "https://portal.example.org/papers/visit-sheet/12"


def facts(**changes: object) -> Facts:
    """Facts for the layout, with changes."""
    return (
        sample_common()
        | {
            "family": {"number": "14/2026", "address": "г. Смоленск, ул. Садовая, д. 5, кв. 7"},
            "visit": {
                "day": "22.11.2026",
                "day_words": "22 ноября 2026 г.",
                "goal": "Проверить, как идут\nдомашние занятия",
                "late": "",
            },
            "rows": [
                {"no": "1", "service": "Консультация по вопросам воспитания", "from": "10:00", "to": "10:40"},
                {"no": "2", "service": "Беседа с подростком", "from": "10:40", "to": "11:15"},
            ],
            "nothing": [],
            "advice": [{"text": "Заниматься с ребёнком ежедневно"}, {"text": "Посетить логопеда"}],
            "voters": [
                {"name": "Белова А. И.", "vote": "за", "dissent": ""},
                {"name": "Громов П. С.", "vote": "против", "dissent": "Срок слишком велик."},
            ],
            "specialist": {"short": "Иванова М. П."},
        }
        | changes
    )
