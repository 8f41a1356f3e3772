"""Security keys and passkeys: WebAuthn's conversation, in values of our own."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from accredit.text import N_, RuleError

#: An answer of a browser is some kilobytes at most.
LONGEST_ANSWER = 20_000
#: In bytes: twice what WebAuthn asks for, and as text it fits the column it waits in.
_CHALLENGE = 32


class KeyRefusedError(RuleError):
    """The security key's answer does not prove what was asked."""

    def __init__(self) -> None:
        super().__init__(N_("The security key was not accepted. Try again."))


@dataclass(frozen=True, slots=True)
class Site:
    """The site a key is made for: keys of one site open no other."""

    origin: str
    name: str

    @property
    def domain(self) -> str:
        """The name by which keys know the site."""
        return urlsplit(self.origin).hostname or ""

    @property
    def takes_keys(self) -> bool:
        """Browsers offer keys to names only, and only over TLS or on the machine itself."""
        try:
            ip_address(self.domain)
        except ValueError:
            return self.origin.startswith("https://") or self.domain == "localhost"
        return False


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: its id, its public key, and how often it signed."""

    credential: str
    public_key: str
    counter: int


def options_to_add(
    site: Site, *, person_id: int, email: str, name: str, known: list[str]
) -> tuple[str, str]:
    """What the browser needs to make a key (JSON), and the challenge in it."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        challenge=secrets.token_bytes(_CHALLENGE),
        user_id=f"accredit-{person_id}".encode(),
        user_name=email,
        user_display_name=name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one)) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        ),
    )
    return options_to_json(options), _text(options.challenge)


def read_new(site: Site, answer: str, challenge: str) -> NewKey:
    """The key a browser made; raises `KeyRefusedError`."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise KeyRefusedError from error
    return NewKey(_text(made.credential_id), _text(made.credential_public_key), made.sign_count)


def options_to_sign(site: Site, known: list[str]) -> tuple[str, str]:
    """What the browser needs to have one of the known keys sign (JSON), and the challenge."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import (
        PublicKeyCredentialDescriptor,
        UserVerificationRequirement,
    )

    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=secrets.token_bytes(_CHALLENGE),
        allow_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one)) for one in known],
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return options_to_json(options), _text(options.challenge)


def credential_of(answer: str) -> str:
    """Which key an answer says it is from; raises `KeyRefusedError`."""
    named = _parsed(answer).get("rawId")
    if not isinstance(named, str):
        raise KeyRefusedError
    return named.rstrip("=")


def verify_signed(site: Site, answer: str, challenge: str, *, public_key: str, counter: int) -> int:
    """How often the key has signed now; raises `KeyRefusedError` unless it signed this."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        signed = verify_authentication_response(
            credential=_parsed(answer),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=_bytes(public_key),
            credential_current_sign_count=counter,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise KeyRefusedError from error
    return signed.new_sign_count


def _parsed(answer: str) -> dict[str, object]:
    try:
        parsed = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError) as error:
        raise KeyRefusedError from error
    if not isinstance(parsed, dict):
        raise KeyRefusedError
    return parsed


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
