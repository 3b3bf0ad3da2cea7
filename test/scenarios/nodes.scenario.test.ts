import { NODE_CASES } from "./cases/node-cases";
import { playCases } from "./play-cases";

playCases(NODE_CASES, 200);
