// Quarantines, releases and restarts an extension on one instance or on all, and says what each of them answered.
import { actOnAll, actOnOne, allowsWrites } from "./fleet.mjs";

const { h, onMounted, ref, shallowRef } = Vue;

export const ActionForm = {
  name: "SafeActionForm",
  props: {
    application: { type: Object, required: true },
    extension: { type: String, required: true },
    /** The instance to act on, or null for all of them. */
    instance: { type: Object, default: null },
    /** The instances it is on, among those to act on. */
    on: { type: Array, required: true },
    refresh: { type: Function, required: true },
  },
  setup(props) {
    /** Offers the buttons until the instance says that it takes no writes. */
    const writable = ref(true);
    const reason = ref("");
    const phase = ref(null);
    const busy = ref(false);
    const answers = shallowRef([]);

    onMounted(async () => {
      if (props.instance) {
        writable.value = await allowsWrites(props.application, props.instance.id, props.extension).catch(() => true);
      }
    });

    async function act(event) {
      event.preventDefault();
      busy.value = true;
      answers.value = [];
      try {
        answers.value = await send(actionOf(event.submitter.value));
        await props.refresh();
      } catch (thrown) {
        answers.value = [{ from: "the server", status: null, done: false, message: String(thrown.message) }];
      } finally {
        busy.value = false;
      }
    }

    function actionOf(action) {
      const given = reason.value.trim();
      return {
        action,
        ...(action === "restart" ? {} : { phase: phaseToActOn() }),
        ...(given ? { reason: given } : {}),
      };
    }

    function send(action) {
      return props.instance
        ? actOnOne(props.application, props.instance.id, props.extension, action)
        : actOnAll(props.application, props.extension, action);
    }

    /** Suggests what is in quarantine, as long as the user has not chosen. */
    function phaseToActOn() {
      const phases = phasesOf(props.on, props.extension);
      const quarantined = phases.find(({ quarantine }) => quarantine.state !== "CLEAR");
      return phase.value ?? quarantined?.tag ?? "poll";
    }

    const button = (action, text, more) =>
      h("button", { type: "submit", class: "safe-button", value: action, disabled: busy.value, ...more }, text);

    function fields() {
      const tags = [...new Set(phasesOf(props.on, props.extension).map(({ tag }) => tag))];
      const supervised = props.on.some(({ extensions }) => extensions.get(props.extension)?.restarts != null);
      return h("form", { class: "safe-form", onSubmit: act }, [
        h("label", { class: "safe-field" }, [
          "Phase",
          h(
            "select",
            { onChange: (event) => (phase.value = event.target.value) },
            tags.map((tag) => h("option", { key: tag, value: tag, selected: tag === phaseToActOn() }, tag)),
          ),
        ]),
        h("label", { class: "safe-field safe-field--wide" }, [
          "Reason",
          h("input", {
            required: true,
            pattern: ".*\\S.*",
            title: "What readers of the log and of this page should know",
            autocomplete: "off",
            value: reason.value,
            onInput: (event) => (reason.value = event.target.value),
          }),
        ]),
        h("div", { class: "safe-buttons" }, [
          button("quarantine", "Quarantine"),
          button("release", "Release", { formnovalidate: true }),
          supervised ? button("restart", "Restart") : null,
        ]),
      ]);
    }

    return () => {
      if (props.on.length === 0) {
        return null;
      }
      return h("section", { class: "safe-actions", "aria-label": "Actions" }, [
        h("h3", props.instance ? `Act on ${props.instance.name}` : `Act on all instances of ${props.application.name}`),
        writable.value
          ? fields()
          : h("p", { class: "safe-note" }, "This instance is read-only. It takes no writes unless management.endpoint.extensions.access is unrestricted."),
        h(
          "ul",
          { class: "safe-answers", "aria-live": "polite", "aria-label": "Answers" },
          answers.value.map(({ from, status, done, message }) =>
            h("li", { key: from, class: done ? "safe-answer--done" : "safe-answer--refused" }, [
              h("span", { "aria-hidden": "true" }, done ? "✓" : "✗"),
              h("strong", from),
              h("span", status === null ? "" : String(status)),
              h("span", message),
            ]),
          ),
        ),
      ]);
    };
  },
};

function phasesOf(instances, extension) {
  return instances.flatMap(({ extensions }) => extensions.get(extension)?.phases ?? []);
}
