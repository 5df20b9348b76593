"use strict";
// Draws the map on a canvas. All text is inserted with textContent, because it comes from tags and
// may hold anything. The keys of `data` are described in page.py: data_of.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const canvas = $("map"), pen = canvas.getContext("2d"), card = $("card"), search = $("search");
const count = data.tracks.length; // sets
const STEPS = 65535; // COORDINATE_STEPS in page.py
const NEAR = 14; // pixels within which the pointer finds a set
const LISTED = 100; // sets listed as results of a search
const SHOWN = 6; // tracks on a card that follows the pointer
const CELLS = 128; // along each side of the grid that finds the set under the pointer
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const number = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// ---- the sets ------------------------------------------------------------------------------------

const x = (i) => data.places[2 * i] / STEPS, y = (i) => data.places[2 * i + 1] / STEPS;
const descriptors = (i) => data.sets[i].map((d) => data.descriptors[d]);
const named = (i) => {
  const flat = data.named[i], tracks = [];
  for (let t = 0; t < flat.length; t += 2) tracks.push([data.artists[flat[t]], flat[t + 1]]);
  return tracks;
};
const song = (artist, title) =>
  [artist, title].filter(Boolean).join(" - ") || "a track without a name";
const family = (i) => data.families[data.family[i]];
const ranks = new Map(); // set -> the ranks of the answer's tracks that it describes
if (data.asked) data.asked.hits.forEach((hit, n) => {
  ranks.set(hit[0], [...(ranks.get(hit[0]) || []), n + 1]);
});
let haystacks = null; // the texts that a search looks through, made at the first one
const haystack = (i) => {
  haystacks ||= data.sets.map((_, j) =>
    [...descriptors(j), ...named(j).flat()].join("\n").toLowerCase());
  return haystacks[i];
};

// ---- the view ------------------------------------------------------------------------------------

const view = { scale: 1, x: 0, y: 0 }; // a place p is drawn at p * scale + (x, y)
let width = 0, height = 0, least = 1, due = false, flight = 0;

const resize = () => {
  const density = window.devicePixelRatio || 1;
  width = canvas.clientWidth; height = canvas.clientHeight;
  canvas.width = width * density; canvas.height = height * density;
  pen.setTransform(density, 0, 0, density, 0, 0);
  sprites.clear();
};
// The part of the window that the panel does not cover.
const room = () => {
  const panel = $("panel").getBoundingClientRect();
  return panel.width < width / 2
    ? { left: panel.right, top: 0, right: width, bottom: height }
    : { left: 0, top: 0, right: width, bottom: panel.top };
};
const fitting = (sets, most) => {
  let l = 1, t = 1, r = 0, b = 0;
  for (const i of sets) {
    l = Math.min(l, x(i)); r = Math.max(r, x(i)); t = Math.min(t, y(i)); b = Math.max(b, y(i));
  }
  const free = room(), margin = 40, w = free.right - free.left, h = free.bottom - free.top;
  const scale = Math.min((w - 2 * margin) / Math.max(r - l, 1e-4),
                         (h - 2 * margin) / Math.max(b - t, 1e-4), most);
  return { scale, x: free.left + w / 2 - (l + r) / 2 * scale,
           y: free.top + h / 2 - (t + b) / 2 * scale };
};
const everything = () => fitting(data.tracks.keys(), Infinity);
const fly = (to) => {
  cancelAnimationFrame(flight);
  const from = { ...view }, start = performance.now(), time = calm.matches ? 1 : 450;
  const step = (now) => {
    const part = Math.min(1, Math.max(0, (now - start) / time)), eased = part * part * (3 - 2 * part);
    // The scale changes by equal factors, the centre of the window moves in a straight line.
    const scale = from.scale * (to.scale / from.scale) ** eased;
    const done = to.scale === from.scale ? eased
      : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
    for (const [axis, half] of [["x", width / 2], ["y", height / 2]]) {
      const a = (half - from[axis]) / from.scale, b = (half - to[axis]) / to.scale;
      view[axis] = half - (a + (b - a) * done) * scale;
    }
    view.scale = scale;
    draw();
    if (part < 1) flight = requestAnimationFrame(step);
  };
  flight = requestAnimationFrame(step);
};
const zoom = (factor, at = { x: width / 2, y: height / 2 }) => {
  cancelAnimationFrame(flight);
  const scale = Math.min(Math.max(view.scale * factor, least / 2), least * 400);
  view.x = at.x - (at.x - view.x) * scale / view.scale;
  view.y = at.y - (at.y - view.y) * scale / view.scale;
  view.scale = scale;
  draw();
};
const pan = (dx, dy) => { cancelAnimationFrame(flight); view.x += dx; view.y += dy; draw(); };
const visit = (i) => fly(fitting([i], Math.max(view.scale, least * 8)));

