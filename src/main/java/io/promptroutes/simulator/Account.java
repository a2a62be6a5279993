package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;

/** Answers what a client asks about its key, its spending and its generations. Event loop only. */
final class Account {

    private final Clock clock;
    private final Meter meter;
    private final Generations generations;

    Account(Clock clock, Meter meter, Generations generations) {
        this.clock = clock;
        this.meter = meter;
        this.generations = generations;
    }

    /**
     * @param path below the base
     * @return the body but for the mark that it is simulated
     */
    ObjectNode lookUp(String path, HttpServerRequest request, Setup setup) throws Refused {
        if (path.equals("/simulator/bill")) {
            return meter.bill().body();
        }
        setup.checkKey(request);
        return switch (path) {
            case "/key" -> key(setup.config().access().creditUsd());
            case "/credits" -> throw Refused.managementOnly();
            case "/generation" -> generation(request.getParam("id", ""), setup);
            default -> throw Refused.notFound("Endpoint");
        };
    }

    private ObjectNode generation(String id, Setup setup) throws Refused {
        Generation found = generations.find(id);
        if (found == null || clock.instant().isBefore(found.at().plus(setup.config().generationDelay()))) {
            throw Refused.notFound("Generation");
        }
        return found.body();
    }

    /** @param limit USD, or null for none */
    private ObjectNode key(BigDecimal limit) {
        BigDecimal used = meter.billedUsd();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode data = body.putObject("data")
                .put("label", "sk-or-v1-sim...ted")
                .put("limit", limit)
                .put("limit_remaining", limit == null ? null : limit.subtract(used))
                .putNull("limit_reset");
        List.of("usage", "usage_daily", "usage_weekly", "usage_monthly").forEach(span -> data.put(span, used));
        data.put("byok_usage", 0).put("is_free_tier", false).put("is_management_key", false).putNull("expires_at");
        return body;
    }
}
