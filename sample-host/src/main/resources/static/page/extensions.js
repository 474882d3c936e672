// A card for each extension: its state, its phases, what went wrong last, and what can be done about it.
import { element, keep, setState, setText } from "./dom.js";
import { post } from "./host.js";

const REJECTABLE = ["poll", "finalize", "host"];
const NEWEST = 3;

const cards = document.querySelector("#extensions");
const answer = document.querySelector("#answer");
const reasons = document.querySelector("#reasons");
reasons.addEventListener("submit", (event) => event.preventDefault());

export function drawExtensions(extensions) {
  keep(cards, extensions, card);
}

function card(name) {
  const state = element("span");
  const restart = element("button", { type: "button" }, "Restart");
  restart.addEventListener("click", () => act(name, { action: "restart" }, `${name} was restarted`));
  const phases = element("tbody");
  const panics = element("ul", { class: "panics" });
  const lastError = element("p", { class: "error" });
  const made = element(
    "article",
    { "aria-label": name },
    element("header", {}, element("h3", {}, name), state, restart),
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...["phase", "panics", "quarantine", ""].map((title) => element("th", { scope: "col" }, title)))),
      phases,
    ),
    lastError,
    panics,
  );
  made.update = (extension) => {
    setState(state, extension.state);
    restart.hidden = extension.restarts === undefined || extension.restarts === null;
    setText(restart, extension.restarts > 0 ? `Restart (${extension.restarts} so far)` : "Restart");
    keep(phases, extension.phases, (phase) => row(name, phase));
    const error = extension.lastError;
    lastError.hidden = error === undefined || error === null;
    if (!lastError.hidden) {
      setText(lastError, `${error.phase} returned ${describe(error)}, ${clock(error.at)}`);
    }
    drawPanics(panics, extension.phases);
  };
  return made;
}

function row(name, phase) {
  const panics = element("td");
  const quarantine = element("span");
  const button = element("button", { type: "button" });
  const made = element("tr", {}, element("th", { scope: "row" }, phase), panics, element("td", {}, quarantine), element("td", {}, button));
  let isClear = true;
  button.addEventListener("click", () =>
    isClear
      ? act(name, { action: "quarantine", phase }, `${phase} of ${name} is in quarantine`)
      : act(name, { action: "release", phase }, `${phase} of ${name} is released`),
  );
  made.update = (now) => {
    isClear = now.quarantine.state === "CLEAR";
    setText(panics, now.panics + (now.overruns > 0 ? ` + ${now.overruns} overruns` : ""));
    setText(quarantine, isClear ? "clear" : ["in quarantine", left(now.quarantine), now.quarantine.reason].filter(Boolean).join(", "));
    setText(button, isClear ? "Quarantine" : "Release");
    button.setAttribute("aria-label", `${button.textContent} ${phase} of ${name}`);
    button.hidden = isClear && !REJECTABLE.includes(phase);
  };
  return made;
}

/** Says how long a quarantine lasts. */
function left(quarantine) {
  if (quarantine.declared) {
    return "until its policy no longer holds it";
  }
  if (quarantine.until === null) {
    return quarantine.state === "PROBING" ? "the next call is a probe" : "until released";
  }
  const seconds = Math.ceil((Date.parse(quarantine.until) - Date.now()) / 1000);
  return seconds > 0 ? `${seconds} s left` : "next call is a probe";
}

function drawPanics(list, phases) {
  const newest = Object.entries(phases)
    .flatMap(([phase, { recentPanics = [] }]) => recentPanics.map((panic) => ({ phase, ...panic })))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, NEWEST);
  const entries = newest.map((panic) => [
    `${panic.phase} ${panic.fingerprint}`,
    `${panic.phase}: ${describe(panic)} × ${panic.count}, ${clock(panic.at)}`,
  ]);
  keep(list, Object.fromEntries(entries), () => {
    const line = element("li");
    line.update = (text) => setText(line, text);
    return line;
  });
}

function describe({ type, message }) {
  return message ? `${type}: ${message}` : type;
}

function clock(at) {
  return new Date(at).toLocaleTimeString();
}

async function act(name, request, done) {
  if (!reasons.reportValidity()) {
    return;
  }
  setText(answer, "…");
  const refused = await post(`actuator/extensions/${encodeURIComponent(name)}`, { ...request, reason: reasons.elements.reason.value });
  setText(answer, refused === null ? `✓ ${done}` : `✗ Not done: ${refused}`);
}
