"""Make `accredit` of this checkout importable and callable in the environment that runs this.

It writes what an editable installation would: a path file, and the command. Nothing is
built, so nothing but the locked requirements is needed.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write both files."""
    (Path(sysconfig.get_path("purelib")) / "accredit-checkout.pth").write_text(f"{CHECKOUT}\n")
    command = Path(sysconfig.get_path("scripts")) / "accredit"
    command.write_text(
        f"#!{sys.executable}\nimport sys\n\nfrom accredit.cli import main\n\nsys.exit(main())\n"
    )
    command.chmod(0o755)


if __name__ == "__main__":
    main()
