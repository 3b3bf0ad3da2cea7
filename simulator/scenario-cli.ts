import path from "node:path";
import { parseArgs } from "node:util";
import closeWithGrace from "close-with-grace";
import { z } from "zod";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import { openBrokerControl } from "./broker-control";
import { timingAt } from "./device-timing";
import { openTokenIssuer, TOKEN_LIFE_SECONDS } from "./device-token";
import { createFleet } from "./fleet";
import { countHappenings, countsLine } from "./fleet-counts";
import { pause } from "./pause";
import { playScenario } from "./play-scenario";
import { findScenario, SCENARIOS } from "./scenarios";
import { readStackFolder } from "./stack-folder";
import { recordTruth } from "./truth-recorder";

/** `npm run scenario`: plays a scripted hour on a running stack and records what really happened to every phone. */

const USAGE = `npm run scenario -- <name> [--devices 100] [--speed 20] [--seed 3] [--hold 0]
  --devices N     phones
  --speed N       minutes of the scenario in one minute
  --seed N        whose people; neither the practice fleet's (1) nor one that runs now
  --hold SECONDS  phones stay as they are so long after the end, for who compares
  --truth FILE    where the truth goes (.data/truth/<name>-<time>.jsonl)
  --data FOLDER   the stack's data folder (.data)
  --control URL   control port of the embedded broker (http://127.0.0.1:8880)

${Object.entries(SCENARIOS)
  .map(([name, { about }]) => `  ${name.padEnd(22)} ${about}`)
  .join("\n")}`;

const optionsSchema = z.object({
  devices: z.coerce.number().int().min(1).max(10_000).default(100),
  speed: z.coerce.number().min(1).max(600).default(20),
  seed: z.coerce.number().int().default(3),
  hold: z.coerce.number().min(0).default(0),
  truth: z.string().optional(),
  data: z.string().default(process.env.DATA_FOLDER || ".data"),
  control: z.url().default(`http://127.0.0.1:${process.env.EMBEDDED_BROKER_CONTROL_PORT || 8880}`),
});

try {
  await run();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function run(): Promise<void> {
  const text = { type: "string" } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { devices: text, speed: text, seed: text, hold: text, truth: text, data: text, control: text },
  });
  const name = positionals[0] ?? "";
  const scenario = findScenario(name);
  if (!scenario) throw new Error(`There is no scenario "${name}".\n\n${USAGE}`);
  const options = optionsSchema.parse(values);
  const now = () => Date.now();
  const stack = await readStackFolder(path.resolve(options.data));
  const control = openBrokerControl(options.control);
  const file = options.truth ?? path.join(stack.truthFolder, `${name}-${timeWord(now())}.jsonl`);
  const truth = recordTruth({ file, now });
  const counts = countHappenings(() => fleet.phones);
  const { issuerKeyFile: keyFile, issuer, audience } = stack;
  const fleet = createFleet({
    profile: scenario.profile ?? (scenario.phonesPerClientId ? "shared-client-id" : "still"),
    phones: options.devices,
    seed: options.seed,
    speed: options.speed,
    // A plain hour is the morning's first busy one.
    startHour: 7,
    connectsPerSecond: 100,
    // In a day tokens run out with the time; phones that do only what the steps say are not to reconnect by themselves.
    tokenLifeSeconds: scenario.profile ? TOKEN_LIFE_SECONDS / options.speed : TOKEN_LIFE_SECONDS,
    issuer: await openTokenIssuer({ keyFile, issuer, audience, now }),
    brokers: await control.subscriberNodes(),
    topicRoot: process.env.TOPIC_ROOT || DEFAULT_TOPIC_ROOT,
    folder: stack.fleetFolder,
    truth,
    onHappening: counts.observe,
    now,
  });
  const { speed, seed, devices: phones } = options;
  truth.run({ run: name, seed, phones, speed, keepAliveSeconds: timingAt(speed).keepAliveSeconds });
  say(`${name}: ${scenario.about}\n${phones} phones, ${(scenario.minutes / speed).toFixed(1)} minutes; truth: ${file}`);

  const ending = new AbortController();
  const report = setInterval(() => say(`${clock(now())}  ${countsLine(counts.read())}`), 10_000);
  const { close } = closeWithGrace({ delay: 3_000 }, async ({ err }) => {
    if (err) say(err.message);
    ending.abort();
    clearInterval(report);
    fleet.close();
    await truth.close();
  });
  if (scenario.profile) fleet.start();
  await playScenario({
    scenario,
    phones: fleet.phones,
    control,
    speed,
    onStep: (step) => {
      truth.step(step);
      say(`${clock(now())}  ${step}`);
    },
    signal: ending.signal,
    now,
  }).catch(async (error: unknown) => {
    fleet.close();
    await truth.close();
    throw error;
  });
  truth.step("end");
  say(`${clock(now())}  end: ${countsLine(counts.read())}`);
  await pause(options.hold * 1_000, ending.signal);
  close();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

/** 20261122T194500 */
function timeWord(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
}
