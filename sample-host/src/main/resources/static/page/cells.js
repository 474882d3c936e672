// A card for each cell: its state and what it has done.
import { element, keep, setState, setText } from "./dom.js";

const COUNTS = ["steps", "events", "replies", "dropped", "restarts"];
const cards = document.querySelector("#cells");

export function drawCells(cells) {
  keep(cards, cells, card);
}

function card(name) {
  const state = element("span");
  const counts = Object.fromEntries(COUNTS.map((count) => [count, element("dd")]));
  const failure = element("p", { class: "error" });
  const made = element(
    "article",
    { "aria-label": name },
    element("header", {}, element("h3", {}, name), state),
    element("dl", {}, ...COUNTS.map((count) => element("div", {}, element("dt", {}, count), counts[count]))),
    failure,
  );
  made.update = (cell) => {
    setState(state, cell.state);
    COUNTS.forEach((count) => setText(counts[count], cell[count]));
    setText(failure, cell.failure ?? "");
    failure.hidden = cell.failure === null;
  };
  return made;
}
