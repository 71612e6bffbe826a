/* The cell's table: a row is looked at by the site as soon as somebody leaves a cell of it, so that a wrong date is
   seen in its row and not after thirty. Without a connection nothing is said; saving looks at every row again. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const COLUMNS = ["title", "novelty", "product", "due"];
  const cellOf = (row, column) => row.querySelector(`[name][data-column=${column}]`);
  const touched = new Set();
  let waiting = 0;

  function show(row, column, text) {
    const el = cellOf(row, column);
    const id = `wrong-${column}-${row.dataset.row}`;
    let note = document.getElementById(id);
    el.classList.toggle("is-invalid", Boolean(text));
    if (!text) {
      note?.remove();
      el.removeAttribute("aria-invalid");
      el.removeAttribute("aria-describedby");
      return;
    }
    if (!note) {
      note = Object.assign(document.createElement("p"), { id, className: "field-error" });
      el.after(note);
    }
    note.textContent = text;
    el.setAttribute("aria-invalid", "true");
    el.setAttribute("aria-describedby", id);
  }

  async function look() {
    const asked = [...touched].map((row) => [row, COLUMNS.map((column) => cellOf(row, column).value)]);
    touched.clear();
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    asked.forEach(([row, values]) => COLUMNS.forEach((column, at) => body.set(cellOf(row, column).name, values[at])));
    const answer = await fetch(form.dataset.check, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const { wrong } = await answer.json();
    asked.forEach(([row, values]) => {
      COLUMNS.forEach((column, at) => {
        if (cellOf(row, column).value === values[at]) show(row, column, wrong[row.dataset.row]?.[column]);
      });
      row.classList.toggle("is-wrong", Boolean(row.querySelector(".field-error")));
    });
  }

  function take(row) {
    touched.add(row);
    clearTimeout(waiting);
    waiting = setTimeout(look, 300);
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row) take(row);
  });
  // What came back from this browser was not looked at yet; what the site gave back as wrong says so already.
  const restored = [...form.querySelectorAll("tr[data-bound]")];
  restored.filter((row) => row.querySelector("[data-key]") && !row.querySelector(".field-error")).forEach(take);
})();
