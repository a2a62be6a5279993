package io.promptroutes.flow;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What a job has come to so far, for progress and the last summary. Thread-safe. */
public final class JobStatistics {

    /** Beyond so many pairs of task and model, which only requests that name their own models can make, the rest is one row. */
    private static final int MOST_ROWS = 500;
    private static final String OTHERS = "(others)";

    /** What prompts wait for, beside the reasons for which a call is made again: intake is paused. */
    public static final String PAUSED = "paused";
    /** Another process has the prompt. */
    public static final String ANOTHER_PROCESS = "another_process";
    /** The limit per minute of its model, or of all. */
    public static final String REQUESTS_PER_MINUTE = "requests_per_minute";
    /** Calls that run have reserved what is left of a budget. */
    public static final String BUDGET_RESERVED = "budget_reserved";

    /** The service takes no batch just now. */
    public static final String BATCH_LATER = "batch_later";

    /** Its stored answer is of a model that the tables would not choose any more. */
    public static final String UNNAMED_MODEL = "unnamed_model";
    /** The job has ended it before, and it asks something else now. */
    public static final String OTHER_INSTRUCTION = "other_instruction";
    /** Its answer is of another model than the one that the request names. */
    public static final String SUBSTITUTE = "substitute";
    /** Its answer ended at its output cap. */
    public static final String CUT = "cut";
    /** Its answer came at another service tier than was asked for, or does not say at which one. */
    public static final String OTHER_TIER = "other_tier";
    /** There was no room at the service tier that was asked for, and its answer came at the standard one. */
    public static final String NO_ROOM = "no_room";
    /** It might have waited for a batch, and was called alone. */
    public static final String ALONE = "alone";
    /** The cost of a call that was not known is. */
    public static final String LOOKED_UP = "looked_up";
    /** A call of unknown outcome was made again. */
    public static final String MAYBE_PAID_TWICE = "maybe_paid_twice";

    private final AtomicInteger calling = new AtomicInteger();
    private long taken;
    private long answered;
    private BigDecimal saved = BigDecimal.ZERO;
    private long inBatches;
    private BigDecimal savedInBatches = BigDecimal.ZERO;
    private final Map<String, Long> noted = new HashMap<>();
    private BigDecimal lookedUpUsd = BigDecimal.ZERO;
    private final Map<String, Long> deadByCode = new TreeMap<>();
    private final Map<String, Long> fallbacks = new TreeMap<>();
    private final Map<String, Long> waiting = new TreeMap<>();
    private final Map<List<String>, ModelStatistics> models = new HashMap<>();

    public synchronized void take() {
        taken++;
    }

    /** A stored answer was published again. */
    public synchronized void answeredAgain() {
        answered++;
    }

    /** A prompt was answered by {@code run}'s last call, or by those of its comparison. */
    public synchronized void answered(PromptContext run) {
        answered++;
        if (run.chain().level() > 0 && run.chain().fallbackReason() != null) {
            fallbacks.merge(run.chain().fallbackReason(), 1L, Long::sum);
            row(run, run.chain().calledModel()).fallbacks++;
        }
        if (run.calls().alone() && !run.calls().last().batched()) {
            note(ALONE);
        }
        substitute(run, run.chain().level());
    }

    /** @param level of the answer among the models of its chain */
    private void substitute(PromptContext run, int level) {
        if (level > 0 && !run.decision().choice().wanted().isEmpty()) {
            note(SUBSTITUTE);
        }
    }

    public synchronized void deadLetter(String code) {
        deadByCode.merge(code, 1L, Long::sum);
    }

    /** @param by 1 where a prompt begins to wait, -1 where it goes on */
    public synchronized void waits(String reason, long by) {
        waiting.merge(reason, by, (before, more) -> before + more == 0 ? null : before + more);
    }

    /** @param by 1 where a call begins, -1 where it has ended, however */
    public void calls(int by) {
        calling.addAndGet(by);
    }

    /** Calls that run now; what they came to may still have to be stored when they end. */
    public int calling() {
        return calling.get();
    }

    /** Prompts that wait now, without a permit, by what they wait for; the others that are under way are called, or wait for a permit. */
    public synchronized Map<String, Long> waiting() {
        return new TreeMap<>(waiting);
    }

    /** A stored answer was published instead of called. @param model that gave it; level, as for a call; usd, what it had cost */
    public synchronized void reuse(PromptContext run, String model, int level, BigDecimal usd) {
        saved = saved.add(usd);
        row(run, model).reused++;
        substitute(run, level);
    }

    /** Something that the summary tells of a prompt: one of the constants. */
    public synchronized void note(String what) {
        noted.merge(what, 1L, Long::sum);
    }

    public synchronized long noted(String what) {
        return noted.getOrDefault(what, 0L);
    }

    /** A line of a batch was answered. @param usd less than it would have cost alone */
    public synchronized void inBatch(BigDecimal usd) {
        inBatches++;
        savedInBatches = savedInBatches.add(usd);
    }

    public synchronized long inBatches() {
        return inBatches;
    }

    /** USD that answers in batches cost less than alone. */
    public synchronized BigDecimal savedInBatches() {
        return savedInBatches;
    }

    /** The cost of a call that was not known is. */
    public synchronized void lookedUp(BigDecimal usd) {
        note(LOOKED_UP);
        lookedUpUsd = lookedUpUsd.add(usd);
    }

    public synchronized BigDecimal lookedUpUsd() {
        return lookedUpUsd;
    }

    public synchronized long reused() {
        return models.values().stream().mapToLong(row -> row.reused).sum();
    }

    /** USD that the reused answers had cost. */
    public synchronized BigDecimal saved() {
        return saved;
    }

    /** A call that was or may have been billed. @param usd null where nobody knows */
    public synchronized void cost(PromptContext run, BigDecimal usd) {
        Call call = run.calls().last();
        row(run, run.chain().calledModel()).call(usd, call.paid() != null, call.usage(), call.latencyMs());
    }

    private ModelStatistics row(PromptContext run, String model) {
        List<String> key = List.of(run.task(), model);
        ModelStatistics row = models.get(key);
        return row != null ? row : models.computeIfAbsent(models.size() < MOST_ROWS ? key : List.of(OTHERS, OTHERS), ModelStatistics::new);
    }

    public synchronized long taken() {
        return taken;
    }

    public synchronized long answered() {
        return answered;
    }

    public synchronized long deadLetters() {
        return deadByCode.values().stream().mapToLong(Long::longValue).sum();
    }

    public synchronized Map<String, Long> deadByCode() {
        return new TreeMap<>(deadByCode);
    }

    public synchronized Map<String, Long> fallbacks() {
        return new TreeMap<>(fallbacks);
    }

    /** By task, then model. */
    public synchronized List<ModelStatistics.Total> models() {
        return models.values().stream().map(ModelStatistics::total).sorted(Comparator.comparing(ModelStatistics.Total::task)
                .thenComparing(ModelStatistics.Total::model)).toList();
    }

    /** USD of all calls whose cost is known. */
    public synchronized BigDecimal spent() {
        return models.values().stream().map(row -> row.usd).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
