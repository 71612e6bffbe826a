/* Makes pages smoother; every page works without it. Nothing typed leaves the browser from here. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (event, handler, capture = false) => document.addEventListener(event, handler, capture);
  const isChoice = (el) => el.type === "radio" || el.type === "checkbox";

  /* Drafts of forms with data-keep: in this tab only (PCs are shared), under the person's account.
     An ended session or an error loses nothing. A draft comes back while the form is still as it was when
     typing began (by its revision where it has one), under the same ref, and goes when something was saved. */
  const account = document.body.dataset.account;
  const skipped = ["hidden", "password", "file", "submit", "button", "reset"];
  const fields = (form) => [...form.elements].filter((el) => el.name && !skipped.includes(el.type));
  const written = (form) => JSON.stringify(fields(form).map((el) => [el.name, isChoice(el) ? el.checked : el.value]));
  const named = (form, name) => form.elements.namedItem(name)?.value ?? "";
  const draftName = (form) => `draft:${account}:${form.dataset.keep}`;

  function restore(form) {
    const opened = written(form);
    const revision = () => named(form, "revision") && `${named(form, "ref")}/${named(form, "revision")}`;
    const base = revision() || opened;
    const draft = JSON.parse(sessionStorage.getItem(draftName(form)) ?? "null");
    const failed = form.querySelector(".is-invalid, [data-error-summary]");
    form.addEventListener("input", () => {
      const start = revision() || (failed && draft ? draft.base : base);
      sessionStorage.setItem(draftName(form), JSON.stringify({ base: start, typed: written(form), ref: named(form, "ref") }));
    });
    form.addEventListener("autosaved", () => {
      sessionStorage.removeItem(draftName(form));
      changed.delete(form);
    });
    if (!draft || failed || draft.base !== base || draft.typed === opened) return;
    if (draft.ref) form.elements.namedItem("ref").value = draft.ref;
    const typed = JSON.parse(draft.typed);
    form.dispatchEvent(new CustomEvent("restoring", { detail: typed.map(([name]) => name) }));
    fields(form).forEach((el) => {
      const at = typed.findIndex(([name]) => name === el.name);
      if (at < 0) return;
      const [[, value]] = typed.splice(at, 1);
      if (isChoice(el)) el.checked = value;
      else el.value = value;
    });
    all("[data-draft-note]").forEach((note) => { note.hidden = false; });
  }

  function clearSentDraft() {
    const sent = sessionStorage.getItem("draft-sent");
    if (!sent || !document.querySelector("[data-message=success]")) return;
    sessionStorage.removeItem(sent);
    sessionStorage.removeItem("draft-sent");
  }

  function forgetDrafts() {
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft")).forEach((key) => sessionStorage.removeItem(key));
  }

  /* The read-back sentence follows what is typed; choices are read by the words the page gives for them. */
  function readBack(box) {
    const form = box.closest("form");
    if (!form) return;
    const words = (name) => {
      const el = form.elements[name];
      if (!el) return "";
      const phrase = all("[data-readback-field]", box).find((one) => one.dataset.readbackField === name && one.dataset.readbackValue === el.value);
      return (phrase ? phrase.textContent : el.value).trim();
    };
    const update = () => {
      const parts = all("[data-readback-from]", box);
      parts.forEach((part) => { part.textContent = words(part.dataset.readbackFrom); });
      box.hidden = parts.some((part) => !part.textContent);
    };
    form.addEventListener("input", update);
    update();
  }

  /* Leaving a form with data-guard asks first, once something was typed. */
  const changed = new Set();
  on("input", (event) => { if (event.target.form?.dataset.guard !== undefined) changed.add(event.target.form); });
  window.addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });

  /* data-confirm on a form or a button: the question stands in a dialog. */
  function ask(form, submitter, question) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector(".dialog-text").textContent = question;
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    };
    dialog.returnValue = "";
    dialog.showModal();
  }

  on("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed) return delete form.dataset.confirmed;
    event.preventDefault();
    event.stopPropagation();
    return ask(form, submitter, question);
  }, true);

  /* A form is sent once; one that downloads a file (data-download) may be sent again. */
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) return event.preventDefault();
    changed.delete(form);
    if (form.dataset.forget !== undefined) forgetDrafts();
    if (form.dataset.keep && account) sessionStorage.setItem("draft-sent", draftName(form));
    if (form.dataset.download !== undefined || form.method !== "post") return undefined;
    form.dataset.sent = "yes";
    all("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    return undefined;
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  /* The whole navigation on a phone */
  const menu = document.getElementById("menu");
  const toggle = document.querySelector("[data-nav-toggle]");
  function openMenu(open) {
    menu.classList.toggle("is-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    (open ? menu.querySelector("[data-nav-close]") : toggle).focus();
  }

  on("click", (event) => {
    const link = event.target.closest("[data-nav-toggle], [data-nav-close], [data-error-summary] a, [data-print]");
    all("details.menu[open]").filter((one) => !one.contains(event.target)).forEach((one) => { one.open = false; });
    if (!link) return;
    if (link.matches("[data-print]")) return void window.print();
    if (link.matches("[data-error-summary] a")) return void setTimeout(() => document.getElementById(link.hash.slice(1))?.focus());
    event.preventDefault();
    openMenu(link.matches("[data-nav-toggle]"));
  });

  on("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = all("[data-search]").find((one) => one.offsetParent);
      if (box) { event.preventDefault(); box.focus(); }
    }
    if (event.key !== "Escape") return;
    if (menu?.classList.contains("is-open")) openMenu(false);
    all("details.menu[open]").forEach((one) => { one.open = false; one.firstElementChild.focus(); });
  });

  clearSentDraft();
  if (account) all("form[data-keep]").forEach(restore);
  all("[data-readback]").forEach(readBack);
  all("[data-print]").forEach((button) => { button.hidden = false; });
  document.querySelector("[data-error-summary]")?.focus();
})();
