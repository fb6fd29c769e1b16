/** Figures of one item, drawn when somebody opens it. */

const SVG = "http://www.w3.org/2000/svg";
const LINES = [
  ["#14508c", ""], ["#9a3b00", "6 4"], ["#2f6b2f", "2 3"], ["#6b2c8f", "9 3 2 3"], ["#6a5400", "4 2"], ["#444c55", "1 4"],
];
const WIDEST = 460, HEIGHT = 230, LEFT = 44, RIGHT = 10, TOP = 10, BOTTOM = 42, N_POINTS = 121;

/**
 * A new element.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A new HTML element. @param {string} name @param {string} [text] */
function html(name, text) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A number with a real minus sign. @param {number} value @param {number} decimals */
const written = (value, decimals) => (value.toFixed(decimals).replace(/^-(?=[0.]*$)/, "")).replace("-", "\u2212");

/** Style of the line of a category. @param {number} category */
const style = category => LINES[category % LINES.length];

/** Round numbers from low to high. @param {number} low @param {number} high @param {number} wanted */
function ticks(low, high, wanted) {
  const rough = (high - low) / wanted, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size >= rough * 0.999);
  const found = [];
  for (let index = Math.ceil(low / step - 1e-9); index <= high / step + 1e-9; index += 1) found.push(index * step);
  return { found, decimals: step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step) - 1e-9) + (step / power === 2.5 ? 1 : 0)) };
}

/**
 * An empty chart with axes.
 * @param {number} width
 * @param {string} name
 * @param {[number, number]} range of abilities
 * @param {number} highest value on the vertical axis
 * @param {string} label of the vertical axis
 */
