"""Forms of sign-in, accounts, people and organisations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import EmailField, HiddenField
from wtforms.validators import Length, ValidationError

from accredit.i18n import gettext, say, translate
from accredit.identity.domain import ROLE_NAMES, Role
from accredit.identity.models import Department
from accredit.identity.people import Place
from accredit.text import N_, Bilingual, Language, Message
from accredit.web.forms import Form, required
from accredit.web.numbers import hidden_number

#: Each language in its own words, so that everybody finds theirs.
LANGUAGE_CHOICES = {"en": "English", "ar": "العربية"}


#: A path on this site; two slashes, a backslash or white space could lead elsewhere.
_OWN_PATH = re.compile(r"/(?!/)[^\\\s\x00-\x1f]*")


def own_path(address: str | None) -> str:
    """`address` if it is a path of this site, else an empty text."""
    text = address or ""
    return text if _OWN_PATH.fullmatch(text) and "%5c" not in text.lower() else ""


def plain_email(address: str) -> str:
    """An address as accounts are kept under: no outer or unseen signs, small letters."""
    seen = "".join(sign for sign in address if unicodedata.category(sign) != "Cf")
    return seen.strip().lower()


def _has_no_control(_form: Form, field: Field) -> None:
    """Refuse line breaks and other signs that steer where one line is meant."""
    if any(unicodedata.category(sign) == "Cc" for sign in field.data or ""):
        raise ValidationError(gettext("Write this in one line."))


def _is_language(_form: Form, field: Field) -> None:
    if field.data not in LANGUAGE_CHOICES:
        raise ValidationError(gettext("Choose a language."))


def department_choices(departments: Sequence[Department]) -> list[tuple[int, str]]:
    """Departments to choose from, by name; with the organisation where there are several."""
    several = len({place.organisation_id for place in departments}) > 1
    return [
        (
            place.id,
            f"{say(place.organisation.name)} — {say(place.name)}" if several else say(place.name),
        )
        for place in departments
    ]


class SignInForm(Form):
    """E-mail and password. One sentence for every failure: nobody learns who has an account."""

    email = EmailField()
    password = PasswordField()
    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An address elsewhere is no mistake of the person: it is forgotten, not refused.
        self.next.data = own_path(self.next.data)

    @property
    def email_given(self) -> str:
        """The address as accounts are kept under."""
        return plain_email(self.email.data or "")


class ForgottenForm(Form):
    """The address of an account whose password is forgotten."""

    email = EmailField(validators=[required(N_("Enter an e-mail address.")), Length(max=254)])

    @property
    def email_given(self) -> str:
        """The address as accounts are kept under."""
        return plain_email(self.email.data or "")


class CodeForm(Form):
    """A code of an app, or a recovery code."""

    code = StringField(validators=[required(N_("Enter the code.")), Length(max=60)])
    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.next.data = own_path(self.next.data)


class _ProofForm(Form):
    """The present password, where a change could let somebody else in."""

    present = PasswordField()

    def validate_present(self, field: Field) -> None:
        """Ask for it, unless the person has just given it to sign in."""
        if self.proof_needed and not field.data:
            raise ValidationError(gettext("Enter your present password."))

    proof_needed = True


class PresentForm(_ProofForm):
    """Nothing but the present password."""


class AppForm(_ProofForm):
    """A new authenticator app: the sealed key of its page and a code that the app shows."""

    name = StringField(validators=[Length(max=60), _has_no_control])
    sealed = HiddenField()
    code = StringField(validators=[required(N_("Enter the code that the app shows."))])
    next = HiddenField()


class KeyForm(_ProofForm):
    """A new security key: what the browser answered for it."""

    name = StringField(validators=[Length(max=60), _has_no_control])
    answer = HiddenField()
    next = HiddenField()


class AnswerForm(Form):
    """What a security key signed."""

    answer = HiddenField()
    next = HiddenField()


class ReasonForm(Form):
    """Why something unusual is asked for."""

    reason = TextAreaField(validators=[required(N_("Give the reason.")), Length(max=1000)])


class _Names(Form):
    """A name in both languages."""

    @property
    def name_given(self) -> Bilingual:
        """Both names as typed, without outer spaces."""
        return Bilingual((self.name_en.data or "").strip(), (self.name_ar.data or "").strip())

    name_en: StringField
    name_ar: StringField


def _name(label: str, length: int) -> StringField:
    return StringField(
        label,
        validators=[
            required(N_("Write the name in both languages.")),
            Length(max=length),
            _has_no_control,
        ],
    )


def _is_email(_form: Form, field: Field) -> None:
    try:
        # Latin letters only: many signs of other scripts look like them, and would make a twin.
        field.data = validate_email(
            plain_email(field.data or "").encode("ascii").decode(),
            check_deliverability=False,
            allow_smtputf8=False,
        ).normalized.lower()
    except (EmailNotValidError, UnicodeEncodeError) as error:
        raise ValidationError(
            gettext("Enter an e-mail address, for example name@example.org.")
        ) from error


def _is_code(_form: Form, field: Field) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,7}", (field.data or "").strip()):
        raise ValidationError(gettext("Use 2 to 8 Latin letters and digits, a letter first."))


class _PresentPassword(Form):
    """The present password; it is asked for first, and so defined first."""

    present = PasswordField(validators=[required(N_("Enter your present password."))])


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(validators=[required(N_("Choose a password."))])
    again = PasswordField()

    def validate_again(self, field: Field) -> None:
        """Refuse a repetition that differs."""
        if field.data != self.password.data:
            raise ValidationError(gettext("The two passwords differ. Type the same one twice."))


class ChangePasswordForm(PasswordForm, _PresentPassword):
    """The present password and a new one."""


class AddressForm(Form):
    """Another address for one's own account, and the present password."""

    email = EmailField(
        id="new-email",
        validators=[required(N_("Enter an e-mail address.")), Length(max=254), _is_email],
    )
    present = PasswordField(
        id="address-present", validators=[required(N_("Enter your present password."))]
    )


