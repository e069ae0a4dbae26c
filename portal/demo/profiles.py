"""The 33 trainers: who they are and what they say of themselves. All of them are invented."""

from __future__ import annotations

from typing import NamedTuple

F, M = "female", "male"
# Topics by their line in trainers/reference/topics.csv, from 0.
(AWARE, UNSCR, OPS, ANALYSIS, HR, HARASS, GBV, IDENT, LEAD, CADET, FACIL, TOT) = range(12)


class TrainerRow(NamedTuple):
    """One trainer. `course` is the regional course they were certified in: the first (2014) or the second (2015)."""

    ministry: str
    given_name: str
    family_name: str
    sex: str
    course: int
    rank: str
    position: str
    languages: str
    topics: tuple[int, ...]
    is_public: bool = False
    away: str = ""
    about: str = ""


TRAINERS: tuple[TrainerRow, ...] = (
    # Bosnia and Herzegovina: six in 2014, five in 2015.
    TrainerRow("BA", "Mirela", "Bašić", F, 1, "major", "Head of section for personnel policy", "bs en",
               (HR, AWARE, TOT), True, "UNIFIL",
               "I came to gender work through promotion boards, and still read every scorecard twice."),
    TrainerRow("BA", "Kenan", "Imamović", M, 1, "pukovnik", "Chief of the training branch, Joint Staff", "bs en",
               (OPS, UNSCR, TOT), True),
    TrainerRow("BA", "Dragana", "Lazić", F, 1, "kapetan", "Instructor, Peace Support Operations Training Centre",
               "sr en", (OPS, GBV, UNSCR), True, "MINUSCA"),
    TrainerRow("BA", "Tomislav", "Jurić", M, 1, "major", "Operations officer, infantry battalion", "hr en de",
               (OPS, LEAD)),
    TrainerRow("BA", "Nermina", "Salihović", F, 1, "", "Senior adviser for human resources", "bs en",
               (HR, HARASS, ANALYSIS)),
    TrainerRow("BA", "Goran", "Stanković", M, 1, "zastavnik", "Battalion sergeant major", "sr", (AWARE, HARASS, FACIL)),
    TrainerRow("BA", "Amra", "Hadžić", F, 2, "kapetan", "Gender adviser, Operational Command", "bs en de", (OPS, UNSCR),
               True, "",
               "I teach gender in operations with maps and patrol orders: that is what officers argue about."),
    TrainerRow("BA", "Marko", "Perić", M, 2, "poručnik", "Instructor, Professional Development Centre", "hr bs en",
               (UNSCR, CADET)),
    TrainerRow("BA", "Azra", "Delić", F, 2, "stariji vodnik I klase", "Platoon sergeant, military police", "bs",
               (HARASS, GBV, AWARE)),
    TrainerRow("BA", "Elma", "Mujić", F, 2, "kapetan", "Civil–military cooperation officer", "bs en", (OPS, ANALYSIS)),
    TrainerRow("BA", "Josip", "Marić", M, 2, "stariji vodnik", "Instructor, basic training", "hr",
               (AWARE, CADET, FACIL)),
    # Serbia: five and four.
    TrainerRow("RS", "Snežana", "Milovanović", F, 1, "pukovnik", "Head of department for human resources", "sr en",
               (HR, LEAD, TOT), True, "UNFICYP"),
    TrainerRow("RS", "Милош", "Тодоровић", M, 1, "potpukovnik", "Lecturer, Military Academy", "sr en",
               (CADET, UNSCR, TOT)),
    TrainerRow("RS", "Katarina", "Nešić", F, 1, "major", "Instructor, Peacekeeping Operations Centre", "sr en fr",
               (OPS, GBV, FACIL), True, "EUTM RCA"),
    TrainerRow("RS", "Dejan", "Cvetković", M, 1, "zastavnik prve klase", "Command sergeant major of a brigade", "sr",
               (AWARE, HARASS, LEAD)),
    TrainerRow("RS", "Љиљана", "Антић", F, 1, "", "Psychologist, Military Medical Academy", "sr en",
               (IDENT, GBV, HARASS)),
    TrainerRow("RS", "Јелена", "Ђорђевић", F, 2, "potpukovnik", "Gender adviser, Ministry of Defence", "sr en fr",
               (ANALYSIS, HR), True, "MONUSCO",
               "Figures first: if we cannot say how many women applied, we should not yet say why so few stayed."),
    TrainerRow("RS", "Nenad", "Grujić", M, 2, "kapetan prve klase", "Company commander", "sr", (LEAD, OPS)),
    TrainerRow("RS", "Sanja", "Radić", F, 2, "kapetan", "Public affairs officer", "sr en", (AWARE, IDENT, FACIL)),
    TrainerRow("RS", "Vladimir", "Ostojić", M, 2, "major", "Legal adviser", "sr en", (HARASS, UNSCR)),
    # North Macedonia: three and four.
    TrainerRow("MK", "Весна", "Трајковска", F, 1, "потполковник", "Head of the equal opportunities section", "mk en",
               (UNSCR, HR, TOT), True, "ISAF"),
    TrainerRow("MK", "Дарко", "Митревски", M, 1, "мајор", "Lecturer, Military Academy", "mk en", (CADET, LEAD, FACIL)),
    TrainerRow("MK", "Teuta", "Ademi", F, 1, "", "Adviser for human resources", "sq mk en", (HR, HARASS), True),
    TrainerRow("MK", "Елена", "Стојановска", F, 2, "капетан", "Instructor, Training and Doctrine Command", "mk en sq",
               (AWARE, FACIL), True, "",
               "My best hour of training is the one in which I speak least. I collect exercises that make it so."),
    TrainerRow("MK", "Arben", "Krasniqi", M, 2, "постар водник од прва класа", "NCO instructor", "sq mk en",
               (CADET, AWARE)),
    TrainerRow("MK", "Наташа", "Јакимовска", F, 2, "поручник", "Logistics officer", "mk", (AWARE, HARASS)),
    TrainerRow("MK", "Борис", "Наумов", M, 2, "заставник", "Sergeant major of a battalion", "mk", (AWARE, LEAD)),
    # Montenegro: two and four.
    TrainerRow("ME", "Sanja", "Pejović", F, 1, "", "Head of the office for gender equality", "cnr en", (UNSCR, HR, TOT),
               True, "", "Montenegro is small, so we travel: I have taught in four countries and learned in all."),
    TrainerRow("ME", "Danilo", "Radonjić", M, 1, "potpukovnik", "Chief of the personnel branch, General Staff",
               "cnr en", (HR, LEAD, OPS), False, "EU NAVFOR Atalanta"),
    TrainerRow("ME", "Predrag", "Vuković", M, 2, "major", "Head of the training section", "cnr en", (TOT, HARASS), True,
               "Resolute Support"),
    TrainerRow("ME", "Marija", "Vujović", F, 2, "kapetan", "Staff officer for international cooperation", "cnr en it",
               (OPS, UNSCR, GBV)),
    TrainerRow("ME", "Itana", "Šćepanović", F, 2, "zastavnik", "Instructor, training centre", "cnr en", (AWARE, FACIL)),
    TrainerRow("ME", "Luka", "Đurović", M, 2, "poručnik", "Watch officer, Navy", "cnr en", (AWARE, CADET)),
)  # fmt: skip

