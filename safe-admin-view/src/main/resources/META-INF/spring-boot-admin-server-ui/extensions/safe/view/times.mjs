// Times as the reader's locale has them. What is not a time stays as it is.
const { h } = Vue;

export function time(iso) {
  return h("time", { datetime: iso, title: iso }, shortTime(iso));
}

/** Returns the time, with its date if that is not today. */
export function shortTime(iso) {
  const date = new Date(iso);
  if (iso === null || Number.isNaN(date.getTime())) {
    return String(iso ?? "at an unknown time");
  }
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? date.toLocaleTimeString() : date.toLocaleString();
}
