import { readdirSync, readFileSync } from "node:fs";

// `getconf CLK_TCK` of every Linux that Node runs on.
const TICKS_A_SECOND = 100;

/**
 * Processor seconds of this process (`bench`) and of those it started, by a word of their command line, since each began. Empty where
 * there is no /proc.
 */
export function processorSeconds(words: Readonly<Record<string, string>>): Map<string, number> {
  const sums = new Map<string, number>();
  const processes = readProcesses();
  for (const { pid, seconds, command } of processes.values()) {
    if (!isOurs(pid, processes)) continue;
    const name = pid === process.pid ? "bench" : Object.keys(words).find((key) => command.includes(words[key] ?? key));
    if (name) sums.set(name, (sums.get(name) ?? 0) + seconds);
  }
  return sums;
}

interface Process {
  pid: number;
  parent: number;
  seconds: number;
  command: string;
}

function isOurs(pid: number, processes: ReadonlyMap<number, Process>): boolean {
  if (pid === process.pid) return true;
  const parent = processes.get(pid)?.parent ?? 0;
  return parent > 1 && isOurs(parent, processes);
}

function readProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const entry of listProcesses()) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
      // after the name, which may hold anything: state, parent, …, utime and stime as 14th and 15th; proc_pid_stat(5)
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
      const command = readFileSync(`/proc/${entry}/cmdline`, "latin1").replaceAll("\0", " ");
      processes.set(Number(entry), { pid: Number(entry), parent: Number(fields[1]), seconds, command });
    } catch {
      // ended meanwhile
    }
  }
  return processes;
}

function listProcesses(): string[] {
  try {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
}
