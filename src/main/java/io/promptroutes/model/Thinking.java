package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a model thinks before it answers, and for how long, by whatever words the request asks for it. Stateless. */
public final class Thinking {

    private static final Set<String> FIELDS = Set.of("reasoning", "reasoning_effort", "include_reasoning", "thinking", "enable_thinking",
            "thinking_budget", "chat_template_kwargs");
    private static final Set<String> MEMBERS = Set.of("enabled", "effort", "type", "max_tokens", "budget_tokens", "thinking", "enable_thinking");
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);
    private static final Set<String> NO = Set.of("", "none", "off", "disabled", "false", "0", "null");

    private Thinking() {
    }

    /** @param facts null where the model is not listed */
    public static boolean of(JsonNode request, String model, Model facts) {
        Model.Reasoning listed = facts == null ? null : facts.reasoning();
        Boolean asked = silent(request) ? null : says(FIELDS.stream().filter(name -> !name.equals("include_reasoning") || request.path(name).asBoolean())
                .map(request::path));
        return listed != null && listed.mandatory() || (asked != null ? asked : model.endsWith(":thinking") || listed != null && listed.defaultEnabled());
    }

    private static boolean silent(JsonNode request) {
        return FIELDS.stream().noneMatch(request::has);
    }

    /** Tokens that the request names for thoughts; 0 where it does not. */
    public static long budget(JsonNode request) {
        return silent(request) ? 0
                : Stream.of(request.path("reasoning").path("max_tokens"), request.path("thinking").path("budget_tokens"), request.path("thinking_budget"))
                        .mapToLong(Thinking::count).max().orElse(0);
    }

    /** Whoever says no is heard before those who say yes; null where none says either. */
    private static Boolean says(Stream<JsonNode> nodes) {
        return nodes.map(node -> node.isObject() ? says(MEMBERS.stream().map(node::path))
                        : node.isMissingNode() || node.isNull() ? null : Boolean.valueOf(!NO.contains(node.asText())))
                .filter(Objects::nonNull).reduce(Boolean::logicalAnd).orElse(null);
    }

    /** A count in a request, rounded up, within what can be computed with; 0 for what is none. */
    static long count(JsonNode node) {
        BigDecimal number = Json.number(node);
        return number == null ? 0 : number.max(BigDecimal.ZERO).min(MOST).setScale(0, RoundingMode.CEILING).longValue();
    }
}
