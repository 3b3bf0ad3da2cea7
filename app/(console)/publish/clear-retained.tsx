"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { historyQuery, publishMessage } from "@/lib/api-client/publish";
import type { MessageDetail } from "@/lib/publish/schemas";

/** Takes a retained message back in one press: an empty retained one to the same topic name [MQTT-3.3.1-6]. */
export function ClearRetained({
  message: { messageId, topicName },
  onPublished,
}: {
  message: MessageDetail;
  onPublished: (published: { messageId: string }) => void;
}) {
  const t = useTranslations("publish");
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      // One clearing a message, however often it is pressed.
      publishMessage({ to: { topicName }, payload: "", qos: 1, retain: true, idempotencyKey: `clear-${messageId}` }),
    onSuccess: (published) => {
      onPublished(published);
      void queryClient.invalidateQueries({ queryKey: historyQuery().queryKey });
    },
    onError: (error) => toast.failed({ title: t("refused"), detail: error.message }),
  });
  return (
    <Button icon="close" busy={isPending} onClick={() => mutate()}>
      {t("retain.clear")}
    </Button>
  );
}
