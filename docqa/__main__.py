"""`python -m docqa`."""

from docqa.cli.main import run

run()
