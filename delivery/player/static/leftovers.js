/** What earlier pupils left on this laptop: sent to the server, silently, or saved in a file for the toetsassistent. */

import { insist } from "./api.js";
import { text } from "./views.js";

const AT_ONCE = 10; // of the longest answers, what one request may hold

/** Again and again until each row got an answer. @param {import("./outbox.js").Outbox} outbox */
export async function flush(outbox) {
  for (let rows = await outbox.left(); rows.length; rows = rows.slice(AT_ONCE)) {
    const batch = rows.slice(0, AT_ONCE);
    const { status, body } = await insist("POST", "/sealed", { body: { rows: batch.map((row) => row.sealed) } }, () => {});
    if (status === 200) for (const [index, row] of batch.entries()) await outbox.mark(row, body.rows[index]);
  }
}

/** The same sealed rows as a file. @param {import("./outbox.js").Outbox} outbox */
export async function saveFile(outbox) {
  const lines = [text("file-heading"), ...(await outbox.sealedRows())];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain" }));
  link.download = `noodbestand-${Date.now().toString(36)}.peil`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
