"""Storage of collected static files."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names each file by what is in it, also where one script of ours imports another: a page never mixes two versions.

    Only below js/, for a comment in a script of another package may look like an import and name no file.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1])  # type: ignore[attr-defined]  # not in the stubs
