package io.promptroutes.route;

import java.util.function.BiPredicate;

/**
 * How stored answers and calls of unknown outcome are dealt with.
 *
 * @param provider    whose answers these are: a provider's id, or {@code simulator}
 * @param job         the output folder or topic group
 * @param fresh       stored answers and dead letters are ignored
 * @param retryFailed stored dead letters are
 * @param hold        a call of unknown outcome makes its prompt a dead letter, instead of being made again
 * @param standing    whether the output already has the result (true) or dead letter (false) of an id: it is left as it is where the
 *                    ledger keeps no texts
 * @param eventsAgain a stored answer is published with its cost events: a job's files have them already, a topic may not
 */
public record LedgerPolicy(
        String provider, String job, boolean fresh, boolean retryFailed, boolean hold, boolean eventsAgain, BiPredicate<String, Boolean> standing) {
}
