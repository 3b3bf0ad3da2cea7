import { expect, test } from "./operator-test";
import { addresses } from "./stack";

/** What is refused is told in the language that the operator's pages are in, by whichever of the two refuses it. */

test.use({ role: "support" });

test("a refusal, and a console that is away, are told in Bahasa Indonesia", async ({ page, context }) => {
  await context.addCookies([{ name: "locale", value: "id", url: addresses.console }]);
  await page.goto("/account");
  await page.getByLabel("Kata sandi sekarang").fill("not the present one");
  await page.getByLabel("Kata sandi baru").fill("seven lamps by the sea");
  const submit = page.getByRole("button", { name: "Ganti kata sandi", exact: true });
  await submit.click();
  await expect(page.getByText("Kata sandi Anda yang sekarang bukan ini.")).toBeVisible();

  await page.route("**/api/account/password", (route) => route.abort());
  await submit.click();
  await expect(page.getByText("Konsol tidak dapat dihubungi.")).toBeVisible();

  const forbidden = await page.request.get("/api/audit");
  expect(forbidden.status()).toBe(403);
  expect(await forbidden.json()).toMatchObject({
    detail: "Peran layanan pelanggan tidak boleh melakukan ini (Membaca catatan audit). Hubungi administrator.",
  });
});
