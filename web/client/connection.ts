/** Holds one WebSocket to the platform: says hello, notices a dead link, comes back. */

import { CLOSE_FLOOD, CLOSE_FORGOTTEN, CLOSE_POLICY } from '../protocol/close_codes';
import { decodeFrame } from '../protocol/decode';
import type { ContactFrame, Hello, PlatformFrame } from '../protocol/frames';
import type { Link } from './model';
import { createAlarm, type Alarm, type Socket, type Surroundings } from './surroundings';

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
const SILENT_AT_MOST = 30_000;
const ANSWER_WITHIN = 5_000;
const OPEN_WITHIN = 10_000;
const STABLE_AFTER = 5_000;
const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const AFTER_FLOOD = 10_000;

export type ConnectionEvents = {
  /** Gives, now or once it is this tab's turn, who says hello and what they have; false where it is too late. */
  hello(say: (hello: Hello) => boolean): void;
  /** Every frame but `pong`. */
  received(frame: PlatformFrame): void;
  linkChanged(link: Link): void;
  /** Whatever was sent and is not answered may be lost. */
  down(): void;
  /** The platform does not know this contact any more. */
  forgotten(): void;
};

export interface Connection {
  start(): void;
  stop(): void;
  /** False where there is nobody to send it to now: nothing is kept here. */
  send(frame: ContactFrame): boolean;
  /** Something is missing: asks for everything after what is here. */
  helloAgain(): void;
  /** The network or the contact came back, or left: finds out at once how the link is. */
  wake(): void;
  /** The platform does not want us: gives up until `start`. */
  giveUp(): void;
}

/** Full jitter: anything up to 0.5 s, 1 s, 2 s … 30 s. */
export function delayBefore(attempt: number, random: number): number {
  return random * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
}

/** The wait that a close reason asks for, in milliseconds. */
export function waitIn(reason: string): number {
  return Number(/retry_after_ms\W{0,4}(\d{1,6})/.exec(reason)?.[1] ?? 0);
}

export function createConnection(around: Surroundings, events: ConnectionEvents): Connection {
  const { clock } = around;
  const [retry, opening, silence, ping, pong, stable] = Array.from({ length: 6 }, () => createAlarm(clock)) as [
    Alarm,
    Alarm,
    Alarm,
    Alarm,
    Alarm,
    Alarm,
  ];
  const answers = new Map<string, Alarm>();
  let socket: Socket | null = null;
  let running = false;
  let welcomed = false;
  let tried = false;
  let attempt = 0;

  const answered = (id: string): void => {
    answers.get(id)?.clear();
    answers.delete(id);
  };

  const hangUp = (): void => {
    const old = socket;
    socket = null;
    welcomed = false;
    for (const alarm of [retry, opening, silence, ping, pong, stable, ...answers.values()]) alarm.clear();
    answers.clear();
    old?.close();
    if (old) events.down();
  };

  const lost = (wait = 0): void => {
    hangUp();
    if (!running) return;
    events.linkChanged(around.online() ? 'reconnecting' : 'offline');
    retry.set(Math.max(wait, delayBefore(attempt++, around.random())), open);
  };

  const transmit = (frame: ContactFrame, id?: string): void => {
    socket?.send(JSON.stringify(frame));
    if (id === undefined) return;
    const alarm = createAlarm(clock);
    answers.get(id)?.clear();
    answers.set(id, alarm);
    alarm.set(ANSWER_WITHIN, lost);
  };

  const probe = (within: number): void => {
    transmit({ type: 'ping' });
    pong.set(within, lost);
  };

  const keepPinging = (ms: number): void => {
    ping.set(ms, () => {
      keepPinging(PING_EVERY);
      if (!pong.isSet()) probe(PONG_WITHIN);
    });
  };

  const sayHello = (): void => {
    const mine = socket;
    events.hello((hello) => {
      if (socket !== mine) return false;
      transmit(hello, '');
      return true;
    });
  };

  const welcome = (): void => {
    answered('');
    if (welcomed) return;
    welcomed = true;
    keepPinging(PING_EVERY / 2 + (PING_EVERY / 2) * around.random());
    stable.set(STABLE_AFTER, () => {
      attempt = 0;
    });
    events.linkChanged('online');
  };

  const received = (text: string): void => {
    silence.set(SILENT_AT_MOST, lost);
    const frame = decodeFrame(text);
    if (!frame) return;
    if (frame.type === 'pong') {
      pong.clear();
      return;
    }
    if (frame.type === 'welcome') welcome();
    if (frame.type === 'ack' || frame.type === 'refused') answered(frame.message_id ?? '');
    events.received(frame);
  };

  const closed = (code: number, reason: string): void => {
    if (code === CLOSE_POLICY) {
      // For whoever put the widget on this page: the reason names the way out.
      around.report(new Error(`Frontdesk: ${reason}`));
      giveUp();
      return;
    }
    if (code === CLOSE_FORGOTTEN) events.forgotten();
    lost(Math.max(waitIn(reason), code === CLOSE_FLOOD ? AFTER_FLOOD : 0));
  };

  const open = (): void => {
    events.linkChanged(tried ? 'reconnecting' : 'connecting');
    tried = true;
    opening.set(OPEN_WITHIN, lost);
    const mine = around.openSocket({
      opened: () => {
        if (socket !== mine) return;
        opening.clear();
        silence.set(SILENT_AT_MOST, lost);
        sayHello();
      },
      received: (text) => {
        if (socket === mine) received(text);
      },
      closed: (code, reason) => {
        if (socket === mine) closed(code, reason);
      },
    });
    socket = mine;
  };

  const giveUp = (): void => {
    running = false;
    hangUp();
    events.linkChanged('refused');
  };

  return {
    giveUp,
    start() {
      if (running) return;
      running = true;
      attempt = 0;
      open();
    },
    stop() {
      running = false;
      hangUp();
      events.linkChanged('idle');
    },
    send(frame) {
      if (welcomed) transmit(frame, 'message_id' in frame ? frame.message_id : undefined);
      return welcomed;
    },
    helloAgain() {
      if (welcomed && !answers.has('')) sayHello();
    },
    wake() {
      if (!running) return;
      if (!socket) {
        retry.clear();
        open();
      } else if (welcomed) probe(ANSWER_WITHIN);
    },
  };
}
