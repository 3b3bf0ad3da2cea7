import { z } from "zod";
import { expect, it } from "vitest";
import { parseInput } from "@/lib/audit/verb";
import { AppError, toProblem } from "@/lib/errors";
import { keptSentence, sentence, term } from "@/lib/sentence";
import { sayIn } from "./say";

const inEnglish = await sayIn("en");
const inIndonesian = await sayIn("id");

const problemOf = (input: unknown, schema: z.ZodType) => {
  try {
    parseInput(schema, input);
  } catch (error) {
    return { english: toProblem(error), indonesian: toProblem(error, undefined, inIndonesian), error };
  }
  throw new Error("Nothing was refused");
};

it("a refusal is English in logs and for services, and in the operator's language on a page", () => {
  const error = new AppError("LIMIT", sentence("Too many tries; wait {seconds} s.", { seconds: 9 }));
  expect(error.message).toBe("Too many tries; wait 9 s.");
  expect(toProblem(error).detail).toBe("Too many tries; wait 9 s.");
  expect(inEnglish(error.sentence)).toBe(error.message);
  expect(toProblem(error, "trace-1", inIndonesian)).toMatchObject({
    title: "limit",
    detail: "Terlalu banyak percobaan; tunggu 9 detik.",
    requestId: "trace-1",
  });
});

it("sentences and words in a sentence are said in its language, numbers as they are written there", () => {
  const hint = sentence("Check BROKER_API_KEY and its scopes.");
  const answered = sentence("{node} answered {status}. {hint}", { node: "sub-1", status: 401, hint });
  expect(inIndonesian(answered)).toBe("sub-1 menjawab 401. Periksa BROKER_API_KEY dan cakupannya.");
  const state = term("presence.timeline.logState", "expired");
  const ended = sentence("This log request has ended already ({state}).", { state });
  expect(inEnglish(ended)).toBe("This log request has ended already (expired).");
  expect(inIndonesian(ended)).toBe("Permintaan log ini sudah berakhir (kedaluwarsa).");
  const large = sentence("A payload has at most {bytes} bytes.", { bytes: 262_144 });
  expect(inIndonesian(large)).toBe("Isi pesan paling banyak 262.144 bita.");
});

it("a word that is on no list, as a custom role's name, is shown as it is", () => {
  const role = term("shell.roles", "Pharmacy desk");
  expect(inIndonesian(sentence("There is no role {name}.", { name: role }))).toBe("Tidak ada peran Pharmacy desk.");
});

it("a value that looks like a template is shown, not filled in", () =>
  expect(inIndonesian(sentence("There is a role {name} already.", { name: "{name} toString" }))).toBe(
    "Peran {name} toString sudah ada.",
  ));

it("a field that nobody asked for is named as it was sent", () => {
  const { english } = problemOf({ "{constructor}": 1 }, z.strictObject({}));
  expect(english.detail).toBe('Unrecognized key: "{constructor}"');
});

it("what zod finds wrong is said by zod's own words of the language, and by what type it was, not by what", () => {
  const schema = z.strictObject({ text: z.string().min(3), count: z.number() });
  const { english, indonesian, error } = problemOf({ text: "ab", count: "hunter2" }, schema);
  expect(english.issues).toEqual([
    { path: "text", message: "Too small: expected string to have >=3 characters" },
    { path: "count", message: "Invalid input: expected number, received string" },
  ]);
  expect(indonesian.detail).toBe("text: Terlalu kecil: diharapkan string memiliki >=3 karakter");
  expect(indonesian.issues?.[1]?.message).toBe("Input tidak valid: diharapkan number, diterima string");
  expect(JSON.stringify(error)).not.toContain("hunter2");
});

it("a schema's own message is a template of its check's limit or its own values", () => {
  const schema = z.object({
    password: z.string().min(12, "A password has at least {minimum} characters."),
    from: z.number().refine(() => false, { message: "more than {days} days before to", params: { days: 7 } }),
  });
  const { english, indonesian } = problemOf({ password: "short", from: 1 }, schema);
  expect(english.issues?.map(({ message }) => message)).toEqual([
    "A password has at least 12 characters.",
    "more than 7 days before to",
  ]);
  expect(indonesian.issues?.map(({ message }) => message)).toEqual([
    "Kata sandi paling sedikit 12 karakter.",
    "lebih dari 7 hari sebelum to",
  ]);
});

it("a sentence that was kept in English when it happened is found again and said", () => {
  const said = (text: string): string => inIndonesian(keptSentence(text));
  expect(said("Accepted.")).toBe("Diterima.");
  expect(said("No answer within 10 s.")).toBe("Tidak ada jawaban dalam 10 detik.");
  expect(said("The broker refused the message: not authorized (0x87)")).toBe(
    "Broker menolak pesan ini: tidak diizinkan (0x87)",
  );
  expect(said("What nobody wrote: {here}.")).toBe("What nobody wrote: {here}.");
});
