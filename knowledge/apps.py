"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = _("knowledge")

    def ready(self) -> None:
        # Models are at hand only now.
        from knowledge import sentences

        sentences.register_sentences()
