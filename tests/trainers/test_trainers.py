"""The directory, a trainer's own profile and photograph."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from members.models import Language
from tests.conftest import client_of, profile_of
from trainers.actions import change_profile, ensure_profile
from trainers.models import Topic, TrainerProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(trainer_me, trainer_rs):
    """Tanja of Montenegro teaches in the first language on the first topic, Todor of Serbia on the second."""
    first, second = Topic.objects.all()[:2]
    change_profile(profile=profile_of(trainer_me), languages=Language.objects.all()[:1], topics=[first], by=trainer_me)
    change_profile(profile=profile_of(trainer_rs), languages=[], topics=[first, second], by=trainer_rs)
    return first, second


def names(answer):
    return sorted(profile.member.given_name for profile in answer.context["page"])


@pytest.mark.parametrize("typed", ["Trenerić", "Тренерић", "treneric", "Tanja T", "TRENERIĆ tanja"])
def test_trainer_is_found_in_any_script(directory, observer, typed):
    assert names(client_of(observer).get("/trainers/", {"q": typed})) == ["Tanja"]


def test_directory_is_narrowed_and_counts_stand_beside(directory, observer):
    first, second = directory
    client = client_of(observer)
    answer = client.get("/trainers/", {"ministry": "RS", "topic": [first.pk, second.pk]})
    assert names(answer) == ["Todor"]
    assert {c.value: c.count for c in answer.context["directory"].ministries()} == {"ME": 1, "RS": 1}
    assert {c.label: c.count for c in answer.context["directory"].topics()} == {first.name: 1, second.name: 1}
    assert names(client.get("/trainers/", {"language": Language.objects.first().pk})) == ["Tanja"]


@pytest.mark.parametrize(
    "query",
    [
        {"topic": "x"},
        {"topic": "9" * 40},
        {"ministry": "\x00"},
        {"language": "\x00"},
        {"q": "\x00" * 500},
        {"page": "-1"},
    ],
)
def test_rubbish_in_the_address_is_no_error(directory, observer, query):
    assert client_of(observer).get("/trainers/", query).status_code == 200


def test_deactivated_trainer_is_not_shown(trainer_me, observer):
    trainer_me.is_active = False
    trainer_me.save()
    assert names(client_of(observer).get("/trainers/")) == []


def test_profile_is_made_once(trainer_me):
    assert ensure_profile(member=trainer_me, by=trainer_me) == profile_of(trainer_me)
    assert TrainerProfile.objects.count() == 1


def picture(size=(600, 400)):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


def send(trainer, content, **changed):
    profile = profile_of(trainer)
    body = {
        "sex": "female",
        "position": "Teacher",
        "photo_file": SimpleUploadedFile("p.png", content, "image/png"),
        **changed,
    }
    return client_of(trainer).post(f"/trainers/{profile.slug}/edit/", body)


def test_trainer_edits_their_profile_with_a_photograph(trainer_me, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert send(trainer_me, picture()).status_code == 302
    profile = profile_of(trainer_me)
    assert (profile.position, profile.sex) == ("Teacher", "female")
    with profile.photo.open("rb") as image, Image.open(image) as visible:
        assert (visible.format, visible.size) == ("JPEG", (480, 480))


@pytest.mark.parametrize(
    "content",
    [b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, picture()[:60], b"x" * (5 * 1024 * 1024 + 1), b"<svg/>"],
)
def test_wrong_file_is_refused_with_a_sentence(trainer_me, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    answer = send(trainer_me, content)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["photo_file"])
    assert profile_of(trainer_me).photo.name == ""


def test_strangers_see_a_photograph_only_of_who_opted_in(trainer_me, stranger, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(trainer_me, picture())
    url = f"/trainers/{profile_of(trainer_me).slug}/photo.jpg"
    assert stranger.get(url).status_code == 404
    TrainerProfile.objects.update(is_public=True)
    answer = stranger.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    answer.close()


def test_former_photograph_does_not_stay_on_the_disk(
    trainer_me, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    stored = []
    for changed in ({}, {}, {"photo_file": "", "drop_photo": "on"}):
        with django_capture_on_commit_callbacks(execute=True):
            assert send(trainer_me, picture(), **changed).status_code == 302
        stored.append([path.name for path in tmp_path.rglob("*.jpg")])
    assert [len(names) for names in stored] == [1, 1, 0]
    assert stored[0] != stored[1]
