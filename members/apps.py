from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        # Models are at hand only now.
        from members import signals  # noqa: F401 - connects its receivers
