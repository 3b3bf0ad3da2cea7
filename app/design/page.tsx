import { notFound } from "next/navigation";
import { Gallery } from "./gallery";
import styles from "./design.module.css";

export const dynamic = "force-dynamic";

// For those who build the console, so its words are English only and not in the message files.
export default function DesignPage() {
  if (process.env.NODE_ENV !== "development" && process.env.DESIGN_PAGE !== "1") notFound();
  return (
    <main className={styles.themes}>
      {(["light", "dark"] as const).map((theme) => (
        <section key={theme} className={styles.theme} data-theme={theme} aria-label={theme}>
          <Gallery theme={theme} />
        </section>
      ))}
    </main>
  );
}
