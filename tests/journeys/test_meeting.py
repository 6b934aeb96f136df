"""A whole meeting, five people at once, one on a phone: all that can happen in one, to the check of its minutes."""

from datetime import timedelta

from playwright.sync_api import expect

from portal import clock
from portal.check import broken_rules
from portal.consilium import actions, agenda, proof
from portal.db import db
from portal.papers import making
from portal.papers.catalog import KINDS
from portal.web import show_date
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose
from tests.factories import PASSWORD, make_assignment, make_family, make_patronage
from tests.journeys.conftest import Center, look
from tests.journeys.room import Room
from tests.test_files import picture

REASON, OPINION, SAID = "Семье стало легче", "Контрольный режим вводить рано.", "Доложила специалист."
ASKED = "справка о жилье"
OVER = """(button, other) => {
  button.scrollIntoView({block: "end"});
  const one = button.getBoundingClientRect(), two = document.querySelector(other).getBoundingClientRect();
  return one.top < two.bottom && two.top < one.bottom;
}"""


def test_five_people_hold_a_meeting(center: Center) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    known = make_patronage(make_family("Ясная"), imported=True)
    make_assignment(known, people.members[1], "involved")
    by = people.secretary.id
    regime = agenda.add_item(meeting_id, "regime", known.id, regime="control", actor_id=by)
    question = agenda.add_item(meeting_id, "question", question="О графике заседаний", actor_id=by)
    later = propose(people, meeting_id, make_submitted("Тихая"))
    actions.convene(meeting_id, people.chair.id)
    room = Room(center, people, meeting_id)
    gather(room)
    receipt = decide_without_one_member(room, regime, center)
    dissent(room, regime)
    lose_the_quorum_and_regain_it(room)
    decide_by_the_chair(room, question)
    put_off(room, later)
    close(room)
    check_own_votes(room, receipt)
    write_the_minutes(room)
    sign(room)
    check_the_paper(room, center)
    db.session.rollback()
    assert broken_rules() == []
    assert proof.verify()[1] == []


def gather(room: Room) -> None:
    """The secretary marks who has come, one of them by video; the chair opens."""
    chair, secretary, (first, second, third) = room.people.chair, room.people.secretary, room.people.members
    for user in (chair, secretary, first, third):
        room.mark(user, "Здесь")
    room.mark(second, "Видео")
    room.all_see("#quorum", "Присутствуют 4 из 4", "кворум есть")
    room.look()
    room.press(room.chair, "Открыть заседание")
    room.all_see("#meeting", "Сейчас голосования нет")


def decide_without_one_member(room: Room, item_id: int, center: Center) -> str:
    """A member who works with the family is recused; another drops off while the others vote, and comes back."""
    declare_a_recusal(room, item_id)
    room.put_to_the_vote(item_id)
    room.choose(room.phone, "for", "Согласна")
    room.phone.context.set_offline(True)
    room.press(room.phone, "Проголосовать")
    expect(room.phone.locator("#offline")).to_contain_text("Сервер не отвечает")
    button = room.phone.get_by_role("button", name="Проголосовать")
    assert not button.evaluate(OVER, "#offline"), "the word on the connection lies over what is pressed"
    room.vote(room.chair, "for")
    room.vote(room.third, "against", REASON)
    others = [page for page in room.pages if page is not room.phone]
    progress = f"#progress-{item_id}"
    room.all_see(progress, "2 из 3", among=others)
    expect(room.phone.locator(progress)).to_contain_text("0 из 3")
    room.phone.context.set_offline(False)
    room.all_see(progress, "2 из 3")
    expect(room.phone.locator("#offline")).to_contain_text("последнее нажатие не дошло")
    center.forgive()  # the browser reports the connection that we took away
    expect(room.phone.locator(".ballot input[value=for]")).to_be_checked()
    expect(room.phone.locator("textarea[name=reason]")).to_have_value("Согласна")
    room.look()
    room.press(room.phone, "Проголосовать")
    expect(room.phone.locator("#own-vote")).to_contain_text("За")
    expect(room.phone.locator("#offline")).to_be_empty()
    receipt = room.phone.locator(f"#receipt-{item_id} code").inner_text()
    room.all_see(progress, "3 из 3")
    room.none_sees("#meeting", "За: ", "Против: ", REASON)
    room.close_the_vote(item_id, "За: 2", "Против: 1", "Самоотвод: 1")
    return receipt


