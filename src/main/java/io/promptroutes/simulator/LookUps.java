package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.batch.Batches;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be asked besides completions and batches: models, what was used, and the simulator itself. Event loop only. */
final class LookUps {

    private static final Pattern ENDPOINTS = Pattern.compile("/models/([^/]+/[^/]+)/endpoints");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})([smhd])");

    private final Clock clock;
    private final Meter meter;
    private final Generations generations;
    private final Batches batches;

    LookUps(Clock clock, Meter meter, Generations generations, Batches batches) {
        this.clock = clock;
        this.meter = meter;
        this.generations = generations;
        this.batches = batches;
    }

    /** Of single calls and batches. */
    BigDecimal billedUsd() {
        return meter.billedUsd().add(batches.billedUsd());
    }

    /** @param path behind the base */
    void handle(String path, HttpServerRequest request, Setup setup) throws Refused {
        batches.settle();
        if (request.method() == HttpMethod.POST && path.equals("/analytics/query")) {
            managed(request, setup);
            query(request);
        } else if (request.method() == HttpMethod.POST && path.equals("/simulator/clock")) {
            clock.advance(time(request.getParam("advance", "")));
            Delivery.json(request.response(), Delivery.marked(clockBody()));
        } else if (request.method() == HttpMethod.GET) {
            Delivery.json(request.response(), read(path, request, setup));
        } else {
            throw new Refused(404, "Endpoint not found");
        }
    }

    private void query(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            try {
                Delivery.json(request.response(), Delivery.marked(Analytics.answer(Json.tree(body.getBytes()), generations.all())));
            } catch (Refused refused) {
                Delivery.refuse(request.response(), refused);
            }
        });
    }

    private Buffer read(String path, HttpServerRequest request, Setup setup) throws Refused {
        switch (path) {
            case "/models" -> {
                return setup.listing();
            }
            case "/simulator/bill" -> {
                return Delivery.marked(Json.MAPPER.valueToTree(meter.bill()));
            }
            case "/simulator/batches/bill" -> {
                return Delivery.marked(Json.MAPPER.valueToTree(batches.bill()));
            }
            case "/simulator/clock" -> {
                return Delivery.marked(clockBody());
            }
            case "/activity" -> {
                managed(request, setup);
                return Delivery.marked(generations.activity().body(request.getParam("date"), request.getParam("api_key_hash"),
                        request.getParam("group_by", "").equals("workspace"), clock.now()));
            }
            default -> {
                Refused refused = setup.keyRefused(request);
                if (refused != null) {
                    throw refused;
                }
            }
        }
        return switch (path) {
            case "/key" -> Delivery.marked(key(setup.config().access().creditUsd()));
            case "/credits" -> throw new Refused(403, "Only management keys can read this");
            case "/generation" -> Delivery.marked(generation(request.getParam("id", ""), setup.config().generationLag()));
            default -> Delivery.marked(endpoints(path, setup));
        };
    }

    private static ObjectNode endpoints(String path, Setup setup) throws Refused {
        Matcher endpoints = ENDPOINTS.matcher(path);
        if (!endpoints.matches()) {
            throw new Refused(404, "Endpoint not found");
        }
        Model model = setup.catalogue().find(endpoints.group(1));
        if (model == null) {
            throw new Refused(404, "Model not found");
        }
        return setup.tiers().listing(model);
    }

    private static void managed(HttpServerRequest request, Setup setup) throws Refused {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization == null) {
            throw new Refused(401, "No auth credentials found");
        }
        String key = setup.config().access().managementKey();
        if (key == null || !authorization.equals("Bearer " + key)) {
            throw new Refused(403, "Only management keys can perform this operation");
        }
    }

    private static Duration time(String text) throws Refused {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new Refused(400, "advance must be a time such as 90s, 5m, 24h or 2d");
        }
        long amount = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private ObjectNode clockBody() {
        return Delivery.body("""
                {"now": %s}""", clock.now().toString());
    }

    /** @param limit USD, or null for none */
    private ObjectNode key(BigDecimal limit) {
        BigDecimal used = billedUsd();
        return Delivery.body("""
                {"data": {"label": "sk-or-v1-sim...ted", "limit": %s, "limit_remaining": %s, "usage": %s, "usage_daily": %s, "usage_weekly": %s,
                  "usage_monthly": %s, "is_free_tier": false, "is_management_key": false}}
                """, limit, limit == null ? null : limit.subtract(used), used, used, used, used);
    }

    private ObjectNode generation(String id, Duration lag) throws Refused {
        Generation found = generations.find(id, lag);
        if (found == null) {
            throw new Refused(404, "Generation not found");
        }
        return found.lookedUp();
    }
}
