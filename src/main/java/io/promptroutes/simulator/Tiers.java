package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The endpoints of models, by service tier, and which of them serves a call. Immutable. */
final class Tiers {

    private static final Set<String> PRIORITY = Set.of("priority", "fast");

    private final SimulatorConfig.Tiers config;
    private final long retryAfterSeconds;

    Tiers(SimulatorConfig.Tiers config, long retryAfterSeconds) {
        this.config = config;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * One endpoint.
     *
     * @param tier  {@code default}, {@code flex} or {@code priority}; null for the only one that a model has
     * @param model at its price
     */
    record Endpoint(String tier, String tag, Model model) {

        boolean is(String wanted) {
            return wanted.equals(tier);
        }
    }

    /** The default one first. */
    private List<Endpoint> of(Model model) {
        boolean flex = has(config.flex(), model);
        boolean priority = has(config.priority(), model);
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(new Endpoint(flex || priority ? "default" : null, model.provider(), model));
        if (flex) {
            endpoints.add(new Endpoint("flex", model.provider() + "/flex", model.times(config.flexPrice())));
        }
        if (priority) {
            endpoints.add(new Endpoint("priority", model.provider() + "/priority", model.times(config.priorityPrice())));
        }
        return endpoints;
    }

    private static boolean has(Set<String> models, Model model) {
        return !model.id().endsWith(":free") && (models.contains(model.id()) || models.contains(model.author() + "/"));
    }

    /**
     * The endpoint that serves.
     *
     * @param name  of the model, as asked for
     * @param full  dice from 0 to 100, whether flex is full
     * @param shed  and whether what was flex is served as default
     */
    Endpoint choose(Routing routing, String name, Model model, double full, double shed) throws Refused {
        List<Endpoint> all = of(model);
        Endpoint standard = all.get(0);
        boolean wantsFlex = routing.tier().equals("flex") && all.stream().anyMatch(one -> one.is("flex"));
        List<Endpoint> left = all.stream().filter(one -> admitted(one, routing, name, wantsFlex))
                .filter(one -> one == standard ? routing.only().isEmpty() || routing.only().stream().anyMatch(only -> !only.contains("/"))
                        : routing.only().isEmpty() || routing.only().contains(one.tag()))
                .toList();
        List<Endpoint> paid = left.stream().filter(one -> routing.affords(one.model())).toList();
        if (paid.isEmpty()) {
            throw Refused.filtered(name, left.isEmpty() ? "allowed_providers" : "max_price");
        }
        // the list has the default before priority, and flex is cheaper than both
        Endpoint chosen = PRIORITY.contains(routing.tier()) || name.endsWith(":nitro")
                ? paid.get(paid.size() - 1) : paid.stream().min(Comparator.comparing(one -> one.model().prompt())).orElseThrow();
        if (!chosen.is("flex")) {
            return chosen;
        }
        if (full < config.flexFull()) {
            if (paid.contains(standard)) {
                return standard;
            }
            throw Refused.exhausted(name, chosen.tag(), retryAfterSeconds);
        }
        return shed < config.flexShed() && routing.affords(standard.model()) ? standard : chosen;
    }

    private static boolean admitted(Endpoint endpoint, Routing routing, String name, boolean wantsFlex) {
        boolean free = routing.tier().isEmpty() && !routing.ordered();
        return switch (endpoint.tier() == null ? "default" : endpoint.tier()) {
            case "flex" -> wantsFlex || free && name.endsWith(":floor") || routing.only().contains(endpoint.tag());
            case "priority" -> PRIORITY.contains(routing.tier()) || free && name.endsWith(":nitro") || routing.only().contains(endpoint.tag());
            default -> !wantsFlex;
        };
    }

    /** The body of {@code GET /models/{author}/{slug}/endpoints}. */
    ObjectNode listing(Model model) {
        ObjectNode body = Delivery.body("""
                {"data": {"id": %s, "name": %s, "endpoints": []}}""", model.id(), model.id());
        ArrayNode endpoints = (ArrayNode) body.at("/data/endpoints");
        for (Endpoint one : of(model)) {
            endpoints.add(Delivery.body("""
                    {"name": %s, "model_id": %s, "provider_name": "Simulated", "tag": %s, "context_length": %s, "max_completion_tokens": %s,
                     "pricing": {"prompt": %s, "completion": %s, "request": %s}, "quantization": null, "status": 0, "uptime_last_30m": 100}
                    """, "Simulated | " + model.slug(), model.id(), one.tag(), model.contextLength(), model.maxCompletionTokens(),
                    text(one.model().prompt()), text(one.model().completion()), text(one.model().request())));
        }
        return body;
    }

    private static String text(BigDecimal price) {
        return price.signum() == 0 ? "0" : price.stripTrailingZeros().toPlainString();
    }
}
