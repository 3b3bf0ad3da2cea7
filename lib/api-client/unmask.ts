import type { Unmasked } from "@/lib/operators/unmask";
import { postJson } from "./request";

/** Shows names and numbers whole to this session for a while, for a purpose and its ticket. */
export const unmaskPeople = (input: { purpose: string; ticket: string }): Promise<Unmasked> =>
  postJson("/api/account/unmask", input);

/** The same at once, by one sentence; others are told. */
export const breakGlass = (input: { purpose: string }): Promise<Unmasked> =>
  postJson("/api/account/break-glass", input);

/** Masks them again. */
export const maskPeople = (): Promise<void> => postJson("/api/account/mask", {});
