/* A list to type in (table.sheet): Enter goes down a column, a column or block copied from Excel is pasted
   over the cells from here on. Each filled cell reports a change, as if it had been typed; rows are not added. */
(() => {
  "use strict";

  const control = (cell) => cell?.querySelector("input:not([type=hidden]), textarea, select");
  const rowsFrom = (cell) => {
    const rows = [...cell.closest("tbody").rows];
    return rows.slice(rows.indexOf(cell.parentElement));
  };

  function fill(el, text) {
    if (el instanceof HTMLSelectElement) {
      const wanted = text.trim().toLocaleLowerCase("vi");
      const option = [...el.options].find((one) => one.text.trim().toLocaleLowerCase("vi") === wanted);
      if (!option) return;
      el.value = option.value;
    } else {
      el.value = text.trim();
    }
    el.dispatchEvent(new Event("input", { bubbles: true }));
    el.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function goDown(event, cell) {
    if (event.shiftKey || event.isComposing || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    const below = rowsFrom(cell).slice(1).map((row) => control(row.cells[cell.cellIndex])).find(Boolean);
    if (below) below.focus();
    else event.target.blur();
  }

  function pasteBlock(event, cell) {
    const lines = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "").split("\n");
    const block = lines.map((line) => line.split("\t"));
    if (block.length === 1 && block[0].length === 1) return;
    event.preventDefault();
    rowsFrom(cell).slice(0, block.length).forEach((row, down) => {
      block[down].forEach((text, right) => {
        const el = control(row.cells[cell.cellIndex + right]);
        if (el) fill(el, text);
      });
    });
  }

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("table.sheet td");
    if (cell && event.key === "Enter") goDown(event, cell);
  });
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest("table.sheet td");
    if (cell) pasteBlock(event, cell);
  });
})();
