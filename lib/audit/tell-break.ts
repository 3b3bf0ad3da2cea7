import type { AuditBreak } from "./schemas";

/** A sentence for whoever verifies, in English. */
export function tellBreak(found: AuditBreak): string {
  switch (found.kind) {
    case "rowChanged":
      return `row ${found.id} is not what seal ${found.seal} took`;
    case "rowMoved":
      return `row ${found.id} holds what seal ${found.seal} took as row ${found.sealedAs}`;
    case "rowMissing":
      return `row ${found.id} of seal ${found.seal} is gone`;
    case "rowUnsealed":
      return `row ${found.id} is under no seal and does not wait for one`;
    case "sealChanged":
      return `seal ${found.seal} was changed: its head is not that of what it says`;
    case "sealMissing":
      return `seal ${found.seal} is gone`;
    case "chainBroken":
      return `seal ${found.seal} does not continue the one before it`;
    case "tailMissing":
      return `seal ${found.seal} was anchored and is gone from the end, with what came after`;
    case "anchorDiffers":
      return `seal ${found.seal} has another head than was anchored: the record was written anew`;
  }
}
