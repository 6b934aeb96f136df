"""Names in cases as the center says them: proposed, corrected, and dropped with the name they were said of."""

import pytest
from sqlalchemy import select

from portal.audit import AuditEntry
from portal.db import db, technical
from portal.families.models import FamilyMember
from portal.papers import name_cases, named
from portal.papers.name_models import NameCase
from portal.rules import RuleBroken
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user
from tests.together import at_once

NEW = {"genitive": "Мельника Анны Сергеевны", "dative": ""}


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def member(lead):
    family = make_family("Мельник")
    make_patronage(family, lead=lead)
    return family.members[0]


def _correct(person, texts, actor, seen=None):
    version = named.version(person) if seen is None else seen
    named.correct(person.__tablename__, person.id, texts, actor.id, version)


def test_what_is_corrected_goes_before_what_is_proposed(member, lead):
    before = name_cases.of_person("family_members", member.id)
    _correct(member, NEW | {"accusative": before.accusative}, lead)
    after = name_cases.of_person("family_members", member.id)
    assert after.genitive == NEW["genitive"]
    assert after.genitive_parts.short == "Мельника А. С."
    assert after.dative == before.dative
    assert db.session.scalars(select(NameCase.case_name)).all() == ["genitive"]


def test_a_correction_falls_with_the_name_it_was_said_of(member, lead):
    _correct(member, NEW, lead)
    with technical() as s:
        s.get_one(FamilyMember, member.id).last_name = "Котова"
    db.session.expire_all()
    person = db.session.get_one(FamilyMember, member.id)
    assert name_cases.of_person("family_members", member.id).genitive.startswith("Котовой")
    assert named.outdated(person) == [NEW["genitive"]]
    _correct(person, {}, lead)
    assert named.outdated(person) == []


def test_a_colleague_has_a_name_in_cases_too(app, lead):
    _correct(lead, {"dative": "Кому Надо"}, lead)
    assert name_cases.of_person("users", lead.id).dative == "Кому Надо"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.kind, entry.object_id) == ("account.changed", "users", lead.id)


def test_many_names_take_two_statements(app, lead):
    members = [make_family(f"Иванова{chr(1072 + n)}").members[0].id for n in range(6)]
    with counted() as few:
        name_cases.of_people("family_members", members[:1])
    with counted() as many:
        assert len(name_cases.of_people("family_members", members)) == 6
    assert len(few) == len(many) == 2


def test_the_second_of_two_is_told(member, lead):
    seen = named.version(member)
    _correct(member, NEW, lead)
    with pytest.raises(RuleBroken, match="changed"):
        _correct(member, {"genitive": "Иначе"}, lead, seen)


def test_two_at_once_leave_one_correction(app, member, lead):
    seen, member_id, actor = named.version(member), member.id, lead.id

    def say(text):
        named.correct("family_members", member_id, {"genitive": text}, actor, seen)

    ends = at_once(app, *(lambda text=text: say(text) for text in ("Первая", "Вторая")))
    assert sorted(ends) == ["changed_meanwhile", "done"]
    assert len(db.session.scalars(select(NameCase.text)).all()) == 1


def test_the_page_proposes_keeps_and_refuses(app, member, lead):
    client = Client(app, lead)
    path = f"/families/{member.family_id}/members/{member.id}/cases"
    proposed = named.proposed(member)["genitive"]
    assert proposed in client.get(path).text
    seen = named.version(member)
    client.post(path, genitive=NEW["genitive"], version=seen)
    assert NEW["genitive"] in client.get(path).text
    assert "Иначе" in client.post(path, status=422, genitive="Иначе", version=seen).text
    assert client.get(f"/families/{member.family_id}").text.count(path) == 1
    other = make_family("Чужая").members[0]
    client.get(f"/families/{other.family_id}/members/{other.id}/cases", status=404)
    client.get(f"/families/{member.family_id}/members/{other.id}/cases", status=404)


def test_the_administrator_says_how_a_colleague_is_written(app, lead):
    client = Client(app, make_user("admin"))
    path = f"/people/{lead.id}/cases"
    assert path in client.get(f"/people/{lead.id}").text
    client.get(path)
    client.post(path, dative="Кому Надо", version=named.version(lead))
    assert name_cases.of_person("users", lead.id).dative == "Кому Надо"
