"""No address given as `next` leads off the portal: not by a redirect, a refresh, a link, a form or a hidden input."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote

import pytest
from allauth.account import adapter as allauth_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory

from tests.conftest import client_of
from tests.suites.forms_on_pages import PASSWORD, forms_of
from tests.suites.stage import Sent, Stage, addresses, forms_shown, send

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
# What a browser takes for an address elsewhere, though it may look like one here.
SHAPES = (
    f"https://{EVIL}/", f"http://{EVIL}", f"//{EVIL}/", f"///{EVIL}/", f"////{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}/",
    f"\\/{EVIL}", f"/\\/{EVIL}/", f"https:{EVIL}", f"https:/{EVIL}", f"https:\\\\{EVIL}", f"HtTpS://{EVIL}", f" //{EVIL}",
    f"\t//{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}", f"https://testserver@{EVIL}/", f"https://testserver:80@{EVIL}/",
    f"//testserver.{EVIL}/", f"https://{EVIL}#testserver", f"https://{EVIL}?testserver", "javascript:alert(1)//evil.example",
    "java\nscript:alert(1)//evil.example", "data:text/html,<script>alert(1)</script>evil.example",
    f"vbscript:x('{EVIL}')", f"ftp://{EVIL}/", f"//evil。example/{EVIL}", f"\x01https://{EVIL}/",
)  # fmt: skip
# The same, hidden from a check that reads once: harmless unless something decodes them again.
ENCODED = (f"%2F%2F{EVIL}", f"/%5C{EVIL}", f"/%09/{EVIL}", f"https%3A%2F%2F{EVIL}")
HERE = {"testserver", "localhost"}
# Names under which an address to go on to may be sent.
FOLLOWED = {"next", "return_to", "url", "success_url", "redirect", "continue", "back"}


def leads_off(address: str) -> bool:
    """Return whether a browser on one of our pages would go elsewhere, or run something, with this address.

    As the URL standard says: blanks at the ends and tabs and line ends anywhere are dropped, a backslash is a slash.
    """
    address = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        return scheme[0].lower() != "mailto:"
    if not scheme and not address.startswith("//"):
        return False
    rest = address[len(scheme[0]) if scheme else 0 :].lstrip("/")
    host = re.split(r"[/?#]", rest)[0].rpartition("@")[2].partition(":")[0]
    return host.lower() not in HERE


class AddressReader(HTMLParser):
    """Collects every address of a page that a browser or a person may follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":  # a picture, an app's code among them, leads nowhere
            return
        self.found += [values[name] for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-push-url",
                                                "data-mark-url", "data-next") if name in values]  # fmt: skip
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.found.append(values.get("content", "").partition("=")[2])


