"""CALL as the portal begins with it: version 1, step by step in the words of its sections 5 to 7."""

from portal.procedures.texts_branches import BRANCHES
from portal.rules.procedures import Step, Template

_BEFORE = (
    Step(
        "prep_program",
        "preparation",
        "Ознакомиться с ИПР (ИПСР) и другими документами по реабилитации несовершеннолетнего.",
        "Read the rehabilitation program and the other papers of the minor's rehabilitation.",
        "Какие результаты планировались и были достигнуты в период полустационарного и (или) стационарного"
        " обслуживания?",
        "Which results were planned, and which were reached during the course at the center?",
    ),
    Step(
        "prep_colleagues",
        "preparation",
        "Провести внутренние консультации со специалистами, обслуживающими несовершеннолетнего.",
        "Consult the colleagues who work with the minor.",
    ),
    Step(
        "prep_results",
        "preparation",
        "Узнать результаты ИПР (ИПСР), достигнутые каждым специалистом, и как проверить наличие или утрату навыка.",
        "Learn what each specialist has reached, and how to see whether the skill is kept or lost.",
    ),
    Step(
        "prep_tasks",
        "preparation",
        "Узнать задания, которые были рекомендованы родителям для самостоятельной работы с ребёнком.",
        "Learn the tasks that were recommended to the parents for work with the child at home.",
    ),
    Step(
        "prep_questions",
        "preparation",
        "Составить план вопросов.",
        "Draw up a plan of questions.",
        "План вопросов можно записать в заметке к этому шагу.",
        "The plan can be written down in the note of this step.",
    ),
    Step(
        "prep_place",
        "preparation",
        "Проверить: номер не скрыт, видеосвязь и интернет работают, в помещении нет посторонних звуков, под рукой"
        " ручка и бумага.",
        "Check: the number is not hidden, video and internet work, the room is quiet, pen and paper are at hand.",
    ),
    Step(
        "agree_channel",
        "agreement",
        "Запросить у клиента возможность разговора через мессенджер.",
        "Ask the client whether a talk by messenger is possible.",
        "Только через каналы связи, разрешённые вашему учреждению.",
        "Only by the channels that your organization may use.",
    ),
    Step("agree_answer", "agreement", "Получить ответ.", "Get the answer."),
    Step("agree_call", "agreement", "Позвонить клиенту.", "Telephone the client."),
    Step(
        "agree_time",
        "agreement",
        "Договориться о времени видеовстречи.",
        "Agree on the time of the video meeting.",
    ),
    Step(
        "agree_child",
        "agreement",
        "Договориться об участии во встрече несовершеннолетнего.",
        "Agree that the minor takes part.",
    ),
    Step(
        "agree_materials",
        "agreement",
        "Договориться о подготовке в зоне видимости материалов, средств реабилитации, записей с заданиями"
        " специалистов и т. п.",
        "Agree that materials, aids and the notes with the tasks are laid out in view of the camera.",
    ),
)
_TALK = (
    Step(
        "greet_hello",
        "greeting",
        "Поздороваться с клиентом.",
        "Greet the client.",
        "«Имя Отчество, добрый день».",
        "“Good day”, by name and patronymic.",
    ),
    Step(
        "greet_health",
        "greeting",
        "Узнать о состоянии здоровья клиента и несовершеннолетнего.",
        "Ask about the health of the client and the minor.",
        "«Как вы себя чувствуете? Как здоровье ребёнка?»",
        "“How are you? How is the child's health?”",
    ),
    Step(
        "greet_child",
        "greeting",
        "Попросить подсоединить к разговору ребёнка и поздороваться с ним.",
        "Ask to have the child join in, and greet the child.",
    ),
    Step(
        "greet_contact",
        "greeting",
        "Установить контакт настолько, насколько это возможно.",
        "Make contact as far as possible.",
    ),
    Step(
        "clarify_ready",
        "clarifying",
        "Уточнить готовность к встрече.",
        "Ask whether they are ready.",
        "«Имя Отчество. Имя ребёнка. Готовы ли вы к нашей встрече?»",
        "By name, to the client and the child: “Are you ready for our meeting?”",
    ),
    Step(
        "clarify_materials",
        "clarifying",
        "Узнать, что приготовлено для встречи.",
        "Ask what has been prepared for the meeting.",
        "Задания специалистов, работы, выполненные ребёнком, и т. п.",
        "The specialists' tasks, what the child has made, and so on.",
    ),
    Step(
        "first_learned",
        "first_direction",
        "Попросить клиента и ребёнка рассказать, чему научился ребёнок во время последней реабилитации по одному"
        " направлению.",
        "Ask the client and the child to tell what the child learned during the last course in one direction.",
        "Направления: психология, логопедия, уровень освоения социально-бытовых навыков и т. п.",
        "Directions: psychology, speech therapy, social and household skills, and so on.",
    ),
    Step(
        "first_clear",
        "first_direction",
        "Уточнить, понятны ли были задания на данный период.",
        "Ask whether the tasks of this period were clear.",
        "«Всё ли было понятно в заданиях? Что хотелось бы уточнить?»",
        "“Was everything clear in the tasks? What would you like to ask?”",
    ),
    Step(
        "first_often",
        "first_direction",
        "Уточнить, как часто выполняли задания.",
        "Ask how often the tasks were done.",
        "«Сколько раз в неделю получалось заниматься?»",
        "“How many times a week did you manage?”",
    ),
    Step(
        "first_show",
        "first_direction",
        "Попросить ребёнка продемонстрировать результаты домашних занятий.",
        "Ask the child to show the results of the work at home.",
        "«Покажешь, что у тебя получилось?»",
        "“Will you show me what you have made?”",
    ),
    Step(
        "first_places",
        "first_direction",
        "Попросить переместить камеру так, чтобы было видно место учёбы ребёнка, место сна, места для игр и т. п.",
        "Ask to move the camera so that the child's place of study, sleep and play can be seen.",
    ),
    Step(
        "second_check",
        "second_direction",
        "Проверить, как поддерживаются результаты реабилитации по другому направлению — на усмотрение специалиста.",
        "Check how the results in another direction are kept up: at the specialist's discretion.",
        required=False,
    ),
)
_AFTER = (
    Step(
        "close_thanks",
        "closing",
        "Поблагодарить за время.",
        "Thank for the time.",
        "«Имя Отчество, спасибо, что нашли время!»",
        "“Thank you for finding the time!”",
        choice="words",
    ),
    Step(
        "close_kept",
        "closing",
        "Поблагодарить за поддержку результатов.",
        "Thank for keeping up the results.",
        "«Спасибо, что поддерживаете результаты, достигнутые вами, Имя и нашими специалистами. Звоните, если"
        " понадобится помощь».",
        "“Thank you for keeping up what you, the child and our specialists have reached. Call if you need help.”",
        choice="words",
    ),
    Step(
        "close_regret",
        "closing",
        "Выразить сожаление.",
        "Express regret.",
        "«Жаль, что Вы не придерживаетесь рекомендаций наших специалистов. Программу реабилитации нельзя прерывать,"
        " иначе достигнутые результаты обнулятся. И Ваш большой труд, труд Вашего ребёнка и наших специалистов"
        " окажется напрасным».",
        "“It is a pity that the recommendations are not followed. The program must not be interrupted, or what was"
        " reached will be lost, and with it your work, your child's and our specialists'.”",
        choice="words",
    ),
    Step(
        "close_concern",
        "closing",
        "Выразить серьёзное беспокойство.",
        "Express serious concern.",
        "«Ваше отношение к ребёнку и Ваше состояние вызывает серьёзное беспокойство. Я буду вынуждена доложить о"
        " данной ситуации своему руководству».",
        "“How you treat the child and your condition cause serious concern. I will have to report it to my head.”",
        choice="words",
    ),
    Step(
        "close_goodbye",
        "closing",
        "Попрощаться и отключить звонок.",
        "Say goodbye and end the call.",
        "«До свидания».",
        "“Goodbye.”",
    ),
    Step(
        "record_papers",
        "recording",
        "Заполнить учётно-отчётную документацию.",
        "Fill in the records.",
        "Портал отмечает этот шаг, когда вы оформляете контакт.",
        "The portal ticks this step when you write up the contact.",
    ),
    Step(
        "record_log",
        "recording",
        "Внести визит или звонок в семью в график выходов.",
        "Enter the visit or call in the outing log.",
        "Портал отмечает этот шаг, когда вы оформляете контакт.",
        "The portal ticks this step when you write up the contact.",
    ),
)
CALL = Template(
    "call",
    (*_BEFORE, *_TALK, *BRANCHES, *_AFTER),
    {"preparation": 60, "contact": 60, "recording": 20},
)
