"""`python -m docqa`."""

from docqa.cli import run

run()
