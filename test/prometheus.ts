import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port";

const PROGRAM = "/usr/bin/prometheus";
const INSTALL_LIMIT_MS = 120_000;

/**
 * Null when Debian's Prometheus is there, installed now if it may be; else why not, for a test to say as it skips. Throws in CI,
 * which has no such excuse.
 */
export async function whyNoPrometheus(): Promise<string | null> {
  const missing = await installPrometheus();
  if (missing !== null && process.env.CI) throw new Error(missing);
  return missing;
}

async function installPrometheus(): Promise<string | null> {
  if (existsSync(PROGRAM)) return null;
  if (process.getuid?.() !== 0) return "Prometheus is not installed (apt-get install prometheus)";
  const apt = ["install", "-y", "--no-install-recommends", "prometheus"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await promisify(execFile)("apt-get", apt, { env, timeout: INSTALL_LIMIT_MS }).catch(() => undefined);
  return existsSync(PROGRAM) ? null : "Prometheus could not be installed with apt-get";
}

/** A Prometheus of its own that scrapes the targets (`host:port`) every second, with `user` as basic-auth user. */
export async function startPrometheus(given: {
  targets: readonly string[];
  user: string;
}): Promise<{ url: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-prometheus-"));
  const port = await freePort();
  const config = path.join(folder, "prometheus.yml");
  // JSON is YAML.
  const scrape = {
    job_name: "vernemq",
    basic_auth: { username: given.user },
    static_configs: [{ targets: given.targets }],
  };
  await writeFile(
    config,
    JSON.stringify({ global: { scrape_interval: "1s", scrape_timeout: "900ms" }, scrape_configs: [scrape] }),
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/tsdb`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(PROGRAM, args, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
