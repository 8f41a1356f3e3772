"""Handing a letter to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from jinja2 import Environment

from accredit.config import Smtp
from accredit.identity.letters import Letter, one_line

_SECONDS = 20


class MailRefusedError(Exception):
    """The server refuses this mail for good."""


class MailDelayedError(Exception):
    """The server cannot be reached, or cannot take mail now."""


def message_of(
    letter: Letter,
    *,
    to: str,
    sender: str,
    product: str,
    message_id: str,
    at: datetime,
    templates: Environment,
) -> EmailMessage:
    """The letter as text and as a page; no header holds more than the line it is meant to."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(letter.subject)
    message["From"] = f"{one_line(product)} <{sender}>" if product.isascii() else sender
    message["To"] = one_line(to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # Nobody's absence note needs to answer this.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    html = templates.get_template("mail/letter.html").render(letter=letter, product=product)
    message.add_alternative(html, subtype="html")
    # What is said of the content is forgotten whenever there is a new one, so last.
    message["Content-Language"] = letter.language
    return message


def deliver(settings: Smtp, message: EmailMessage, *, to: str) -> None:
    """Hand the message over; raises `MailDelayedError` or `MailRefusedError`.

    The connection is encrypted and the server's certificate checked, unless the setting says
    that there is no encryption at all.
    """
    try:
        with _connect(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password or "")
            server.send_message(message, from_addr=settings.sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _answer in error.recipients.values()]
        kind = MailRefusedError if all(code >= 500 for code in codes) else MailDelayedError
        raise kind(f"recipient: {codes}") from error
    except smtplib.SMTPDataError as error:
        kind = MailRefusedError if error.smtp_code >= 500 else MailDelayedError
        raise kind(f"data: {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailDelayedError(f"{type(error).__name__}: {error}") from error


def _connect(settings: Smtp) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
