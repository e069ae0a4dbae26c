from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # Models can be imported only now.
        from notifications import sentences

        sentences.register_sentences()