// ---- drawing -------------------------------------------------------------------------------------

let colours = {}, found = null, pinned = -1, over = -1;
const chosen = new Set(); // families highlighted in the legend
const sprites = new Map();
const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const cssName = (name, n) =>
  ({ "other genres": "--other", "no known genre": "--none" })[name] || `--f${n}`;
const readColours = () => {
  colours = { paper: variable("--paper"), ink: variable("--ink"), name: variable("--name"),
              accent: variable("--accent"),
              families: data.families.map((name, n) => variable(cssName(name, n))) };
  sprites.clear();
};
const roomy = Math.min(Math.max((6000 / count) ** 0.35, 1), 4); // few dots may be large
const radius = (i) => {
  const small = Math.sqrt(Math.min(1, least / 700));
  const grown = Math.min(roomy * (view.scale / least) ** 0.45, 4.5) * small;
  const plain = (1.2 + 0.42 * Math.log2(data.tracks[i])) * grown;
  return found && found.has(i) ? plain + 1.5 : plain;
};
const sprite = (colour, r) => {
  const key = `${colour} ${r}`;
  if (!sprites.has(key)) {
    const density = window.devicePixelRatio || 1, size = Math.ceil(2 * (r + 1));
    const image = document.createElement("canvas");
    image.width = image.height = size * density;
    const ink = image.getContext("2d");
    ink.scale(density, density);
    ink.fillStyle = colour;
    ink.arc(size / 2, size / 2, r, 0, 7);
    ink.fill();
    sprites.set(key, { image, size });
  }
  return sprites.get(key);
};
const isLit = (i) => (!found || found.has(i)) && (!chosen.size || chosen.has(data.family[i]));
const screen = (i) => ({ x: x(i) * view.scale + view.x, y: y(i) * view.scale + view.y });
const isSeen = (p, margin) =>
  p.x > -margin && p.y > -margin && p.x < width + margin && p.y < height + margin;

const drawSets = (lit) => {
  pen.globalAlpha = lit ? (data.asked && !found && !chosen.size ? 0.6 : 0.85) : 0.1;
  for (let i = 0; i < count; i++) {
    if (isLit(i) !== lit) continue;
    const p = screen(i);
    if (!isSeen(p, 30)) continue;
    const { image, size } =
      sprite(colours.families[data.family[i]], Math.round(radius(i) * 2) / 2);
    pen.drawImage(image, p.x - size / 2, p.y - size / 2, size, size);
  }
  pen.globalAlpha = 1;
};
const ring = (p, r, colour, line = 2) => {
  pen.beginPath(); pen.arc(p.x, p.y, r, 0, 7);
  pen.lineWidth = line + 2; pen.strokeStyle = colours.paper; pen.stroke();
  pen.lineWidth = line; pen.strokeStyle = colour; pen.stroke();
};
const written = (text, p, size, weight, colour) => {
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  pen.lineWidth = 4; pen.lineJoin = "round"; pen.strokeStyle = colours.paper;
  pen.strokeText(text, p.x, p.y);
  pen.fillStyle = colour; pen.fillText(text, p.x, p.y);
};
// Write a text unless it would cover another one; return whether it was written.
const place = (boxes, text, p, size, weight, colour) => {
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  const half = pen.measureText(text).width / 2 + 6, tall = size * 0.75 + 2;
  const box = [p.x - half, p.y - tall, p.x + half, p.y + tall];
  if (boxes.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) return false;
  boxes.push(box);
  written(text, p, size, weight, colour);
  return true;
};
const drawNames = (boxes) => {
  const drawn = new Map(); // name -> where: a name is not repeated near itself
  pen.globalAlpha = found ? 0.45 : 1;
  for (const [name, px, py, reach] of data.regions) {
    const p = { x: px / STEPS * view.scale + view.x, y: py / STEPS * view.scale + view.y };
    const extent = reach / STEPS * view.scale;
    if (extent < 16 || extent > Math.max(width, height) / 2 || !isSeen(p, 0)) continue;
    const others = drawn.get(name) || [];
    if (others.some((o) => Math.hypot(o.x - p.x, o.y - p.y) < 240)) continue;
    const size = Math.round(Math.min(20, 9 + 2.3 * Math.log2(extent / 8)));
    const [weight, colour] = size > 14 ? [600, colours.ink] : [500, colours.name];
    if (place(boxes, name, p, size, weight, colour)) drawn.set(name, [...others, p]);
  }
  pen.globalAlpha = 1;
};
const drawAnswer = (boxes) => {
  if (!data.asked) return;
  const at = data.asked.place &&
    { x: data.asked.place[0] / STEPS * view.scale + view.x,
      y: data.asked.place[1] / STEPS * view.scale + view.y };
  if (at) {
    pen.strokeStyle = colours.accent; pen.lineWidth = 1; pen.globalAlpha = 0.3; pen.beginPath();
    for (const i of ranks.keys()) { const p = screen(i); pen.moveTo(at.x, at.y); pen.lineTo(p.x, p.y); }
    pen.stroke(); pen.globalAlpha = 1;
  }
  for (const [i, of] of ranks) {
    const p = screen(i);
    ring(p, radius(i) + 3, colours.accent);
    if (view.scale > least * 3)
      place(boxes, of.join(" "), { x: p.x, y: p.y - radius(i) - 12 }, 11, 700, colours.accent);
  }
  if (!at) return;
  ring(at, 9, colours.accent, 2.5); ring(at, 3, colours.accent, 2.5);
  const said = data.asked.text.length > 60 ? data.asked.text.slice(0, 59) + "…" : data.asked.text;
  place(boxes, `“${said}”`, { x: at.x, y: at.y + 24 }, 14, 700, colours.accent);
};
const paint = () => {
  due = false;
  pen.clearRect(0, 0, width, height);
  pen.textAlign = "center"; pen.textBaseline = "middle";
  if (found || chosen.size) drawSets(false);
  drawSets(true);
  const boxes = [];
  drawAnswer(boxes);
  drawNames(boxes);
  for (const i of [over, pinned]) if (i >= 0) ring(screen(i), radius(i) + 3, colours.ink);
  if (pinned >= 0) putCard(screen(pinned));
};
const draw = () => { if (!due) { due = true; requestAnimationFrame(paint); } };

