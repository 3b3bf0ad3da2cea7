import { RAN } from "./watched-page";

/**
 * What an attacker would write into a field, with the field's name before it so that it is found again: out of an attribute, as markup, as a
 * link. Within 60 characters and 80 besides, the largest that most fields take.
 */
export const attempt = (field: string): string => `${field}"><img src=x onerror=${RAN}='${field}'>`;

/** The same and more, where there is room: scripts, links, what turns text around and what a terminal obeys. */
export const longAttempt = (field: string): string =>
  `${attempt(field)}<svg onload=${RAN}='${field}'><script>${RAN}='${field}'</script>javascript:${RAN}='${field}'//${TURNS}`;

/** Right-to-left override: what follows it is drawn backwards. */
export const TURNS = "\u202e";
/** Clears a terminal and names its window. */
export const ESCAPES = "\u001b[2J\u001b]0;owned\u0007";

/** Characters that a page never holds as they are: they hide, or change how others look. */
export const OBEYED = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
