/* A day is sent only with the choice "on a certain day": chosen a quarter instead, a day typed before, wrong or right,
   stays in its box out of sight (drafts.css, parts.css) and neither hinders nor contradicts the answer. */
(() => {
  "use strict";

  document.querySelectorAll("form:has([name=due]):has([name=due_on])").forEach((form) => {
    const day = form.elements.due_on;
    const update = () => {
      const chosen = form.elements.due.value;
      day.disabled = Boolean(chosen) && chosen !== "day";
    };
    form.addEventListener("input", update);
    update();
  });
})();
