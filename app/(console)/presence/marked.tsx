import type { MarkedText } from "@/lib/presence/search-schemas";

/** A text with what was searched for marked, and what is masked dotted. */
export function Marked({ text }: { text: MarkedText | null }) {
  if (!text) return <span className="t3">—</span>;
  return text.map((part, n) => {
    const key = `${n}${part.text}`;
    switch (part.as) {
      case "mark":
        return <mark key={key}>{part.text}</mark>;
      case "mask":
        return (
          <span key={key} className="masked">
            {part.text}
          </span>
        );
      case "plain":
        return part.text;
    }
  });
}
