import { redirect } from "next/navigation";
import { pagesFor } from "@/components/shell/pages";
import { pageContext } from "@/lib/auth/page-context";

/** The door opens on the first page that one's role may see; with none, `/overview` says so. */
export default async function HomePage() {
  const { actor } = await pageContext();
  redirect(`/${pagesFor(actor.permissions)[0]?.word ?? "overview"}`);
}
