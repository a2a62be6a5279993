package io.promptroutes.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One prompt's way through its models: which one is next, how often it was called, how much time is left.
 * Belongs to one prompt; its steps follow one another on different threads, never at once.
 */
public final class Chain {

    /** What the route does next. */
    public enum Step { CALL, WAIT, ANSWERED, FAILED, HELD }

    /** Time kept for each model that is still to come, so that a fallback gets its turn. */
    private static final Duration SHARE = Duration.ofSeconds(10);

    private final List<String> models;
    private final String requested;
    private final Duration budget;
    private final boolean freeOnly;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<String> tried = new LinkedHashSet<>();
    private int index;
    private int calls;
    private int callsOnModel;
    private Integer outputCap;
    private Integer raisedCap;
    private boolean repairing;
    private String called;
    private String fallbackReason;
    private Instant deadline;
    private Instant heldSince;
    private Step step = Step.CALL;
    private Duration delay = Duration.ZERO;

    /**
     * @param models   first choice, then fallbacks, each once
     * @param deadline for all attempts together, from the first one's start
     * @param freeOnly whether no model that costs anything may be called, on no path
     */
    public Chain(List<String> models, Duration deadline, boolean freeOnly) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a chain needs a model");
        }
        this.models = new ArrayList<>(models);
        this.requested = models.get(0);
        this.budget = deadline;
        this.freeOnly = freeOnly;
    }

    /** A call of {@link #model} begins. Returns its wall-clock limit: at most {@code timeout}, less what the others need. */
    public Duration begin(Duration timeout, Instant now) {
        if (deadline == null) {
            deadline = now.plus(budget);
        } else if (heldSince != null) {
            deadline = deadline.plus(Duration.between(heldSince, now));
        }
        heldSince = null;
        calls++;
        callsOnModel++;
        called = model();
        tried.add(called);
        step = Step.CALL;
        delay = Duration.ZERO;
        Duration left = Duration.between(now, deadline);
        Duration fair = Collections.max(List.of(left.minus(SHARE.multipliedBy(later())), left.dividedBy(later() + 1L)));
        return fair.compareTo(timeout) < 0 ? fair : timeout;
    }

    /** True where the deadline leaves no time for another call. */
    public boolean late(Instant now) {
        return deadline != null && !(heldSince == null ? now : heldSince).isBefore(deadline);
    }

    /** Nothing may be called for now: the deadline stands still until the next call begins. */
    public void held(Instant now) {
        heldSince = heldSince == null ? now : heldSince;
    }

    public void note(Attempt failed) {
        attempts.add(failed);
    }

    /** Why the first choice did not answer: the error class of its last failure; null where it was not called or did answer. */
    public String fallbackReason() {
        return fallbackReason;
    }

    public void answered() {
        step = Step.ANSWERED;
    }

    public void fail() {
        step = Step.FAILED;
    }

    /** Back to the beginning: what ended this chain is nobody's prompt's fault, and its clock stands still meanwhile. */
    public void hold() {
        step = Step.HELD;
        index = 0;
        callsOnModel = 0;
        outputCap = null;
        deadline = null;
    }

    /** The same model again after {@code wait}, if it was called fewer than {@code most} times and there is time; else the next one. */
    public void retryOrNext(int most, Duration wait, Instant now) {
        Duration left = Duration.between(now, deadline).minus(SHARE.multipliedBy(later() + 1L));
        if (callsOnModel >= most || wait.compareTo(left) > 0) {
            next();
            return;
        }
        step = Step.WAIT;
        delay = wait;
        attempts.set(attempts.size() - 1, attempts.get(attempts.size() - 1).waited(wait.toMillis()));
    }

    /** The same model again at once with a lower output cap, once; false where that was done before. */
    public boolean retryWith(int cap) {
        if (outputCap != null) {
            return false;
        }
        outputCap = cap;
        step = Step.CALL;
        return true;
    }

    /** The same model again at once with a higher output cap, which the models after it get too. */
    public void retryWithMore(int cap) {
        raisedCap = cap;
        step = Step.CALL;
    }

    /** The same model again at once, told what was wrong with its answer, once; false where that was done before. */
    public boolean repair() {
        if (repairing) {
            return false;
        }
        repairing = true;
        step = Step.CALL;
        return true;
    }

    public void next() {
        nextWhere(model -> true);
    }

    /** The next model that {@code fits}; the ones before it are dropped. */
    public void nextWhere(Predicate<String> fits) {
        int from = index + 1;
        while (from < models.size() && !fits.test(models.get(from))) {
            models.remove(from);
        }
        index = from;
        moved();
        step = index < models.size() ? Step.CALL : Step.FAILED;
    }

    private void moved() {
        if (fallbackReason == null && !attempts.isEmpty()) {
            fallbackReason = attempts.get(attempts.size() - 1).kind();
        }
        callsOnModel = 0;
        outputCap = null;
        repairing = false;
    }

    /**
     * Where the model to be called is {@code failing} and another one that is still to come is not: the failing ones get their turn
     * after all others, or none where they were called before. Returns them; empty where nothing changed.
     */
    public List<String> postpone(Predicate<String> failing) {
        if (!failing.test(model())) {
            return List.of();
        }
        List<String> rest = models.subList(index, models.size());
        List<String> late = rest.stream().filter(failing).toList();
        if (late.size() == rest.size()) {
            return List.of();
        }
        rest.removeAll(late);
        late.stream().filter(model -> !tried.contains(model)).forEach(rest::add);
        moved();
        return late;
    }

    /** From here on only models that are {@code free}: those of the chain, then {@code more}. */
    public void nextFree(Predicate<String> free, List<String> more) {
        List<String> rest = models.subList(index + 1, models.size());
        rest.removeIf(free.negate());
        more.stream().filter(model -> !models.contains(model)).forEach(models::add);
        next();
    }

    /** The model to be called; after the chain's end the last one. */
    public String model() {
        return models.get(Math.min(index, models.size() - 1));
    }

    /** The model of the last call; null before the first. */
    public String calledModel() {
        return called;
    }

    public String requested() {
        return requested;
    }

    /** Place of the current model among those that were called: 0 for the first one. Retries and skipped models do not count. */
    public int level() {
        return Math.max(0, List.copyOf(tried).indexOf(model()));
    }

    /** What {@link #level} will be once the next call has begun. */
    public int nextLevel() {
        return tried.contains(model()) ? level() : tried.size();
    }

    private int later() {
        return Math.max(0, models.size() - 1 - index);
    }

    public boolean freeOnly() {
        return freeOnly;
    }

    public List<String> models() {
        return Collections.unmodifiableList(models);
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

    /** Whether the current model is to repair its answer. */
    public boolean repairing() {
        return repairing;
    }

    public Step step() {
        return step;
    }

    public Duration delay() {
        return delay;
    }
}
