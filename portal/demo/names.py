"""Invented names of the peoples of the region and of the guests, in the script in which their owners write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from random import Random

from common.folding import spelling
from common.scripts import in_cyrillic, in_latin, is_cyrillic

# Pools of names: (women's given names, men's given names, family names).
_POOLS: dict[str, tuple[str, str, str]] = {
    "bs": (
        "Amra Lejla Amina Emina Selma Azra Aida Alma Merima Mirela Sabina Jasmina Edina Elma Dženana Samra Indira "
        "Nermina Medina Ajla Adna Belma Šejla Senada Sanela Zerina Fatima Hana Naida Vildana",
        "Adnan Emir Haris Kenan Mirza Nedim Armin Jasmin Senad Samir Admir Edin Elvir Amar Tarik Faruk Damir Ermin "
        "Dino Nermin Sead Muamer Vedad Anel Almir Jasenko Mirsad Zijad Hamza Alen",
        "Hadžić Begić Delić Halilović Hodžić Imamović Kovač Mehić Mujić Omerović Salihović Suljić Tahirović Zukić "
        "Alić Bašić Čaušević Džaferović Fazlić Gušić Husić Ibrahimović Jusić Karić Ljubunčić Memić Numanović "
        "Osmanović Pašić Ramić Spahić Šabić Topalović Velić Zahirović Ahmetović Bektić Čengić Dedić Fejzić Hasić "
        "Kapić Mešić Nuhić Redžić Selimović Šehić Turković Vejzović Žilić",
    ),
    "hr": (
        "Ana Marija Ivana Petra Martina Lucija Josipa Kristina Mirjana Anita Antonija Matea Tea Nikolina Gabrijela "
        "Iva Klara Lidija Monika Ružica Stela Tihana Vesna Zrinka",
        "Marko Ivan Josip Ante Tomislav Mario Dario Luka Hrvoje Krešimir Stjepan Mate Petar Goran Zoran Boris Filip "
        "Dražen Kristijan Vinko Matija Zdenko Frano Igor",
        "Perić Marić Jurić Tomić Bošnjak Brkić Čolak Ćorić Dodig Galić Grgić Ivanković Jelavić Kordić Krešić Lovrić "
        "Marušić Matić Mikulić Musa Pavlović Primorac Raguž Rozić Soldo Šarac Šimić Tadić Vidović Vukoja Zovko "
        "Zubac Barišić Bilić Ćurić Dragić Filipović Knežević Lučić Miličević",
    ),
    "sr": (
        "Jelena Milica Ivana Marija Dragana Snežana Vesna Katarina Ana Jovana Tamara Nataša Sanja Maja Biljana "
        "Gordana Slavica Tijana Marina Aleksandra Danijela Sandra Svetlana Ljiljana Mirjana Nevena Bojana Dušica "
        "Teodora Suzana Olivera Zorica Radmila Anđela Sofija Kristina Vera Jasna Isidora Ljubica",
        "Nikola Marko Aleksandar Stefan Miloš Nenad Dejan Goran Zoran Dragan Vladimir Milan Ivan Petar Dušan Bojan "
        "Igor Saša Branislav Slobodan Predrag Radovan Đorđe Uroš Lazar Filip Luka Vuk Strahinja Nemanja Veljko "
        "Ognjen Srđan Darko Boban Miroslav Ljubomir Njegoš Dimitrije Žarko",
        "Jovanović Petrović Nikolić Marković Đorđević Stojanović Ilić Stanković Pavlović Milošević Kovačević "
        "Popović Živković Todorović Ristić Lazić Mitrović Savić Simić Tasić Vasić Aleksić Antić Babić Bogdanović "
        "Cvetković Ćirić Dimić Đukić Filipović Gajić Grujić Ignjatović Jakšić Janković Jevtić Jokić Kostić Krstić "
        "Lukić Ljubić Maksimović Matić Mihajlović Milovanović Mladenović Nedeljković Nešić Obradović Paunović Pešić "
        "Radić Radosavljević Radovanović Rakić Spasić Stefanović Stevanović Šarić Tomić Trajković Urošević "
        "Veselinović Vidić Vučić Vuković Zdravković Zlatanović Žikić Arsić Blagojević Čolić Dragić Erić Galić "
        "Ivković Kuzmanović Lazarević Manojlović Njegić Ostojić Perišić Rajković Šapić Terzić Vlajić Zarić Belić "
        "Dinić Gligorić",
    ),
    "cnr": (
        "Milica Ana Jovana Maja Ivana Jelena Marija Nataša Dragana Tanja Sanja Vesna Andrijana Bojana Danijela "
        "Gordana Itana Kristina Ljiljana Nevena Nina Olivera Radmila Sandra Slavica Svetlana Tamara Vanja Zorica "
        "Željka",
        "Nikola Stefan Luka Vuk Predrag Dragan Marko Filip Miloš Balša Blažo Danilo Darko Dejan Đorđe Goran Igor "
        "Ivan Janko Krsto Mihailo Miodrag Nenad Novak Petar Radoje Savo Slavko Veselin Željko",
        "Babović Bulatović Đukanović Ivanović Kovačević Marković Perović Radulović Vuković Vujović Popović "
        "Šćepanović Knežević Lakić Mijović Nikčević Pejović Radonjić Raičević Roganović Stanišić Šaranović Tomović "
        "Vukčević Vušurović Zeković Božović Boljević Čađenović Ćetković Dabović Drašković Đurović Filipović Jovović "
        "Kaluđerović Krivokapić Laković Martinović Milačić Mugoša Orlandić Otašević Pavićević Pavlović Petrušić "
        "Rakočević Savović Šuković Tadić Todorović Vlahović Vojvodić Vučinić Žugić",
    ),
    "mk": (
        "Елена Марија Ана Александра Билјана Весна Гордана Даниела Емилија Жаклина Ивана Ирена Јасмина Катерина "
        "Лидија Маја Наташа Оливера Павлина Роза Сања Снежана Соња Сузана Тања Фросина Христина Цвета Ѓурѓица "
        "Љубица",
        "Петар Александар Борис Бобан Виктор Владимир Горан Дарко Дејан Димитар Зоран Иван Игор Јане Јован Кирил "
        "Кирчо Љупчо Марјан Методија Никола Ѓорѓи Ристо Сашо Славчо Стојан Тодор Трајче Филип Христијан",
        "Стојановски Димитров Петровски Николовски Ристовски Трајковски Јовановски Ангеловски Атанасовски Блажевски "
        "Богдановски Василевски Велјановски Георгиевски Гошевски Давидовски Ефремов Здравковски Илиевски Јакимовски "
        "Камчев Костовски Крстевски Лазаревски Манасиевски Митревски Наумов Пановски Поповски Радевски Саздов "
        "Симоновски Спасовски Стефановски Таневски Тасев Тодоровски Филиповски Христов Цветковски Ќосев Џепаровски "
        "Ѓорѓиевски Шекеров Арсов Бојковски Видоевски Гроздановски Дамјановски Ивановски",
    ),
    "sq": (
        "Arbenita Besa Drita Elira Fatmire Gentiana Lindita Mimoza Shpresa Teuta Valbona Vjosa Albana Blerta Donika "
        "Flaka Jehona Learta Majlinda Rina",
        "Arben Agim Besnik Bujar Driton Fatmir Gëzim Ilir Lulzim Mentor Naim Petrit Qemal Shpend Valon Xhevat "
        "Blerim Ermal Florim Liridon",
        "Krasniqi Berisha Hoxha Gashi Shala Ademi Aliu Bajrami Dauti Elezi Ferati Halili Ismaili Jashari Kamberi "
        "Limani Memeti Osmani Qazimi Ramadani Selmani Tairi Veliu Xhaferi Zeqiri Abazi Çelik Dema Iseni Lika Murati "
        "Nuredini Rexhepi Sulejmani Ziberi",
    ),
    "ka": (
        "Nino Tamar Ketevan Ana Mariam Natia Salome Eka Khatuna Lela",
        "Giorgi David Levan Irakli Zurab Nika Luka Vakhtang Temur Shota",
        "Beridze Kapanadze Gelashvili Maisuradze Giorgadze Lomidze Tsiklauri Kvaratskhelia Abashidze Jikia "
        "Mchedlishvili Tabatadze",
    ),
    "ro": (
        "Ana Elena Cristina Doina Irina Natalia Olga Tatiana Veronica Liliana",
        "Ion Vasile Andrei Sergiu Victor Mihai Nicolae Pavel Radu Dumitru",
        "Rusu Ceban Munteanu Ciobanu Rotari Moraru Cojocaru Lungu Popa Sandu Botnaru Grosu",
    ),
}
# Which pools an organisation's people come from, with weights, and the share of them who write in Cyrillic.
_PEOPLE_OF: dict[str, dict[str, int]] = {
    "BA": {"bs": 50, "sr": 32, "hr": 18},
    "ME": {"cnr": 90, "bs": 5, "sq": 5},
    "MK": {"mk": 76, "sq": 24},
    "RS": {"sr": 100},
    "GE": {"ka": 100},
    "MD": {"ro": 100},
}
_IN_CYRILLIC = {("BA", "sr"): 0.3, ("ME", "cnr"): 0.08, ("RS", "sr"): 0.5}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in one script."""

    given_name: str
    family_name: str

    @property
    def in_cyrillic(self) -> bool:
        return is_cyrillic(self.family_name)

    def in_other_script(self) -> Name:
        """Return the name in the other script; empty where a letter has no way there."""
        turn = in_latin if self.in_cyrillic else in_cyrillic
        return Name(turn(self.given_name), turn(self.family_name))


