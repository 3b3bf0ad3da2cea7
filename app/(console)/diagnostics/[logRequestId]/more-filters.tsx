"use client";

import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { logSearchParams } from "./log-search";
import styles from "./log.module.css";

const FIELDS = ["path", "host", "status", "minMs", "maxMs", "from", "to"] as const;
type FieldName = (typeof FIELDS)[number];
const INPUT = {
  path: { type: "text", placeholder: "/v1/orders/*" },
  host: { type: "text", placeholder: "api.example.com" },
  status: { type: "number", placeholder: "503" },
  minMs: { type: "number", placeholder: "1000" },
  maxMs: { type: "number", placeholder: "" },
  from: { type: "datetime-local", placeholder: "" },
  to: { type: "datetime-local", placeholder: "" },
} as const;

/** Filters by path, host, status, duration and time; applied together. */
export function MoreFilters() {
  const t = useTranslations("log.more");
  const [, setSearch] = useQueryStates(logSearchParams);
  const [typed, setTyped] = useState<Partial<Record<FieldName, string>>>({});
  const number = (text: string | undefined): number | null => (text ? Math.max(0, Math.round(Number(text))) : null);
  const instant = (text: string | undefined): Date | null => (text ? new Date(text) : null);
  const { path, host, status, minMs, maxMs, from, to } = typed;
  return (
    <form
      className={styles.more}
      onSubmit={(event) => {
        event.preventDefault();
        void setSearch({
          ...(path ? { path } : {}),
          ...(host ? { host } : {}),
          ...(status ? { status: number(status) } : {}),
          ...(minMs ? { minMs: number(minMs) } : {}),
          ...(maxMs ? { maxMs: number(maxMs) } : {}),
          ...(from ? { from: instant(from) } : {}),
          ...(to ? { to: instant(to) } : {}),
        });
      }}
    >
      {FIELDS.map((name) => (
        <TextInput
          key={name}
          label={t(name)}
          {...INPUT[name]}
          {...(name === "from" || name === "to" ? { step: 1 } : {})}
          value={typed[name] ?? ""}
          onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
        />
      ))}
      <Button type="submit" kind="plain">
        {t("apply")}
      </Button>
    </form>
  );
}
