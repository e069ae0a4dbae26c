from django.apps import AppConfig


class TrainersConfig(AppConfig):
    name = "trainers"

    def ready(self) -> None:
        # Models are at hand only now.
        from trainers import sentences

        sentences.tell()
