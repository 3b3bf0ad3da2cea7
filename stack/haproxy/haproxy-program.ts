import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const PLACES = ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/opt/homebrew/bin/haproxy", "/usr/local/bin/haproxy"];

const findHaproxy = (): string | null => PLACES.find((place) => existsSync(place)) ?? null;

/** Where HAProxy is; installed through apt when it is missing and we are root on a Debian. Throws saying what to do instead. */
export async function ensureHaproxy(): Promise<string> {
  const found = findHaproxy();
  if (found) return found;
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (!mayInstall)
    throw new Error(
      "HAProxy is not installed, and only root on a Debian can be helped: install it, or leave --haproxy out.",
    );
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", "-y", "--no-install-recommends", "haproxy"], { env });
  } catch (error) {
    throw new Error("HAProxy could not be installed (apt-get install haproxy): install it, or leave --haproxy out.", {
      cause: error,
    });
  }
  const installed = findHaproxy();
  if (!installed) throw new Error(`HAProxy was installed and is in none of ${PLACES.join(", ")}.`);
  return installed;
}
