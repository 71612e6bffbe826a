/* A draft saves itself (form[data-autosave]): two seconds after the last key, on leaving a field, on leaving
   the page. An unanswered save is repeated as it was before anything newer is sent, so that one's own lost
   answer is never taken for somebody else's writing. After a conflict or an ended session it stops; what was
   typed stays in the form and, by app.js, in this tab. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const note = form?.querySelector("[data-autosave-note]");

  document.addEventListener("click", (event) => {
    const mine = event.target.closest("[data-take-mine]");
    if (mine) mine.form.elements.revision.value = mine.dataset.takeMine;
  });
  if (!note) return;

  const [AFTER_TYPING, RETRY, PATIENCE] = [2000, 10000, 15000];
  const KEPT_ALIVE = 60000; // browsers send no more than 64 kB of a page that is being left
  const signIn = note.querySelector("[data-autosave-sign-in]");
  const compare = note.querySelector("[data-autosave-compare]");
  let timer = 0;
  let dirty = false;
  let stopped = false;
  let running = null;
  let unanswered = null;

  function tell(state, words) {
    note.hidden = false;
    note.dataset.state = state;
    note.setAttribute("aria-busy", String(state === "saving"));
    note.querySelector("[data-autosave-words]").textContent = words ?? note.dataset[state];
    compare.hidden = state !== "conflict";
    signIn.hidden = state !== "ended";
    signIn.search = new URLSearchParams({ next: location.pathname + location.search });
  }

  function stop(state, words) {
    stopped = true;
    clearTimeout(timer);
    tell(state, words);
  }

  /* What the form holds, files left out: they go with the buttons. */
  function held() {
    const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(texts);
  }

  function goOn(answer) {
    form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true }));
    form.elements.revision.value = answer.revision;
    form.dataset.autosave = answer.autosave;
    form.dataset.keep = answer.keep;
    const stays = form.dataset.autosaveStays !== undefined;
    if (!stays && location.pathname !== answer.edit) history.replaceState(null, "", answer.edit);
    document.querySelectorAll("[data-sources]").forEach((one) => { one.inert = true; });
    if (dirty) form.elements.title.dispatchEvent(new Event("input", { bubbles: true }));
    else tell("saved", answer.message);
  }

  /* Both texts are shown when asked for: nothing moves under the hands of somebody who types. */
  function refuse(answer) {
    if (!answer.html) return void stop("refused", answer.message);
    stop("conflict");
    compare.onclick = () => {
      const place = document.querySelector("[data-conflict-place]");
      place.innerHTML = answer.html;
      place.querySelector("[data-conflict]").focus();
      note.hidden = true;
    };
    return undefined;
  }

  async function send(body) {
    let response;
    let answer;
    try {
      const signal = AbortSignal.timeout?.(PATIENCE);
      const keepalive = body.toString().length < KEPT_ALIVE;
      response = await fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive, signal });
      if (response.type === "opaqueredirect" || response.status === 403) return void stop("ended");
      if (response.status === 404) return void stop("gone");
      answer = await response.json();
    } catch {
      timer = setTimeout(save, RETRY);
      return void tell("offline");
    }
    unanswered = null;
    if (response.status === 200) goOn(answer);
    else if (response.status === 422) tell("refused", answer.message);
    else refuse(answer);
    return undefined;
  }

  async function save() {
    clearTimeout(timer);
    const begun = form.elements.revision.value || form.elements.title.value.trim();
    if (stopped || running || !begun || !(dirty || unanswered)) return;
    if (!unanswered) {
      dirty = false;
      unanswered = held();
    }
    tell("saving");
    running = send(unanswered);
    await running;
    running = null;
    if (dirty && !stopped && !unanswered) timer = setTimeout(save, AFTER_TYPING);
  }

  form.addEventListener("input", () => {
    dirty = true;
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, AFTER_TYPING);
  });
  form.addEventListener("focusout", () => { if (dirty) save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("online", save);

  /* The button waits for a save under way, or its form would look overtaken. */
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) return void (stopped = true);
    event.preventDefault();
    event.stopPropagation();
    const { submitter } = event;
    return void running.then(() => form.requestSubmit(submitter));
  }, true);
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  form.addEventListener("unreached", () => { // by reach.js: the form was not sent after all
    stopped = false;
    dirty = true;
    save();
  });

  /* Brought back from this tab, or shown again with an error: not saved yet. */
  if (document.querySelector("[data-draft-note]:not([hidden]), [data-error-summary], .is-invalid")) {
    dirty = true;
    save();
  }
})();
