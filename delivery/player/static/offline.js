/** The page that stands in while there is no connection: looks for it, and then loads the test again. */

import { sleep } from "./api.js";
import { saveFile } from "./leftovers.js";
import { openOutbox } from "./outbox.js";
import { recall } from "./seat.js";

for (const name of ["theme", "size"]) { // as the pupil chose them
  const chosen = recall(`peil.${name}`);
  if (chosen) document.documentElement.dataset[name] = chosen;
}
const outbox = await openOutbox();
document.querySelector("[data-emergency]")?.addEventListener("click", () => saveFile(outbox));
for (;;) {
  await sleep(4000 + Math.random() * 4000);
  const reply = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (reply?.ok) location.reload();
}