class OwnDetailsForm(_Names):
    """What people say of themselves."""

    name_en = _name("name_en", 120)
    name_ar = _name("name_ar", 120)
    language = RadioField(
        choices=LANGUAGE_CHOICES, validate_choice=False, validators=[_is_language]
    )

    @property
    def language_given(self) -> Language:
        """The language chosen."""
        return "ar" if self.language.data == "ar" else "en"


class _Reachable(OwnDetailsForm):
    """What others say of a person; defined before the first role, which is asked for last."""

    email = EmailField(
        validators=[required(N_("Enter an e-mail address.")), Length(max=254), _is_email]
    )


class RoleForm(Form):
    """A role at a place; the choices are those the giver may give."""

    role = SelectField(validators=[required(N_("Choose a role."))])
    place = SelectField(validators=[required(N_("Choose where the role is held."))])

    def offer(self, roles: tuple[Role, ...], places: list[Place]) -> None:
        """Fill the two lists of choices in the reader's language."""
        self.role.choices = {"": gettext("Choose a role")} | {
            role.value: gettext(ROLE_NAMES[role]) for role in roles
        }
        self.place.choices = {"": gettext("Choose a place")} | {
            place.key: place_words(place) for place in places
        }
        self._places = {place.key: place for place in places}

    @property
    def role_given(self) -> Role:
        """The role chosen; only after validation."""
        return Role(self.role.data)

    @property
    def place_given(self) -> Place:
        """The place chosen; only after validation."""
        return self._places[self.place.data]


class PersonForm(RoleForm, _Reachable):
    """A new person with a first role."""


class SearchForm(Form):
    """Words to look for in a list."""

    class Meta(Form.Meta):
        """A search changes nothing, so it needs no token."""

        csrf = False

    q = StringField(validators=[Length(max=100)])


class OrganisationForm(_Names):
    """A new organisation or department."""

    name_en = _name("name_en", 200)
    name_ar = _name("name_ar", 200)
    code = StringField(
        validators=[
            required(N_("Give a short code.")),
            _is_code,
        ]
    )


class RenameForm(_Names):
    """A new name for what was shown in `version`."""

    name_en = _name("name_en", 200)
    name_ar = _name("name_ar", 200)
    version = HiddenField()

    @property
    def version_given(self) -> int:
        """The version the page showed, 0 if it was tampered with."""
        return hidden_number(self.version.data) or 0


def place_words(place: Place) -> str:
    """A place in the reader's words: everywhere, an organisation, or its department."""
    if place.organisation is None:
        return translate(N_("Everywhere"))
    if place.department is None:
        return translate(
            Message(
                N_("%(organisation)s: whole organisation"), {"organisation": place.organisation}
            )
        )
    return f"{say(place.organisation)} › {say(place.department)}"
