/** How a line or bar is drawn: its colour token and dash. Hue never stands alone. */
export interface Tone {
  color: string;
  dash?: string;
}

const NODE_TONES: readonly Tone[] = [
  { color: "var(--s1)" },
  { color: "var(--s2)", dash: "6 2" },
  { color: "var(--s3)", dash: "2 2" },
];

/** Tone of the nth node; past three, hue would say nothing, so the rest are grey. */
export const nodeTone = (index: number): Tone => NODE_TONES[index] ?? { color: "var(--s-quiet)" };

/** Sums are ink; a second sum beside the first is grey and dashed. */
export const INK: Tone = { color: "var(--text)" };
export const SECOND_INK: Tone = { color: "var(--s4)", dash: "4 3" };
/** A third, which stands behind both. */
export const THIRD_INK: Tone = { color: "var(--s4)", dash: "1.5 3" };
export const ONLINE: Tone = { color: "var(--online-m)" };
