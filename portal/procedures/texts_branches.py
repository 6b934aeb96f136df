"""What may happen on the way, in the words of CALL 7: the same steps in visits and calls (R12)."""

from portal.rules.procedures import Step

BRANCHES = (
    Step(
        "ignored_reasons",
        "ignored",
        "Корректно выяснить причины невыполнения заданий.",
        "Find out tactfully why the tasks were not done.",
        "«Что помешало заниматься? Что показалось трудным, а что получалось?»",
        "“What got in the way? What was hard, and what went well?”",
    ),
    Step(
        "ignored_support",
        "ignored",
        "Если причина в содержании задания, его сложности или частоте выполнения — выслушать и пообещать"
        " поддержку специалиста.",
        "If the reason lies in what the task is, how hard it is or how often it must be done: listen, and promise"
        " the specialist's support.",
        "«Спасибо, что рассказали. Я передам специалисту, и он вам поможет».",
        "“Thank you for telling me. I will pass it on to the specialist, who will help you.”",
    ),
    Step(
        "ignored_report",
        "ignored",
        "Когда услуга будет закончена, доложить руководителю подразделения о проблеме.",
        "When the service is over, report the problem to the head of department.",
        "Портал докладывает сам, когда вы нажимаете «Сообщить заведующему».",
        "The portal reports it when you press “Tell the head”.",
    ),
    Step(
        "ignored_review",
        "ignored",
        "Вместе со специалистом, к заданию которого были вопросы, разобрать ситуацию для принятия решения.",
        "Go through it together with the specialist whose task was in question, to reach a decision.",
        "Портал открывает разбор с выбранным специалистом.",
        "The portal opens a review with the specialist you choose.",
    ),
    Step(
        "refusal_reasons",
        "refusal",
        "Выяснить причины отказа.",
        "Find out the reasons of the refusal.",
        "«Вам сейчас неудобно? Что случилось? Когда лучше поговорить?»",
        "“Is it a bad time? What has happened? When would be better to talk?”",
    ),
    Step(
        "refusal_condition",
        "refusal",
        "Задать наводящие вопросы для выяснения физического состояния клиента (болезнь, алкогольное или"
        " наркотическое опьянение и т. п.).",
        "Ask leading questions to find out the client's physical condition (illness, alcohol or drugs, and so on).",
        "«Как вы себя чувствуете? Давно ли это? Был ли врач? Кто сейчас с ребёнком? Нужна ли помощь?»",
        "“How do you feel? For how long? Has a doctor come? Who is with the child now? Do you need help?”",
    ),
    Step(
        "refusal_report",
        "refusal",
        "По окончании услуги немедленно сообщить руководителю для принятия решения о визите в семью.",
        "When the service is over, tell the head at once, who decides on a visit to the family.",
        "Портал сообщает сам, когда вы нажимаете «Сообщить заведующему».",
        "The portal tells the head when you press “Tell the head”.",
    ),
    Step(
        "danger_facts",
        "danger",
        "Записать, что именно угрожает ребёнку: что видно и слышно, без оценок.",
        "Write down what endangers the child: what is seen and heard, without judgment.",
        "Кто, где, когда, в каком состоянии; слова ребёнка — дословно.",
        "Who, where, when, in what condition; the child's words as they were said.",
    ),
    Step(
        "danger_safety",
        "danger",
        "Убедиться, что ребёнок сейчас в безопасности; при прямой угрозе позвонить 112.",
        "Make sure that the child is safe now; in immediate danger call 112.",
        "«Кто сейчас рядом с ребёнком? Где он? Кто из взрослых может побыть с ним?»",
        "“Who is with the child now? Where is the child? Which adult can stay with the child?”",
    ),
    Step(
        "danger_report",
        "danger",
        "Немедленно сообщить руководителю и известить комиссию по делам несовершеннолетних.",
        "Tell the head at once, and notify the juvenile commission.",
        "Портал сообщает сам, когда вы нажимаете «Сообщить заведующему».",
        "The portal tells the head when you press “Tell the head”.",
    ),
)
