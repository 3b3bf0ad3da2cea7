import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";

/** `TOPIC_ROOT`: the root of LiveConnect's own topics, for verbs, which any process may call. */
export const topicRoot = (): string => process.env.TOPIC_ROOT || DEFAULT_TOPIC_ROOT;
