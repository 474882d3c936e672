// The extensions of one application: reads them every few seconds, draws the matrix, and opens the details.
import { DetailsDialog } from "./details-dialog.mjs";
import { readFleet } from "./fleet.mjs";
import { Matrix } from "./matrix.mjs";
import { usePolling } from "./polling.mjs";
import { needsAttention } from "./states.mjs";

const { computed, h, ref, shallowRef } = Vue;

const PAUSE_MILLIS = 5_000;

export const ApplicationPanel = {
  name: "SafeApplicationPanel",
  props: { application: { type: Object, required: true }, current: { type: String, default: null } },
  setup(props) {
    const fleet = shallowRef(null);
    const readAt = ref(null);
    const failure = ref(null);
    const onlyTroubled = ref(false);
    const sought = ref("");
    const opened = ref(null);

    const refresh = usePolling(async () => {
      try {
        fleet.value = await readFleet(props.application);
        readAt.value = new Date();
        failure.value = null;
      } catch (thrown) {
        failure.value = thrown.response ? `The server answered ${thrown.response.status}.` : String(thrown.message);
      }
    }, PAUSE_MILLIS);

    const shown = computed(() => filtered(fleet.value ?? [], sought.value.trim().toLowerCase(), onlyTroubled.value));

    return () =>
      h("section", { class: "safe-panel", "aria-label": `Extensions of ${props.application.name}` }, [
        h("header", { class: "safe-panel__head" }, [
          h("h2", props.application.name),
          h("p", { class: "safe-note" }, headline(fleet.value)),
          h("label", { class: "safe-check" }, [
            h("input", {
              type: "checkbox",
              checked: onlyTroubled.value,
              onChange: (event) => (onlyTroubled.value = event.target.checked),
            }),
            "Only what needs attention",
          ]),
          h("input", {
            type: "search",
            class: "safe-search",
            placeholder: "Extension or instance",
            "aria-label": "Find an extension or instance",
            value: sought.value,
            onInput: (event) => (sought.value = event.target.value),
          }),
        ]),
        failure.value ? h("p", { class: "safe-alert", role: "alert" }, staleness(failure.value, readAt.value)) : null,
        fleet.value
          ? h(Matrix, {
              ...shown.value,
              current: props.current,
              onOpen: (extension, instanceId) => (opened.value = { extension, instanceId }),
            })
          : null,
        opened.value
          ? h(DetailsDialog, {
              application: props.application,
              fleet: fleet.value,
              extension: opened.value.extension,
              instanceId: opened.value.instanceId,
              refresh,
              onSelect: (instanceId) => (opened.value = { ...opened.value, instanceId }),
              onClose: () => (opened.value = null),
            })
          : null,
      ]);
  },
};

/** Returns the instances and the names of the extensions to show. One search finds either. */
function filtered(fleet, sought, onlyTroubled) {
  const names = [...new Set(fleet.flatMap(({ extensions }) => [...extensions.keys()]))].sort();
  const has = (text) => text.toLowerCase().includes(sought);
  const foundNames = names.filter(has);
  const foundInstances = fleet.filter(({ name }) => has(name));
  const nothingFound = foundNames.length === 0 && foundInstances.length === 0;
  const narrow = (found, all) => (found.length > 0 || nothingFound ? found : all);
  const instances = narrow(foundInstances, fleet);
  const extensions = narrow(foundNames, names);
  if (!onlyTroubled) {
    return { instances, extensions };
  }
  const troubled = ({ extensions: its }, name) => its.has(name) && needsAttention(its.get(name).state);
  return {
    instances: instances.filter((each) => each.trouble || extensions.some((name) => troubled(each, name))),
    extensions: extensions.filter((name) => instances.some((each) => troubled(each, name))),
  };
}

function headline(fleet) {
  if (!fleet) {
    return "Asking the instances…";
  }
  const silent = fleet.filter(({ trouble }) => trouble).length;
  const instances = `${fleet.length} ${fleet.length === 1 ? "instance" : "instances"}`;
  return silent ? `${instances}, ${silent} without an answer` : instances;
}

function staleness(failure, readAt) {
  return readAt ? `${failure} Below is what was read at ${readAt.toLocaleTimeString()}.` : failure;
}
