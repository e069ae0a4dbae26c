"""Every form with random inputs: never an error of ours, never an effect on what is somebody else's.

The inputs come from a seeded generator, so that a red run can be repeated: its seed is the route and the person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.suites.decisions import DECISIONS, EVERYBODY
from tests.suites.forms_on_pages import PageForm
from tests.suites.stage import Stage, addresses, all_rows, forms_shown, send
from tests.suites.test_attack_ids import added_to, foreign_numbers, rows_of
from trainings import access
from trainings.attendance import views as attendance
from trainings.roster import views as roster

pytestmark = pytest.mark.django_db

VALUES = (
    "", " ", "0", "-1", "1", "2", "9" * 40, "1" * 19, "2147483648", "9223372036854775808", "-9223372036854775809", "1e309",
    "NaN", "0x1", "٣", "½", "true", "null", "on", "[]", "{}", '{"id": 1}', "2025-02-30", "0000-00-00", "9999-12-31", "-0001-01-01",
    "2025-03-10", "25:61", "00:00", "23:59:59.9999999", "31.2.2025, 9-8", "1–400 March 99999, 0:00–24:00", "👩‍✈️", "Ђорђевић",
    "\x00", "a\x00b", "\x01\x02\x1f", "\u202eabc", "\u200b", "\ufeff", "\ufffe", "e\u0301" * 300, "x" * 20_000, "\n" * 500,
    "\t" * 500, "../../../etc/passwd", "<script>x</script>", "' OR 1=1 --", "%00", "%s%s%n", "a\r\nBcc: b@mod.example",
    "present 1", "late 999999999", " 0", "present", "lost", "general", "female", "admin", "a@mod.example",
    "00000000-0000-0000-0000-000000000000", "zz000000-0000-0000-0000-000000000000", "1 2 3", "1,2,3", "Ana\tB\tfemale\n" * 50,
)  # fmt: skip
NAMES = (
    "s-1-1", "m-1-1", "s-999999999-1", "s--", "m-x-y", "sessions-TOTAL_FORMS", "sessions-INITIAL_FORMS", "sessions-0-pk",
    "sessions-0-date", "sessions-0-DELETE", "missing-TOTAL_FORMS", "missing-INITIAL_FORMS", "missing-0-family_name",
    "headcount-1", "off", "shown", "batch", "key", "base", "value", "enrolment", "session", "form_key", "add", "invite",
    "column-0", "column-9", "twin-1", "has_header", "rows", "as", "next", "page", "version", "roles", "to", "a[]", "a[b]", "", "\x00",
)  # fmt: skip
CONTENT_TYPES = (
    "application/json", "text/plain", "application/xml", "application/octet-stream", "multipart/form-data",
    "multipart/form-data; boundary=", f"multipart/form-data; boundary={'b' * 300}", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=no-such", "multipart/mixed; boundary=x", "",
)  # fmt: skip
BODIES = (
    b"",
    b"{",
    b'{"a": [1, 2',
    b"\xff\xfe\x00",
    b"a=b&c",
    b"%zz=%",
    b"a=" + b"&a=" * 2000,
    b"<?xml version='1.0'?><a/>",
    b"--x\r\n",
)


def mutated(random: Random, form: PageForm | None, numbers: list[str]) -> dict[str, list[str]]:
    """The form as a person fills it in, with some of it dropped, repeated, swapped or made up."""
    sent = dict(form.filled()) if form else {}
    # Now nearly as a person sends it, now hardly.
    share = random.choice((0.05, 0.3, 0.9))
    for name in list(sent):
        if random.random() > share:
            continue
        match random.randrange(5):
            case 0:
                del sent[name]
            case 1:
                sent[name] = [*sent[name], random.choice(VALUES)]
            case 2 | 3:
                sent[name] = [random.choice(VALUES)]
            case 4:
                sent[name] = [random.choice(numbers)]
    if sent and random.random() < 0.2:
        first, other = random.choice(list(sent)), random.choice(list(sent))
        sent[first], sent[other] = sent[other], sent[first]
    for _n in range(random.choice((0, 0, 1, 4))):
        sent[random.choice(NAMES)] = [random.choice((*VALUES, *numbers)) for _m in range(random.choice((1, 1, 3)))]
    return sent


def random_request(random: Random, form: PageForm | None, numbers: list[str]) -> dict[str, Any]:
    """What a test browser posts: mostly a mutated form, at times another kind of body or a broken one."""
    sent = mutated(random, form, numbers)
    match random.randrange(12):
        case 0:
            return {"data": random.choice(BODIES), "content_type": random.choice(CONTENT_TYPES)}
        case 1:
            whole = encode_multipart(BOUNDARY, sent)
            return {"data": whole[: random.randrange(len(whole))], "content_type": MULTIPART_CONTENT}
        case 2:
            raw = "&".join(
                f"{quote_from_bytes(n.encode())}={quote_from_bytes(v.encode())}" for n, vs in sent.items() for v in vs
            )
            return {
                "data": (raw + "&x=%ed%a0%80&%ff=%fe").encode(),
                "content_type": "application/x-www-form-urlencoded",
            }
        case 3:
            picture = SimpleUploadedFile("../x\x00.jpg", random.choice(BODIES) * 10, "image/jpeg")
            return {"data": {**sent, random.choice([*sent, "photo_file"]): picture}}
        case 4:
            return {"data": sent, "headers": {random.choice(("HX-Request", "X-Requested-With")): "fetch"}}
    return {"data": sent}


@dataclass(frozen=True)
class Target:
    """One address that takes posts, a form that leads there, and by whom it is attacked."""

    route: str
    url: str
    form: PageForm | None
    allowed: str
    refused: str


TRUSTED = ("coordinator_me", "trainer_me", "admin", "coordinator_rs")
# Foreign first: who may write over there must not write here.
UNTRUSTED = ("coordinator_rs", "trainer_rs", "observer", "trainer_me")


def who(route: str) -> tuple[str, str]:
    """Return who may post there and who may not; an empty name where there is nobody."""
    decision = DECISIONS.get(route)
    if decision is None:
        return ("admin", "observer") if route.startswith("admin:") else ("coordinator_me", "stranger")
    if decision.public:
        return "stranger", ""
    allowed = decision.post[0] if decision.post else set()
    return next((n for n in TRUSTED if n in allowed), ""), next(
        (n for n in UNTRUSTED if n in EVERYBODY - allowed), "stranger"
    )


def targets(stage: Stage, browsers: Any) -> list[Target]:
    """Every address that takes posts; one that no form leads to is sent made-up fields."""
    forms: dict[str, dict[Any, PageForm]] = {}
    for _name, form in forms_shown(
        stage, browsers, ["coordinator_me", "admin", "stranger", "pending", "trainer_me"], stage.own
    ):
        if form.method == "post":
            forms.setdefault(form.route, {}).setdefault(form.shape, form)
    results = []
    for route, url in addresses(stage.own[0], stage.people["coordinator_me"]):
        decision = DECISIONS.get(route)
        if decision.post is None if decision else send(browsers[who(route)[0]], "post", url).status == 405:
            continue
        # A form of the desk or of an account leads to a thing of whoever was shown it.
        results += [
            Target(route, form.action if form and decision else url, form, *who(route))
            for form in forms.get(route, {"": None}).values()
        ]
    return results


def attacked(stage: Stage, browsers: Any, aims: list[Target], times: int) -> tuple[int, dict]:
    """Send so many random requests to each target, half of them as who may not. Return how many, and what was wrong."""
    before, numbers, attempts, wrong = all_rows(), list(foreign_numbers(stage).values()), 0, {}
    theirs = rows_of(stage.foreign[0].organisation)
    for aim in aims:
        for name in filter(None, (aim.allowed, aim.refused)):
            random = Random(f"{aim.route} {name}")
            for n in range(times):
                request = random_request(random, aim.form, numbers)
                # A body of its own kind goes as it is; the test browser would write it anew.
                how = ("generic", "POST") if "content_type" in request else ("post",)
                sent = send(browsers[name], *how, aim.url, before=before, **request)
                attempts += 1
                if results := list(faults(sent, theirs, may_write=name == aim.allowed)):
                    wrong[aim.route, name, n] = (results, str(request)[:300])
    return attempts, wrong


def faults(sent: Any, theirs: set, *, may_write: bool) -> Iterator[str]:
    if sent.status >= 500:
        yield f"status {sent.status}: {getattr(sent.answer, 'exc_info', None)}"
    if not may_write and sent.changed:
        yield f"written: {sorted(map(str, sent.changed))}"
    if may_write and sent.changed:
        yield from (f"{table} {pk} of others" for table, pk in sent.changed if (table, pk) in theirs)
        yield from added_to(sent, theirs)


@pytest.mark.slow
def test_random_inputs_are_no_error_and_touch_nothing_of_others(stage, browsers, record_property):
    aims = [aim for aim in targets(stage, browsers) if aim.form or aim.route in DECISIONS]
    attempts, wrong = attacked(stage, browsers, aims, 1)
    record_property("requests", attempts)
    assert wrong == {}


PARTS = 4
# So many inputs each form gets from one who may, and as many from one who may not.
TIMES = 150


@pytest.mark.drill
@pytest.mark.parametrize("part", range(PARTS))
def test_random_inputs_for_every_form(part, stage, browsers, record_property):
    attempts, wrong = attacked(stage, browsers, targets(stage, browsers)[part::PARTS], TIMES)
    record_property("requests", attempts)
    assert wrong == {}


def aim_at(stage: Stage, browsers: Any, route: str) -> list[Target]:
    return [aim for aim in targets(stage, browsers) if aim.route == route]


@pytest.mark.slow
def test_control_error_of_ours_is_noticed(stage, browsers, monkeypatch):
    monkeypatch.setattr(attendance, "_number", int)
    _asked, wrong = attacked(stage, browsers, aim_at(stage, browsers, "trainings:attendance"), 30)
    assert {found[0].partition(":")[0] for found, _request in wrong.values()} == {"status 500"}


@pytest.mark.drill
def test_control_write_by_who_may_not_is_noticed(stage, browsers, monkeypatch):
    monkeypatch.setattr(access, "can_record", lambda member, training: True)
    _asked, wrong = attacked(stage, browsers, aim_at(stage, browsers, "trainings:roster"), 30)
    assert {name for _route, name, _n in wrong} == {"coordinator_rs"}


@pytest.mark.drill
def test_control_effect_on_others_is_noticed(stage, browsers, monkeypatch):
    """Whatever is added to a roster lands in the first training of Serbia."""
    there = stage.foreign[0].training
    add = roster.actions.add_to_roster
    monkeypatch.setattr(roster.actions, "add_to_roster", lambda *, training, **more: add(training=there, **more))
    _asked, wrong = attacked(stage, browsers, aim_at(stage, browsers, "trainings:roster"), 30)
    assert {name for _route, name, _n in wrong} == {"coordinator_me"}
