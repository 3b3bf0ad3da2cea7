/** One line of a Prometheus exposition: name as written, labels in the order written, value finite. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Exposition {
  samples: Sample[];
  /** Lines that are neither blank, comment nor sample, and samples whose value is not a finite number. */
  notUnderstood: number;
  /** True when there were more lines than the bound; the rest was not read. */
  truncated: boolean;
}

// 178 names make 751 lines on a real node; 20 000 is room for any broker, and an end for one that babbles.
const MOST_LINES = 20_000;
// The longest recorded line has 139 characters.
const MOST_LINE_LENGTH = 4_096;
const LINE = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t\r]*$/;
const LABEL = /\s*([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * Reads the Prometheus text format, version 0.0.4 (prometheus.io, "Exposition formats"): samples only, comments skipped.
 * Never throws: what it does not understand it counts. NaN and infinities are not samples of anything we keep.
 */
export function parsePrometheusText(text: string, mostLines = MOST_LINES): Exposition {
  const samples: Sample[] = [];
  let notUnderstood = 0;
  let lines = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    lines += 1;
    if (lines > mostLines) return { samples, notUnderstood, truncated: true };
    if (line.startsWith("#") || line.trim() === "") continue;
    const sample = parseLine(line);
    if (sample) samples.push(sample);
    else notUnderstood += 1;
  }
  return { samples, notUnderstood, truncated: false };
}

function parseLine(line: string): Sample | null {
  const match = line.length > MOST_LINE_LENGTH ? null : LINE.exec(line);
  const name = match?.[1];
  if (name === undefined) return null;
  const value = Number(match?.[3]);
  const labels = parseLabels(match?.[2] ?? "");
  return labels && Number.isFinite(value) ? { name, labels, value } : null;
}

function parseLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match?.[1]) return null;
    labels[match[1]] = (match[2] ?? "").replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}
