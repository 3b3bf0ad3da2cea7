/** Quality of service levels, MQTT 3.1.1 §4.3. */
export const QOS_LEVELS = [0, 1, 2] as const;
export type Qos = (typeof QOS_LEVELS)[number];
