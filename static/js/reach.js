/* A form with data-reach leaves its page only when the site answers at that address: a lost connection would show the
   browser's own page instead of what was typed. What to say then stands in the form's data-offline. */
(() => {
  "use strict";

  const PATIENCE = 10000;

  document.querySelectorAll("form[data-reach]").forEach((form) => {
    const said = form.querySelector("[data-offline]");
    const say = (text) => { if (said) said.textContent = text; };

    form.addEventListener("submit", (event) => {
      if (form.dataset.reached) return delete form.dataset.reached;
      event.preventDefault();
      const { submitter } = event;
      say("");
      fetch(form.dataset.reach, { cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE) }).then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        form.dataset.reached = "yes";
        if (submitter?.dataset.confirm) form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
      }).catch(() => {
        say(said?.dataset.offline ?? "");
        form.dispatchEvent(new CustomEvent("unreached"));
      });
      return undefined;
    });
  });
})();
