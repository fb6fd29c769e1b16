/** What earlier pupils left on this laptop: sent to the server, silently, or saved in a file for the toetsassistent. */

import { insist } from "./api.js";
import { fill, text } from "./views.js";

const AT_ONCE = 10; // of the longest answers, what one request may hold

/** Again and again until each row got an answer. @param {import("./outbox.js").Outbox} outbox */
export async function flush(outbox) {
  for (let rows = await outbox.left(); rows.length; rows = rows.slice(AT_ONCE)) await send(outbox, rows.slice(0, AT_ONCE));
}

/** Where together they are refused, as too large, one by one. @param {import("./outbox.js").Outbox} outbox  @param {any[]} rows */
async function send(outbox, rows) {
  const { status, body } = await insist("POST", "/sealed", { body: { rows: rows.map((row) => row.sealed) } }, () => {});
  if (status === 200) for (const [index, told] of (body.rows ?? []).entries()) await outbox.mark(rows[index], told);
  else if (rows.length > 1) for (const row of rows) await send(outbox, [row]);
}

/** The same sealed rows as a file. @param {import("./outbox.js").Outbox} outbox */
export async function saveFile(outbox) {
  const rows = await outbox.sealedRows();
  if (!rows.length) return fill(document, "saved", text("file-empty"));
  const name = `noodbestand-${Date.now().toString(36)}.peil`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([[text("file-heading"), ...rows].join("\n")], { type: "text/plain" }));
  link.download = name;
  link.click();
  fill(document, "saved", text("file-saved", { name }));
  document.querySelector("[data-slot=saved]")?.scrollIntoView({ block: "nearest" });
}
