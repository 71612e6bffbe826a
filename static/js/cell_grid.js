/* The cell's table: keeps what is typed until it is saved, sets kind and deadline for all rows and counts what is
   missing. The page works without it. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-grid]");
  if (!form) return;
  const { fill } = window.sheet;
  const COLUMNS = ["title", "novelty", "product", "due"];
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const worded = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const rows = all("tr[data-row]");
  const table = form.querySelector("table.sheet");
  const cellOf = (row, column) => row.querySelector(`[data-column=${column}]`);
  const valueIn = (row, column) => {
    const one = cellOf(row, column);
    return one ? (one.value ?? one.dataset.value) : "";
  };
  const typedIn = (row) => Object.fromEntries(COLUMNS.map((column) => [column, valueIn(row, column)]));
  const isOpen = (row) => Boolean(row.querySelector("[data-key]"));
  const openRows = rows.filter(isOpen);
  const isBegun = (row) => Boolean(valueIn(row, "title").trim() || valueIn(row, "product").trim());

  /* What is typed is kept in this tab under the account, the campaign and the cell, row by row with the key
     the row was opened with: it comes back into its own row whatever else has changed, and what somebody
     else saved meanwhile is not overwritten but found out when it is sent. */
  const place = `draft:${document.body.dataset.account}:grid:${form.dataset.grid}`;
  const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
  const opened = new Map(openRows.map((row) => [row, JSON.stringify(typedIn(row))]));
  let kept = read(place) ?? {};

  function write() {
    if (Object.keys(kept).length) sessionStorage.setItem(place, JSON.stringify(kept));
    else sessionStorage.removeItem(place);
  }

  function keep(row) {
    const typed = typedIn(row);
    if (row.dataset.bound === undefined && JSON.stringify(typed) === opened.get(row)) delete kept[row.dataset.row];
    else kept[row.dataset.row] = { key: row.querySelector("[data-key]").value, typed };
  }

  function forgetSaved() {
    const sent = read("grid-sent");
    sessionStorage.removeItem("grid-sent");
    const saved = form.dataset.answered !== undefined || document.querySelector("[data-message=success]");
    if (sent?.place === place && saved) sent.rows.forEach((row) => delete kept[row]);
  }

  function putBack(row, { key, typed }) {
    if (JSON.stringify(typedIn(row)) === JSON.stringify(typed)) {
      delete kept[row.dataset.row];
      return false;
    }
    row.querySelector("[data-key]").value = key;
    COLUMNS.forEach((column) => { cellOf(row, column).value = typed[column]; });
    row.dataset.bound = "";
    return true;
  }

  function restore() {
    forgetSaved();
    openRows.filter((row) => row.dataset.bound !== undefined).forEach(keep);
    let restored = 0;
    const elsewhere = Object.entries(kept).filter(([id, one]) => {
      const row = rows.find((any) => any.dataset.row === id);
      if (row && !isOpen(row)) tellLost(row, one);
      else if (row && row.dataset.bound === undefined && putBack(row, one) && isBegun(row)) restored += 1;
      return !row;
    });
    write();
    form.querySelector("[data-elsewhere]").hidden = !elsewhere.length;
    if (restored) document.querySelectorAll("[data-draft-note]").forEach((note) => { note.hidden = false; });
  }

  /* A row that takes nothing any more shows what had been typed in it, until the table is saved again */
  function tellLost(row, { typed }) {
    const kind = document.getElementById("col-novelty").getAttribute(`data-kind-${typed.novelty}`);
    const words = { ...typed, novelty: kind ?? typed.novelty };
    const text = COLUMNS.map((column) => words[column]).filter(Boolean).join(" · ");
    const note = row.querySelector("[data-lost]");
    if (!text || COLUMNS.every((column) => typed[column] === valueIn(row, column))) delete kept[row.dataset.row];
    if (!kept[row.dataset.row] || !note.hidden) return;
    note.textContent = worded(note.dataset.lost, { text });
    note.hidden = false;
  }

  /* What a row still lacks, and how many rows are typed */
  const lacking = (row) => {
    const typed = typedIn(row);
    return isBegun(row) ? COLUMNS.filter((column) => !typed[column].trim()) : [];
  };
  const word = (column) => document.getElementById(`col-${column}`).dataset.word;

  function showLacks(row) {
    const note = row.querySelector("[data-lacks]");
    const columns = lacking(row);
    note.hidden = !columns.length;
    note.textContent = columns.length ? worded(note.dataset.lacks, { columns: columns.map(word).join(", ") }) : "";
  }

  const count = form.querySelector("[data-count]");
  const send = form.querySelector("[data-send]");

  function showCount() {
    if (!count) return;
    const typed = openRows.filter((row) => kept[row.dataset.row] && isBegun(row)).length;
    const incomplete = openRows.filter((row) => lacking(row).length).length;
    count.textContent = [
      typed && worded(count.dataset.typed, { n: typed }),
      incomplete && worded(count.dataset.lacking, { n: incomplete }),
    ].filter(Boolean).join(" · ");
    const going = openRows.filter((row) => isBegun(row) && !lacking(row).length
      && (row.dataset.waits !== undefined || kept[row.dataset.row])).length;
    const question = incomplete ? send.dataset.sendSome : send.dataset.send;
    if (going) send.dataset.confirm = worded(question, { n: going, m: incomplete });
    else delete send.dataset.confirm;
  }

  /* Reading the whole table for every key would be slow in a long list: once a moment is enough */
  let waiting = 0;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(() => { write(); showCount(); }, 150);
  }

  function settle() {
    clearTimeout(waiting);
    write();
    showCount();
  }

  const said = form.querySelector("[data-said]");
  const say = (text) => { if (said) said.textContent = text; };
  let current = null;

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    keep(row);
    showLacks(row);
    later();
  });
  form.addEventListener("focusin", (event) => { current = event.target.closest("tr[data-row]") ?? current; });
  form.addEventListener("sheet:pasted", ({ detail: { kept: fixed, left } }) => {
    const text = left.length ? `${left[0].slice(0, 60)}${left.length > 1 || left[0].length > 60 ? "…" : ""}` : "";
    say([
      fixed && worded(table.dataset.kept, { n: fixed }),
      left.length && worded(table.dataset.left, { n: left.length, text }),
    ].filter(Boolean).join(" "));
  });
  window.addEventListener("pagehide", settle);
  send?.addEventListener("click", settle); // the question is asked with the numbers of this moment

  /* One kind and one deadline for all rows */
  const fillButton = form.querySelector("[data-fill]");
  fillButton?.addEventListener("click", (event) => {
    event.preventDefault();
    const over = form.elements.fill_over.checked;
    let filled = 0;
    for (const column of ["novelty", "due"]) {
      const text = form.elements[`fill_${column}`].value;
      const cells = (text ? openRows : []).map((row) => cellOf(row, column));
      const wanted = cells.filter((el) => (over || !el.value.trim()) && el.value !== text);
      wanted.forEach((el) => fill(el, text));
      filled += wanted.length;
    }
    say(worded(fillButton.dataset.fill, { n: filled }));
  });

  /* The row above, and suggested tasks, go into the row of the cursor */
  const above = form.querySelector("[data-above]");
  const rowOfCursor = () => {
    if (current && isOpen(current)) return current;
    say(above.dataset.above);
    return null;
  };
  above?.addEventListener("click", () => {
    const row = rowOfCursor();
    const from = row && rows.slice(0, rows.indexOf(row)).reverse().find(isBegun);
    if (!from) return;
    say("");
    const empty = COLUMNS.filter((column) => !valueIn(row, column).trim());
    empty.forEach((column) => fill(cellOf(row, column), valueIn(from, column)));
    cellOf(row, "title").focus();
  });
  all("[data-suggestion]").forEach((button) => button.addEventListener("click", () => {
    const row = rowOfCursor();
    if (!row) return;
    const item = button.closest("li");
    for (const column of ["title", "product"]) {
      const text = item.querySelector(`[data-${column}]`)?.textContent;
      if (text && (column === "title" || !valueIn(row, column).trim())) fill(cellOf(row, column), text);
    }
    say("");
    cellOf(row, "title").focus();
  }));
  all("[data-above], [data-suggestion]").forEach((button) => { button.hidden = false; });

  /* Which rows are on their way is known to the page that answers */
  form.addEventListener("submit", () => {
    settle();
    const sent = rows.filter((row) => !isOpen(row) || isBegun(row)).map((row) => row.dataset.row);
    sessionStorage.setItem("grid-sent", JSON.stringify({ place, rows: sent }));
  });

  restore();
  rows.filter(isOpen).forEach(showLacks);
  showCount();
  const wrong = form.querySelector(".sheet .is-invalid") ?? form.querySelector("tr.is-wrong");
  wrong?.focus();
})();
