// How a state looks: an icon of its own shape, a word, and a tone. Colour only repeats what icon and word say.
const { h } = Vue;

const looks = {
  FAILED: { word: "failed", tone: "bad", path: "M4 4l8 8M12 4l-8 8" },
  STUCK: { word: "stuck", tone: "bad", path: "M4 2h8M4 14h8M5 2c0 5 6 7 6 12M11 2c0 5-6 7-6 12" },
  QUARANTINED: { word: "quarantined", tone: "warning", path: "M5.5 3v10M10.5 3v10" },
  DISABLED: { word: "disabled", tone: "warning", path: "M3.8 3.8l8.4 8.4M8 2a6 6 0 1 0 .01 0" },
  PROBING: { word: "probing", tone: "warning", path: "M7 2a5 5 0 1 0 .01 0M10.8 10.8L14 14" },
  RESTARTING: { word: "restarting", tone: "warning", path: "M13 8a5 5 0 1 1-1.5-3.6M13 1.5v3.2H9.8" },
  STOPPED: { word: "stopped", tone: "quiet", path: "M4 4h8v8H4z" },
  NEW: { word: "new", tone: "quiet", path: "M8 3a5 5 0 1 0 .01 0" },
  RUNNING: { word: "running", tone: "good", path: "M3 8.5l3.5 3.5L13 4.5" },
  CLEAR: { word: "clear", tone: "good", path: "M3 8.5l3.5 3.5L13 4.5" },
};

/** Lists what needs attention first. */
const order = Object.keys(looks);

const unknownPath = "M5 5.5a3 3 0 1 1 4 2.8c-.8.4-1 .9-1 1.7M8 13v.4";

export function lookOf(state) {
  return looks[state] ?? { word: state.toLowerCase(), tone: "quiet", path: unknownPath };
}

export function needsAttention(state) {
  return ["bad", "warning"].includes(lookOf(state).tone);
}

/** Draws an icon and its word. */
export function badge(state) {
  const { word, tone, path } = lookOf(state);
  return h("span", { class: ["safe-badge", `safe-badge--${tone}`] }, [
    h("svg", { viewBox: "0 0 16 16", class: "safe-icon", "aria-hidden": "true" }, [h("path", { d: path })]),
    word,
  ]);
}

/** Counts states, as in "1 failed, 3 running". */
export function summaryOf(states) {
  const counts = new Map();
  states.forEach((state) => counts.set(state, (counts.get(state) ?? 0) + 1));
  return [...counts]
    .sort(([one], [other]) => rankOf(one) - rankOf(other))
    .map(([state, count]) => `${count} ${lookOf(state).word}`)
    .join(", ");
}

function rankOf(state) {
  const rank = order.indexOf(state);
  return rank < 0 ? order.length : rank;
}

export function panicsOf(count) {
  return `${count.toLocaleString()} ${count === 1 ? "panic" : "panics"}`;
}