def declare_a_recusal(room: Room, item_id: int) -> None:
    """The portal asks the member who works with the family; nobody else is asked."""
    page = room.second
    expect(page.locator(f"#item-{item_id}")).to_contain_text("Вы работаете с этой семьёй.")
    room.press(page, "Заявить самоотвод?", f"#item-{item_id}")
    look(page, "Мой самоотвод")
    room.press(page, "Заявить самоотвод")
    room.sit(page)
    room.all_see(f"#item-{item_id}", "Самоотвод", room.people.members[1].short_name)


def dissent(room: Room, item_id: int) -> None:
    """Of the member who was outvoted, from the card of the item."""
    page = room.third
    page.locator(f"#item-{item_id} a").first.click()
    look(page, "Изменение режима: Ясная")
    room.press(page, "Заявить особое мнение")
    look(page, "Особое мнение")
    page.locator("[name=body]").fill(OPINION)
    room.press(page, "Приложить особое мнение")
    expect(page.locator("#held")).to_contain_text(OPINION)
    look(page, "Изменение режима: Ясная")
    room.press(page, "К заседанию")
    room.sit(page)
    room.all_see(f"#item-{item_id}", "Особое мнение", room.people.members[2].short_name)


def lose_the_quorum_and_regain_it(room: Room) -> None:
    """Two leave the room: nothing can be put to the vote; one comes back: it can."""
    _first, second, third = room.people.members
    room.mark(second, "Уваж.")
    room.mark(third, "Нет")
    room.all_see("#quorum", "Присутствуют 2 из 4", "кворума пока нет")
    expect(room.chair.get_by_role("button", name="На голосование")).to_have_count(0)
    room.look()
    room.come_in(room.third)
    room.all_see("#quorum", "Присутствуют 3 из 4", "кворум есть")


def decide_by_the_chair(room: Room, item_id: int) -> None:
    """Two against two; on the way two votes fall with their members, and the quorum, and all come back."""
    _first, second, third = room.people.members
    room.put_to_the_vote(item_id)
    expect(room.second.locator(f"#vote-{item_id}")).to_contain_text("Вы не отмечены присутствующим")
    room.come_in(room.second)
    for page, choice in ((room.chair, "for"), (room.phone, "for"), (room.second, "against")):
        room.vote(page, choice)
    enter_a_vote(room)
    room.mark(second, "Нет")
    expect(room.secretary.locator("#notice")).to_contain_text("его голос не учитывается")
    expect(room.second.locator("#meeting")).to_contain_text("Ваш голос не учитывается, пока вы отмечены")
    room.all_see(f"#progress-{item_id}", "3 из 3", "1 голос сейчас не учитывается")
    room.mark(third, "Нет")
    room.all_see(f"#vote-{item_id}", "Кворума больше нет", "2 голоса сейчас не учитываются")
    expect(room.chair.get_by_role("button", name="Закрыть голосование")).to_have_count(0)
    room.look()
    room.come_in(room.second)
    expect(room.second.locator("#notice")).to_contain_text("ваш голос снова учитывается")
    room.mark(third, "Здесь")
    expect(room.secretary.locator("#notice")).to_contain_text("голос снова учитывается")
    room.all_see(f"#progress-{item_id}", "4 из 4")
    room.none_sees(f"#item-{item_id}, #vote-{item_id}", "За: ", "Против: ")
    room.close_the_vote(item_id, "голосом председателя", "За: 2", "Против: 2")


def enter_a_vote(room: Room) -> None:
    """The secretary's, for the only one who has not voted, said to have no device."""
    page, third = room.secretary, room.people.members[2]
    room.press(page, "Внести голос…")
    look(page, "Голос члена консилиума без устройства")
    page.locator("[name=user_id]").select_option(label=third.full_name)
    page.locator("[name=choice][value=against]").check()
    room.press(page, "Внести голос")
    room.sit(page)
    expect(room.third.locator("#own-vote")).to_contain_text("Против")


