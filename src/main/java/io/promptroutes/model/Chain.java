package io.promptroutes.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One prompt's way through its models: which one is next, how often it was called, how much time is left.
 * Belongs to one prompt; its steps follow one another on different threads, never at once.
 */
public final class Chain {

    /** What the route does next. */
    public enum Step { CALL, WAIT, ANSWERED, FAILED, HELD }

    private final Turns turns;
    private final String requested;
    private final String first;
    private final Deadline deadline;
    private final boolean freeOnly;
    private final List<Attempt> attempts = new ArrayList<>();
    private int calls;
    private int callsOnModel;
    private Integer outputCap;
    private Integer raisedCap;
    private ObjectNode repair;
    private String called;
    private String fallbackReason;
    private Step step = Step.CALL;
    private Duration delay = Duration.ZERO;

    /**
     * @param models   first choice, then fallbacks, each once
     * @param deadline for all attempts together, from the first one's start
     * @param freeOnly whether no model that costs anything may be called, on no path
     * @param requested the first choice by the name that the request has for it
     * @param instead   why the first choice is not among the models; null where it is the first of them
     */
    public Chain(List<String> models, Duration deadline, boolean freeOnly, String requested, LeftOut instead) {
        this.turns = new Turns(models);
        this.requested = requested;
        this.first = instead == null ? models.get(0) : null;
        this.fallbackReason = instead == null ? null : instead.toString();
        this.deadline = new Deadline(deadline);
        this.freeOnly = freeOnly;
    }

    /** A call of {@link #model} begins. Returns its wall-clock limit: at most {@code timeout}, less what the others need. */
    public Duration begin(Duration timeout, Instant now) {
        deadline.goesOn(now);
        calls++;
        callsOnModel++;
        called = turns.call();
        step = Step.CALL;
        delay = Duration.ZERO;
        Duration fair = deadline.share(now, turns.later());
        return fair.compareTo(timeout) < 0 ? fair : timeout;
    }

    public Deadline deadline() {
        return deadline;
    }

    public void note(Attempt failed) {
        attempts.add(failed);
    }

    /** Why the first choice did not answer: the error class of its last failure, or why it was not called; null where it may still answer. */
    public String fallbackReason() {
        return fallbackReason;
    }

    /** Answered or failed. */
    public void end(Step how) {
        step = how;
    }

    /** Back to the beginning: what ended this chain is nobody's prompt's fault, and its clock stands still meanwhile. */
    public void hold() {
        step = Step.HELD;
        turns.restart();
        callsOnModel = 0;
        outputCap = null;
        deadline.forget();
    }

    /** The same model again after {@code wait}, if it was called fewer than {@code most} times and there is time; else false. */
    public boolean retry(int most, Duration wait, Instant now) {
        if (callsOnModel >= most || wait.compareTo(deadline.spare(now, turns.later() + 1)) > 0) {
            return false;
        }
        step = Step.WAIT;
        delay = wait;
        attempts.set(attempts.size() - 1, attempts.get(attempts.size() - 1).waited(wait.toMillis()));
        return true;
    }

    /** The same model again at once, as if it had not been called. */
    public void anew() {
        callsOnModel = 0;
        step = Step.CALL;
    }

    /** It is the turn of that model, whatever comes after it: it was asked before the chain was made. */
    public void insist(String model) {
        turns.insist(model);
    }

    /** The same model again at once with a lower output cap. */
    public void retryWith(int cap) {
        outputCap = cap;
        step = Step.CALL;
    }

    /** The same model again at once with a higher output cap, which the models after it get too. */
    public void retryWithMore(int cap) {
        raisedCap = cap;
        step = Step.CALL;
    }

    /** The same model again at once, told what was wrong with its answer. @param fields that it is sent in place of the request's */
    public void repair(ObjectNode fields) {
        repair = fields;
        step = Step.CALL;
    }

    /** The next model that {@code fits}; the ones before it are dropped. */
    public void nextWhere(Predicate<String> fits) {
        turns.next(fits);
        moved(null);
    }

    /** The next model. @param uncalled why the current one is left without a call; null where it was called */
    public void next(LeftOut uncalled) {
        turns.next(model -> true);
        moved(uncalled);
    }

    /**
     * Passes over the current model and those behind it, without a call, while there is something against them; at the end of the chain
     * it has failed. Returns what was passed over, each with the reason.
     *
     * @param why null for a model that may be called
     */
    public Map<String, LeftOut> passOver(Function<String, LeftOut> why) {
        Map<String, LeftOut> left = new LinkedHashMap<>();
        for (LeftOut reason = why.apply(model()); reason != null && step != Step.FAILED; reason = why.apply(model())) {
            left.put(model(), reason);
            next(reason);
        }
        return left;
    }

    private void moved(LeftOut uncalled) {
        if (fallbackReason == null) {
            fallbackReason = uncalled != null && callsOnModel == 0 ? uncalled.toString()
                    : attempts.isEmpty() ? null : attempts.get(attempts.size() - 1).kind();
        }
        callsOnModel = 0;
        outputCap = null;
        repair = null;
        step = turns.over() ? Step.FAILED : Step.CALL;
    }

    /**
     * Where the model to be called is {@code failing} and another one that is still to come is not: the failing ones get their turn
     * after all others, or none where they were called before. Returns them; empty where nothing changed.
     */
    public List<String> postpone(Predicate<String> failing) {
        List<String> late = turns.postpone(failing);
        if (!late.isEmpty()) {
            moved(LeftOut.CIRCUIT_BREAKER);
        }
        return late;
    }

    /** From here on only models that are {@code free}: those of the chain, then {@code more}. @param uncalled as for {@link #next} */
    public void nextFree(Predicate<String> free, List<String> more, LeftOut uncalled) {
        turns.keep(free, more);
        next(uncalled);
    }

    /** The model to be called; after the chain's end the last one. */
    public String model() {
        return turns.model();
    }

    /** The model of the last call; null before the first. */
    public String calledModel() {
        return called;
    }

    /** The first choice, by the name that the request has for it. */
    public String requested() {
        return requested;
    }

    /** The first choice, by the name under which it is called; null where it is not among the models. */
    public String first() {
        return first;
    }

    /** 0 where the current model is the first choice; else its place among the others that were called, from 1. */
    public int level() {
        return turns.level(first);
    }

    public boolean freeOnly() {
        return freeOnly;
    }

    public List<String> models() {
        return turns.models();
    }

    public List<Attempt> attempts() {
        return Collections.unmodifiableList(attempts);
    }

    /** Calls made so far, of all models. */
    public int calls() {
        return calls;
    }

    public int callsOnModel() {
        return callsOnModel;
    }

    /** The number of tokens that a 402 allowed for the current model, or null. */
    public Integer outputCap() {
        return outputCap;
    }

    /** The output cap of a model that was cut before its answer was whole, doubled; or null. */
    public Integer raisedCap() {
        return raisedCap;
    }

    /** The fields that the current model is sent to repair its answer; null where it is not to. */
    public ObjectNode repair() {
        return repair;
    }

    public Step step() {
        return step;
    }

    public Duration delay() {
        return delay;
    }
}
