"""VISIT as the portal begins with it: version 1, step by step in the words of its section 6."""

from portal.procedures.texts_branches import BRANCHES
from portal.rules.procedures import Step, Template

VISIT = Template(
    "visit",
    (
        Step(
            "agree_call",
            "agreement",
            "Позвонить, чтобы подтвердить договорённость о патронаже.",
            "Telephone to confirm that the visit is agreed.",
            "«Имя Отчество, добрый день. Мы договаривались о встрече: удобно ли вам это время? Кто будет дома?»",
            "“Good day. We agreed on a visit: does the time suit you? Who will be at home?”",
        ),
        Step(
            "help_concrete",
            "help",
            "Оказать конкретную помощь, направленную на решение специфических кризисных проблем; при"
            " необходимости — оперативную и экстренную.",
            "Give concrete help with the particular problems of the crisis; prompt and urgent help where needed.",
            "«Что сейчас труднее всего? Что нужно сделать в первую очередь?» Действовать прямо, опираясь на все"
            " силы и возможности семьи: в быту, на работе, в отношениях.",
            "“What is hardest now? What must be done first?” Act directly, and draw on all that the family can do"
            " itself: at home, at work, in its relations.",
        ),
        Step(
            "help_stabilize",
            "help",
            "Стабилизировать сложившуюся ситуацию.",
            "Stabilize the situation.",
            "Что нужно, чтобы до следующей встречи не стало хуже?",
            "What is needed so that it does not get worse until the next meeting?",
        ),
        Step(
            "help_control",
            "help",
            "Проконтролировать ход патронажа.",
            "Check how the patronage goes.",
            "Что из плана выполнено с прошлого раза? Что не вышло и почему?",
            "What of the plan has been done since last time? What has not, and why?",
        ),
        Step(
            "help_family",
            "help",
            "Приобщить к решению задач клиента всех членов семьи.",
            "Bring all members of the family in on the client's tasks.",
            "Кто что берёт на себя? Поговорить с каждым, кто дома.",
            "Who takes on what? Talk with everybody who is at home.",
        ),
        Step(
            "help_successes",
            "help",
            "Закрепить успехи клиента.",
            "Reinforce the client's successes.",
            "Назвать вслух, что получилось, и спросить, что помогло.",
            "Say aloud what went well, and ask what helped.",
        ),
        Step(
            "help_strategy",
            "help",
            "Внести необходимые коррективы в стратегию дальнейших действий.",
            "Correct the strategy of what comes next, where needed.",
            "Что меняем в плане? Если ничего — отметьте шаг «пропущено» и напишите об этом.",
            "What do we change in the plan? If nothing, mark the step as left out and say so.",
        ),
        Step(
            "study_state",
            "study",
            "Изучить ситуацию социального и психологического состояния клиента.",
            "Study the client's social and psychological state.",
            "Сон, настроение, отношения дома, учёба, работа, деньги, кто поддерживает.",
            "Sleep, mood, relations at home, school, work, money, who gives support.",
        ),
        Step(
            "study_support",
            "study",
            "Использовать средства, снижающие уровень тревоги и предоставляющие эмоциональную поддержку.",
            "Use means that lower anxiety and give emotional support.",
            "Спокойный тон, паузы, признание чувств: «Понимаю, что вам тревожно».",
            "A calm voice, pauses, feelings acknowledged: “I understand that you are anxious.”",
        ),
        Step(
            "prevention_needs",
            "prevention",
            "Оказать услуги профилактической направленности: удовлетворить потребности, связанные с актуальной"
            " кризисной или критической ситуацией.",
            "Give preventive services: meet the needs that the present crisis brings.",
        ),
        Step(
            "prevention_trends",
            "prevention",
            "Стабилизировать благоприятные тенденции.",
            "Make good trends last.",
            "Что стало лучше и как это сохранить?",
            "What has become better, and how to keep it?",
        ),
        Step(
            "prevention_risks",
            "prevention",
            "Уменьшить или устранить факторы риска.",
            "Reduce or remove risk factors.",
        ),
        *BRANCHES,
        Step(
            "record_journal",
            "recording",
            "По факту завершения работы внести сведения об оказанной услуге в Журнал посещения.",
            "When the work is over, enter the service in the journal of visits.",
            "Портал отмечает этот шаг, когда вы оформляете контакт.",
            "The portal ticks this step when you write up the contact.",
        ),
        Step(
            "record_signatures",
            "recording",
            "Подтвердить оказанную услугу подписями работника и получателя социальных услуг.",
            "Confirm the service by the signatures of the worker and the recipient.",
            "Отказ от подписи записывается с причиной и ничему не мешает.",
            "A refusal to sign is noted with its reason and stops nothing.",
        ),
        Step(
            "record_to_head",
            "recording",
            "Предоставить Журнал посещения заведующему отделением на проверку.",
            "Submit the journal to the head of department to be checked.",
        ),
    ),
    {"preparation": None, "contact": 90, "recording": None},
)