def put_off(room: Room, item_id: int) -> None:
    """With until when, and what is asked for until then."""
    page, until = room.chair, clock.today() + timedelta(14)
    room.press(page, "Отложить…", f"#item-{item_id}")
    look(page, "Отложить вопрос")
    page.locator("[name=why]").fill("Неясно, где семья живёт")
    page.locator("[name=until_on]").fill(until.isoformat())
    page.locator("[name=asked]").fill(ASKED)
    room.press(page, "Отложить")
    room.sit(page)
    room.all_see(f"#item-{item_id}", f"Отложено до {show_date(until)}", ASKED)


def close(room: Room) -> None:
    room.press(room.chair, "Закрыть заседание")
    for page in room.pages:
        expect(page.locator("#meeting").get_by_role("link", name="Протокол")).to_be_visible()
    room.all_see("#meeting", "завершено")
    room.look()


def check_own_votes(room: Room, receipt: str) -> None:
    """Each sees that their votes are counted as they cast them; a receipt finds its vote."""
    for page, count in ((room.chair, 2), (room.phone, 2), (room.second, 1), (room.third, 2)):
        room.press(page, "Проверить мои голоса")
        look(page, "Мои голоса")
        expect(page.get_by_text("учтён так, как подан")).to_have_count(count)
        expect(page.get_by_text("не сходится")).to_have_count(0)
    room.phone.locator("[name=receipt]").fill(receipt.lower())
    room.press(room.phone, "Найти мой голос")
    look(room.phone, "Мои голоса")
    expect(room.phone.locator("main")).to_contain_text("найден по квитанции")


def write_the_minutes(room: Room) -> None:
    page = room.secretary
    room.press(page, "Протокол", "#meeting")
    look(page, "Протокол №")
    room.press(page, "Записать обсуждение")
    look(page, "что обсуждали")
    page.locator("textarea[name^=discussion]").first.fill(SAID)
    room.press(page, "Сохранить")
    look(page, "Протокол №")
    room.press(page, "Передать на подпись")
    expect(page.locator("#minutes-state")).to_contain_text("Протокол передан на подпись")


def sign(room: Room) -> None:
    """Four with their passwords, the fifth on paper; all see the whole of it."""
    for page in (room.chair, room.secretary, room.phone, room.second):
        page.goto(room.address + "/minutes")
        expect(page.locator(".sheet")).to_contain_text(SAID)
        expect(page.locator(".sheet")).to_contain_text(OPINION)
        look(page, "Протокол №")
        page.locator("#sign [name=password]").fill(PASSWORD)
        room.press(page, "Подписать", "#sign")
        expect(page.locator("#minutes-state")).to_contain_text("Вы подписали протокол")
    page, third = room.secretary, room.people.members[2]
    page.reload()
    expect(page.locator("#minutes-state")).to_contain_text(third.short_name)
    room.press(page, "Подписано на бумаге: внести скан")
    look(page, "подписан на бумаге")
    page.get_by_label(third.short_name).check()
    scan = {"name": "scan.png", "mimeType": "image/png", "buffer": picture("PNG")}
    page.locator("[name=scan]").set_input_files(scan)  # type: ignore[arg-type]
    room.press(page, "Внести подписи")
    for page in room.pages:
        page.goto(room.address + "/minutes")
        expect(page.locator("#minutes-state")).to_contain_text("подписан всеми")
        look(page, "Протокол №")


def check_the_paper(room: Room, center: Center) -> None:
    """The address in the QR of the paper, read by a telephone that nobody has signed in to yet, and by the others."""
    link = room.third.get_by_role("link", name="Сверить бумагу с базой данных")
    meeting_id, address = int(room.address.rpartition("/")[2]), str(link.get_attribute("href"))
    assert making.paper_address(KINDS["minutes"], meeting_id).endswith(address)
    address = center.url + address
    reader = center.open(size="phone")
    reader.goto(address)
    reader.locator("input[name=username]").fill(room.people.members[0].username)
    reader.locator("input[name=password]").fill(PASSWORD)
    reader.locator("form:has(input[name=password]) button[type=submit]").click()
    for page in (reader, *room.pages):
        if page is not reader:
            page.goto(address)
        look(page, "Проверка протокола")
        expect(page.locator("main")).to_contain_text("Бумага и база данных совпадают")
