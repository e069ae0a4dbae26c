from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    name = "trainings"

    def ready(self) -> None:
        # Models can be imported only now.
        from trainings import history, todo
        from trainings.roster_import import background  # noqa: F401 - connects its receiver

        history.register_sentences()
        todo.register()
