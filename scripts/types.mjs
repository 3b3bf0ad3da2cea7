// Checks types twice: all code as the browser's side sees it, and the node side without the DOM. Both at once.
import { existsSync } from "node:fs";
import { runCommand } from "../stack/bootstrap/run-command.mjs";
import { failed } from "../stack/bootstrap/terminal.mjs";

const what = "types";

try {
  // Next's own types of pages and routes; a fresh clone has none
  if (existsSync("app"))
    await runCommand(process.execPath, ["node_modules/next/dist/bin/next", "typegen"], {
      what: "next typegen",
      env: { NEXT_TELEMETRY_DISABLED: "1" },
    });
  const results = await Promise.allSettled(
    ["tsconfig.json", "tsconfig.node.json"].map((project) =>
      runCommand(process.execPath, ["node_modules/typescript/bin/tsc", "--project", project, "--noEmit"], { what }),
    ),
  );
  for (const result of results)
    if (result.status === "rejected") {
      failed(result.reason);
      process.exitCode = 1;
    }
} catch (error) {
  failed(error);
  process.exitCode = 1;
}
