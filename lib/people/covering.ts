import { maskName, maskPersonId, maskPhone } from "@/lib/format/person";
import type { Actor } from "@/lib/rbac/actor";

/** How much of a person is told. */
export interface Covering {
  isWhole: boolean;
  name: (name: string | null) => string | null;
  phone: (phoneNumber: string | null) => string | null;
  personId: (personId: string) => string;
}

const MASKED: Covering = { isWhole: false, name: maskName, phone: maskPhone, personId: maskPersonId };
const WHOLE: Covering = {
  isWhole: true,
  name: (name) => name,
  phone: (phoneNumber) => phoneNumber,
  personId: (personId) => personId,
};

/** Masked for everyone but a session that was unmasked, for as long as that lasts. */
export const coveringOf = (actor: Actor): Covering => (actor.kind === "operator" && actor.unmasking ? WHOLE : MASKED);
