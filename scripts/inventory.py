"""Print what an installation consists of, as a CycloneDX inventory (SBOM) in JSON.

Names, versions and hashes are those of the lock, which are all that is ever installed; licences
are what each package says of itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from accredit import __version__

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "run.txt"
#: In characters; what is longer is the text of a licence, and no name of one.
_LONGEST_NAME = 60
_PINNED = re.compile(r"([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.IGNORECASE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: "


@dataclass(frozen=True, slots=True)
class Part:
    """A package of the lock with the hashes of the files that may be installed for it."""

    name: str
    version: str
    hashes: tuple[str, ...]


def locked(text: str) -> Iterator[Part]:
    """The packages of a hashed requirement file."""
    for entry in re.split(r"\n(?=[a-z0-9])", text, flags=re.IGNORECASE):
        pinned = _PINNED.match(entry)
        if pinned is not None:
            yield Part(pinned[1], pinned[2], tuple(_HASH.findall(entry)))


def licence_of(name: str) -> str | None:
    """What the installed package says; None for one that is not installed on this platform."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    named = said.get("License-Expression") or said.get("License") or ""
    if named and "\n" not in named and len(named) <= _LONGEST_NAME:
        return named
    classified = [
        one.rpartition(" :: ")[2]
        for one in said.get_all("Classifier") or ()
        if one.startswith(_CLASSIFIER)
    ]
    return "; ".join(classified) or None


def inventory(text: str) -> Bom:
    """The inventory of a lock."""
    product = Component(
        name="accredit", version=__version__, type=ComponentType.APPLICATION, bom_ref="accredit"
    )
    bom = Bom(metadata=BomMetaData(component=product))
    parts = [_component(part) for part in locked(text)]
    bom.components.update(parts)
    bom.register_dependency(product, parts)
    return bom


def _component(part: Part) -> Component:
    address = PackageURL("pypi", name=part.name, version=part.version)
    licence = licence_of(part.name)
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=address.to_string(),
        purl=address,
        licenses=[] if licence is None else [LicenseFactory().make_from_string(licence)],
        # One hash for each file in which the version is published, for its platforms.
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(address.to_string()),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in part.hashes],
            )
        ],
    )


def main() -> None:
    """Print the inventory of the lock."""
    sys.stdout.write(JsonV1Dot6(inventory(LOCK.read_text())).output_as_string(indent=2) + "\n")


if __name__ == "__main__":
    main()
