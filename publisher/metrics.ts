import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DeviceEventOutcome } from "@/lib/publish/record-device-event";
import type { Qos } from "@/lib/mqtt/qos";

/** What the publisher tells Prometheus: RED of every route, the outbox, acknowledgements, devices' events. */
export interface PublisherMetrics {
  registry: Registry;
  request: (labels: { method: string; route: string; status: string }, seconds: number) => void;
  acknowledged: (qos: Qos, seconds: number) => void;
  deviceEvent: (outcome: DeviceEventOutcome) => void;
}

export function createPublisherMetrics(read: {
  inFlight: () => number;
  nodesUp: () => number;
  outboxDepth: () => Promise<{ messages: number; oldestSeconds: number }>;
  sendsLeft: () => Promise<number>;
}): PublisherMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "publisher_request_seconds",
    help: "Time to answer a request",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
    registers,
  });
  const acknowledgements = new Histogram({
    name: "publisher_acknowledgement_seconds",
    help: "From handing a message to the connection to the broker's acknowledgement",
    labelNames: ["qos"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
    registers,
  });
  const deviceEvents = new Counter({
    name: "publisher_device_events_total",
    help: "Events heard from devices, by what became of them",
    labelNames: ["outcome"],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number | Promise<number>): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // what cannot be read now is a missing sample, never the last one or zero
        this.remove();
        const now = await Promise.resolve(value()).catch(() => null);
        if (now !== null) this.set(now);
      },
    });
  gauge("publisher_messages_in_flight", "Messages handed to a connection and not yet recorded", read.inFlight);
  gauge("publisher_nodes_up", "Publisher nodes this process is connected to", read.nodesUp);
  const shared = "(all publishers share one outbox: do not sum)";
  gauge("publisher_outbox_messages", `Messages that wait to be acknowledged ${shared}`, async () => {
    return (await read.outboxDepth()).messages;
  });
  gauge("publisher_outbox_oldest_seconds", `Age of the oldest message that waits ${shared}`, async () => {
    return (await read.outboxDepth()).oldestSeconds;
  });
  gauge("publisher_send_clients_left", `Clients that sends under way have still to reach ${shared}`, read.sendsLeft);
  return {
    registry,
    request: (labels, seconds) => requests.observe(labels, seconds),
    acknowledged: (qos, seconds) => acknowledgements.observe({ qos: String(qos) }, seconds),
    deviceEvent: (outcome) => deviceEvents.inc({ outcome }),
  };
}
