// Asks the host once a second how it is, and draws the answer. Goes on asking while the host is away.
import { get } from "./host.js";
import { drawCells } from "./cells.js";
import { drawChaos } from "./chaos.js";
import { drawExtensions } from "./extensions.js";
import { drawRates, forgetRates } from "./rates.js";

const PERIOD = 1000;
const connection = document.querySelector("#connection");

/** When the host last answered, in words; null if it never has. */
let lastAnswer = null;

async function look() {
  try {
    const [seen, cells, orders] = await Promise.all([get("actuator/extensions"), get("cells"), get("chaos")]);
    drawExtensions(seen.extensions);
    drawCells(cells);
    drawChaos(orders);
    drawRates(seen.extensions, cells);
    lastAnswer = new Date().toLocaleTimeString();
    say("Live");
  } catch (failure) {
    forgetRates();
    say(lastAnswer === null ? "The host does not answer" : `The host does not answer. What you see is of ${lastAnswer}`);
  }
  document.body.toggleAttribute("data-stale", lastAnswer === null || connection.textContent !== "Live");
  setTimeout(look, PERIOD);
}

/** Says something once, since each change is read aloud. */
function say(text) {
  if (connection.textContent !== text) {
    connection.textContent = text;
  }
}

look();
