from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        # Models can be imported only now.
        from audit.record import on_entry
        from notifications.digest import register_sections
        from search.indexer import follow_entry
        from search.saved import new_in_digest

        on_entry(follow_entry)
        register_sections(2, new_in_digest)
