from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    name = "trainings"

    def ready(self) -> None:
        # Models are at hand only now.
        from trainings import history, work
        from trainings.actions import long_imports  # noqa: F401 - connects its receiver

        history.tell()
        work.tell()
