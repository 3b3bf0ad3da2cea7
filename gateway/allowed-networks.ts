import { BlockList, isIP } from "node:net";
import { z } from "zod";

/** Whether an address, as a socket tells it, is in one of the networks; IPv4 inside IPv6 is judged as IPv4. */
export type AllowedNetworks = (address: string | undefined) => boolean;

/** Networks (10.0.0.0/24) and addresses, separated by commas, as an environment variable. */
export const allowedNetworks = z.string().transform((text, context): AllowedNetworks => {
  const list = new BlockList();
  for (const network of text.split(",").map((one) => one.trim())) {
    const [, address = "", bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(network) ?? [];
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const width = family === "ipv6" ? 128 : 32;
    if (isIP(address) === 0 || Number(bits ?? width) > width) {
      context.addIssue({ code: "custom", message: "networks like 10.0.0.0/24, separated by commas" });
      return z.NEVER;
    }
    list.addSubnet(address, Number(bits ?? width), family);
  }
  return (address) => address !== undefined && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
});
