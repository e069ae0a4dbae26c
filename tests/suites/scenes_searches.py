"""How each action on saved searches is called, for the audit suite: stage in, what calls it out."""

from typing import Any

from knowledge.models import SavedSearch
from knowledge.subscriptions import saved_searches as searches
from tests.suites.scenes_posts import Scene


def saved(stage: Any) -> SavedSearch:
    return searches.save_search(name="Mape", query="q=mape", by=stage.trainer)


SCENES: dict[str, Scene] = {
    "knowledge.subscriptions.saved_searches.save_search": (lambda s: None, lambda s, _none: saved(s)),
    "knowledge.subscriptions.saved_searches.forget_search": (
        saved,
        lambda s, stored: searches.forget_search(saved=stored, by=s.trainer),
    ),
}
