// 2^10 filters of ten levels, and # after each beginning: 2 047, one index look-up each.
const MOST_LEVELS = 10;

/**
 * Every topic filter that matches a topic name, so that filters kept in a table are found by equality. A name of more than ten levels
 * has its wildcards beyond the tenth left out: `isComplete` says so. A name under $ is matched by no leading wildcard [MQTT-4.7.2-1].
 */
export function coveringFilters(topicName: string): { filters: string[]; isComplete: boolean } {
  const levels = topicName.split("/");
  const filters: string[] = [];
  let beginnings = [""];
  for (const [at, level] of levels.entries()) {
    const mayBeWild = at < MOST_LEVELS && !(at === 0 && topicName.startsWith("$"));
    if (mayBeWild) filters.push(...beginnings.map((beginning) => `${beginning}#`));
    const names = beginnings.flatMap((beginning) => [`${beginning}${level}`, ...(mayBeWild ? [`${beginning}+`] : [])]);
    // "a/#" matches "a" too [MQTT 4.7.1.2]
    if (at === levels.length - 1) filters.push(...names, ...names.map((name) => `${name}/#`));
    beginnings = names.map((name) => `${name}/`);
  }
  return { filters, isComplete: levels.length <= MOST_LEVELS };
}
