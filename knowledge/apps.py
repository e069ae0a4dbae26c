"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = _("knowledge")

    def ready(self) -> None:
        # Models can be imported only now.
        from knowledge import sentences
        from knowledge.subscriptions import digest_sections, kinds
        from notifications.digest import register_sections

        sentences.register_sentences()
        kinds.register()
        register_sections(1, digest_sections.new_posts)
