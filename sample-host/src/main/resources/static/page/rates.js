// Panics and replies a second, over the last minute, as two lines that also differ in their dashes.
import { setText } from "./dom.js";

const LENGTH = 60;
const WIDTH = 600;
const HEIGHT = 120;

const plot = document.querySelector("#plot");
const rates = document.querySelector("#rates");

let last = null;
let history = [];

export function drawRates(extensions, cells) {
  const now = {
    at: performance.now(),
    panics: sum(Object.values(extensions).flatMap(({ phases }) => Object.values(phases)), "panics"),
    replies: sum(Object.values(cells), "replies"),
  };
  if (last !== null) {
    const seconds = (now.at - last.at) / 1000;
    const rate = (count) => Math.max(0, now[count] - last[count]) / seconds; // Never below zero: the host may be a new one.
    history = [...history, { panics: rate("panics"), replies: rate("replies") }].slice(-LENGTH);
    draw();
  }
  last = now;
}

/** Leaves out the time in which the host did not answer. */
export function forgetRates() {
  last = null;
}

function sum(parts, count) {
  return parts.reduce((total, part) => total + part[count], 0);
}

function draw() {
  const top = Math.max(1, ...history.flatMap(({ panics, replies }) => [panics, replies]));
  for (const count of ["panics", "replies"]) {
    plot.querySelector(`.${count}`).setAttribute("points", points(count, top));
  }
  const { panics, replies } = history.at(-1);
  setText(rates, `Panics (dashed): ${round(panics)} a second. Replies (solid): ${round(replies)} a second. The top is ${round(top)}.`);
}

function points(count, top) {
  const start = LENGTH - history.length;
  return history
    .map((rate, index) => `${((start + index) * WIDTH) / (LENGTH - 1)},${HEIGHT - (rate[count] / top) * (HEIGHT - 4) - 2}`)
    .join(" ");
}

function round(rate) {
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString();
}
