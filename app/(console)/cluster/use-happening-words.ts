"use client";
import { useTranslations } from "next-intl";
import type { Happening } from "./chart-marks";

/** What happened, in a few words. */
export function useHappeningWords(): (happening: Happening) => string {
  const t = useTranslations("cluster.happened");
  return (happening) => {
    switch (happening.kind) {
      case "mark":
        return happening.title;
      case "split":
        return t("split", { nodes: happening.nodes.join(", ") });
      case "state":
        if (happening.state === "up") return t(happening.restarted ? "restarted" : "back", { node: happening.node });
        return t(happening.state, { node: happening.node });
    }
  };
}
