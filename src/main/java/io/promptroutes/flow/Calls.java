package io.promptroutes.flow;

import io.promptroutes.call.Answer;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.model.Chain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The calls of a prompt, one after another, and its end where none of them answered. Belongs to one prompt; not thread-safe. */
public final class Calls {

    private final Chain chain;
    private int earlier;
    private Call next;
    private Call last;
    private String turn;
    private Answer unfit;
    private Failure end;
    private String roomless;
    private final List<String> notes = new ArrayList<>(0);
    private boolean alone;
    private boolean together;
    private Instant crowded;

    Calls(Chain chain) {
        this.chain = chain;
    }

    /** Whether the next one still has to take its turn under the limits per minute; from now on it has it. */
    public boolean takeTurn() {
        boolean first = !chain.model().equals(turn);
        turn = chain.model();
        return first;
    }

    /** @param known calls that were ever made for the work: looked up again, the ledger knows of this run's own as well */
    public void earlier(int known) {
        earlier = Math.max(0, known - chain.calls());
    }

    /** What the next one sends is ready. @param limit its wall clock */
    public void prepare(ChatRequest.Body body, Duration limit) {
        next = new Call(earlier + chain.calls() + 1, body, limit);
    }

    /** The prepared one begins, and is the last one from now on. */
    public Call begin(Instant now) {
        last = next;
        last.begin(chain, now);
        turn = null;
        return last;
    }

    public void answered(Answer given) {
        last.answered(given);
        chain.end(Chain.Step.ANSWERED);
    }

    /** The last one's answer is not what the request asks for. @param why in words for the model */
    public void unfit(String why) {
        unfit = last.unfit(why);
    }

    /** The last one's model has no room at the tier that was asked for: from now on it is called at the standard one. */
    public void leaveTier() {
        roomless = chain.calledModel();
    }

    /** Whether the next one is at the standard tier whatever was asked for. */
    boolean leftTier() {
        return chain.model().equals(roomless);
    }

    /** It is called alone from now on, and not in a batch. @param why for people */
    public void alone(String why) {
        alone = true;
        together = false;
        notes.add("called alone, not in a batch: " + why);
    }

    public boolean alone() {
        return alone;
    }

    /** Once more in a batch, where the model is called again. */
    public void together() {
        together = true;
    }

    /** There is no room for a batch with it. Tells for how long there has been none. */
    public Duration crowded(Instant now) {
        crowded = crowded == null ? now : crowded;
        return Duration.between(crowded, now);
    }

    /** Whether what follows is a batch. */
    public boolean again() {
        return together && !alone;
    }

    /** What a result is to say of them. */
    public List<String> notes() {
        return notes;
    }

    /** No model answered: this is what the dead letter says. */
    public void fail(Failure why) {
        end = why;
        chain.end(Chain.Step.FAILED);
    }

    /** The prepared one. */
    public Call next() {
        return next;
    }

    /** The last one that began; null before the first. */
    public Call last() {
        return last;
    }

    /** Why the last one failed; null where it has not. */
    public CallFailed.Details failure() {
        return last == null ? null : last.failure();
    }

    /** The last answer, of whichever call, that was not what the request asks for; or null. */
    public Answer unfit() {
        return unfit;
    }

    /** Why there is no answer; null while there may be one. */
    public Failure end() {
        return end;
    }
}
