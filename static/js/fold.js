/* A docket folded by cadre: one button opens or folds all of it, and on paper it is always open.
   Nothing depends on it: each cadre opens by itself. */
(() => {
  "use strict";

  const groups = [...document.querySelectorAll(".docket-group")];
  const button = document.querySelector("[data-unfold]");
  const folded = () => groups.filter((group) => !group.open);
  const set = (some, open) => some.forEach((group) => { group.open = open; });

  if (button && folded().length) {
    const words = [button.textContent, button.dataset.unfold];
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = folded().length > 0;
      set(groups, open);
      button.textContent = words[open ? 1 : 0];
    });
  }
  let before = [];
  window.addEventListener("beforeprint", () => { before = folded(); set(before, true); });
  window.addEventListener("afterprint", () => set(before, false));
})();
