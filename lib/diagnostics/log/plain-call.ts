/**
 * What a line must look like to be a call of which its nine fields say everything, in the order of our reference form: written
 * without a space, an escape, another or a repeated key. Whatever else a line is, it is another line, not a wrong one. Of bytes
 * above 127 it knows nothing, so it may be asked of UTF-8 read as Latin-1.
 */
const LETTERS = String.raw`[^"\\\x00-\x1f]+`;

// A day that every year has, so that no time of a plain call fails to be read later.
const DAY = String.raw`(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)`;
const INSTANT = String.raw`(?:19|20)\d\d-${DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)`;

const METHOD = "(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)";

// Ten digits and more may be a telephone number.
const COUNT = String.raw`(?:0|[1-9]\d{0,8})`;

const APP = String.raw`[\w .()+:[\]-]{1,64}`;

const FIELDS = [
  `"t":"${INSTANT}"`,
  `,"method":"${METHOD}"`,
  `,"url":"${LETTERS}"`,
  String.raw`(?:,"status":(?:null|[1-5]\d\d))?`,
  String.raw`(?:,"ms":${COUNT}(?:\.\d{1,6})?)?`,
  `(?:,"bytes":${COUNT})?`,
  String.raw`(?:,"attempt":[1-9]\d{0,4})?`,
  `(?:,"error":"${LETTERS}")?`,
  `(?:,"app":"${APP}")?`,
];

const PLAIN_CALL = String.raw`\{${FIELDS.join("")}\}\n`;

// The columns hold any field of a plain call this long.
const LONGEST_BYTES = 2_048;

/** Makes a function that tells where the plain call ends that begins at `start`, after its newline, in time linear to it; `start` where none begins. */
export function endOfPlainCall(): (lines: string, start: number) => number {
  const plain = new RegExp(PLAIN_CALL, "y");
  return (lines, start) => {
    plain.lastIndex = start;
    return plain.test(lines) && plain.lastIndex - start <= LONGEST_BYTES ? plain.lastIndex : start;
  };
}
