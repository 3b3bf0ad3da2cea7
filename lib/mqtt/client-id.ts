import { z } from "zod";

/** The contract's charset: anything else would reach other people's topics (`+`, `#`) or the broker's filters (`~`). */
export const CLIENT_ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

export const clientIdSchema = z
  .string()
  .regex(CLIENT_ID_PATTERN, "A client identifier has 1 to 64 letters, digits, dots, dashes or underscores");

export const isClientId = (text: string): boolean => CLIENT_ID_PATTERN.test(text);
