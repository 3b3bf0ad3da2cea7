import { randomUUID } from "node:crypto";
import type { LiveConnect } from "./liveconnect";

/** What patients wait for: the delivery of an order, or a doctor. */
export const MATTERS = {
  order: { root: "halodoc/pharmacy-delivery/orders", statuses: ["placed", "preparing", "picked_up", "delivered"] },
  consultation: { root: "halodoc/consultations", statuses: ["waiting", "doctor_joined"] },
} as const;
export type Kind = keyof typeof MATTERS;

export interface Matter {
  id: string;
  kind: Kind;
  personId: string;
  topicName: string;
  status: string;
  /** When it came to this status, ms since the epoch. */
  changedAt: number;
}

export interface Matters {
  open: (of: { kind: Kind; personId: string }) => Promise<Matter>;
  /** To its next status; as it is when that was the last. */
  advance: (id: string) => Promise<Matter>;
  find: (id: string) => Matter | null;
}

// Long enough for any delivery; a grant ends by itself.
const WATCHED_MS = 6 * 3_600_000;

/** Orders and consultations in memory. Each change is told to whoever the matter was granted to: its patient. */
export function createMatters(liveConnect: LiveConnect): Matters {
  const matters = new Map<string, Matter>();
  const tell = async ({ id, status, changedAt, topicName }: Matter): Promise<void> =>
    liveConnect.publish({ topicName, status: { id, status, changedAt }, changeId: `${id}-${status}` });
  return {
    open: async ({ kind, personId }) => {
      const { root, statuses } = MATTERS[kind];
      const id = randomUUID();
      const matter: Matter = {
        id,
        kind,
        personId,
        topicName: `${root}/${id}`,
        status: statuses[0],
        changedAt: Date.now(),
      };
      matters.set(id, matter);
      await liveConnect.grant({ personId, topicName: matter.topicName, until: new Date(Date.now() + WATCHED_MS) });
      await tell(matter);
      return matter;
    },
    advance: async (id) => {
      const matter = matters.get(id);
      if (!matter) throw new Error(`There is no ${id}`);
      const statuses: readonly string[] = MATTERS[matter.kind].statuses;
      const status = statuses[statuses.indexOf(matter.status) + 1];
      if (status === undefined) return matter;
      matter.status = status;
      matter.changedAt = Date.now();
      await tell(matter);
      return matter;
    },
    find: (id) => matters.get(id) ?? null,
  };
}
