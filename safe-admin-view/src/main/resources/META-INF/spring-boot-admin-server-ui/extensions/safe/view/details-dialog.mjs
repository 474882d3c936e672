// What one extension is up to, on one instance or on all of them, and what can be done about it.
import { ActionForm } from "./action-form.mjs";
import { PhaseTables } from "./phase-tables.mjs";
import { badge, panicsOf, summaryOf } from "./states.mjs";
import { time } from "./times.mjs";

const { computed, h, onMounted, ref } = Vue;

/** Emits `select` with the id of another instance, null for all of them, and `close`. */
export const DetailsDialog = {
  name: "SafeDetailsDialog",
  props: {
    application: { type: Object, required: true },
    fleet: { type: Array, required: true },
    extension: { type: String, required: true },
    instanceId: { type: String, default: null },
    refresh: { type: Function, required: true },
  },
  emits: ["select", "close"],
  setup(props, { emit }) {
    const dialog = ref(null);
    const instance = computed(() => props.fleet.find(({ id }) => id === props.instanceId) ?? null);
    const everywhere = computed(() => props.fleet.filter(({ extensions }) => extensions.has(props.extension)));
    const found = computed(() => instance.value?.extensions.get(props.extension) ?? null);
    /** Stays empty if the instance that was chosen is gone: never falls back to all of them. */
    const actedOn = computed(() => everywhere.value.filter(({ id }) => props.instanceId === null || id === props.instanceId));

    onMounted(() => dialog.value.showModal());

    return () =>
      h(
        "dialog",
        {
          ref: dialog,
          class: "safe safe-dialog",
          "aria-labelledby": "safe-dialog-title",
          onClose: () => emit("close"),
          onClick: (event) => event.target === dialog.value && dialog.value.close(),
        },
        h("div", { class: "safe-dialog__body" }, [
          h("header", { class: "safe-dialog__head" }, [
            h("h2", { id: "safe-dialog-title" }, props.extension),
            h("button", { type: "button", class: "safe-button", onClick: () => dialog.value.close() }, "Close"),
          ]),
          scopeOf(props, (id) => emit("select", id)),
          props.instanceId === null
            ? instancesOf(everywhere.value, props.extension, (id) => emit("select", id))
            : stateOf(instance.value, found.value),
          h(ActionForm, {
            key: props.instanceId,
            application: props.application,
            extension: props.extension,
            instance: instance.value,
            on: actedOn.value,
            refresh: props.refresh,
          }),
          found.value ? h(PhaseTables, { phases: found.value.phases }) : null,
        ]),
      );
  },
};

function scopeOf({ fleet, instanceId, application }, select) {
  const option = (value, text) => h("option", { key: value, value, selected: value === (instanceId ?? "") }, text);
  return h("label", { class: "safe-field" }, [
    "Instance",
    h("select", { onChange: (event) => select(event.target.value || null) }, [
      option("", `all ${fleet.length} of ${application.name}`),
      fleet.map(({ id, name }) => option(id, name)),
    ]),
  ]);
}

function instancesOf(instances, extension, select) {
  return h("div", { class: "safe-scroll" }, [
    h("table", { class: "safe-table" }, [
      h("caption", summaryOf(instances.map(({ extensions }) => extensions.get(extension).state))),
      h("thead", [
        h("tr", [
          h("th", { scope: "col" }, "Instance"),
          h("th", { scope: "col" }, "State"),
          h("th", { scope: "col", class: "safe-number" }, "Panics"),
          h("th", { scope: "col" }, "In quarantine"),
        ]),
      ]),
      h(
        "tbody",
        instances.map(({ id, name, extensions }) => {
          const { state, panics, phases } = extensions.get(extension);
          const quarantined = phases.filter(({ quarantine }) => quarantine.state !== "CLEAR").map(({ tag }) => tag);
          return h("tr", { key: id }, [
            h("th", { scope: "row" }, [
              h("button", { type: "button", class: "safe-link", onClick: () => select(id) }, name),
            ]),
            h("td", [badge(state)]),
            h("td", { class: "safe-number" }, panics.toLocaleString()),
            h("td", quarantined.join(", ") || "–"),
          ]);
        }),
      ),
    ]),
  ]);
}

function stateOf(instance, found) {
  if (!found) {
    return h("p", { class: "safe-alert" }, `This instance does not show it: ${instance?.trouble ?? "not here"}.`);
  }
  const { state, panics, restarts, lastError, unguarded } = found;
  return [
    h("p", { class: "safe-line" }, [
      badge(state),
      h("span", panicsOf(panics)),
      restarts === null ? null : h("span", `${restarts.toLocaleString()} ${restarts === 1 ? "restart" : "restarts"}`),
    ]),
    lastError
      ? h("p", { class: "safe-alert" }, [
          `Last error, returned by ${lastError.phase ?? "setup or teardown"} `,
          time(lastError.at),
          `: ${typed(lastError)}`,
        ])
      : null,
    unguarded.length > 0 ? h("p", { class: "safe-alert" }, `Beans that are not contained: ${unguarded.join(", ")}`) : null,
  ];
}

function typed({ type, message }) {
  return message ? `${type}: ${message}` : String(type);
}
