package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Clock;
import io.promptroutes.simulator.Fingerprint;
import io.promptroutes.simulator.Generations;
import io.promptroutes.simulator.Refused;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** All batches of the workspace, and the bill of those that came from clients. Thread-safe. */
public final class Batches {

    private final Clock clock;
    private final Generations generations;
    private final Map<String, Batch> known = new LinkedHashMap<>();
    private final Set<String> foreign = new HashSet<>();
    private final Set<String> recorded = new HashSet<>();
    private final Map<String, BatchBill.Part> parts = new LinkedHashMap<>();
    private final Map<String, Bill.Share> byModel = new TreeMap<>();
    private final Map<String, Bill.Calls> byPrompt = new HashMap<>();
    private long submissions;
    private long made;

    public Batches(Clock clock, Generations generations) {
        this.clock = clock;
        this.generations = generations;
    }

    synchronized void arrived() {
        submissions++;
    }

    /** Accepts a batch, and those of others that come at the same moment. */
    synchronized Batch add(BatchRequest request, BatchConfig config, String keyHash, long seed, boolean record) {
        settle();
        Instant now = clock.now();
        for (int i = 0; i < config.foreign(); i++) {
            Batch other = new Batch(strangers(request), config.calm(), "", now, seed, null);
            known.put(other.id(), other);
            foreign.add(other.id());
        }
        long open = known.values().stream().filter(batch -> !foreign.contains(batch.id()) && !batch.ended(now)).count();
        String overQuota = config.quota() > 0 && open >= config.quota()
                ? "HTTP 400: invalid batch inference job: job-submission-count for account simulated, in use: " + open + ", quota: " + config.quota() : null;
        Batch batch = new Batch(request, config, keyHash, now, seed + made++, overQuota);
        known.put(batch.id(), batch);
        parts.put(batch.id(), new BatchBill.Part(null, request.lines().size(), 0, BigDecimal.ZERO));
        if (record) {
            recorded.add(batch.id());
            request.lines().forEach(line -> prompt(line, new Bill.Calls(1, 0, BigDecimal.ZERO)));
        }
        return batch;
    }

    /** As many lines of other texts, for the same model. */
    private static BatchRequest strangers(BatchRequest request) {
        List<BatchRequest.Line> lines = IntStream.range(0, request.lines().size()).mapToObj(i -> {
            ObjectNode body = Json.MAPPER.createObjectNode().put("model", request.sent());
            body.putArray("messages").addObject().put("role", "user").put("content", "Somebody else's text " + i);
            return new BatchRequest.Line("other-" + i, body);
        }).toList();
        return new BatchRequest(request.endpoint(), request.sent(), request.model(), request.window(), lines);
    }

    /** Puts on the bill what is done by now. */
    public synchronized void settle() {
        Instant now = clock.now();
        known.values().stream().filter(batch -> batch.settle(now) && !foreign.contains(batch.id())).forEach(this::charge);
    }

    private void charge(Batch batch) {
        boolean record = recorded.contains(batch.id());
        for (Answers.Billed one : batch.outcome().billed()) {
            BigDecimal cost = one.generation().cost();
            byModel.merge(batch.request().model().id(), new Bill.Share(1, cost), Bill.Share::and);
            generations.add(one.generation(), record);
            if (record) {
                prompt(one.line(), new Bill.Calls(0, 1, cost));
            }
        }
        parts.put(batch.id(), new BatchBill.Part(null, batch.request().lines().size(), batch.outcome().billed().size(), batch.outcome().cost()));
    }

    private void prompt(BatchRequest.Line line, Bill.Calls calls) {
        byPrompt.merge(Fingerprint.of(line.body().path("messages")), calls, Bill.Calls::and);
    }

    /** Newest first. */
    synchronized List<Batch> listed(Duration lag) {
        settle();
        Instant now = clock.now();
        List<Batch> listed = new ArrayList<>(known.values().stream().filter(batch -> !batch.gone(now) && !batch.created().plus(lag).isAfter(now)).toList());
        Collections.reverse(listed);
        return listed;
    }

    synchronized Batch find(String id, Duration lag) throws Refused {
        settle();
        Batch batch = known.get(id);
        Instant now = clock.now();
        if (batch == null || batch.created().plus(lag).isAfter(now)) {
            throw new Refused(404, "Batch job " + id + " not found.");
        }
        if (batch.gone(now)) {
            throw new Refused(410, "Batch results have expired.");
        }
        return batch;
    }

    /** What it cost stays on the bill. */
    synchronized void delete(Batch batch) throws Refused {
        if (!batch.ended(clock.now())) {
            throw new Refused(409, "Only batches that have ended can be deleted.");
        }
        known.remove(batch.id());
    }

    Instant now() {
        return clock.now();
    }

    public synchronized BigDecimal billedUsd() {
        settle();
        return parts.values().stream().map(BatchBill.Part::billedUsd).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    public synchronized BatchBill bill() {
        settle();
        Instant now = clock.now();
        Map<String, BatchBill.Part> byBatch = new LinkedHashMap<>();
        parts.forEach((id, part) -> byBatch.put(id, new BatchBill.Part(known.containsKey(id) ? known.get(id).status(now) : "deleted",
                part.lines(), part.billedLines(), part.billedUsd())));
        return new BatchBill(submissions, parts.size(), parts.values().stream().mapToLong(BatchBill.Part::lines).sum(),
                parts.values().stream().mapToLong(BatchBill.Part::billedLines).sum(),
                billedUsd(), Map.copyOf(byModel), Collections.unmodifiableMap(byBatch), Map.copyOf(byPrompt));
    }
}
