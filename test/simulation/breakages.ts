/**
 * Promises broken on purpose: what somebody might have written instead. Each is put in between the real code and the
 * world, never into the code; `sabotage.ts` says after how many seeds the simulation notices.
 */
export const breakages = {
  'commit too early': 'P1: the dispatcher calls a record done when it is handed out',
  'done before the answer': 'P1: a record is done when its attempt starts',
  'next step without its acknowledgement': 'P1: the dispatcher does not wait until the next step is durable',
  'router without acknowledgement': 'P1: the router does not wait until its deliveries are durable',
  'tier without acknowledgement': 'P1: the retry tiers do not wait until the successor is durable',
  'commit of a former owner': 'P2: commits of an old generation are accepted',
  'revoke not noticed': 'P2: what waits is attempted although the partition is lost',
  'next step before the attempt': 'P1: the log gets the consequence and not the attempt',
  'body rendered again': 'P2: every attempt renders anew, with the profile of its day',
  'attempt twice': 'P2: every request is sent twice',
  'shared pool': 'P3: no limit per endpoint, turns or not',
  'due time ignored': 'P4: what is not due is attempted at once',
  'tier lets go early': 'P1: the clock of the retry tiers is ten seconds ahead, records turn in circles',
  'jitter shortens Retry-After': 'P4: what a receiver asked for is spread too',
  'breaker ignored': 'P4: requests go although the breaker is open',
  'signed with the event time': 'P5: the signature carries the time of the event',
  'mark before the request': 'P1: a record is marked as done when it is looked at, as a claim would be',
  'order not restored': 'order: a new owner does not know what assets wait for',
  'unbounded queue': 'P8: nothing is refused, however long it waits',
  'answers never free their slot':
    'P1: slots leak where a request times out, and the endpoint is never served again',
} as const

export type Breakage = keyof typeof breakages
