"""Codes guessed at the same moment, through the real web server with two processes, as somebody would who has the password."""

import re
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import count
from threading import Barrier, Thread
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings

from tests import services

GUESSES = 12
MAX_EVALUATED = 5
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE_PAGE = "/account/2fa/authenticate/"
GIVE_AN_APP = f"""
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from members.models import Member
from members.encryption import encrypt
member = Member.objects.get(email="{{email}}")
Authenticator.objects.create(user=member, type="totp", data={{{{"secret": encrypt("{SECRET}")}}}})
print(RecoveryCodes.activate(member).get_unused_codes()[0])
"""


class Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *args, **kwargs):
        return None


class Browser:
    """One browser with its own cookies, at an address of its own, that follows no redirects."""

    addresses = count(1)

    def __init__(self, url: str) -> None:
        self.url, self.address = url, f"192.0.2.{next(self.addresses)}"
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, Stays())

    def ask(self, path: str, **fields: str) -> tuple[int, str]:
        """Return status and text, or status and address of a redirect."""
        body = urlencode(fields).encode() if fields else None
        http_request = urllib.request.Request(self.url + path, body)  # noqa: S310 - the portal that this test runs
        http_request.add_header("Referer", self.url + path)
        http_request.add_header("X-Forwarded-For", self.address)
        try:
            with self.opener.open(http_request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers.get("Location") or refused.read().decode()

    def token_of(self, path: str) -> str:
        match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path)[1])
        assert match
        return match[1]


def with_password(url: str, email: str) -> tuple[Browser, str]:
    """Return a browser in which the right password was typed, and the token of the form that asks for the code."""
    browser = Browser(url)
    token = browser.token_of("/account/login/")
    texts = browser.ask("/account/login/", login=email, password=settings.DEMO_PASSWORD, csrfmiddlewaretoken=token)
    assert texts == (302, CODE_PAGE)
    return browser, browser.token_of(CODE_PAGE)


def guess_at_once(ready: list[tuple[Browser, str]], codes: list[str]) -> Counter[str]:
    """Send all codes at the same moment; return how many were let in, found wrong, or not looked at."""
    together, outcomes = Barrier(len(codes)), ["nothing"] * len(codes)

    def guess(n: int) -> None:
        browser, token = ready[n]
        together.wait(30)
        status, texts = browser.ask(CODE_PAGE, code=codes[n], csrfmiddlewaretoken=token)
        if status == 302:
            outcomes[n] = "let in"
        elif "Incorrect code" in texts:
            outcomes[n] = "wrong"
        elif status == 429 or "Too many" in texts:
            outcomes[n] = "not looked at"
        else:
            outcomes[n] = f"{status} {texts[:200]}"

    threads = [Thread(target=guess, args=(n,)) for n in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(outcomes)


@contextmanager
def portal(**environment: str) -> Iterator[services.PortalServer]:
    """Run a portal with two processes behind a proxy, so that each guess comes from another address."""
    with services.portal_server({"SECOND_FACTOR": "1", "TRUSTED_PROXIES": "1", **environment}, workers=2) as server:
        yield server


def recovery_code_of(server: services.PortalServer, name: str) -> str:
    """Give a demo member an app with the known secret; return their first recovery code."""
    email = f"{name}@demo.example"
    return server.manage("shell", "--no-imports", "-c", GIVE_AN_APP.format(email=email)).strip().splitlines()[-1]


def present_code() -> str:
    """Return the six digits the app shows; waits where they are about to change."""
    left = 30 - time.time() % 30
    if left < 8:
        time.sleep(left + 0.1)
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30))


def wrong_codes() -> list[str]:
    right = present_code()
    return [code for n in range(GUESSES + 1) if (code := f"{n:06}") != right][:GUESSES]


def check_limits(server: services.PortalServer) -> None:
    for name in ("recorder.me", "recorder.rs", "recorder.ba"):
        code = recovery_code_of(server, name)
    ready = [with_password(server.url, "recorder.me@demo.example") for _n in range(GUESSES)]
    outcomes = guess_at_once(ready, wrong_codes())
    assert outcomes == {"wrong": MAX_EVALUATED, "not looked at": GUESSES - MAX_EVALUATED}
    assert guess_at_once(ready[:1], [present_code()]) == {"not looked at": 1}

    ready = [with_password(server.url, "recorder.rs@demo.example") for _n in range(GUESSES)]
    assert guess_at_once(ready, [present_code()] * GUESSES)["let in"] == 1

    ready = [with_password(server.url, "recorder.ba@demo.example") for _n in range(GUESSES)]
    assert guess_at_once(ready, [code] * GUESSES)["let in"] == 1


@pytest.mark.drill
def test_five_of_twelve_guesses_are_looked_at_and_a_code_works_once():
    try:
        with services.postgresql() as url, portal(DATABASE_URL=url, BENCH="1") as server:
            check_limits(server)
    except services.ServiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.mark.drill
def test_control_with_a_cache_of_each_process_more_are_looked_at():
    """TESTING takes a cache in each process's own memory, which the portal refuses to start with anywhere else."""
    with portal(TESTING="1", ALLOWED_HOSTS="localhost") as server:
        recovery_code_of(server, "recorder.me")
        ready = [with_password(server.url, "recorder.me@demo.example") for _n in range(GUESSES)]
        assert guess_at_once(ready, wrong_codes())["wrong"] > MAX_EVALUATED
