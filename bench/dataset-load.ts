import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { foldName, personWordRows } from "@/lib/people/person-words";
import { wordForms } from "@/lib/people/word-forms";
import { BENCH_DAY_US, BENCH_NODES, benchClient, benchPerson, benchPresence, benchTokenHash } from "./dataset-rows";

const TABLES = ["people", "person_words", "name_words", "clients", "client_tokens", "presence"] as const;
type Table = (typeof TABLES)[number];

const COLUMNS: Record<Table, string> = {
  people: "person_id, name, phone_number",
  person_words: "word, person_id",
  name_words: "form, word",
  clients:
    "client_key, client_id, person_id, platform, app_version, device_model, clean_session, first_seen_at, last_sign_in_at",
  client_tokens: "client_key, token_hash",
  presence: "client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port",
};

const CHUNK = 5_000;

/** Fills an empty database by COPY, indexes after the rows; one line of progress a step. */
export async function loadDataset({ url, clients }: { url: string; clients: number }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const step = stepTimer();
  try {
    await client.query(
      "insert into broker_nodes (name, role, state, booted_at, last_answer_at) select name, 'subscriber', 'up', to_timestamp($2 / 1e6) - interval '30 days', now() from unnest($1::text[]) name on conflict (name) do nothing",
      [BENCH_NODES, BENCH_DAY_US],
    );
    const rebuilt = await dropIndexes(client);
    await client.query(`truncate ${TABLES.join(", ")}`);
    await client.query("alter table presence disable trigger user");
    const words = new Set<string>();
    for (const table of TABLES) {
      if (table === "name_words") await copy(client, table, words.size, wordLines([...words]));
      else await copy(client, table, clients, (n) => linesOf(table, n, words));
      step(`${table} copied`);
    }
    for (const { sql, name } of rebuilt) {
      await client.query(sql);
      step(`${name} built`);
    }
    await client.query("alter table presence enable trigger user; select recount_presence(node_id) from broker_nodes");
    step("counted");
    await client.query("vacuum (analyze, freeze)");
    step("vacuumed");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

function linesOf(table: Exclude<Table, "name_words">, n: number, words: Set<string>): string {
  switch (table) {
    case "people": {
      const person = benchPerson(n);
      return `${person.personId}\t${person.name}\t${person.phoneNumber}\n`;
    }
    case "person_words": {
      const { personId, name } = benchPerson(n);
      const folded = foldName(name);
      for (const word of folded) words.add(word);
      return personWordRows(folded)
        .map((row) => `${row}\t${personId}\n`)
        .join("");
    }
    case "clients": {
      const row = benchClient(n);
      const at = instant(row.firstSeenUs);
      return `${row.clientKey}\t${row.clientId}\t${benchPerson(n).personId}\t${row.platform}\t${row.appVersion}\t${row.deviceModel}\t${row.cleanSession}\t${at}\t${at}\n`;
    }
    case "client_tokens":
      return `${benchClient(n).clientKey}\t\\\\x${benchTokenHash(n)}\n`;
    case "presence": {
      const { ver, nodeId, changedUs, port } = benchPresence(n);
      const at = instant(changedUs);
      return `${benchClient(n).clientKey}\t${ver}\t${nodeId}\t${at}\thook\t${at}\t203.0.113.9\t${port}\n`;
    }
  }
}

const wordLines = (words: readonly string[]) => (n: number) => {
  const word = words[n] ?? "";
  return wordForms(word)
    .map((form) => `${form}\t${word}\n`)
    .join("");
};

const instant = (us: number): string => new Date(us / 1_000).toISOString();

async function copy(client: pg.Client, table: Table, count: number, linesAt: (n: number) => string): Promise<void> {
  const into: Writable = client.query(copyFrom(`copy ${table} (${COLUMNS[table]}) from stdin`));
  for (let start = 0; start < count; start += CHUNK) {
    let lines = "";
    for (let n = start; n < Math.min(start + CHUNK, count); n += 1) lines += linesAt(n);
    if (!into.write(lines)) await once(into, "drain");
  }
  into.end();
  await finished(into);
}

/** Drops the tables' keys and indexes, and returns what makes them again, references last and unchecked. */
async function dropIndexes(client: pg.Client): Promise<{ name: string; sql: string }[]> {
  const { rows: constraints } = await client.query<{ name: string; on: string; type: string; definition: string }>(
    `select conname as name, conrelid::regclass::text as on, contype as type, pg_get_constraintdef(oid) as definition
     from pg_constraint where conrelid::regclass::text = any($1) and contype in ('p', 'u', 'f')
     order by contype = 'f', conname`,
    [TABLES],
  );
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename = any($1) and indexname <> all($2) order by indexname`,
    [TABLES, constraints.map((row) => row.name)],
  );
  for (const row of constraints.toReversed()) await client.query(`alter table ${row.on} drop constraint ${row.name}`);
  for (const row of indexes) await client.query(`drop index ${row.name}`);
  return [
    ...constraints
      .filter((row) => row.type !== "f")
      .map((row) => ({ name: row.name, sql: `alter table ${row.on} add constraint ${row.name} ${row.definition}` })),
    ...indexes.map((row) => ({ name: row.name, sql: row.definition })),
    ...constraints
      .filter((row) => row.type === "f")
      .map((row) => ({
        name: row.name,
        sql: `alter table ${row.on} add constraint ${row.name} ${row.definition} not valid`,
      })),
  ];
}

function stepTimer(): (step: string) => void {
  let last = performance.now();
  return (step) => {
    const now = performance.now();
    console.log(`  ${step} in ${((now - last) / 1_000).toFixed(1)} s`);
    last = now;
  };
}
