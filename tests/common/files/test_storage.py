"""An upload taken in: what is stored, and that of a refused one nothing is: neither in the storage nor beside it."""

import errno
import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection, transaction
from django.test import RequestFactory
from PIL import Image

from common.files import storage as keeping
from common.files.storage import StoredFile, forget, forget_orphans, forget_pictures, keep, picture_name
from members.models import Language
from tests.common import shared_files as make
from tests.common.shared_files import on_disk, upload
from tests.common.sheet_files import PROJECT

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured by /proc")


pytestmark = pytest.mark.usefixtures("places")


def stored(stored: StoredFile) -> bytes:
    with default_storage.open(stored.name) as file:
        return file.read()


@pytest.mark.parametrize("ending", [ending for ending in make.WHOLE if ending not in ("jpg", "png", "webp")])
def test_file_is_stored_as_it_came_under_a_name_of_our_own(ending, places):
    mime, made = make.WHOLE[ending]
    content = made()
    stored_file = keep(upload(content, f"Вежба Ђорђевић.{ending}"))
    assert (stored_file.kind, stored_file.size, stored_file.checksum, stored_file.ending, stored_file.original) == (
        mime,
        len(content),
        hashlib.sha256(content).hexdigest(),
        ending,
        f"Вежба Ђорђевић.{ending}",
    )
    assert (stored(stored_file), on_disk(places)) == (content, [f"media/{stored_file.name}"])
    token = stored_file.name.removeprefix("files/")
    assert (token[:3], token[3:6], len(token)) == (token[6:8] + "/", token[8:10] + "/", 6 + 32 + 1 + len(ending))


def test_same_file_twice_has_two_names():
    assert keep(upload(make.pdf())).name != keep(upload(make.pdf())).name


def test_plain_binary_file_is_taken_too():
    stored_file = keep(io.BytesIO(make.pdf()), original="a.docx")
    assert (stored_file.original, stored(stored_file)) == ("a.pdf", make.pdf())


