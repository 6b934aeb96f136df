"""A wide table through the wizard: asked, previewed by cells, written, remembered, mended and undone."""

import dataclasses
import io
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import User
from portal.check import broken_rules
from portal.clubs.models import Booking, Club, ClubSession
from portal.db import db, technical
from portal.exchange import grid_rows, grids, kinds, questions, shapes
from portal.exchange.models import Import, ImportHeading
from portal.exchange.workbook import read_workbook
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.counting import counted
from tests.exchange.imports import codes, looked, seen
from tests.exchange.tables import Rows, make_csv, make_ods, make_xlsx
from tests.factories import make_club, make_recipient, make_session, make_user

ATTENDANCE = kinds.KINDS["attendance"]


def monday(weeks: int) -> date:
    return week_of(clock.today()) + timedelta(weeks=weeks)


DAYS = [-3, -2, -1]


@pytest.fixture
def leader(app: Flask) -> User:
    return make_user("pedagogue")


@pytest.fixture
def club(leader: User) -> Club:
    club = make_club(leader)
    for week in DAYS:
        make_session(club, monday(week), starts_at=time(15))
    return club


@pytest.fixture
def children(club: Club) -> list[FamilyMember]:
    found = [make_recipient(club, surname=name) for name in ("Клёнова", "Осинина")]
    with technical() as s:
        s.execute(update(Patronage).values(opened_on=monday(-20), enrolled_on=monday(-20)))
    return found


@pytest.fixture
def client(app: Flask, leader: User, children: list[FamilyMember]) -> Client:
    return Client(app, leader)


def head(days: list[int] | None = None) -> list[object]:
    return ["Ф.И.О.", *(f"{monday(week):%d.%m}" for week in days or DAYS)]


def table(*rows: list[object], title: str = "Клуб «Мастерская»") -> Rows:
    return [[title], head(), *rows]


def upload(client: Client, data: bytes, name: str = "journal.xlsx") -> str:
    answer = client.post("/imports/new/attendance", file=(io.BytesIO(data), name))
    return str(answer.headers["Location"])


def answered(client: Client, address: str, **more: str) -> str:
    """The questions answered: what is known stays, the year is this one's, and `more`."""
    client.get(address)
    fields = {
        one.get("name"): (one.xpath("option[@selected]/@value") or [""])[0]
        for one in client.page.xpath("//main//select")
    }
    fields |= {name: str(monday(DAYS[0]).year) for name in fields if name.startswith("y")}
    return str(client.post(address, **(fields | more)).headers["Location"])


