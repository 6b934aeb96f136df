"""The papers of a family say what the record holds: on the facts, and on the PDF read back."""

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import technical
from portal.families.models import FamilyMember
from portal.papers import filling, layouts, making
from portal.papers.catalog import KINDS
from portal.settings import actions as settings
from tests.factories import make_plan
from tests.papers.reading import of_pdf, squeezed
from tests.papers.rich import ago, make_world
from tests.papers.told import facts_of, printed, shape

CODES = (
    *("consent", "withdrawal", "personal-data-consent", "photo-consent", "application", "survey-report"),
    *("service-agreement", "family-card", "social-diagnosis", "support-plan", "closing-analysis"),
    *("visit-schedule", "visit-sheet", "outing-log"),
)
MOTHER, FATHER, ANNA = "Кукушкина Мария Ивановна", "Кукушкин Олег Петрович", "Кукушкина Анна Олеговна"
BOTH = "несовершеннолетних Кукушкиной Анны Олеговны, 02.01.{} г. р.; Кукушкина Ивана Олеговича, {} г. р."


@pytest.fixture
def world(app):
    return make_world()


def day(value):
    return f"{value:%d.%m.%Y}"


def of_children():
    year = clock.today().year
    return BOTH.format(year - 15, year - 8)


def test_all_kinds_are_there_and_fit_their_samples():
    assert set(CODES) <= set(KINDS)
    for code in CODES:
        filling.check(layouts.read(code), KINDS[code].sample)


def test_facts_have_the_names_of_the_sample(world):
    for code in CODES:
        assert shape(facts_of(code, world.ids[code])) == shape(KINDS[code].sample), code


def test_the_consent_names_both_representatives_and_the_child_that_signs(world):
    facts = facts_of("consent", world.ids["consent"])
    assert facts["representative"]["full"] == MOTHER
    assert facts["representative"]["genitive"] == "Кукушкиной Марии Ивановны"
    assert facts["declared"]["who"].endswith(f"законный представитель {of_children()}")
    assert (
        "12.03.1990 г. р., адрес места жительства: ул. Мира, 1, тел. +7 999 123-45-67"
        in facts["declared"]["who"]
    )
    assert [one["name"] for one in facts["others"]] == [FATHER]
    assert [one["name"] for one in facts["minors"]] == [ANNA]
    assert facts["given"]["day"] == day(ago(39))
    said = printed("consent", world.ids["consent"])
    assert "Несовершеннолетний(яя), достигший(ая) возраста 14 лет" in said


def test_a_consent_to_be_signed_has_no_date_but_a_line(world):
    facts = facts_of("consent", world.member(1).id)  # the father's is withdrawn
    assert facts["given"] == {"day": "", "words": ""}
    assert "Дата: «____»" in printed("consent", world.member(1).id)


def test_the_age_of_signing_is_the_center_s(world):
    settings.change_settings(world.head.id, signing_age=16)
    facts = facts_of("personal-data-consent", world.ids["consent"])
    assert facts["minors"] == [] and "16 лет" in facts["age"]["words"]
    settings.change_settings(world.head.id, signing_age=0)
    facts = facts_of("personal-data-consent", world.ids["consent"])
    assert facts["minors"] == [] and facts["age"]["words"] == ""
    # who has signed the consent is named on it whatever the age is now
    assert [one["name"] for one in facts_of("consent", world.ids["consent"])["minors"]] == [ANNA]


def test_the_withdrawal_says_of_which_consent_and_why(world):
    facts = facts_of("withdrawal", world.ids["withdrawal"])
    assert facts["representative"]["genitive"] == "Кукушкина Олега Петровича"
    assert facts["consent"]["day"] == day(ago(30))
    assert (facts["withdrawn"]["day"], facts["withdrawn"]["reason"]) == (day(ago(2)), "Больше не нужно")


def test_personal_data_has_all_that_the_law_asks_of_a_consent(world):
    """152-FZ, art. 9.4: who, whose operator, aims, list of data, actions, term and withdrawal, signature."""
    said = printed("personal-data-consent", world.ids["personal-data-consent"])
    for part in (
        MOTHER,
        "документ, удостоверяющий личность",
        "подтверждающий полномочия",
        "оператору (Центр",
    ):
        assert part in said
    for part in (
        "Цели обработки",
        "Перечень персональных данных",
        "Действия с персональными",
        "Срок действия и отзыв",
    ):
        assert part in said
    assert "состоянии здоровья" in said and "ул. Мира, 1" in said


