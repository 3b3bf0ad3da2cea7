import { createLiveConnect } from "./liveconnect";
import { createMatters } from "./matters";
import { createPharmacy } from "./server";
import { readSettings } from "./settings";
import { createSignIn } from "./sign-in";

// The service and its page: npx tsx examples/pharmacy-orders/main.ts, beside a running `npm start`.
const settings = readSettings(process.env);
const pharmacy = createPharmacy({
  settings,
  matters: createMatters(createLiveConnect(settings)),
  signIn: createSignIn(settings),
});
pharmacy.listen(settings.port, "127.0.0.1", () => console.log(`Orders: http://127.0.0.1:${settings.port}/`));
