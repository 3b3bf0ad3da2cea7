import { CLIENT_CASES } from "./cases/client-cases";
import { HOOK_CASES } from "./cases/hook-cases";
import { PROCESS_CASES } from "./cases/process-cases";
import { playCases } from "./play-cases";

playCases([...HOOK_CASES, ...CLIENT_CASES, ...PROCESS_CASES], 100);
