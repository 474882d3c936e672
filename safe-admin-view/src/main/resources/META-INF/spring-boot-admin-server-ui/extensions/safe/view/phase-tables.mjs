// The phases of an extension on one instance: counts and quarantine, newest panics, policies.
import { badge } from "./states.mjs";
import { time } from "./times.mjs";

const { h } = Vue;

export const PhaseTables = {
  name: "SafePhaseTables",
  props: { phases: { type: Array, required: true } },
  setup(props) {
    return () => [counts(props.phases), newestPanics(props.phases), policies(props.phases)];
  },
};

function counts(phases) {
  const number = (count) => h("td", { class: "safe-number" }, count.toLocaleString());
  return table(
    "Phases",
    ["Phase", "Quarantine", ["Panics"], ["Errors"], ["Overruns"], ["Rejected"]],
    phases.map((phase) => ({
      head: phase.tag,
      cells: [
        h("td", { class: "safe-quarantine" }, [quarantineOf(phase)]),
        number(phase.panics),
        number(phase.errors),
        number(phase.overruns),
        number(phase.rejected),
      ],
    })),
  );
}

function quarantineOf({ quarantine, policy }) {
  const { state, trips, until, reason } = quarantine;
  const hold = policy?.quarantine?.hold;
  return [
    badge(state),
    until ? h("span", [" until ", time(until)]) : null,
    trips > 0 ? h("span", ` after ${trips} ${trips === 1 ? "trip" : "trips"}`) : null,
    reason ? h("div", reason) : null,
    hold ? h("div", { class: "safe-note" }, "Declared by the host's configuration: no request can release it.") : null,
  ];
}

function newestPanics(phases) {
  const panics = phases
    .flatMap(({ tag, recentPanics }) => recentPanics.map((panic) => ({ tag, ...panic })))
    .sort((one, other) => String(other.at).localeCompare(String(one.at)));
  if (panics.length === 0) {
    return null;
  }
  return h("section", { "aria-label": "Newest panics" }, [
    h("h3", "Newest panics"),
    h(
      "ul",
      { class: "safe-panics" },
      panics.map(({ tag, at, type, message, fingerprint, count, frames }) =>
        h("li", { key: `${tag} ${fingerprint}` }, [
          h("p", [h("strong", `${count.toLocaleString()} × ${tag}`), " last ", time(at)]),
          h("p", { class: "safe-code" }, message === null ? type : `${type}: ${message}`),
          frames.length > 0
            ? h("details", [h("summary", `${frames.length} frames`), h("pre", { tabindex: 0 }, frames.join("\n"))])
            : null,
        ]),
      ),
    ),
  ]);
}

function policies(phases) {
  if (phases.every(({ policy }) => policy === null)) {
    return h("p", { class: "safe-note" }, "This instance does not show its policies.");
  }
  return h("details", [
    h("summary", "Policies"),
    table(
      null,
      ["Phase", "On panic", "Log", "Quarantine", "Budget"],
      phases.map(({ tag, policy }) => ({
        head: tag,
        cells: ["onPanic", "log", "quarantine", "budget"].map((part) => h("td", textOf(policy?.[part]))),
      })),
    ),
  ]);
}

/** Writes a part of a policy as its properties are called, whichever the endpoint has. */
function textOf(part) {
  if (part === null || part === undefined) {
    return "–";
  }
  if (typeof part !== "object") {
    return String(part);
  }
  return Object.entries(part)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${textOf(value)}`)
    .join(", ");
}

/** Draws a table. Heads of columns of numbers come in brackets, since they stand above their right edge. */
function table(caption, heads, rows) {
  return h("div", { class: "safe-scroll", tabindex: 0, role: "group", "aria-label": caption ?? "Policies" }, [
    h("table", { class: "safe-table" }, [
      caption ? h("caption", caption) : null,
      h("thead", [h("tr", heads.map(headOf))]),
      h("tbody", rows.map(({ head, cells }) => h("tr", { key: head }, [h("th", { scope: "row" }, head), cells]))),
    ]),
  ]);
}

function headOf(head) {
  return h("th", { scope: "col", class: { "safe-number": Array.isArray(head) } }, String(head));
}
