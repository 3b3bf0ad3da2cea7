import { z } from "zod";
import { CLIENT_ID_PATTERN } from "./is-client-id";

export const clientIdSchema = z
  .string()
  .regex(CLIENT_ID_PATTERN, "A client identifier has 1 to 64 letters, digits, dots, dashes or underscores");