def addresses_off(answer: Any, text: str) -> list[str]:
    """Return what in an answer leads off the portal."""
    results = [answer.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Location", "Content-Location")]
    if "refresh" in answer.headers:
        results.append(answer.headers["refresh"].partition("=")[2])
    if "html" in answer.headers.get("Content-Type", ""):
        reader = AddressReader()
        reader.feed(text)
        results += reader.found
    return [address for address in results if address and leads_off(address)]


def carried_on(client: Client, url: str, sent: Sent) -> list[str]:
    """Send the forms of a page that keep an address elsewhere in a hidden input; return what then leads off."""
    carried = []
    for form in forms_of(sent.text, url):
        if any(one.kind == "hidden" and any(map(leads_off, one.values)) for one in form.inputs.values()):
            then = send(client, form.method, form.action, form.filled(PASSWORD))
            carried += addresses_off(then.answer, then.text)
    return carried


def attacked_pages(stage: Stage, browsers: dict[str, Client], names: list[str], per_page: int) -> tuple[int, dict]:
    """GET every page with `next`; each takes so many shapes in turn. Return the number of requests and what was wrong."""
    attempts, wrong, shapes = 0, {}, [*SHAPES, *ENCODED]
    for name in names:
        member = stage.people.get(name) or stage.people["recorder_me"]
        for route, url in addresses(stage.own[0], member):
            for _n in range(per_page):
                shape = shapes[attempts % len(shapes)]
                query = "&".join(f"{word}={quote(shape, safe='')}" for word in sorted(FOLLOWED))
                sent = send(browsers[name], "get", f"{url}?{query}", headers={"Referer": f"https://{EVIL}/"})
                attempts += 1
                if off := addresses_off(sent.answer, sent.text) + carried_on(browsers[name], url, sent):
                    wrong[name, route, shape] = off
    return attempts, wrong


def attacked_forms(stage: Stage, browsers: dict[str, Client], names: list[str], per_form: int) -> tuple[int, dict]:
    """Send every form as it is filled in, with `next` in its body and in its address."""
    attempts, wrong, shapes = 0, {}, [*SHAPES, *ENCODED]
    for name, form in forms_shown(stage, browsers, names, stage.own):
        if form.method != "post":
            continue
        for _n in range(per_form):
            shape = shapes[attempts % len(shapes)]
            body = {**form.filled(), **{word: [shape] for word in FOLLOWED}}
            query = "&".join(f"{word}={quote(shape, safe='')}" for word in sorted(FOLLOWED))
            sent = send(browsers[name], "post", f"{form.action}?{query}", body, headers={"Referer": f"https://{EVIL}/"})
            attempts += 1
            if off := addresses_off(sent.answer, sent.text):
                wrong[name, form.route, shape] = off
    return attempts, wrong


# Each ninth shape in `make test`, every one in `make drill-attacks`.
by_shapes = pytest.mark.parametrize(
    "shapes",
    [
        [*SHAPES, *ENCODED][::9],
        pytest.param([*SHAPES, *ENCODED], marks=[pytest.mark.drill]),
    ],
    ids=["some", "all"],
)
ALL = ["coordinator_me", "admin", "stranger", "pending", "recorder_me", "trainer_me", "observer"]


@pytest.mark.slow
def test_no_page_and_no_form_leads_off(stage, browsers, record_property):
    names = ["coordinator_me", "stranger", "pending"]
    attempts, wrong = attacked_pages(stage, browsers, names, 1)
    posted, wrong_forms = attacked_forms(stage, browsers, names, 1)
    record_property("requests", attempts + posted)
    assert wrong | wrong_forms == {}


@pytest.mark.drill
@pytest.mark.parametrize("name", ALL)
def test_no_page_leads_off_by_any_shape(name, stage, browsers, record_property):
    attempts, wrong = attacked_pages(stage, browsers, [name], len(SHAPES) + len(ENCODED))
    record_property("requests", attempts)
    assert wrong == {}


@pytest.mark.drill
@pytest.mark.parametrize("name", ALL)
def test_no_form_leads_off_by_any_shape(name, stage, browsers, record_property):
    attempts, wrong = attacked_forms(stage, browsers, [name], len(SHAPES) + len(ENCODED))
    record_property("requests", attempts)
    assert wrong == {}


def followed(client: Client, answer: Any) -> str:
    """Go where each answer leads, as a browser does; return the last address. None may lead off."""
    url = answer.request["PATH_INFO"]
    for _step in range(8):
        assert addresses_off(answer, answer.content.decode()) == [], url
        if answer.status_code not in (301, 302, 303, 307, 308):
            return url
        url = answer.headers["Location"]
        answer = client.get(url)
    raise AssertionError(f"It goes round in circles at {url}")


def code_of(secret: str, n: int) -> str:
    """The six digits of an app, n half minutes from now."""
    counter = next(totp.yield_hotp_counters_from_time()) + n
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def secret(recorder_me):
    """The recorder's app, and a password."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(recorder_me, secret)
    recorder_me.set_password(PASSWORD)
    recorder_me.save()
    return secret


@pytest.mark.slow
@by_shapes
@pytest.mark.parametrize("where", ["query", "body"])
def test_signing_in_ends_on_the_portal(shapes, where, secret, observer, recorder_me):
    observer.set_password(PASSWORD)
    observer.save()
    ends = set()
    for shape in shapes:
        cache.clear()  # the limit of attempts, and that a code was used
        url = "/account/login/" + (f"?next={quote(shape, safe='')}" if where == "query" else "")
        extra = {"next": shape} if where == "body" else {}
        client = Client()
        ends.add(followed(client, client.post(url, {"login": observer.email, "password": PASSWORD, **extra})))
        client = Client()
        answer = client.post(url, {"login": recorder_me.email, "password": PASSWORD, **extra})
        assert addresses_off(answer, "") == []
        asks = client.get(answer.headers["Location"])
        assert addresses_off(asks, asks.content.decode()) == []
        code = {"code": code_of(secret, 0), **extra}
        ends.add(followed(client, client.post(answer.headers["Location"], code)))
    # What was encoded twice is an address of ours that no page has.
    assert {end for end in ends if not end.startswith("/") or EVIL in unquote(end)} <= set(ENCODED)
    assert "/" in ends


@pytest.mark.slow
@by_shapes
def test_confirming_who_it_is_ends_on_the_portal(shapes, secret, recorder_me, coordinator_me):
    for shape in shapes:
        cache.clear()
        client = client_of(recorder_me)
        for page, proof in (
            ("/account/reauthenticate/", {"password": PASSWORD}),
            ("/account/2fa/reauthenticate/", {"code": code_of(secret, 0)}),
        ):
            query = f"{page}?next={quote(shape, safe='')}"
            answer = client.get(query)
            assert addresses_off(answer, answer.content.decode()) == [], shape
            for url, body in ((query, proof), (page, {**proof, "next": shape}), (query, {**proof, "next": shape})):
                cache.clear()
                followed(client, client.post(url, body))


@pytest.mark.slow
@by_shapes
def test_second_factor_and_sign_out_end_on_the_portal(shapes, recorder_me, observer):
    for shape in shapes:
        cache.clear()
        client = client_of(recorder_me, pending=True)
        client.get(f"/account/second-factor/?next={quote(shape, safe='')}")
        secret = client.get("/account/2fa/totp/activate/").context["form"].secret
        made = client.post(
            f"/account/2fa/totp/activate/?next={quote(shape, safe='')}", {"code": code_of(secret, 0), "next": shape}
        )
        followed(client, made)
        followed(client, client.get("/account/second-factor/"))
        Authenticator.objects.all().delete()
        for url in ("/account/logout/", f"/account/logout/?next={quote(shape, safe='')}"):
            browser = client_of(observer)
            followed(browser, browser.get(url))
            followed(browser, browser.post(url, {"next": shape}))


# A careless redirect sends what can stand in a header as it came.
PRINTED = "".join(map(chr, range(128)))


def careless_redirect(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(status=302)
    answer.headers["Location"] = quote(request.GET["next"].replace("\n", ""), safe=PRINTED)
    return answer


PLACES = {
    "link": '<a href="{{ next }}">',
    "refresh": '<meta http-equiv="refresh" content="0; url={{ next }}">',
    "form": '<form action="{{ next }}">',
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES[:: len(SHAPES) // 5][:5])
def test_control_careless_page_is_caught(shape):
    request = RequestFactory().get("/", {"next": shape})
    assert addresses_off(careless_redirect(request), "") != []
    for place, text in PLACES.items():
        page = Template(text).render(Context({"next": shape}))
        assert addresses_off(HttpResponse(page), page) != [], place


def test_control_hidden_address_that_is_followed_is_caught(monkeypatch):
    page = (
        '<form method="post" action="/account/logout/"><input type="hidden" name="next" value="//evil.example"></form>'
    )
    monkeypatch.setattr(allauth_adapter.DefaultAccountAdapter, "is_safe_url", lambda self, url: True)
    assert carried_on(Client(), "/", Sent(None, page, set())) == ["//evil.example"]


def test_control_addresses_of_the_portal_lead_nowhere_else():
    for address in ("/", "/trainings/?q=a", "?page=2", "#main", "trainings/", "https://testserver/x", *ENCODED):
        assert leads_off(address) is False, address
    assert [leads_off(unquote(address)) for address in ENCODED] == [True] * len(ENCODED)
    assert len(SHAPES) + len(ENCODED) >= 25
