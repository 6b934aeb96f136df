"""The minutes of a meeting as a paper: what its record says, and nothing worked out anew."""

from typing import Any

from portal import clock
from portal.consilium import labels, minutes_queries
from portal.consilium.minutes_models import Minutes
from portal.consilium.minutes_queries import Paper
from portal.consilium.minutes_record import record_of, short
from portal.consilium.models import Meeting
from portal.consilium.queries import get_meeting
from portal.consilium.wording import decided, details
from portal.db import db
from portal.papers import agenda_words as words
from portal.papers.facts import clock_time, day, day_words
from portal.papers.kind import Facts
from portal.rules import minutes as rules
from portal.rules.names import FullName

HELD_NOT = "no_quorum"


def get_minutes(user: Any, meeting_id: int) -> Meeting | None:
    """A meeting that is over and whose minutes the user may read whole, else None."""
    meeting = get_meeting(user, meeting_id)
    if meeting is None or meeting.status not in rules.OVER:
        return None
    record = record_of(meeting)
    whole = len(minutes_queries.open_items(user, record)) == len(record.items)
    return meeting if whole else None


def families_of(meeting_id: int) -> set[int]:
    """The families of which the minutes tell what was said."""
    return minutes_queries.read_families(_paper(db.session.get_one(Meeting, meeting_id)))


def leads_to(meeting_id: int) -> tuple[str, dict[str, Any]] | None:
    """The page that compares the paper with the record; none before the minutes are offered."""
    row = db.session.get(Minutes, meeting_id)
    if row is None or row.offered_at is None:
        return None
    return "consilium.verify_minutes", {"meeting_id": meeting_id, "code": row.digest}


def _paper(meeting: Meeting) -> Paper:
    """The minutes, open as a whole."""
    record = record_of(meeting)
    signers = [one for one in record.seats if rules.signs(one["seat"], one["user_id"] in record.took_part)]
    everything = frozenset(item["id"] for item in record.items)
    return Paper(meeting, record, signers, everything, minutes_queries.due_on(meeting), 0, False, False)


def minutes(meeting_id: int) -> Facts:
    """All that the minutes say. Votes are of closed items only: the record has no others."""
    meeting = db.session.get_one(Meeting, meeting_id)
    paper = _paper(meeting)
    record, signers = paper.record, paper.signers
    held = meeting.status != HELD_NOT
    row = record.minutes or {}
    return {
        "meeting": _meeting(meeting),
        "held": "да" if held else "",
        "present": _seats(record.seats, record.took_part, "video"),
        "absent": _seats(
            record.seats, {seat["user_id"] for seat in record.seats} - record.took_part, "excused"
        ),
        "came": _came(paper),
        "quorum": {
            "present": str(record.present),
            "voters": str(record.voters),
            "needed": str(record.quorum(meeting)),
            "of_roll": "да" if meeting.majority == "roll" else "",
        },
        "agenda": [{"no": str(no), "about": _about(item)} for no, item in enumerate(record.items, 1)],
        "items": [
            _item(paper, no, item)
            for no, item in enumerate(record.items, 1)
            if held or item["discussion"] or item["id"] in record.dissents
        ],
        "besides": row.get("heard", ""),
        "signers": [_signer(paper, seat) for seat in signers],
        "annex": [{"no": str(no), "text": _dissent(paper, one)} for no, one in paper.annex],
        "proof": {
            "offered": f"{day(row['offered_at'])}, {clock_time(row['offered_at'])}"
            if row.get("offered_at")
            else "",
            "digest": row.get("digest", ""),
            "chain_id": str(row.get("chain_id") or ""),
            "chain": row.get("chain", ""),
        },
    }


def _meeting(meeting: Meeting) -> Facts:
    return {
        "number": str(meeting.number),
        "year": str(meeting.year),
        "day": day(meeting.held_on),
        "day_words": day_words(meeting.held_on),
        "time": clock_time(meeting.starts_at),
        "place": meeting.place,
        "extraordinary": "внеочередного " if meeting.kind == "extraordinary" else "",
        "began": clock_time(meeting.opened_at),
        "ended": _ended(meeting),
    }


def _ended(meeting: Meeting) -> str:
    if meeting.closed_at is None:
        return ""
    same = clock.local(meeting.closed_at).date() == meeting.held_on
    return (
        clock_time(meeting.closed_at)
        if same
        else f"{day(meeting.closed_at)}, {clock_time(meeting.closed_at)}"
    )