function frame(width, name, range, highest, label) {
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": name });
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, HEIGHT - BOTTOM];
  const x = value => left + ((value - range[0]) / (range[1] - range[0])) * (right - left);
  const y = value => bottom - (value / highest) * (bottom - top);
  const up = ticks(0, highest, 4), across = ticks(range[0], range[1], Math.max(3, Math.round(width / 70)));
  for (const value of up.found) {
    picture.append(svg("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }));
    picture.append(svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, written(value, up.decimals)));
  }
  for (const value of across.found) {
    picture.append(svg("line", { class: "grid", x1: x(value), x2: x(value), y1: top, y2: bottom }));
    picture.append(svg("text", { x: x(value), y: bottom + 16, "text-anchor": "middle" }, written(value, across.decimals)));
  }
  picture.append(svg("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` }));
  picture.append(svg("text", { x: right, y: HEIGHT - 6, "text-anchor": "end" }, "ability (logits)"));
  picture.append(svg("text", { x: left, y: HEIGHT - 6 }, label));
  return { picture, x, y };
}

/** A line through points. @param {[number, number][]} points @param {number} category */
function curve(points, category) {
  const [stroke, dashes] = style(category);
  const d = `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  return svg("path", { d, fill: "none", stroke, "stroke-width": 2, "stroke-dasharray": dashes });
}

/** Wilson's 95 % interval of a share (Wilson, 1927). @param {number} share @param {number} n */
function interval(share, n) {
  const z2 = 1.96 ** 2, middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [middle - half, middle + half];
}

/**
 * Curves of the categories, with the observed shares as dots; of two categories only the higher is drawn.
 * @param {Item} item @param {number} width @param {[number, number]} range @param {string} name
 */
function probabilityChart(item, width, range, name) {
  const chart = frame(width, `Probability of each category of ${name}, and observed shares`, range, 1, "probability");
  const first = nCategories(item) === 2 ? 1 : 0;
  const nodes = Array.from({ length: N_POINTS }, (_, index) => range[0] + (index * (range[1] - range[0])) / (N_POINTS - 1));
  for (let category = first; category < nCategories(item); category += 1) {
    const line = category - first;
    chart.picture.append(curve(nodes.map(node => [chart.x(node), chart.y(probabilities(item, node)[category])]), line));
    item.x.forEach((ability, band) => {
      const n = item.y[band].reduce((sum, count) => sum + count, 0), share = item.y[band][category] / n;
      if (ability < range[0] || ability > range[1]) return;
      if (first === 1) {
        const [low, high] = interval(share, n).map(chart.y);
        chart.picture.append(svg("line", { x1: chart.x(ability), x2: chart.x(ability), y1: low, y2: high, stroke: style(line)[0] }));
      }
      chart.picture.append(dot(chart.x(ability), chart.y(share), line));
    });
  }
  return chart.picture;
}

/** A mark whose form says its category as well as its colour does. @param {number} x @param {number} y @param {number} category */
function dot(x, y, category) {
  const fill = style(category)[0], form = category % 4;
  if (form === 0) return svg("circle", { cx: x, cy: y, r: 4, fill });
  if (form === 1) return svg("rect", { x: x - 3.5, y: y - 3.5, width: 7, height: 7, fill });
  if (form === 2) return svg("path", { d: `M${x} ${y - 5}l5 8.5h-10z`, fill });
  return svg("path", { d: `M${x} ${y - 5}l5 5-5 5-5-5z`, fill });
}

/** Information of an item by ability. @param {Item} item @param {number} width @param {[number, number]} range @param {string} name */
function informationChart(item, width, range, name) {
  const nodes = Array.from({ length: N_POINTS }, (_, index) => range[0] + (index * (range[1] - range[0])) / (N_POINTS - 1));
  const values = nodes.map(node => information(item, node));
  const chart = frame(width, `Information of ${name}`, range, Math.max(...values, 1e-6) * 1.05, "information (1/logit²)");
  chart.picture.append(curve(nodes.map((node, index) => [chart.x(node), chart.y(values[index])]), 0));
  return chart.picture;
}

/** What each line stands for. @param {Item} item */
function legend(item) {
  const list = html("ul");
  list.className = "legend";
  for (let category = 0; category < nCategories(item); category += 1) {
    const entry = html("li"), sample = svg("svg", { width: 40, height: 14, "aria-hidden": "true" });
    sample.append(curve([[2, 7], [38, 7]], category), dot(20, 7, category));
    entry.append(sample, `category ${category}`);
    list.append(entry);
  }
  return list;
}

/** A table from rows of text. @param {string} caption @param {string[]} headings @param {string[][]} rows */
function tableOf(caption, headings, rows) {
  const table = html("table"), head = html("tr"), body = html("tbody");
  table.append(html("caption", caption));
  for (const heading of headings) head.append(Object.assign(html("th", heading), { scope: "col" }));
  for (const cells of rows) {
    const row = html("tr");
    cells.forEach((text, index) => row.append(index ? html("td", text) : Object.assign(html("th", text), { scope: "row" })));
    body.append(row);
  }
  table.append(html("thead"), body);
  table.tHead.append(head);
  return table;
}

/** Observed and expected shares by ability, in figures. @param {Item} item */
function observedTable(item) {
  const categories = Array.from({ length: nCategories(item) }, (_, category) => category).slice(nCategories(item) === 2 ? 1 : 0);
  const rows = item.x.map((ability, band) => {
    const n = item.y[band].reduce((sum, count) => sum + count, 0), expected = probabilities(item, ability);
    const shares = categories.flatMap(category => [written(item.y[band][category] / n, 3), written(expected[category], 3)]);
    return [written(ability, 2), String(Math.round(n * 10) / 10), ...shares];
  });
  const headings = categories.flatMap(category => [`observed ${category}`, `model ${category}`]);
  return tableOf("Observed shares and the model's, by ability", ["mean ability", "answers", ...headings], rows);
}

/** Steps, or slopes and intercepts, with their standard errors. @param {Item} item */
function stepTable(item) {
  const rows = [["s", "step"], ["sl", "slope"], ["ic", "intercept"]].flatMap(([key, name]) =>
    (item[key] ?? []).map((value, index) => {
      const error = item[`e${key}`][index];
      return [`${name} ${index + 1}`, written(value, 3), error === null ? "" : written(error, 3)];
    }));
  return rows.length ? tableOf("Parameters of the categories", ["parameter", "estimate", "standard error"], rows) : null;
}

/**
 * Everything that the page shows of one item.
 * @param {Item} item @param {string} name @param {number} room in pixels @param {[number, number]} range of abilities
 */
export function itemFigures(item, name, room, range) {
  const box = html("div"), charts = html("div"), details = html("details");
  const width = Math.max(260, Math.min(WIDEST, room >= 2 * 320 ? (room - 24) / 2 : room));
  charts.className = "item-charts";
  charts.append(probabilityChart(item, width, range, name), informationChart(item, width, range, name));
  box.append(charts);
  if (nCategories(item) > 2) box.append(legend(item));
  const steps = stepTable(item);
  if (steps) box.append(steps);
  const region = html("div");
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", `Observed shares of ${name}`);
  region.append(observedTable(item));
  details.append(html("summary", "The dots in figures"), region);
  box.append(details);
  return box;
}
