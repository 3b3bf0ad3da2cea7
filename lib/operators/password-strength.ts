import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** What makes a password easy to guess. */
export const WEAKNESSES = ["leaked", "own", "keyboard", "repeated", "sequence", "simple"] as const;
export type Weakness = (typeof WEAKNESSES)[number];

export interface PasswordStrength {
  /** From 0 (guessed at once) to 4 (out of reach), as zxcvbn counts; below 3 it is refused. */
  score: 0 | 1 | 2 | 3 | 4;
  /** Why it is refused; null when it is not. */
  weakness: Weakness | null;
}

// zxcvbn's own step: 10⁸ guesses, which by argon2id take a thief of the database some months of one processor.
const LEAST_SCORE = 3;
// What is shorter stands in too many words to be held against anybody: "Ani", "de".
const OWN_WORD_LENGTH = 4;

/**
 * How hard a password is to guess, by lists of passwords that leaked (49 000, of which zxcvbn's is made), rows of keys, repetitions,
 * sequences, and `ownWords`: names of its owner and of the service, none of which may be in it at all (NIST SP 800-63B, 5.1.1.2).
 * For the server, which refuses, and the browser, which tells before. 10–200 ms, and 200 kB of lists: in a browser, load it late.
 */
export function passwordStrength(password: string, ownWords: readonly string[]): PasswordStrength {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, useLevenshteinDistance: true });
  const { score, feedback } = estimator.check(password, [...ownWords]);
  if (hasOwnWord(password, ownWords)) return { score: score < LEAST_SCORE ? score : 2, weakness: "own" };
  return { score, weakness: score < LEAST_SCORE ? (WEAKNESS_OF[feedback.warning ?? ""] ?? "simple") : null };
}

/** The words of an account that its password may not have in it: of the name, of the e-mail before its @, of the service. */
export const ownWordsOf = ({ email, name }: { email: string; name: string }): string[] => [
  "liveconnect",
  ...email.split("@").slice(0, 1),
  ...name.split(/\s+/),
];

const hasOwnWord = (password: string, ownWords: readonly string[]): boolean =>
  ownWords.some((word) => word.length >= OWN_WORD_LENGTH && password.toLowerCase().includes(word.toLowerCase()));

let estimator: ZxcvbnFactory | undefined;

// zxcvbn's warnings by their keys (its src/data/translationKeys.ts).
const WEAKNESS_OF: Record<string, Weakness> = {
  topTen: "leaked",
  topHundred: "leaked",
  common: "leaked",
  similarToCommon: "leaked",
  pwned: "leaked",
  userInputs: "own",
  straightRow: "keyboard",
  keyPattern: "keyboard",
  simpleRepeat: "repeated",
  extendedRepeat: "repeated",
  sequences: "sequence",
  wordSequence: "sequence",
};
