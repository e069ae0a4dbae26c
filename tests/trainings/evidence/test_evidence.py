"""Scans of signed paper: who attaches, opens and removes them, and what others are told."""

import hashlib
import io
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import AuditEntry
from common.scans import PDF, Scan
from tests.conftest import client_of, make_training
from trainings.actions import cancel_training
from trainings.evidence import actions
from trainings.evidence.actions import attach_evidence, remove_evidence
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Evidence

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
SCAN = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(content: bytes = SCAN, name: str = "Potpisi Ane Anić.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return out.getvalue()


def attach(training, by, content=SCAN):
    return attach_evidence(training=training, scans=[Scan(content, PDF)], by=by)[0]


def address(training, *pk, name="evidence"):
    return reverse(f"trainings:{name}", args=[training.reference, *pk])


def test_scan_and_photograph_are_kept_below_names_nobody_guesses(marked, recorder_me, media):
    client = client_of(recorder_me)
    body = {"scans": [upload(), upload(photograph(), "IMG_0001.PNG")], "session": marked.sessions.first().pk}
    assert client.post(address(marked), body).status_code == 302
    saved = list(Evidence.objects.all())
    assert [(one.kind, one.session, one.added_by) for one in saved] == [
        ("application/pdf", marked.sessions.first(), recorder_me),
        ("image/jpeg", marked.sessions.first(), recorder_me),
    ]
    assert [Path(one.file.name).suffix for one in saved] == [".pdf", ".jpg"]
    assert [len(Path(one.file.name).stem) for one in saved] == [40, 40]
    stored = sorted(path.name for path in (media / "evidence").iterdir())
    assert stored == sorted(Path(one.file.name).name for one in saved)
    assert [hashlib.sha256((media / one.file.name).read_bytes()).hexdigest() for one in saved] == [
        one.content_hash for one in saved
    ]


def test_same_scan_again_is_kept_once(marked, recorder_me, media):
    client = client_of(recorder_me)
    for _n in range(2):
        client.post(address(marked), {"scans": [upload(), upload()]})
    assert (Evidence.objects.count(), len(list((media / "evidence").iterdir()))) == (1, 1)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "Choose at least one file"),
        ([SCAN] * 6, "At most 5 files at once"),
        ([b"MZ" * 50], "neither a PDF nor a photograph"),
        ([SCAN, b"MZ" * 50], "File 2: This is neither"),
        ([SCAN.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>")], "can do more than be read"),
        ([SCAN[:40]], "damaged"),
    ],
)
def test_what_is_no_scan_is_refused_and_nothing_is_kept(marked, recorder_me, media, files, sentence):
    answer = client_of(recorder_me).post(address(marked), {"scans": [upload(content) for content in files]})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert (Evidence.objects.count(), (media / "evidence").exists()) == (0, False)


def test_scan_of_a_session_of_another_training_is_refused(marked, recorder_me):
    stray = make_training(recorder_me).sessions.get()
    answer = client_of(recorder_me).post(address(marked), {"scans": [upload()], "session": stray.pk})
    assert (answer.status_code, Evidence.objects.count()) == (422, 0)


def test_file_is_deleted_again_where_its_line_cannot_be_kept(marked, recorder_me, media, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "record", broken)
    with pytest.raises(RuntimeError):
        attach(marked, recorder_me)
    assert (Evidence.objects.count(), list((media / "evidence").iterdir())) == (0, [])


def test_opened_scan_is_sandboxed_saved_and_a_reading(marked, recorder_me):
    scan = attach(marked, recorder_me)
    answer = client_of(recorder_me).get(address(marked, scan.pk, name="evidence_file"))
    names = (
        "Content-Type",
        "Content-Disposition",
        "X-Content-Type-Options",
        "Content-Security-Policy",
        "Cache-Control",
    )
    assert [answer[name] for name in names] == [
        "application/pdf",
        f'attachment; filename="{marked.reference}-{scan.pk}.pdf"',
        "nosniff",
        "sandbox; default-src 'none'",
        "no-store, private",
    ]
    assert (b"".join(answer.streaming_content), answer["Content-Length"]) == (SCAN, str(len(SCAN)))
    line = AuditEntry.objects.first()
    assert (line.action, line.is_reading, line.by, line.details) == (
        "read_names",
        True,
        recorder_me,
        {"what": f"scan {scan.pk}"},
    )


