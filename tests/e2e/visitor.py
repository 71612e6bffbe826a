"""A person at the browser, who names things as the page names them and never goes on from a faulty page."""

from pathlib import Path

from django.forms import Form
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

from cadres.forms.accounts import SignInForm
from tests.e2e.words import asked, vi

PASSWORD = "mat-khau-thu"  # of every account that tests.factories makes
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HAS_AXE = "() => 'axe' in window"
_VIOLATIONS = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"


class Visitor:
    """Everything that leads to another page also judges the page reached, and takes its picture.

    The picture is of what stands on the screen; of a faulty page the whole is taken too. A page is
    faulty when axe finds a serious or critical violation, when the browser complains in its console
    (as it does of whatever the Content-Security-Policy forbids, of scripts that fail and of files
    that are not there), or when it is wider than the screen.
    """

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self.pictures = page, pictures
        self.complaints: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", self._suffer)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _suffer(self, error: Error) -> None:
        self.complaints.append(f"script failed: {error}")

    @property
    def main(self) -> Locator:
        """The page without what frames every page."""
        return self.page.get_by_role("main")

    def sign_in(self, username: str) -> None:
        """By user name and password; the sign-in page itself is judged in test_front_door."""
        self.page.goto("/sign-in/")
        self.fill(SignInForm, username=username, password=PASSWORD)
        self.press(vi("Sign in"))

    def fill(self, form: type[Form], **answers: str) -> None:
        """Type the answers into the fields of a form, each found by its label."""
        for field, answer in answers.items():
            self.page.get_by_label(asked(form, field)).fill(answer)

    def open(self, path: str) -> None:
        """Type an address of the site."""
        self.page.goto(path)
        self.judge()

    def follow(self, name: str, *, within: Locator | None = None) -> None:
        """Go where the link called `name` leads."""
        self._go((within or self.page).get_by_role("link", name=name))

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button called `name`, which sends a form."""
        self._go((within or self.page).get_by_role("button", name=name))

    def press_and_confirm(self, name: str) -> None:
        """Press a button that asks back, and confirm."""
        self.page.get_by_role("button", name=name).click()
        question = self.page.get_by_role("dialog")
        question.wait_for()
        self.judge()
        self.press(vi("Confirm"), within=question)

    def _go(self, control: Locator) -> None:
        with self.page.expect_navigation():
            control.click()
        self.judge()

    def hear(self, text: str) -> None:
        """The page must tell that this has just been done."""
        expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()

    def judge(self) -> None:
        """Fail with everything that is wrong with the page as it now stands."""
        self._picture(whole=False)
        faults, self.complaints = [f"console: {text}" for text in self.complaints], []
        if (excess := self.page.evaluate(_TOO_WIDE)) > 0:
            faults.append(f"{excess} px wider than the screen")
        if not self.page.evaluate(_HAS_AXE):
            self.page.evaluate(AXE)
        for violation in self.page.evaluate(_VIOLATIONS):
            if violation["impact"] in GRAVE:
                places = [node["html"] for node in violation["nodes"]]
                faults.append(f"axe {violation['id']}: {violation['help']}: {places}")
        if faults:
            self._picture(whole=True)
        assert not faults, "\n".join([self.page.url, *faults])

    def _picture(self, *, whole: bool) -> None:
        number = len(list(self.pictures.iterdir())) + 1
        self.page.screenshot(path=self.pictures / f"{number:02}.jpg", type="jpeg", full_page=whole)
