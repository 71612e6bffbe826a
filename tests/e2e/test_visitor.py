"""The journeys prove nothing unless a faulty page stops them."""

import pytest

pytestmark = pytest.mark.browser

FAULTY = """() => {
  const box = document.createElement("div");
  box.innerHTML = '<img src="/static/favicon.svg" width="3000" height="1"><p style="color: #eee">…</p>';
  document.querySelector("main").append(box);
  setTimeout(() => { throw new Error("broken script"); });
}"""


def test_every_kind_of_fault_is_told(visitor):
    stranger = visitor()
    stranger.open("/sign-in/")
    stranger.page.evaluate(FAULTY)
    with pytest.raises(AssertionError) as told:
        stranger.judge()
    faults = str(told.value)
    assert "Content Security Policy" in faults
    assert "script failed: broken script" in faults
    assert "px wider than the screen" in faults
    assert "axe image-alt" in faults