def test_part_of_a_scan_is_given_and_no_browser_keeps_it(marked, recorder_me):
    scan = attach(marked, recorder_me)
    answer = client_of(recorder_me).get(address(marked, scan.pk, name="evidence_file"), headers={"range": "bytes=0-4"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, SCAN[:5])
    assert [answer[name] for name in ("Content-Range", "Cache-Control", "Cross-Origin-Resource-Policy")] == [
        f"bytes 0-4/{len(SCAN)}",
        "no-store, private",
        "same-origin",
    ]


def test_scan_is_sent_by_the_web_server_where_it_is_configured(marked, recorder_me, settings):
    settings.ACCEL_PREFIX = "/protected"
    scan = attach(marked, recorder_me)
    answer = client_of(recorder_me).get(address(marked, scan.pk, name="evidence_file"))
    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/protected/{scan.file.name}")
    assert (answer["Content-Security-Policy"], answer["Cache-Control"]) == (
        "sandbox; default-src 'none'",
        "no-store, private",
    )
    assert AuditEntry.objects.first().is_reading


def test_scan_is_not_opened_where_its_reading_cannot_be_kept(marked, recorder_me, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    scan = attach(marked, recorder_me)
    monkeypatch.setattr("trainings.evidence.views.record_reading", broken)
    with pytest.raises(RuntimeError):
        client_of(recorder_me).get(address(marked, scan.pk, name="evidence_file"))


@pytest.mark.slow
def test_who_does_not_see_all_names_is_told_that_it_exists(marked, recorder_me, recorder_rs, admin, observer):
    scan = attach(marked, recorder_me)
    url = address(marked, scan.pk, name="evidence_file")
    for member in (recorder_rs, admin, observer):
        client = client_of(member)
        page = client.get(marked.get_absolute_url()).content.decode()
        assert ("1 signed sheet stands behind these figures, since" in page, "evidence" in page) == (True, False)
        assert client.get(url).status_code == 403
    page = client_of(recorder_me).get(marked.get_absolute_url()).content.decode()
    assert url in page  # control: where it is, it is linked


def test_several_scans_are_listed_on_their_page(marked, recorder_me):
    scans = [attach(marked, recorder_me, SCAN + b"%%%d" % n) for n in range(2)]
    client = client_of(recorder_me)
    assert address(marked) in client.get(marked.get_absolute_url()).content.decode()
    page = client.get(address(marked)).content.decode()
    assert [address(marked, scan.pk, name="evidence_file") in page for scan in scans] == [True, True]


def test_removed_scan_keeps_its_row_its_file_and_why(marked, recorder_me, media):
    scan, client = attach(marked, recorder_me), client_of(recorder_me)
    url = address(marked, scan.pk, name="evidence_remove")
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Wrong page"}).status_code == 302
    scan.refresh_from_db()
    assert (scan.removed_by, scan.removed_reason, (media / scan.file.name).exists()) == (
        recorder_me,
        "Wrong page",
        True,
    )
    assert client.get(address(marked, scan.pk, name="evidence_file")).status_code == 404
    assert "signed sheet stands" not in client.get(marked.get_absolute_url()).content.decode()
    assert (AuditEntry.objects.first().action, AuditEntry.objects.first().free_text) == (
        "remove_evidence",
        {"reason": "Wrong page"},
    )


def test_scan_stays_once_the_figures_are_submitted_and_more_may_come(marked, recorder_me, coordinator_me):
    scan = attach(marked, recorder_me)
    submit_figures(training=marked, by=recorder_me)
    with pytest.raises(ValidationError, match="Recall them first"):
        remove_evidence(evidence=scan, reason="x", by=recorder_me)
    verify_figures(training=marked, version_seen=1, by=coordinator_me)
    with pytest.raises(ValidationError, match="only by an amendment"):
        remove_evidence(evidence=scan, reason="x", by=coordinator_me)
    attach(marked, coordinator_me, SCAN + b"%")
    assert marked.evidence.filter(removed_at=None).count() == 2


def test_cancelled_training_takes_no_scan(marked, recorder_me):
    cancel_training(training=marked, reason="Snow", by=recorder_me)
    with pytest.raises(ValidationError, match="cancelled"):
        attach(marked, recorder_me)


def test_training_keeps_a_limited_number_of_scans(marked, recorder_me, monkeypatch):
    monkeypatch.setattr(actions, "MAX_FILES", 1)
    attach(marked, recorder_me)
    with pytest.raises(ValidationError, match="at most 1 files"):
        attach(marked, recorder_me, SCAN + b"%")
