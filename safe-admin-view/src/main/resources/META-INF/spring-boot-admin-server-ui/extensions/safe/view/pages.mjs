// The two pages: all applications, and the application of one instance.
import { ApplicationPanel } from "./application-panel.mjs";

const { computed, h } = Vue;

export const FleetPage = {
  name: "SafeFleetPage",
  setup() {
    const { applications, applicationsInitialized } = SBA.useApplicationStore();
    const guarded = computed(() => applications.value.filter((application) => application.hasEndpoint("extensions")));
    return () =>
      h("main", { class: "safe safe-page" }, [
        guarded.value.map((application) => h(ApplicationPanel, { key: application.name, application })),
        guarded.value.length === 0 && applicationsInitialized.value
          ? h("p", { class: "safe-note" }, "No application here exposes the endpoint extensions.")
          : null,
      ]);
  },
};

export const InstancePage = {
  name: "SafeInstancePage",
  props: { application: { type: Object, required: true }, instance: { type: Object, required: true } },
  setup(props) {
    return () =>
      h("div", { class: "safe safe-page" }, [
        h(ApplicationPanel, {
          key: props.application.name,
          application: props.application,
          current: props.instance.id,
        }),
      ]);
  },
};
