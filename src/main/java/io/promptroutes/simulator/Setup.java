package io.promptroutes.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;

/** One configuration at work, with what has happened under it. Event loop only, but for its making. */
final class Setup {

    private static final String BEARER = "Bearer ";

    private final SimulatorConfig config;
    private final Catalogue catalogue;
    private final Buffer listing;
    private final Dice dice;
    private long completionRequests;

    Setup(SimulatorConfig config, Catalogue catalogue) {
        this.config = config;
        this.catalogue = catalogue.with(config.models().extra());
        this.listing = Bodies.marked(this.catalogue.listing());
        this.dice = new Dice(config);
    }

    SimulatorConfig config() {
        return config;
    }

    Buffer listing() {
        return listing;
    }

    /** To be called once for each completion request, in the order of arrival. */
    Dice.Throw next() {
        completionRequests++;
        return dice.next();
    }

    void checkKey(HttpServerRequest request) throws Refused {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(BEARER) || authorization.length() == BEARER.length()) {
            throw Refused.noKey();
        }
        SimulatorConfig.Access access = config.access();
        boolean wrong = access.key() != null && !authorization.substring(BEARER.length()).equals(access.key());
        boolean refused = access.refusedAfter() > 0 && completionRequests >= access.refusedAfter();
        if (wrong || refused) {
            throw Refused.wrongKey();
        }
    }

    /** The first of the wanted models that can be had, as the service's own fallback finds it. */
    Catalogue.Model model(ChatRequest request) throws Refused {
        Refused why = null;
        for (String name : request.models()) {
            Catalogue.Model model = catalogue.find(name);
            boolean missing = config.models().missing().contains(name);
            if (model != null && !missing) {
                return model;
            }
            if (why == null) {
                why = missing ? Refused.noEndpoints(name) : Refused.unknownModel(name);
            }
        }
        throw why;
    }

    /** The drawn fault, or none where this request is spared from it. */
    Fault fault(Fault drawn, ChatRequest request, Catalogue.Model model, BigDecimal billedUsd) {
        boolean free = model.prices().free();
        BigDecimal credit = config.access().creditUsd();
        if (credit != null && billedUsd.compareTo(credit) >= 0 && (!free || config.faults().noCreditFree())) {
            return Fault.NO_CREDIT;
        }
        SimulatorConfig.Faults faults = config.faults();
        if (!faults.models().isEmpty() && request.models().stream().noneMatch(faults.models()::contains)
                && !faults.models().contains(model.id())) {
            return Fault.NONE;
        }
        boolean spared = switch (drawn) {
            case FREE_DAILY_CAP -> !free;
            case NO_CREDIT -> free && !faults.noCreditFree();
            case AFFORDABLE -> free || wantedTokens(request, model) <= faults.affordableTokens();
            default -> false;
        };
        return spared ? Fault.NONE : drawn;
    }

    static long wantedTokens(ChatRequest request, Catalogue.Model model) {
        return request.maxTokens() == null ? model.maxCompletionTokens() : request.maxTokens();
    }
}