def _seats(seats: list[Any], of: Any, mark: str) -> list[Facts]:
    here = [seat for seat in seats if seat["user_id"] in of]
    return [
        {
            "no": str(no),
            "name": FullName(seat["last_name"], seat["first_name"], seat["middle_name"]).full,
            "seat": str(labels.SEATS[seat["seat"]]),
            "note": words.seat_note(seat, mark),
        }
        for no, seat in enumerate(here, 1)
    ]


def _came(paper: Paper) -> str:
    opened_on = day(paper.meeting.opened_at)
    record = paper.record
    return "; ".join(
        f"{short(seat)} — {words.changes(record.came[seat['user_id']], opened_on)}"
        for seat in record.seats
        if seat["user_id"] in record.came
    )


def _about(item: Any) -> str:
    return words.about(item["kind"], item["question"], words.family(item["family_number"], item["surname"]))


def _item(paper: Paper, no: int, item: Any) -> Facts:
    record, key = paper.record, item["id"]
    involved = record.involved.get(key, [])
    late = {one["id"] for _no, one in paper.annex}
    return {
        "no": str(no),
        "about": _about(item),
        "former": _former(item),
        "speaker": record.names.get(item["speaker_id"] or 0, ""),
        "proposed": words.of_country("; ".join(details(item, record.names, involved))),
        "heard": item["discussion"],
        "recused": "; ".join(
            f"{name} ({why})" if why else name
            for name, why in record.recused.get(key, [])
            if why or not item["decision"]
        ),
        "present": str(item["present"] or ""),
        "voted": _voted(record.votes.get(key, ())),
        "reasons": "\n".join(f"{one.name} — {one.reason}" for one in record.votes.get(key, ()) if one.reason),
        "decision": f"{item['decision']}/{item['year']}" if item["decision"] else "",
        "decided": _decided(item, record.names, involved),
        "by_chair": "да" if item["by_chair"] else "",
        "put_off": _put_off(paper.meeting, item),
        "asked": "" if item["decision"] else item["asked"],
        "dissents": "\n".join(
            _dissent(paper, one) for one in record.dissents.get(key, []) if one["id"] not in late
        ),
    }


def _former(item: Any) -> str:
    return f"№ {item['former_number']} от {day(item['former_on'])}" if item["former_number"] else ""


def _decided(item: Any, names: dict[int, str], involved: list[str]) -> str:
    if not item["decision"]:
        return ""
    return words.of_country(decided(item, item["status"] == "carried", names, involved))


def _put_off(meeting: Meeting, item: Any) -> str:
    """Why and until when, of an item that a meeting with a quorum has not decided."""
    if item["decision"] or meeting.status == HELD_NOT:
        return ""
    until = f"до {day(item['until_on'])}: " if item["until_on"] else ""
    return until + (item["deferral"] or "вопрос не рассматривался")


def _voted(voters: Any) -> str:
    """«за — 4 (Иванова М. П., …); против — 1 (…)»: a line for each thing that somebody did."""
    found = []
    for outcome, (_color, label) in labels.OUTCOMES.items():
        those = [_voter(one) for one in voters if one.outcome == outcome]
        if those:
            found.append(f"{str(label).lower()} — {len(those)} ({', '.join(those)})")
    return "; ".join(found)


def _voter(one: Any) -> str:
    notes = ["внесён секретарём"] if one.entered else []
    notes += ["поданный голос не учитывается"] if one.fell else []
    return f"{one.name} [{'; '.join(notes)}]" if notes else one.name


def _dissent(paper: Paper, one: Any) -> str:
    said = f"{day(one['stated_at'])}, {clock_time(one['stated_at'])}"
    return f"{paper.record.names[one['user_id']]} ({said}): {one['body']}"


def _signer(paper: Paper, seat: Any) -> Facts:
    record = paper.record
    given = record.signatures.get(seat["user_id"])
    seat_name = str(labels.SEATS[seat["seat"]])
    return {
        "seat": seat_name[:1].upper() + seat_name[1:],
        "name": short(seat),
        "how": _how(record.names, given) if given else "",
    }


def _how(names: dict[int, str], given: Any) -> str:
    at = f"{day(given['signed_at'])}, {clock_time(given['signed_at'])}"
    if given["reason"]:
        what = labels.UNSIGNED[given["how"]]
        return f"{what}: {given['reason']}; отметил(а) {names[given['entered_by_id']]}, {at}"
    if given["how"] == "password":
        return f"подписано в портале паролем, {at}"
    return f"подписано на бумаге, скан хранится в портале, {at}"
