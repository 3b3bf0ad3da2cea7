// What the end-to-end tests drive: a browser, and MQTT clients that nobody here wrote.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runCommand } from "../stack/bootstrap/run-command.mjs";
import { say, step } from "../stack/bootstrap/terminal.mjs";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";
// Debian's packages belong to Debian's Python, whatever another `python3` comes first on the path.
const DEBIAN_PYTHON = "/usr/bin/python3";
const CLIENT_PACKAGES = ["mosquitto-clients", "python3-paho-mqtt"];

/**
 * Installs what is missing: Debian's packages when we are root on a Debian, else Playwright's own browser. Clients that
 * cannot be had are said, and named in THIRD_PARTY_CLIENTS_MISSING, so that the specs that need them skip and say why.
 */
export async function installTestTools() {
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  /** @type {string[]} */
  const wanted = [];
  if (!existsSync(DEBIAN_CHROMIUM) && mayInstall) wanted.push("chromium");
  if (!clientsPresent() && mayInstall) wanted.push(...CLIENT_PACKAGES);
  if (wanted.length > 0) await step(`Installing ${wanted.join(", ")}`, () => installPackages(wanted));
  if (!existsSync(DEBIAN_CHROMIUM))
    await step("Installing Playwright's browser", () =>
      runCommand(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"], {
        what: "Installing Playwright's browser",
      }),
    );
  if (clientsPresent()) return;
  process.env.THIRD_PARTY_CLIENTS_MISSING = CLIENT_PACKAGES.join(" ");
  say(
    `  SKIPPED: tests with third-party MQTT clients, as these cannot be installed here: ${CLIENT_PACKAGES.join(", ")}`,
  );
}

function clientsPresent() {
  return (
    succeeds("which", ["mosquitto_pub", "mosquitto_sub"]) &&
    succeeds(existsSync(DEBIAN_PYTHON) ? DEBIAN_PYTHON : "python3", ["-c", "import paho.mqtt.client"])
  );
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
function succeeds(program, args) {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** @param {readonly string[]} names */
async function installPackages(names) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update"], { what: "apt-get update", env });
  await runCommand("apt-get", ["install", "-y", "--no-install-recommends", ...names], { what: "apt-get install", env });
}
