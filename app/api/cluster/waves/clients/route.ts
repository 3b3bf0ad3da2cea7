import { listWaveClients } from "@/lib/cluster/list-wave-clients";
import { readJson, route } from "@/lib/http/route";

// POST, as a network prefix is a person's data and would stay in logs and histories as part of a URL.
export const POST = route(async ({ ctx, request }) => listWaveClients(ctx, await readJson(request)));
