/* The recorder's list of a long docket: how many lines differ, and a search that hides the rest.
   Nothing depends on it: every line is in the form with or without this script. */
(() => {
  "use strict";

  const form = document.querySelector("[data-conclude]");
  if (!form) return;
  const lines = [...form.querySelectorAll("[data-line]")];
  const count = form.querySelector("[data-conclude-count]");
  const search = form.querySelector("[data-conclude-search]");
  const found = form.querySelector("[data-conclude-found]");
  const question = form.dataset.confirm;

  const number = new Intl.NumberFormat(document.documentElement.lang);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

  const chosen = (line) => line.querySelector("option:checked, input:checked");
  const differs = (line) => {
    const choice = chosen(line);
    return choice !== null && choice.dataset.usual === undefined && choice.value !== "approve";
  };

  /* The lines that differ stand above the list, each a way to its line. */
  function list(differing) {
    const box = form.querySelector("[data-conclude-differ]");
    if (!box) return;
    box.replaceChildren(...differing.map((line) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${line.id}`;
      link.textContent = `${line.cells[0].textContent.trim()}. ${chosen(line).textContent.trim()}`;
      item.append(link);
      return item;
    }));
    box.hidden = !differing.length;
  }

  function tell() {
    const differing = lines.filter(differs);
    const other = differing.length;
    list(differing);
    count.querySelector("[data-count=approve]").textContent = number.format(lines.length - other);
    count.querySelector("[data-count=other]").textContent = number.format(other);
    if (question) form.dataset.confirm = `${count.textContent.replace(/\s+/g, " ").trim()}. ${question}`;
    count.hidden = false;
    return other > 0;
  }

  /* A number finds the line of that number; words find a name or a title, marks and case ignored. */
  function show() {
    const wanted = fold(search.querySelector("input").value.trim());
    let shown = 0;
    form.querySelectorAll("tbody").forEach((group) => {
      const lead = fold(group.querySelector(".docket-lead")?.textContent ?? "");
      const rows = [...group.querySelectorAll("[data-line]")];
      rows.forEach((line) => {
        const [no, title] = [...line.cells].map((cell) => cell.textContent.trim());
        const hit = /^\d+$/.test(wanted) ? no === wanted : lead.includes(wanted) || fold(title).includes(wanted);
        line.hidden = !hit;
        shown += hit ? 1 : 0;
      });
      group.hidden = rows.every((line) => line.hidden);
    });
    found.textContent = wanted ? `${number.format(shown)}/${number.format(lines.length)}` : "";
  }

  form.addEventListener("change", tell);
  // A way to a line opens the list and takes the search away that may hide it.
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-conclude-differ] a")) return;
    form.querySelector(".conclude-lines").open = true;
    const box = search?.querySelector("input");
    if (box?.value) { box.value = ""; show(); }
  });
  // A draft that came back may hold another outcome: it is not left folded away.
  if (tell()) form.querySelector(".conclude-lines").open = true;
  if (search) {
    search.hidden = false;
    search.addEventListener("input", () => { form.querySelector(".conclude-lines").open = true; show(); });
    search.addEventListener("focusin", () => search.scrollIntoView());
    // Enter in the search is not meant to record the meeting.
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
})();
