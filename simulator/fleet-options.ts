import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import type { BrokerAddress } from "./network";
import { PROFILE_NAMES } from "./profiles";

/** `npm run fleet`'s options as they are said. */
export const FLEET_USAGE = `npm run fleet -- --devices 15000 --profile day
  --devices N         phones (200)
  --profile NAME      ${PROFILE_NAMES.join(", ")} (day)
  --seed N            whose people and whose day (2; 1 is the practice fleet of npm start)
  --speed N           seconds of the phones' day in one second; their keep-alive and waits shrink with it (1)
  --hour N            hour of Jakarta the day begins at (6)
  --rate N            first connects a second (100)
  --minutes N         ends by itself after so many minutes (goes on)
  --brokers A,B       mqtt(s)://… of nodes or of a balancer, or name=mqtt://… (the subscriber nodes of --control)
  --control URL       control port of the embedded broker (http://127.0.0.1:8880)
  --publisher URL     the publisher's API, for profiles that are sent to (http://127.0.0.1:3100)
  --data FOLDER       the stack's data folder (.data)
  --truth FILE        writes when each phone was really connected, and where (nowhere)`;

const schema = z.object({
  devices: z.coerce.number().int().min(1).max(50_000).default(200),
  profile: z.enum(PROFILE_NAMES).default("day"),
  seed: z.coerce.number().int().default(2),
  speed: z.coerce.number().min(1).max(600).default(1),
  hour: z.coerce.number().min(0).max(24).default(6),
  rate: z.coerce.number().positive().default(100),
  minutes: z.coerce.number().positive().optional(),
  brokers: z.string().optional().transform(brokersOf),
  control: z.url().default(`http://127.0.0.1:${process.env.EMBEDDED_BROKER_CONTROL_PORT || 8880}`),
  publisher: z.url().default(`http://127.0.0.1:${process.env.PUBLISHER_PORT || 3100}`),
  data: z
    .string()
    .default(process.env.DATA_FOLDER || ".data")
    .transform((folder) => path.resolve(folder)),
  truth: z.string().optional(),
  topicRoot: z.string().default(process.env.TOPIC_ROOT || DEFAULT_TOPIC_ROOT),
  /** `from-to`, when a parent process gave this one a part of the fleet. */
  part: z
    .string()
    .regex(/^\d+-\d+$/)
    .transform((text) => text.split("-").map(Number))
    .pipe(z.tuple([z.number(), z.number()]))
    .transform(([from, to]) => ({ from, to }))
    .optional(),
});
export type FleetCliOptions = z.output<typeof schema>;

const NAMES = ["devices", "profile", "seed", "speed", "hour", "rate", "minutes", "brokers", "control", "publisher"];
const MORE_NAMES = ["data", "truth", "part"];

/** Reads the command line. Throws an Error that names every wrong option, with the usage. */
export function readFleetOptions(args: readonly string[]): FleetCliOptions {
  try {
    const options = Object.fromEntries([...NAMES, ...MORE_NAMES].map((name) => [name, { type: "string" as const }]));
    const parsed = schema.safeParse(parseArgs({ args: [...args], options }).values);
    if (parsed.success) return parsed.data;
    throw new Error(parsed.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("\n"));
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n\n${FLEET_USAGE}`, { cause });
  }
}

function brokersOf(text: string | undefined, context: z.RefinementCtx): BrokerAddress[] | null {
  if (text === undefined) return null;
  return text.split(",").map((word) => {
    const [, node = null, url = ""] = /^(?:([A-Za-z0-9_-]+)=)?(.*)$/.exec(word.trim()) ?? [];
    if (!/^mqtts?:\/\/[^/]+/.test(url)) context.addIssue({ code: "custom", message: `${word} is no mqtt:// address` });
    return { node, url };
  });
}
