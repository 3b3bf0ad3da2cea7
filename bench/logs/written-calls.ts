const CALLS_A_WRITE = 5_000;

const PATHS = [
  "/v1/me",
  "/v1/orders/ABC-#",
  "/v1/orders/ABC-#/items/#",
  "/v1/doctors?near=me&page=#",
  "/v1/consultations/#/messages",
  "/oauth2/token",
  "/v1/users/u#/prescriptions?sort=date",
] as const;

// About one call in ten holds a secret: a token in its query, a telephone number or an e-mail address in its error.
function callOf(n: number): Record<string, unknown> {
  const url = `https://api.pharmacy.example${PATHS[n % PATHS.length]?.replaceAll("#", String((n * 7_919) % 100_000))}`;
  const token = `access_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ${n}In0.c2ln${n}`;
  return {
    t: new Date(Date.UTC(2026, 10, 19) + n * 997).toISOString(),
    method: n % 5 === 0 ? "POST" : "GET",
    url: n % 20 === 0 ? `${url}${url.includes("?") ? "&" : "?"}${token}` : url,
    status: n % 50 === 7 ? null : n % 40 === 3 ? 401 : 200,
    ms: 20 + (n % 700),
    bytes: 300 + (n % 5_000),
    attempt: 1,
    ...(n % 50 === 7 && { error: `timeout while calling +62812${1_000_000 + n}` }),
    ...(n % 40 === 3 && { error: `no user budi.${n}@example.co.id` }),
    app: "12.4.1",
  };
}

/** Calls of an app as JSON lines, many a part: what the benches of logs are given. */
export function* writtenCalls(calls: number): Generator<string> {
  for (let from = 0; from < calls; from += CALLS_A_WRITE) {
    let lines = "";
    for (let n = from; n < Math.min(calls, from + CALLS_A_WRITE); n += 1) lines += `${JSON.stringify(callOf(n))}\n`;
    yield lines;
  }
}
