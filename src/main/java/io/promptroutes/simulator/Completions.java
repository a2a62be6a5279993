package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Answers {@code POST /chat/completions}: refuses, fails as drawn, or generates and bills. Event loop only.
 * What was generated is billed whether or not the client gets it.
 */
final class Completions {

    private final Vertx vertx;
    private final Meter meter;
    private final Generations generations;
    private final Clock clock;
    private final Supplier<BigDecimal> billedUsd;

    /** @param billedUsd of single calls and batches */
    Completions(Vertx vertx, Meter meter, Generations generations, Clock clock, Supplier<BigDecimal> billedUsd) {
        this.vertx = vertx;
        this.meter = meter;
        this.generations = generations;
        this.clock = clock;
        this.billedUsd = billedUsd;
    }

    void handle(HttpServerRequest http, Setup setup) {
        meter.arrived();
        // at arrival: what befalls a request depends on the order of arrival alone
        Setup.Draw draw = setup.draw();
        Refused keyRefused = setup.keyRefused(http);
        http.body().onFailure(broken -> meter.over()).onSuccess(body -> {
            try {
                if (keyRefused != null) {
                    throw keyRefused;
                }
                answer(http, body, setup, draw);
            } catch (Refused refused) {
                meter.over();
                Delivery.refuse(http.response(), refused);
            }
        });
    }

    /** One accepted request on its way. */
    private record Call(Setup setup, ChatRequest request, Model model, String tier, String fingerprint, long latencyMillis, Delivery delivery, String keyHash) {
    }

    private void answer(HttpServerRequest http, Buffer body, Setup setup, Setup.Draw draw) throws Refused {
        SimulatorConfig.Faults faults = setup.config().faults();
        ChatRequest request = ChatRequest.parse(body.getBytes());
        String fingerprint = setup.config().record() ? Fingerprint.of(request.messages()) : null;
        meter.called(fingerprint);
        Tiers.Endpoint endpoint = setup.endpoint(request, draw);
        Model model = endpoint.model();
        Delivery delivery = new Delivery(vertx, setup.config(), http);
        Call call = new Call(setup, request, model, endpoint.tier(), fingerprint, draw.latencyMillis(), delivery, Setup.keyHash(http));
        Fault fault = setup.fault(draw.fault(), request, model, billedUsd.get());
        String id = "gen-" + clock.now().getEpochSecond() + "-" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        switch (fault) {
            case RATE_LIMITED -> throw Refused.rateLimited(model.id(), faults.retryAfterSeconds());
            case FREE_DAILY_CAP -> throw Refused.freeDailyCap(Instant.now());
            case NO_CREDIT -> throw Refused.payment("Insufficient credits. Add more to go on");
            case AFFORDABLE -> throw Refused.payment("This request requires more credits, or fewer max_tokens. You requested up to "
                    + request.wantedTokens(model) + " tokens, but can only afford " + Setup.AFFORDABLE_TOKENS + ".");
            case MODERATION -> throw Refused.flagged(model.id());
            case SERVER_ERROR -> later(call, () -> Delivery.refuse(http.response(), Refused.serverError()));
            case HTML -> later(call, delivery::html);
            case RESET -> later(call, () -> {
                if (faults.resetBilled()) {
                    Wording wording = Wording.of(request, model);
                    generated(call, id, wording.tokens(), wording.finishReason(), true);
                }
                delivery.reset();
            });
            case NONE, ERROR_IN_200, EMPTY, CUT_JSON, DRIBBLE -> {
                delivery.open(id);
                later(call, () -> deliver(call, id, fault));
            }
        }
    }

    private void later(Call call, Runnable end) {
        call.delivery().after(call.latencyMillis(), () -> {
            try {
                end.run();
            } finally {
                meter.over();
            }
        });
    }

    private void deliver(Call call, String id, Fault fault) {
        Wording wording = Wording.of(call.request(), call.model());
        ObjectNode body;
        if (fault == Fault.EMPTY) {
            body = generated(call, id, 0, "error", false).empty();
        } else if (fault == Fault.ERROR_IN_200) {
            boolean billed = call.setup().config().faults().errorIn200Billed();
            body = generated(call, id, billed ? wording.tokens() : 0, "error", billed).failed(billed);
        } else {
            body = generated(call, id, wording.tokens(), wording.finishReason(), true).completion(wording.text());
        }
        Buffer bytes = Delivery.marked(body);
        switch (fault) {
            // half of the body, in a response that is complete as far as HTTP can tell
            case CUT_JSON -> call.delivery().whole(bytes.slice(0, bytes.length() / 2));
            case DRIBBLE -> call.delivery().dribble(bytes);
            default -> call.delivery().whole(bytes);
        }
    }

    private Generation generated(Call call, String id, long completionTokens, String finishReason, boolean billed) {
        SimulatorConfig config = call.setup().config();
        long promptTokens = call.request().promptTokens();
        BigDecimal cost = billed ? call.model().cost(promptTokens, completionTokens) : BigDecimal.ZERO;
        if (billed) {
            meter.billed(call.model().id(), cost, call.fingerprint());
        }
        String served = config.models().servedSlug() ? call.model().slug() : call.model().id();
        Generation generation = new Generation(id, served, promptTokens, completionTokens, finishReason, cost, clock.now(),
                call.latencyMillis(), call.delivery().clientGone(),
                new Generation.Terms(call.model().id(), call.model().slug(), call.tier(), call.keyHash(), billed, null));
        generations.add(generation, config.record());
        return generation;
    }
}
