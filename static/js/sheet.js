/* A list to type in (table.sheet), moved about in as in Excel. Arrow keys, Enter and Shift+Enter go from cell to
   cell, Left and Right only at the ends of a text; F2 puts the cursor into it, Escape takes back what was typed in it,
   Alt+Enter begins a new line, Ctrl+D takes what stands above. A block copied from Excel is pasted over the cells from
   here on. Each filled cell reports a change, as if it had been typed; rows are never added or moved.
   What was pasted is told by the event "sheet:pasted" {filled, kept, left}. */
(() => {
  "use strict";

  const control = (cell) => cell?.querySelector("input:not([type=hidden]), textarea, select");
  const isText = (el) => el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement;
  const rowsFrom = (cell) => {
    const rows = [...cell.closest("tbody").rows];
    return rows.slice(rows.indexOf(cell.parentElement));
  };
  const folded = (text) => text.trim().toLocaleLowerCase("vi").normalize("NFC");

  /* Words of choices in another language than the page's: what comes from Excel was written by another hand. */
  const words = (el) => JSON.parse(el.closest("table")?.dataset.words ?? "{}");

  function fill(el, text) {
    const value = text.replace(/\r/g, "").trim();
    if (el instanceof HTMLSelectElement) {
      const known = words(el)[folded(value)] ?? value;
      const option = [...el.options].find((one) => folded(one.text) === folded(value) || one.value === known);
      if (!option) return false;
      el.value = option.value;
    } else {
      el.value = el instanceof HTMLTextAreaElement ? value : value.replace(/\s+/g, " ");
    }
    el.dispatchEvent(new Event("input", { bubbles: true }));
    el.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  /* What stands in a cell, typed or not */
  const valueOf = (cell) => control(cell)?.value ?? cell?.dataset.value ?? "";

  /* Cells, one by one */
  const before = new WeakMap();

  function enter(el) {
    el.focus();
    if (isText(el)) el.select();
  }

  function step(cell, down) {
    const rows = [...cell.closest("tbody").rows];
    const at = rows.indexOf(cell.parentElement);
    const ahead = down > 0 ? rows.slice(at + 1) : rows.slice(0, at).reverse();
    return ahead.map((row) => control(row.cells[cell.cellIndex])).find(Boolean);
  }

  function beside(cell, right) {
    const cells = [...cell.parentElement.cells];
    const ahead = right > 0 ? cells.slice(cell.cellIndex + 1) : cells.slice(0, cell.cellIndex).reverse();
    return ahead.map(control).find(Boolean);
  }

  /* In a text of several lines the arrows first go from line to line */
  const isTall = (el) => el instanceof HTMLTextAreaElement
    && el.scrollHeight > 1.5 * parseFloat(getComputedStyle(el).lineHeight) + 20;
  const atStart = (el) => !isText(el) || el.selectionStart === 0;
  const atEnd = (el) => !isText(el) || el.selectionEnd === el.value.length;

  function target(event, cell) {
    const el = event.target;
    const tall = isTall(el);
    switch (event.key) {
      case "Enter": return step(cell, event.shiftKey ? -1 : 1) ?? null;
      case "ArrowDown": return tall && !atEnd(el) ? undefined : step(cell, 1);
      case "ArrowUp": return tall && !atStart(el) ? undefined : step(cell, -1);
      case "ArrowLeft": return atStart(el) ? beside(cell, -1) : undefined;
      case "ArrowRight": return atEnd(el) ? beside(cell, 1) : undefined;
      default: return undefined;
    }
  }

  function newLine(event) {
    event.preventDefault();
    if (event.target instanceof HTMLTextAreaElement) {
      event.target.setRangeText("\n", event.target.selectionStart, event.target.selectionEnd, "end");
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function takeAbove(cell) {
    const rows = [...cell.closest("tbody").rows].slice(0, cell.parentElement.rowIndex - 1).reverse();
    const above = rows.map((row) => valueOf(row.cells[cell.cellIndex])).find(Boolean);
    if (above) fill(control(cell), above);
  }

  function onKey(event, cell) {
    const el = event.target;
    if (event.isComposing || el !== control(cell)) return;
    if (event.key === "Enter" && event.altKey) return newLine(event);
    if (event.key.toLowerCase() === "d" && event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      return takeAbove(cell);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F2" && isText(el)) return el.setSelectionRange(el.value.length, el.value.length);
    if (event.key === "Escape" && isText(el) && before.has(el) && before.get(el) !== el.value) {
      event.preventDefault();
      el.value = before.get(el);
      el.dispatchEvent(new Event("input", { bubbles: true }));
      return el.select();
    }
    if (event.shiftKey && event.key !== "Enter") return;
    const next = target(event, cell);
    // Up and Down must never turn the choice of a select by mistake: Alt+Down opens it, a letter chooses.
    if (next !== undefined || el instanceof HTMLSelectElement && event.key.startsWith("Arrow")) event.preventDefault();
    if (next) enter(next);
  }

  /* A block from Excel: tabs and lines; a cell with a line break stands in quotes, quotes in it doubled. */
  function quoted(text, at) {
    let end = at + 1;
    while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
    const inside = text.slice(at + 1, end);
    const ends = end < text.length && (end + 1 === text.length || "\t\n".includes(text[end + 1]));
    return ends && /[\t\n]|""/.test(inside) ? { inside: inside.replaceAll('""', '"'), end: end + 1 } : null;
  }

  function blockOf(pasted) {
    const text = pasted.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const block = [[]];
    for (let at = 0; at <= text.length; at += 1) {
      const cell = text[at] === '"' ? quoted(text, at) : null;
      const stop = text.slice(at).search(/[\t\n]/);
      const end = cell ? cell.end : stop < 0 ? text.length : at + stop;
      block.at(-1).push(cell ? cell.inside : text.slice(at, end));
      if (text[end] === "\n") block.push([]);
      at = end;
    }
    return block;
  }

  function pasteBlock(event, cell) {
    const pasted = event.clipboardData.getData("text/plain");
    const block = blockOf(pasted);
    if (block.length === 1 && block[0].length === 1 && block[0][0] === pasted.replace(/\r\n?/g, "\n")) return;
    event.preventDefault();
    const rows = rowsFrom(cell);
    const told = { filled: 0, kept: 0, left: block.slice(rows.length).map((line) => line.join(" ").trim()).filter(Boolean) };
    rows.slice(0, block.length).forEach((row, down) => {
      const wrote = block[down].map((text, right) => {
        const el = control(row.cells[cell.cellIndex + right]);
        return Boolean(el) && fill(el, text);
      });
      if (wrote.some(Boolean)) told.filled += 1;
      else if (block[down].some((text) => text.trim())) told.kept += 1;
    });
    cell.dispatchEvent(new CustomEvent("sheet:pasted", { bubbles: true, detail: told }));
  }

  const cellOf = (event) => event.target.closest?.("table.sheet td");
  document.addEventListener("keydown", (event) => {
    const cell = cellOf(event);
    if (cell) onKey(event, cell);
  });
  document.addEventListener("paste", (event) => {
    const cell = cellOf(event);
    if (cell && control(cell) === event.target) pasteBlock(event, cell);
  });
  document.addEventListener("focusin", (event) => {
    if (cellOf(event) && isText(event.target)) before.set(event.target, event.target.value);
  });

  /* Where the style sheet cannot let a text grow, the script does */
  if (!CSS.supports("field-sizing", "content")) {
    const grow = (el) => { el.style.height = "auto"; el.style.height = `${el.scrollHeight + 2}px`; };
    document.addEventListener("input", (event) => { if (event.target.matches(".sheet textarea")) grow(event.target); });
    document.querySelectorAll(".sheet textarea").forEach(grow);
  }

  window.sheet = { fill };
})();
