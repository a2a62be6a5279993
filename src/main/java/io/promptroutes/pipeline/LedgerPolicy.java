package io.promptroutes.pipeline;

import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.prompt.Prompt;

/**
 * How stored answers and calls of unknown outcome are dealt with.
 *
 * @param provider    whose answers these are: a provider's id, or {@code simulator}
 * @param pipeline    whose work this is: a pipeline's name; {@link #BATCH} and {@link #ASK} of these commands
 * @param job         the output folder, or again the pipeline
 * @param fresh       stored answers and dead letters are ignored
 * @param retryFailed stored dead letters are
 * @param hold        a call of unknown outcome makes its prompt a dead letter, instead of being made again
 * @param replies     an answer has arrived when whoever asked says so; else it has when it is stored, for the job's own files are compared with the ledger
 */
public record LedgerPolicy(String provider, String pipeline, String job, boolean fresh, boolean retryFailed, boolean hold, boolean replies) {

    /** Pipelines of the commands that have no step {@code prompt:}. */
    public static final String BATCH = "batch";
    public static final String ASK = "ask";

    /** What a job's output has of earlier runs. */
    public interface Earlier {

        /** Of what has no output of its own. */
        Earlier NOTHING = (prompt, end) -> false;

        /** Whether it has that very end of the prompt, for this job: it is left as it is where the ledger keeps no texts. */
        boolean has(Prompt prompt, KnownWork.Ended end);

        /** Whether the job has finished the prompt that is known by {@code identity} before, whatever it asked then. */
        default boolean asked(String identity) {
            return false;
        }
    }

    /** What the ledger knows a prompt by. @param identity of the prompt, or of one model's share in it */
    WorkId work(Prompt prompt, String identity) {
        return WorkId.of(provider, prompt.tenant(), pipeline + "\n" + identity, prompt.effective());
    }

    /** Whether a work that has ended is done once more. @param answered else it is a dead letter; fedInAgain, by whoever wants it tried again */
    boolean again(boolean answered, boolean fedInAgain) {
        return fresh || !answered && (retryFailed || fedInAgain);
    }
}
