package io.promptroutes.route;

import io.promptroutes.ledger.WorkId;
import io.promptroutes.prompt.Prompt;
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

    /** What the ledger knows a prompt by. @param identity what tells it apart from others with the same text */
    WorkId work(Prompt prompt, String identity) {
        return WorkId.of(provider, prompt.tenant(), identity, prompt.raw());
    }

    /** Whether a work that has ended is done once more. @param answered else it is a dead letter; fedInAgain, by whoever wants it tried again */
    boolean again(boolean answered, boolean fedInAgain) {
        return fresh || !answered && (retryFailed || fedInAgain);
    }
}
