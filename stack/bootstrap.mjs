// The way in of `npm start`, `npm run dev` and `npm test`: plain Node, so that it works before anything is installed and
// can tell an old Node what to do: nothing that it could not load is imported before the version is known.
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: 20.19 or newer is needed, 24 recommended (https://nodejs.org).`,
  );
  process.exit(1);
}
process.chdir(fileURLToPath(new URL("..", import.meta.url)));
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.env.CHECKPOINT_DISABLE = "1";
// npm start -- --haproxy
if (process.argv.includes("--haproxy")) process.env.HAPROXY = "1";

const { failed } = await import("./bootstrap/terminal.mjs");
try {
  const { bootstrap } = await import("./bootstrap/modes.mjs");
  await bootstrap(process.argv[2] ?? "start");
} catch (error) {
  failed(error);
  process.exitCode = 1;
}
