import { expect, it } from "vitest";
import { judgeAudit } from "./dependency-audit.mjs";

const found = (severity: string) =>
  JSON.stringify({ vulnerabilities: { a: { name: "a", severity, range: "<1.2" } }, metadata: {} });

it("a grave advisory fails, by its name and range; a slight one does not, nor none", () => {
  for (const severity of ["high", "critical"])
    expect(judgeAudit(found(severity))).toMatchObject({ failed: 1, output: `${severity}: a <1.2` });
  expect(judgeAudit(found("moderate"))).toMatchObject({ passed: 1, failed: 0 });
  expect(judgeAudit(JSON.stringify({ vulnerabilities: {} }))).toMatchObject({ passed: 1, failed: 0 });
});

it("a registry that cannot be asked is said and fails nothing", () => {
  const answers = [
    JSON.stringify({ message: "405 Method Not Allowed - POST …", error: { summary: "" } }),
    "",
    "<html>",
  ];
  for (const answer of answers) expect(judgeAudit(answer)).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
  expect(judgeAudit(answers[0] ?? "").output).toContain("SKIPPED: the registry has no audit to ask (405");
});
