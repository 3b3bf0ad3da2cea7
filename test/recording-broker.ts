// A publisher node in a process of its own that can be killed: `PORT FILE`. What it takes is written down before it acknowledges, one
// JSON line each, so that the file holds all that any acknowledgement stands for.
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { Aedes } from "aedes";

const [port, file] = process.argv.slice(2);
const log = openSync(file ?? "", "a");
const aedes = await Aedes.createBroker();
aedes.authorizePublish = (_client, packet, done) => {
  writeSync(
    log,
    `${JSON.stringify({ id: String(packet.payload), topicName: packet.topic, dup: packet.dup, at: Date.now() })}\n`,
  );
  done(null);
};
createServer(aedes.handle).listen(Number(port), "127.0.0.1", () => process.send?.("listening"));
process.on("disconnect", () => process.exit());
