"""`manage.py test`: the tests of the site, run by pytest."""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Hands over to pytest: every argument is pytest's, and so is the exit code.

    A command and not a TEST_RUNNER: Django's own command would refuse `-k`, `-x` and the like before
    a runner saw them, and would turn every failure into exit code 1.
    """

    help = "Runs the tests with pytest, on two processors. All arguments are pytest's."

    def run_from_argv(self, argv: list[str]) -> None:
        """Become pytest, in a new process image: this one has loaded the settings of the site."""
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        os.chdir(settings.BASE_DIR)
        # The last -n wins, so that `test -n0` runs in one process.
        os.execv(sys.executable, [sys.executable, "-m", "pytest", "-n", "2", *argv[2:]])
