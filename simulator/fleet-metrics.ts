import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Happening } from "./device";
import type { Phone } from "./phone";

/** Counts what happens to the fleet, for `/metrics`. */
export function createFleetMetrics(phones: () => readonly Phone[]) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const states = new Gauge({
    name: "liveconnect_fleet_phones",
    help: "Phones by the state of their connection, as the phones see it",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const state of ["stopped", "connecting", "online", "waiting"])
        this.set({ state }, phones().filter((phone) => phone.status === state).length);
    },
  });
  const connects = counter("liveconnect_fleet_connects_total", "Connections the broker accepted", ["session"]);
  const refusals = counter("liveconnect_fleet_refusals_total", "Connections the broker refused", ["return_code"]);
  const losses = counter("liveconnect_fleet_losses_total", "Connections that ended without the phone's wish");
  const messages = counter("liveconnect_fleet_messages_total", "Messages received outside the command topics");
  const commands = counter("liveconnect_fleet_commands_total", "Commands received, repeats included");
  const events = counter("liveconnect_fleet_events_total", "Events queued for the broker", ["type"]);
  const subscriptions = counter("liveconnect_fleet_subscriptions_refused_total", "Topic filters refused");
  const orders = counter("liveconnect_fleet_orders_total", "Orders by what became of them", ["outcome"]);
  const failures = counter("liveconnect_fleet_publisher_failures_total", "Failed calls to the publisher", ["status"]);

  const observe = (happening: Happening | { kind: "message" }): void => {
    switch (happening.kind) {
      case "connected":
        return connects.inc({ session: happening.sessionPresent ? "present" : "new" });
      case "refused":
        return refusals.inc({ return_code: happening.returnCode });
      case "ended":
        return happening.why === "lost" ? losses.inc() : undefined;
      case "command":
        return commands.inc();
      case "event":
        return events.inc({ type: happening.event.type });
      case "subscription-refused":
        return subscriptions.inc();
      case "message":
        return messages.inc();
    }
  };
  return { registry, states, orders, failures, observe };
}
