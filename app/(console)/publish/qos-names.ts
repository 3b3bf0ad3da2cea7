import { QOS_LEVELS, type Qos } from "@/lib/mqtt/qos";

/** QoS levels as a radio group's values. */
export const QOS_NAMES = ["0", "1", "2"] as const;
export type QosName = (typeof QOS_NAMES)[number];

export const qosOf = (name: QosName): Qos => QOS_LEVELS[QOS_NAMES.indexOf(name)] ?? 1;
