/** Pictures with something on them: controls stand where data-box says (x, y, width, height in percent). */

/** Width and height in which places on it are counted. @param {ParentNode} ground  @returns {number[]} */
export function sizeOf(ground) {
  const picture = ground.querySelector("img");
  return ["width", "height"].map((side) => Number(picture?.getAttribute(side)) || 1);
}

/** Give every picture its size and everything on it its place. @param {ParentNode} root */
export function fitPictures(root) {
  const isMeasured = root.querySelector("peil-ruler") !== null; // then a pixel of a picture is one of CSS, everywhere
  for (const one of root.querySelectorAll(".ground")) {
    const ground = /** @type {HTMLElement} */ (one);
    const [width, height] = sizeOf(ground);
    ground.style.aspectRatio = `${width} / ${height}`;
    ground.style.width = isMeasured ? `${width}px` : `min(100%, ${width / 12}rem, ${(75 * width) / height}dvh)`;
    for (const [index, part] of [...ground.children].entries()) {
      /** @type {HTMLElement} */ (part).style.zIndex = String(ground.children.length - index); // the first lies on top
    }
    const parts = [...ground.querySelectorAll("[data-box]")].map((one) => /** @type {HTMLElement} */ (one));
    const boxes = parts.map((part) => (part.dataset.box ?? "").split(" ").map(Number));
    for (const [index, part] of parts.entries()) {
      put(part, boxes[index]);
      part.style.setProperty("--room", `${roomOf(boxes[index], boxes)}%`);
    }
  }
  for (const picture of isMeasured ? root.querySelectorAll("img") : []) {
    const frame = picture.parentElement;
    if (frame && frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0; // else keys could not scroll it
  }
}

/** How wide it may become about its middle without leaving the picture or coming over what is beside it. @param {number[]} box  @param {number[][]} boxes */
function roomOf([x, y, , height], boxes) {
  const beside = boxes.filter((other) => other[0] !== x && Math.abs(other[1] - y) < (height + other[3]) / 2);
  return Math.min(2 * x, 200 - 2 * x, ...beside.map((other) => Math.abs(other[0] - x)));
}

/** Let the style sheet know where something stands, and how large it is. @param {HTMLElement} element  @param {(string | number)[]} box  in percent */
export function put(element, box) {
  for (const [index, name] of ["x", "y", "width", "height"].entries()) element.style.setProperty(`--${name}`, `${box[index] ?? 0}%`);
}
