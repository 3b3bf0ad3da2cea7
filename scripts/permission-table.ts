import { format } from "prettier";
import { PERMISSIONS, roleMay, ROLES, type Role } from "@/lib/rbac/permissions";
import { pageRules, routeRules, verbRules, type Rule } from "./permission-rules";

/** Whether a rule lets a role in, anybody or somebody signed in included. */
export const letsIn = (rule: Rule, role: Role): boolean =>
  typeof rule === "string" || rule.some((one) => one === "own" || roleMay(role, one));

/** docs/permissions.md as it should be. */
export const tableText = (): Promise<string> => format(document(), { parser: "markdown", printWidth: 120 });

const document = (): string => `# Who may do what

Generated from the source by \`npm run generate:permissions\`; a test fails while it is not current, and e2e/permissions.spec.ts walks
every role over every page and route of a running console and compares. Verbs check permissions, never roles; a role is a list of
permissions. Beside these five, administrators make roles of their own from the same list (Operators), and they are held to the same
tables: who has the permission is let in.

\`own\`: any operator, of their own account only.

## Roles

${table(
  ["permission", ...ROLES],
  PERMISSIONS.map((permission) => [code(permission), ...ROLES.map((role) => (roleMay(role, permission) ? "yes" : ""))]),
)}

## Pages

${list(pageRules().map(([page, rule]) => `${code(page)}: ${asks(rule)}; ${opensFor(rule)}`))}

## Staff API

${list(routeRules().map(([route, rule]) => `${code(route)}: ${asks(rule)}; ${opensFor(rule)}`))}

## Verbs

${list(verbRules().map(([verb, permission]) => `${code(verb)}: ${code(permission)}`))}
`;

const code = (text: string): string => `\`${text}\``;

const asks = (rule: Rule): string => {
  if (rule === "anyone") return "nothing";
  return rule === "signedIn" ? "a session" : rule.map(code).join(" or ");
};

const opensFor = (rule: Rule): string => {
  if (rule === "anyone") return "anyone";
  const roles = ROLES.filter((role) => letsIn(rule, role));
  return roles.length === ROLES.length ? "every role" : roles.join(", ");
};

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
