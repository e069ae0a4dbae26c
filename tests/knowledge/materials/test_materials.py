"""Files of posts: adding, versions, withdrawing, translations, who gets them, what trainings use."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from common.files.storage import keeping
from knowledge.access import readable_versions
from knowledge.materials.actions import About, add_material, add_version, read_words, room_of, withdraw_version
from knowledge.materials.use_actions import use_material
from knowledge.models import Material, MaterialText, MaterialUse, MaterialVersion
from notifications.models import Notification, NotificationSetting
from tests.common.shared_files import pdf
from tests.conftest import client_of, make_training
from tests.knowledge.posts.test_posts import write
from tests.markup import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_on_disk(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def file(name="kartice.pdf", words="Predrasude u komisijama"):
    return SimpleUploadedFile(name, pdf(words) if name.endswith(".pdf") else words.encode())


def material_of(post, by, words="Predrasude", title="Kartice", language="bs", of=None):
    with keeping(io.BytesIO(pdf(words)), original="kartice.pdf") as stored_file:
        about = About(title, language, "network", of)
        return add_material(post=post, about=about, stored_file=stored_file, by=by)


def next_version(material, by, words, seen=1):
    with keeping(io.BytesIO(pdf(words)), original="kartice.pdf") as stored_file:
        return add_version(material=material, stored_file=stored_file, note="Jasnije", newest_seen=seen, by=by)


def get(client, url, **headers):
    """Ask for a file and take it whole: the status, the bytes, the headers."""
    answer = client.get(url, headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content, answer


def add(client, post, *uploads, **changes):
    body = {"uploads": list(uploads), "title": "", "language": "en", "licence": "network", **changes}
    return client.post(f"{post.get_absolute_url()}files/add/", body)


@pytest.mark.slow
def test_several_files_are_added_at_once_and_read(trainer_me, django_capture_on_commit_callbacks):
    post = write(trainer_me)
    with django_capture_on_commit_callbacks(execute=True):
        answer = add(client_of(trainer_me), post, file(), file("beleške.txt", "Ђорђевић је рекао"))
    assert (answer.status_code, answer["Location"]) == (302, f"{post.get_absolute_url()}#files")
    results = MaterialVersion.objects.order_by("pk").values_list("name", "kind", "number", "text_state", "pages")
    assert list(results) == [
        ("kartice.pdf", "application/pdf", 1, "read", 1),
        ("beleške.txt", "text/plain", 1, "read", None),
    ]
    assert [text.places[0][2] for text in MaterialText.objects.order_by("pk")] == [
        "Predrasude u komisijama",
        "Ђорђевић је рекао",
    ]
    page = client_of(trainer_me).get(post.get_absolute_url()).content.decode()
    assert page.count("Download<span") == 2


def test_script_gets_the_number_or_the_sentence(trainer_me):
    post, client = write(trainer_me), client_of(trainer_me)
    url = f"{post.get_absolute_url()}files/add/"
    body = {"uploads": file(), "language": "bs", "licence": "cc-by", "title": "Kartice"}
    made = client.post(url, body, headers={"X-Requested-With": "fetch"})
    assert made.json() == {"material": Material.objects.get().pk, "title": "Kartice"}
    body["uploads"] = SimpleUploadedFile("kartice.pdf", b"<html><script>alert(1)</script>")
    refused = client.post(url, body, headers={"X-Requested-With": "fetch"})
    assert (refused.status_code, "web page" in refused.json()["refused"]) == (422, True)
    empty = client.post(url, {"language": "bs", "licence": "cc-by"}, headers={"X-Requested-With": "fetch"})
    assert (empty.status_code, empty.json()["refused"]) == (422, "Choose at least one file.")


def test_refused_file_leaves_nothing_and_holds_up_no_other(trainer_me, stored):
    post = write(trainer_me)
    bad = SimpleUploadedFile("slika.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = client_of(trainer_me).post(
        f"{post.get_absolute_url()}files/add/",
        {"uploads": [bad, file()], "language": "en", "licence": "network"},
        follow=True,
    )
    page = answer.content.decode()
    assert "slika.svg: This is an SVG drawing" in page
    assert "1 file is added." in page
    assert len(files_on_disk(stored)) == 1


def test_same_file_again_is_said_and_not_kept(trainer_me, stored):
    post = write(trainer_me)
    client = client_of(trainer_me)
    add(client, post, file(), title="Kartice")
    page = add(client, post, file(), title="Opet").content.decode()
    assert "This file is here already: Kartice." in page
    assert (Material.objects.count(), len(files_on_disk(stored))) == (1, 1)


def test_no_room_is_a_sentence(trainer_me, settings, stored):
    settings.MEMBER_ROOM_MB = 0
    page = add(client_of(trainer_me), write(trainer_me), file()).content.decode()
    assert (Material.objects.count(), files_on_disk(stored), room_of(trainer_me)) == (0, [], 0)
    assert "notice" in page


def test_new_version_is_the_newest_and_the_old_one_keeps_its_address(trainer_me, trainer_rs):
    post = write(trainer_me)
    material = material_of(post, trainer_me)
    url = f"{material.get_absolute_url()}new-version/"
    body = {"uploads": file(words="Nova"), "note": "Jasnije", "newest_seen": "1"}
    assert client_of(trainer_me).post(url, body)["Location"] == material.get_absolute_url()
    old = squeezed(client_of(trainer_rs).get(f"{material.get_absolute_url()}1/").content.decode())
    assert "You are looking at version 1." in old
    assert "is newer</a>: Jasnije" in old
    new = client_of(trainer_rs).get(material.get_absolute_url()).content.decode()
    assert "You are looking at" not in new
    answer, two = (get(client_of(trainer_rs), f"{material.get_absolute_url()}{n}/download/")[1] for n in (1, 2))
    assert (answer, two) == (pdf("Predrasude"), pdf("Nova"))


def test_version_upon_one_that_was_not_seen_is_refused(trainer_me, stored):
    material = material_of(write(trainer_me), trainer_me)
    next_version(material, trainer_me, "Druga")
    before = files_on_disk(stored)
    with pytest.raises(ValidationError, match="Somebody added version 2 meanwhile"):
        next_version(material, trainer_me, "Treća")
    with pytest.raises(ValidationError, match="same file as version 2"):
        next_version(material, trainer_me, "Druga", seen=2)
    assert files_on_disk(stored) == before


def test_withdrawn_version_says_why_and_is_handed_out_no_more(trainer_me, trainer_rs):
    material = material_of(write(trainer_me), trainer_me)
    next_version(material, trainer_me, "Druga")
    url = f"{material.get_absolute_url()}2/"
    client_of(trainer_me).post(f"{url}withdraw/", {"reason": "Pogrešan zakon"})
    page = client_of(trainer_rs).get(url).content.decode()
    assert "Pogrešan zakon" in page
    assert "Version 2 was withdrawn" in page
    assert client_of(trainer_rs).get(f"{url}download/").status_code == 404
    assert "version 1" in client_of(trainer_rs).get(material.get_absolute_url()).content.decode()
    assert [v.number for v in readable_versions(trainer_rs)] == [1]
    client_of(trainer_me).post(f"{url}restore/")
    assert get(client_of(trainer_rs), f"{url}download/")[0] == 200


def test_translations_know_each_other(trainer_me):
    post = write(trainer_me)
    first = material_of(post, trainer_me, "Jedan")
    two = material_of(post, trainer_me, "Два", "Картице", "mk", first)
    material_of(post, trainer_me, "Three", "Cards", "en", two)
    page = squeezed(client_of(trainer_me).get(two.get_absolute_url()).content.decode())
    assert ">Bosnian</a>,<a" in page
    assert ">English</a>" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reach", "by", "expected"),
    [("ministry", "trainer_rs", 404), ("ministry", "recorder_me", 200), ("network", "trainer_rs", 200),
     ("network", None, 404), ("public", None, 200)],
)  # fmt: skip
def test_file_opens_only_for_who_may_see_its_post(reach, by, expected, request, trainer_me):
    material = material_of(write(trainer_me, reach=reach), trainer_me)
    read_words.func(material.versions.get().pk)
    client = client_of(request.getfixturevalue(by) if by else None)
    url = material.get_absolute_url()
    answers = [get(client, url + end)[0] for end in ("", "1/", "1/download/", "1/page-1.webp")]
    assert answers == [expected] * 4


def test_file_is_not_reached_by_its_number_below_another_post(trainer_me, trainer_rs):
    theirs = material_of(write(trainer_me, reach="ministry"), trainer_me)
    mine = write(trainer_rs)
    for end in ("", "1/", "1/download/", "1/page-1.webp", "edit/", "new-version/"):
        assert client_of(trainer_rs).get(f"{mine.get_absolute_url()}files/{theirs.pk}/{end}").status_code == 404


def test_file_comes_as_an_attachment_in_a_sandbox_and_is_counted(trainer_me, trainer_rs):
    material = material_of(write(trainer_me), trainer_me)
    client = client_of(trainer_rs)
    _status, _content, answer = get(client, f"{material.get_absolute_url()}1/download/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    part = get(client, f"{material.get_absolute_url()}1/download/", Range="bytes=0-3")
    assert part[:2] == (206, b"%PDF")
    assert MaterialVersion.objects.get().downloads == 1


def test_removed_file_is_gone_unless_a_training_used_it(trainer_me, training, recorder_me, stored):
    post = write(trainer_me)
    used, free = material_of(post, trainer_me, "Jedan"), material_of(post, trainer_me, "Dva")
    use_material(training=training, version=used.versions.get(), by=recorder_me)
    client = client_of(trainer_me)
    said = client.post(f"{used.get_absolute_url()}remove/", follow=True).content.decode()
    assert "Trainings used this file, so it stays." in said
    client.post(f"{free.get_absolute_url()}remove/")
    assert [client.get(m.get_absolute_url()).status_code for m in (used, free)] == [200, 404]


def test_files_of_a_draft_are_deleted_with_it(trainer_me, stored, django_capture_on_commit_callbacks):
    post = write(trainer_me, publish=False)
    material = material_of(post, trainer_me)
    client = client_of(trainer_me)
    assert "has files" in client.post(f"{post.get_absolute_url()}delete/", follow=True).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{material.get_absolute_url()}remove/")
    assert (Material.objects.count(), files_on_disk(stored)) == (0, [])


def planned(recorder, trainer):
    return make_training(recorder, trainers=(trainer,), first=timezone.localdate() + timedelta(days=20))


def test_trainers_of_a_planned_training_are_told_of_a_new_version(trainer_me, trainer_rs, recorder_rs, mailoutbox):
    material = material_of(write(trainer_me), trainer_me)
    coming = planned(recorder_rs, trainer_rs)
    use_material(training=coming, version=material.versions.get(), by=recorder_rs)
    mail.outbox.clear()
    next_version(material, trainer_me, "Druga")
    assert [(m.to, m.subject) for m in mail.outbox] == [([trainer_rs.email], "New version of Kartice")]
    assert material.get_absolute_url() in mail.outbox[0].body
    assert list(Notification.objects.values_list("member", "kind")) == [(trainer_rs.pk, "new_version")]
    page = client_of(trainer_rs).get(f"/trainings/{coming.reference}/materials/").content.decode()
    assert "version 2 is out" in page


@pytest.mark.parametrize(("mode", "expected", "mailed"), [("off", 0, 0), ("digest", 1, 0), ("at_once", 1, 1)])
def test_they_are_told_as_they_chose(mode, expected, mailed, trainer_me, trainer_rs, recorder_rs):
    material = material_of(write(trainer_me), trainer_me)
    use_material(training=planned(recorder_rs, trainer_rs), version=material.versions.get(), by=recorder_rs)
    NotificationSetting.objects.create(member=trainer_rs, kind="new_version", mode=mode)
    mail.outbox.clear()
    next_version(material, trainer_me, "Druga")
    assert (Notification.objects.count(), len(mail.outbox)) == (expected, mailed)


def test_who_may_not_open_the_post_is_not_told(trainer_me, trainer_rs, recorder_rs):
    material = material_of(write(trainer_me, reach="ministry"), trainer_me)
    use_material(training=planned(recorder_rs, trainer_rs), version=material.versions.get(), by=recorder_rs)
    mail.outbox.clear()
    next_version(material, trainer_me, "Druga")
    assert (Notification.objects.count(), mail.outbox) == (0, [])


def test_nobody_is_told_of_a_training_that_is_over_or_cancelled(trainer_me, trainer_rs, recorder_rs):
    material = material_of(write(trainer_me), trainer_me)
    version = material.versions.get()
    past = make_training(recorder_rs, trainers=(trainer_rs,))
    off = planned(recorder_rs, trainer_rs)
    for training in (past, off):
        use_material(training=training, version=version, by=recorder_rs)
    type(off).objects.filter(pk=off.pk).update(cancelled_at=timezone.now())
    next_version(material, trainer_me, "Druga")
    withdraw_version(version=version, reason="Zastarjelo", by=trainer_me)
    assert Notification.objects.count() == 0


def test_training_names_a_material_and_tells_how_it_went(trainer_me, training):
    material = material_of(write(trainer_me), trainer_me)
    client, url = client_of(trainer_me), f"/trainings/{training.reference}/materials/"
    assert "Kartice" in client.get(f"{url}?q=kart").content.decode()
    client.post(url, {"use": str(material.versions.get().pk)})
    use = MaterialUse.objects.get()
    client.post(url, {"of": str(use.pk), "outcome": "partly", "words": "Trajalo je duže"})
    use.refresh_from_db()
    assert (use.training, use.outcome, use.words) == (training, "partly", "Trajalo je duže")
    post = squeezed(client.get(material.post.get_absolute_url()).content.decode())
    assert "Worked in part: 1" in post
    client.post(url, {"of": str(use.pk), "drop": "1"})
    assert MaterialUse.objects.count() == 0


def test_another_version_takes_the_place_of_the_first(trainer_me, training, recorder_me):
    material = material_of(write(trainer_me), trainer_me)
    first = material.versions.get()
    two = next_version(material, trainer_me, "Druga")
    for version in (first, two, two):
        use_material(training=training, version=version, by=recorder_me)
    assert list(MaterialUse.objects.values_list("version__number", flat=True)) == [2]


def test_material_of_another_ministry_is_neither_named_nor_seen_on_a_training(
    trainer_me, trainer_rs, recorder_me, training
):
    material = material_of(write(trainer_me, reach="ministry", title="Tajna"), trainer_me)
    use_material(training=training, version=material.versions.get(), by=recorder_me)
    page = client_of(trainer_rs).get(f"/trainings/{training.reference}/materials/").content.decode()
    assert "Kartice" not in page
    assert "No materials are named." in page


def test_stranger_to_a_training_names_nothing(trainer_rs, trainer_me, training):
    material = material_of(write(trainer_me), trainer_me)
    answer = client_of(trainer_rs).post(
        f"/trainings/{training.reference}/materials/", {"use": material.versions.get().pk}
    )
    assert (answer.status_code, MaterialUse.objects.count()) == (403, 0)


@pytest.mark.parametrize("body", [{}, {"use": "x"}, {"use": "99999999"}, {"of": "x"}, {"of": "1" * 30, "drop": "1"}])
def test_wrong_words_about_a_use_are_no_error(body, trainer_me, training):
    assert client_of(trainer_me).post(f"/trainings/{training.reference}/materials/", body).status_code == 302
    assert MaterialUse.objects.count() == 0
