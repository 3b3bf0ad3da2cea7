import { z } from "zod";

/**
 * VerneMQ's `allow_{register,publish,subscribe,unsubscribe}_during_netsplit`: what a node goes on doing while another is not there.
 * VerneMQ's default is off for all; a deployment for LiveConnect sets them on, and so do we.
 */
export const netsplitRulesSchema = z.strictObject({
  register: z.boolean(),
  publish: z.boolean(),
  subscribe: z.boolean(),
  unsubscribe: z.boolean(),
});

/** Changed in place by the control port. */
export type NetsplitRules = z.output<typeof netsplitRulesSchema>;
