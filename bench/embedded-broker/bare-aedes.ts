// Aedes as it comes, in a process of its own: what the embedded broker is measured against. Says its port.
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";

const aedes = await Aedes.createBroker();
const server = createServer({ noDelay: true }, aedes.handle);
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
