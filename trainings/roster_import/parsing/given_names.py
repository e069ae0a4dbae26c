"""Given names of the region, to tell which word of a name is which. A column decides, never one row alone."""

from common.folding import loose

_NAMES = """
Adem Adis Adnan Admir Agim Agron Ajla Albana Albert Aleksa Aleksandar Aleksandra Alen Alija Alma Almir Amar Amel Amela Amer Amina Amir
Amra Ana Anđela Andrea Andrej Andrija Aneta Anita Anja Ante Anto Anton Antonija Arben Ardita Arijana Armin Arta Artan Asmir Asja Azra
Bajram Bekim Besa Besart Besnik Biljana Blagoj Blagoja Blaže Blerim Blerta Bogdan Bojan Bojana Boris Borislav Boro Boško Božidar Božo
Branimir Branislav Branka Branko Bujar Cvetanka Damir Damjan Danica Daniel Danijel Danijela Danilo Danka Darija Dario Darko Davor Dejan
Dejana Denis Dijana Dimitar Dimitrije Dino Diana Divna Dobrila Dragan Dragana Dragica Drago Dragoljub Dragoslav Draško Drita Driton
Dubravka Dušan Dušanka Dušica Đorđe Đuro Džemal Džejla Džana Edin Edina Edita Ekrem Elena Elma Elmir Elvir Elvira Emina Emir Emil Emilija
Enes Enisa Ermin Ernad Esad Eva Fadil Fatima Fatmir Fatos Fikret Filip Flora Florim Frosina Ganimete Gligor Goce Goran Gorana Gordana
Goranka Gorica Grozdan Gjorgji Haris Hana Hasan Hava Husein Hamza Hristina Hristijan Igor Ilija Ilinka Ilir Ilirjana Irena Irfan Irma
Isidora Ismet Ivan Ivana Ivanka Ivica Ivo Iva Izet Jadranka Jakov Jakup Jana Janko Jasenka Jasmin Jasmina Jasna Jelena Jelica Jela Jovan
Jovana Jovanka Jovica Jovo Julija Kadri Katarina Kemal Kenan Kiril Klara Kosta Kosara Kristijan Kristina Krste Krsto Ksenija Kujtim
Kushtrim Lana Lazar Lejla Lela Lenče Lidija Liljana Lindita Luan Luka Lule Lulzim Ljiljana Ljubica Ljubo Ljubomir Ljupčo Ljupka Magdalena
Maja Marija Marijana Marina Marinko Mario Marjan Marko Marta Martin Martina Mate Matej Matija Meho Melisa Merima Merita Mersiha Mevludin
Mihailo Mihajlo Mila Milan Milana Mile Milena Milenko Milica Milijana Milivoje Milja Miljan Miloje Milorad Miloš Milovan Milun Milutin
Mimoza Mina Minela Miodrag Mira Mirela Mirjana Mirko Miro Miroslav Mirsad Mirsada Mirza Mladen Momčilo Monika Muamer Muhamed Munira
Mustafa Nada Nadica Natalija Nataša Nebojša Nedeljko Nedžad Nemanja Nenad Nermin Nermina Nevena Nexhat Nikola Nikolina Nikša Nina Nino
Novica Novak Obrad Ognjen Oliver Olivera Olga Omer Osman Pavle Pavel Petar Petra Petko Predrag Radica Radmila Rade Radivoje Radojka
Radoje Radomir Radoslav Radovan Ramiz Ramo Ranka Ranko Rasim Ratko Rešad Risto Robert Ružica Sabina Sadik Safet Sakip Samir Samira Samra
Sandra Sanela Sanja Sara Saša Sašo Sava Savo Sead Selma Selim Senad Senada Shpend Shpresa Siniša Slađana Slavica Slavko Slaven Slavoljub
Slobodan Slobodanka Smiljana Snežana Snježana Sofija Sonja Spasoje Srđan Sreten Stamena Stana Stanislav Stanko Stefan Stefani Stefanija
Stevan Stevo Stojan Stoja Stojanka Strahinja Sulejman Suada Suzana Svetlana Svetozar Šefik Šefika Šefket Tamara Tanja Tatjana Teodora
Teuta Tihana Tijana Todor Toni Tomislav Tomo Trajče Trajko Uroš Valentina Vanja Vaska Vasil Vasko Vasilije Velibor Velimir Veljko Vera
Verica Vesna Vesel Vidan Vidoje Viktor Viktorija Violeta Višnja Vjosa Vladan Vlade Vladimir Vladislav Vlado Vlatko Vojislav Vuk Vukašin
Vukica Vukota Xhevdet Xhemal Zdenka Zdenko Zdravko Zehra Zlata Zlatan Zlatko Zora Zoran Zorana Zorica Zvonko Željana Željka Željko Živko
Živana Žana Žarko Žaklina Anastasija Angela Dalibor Darinka Dragiša Elizabeta Evgenija Ines Jagoda Jordan Kire Mende Nikolche Nikolče
Ognen Pero Pece Sime Simona Slavčo Sonče Tome Vangel Vele Zaneta Žarka Krenar Leonora Valon Valbona Vjollca Yll Ylli Genc Genta Gzim
Hajdi Nora Rina Rrezarta Rinor Shkelzen Shqipe Afrim Avni Arbër Adelina Adriana Adriatik
"""
GIVEN_NAMES = frozenset(loose(name) for name in _NAMES.split())
