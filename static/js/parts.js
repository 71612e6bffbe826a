/* The full form: rows that are added and taken away, partners found while a name is typed, sections that tell
   at once whether they are satisfied. Loaded before app.js, whose drafts ask for their rows by the event "restoring". */
(() => {
  "use strict";

  const form = document.querySelector(".form-full");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const typed = (el) => el.dispatchEvent(new Event("input", { bubbles: true }));

  /* Rows: numbers only rise, and their order is the order on the page */
  const numberOf = (row) => Number(row.querySelector("[name]").name.split("-")[1]);
  const rowsOf = (group) => all("[data-row]", group.querySelector("[data-rows-list]"));

  function settle(group) {
    const rows = rowsOf(group);
    group.querySelector("[data-add-row]").hidden = rows.length >= Number(group.dataset.most);
    all("[data-remove-row]", group).forEach((button) => { button.hidden = false; });
  }

  function add(group, no = Math.max(-1, ...rowsOf(group).map(numberOf)) + 1) {
    const pattern = group.querySelector("[data-row-pattern]").innerHTML.replaceAll("__no__", no);
    const list = group.querySelector("[data-rows-list]");
    list.insertAdjacentHTML("beforeend", pattern);
    settle(group);
    return list.lastElementChild;
  }

  function takeAway(row) {
    const group = row.closest("[data-rows]");
    const button = group.querySelector("[data-add-row]");
    row.remove();
    settle(group);
    typed(button);
    button.focus();
  }

  form.addEventListener("click", (event) => {
    const adds = event.target.closest("[data-add-row]");
    if (adds) {
      event.preventDefault();
      add(adds.closest("[data-rows]")).querySelector("input:not([type=hidden])").focus();
    }
    const away = event.target.closest("[data-remove-row]");
    if (away) takeAway(away.closest("[data-row]"));
  });

  form.addEventListener("restoring", (event) => all("[data-rows]").forEach((group) => {
    const ofKind = event.detail.map((name) => name.split("-")).filter(([kind, no]) => kind === group.dataset.rows && no);
    const kept = new Set(ofKind.map(([, no]) => Number(no)));
    rowsOf(group).filter((row) => !kept.delete(numberOf(row))).forEach((row) => row.remove());
    [...kept].forEach((no) => add(group, no));
    settle(group);
  }));

  all("[data-rows]").forEach(settle);

  /* Partners: a list below the name, moved in with the arrows; a choice leaves its key beside the name */
  const list = document.createElement("ul");
  list.className = "found";
  list.id = "found-partners";
  list.setAttribute("role", "listbox");
  let input = null;
  let waiting = 0;
  let asked = 0;

  function close() {
    clearTimeout(waiting);
    asked += 1;
    list.remove();
    input?.setAttribute("aria-expanded", "false");
    input?.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    all("[aria-selected=true]", list).forEach((one) => one.setAttribute("aria-selected", "false"));
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function choose(option) {
    const row = input.closest("[data-row]");
    input.value = option.dataset.name;
    row.querySelector("[name$='-key']").value = option.dataset.key;
    close();
    typed(row.querySelector("[name$='-key']"));
  }

  function optionOf(one, no) {
    const option = document.createElement("li");
    const note = document.createElement("span");
    option.id = `found-${no}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    Object.assign(option.dataset, one);
    note.className = "person-note";
    note.textContent = one.note;
    option.append(one.name, note);
    return option;
  }

  async function look() {
    const at = input;
    asked += 1;
    const question = asked;
    const body = new URLSearchParams({ term: at.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const response = await fetch(form.dataset.findPartners, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!response?.ok || question !== asked) return;
    const { found } = await response.json();
    if (question !== asked || !found.length) return void list.remove();
    list.replaceChildren(...found.map(optionOf));
    at.after(list);
    at.setAttribute("aria-expanded", "true");
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-find]")) return;
    close();
    input = event.target;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    if (input.value.trim().length > 1) waiting = setTimeout(look, 250);
  });

  form.addEventListener("keydown", (event) => {
    if (event.target !== input || !list.isConnected) return;
    const options = all("li", list);
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") mark(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp") mark(options.at(at < 0 ? -1 : at - 1));
    else if (event.key === "Enter" && at >= 0) choose(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("li")));
  form.addEventListener("focusout", (event) => { if (event.target === input) close(); });

  /* What the clarity list asks for, while it is answered */
  const valueOf = (name) => form.elements.namedItem(name)?.value?.trim() ?? "";
  const answered = (name) => valueOf(name) && (name !== "due" || valueOf(name) !== "day" || valueOf("due_on"));

  function judge() {
    const sections = all("[data-clarity]");
    const clear = sections.filter((section) => section.dataset.clarity.split(" ").filter(Boolean).every(answered));
    sections.forEach((section) => {
      section.querySelector("[data-clear]").hidden = !clear.includes(section);
      section.querySelector("[data-unclear]").hidden = clear.includes(section);
    });
    all("[data-clarity-clear]").forEach((sum) => { if (sum.textContent !== String(clear.length)) sum.textContent = clear.length; });
  }
  form.addEventListener("input", judge);
  document.addEventListener("DOMContentLoaded", judge);

  /* Once a new draft has saved itself it takes files */
  const later = document.querySelector("[data-files-later] button");
  form.addEventListener("autosaved", () => { if (later) later.hidden = false; });
  later?.addEventListener("click", () => {
    location.hash = "files";
    location.reload();
  });
})();
