import type { ReactNode } from "react";

// A screen reader's and a keyboard's way in: nothing in there can be focused by itself.
const byKeys = { tabIndex: 0 };

/** Around a table that is wider than a phone and has nothing to press: it scrolls by itself, by the arrow keys too. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="scroll" aria-label={label} {...byKeys}>
      {children}
    </section>
  );
}
