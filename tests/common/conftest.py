"""Places of their own for the files that tests keep."""

import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def places(settings, tmp_path: Path, monkeypatch) -> Path:
    """An empty storage in `media`, and an empty folder `tmp` for whatever is temporary; returns the folder of both."""
    (tmp_path / "tmp").mkdir()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = None
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path
