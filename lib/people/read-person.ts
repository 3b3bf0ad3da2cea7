import { personSchema, type Person, type PersonInput } from "./schemas";
import { toE164 } from "./phone-number";

/** A person as it is kept, or why it is not: a reason without what the line says. */
export type ReadPerson = { status: "read"; person: Person } | { status: "refused"; reason: string };

/** What the host system says of a person, as it is kept: names trimmed, numbers in E.164 (`region`: of those without a country code). */
export function readPerson(input: unknown, region: string): ReadPerson {
  const parsed = personSchema.safeParse(input);
  if (parsed.success) return normalise(parsed.data, region);
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") ?? "";
  // zod repeats names of fields it does not know, which could be anything
  const told = issue?.code === "unrecognized_keys" ? "has a field besides personId, name, phoneNumber" : issue?.message;
  return { status: "refused", reason: `${path === "" ? "" : `${path}: `}${told ?? "is no person"}` };
}

function normalise({ personId, name, phoneNumber }: PersonInput, region: string): ReadPerson {
  const number = phoneNumber?.trim() ? toE164(phoneNumber, region) : null;
  if (phoneNumber?.trim() && number === null) return { status: "refused", reason: "phoneNumber: is no phone number" };
  return { status: "read", person: { personId, name: name?.trim() || null, phoneNumber: number } };
}
