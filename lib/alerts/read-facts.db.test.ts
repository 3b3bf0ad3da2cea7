import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { readFacts } from "./read-facts";

const { db } = await testDatabase();

test("an issuer without an answer counts once, whoever of the gateways says so, and not when only one that is gone does", async () => {
  const away = [{ name: "id.example", awaySinceMs: 1 }];
  const answers = [{ name: "id.example", awaySinceMs: null }];
  const say = (name: string, issuers: object[], ago: string) =>
    db.pool.query(
      `insert into gateways (name, booted_at, seen_at, issuers) values ($1, now(), now() - $3::interval, $2)
       on conflict (name) do update set issuers = excluded.issuers, seen_at = excluded.seen_at`,
      [name, JSON.stringify(issuers), ago],
    );
  const issuersAway = async () => {
    const facts = await readFacts(testContext(db, { role: "oncall" }, { now: new Date() }), {});
    return facts.issuers_away[""];
  };
  await say("gw-1", answers, "1 second");
  await say("gw-2", away, "1 hour");
  expect(await issuersAway()).toBe(0);
  await say("gw-1", away, "1 second");
  await say("gw-2", away, "1 second");
  expect(await issuersAway()).toBe(1);
});