_OPENINGS = (
    "I teach mostly small groups and use cases from service life.",
    "Before I was a trainer I was sceptical myself, which helps.",
    "I work best with mixed groups of officers and NCOs.",
    "My part is the second day, when people begin to ask what they really think.",
    "I prefer exercises to slides and keep both short.",
    "Ask me for examples from units that changed something, and from some that did not.",
)
_CLOSINGS = (
    "Glad to co-train with colleagues from the other three ministries.",
    "I share my lesson plans with anyone who tells me afterwards what did not work.",
    "",
    "Available for trainings abroad with two months' notice.",
    "I also mentor new focal points.",
)


def about_words(row: TrainerRow) -> str:
    """Return what the trainer says of themselves: their own words, else two short sentences that vary."""
    number = TRAINERS.index(row)
    opening = row.about or _OPENINGS[number % len(_OPENINGS)]
    return f"{opening} {_CLOSINGS[number % len(_CLOSINGS)]}".strip()


def qualification_words(row: TrainerRow) -> str:
    """Return the trainer's qualifications, one a line."""
    course = "Sarajevo, 2014" if row.course == 1 else "Belgrade, 2015"
    lines = [f"Gender Training of Trainers, {course}"]
    if OPS in row.topics:
        lines.append("Gender field adviser course, Nordic Centre for Gender in Military Operations")
    if HARASS in row.topics:
        lines.append("Confidential adviser on harassment")
    if FACIL in row.topics:
        lines.append("Facilitation of adult learning, 40 hours")
    return "\n".join(lines)
