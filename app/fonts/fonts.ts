import localFont from "next/font/local";

/** The text face; latin, variable weight. */
export const sans = localFont({
  src: "./geist-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-sans",
  display: "swap",
});

/** The face of identifiers, topics and logs. */
export const mono = localFont({
  src: "./geist-mono-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-mono",
  display: "swap",
  preload: false,
});
