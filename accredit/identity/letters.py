"""What mails say, in the language of whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accredit import i18n
from accredit.text import N_, Bilingual, Language, Message


class MailKind(StrEnum):
    """Why somebody is written to."""

    INVITATION = "invitation"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    FACTOR_CHANGED = "factor_changed"
    RECOVERY_USED = "recovery_used"
    FACTORS_RESET = "factors_reset"
    ADDRESS_CONFIRM = "address_confirm"
    ADDRESS_TAKEN = "address_taken"
    ADDRESS_ASKED = "address_asked"
    ADDRESS_CHANGED = "address_changed"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is read: plain sentences, and at most one link between them."""

    language: Language
    direction: str
    subject: str
    before: tuple[str, ...]
    link: str | None
    after: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole letter as plain text."""
        parts = [*self.before, *([self.link] if self.link else []), *self.after]
        return "\n\n".join(parts) + "\n"


_NOT_YOU = N_(
    "If that was not you, tell your administrator at once: somebody else may know your password."
)
_SUBJECTS = {
    MailKind.INVITATION: N_("Your account in %(product)s"),
    MailKind.RESET: N_("A new password for %(product)s"),
    MailKind.PASSWORD_CHANGED: N_("Your password in %(product)s was changed"),
    MailKind.FACTOR_CHANGED: N_("Your second factor in %(product)s was changed"),
    MailKind.RECOVERY_USED: N_("A recovery code was used in %(product)s"),
    MailKind.FACTORS_RESET: N_("Your second factor in %(product)s was taken away"),
    MailKind.ADDRESS_CONFIRM: N_("Confirm this address for %(product)s"),
    MailKind.ADDRESS_TAKEN: N_("Your address was given in %(product)s"),
    MailKind.ADDRESS_ASKED: N_("Another address was asked for in %(product)s"),
    MailKind.ADDRESS_CHANGED: N_("Your address in %(product)s was changed"),
}
_BEFORE = {
    MailKind.INVITATION: (
        N_("You have been given an account. Choose your password on this page:"),
    ),
    MailKind.RESET: (
        N_("Somebody, probably you, asked for a new password. Choose it on this page:"),
    ),
    MailKind.PASSWORD_CHANGED: (
        N_("The password of your account was changed, and all other sessions have ended."),
        _NOT_YOU,
    ),
    MailKind.FACTOR_CHANGED: (
        N_("A second factor of your account was added or removed."),
        _NOT_YOU,
    ),
    MailKind.RECOVERY_USED: (
        N_("Somebody signed in to your account with one of your recovery codes."),
        _NOT_YOU,
    ),
    MailKind.FACTORS_RESET: (
        N_(
            "Two administrators took away the second factors of your account. You set up a new "
            "one when you sign in next."
        ),
        _NOT_YOU,
    ),
    MailKind.ADDRESS_CONFIRM: (
        N_(
            "Somebody, probably you, asked to sign in to %(product)s with this address from now "
            "on. Confirm it on this page:"
        ),
    ),
    MailKind.ADDRESS_TAKEN: (
        N_(
            "Somebody asked that this address become the one of another account in %(product)s. "
            "It belongs to your account, so nothing was changed."
        ),
        N_(
            "If that was you, you have an account under this address already: sign in with it. "
            "If not, you need do nothing."
        ),
    ),
    MailKind.ADDRESS_ASKED: (
        N_(
            "Somebody, probably you, asked that your account be moved to another e-mail address. "
            "A link was sent there; until it is used, everything stays as it is."
        ),
        N_(
            "If that was not you, change your password at once: then that link opens nothing. And "
            "tell your administrator, for somebody else may know your password."
        ),
    ),
    MailKind.ADDRESS_CHANGED: (
        N_(
            "The e-mail address of your account was changed, and all other sessions have ended. "
            "You sign in with the new address now, and mails go there; this is the last one here."
        ),
        _NOT_YOU,
    ),
}
_AFTER = {
    MailKind.INVITATION: (
        N_("The link works once and for seven days. A newer one replaces it."),
        N_("If you expect no account, do nothing and the link runs out."),
    ),
    MailKind.RESET: (
        N_("The link works once and for one hour. A newer one replaces it."),
        N_("If you asked for nothing, do nothing: your password stays as it is."),
    ),
    MailKind.ADDRESS_CONFIRM: (
        N_("The link works once and for one hour. A newer one replaces it."),
        N_("If you asked for nothing, do nothing: the address is then not used."),
    ),
}
#: Whoever reads this is not known yet, and names are what people type: nobody is to send
#: strangers a text of their own.
_TO_STRANGERS = frozenset({MailKind.ADDRESS_CONFIRM})


def compose(
    kind: MailKind, *, name: Bilingual, language: Language, product: str, link: str | None
) -> Letter:
    """The letter of a kind for a person."""
    values = {"product": product, "name": one_line(name.in_language(language))}
    with i18n.written_in(language):
        dear = N_("Good day,") if kind in _TO_STRANGERS else N_("Dear %(name)s,")
        greeting = i18n.translate(Message(dear, values))
        before = (i18n.translate(Message(text, values)) for text in _BEFORE[kind])
        after = (i18n.translate(Message(text, {})) for text in _AFTER.get(kind, ()))
        return Letter(
            language=language,
            direction=i18n.direction(language),
            subject=i18n.translate(Message(_SUBJECTS[kind], values)),
            before=(greeting, *before),
            link=link,
            after=tuple(after),
        )


def one_line(text: str) -> str:
    """A text without line breaks and other signs that steer, for where one line is meant."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