def marks() -> dict[tuple[str, int], str]:
    query = select(FamilyMember.last_name, ClubSession.day, Booking.status).join(
        Booking, Booking.member_id == FamilyMember.id
    )
    rows = db.session.execute(query.join(ClubSession, ClubSession.id == Booking.session_id))
    return {(row.last_name, (row.day - monday(0)).days // 7): row.status for row in rows}


def test_the_wizard_from_the_table_to_the_undo(client: Client) -> None:
    rows = [["Клёнова Вера0", "+", "н", "х"], ["Осинина Вера0", "б", "", "+"], ["Всего", "1", "0", "2"]]
    asks = upload(client, make_xlsx({"Журнал": table(*rows)}))
    assert asks.endswith("/headings")
    preview = answered(client, asks, m0="came")
    client.get(preview)
    places = [th.text_content().strip() for th in client.page.xpath("//tbody/tr/th")]
    assert places == ["B3", "C3", "D3", "B4", "D4"]
    notes = client.page.xpath("string(//section[@aria-labelledby='read'])")
    assert "Мастерская" in notes and str(monday(-3).year) in notes and "5" in notes
    done = client.post(f"{preview}/apply").headers["Location"]
    truth = {("Клёнова", -3): "came", ("Клёнова", -2): "absent", ("Клёнова", -1): "came"}
    truth |= {("Осинина", -3): "excused", ("Осинина", -1): "came"}
    assert marks() == truth
    assert not {"R13", "R14", "audit"} & {one["rule"] for one in broken_rules()}
    assert client.post(f"{preview}/apply").headers["Location"] == done
    client.get(done)
    client.post(f"{done}/undo")
    assert marks() == {} and looked(int(done.rpartition("/")[2])).state == "undone"


def test_a_mark_is_explained_once(client: Client) -> None:
    rows = [["Клёнова Вера0", "х", "отр.", "экскурсия в музей и прогулка до вечера"]]
    asks = upload(client, make_xlsx({"Журнал": table(*rows)}))
    client.get(asks)
    labels = [one.text_content() for one in client.page.xpath("//label[starts-with(@for, 'm')]")]
    assert len(labels) == 2 and "«х»" in labels[0] and "«отр.»" in labels[1]
    preview = answered(client, asks, m0="came", m1="none")
    client.get(f"{preview}?show=refused")
    assert client.page.xpath("//tbody/tr/th/text()") == ["D3"]
    client.get(f"{preview}?show=accepted")
    assert client.page.xpath("//tbody/tr/th/text()") == ["B3"]
    kept = {row.heading: row.field for row in db.session.scalars(select(ImportHeading))}
    assert kept == {"х": "came", "отр.": "none"}, "what is no mark may be a person's data: it is not kept"
    client.get(upload(client, make_xlsx({"Журнал": table(*rows)})))
    assert not client.page.xpath("//select[starts-with(@name, 'm')]")


def test_a_mark_explained_serves_the_list_too(client: Client, leader: User) -> None:
    answered(client, upload(client, make_xlsx({"Журнал": table(["Клёнова Вера0", "х"])})), m0="came")
    rows = [["Клуб", "Дата", "Участник", "Отметка"], ["Мастерская", monday(-1), "Клёнова Вера0", "Х"]]
    assert codes(seen("attendance", rows, leader)) == ["accepted"]


def test_what_was_not_answered_is_asked_again(client: Client) -> None:
    asks = upload(client, make_xlsx({"Журнал": table(["Клёнова Вера0", "+"], title="Наш кружок")}))
    client.post(asks, 422, c0="", y0="")
    client.post(asks, 422, c0="999", y0="1830")
    client.get(asks.removesuffix("/headings"), 303)
    assert db.session.scalar(select(Import.id)) is None


def test_anothers_club_is_not_offered(client: Client) -> None:
    other = make_club(make_user("pedagogue"), "Чужой")
    asks = upload(client, make_xlsx({"Чужой": table(["Клёнова Вера0", "+"], title="Чужой")}))
    client.get(asks)
    assert str(other.id) not in client.page.xpath("//select[@name='c0']/option/@value")
    client.post(asks, 422, c0=str(other.id), y0=str(clock.today().year))


def test_refused_cells_come_back_as_a_list(client: Client, leader: User) -> None:
    rows = [["Клёнова Вера0", "может", "", ""], ["Никто Неведомый", "+", "", ""]]
    preview = answered(client, upload(client, make_xlsx({"Журнал": table(*rows)})))
    (sheet,) = read_workbook(client.http.get(f"{preview}/refused").data)
    assert len(sheet.rows) == 3
    lines = [list(cells[:6]) for _, cells in sheet.rows]
    lines[1][lines[0].index("Отметка")] = "+"
    found = seen("attendance", lines, leader)
    assert codes(found) == ["accepted", "unknown_recipient"]


def test_sessions_come_first_and_the_page_says_so(client: Client) -> None:
    days = ["Ф.И.О.", f"{monday(-1) + timedelta(1):%d.%m.%Y}", f"{monday(-2):%d.%m.%Y}"]
    preview = upload(client, make_xlsx({"Мастерская": [days, ["Клёнова Вера0", "+", "+"]]}))
    client.get(f"{preview}?show=refused")
    assert client.page.xpath("//tbody/tr/th/text()") == ["B2"] and "сначала" in client.text.lower()


def test_two_sessions_of_a_day_go_by_time_else_by_order(client: Client, club: Club, leader: User) -> None:
    make_session(club, monday(-1), slot=2, starts_at=time(18))
    day = f"{monday(-1):%d.%m.%Y}"
    timed = [["ФИО", f"{day} 18:00", day], ["Клёнова Вера0", "+", ""], ["Осинина Вера0", "н", "н"]]
    plain = [["ФИО", day, day, day], ["Клёнова Вера0", "н", "+", "+"]]
    found = seen_wide(leader, {"Мастерская": timed})
    assert codes(found) == ["accepted", "accepted", "several_sessions"]
    assert found.rows[0].facts["session"].starts_at == time(18)
    found = seen_wide(leader, {"Мастерская": plain})
    assert codes(found) == ["accepted", "accepted", "unknown_session"]
    assert [row.facts["session"].starts_at for row in found.rows[:2]] == [time(15), time(18)]
    assert [row.remarks[0].code for row in found.rows[:2]] == ["by_order"] * 2


def test_the_same_child_twice(leader: User, club: Club, children: list[FamilyMember]) -> None:
    days = [f"{monday(week):%d.%m.%Y}" for week in DAYS[:2]]
    rows = [["ФИО", *days], ["Клёнова Вера0", "+", "+"], ["КЛЕНОВА ВЕРА0", "+", "н"]]
    found = seen_wide(leader, {"Мастерская": rows})
    assert codes(found) == ["accepted", "accepted", "double", "contradiction"]
    assert found.rows[2].same == "B2" and found.rows[3].remarks[0].params == {"row": "C2"}


def seen_wide(user: User, sheets: dict[str, Rows], data: bytes | None = None) -> kinds.Preview:
    return kinds.preview(ATTENDANCE, read_workbook(data or make_xlsx(sheets)), {}, user)


@pytest.mark.parametrize(
    "make", [make_ods, lambda sheets: make_csv(sheets["Мастерская"])], ids=["ods", "csv"]
)
def test_other_files_hold_it_too(leader: User, club: Club, children: list[FamilyMember], make) -> None:  # type: ignore[no-untyped-def]
    rows: Rows = [["Клуб Мастерская"], ["ФИО", *(f"{monday(week):%d.%m.%Y}" for week in DAYS)]]
    rows.append(["Клёнова Вера0", "+", "н", "б"])
    found = seen_wide(leader, {}, make({"Мастерская": rows}))
    assert codes(found) == ["accepted"] * 3


def test_a_list_is_still_a_list(leader: User, club: Club, children: list[FamilyMember]) -> None:
    day = monday(-1)
    rows: Rows = [["Клуб", "Дата", "Дата рождения", "Участник", "Отметка"]]
    rows += [["Мастерская", day, date(2015, 3, 4), name, "+"] for name in ("Клёнова Вера0", "Осинина Вера0")]
    found = shapes.shapes_of(read_workbook(make_xlsx({"Л": rows})), ATTENDANCE.fields, {}, True)
    assert not found.grids and codes(seen("attendance", rows, leader)) == ["accepted"] * 2
    rows[0] = ["Куда", "Когда", "Рожд.", "Кто", "Как"]
    found = shapes.shapes_of(read_workbook(make_xlsx({"Л": rows})), ATTENDANCE.fields, {}, True)
    assert not found.grids, "two days in the rows of a list are no headings"


def test_a_table_has_bounds(leader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2020, 1, 1)
    wide = [["ФИО", *(day + timedelta(n) for n in range(grids.MOST_COLUMNS + 1))], ["Клёнова Вера"]]
    long = [["ФИО", day, day + timedelta(7)], *(["Клёнова Вера", "+"] for _ in range(grids.MOST_ROWS + 1))]
    for rows, code in ((wide, "too_many_cells"), (long, "too_many_rows")):
        with pytest.raises(RuleBroken) as refused:
            seen_wide(leader, {"Лист": rows})
        assert refused.value.code == code
    monkeypatch.setattr(grid_rows, "MOST_MARKS", 3)
    make_club(leader, "Радуга")
    with pytest.raises(RuleBroken) as refused:
        seen_wide(leader, {"Радуга": [["ФИО", day, day + timedelta(7)], *([["Клёнова Вера", "+", "+"]] * 2)]})
    assert refused.value.code == "too_many_marks"
    monkeypatch.setattr(shapes, "MOST_GRIDS", 1)
    with pytest.raises(RuleBroken) as refused:
        seen_wide(leader, {name: [["ФИО", day, day + timedelta(7)], ["Клёнова Вера", "+"]] for name in "АБ"})
    assert refused.value.code == "too_many_sheets"


def test_nobody_is_asked_about_hundreds_of_marks(leader: User) -> None:
    days = [date(2026, 1, 1) + timedelta(n) for n in range(100)]
    rows: Rows = [["ФИО", *days], ["Клёнова Вера", *(f"знак{n}" for n in range(100))]]
    asked = kinds.questions(ATTENDANCE, read_workbook(make_xlsx({"Л": rows})), {}, leader, {})
    assert sum(bool(one.mark) for one in asked) == questions.MOST_ASKED


def test_questions_of_the_database_do_not_grow_with_the_table(
    leader: User, club: Club, children: list[FamilyMember]
) -> None:
    days = [f"{monday(week):%d.%m.%Y}" for week in DAYS]
    names = ["Клёнова Вера0", "Осинина Вера0"]
    counts = []
    for width, height in ((2, 1), (3, 2)):
        rows: Rows = [["ФИО", *days[-width:]], *([name, *"+++"[:width]] for name in names[:height])]
        with counted() as asked:
            seen_wide(leader, {"Мастерская": rows})
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_list_and_a_table_in_one_file(leader: User, club: Club, children: list[FamilyMember]) -> None:
    day = f"{monday(-2):%d.%m.%Y}"
    rows: Rows = [["Клуб", "Дата", "Участник", "Отметка"], ["Мастерская", monday(-1), "Осинина Вера0", "+"]]
    found = seen_wide(
        leader,
        {
            "Список": rows,
            "Мастерская": [["ФИО", day, day], ["Клёнова Вера0", "+", ""]],
            "Итоги": [["Всего", "2"]],
        },
    )
    assert {(row.sheet, row.place) for row in found.rows} == {("Список", "2"), ("Мастерская", "B2")}
    assert codes(found) == ["accepted"] * 2
    assert [note.params["sheets"] for note in found.notes if note.code == "unread"] == ["«Итоги»"]


def test_crossed_merging_is_refused(leader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MOST_MERGED", 20)
    (sheet,) = read_workbook(
        make_xlsx({"Л": [["ФИО", "03.09.2026", "10.09.2026"], ["Клёнова Вера", "+", "+"]]})
    )
    crossed = dataclasses.replace(sheet, merged=(((0, 1), (1, 2)),) * 9)
    with pytest.raises(RuleBroken) as refused:
        kinds.preview(ATTENDANCE, [crossed], {}, leader)
    assert refused.value.code == "too_many_cells"
