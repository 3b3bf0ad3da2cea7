import { pageRules, routeRules, type Rule } from "@/scripts/permission-rules";
import { letsIn } from "@/scripts/permission-table";
import { ROLES, type Role } from "@/lib/rbac/permissions";
import words from "@/messages/en/shell.json" with { type: "json" };
import { expect, test } from "./operator-test";
import { addresses } from "./stack";

/**
 * Every role at every page and every route of the running console, against the table of docs/permissions.md (whose test says that it is
 * the source's). Where a role is let in, an empty or senseless request is answered by what is wrong with it, never by 403.
 */

// Nobody's, so that whatever is let in finds nothing to change.
const NOBODY = "00000000-0000-4000-8000-000000000000";
const addressOf = (path: string): string => path.replaceAll(/\[\w+\]/g, NOBODY);

// Streams answer for as long as they are read; next-auth's are walked by sign-in.spec.ts.
const isWalked = (route: string): boolean => !/ \/api\/(events|auth\/.*)$/.test(route);
const expected = (rule: Rule, role: Role): "let in" | "refused" => (letsIn(rule, role) ? "let in" : "refused");

for (const role of ROLES)
  test.describe(role, () => {
    test.use({ role });

    test("is answered by each route as the table says", async ({ page }) => {
      const found: Record<string, string> = {};
      const wanted: Record<string, string> = {};
      for (const [route, rule] of routeRules().filter(([name]) => isWalked(name))) {
        const [method = "", path = ""] = route.split(" ");
        const response = await page.request.fetch(addressOf(path), {
          method,
          headers: { origin: addresses.console },
          maxRedirects: 0,
          ...(method === "POST" ? { data: {} } : {}),
        });
        wanted[route] = expected(rule, role);
        const status = response.status();
        found[route] = status === 403 ? "refused" : status === 401 || status === 500 ? String(status) : "let in";
      }
      expect(Object.keys(found).length).toBeGreaterThan(90);
      expect(found).toEqual(wanted);
    });

    test("is shown each page, or told that it is not for them, as the table says", async ({ page }) => {
      const found: Record<string, string> = {};
      const wanted: Record<string, string> = {};
      for (const [path, rule] of pageRules()) {
        const html = await (await page.request.get(addressOf(path))).text();
        wanted[path] = expected(rule, role);
        found[path] = new RegExp(`<h1[^>]*>${words.notAllowed.title}</h1>`).test(html) ? "refused" : "let in";
      }
      expect(found).toEqual(wanted);
    });
  });

test.describe("nobody", () => {
  test.use({ role: null });

  test("is answered by no route that asks for a session, and led from every page of theirs to the sign-in page", async ({
    page,
  }) => {
    for (const [route, rule] of routeRules().filter(([name]) => isWalked(name))) {
      const [method = "", path = ""] = route.split(" ");
      const response = await page.request.fetch(addressOf(path), {
        method,
        headers: { origin: addresses.console },
        ...(method === "POST" ? { data: {} } : {}),
      });
      if (rule !== "anyone") expect(response.status(), route).toBe(401);
    }
    for (const [path, rule] of pageRules()) {
      if (rule === "anyone") continue;
      const response = await page.request.get(addressOf(path), { maxRedirects: 0 });
      expect(response.headers().location, path).toContain("/sign-in");
    }
  });
});
