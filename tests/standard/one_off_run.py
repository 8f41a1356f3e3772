"""`python -m tests.standard.one_off_run`: each figure of each standard one step off is noticed."""

from __future__ import annotations

import argparse
import sys
import time

from tests.standard.mutating import SHIPPED
from tests.standard.one_off import document, notices, one_offs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [path.stem for path in SHIPPED]
    parser.add_argument("standards", nargs="*", metavar="STANDARD", help=", ".join(names))
    wanted = parser.parse_args().standards or names
    if unknown := set(wanted) - set(names):
        parser.error(f"no standard of these names ships: {', '.join(sorted(unknown))}")
    planned = noticed = 0
    for path in SHIPPED:
        if path.stem not in wanted:
            continue
        started = time.monotonic()
        data = document(path)
        changes = one_offs(data)
        missed = [change for change in changes if not notices(data, change)]
        for change in missed:
            print(f"{path.stem}: not noticed: {change}")
        planned += len(changes)
        noticed += len(changes) - len(missed)
        print(
            f"{path.stem}: planned {len(changes)}, run {len(changes)}, "
            f"noticed {len(changes) - len(missed)}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    print(f"together: planned {planned}, run {planned}, noticed {noticed}")
    return 0 if noticed == planned else 1


if __name__ == "__main__":
    sys.exit(main())
