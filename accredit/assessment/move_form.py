"""What somebody has seen when they confirm that an assessment moves to another version."""

from __future__ import annotations

from wtforms import HiddenField

from accredit.assessment.moving import Seen
from accredit.web.forms import Form, WholeNumberField


class MoveForm(Form):
    """The version to move to, and what the preview was made of."""

    to_version = WholeNumberField()
    from_sha256 = HiddenField()
    to_sha256 = HiddenField()
    assessment_version = WholeNumberField()

    @property
    def seen(self) -> Seen:
        """What the person had before them."""
        return Seen(
            self.from_sha256.data or "",
            self.to_sha256.data or "",
            self.assessment_version.data or 0,
        )
