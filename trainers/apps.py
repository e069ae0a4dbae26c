from django.apps import AppConfig


class TrainersConfig(AppConfig):
    name = "trainers"

    def ready(self) -> None:
        # Models are available only now.
        from members.events import member_changed
        from trainers import actions, sentences

        sentences.register_sentences()
        member_changed.connect(actions.follow_member, dispatch_uid="trainer profile")
