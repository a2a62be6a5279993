package io.promptroutes.ops;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.UsageException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What routes/engine/management.camel.yaml answers: query parameters come in as headers, JSON goes out as text. Thread-safe. The ledger is read
 * by few threads of its own: a slow database must not take those of the HTTP server from the probes.
 */
public final class Api implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int READERS = 2;
    /** Who may wait for them: more would take the threads of the HTTP server, of which there are 20, from the probes. */
    private static final int WAITING = 8;
    private static final int MOST_CALLS = 10_000;
    private static final int LAST_SECONDS = 10;

    private final ExecutorService readers = new ThreadPoolExecutor(READERS, READERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING),
            new DefaultThreadFactory("figures", true));

    private final Ledger ledger;
    private final Overview overview;
    private final LastRequests requests;

    /** @param ledger null where it is switched off */
    public Api(Ledger ledger, Overview overview, LastRequests requests) {
        this.ledger = ledger;
        this.overview = overview;
        this.requests = requests;
    }

    public Map<String, ?> beans() {
        return Map.of(
                "costRows", answering(query -> Json.MAPPER.valueToTree(CostRows.of(ledger, by(query), query.getHeader("since", String.class),
                        atMost(query, "last", MOST_CALLS, null)))),
                "usage", answering(query -> overview.usage(query.getHeader("since", String.class))),
                "lastRequests", answering(query -> requests.latest(atMost(query, "limit", LastRequests.MOST, LastRequests.MOST), request -> wanted(query, request))));
    }

    private static Integer atMost(Message query, String parameter, int most, Integer unsaid) {
        String said = query.getHeader(parameter, String.class);
        if (said == null) {
            return unsaid;
        }
        if (!said.matches("[0-9]{1,9}") || Integer.parseInt(said) < 1 || Integer.parseInt(said) > most) {
            throw new UsageException(parameter + " must be a number of at least 1 and at most " + most);
        }
        return Integer.valueOf(said);
    }

    private static Figures.By by(Message query) {
        try {
            return Figures.By.valueOf(query.getHeader("by", "total", String.class).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UsageException("by must be one of the words of costs --by", e);
        }
    }

    private static boolean wanted(Message query, JsonNode request) {
        return named(query, "status", request.path("status")) && named(query, "tenant", request.path("tenant"))
                && named(query, "task", request.at("/routing/task"))
                && (named(query, "model", request.path("model_used")) || named(query, "model", request.path("model_requested")));
    }

    private static boolean named(Message query, String parameter, JsonNode value) {
        String wanted = query.getHeader(parameter, String.class);
        return wanted == null || wanted.equals(value.asText());
    }

    private Processor answering(Function<Message, JsonNode> answer) {
        return exchange -> {
            Message message = exchange.getMessage();
            try {
                readers.submit(() -> answer(message, answer)).get();
            } catch (RejectedExecutionException e) {
                refuse(message, 503, "too many ask at once; ask again in a while");
            } catch (ExecutionException e) {
                LOG.warn("a question to the management port was not answered: {}", e.getCause().toString());
                refuse(message, 500, "this could not be answered; the log says why");
            } finally {
                message.removeHeaders("*", Exchange.HTTP_RESPONSE_CODE); // else the question's headers and parameters would be the answer's
            }
        };
    }

    private static void answer(Message message, Function<Message, JsonNode> answer) {
        try {
            message.setBody(Json.bytes(answer.apply(message)));
        } catch (UsageException e) {
            refuse(message, 400, e.getMessage());
        } catch (LedgerUnavailable e) {
            refuse(message, 503, e.getMessage());
        }
    }

    /** To be called before the ledger is closed: ends when those who are reading have read, or after some seconds. They are not interrupted. */
    @Override
    public void close() {
        readers.shutdown();
        try {
            readers.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuse(Message message, int status, String why) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setBody(Json.MAPPER.createObjectNode().put("error", why).toString());
    }
}
