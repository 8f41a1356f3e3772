"""Where files are kept and scanned is said by the environment alone, secrets also by a file."""

from __future__ import annotations

import pytest

from accredit.config import Bucket, SettingsError, load_settings
from accredit.evidence.bucket import BucketStore, store_for
from accredit.evidence.store import FileStore

TEST = {"ACCREDIT_MODE": "test"}


def test_without_a_word_files_are_kept_in_the_data_folder():
    settings = load_settings(TEST)
    assert settings.bucket is None
    assert type(store_for(settings)) is FileStore


def test_a_bucket_takes_its_keys_from_files(tmp_path):
    (tmp_path / "key").write_text("a-key\n")
    (tmp_path / "secret").write_text("a-secret\n")
    settings = load_settings(
        {
            **TEST,
            "ACCREDIT_STORE": "s3://evidence/files/",
            "ACCREDIT_S3_ENDPOINT": "http://127.0.0.1:9",
            "ACCREDIT_S3_ACCESS_KEY_FILE": str(tmp_path / "key"),
            "ACCREDIT_S3_SECRET_KEY_FILE": str(tmp_path / "secret"),
        }
    )
    assert settings.bucket == Bucket(
        "evidence", "files", "http://127.0.0.1:9", "us-east-1", "a-key", "a-secret"
    )
    assert isinstance(store_for(settings), BucketStore)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCREDIT_STORE", "ftp://x"),
        ("ACCREDIT_STORE", "s3://"),
        ("ACCREDIT_CLAMAV", "scanner"),
        ("ACCREDIT_CLAMAV", "scanner:99999"),
    ],
)
def test_what_cannot_be_used_is_said_by_name(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({**TEST, name: value})


def test_an_endpoint_without_a_scheme_is_refused():
    with pytest.raises(SettingsError, match="ACCREDIT_S3_ENDPOINT"):
        load_settings({**TEST, "ACCREDIT_STORE": "s3://x", "ACCREDIT_S3_ENDPOINT": "host:9"})


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "/run/clamav/clamd.ctl"])
def test_a_scanner_is_a_port_or_a_socket(address):
    assert load_settings({**TEST, "ACCREDIT_CLAMAV": address}).scanner == address
