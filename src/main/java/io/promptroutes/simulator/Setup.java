package io.promptroutes.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** One configuration at work: who is served, by which model, how fast, and what goes wrong. Event loop only, but for its making. */
final class Setup {

    /** That {@link Fault#AFFORDABLE} names. */
    static final long AFFORDABLE_TOKENS = 256;
    private final SimulatorConfig config;
    private final Catalogue catalogue;
    private final Buffer listing;
    private final SplittableRandom random;
    /** Of its own, so that the others' outcomes stay as they were. */
    private final SplittableRandom tierRandom;
    private final Tiers tiers;
    private long completionRequests;

    /** What one request gets, before it is known whether the fault fits its model. */
    record Draw(Fault fault, long latencyMillis, double flexFull, double flexShed) {
    }

    Setup(SimulatorConfig config, Catalogue shipped) {
        this.config = config;
        this.catalogue = shipped.with(config.models().extra());
        this.listing = Delivery.marked(catalogue.listing());
        this.random = new SplittableRandom(config.seed());
        this.tierRandom = new SplittableRandom(~config.seed());
        this.tiers = new Tiers(config.tiers(), config.faults().retryAfterSeconds());
    }

    SimulatorConfig config() {
        return config;
    }

    /** The body of {@code GET /models}. */
    Buffer listing() {
        return listing;
    }

    /**
     * To be called once for each completion request, in the order of arrival. Takes three numbers whatever comes out, so that a change of
     * one setting leaves the others' outcomes as they were.
     */
    Draw draw() {
        completionRequests++;
        double fault = random.nextDouble() * 100;
        double tail = random.nextDouble() * 100;
        double spread = random.nextDouble();
        return new Draw(fault(fault), latency(tail, spread), tierRandom.nextDouble() * 100, tierRandom.nextDouble() * 100);
    }

    private Fault fault(double drawn) {
        double edge = 0;
        for (Fault fault : Fault.values()) {
            edge += config.faults().percent().getOrDefault(fault, 0.0);
            if (drawn < edge) {
                return fault;
            }
        }
        return Fault.NONE;
    }

    private long latency(double tail, double spread) {
        SimulatorConfig.Latency latency = config.latency();
        if (tail < latency.tailPercent()) {
            return latency.tail().toMillis();
        }
        long min = latency.min().toMillis();
        return min + Math.round(spread * (latency.max().toMillis() - min));
    }

    /** Null where the request's key is good. */
    Refused keyRefused(HttpServerRequest request) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.matches("Bearer .+")) {
            return new Refused(401, "No auth credentials found");
        }
        SimulatorConfig.Access access = config.access();
        boolean wrong = access.key() != null && !authorization.equals("Bearer " + access.key());
        boolean refused = access.refusedAfter() > 0 && completionRequests >= access.refusedAfter();
        return wrong || refused ? new Refused(401, "User not found.") : null;
    }

    Tiers tiers() {
        return tiers;
    }

    /** Names a request's key without telling it: SHA-256, in hex. */
    static String keyHash(HttpServerRequest request) {
        return Fingerprint.sha256(request.getHeader(HttpHeaders.AUTHORIZATION).substring("Bearer ".length()).getBytes(StandardCharsets.UTF_8));
    }

    Catalogue catalogue() {
        return catalogue;
    }

    /** Null where the account can pay. */
    Refused creditRefused(BigDecimal billedUsd) {
        BigDecimal credit = config.access().creditUsd();
        return credit == null || billedUsd.compareTo(credit) < 0 ? null : Refused.payment("Insufficient credits. Add more to go on");
    }

    /** The endpoint of the first of the wanted models that can be had, as the service's own fallback finds it. */
    Tiers.Endpoint endpoint(ChatRequest request, Draw draw) throws Refused {
        for (String name : request.models()) {
            Model model = catalogue.find(name);
            if (model != null && !config.models().missing().contains(name)) {
                return tiers.choose(request.routing(), name, model, draw.flexFull(), draw.flexShed());
            }
        }
        String name = request.models().get(0);
        throw config.models().missing().contains(name)
                ? new Refused(404, "No endpoints found for " + name + ".")
                : new Refused(400, name + " is not a valid model ID");
    }

    /** The drawn fault, or none where this request is spared from it. */
    Fault fault(Fault drawn, ChatRequest request, Model model, BigDecimal billedUsd) {
        SimulatorConfig.Faults faults = config.faults();
        BigDecimal credit = config.access().creditUsd();
        if (credit != null && billedUsd.compareTo(credit) >= 0 && !model.free()) {
            return Fault.NO_CREDIT;
        }
        boolean concerned = faults.models().isEmpty() || faults.models().contains(model.id())
                || request.models().stream().anyMatch(faults.models()::contains);
        boolean fits = switch (drawn) {
            case FREE_DAILY_CAP -> model.free();
            case NO_CREDIT -> !model.free();
            case AFFORDABLE -> !model.free() && request.wantedTokens(model) > AFFORDABLE_TOKENS;
            default -> true;
        };
        return concerned && fits ? drawn : Fault.NONE;
    }
}
