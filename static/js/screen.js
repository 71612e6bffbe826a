/* The arrow keys, and what a presenter's remote sends, follow the links of the large screen. */
(() => {
  "use strict";

  const links = { ArrowLeft: "prev", PageUp: "prev", ArrowRight: "next", PageDown: "next", " ": "next" };
  document.addEventListener("keydown", (event) => {
    const rel = links[event.key];
    if (!rel || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("a") && event.key === " ") return;
    const link = document.querySelector(`a[rel=${rel}]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
})();
