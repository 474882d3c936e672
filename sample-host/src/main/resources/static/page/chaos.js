// Orders the chaos extension to misbehave, and says what is left of the orders.
import { element, setText } from "./dom.js";
import { post } from "./host.js";

const PHASES = ["poll", "setup", "finalize", "teardown", "host"];
const KINDS = ["runtime", "error", "linkage", "stackoverflow", "hang", "checked"];

const form = document.querySelector("#chaos");
const orders = document.querySelector("#orders");
const refusal = document.querySelector("#refusal");

form.elements.phase.append(...PHASES.map((phase) => element("option", {}, phase)));
form.elements.kind.append(...KINDS.map((kind) => element("option", {}, kind)));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { phase, kind, times, until } = form.elements;
  const length = until.checked ? { until: "restart" } : { times: times.valueAsNumber };
  const refused = await post("chaos", { phase: phase.value, kind: kind.value, ...length });
  setText(refusal, refused === null ? "" : `✗ Not done: ${refused}`);
});
form.elements.until.addEventListener("change", ({ target }) => (form.elements.times.disabled = target.checked));

export function drawChaos(left) {
  const texts = Object.entries(left).map(([phase, { kind, times }]) => `${phase}: ${kind.toLowerCase()}, ${times ?? "until it is restarted"}`);
  setText(orders, texts.length === 0 ? "No order is left." : `Left to do: ${texts.join("; ")}.`);
}
