// Cc: controls, terminal escapes among them. Cf: what turns the direction of text, joins, or has no width. Zl, Zp: line ends.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const named = (character: string): string =>
  character === "\t" || character === "\n"
    ? character
    : `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;

/**
 * Text from outside as it really is: characters that hide, or that change how others look, are named instead of obeyed
 * ("‹U+202E›"); tabs and line feeds stay. React shows the rest as text, so markup is harmless by itself.
 */
export const visibleText = (text: string): string => text.replace(HIDDEN, named);
