/** The table of items: sort, search, and open the curves of one. */

const table = /** @type {HTMLTableElement} */ (document.getElementById("items"));
const body = table.tBodies[0];
const rows = [...body.rows];
const said = document.getElementById("said");
const region = table.parentElement;
const range = /** @type {[number, number]} */ (JSON.parse(table.dataset.range));
/** @type {Map<HTMLTableRowElement, HTMLTableRowElement>} */
const opened = new Map();
/** @type {Item[] | null} */
let items = null; // the data are read when the first item is opened

/** Value of a cell to sort by; what is empty comes last. @param {HTMLTableRowElement} row @param {number} column @param {boolean} isNumber */
function valueOf(row, column, isNumber) {
  const text = row.cells[column].textContent.trim();
  if (!text) return null;
  return isNumber ? Number(text.replace("\u2212", "-")) : text;
}

const words = new Intl.Collator("en", { numeric: true });

/** Sort by a column; once more turns it round. @param {HTMLTableCellElement} heading */
function sortBy(heading) {
  const rising = heading.getAttribute("aria-sort") !== "ascending", isNumber = heading.dataset.kind === "number";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const keyed = rows.map(row => ({ row, value: valueOf(row, heading.cellIndex, isNumber) }));
  keyed.sort((one, other) => {
    if (one.value === null || other.value === null) return (one.value === null) - (other.value === null);
    const order = isNumber ? one.value - other.value : words.compare(one.value, other.value);
    return rising ? order : -order;
  });
  const sorted = document.createDocumentFragment();
  for (const { row } of keyed) sorted.append(row, ...(opened.has(row) ? [opened.get(row)] : []));
  body.append(sorted);
  said.textContent = `Sorted by ${heading.textContent.trim()}, ${rising ? "ascending" : "descending"}.`;
}

/** Show the rows that are searched for. */
function search() {
  const wanted = document.getElementById("search").value.trim().toLowerCase();
  const flagged = document.getElementById("flagged").checked;
  let shown = 0;
  for (const row of rows) {
    const name = row.cells[0].textContent.toLowerCase();
    row.hidden = !name.includes(wanted) || (flagged && !row.cells[row.cells.length - 1].textContent.trim());
    if (opened.has(row)) opened.get(row).hidden = row.hidden;
    shown += row.hidden ? 0 : 1;
  }
  said.textContent = `${shown} of ${rows.length} items shown.`;
}

/** Open or close the curves of an item. @param {HTMLButtonElement} button */
function toggle(button) {
  const row = button.closest("tr");
  const isOpen = opened.has(row);
  button.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) {
    opened.get(row).remove();
    opened.delete(row);
    return;
  }
  items ??= JSON.parse(document.getElementById("item-data").textContent);
  const more = document.createElement("tr"), cell = more.insertCell();
  more.className = "more";
  cell.colSpan = row.cells.length;
  const figures = itemFigures(items[rows.indexOf(row)], button.textContent.trim(), region.clientWidth - 24, range);
  figures.className = "figures";
  cell.append(figures);
  opened.set(row, more);
  row.after(more);
}

for (const heading of table.tHead.rows[0].cells) heading.firstElementChild.addEventListener("click", () => sortBy(heading));
body.addEventListener("click", event => {
  const button = event.target.closest("button[aria-expanded]");
  if (button) toggle(button);
});
document.querySelector("form.tools").addEventListener("submit", event => event.preventDefault());
document.getElementById("search").addEventListener("input", search);
document.getElementById("flagged").addEventListener("change", search);
for (const link of document.querySelectorAll("a[data-item]")) {
  link.addEventListener("click", event => {
    event.preventDefault();
    const row = rows[Number(link.dataset.item)], button = row.querySelector("button");
    document.getElementById("search").value = "";
    search();
    if (!opened.has(row)) toggle(button);
    button.focus();
    row.scrollIntoView({ block: "start" });
  });
}
document.documentElement.classList.add("scripted");