def test_the_photo_consent_is_of_whoever_is_seen(world):
    facts = facts_of("photo-consent", world.ids["photo-consent"])
    assert facts["signer"]["full"] == FATHER and facts["given"]["day"] == day(ago(10))
    assert facts["children"]["of"].startswith("несовершеннолетней Кукушкиной Анны Олеговны")
    assert [one["name"] for one in facts["minors"]] == [ANNA]
    of_ivan = facts_of("photo-consent", world.member(3).id)
    assert of_ivan["signer"]["full"] == MOTHER and of_ivan["minors"] == []
    assert of_ivan["children"]["of"].startswith("несовершеннолетнего Кукушкина Ивана")
    with technical() as s:  # who signed is who signed
        s.execute(update(FamilyMember).where(FamilyMember.id == world.member(1).id).values(left_on=ago(1)))
    assert facts_of("photo-consent", world.ids["photo-consent"])["signer"]["full"] == FATHER
    own = printed("photo-consent", world.member(0).id)
    assert f"Я, {MOTHER}" in own and "согласие на свою фото" in own and "законный представитель" not in own


def test_the_application_says_who_asks_and_why(world):
    facts = facts_of("application", world.ids["application"])
    assert facts["representative"]["full"] == MOTHER
    assert (facts["intake"]["day"], facts["intake"]["about"]) == (day(ago(39)), "Осталась без работы")
    assert [one["name"] for one in facts["members"]] == [MOTHER, FATHER, ANNA, "Кукушкин Иван Олегович"]
    assert facts["members"][0]["born"] == "12.03.1990" and facts["members"][3]["born"].endswith(" г. р.")
    assert [one["relation"] for one in facts["members"]] == ["мать", "отец", "ребёнок", "ребёнок"]


def test_the_survey_has_all_that_was_found(world):
    facts = facts_of("survey-report", world.ids["survey-report"])
    assert facts["specialist"] == {
        "full": "Ведущая Анна Петровна",
        "short": "Ведущая А. П.",
        "position": "социальный педагог",
    }
    assert facts["intake"] == {"day": day(ago(39)), "from": "заявление семьи"}
    said = printed("survey-report", world.ids["survey-report"])
    for part in (
        "мать, бабушка",
        "Две комнаты",
        "Пособие",
        "Здоровы",
        "Есть стол",
        "Тёплые",
        "Работа",
        "Помочь",
    ):
        assert part in said


def test_the_agreement_is_free_of_charge_and_has_its_number(world):
    facts = facts_of("service-agreement", world.ids["service-agreement"])
    assert facts["agreement"]["number"] == "12/п" and facts["agreement"]["day"] == day(ago(37))
    assert facts["representative"]["full"] == MOTHER and facts["patronage"] == {"regime": "плановый"}
    said = printed("service-agreement", world.ids["service-agreement"])
    assert "без взимания платы" in said and f"до {facts['agreement']['until']}" in said


def test_the_family_card_holds_the_card(world):
    facts = facts_of("family-card", world.ids["family-card"])
    assert facts["family"]["categories"] == "СОП, многодетная"
    assert facts["family"]["phone"] == "+7 999 123-45-67, +7 999 222-33-44"
    assert facts["family"]["course_ended"] == day(ago(50)) and facts["family"]["note"] == "Звонить вечером"
    assert [one["name"] for one in facts["members"]] == [MOTHER, FATHER, ANNA, "Кукушкин Иван Олегович"]
    assert facts["gone"] == [{"name": "Кукушкин Пётр Олегович", "left": day(ago(5))}]
    [episode] = facts["episodes"]
    assert episode["ground"] == "окончание курса реабилитации, протокол № 3"
    assert episode["regime"] == "плановый, краткосрочный" and episode["until"] == day(ago(-90))
    assert [one["who"] for one in facts["consents"]] == [FATHER, MOTHER]
    assert facts["consents"][0]["withdrawn"] == f"{day(ago(2))}, Больше не нужно"
    assert facts["consents"][1]["signed"] == ANNA
    assert [one["kind"] for one in facts["specialists"]] == ["куратор", "привлечённый специалист"]
    assert facts["decisions"][0]["outcome"] == "принято"
    assert facts["links"][0]["who"] == "бабушка, Нина Павловна"
    assert facts["links"][0]["phone"] == "+7 999 765-43-21"


def test_the_diagnosis_has_every_sphere_and_the_change(world):
    facts = facts_of("social-diagnosis", world.ids["social-diagnosis"])
    assert len(facts["spheres"]) == 10
    assert {one["score"][0] for one in facts["spheres"]} == {"1"}
    assert {one["change"] for one in facts["spheres"]} == {"лучше на 2"}
    assert facts["earlier"]["day"] == day(ago(34)) and facts["diagnosis"]["depth"].startswith("2 — ")
    said = printed("social-diagnosis", world.ids["social-diagnosis"])
    for part in (
        "Не работает",
        "Бабушка рядом",
        "Дружные",
        "Долги",
        "Потеря работы",
        "Кризис дохода",
        "Голод",
    ):
        assert part in said
    for part in ("Забота", "Школа", "Справимся", "Найти работу", "Ведущая А. П."):
        assert part in said
    assert "Проект" not in said


