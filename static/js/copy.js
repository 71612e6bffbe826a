/* A text to copy (data-copy-text) and its button (data-copy), in one box. Without the clipboard of the browser,
   which exists on secure pages only, the text is marked for the hand. */
(() => {
  "use strict";

  document.querySelectorAll("[data-copy]").forEach((button) => {
    const box = button.closest("details, section");
    const text = box.querySelector("[data-copy-text]");
    const said = box.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        said.textContent = said.dataset.copied;
      } catch {
        text.select();
        said.textContent = document.execCommand("copy") ? said.dataset.copied : said.dataset.marked;
      }
    });
  });
})();