def shot(kind: str) -> bytes:
    """A photograph that says where it was taken, turned by a quarter."""
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return make.picture(kind, (80, 40), exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_loses_what_the_camera_wrote_and_stands_upright(kind):
    content = shot(kind)
    assert b"Camera of Ana" in content  # control: it was there
    stored_file = keep(upload(content + b"<script>alert(1)</script>" + make.zipped({"a": "x"})))
    with Image.open(io.BytesIO(stored(stored_file))) as image:
        assert (image.format, image.size, dict(image.getexif()), set(image.info) & {"exif", "xmp", "comment"}) == (
            kind,
            (40, 80),
            {},
            set(),
        )
    kept_content = stored(stored_file)
    assert [word in kept_content for word in (b"Camera of Ana", b"<script>", b"PK\x03\x04")] == [False] * 3
    assert (stored_file.size, stored_file.checksum) == (len(kept_content), hashlib.sha256(kept_content).hexdigest())


@pytest.mark.parametrize("turn", [1, 6])
def test_photograph_of_a_telephone_with_more_behind_it_is_its_first_picture(turn):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera of Ana", turn
    behind = Image.new("RGB", (80, 40), "black")
    content = make.picture("MPO", (80, 40), save_all=True, append_images=[behind], exif=exif)
    with Image.open(io.BytesIO(content)) as made:
        assert (made.format, made.n_frames) == ("MPO", 2)  # control
    stored_file = keep(upload(content, "IMG_0001.jpg"))
    with Image.open(io.BytesIO(stored(stored_file))) as image:
        assert (stored_file.kind, image.format, image.size) == (
            "image/jpeg",
            "JPEG",
            (80, 40) if turn == 1 else (40, 80),
        )
        assert image.getpixel((5, 5)) == (255, 255, 255)
    assert b"Camera of Ana" not in stored(stored_file)


def test_large_photograph_keeps_its_size_and_what_is_seen_through_stays_so():
    stored_file = keep(upload(make.picture("JPEG", (6000, 4000))))
    with Image.open(io.BytesIO(stored(stored_file))) as image:
        assert image.size == (6000, 4000)
    stored_file = keep(upload(make.picture("PNG", mode="RGBA")))
    with Image.open(io.BytesIO(stored(stored_file))) as image:
        assert (image.mode, image.getpixel((0, 0))) == ("RGBA", (0, 0, 0, 0))


def test_comment_and_colours_of_a_jpeg_go():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = make.picture("JPEG", comment=b"Ana was here", icc_profile=profile)
    stored_file = stored(keep(upload(content)))
    assert (
        [b"Ana was here" in content, b"ICC_PROFILE" in content],
        [b"Ana was here" in stored_file, b"ICC_PROFILE" in stored_file],
    ) == (
        [True, True],
        [False, False],
    )


REFUSED = {
    "hostile": (lambda: upload(make.with_part("word/vbaProject.bin")), {}, "holds macros"),
    "too large": (lambda: upload(b"a" * (1024 * 1024 + 1)), {}, "larger than 1.0"),
    "no room": (lambda: upload(make.pdf()), {"room": 100}, "You have room for 100"),
    "no room at all": (lambda: upload(make.pdf()), {"room": -5}, "You have room for 0"),
    "announced longer": (lambda: upload(make.pdf()), {"declared": len(make.pdf()) + 1}, "changed while it was sent"),
    "announced shorter": (lambda: upload(make.pdf()), {"declared": len(make.pdf()) - 1}, "changed while it was sent"),
    "cut picture": (lambda: upload(make.picture("JPEG", (900, 900))[:-400]), {}, "no picture that can be read"),
    "picture of too many pixels": (lambda: upload(make.picture("PNG", (60_000, 1_001), "1")), {}, "60 million pixels are the most"),
    "text that calls itself a picture": (lambda: upload(b"\xff\xd8\xff" + b"x" * 500), {}, "no picture that can be read"),
    "empty": (lambda: upload(b""), {}, "file is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_of_a_refused_upload_stays(case, places, settings):
    settings.MAX_FILE_MB = 1
    made, values, sentence = REFUSED[case]
    with pytest.raises(ValidationError, match=sentence):
        keep(made(), **values)
    assert on_disk(places) == []


def test_control_room_for_exactly_this_file_is_enough():
    assert keep(upload(make.pdf()), room=len(make.pdf()), declared=len(make.pdf())).size == len(make.pdf())


def test_file_that_grows_while_it_is_read_is_refused(places):
    changing = upload(make.pdf())
    changing.size += 3  # what the browser announced
    with pytest.raises(ValidationError, match="changed while it was sent"):
        keep(changing)
    assert on_disk(places) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_said_and_nothing_stays(number, places, monkeypatch):
    monkeypatch.setattr(keeping, "_sync", lambda name: (_ for _ in ()).throw(OSError(number, "full")))
    with pytest.raises(ValidationError, match="no room left"):
        keep(upload(make.pdf()))
    assert on_disk(places) == []


def test_any_other_fault_of_the_disk_is_an_error_and_nothing_stays(places, monkeypatch):
    monkeypatch.setattr(keeping, "_sync", lambda name: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
    with pytest.raises(OSError, match="broken"):
        keep(upload(make.pdf()))
    assert on_disk(places) == []


@pytest.mark.django_db
def test_file_goes_with_the_transaction_that_would_have_named_it(places):
    with pytest.raises(RuntimeError), keeping.keeping(upload(make.pdf())) as stored_file, transaction.atomic():
        Language.objects.create(code="xx", name=stored_file.name[:40])
        raise RuntimeError
    assert (on_disk(places), Language.objects.filter(code="xx").exists()) == ([], False)


@pytest.mark.django_db(transaction=True)
def test_file_goes_where_only_the_commit_fails(places):
    """A constraint that is looked at in the end lets everything through but the commit."""
    with pytest.raises(RuntimeError), keeping.keeping(upload(make.pdf())), transaction.atomic():
        transaction.on_commit(lambda: (_ for _ in ()).throw(RuntimeError))
    assert on_disk(places) == []


def test_control_file_stays_where_the_block_ends_well(places):
    with keeping.keeping(upload(make.pdf())) as stored_file:
        pass
    assert on_disk(places) == [f"media/{stored_file.name}"]


def test_no_transaction_is_needed_and_none_is_opened(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        keep(upload(make.pdf()))
    assert connection.vendor in ("sqlite", "postgresql")


def age(name: str, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(default_storage.path(name), (then, then))


def test_what_a_killed_process_left_is_forgotten_after_a_day(places):
    named, young, old = (keep(upload(make.pdf())).name for _n in range(3))
    beside = default_storage.save("trainers/a.jpg", upload(b"x"))
    strange = default_storage.save("files/ab/cd/no-name-of-ours.txt", upload(b"x"))
    for name, days in ((named, 5), (young, 0.9), (old, 1.1), (beside, 5), (strange, 5)):
        age(name, days)
    assert forget_orphans({named}) == 1
    assert on_disk(places / "media") == sorted([named, young, beside, strange])
    assert forget_orphans({named}) == 0


def test_pictures_of_a_file_that_is_gone_are_forgotten_after_a_day(places):
    names = [picture_name(letter * 64, page) for letter, page in (("a", 1), ("a", 12), ("b", 1), ("c", 1))]
    twice = picture_name("a" * 64, 1).replace(".webp", "_Xy12abc.webp")
    strange = "previews/logo.webp"
    for name in (*names, twice, strange):
        default_storage.save(name, upload(b"x"))
        age(name, 1.1)
    age(names[3], 0.9)
    assert forget_pictures({"a" * 64}) == 2
    assert on_disk(places / "media") == sorted([names[0], names[1], names[3], strange])


def test_sweep_of_an_empty_storage_finds_nothing():
    assert (forget_orphans(set()), forget_pictures(set())) == (0, 0)


@pytest.mark.parametrize("name", ["../../etc/passwd", "trainers/a.jpg", "files/../x", "", "files/ab/cd/x.pdf"])
def test_only_files_of_our_own_making_are_deleted(name, places):
    victim = places / "media" / "trainers" / "a.jpg"
    victim.parent.mkdir(parents=True)
    victim.write_bytes(b"x")
    forget(name)
    assert victim.exists()


def posted(size: int) -> SimpleUploadedFile:
    """Return what Django makes of a form with a file of so many bytes."""
    request = RequestFactory().post("/", {"file": io.BytesIO(b"a" * size)})
    return request.FILES["file"]


def test_no_more_than_the_limit_of_a_large_file_is_written_down(settings):
    settings.MAX_FILE_MB = 3
    with posted(8 * 1024 * 1024) as arrived:
        assert isinstance(arrived, TemporaryUploadedFile)
        assert 3 * 1024 * 1024 < arrived.size < 3 * 1024 * 1024 + 128 * 1024
        with pytest.raises(ValidationError, match=r"larger than 3\.0"):
            keep(arrived)
    with posted(3 * 1024 * 1024) as largest:  # control: it arrives whole
        assert largest.size == 3 * 1024 * 1024


def test_request_that_announces_too_much_is_refused_unread(settings):
    settings.MAX_FILE_MB = 1
    request = RequestFactory().post("/", {"file": io.BytesIO(b"a")})
    request.META["CONTENT_LENGTH"] = str(11 * 1024 * 1024)
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018 - reading them is the act


def measured(kind: str, folder: Path, *more: str) -> tuple[str, float]:
    """Take in 100 MB in a process; return what was said and the megabytes it took beside what it had."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.common.measure_upload", kind, str(folder), *more]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    said, megabytes = ended.stdout.rsplit(maxsplit=1)
    return said, float(megabytes)


@on_linux
@pytest.mark.drill
@pytest.mark.parametrize(
    ("kind", "said"), [("pdf", "True"), ("mp4", "True"), ("streams", "['This PDF has too many parts to be looked at.")]
)
def test_upload_of_100_mb_takes_the_memory_of_none(kind, said, places):
    texts, megabytes = measured(kind, places)
    assert texts.startswith(said)
    assert megabytes < 60
    print(f"100 MB of {kind}: {megabytes:.0f} MB")


@on_linux
@pytest.mark.drill
def test_control_the_measure_sees_a_file_that_is_held_whole(places):
    assert measured("mp4", places, "whole")[1] > 90
