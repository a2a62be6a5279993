package io.promptroutes.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.time.Clock;

/**
 * Answers {@code POST /chat/completions}: refuses, fails as the dice say, or generates and bills. Event loop only.
 * What was generated is billed whether or not the client gets it.
 */
final class Completions {

    private static final int BEHIND_THE_EDGE = 524;

    private final Vertx vertx;
    private final Clock clock;
    private final Meter meter;
    private final Generations generations;

    Completions(Vertx vertx, Clock clock, Meter meter, Generations generations) {
        this.vertx = vertx;
        this.clock = clock;
        this.meter = meter;
        this.generations = generations;
    }

    void handle(HttpServerRequest request, Setup setup) {
        meter.arrived();
        // at arrival: what befalls a request depends on the order of arrival alone
        Dice.Throw drawn = setup.next();
        Refused keyRefused = keyRefused(request, setup);
        request.body().onComplete(body -> {
            if (body.failed()) {
                meter.over();
                return;
            }
            try {
                if (keyRefused != null) {
                    throw keyRefused;
                }
                answer(request, body.result(), setup, drawn);
            } catch (Refused refused) {
                meter.over();
                Delivery.refuse(request.response(), refused);
            }
        });
    }

    /** One accepted request on its way. */
    private record Call(Setup setup, ChatRequest request, Catalogue.Model model, String fingerprint, long latencyMillis, Delivery delivery) {
    }

    private void answer(HttpServerRequest http, Buffer body, Setup setup, Dice.Throw drawn) throws Refused {
        ChatRequest request = ChatRequest.parse(body.getBytes());
        String fingerprint = setup.config().record() ? Fingerprint.of(request.messages()) : null;
        meter.called(fingerprint);
        Catalogue.Model model = setup.model(request);
        Fault fault = setup.fault(drawn.fault(), request, model, meter.billedUsd());
        SimulatorConfig.Faults faults = setup.config().faults();
        Call call = new Call(setup, request, model, fingerprint, drawn.latencyMillis(), new Delivery(vertx, setup.config(), http));
        switch (fault) {
            case RATE_LIMITED -> throw Refused.rateLimited(model.id(), faults.retryAfterSeconds());
            case FREE_DAILY_CAP -> throw Refused.freeDailyCap(clock.instant());
            case NO_CREDIT -> throw Refused.noCredit();
            case AFFORDABLE -> throw Refused.affordable(Setup.wantedTokens(request, model), faults.affordableTokens());
            case MODERATION -> throw Refused.flagged(model.id());
            case SERVER_ERROR -> later(call, () -> Delivery.refuse(http.response(), Refused.serverError(faults.serverErrorStatus())));
            case HTML -> later(call, () -> call.delivery().html(BEHIND_THE_EDGE));
            case RESET -> later(call, () -> reset(call, faults.resetBilled()));
            case NONE, ERROR_IN_200, EMPTY, CUT_JSON, DRIBBLE -> generate(call, fault);
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

    private void generate(Call call, Fault fault) {
        String id = generations.newId(clock.instant().getEpochSecond());
        call.delivery().open(id);
        later(call, () -> {
            switch (fault) {
                case ERROR_IN_200 -> errorIn200(call, id);
                case EMPTY -> call.delivery().whole(Bodies.empty(nothing(call, id)));
                default -> deliver(call, id, fault);
            }
        });
    }

    private void deliver(Call call, String id, Fault fault) {
        Wording wording = Wording.of(call.request(), call.model());
        Buffer body = Bodies.completion(billed(call, id, wording.tokens(), wording.finishReason()), wording.text());
        switch (fault) {
            case CUT_JSON -> call.delivery().cut(body);
            case DRIBBLE -> call.delivery().dribble(body);
            default -> call.delivery().whole(body);
        }
    }

    private void errorIn200(Call call, String id) {
        boolean billed = call.setup().config().faults().errorIn200Billed();
        Generation generation = billed ? billed(call, id, Wording.of(call.request(), call.model()).tokens(), "error") : nothing(call, id);
        call.delivery().whole(Bodies.failed(generation, Refused.serverError(502), billed));
    }

    private void reset(Call call, boolean billed) {
        if (billed) {
            Wording wording = Wording.of(call.request(), call.model());
            billed(call, generations.newId(clock.instant().getEpochSecond()), wording.tokens(), wording.finishReason());
        }
        call.delivery().reset();
    }

    private Generation billed(Call call, String id, long completionTokens, String finishReason) {
        BigDecimal cost = call.model().prices().cost(call.request().promptTokens(), completionTokens);
        meter.billed(call.model().id(), cost, call.fingerprint());
        return remember(call, id, completionTokens, finishReason, cost);
    }

    /** A generation that came to nothing and costs nothing. */
    private Generation nothing(Call call, String id) {
        return remember(call, id, 0, "error", BigDecimal.ZERO);
    }

    private Generation remember(Call call, String id, long completionTokens, String finishReason, BigDecimal cost) {
        SimulatorConfig config = call.setup().config();
        String served = config.models().servedSlug() ? call.model().slug() : call.model().id();
        Generation generation = new Generation(id, served, call.request().promptTokens(), completionTokens, finishReason, cost,
                clock.instant(), call.latencyMillis(), call.delivery().clientGone());
        generations.add(generation, config.record());
        return generation;
    }

    private static Refused keyRefused(HttpServerRequest request, Setup setup) {
        try {
            setup.checkKey(request);
            return null;
        } catch (Refused refused) {
            return refused;
        }
    }
}
