/** Who can stand behind an entry of the record. */
export const ACTOR_KINDS = ["operator", "service", "process"] as const;
