/** Commands that live as long as the page: each is sent until it is answered. */

import type { Ack, EndConversation, LeaveEmail, Open, Refused, SettleNavigation } from '../protocol/frames';
import type { Clock } from './surroundings';

export type Errand = Open | SettleNavigation | LeaveEmail | EndConversation;
type Answer = Ack | Refused;

export interface Errands {
  /** Sends the command now or with the next welcome, again after each loss of the link; gives the platform's answer. */
  run(errand: Errand): Promise<Answer>;
  /** True where a command of this kind is not answered yet. */
  has(type: Errand['type']): boolean;
  /** Takes an answer; false where it is somebody else's. */
  answered(answer: Answer): boolean;
  resend(): void;
}

export function createErrands(clock: Clock, send: (errand: Errand) => boolean): Errands {
  const open = new Map<string, { errand: Errand; settle: (answer: Answer) => void }>();
  return {
    run: (errand) =>
      new Promise((settle) => {
        open.set(errand.message_id, { errand, settle });
        send(errand);
      }),
    has: (type) => [...open.values()].some(({ errand }) => errand.type === type),
    answered(answer) {
      const found = open.get(answer.message_id ?? '');
      if (!found) return false;
      if (answer.type === 'refused' && answer.retry_after_ms != null) {
        clock.after(answer.retry_after_ms, () => {
          if (open.has(found.errand.message_id)) send(found.errand);
        });
        return true;
      }
      open.delete(found.errand.message_id);
      found.settle(answer);
      return true;
    },
    resend() {
      for (const { errand } of open.values()) send(errand);
    },
  };
}