def test_the_plan_has_measures_with_day_person_and_the_family_s_part(world):
    facts = facts_of("support-plan", world.ids["support-plan"])
    first, second = facts["measures"]
    assert (
        first["no"] == "1.1" and first["who"] == "Ведущая А. П." and first["family_part"] == "Собрать справки"
    )
    assert first["due"] == day(ago(-7)) and first["result"] == f"выполнено, {day(ago(1))}: Встала на учёт"
    assert second["text"].endswith("(совместная досуговая деятельность)") and second["who"] == "школа"
    assert second["result"] == ""
    assert facts["plan"]["agreed"] == day(ago(33)) and facts["representatives"] == [
        {"short": "Кукушкина М. И."}
    ]
    assert facts["approved"] == {"by": "Главная А. П.", "day": day(clock.today())}
    said = printed("support-plan", world.ids["support-plan"])
    assert "Встать на учёт" in said and "Доходы и работа: Доход семьи вырос" in said


def test_a_draft_of_the_plan_has_a_line_for_each_who_may_sign_it(world):
    draft = make_plan(world.patronage, world.lead, version=2)
    facts = facts_of("support-plan", draft.id)
    assert facts["representatives"] == [{"short": "Кукушкина М. И."}, {"short": "Кукушкин О. П."}]
    said = printed("support-plan", draft.id)
    assert "Проект: не утверждён" in said and said.count("Согласовано: законный представитель") == 2
    assert "Кукушкина М. И." in said and "Кукушкин О. П." in said


def test_the_closing_analysis_has_its_figures(world):
    facts = facts_of("closing-analysis", world.ids["closing-analysis"])
    assert facts["contacts"] == {"visits": "1", "calls": "1", "meetings": "0", "failed": "0"}
    assert facts["measures"] == [
        {"outcome": "в работе", "count": "1"},
        {"outcome": "выполнено", "count": "1"},
    ]
    housing = facts["spheres"][0]
    assert (housing["then"][0], housing["now"][0], housing["change"]) == ("3", "1", "лучше на 2")
    assert facts["analysis"]["body"] == "Мать нашла работу.\nДети учатся."
    assert facts["approved"]["by"] == "Главная А. П." and facts["author"]["short"] == "Ведущая А. П."
    assert len(facts["specialists"]) == 2


SAYS = {  # on the sheets of paper themselves
    "consent": ("Согласие на патронажное сопровождение семьи", MOTHER, "Кукушкин О. П.", "Кукушкина А. О."),
    "withdrawal": ("отзываю данное мною", "Больше не нужно"),
    "personal-data-consent": (MOTHER, "Перечень персональных данных"),
    "photo-consent": (FATHER, "несовершеннолетней Кукушкиной Анны Олеговны"),
    "application": (
        "Заявление о предоставлении социальных услуг",
        "Осталась без работы",
        "Кукушкин Иван Олегович",
    ),
    "survey-report": ("Две комнаты", "мать, бабушка", "Ведущая Анна Петровна, социальный педагог"),
    "service-agreement": ("Номер договора: 12/п", "без взимания платы", MOTHER),
    "family-card": ("Карта семьи №", "СОП, многодетная", "Сидит с детьми"),
    "social-diagnosis": ("Насилие и жестокое обращение", "лучше на 2", "Найти работу"),
    "support-plan": ("Собрать справки", "Ведущая А. П.", "Согласовано: законный представитель"),
    "closing-analysis": ("Мать нашла работу.", "Дети учатся.", "звонков и видеозвонков: 1"),
    "visit-schedule": ("не менее 1 раза в месяц", "Видеозвонок"),
    "visit-sheet": ("Лист патронажного визита", "Мать будет дома", "Читать вслух", "Торопилась"),
    "outing-log": ("График выходов", "Ведущая Анна Петровна", "ул. Мира, 1"),
}


def test_all_of_them_are_drawn_and_read_back(world):
    assert set(SAYS) == set(CODES)
    for code, parts in SAYS.items():
        said = squeezed(of_pdf(making.make(KINDS[code], world.ids[code], "pdf")))
        for part in parts:
            assert squeezed(part) in said, (code, part)


def test_blanks_tell_nothing_about_anybody_but_whose_they_are(world):
    for code in CODES:
        if KINDS[code].has_blank:
            said = squeezed(of_pdf(making.make(KINDS[code], world.ids[code], "pdf", blank=True)))
            for secret in ("Осталась без работы", "Две комнаты", "Торопилась", "Обсудили план", MOTHER, ANNA):
                assert squeezed(secret) not in said, (code, secret)
