from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    name = "trainings"

    def ready(self) -> None:
        # Models are at hand only now.
        from trainings import history, work

        history.tell()
        work.tell()
