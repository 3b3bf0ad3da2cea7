import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin("./i18n/request.ts");

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Checked by `npm run check` and `npm test`; a first start does not wait for it once more.
  typescript: { ignoreBuildErrors: true },
  // Native or dynamic parts that a bundle would break.
  serverExternalPackages: ["pg", "@prisma/adapter-pg", "@prisma/client", "@duckdb/node-api", "@node-rs/argon2", "pino"],
  // The content security policy is per page, with its nonce: proxy.ts.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
      ],
    },
  ],
};

export default withNextIntl(config);
