"""Remote file storage: parses STORAGE_URL and reports what is wrong with it."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BACKEND = "storages.backends.s3.S3Storage"


def s3_options(address: str) -> dict[str, Any]:
    """Return the options of the storage for `s3://KEY:SECRET@HOST/BUCKET?region=…`; an empty HOST means Amazon.

    Without key and secret the library looks for credentials in the environment. `plain=1` in the query uses http
    instead of https, for a storage on this very machine. Raises ValueError with a sentence.
    """
    url = urlsplit(address)
    bucket = url.path.strip("/")
    if url.scheme != "s3" or not bucket or "/" in bucket:
        raise ValueError("STORAGE_URL must read s3://KEY:SECRET@HOST/BUCKET?region=REGION (see .env.example).")
    query = {key: values[-1] for key, values in parse_qs(url.query).items()}
    options: dict[str, Any] = {
        "bucket_name": bucket, "querystring_auth": True, "file_overwrite": False, "default_acl": None,
        "signature_version": "s3v4", "addressing_style": query.get("addressing", "path"),
    }  # fmt: skip
    if url.hostname:
        port = f":{url.port}" if url.port else ""
        options["endpoint_url"] = f"{'http' if query.get('plain') == '1' else 'https'}://{url.hostname}{port}"
    if url.username:
        options |= {"access_key": unquote(url.username), "secret_key": unquote(url.password or "")}
    if "region" in query:
        options["region_name"] = query["region"]
    return options


def is_installed() -> bool:
    """Return whether the S3 packages are installed: they are needed nowhere else."""
    return find_spec("storages") is not None and find_spec("boto3") is not None
