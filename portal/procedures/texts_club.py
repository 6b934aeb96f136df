"""CLUB as the portal begins with it: version 1, the four stages of its section 5."""

from portal.rules.procedures import Step, Template

CLUB = Template(
    "club",
    (
        Step(
            "prep_survey",
            "preparatory",
            "Анализ опроса получателей социальных услуг, личных дел.",
            "Analyze the survey of the recipients and their files.",
        ),
        Step(
            "prep_program", "preparatory", "Разработка программы занятий.", "Draw up the program of sessions."
        ),
        Step(
            "prep_plan",
            "preparatory",
            "Составление плана (графика) работы клуба.",
            "Draw up the schedule of the club.",
        ),
        Step("prep_props", "preparatory", "Подготовка реквизита.", "Prepare the materials."),
        Step("prep_place", "preparatory", "Оформление места проведения мероприятия.", "Arrange the place."),
        Step(
            "prep_colleagues",
            "preparatory",
            "Осуществление взаимодействия с другими специалистами учреждения в процессе подготовки мероприятия.",
            "Work with the other specialists of the center on the preparation.",
        ),
        Step(
            "org_inform",
            "organizational",
            "Информирование получателей социальных услуг о проведении занятия.",
            "Tell the recipients that the session takes place.",
        ),
        Step(
            "org_acquaint",
            "organizational",
            "Личное знакомство и установление контакта с получателями социальной услуги.",
            "Get to know the recipients and make contact with them.",
        ),
        Step("org_group", "organizational", "Формирование группы участников клуба.", "Form the group."),
        Step(
            "org_schedule",
            "organizational",
            "Ознакомление получателя социальных услуг с графиком и тематикой занятия.",
            "Show the recipients the schedule and the topics.",
        ),
        Step("main_gather", "main", "Сбор участников занятия.", "Gather the participants."),
        Step(
            "main_topic",
            "main",
            "Сообщение темы и цели занятия.",
            "State the topic and the goal of the session.",
        ),
        Step("main_session", "main", "Проведение занятия.", "Hold the session."),
        Step(
            "main_photo",
            "main",
            "Осуществление фото- и видеосъёмки в процессе проведения занятия.",
            "Take photos and video during the session.",
            "Только тех, у кого есть согласие на съёмку.",
            "Only of those who have a photo consent.",
            required=False,
        ),
        Step(
            "final_analysis",
            "final",
            "Анализ и подведение итогов проведённого занятия.",
            "Analyze the session and sum it up.",
        ),
        Step(
            "final_feedback",
            "final",
            "Ознакомление с отзывами, мнениями о проведённом мероприятии (сотрудников, получателей услуг, гостей"
            " учреждения).",
            "Read the feedback of staff, recipients and guests.",
        ),
        Step(
            "final_journal",
            "final",
            "Формирование отчётной документации, внесение данных в журнал об оказанной услуге.",
            "Write the records, and enter the service in the journal.",
        ),
        Step(
            "final_system",
            "final",
            "Внесение данных в информационную систему «Социальное обслуживание населения».",
            "Enter the data in the state information system.",
        ),
    ),
    {"preparation": None, "contact": None, "recording": None},
)
