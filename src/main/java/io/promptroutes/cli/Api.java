package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.prompt.Json;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.TypeConversionException;

/** What routes/management.camel.yaml answers at {@code /api}: query parameters come in as headers, JSON goes out as text. Stateless. */
final class Api {

    /** An answer to a query. */
    private interface Answer {
        JsonNode to(Message query);
    }

    private Api() {
    }

    static Map<String, ?> beans(Overview overview, LastRequests requests) {
        return Map.of(
                "usage", answering(query -> overview.usage(query.getHeader("since", String.class))),
                "lastRequests", answering(query -> requests.latest(query.getHeader("limit", LastRequests.MOST, Integer.class),
                        request -> named(query, "status", request.path("status")) && named(query, "tenant", request.path("tenant"))
                                && named(query, "task", request.at("/routing/task"))
                                && (named(query, "model", request.path("model_used")) || named(query, "model", request.path("model_requested"))))));
    }

    private static boolean named(Message query, String parameter, JsonNode value) {
        String wanted = query.getHeader(parameter, String.class);
        return wanted == null || wanted.equals(value.asText());
    }

    private static Processor answering(Answer answer) {
        return exchange -> {
            Message message = exchange.getMessage();
            try {
                message.setBody(Json.MAPPER.writeValueAsString(answer.to(message)));
            } catch (UsageException | TypeConversionException e) {
                refuse(message, 400, e instanceof UsageException ? e.getMessage() : "limit must be a number");
            } catch (LedgerUnavailable e) {
                refuse(message, 503, e.getMessage());
            }
        };
    }

    private static void refuse(Message message, int status, String why) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setBody(Json.MAPPER.createObjectNode().put("error", why).toString());
    }
}
