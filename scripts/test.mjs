// `npm test`: everything, in order, to the end whatever fails; the last line counts. Entered by stack/bootstrap.mjs.
import { duration, say } from "../stack/bootstrap/terminal.mjs";
import { AUDIT_STAGE } from "./dependency-audit.mjs";
import { E2E_STAGE, STATIC_STAGES, tool, vitestStage } from "./stages.mjs";
import { installTestTools } from "./test-tools.mjs";

const STAGES = [
  ...STATIC_STAGES,
  AUDIT_STAGE,
  vitestStage("unit"),
  vitestStage("database"),
  vitestStage("broker"),
  vitestStage("scenarios"),
  tool("build", process.execPath, ["scripts/build.mjs"]),
  E2E_STAGE,
];

/** Runs every stage and sets the exit code. */
export async function runTests() {
  // the tools' output is kept and shown only in part: plain text
  process.env.NO_COLOR = "1";
  delete process.env.FORCE_COLOR;
  await installTestTools();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of STAGES) {
    const start = Date.now();
    const { passed, failed, skipped, output } = await stage.run();
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
    say(`  ${stage.name.padEnd(44)} ${duration(Date.now() - start).padStart(7)}  ${counts.filter(Boolean).join(", ")}`);
    if (failed > 0) say(`\n${output}\n`);
    else for (const line of output.split("\n").filter((it) => it.includes("SKIPPED"))) say(`    ${line.trim()}`);
  }
  if (total.failed > 0) process.exitCode = 1;
  say(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
}
