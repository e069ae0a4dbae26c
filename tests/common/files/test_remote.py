"""Settings of files: a storage elsewhere, the proxy's address and the scanner's, each refused with a sentence where it is wrong."""

import pytest

from common.files import remote
from common.files.remote import s3_options
from portal.checks import unsafe_settings


def test_address_of_a_storage_is_taken_apart():
    options = s3_options("s3://key:se%2Fcr%40et@storage.example:9000/mreza?region=eu-1")
    assert {name: options[name] for name in ("bucket_name", "endpoint_url", "access_key", "secret_key", "region_name")} == {
        "bucket_name": "mreza", "endpoint_url": "https://storage.example:9000", "access_key": "key", "secret_key": "se/cr@et",
        "region_name": "eu-1",
    }  # fmt: skip
    assert (options["querystring_auth"], options["file_overwrite"], options["default_acl"]) == (True, False, None)


def test_keys_of_the_surroundings_and_a_storage_on_this_machine():
    assert {"endpoint_url", "access_key", "secret_key"} & set(s3_options("s3:///mreza")) == set()
    assert s3_options("s3://127.0.0.1:9000/mreza?plain=1")["endpoint_url"] == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "address", ["https://storage.example/mreza", "s3://storage.example", "s3://storage.example/a/b", "mreza"]
)
def test_what_is_no_storage_is_refused_with_a_sentence(address):
    with pytest.raises(ValueError, match="STORAGE_URL must read s3://KEY:SECRET@HOST/BUCKET"):
        s3_options(address)


def problems() -> list[str]:
    return [str(problem.id) for problem in unsafe_settings()]


def test_storage_whose_packages_are_missing_is_refused(settings, monkeypatch):
    settings.STORAGE_URL = "s3://k:s@storage.example/mreza"
    monkeypatch.setattr(remote, "find_spec", lambda name: None if name == "boto3" else object())
    assert problems() == ["portal.E011"]
    monkeypatch.setattr(remote, "find_spec", lambda name: object())
    assert problems() == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", []),
        ("unix:/run/clamd.ctl", []),
        ("tcp://127.0.0.1:3310", []),
        ("127.0.0.1:3310", ["portal.E012"]),
        ("unix:", ["portal.E012"]),
    ],
)
def test_address_of_a_scanner_is_looked_at(address, expected, settings):
    settings.CLAMD_URL = address
    assert problems() == expected


@pytest.mark.parametrize(("prefix", "expected"), [("", []), ("/stored", []), ("stored", ["portal.E013"])])
def test_address_at_the_proxy_is_looked_at(prefix, expected, settings):
    settings.ACCEL_PREFIX = prefix
    assert problems() == expected
