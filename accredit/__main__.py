"""`python -m accredit` is the command `accredit`."""

from accredit.cli import main

main()
