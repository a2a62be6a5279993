package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.simulator.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One batch, whose state follows from the time alone. For one thread at a time. */
final class Batch {

    private static final Duration KEPT = Duration.ofDays(30);
    /** In hours, whatever was asked for. */
    private static final int GOOGLES = 96;

    private final String id;
    private final BatchRequest request;
    private final BatchConfig config;
    private final String keyHash;
    private final Instant created;
    private final Random random;
    private final String failure;
    private final boolean expires;
    private boolean odd;
    private Answers.Outcome outcome;

    /** @param overQuota the reason to fail of somebody else's making, or null */
    Batch(BatchRequest request, BatchConfig config, String keyHash, Instant created, long seed, String overQuota) {
        this.id = "batch-" + created.getEpochSecond() + "-" + Answers.hex(20);
        this.request = request;
        this.config = config;
        this.keyHash = keyHash;
        this.created = created;
        this.random = new Random(new SplittableRandom(seed).nextLong()); // the first numbers of seeds that are close are close, too
        BatchFault fault = BatchFault.drawn("batch", config.faults(), random.nextDouble() * 100);
        BatchRequest.Line any = request.lines().get(random.nextInt(request.lines().size()));
        String late = LateRefusal.of(request, config.badText());
        this.failure = overQuota != null ? overQuota : late != null ? late
                : fault == BatchFault.BATCH_FAILED ? LateRefusal.named(any, "it does not please the dice") : null;
        Duration works = config.times().validating().plus(config.times().inProgress()).plus(config.times().finalizing());
        this.expires = fault == BatchFault.BATCH_EXPIRED || works.compareTo(window()) > 0;
        this.odd = fault == BatchFault.BATCH_ODD_STATUS;
    }

    String id() {
        return id;
    }

    BatchRequest request() {
        return request;
    }

    /** Of its submission. */
    BatchConfig config() {
        return config;
    }

    String keyHash() {
        return keyHash;
    }

    Instant created() {
        return created;
    }

    private Duration window() {
        int asked = Integer.parseInt(request.window().replace("h", ""));
        return Duration.ofHours(request.model().author().equals("google") ? Math.max(GOOGLES, asked) : asked);
    }

    private Instant validated() {
        return created.plus(config.times().validating());
    }

    private Instant worked() {
        return validated().plus(config.times().inProgress());
    }

    private Instant ends() {
        return failure != null ? validated() : expires ? created.plus(window()) : worked().plus(config.times().finalizing());
    }

    boolean ended(Instant now) {
        return !now.isBefore(ends());
    }

    boolean gone(Instant now) {
        return !now.isBefore(created.plus(KEPT));
    }

    String status(Instant now) {
        if (now.isBefore(validated())) {
            return "validating";
        }
        if (ended(now)) {
            return failure != null ? "failed" : expires ? "expired" : "completed";
        }
        return expires || now.isBefore(worked()) ? "in_progress" : "finalizing";
    }

    /** Answers its lines once it has ended. @return whether it has done so now, and is to be billed */
    boolean settle(Instant now) {
        if (outcome != null || !ended(now)) {
            return false;
        }
        List<BatchRequest.Line> lines = request.lines();
        outcome = failure != null ? Answers.Outcome.NOTHING
                : new Answers(this, random, ends()).of(!expires ? lines : lines.subList(0, config.results().expired().equals("none") ? 0 : lines.size() / 2));
        return true;
    }

    /** Null until it was settled. */
    Answers.Outcome outcome() {
        return outcome;
    }

    /** Whether there is anything to be read. */
    boolean told() {
        return outcome != null && failure == null && (!expires || config.results().expired().equals("partial"));
    }

    List<String> results() {
        return told() ? outcome.results() : List.of();
    }

    /** Without results. */
    ObjectNode body(Instant now) {
        String status = status(now);
        boolean known = told();
        ObjectNode body = Delivery.body("""
                {"id": %s, "object": "batch", "endpoint": %s, "model": %s, "status": %s, "completion_window": %s, "created_at": %s,
                 "finalized_at": %s, "request_counts": {"total": %s, "completed": %s, "failed": %s}, "usage": null, "results": null, "error": null}
                """, id, request.endpoint(), config.results().sentModel() ? request.sent() : request.model().slug(), status, request.window(), created.getEpochSecond(),
                ended(now) ? ends().getEpochSecond() : null, status.equals("validating") ? 0 : request.lines().size(),
                known ? outcome.succeeded() : completed(now, status), failure != null && ended(now) ? request.lines().size() : known ? outcome.failed() : 0);
        if (known) {
            body.set("usage", outcome.usage(config.results()));
        }
        if (failure != null && ended(now)) {
            body.putObject("error").put("message", failure);
        }
        return body;
    }

    /** The same as seen by a poll, which may be told of a status that nobody knows. */
    ObjectNode polled(Instant now) {
        ObjectNode body = body(now);
        if (odd && !ended(now) && !now.isBefore(validated())) {
            odd = false;
            body.put("status", "reviewing");
        }
        return body;
    }

    private long completed(Instant now, String status) {
        if (expires || !status.equals("in_progress")) {
            return status.equals("finalizing") ? request.lines().size() : 0;
        }
        long all = TimeUnit.NANOSECONDS.toMicros(config.times().inProgress().toNanos());
        return request.lines().size() * TimeUnit.NANOSECONDS.toMicros(Duration.between(validated(), now).toNanos()) / Math.max(1, all);
    }
}
