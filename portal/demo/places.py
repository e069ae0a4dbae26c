"""Where trainings take place and where people serve. Garrison towns are real, people in them are not."""

PLACES: dict[str, list[str]] = {
    "BA": [
        "Sarajevo",
        "Banja Luka",
        "Tuzla",
        "Mostar",
        "Čapljina",
        "Bihać",
        "Travnik",
        "Pazarić",
        "Zenica",
        "Kiseljak",
    ],
    "ME": ["Podgorica", "Danilovgrad", "Nikšić", "Pljevlja", "Bar", "Golubovci", "Kolašin"],
    "MK": ["Skopje", "Kumanovo", "Bitola", "Štip", "Prilep", "Tetovo", "Veles", "Ohrid"],
    "RS": ["Belgrade", "Novi Sad", "Niš", "Kraljevo", "Pančevo", "Vranje", "Valjevo", "Zaječar"],
}
IN_CYRILLIC = {"Skopje": "Скопје", "Belgrade": "Београд"}

UNITS: dict[str, list[str]] = {
    "BA": [
        "4. pješadijska brigada, Čapljina", "5. pješadijska brigada, Tuzla", "6. pješadijska brigada, Banja Luka",
        "Brigada taktičke podrške, Pazarić", "Zajednički štab, Sarajevo", "Operativna komanda, Sarajevo",
        "Komanda za podršku, Sarajevo", "Komanda logistike, Doboj", "Bataljon vojne policije, Sarajevo",
        "Centar za profesionalni razvoj, Travnik", "Ministarstvo odbrane, Sarajevo",
    ],
    "ME": [
        "Pješadijski bataljon, Danilovgrad", "Mornarica, Bar", "Vazduhoplovstvo, Golubovci", "Generalštab, Podgorica",
        "Bataljon za podršku, Podgorica", "Centar za obuku, Danilovgrad", "Četa vojne policije, Podgorica",
        "Izviđačka četa, Kolašin", "Četa veze, Podgorica", "Ministarstvo odbrane, Podgorica",
    ],
    "MK": [
        "1. механизирана пешадиска бригада, Штип", "Команда за обука и доктрини, Скопје", "Генералштаб, Скопје",
        "Воздухопловен винг, Петровец", "Воена академија, Скопје", "Команда за логистика, Куманово",
        "Баталјон воена полиција, Скопје", "Команда за операции, Куманово", "Министерство за одбрана, Скопје",
    ],
    "RS": [
        "1. бригада Копнене војске, Нови Сад", "2. бригада Копнене војске, Краљево", "3. бригада Копнене војске, Ниш",
        "4. бригада Копнене војске, Врање", "Команда за обуку, Београд", "Генералштаб, Београд", "Гарда, Београд",
        "Речна флотила, Нови Сад", "Војна академија, Београд", "Војномедицинска академија, Београд",
        "Центар за обуку, Ваљево", "Министарство одбране, Београд",
    ],
    "GE": ["General Staff, Tbilisi", "National Defence Academy, Gori", "Training and Education Command, Krtsanisi"],
    "MD": ["General Staff, Chișinău", "Armed Forces Military Academy, Chișinău", "1st Motorised Brigade, Bălți"],
    "GH": ["Army Headquarters, Accra"],
    "NG": ["Defence Headquarters, Abuja"],
    "RW": ["Peace Academy, Musanze"],
    "UG": ["Peace Support Training Centre, Singo"],
}  # fmt: skip

# The languages in which a ministry trains its own people, the usual one first.
TAUGHT_IN: dict[str, list[str]] = {
    "BA": ["bs", "sr", "hr"],
    "ME": ["cnr"],
    "MK": ["mk", "mk", "mk", "sq"],
    "RS": ["sr"],
}

# What a training is called where it is not simply called after its course.
TITLES: dict[str, dict[str, list[str]]] = {
    "GA-1": {
        "any": [
            "Gender awareness, basic",
            "Gender awareness for soldiers",
            "Gender awareness for newly enlisted personnel",
        ],
        "bs": ["Osnovni kurs o rodnoj ravnopravnosti"],
        "cnr": ["Rodna ravnopravnost u vojsci: osnovni kurs"],
        "mk": ["Родова свест, основен курс"],
        "sr": ["Родна равноправност у систему одбране"],
    },
    "GA-2": {
        "any": ["Gender awareness, advanced", "Gender awareness for company commanders", "Gender awareness for NCOs"],
        "cnr": ["Rodna ravnopravnost za podoficire"],
        "sr": ["Родна равноправност за старешине"],
    },
    "GPO": {
        "any": ["Gender perspective in operations", "UNSCR 1325 for staff officers"],
        "bs": ["Rodna perspektiva u vojnim operacijama"],
        "mk": ["Родова перспектива во операции"],
    },
    "GFP": {
        "any": ["Gender focal point course", "Gender focal points: the first year"],
        "sr": ["Курс за лица од поверења"],
    },
    "GAD": {"any": ["Gender adviser course", "Gender advisers: national course"]},
    "GBD": {
        "any": ["Preventing discrimination, sexual harassment and abuse", "Harassment: what a superior must do"],
        "bs": ["Sprečavanje diskriminacije i uznemiravanja"],
        "mk": ["Спречување дискриминација и вознемирување"],
    },
    "PDT": {"any": ["Pre-deployment gender training"], "sr": ["Родна обука пред упућивање у мисију"]},
    "GCP": {"any": ["Gender Coach Programme"]},
    "ONL": {"any": ["Online basic gender awareness"]},
}
