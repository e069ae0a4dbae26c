from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        # Models are available only now.
        from members import sentences, signals  # noqa: F401 - the second connects its receivers

        sentences.register_sentences()
