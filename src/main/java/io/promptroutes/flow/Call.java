package io.promptroutes.flow;

import io.promptroutes.call.Answer;
import io.promptroutes.call.CallEntity;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.call.FailureKind;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Cost;
import io.promptroutes.model.Media;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.ServiceTier;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/** A call of a model, from its request on to what came of it. Belongs to one prompt; not thread-safe. */
public final class Call {

    private static final int HTTP_UNAVAILABLE = 503;

    private final int attempt;
    private final ChatRequest.Body request;
    private final Duration limit;
    private Media media;
    private Reservations.Bound bound;
    private CallEntity entity;
    private UUID claim;
    private Instant started;
    private long startedNanos;
    private long latencyMs = -1;
    private CallFailed.Details failure;
    private Answer answer;
    private Answer unfit;
    private String fault;
    private String remark;
    private byte[] event;
    private byte[] result;
    private Usage counted;
    private boolean batched;
    private Cost known;

    /**
     * @param attempt its number among all calls that were ever made for the work, from 1
     * @param limit   its wall clock, less what other models need
     */
    Call(int attempt, ChatRequest.Body request, Duration limit) {
        this.attempt = attempt;
        this.request = request;
        this.limit = limit;
    }

    public int attempt() {
        return attempt;
    }

    /** What it sends. */
    public ChatRequest.Body request() {
        return request;
    }

    /** The most that it can cost and use; reckoned once. @param model that it calls */
    public Reservations.Bound bound(Reservations reservations, String model) {
        if (bound == null) {
            bound = reservations.of(model, request.json(), media(), media().text(request.bytes().length), request.reserved());
        }
        return bound;
    }

    /** What its request holds beside text; looked for once. */
    public Media media() {
        media = media == null ? Media.of(request.json()) : media;
        return media;
    }

    /** The claim under which it is made; null once all that was to be stored of it is. */
    public void claimed(UUID id) {
        claim = id;
    }

    void begin(Chain chain, Instant now) {
        entity = new CallEntity(request.bytes(), chain.begin(limit, now));
        started = now;
        startedNanos = System.nanoTime();
    }

    /** It has ended, with an answer or a failure to be noted next. That its answer is rejected later ends it no second time. */
    public void ended() {
        latencyMs = latencyMs < 0 ? (System.nanoTime() - startedNanos) / 1_000_000 : latencyMs;
    }

    /**
     * It was a line of a batch.
     *
     * @param took from the batch's beginning to its end
     * @param cost where what the line says of it is not what counts; else null
     */
    public void inBatch(Duration took, Cost cost) {
        batched = true;
        known = cost;
        latencyMs = took.toMillis();
    }

    public boolean batched() {
        return batched;
    }

    /** What it has cost; null where that is to be worked out. */
    public Cost known() {
        return known;
    }

    public void failed(CallFailed.Details details) {
        failure = details;
    }

    void answered(Answer given) {
        answer = given;
    }

    /** Its answer is rejected, and returned. */
    Answer unfit(String why) {
        unfit = answer;
        answer = null;
        fault = why;
        return unfit;
    }

    /** What is wrong with its answer, in words for the model; null where nothing is. */
    public String fault() {
        return fault;
    }

    /** @param instead what it used as counted here, where what its answer says cannot be believed; else null */
    public void counted(Usage instead) {
        counted = instead;
    }

    public CallEntity entity() {
        return entity;
    }

    /** Null where there is no ledger. */
    public UUID claim() {
        return claim;
    }

    public Instant started() {
        return started;
    }

    /** In milliseconds. */
    public long latencyMs() {
        return latencyMs;
    }

    /** Null where the model gave none, or none that fits. */
    public Answer answer() {
        return answer;
    }

    /** Something to know about its answer, or null. */
    public void remark(String note) {
        remark = note;
    }

    public String remark() {
        return remark;
    }

    /** What is published of it. @param cost its cost event, or null; outcome, the result, or null */
    public void messages(byte[] cost, byte[] outcome) {
        event = cost;
        result = outcome;
    }

    /** Null where it was certainly not billed. */
    public byte[] event() {
        return event;
    }

    /** Null where it was not answered. */
    public byte[] result() {
        return result;
    }

    /** Why it failed; null where it has not. */
    public CallFailed.Details failure() {
        return failure;
    }

    /** What it was paid for: its answer, fit or not; null where it gave none. */
    public Answer paid() {
        boolean rejected = failure != null && failure.kind().is(FailureKind.Trait.REJECTED);
        return answer == null && rejected ? unfit : answer;
    }

    /** What it used, as far as it can be believed; null where nobody says. */
    public Usage usage() {
        Usage told = told();
        return told != null && counted != null ? counted : told;
    }

    /** What the server says that it used, or null. */
    public Usage told() {
        return paid() != null ? paid().usage() : failure == null ? null : failure.usage();
    }

    /** The model that answered, as it calls itself; or null. */
    public String model() {
        return paid() == null ? null : paid().model();
    }

    /** The service tier at which it answered, in the words of the service, or was asked together with others; or null. */
    public String tier() {
        String told = paid() == null ? null : paid().tier();
        return told == null && batched() ? ServiceTier.BATCH.toString() : told;
    }

    /** Whether it failed as one does for which there is no room at the tier that serves whoever can wait. */
    public boolean withoutRoom() {
        return failure != null && ServiceTier.asked(request.json()) == ServiceTier.FLEX
                && (failure.kind() == FailureKind.RATE_LIMITED || Objects.equals(failure.status(), HTTP_UNAVAILABLE));
    }

    /** That served it, or null. */
    public String provider() {
        return paid() != null ? paid().provider() : failure == null ? null : failure.provider();
    }

    /** The server's name for what it generated, or null. */
    public String generationId() {
        return Stream.of(paid() == null ? null : paid().generationId(), failure == null ? null : failure.generationId(), entity.generationId())
                .filter(Objects::nonNull).findFirst().orElse(null);
    }
}
