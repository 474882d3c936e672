// Extension × instance, with the state and the panics of each.
//
// A few instances go across; more go down the side, where there is room for them.
import { badge, lookOf, panicsOf, summaryOf } from "./states.mjs";

const { h } = Vue;

const FEW = 6;

/** Emits `open` with the name of an extension and the id of an instance, which is null for all of them. */
export const Matrix = {
  name: "SafeMatrix",
  props: {
    instances: { type: Array, required: true },
    extensions: { type: Array, required: true },
    current: { type: String, default: null },
  },
  emits: ["open"],
  setup(props, { emit }) {
    const open = (extension, instanceId) => emit("open", extension, instanceId);

    const extensionHead = (scope) => (extension) =>
      h("th", { key: extension, scope }, [
        h(
          "button",
          {
            type: "button",
            class: "safe-cell safe-cell--head",
            onClick: () => open(extension, null),
            "aria-label": `${extension} on all instances: ${overall(props.instances, extension)}`,
          },
          [h("strong", extension), h("small", overall(props.instances, extension))],
        ),
      ]);

    const instanceHead = (scope) => (instance) =>
      h("th", { key: instance.id, scope, class: { "safe-current": instance.id === props.current } }, [
        h("div", { class: "safe-cell safe-cell--head" }, [
          h("strong", instance.name),
          h("small", instance.trouble ?? instance.status.toLowerCase()),
        ]),
      ]);

    const cell = (extension, instance) => {
      const found = instance.extensions.get(extension);
      return h(
        "td",
        {
          key: `${extension} ${instance.id}`,
          class: [`safe-tone--${found ? lookOf(found.state).tone : "quiet"}`, { "safe-current": instance.id === props.current }],
        },
        found
          ? buttonFor(extension, instance.name, found, () => open(extension, instance.id))
          : h("span", { class: "safe-cell safe-cell--absent" }, instance.trouble ?? "not here"),
      );
    };

    const table = (corner, columns, columnHead, rows, rowHead, cellAt) =>
      h("table", { class: "safe-matrix", style: { "--safe-columns": columns.length + 1 } }, [
        h("thead", [h("tr", [h("th", { scope: "col", class: "safe-corner" }, corner), columns.map(columnHead("col"))])]),
        h("tbody", rows.map((row) => h("tr", { key: row.id ?? row }, [rowHead("row")(row), columns.map((column) => cellAt(row, column))]))),
      ]);

    return () => {
      const { instances, extensions } = props;
      if (instances.length === 0 || (extensions.length === 0 && instances.every(({ trouble }) => !trouble))) {
        return h("p", { class: "safe-note" }, "Nothing to show.");
      }
      return h("div", { class: "safe-scroll", tabindex: 0, role: "group", "aria-label": "Extensions by instance" }, [
        instances.length <= FEW
          ? table("Extension", instances, instanceHead, extensions, extensionHead, cell)
          : table("Instance", extensions, extensionHead, instances, instanceHead, (row, column) => cell(column, row)),
      ]);
    };
  },
};

function buttonFor(extension, instance, { state, panics }, onClick) {
  const about = `${extension} on ${instance}: ${lookOf(state).word}, ${panicsOf(panics)}`;
  return h("button", { type: "button", class: "safe-cell", "aria-label": about, onClick }, [
    badge(state),
    h("small", panicsOf(panics)),
  ]);
}

function overall(instances, extension) {
  const found = instances.flatMap(({ extensions }) => extensions.get(extension) ?? []);
  return summaryOf(found.map(({ state }) => state));
}
