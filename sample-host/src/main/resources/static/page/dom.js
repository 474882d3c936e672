// The few things that all parts of the page do to the document. Text only ever becomes text.

/** Makes an element with attributes and children; children that are no nodes become text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Sets the text of an element, if it is another one, so that nothing is read aloud again or loses its selection. */
export function setText(target, text) {
  if (target.textContent !== String(text)) {
    target.textContent = text;
  }
}

/**
 * Keeps one element for each key in a parent, in the order of the keys. What stays is changed in place, and keeps the focus.
 *
 * @param make makes the element for a key, with a method `update` that draws a value
 */
export function keep(parent, values, make) {
  const kept = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  kept.forEach((child, key) => Object.hasOwn(values, key) || child.remove());
  Object.entries(values).forEach(([key, value], index) => {
    const child = kept.get(key) ?? make(key);
    child.dataset.key = key;
    if (parent.children[index] !== child) {
      parent.insertBefore(child, parent.children[index] ?? null);
    }
    child.update(value);
  });
}

const marks = {
  RUNNING: "✓",
  CLEAR: "✓",
  NEW: "○",
  STOPPED: "■",
  RESTARTING: "↻",
  PROBING: "?",
  QUARANTINED: "‖",
  DISABLED: "⊘",
  STUCK: "⧗",
  FAILED: "✗",
};

/** Draws a state by a mark, a word and a colour. */
export function setState(target, state) {
  setText(target, `${marks[state] ?? "·"} ${state.toLowerCase()}`);
  target.className = "state";
  target.dataset.state = state;
}