def _womans(family: str) -> str:
    """Return the feminine form of a Macedonian family name."""
    if family.endswith("ски"):
        return family[:-1] + "а"
    return family + "а" if family.endswith(("ов", "ев")) else family


@dataclass
class Names:
    """Gives each person of an organisation a name that no other of its people has, for as long as the pools last."""

    rng: Random
    _given_out: dict[str, set[str]] = field(default_factory=dict)
    _shuffled: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)

    def draw(self, organisation: str, sex: str) -> Name:
        """Return a name. Once a pool is exhausted, family names are doubled, and namesakes may appear."""
        pools, taken = _PEOPLE_OF[organisation], self._given_out.setdefault(organisation, set())
        for _attempt in range(6):
            pool = self.rng.choices(list(pools), list(pools.values()))[0]
            name = self._from_pool(organisation, pool, sex)
            key = spelling(f"{name.family_name} {name.given_name}")
            if key not in taken:
                break
        taken.add(key)
        return name

    def reserve(self, organisation: str, name: Name) -> None:
        """Reserve a name that the story has given to somebody."""
        self._given_out.setdefault(organisation, set()).add(spelling(f"{name.family_name} {name.given_name}"))

    def _from_pool(self, organisation: str, pool: str, sex: str) -> Name:
        womens, mens, families = (names.split() for names in _POOLS[pool])
        given_names = womens if sex == "female" else mens
        left = self._shuffled.get((organisation + pool, sex))
        if left is None:
            left = self._shuffled[organisation + pool, sex] = list(product(given_names, families))
            self.rng.shuffle(left)
        if left:
            given_name, family = left.pop()
        else:
            given_name, family = self.rng.choice(given_names), "-".join(self.rng.sample(families, 2))
        if pool == "mk" and sex == "female":
            family = "-".join(_womans(part) for part in family.split("-"))
        if self.rng.random() < _IN_CYRILLIC.get((organisation, pool), 0):
            return Name(in_cyrillic(given_name), in_cyrillic(family))
        return Name(given_name, family)
