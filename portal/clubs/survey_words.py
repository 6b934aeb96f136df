"""The words of interests, of the groups that are counted, and of the scale of communication skills."""

from flask_babel import lazy_gettext as _l

INTEREST_WORDS = {
    "talk": _l("talks and discussions"),
    "friends": _l("finding friends"),
    "feelings": _l("understanding oneself and feelings"),
    "crafts": _l("crafts and needlework"),
    "drawing": _l("drawing"),
    "music": _l("music and singing"),
    "theater": _l("theater"),
    "dance": _l("dancing"),
    "games": _l("board games"),
    "sport": _l("sport and active games"),
    "books": _l("books"),
    "tech": _l("computers and technology"),
    "cooking": _l("cooking"),
    "nature": _l("nature and excursions"),
    "household": _l("household skills"),
    "studies": _l("help with studies"),
    "parenting": _l("upbringing of children"),
    "family": _l("leisure with the family"),
    "volunteering": _l("helping others"),
}
GROUP_WORDS = {
    "under7": _l("up to 6 years"),
    "7to10": _l("7–10 years"),
    "11to14": _l("11–14 years"),
    "15to17": _l("15–17 years"),
    "parents": _l("parents"),
    "unknown": _l("age unknown"),
}
AUDIENCE_WORDS = {"minors": _l("minors"), "parents": _l("parents"), "mixed": _l("minors and parents")}
SKILL_WORDS = {
    "contact": _l("Makes contact, begins to talk"),
    "listening": _l("Listens without interrupting"),
    "rules": _l("Keeps the rules of the group"),
    "conflict": _l("Settles quarrels peacefully"),
    "empathy": _l("Notices feelings of others, feels with them"),
    "support": _l("Supports others, asks for help"),
}
POINT_WORDS = {"before": _l("Before the club"), "after": _l("After the club")}
SCORE_WORDS = {
    0: _l("not at all"),
    1: _l("seldom"),
    2: _l("sometimes"),
    3: _l("often"),
    4: _l("always"),
}
