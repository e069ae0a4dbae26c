"""What the search keeps while nobody writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.kept import forget_kept
from knowledge.actions.moderation import hide_post
from knowledge.actions.searches import forget_search
from knowledge.models import Post
from members.actions import change_member
from tests.conftest import client_of
from tests.knowledge.test_posts import write
from tests.portal.search_things import found, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(settings):
    settings.KEPT_SECONDS = 60


def test_search_while_it_is_kept_shows_each_change_at_once(keeping, trainer_me, trainer_rs, admin):
    own = write(trainer_me, "Listopad tajni", reach="ministry")
    shared = write(trainer_me, "Listopad")
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [
        ["post Listopad", "post Listopad tajni"], ["post Listopad"],
    ]  # fmt: skip
    hide_post(post=shared, reason="Dvaput", by=admin)
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [["post Listopad tajni"], []]
    home, trainer_rs.organisation = trainer_rs.organisation, own.organisation
    change_member(member=trainer_rs, by=admin)
    assert (titles(trainer_rs, "listopad"), found(trainer_rs, "listopad").total) == (["post Listopad tajni"], 1)
    # Without a line, as no action leaves it: what is shown is asked of its app each time.
    assert titles(trainer_me, "listopad") == ["post Listopad tajni"]
    Post.objects.filter(pk=own.pk).update(hidden_at=timezone.now(), hidden_by=admin, hidden_reason="x")
    assert titles(trainer_me, "listopad") == []
    Post.objects.filter(pk=own.pk).update(hidden_at=None, hidden_by=None, hidden_reason="")
    assert titles(trainer_rs, "listopad") == ["post Listopad tajni"]
    trainer_rs.organisation = home
    assert (titles(trainer_rs, "listopad"), found(trainer_rs, "listopad").total) == ([], 0)
    assert titles(trainer_me, "listopad") == ["post Listopad tajni"]
    trainer_me.is_active = False
    assert titles(trainer_me, "listopad") == []


def test_saved_search_is_known_at_once(keeping, trainer_me):
    client = client_of(trainer_me)
    told = "You have saved this search"
    pages = [client.get("/search/?q=listopad").content.decode()]
    client.post("/search/save/", {"name": "Listopad", "query": "q=listopad"})
    pages.append(client.get("/search/?q=listopad").content.decode())
    forget_search(saved=trainer_me.saved_searches.get(), by=trainer_me)
    pages.append(client.get("/search/?q=listopad").content.decode())
    assert [told in page for page in pages] == [False, True, False]


def test_search_asks_less_while_nobody_writes(keeping, trainer_me):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/?q=listopad")
        return len(asked)

    write(trainer_me, "Listopad")
    client = client_of(trainer_me)
    client.get("/search/?q=listopad")
    kept_by_now = queries()
    forget_kept()
    # The choices, which groups this member finds, and what they have saved; the frame of the index is read along.
    assert queries() == kept_by_now + 3