// ---- the card of a set ---------------------------------------------------------------------------

const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const dot = (n) => {
  const made = element("span", "", "dot");
  made.style.setProperty("--colour", `var(${cssName(data.families[n], n)})`);
  return made;
};
const trackList = (i, most) => {
  const list = element("ul"), tracks = named(i).slice(0, most);
  for (const rank of ranks.get(i) || []) {
    const [, artist, title] = data.asked.hits[rank - 1];
    list.append(element("li", `${rank}. ${song(artist, title)}`, "hit"));
  }
  for (const [artist, title] of tracks) list.append(element("li", song(artist, title)));
  const more = data.tracks[i] - tracks.length;
  if (more > 0) list.append(element("li", `and ${more.toLocaleString("en")} more`));
  return list;
};
const fillCard = (i, pin) => {
  const tags = element("div", "", "tags");
  for (const name of descriptors(i)) {
    const tag = element("button", name);
    tag.type = "button";
    tag.title = "Search for this";
    tag.addEventListener("click", () => { search.value = name; look(); });
    tags.append(tag);
  }
  const kind = element("div", "", "family");
  kind.append(dot(data.family[i]),
              element("span", `${family(i)}, ${number(data.tracks[i], "track", "tracks")}`));
  card.replaceChildren(tags, kind, trackList(i, pin ? Infinity : SHOWN));
  card.classList.toggle("pinned", pin);
  if (pin) {
    const close = element("button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => unpin());
    card.append(close);
  }
  card.hidden = false;
};
const putCard = (p) => {
  const w = card.offsetWidth, h = card.offsetHeight;
  const left = p.x + 18 + w > width ? p.x - 18 - w : p.x + 18;
  card.style.left = `${Math.max(8, left)}px`;
  card.style.top = `${Math.max(8, Math.min(p.y - 20, height - h - 8))}px`;
};
const pin = (i) => { pinned = i; fillCard(i, true); draw(); };
const unpin = () => { pinned = -1; card.hidden = true; draw(); };
const hover = (i, p) => {
  canvas.classList.toggle("over", i >= 0);
  if (i === over && pinned >= 0) return;
  if (i !== over) { over = i; draw(); }
  if (pinned >= 0) return;
  card.hidden = i < 0;
  if (i >= 0) { fillCard(i, false); putCard(p); }
};

// ---- finding -------------------------------------------------------------------------------------

const cells = new Map();
const cell = (px, py, a = 0, b = 0) =>
  (Math.floor(px * CELLS) + a) * 1000 + Math.floor(py * CELLS) + b;
for (let i = 0; i < count; i++) {
  const key = cell(x(i), y(i));
  if (!cells.has(key)) cells.set(key, []);
  cells.get(key).push(i);
}
const under = (p) => {
  const px = (p.x - view.x) / view.scale, py = (p.y - view.y) / view.scale;
  const reach = NEAR / view.scale, steps = Math.ceil(reach * CELLS);
  let best = -1, nearest = reach * reach;
  for (let a = -steps; a <= steps; a++) for (let b = -steps; b <= steps; b++)
    for (const i of cells.get(cell(px, py, a, b)) || []) {
      // Sets of the answer are preferred: users aim at them.
      const d = ((x(i) - px) ** 2 + (y(i) - py) ** 2) * (ranks.has(i) ? 0.25 : 1);
      if (d < nearest && isLit(i)) { best = i; nearest = d; }
    }
  return best;
};
const look = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = words.length ? new Set() : null;
  let tracks = 0;
  if (found) for (let i = 0; i < count; i++)
    if (words.every((word) => haystack(i).includes(word))) { found.add(i); tracks += data.tracks[i]; }
  $("status").textContent = !found ? "" : !found.size ? "nothing found" :
    `${number(found.size, "set", "sets")} of ${number(tracks, "track", "tracks")}`;
  listFound();
  draw();
};
const listFound = () => {
  const list = $("found").querySelector("ol");
  $("found").hidden = !(found && found.size);
  list.replaceChildren(...[...(found || [])].slice(0, LISTED).map((i) =>
    entry(dot(data.family[i]), descriptors(i).join(", "),
          number(data.tracks[i], "track", "tracks"), i)));
  if (found && found.size > LISTED) list.append(element("li", `the first ${LISTED} are listed`));
};
const entry = (mark, text, small, i) => {
  const item = element("li"), button = element("button");
  button.type = "button";
  button.append(mark, element("span", text), element("small", small));
  button.addEventListener("click", () => { pin(i); visit(i); });
  item.append(button);
  return item;
};

