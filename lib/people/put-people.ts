import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { phoneRegion } from "@/lib/env/phone-region";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { readPerson } from "./read-person";
import { personSchema, type Person } from "./schemas";
import { querierOf, writePeople } from "./write-people";

/** The most people of one call: about what comes in while one commit is under way. */
export const MOST_PEOPLE = 500;

export const peopleSchema = z.array(personSchema).min(1).max(MOST_PEOPLE);

/** Makes sure of one person's facts before they wait for a batch. Throws VALIDATION. */
export function parsePerson(input: unknown): Person {
  const read = readPerson(input, phoneRegion());
  if (read.status === "read") return read.person;
  throw new AppError("VALIDATION", sentence("{reason}.", { reason: read.reason }));
}

/**
 * Makes people known as the host system tells of them, whole; of two entries for one person the later counts. They are found by it as
 * soon as this returns. One audit row names them all. Safe to call twice.
 */
export const putPeople = writeVerb({
  permission: "people.write",
  input: peopleSchema,
  work: async (ctx, inputs) => {
    const people = [...new Map(inputs.map(parsePerson).map((person) => [person.personId, person])).values()];
    const written = await writePeople(querierOf(ctx.tx), people, null);
    const [first, ...others] = people;
    const audit = {
      action: "people.putPeople",
      subjectKind: "person" as const,
      subjectId: first && others.length === 0 ? first.personId : null,
      details: { written, ...(others.length > 0 ? { personIds: people.map(({ personId }) => personId) } : {}) },
    };
    return { result: people, audit };
  },
});
