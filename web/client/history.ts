/** The conversations that are here, oldest first; only the newest can be live. */

import type { Entries, History as HistoryFrame, Welcome, WidgetEntry } from '../protocol/frames';
import { append, begin, lastSeq, prepend, type Log } from './fold';

/** What a frame brought. `hole`: an entry before these is missing, nothing was taken over. */
export type Brought = { readonly hole: boolean; readonly added: readonly WidgetEntry[] };

export interface History {
  logs(): readonly Log[];
  newest(): Log | null;
  welcomed(frame: Welcome): Brought;
  grown(frame: Entries): Brought;
  lookedBack(frame: HistoryFrame): void;
  forget(): void;
}

const HOLE: Brought = { hole: true, added: [] };

export function createHistory(): History {
  let logs: readonly Log[] = [];

  const replace = (old: Log, next: Log | null): Brought => {
    if (!next) return HOLE;
    logs = logs.map((log) => (log === old ? next : log));
    return { hole: false, added: next.entries.slice(old.entries.length) };
  };
  const add = (before: readonly Log[], conversation: string, entries: readonly WidgetEntry[]): Brought => {
    const log = begin(conversation, entries);
    if (!log) return HOLE;
    logs = [...before, log];
    return { hole: false, added: log.entries };
  };

  return {
    logs: () => logs,
    newest: () => logs.at(-1) ?? null,
    welcomed({ conversation, resumed, entries = [] }) {
      const log = logs.find((one) => one.conversation === conversation?.id);
      if (resumed && log && conversation) {
        const brought = replace(log, append(log, entries));
        const newest = logs.find((one) => one.conversation === conversation.id);
        return newest && lastSeq(newest) < conversation.last_seq ? HOLE : brought;
      }
      logs = [];
      return conversation ? add([], conversation.id, entries) : { hole: false, added: [] };
    },
    grown({ conversation, entries }) {
      const log = logs.find((one) => one.conversation === conversation);
      if (log) return replace(log, append(log, entries));
      return entries[0]?.seq === 1 ? add(logs, conversation, entries) : HOLE;
    },
    lookedBack({ conversation, entries }) {
      logs = logs.map((log) => (log.conversation === conversation ? prepend(log, entries) : log));
    },
    forget() {
      logs = [];
    },
  };
}
