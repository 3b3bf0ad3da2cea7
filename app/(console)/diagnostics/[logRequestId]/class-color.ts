import type { LineClass } from "@/lib/diagnostics/schemas";

/** Colour token of each class of lines: success pale, errors strong, no answer in ink. */
export const CLASS_COLOR: Record<LineClass, string> = {
  "2xx": "var(--c2)",
  "3xx": "var(--c3)",
  "4xx": "var(--c4)",
  "5xx": "var(--c5)",
  none: "var(--c0)",
  text: "transparent",
  gap: "transparent",
};
