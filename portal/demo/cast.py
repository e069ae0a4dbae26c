"""The accounts of the demo: staff of the four ministries, the secretariat, and the 33 trainers with their profiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from common.folding import loose, spelling
from members.models import Language, Member, Organisation, Rank
from portal.demo.clock import at
from portal.demo.profiles import TRAINERS, TrainerRow, about_words, qualification_words
from portal.management.commands.load_reference import reference_rows
from trainers.models import Topic, TrainerProfile

FIRST_COURSE_ENDED = date(2014, 3, 13)
SECOND_COURSE_ENDED = date(2015, 2, 5)
MINISTRIES = ("BA", "ME", "MK", "RS")
_OPENED = date(2014, 1, 15)
_FUNCTIONS = {"recorder": "gender focal point", "coordinator": "gender equality coordinator"}

# Email before the @, organisation, given name, family name, role.
STAFF = (
    ("admin", "SEESAC", "Nadia", "Castellani", "admin"),
    ("observer", "SEESAC", "Ingrid", "Solberg", "observer"),
    ("coordinator.ba", "BA", "Sanela", "Tahirović", "coordinator"),
    ("coordinator.me", "ME", "Slavko", "Krivokapić", "coordinator"),
    ("coordinator.mk", "MK", "Билјана", "Велјановска", "coordinator"),
    ("coordinator.rs", "RS", "Весна", "Радосављевић", "coordinator"),
    ("recorder.ba", "BA", "Dženana", "Kapić", "recorder"),
    ("recorder.me", "ME", "Ivana", "Božović", "recorder"),
    ("recorder.mk", "MK", "Горан", "Таневски", "recorder"),
    ("recorder.rs", "RS", "Tijana", "Blagojević", "recorder"),
)
TRAINER_ACCOUNTS = {
    "amra-hadzic": "trainer.ba",
    "predrag-vukovic": "trainer.me",
    "elena-stojanovska": "trainer.mk",
    "jelena-dordevic": "trainer.rs",
}


@dataclass(frozen=True)
class Trainer:
    """One of the 33, as the story refers to them."""

    slug: str
    ministry: str
    given_name: str
    family_name: str
    sex: str
    rank: Rank | None
    certified_on: date


@dataclass(frozen=True)
class Cast:
    """Everybody who has an account, by their role in the story."""

    trainers: dict[str, Trainer]
    staff: dict[str, Member]
    profiles: dict[str, TrainerProfile]

    def recorder(self, ministry: str) -> Member:
        return self.staff[f"recorder.{ministry.lower()}"]

    def coordinator(self, ministry: str) -> Member:
        return self.staff[f"coordinator.{ministry.lower()}"]

    def people(self) -> dict[str, Member]:
        """Return every account, by a trainer's slug or the login of staff."""
        return {**{slug: profile.member for slug, profile in self.profiles.items()}, **self.staff}

    def certified(self, ministry: str, day: date) -> list[str]:
        """Return the slugs of a ministry's trainers who were certified before that day."""
        return [t.slug for t in self.trainers.values() if t.ministry == ministry and t.certified_on < day]


def trainer_slug(row: TrainerRow) -> str:
    return spelling(f"{row.given_name} {row.family_name}").replace(" ", "-")


def load_cast(organisations: dict[str, Organisation]) -> Cast:
    """Create all members with their roles and profiles. Every account has the one printed password, hashed once."""
    password = make_password(settings.DEMO_PASSWORD)
    staff = [_staff_member(row, organisations, password) for row in STAFF]
    trainers = [_trainer_member(row, organisations, password) for row in TRAINERS]
    members = Member.objects.bulk_create([*staff, *trainers])
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=member, email=member.email, verified=True, primary=True) for member in members]
    )
    roles = [row[4] for row in STAFF] + ["trainer"] * len(TRAINERS)
    has_role: Any = Member.roles.through
    has_role.objects.bulk_create(
        [has_role(member_id=member.pk, role_id=role) for member, role in zip(members, roles, strict=True)]
    )
    profiles = _load_profiles(trainers)
    return Cast(
        trainers={p.slug: _as_trainer(p, row) for p, row in zip(profiles, TRAINERS, strict=True)},
        staff={row[0]: member for row, member in zip(STAFF, staff, strict=True)},
        profiles={profile.slug: profile for profile in profiles},
    )


def _staff_member(row: tuple[str, ...], organisations: dict[str, Organisation], password: str) -> Member:
    login, organisation, given_name, family, role = row
    return Member(
        email=f"{login}@demo.example",
        password=password,
        given_name=given_name,
        family_name=family,
        organisation=organisations[organisation],
        function=_FUNCTIONS.get(role, ""),
        joined_at=at(_OPENED),
    )


def _trainer_member(row: TrainerRow, organisations: dict[str, Organisation], password: str) -> Member:
    slug = trainer_slug(row)
    return Member(
        email=f"{TRAINER_ACCOUNTS.get(slug, slug.replace('-', '.'))}@demo.example",
        password=password,
        given_name=row.given_name,
        family_name=row.family_name,
        organisation=organisations[row.ministry],
        joined_at=at(_certified_on(row) + timedelta(days=4)),
    )


def _certified_on(row: TrainerRow) -> date:
    return FIRST_COURSE_ENDED if row.course == 1 else SECOND_COURSE_ENDED


def _load_profiles(members: list[Member]) -> list[TrainerProfile]:
    ranks = {(rank.country_id, rank.name_key): rank for rank in Rank.objects.all()}
    profiles = TrainerProfile.objects.bulk_create(
        [_profile(member, row, ranks) for member, row in zip(members, TRAINERS, strict=True)]
    )
    languages = {language.code: language for language in Language.objects.all()}
    topics = dict(enumerate(topics_in_order()))
    speaks: Any = TrainerProfile.languages.through
    teaches: Any = TrainerProfile.topics.through
    speaks.objects.bulk_create(
        speaks(trainerprofile_id=profile.pk, language_id=languages[code].pk)
        for profile, row in zip(profiles, TRAINERS, strict=True)
        for code in row.languages.split()
    )
    teaches.objects.bulk_create(
        teaches(trainerprofile_id=profile.pk, topic_id=topics[number].pk)
        for profile, row in zip(profiles, TRAINERS, strict=True)
        for number in row.topics
    )
    return profiles


def topics_in_order() -> list[Topic]:
    """Return the topics as their reference file lists them, which is how the trainers' rows number them."""
    topics = {topic.name: topic for topic in Topic.objects.all()}
    return [topics[row["name"]] for row in reference_rows("trainers/reference/topics.csv")]


def _profile(member: Member, row: TrainerRow, ranks: dict[tuple[str, str], Rank]) -> TrainerProfile:
    words = f"{row.given_name} {row.family_name}"
    return TrainerProfile(
        member=member,
        slug=trainer_slug(row),
        name_key=spelling(words),
        loose_key=loose(words),
        sex=row.sex,
        rank=ranks[row.ministry, spelling(row.rank)] if row.rank else None,
        position=row.position,
        qualifications=qualification_words(row),
        deployments=f"Served in {row.away}" if row.away else "",
        about=about_words(row),
        certified_on=_certified_on(row),
        is_public=row.is_public,
    )


def _as_trainer(profile: TrainerProfile, row: TrainerRow) -> Trainer:
    return Trainer(
        slug=profile.slug,
        ministry=row.ministry,
        given_name=row.given_name,
        family_name=row.family_name,
        sex=row.sex,
        rank=profile.rank,
        certified_on=_certified_on(row),
    )
