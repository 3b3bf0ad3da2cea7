import { useTranslations } from "next-intl";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";

export default function ConsoleLoading() {
  const t = useTranslations("components");
  return (
    <div className="stack">
      <Skeleton width="min(520px, 80%)" height={30} />
      <div className="panel">
        <SkeletonRows rows={12} label={t("loading")} />
      </div>
    </div>
  );
}
