/* The desk by keyboard: J and K go to the next and the previous pledge of the list, 1 to 4 choose the decision.
   Nothing depends on it: the links and the choices are on the page. */
(() => {
  "use strict";

  const form = document.getElementById("decision");
  const typing = (target) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const link = { j: "[data-following]", k: "[data-previous]" }[event.key.toLowerCase()];
    if (link) document.querySelector(link)?.click();
    const choice = form?.querySelectorAll("[name=decision]")[Number(event.key) - 1];
    if (choice) {
      choice.checked = true;
      choice.focus();
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
