// Prints a device's access token of the practice issuer:
//   mosquitto_sub -u "$(npm run -s token -- --person p-1)" -i phone-1 -t 'lc/v1/clients/phone-1/#'
import path from "node:path";
import { parseArgs } from "node:util";
import { signDeviceToken } from "@/stack/practice/issuer";

const USAGE = `npm run -s token -- --person p-1 [--name "Siti"] [--phone +62811…] [--platform android] [--app-version 12.4.1]
  [--device-model "Redmi Note 13"] [--expires 1h] [--audience …] [--issuer …] [--wrong-signature]`;

const { values } = parseArgs({
  options: {
    person: { type: "string" },
    name: { type: "string" },
    phone: { type: "string" },
    platform: { type: "string" },
    "app-version": { type: "string" },
    "device-model": { type: "string" },
    expires: { type: "string" },
    audience: { type: "string" },
    issuer: { type: "string" },
    "wrong-signature": { type: "boolean" },
  },
});

if (values.person === undefined) {
  console.error(`Say for whom:\n${USAGE}`);
  process.exit(1);
}
console.log(
  await signDeviceToken(path.resolve(process.env.DATA_FOLDER ?? ".data"), {
    person: values.person,
    name: values.name,
    phoneNumber: values.phone,
    platform: values.platform,
    appVersion: values["app-version"],
    deviceModel: values["device-model"],
    expires: values.expires,
    audience: values.audience,
    issuer: values.issuer,
    wrongSignature: values["wrong-signature"],
  }),
);
