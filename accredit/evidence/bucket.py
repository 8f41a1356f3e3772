"""The same store in a bucket of an S3-compatible service, for several machines together."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from accredit.config import Bucket, Settings
from accredit.evidence.store import (
    CHUNK,
    Blob,
    FileStore,
    Kept,
    MissingBlobError,
    StoreUnavailableError,
    TooLargeError,
    digest_of,
    hash_in,
    name_of,
)

#: No request waits longer for the service, retries included.
PATIENCE = timedelta(seconds=20)
#: A proxy that no network has (RFC 6761), and the names by which a machine says that it has one.
_NOWHERE = "http://a-redirect-is-not-followed.invalid:1"
_AMAZON = "amazonaws.com,amazonaws.com.cn"
#: Where a machine at Amazon asks for the keys of its role.
_KEYS_OF_A_ROLE = "169.254.169.254,169.254.170.2,169.254.170.23"
_PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def store_for(settings: Settings) -> FileStore:
    """The store of an installation: a folder, or the bucket its settings name."""
    if settings.bucket is None:
        return FileStore(settings.evidence_dir)
    return BucketStore(settings.bucket)


class BucketStore(FileStore):
    """Objects named by their hash.

    An object is written whole or not at all, never over another of the same name, and is read
    back before it counts as kept: what the service acknowledged is not what it holds.
    """

    def __init__(self, bucket: Bucket) -> None:
        super().__init__(Path(bucket.prefix))
        self._service = _open(bucket)

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        """Keep the rest of `stream`; raises `TooLargeError` or `StoreUnavailableError`."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with tempfile.TemporaryFile() as copy:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLargeError
                digest.update(chunk)
                copy.write(chunk)
            blob = Blob(digest.hexdigest(), size)
            with _answering():
                try:
                    copy.seek(0)
                    obstore.put(
                        self._service,
                        name_of(blob.sha256),
                        copy,
                        mode="create",
                        use_multipart=False,
                    )
                except AlreadyExistsError:
                    pass
                if not self._holds(blob):
                    copy.seek(0)
                    obstore.put(self._service, name_of(blob.sha256), copy, use_multipart=False)
                    if not self._holds(blob):
                        raise StoreUnavailableError(
                            "the bucket does not give back what it was given"
                        )
        return blob

    def has(self, sha256: str) -> bool:
        """Whether content with this hash is kept."""
        import obstore

        with _answering():
            try:
                obstore.head(self._service, name_of(sha256))
            except FileNotFoundError:
                return False
        return True

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading; raises `MissingBlobError` or `StoreUnavailableError`."""
        import obstore

        name = name_of(sha256)
        target = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - handed to the caller
        try:
            with _answering():
                for chunk in obstore.get(self._service, name).stream():
                    target.write(chunk)
        except FileNotFoundError as error:
            target.close()
            raise MissingBlobError(sha256) from error
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return target

    def everything(self) -> Iterator[Kept]:
        """All objects of the bucket's folder."""
        import obstore

        with _answering():
            for batch in obstore.list(self._service):
                for item in batch:
                    name = item["path"]
                    yield Kept(name, hash_in(name), item["size"], item["last_modified"])

    def remove(self, name: str) -> None:
        """Take an object out for good; only what `everything` names."""
        import obstore

        with _answering():
            obstore.delete(self._service, name)

    def path(self, sha256: str) -> Path:
        """Never: an object has no path."""
        raise NotImplementedError("what lies in a bucket has no path")

    def _holds(self, blob: Blob) -> bool:
        with self.open(blob.sha256) as kept:
            return digest_of(kept) == blob.sha256


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever the service or the line does wrong is one error to everybody else."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise StoreUnavailableError(f"the bucket does not answer: {error}") from error


def _open(bucket: Bucket) -> Any:
    from obstore.store import S3Store

    chosen: dict[str, Any] = {"region": bucket.region}
    if bucket.endpoint:
        chosen["endpoint"] = bucket.endpoint
        chosen["virtual_hosted_style_request"] = False
    if bucket.access_key and bucket.secret_key:
        chosen["access_key_id"] = bucket.access_key
        chosen["secret_access_key"] = bucket.secret_key
    options: Any = {
        "allow_http": (bucket.endpoint or "").startswith("http://"),
        "timeout": "15s",
        "connect_timeout": "5s",
        **_no_other_host(bucket),
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        **chosen,
        client_options=options,
        retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
    )


def _no_other_host(bucket: Bucket) -> dict[str, str]:
    """What keeps a redirect from leading to another host.

    The library follows redirects and cannot be told not to. So every host but the service's own
    is asked for through a proxy that is not there. Where a proxy of the machine is set, that one
    says who may be called.
    """
    if any(os.environ.get(name) for name in _PROXIES):
        return {}
    own = urlsplit(bucket.endpoint).hostname if bucket.endpoint else _AMAZON
    hosts = [str(own)] if bucket.access_key else [str(own), _AMAZON, _KEYS_OF_A_ROLE]
    return {"proxy_url": _NOWHERE, "proxy_excludes": ",".join(hosts)}
