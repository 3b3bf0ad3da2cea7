import type { PresenceCase } from "./case";
import { CLIENT_CASES } from "./cases/client-cases";
import { HOOK_CASES } from "./cases/hook-cases";
import { NODE_CASES } from "./cases/node-cases";
import { PROCESS_CASES } from "./cases/process-cases";

/** All cases, by their number. */
export const ALL_CASES: readonly PresenceCase[] = [
  ...HOOK_CASES,
  ...CLIENT_CASES,
  ...NODE_CASES,
  ...PROCESS_CASES,
].toSorted((one, other) => (one.name < other.name ? -1 : 1));