// ---- the panel -----------------------------------------------------------------------------------

const showAnswer = () => {
  const { understood, hits } = data.asked;
  $("understood").hidden = !understood;
  $("understood").textContent = understood;
  $("hits").hidden = false;
  $("hits").querySelector("ol").replaceChildren(...hits.map(([i, artist, title], n) =>
    entry(element("span", String(n + 1), "rank"), song(artist, title), descriptors(i).join(", "), i)));
};
const showLegend = () => {
  const legend = $("legend"), sizes = data.families.map(() => 0);
  data.family.forEach((n, i) => { sizes[n] += data.tracks[i]; });
  legend.replaceChildren(...data.families.map((name, n) => {
    const button = element("button");
    button.type = "button";
    button.title = number(sizes[n], "track", "tracks");
    button.style.setProperty("--colour", `var(${cssName(name, n)})`);
    button.setAttribute("aria-pressed", "false");
    button.append(dot(n), element("span", name));
    button.addEventListener("click", () => {
      if (!chosen.delete(n)) chosen.add(n);
      button.setAttribute("aria-pressed", String(chosen.has(n)));
      legend.classList.toggle("some", chosen.size > 0);
      draw();
    });
    return button;
  }));
};
const listenToPanel = () => {
  search.addEventListener("input", look);
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!found || !found.size) return;
    if (found.size === 1) pin([...found][0]);
    fly(fitting(found, Math.max(view.scale, least * 8)));
  });
  $("zoom").addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (what === "all") fly(everything());
    else if (what) zoom(what === "in" ? 1.6 : 1 / 1.6);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (pinned >= 0) unpin();
      else if (search.value) { search.value = ""; look(); }
    } else if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
};

// ---- pointer and keys ----------------------------------------------------------------------------

const listenToMap = () => {
  const down = new Map(); // pointer -> its position
  let moved = 0;
  const spread = () => {
    const [a, b] = [...down.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = { x: event.clientX, y: event.clientY }, last = down.get(event.pointerId);
    if (!last) { hover(under(at), at); return; }
    const before = down.size === 2 && spread();
    down.set(event.pointerId, at);
    moved += Math.abs(at.x - last.x) + Math.abs(at.y - last.y);
    if (moved < 4) return;
    canvas.classList.add("dragged");
    hover(-1);
    if (before) {
      const now = spread();
      pan(now.x - before.x, now.y - before.y);
      zoom(now.far / (before.far || 1), now);
    } else if (down.size === 1) pan(at.x - last.x, at.y - last.y);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    canvas.classList.remove("dragged");
    if (moved >= 4 || event.type === "pointercancel") return;
    const i = under({ x: event.clientX, y: event.clientY });
    if (i >= 0) pin(i); else unpin();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => hover(-1));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1; // Firefox counts lines
    zoom(Math.exp(-event.deltaY * lines * 0.0016), { x: event.clientX, y: event.clientY });
  }, { passive: false });
  const keys = {
    ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0), ArrowUp: () => pan(0, 60),
    ArrowDown: () => pan(0, -60), "+": () => zoom(1.4), "=": () => zoom(1.4),
    "-": () => zoom(1 / 1.4), 0: () => fly(everything()),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
};

// ---- start ---------------------------------------------------------------------------------------

$("notes").replaceChildren(...data.notes.map((note) => element("li", note)));
if (data.asked) showAnswer();
showLegend();
readColours();
resize();
Object.assign(view, everything());
least = view.scale;
listenToPanel();
listenToMap();
addEventListener("resize", () => { resize(); draw(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
draw();
})();
