"""Who may what, written by hand from DOMAIN §4: the portal's own table is never looked at.

Roles by letter: a admin, h head, c chair, s secretary, m member of the consilium, p pedagogue, w specialist
(worker), t staff, u auditor; `*` all of them, `.` nobody, `@` needs no login. A line says the endpoint, the
methods, who may with an object of their own, and who may with anybody's; `-` where there is no object.
Who may with their own alone gets 404 for another's; who may not at all gets 403.
"""

from dataclasses import dataclass

LETTERS = {
    "a": "admin", "h": "head", "c": "chair", "s": "secretary", "m": "member", "p": "pedagogue",
    "w": "specialist", "t": "staff", "u": "auditor",
}  # fmt: skip
MATRIX = """
home.health                    GET       @       -
home.index                     GET       *       -
home.menu                      GET       *       -
home.search                    GET       hcsmpwt -

accounts.login                 GET,POST  @       -
accounts.appearance            POST      @       -
accounts.welcome               GET,POST  @       -
accounts.logout                POST      *       -
accounts.profile               GET       *       -
accounts.password              POST      *       -
accounts.sign_out_everywhere   POST      *       -
feeds.calendar                 GET       @       -
feeds.renew                    POST      *       -
accounts.people                GET,POST  a       -
accounts.new_person            GET,POST  a       -
accounts.person                GET,POST  a       a
accounts.reset_password        POST      a       a
accounts.dismiss               POST      a       a
accounts.restore               POST      a       a
settings.edit                  GET,POST  a       -
settings.calendar              GET,POST  a       -
settings.take_back             POST      a       -
mail.index                     GET,POST  a       -
mail.again                     POST      a       a
jobs.index                     GET       *       -
jobs.download                  GET       *       .
jobs.cancel                    POST      *       .
jobs.remove                    POST      *       .
bulk.week                      GET,POST  hpw     -
bulk.week_of_family            GET,POST  hpw     h
bulk.meeting                   GET,POST  hs      s
bulk.journal                   GET,POST  hpw     -
bulk.of_families               GET,POST  hpw     -
settings.audit_log             GET,POST  u       -

drafts.save                    POST      *       -
drafts.drop                    POST      *       -
drafts.token                   GET       *       -

families.index                 GET,POST  hcsmpw  -
families.show                  GET       hcsmpw  h
families.timeline              GET       hcsmpw  h
families.new                   GET,POST  hpw     -
families.edit                  GET,POST  hpw     h
name_cases.member              GET,POST  hpw     h
name_cases.colleague           GET,POST  a       a
families.submit                POST      hpw     h
families.decline               GET,POST  hpw     h
families.open_episode          POST      hpw     h
families.new_consent           GET,POST  hpw     h
families.scan                  GET       hcsmpw  h
families.add_scan              GET,POST  hpw     h
families.withdraw              GET,POST  hpw     h
family_files.give              GET,POST  h       h
family_files.ready             GET       h       .
family_files.taking_in         GET       h       .
family_files.upload            GET,POST  h       -
family_files.preview           GET       h       .
family_files.apply             POST      h       .
family_files.former            GET       hpw     h
family_files.former_paper      GET       hpw     h
exchange.upload                GET       h       -
imports.index                  GET       ahp     -
imports.upload                 GET,POST  ahp     .
imports.example                GET       ahp     .
imports.headings               GET,POST  ahp     .
imports.preview                GET       ahp     .
imports.apply                  POST      ahp     .
imports.refused                GET       ahp     .
imports.show                   GET       ahp     h
imports.go_on                  POST      ahp     h
imports.take_back              POST      ahp     h
imports.links                  POST      a       .

intake.surveys                 GET,POST  hpw     -
intake.show                    GET       hcsmpw  h
intake.edit                    GET,POST  hpw     h
intake.survey                  GET,POST  hpw     h
intake.new_agreement           GET,POST  hpw     h
intake.edit_agreement          GET,POST  hpw     h
intake.end_agreement           GET,POST  hpw     h
intake.agreement_scan          GET       hcsmpw  h

contacts.index                 GET,POST  hcsmpwt -
contacts.norms                 GET,POST  hpw     -
contacts.of_family             GET,POST  hpw     h
contacts.new_contact           GET,POST  hpw     h
contacts.show                  GET       hpw     h
contacts.confirm               POST      hpw     h
contacts.finish                GET,POST  hpw     h
contacts.fail                  GET,POST  hpw     h
contacts.move                  GET,POST  hpw     h
contacts.cancel                GET,POST  hpw     h

contacts.taken                 GET       hpw     h
schedule.day                   GET       hpw     -
schedule.month                 GET,POST  hpw     -
schedule.outings               GET,POST  hcsmpwt -
norms.versions                 GET,POST  a       -
norms.take_back                POST      a       a
norms.summary                  GET,POST  h       -
norms.family                   GET,POST  hpw     h
norms.exempt                   GET,POST  h       h
norms.end_exemption            GET,POST  h       h
journal.index                  GET,POST  hpw     -
journal.submit_several         POST      hpw     -
journal.show                   GET       hpw     h
journal.signature              GET       hpw     h
journal.sign                   GET,POST  hpw     .
journal.submit                 POST      hpw     .
journal.scan                   GET,POST  hpw     .
journal.edit                   GET,POST  hpw     .
journal.correct                GET,POST  hpw     .
journal.queue                  GET,POST  h       -
journal.check                  POST      h       h
journal.give_back              GET,POST  h       h
journal.periods                GET,POST  h       -
journal.close_period           POST      h       -
journal.of_month               GET,POST  hpw     -
journal.check_several          POST      h       -
journal.state_system           GET,POST  hp      -
journal.state_unmark           POST      hp      h
plans.index                    GET,POST  hpw     -
plans.of_family                GET       hcsmpw  h
plans.start                    POST      hpw     h
plans.show                     GET       hcsmpw  h
plans.edit                     GET,POST  hpw     h
plans.agree                    GET,POST  hpw     h
plans.approve                  POST      h       h
plans.give_back                GET,POST  h       h
plans.results                  GET,POST  hpw     h
plans.complete                 POST      hpw     h
plans.discard                  POST      hpw     h
programs.of_family             GET       hcsmpw  h
programs.new_program           GET,POST  hpw     h
programs.edit                  GET,POST  hpw     h
programs.new_task              GET,POST  hpw     h
programs.close_task            POST      hpw     h
programs.reopen_task           POST      hpw     h

referrals.index                GET,POST  hpw     -
referrals.of_family            GET,POST  hcsmpw  h
referrals.new_referral         GET,POST  hpw     h
referrals.show                 GET       hcsmpw  h
referrals.answer               GET,POST  hpw     h
referrals.postpone             GET,POST  hpw     h
referrals.close                GET,POST  hpw     h
referrals.new_link             GET,POST  hpw     h
referrals.edit_link            GET,POST  hpw     h
referrals.end_link             POST      hpw     h
referrals.resume_link          POST      hpw     h
alerts.index                   GET,POST  hpw     -
alerts.show                    GET       hpw     h
alerts.decide                  POST      h       h
alerts.close                   POST      hpw     h
alerts.raise_alert             GET,POST  hpw     h

deputies.index                 GET,POST  *       -
deputies.new                   GET,POST  ah      -
deputies.end                   POST      ah      a
procedures.run                 GET       hpw     h
procedures.mark                POST      hpw     h
procedures.raise_branch        POST      hpw     h
procedures.finish              POST      hpw     h
procedures.session_run         GET       hpw     hpw
procedures.mark_session        POST      hp      h
procedures.index               GET,POST  a       -
procedures.show                GET       a       a
procedures.edit                GET,POST  a       a

patronage.assignments          GET,POST  *       -
patronage.load                 GET,POST  *       *
patronage.hand_over            GET,POST  h       h
patronage.hand_over_several    GET,POST  h       h
patronage.involve              POST      h       h
patronage.release              POST      h       .
patronage.analysis             GET,POST  hpw     h
patronage.approve_analysis     POST      h       h
patronage.move_stage           POST      hpw     h
patronage.start_emergency      GET,POST  h       h

diagnosis.of_family            GET,POST  hcsmpw  h
diagnosis.new                  GET,POST  hpw     h
diagnosis.show                 GET       hcsmpw  h
diagnosis.edit                 GET,POST  hpw     h
diagnosis.submit               POST      hpw     h
diagnosis.approve              POST      h       h
diagnosis.send_back            POST      h       h

consilium.index                GET,POST  hcsm    -
consilium.decisions            GET,POST  hcsmpw  -
consilium.decision             GET       hcsmpw  hcsm
consilium.tell                 POST      hspw    hs
consilium.give_extract         POST      hspw    hs
consilium.attendance           GET,POST  hcs     -
consilium.roll                 GET       hcsm    -
consilium.take_roll            POST      hcsm    -
consilium.seat                 POST      h       -
consilium.unseat               POST      h       h
consilium.new_meeting          GET,POST  cs      -
consilium.new_series           GET,POST  cs      -
consilium.agenda_order         GET,POST  cs      cs
consilium.agenda_paper         GET,POST  hcsm    cs
consilium.calendar_file        GET       hcsm    cs
consilium.new_paper            GET,POST  cs      cs
consilium.paper                GET       hcsm    cs
consilium.take_back            POST      cs      cs
consilium.meeting              GET       hcsm    cs
consilium.minutes              GET       hcsm    cs
consilium.verify_minutes       GET       hcsmu   cs
consilium.own_votes            GET       csm     cs
consilium.edit_minutes         GET,POST  s       s
consilium.offer_minutes        POST      s       s
consilium.take_back_minutes    POST      s       s
consilium.sign_minutes         POST      csm     cs
consilium.sign_on_paper        GET,POST  s       s
consilium.note_unsigned        GET,POST  s       s
consilium.signature_scan       GET       hcsm    cs
consilium.edit_meeting         GET,POST  cs      cs
consilium.convene              POST      c       c
consilium.open_meeting         POST      c       c
consilium.close_meeting        POST      c       c
consilium.cancel_meeting       POST      c       c
consilium.mark_presence        POST      cs      cs
consilium.come_in              POST      csm     cs
consilium.end_without_quorum   POST      c       c
consilium.recuse               GET,POST  csm     cs
consilium.take_back_own_recusal POST     csm     cs
consilium.recuse_member        GET,POST  cs      cs
consilium.take_back_recusal    POST      cs      cs
consilium.enter_vote           GET,POST  s       s
consilium.dissent              GET,POST  csm     cs
consilium.new_item             GET,POST  cs      cs
consilium.item                 GET       hcsm    cs
consilium.edit_item            GET,POST  cs      cs
consilium.take_off             POST      cs      cs
consilium.move_item            POST      cs      cs
consilium.open_voting          POST      c       c
consilium.vote                 POST      csm     cs
consilium.read                 POST      csm     cs
consilium.close_item           POST      c       c
consilium.defer_item           GET,POST  c       c

clubs.index                    GET,POST  *       -
clubs.show                     GET,POST  *       *
clubs.create                   GET,POST  hp      -
clubs.edit                     GET,POST  hp      h
clubs.close                    GET,POST  hp      h
clubs.participants             GET,POST  hp      h
clubs.schedule.month           GET,POST  *       -
clubs.schedule.move            GET,POST  hp      h
clubs.periods.plan             GET,POST  hp      h
clubs.plan_session             GET,POST  hp      h
clubs.programs.of_club         GET       *       *
clubs.programs.start           GET,POST  hp      h
clubs.programs.show            GET       *       *
clubs.programs.edit            GET,POST  hp      h
clubs.programs.put_in_force    POST      hp      h
clubs.programs.discard         POST      hp      h
clubs.programs.lay_out         GET,POST  hp      h
clubs.surveys.interests        GET,POST  hpw     -
clubs.surveys.one              GET,POST  hp      hp
clubs.surveys.group            GET,POST  hp      h
clubs.surveys.skills           GET,POST  hp      h
clubs.results.overall          GET,POST  hpw     -
clubs.results.of_club          GET,POST  hp      h
clubs.results.suggestions      GET,POST  hp      h
clubs.sessions.show            GET,POST  *       *
clubs.sessions.edit            GET,POST  hp      h
clubs.sessions.cancel          GET,POST  hp      h
clubs.sessions.book            POST      hp      h
clubs.sessions.cancel_booking  POST      hp      h
clubs.sessions.attendance      GET,POST  hp      h
clubs.feedback.index           GET,POST  *       *
clubs.feedback.paper           GET,POST  hp      h
clubs.feedback.poster          GET       hp      h
clubs.feedback.qr              GET       hp      h
clubs.photo_consents.edit      GET,POST  hp      h
clubs.photo_consents.withdraw  GET,POST  hp      h
clubs.photo_consents.scan      GET       hp      h
clubs.photos.index             GET,POST  hp      h
clubs.photos.picture           GET       hp      h
clubs.photos.delete            POST      hp      h
guests.opinion                 GET,POST  @       -
clubs.sessions.announce        POST      hp      h
clubs.sessions.sum_up          GET,POST  hp      h
paper_templates.index          GET       a       -
paper_templates.kind           GET,POST  a       a
paper_templates.ours           GET       a       a
paper_templates.use_ours       POST      a       a
paper_templates.show           GET       a       a
paper_templates.file           GET       a       a
paper_templates.sample         GET       a       a
paper_templates.use            POST      a       a

papers.index                   GET,POST  hcsmpw  -
papers.of_family               GET       hcsmpw  h
papers.show                    GET       hcsmpw  h
papers.lacking                 GET,POST  hpw     -
papers.pdf                     GET       hcsmpw  h
papers.docx                    GET       hcsmpw  h
papers.blank                   GET       hcsmpw  h
papers.register                POST      hspw    h
papers.registered              GET       hcsmpw  h
papers.registered_pdf          GET       hcsmpw  h
papers.scan                    GET       hcsmpw  h
papers.sign                    POST      hspw    h
papers.void                    POST      hs      h
stays.of_family                GET,POST  hpw     h
stays.end                      GET,POST  hpw     h
"""


@dataclass(frozen=True)
class Line:
    """One endpoint: its methods, and who may with their own object and with another's (None: has no object)."""

    endpoint: str
    methods: tuple[str, ...]
    public: bool
    own: frozenset[str]
    other: frozenset[str] | None

    def expected(self, role: str, own: bool) -> int | None:
        """403 or 404, or None for an answer that lets in."""
        if role in (self.own if own or self.other is None else self.other):
            return None
        return 404 if role in self.own else 403


def _roles(letters: str) -> frozenset[str]:
    if letters in "*@":
        return frozenset(LETTERS.values())
    return frozenset(LETTERS[letter] for letter in letters.replace(".", ""))


def lines() -> list[Line]:
    """The matrix, read."""
    found = []
    for endpoint, methods, own, other in map(str.split, filter(None, MATRIX.splitlines())):
        others = None if other == "-" else _roles(other)
        found.append(Line(endpoint, tuple(methods.split(",")), own == "@", _roles(own), others))
    return found
