"""The yardsticks: a Flask that says hello, and one that draws a table with a template."""

from flask import Flask, render_template_string

app = Flask(__name__)
ROWS = [(n, f"Иванова Мария Петровна {n}", "+7 912 345-67-89", "плановый", "22.11.2026") for n in range(25)]
PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<nav><ul>{% for place in places %}<li><a href="/{{ loop.index }}">{{ place }}</a></li>{% endfor %}</ul></nav>
<main><h1>{{ title }}</h1><table>
<thead><tr><th>№</th><th>Семья</th><th>Телефон</th><th>Режим</th><th>День</th></tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody>
</table></main>
</body></html>"""
PLACES = ("Моя работа", "Семьи", "Консилиум", "Контакты", "Клубы", "Закрепления")


@app.get("/")
def hello() -> str:
    """What no page can be quicker than."""
    return "Hello"


@app.get("/table")
def table() -> str:
    """The bare template page: 25 rows from memory."""
    return render_template_string(PAGE, title="Семьи", rows=ROWS, places=PLACES)
