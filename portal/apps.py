from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalStaticFilesConfig(StaticFilesConfig):
    """Leaves out unused static files: scripts of packages that have a minified twin, and other versions of htmx.

    Compressing them takes longer than all the rest.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns, "htmax-*", "htmx-4*", "htmx-2.js", "ext", "jquery.js", "select2.full.js", "xregexp.js",
    ]  # fmt: skip


class PortalConfig(AppConfig):
    name = "portal"
    default = True  # of the two below portal/

    def ready(self) -> None:
        # Models are available only now.
        from portal.checks import register_checks
        from portal.totals import recount_after_change
        from trainings.signals import figures_changed

        register_checks()
        figures_changed.connect(recount_after_change, dispatch_uid="network totals")
