// Adds the view to Spring Boot Admin: a page for the fleet, and one in the menu of each instance that has the endpoint.
import { FleetPage, InstancePage } from "./pages.mjs";

const label = "safe.extensions";

SBA.use({
  install({ viewRegistry, i18n }) {
    i18n.mergeLocaleMessage("en", { safe: { extensions: "Extensions" } });
    viewRegistry.addView({
      name: "safe-extensions",
      path: "/safe-extensions",
      label,
      order: 5,
      component: FleetPage,
    });
    viewRegistry.addView({
      name: "instances/safe-extensions",
      parent: "instances",
      path: "safe-extensions",
      label,
      group: "insights",
      order: 500,
      isEnabled: ({ instance }) => instance.hasEndpoint("extensions"),
      component: InstancePage,
    });
  },
});
