"""The word lists as a new centre gets them (DOMAIN §5): code, Russian, English."""

WORDS: dict[str, list[tuple[str, str, str]]] = {
    "categories": [
        ("at_risk", "СОП", "at-risk family"),
        ("hardship", "ТЖС", "family in hardship"),
        ("large", "многодетная", "large family"),
        ("single_parent", "неполная", "single-parent family"),
        ("guardianship", "опекунская (замещающая)", "guardianship or foster family"),
        ("disabled_child", "с ребёнком-инвалидом", "child with a disability"),
        ("disabled_parents", "родители-инвалиды", "parents with disabilities"),
        ("low_income", "малообеспеченная", "low income"),
        ("minor_parents", "несовершеннолетние родители", "minor parents"),
        ("migrants", "мигранты", "migrants"),
        ("servicemen", "семья военнослужащего", "family of a serviceman"),
    ],
    "grounds": [
        ("course_end", "окончание курса реабилитации", "end of a rehabilitation course"),
        ("own_request", "собственное обращение", "own request"),
        ("signal", "сигнал", "signal"),
        ("commission", "постановление КДНиЗП", "resolution of the juvenile commission"),
        ("article_15", "обстоятельства ст. 15 442-ФЗ", "circumstances of art. 15 of 442-FZ"),
    ],
    "removal_reasons": [
        ("aims_reached", "цели достигнуты", "aims reached"),
        ("term_ended", "истёк срок или договор", "end of term or agreement"),
        ("consent_withdrawn", "отзыв согласия", "consent withdrawn"),
        ("moved", "переезд", "move"),
        ("of_age", "совершеннолетие младшего ребёнка", "youngest child of age"),
        ("institution", "ребёнок помещён в учреждение", "child placed in an institution"),
        ("rights_deprived", "лишение родительских прав", "deprivation of rights"),
        ("handed_over", "передача другому органу", "handed over to another body"),
        ("death", "смерть", "death"),
        ("other", "другая причина", "another reason"),
    ],
}
