"""Handing mails over: encrypted, with an account, by command, and safe whatever names hold."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accredit.config import SettingsError, Smtp, load_settings
from accredit.identity import sending
from tests.identity.mail_server import MailServer, takes


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """An authority of its own with a certificate for localhost, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, paths))
    return paths[0], context


@pytest.fixture
def encrypted(certificate):
    authority, context = certificate
    server = MailServer(
        tls_context=context,
        require_starttls=True,
        authenticator=takes("accredit", "a password"),
        auth_required=True,
    )
    server.start()
    yield server, authority
    server.stop()


def through(server: MailServer, **changes) -> Smtp:
    values = {
        "host": "localhost",
        "port": server.port,
        "sender": "accredit@example.org",
        "user": "accredit",
        "password": "a password",
        "security": "starttls",
    }
    return Smtp(**{**values, **changes})


def test_mail_goes_encrypted_and_with_an_account(app, browse, cast, told, encrypted):
    server, authority = encrypted
    told(smtp=through(server, ca_file=str(authority)))
    browse().post("/forgotten", {"email": cast.leader.email})
    assert sending.send_due(app) == 1
    assert server.mailbox.envelopes == [("accredit@example.org", [cast.leader.email])]


@pytest.mark.parametrize(
    "wrong", [{"ca_file": None}, {"password": "another"}, {"security": "none"}]
)
def test_nothing_is_sent_to_a_server_that_is_not_the_one_or_does_not_know_us(
    app, browse, cast, told, encrypted, wrong
):
    server, authority = encrypted
    told(smtp=through(server, **{"ca_file": str(authority), **wrong}))
    browse().post("/forgotten", {"email": cast.leader.email})
    assert sending.send_due(app) == 0
    assert server.mailbox.raw == []


def test_settings_of_mail_are_read_and_checked(tmp_path):
    environ = {"ACCREDIT_MODE": "test", "ACCREDIT_SMTP_HOST": "mail.example.org"}
    with pytest.raises(SettingsError, match="ACCREDIT_MAIL_FROM"):
        load_settings(environ)
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    settings = load_settings(
        {
            **environ,
            "ACCREDIT_MAIL_FROM": "accredit@example.org",
            "ACCREDIT_SMTP_USER": "accredit",
            "ACCREDIT_SMTP_PASSWORD_FILE": str(secret),
        }
    )
    assert settings.smtp == Smtp(
        "mail.example.org", 587, "accredit@example.org", "accredit", "hush", "starttls", None
    )
    with pytest.raises(SettingsError, match="ACCREDIT_SMTP_SECURITY"):
        load_settings(
            {
                **environ,
                "ACCREDIT_MAIL_FROM": "a@example.org",
                "ACCREDIT_SMTP_SECURITY": "perhaps",
            }
        )


def test_failure_41_nobody_reads_the_password_of_the_mail_server(
    app, browse, cast, told, encrypted
):
    server, _authority = encrypted
    told(smtp=through(server, password="never-to-be-seen"))
    for url in ("/", "/people", "/trail/", "/organisations", "/account"):
        assert b"never-to-be-seen" not in browse(cast.administrator).get(url).body


def test_a_letter_reads_the_same_as_text_and_as_a_page(browse, cast, mailing):
    browse().post("/forgotten", {"email": cast.leader.email})
    mailing.send()
    text, page = mailing.box.text(), mailing.box.html()
    for paragraph in [one for one in text.split("\n\n") if one.strip()]:
        assert paragraph.strip() in page
    assert "<img" not in page
    assert "<style" not in page
