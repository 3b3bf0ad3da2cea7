import { z } from "zod";

/**
 * Reads a process's configuration from the environment against one zod object. Empty strings count as absent.
 * Throws an Error that names every wrong variable and what it should be; values are never repeated, as they may be secrets.
 */
export function readEnv<S extends z.ZodObject>(
  schema: S,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const present = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (source[name] ? [[name, source[name]]] : [])),
  );
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not complete. Set these (see .env.example):\n${lines.join("\n")}`);
}

/** A TCP port as an environment variable. */
export const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

/** `1`, `true`, `yes`, `on` are true; `0`, `false`, `no`, `off` are false. */
export const flag = (fallback: boolean) =>
  z
    .enum(["1", "true", "yes", "on", "0", "false", "no", "off"])
    .transform((word) => ["1", "true", "yes", "on"].includes(word))
    .default(fallback);

/** A JSON value in an environment variable, checked by `schema`. */
export const json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
