from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    name = "trainings"

    def ready(self) -> None:
        # Models are at hand only now.
        from trainings import history
        from trainings import todo as work
        from trainings.roster_import import background as long_imports  # noqa: F401 - connects its receiver

        history.tell()
        work.tell()
