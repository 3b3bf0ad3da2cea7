import { z } from "zod";
import { json, port, readEnv } from "@/lib/env/read-env";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import { PROFILE_NAMES } from "./profiles";

const schema = z.object({
  SIMULATOR_HOST: z.string().default("127.0.0.1"),
  SIMULATOR_PORT: port(3400),
  TOPIC_ROOT: z.string().default(DEFAULT_TOPIC_ROOT),
  FLEET_DEVICES: z.coerce.number().int().min(1).max(20_000).default(200),
  FLEET_PROFILE: z.enum(PROFILE_NAMES).default("practice"),
  FLEET_SEED: z.coerce.number().int().default(1),
  FLEET_BROKER_URLS: json(z.array(z.url({ protocol: /^mqtts?$/ })).min(1)),
  FLEET_ISSUER_KEY_FILE: z.string(),
  FLEET_PUBLISHER_URL: z.url(),
  FLEET_API_KEY: z.string(),
  FLEET_LOG_FOLDER: z.string(),
  DEVICE_TOKEN_ISSUER: z.string(),
  DEVICE_TOKEN_AUDIENCE: z.string(),
});

/** The simulator's configuration. Throws, naming each wrong variable. */
export const readSimulatorEnv = () => readEnv(schema);
