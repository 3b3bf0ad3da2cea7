import ipaddr from "ipaddr.js";
import { z } from "zod";

// Wider networks would close the door to a country.
const WIDEST = { ipv4: 8, ipv6: 16 };

/** A network an operator writes; parsed to its canonical form. */
export const networkSchema = z
  .string()
  .trim()
  .transform((text, context) => {
    const network = networkOf(text);
    if (network) return network;
    context.addIssue({
      code: "custom",
      message: "an address or a network like 203.0.113.0/24, at least /8 (IPv6: /16)",
    });
    return z.NEVER;
  });

/** In its canonical form: 203.0.113.9/24 → 203.0.113.0/24. */
function networkOf(text: string): string | null {
  const cidr = ipaddr.isValid(text) ? `${text}/${ipaddr.parse(text).kind() === "ipv4" ? 32 : 128}` : text;
  if (!ipaddr.isValidCIDR(cidr)) return null;
  const [address, bits] = ipaddr.parseCIDR(cidr);
  if (bits < WIDEST[address.kind()]) return null;
  const first =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(cidr).toString();
  return `${first}/${bits}`;
}
